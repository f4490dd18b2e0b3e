"""One file through every door and engine: the same rows come out, token for token.

Small here; `make test-engines` takes the same table at its full size, by ``TOKENIZE_ROWS=1000000``. A further engine is
one more function in ``ENGINES``.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import ray
import tokenize_py as tk
import tokenize_py.duckdb
import tokenize_py.ray
import tokenize_py.spark
from conftest import BINARY
from ray_cluster import two_workers
from spark_cluster import cluster, session
from tokenize_py import polars

ROWS = int(os.environ.get("TOKENIZE_ROWS", "3000"))
POLICY = Path(__file__).parents[2] / "examples" / "policies" / "customers.yaml"
EXAMPLES = Path(BINARY).parent / "examples"
RANDOM = ["name", "notes"]
"""Columns of randomized cells, which are compared once they are brought back."""

MOVED = {"dob", "created"}
"""Their rule looks into another column, so no function of one column masks them."""


class Desk:
    """A folder with the file, the keyring and what each engine makes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source, self.keyring_file = folder / "customers.parquet", folder / "keyring.json"
        subprocess.run([EXAMPLES / "customers", str(ROWS), self.source], check=True, stdout=subprocess.DEVNULL)
        self.keyring = tk.Keyring.create(self.keyring_file)
        self.tokenizer = tk.Tokenizer(POLICY, self.keyring)

    def run(self, *command: object) -> None:
        subprocess.run([str(part) for part in command], check=True, capture_output=True)


def by_the_command_line(desk: Desk) -> pa.Table:
    out = desk.folder / "cli.parquet"
    desk.run(BINARY, "mask", desk.source, "--policy", POLICY, "--keyring", desk.keyring_file, "--out", out)
    return pq.read_table(out)


def by_rust(desk: Desk) -> pa.Table:
    out = desk.folder / "rust.parquet"
    desk.run(EXAMPLES / "mask_parquet", desk.source, out, POLICY, desk.keyring_file)
    return pq.read_table(out)


def by_pyarrow(desk: Desk) -> pa.Table:
    return desk.tokenizer.mask(pq.read_table(desk.source))


def by_a_reader(desk: Desk) -> pa.Table:
    file = pq.ParquetFile(desk.source)
    reader = pa.RecordBatchReader.from_batches(file.schema_arrow, file.iter_batches(batch_size=1_000))
    return desk.tokenizer.mask(reader).read_all()


def by_pandas(desk: Desk) -> pa.Table:
    return pa.Table.from_pandas(desk.tokenizer.mask(pd.read_parquet(desk.source)), preserve_index=False)


def by_arrow_backed_pandas(desk: Desk) -> pa.Table:
    frame = pd.read_parquet(desk.source, dtype_backend="pyarrow")
    return pa.Table.from_pandas(desk.tokenizer.mask(frame), preserve_index=False)


def by_polars(desk: Desk) -> pa.Table:
    return desk.tokenizer.mask(pl.read_parquet(desk.source)).to_arrow()


def by_streaming_polars(desk: Desk) -> pa.Table:
    return desk.tokenizer.mask(pl.scan_parquet(desk.source)).collect(engine="streaming").to_arrow()


def by_expressions_of_polars(desk: Desk) -> pa.Table:
    names = single(desk)
    masked = (polars.mask(desk.tokenizer, name, dtype=pl.Int64 if name == "id" else pl.String) for name in names)
    return pl.scan_parquet(desk.source).select(*masked, "amount").collect(engine="streaming").to_arrow()


def single(desk: Desk) -> list[str]:
    """Columns that are masked one by one."""
    return [name for name in pq.read_schema(desk.source).names if name not in MOVED | {"amount"}]


def by_duckdb(desk: Desk) -> pa.Table:
    connection = duckdb.connect()
    names = single(desk)
    kinds = {name: "BIGINT" if name == "id" else "VARCHAR" for name in names}
    tokenize_py.duckdb.register(connection, desk.tokenizer, kinds)
    masked = ", ".join(f"mask_{name}({name}) AS {name}" for name in names)
    query = f"SELECT {masked}, amount FROM read_parquet('{desk.source}')"
    return connection.sql(query).to_arrow_table()


def by_spark(desk: Desk) -> pa.Table:
    out, rows = desk.folder / "spark", desk.folder / "spark_in"
    in_parts(desk, rows)
    with cluster(desk.folder) as address, session(address, desk.folder) as spark:
        tokenize_py.spark.mask(spark.read.parquet(str(rows)), POLICY, desk.keyring).write.parquet(str(out))
    return pq.read_table(out)


def by_ray(desk: Desk) -> pa.Table:
    out, rows = desk.folder / "ray", desk.folder / "ray_in"
    in_parts(desk, rows)
    with two_workers(desk.folder / "r"):
        tokenize_py.ray.mask(ray.data.read_parquet(str(rows)), POLICY, desk.keyring).write_parquet(str(out))
    return pq.read_table(out)


def in_parts(desk: Desk, folder: Path) -> None:
    """The file as several, so that both workers have something to do."""
    folder.mkdir()
    table = pq.read_table(desk.source)
    for part in range(4):
        at = ROWS * part // 4
        pq.write_table(table.slice(at, ROWS * (part + 1) // 4 - at), folder / f"{part}.parquet")


BY_COLUMN = (by_duckdb, by_expressions_of_polars)

ENGINES: list[Callable[[Desk], pa.Table]] = [
    by_rust,
    by_pyarrow,
    by_a_reader,
    by_pandas,
    by_arrow_backed_pandas,
    by_polars,
    by_streaming_polars,
    by_expressions_of_polars,
    by_duckdb,
    by_spark,
    by_ray,
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("same"))


@pytest.fixture(scope="module")
def expected(desk: Desk) -> pa.Table:
    return comparable(desk, by_the_command_line(desk))


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.__name__)
def test_every_engine_makes_the_same_tokens(desk: Desk, expected: pa.Table, engine: Callable[[Desk], pa.Table]) -> None:
    made = comparable(desk, engine(desk))
    assert made.num_rows == ROWS
    assert set(expected.column_names) - set(made.column_names) <= (MOVED if engine in BY_COLUMN else set())
    for name in made.column_names:
        assert made[name].equals(expected[name]), name


def comparable(desk: Desk, masked: pa.Table) -> pa.Table:
    """The table in one order and in plain types, with randomized cells brought back by the policy."""
    source = pq.read_table(desk.source)
    for name in RANDOM:
        cells = set(filter(None, masked[name].to_pylist()))
        assert not cells & set(filter(None, source[name].to_pylist()))
    sealed = masked.select(RANDOM).replace_schema_metadata(None)
    rules = {"version": 1, "name": "r", "columns": {name: {"action": "encrypt", "output": "string"} for name in RANDOM}}
    sealed = sealed.cast(pa.schema([(name, pa.string()) for name in RANDOM]))
    clear = tk.Tokenizer(rules, tk.Keyring.open(desk.keyring_file)).unmask(sealed)
    columns = {name: plain(clear[name] if name in RANDOM else masked[name]) for name in masked.column_names}
    return pa.table(columns).sort_by("id")


def plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text for what is text, and for dates and instants what they say, whatever the engine keeps them as."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type):
        column = pc.cast(column, pa.timestamp("us"))
    elif pa.types.is_decimal(column.type):
        # pandas makes as many digits of them as it sees.
        column = column.cast(pa.string())
    elif pa.types.is_large_string(column.type) or column.type == pa.string_view():
        column = column.cast(pa.string())
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
