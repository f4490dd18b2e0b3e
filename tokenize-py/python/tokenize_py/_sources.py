"""What a loader reads: files, tables, Hugging Face datasets and iterables, in blocks of rows, shared out.

What others say in their errors may quote values, so the type of such an error is told alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeVar

import pyarrow as pa
import pyarrow.dataset as ds

from tokenize_py import _rows
from tokenize_py._errors import DataError, TokenizeError, moved
from tokenize_py._tables import exporter, is_a

Item = TypeVar("Item")


@dataclass(frozen=True)
class Share:
    """One of ``of`` shares of what there is."""

    index: int
    of: int

    def among(self, parts: Iterable[Item]) -> Iterator[Item]:
        """Give those of the parts that are in this share."""
        return (part for number, part in enumerate(parts) if number % self.of == self.index)


@dataclass(frozen=True)
class Block:
    """Rows that lie together. Columns of tensors stand in the batch as nulls."""

    batch: Any = field(repr=False)
    first_row: int
    path: str | None = None
    tensors: Mapping[str, Any] = field(default_factory=dict, repr=False)


class Source(Protocol):
    """Where blocks come from."""

    def schema(self) -> Any:
        """Give the schema, if it is known before anything is read."""

    def blocks(self, share: Share, rows: int) -> Iterator[Block]:
        """Give the blocks of a share, of at most so many rows where rows can be counted before they are read."""


def source_of(data: Any, dicts: Literal["columns", "rows"]) -> Source:
    """Tell what the data is."""
    several = isinstance(data, (list, tuple)) and len(data) > 0
    if isinstance(data, (str, os.PathLike, ds.Dataset)):
        return Files.of(data)
    if several and all(isinstance(it, (str, os.PathLike)) for it in data):
        return Files.of([os.fspath(it) for it in data])
    if several and all(isinstance(it, ds.Fragment) for it in data):
        return Files(list(data), data[0].physical_schema)
    if is_a(data, "datasets", "Dataset"):
        return Slices(data.with_format("arrow"), data.features.arrow_schema)
    if is_a(data, "datasets", "IterableDataset"):
        return Stream(data.with_format("arrow"))
    if _is_table(data):
        table = table_of(data)
        return Slices(table, table.schema)
    if isinstance(data, (Mapping, bytes)) or not hasattr(data, "__iter__"):
        raise TypeError(
            f"a {type(data).__name__} is no source of rows: give paths of Parquet files, a pyarrow dataset, a table, "
            "a Hugging Face dataset, or an iterable of tables or dicts"
        )
    return Items(data, dicts)


class Files:
    """Files that pyarrow reads: shared out by files where there are many of them, else by row groups."""

    def __init__(self, fragments: list[Any], schema: Any) -> None:
        self._fragments = fragments
        self._schema = schema

    @classmethod
    def of(cls, data: Any) -> Files:
        """Find the files of a path, of paths or of a pyarrow dataset; ``country=DE`` in a path is a column."""
        try:
            given = data if isinstance(data, ds.Dataset) else ds.dataset(data, format="parquet", partitioning="hive")
            return cls(list(given.get_fragments()), given.schema)
        except Exception as error:
            failed = type(error).__name__
        path = os.fspath(data) if isinstance(data, (str, os.PathLike)) else None
        where = "the files" if path is None else path
        raise DataError(f"{where}: cannot be opened as Parquet ({failed})", code="reader", path=path)

    def schema(self) -> Any:
        return self._schema

    def blocks(self, share: Share, rows: int) -> Iterator[Block]:
        for path, row, part in quiet(share.among(self._parts(share)), "the files"):
            for batch in quiet(part.to_batches(schema=self._schema, batch_size=rows, use_threads=False), path):
                yield Block(batch, row, path)
                row += batch.num_rows

    def _parts(self, share: Share) -> Iterator[tuple[str, int, Any]]:
        """Give paths, first rows and parts. To know row groups, each worker would have to open every file."""
        whole = share.of == 1 or len(self._fragments) >= MANY * share.of
        for fragment in self._fragments:
            path, row = getattr(fragment, "path", "a fragment"), 0
            if whole or not hasattr(fragment, "split_by_row_group"):
                yield path, row, fragment
                continue
            for part in fragment.split_by_row_group():
                yield path, row, part
                row += sum(group.num_rows for group in part.row_groups)


class Slices:
    """A table, or a Hugging Face dataset on disk: what can be cut at any row."""

    def __init__(self, data: Any, schema: Any) -> None:
        self._data = data
        self._schema = schema

    def schema(self) -> Any:
        return self._schema

    def blocks(self, share: Share, rows: int) -> Iterator[Block]:
        starts = share.among(range(0, len(self._data), rows))
        for start, table in quiet(((start, self._cut(start, rows)) for start in starts), "the table"):
            yield from _blocks(table, start)

    def _cut(self, start: int, rows: int) -> Any:
        if isinstance(self._data, pa.Table):
            return self._data.slice(start, rows)
        return self._data[start : start + rows]


class Stream:
    """A Hugging Face dataset that is read as it comes: by its own shards if they are enough, else by batches."""

    def __init__(self, data: Any) -> None:
        self._data = data

    def schema(self) -> Any:
        return None if self._data.features is None else self._data.features.arrow_schema

    def blocks(self, share: Share, rows: int) -> Iterator[Block]:
        if self._data.num_shards >= share.of:
            tables = self._data.shard(share.of, share.index, contiguous=False).iter(rows)
        else:
            tables = share.among(self._data.iter(rows))
        for table in quiet(tables, "the dataset"):
            yield from _blocks(table, 0)


class Items:
    """An iterable of tables and dicts, all of which every worker goes through; it masks those of its share."""

    def __init__(self, data: Any, dicts: Literal["columns", "rows"]) -> None:
        self._data = data
        self._dicts = dicts

    def schema(self) -> Any:
        return None

    def blocks(self, share: Share, rows: int) -> Iterator[Block]:
        if share.of > 1 and isinstance(self._data, Iterator):
            raise ValueError(
                "an iterator cannot be gone through by several workers: give an iterable that begins anew, such as a "
                "list or an object with __iter__"
            )
        for first, items in share.among(self._taken(rows)):
            if isinstance(items, list):
                yield self._of_columns(_rows.turned(items), first)
            elif isinstance(items, Mapping):
                yield self._of_columns(items, 0)
            else:
                yield from _blocks(table_of(items), 0)

    def _taken(self, rows: int) -> Iterator[tuple[int, Any]]:
        """Give tables and dicts of columns one by one, and rows in lists, each with its number."""
        held: list[Any] = []
        number = -1
        for number, item in enumerate(quiet(self._data, "the source")):
            if self._dicts == "rows" and isinstance(item, Mapping):
                held.append(item)
                if len(held) < rows:
                    continue
                item, held = held, []
            elif held:
                yield number - len(held), held
                held = []
            yield (number + 1 - len(item) if isinstance(item, list) else number), item
        if held:
            yield number + 1 - len(held), held

    def _of_columns(self, columns: Mapping[str, Any], first: int) -> Block:
        arrays, tensors = _rows.arrays(columns)
        return Block(_rows.batch(arrays), first, tensors=tensors)


def table_of(data: Any) -> Any:
    """Give whatever exports Arrow as a pyarrow table."""
    if isinstance(data, pa.Table):
        return data
    if is_a(data, "pandas", "DataFrame"):
        from tokenize_py import _pandas

        return _pandas.table(data)
    source = exporter(data)
    [table] = quiet((pa.table(it) for it in [source]), "the table")
    return table


def quiet(items: Iterable[Item], place: str) -> Iterator[Item]:
    """Go through items; an error on the way is ours afterwards."""
    source, number, failure = iter(items), 0, TokenizeError("")
    while True:
        try:
            item = next(source)
        except StopIteration:
            return
        except TokenizeError as error:
            failure = moved(error, place)
            break
        except Exception as error:
            kind = type(error).__name__
            failure = DataError(f"{place}: reading failed after {number} steps ({kind})", code="reader")
            break
        yield item
        number += 1
    raise failure


def _is_table(data: Any) -> bool:
    if isinstance(data, Iterator):
        return False
    return hasattr(data, "__arrow_c_stream__") or hasattr(data, "__arrow_c_array__")


def _blocks(table: Any, row: int) -> Iterator[Block]:
    for batch in table.to_batches():
        yield Block(batch, row)
        row += batch.num_rows


MANY = 4
"""Files for each share, from which on whole files are fair enough."""
