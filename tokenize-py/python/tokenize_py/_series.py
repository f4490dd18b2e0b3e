"""One pandas column as an Arrow array, and back with its dtype and its kinds of null."""

from __future__ import annotations

import numbers
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from tokenize_py._errors import DataError


def to_arrow(name: str, series: pd.Series) -> Any:
    """Give a column as an Arrow array, every kind of null as null.

    Types are checked here and the converter's own errors are dropped, as they quote values.
    """
    if _is_object(series.dtype):
        _check_one_kind(name, series)
    elif isinstance(series.dtype, pd.CategoricalDtype) and _is_object(series.dtype.categories.dtype):
        _check_one_kind(name, series.dtype.categories.to_series())
    elif isinstance(series.dtype, pd.SparseDtype):
        series = series.sparse.to_dense()
    array = _converted(series)
    if array is None:
        kinds = sorted({type(value).__name__ for value in series.array if not is_null(value)})
        shown = f" ({', '.join(kinds)})" if _is_object(series.dtype) else ""
        raise DataError(
            f"column {name}: dtype {series.dtype}{shown} cannot be made an Arrow column: a value is too large for it, "
            "of a type that Arrow does not have, or no valid text",
            code="unsupported_values",
            column=name,
        )
    return array


def _converted(series: pd.Series) -> Any:
    try:
        return pa.array(series, from_pandas=True)
    except Exception:
        return None


def from_arrow(column: Any, like: pd.Series, type_before: Any, recorded: str | None) -> pd.Series:
    """Give a treated column as pandas has it.

    The dtype is the one that was recorded when the column was masked; else that of ``like``, the column that went in,
    if the Arrow type is still the same; else what pandas takes for the Arrow type.
    """
    dtype: Any = None
    if recorded is not None:
        dtype = _dtype_of(recorded, column.type)
    elif isinstance(like.dtype, pd.ArrowDtype):
        dtype = pd.ArrowDtype(column.type)
    elif column.type == type_before or (pa.types.is_dictionary(column.type) and pa.types.is_dictionary(type_before)):
        dtype = like.dtype
    if _is_object(dtype):
        return _objects(column, like)
    if pa.types.is_dictionary(column.type) and not isinstance(dtype, pd.ArrowDtype):
        return column.to_pandas().cat.as_unordered()
    if column.null_count and (dtype is None or isinstance(dtype, np.dtype)):
        dtype = _nullable(column.type) or dtype
    if hasattr(dtype, "__from_arrow__"):
        return pd.Series(dtype.__from_arrow__(column))
    series = column.to_pandas()
    if _is_object(series.dtype):
        return _objects(column, like)
    return series if dtype is None or series.dtype == dtype else series.astype(dtype)


def name_of(dtype: Any) -> str:
    """Give a dtype's name for ``df.attrs``. Categories are not named: they are values."""
    if isinstance(dtype, pd.ArrowDtype):
        return ARROW
    if isinstance(dtype, pd.CategoricalDtype):
        return "category"
    if isinstance(dtype, pd.StringDtype):
        return f"{STRING}:{dtype.storage}:{'NA' if dtype.na_value is pd.NA else 'nan'}"
    if isinstance(dtype, pd.SparseDtype):
        return str(dtype.subtype)
    return str(dtype)


def _dtype_of(name: str, arrow_type: Any) -> Any:
    """Give the dtype of a name, or ``None`` for a name that is none here."""
    if name == ARROW:
        return pd.ArrowDtype(arrow_type)
    try:
        if name.startswith(f"{STRING}:"):
            _, storage, null = name.split(":")
            return pd.StringDtype(storage, na_value=pd.NA if null == "NA" else np.nan)
        return pd.api.types.pandas_dtype(name)
    except (TypeError, ValueError, ImportError):
        return None


def _objects(column: Any, like: pd.Series) -> pd.Series:
    """Python objects, with each null as it was in ``like`` if that holds objects too."""
    values = np.empty(len(column), dtype=object)
    values[:] = column.to_pylist()
    if _is_object(like.dtype):
        before = like.to_numpy(dtype=object)
        for i in np.flatnonzero(column.is_null().to_numpy()):
            if is_null(before[i]):
                values[i] = before[i]
    return pd.Series(values, dtype=object)


def _is_object(dtype: Any) -> bool:
    return isinstance(dtype, np.dtype) and dtype.kind == "O"


def _nullable(arrow_type: Any) -> Any:
    """Give a dtype that holds nulls where numpy's does not."""
    if pa.types.is_boolean(arrow_type):
        return pd.BooleanDtype()
    if pa.types.is_integer(arrow_type):
        kind = "Int" if pa.types.is_signed_integer(arrow_type) else "UInt"
        return pd.api.types.pandas_dtype(f"{kind}{arrow_type.bit_width}")
    return None


def _check_one_kind(name: str, values: Iterable[Any]) -> None:
    first: tuple[int, str, str] | None = None
    for row, value in enumerate(values):
        if type(value) is str:
            kind = "str"
        elif is_null(value):
            continue
        else:
            kind = _kind(value)
        if first is None:
            first = (row, kind, type(value).__name__)
        elif kind != first[1]:
            raise DataError(
                f"column {name}: mixed types: row {first[0]} holds {first[2]}, row {row} holds {type(value).__name__}\n"
                "hint: make the column one type, for instance with astype(str) on the rows that are not null",
                code="mixed_types",
                column=name,
                row=row,
            )


def is_null(value: Any) -> bool:
    """Whether a Python object is one of pandas' nulls: ``None``, ``nan``, ``pd.NA``, ``NaT``."""
    if value is None or value is pd.NA or value is pd.NaT:
        return True
    if isinstance(value, (float, np.floating, Decimal)):
        return bool(value != value)
    return isinstance(value, (np.datetime64, np.timedelta64)) and bool(np.isnat(value))


def _kind(value: Any) -> str:
    for kind, types in KINDS:
        if isinstance(value, types):
            return kind
    return type(value).__name__


KINDS: tuple[tuple[str, tuple[type, ...]], ...] = (
    ("bool", (bool, np.bool_)),
    ("str", (str,)),
    ("bytes", (bytes, bytearray, memoryview)),
    ("int", (numbers.Integral,)),
    ("decimal", (Decimal,)),
    ("float", (numbers.Real,)),
    ("instant", (datetime, np.datetime64)),
    ("date", (date,)),
    ("time", (time,)),
    ("duration", (timedelta, np.timedelta64)),
    ("dict", (dict,)),
    ("list", (list, tuple, np.ndarray)),
)
"""What goes together in one column; a bool is an int and a datetime a date in Python, so order matters."""

ARROW = "arrow"
STRING = "string"
