"""A policy and a keyring, for tables in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, TypeVar

from tokenize_py import _core, _manifests, _pickles, _policy
from tokenize_py._core import Keyring
from tokenize_py._files import paths
from tokenize_py._plan import MaskPlan
from tokenize_py._tables import exporter, is_a, like, mask, schema_of, stream

Table = TypeVar("Table")


class Tokenizer:
    """Masks and unmasks tables under one policy, with one keyring.

    >>> t = tk.Tokenizer("policy.yaml", tk.Keyring.open("keyring.json"))
    >>> masked = t.mask(people)
    >>> masked == people, t.unmask(masked) == people
    (False, True)

    Takes pandas and Polars data frames, pyarrow tables, record batches and readers, and whatever else exports Arrow's
    PyCapsule interface; gives the same kind back (a pyarrow table for a kind that it does not know, or an
    :class:`ArrowTable` where pyarrow is not installed). Safe to use from several threads; other Python threads run
    while it works.

    The keyring is taken as it is now: a version promoted later is used by a ``Tokenizer`` made later.

    Its pickle is the policy, the text of the keyring file and the folder that ``local:`` references start at: wrapped
    keys alone. Another process unwraps them on first use, so it needs the KEK file, or a right to the KMS. Equal
    tokenizers have equal pickles. After a fork it works on, with threads and caches of the new process.
    """

    __slots__ = ("_engine",)

    def __init__(self, policy: _policy.Policy, keyring: Keyring) -> None:
        """Read the policy, and refuse it if anything is wrong with it. No key is unwrapped yet.

        Args:
            policy: The policy's path, its text, or the same tree as a dict.
            keyring: The keyring.

        Raises:
            PolicyError: Everything that is wrong with the policy, one line each.
            KeyringError: A rule pins a key version that the keyring does not have, or that cannot be used.

        """
        text, kind = _policy.read(policy)
        self._engine = _core.Engine(text, kind, keyring)

    def mask(self, data: Table) -> Table:
        """Mask a table.

        Everything that can be refused is refused before the first row: a column the policy does not name, a rule that
        does not work on its column's type, a column that is masked already.

        pandas: index and column order are kept. A ``RangeIndex`` stays; any other index is a column under the policy,
        by its name (``__index_level_0__`` where it has none), and comes back as the index. What :meth:`unmask` needs is
        put into ``df.attrs["tokenize"]``; other attributes are left behind, as they may hold plain values. Masked
        categoricals get new, unordered categories.

        Args:
            data: The table. A ``pyarrow.RecordBatchReader`` is masked as it is read, a Polars ``LazyFrame`` when it is
                collected or sunk; rows in errors are then those of a batch.

        Returns:
            A table of the same kind.

        Raises:
            PolicyError: Policy and table do not go together.
            InvalidValueError: A value does not fit its rule.
            DataError: A column holds mixed types, or the Arrow data is not valid.
            KeyringError: A key version cannot be used.
            KmsError: The keyring's KMS does not give a key.
            TokenizeError: The policy encrypts with ``key: output``, which needs :meth:`plan_mask`.

        """
        result: Table = mask(data, self._engine.plan_mask, self._engine.mask)
        return result

    def plan_mask(self, data: object) -> MaskPlan:
        """Plan to mask tables of one schema, where the wrapped data keys have to be stored before anything is masked.

        >>> plan = t.plan_mask(people)
        >>> manifest = plan.manifest()    # stored with the data, before anything else
        >>> masked = plan.mask(people)

        That is so under a policy with ``encrypt`` and ``key: output``: :meth:`mask` refuses it, as a table in memory is
        no place that lasts. Take :meth:`MaskPlan.manifest`, store it, then mask with the plan.

        Args:
            data: A table as :meth:`mask` takes it, or a schema (one that exports Arrow's PyCapsule interface).

        Raises:
            PolicyError: Policy and table do not go together.
            DataError: A column holds mixed types, or the Arrow data is not valid.
            KeyringError: A key version cannot be used.
            KmsError: The keyring's KMS does not give a key.

        """
        schema = schema_of(data)
        return MaskPlan(self._engine.plan_mask(schema), self, schema)

    def unmask(
        self,
        data: Table,
        *,
        columns: Sequence[str] | None = None,
        key_version: int | None = None,
        manifests: Sequence[_manifests.Manifest] = (),
    ) -> Table:
        """Reverse what is reversible in a masked table; one-way columns stay as they are.

        Goes by what the table says of itself (Arrow metadata, ``df.attrs``) where it does, else by the manifests given,
        else by the policy. FF1 has no integrity, so where nothing records the key version and the keyring has had
        several, it must be given.

        Manifests name columns as they were when they were masked: a table that has lost its metadata needs its columns
        renamed back first. Rows may have been filtered, sorted and put together from several outputs.

        Args:
            data: The masked table.
            columns: Column paths to reverse; all reversible ones if ``None``.
            key_version: The key version, where neither table nor policy says it.
            manifests: Manifests of the outputs that the rows come from: their texts (:meth:`MaskPlan.manifest`), or the
                paths of the files beside the outputs (``OUTPUT.tokenize.json``).

        Returns:
            A table of the same kind.

        Raises:
            PolicyError: The masking metadata was edited or does not fit the keyring, or the key version is missing.
            InvalidValueError: A cell is no token of its column, or cannot be decrypted.
            DataError: A column holds mixed types, or the Arrow data is not valid.
            KeyringError: A key version cannot be used.
            KmsError: The keyring's KMS does not give a key.
            TokenizeError: A manifest cannot be read.

        """
        clear: Any
        given = _manifests.read(manifests)
        if is_a(data, "pandas", "DataFrame"):
            from tokenize_py import _pandas

            clear = _pandas.unmask(self._engine, data, paths(columns), key_version, given)
        elif is_a(data, "pyarrow", "RecordBatchReader"):
            clear = self._unmask_stream(data, paths(columns), key_version, given)
        else:
            clear = like(data, self._engine.unmask(exporter(data), paths(columns), key_version, given))
        result: Table = clear
        return result

    def mask_text(self, text: str) -> str:
        """Mask a text that is no column, such as a prompt: each finding becomes ``[ENTITY:token:check]``.

        >>> prompt = t.mask_text("Write to ann@example.com.")
        >>> prompt[:23], prompt[-2:]
        ('Write to [EMAIL_ADDRESS', '].')
        >>> t.unmask_text(prompt)
        'Write to ann@example.com.'

        Goes by the policy's ``text:``, or else by its one rule whose action is ``text``. The token is the one that the
        entity's column would have.

        Args:
            text: The text.

        Returns:
            The text with what is found in it treated; all else stays as it is.

        Raises:
            PolicyError: Nothing in the policy says what happens to texts.
            InvalidValueError: A finding does not fit, and ``on_invalid`` is ``fail``.
            KeyringError: A key version cannot be used.
            KmsError: The keyring's KMS does not give a key.

        """
        return self._engine.mask_text(text)

    def unmask_text(self, text: str) -> str:
        """Bring back a text that holds tags, such as the answer to a masked prompt.

        Tags may be repeated, left out, moved, and escaped by Markdown. A tag that is not genuine, and whatever else
        looks like a token, stays as it is.

        Args:
            text: The text.

        Returns:
            The text with the values of its tags.

        Raises:
            PolicyError: Nothing in the policy says what happens to texts.
            KeyringError: A key version cannot be used.
            KmsError: The keyring's KMS does not give a key.

        """
        return self._engine.unmask_text(text)

    def _unmask_stream(
        self, reader: Any, columns: list[str] | None, key_version: int | None, manifests: list[_core.GivenManifest]
    ) -> Any:
        """Plan with as many batches as it takes to learn what encrypted columns hold; then go on from the first."""
        import pyarrow as pa

        seen: list[Any] = []

        def samples() -> Iterator[Any]:
            for batch in reader:
                seen.append(batch)
                yield batch

        looked_at = pa.RecordBatchReader.from_batches(reader.schema, samples())
        plan = self._engine.plan_unmask(reader.schema, looked_at, columns, key_version, manifests)
        return stream(reader, plan, chain(seen, reader))

    def __repr__(self) -> str:
        return f"Tokenizer(policy={self._engine.policy_name!r}, keyring={self._engine.keyring_id!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _pickles.tokenizer, (type(self), self._engine.carried())
