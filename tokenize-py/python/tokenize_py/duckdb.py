"""DuckDB: the columns of a policy as functions of SQL.

import tokenize_py.duckdb

tokenize_py.duckdb.register(connection, tokenizer, ["ssn", "email"])
connection.sql("SELECT mask_ssn(ssn), mask_email(email) FROM people")
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import duckdb
import pyarrow as pa

from tokenize_py._columns import Column
from tokenize_py._tokenizer import Tokenizer


def register(
    connection: duckdb.DuckDBPyConnection,
    tokenizer: Tokenizer,
    columns: Iterable[str] | Mapping[str, str],
    *,
    unmask: bool = False,
) -> list[str]:
    """Make a function ``mask_COLUMN`` of each column: Arrow in, Arrow out, with the tokens that a table would have.

    >>> import duckdb, tokenize_py.duckdb
    >>> connection = duckdb.connect()
    >>> tokenize_py.duckdb.register(connection, t, ["email"])
    ['mask_email']
    >>> [(token,)] = connection.sql("SELECT mask_email('ann@example.com')").fetchall()
    >>> token == t.mask(people)["email"][0].as_py()
    True

    Args:
        connection: Where the functions are made; they are gone with it.
        tokenizer: Policy and keyring.
        columns: Column names of the policy, with their SQL types if they are a mapping, else ``VARCHAR``. What is no
            letter, digit or underscore in a name is an underscore in its function's.
        unmask: Make functions ``unmask_COLUMN`` too. Whoever may use the connection can then reverse tokens.

    Returns:
        The names of the functions.

    Raises:
        PolicyError: The policy does not do anything to such a column, or its rule looks into another one.
        ValueError: Two columns would have the same function.

    """
    kinds = dict(columns) if isinstance(columns, Mapping) else dict.fromkeys(columns, "VARCHAR")
    names = {name: re.sub(r"\W", "_", name, flags=re.ASCII) for name in kinds}
    if len(set(names.values())) < len(names):
        raise ValueError("two of these columns would have the same function")
    made: list[str] = []
    for name, kind in kinds.items():
        column = Column(tokenizer, name)
        before = duckdb.sqltype(kind) if isinstance(kind, str) else kind
        after = _type_of(connection, column.type_of(_arrow_type(connection, kind)))
        made.append(_create(connection, f"mask_{names[name]}", column.mask, before, after, column.is_random))
        if unmask:
            made.append(_create(connection, f"unmask_{names[name]}", column.unmask, after, before, False))
    return made


def _create(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    treat: Callable[[Any], Any],
    before: Any,
    after: Any,
    is_random: bool,
) -> str:
    connection.create_function(
        name, treat, [before], after, type="arrow", null_handling="special", side_effects=is_random
    )  # type: ignore[call-overload]
    return name


def _arrow_type(connection: duckdb.DuckDBPyConnection, kind: str) -> Any:
    return pa.table(connection.sql(f"SELECT NULL::{kind} AS it LIMIT 0").to_arrow_table()).schema.field(0).type


def _type_of(connection: duckdb.DuckDBPyConnection, arrow_type: Any) -> Any:
    return connection.from_arrow(pa.table({"it": pa.array([], arrow_type)})).types[0]
