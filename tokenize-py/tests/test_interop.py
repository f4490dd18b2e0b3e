"""Files of other tools go through mask and unmask, and are equal when the same tool reads them back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import polars.selectors as cs
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tokenize_py as tk
from conftest import DIGITS, EMAIL, ENCRYPT, KEEP, SSN, policy
from pandas.testing import assert_frame_equal
from polars.testing import assert_frame_equal as assert_polars_equal

ROWS = [0, 1, 1000]
GROUPS = 10


def plain(rows: int) -> pa.Table:
    """Rows of many types, with nulls; `word` repeats, so that writers choose a dictionary."""

    def some(values: list[Any]) -> list[Any]:
        return [None if i % 7 == 3 else value for i, value in enumerate(values)]

    n = range(rows)
    day = dt.date(2024, 2, 28)
    return pa.table(
        {
            "ssn": pa.array(some([f"{100 + i % 500:03}-{1 + i % 99:02}-{1 + i % 9999:04}" for i in n]), pa.string()),
            "mail": pa.array(some([f"user{i % 5}@example.com" for i in n]), pa.string()),
            "word": pa.array([f"{1_000_000 + i % 3}" for i in n], pa.string()),
            "whole": pa.array(some(list(n)), pa.int64()),
            "small": pa.array(some([i % 100 for i in n]), pa.int16()),
            "real": pa.array(some([i / 3 for i in n]), pa.float64()),
            "money": pa.array(some([Decimal(i) / 100 for i in n]), pa.decimal128(12, 2)),
            "day": pa.array(some([day + dt.timedelta(i) for i in n]), pa.date32()),
            "seen": pa.array(some([dt.datetime(2024, 2, 28) + dt.timedelta(seconds=i) for i in n]), pa.timestamp("us")),
            "flag": pa.array(some([i % 2 == 0 for i in n]), pa.bool_()),
            "blob": pa.array(some([bytes([i % 256]) for i in n]), pa.binary()),
            "kept": pa.array(some([f"k{i}" for i in n]), pa.string()),
        }
    )


NESTED_TYPE = pa.struct(
    [
        pa.field("person", pa.struct([pa.field("ssn", pa.string()), pa.field("age", pa.int32())])),
        pa.field("mails", pa.list_(pa.string())),
        pa.field("visits", pa.list_(pa.struct([pa.field("code", pa.string()), pa.field("day", pa.date32())]))),
    ]
)


def nested(rows: int) -> pa.Table:
    row = [
        {
            "person": {"ssn": "123-45-6789", "age": 30},
            "mails": ["a@example.com", None],
            "visits": [{"code": "1234567", "day": dt.date(2024, 2, 29)}, None],
        },
        {"person": None, "mails": [], "visits": None},
        {"person": {"ssn": None, "age": None}, "mails": None, "visits": [{"code": None, "day": None}]},
    ]
    column = pa.array([row[i % 3] for i in range(rows)], NESTED_TYPE)
    return pa.Table.from_arrays(column.flatten(), names=[field.name for field in NESTED_TYPE])


SHIFT = {"action": "shift_date", "subject": "whole", "max_days": 30, "on_invalid": "nullify"}
PLAIN_RULES = policy(
    ssn=SSN, mail=EMAIL, word=DIGITS, whole=KEEP, small=ENCRYPT, real=ENCRYPT, money=ENCRYPT, day=ENCRYPT, seen=ENCRYPT,
    flag=ENCRYPT, blob=ENCRYPT, kept=KEEP,
)  # fmt: skip
NESTED_RULES = policy(
    **{"person.ssn": SSN, "person.age": ENCRYPT, "mails[]": EMAIL, "visits[].code": DIGITS, "visits[].day": ENCRYPT}
)


def there_and_back(keyring: tk.Keyring, source: Path, rules: dict[str, Any]) -> Path:
    """Mask and unmask a file; look at the masked one with pyarrow on the way."""
    masked, clear = source.with_suffix(".masked.parquet"), source.with_suffix(".clear.parquet")
    report = tk.mask_file(source, masked, policy=rules, keyring=keyring)
    before, after = pq.read_table(source), pq.read_table(masked)
    assert report.rows == before.num_rows == after.num_rows
    assert after.column_names == before.column_names
    assert pq.ParquetFile(masked).num_row_groups == pq.ParquetFile(source).num_row_groups
    for name in set(before.column_names) & {"ssn", "mail", "word"}:
        pairs = zip(before[name].to_pylist(), after[name].to_pylist(), strict=True)
        assert all(value is None if token is None else token != value for value, token in pairs)
    assert tk.unmask_file(masked, clear, keyring=keyring).rows == report.rows
    return clear


PYARROW_CODECS = ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]


@pytest.mark.parametrize("codec", PYARROW_CODECS)
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_pyarrow_codecs(keyring: tk.Keyring, tmp_path: Path, codec: str, version: str) -> None:
    data = plain(1000)
    source = tmp_path / "in.parquet"
    pq.write_table(data, source, compression=codec, data_page_version=version, row_group_size=len(data) // GROUPS)
    clear = there_and_back(keyring, source, PLAIN_RULES)
    assert pq.read_table(clear).equals(data)


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("make", [plain, nested])
def test_pyarrow_shapes(keyring: tk.Keyring, tmp_path: Path, rows: int, make: Callable[[int], pa.Table]) -> None:
    data = make(rows)
    source = tmp_path / "in.parquet"
    pq.write_table(data, source, row_group_size=max(1, rows // GROUPS), use_dictionary=rows > 1)
    clear = there_and_back(keyring, source, PLAIN_RULES if make is plain else NESTED_RULES)
    assert pq.read_table(clear).equals(data)


@pytest.mark.parametrize(
    "options",
    [
        {"use_dictionary": False, "column_encoding": {"ssn": "DELTA_BYTE_ARRAY", "whole": "DELTA_BINARY_PACKED"}},
        {"use_dictionary": False, "column_encoding": {"ssn": "DELTA_LENGTH_BYTE_ARRAY", "real": "BYTE_STREAM_SPLIT"}},
        {"write_statistics": True, "write_page_index": True, "sorting_columns": [pq.SortingColumn(3)]},
        {"store_schema": False},
        {"coerce_timestamps": "ms"},
    ],
    ids=lambda options: next(reversed(options)),
)
def test_pyarrow_options(keyring: tk.Keyring, tmp_path: Path, options: dict[str, Any]) -> None:
    source = tmp_path / "in.parquet"
    pq.write_table(plain(200), source, **options)
    clear = there_and_back(keyring, source, PLAIN_RULES)
    assert pq.read_table(clear).equals(pq.read_table(source))


def test_int96_timestamps(keyring: tk.Keyring, tmp_path: Path) -> None:
    """INT96 is read as Spark means it: as instants, in UTC."""
    source = tmp_path / "in.parquet"
    pq.write_table(plain(200), source, use_deprecated_int96_timestamps=True)
    clear = there_and_back(keyring, source, PLAIN_RULES)
    seen = pq.read_table(source)["seen"].cast(pa.timestamp("us"))
    assert pq.read_table(clear)["seen"] == seen.cast(pa.timestamp("us", "UTC"))


def test_pyarrow_types(keyring: tk.Keyring, tmp_path: Path) -> None:
    texts = pa.array(["123-45-6789", None, "123-45-6789"])
    data = pa.table(
        {
            "dictionary": texts.dictionary_encode(),
            "large": texts.cast(pa.large_string()),
            "view": texts.cast(pa.string_view()),
            "zoned": pa.array([1, None, 3], pa.timestamp("us", "Europe/Berlin")),
            "nanos": pa.array([1, None, 3], pa.timestamp("ns")),
            "map": pa.array([[("a", "1234567")], None, []], pa.map_(pa.string(), pa.string())),
        }
    )
    source = tmp_path / "in.parquet"
    pq.write_table(data, source)
    rules = policy(
        dictionary=SSN, large=SSN, view=SSN, zoned=ENCRYPT, nanos=ENCRYPT, **{"map{key}": KEEP, "map{value}": DIGITS}
    )
    clear = there_and_back(keyring, source, rules)
    assert pq.read_table(clear).equals(pq.read_table(source))


@pytest.mark.parametrize("codec", [None, "snappy", "gzip", "brotli", "zstd", "lz4"])
def test_pandas_codecs(keyring: tk.Keyring, tmp_path: Path, codec: str | None) -> None:
    df = plain(1000).to_pandas()
    source = tmp_path / "in.parquet"
    df.to_parquet(source, compression=codec, row_group_size=len(df) // GROUPS)
    clear = there_and_back(keyring, source, PLAIN_RULES)
    assert_frame_equal(pd.read_parquet(clear), pd.read_parquet(source))


@pytest.mark.parametrize("rows", ROWS)
def test_pandas_shapes(keyring: tk.Keyring, tmp_path: Path, rows: int) -> None:
    df = plain(rows).to_pandas()
    df["word"] = df["word"].astype("category")
    df["kept"] = df["kept"].astype("string")
    df["whole"] = df["whole"].astype("Int64")
    df = df.set_index(pd.Index([f"{i:09}" for i in range(rows)], name="row", dtype=object))
    source = tmp_path / "in.parquet"
    df.to_parquet(source)
    rules = {**PLAIN_RULES, "columns": {**PLAIN_RULES["columns"], "row": SSN}}
    clear = there_and_back(keyring, source, rules)
    read = pd.read_parquet(clear)
    assert read.index.name == "row"
    assert_frame_equal(read, pd.read_parquet(source), check_categorical=False)
    masked = pd.read_parquet(source.with_suffix(".masked.parquet"))
    assert masked.index.name == "row"
    assert not set(masked.index) & set(df.index)


POLARS_CODECS = ["uncompressed", "snappy", "gzip", "brotli", "zstd", "lz4"]


@pytest.mark.parametrize("codec", POLARS_CODECS)
def test_polars_codecs(keyring: tk.Keyring, tmp_path: Path, codec: Any) -> None:
    source = tmp_path / "in.parquet"
    pl.DataFrame(plain(1000)).write_parquet(source, compression=codec, row_group_size=1000 // GROUPS)
    clear = there_and_back(keyring, source, PLAIN_RULES)
    assert_polars_equal(pl.read_parquet(clear), pl.read_parquet(source))


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("make", [plain, nested])
def test_polars_shapes(keyring: tk.Keyring, tmp_path: Path, rows: int, make: Callable[[int], pa.Table]) -> None:
    source = tmp_path / "in.parquet"
    df = pl.DataFrame(make(rows))
    if make is plain:
        df = df.with_columns(pl.col("word").cast(pl.Categorical))
    df.write_parquet(source)
    clear = there_and_back(keyring, source, PLAIN_RULES if make is plain else NESTED_RULES)
    assert_polars_equal(pl.read_parquet(clear), pl.read_parquet(source))
    pl.read_parquet(source.with_suffix(".masked.parquet"))


DUCKDB_CODECS = ["uncompressed", "snappy", "gzip", "zstd", "brotli", "lz4", "lz4_raw"]


def duckdb_write(data: pa.Table, path: Path, options: str) -> None:
    with duckdb.connect() as connection:
        connection.register("data", data)
        connection.execute(f"COPY data TO '{path}' (FORMAT parquet, {options})")


def duckdb_read(path: Path) -> tuple[list[Any], list[Any]]:
    with duckdb.connect() as connection:
        relation = connection.sql(f"SELECT * FROM read_parquet('{path}')")
        return relation.description, relation.fetchall()


@pytest.mark.parametrize("codec", DUCKDB_CODECS)
@pytest.mark.parametrize("version", ["V1", "V2"])
def test_duckdb_codecs(keyring: tk.Keyring, tmp_path: Path, codec: str, version: str) -> None:
    source = tmp_path / "in.parquet"
    duckdb_write(plain(4096), source, f"COMPRESSION {codec}, PARQUET_VERSION {version}, ROW_GROUP_SIZE 2048")
    clear = there_and_back(keyring, source, PLAIN_RULES)
    assert duckdb_read(clear) == duckdb_read(source)


@pytest.mark.parametrize("rows", [0, 1, 10 * 2048])
@pytest.mark.parametrize("make", [plain, nested])
def test_duckdb_shapes(keyring: tk.Keyring, tmp_path: Path, rows: int, make: Callable[[int], pa.Table]) -> None:
    source = tmp_path / "in.parquet"
    duckdb_write(make(rows), source, "ROW_GROUP_SIZE 2048")
    clear = there_and_back(keyring, source, PLAIN_RULES if make is plain else NESTED_RULES)
    assert duckdb_read(clear) == duckdb_read(source)
    duckdb_read(source.with_suffix(".masked.parquet"))


def test_every_tool_reads_a_masked_file(keyring: tk.Keyring, tmp_path: Path) -> None:
    source, masked = tmp_path / "in.parquet", tmp_path / "masked.parquet"
    pq.write_table(plain(100), source)
    tk.mask_file(source, masked, policy=PLAIN_RULES, keyring=keyring)
    tokens = pq.read_table(masked)["ssn"].to_pylist()
    assert pl.read_parquet(masked)["ssn"].to_list() == tokens
    assert [row[0] for row in duckdb_read(masked)[1]] == tokens
    assert pd.read_parquet(masked)["ssn"].astype(object).where(lambda s: s.notna(), None).tolist() == tokens


KEPT_RULES = policy("keep", ssn=SSN, mail=EMAIL, word=DIGITS)
"""Most columns pass as they are."""


def assert_kept_is_equal(source: Path, masked: Path) -> None:
    """Every tool reads the kept columns of both files as equal, and pyarrow finds the same said of their chunks."""
    made = ["ssn", "mail", "word"]
    before, after = pq.ParquetFile(source), pq.ParquetFile(masked)
    assert before.read().drop_columns(made).equals(after.read().drop_columns(made))
    # INT96 comes out as instants in UTC, of the same bytes.
    zoneless = cs.datetime().dt.replace_time_zone(None)
    frames = [pl.read_parquet(path).drop(made).with_columns(zoneless) for path in (source, masked)]
    assert_polars_equal(frames[0], frames[1])
    with duckdb.connect() as connection:
        rows = [
            connection.sql(f"SELECT * EXCLUDE (ssn, mail, word) FROM read_parquet('{path}')").fetchall()
            for path in (source, masked)
        ]
    assert rows[0] == rows[1]
    for group in range(before.num_row_groups):
        for i in range(before.metadata.num_columns):
            one, other = (file.metadata.row_group(group).column(i) for file in (before, after))
            if one.path_in_schema in made:
                assert other.compression == one.compression
                continue
            assert before.schema.column(i).equals(after.schema.column(i))
            for name in ["physical_type", "compression", "total_compressed_size", "num_values"]:
                assert getattr(one, name) == getattr(other, name), (one.path_in_schema, name)
            assert set(one.encodings) == set(other.encodings), one.path_in_schema
            # Whether a least or greatest value is exact is not always said; the value is the same.
            said = [chunk.statistics and chunk.statistics.to_dict() for chunk in (one, other)]
            assert said[0] == said[1], one.path_in_schema


@pytest.mark.parametrize(
    "options",
    [
        *({"compression": codec, "data_page_version": "2.0"} for codec in PYARROW_CODECS),
        {"use_deprecated_int96_timestamps": True},
        {"store_decimal_as_integer": True},
        {"use_dictionary": False, "write_page_index": True},
        {"write_statistics": ["whole", "ssn"], "write_page_index": True},
        {"store_schema": False, "write_page_checksum": True},
        {"data_page_size": 100, "write_page_index": True, "write_batch_size": 10},
    ],
    ids=str,
)
def test_kept_columns_of_pyarrow(keyring: tk.Keyring, tmp_path: Path, options: dict[str, Any]) -> None:
    source, masked = tmp_path / "in.parquet", tmp_path / "masked.parquet"
    data = plain(500)
    visits = [column.slice(0, 500) for column in nested(500).columns]
    data = data.append_column("person", visits[0]).append_column("visits", visits[2])
    pq.write_table(data, source, row_group_size=200, **options)
    tk.mask_file(source, masked, policy=KEPT_RULES, keyring=keyring)
    assert_kept_is_equal(source, masked)


@pytest.mark.parametrize("codec", DUCKDB_CODECS)
@pytest.mark.parametrize("version", ["V1", "V2"])
def test_kept_columns_of_duckdb(keyring: tk.Keyring, tmp_path: Path, codec: str, version: str) -> None:
    """Its chunks have Bloom filters wherever they have a dictionary."""
    source, masked = tmp_path / "in.parquet", tmp_path / "masked.parquet"
    duckdb_write(plain(5000), source, f"COMPRESSION {codec}, PARQUET_VERSION {version}, ROW_GROUP_SIZE 2048")
    tk.mask_file(source, masked, policy=KEPT_RULES, keyring=keyring)
    assert_kept_is_equal(source, masked)


@pytest.mark.parametrize("codec", POLARS_CODECS)
def test_kept_columns_of_polars(keyring: tk.Keyring, tmp_path: Path, codec: Any) -> None:
    source, masked = tmp_path / "in.parquet", tmp_path / "masked.parquet"
    pl.DataFrame(plain(1000)).write_parquet(source, compression=codec, row_group_size=300)
    tk.mask_file(source, masked, policy=KEPT_RULES, keyring=keyring)
    assert_kept_is_equal(source, masked)
