"""Polars and Arrow tables: the same kind comes back, and equal."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import tokenize_py as tk
from conftest import DIGITS, EMAIL, ENCRYPT, INTEGER, KEEP, PSEUDONYM, SSN, policy
from polars.testing import assert_frame_equal

SSNS = ["123-45-6789", None, "987654321", "123-45-6789"]


@pytest.fixture
def tokenizer(keyring: tk.Keyring) -> tk.Tokenizer:
    return tk.Tokenizer(policy(ssn=SSN, sealed=ENCRYPT, kept=KEEP), keyring)


def table(rows: int = 4) -> pa.Table:
    kept: list[Any] = [{"a": [1, 2]}, None, {"a": []}, {"a": None}]
    return pa.table({"ssn": SSNS, "sealed": pa.array([1, 2, None, 4], pa.int16()), "kept": kept}).slice(0, rows)


KINDS: list[Callable[[pa.Table], Any]] = [
    lambda table: table,
    lambda table: pa.concat_tables([table.slice(0, 1), table.slice(1)]),
    lambda table: table.to_batches()[0] if table.num_rows else pa.RecordBatch.from_pylist([], schema=table.schema),
    lambda table: pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=1)),
    pl.from_arrow,
]


@pytest.mark.parametrize("kind", KINDS, ids=["table", "chunked", "batch", "reader", "polars"])
@pytest.mark.parametrize("rows", [4, 1, 0])
def test_the_same_kind_comes_back(tokenizer: tk.Tokenizer, kind: Callable[[pa.Table], Any], rows: int) -> None:
    data = table(rows)
    masked = tokenizer.mask(kind(data))
    assert type(masked) is type(kind(data))
    if isinstance(masked, pa.RecordBatchReader):
        clear = tokenizer.unmask(tokenizer.mask(kind(data)))
        assert type(clear) is pa.RecordBatchReader
        assert clear.read_all().equals(data, check_metadata=True)
        masked = masked.read_all()
    else:
        clear = tokenizer.unmask(masked)
        if isinstance(clear, pl.DataFrame):
            # Polars keeps no metadata, so an encrypted column comes back in the usual type of what its cells hold.
            kind_of_sealed = pl.Int64 if rows > 0 else pl.String
            assert_frame_equal(clear, kind(data).with_columns(pl.col("sealed").cast(kind_of_sealed)))
        else:
            assert clear.equals(kind(data), check_metadata=True)
    tokens = pa.table(masked)["ssn"].to_pylist()
    assert [token is None for token in tokens] == [value is None for value in SSNS[:rows]]
    assert not set(filter(None, tokens)) & set(SSNS)
    assert pa.table(masked)["kept"].to_pylist() == data["kept"].to_pylist()


def test_batches_and_chunks_change_nothing(tokenizer: tk.Tokenizer, keyring: tk.Keyring) -> None:
    whole = table()
    rules = policy(ssn=SSN, sealed={**ENCRYPT, "mode": "deterministic"}, kept=KEEP)
    tokenizer = tk.Tokenizer(rules, keyring)
    masked = tokenizer.mask(whole)
    cut = pa.concat_tables([whole.slice(i, 1) for i in range(4)])
    assert tokenizer.mask(cut) == masked
    assert tokenizer.mask(cut)["ssn"].num_chunks == 4
    assert tokenizer.mask(whole.slice(2, 2)) == masked.slice(2, 2)


def test_kept_columns_are_not_copied(tokenizer: tk.Tokenizer) -> None:
    data = pa.table({"ssn": SSNS, "sealed": [1, 2, 3, 4], "kept": pa.array(["x" * 50] * 4)})
    masked = tokenizer.mask(data)
    before = [buffer.address for buffer in data["kept"].chunk(0).buffers() if buffer]
    after = [buffer.address for buffer in masked["kept"].chunk(0).buffers() if buffer]
    assert set(before) <= set(after)


def test_a_reader_is_read_as_it_is_asked(tokenizer: tk.Tokenizer) -> None:
    seen: list[int] = []

    def batches() -> Any:
        for i in range(10):
            seen.append(i)
            yield from table().to_batches()

    masked = tokenizer.mask(pa.RecordBatchReader.from_batches(table().schema, batches()))
    assert seen == []
    masked.read_next_batch()
    assert seen == [0]
    assert masked.read_all().num_rows == 36


def test_an_unmasked_reader_looks_ahead_for_encrypted_columns(keyring: tk.Keyring) -> None:
    tokenizer = tk.Tokenizer(policy(a=ENCRYPT), keyring)
    data = pa.table({"a": pa.array([None] * 5 + [7, 8], pa.int64())})
    masked = tokenizer.mask(data)
    bare = pa.table({"a": masked["a"]})
    reader = pa.RecordBatchReader.from_batches(bare.schema, bare.to_batches(max_chunksize=2))
    assert tokenizer.unmask(reader).read_all()["a"].to_pylist() == [None] * 5 + [7, 8]


NESTED = pa.table(
    {
        "person": pa.array(
            [{"ssn": "123-45-6789", "age": 3}, None, {"ssn": None, "age": None}],
            pa.struct([pa.field("ssn", pa.string()), pa.field("age", pa.int8())]),
        ),
        "mails": pa.array([["a@example.com", None], [], None], pa.large_list(pa.string())),
        "by_kind": pa.array([[("home", "b@example.com")], [], None], pa.map_(pa.string(), pa.string())),
        "pair": pa.array([["c@example.com", "d@example.com"], None, [None, "e@example.com"]], pa.list_(pa.string(), 2)),
        "deep": pa.array([[{"ips": ["192.0.2.1"]}, None], None, [{"ips": None}]]),
    }
)


def test_nested_columns(keyring: tk.Keyring) -> None:
    rules = {
        "person.ssn": SSN,
        "person.age": {"action": "encrypt"},
        "mails[]": EMAIL,
        "by_kind{key}": KEEP,
        "by_kind{value}": EMAIL,
        "pair[]": EMAIL,
        "deep[].ips[]": {"action": "tokenize", "format": "ip"},
    }
    tokenizer = tk.Tokenizer({"version": 1, "name": "n", "columns": rules}, keyring)
    for data in (NESTED, NESTED.slice(1), NESTED.slice(0, 0), pa.concat_tables([NESTED, NESTED.slice(2)])):
        masked = tokenizer.mask(data)
        clear = tokenizer.unmask(masked)
        assert clear.equals(data, check_metadata=True)
        assert masked["mails"].null_count == data["mails"].null_count
    masked = tokenizer.mask(NESTED)
    assert masked.schema.field("person").type.field("ssn").metadata[b"tokenize.action"] == b"tokenize"
    assert masked["by_kind"].to_pylist()[0][0][0] == "home"
    assert masked["by_kind"].to_pylist()[0][0][1] not in (None, "b@example.com")


@pytest.mark.parametrize(
    "text",
    [
        pa.string(),
        pa.large_string(),
        pa.string_view(),
        pa.dictionary(pa.int8(), pa.string()),
        pa.dictionary(pa.uint32(), pa.large_string()),
    ],
    ids=str,
)
def test_text_types(keyring: tk.Keyring, text: pa.DataType) -> None:
    tokenizer = tk.Tokenizer(policy(ssn=SSN, e=ENCRYPT, p=PSEUDONYM), keyring)
    # pyarrow before 25 exports views that it has made by a cast with a pointer to nowhere.
    values = pa.array(SSNS, text) if text == pa.string_view() else pa.array(SSNS).cast(text)
    data = pa.table({"ssn": values, "e": values, "p": values})
    masked = tokenizer.mask(data)
    assert masked.schema.field("ssn").type == text
    assert masked.schema.field("p").type == text
    clear = tokenizer.unmask(masked)
    assert clear.select(["ssn", "e"]).to_pylist() == data.select(["ssn", "e"]).to_pylist()
    assert clear.schema.field("e").type == text
    plain = tokenizer.mask(pa.table({name: pa.array(SSNS) for name in ("ssn", "e", "p")}))
    assert masked["ssn"].to_pylist() == plain["ssn"].to_pylist()
    assert masked["p"].to_pylist() == plain["p"].to_pylist()


def test_dictionaries_hold_nothing_of_the_input(keyring: tk.Keyring) -> None:
    values = pa.DictionaryArray.from_arrays(
        pa.array([2, None, 0, 2]), pa.array(["123-45-6789", "111-11-1111", "123456789"])
    )
    masked = tk.Tokenizer(policy(ssn=SSN), keyring).mask(pa.table({"ssn": values}))
    words = masked["ssn"].chunk(0).dictionary.to_pylist()
    assert len(words) == 2
    assert not set(words) & {"123-45-6789", "111-11-1111", "123456789"}


@pytest.mark.parametrize(
    "values",
    [
        pa.array([1, None], pa.uint64()),
        pa.array([1.5, None], pa.float32()),
        pa.array([True, None]),
        pa.array([Decimal("1.20"), None], pa.decimal128(20, 2)),
        pa.array([dt.date(2024, 2, 29), None]),
        pa.array([dt.date(2024, 2, 29), None], pa.date64()),
        pa.array([1, None], pa.timestamp("ns", "America/New_York")),
        pa.array([1, None], pa.timestamp("s")),
        pa.array([1, None], pa.time32("ms")),
        pa.array([1, None], pa.time64("us")),
        pa.array([b"x", None], pa.binary()),
        pa.array([b"x", None], pa.large_binary()),
        pa.array([b"x", None], pa.binary_view()),
        pa.array([b"x" * 16, None], pa.binary(16)),
    ],
    ids=lambda array: str(array.type),
)
def test_encrypt_brings_every_type_back(keyring: tk.Keyring, values: pa.Array) -> None:
    data = pa.table({"a": values})
    tokenizer = tk.Tokenizer(policy(a=ENCRYPT), keyring)
    masked = tokenizer.mask(data)
    assert tokenizer.unmask(masked).equals(data, check_metadata=True)
    assert masked["a"].null_count == 1


def test_types_that_are_kept(keyring: tk.Keyring) -> None:
    data = pa.table(
        {
            "null": pa.nulls(2),
            "duration": pa.array([1, None], pa.duration("s")),
            "half": pa.array([1.0, None], pa.float16()),
            "interval": pa.array([(1, 2, 3), None], pa.month_day_nano_interval()),
            "decimal256": pa.array([Decimal(1), None], pa.decimal256(50, 0)),
            "empty": pa.array([{}, None], pa.struct([])),
            "ssn": ["123-45-6789", None],
        }
    )
    tokenizer = tk.Tokenizer(policy("keep", ssn=SSN), keyring)
    assert tokenizer.unmask(tokenizer.mask(data)).equals(data, check_metadata=True)


def test_polars_types(keyring: tk.Keyring) -> None:
    df = pl.DataFrame(
        {
            "ssn": ["123-45-6789", None],
            "cat": pl.Series(["1234567", None], dtype=pl.Categorical),
            "n": pl.Series([5, None], dtype=pl.UInt32),
            "mails": [["a@example.com"], None],
            "s": [{"d": "7654321"}, {"d": None}],
            "seen": [dt.datetime(2024, 2, 29), None],
            "amount": [Decimal("1.50"), None],
        }
    )
    rules = policy(
        "keep", ssn=SSN, cat=DIGITS, n=INTEGER, **{"mails[]": EMAIL, "s.d": DIGITS},
        seen={"action": "shift_date", "subject": "ssn", "max_days": 9, "on_invalid": "nullify"},
    )  # fmt: skip
    tokenizer = tk.Tokenizer(rules, keyring)
    masked = tokenizer.mask(df)
    assert masked.schema == df.schema
    assert masked["cat"][0] == masked["s"].struct.field("d")[0] or masked["cat"][0] != "1234567"
    assert_frame_equal(tokenizer.unmask(masked), df)
    with pytest.raises(TypeError, match=r"LazyFrame is no table.*collect it first"):
        tokenizer.unmask(df.lazy())


def test_unknown_exporters_become_pyarrow_tables(tokenizer: tk.Tokenizer) -> None:
    data = table()
    relation = duckdb.arrow(data)
    masked = tokenizer.mask(relation)
    assert isinstance(masked, pa.Table)
    assert masked["ssn"] == tokenizer.mask(data)["ssn"]

    class ByArray:
        def __arrow_c_array__(self, requested_schema: object = None) -> object:
            return data.to_batches()[0].__arrow_c_array__(requested_schema)

    by_array: Any = ByArray()
    assert tokenizer.mask(by_array)["ssn"] == masked["ssn"]


def test_without_pyarrow(tokenizer: tk.Tokenizer, monkeypatch: pytest.MonkeyPatch) -> None:
    class Exporter:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return table().__arrow_c_stream__(requested_schema)

    exporter = Exporter()
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "pyarrow", None)
        masked = tokenizer.mask(exporter)
        frame = tokenizer.mask(pl.DataFrame({"ssn": SSNS, "sealed": [1] * 4, "kept": [1] * 4}))
    assert isinstance(masked, tk.ArrowTable)
    assert repr(masked) == "ArrowTable(3 columns, 4 rows)"
    assert len(masked) == 4
    assert pa.table(masked)["ssn"] == tokenizer.mask(table())["ssn"]
    assert frame["ssn"].to_list() == pa.table(masked)["ssn"].to_pylist()


def test_columns_of_every_kind_agree(keyring: tk.Keyring) -> None:
    """One value has one token, whatever the table it came in."""
    tokenizer = tk.Tokenizer(policy(ssn=SSN), keyring)
    data = pa.table({"ssn": SSNS})
    tokens = tokenizer.mask(data)["ssn"].to_pylist()
    assert tokenizer.mask(pl.DataFrame({"ssn": SSNS}))["ssn"].to_list() == tokens
    masked = tokenizer.mask(pd.DataFrame({"ssn": pd.Series(SSNS, dtype=object)}))
    assert masked["ssn"].tolist() == tokens


def test_policies_as_text_path_and_tree(keyring: tk.Keyring, tmp_path: Any) -> None:
    text = (
        "version: 1\nname: p\ncolumns:\n  n: { action: tokenize, format: integer, domain: n, range: [0, 99999999] }\n"
    )
    (tmp_path / "p.yaml").write_text(text)
    tree = {"version": 1, "name": "p", "columns": {"n": {**INTEGER, "domain": "n"}}}
    data = pa.table({"n": [5]})
    masked = [
        tk.Tokenizer(given, keyring).mask(data)["n"].to_pylist()
        for given in (
            text,
            str(tmp_path / "p.yaml"),
            tmp_path / "p.yaml",
            tree,
            '{"version":1,"name":"p","unlisted":"keep","columns":{}}',
        )
    ]
    assert masked[0] == masked[1] == masked[2] == masked[3] != masked[4] == [5]
    dates = {"action": "tokenize", "format": "date", "domain": "d", "small_domain": "permute"}
    by_date = policy(d={**dates, "range": [dt.date(2000, 1, 1), dt.date(2029, 12, 31)]})
    by_text = policy(d={**dates, "range": ["2000-01-01", "2029-12-31"]})
    day = pa.table({"d": ["2024-02-29"]})
    assert tk.Tokenizer(by_date, keyring).mask(day)["d"] == tk.Tokenizer(by_text, keyring).mask(day)["d"]
    assert repr(tk.Tokenizer(text, keyring)) == f"Tokenizer(policy='p', keyring='{keyring.id}')"
