"""Tests of the data beside this file: labels lie right, numbers are valid or not as said, it can be made again."""

from __future__ import annotations

import filecmp
import json
import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("stdnum")
pytest.importorskip("phonenumbers")
faker = pytest.importorskip("faker")

import make_labelled  # noqa: E402
import make_lookalikes  # noqa: E402
import make_tables  # noqa: E402
import make_twins  # noqa: E402
import score  # noqa: E402
from values import schemes  # noqa: E402

HERE = Path(__file__).parent
FAKER = "40.54.0"
LARGEST = 2_500_000
LABELLED = [record for path in sorted((HERE / "labelled").glob("*.jsonl")) for record in score.json_lines(path)]
NEGATIVE = score.json_lines(HERE / "negative.jsonl")
TRUTH = json.loads((HERE / "tables" / "truth.json").read_text())
# Marks that scanners for secrets look for.
SECRET_MARKS = re.compile(
    r"gh[pousr]_\w{36}|github_pat_\w{40}|xox[abp]-\d{8}|AIza[\w-]{35}|-----BEGIN [A-Z ]*PRIVATE KEY-----\s*\w{20}"
)
SEEN_WITHOUT_LABEL = re.compile(
    r"[\w.]+@[\w-]+(\.[a-z]{2,})+\b|https?://|\b\d{1,3}(\.\d{1,3}){3}\b|([0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b"
)
GROUPS = re.compile(r"[\s.\-/]")


def text_of(record: dict[str, Any], found: dict[str, Any]) -> str:
    return record["text"][found["start"] : found["end"]]


def counts() -> Counter[str]:
    return Counter(
        found["entity"]
        for record in LABELLED
        for found in record["findings"]
        if not any(found.get(mark) for mark in score.APART)
    )


def test_ids_are_unique() -> None:
    ids = [record["id"] for record in LABELLED + NEGATIVE]
    assert len(set(ids)) == len(ids)


def test_labels_lie_on_text_and_apart() -> None:
    for record in LABELLED:
        end = 0
        for found in record["findings"]:
            text = text_of(record, found)
            assert text, record
            assert text == text.strip(), record
            assert found["start"] >= end, record
            end = found["end"]
        assert end <= len(record["text"])


@pytest.mark.parametrize("entity", schemes.DEEP)
def test_deep_entities_are_seen_often(entity: str) -> None:
    assert counts()[entity] >= 150


@pytest.mark.parametrize("entity", schemes.OTHER)
def test_other_entities_are_seen(entity: str) -> None:
    assert counts()[entity] >= 60


@pytest.mark.parametrize("entity", sorted(make_lookalikes.VALID | make_lookalikes.GROUPED))
def test_labelled_numbers_are_valid(entity: str) -> None:
    valid = (make_lookalikes.VALID | make_lookalikes.GROUPED)[entity]
    values = [
        text_of(record, found) for record in LABELLED for found in record["findings"] if found["entity"] == entity
    ]
    assert [value for value in values if not valid(GROUPS.sub("", value).upper())] == []


def test_each_kind_has_many_templates() -> None:
    writer = make_labelled.Writer()
    kinds = Counter(template.kind for templates in writer.templates.values() for template in templates)
    assert {"chat", "email", "note", "form", "log", "json", "csv", "ticket", "letter"} == set(kinds)
    assert min(kinds.values()) >= 25


def test_negative_texts_hold_nothing() -> None:
    assert len(NEGATIVE) == 1500
    assert [record["text"] for record in NEGATIVE if SEEN_WITHOUT_LABEL.search(record["text"])] == []


def test_nothing_looks_like_a_secret_to_a_scanner() -> None:
    paths = [
        path for path in HERE.rglob("*") if path.is_file() and path.suffix in (".jsonl", ".txt", ".csv", ".py", ".md")
    ]
    assert [path.name for path in paths if SECRET_MARKS.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("entity", schemes.DEEP)
def test_lookalikes_are_none(entity: str) -> None:
    lines = (HERE / "lookalikes" / f"{entity}.txt").read_text().splitlines()
    assert len(set(lines)) >= 30
    assert [line for line in lines if make_lookalikes.holds(entity, line)] == []


@pytest.mark.parametrize("entity", schemes.DEEP)
def test_twins_are_found_once(entity: str) -> None:
    lines = (HERE / "twins" / f"{entity}.txt").read_text(encoding="utf-8").removesuffix("\n").split("\n")
    assert len(lines) == 10
    for line in lines:
        text, found, trick = line.split("\t")
        assert text.count(found) == 1
        assert trick


@pytest.mark.parametrize("entity", sorted(make_lookalikes.VALID | make_lookalikes.GROUPED))
def test_twins_are_valid_once_folded(entity: str) -> None:
    valid = (make_lookalikes.VALID | make_lookalikes.GROUPED)[entity]
    for line in (HERE / "twins" / f"{entity}.txt").read_text(encoding="utf-8").removesuffix("\n").split("\n"):
        assert valid(folded(line.split("\t")[1])), line


def folded(text: str) -> str:
    """ASCII letters and digits alone, in capitals."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.digit(char)) if char.isdigit() else char for char in plain if char.isalnum()).upper()


def test_tables_have_their_truth() -> None:
    for name, table in TRUTH.items():
        header = (HERE / "tables" / name).read_text(encoding="utf-8").split("\n", 1)[0].split(",")
        assert header == list(table["columns"]), name


def test_enough_tables_and_enough_without_entities() -> None:
    named = [table["columns"].values() for name, table in TRUTH.items() if not name.startswith("opaque/")]
    assert len(named) >= 34
    assert sum(all(column["entity"] == "none" for column in columns) for columns in named) >= 8


@pytest.mark.parametrize("parts", [["labelled", "negative.jsonl"], ["tables"]])
def test_sizes(parts: list[str]) -> None:
    paths = [path for part in parts for path in [HERE / part, *(HERE / part).rglob("*")] if path.is_file()]
    assert sum(path.stat().st_size for path in paths) < LARGEST


@pytest.mark.skipif(faker.VERSION != FAKER, reason=f"Faker {FAKER} made the files")
def test_made_again(tmp_path: Path) -> None:
    for maker in (make_labelled, make_lookalikes, make_tables, make_twins):
        maker.main(tmp_path)
    made = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    assert len(made) > 100
    assert [path for path in made if not filecmp.cmp(tmp_path / path, HERE / path, shallow=False)] == []
