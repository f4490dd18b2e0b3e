"""Parquet files in, Parquet files out."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tokenize_py as tk
from conftest import DIGITS, ENCRYPT, KEEP, PSEUDONYM, SSN, policy

RULES = policy(ssn=SSN, sealed=ENCRYPT, who=PSEUDONYM, code={**DIGITS, "on_invalid": "nullify"}, kept=KEEP)
DATA = pa.table(
    {
        "ssn": ["123-45-6789", None, "987654321"],
        "sealed": [1, None, 3],
        "who": ["a", "b", ""],
        "code": ["1234567", "none", None],
        "kept": [1.5, None, -0.0],
    }
)


@pytest.fixture
def masked(keyring: tk.Keyring, tmp_path: Path) -> Path:
    pq.write_table(DATA, tmp_path / "in.parquet")
    tk.mask_file(tmp_path / "in.parquet", tmp_path / "masked.parquet", policy=RULES, keyring=keyring)
    return tmp_path / "masked.parquet"


def test_reports(keyring: tk.Keyring, masked: Path, tmp_path: Path) -> None:
    report = tk.mask_file(str(tmp_path / "in.parquet"), str(masked), policy=RULES, keyring=keyring, force=True)
    assert report.rows == 3
    assert [(column.column, column.done) for column in report.columns] == [
        ("ssn", "tokenize"),
        ("sealed", "encrypt"),
        ("who", "pseudonymize"),
        ("code", "tokenize"),
        ("kept", "keep"),
    ]
    assert [column.nullified for column in report.columns] == [0, 0, 0, 1, 0]
    assert report.columns[0].domain == "us_ssn"
    assert repr(report) == "Report(3 rows, 5 columns)"
    assert repr(report.columns[0]) == "ColumnReport(column='ssn', done='tokenize')"
    report = tk.unmask_file(masked, tmp_path / "clear.parquet", keyring=keyring)
    assert [column.done for column in report.columns] == [
        "unmask tokenize",
        "unmask encrypt",
        "leave pseudonymize (one-way)",
        "unmask tokenize",
        "keep",
    ]


def test_a_page_tells_what_was_done(keyring: tk.Keyring, masked: Path, tmp_path: Path) -> None:
    data, page = tmp_path / "in.parquet", tmp_path / "report.html"

    def mask(force: bool = False) -> tk.Report:
        return tk.mask_file(data, tmp_path / "again.parquet", policy=RULES, keyring=keyring, report=page, force=force)

    assert mask().rows == 3
    text = page.read_text(encoding="utf-8")
    for told in ("Mask report", "in.parquet", "pseudonymize", "did not fit, became null", keyring.id):
        assert told in text
    assert "123-45-6789" not in text
    assert str(tmp_path) not in text
    assert pq.read_table(tmp_path / "again.parquet").column("ssn") == pq.read_table(masked).column("ssn")
    page.write_text("mine")
    (tmp_path / "again.parquet").unlink()
    with pytest.raises(tk.TokenizeError, match=r"report\.html: exists already"):
        mask()
    assert not (tmp_path / "again.parquet").exists()
    assert page.read_text() == "mine"
    mask(force=True)
    assert page.read_text(encoding="utf-8") == text


def test_the_keyring_alone_unmasks(keyring: tk.Keyring, masked: Path, tmp_path: Path) -> None:
    keyring.add()
    keyring.promote(2)
    tk.unmask_file(masked, tmp_path / "clear.parquet", keyring=tk.Keyring.open(tmp_path / "keyring.json"))
    clear = pq.read_table(tmp_path / "clear.parquet")
    lost = [DATA["code"][0].as_py(), None, None]
    assert clear["code"].to_pylist() == lost
    assert clear.select(["ssn", "sealed", "kept"]).equals(DATA.select(["ssn", "sealed", "kept"]))
    assert clear.schema.field("who").metadata[b"tokenize.action"] == b"pseudonymize"


def test_some_columns(keyring: tk.Keyring, masked: Path, tmp_path: Path) -> None:
    tk.unmask_file(masked, tmp_path / "part.parquet", keyring=keyring, columns=["sealed"])
    part = pq.read_table(tmp_path / "part.parquet")
    assert part["sealed"] == DATA["sealed"]
    assert part["ssn"] == pq.read_table(masked)["ssn"]
    tk.unmask_file(tmp_path / "part.parquet", tmp_path / "clear.parquet", keyring=keyring, columns=["ssn"])
    assert pq.read_table(tmp_path / "clear.parquet")["ssn"] == DATA["ssn"]


def test_a_foreign_rewrite_needs_the_policy(keyring: tk.Keyring, masked: Path, tmp_path: Path) -> None:
    bare = pq.read_table(masked)
    bare = pa.table({name: bare[name] for name in bare.column_names})
    bare = bare.cast(pa.schema([field.remove_metadata() for field in bare.schema]))
    pq.write_table(bare, tmp_path / "bare.parquet", store_schema=False)
    target = tmp_path / "clear.parquet"
    with pytest.raises(tk.PolicyError, match="nothing to unmask") as caught:
        tk.unmask_file(tmp_path / "bare.parquet", target, keyring=keyring)
    assert caught.value.code == "nothing_masked"
    tk.unmask_file(tmp_path / "bare.parquet", target, keyring=keyring, policy=RULES)
    assert pq.read_table(target).select(["ssn", "sealed"]) == DATA.select(["ssn", "sealed"])
    keyring.add()
    with pytest.raises(tk.PolicyError, match="has had several"):
        tk.unmask_file(tmp_path / "bare.parquet", target, keyring=keyring, policy=RULES, force=True)
    tk.unmask_file(tmp_path / "bare.parquet", target, keyring=keyring, policy=RULES, key_version=1, force=True)
    assert pq.read_table(target)["ssn"] == DATA["ssn"]


def test_files_and_tables_agree(keyring: tk.Keyring, masked: Path) -> None:
    table = tk.Tokenizer(RULES, keyring).mask(DATA)
    read = pq.read_table(masked)
    for name in ("ssn", "who", "code", "kept"):
        assert read[name] == table[name]
        assert read.schema.field(name).metadata == table.schema.field(name).metadata
    # pyarrow sees the manifest too, so a table read from a file is known to be masked, by whom and how.
    keyring.add()
    assert tk.Tokenizer(RULES, keyring).unmask(read)["sealed"] == DATA["sealed"]
    assert pq.ParquetFile(masked).metadata.metadata[b"tokenize.manifest"] == read.schema.metadata[b"tokenize.manifest"]


def test_an_output_is_never_half_there(keyring: tk.Keyring, tmp_path: Path) -> None:
    pq.write_table(pa.table({"ssn": ["123-45-6789"] * 9 + ["x"]}), tmp_path / "in.parquet", row_group_size=3)
    before = set(tmp_path.iterdir())
    with pytest.raises(tk.InvalidValueError):
        tk.mask_file(tmp_path / "in.parquet", tmp_path / "out.parquet", policy=policy(ssn=SSN), keyring=keyring)
    assert set(tmp_path.iterdir()) == before


def test_a_file_is_brought_to_a_new_version(keyring: tk.Keyring, masked: Path, tmp_path: Path) -> None:
    keyring.add()
    keyring.promote(2)
    target, again = tmp_path / "new.parquet", tmp_path / "again.parquet"
    with pytest.raises(tk.PolicyError, match="one-way") as caught:
        tk.remask_file(masked, target, keyring=keyring)
    assert (caught.value.code, caught.value.column) == ("one_way_version", "who")
    report = tk.remask_file(masked, target, keyring=keyring, leave=True)
    assert (report.rows, report.written) == (3, True)
    assert [column.done for column in report.columns] == [
        "remask tokenize",
        "remask encrypt",
        "leave pseudonymize (version 1)",
        "remask tokenize",
        "keep",
    ]
    assert [column.nullified for column in report.columns] == [0, 0, 0, 0, 0]
    fresh = tk.Tokenizer(RULES, keyring).mask(DATA)
    new = pq.read_table(target)
    for name in ("ssn", "code"):
        assert new[name] == fresh[name]
        assert new.schema.field(name).metadata == fresh.schema.field(name).metadata
    assert new["who"] == pq.read_table(masked)["who"]
    with pytest.raises(tk.TokenizeError, match="exists already"):
        tk.remask_file(masked, target, keyring=keyring, leave=True)
    tk.remask_file(masked, target, keyring=keyring, leave=True, force=True)
    keyring.disable(1)
    tk.unmask_file(target, tmp_path / "clear.parquet", keyring=keyring)
    assert pq.read_table(tmp_path / "clear.parquet").select(["ssn", "sealed"]) == DATA.select(["ssn", "sealed"])

    report = tk.remask_file(target, again, keyring=keyring, leave=True)
    assert not report.written
    assert not again.exists()
