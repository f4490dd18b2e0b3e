"""Engines in this process: DuckDB's functions, Polars' lazy frames, readers, datasets. Tokens are those of a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pytest
import tokenize_py as tk
import tokenize_py.duckdb
from conftest import CANARY, EMAIL, ENCRYPT, INTEGER, KEEP, PSEUDONYM, SSN, assert_silent, policy
from tokenize_py.polars import mask, unmask

RULES = policy(ssn=SSN, email=EMAIL, number=INTEGER, who=PSEUDONYM, sealed=ENCRYPT, kept=KEEP)
ROWS = 5_000


def table(rows: int = ROWS) -> pa.Table:
    emails = [f"user{i}@example.com" if i % 7 else None for i in range(rows)]
    return pa.table({
        "ssn": [f"{100 + i % 500:03}-{1 + i % 99:02}-{1 + i % 9999:04}" for i in range(rows)],
        "email": emails,
        "number": pa.array(range(rows), pa.int64()),
        "who": emails,
        "sealed": emails,
        "kept": pa.array(range(rows), pa.int32()),
    })


@pytest.fixture
def tokenizer(keyring: tk.Keyring) -> tk.Tokenizer:
    return tk.Tokenizer(RULES, keyring)


FIXED = ["ssn", "email", "number", "who", "kept"]
"""What is not random."""


def test_functions_of_duckdb(tokenizer: tk.Tokenizer) -> None:
    data, connection = table(), duckdb.connect()
    kinds = {"ssn": "VARCHAR", "email": "VARCHAR", "number": "BIGINT", "who": "VARCHAR", "sealed": "VARCHAR"}
    made = tokenize_py.duckdb.register(connection, tokenizer, kinds)
    assert made == [f"mask_{name}" for name in kinds]
    query = "SELECT mask_ssn(ssn) ssn, mask_email(email) email, mask_number(number) number, mask_who(who) who, kept"
    masked = connection.sql(f"{query} FROM data").to_arrow_table()
    assert masked.to_pydict() == tokenizer.mask(data).select(FIXED).to_pydict()
    empty = connection.sql("SELECT count(*) FROM data WHERE mask_email(email) IS NULL").fetchall()
    assert empty == [(data["email"].null_count,)]
    sealed = connection.sql("SELECT mask_sealed('one') FROM range(3)").fetchall()
    assert len(set(sealed)) == 3, "random cells are made for each row, even of a constant"


def test_duckdb_brings_back_only_where_asked(tokenizer: tk.Tokenizer) -> None:
    data, connection = table(100), duckdb.connect()
    assert tokenize_py.duckdb.register(connection, tokenizer, ["ssn", "sealed"], unmask=True) == [
        "mask_ssn", "unmask_ssn", "mask_sealed", "unmask_sealed",
    ]  # fmt: skip
    query = "SELECT unmask_ssn(mask_ssn(ssn)) ssn, unmask_sealed(mask_sealed(sealed)) sealed FROM data"
    assert connection.sql(query).to_arrow_table().to_pydict() == data.select(["ssn", "sealed"]).to_pydict()
    other = duckdb.connect()
    tokenize_py.duckdb.register(other, tokenizer, ["ssn"])
    with pytest.raises(duckdb.CatalogException):
        other.sql("SELECT unmask_ssn('123-45-6789')")


def test_duckdb_quotes_no_value(tokenizer: tk.Tokenizer) -> None:
    connection = duckdb.connect()
    tokenize_py.duckdb.register(connection, tokenizer, ["ssn"])
    with pytest.raises(duckdb.Error, match="does not fit the format") as caught:
        connection.execute("SELECT mask_ssn(it) FROM (SELECT ? AS it)", [CANARY]).fetchall()
    assert CANARY not in str(caught.value)
    with pytest.raises(tk.PolicyError) as refused:
        tokenize_py.duckdb.register(connection, tokenizer, ["stranger"])
    assert_silent(refused.value)
    rules = policy(**{"a b": SSN, "a_b": SSN})
    with pytest.raises(ValueError, match="the same function"):
        tokenize_py.duckdb.register(connection, tk.Tokenizer(rules, tokenizer_keyring(tokenizer)), ["a b", "a_b"])


def tokenizer_keyring(tokenizer: tk.Tokenizer) -> tk.Keyring:
    """The keyring that it has, by its own pickle."""
    from tokenize_py import _pickles

    return _pickles.keyring(tokenizer._engine.carried())


@pytest.mark.parametrize("engine", ["in-memory", "streaming"])
def test_a_lazy_frame_is_masked_when_it_is_collected(tokenizer: tk.Tokenizer, engine: Any) -> None:
    data = table()
    frame = pl.DataFrame(data)
    lazy = tokenizer.mask(frame.lazy().filter(pl.col("kept") >= 0))
    assert isinstance(lazy, pl.LazyFrame)
    expected = tokenizer.mask(frame)
    assert lazy.collect_schema() == expected.schema
    assert lazy.select(FIXED).collect(engine=engine).equals(expected.select(FIXED))
    later = lazy.filter(pl.col("kept") < 10).select("ssn").collect(engine=engine)
    assert later["ssn"].to_list() == expected["ssn"].to_list()[:10], "what comes after sees tokens"
    token = expected["ssn"][3]
    assert lazy.filter(pl.col("ssn") == token).collect(engine=engine).height >= 1, "not pushed below the mask"


def test_a_lazy_frame_is_refused_before_it_runs(tokenizer: tk.Tokenizer) -> None:
    with pytest.raises(tk.PolicyError):
        tokenizer.mask(pl.DataFrame({"stranger": ["x"]}).lazy())
    with pytest.raises(TypeError, match="collect it first"):
        tokenizer.unmask(pl.DataFrame(table(3)).lazy())


@pytest.mark.parametrize("engine", ["in-memory", "streaming"])
def test_expressions_of_polars(tokenizer: tk.Tokenizer, engine: Any, tmp_path: Any) -> None:
    data = table()
    pl.DataFrame(data).write_parquet(tmp_path / "clear.parquet", row_group_size=700)
    lazy = pl.scan_parquet(tmp_path / "clear.parquet").with_columns(
        mask(tokenizer, "ssn"),
        mask(tokenizer, "email", pl.col("email").str.strip_chars()),
        mask(tokenizer, "number", dtype=pl.Int64),
        mask(tokenizer, "who"),
        mask(tokenizer, "sealed"),
    )
    expected = pl.DataFrame(tokenizer.mask(data))
    assert lazy.collect_schema() == expected.schema
    masked = lazy.collect(engine=engine)
    assert masked.select(FIXED).equals(expected.select(FIXED))
    assert lazy.filter(pl.col("ssn") == expected["ssn"][3]).collect(engine=engine).height >= 1, "filters see tokens"
    back = [unmask(tokenizer, name) for name in ("ssn", "email", "sealed")]
    clear = masked.lazy().select(*back, unmask(tokenizer, "number", dtype=pl.Int64)).collect(engine=engine)
    assert clear.equals(pl.DataFrame(data).select("ssn", "email", "sealed", "number"))


def test_expressions_of_polars_quote_no_value(tokenizer: tk.Tokenizer) -> None:
    frame = pl.DataFrame({"ssn": ["123-45-6789", CANARY]}).lazy()
    with pytest.raises(tk.InvalidValueError, match=r"^in a batch of \d rows: column ssn, row \d: a") as caught:
        frame.select(mask(tokenizer, "ssn")).collect()
    assert_silent(caught.value)
    assert caught.value.row is None, "a row of a batch is no row of the input"
    with pytest.raises(tk.DataError, match="column ssn: is Int64, not String"):
        pl.DataFrame({"ssn": [123456789]}).lazy().select(mask(tokenizer, "ssn")).collect()
    listed = pl.DataFrame({"ssn": pl.Series([CANARY], dtype=pl.Enum([CANARY]))}).lazy()
    with pytest.raises(tk.DataError, match="column ssn: is Enum, not String") as mistaken:
        listed.select(mask(tokenizer, "ssn")).collect()
    assert_silent(mistaken.value)
    with pytest.raises(tk.PolicyError) as refused:
        mask(tokenizer, "stranger")
    assert_silent(refused.value)


def test_a_reader_is_never_held_as_a_whole(tokenizer: tk.Tokenizer) -> None:
    data, asked = table(40), []

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in data.to_batches(max_chunksize=10):
            asked.append(batch.num_rows)
            yield batch

    masked = tokenizer.mask(pa.RecordBatchReader.from_batches(data.schema, batches()))
    assert asked == []
    for seen in range(1, 5):
        assert masked.read_next_batch().num_rows == 10
        assert len(asked) == seen


def test_guard_by_the_policy(tokenizer: tk.Tokenizer) -> None:
    data = table(10)
    masked = tokenizer.mask(data)
    for table_or_schema in (masked, masked.schema, masked.to_batches()[0], tokenizer.mask(data.to_pandas())):
        assert tk.guard(table_or_schema, tokenizer) is table_or_schema
        assert tk.guard(table_or_schema) is table_or_schema
    for clear in (data, data.schema, data.to_pandas(), pl.DataFrame(masked)):
        with pytest.raises(tk.PolicyError, match="no manifest"):
            tk.guard(clear)
        with pytest.raises(tk.PolicyError, match=r"^not masked: ssn, email, number, who, sealed\n") as caught:
            tk.guard(clear, tokenizer)
        assert (caught.value.code, caught.value.column, len(caught.value.faults)) == ("unguarded", "ssn", 5)


def test_guard_finds_one_column_that_was_put_back(tokenizer: tk.Tokenizer) -> None:
    data = table(10)
    masked = tokenizer.mask(data)
    clear = masked.set_column(1, "email", data["email"])
    with pytest.raises(tk.PolicyError, match=r"^not masked: email\n"):
        tk.guard(clear, tokenizer)
    with pytest.raises(tk.PolicyError, match=r"^not masked: stranger\n"):
        tk.guard(masked.append_column("stranger", data["email"]), tokenizer)
    assert tk.guard(masked.select(["ssn", "kept"]), tokenizer).num_columns == 2
    assert tk.guard(data.select(["kept"]), tokenizer).num_columns == 1


def test_guard_looks_into_nested_columns(keyring: tk.Keyring) -> None:
    rules = policy(**{"who.ssn": SSN, "who.kept": KEEP, "mails[]": EMAIL, "gone": {"action": "drop"}})
    tokenizer = tk.Tokenizer(rules, keyring)
    data = pa.table({"who": [{"ssn": "123-45-6789", "kept": 1}], "mails": [["a@example.com"]], "gone": ["x"]})
    masked = tokenizer.mask(data)
    assert tk.guard(masked, tokenizer) is masked
    with pytest.raises(tk.PolicyError, match=r"^not masked: who, mails, gone\n"):
        tk.guard(data, tokenizer)
    with pytest.raises(tk.PolicyError, match=r"^not masked: gone\n"):
        tk.guard(masked.append_column("gone", data["gone"]), tokenizer)


def test_guard_looks_into_both_halves_of_a_map(keyring: tk.Keyring) -> None:
    kind = pa.map_(pa.string(), pa.string())
    data = pa.table({"m": pa.array([[("x", "a@example.com")], None], kind)})
    for masked_half, kept_half in (("m{value}", "m{key}"), ("m{key}", "m{value}")):
        tokenizer = tk.Tokenizer(policy(**{masked_half: ENCRYPT, kept_half: KEEP}), keyring)
        masked = tokenizer.mask(data)
        assert tk.guard(masked, tokenizer) is masked
        both = tk.Tokenizer(policy(**{masked_half: ENCRYPT, kept_half: PSEUDONYM}), keyring)
        for table, by in ((data, tokenizer), (data, both), (masked, both)):
            with pytest.raises(tk.PolicyError, match=r"^not masked: m\n"):
                tk.guard(table, by)
        everything = both.mask(data)
        assert tk.guard(everything, both) is everything


def test_guard_needs_no_kek(tokenizer: tk.Tokenizer, tmp_path: Any) -> None:
    """Where a model is trained nobody has to be able to mask."""
    masked = tokenizer.mask(table(10))
    (tmp_path / "kek.key").unlink()
    elsewhere = tk.Tokenizer(RULES, tk.Keyring.open(tmp_path / "keyring.json"))
    assert tk.guard(masked, elsewhere) is masked
