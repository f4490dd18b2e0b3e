"""Mask and unmask Spark DataFrames on a cluster.

    from tokenize_py.spark import mask, unmask

    masked = mask(df, "policy.yaml", keyring)
    masked.write.parquet("s3a://bucket/masked")
    clear = unmask(spark.read.parquet("s3a://bucket/masked"), keyring)

Columns that do not change stay in the JVM; the others go through Arrow to Python workers, which need this package.
What was done stands in the metadata of the columns, which Spark writes into Parquet and ORC files. The keyring travels
wrapped; each Python worker unwraps the keys that it uses.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from tokenize_py import _cluster, _core, _manifests, _policy, _spark
from tokenize_py._core import Keyring
from tokenize_py._errors import PolicyError
from tokenize_py._policy import Policy

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

__all__ = ["manifest", "mask", "mask_function", "unmask", "unmask_function"]


def mask(df: DataFrame, policy: Policy, keyring: Keyring) -> DataFrame:
    """Mask a DataFrame.

    Everything that can be refused is refused now, on the driver. With ``encrypt`` and ``key: output`` the data key is
    made now too: its wrapped form is in the metadata of the columns, and in :func:`manifest`, which has to be stored
    where the output keeps no metadata (CSV, JSON, most tables of databases).

    Of randomly encrypted columns each run, and each retried task, makes other cells of the same values.

    Args:
        df: The data.
        policy: The policy's path (on the driver), its text, or the same tree as a dict.
        keyring: The keyring.

    Returns:
        A DataFrame that masks when it is computed. A value that does not fit ends its job with an
        :class:`InvalidValueError` inside Spark's exception.

    Raises:
        PolicyError: Policy and columns do not go together, or a column is masked already.
        KeyringError: A key version cannot be used, or the keyring is a writer file.
        KmsError: The keyring's KMS does not give a key.
        DataError: A column is of a type that Arrow does not have.

    """
    work, plan = _cluster.mask(policy, keyring, _spark.arrow_schema(df))
    output = _cluster.schema_of(plan)
    metadata = {name: json.loads(text) for name, text in _core.spark_columns(output).items()}
    # Of kept columns all other metadata goes too: Spark ML writes there what columns hold.
    return _spark.select(df, output.names, list(_spark.functions(work, plan)), metadata, is_bare=True)


def unmask(
    df: DataFrame,
    keyring: Keyring,
    *,
    policy: Policy | None = None,
    columns: Sequence[str] | None = None,
    key_version: int | None = None,
    manifests: Sequence[_manifests.Manifest] = (),
) -> DataFrame:
    """Reverse what is reversible; one-way columns stay as they are.

    Goes by what the columns say of themselves, each by the manifest that it carries, so that joins of masked tables
    can be unmasked too. Spark's ``union`` keeps the metadata of its first table only: unmask before it, or give the
    manifests of the others.

    Args:
        df: The masked data.
        keyring: The keyring.
        policy: The policy that the data was masked by, where columns carry nothing and there are no manifests. Cells of
            encrypted columns are then looked at in a job of their own, to learn what they hold.
        columns: Column paths to reverse; all reversible ones if ``None``.
        key_version: The key version, where nothing records it.
        manifests: Manifests of the outputs that the rows come from, as texts or paths on the driver.

    Raises:
        PolicyError: The metadata was edited or does not fit the keyring, or there is none.
        KeyringError: A key version cannot be used.
        KmsError: The keyring's KMS does not give a key.
        DataError: A column is of a type that Arrow does not have.

    """
    tokenizer = _cluster.reader(policy, keyring)
    way = _cluster.Way.of(columns, key_version, manifests)
    made: list[_spark.Made] = []
    dropped: set[str] = set()
    metadata = {field.name: _spark.others(field.metadata) for field in df.schema}
    for schema in _outputs(df, bool(manifests)):
        work, plan = _cluster.unmask(tokenizer, schema, way)
        if policy is not None and not manifests and MANIFEST.encode() not in (schema.metadata or {}):
            work, plan = _cluster.unmask(tokenizer, schema, way, _samples(df, schema, plan))
        output = _cluster.schema_of(plan)
        dropped |= set(schema.names) - set(output.names)
        for name, text in _core.spark_columns(output).items():
            metadata[name] |= json.loads(text)
        made += _spark.functions(work, plan)
    names = [name for name in df.columns if name not in dropped]
    return _spark.select(df, names, made, metadata)


def manifest(df: DataFrame) -> str:
    """Give the manifest of a masked DataFrame: what was done, and the wrapped data keys, as JSON.

    Raises:
        PolicyError: No column carries one, or they carry several.

    """
    found = {field.metadata[MANIFEST] for field in df.schema if MANIFEST in field.metadata}
    if len(found) != 1:
        raise PolicyError(
            "no column says what was done to it" if not found else "the columns come from several outputs",
            code="manifest",
        )
    text: str = found.pop()
    return text


def mask_function(policy: Policy, keyring: Keyring, column: str, *, type: str = "string") -> Callable[..., Column]:  # noqa: A002
    """Give a function of one column, for ``select`` and, by ``spark.udf.register``, for SQL.

        spark.udf.register("mask_email", mask_function("policy.yaml", keyring, "email"))
        spark.sql("SELECT mask_email(email) FROM customers")

    It does what the policy's rule for that column does, and leaves no metadata behind. Rules that look at other columns
    (``shift_date``, ``key: output``, known values) are refused.

    Args:
        policy: The policy.
        keyring: The keyring.
        column: The column of the policy.
        type: The Spark type of what it is given.

    Raises:
        PolicyError: There is no such rule, it keeps the column, or it does not go with the type.
        KeyringError: A key version cannot be used.
        KmsError: The keyring's KMS does not give a key.

    """
    work, plan = _cluster.mask(_alone(policy, column), keyring, _one(column, type))
    if json.loads(work.manifest)["data_keys"]:
        raise PolicyError(
            f"column {column}: `key: output` needs a place for the data key, which a function does not have\n"
            "hint: mask the whole table",
            code="unpublished",
            column=column,
        )
    return _function(work, plan, column)


def unmask_function(
    policy: Policy,
    keyring: Keyring,
    column: str,
    *,
    type: str = "string",  # noqa: A002
    key_version: int | None = None,
) -> Callable[..., Column]:
    """Give the reverse of :func:`mask_function`.

    Args:
        policy: The policy.
        keyring: The keyring.
        column: The column of the policy.
        type: The Spark type of what it is given: of the tokens, or of the cells, which have to hold texts.
        key_version: The key version, once the keyring has had several.

    Raises:
        PolicyError: There is no such rule, it cannot be reversed, or the key version is missing.
        KeyringError: A key version cannot be used.
        KmsError: The keyring's KMS does not give a key.

    """
    way = _cluster.Way.of(None, key_version, ())
    reader = _cluster.reader(_alone(policy, column), keyring)
    work, plan = _cluster.unmask(reader, _one(column, type), way)
    return _function(work, plan, column)


def _outputs(df: DataFrame, has_manifests: bool) -> Iterator[Any]:
    """Give a schema for each output that columns come from: its columns, and those that carry nothing."""
    texts = dict.fromkeys(text for field in df.schema if (text := field.metadata.get(MANIFEST)))
    if len(texts) < 2 or has_manifests:
        yield _spark.arrow_schema(df)
        return
    for text in texts:
        mine = [field.name for field in df.schema if field.metadata.get(MANIFEST, text) == text]
        yield _spark.arrow_schema(df, mine)


def _samples(df: DataFrame, schema: Any, plan: _core.Plan) -> Any:
    """Give the first cell of each column that may be encrypted."""
    import pyarrow as pa
    from pyspark.sql import functions as F  # noqa: N812

    sealed = [field for field in schema if field.name in plan.treated and field.type in (pa.string(), pa.binary())]
    if not sealed:
        return None
    firsts = [F.first(F.col(_spark.quoted(field.name)), ignorenulls=True) for field in sealed]
    [row] = df.agg(*firsts).collect()
    return pa.table([pa.array([cell], field.type) for cell, field in zip(row, sealed, strict=True)], pa.schema(sealed))


def _alone(policy: Policy, column: str) -> dict[str, Any]:
    """Give the policy for a table in which all other columns are missing."""
    text, kind = _policy.read(policy)
    tree: dict[str, Any] = json.loads(_core.policy_json(text, kind))
    for path, rule in tree.get("columns", {}).items():
        if path != column:
            rule["optional"] = True
    return tree


def _one(column: str, kind: str) -> Any:
    """Give the schema of a table of one column, whose path this is."""
    import pyarrow as pa
    from pyspark.sql.pandas.types import to_arrow_type
    from pyspark.sql.types import DataType

    return pa.schema([pa.field(column.strip("`"), to_arrow_type(DataType.fromDDL(kind), timezone="UTC"))])


def _function(work: _cluster.Work, plan: _core.Plan, column: str) -> Callable[..., Column]:
    made = list(_spark.functions(work, plan))
    if len(made) != 1 or len(made[0].outputs) != 1:
        raise PolicyError(
            f"column {column}: the policy does nothing to it that a function of one column can do",
            code="policy",
            column=column,
        )
    return made[0].function


MANIFEST = "tokenize.manifest"
