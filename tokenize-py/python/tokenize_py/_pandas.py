"""pandas data frames as Arrow tables, and back.

A frame's columns, and the levels of an index other than a plain range, become the columns of a table. What comes back
is put together from three things: the result's Arrow columns, the input's columns (for what did not change, for its
dtypes and for its kinds of null), and ``df.attrs``, where :func:`mask` notes what an Arrow schema would.
"""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from tokenize_py import _core
from tokenize_py._errors import TokenizeError

try:
    import pyarrow as pa
except ImportError:
    raise TokenizeError("pandas data frames need pyarrow\nhint: pip install pyarrow", code="no_pyarrow") from None

from tokenize_py import _series

ATTRS = "tokenize"
"""The key in ``df.attrs``."""


def schema_of(df: pd.DataFrame) -> pa.Schema:
    """Give the schema that a plan to mask the frame is made for."""
    return _noted(_Frame.of(df).whole(), _Notes.of(df))


def table(df: pd.DataFrame) -> pa.Table:
    """Give the frame as an Arrow table."""
    frame = _Frame.of(df).whole()
    return frame.table(frame.schema())


def mask(plan_of: Callable[[object], _core.Plan], df: pd.DataFrame) -> pd.DataFrame:
    """Mask a frame; the notes for :func:`unmask` are the only attributes of the result."""
    notes = _Notes.of(df)
    plan, frame = _planned(plan_of, _Frame.of(df), notes)
    table = pa.table(plan.apply_all(frame.table(_noted(frame, notes))))
    masked = frame.rebuilt(table, plan.treated, {})
    before = {} if notes is None else notes.dtypes
    after = {part.name: _series.name_of(part.series.dtype) for part in frame.parts if part.name in plan.treated}
    masked.attrs = _Notes.as_attrs(table.schema, {**before, **after})
    return masked


def unmask(
    engine: _core.Engine,
    df: pd.DataFrame,
    columns: list[str] | None,
    key_version: int | None,
    manifests: list[_core.GivenManifest],
) -> pd.DataFrame:
    """Unmask a frame by its notes; by the manifests or the policy where it has none (or none about its columns)."""
    frame = _Frame.of(df).whole()
    schema = frame.schema()
    notes = _Notes.of(df)
    if notes is not None:
        tagged = notes.put_on(schema)
        if _core.masked_paths(tagged)[1]:
            schema = tagged
        else:
            notes = None
    source = frame.table(schema)
    plan = engine.plan_unmask(schema, source, columns, key_version, manifests)
    table = pa.table(plan.apply_all(source))
    dtypes = {} if notes is None else notes.dtypes
    clear = frame.rebuilt(table, plan.treated, dtypes)
    clear.attrs = {key: copy.deepcopy(value) for key, value in df.attrs.items() if key != ATTRS}
    clear.attrs |= _Notes.as_attrs(table.schema, dtypes)
    return clear


def _planned(
    plan_of: Callable[[object], _core.Plan], frame: _Frame, notes: _Notes | None
) -> tuple[_core.Plan, _Frame]:
    """Give a plan, and the frame with all converted that the plan looks at."""
    plan = None
    if not frame.is_whole:
        # What is refused here is refused again below, with the columns' own types.
        with contextlib.suppress(TokenizeError):
            plan = plan_of(_noted(frame, notes))
        frame = frame.whole(plan)
    return plan_of(_noted(frame, notes)), frame


def _noted(frame: _Frame, notes: _Notes | None) -> pa.Schema:
    return frame.schema() if notes is None else notes.put_on(frame.schema())


@dataclass(frozen=True)
class _Notes:
    """What ``df.attrs`` says of a masked frame: the manifest, which paths are still masked, and the dtypes before."""

    manifest: str
    paths: list[str]
    dtypes: dict[str, str]

    @classmethod
    def of(cls, df: pd.DataFrame) -> _Notes | None:
        text = df.attrs.get(ATTRS)
        if not isinstance(text, str):
            return None
        try:
            tree = json.loads(text)
            return cls(str(tree["manifest"]), [str(path) for path in tree["paths"]], dict(tree["dtypes"]))
        except (ValueError, TypeError, KeyError):
            return None

    @staticmethod
    def as_attrs(schema: pa.Schema, dtypes: dict[str, str]) -> dict[str, str]:
        manifest, paths = _core.masked_paths(schema)
        if manifest is None or not paths:
            return {}
        dtypes = {name: dtype for name, dtype in dtypes.items() if name in schema.names}
        return {ATTRS: json.dumps({"manifest": manifest, "paths": paths, "dtypes": dtypes})}

    def put_on(self, schema: pa.Schema) -> pa.Schema:
        return pa.schema(_core.tag_schema(schema, self.manifest, set(self.paths)))


@dataclass(frozen=True)
class _Part:
    """One column, or one level of the index. Its array is missing where it is not known yet that it is looked at."""

    name: str
    series: pd.Series
    array: Any
    at: int
    is_index: bool

    @classmethod
    def of(cls, name: str, series: pd.Series, at: int, *, is_index: bool) -> _Part:
        # pyarrow looks twice at each Decimal, which takes longer than all else.
        is_costly = _series.check(name, series) == "decimal"
        array = None if is_costly else _series.convert(name, series)
        return cls(name, series, array, at, is_index)

    def converted(self) -> _Part:
        return self if self.array is not None else replace(self, array=_series.convert(self.name, self.series))

    def left_out(self, type_: Any) -> _Part:
        return self if self.array is not None else replace(self, array=pa.nulls(len(self.series), type_))


@dataclass(frozen=True)
class _Frame:
    df: pd.DataFrame
    parts: list[_Part]

    @classmethod
    def of(cls, df: pd.DataFrame) -> _Frame:
        return cls(df, [*_columns(df), *_levels(df.index)])

    @property
    def is_whole(self) -> bool:
        return all(part.array is not None for part in self.parts)

    def whole(self, plan: _core.Plan | None = None) -> _Frame:
        """Give the frame with every array; nulls for those that the plan only keeps, and does not look at."""
        if plan is None:
            return _Frame(self.df, [part.converted() for part in self.parts])
        looked_at = {self.parts[at].name for inputs, _ in plan.groups() for at in inputs} | plan.treated
        schema = pa.schema(plan.schema)
        parts = [
            part.converted() if part.name in looked_at else part.left_out(schema.field(part.name).type)
            for part in self.parts
        ]
        return _Frame(self.df, parts)

    def schema(self) -> pa.Schema:
        types = [_series.SOME_DECIMAL if part.array is None else part.array.type for part in self.parts]
        return pa.schema([pa.field(part.name, type_) for part, type_ in zip(self.parts, types, strict=True)])

    def table(self, schema: pa.Schema) -> pa.Table:
        return pa.Table.from_arrays([part.array for part in self.parts], schema=schema)

    def rebuilt(self, table: pa.Table, treated: set[str], dtypes: dict[str, str]) -> pd.DataFrame:
        """Put a frame together: treated columns from ``table``, the others as they were, dropped ones not at all."""
        names = set(table.schema.names)
        kept = [part for part in self.parts if part.name in names]
        series = {part.name: _rebuilt_part(part, table, treated, dtypes) for part in kept}
        columns = [part for part in kept if not part.is_index]
        df = pd.DataFrame({i: series[part.name] for i, part in enumerate(columns)}, index=range(len(self.df)))
        df.columns = self.df.columns.take([part.at for part in columns])
        df.index = self._index([part for part in kept if part.is_index], series, treated)
        return df

    def _index(self, levels: list[_Part], series: dict[str, pd.Series], treated: set[str]) -> pd.Index:
        index = self.df.index
        had = [part for part in self.parts if part.is_index]
        if len(levels) == len(had) and not any(part.name in treated for part in levels):
            return index
        if not levels:
            return pd.RangeIndex(len(index))
        names = [index.names[part.at] for part in levels]
        if len(levels) == 1:
            return pd.Index(series[levels[0].name], name=names[0])
        return pd.MultiIndex.from_arrays([series[part.name] for part in levels], names=names)


def _columns(df: pd.DataFrame) -> Iterator[_Part]:
    for at, label in enumerate(df.columns):
        series = df.iloc[:, at].reset_index(drop=True)
        name = str(label)
        yield _Part.of(name, series, at, is_index=False)


def _levels(index: pd.Index) -> Iterator[_Part]:
    if isinstance(index, pd.RangeIndex):
        return
    for at in range(index.nlevels):
        name = f"__index_level_{at}__" if index.names[at] is None else str(index.names[at])
        series = pd.Series(index.get_level_values(at)).reset_index(drop=True)
        yield _Part.of(name, series, at, is_index=True)


def _rebuilt_part(part: _Part, table: pa.Table, treated: set[str], dtypes: dict[str, str]) -> pd.Series:
    if part.name not in treated:
        return part.series
    return _series.from_arrow(table.column(part.name), part.series, part.array.type, dtypes.get(part.name))
