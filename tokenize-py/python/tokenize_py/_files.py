"""Files in, files out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenize_py import _core, _manifests, _pages, _policy
from tokenize_py._core import Keyring, Report


@dataclass(frozen=True, slots=True)
class Csv:
    """How a CSV file is written.

    Attributes:
        delimiter: What stands between fields, an ASCII character; ``None`` for a tab where the name ends in ``.tsv``,
            else a comma.
        quote: What a field may be put in; ``None`` for nothing.
        header: Whether the first record names the columns; else they are ``column_1``, ``column_2`` and so on.
        null: The unquoted field that stands for null. What is quoted is never null.

    """

    delimiter: str | None = None
    quote: str | None = '"'
    header: bool = True
    null: str = ""


@dataclass(frozen=True, slots=True)
class _Files:
    """What a call says of its files, as the core takes it."""

    input_format: str | None
    output_format: str | None
    delimiter: str | None
    quote: str | None
    header: bool
    null: str
    manifest: Path | None
    force: bool


@dataclass(frozen=True, slots=True)
class _Places:
    """What goes in, and where it goes, as the core takes it."""

    inputs: list[str]
    output: str
    resume: bool


Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]
"""A file, or several."""


def _places(input: Paths, output: str | os.PathLike[str], resume: bool) -> _Places:  # noqa: A002 - as below
    inputs = [input] if isinstance(input, str | os.PathLike) else input
    return _Places([os.fspath(path) for path in inputs], os.fspath(output), resume)


def _files(
    input_format: str | None,
    output_format: str | None,
    csv: Csv | None,
    manifest: str | os.PathLike[str] | None,
    force: bool,
) -> _Files:
    csv = csv or Csv()
    target = None if manifest is None else Path(manifest)
    return _Files(input_format, output_format, csv.delimiter, csv.quote, csv.header, csv.null, target, force)


def mask_file(
    input: Paths,  # noqa: A002 - the word the other doors use
    output: str | os.PathLike[str],
    *,
    policy: _policy.Policy,
    keyring: Keyring,
    input_format: str | None = None,
    output_format: str | None = None,
    csv: Csv | None = None,
    manifest: str | os.PathLike[str] | None = None,
    report: str | os.PathLike[str] | None = None,
    force: bool = False,
    resume: bool = False,
) -> Report:
    """Mask a file, or a dataset: several files, a directory, a pattern, a prefix of an object store.

    >>> report = tk.mask_file("people.csv", "masked.csv", policy="policy.yaml", keyring=keyring)
    >>> report.rows, [(column.column, column.done) for column in report.columns]
    (1, [('email', 'tokenize')])

    The output appears whole, under its own name, or not at all. Parquet and Arrow IPC say of themselves what was done;
    for CSV, NDJSON and plain text that is in ``OUTPUT.tokenize.json``: keep it with the output. So :func:`unmask_file`
    needs the keyring alone. Memory does not grow with the number of rows. Where the policy encrypts with
    ``key: output``, the wrapped data keys are in that file before any data is written, whatever the format.

    A dataset goes into a directory, or below a prefix, in which files keep their places. ``_SUCCESS`` is written when
    all of them are there; directories such as ``country=DE`` are columns under the policy. An interrupt stops the run
    as a failure does.

    Args:
        input: The file to read, or the URL of an object (``s3://``, ``gs://``, ``az://``); ``-`` for standard input. Of
            a dataset several of them, a directory, a prefix (``s3://bucket/raw/``) or a pattern
            (``data/**/*.parquet``).
        output: The file to write, or the URL of an object; ``-`` for standard output. Of a dataset the directory or the
            prefix.
        policy: The policy's path, its text, or the same tree as a dict.
        keyring: The keyring whose primary version masks, unless a rule pins another; or a writer file of it.
        input_format: ``parquet``, ``arrow``, ``arrow-stream``, ``csv``, ``ndjson`` or ``text``, the last four also with
            ``.gz`` or ``.zst``, where the input's name does not tell.
        output_format: The same of the output.
        csv: How the input is written if it is CSV; the output is written like it.
        manifest: Where the manifest goes if the output is standard output.
        report: Where to write a page for a browser, whose name ends in ``.html``: what each column held, what was done,
            and what is left in clear, by a sample that is looked at meanwhile.
        force: Replace an existing output, the file beside it, and the report.
        resume: Go on with a run over a dataset that was killed or has failed: files that it has done are not treated
            again. Where there is no such run, one begins.

    Returns:
        What was done to each column: names and counts.

    Raises:
        PolicyError: The policy is at fault, or does not fit the file's columns.
        InvalidValueError: A value does not fit its rule.
        DataError: The file is damaged.
        KeyringError: A key version cannot be used.
        KmsError: The keyring's KMS does not give a key.
        TokenizeError: The output or the report exists already, or the file system or the store fails.
        ValueError: The report's name does not end in ``.html``.

    """
    files = _files(input_format, output_format, csv, manifest, force)
    given = _places(input, output, resume), _policy.read(policy), keyring, files
    if report is None:
        return _core.mask_file(*given)
    _pages.refuse(report, force=force)
    done, page = _core.mask_file_inspected(*given)
    _pages.save(report, page, force=force)
    return done


def unmask_file(
    input: Paths,  # noqa: A002 - the word the other doors use
    output: str | os.PathLike[str],
    *,
    keyring: Keyring,
    policy: _policy.Policy | None = None,
    columns: Sequence[str] | None = None,
    key_version: int | None = None,
    manifests: Sequence[_manifests.Manifest] = (),
    input_format: str | None = None,
    output_format: str | None = None,
    csv: Csv | None = None,
    force: bool = False,
    resume: bool = False,
) -> Report:
    """Reverse what is reversible in a masked file or dataset; one-way columns stay as they are.

    >>> tk.mask_file("people.csv", "masked.csv", policy="policy.yaml", keyring=keyring).written
    True
    >>> tk.unmask_file("masked.csv", "clear.csv", keyring=keyring).written
    True
    >>> Path("clear.csv").read_text() == Path("people.csv").read_text()
    True

    Args:
        input: The masked file, or the URL of an object; ``-`` for standard input; or a dataset, as :func:`mask_file`
            takes it.
        output: The file to write, or the URL of an object; ``-`` for standard output; of a dataset the directory or the
            prefix.
        keyring: The keyring that it was masked with.
        policy: The policy that it was masked with; looked at only where the file does not say what was done.
        columns: Column paths to reverse; all reversible ones if ``None``.
        key_version: The key version, where neither file nor policy says it and the keyring has had several.
        manifests: Manifests of the outputs that the rows come from, for a file that has lost its metadata or that was
            put together from several: their paths (``OUTPUT.tokenize.json``) or texts. A policy given with them says
            what was done, and they give the data keys alone.
        input_format: ``parquet``, ``arrow``, ``arrow-stream``, ``csv``, ``ndjson`` or ``text``, the last four also with
            ``.gz`` or ``.zst``, where the input's name does not tell.
        output_format: The same of the output.
        csv: How the input is written if it is CSV; the output is written like it.
        force: Replace an existing output.
        resume: Go on with a run over a dataset that was killed or has failed: files that it has done are not treated
            again. Where there is no such run, one begins.

    Returns:
        What was done to each column, and which ones were left because they cannot be reversed.

    Raises:
        PolicyError: The masking metadata was edited, is missing, or does not fit the keyring.
        InvalidValueError: A cell is no token of its column, or cannot be decrypted.
        DataError: The file is damaged.
        KeyringError: A key version cannot be used.
        KmsError: The keyring's KMS does not give a key.
        TokenizeError: The output exists already, or the file system or the store fails.

    """
    files = _files(input_format, output_format, csv, None, force)
    read = None if policy is None else _policy.read(policy)
    given = _manifests.read(manifests)
    places = _places(input, output, resume)
    return _core.unmask_file(places, keyring, read, paths(columns), key_version, given, files)


def remask_file(
    input: Paths,  # noqa: A002 - the word the other doors use
    output: str | os.PathLike[str],
    *,
    keyring: Keyring,
    leave: bool = False,
    input_format: str | None = None,
    output_format: str | None = None,
    csv: Csv | None = None,
    manifest: str | os.PathLike[str] | None = None,
    force: bool = False,
    resume: bool = False,
) -> Report:
    """Bring a masked file or dataset from old key versions to the keyring's primary one.

    >>> tk.mask_file("people.csv", "masked.csv", policy="policy.yaml", keyring=keyring).written
    True
    >>> keyring.promote(keyring.add())
    >>> tk.remask_file("masked.csv", "remasked.csv", keyring=keyring).written
    True

    What comes out is what a mask of the original under the primary version would have made, so it joins with what is
    masked from now on. Nothing is in clear on disk, and no policy is needed. Where every column is under the primary
    version already, nothing is written: the report's ``written`` says so.

    Args:
        input: The masked file, or the URL of an object; ``-`` for standard input; or a dataset, as :func:`mask_file`
            takes it.
        output: The file to write, or the URL of an object; ``-`` for standard output; of a dataset the directory or the
            prefix.
        keyring: The keyring that it was masked with.
        leave: Leave columns that cannot be brought along as they are, under their old version, instead of refusing
            them: pseudonyms, and dates shifted by them.
        input_format: ``parquet``, ``arrow``, ``arrow-stream``, ``csv``, ``ndjson`` or ``text``, the last four also with
            ``.gz`` or ``.zst``, where the input's name does not tell.
        output_format: The same of the output.
        csv: How the input is written if it is CSV; the output is written like it.
        manifest: Where the manifest goes if the output is standard output.
        force: Replace an existing output.
        resume: Go on with a run over a dataset that was killed or has failed: files that it has done are not treated
            again. Where there is no such run, one begins.

    Returns:
        What was done to each column, and which ones were left.

    Raises:
        PolicyError: A column cannot be brought along, or the masking metadata was edited, is missing, or does not fit
            the keyring.
        InvalidValueError: A cell is no token of its column, or cannot be decrypted.
        DataError: The file is damaged.
        KeyringError: A key version cannot be used.
        KmsError: The keyring's KMS does not give a key.
        TokenizeError: The output exists already, or the file system or the store fails.

    """
    files = _files(input_format, output_format, csv, manifest, force)
    return _core.remask_file(_places(input, output, resume), keyring, leave, files)


def paths(columns: Sequence[str] | None) -> list[str] | None:
    """Give column paths as a list; one text is a mistake, not a sequence of letters."""
    if isinstance(columns, str):
        raise TypeError("columns must be a sequence of column paths, not one text")
    return None if columns is None else list(columns)
