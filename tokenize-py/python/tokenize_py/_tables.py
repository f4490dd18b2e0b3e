"""Kinds of tables: what comes in as one goes out as the same."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

from tokenize_py import _core
from tokenize_py._errors import DataError


def mask(data: object, plan_of: Callable[[object], _core.Plan], whole: Callable[[object], _core.ArrowTable]) -> Any:
    """Mask a table of any kind: by the plan for its schema, or as a ``whole`` where no schema has to be known first."""
    if is_a(data, "pandas", "DataFrame"):
        from tokenize_py import _pandas

        return _pandas.mask(plan_of, data)
    if is_a(data, "pyarrow", "RecordBatchReader"):
        return stream(data, plan_of(data.schema), data)  # type: ignore[attr-defined]
    if is_a(data, "polars", "LazyFrame"):
        return _lazy(data, plan_of)
    return like(data, whole(exporter(data)))


def schema_of(data: object) -> _core.ArrowSchema:
    """Give the schema of a table, or of a schema itself, as its plans have it."""
    if is_a(data, "pandas", "DataFrame"):
        from tokenize_py import _pandas

        return _core.schema_of(_pandas.schema_of(data))
    if is_a(data, "pyarrow", "RecordBatchReader"):
        return _core.schema_of(data.schema)  # type: ignore[attr-defined]
    if is_a(data, "polars", "LazyFrame"):
        import polars as pl

        return _core.schema_of(pl.DataFrame(schema=data.collect_schema()))  # type: ignore[attr-defined]
    return _core.schema_of(data if hasattr(data, "__arrow_c_schema__") else exporter(data))


def is_a(data: object, module: str, name: str) -> bool:
    """Whether ``data`` is of a class of a library that is loaded; a library that is not loaded made no data."""
    kind = getattr(sys.modules.get(module), name, None)
    return isinstance(kind, type) and isinstance(data, kind)


def exporter(data: object) -> object:
    """Give the data back if it exports Arrow, and say what does if it does not."""
    if hasattr(data, "__arrow_c_stream__") or hasattr(data, "__arrow_c_array__"):
        return data
    raise TypeError(
        f"a {type(data).__name__} is no table: give a pandas or Polars DataFrame, a pyarrow table, or another object "
        "that exports Arrow's PyCapsule interface (to unmask a LazyFrame, collect it first)"
    )


def like(data: object, table: _core.ArrowTable) -> Any:
    """Turn the result into the caller's kind of table."""
    if is_a(data, "polars", "DataFrame"):
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


def _lazy(frame: Any, plan_of: Callable[[object], _core.Plan]) -> Any:
    """Mask a frame when it is collected, batch by batch in the streaming engine. What is refused is refused now."""
    import polars as pl

    before = frame.collect_schema()
    plan = plan_of(_core.schema_of(pl.DataFrame(schema=before)))
    after = like(pl.DataFrame(), plan.apply_all(pl.DataFrame(schema=before))).schema
    return frame.map_batches(lambda batch: pl.DataFrame(plan.apply_all(batch)), schema=after, streamable=True)


def stream(reader: Any, plan: _core.Plan, batches: Any) -> Any:
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
