"""What columns hold: verdicts, drafts of policies, reports without values."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import tokenize_py as tk
from conftest import CANARY, assert_silent

ROWS = 200


def table() -> pa.Table:
    return pa.table({
        "contact": [None if i % 10 == 0 else f"user{i}.{CANARY}" for i in range(ROWS)],
        "amount": pa.array([i * 37 % 1000 for i in range(ROWS)], pa.int64()),
        "ticket": [
            f"please call back about case {i}" if i % 3 else f"please write to user{i}@corp-mail.org about it"
            for i in range(ROWS)
        ],
        "staff": pa.array([{"badge": f"B-{100_000 + i * 7}"} for i in range(ROWS)]),
    })


BADGE: dict[str, Any] = {"rules": [{"entity": "BADGE", "regex": r"\bB-\d{6}\b", "score": 0.8}]}

KINDS: dict[str, Any] = {
    "table": lambda table: table,
    "chunked": lambda table: pa.concat_tables([table.slice(0, 50), table.slice(50)]),
    "reader": lambda table: pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=70)),
    "polars": pl.from_arrow,
}


@pytest.mark.parametrize("kind", KINDS)
def test_verdicts(kind: str) -> None:
    report = tk.scan(KINDS[kind](table()), rules=BADGE)
    verdicts = {column.path: column.verdict for column in report.columns}
    assert verdicts == {"contact": "EMAIL_ADDRESS", "amount": "none", "ticket": "text", "staff.badge": "BADGE"}
    assert report.rows == ROWS
    contact = report.columns[0]
    assert (contact.rows, contact.nulls, contact.values, contact.looked_at) == (ROWS, 20, 180, 180)
    assert contact.confidence > 0.8
    assert contact.reasons
    assert contact.entities[0].entity == "EMAIL_ADDRESS"
    assert contact.entities[0].sure == 1.0


def test_reports_show_no_value() -> None:
    report = tk.scan(table())
    tree = report.to_dict()
    assert tree["rows"] == ROWS
    assert [column["path"] for column in tree["columns"]] == [column.path for column in report.columns]
    for text in (repr(report), str(tree), repr(report.columns), report.policy()):
        assert CANARY not in text
    lines = repr(report).splitlines()
    assert lines[0] == f"ScanReport({ROWS} rows, 4 columns)"
    assert lines[1].split()[:2] == ["contact", "EMAIL_ADDRESS"]
    tree["rows"] = 0
    assert report.rows == ROWS


def test_the_draft_of_a_policy_masks_the_table(keyring: tk.Keyring) -> None:
    data = table()
    policy = tk.scan(data).policy("from a scan")
    assert 'name: "from a scan"' in policy
    masked = tk.Tokenizer(policy, keyring).mask(data)
    assert CANARY not in str(masked.to_pydict())


def test_frames_series_and_arrays() -> None:
    frame = table().select(["contact", "amount"]).to_pandas()
    assert [column.verdict for column in tk.scan(frame).columns] == ["EMAIL_ADDRESS", "none"]
    series: list[Any] = [frame["contact"], pl.Series("contact", table().column("contact").to_pylist())]
    for data in series:
        (column,) = tk.scan(data).columns
        assert (column.path, column.verdict) == ("contact", "EMAIL_ADDRESS")
    (column,) = tk.scan(table().column("contact")).columns
    assert (column.path, column.verdict) == ("values", "EMAIL_ADDRESS")
    assert tk.scan(pd.DataFrame()).columns == []
    empty = tk.scan(table().slice(0, 0))
    assert [column.rows for column in empty.columns] == [0, 0, 0, 0]


def test_samples() -> None:
    report = tk.scan(table(), sample=40)
    assert report.columns[0].looked_at == 40
    assert report.columns[0].values == 180
    assert report.to_dict() == tk.scan(table(), sample=40).to_dict()
    with pytest.raises(ValueError, match="at least 1"):
        tk.scan(table(), sample=0)


def test_rules_are_judged_first() -> None:
    with pytest.raises(tk.PolicyError) as caught:
        tk.scan(table(), rules={"allow": [{"regex": f"{CANARY}("}]})
    assert_silent(caught.value)
    allowed = tk.scan(table(), rules={"allow": [{"regex": f".*{CANARY.split('@')[1]}"}]})
    assert allowed.columns[0].verdict != "EMAIL_ADDRESS"


def test_what_is_no_table() -> None:
    with pytest.raises(TypeError, match="a str is no table"):
        tk.scan(CANARY)
    with pytest.raises(tk.DataError) as caught:
        tk.scan(pd.DataFrame({"mixed": [CANARY, 7]}))
    assert caught.value.column == "mixed"
    assert_silent(caught.value)


def test_pages(tmp_path: Path) -> None:
    report = tk.scan(table())
    page = report.to_html()
    assert page.startswith("<!doctype html>")
    assert "Personal data in" in page
    assert "A table in memory" in page
    assert CANARY not in page
    assert CANARY.split("@")[1] not in page
    assert page == tk.scan(table()).to_html()
    report.save(tmp_path / "scan.html")
    assert (tmp_path / "scan.html").read_text(encoding="utf-8") == page
    with pytest.raises(tk.TokenizeError, match="exists already") as caught:
        report.save(tmp_path / "scan.html")
    assert (caught.value.code, caught.value.path) == ("exists", str(tmp_path / "scan.html"))
    report.save(str(tmp_path / "scan.html"), force=True)
    with pytest.raises(ValueError, match=r"ends in \.html"):
        report.save(tmp_path / "policy.yaml", force=True)
    with pytest.raises(tk.TokenizeError, match="cannot write"):
        report.save(tmp_path / "nowhere" / "scan.html")
    assert [path.name for path in tmp_path.iterdir()] == ["scan.html"]


def test_notebooks_show_the_page_in_a_frame() -> None:
    report = tk.scan(table().rename_columns(["<script>", '"', "a", "b"]))
    shown = report._repr_html_()
    assert shown.startswith("<iframe ")
    assert 'sandbox="allow-scripts"' in shown
    start = shown.index('srcdoc="') + len('srcdoc="')
    end = shown.index('"', start)
    assert html.unescape(shown[start:end]) == report.to_html()
    assert shown[end:] == '"></iframe>'
