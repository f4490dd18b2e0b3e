"""Formats of files beside Parquet: equal bytes come back, and other tools read what is masked."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.feather as feather
import pyarrow.ipc as ipc
import pyarrow.json as pajson
import pyarrow.parquet as pq
import pytest
import tokenize_py as tk
from conftest import EMAIL, KEEP, SSN, assert_silent, policy

SEALED = {"action": "encrypt", "output": "string"}
RULES = policy(ssn=SSN, mail=EMAIL, note=SEALED, amount=KEEP)
ROWS = [
    ("123-45-6789", "ann.lee@example.com", 'with "quotes", a comma\nand two lines', "1.10"),
    ("987654321", "bob.ray@example.com", "", "2e3"),
    ("", "", "caf\u00e9", ""),
]


def csv_text() -> str:
    quoted = [note.replace('"', '""') for _, _, note, _ in ROWS]
    lines = [f'{ssn},{mail},"{note}",{amount}' for (ssn, mail, _, amount), note in zip(ROWS, quoted, strict=True)]
    return "\r\n".join(["ssn,mail,note,amount", *lines, ""])


def ndjson_text() -> str:
    lines = [
        f'{{"amount": {amount or "null"}, "ssn": {json.dumps(ssn or None)}, '
        f'"note": {json.dumps(note, ensure_ascii=False)}, "mail": {json.dumps(mail or None)}}}'
        for ssn, mail, note, amount in ROWS
    ]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("ending", "text"), [("csv", csv_text()), ("ndjson", ndjson_text()), ("jsonl.gz", ndjson_text())]
)
def test_bytes_come_back(keyring: tk.Keyring, tmp_path: Path, ending: str, text: str) -> None:
    source, masked, clear = (tmp_path / f"{name}.{ending}" for name in ("in", "masked", "clear"))
    packed = ending.endswith(".gz")
    source.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    report = tk.mask_file(source, masked, policy=RULES, keyring=keyring)
    assert report.rows == 3
    assert report.side_file == f"{masked}.tokenize.json"
    tk.unmask_file(masked, clear, keyring=keyring)
    back = clear.read_bytes()
    assert (gzip.decompress(back) if packed else back).decode() == text


def test_csv_is_read_by_others(keyring: tk.Keyring, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(csv_text(), newline="")
    masked = tmp_path / "masked.csv"
    tk.mask_file(tmp_path / "in.csv", masked, policy=RULES, keyring=keyring)
    table = tk.Tokenizer(RULES, keyring).mask(
        pa.table(
            {
                "ssn": ["123-45-6789", "987654321", None],
                "mail": [ROWS[0][1], ROWS[1][1], None],
                "note": [note for _, _, note, _ in ROWS],
                "amount": ["1.10", "2e3", None],
            }
        )
    )
    expected = {name: table[name].to_pylist() for name in ("ssn", "mail", "amount")}
    frame = pd.read_csv(masked, dtype=str)
    polars = pl.read_csv(masked, infer_schema=False)
    query = f"select ssn, mail, amount from read_csv('{masked}', all_varchar=true)"
    duck = zip(*duckdb.connect().execute(query).fetchall(), strict=True)
    assert dict(zip(expected, map(list, duck), strict=True)) == expected
    arrow = pacsv.read_csv(
        masked,
        convert_options=pacsv.ConvertOptions(
            column_types={name: pa.string() for name in ("ssn", "mail", "note", "amount")}, strings_can_be_null=True
        ),
    )
    for name, values in expected.items():
        assert [None if pd.isna(value) else value for value in frame[name]] == values
        assert polars[name].to_list() == values
        assert arrow[name].to_pylist() == values


def test_ndjson_is_read_by_others(keyring: tk.Keyring, tmp_path: Path) -> None:
    (tmp_path / "in.ndjson").write_text(ndjson_text())
    masked = tmp_path / "masked.ndjson"
    tk.mask_file(tmp_path / "in.ndjson", masked, policy=RULES, keyring=keyring)
    lines = [json.loads(line) for line in masked.read_text().splitlines()]
    assert [line["amount"] for line in lines] == [1.1, 2000.0, None]
    assert [list(line) for line in lines] == [["amount", "ssn", "note", "mail"]] * 3
    ssns = [line["ssn"] for line in lines]
    assert pd.read_json(masked, lines=True, dtype=False)["note"].tolist() == [line["note"] for line in lines]
    assert pajson.read_json(masked)["ssn"].to_pylist() == ssns
    assert pl.read_ndjson(masked)["ssn"].to_list() == ssns
    assert duckdb.connect().execute(f"select ssn from read_json('{masked}')").fetchall() == [(ssn,) for ssn in ssns]


def test_arrow_files_and_streams(keyring: tk.Keyring, tmp_path: Path) -> None:
    rules = policy(ssn=SSN, mail={"action": "encrypt"}, kept=KEEP)
    table = pa.table(
        {
            "ssn": pa.array(["123-45-6789", None] * 20_000),
            "mail": pa.array(range(40_000)),
            "kept": pa.array([{"a": [1.5]}, None] * 20_000),
        }
    )
    feather.write_feather(table, tmp_path / "in.feather", compression="lz4")
    with ipc.new_stream(tmp_path / "in.arrows", table.schema) as writer:
        writer.write_table(table)
    for source in ("in.feather", "in.arrows"):
        for target in ("arrow", "arrows", "arrows.zst", "parquet"):
            masked, clear = tmp_path / f"masked.{target}", tmp_path / "clear.arrow"
            tk.mask_file(tmp_path / source, masked, policy=rules, keyring=keyring, force=True)
            tk.unmask_file(masked, clear, keyring=keyring, force=True)
            assert ipc.open_file(clear).read_all().equals(table)
    masked_table = ipc.open_file(tmp_path / "masked.arrow").read_all()
    assert masked_table.schema.metadata.keys() == {b"tokenize.manifest"}
    assert masked_table["ssn"].to_pylist() == pq.read_table(tmp_path / "masked.parquet")["ssn"].to_pylist()
    assert tk.Tokenizer(rules, keyring).unmask(masked_table)["mail"] == table["mail"]
    assert pl.read_ipc(tmp_path / "masked.arrow").height == 40_000
    with pytest.raises(tk.PolicyError):
        tk.mask_file(tmp_path / "masked.arrow", tmp_path / "twice.arrow", policy=rules, keyring=keyring)
    assert not list(tmp_path.glob("*.tokenize.json"))


def test_dictionaries(keyring: tk.Keyring, tmp_path: Path) -> None:
    texts = pa.array(["123-45-6789", "987654321"] * 20_000).dictionary_encode()
    table = pa.table({"ssn": texts})
    with ipc.new_file(tmp_path / "in.arrow", table.schema) as writer:
        writer.write_table(table)
    for ending in ("arrow", "arrows"):
        masked, clear = tmp_path / f"masked.{ending}", tmp_path / f"clear.{ending}"
        tk.mask_file(tmp_path / "in.arrow", masked, policy=policy(ssn=SSN), keyring=keyring)
        tk.unmask_file(masked, clear, keyring=keyring)
    with ipc.open_stream(tmp_path / "clear.arrows") as reader:
        assert reader.read_all()["ssn"].cast(pa.string()).to_pylist() == texts.to_pylist()
    # A file has one dictionary for all batches, so there the column is a plain one.
    assert ipc.open_file(tmp_path / "clear.arrow").read_all()["ssn"].to_pylist() == texts.to_pylist()


def test_what_cannot_be_is_said(keyring: tk.Keyring, tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text('{"ssn":"123-45-6789"}\n')
    rules = policy(ssn=SSN)

    def refused(code: str, source: Path, target: str, **more: str) -> None:
        with pytest.raises(tk.TokenizeError) as caught:
            tk.mask_file(source, tmp_path / target, policy=rules, keyring=keyring, **more)  # type: ignore[arg-type]
        assert caught.value.code == code
        assert_silent(caught.value, "6789")

    refused("unknown_format", tmp_path / "in.json", "out.ndjson")
    refused("unknown_format", tmp_path / "in.json", "out.ndjson", input_format="json")
    refused("lossy", tmp_path / "in.json", "out.parquet", input_format="ndjson")
    tk.mask_file(
        tmp_path / "in.json",
        tmp_path / "out.json",
        policy=rules,
        keyring=keyring,
        input_format="ndjson",
        output_format="ndjson",
    )
    (tmp_path / "in.csv").write_text("ssn;x\n1;2;canary 6789\n")
    with pytest.raises(tk.DataError, match="line 2: has 3 fields") as caught:
        tk.mask_file(
            tmp_path / "in.csv",
            tmp_path / "out.csv",
            policy=policy(ssn=SSN, x=KEEP),
            keyring=keyring,
            csv=tk.Csv(delimiter=";"),
        )
    assert_silent(caught.value, "canary 6789")
    (tmp_path / "in.arrow").write_bytes(b"ARROW1 canary 6789")
    refused("damaged", tmp_path / "in.arrow", "out.arrow")
