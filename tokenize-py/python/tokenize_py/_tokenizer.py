"""A policy and a keyring, for tables in memory."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, TypeVar

from tokenize_py import _core, _policy
from tokenize_py._core import Keyring
from tokenize_py._errors import DataError
from tokenize_py._files import paths

Table = TypeVar("Table")


class Tokenizer:
    """Masks and unmasks tables under one policy, with one keyring.

    Takes pandas and Polars data frames, pyarrow tables, record batches and readers, and whatever else exports Arrow's
    PyCapsule interface; gives the same kind back (a pyarrow table for a kind that it does not know, or an
    :class:`ArrowTable` where pyarrow is not installed). Safe to use from several threads; other Python threads run
    while it works.

    The keyring is taken as it is now: a version promoted later is used by a ``Tokenizer`` made later.
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
            data: The table. A ``pyarrow.RecordBatchReader`` is masked as it is read.

        Returns:
            A table of the same kind.

        Raises:
            PolicyError: Policy and table do not go together.
            InvalidValueError: A value does not fit its rule.
            DataError: A column holds mixed types, or the Arrow data is not valid.
            KeyringError: A key version cannot be used.
            KmsError: The keyring's KMS does not give a key.

        """
        masked: Any
        if _is(data, "pandas", "DataFrame"):
            from tokenize_py import _pandas

            masked = _pandas.mask(self._engine, data)
        elif _is(data, "pyarrow", "RecordBatchReader"):
            masked = _stream(data, self._engine.plan_mask(data.schema), data)  # type: ignore[attr-defined]
        else:
            masked = _like(data, self._engine.mask(_exporter(data)))
        result: Table = masked
        return result

    def unmask(self, data: Table, *, columns: Sequence[str] | None = None, key_version: int | None = None) -> Table:
        """Reverse what is reversible in a masked table; one-way columns stay as they are.

        Goes by what the table says of itself (Arrow metadata, ``df.attrs``) where it does, else by the policy. FF1 has
        no integrity, so where nothing records the key version and the keyring has had several, it must be given.

        Args:
            data: The masked table.
            columns: Column paths to reverse; all reversible ones if ``None``.
            key_version: The key version, where neither table nor policy says it.

        Returns:
            A table of the same kind.

        Raises:
            PolicyError: The masking metadata was edited or does not fit the keyring, or the key version is missing.
            InvalidValueError: A cell is no token of its column, or cannot be decrypted.
            DataError: A column holds mixed types, or the Arrow data is not valid.
            KeyringError: A key version cannot be used.
            KmsError: The keyring's KMS does not give a key.

        """
        clear: Any
        if _is(data, "pandas", "DataFrame"):
            from tokenize_py import _pandas

            clear = _pandas.unmask(self._engine, data, paths(columns), key_version)
        elif _is(data, "pyarrow", "RecordBatchReader"):
            clear = self._unmask_stream(data, paths(columns), key_version)
        else:
            clear = _like(data, self._engine.unmask(_exporter(data), paths(columns), key_version))
        result: Table = clear
        return result

    def _unmask_stream(self, reader: Any, columns: list[str] | None, key_version: int | None) -> Any:
        """Plan with as many batches as it takes to learn what encrypted columns hold; then go on from the first."""
        import pyarrow as pa

        seen: list[Any] = []

        def samples() -> Iterator[Any]:
            for batch in reader:
                seen.append(batch)
                yield batch

        looked_at = pa.RecordBatchReader.from_batches(reader.schema, samples())
        plan = self._engine.plan_unmask(reader.schema, looked_at, columns, key_version)
        return _stream(reader, plan, chain(seen, reader))

    def __repr__(self) -> str:
        return f"Tokenizer(policy={self._engine.policy_name!r}, keyring={self._engine.keyring_id!r})"

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("a Tokenizer cannot be pickled or copied: it may hold unwrapped keys; make one in each process")


def _is(data: object, module: str, name: str) -> bool:
    """Whether ``data`` is of a class of a library that is loaded; a library that is not loaded made no data."""
    kind = getattr(sys.modules.get(module), name, None)
    return isinstance(kind, type) and isinstance(data, kind)


def _exporter(data: object) -> object:
    if hasattr(data, "__arrow_c_stream__") or hasattr(data, "__arrow_c_array__"):
        return data
    raise TypeError(
        f"a {type(data).__name__} is no table: give a pandas or Polars DataFrame, a pyarrow table, or another object "
        "that exports Arrow's PyCapsule interface (a LazyFrame is collected first)"
    )


def _like(data: object, table: _core.ArrowTable) -> Any:
    """Turn the result into the caller's kind of table."""
    if _is(data, "polars", "DataFrame"):
        import polars as pl

        return pl.DataFrame(table)
    try:
        import pyarrow as pa
    except ImportError:
        return table
    if isinstance(data, pa.RecordBatch):
        batches = pa.table(table).to_batches()
        return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=pa.schema(table))
    return pa.table(table)


def _stream(reader: Any, plan: _core.Plan, batches: Any) -> Any:
    """Treat batches as they are asked for; an error reaches the reader of the result as it is."""
    import pyarrow as pa

    def treated() -> Iterator[Any]:
        row = 0
        for batch in _read(batches):
            yield pa.record_batch(plan.apply(batch, row))
            row += batch.num_rows

    return pa.RecordBatchReader.from_batches(pa.schema(plan.schema), treated())


def _read(batches: Any) -> Iterator[Any]:
    """Read on; an error of the input's own reader may quote values, so its type alone is told."""
    source, row, failed = iter(batches), 0, ""
    while not failed:
        try:
            batch = next(source)
        except StopIteration:
            return
        except Exception as error:
            failed = type(error).__name__
        else:
            yield batch
            row += batch.num_rows
    raise DataError(f"reading the input failed after row {row} ({failed})", code="reader")
