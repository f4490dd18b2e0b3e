"""Tests of the evaluator: small cases whose figures can be told by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import score


def found(entity: str, start: int, end: int, **marks: bool) -> dict[str, Any]:
    return {"entity": entity, "start": start, "end": end, **marks}


def tally(labels: list[dict[str, Any]], predictions: list[dict[str, Any]], entity: str = "URL") -> score.Tally:
    tallies, _ = score.score_texts([{"id": 1, "findings": labels}], {1: predictions})
    return tallies[entity]


@pytest.mark.parametrize(
    ("predicted", "counts"),
    [
        ([found("URL", 10, 20)], (1, 0, 0, 1)),
        ([found("URL", 10, 15)], (1, 0, 0, 0)),
        ([found("URL", 10, 14)], (0, 1, 1, 0)),
        ([found("URL", 0, 20)], (1, 0, 0, 0)),
        ([found("URL", 0, 31)], (0, 1, 1, 0)),
        ([found("URL", 20, 30)], (0, 1, 1, 0)),
        ([found("PERSON", 10, 20)], (0, 1, 0, 0)),
        ([], (0, 1, 0, 0)),
        ([found("URL", 10, 20), found("URL", 11, 20)], (1, 0, 1, 1)),
        ([found("URL", 11, 20), found("URL", 10, 20)], (1, 0, 1, 1)),
    ],
)
def test_one_label(predicted: list[dict[str, Any]], counts: tuple[int, ...]) -> None:
    got = tally([found("URL", 10, 20)], predicted)
    assert (got.found, got.missed, got.false_alarms, got.exact) == counts


def test_each_prediction_counts_once() -> None:
    got = tally([found("URL", 0, 10), found("URL", 0, 10)], [found("URL", 0, 10)])
    assert (got.found, got.missed, got.false_alarms) == (1, 1, 0)


def test_best_pairs_are_made_first() -> None:
    assert score.matches([found("URL", 0, 10), found("URL", 5, 15)], [found("URL", 5, 15), found("URL", 0, 10)]) == {
        0: 1,
        1: 0,
    }


def test_false_alarm_on_another_label_is_told() -> None:
    got = tally([found("ADDRESS", 0, 30)], [found("LOCATION", 20, 26), found("LOCATION", 40, 44)], "LOCATION")
    assert (got.false_alarms, got.elsewhere) == (2, 1)


@pytest.mark.parametrize("mark", ["bare", "unassigned"])
def test_marked_labels_are_apart(mark: str) -> None:
    labels = [found("URL", 0, 10, **{mark: True}), found("URL", 20, 30, **{mark: True}), found("URL", 40, 50)]
    got = tally(labels, [found("URL", 0, 10)])
    assert (got.found, got.missed, got.false_alarms) == (0, 1, 0)
    assert (got.apart[mark], got.apart[f"{mark} found"]) == (2, 1)


def test_negative_is_a_share_of_texts() -> None:
    records = [{"id": number, "findings": []} for number in range(4)]
    tallies, unlabelled = score.score_texts(
        records, {0: [found("URL", 0, 3), found("URL", 5, 8)], 2: [found("PERSON", 0, 1)]}
    )
    rows = {row["entity"]: row for row in score.text_rows(tallies, unlabelled)}
    assert rows["URL"]["negative"] == 0.25
    assert rows["URL"]["precision"] is None


def test_figures() -> None:
    got = score.Tally(found=6, missed=2, false_alarms=4)
    assert (got.precision, got.recall) == (0.6, 0.75)
    assert got.f1 == pytest.approx(2 * 0.6 * 0.75 / (0.6 + 0.75))


TRUTH = {
    "a.csv": {
        "columns": {
            "mail": {"entity": "EMAIL_ADDRESS", "class": "shape"},
            "web": {"entity": "URL", "class": "shape"},
            "total": {"entity": "none", "class": "none"},
            "note": {"entity": "text", "class": "none"},
        }
    },
    "opaque/a.csv": {"columns": {"c1": {"entity": "EMAIL_ADDRESS", "class": "shape"}}},
}


def test_tables() -> None:
    figures = score.score_tables(
        TRUTH, {"a.csv": {"mail": "EMAIL_ADDRESS", "web": "EMAIL_ADDRESS", "total": "AGE", "note": "text"}}
    )
    named, opaque = figures["named"], figures["opaque"]
    assert named["classes"] == {"shape": pytest.approx((2 / 3 + 0) / 2)}
    assert (named["clean columns"], named["clean columns alarmed"]) == (1, 1)
    assert named["text columns"] == {"text": 1}
    assert opaque["classes"] == {"shape": 0}


def test_texts_from_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = {"id": 3, "text": "see http://a.example", "findings": [found("URL", 4, 20)]}
    records, predictions = tmp_path / "records.jsonl", tmp_path / "predictions.jsonl"
    records.write_text(json.dumps(record) + "\n")
    predictions.write_text(json.dumps({"id": 3, "findings": [found("URL", 4, 20), found("DATE_TIME", 0, 3)]}) + "\n")
    score.main(["texts", str(predictions), str(records)])
    out = capsys.readouterr().out
    assert "URL" in out.splitlines()[1]
    assert "nowhere labelled" in out
    score.main(["texts", str(predictions), str(records), "--json"])
    assert json.loads(capsys.readouterr().out)[1]["recall"] == 1.0
