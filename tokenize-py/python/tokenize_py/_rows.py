"""Rows and columns as Python has them: to Arrow and back, beside tensors, which Arrow does not take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from tokenize_py._errors import DataError
from tokenize_py._tables import is_a


class MaskedDict(dict[str, Any]):
    """A row, or columns, of masked data by their names, with the schema that says what was done to them.

    ``tokenize_py.guard`` takes it. Copies, pickles and what ``torch.utils.data.default_collate`` makes of it keep the
    schema; a plain ``dict`` that is made from it does not. A name that was added since counts as not masked.
    """

    __slots__ = ("schema",)

    schema: Any

    @classmethod
    def of(cls, schema: Any, values: Mapping[str, Any]) -> MaskedDict:
        """Give values with a pyarrow schema."""
        made = cls(values)
        made.schema = schema
        return made

    def __arrow_c_schema__(self) -> Any:
        known = {field.name: field for field in self.schema}
        fields = [known.get(name) or pa.field(name, pa.null()) for name in self]
        return pa.schema(fields, self.schema.metadata).__arrow_c_schema__()


def turned(rows: list[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Give rows as columns; what a row does not have is null."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names}


def arrays(columns: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give Arrow arrays, and the columns that are tensors; for these there are nulls among the arrays."""
    made, tensors = {}, {}
    for name, values in columns.items():
        kind = _kind_of_tensor(values)
        if kind is None:
            made[name] = _array(name, values)
        else:
            made[name], tensors[name] = pa.nulls(len(values), kind), values
    return made, tensors


def batch(columns: Mapping[str, Any]) -> Any:
    """Put arrays together."""
    if len({len(array) for array in columns.values()}) > 1:
        raise DataError("the columns of one item are not equally long", code="lengths")
    return pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))


def rows_of(masked: Any, tensors: Mapping[str, Any]) -> Iterator[MaskedDict]:
    """Give the rows of a masked batch, with the tensors that belong to it and that are left."""
    schema = masked.schema
    beside = {name: values for name, values in tensors.items() if name in schema.names}
    for number, row in enumerate(masked.to_pylist()):
        for name, values in beside.items():
            row[name] = values[number]
        yield MaskedDict.of(schema, row)


def _array(name: str, values: Any) -> Any:
    try:
        made = values if isinstance(values, (pa.Array, pa.ChunkedArray)) else pa.array(values)
        return made.combine_chunks() if isinstance(made, pa.ChunkedArray) else made
    except Exception as error:
        # Arrow's own messages quote values.
        failed = type(error).__name__
    raise DataError(
        f"column {name}: the values cannot be made an Arrow column ({failed}): they are of several types, or of one "
        "that Arrow does not have",
        code="unsupported_values",
        column=name,
    )


def _kind_of_tensor(values: Any) -> Any:
    """Give the Arrow type that a column of tensors would have, or nothing if it is none: lists as deep as it is."""
    if _is_tensor(values):
        return _nested(values, len(values.shape) - 1)
    if isinstance(values, list):
        first = next((value for value in values if value is not None), None)
        if _is_tensor(first) or (isinstance(first, np.ndarray) and first.ndim > 1):
            return _nested(first, len(getattr(first, "shape", ())))
    return None


def _is_tensor(value: Any) -> bool:
    return is_a(value, "torch", "Tensor") or (isinstance(value, np.ndarray) and value.ndim > 1)


def _nested(tensor: Any, depth: int) -> Any:
    kind = pa.float64() if "float" in str(tensor.dtype) else pa.int64()
    for _ in range(depth):
        kind = pa.list_(kind)
    return kind
