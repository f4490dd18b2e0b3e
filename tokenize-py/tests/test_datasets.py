"""Directories, patterns and several files, as the command line takes them."""

from __future__ import annotations

import _thread
import json
import threading
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tokenize_py as tk
from conftest import EMAIL, KEEP, PSEUDONYM, assert_silent, policy

COUNTRY = {"action": "encrypt", "mode": "deterministic", "output": "string"}
RULES = policy(country=COUNTRY, email=EMAIL, n=KEEP)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    for i, country in enumerate(["Atlantis", "Elbonia", "Atlantis"]):
        folder = tmp_path / "raw" / f"country={country}"
        folder.mkdir(parents=True, exist_ok=True)
        emails = [f"user{i}.{n}@example.com" for n in range(10)]
        pq.write_table(pa.table({"email": emails, "n": range(10)}), folder / f"part-{i}.parquet")
    return tmp_path / "raw"


def places(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*.parquet"))


def test_a_directory_goes_there_and_back(raw: Path, tmp_path: Path, keyring: tk.Keyring) -> None:
    masked, clear = tmp_path / "masked", tmp_path / "clear"
    report = tk.mask_file(raw, masked, policy=RULES, keyring=keyring)
    assert (report.rows, report.written, report.resumed, report.side_file) == (30, True, 0, None)
    assert [(column.column, column.done) for column in report.partitions] == [("country", "encrypt")]
    columns = [(column.column, column.done, column.values) for column in report.columns]
    assert columns == [("country", "encrypt", 2), ("email", "tokenize", 30), ("n", "keep", None)]
    assert report.columns[1].nulls == 0
    assert report.columns[1].seconds is not None
    assert len(report.files) == 3
    assert all(f"{raw}/country=…/part-" in file.input and file.rows == 10 for file in report.files)
    assert repr(report) == "Report(30 rows of 3 files, 3 columns)"
    assert "Atlantis" not in repr(report.files)
    assert not any("Atlantis" in place for place in places(masked))
    assert (masked / "_SUCCESS").exists()

    report = tk.unmask_file(str(masked), clear, keyring=keyring)
    assert [column.done for column in report.columns] == ["unmask encrypt", "unmask tokenize", "keep"]
    assert places(clear) == places(raw)
    for place in places(raw):
        back, before = (pq.ParquetFile(root / place).read() for root in (clear, raw))
        assert back.to_pylist() == before.to_pylist()


def test_patterns_and_several_files(raw: Path, tmp_path: Path, keyring: tk.Keyring) -> None:
    rules = policy(email=EMAIL, n=KEEP)
    some = [raw / place for place in places(raw)[:2]]
    assert tk.mask_file(some, tmp_path / "some", policy=rules, keyring=keyring).rows == 20
    assert places(tmp_path / "some") == ["part-0.parquet", "part-2.parquet"]
    report = tk.mask_file(f"{raw}/**/part-1.parquet", tmp_path / "one", policy=RULES, keyring=keyring)
    assert len(report.files) == 1
    page = tmp_path / "report.html"
    tk.mask_file(raw, tmp_path / "told", policy=RULES, keyring=keyring, report=page)
    assert "Atlantis" not in page.read_text()
    again = tk.remask_file(tmp_path / "told", tmp_path / "again", keyring=keyring)
    assert not again.written
    with pytest.raises(tk.TokenizeError, match="standard") as caught:
        tk.mask_file(raw, "-", policy=RULES, keyring=keyring)
    assert caught.value.code == "not_streamed"
    assert not Path("-").exists()


def test_a_run_that_failed_goes_on(raw: Path, tmp_path: Path, keyring: tk.Keyring) -> None:
    masked, last = tmp_path / "masked", raw / "country=Elbonia" / "part-1.parquet"
    whole = tk.mask_file(raw, tmp_path / "whole", policy=RULES, keyring=keyring)
    # The journal of a run that came to nothing but its first file.
    tk.mask_file(raw, masked, policy=RULES, keyring=keyring)
    first, *others = (Path(file.output or "") for file in whole.files)
    journal = masked / "_tokenize.run.json"
    lines = journal.read_text().splitlines(keepends=True)
    journal.write_text("".join(lines[:2]))
    (masked / "_SUCCESS").unlink()
    with pytest.raises(tk.TokenizeError) as caught:
        tk.mask_file(raw, masked, policy=RULES, keyring=keyring)
    assert caught.value.code in ("exists", "unfinished")
    report = tk.mask_file(raw, masked, policy=RULES, keyring=keyring, resume=True)
    assert (report.resumed, len(report.files)) == (1, len(others))
    assert places(masked) == places(tmp_path / "whole")
    pq.write_table(pq.ParquetFile(last).read().slice(1), last)
    with pytest.raises(tk.TokenizeError, match="an input has changed") as caught:
        tk.mask_file(raw, masked, policy=RULES, keyring=keyring, resume=True)
    assert caught.value.code == "not_resumable"
    tk.mask_file(raw, masked, policy=RULES, keyring=keyring, force=True)
    with pytest.raises(tk.TokenizeError, match="this is one file"):
        tk.mask_file(last, tmp_path / "x.parquet", policy=RULES, keyring=keyring, resume=True)
    assert first.name.startswith("part-")


def test_failures_name_files_and_no_values(raw: Path, tmp_path: Path, keyring: tk.Keyring) -> None:
    bad = pa.table({"email": ["secret-value secret-value"], "n": [1]})
    pq.write_table(bad, raw / "country=Elbonia" / "part-1.parquet")
    with pytest.raises(tk.InvalidValueError) as caught:
        tk.mask_file(raw, tmp_path / "masked", policy=RULES, keyring=keyring)
    assert_silent(caught.value, "secret-value", "Elbonia")
    assert caught.value.column == "email"
    assert caught.value.path == f"{raw}/country=…/part-1.parquet"
    # Which file is the first, by masked names, is a matter of keys.
    other = pa.table({"email": ["a@example.com"], "n": ["1"]})
    pq.write_table(other, raw / "country=Elbonia" / "part-1.parquet")
    with pytest.raises(tk.DataError, match=r"differs from .*: column n") as drift:
        tk.mask_file(raw, tmp_path / "masked", policy=RULES, keyring=keyring)
    assert drift.value.code == "drift"
    assert_silent(drift.value, "Elbonia")
    with pytest.raises(tk.TokenizeError, match="lie in each other") as nested:
        tk.mask_file(raw, raw / "out", policy=RULES, keyring=keyring)
    assert nested.value.code == "nested"


def test_an_interrupt_stops_a_run_and_leaves_nothing_half(tmp_path: Path, keyring: tk.Keyring) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    lines = "".join(json.dumps({"id": f"p{n}", "email": f"user{n}@example.com"}) + "\n" for n in range(2_000))
    for i in range(60):
        (raw / f"{i:02}.ndjson").write_text(lines)
    masked = tmp_path / "masked"
    begun = threading.Event()

    def interrupt() -> None:
        while not begun.wait(0.02):
            if list(masked.glob("0*.ndjson")):
                _thread.interrupt_main()
                return

    watcher = threading.Thread(target=interrupt)
    watcher.start()
    rules = policy(id=PSEUDONYM, email=EMAIL)
    try:
        with pytest.raises(KeyboardInterrupt):
            tk.mask_file(raw, masked, policy=rules, keyring=keyring)
    finally:
        begun.set()
        watcher.join()
    assert not (masked / "_SUCCESS").exists()
    assert not list(masked.glob(".*.partial"))
    done = len(list(masked.glob("*.ndjson")))
    assert 0 < done < 60
    for path in sorted(raw.iterdir())[done + 1 :]:
        assert not (masked / path.name).exists()
