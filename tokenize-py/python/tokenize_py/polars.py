"""Polars: a column of a policy as an expression, for lazy queries and the streaming engine.

import polars as pl
from tokenize_py.polars import mask

pl.scan_parquet("people.parquet").with_columns(mask(tokenizer, "ssn")).sink_parquet("masked.parquet")
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pyarrow as pa

from tokenize_py._columns import Column
from tokenize_py._errors import DataError
from tokenize_py._tokenizer import Tokenizer


def mask(tokenizer: Tokenizer, column: str, expression: Any = None, *, dtype: Any = pl.String) -> pl.Expr:
    """Give an expression that masks a column, with the tokens that a table would have.

    >>> import polars as pl
    >>> from tokenize_py.polars import mask
    >>> frame = pl.DataFrame(people).lazy().select(mask(t, "email")).collect()
    >>> frame["email"].to_list() == t.mask(people)["email"].to_pylist()
    True

    A column that the query has under another name, or makes, is given as ``expression``. What comes after sees tokens.

    Args:
        tokenizer: Policy and keyring.
        column: The column's name in the policy, and the name of the result.
        expression: What is masked; ``pl.col(column)`` if ``None``.
        dtype: The Polars type of what is masked.

    Returns:
        An expression; in the streaming engine it is evaluated batch by batch.

    Raises:
        PolicyError: The policy does not do anything to such a column, or its rule looks into another one.
        InvalidValueError: When the query runs: a value does not fit; ``row`` counts within a batch of Polars, so only
            the message has it.
        DataError: When the query runs: the column is not of type ``dtype``.

    """
    one = Column(tokenizer, column)
    return _mapped(column, expression, one.mask, dtype, _masked_type(one, dtype))


def unmask(tokenizer: Tokenizer, column: str, expression: Any = None, *, dtype: Any = pl.String) -> pl.Expr:
    """Give an expression that brings back what :func:`mask` made, by the policy.

    >>> import polars as pl
    >>> from tokenize_py.polars import mask, unmask
    >>> frame = pl.DataFrame(people).lazy().select(mask(t, "email")).select(unmask(t, "email")).collect()
    >>> frame["email"].to_list() == people["email"].to_pylist()
    True

    Args:
        tokenizer: Policy and keyring.
        column: The column's name in the policy, and the name of the result.
        expression: What is brought back; ``pl.col(column)`` if ``None``.
        dtype: The Polars type that the column had before it was masked.

    Returns:
        An expression of type ``dtype``.

    Raises:
        PolicyError: The policy does not do anything to such a column, or its rule looks into another one.
        InvalidValueError: When the query runs: a value is no token of the column.
        DataError: When the query runs: the column is not of the type that a mask gives it.

    """
    one = Column(tokenizer, column)
    return _mapped(column, expression, one.unmask, _masked_type(one, dtype), dtype)


def _mapped(column: str, expression: Any, treat: Callable[[Any], Any], before: Any, after: Any) -> pl.Expr:
    def treated(series: pl.Series) -> pl.Series:
        if series.dtype != before:
            # Types without what is in them: an Enum would list its values.
            found, said = series.dtype.base_type(), before.base_type()
            raise DataError(
                f"column {column}: is {found}, not {said}\nhint: dtype= names the type that it has in clear",
                code="unsupported_values",
                column=column,
            )
        return pl.Series(column, treat(pa.chunked_array(series)))

    source = pl.col(column) if expression is None else expression
    return source.map_batches(treated, return_dtype=after, is_elementwise=True).alias(column)


def _masked_type(one: Column, dtype: Any) -> Any:
    before = pa.chunked_array(pl.Series([], dtype=dtype)).type
    return pl.Series(pa.array([], one.type_of(before))).dtype
