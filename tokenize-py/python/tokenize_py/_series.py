"""One pandas column as an Arrow array, and back with its dtype and its kinds of null."""

from __future__ import annotations

import numbers
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
    check(name, series)
    return convert(name, series)


def check(name: str, series: pd.Series) -> str | None:
    """Refuse a column whose values are of more than one kind; give that kind for a column of Python objects."""
    if _is_object(series.dtype):
        return _one_kind(name, series)
    if isinstance(series.dtype, pd.CategoricalDtype) and _is_object(series.dtype.categories.dtype):
        _one_kind(name, series.dtype.categories.to_series())
    return None


def convert(name: str, series: pd.Series) -> Any:
    """Do what :func:`to_arrow` does, to a column that has been checked."""
    if isinstance(series.dtype, pd.SparseDtype):
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
            # pandas 2.2 knows the first kind alone.
            return pd.StringDtype(storage) if null == "NA" else pd.StringDtype(storage, na_value=np.nan)
        return pd.api.types.pandas_dtype(name)
    except (TypeError, ValueError, ImportError):
        return None


def _objects(column: Any, like: pd.Series) -> pd.Series:
    """Python objects, with each null as it was in ``like`` if that holds objects too."""
    values = _python_values(column)
    if _is_object(like.dtype):
        before = like.to_numpy(dtype=object)
        back = column.is_null().to_numpy() & _nulls(before)
        values[back] = before[back]
    return pd.Series(values, dtype=object)


def _python_values(column: Any) -> Any:
    if pa.types.is_date(column.type):
        return np.array(column.to_pandas(date_as_object=True), dtype=object)
    if any(is_kind(column.type) for is_kind in AS_THEY_ARE):
        return np.array(column.to_numpy(), dtype=object)
    values = np.empty(len(column), dtype=object)
    values[:] = column.to_pylist()
    return values


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


def _one_kind(name: str, series: pd.Series) -> str | None:
    """Give the kind of all values that are no nulls, of which there may be none. Refuses more than one kind."""
    values = series.to_numpy(dtype=object)
    nulls = _nulls(values)
    kinds = {_kind(of) for of in set(map(type, values[~nulls]))}
    if len(kinds) > 1:
        rows = np.flatnonzero(~nulls)
        first, kind = rows[0], _kind(type(values[rows[0]]))
        other = next(row for row in rows if _kind(type(values[row])) != kind)
        shown = [f"row {row} holds {type(values[row]).__name__}" for row in (first, other)]
        raise DataError(
            f"column {name}: mixed types: {', '.join(shown)}\n"
            "hint: make the column one type, for instance with astype(str) on the rows that are not null",
            code="mixed_types",
            column=name,
            row=int(other),
        )
    return kinds.pop() if kinds else None


def _nulls(values: Any) -> Any:
    """Where an array of Python objects holds one of pandas' nulls."""
    try:
        return pd.isna(values)
    except Exception:  # A signalling NaN.
        return np.fromiter(map(is_null, values), dtype=bool, count=len(values))


def is_null(value: Any) -> bool:
    """Whether a Python object is one of pandas' nulls: ``None``, ``nan``, ``pd.NA``, ``NaT``."""
    if value is None or value is pd.NA or value is pd.NaT:
        return True
    if isinstance(value, Decimal):
        return value.is_nan()
    if isinstance(value, (float, np.floating)):
        return bool(value != value)
    return isinstance(value, (np.datetime64, np.timedelta64)) and bool(np.isnat(value))


def _kind(of: type) -> str:
    for kind, types in KINDS:
        if issubclass(of, types):
            return kind
    return of.__name__


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

SOME_DECIMAL = pa.decimal128(38, 9)
"""The type of a column of ``Decimal`` whose values nobody looks at."""

AS_THEY_ARE = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
"""Arrow types whose values pyarrow gives to numpy as Python objects, nulls as ``None``."""

ARROW = "arrow"
STRING = "string"
