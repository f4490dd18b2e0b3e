"""Spark's side of a plan: schemas with tags, and a function for each group of columns."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tokenize_py import _cluster, _core
from tokenize_py._errors import DataError

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


@dataclass(frozen=True)
class Made:
    """A function that treats one group of columns."""

    inputs: list[str]
    outputs: list[str]
    function: Callable[..., Column]


class Treat:
    """What Spark calls with the arrays of a batch. Unpickled for each task, so that rows count from its first one."""

    def __init__(self, group: _cluster.Group, is_alone: bool) -> None:
        self.group = group
        self.is_alone = is_alone

    def __call__(self, *arrays: Any) -> Any:
        """Treat a batch: give its one column, or all of them as one of structs."""
        import pyarrow as pa
        from pyspark import TaskContext

        context = TaskContext.get()
        batch = self.group.treat(arrays, 0 if context is None else context.partitionId())
        if self.is_alone:
            return batch.column(0)
        return pa.StructArray.from_arrays(batch.columns, fields=list(batch.schema))


def functions(work: _cluster.Work, plan: _core.Plan) -> Iterator[Made]:
    """Give the functions that do what a plan does."""
    from pyspark.sql.pandas.types import from_arrow_type
    from pyspark.sql.types import StructField, StructType

    inputs, outputs = _cluster.schema_of_bytes(work.schema), _cluster.schema_of(plan)
    for number, (reads, gives) in enumerate(plan.groups()):
        fields = [outputs.field(i) for i in gives]
        types = [bare(from_arrow_type(field.type)) for field in fields]
        is_alone = len(fields) == 1
        pairs = zip(fields, types, strict=True)
        whole = types[0] if is_alone else StructType([StructField(field.name, kind) for field, kind in pairs])
        treat = Treat(_cluster.Group(work, number), is_alone)
        yield Made([inputs.field(i).name for i in reads], [field.name for field in fields], _udf(treat, whole))


def _udf(treat: Treat, kind: Any) -> Callable[..., Column]:
    """Make a function of Spark; those of this type share a Python worker and its batches."""
    from pyspark.sql import functions as F  # noqa: N812

    with warnings.catch_warnings():
        # It prefers types that are written down, which these have not: they take any number of columns.
        warnings.simplefilter("ignore", UserWarning)
        made: Callable[..., Column] = F.arrow_udf(treat, kind, F.ArrowUDFType.SCALAR)
    return made


def select(
    df: DataFrame,
    names: Sequence[str],
    made: Sequence[Made],
    metadata: dict[str, dict[str, Any]],
    *,
    is_bare: bool = False,
) -> DataFrame:
    """Give the columns of these names: those that were made, the others as they are; each with its metadata.

    ``is_bare`` leaves inside kept columns no metadata of nested fields.
    """
    from pyspark.sql import functions as F  # noqa: N812

    kept = {field.name: F.col(quoted(field.name)) for field in df.schema}
    for field in df.schema:
        if is_bare and bare(field.dataType) != field.dataType:
            kept[field.name] = kept[field.name].cast(bare(field.dataType))
    sources: dict[str, Column] = {}
    together: list[Column] = []
    for number, group in enumerate(made):
        column = group.function(*(F.col(quoted(name)) for name in group.inputs))
        if len(group.outputs) == 1:
            sources[group.outputs[0]] = column
            continue
        holder = free_name(f"tokenize {number}", df.columns)
        together.append(column.alias(holder))
        sources |= {name: F.col(f"{quoted(holder)}.{quoted(name)}") for name in group.outputs}
    if together:
        alone = {name for group in made if len(group.outputs) == 1 for name in group.outputs}
        others = {name for group in made if len(group.outputs) > 1 for name in group.outputs}
        first = [(kept | sources)[name].alias(name) for name in names if name not in others]
        # A second step takes the structs apart, so that each is made once.
        df = df.select(*first, *together)
        sources = {name: F.col(quoted(name)) for name in names if name not in others} | {
            name: column for name, column in sources.items() if name not in alone
        }
    columns = [(kept | sources)[name] for name in names]
    named = [column.alias(name, metadata=metadata.get(name, {})) for name, column in zip(names, columns, strict=True)]
    return df.select(*named)


def free_name(name: str, taken: Sequence[str]) -> str:
    """Give a name that no column has."""
    while name in taken:
        name += "'"
    return name


def arrow_schema(df: DataFrame, names: Sequence[str] | None = None) -> Any:
    """Give the Arrow schema of a DataFrame, or of some of its columns, with their tags."""
    import pyarrow as pa
    from pyspark.sql.pandas.types import to_arrow_type

    fields, columns = [], {}
    for field in df.schema:
        if names is not None and field.name not in names:
            continue
        try:
            kind = to_arrow_type(bare(field.dataType), timezone="UTC")
        except Exception:
            kind = None
        if kind is None:
            raise DataError(
                f"column {field.name}: Arrow has no type for Spark's {field.dataType.typeName()}\n"
                "hint: leave it out with `df.drop`, and join it again if it is needed",
                code="type",
                column=field.name,
            )
        fields.append(pa.field(field.name, kind, nullable=field.nullable))
        columns[field.name] = json.dumps(ours(field.metadata))
    return pa.schema(_core.spark_schema(pa.schema(fields), columns))


def bare(kind: Any) -> Any:
    """Give a Spark type without metadata inside it."""
    from pyspark.sql.types import ArrayType, MapType, StructField, StructType

    if isinstance(kind, StructType):
        return StructType([StructField(field.name, bare(field.dataType), field.nullable) for field in kind])
    if isinstance(kind, ArrayType):
        return ArrayType(bare(kind.elementType), kind.containsNull)
    if isinstance(kind, MapType):
        return MapType(bare(kind.keyType), bare(kind.valueType), kind.valueContainsNull)
    return kind


def ours(metadata: dict[str, Any]) -> dict[str, Any]:
    """Give the part of a column's metadata that tells of masking."""
    return {name: value for name, value in metadata.items() if name.startswith("tokenize.")}


def others(metadata: dict[str, Any]) -> dict[str, Any]:
    """Give the rest of it."""
    return {name: value for name, value in metadata.items() if not name.startswith("tokenize.")}


def quoted(name: str) -> str:
    """Give a column's name as Spark reads it, whatever is in it."""
    return "`" + name.replace("`", "``") + "`"
