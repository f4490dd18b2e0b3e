"""Parquet files in, Parquet files out."""

from __future__ import annotations

import os
from collections.abc import Sequence

from tokenize_py import _core, _manifests, _pages, _policy
from tokenize_py._core import Keyring, Report


def mask_file(
    input: str | os.PathLike[str],  # noqa: A002 - the word the other doors use
    output: str | os.PathLike[str],
    *,
    policy: _policy.Policy,
    keyring: Keyring,
    report: str | os.PathLike[str] | None = None,
    force: bool = False,
) -> Report:
    """Mask a Parquet file.

    The output appears whole, under its own name, or not at all. It says of itself what was done, so that
    :func:`unmask_file` needs the keyring alone. Memory does not grow with the number of rows. Where the policy encrypts
    with ``key: output``, the wrapped data keys are in ``OUTPUT.tokenize.json`` before any data is written: keep it with
    the output.

    Args:
        input: The file to read.
        output: The file to write.
        policy: The policy's path, its text, or the same tree as a dict.
        keyring: The keyring whose primary version masks, unless a rule pins another; or a writer file of it.
        report: Where to write a page for a browser, whose name ends in ``.html``: what each column held, what was done,
            and what is left in clear, by a sample that is looked at meanwhile.
        force: Replace an existing output, the file beside it, and the report.

    Returns:
        What was done to each column: names and counts.

    Raises:
        PolicyError: The policy is at fault, or does not fit the file's columns.
        InvalidValueError: A value does not fit its rule.
        DataError: The file is damaged.
        KeyringError: A key version cannot be used.
        KmsError: The keyring's KMS does not give a key.
        TokenizeError: The output or the report exists already, or the file system fails.
        ValueError: The report's name does not end in ``.html``.

    """
    files = os.fspath(input), os.fspath(output)
    if report is None:
        return _core.mask_file(*files, _policy.read(policy), keyring, force)
    _pages.refuse(report, force=force)
    done, page = _core.mask_file_inspected(*files, _policy.read(policy), keyring, force)
    _pages.save(report, page, force=force)
    return done


def unmask_file(
    input: str | os.PathLike[str],  # noqa: A002 - the word the other doors use
    output: str | os.PathLike[str],
    *,
    keyring: Keyring,
    policy: _policy.Policy | None = None,
    columns: Sequence[str] | None = None,
    key_version: int | None = None,
    manifests: Sequence[_manifests.Manifest] = (),
    force: bool = False,
) -> Report:
    """Reverse what is reversible in a masked Parquet file; one-way columns stay as they are.

    Args:
        input: The masked file.
        output: The file to write.
        keyring: The keyring that it was masked with.
        policy: The policy that it was masked with; looked at only where the file does not say what was done.
        columns: Column paths to reverse; all reversible ones if ``None``.
        key_version: The key version, where neither file nor policy says it and the keyring has had several.
        manifests: Manifests of the outputs that the rows come from, for a file that has lost its metadata or that was
            put together from several: their paths (``OUTPUT.tokenize.json``) or texts. A policy given with them says
            what was done, and they give the data keys alone.
        force: Replace an existing output.

    Returns:
        What was done to each column, and which ones were left because they cannot be reversed.

    Raises:
        PolicyError: The masking metadata was edited, is missing, or does not fit the keyring.
        InvalidValueError: A cell is no token of its column, or cannot be decrypted.
        DataError: The file is damaged.
        KeyringError: A key version cannot be used.
        KmsError: The keyring's KMS does not give a key.
        TokenizeError: The output exists already, or the file system fails.

    """
    read = None if policy is None else _policy.read(policy)
    given = _manifests.read(manifests)
    return _core.unmask_file(
        os.fspath(input), os.fspath(output), keyring, read, paths(columns), key_version, given, force
    )


def remask_file(
    input: str | os.PathLike[str],  # noqa: A002 - the word the other doors use
    output: str | os.PathLike[str],
    *,
    keyring: Keyring,
    leave: bool = False,
    force: bool = False,
) -> Report:
    """Bring a masked Parquet file from old key versions to the keyring's primary one.

    What comes out is what a mask of the original under the primary version would have made, so it joins with what is
    masked from now on. Nothing is in clear on disk, and no policy is needed. Where every column is under the primary
    version already, nothing is written: the report's ``written`` says so.

    Args:
        input: The masked file.
        output: The file to write.
        keyring: The keyring that it was masked with.
        leave: Leave columns that cannot be brought along as they are, under their old version, instead of refusing
            them: pseudonyms, and dates shifted by them.
        force: Replace an existing output.

    Returns:
        What was done to each column, and which ones were left.

    Raises:
        PolicyError: A column cannot be brought along, or the masking metadata was edited, is missing, or does not fit
            the keyring.
        InvalidValueError: A cell is no token of its column, or cannot be decrypted.
        DataError: The file is damaged.
        KeyringError: A key version cannot be used.
        KmsError: The keyring's KMS does not give a key.
        TokenizeError: The output exists already, or the file system fails.

    """
    return _core.remask_file(os.fspath(input), os.fspath(output), keyring, leave, force)


def paths(columns: Sequence[str] | None) -> list[str] | None:
    """Give column paths as a list; one text is a mistake, not a sequence of letters."""
    if isinstance(columns, str):
        raise TypeError("columns must be a sequence of column paths, not one text")
    return None if columns is None else list(columns)
