"""Files of Spark go through mask and unmask, and Spark reads them back equal; it reads the masked ones too."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import tokenize_py as tk
from conftest import DIGITS, EMAIL, ENCRYPT, KEEP, PSEUDONYM, SSN, policy

pyspark = pytest.importorskip("pyspark")
if shutil.which("java") is None:
    pytest.skip("Spark needs Java", allow_module_level=True)

ROWS: list[tuple[Any, ...]] = [
    (
        1,
        "123-45-6789",
        "a.b@example.com",
        Decimal("12.50"),
        Decimal("12345678901234567890.12"),
        dt.datetime(2024, 2, 29, 12, 30, 1, 5),
        dt.datetime(2024, 2, 29, 12, 30, 1, 5),
        dt.date(2024, 2, 29),
        1.5,
        True,
        bytearray(b"x"),
        {"ssn": "987-65-4321", "codes": ["1234567", None]},
        {"home": "c@example.com"},
        7,
    ),
    (2, *[None] * 13),
    (
        3,
        "987654321",
        "a.b@example.com",
        Decimal("-0.01"),
        Decimal(0),
        dt.datetime(1969, 12, 31, 23, 59, 59),
        dt.datetime(1969, 12, 31, 23, 59, 59),
        dt.date(1900, 1, 1),
        -0.0,
        False,
        bytearray(b""),
        {"ssn": None, "codes": []},
        {},
        -8,
    ),
]
SCHEMA = (
    "id long, ssn string, mail string, money decimal(10,2), much decimal(30,2), seen timestamp, local timestamp_ntz, "
    "day date, real double, flag boolean, blob binary, person struct<ssn:string,codes:array<string>>, "
    "mails map<string,string>, small short"
)
RULES = policy(
    id={**PSEUDONYM, "output": "int64"}, ssn=SSN, mail=EMAIL, money=ENCRYPT, much=ENCRYPT, seen=ENCRYPT,
    local={"action": "shift_date", "subject": "id", "max_days": 30}, day=ENCRYPT, real=ENCRYPT, flag=ENCRYPT,
    blob=ENCRYPT, small=ENCRYPT,
    **{"person.ssn": SSN, "person.codes[]": DIGITS, "mails{key}": KEEP, "mails{value}": EMAIL},
)  # fmt: skip


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from pyspark.sql import SparkSession

    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    home = tmp_path_factory.mktemp("spark")
    builder = SparkSession.builder.master("local[1]").appName("tokenize")
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "512m",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.warehouse.dir": str(home),
        "spark.local.dir": str(home),
        "spark.sql.session.timeZone": "UTC",
    }
    for key, value in settings.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


def one_file(folder: Path) -> Path:
    [path] = folder.glob("*.parquet")
    return path


CODECS = ["none", "snappy", "gzip", "lz4", "zstd", "lz4_raw"]


@pytest.mark.parametrize(("codec", "legacy"), [*((codec, False) for codec in CODECS), ("snappy", True)])
def test_spark_round_trip(spark: Any, keyring: tk.Keyring, tmp_path: Path, codec: str, legacy: bool) -> None:
    spark.conf.set("spark.sql.parquet.writeLegacyFormat", str(legacy).lower())
    spark.conf.set("spark.sql.parquet.outputTimestampType", "INT96" if legacy else "TIMESTAMP_MICROS")
    df = spark.createDataFrame(ROWS, SCHEMA).coalesce(1)
    df.write.option("compression", codec).parquet(str(tmp_path / "in"))
    source, masked, clear = one_file(tmp_path / "in"), tmp_path / "masked.parquet", tmp_path / "clear.parquet"
    tk.mask_file(source, masked, policy=RULES, keyring=keyring)
    tk.unmask_file(masked, clear, keyring=keyring)

    original = spark.read.parquet(str(source))
    read = spark.read.parquet(str(clear))
    reversible = [name for name in original.columns if name != "id"]
    assert read.select(reversible).schema == original.select(reversible).schema
    assert read.select(reversible).collect() == original.select(reversible).collect()

    rows = spark.read.parquet(str(masked)).collect()
    assert [row["ssn"] is None for row in rows] == [False, True, False]
    assert rows[0]["ssn"] != "123-45-6789"
    assert isinstance(rows[0]["money"], (bytes, bytearray))
    assert isinstance(rows[0]["local"], dt.datetime)
    assert rows[0]["person"]["ssn"] != "987-65-4321"
    assert rows[0]["mails"].keys() == {"home"}
    assert rows[0]["id"] not in (1, None)


def test_spark_computes_with_tokens(spark: Any, keyring: tk.Keyring, tmp_path: Path) -> None:
    """A join of two masked files is the join of the originals."""
    left = spark.createDataFrame([("123-45-6789", 1), ("987-65-4321", 2)], "ssn string, n int").coalesce(1)
    right = spark.createDataFrame([("123456789", "a"), ("111-11-1111", "b")], "ssn string, s string").coalesce(1)
    for name, df in {"left": left, "right": right}.items():
        df.write.parquet(str(tmp_path / name))
        rules = policy("keep", ssn={**SSN})
        tk.mask_file(one_file(tmp_path / name), tmp_path / f"{name}.parquet", policy=rules, keyring=keyring)
    frames = {name: spark.read.parquet(str(tmp_path / f"{name}.parquet")) for name in ("left", "right")}
    digits = {name: df.selectExpr("replace(ssn, '-', '') AS ssn", "*") for name, df in frames.items()}
    joined = (
        digits["left"].drop(frames["left"]["ssn"]).join(digits["right"].drop(frames["right"]["ssn"]), "ssn").collect()
    )
    assert [(row["n"], row["s"]) for row in joined] == [(1, "a")]


def test_cells_that_spark_has_moved(spark: Any, keyring: tk.Keyring, tmp_path: Path) -> None:
    """Rows of two outputs, filtered and sorted by Spark, which writes no metadata of ours: the manifests open them."""
    rules = policy(name={**ENCRYPT, "key": "output"}, ssn=SSN, n=KEEP)
    frames = []
    for i in range(2):
        df = spark.createDataFrame(
            [(f"person {i}{j}", "123-45-6789", j) for j in range(4)], "name string, ssn string, n int"
        )
        df.coalesce(1).write.parquet(str(tmp_path / f"in{i}"))
        tk.mask_file(one_file(tmp_path / f"in{i}"), tmp_path / f"m{i}.parquet", policy=rules, keyring=keyring)
        frames.append(spark.read.parquet(str(tmp_path / f"m{i}.parquet")))
    both = frames[0].union(frames[1]).where("n > 1").orderBy("n").coalesce(1)
    both.write.parquet(str(tmp_path / "both"))
    manifests = [tmp_path / f"m{i}.parquet.tokenize.json" for i in range(2)]
    tk.unmask_file(one_file(tmp_path / "both"), tmp_path / "clear.parquet", keyring=keyring, manifests=manifests)
    rows = spark.read.parquet(str(tmp_path / "clear.parquet")).collect()
    assert sorted(row["name"] for row in rows) == ["person 02", "person 03", "person 12", "person 13"]
    assert {row["ssn"] for row in rows} == {"123-45-6789"}
