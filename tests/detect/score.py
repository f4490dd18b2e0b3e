"""Measure findings against labels: of texts, and of columns of tables. Works on the output of any tool.

python score.py texts PREDICTIONS.jsonl [RECORDS.jsonl ...] [--json]
python score.py tables PREDICTIONS.jsonl [--truth tables/truth.json] [--json]

Texts: a prediction is one line, offsets in Unicode code points; a text without a line has no findings:
`{"id": 7, "findings": [{"entity": "URL", "start": 0, "end": 9, "score": 0.8}]}`.
Without records, all of `labelled/` and `negative.jsonl` are taken.

Tables: one line for a table, with what is thought to be in each column:
`{"table": "customers.csv", "columns": {"email": "EMAIL_ADDRESS", "total": "none"}}`.

The README beside this file says what the figures mean. Standard library only.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
OVERLAP = 0.5
APART = ("bare", "unassigned")
NOT_ENTITIES = ("none", "text")

Json = dict[str, Any]


@dataclass
class Tally:
    """What became of one entity."""

    found: int = 0
    missed: int = 0
    false_alarms: int = 0
    exact: int = 0
    elsewhere: int = 0
    texts_alarmed: int = 0
    apart: Counter[str] = field(default_factory=Counter)

    @property
    def instances(self) -> int:
        return self.found + self.missed

    @property
    def precision(self) -> float | None:
        return share(self.found, self.found + self.false_alarms)

    @property
    def recall(self) -> float | None:
        return share(self.found, self.instances)

    @property
    def f1(self) -> float | None:
        return share(2 * self.found, 2 * self.found + self.missed + self.false_alarms)


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def overlap(one: Json, other: Json) -> float:
    """The common stretch as a share of the longer of both."""
    common = min(one["end"], other["end"]) - max(one["start"], other["start"])
    longer = max(one["end"] - one["start"], other["end"] - other["start"])
    return common / longer if common > 0 else 0.0


def matches(labels: list[Json], predictions: list[Json]) -> dict[int, int]:
    """Label to prediction of the same entity, by their places in the lists: each once, the best overlaps first."""
    pairs = [
        (overlap(label, prediction), -at, -by)
        for at, label in enumerate(labels)
        for by, prediction in enumerate(predictions)
        if label["entity"] == prediction["entity"] and overlap(label, prediction) >= OVERLAP
    ]
    matched: dict[int, int] = {}
    taken: set[int] = set()
    for _, at, by in sorted(pairs, reverse=True):
        if -at not in matched and -by not in taken:
            matched[-at] = -by
            taken.add(-by)
    return matched


def score_texts(records: Iterable[Json], predicted: dict[int, list[Json]]) -> tuple[dict[str, Tally], int]:
    """The tally of each entity, and how many texts have no label."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    unlabelled = 0
    for record in records:
        predictions = predicted.get(record["id"], [])
        if record["findings"]:
            score_labelled(tallies, record["findings"], predictions)
        else:
            unlabelled += 1
            for entity in {prediction["entity"] for prediction in predictions}:
                tallies[entity].texts_alarmed += 1
    return tallies, unlabelled


def score_labelled(tallies: dict[str, Tally], labels: list[Json], predictions: list[Json]) -> None:
    matched = matches(labels, predictions)
    for at, label in enumerate(labels):
        tally = tallies[label["entity"]]
        mark = next((mark for mark in APART if label.get(mark)), None)
        if mark:
            tally.apart[mark] += 1
            tally.apart[f"{mark} found"] += at in matched
        elif at in matched:
            prediction = predictions[matched[at]]
            tally.found += 1
            tally.exact += (label["start"], label["end"]) == (prediction["start"], prediction["end"])
        else:
            tally.missed += 1
    for at in set(range(len(predictions))) - set(matched.values()):
        tally = tallies[predictions[at]["entity"]]
        tally.false_alarms += 1
        tally.elsewhere += any(overlap(label, predictions[at]) > 0 for label in labels)


def text_rows(tallies: dict[str, Tally], unlabelled: int) -> list[Json]:
    return [
        {
            "entity": entity,
            "instances": tally.instances,
            "found": tally.found,
            "missed": tally.missed,
            "false": tally.false_alarms,
            "on other": tally.elsewhere,
            "precision": tally.precision,
            "recall": tally.recall,
            "f1": tally.f1,
            "exact": share(tally.exact, tally.found),
            "bare": tally.apart["bare"],
            "bare recall": share(tally.apart["bare found"], tally.apart["bare"]),
            "unassigned": tally.apart["unassigned"],
            "unassigned recall": share(tally.apart["unassigned found"], tally.apart["unassigned"]),
            "negative": share(tally.texts_alarmed, unlabelled),
        }
        for entity, tally in sorted(tallies.items())
    ]


def score_tables(truth: Json, predicted: dict[str, dict[str, str]]) -> dict[str, Json]:
    """Per rendering (`named`, `opaque`): macro F1 of each class, and how often a column without an entity got one."""
    figures = {}
    for rendering in ("named", "opaque"):
        tables = {name: table for name, table in truth.items() if name.startswith("opaque/") == (rendering == "opaque")}
        figures[rendering] = score_rendering(tables, predicted)
    return figures


def score_rendering(tables: Json, predicted: dict[str, dict[str, str]]) -> Json:
    tallies: dict[str, Tally] = defaultdict(Tally)
    classes: dict[str, str] = {}
    clean: Counter[str] = Counter()
    texts: Counter[str] = Counter()
    for name, table in tables.items():
        for column, expected in table["columns"].items():
            entity, guess = expected["entity"], predicted.get(name, {}).get(column, "none")
            if entity == "text":
                texts[guess] += 1
                continue
            clean["columns"] += entity == "none"
            clean["alarmed"] += entity == "none" and guess not in NOT_ENTITIES
            if entity != "none":
                classes[entity] = expected["class"]
                tallies[entity].found += guess == entity
                tallies[entity].missed += guess != entity
            if guess not in (*NOT_ENTITIES, entity):
                tallies[guess].false_alarms += 1
    return {
        "classes": {kind: macro(tallies, classes, kind) for kind in sorted(set(classes.values()))},
        "entities": {entity: vars(tallies[entity]) | {"f1": tallies[entity].f1} for entity in sorted(tallies)},
        "clean columns": clean["columns"],
        "clean columns alarmed": clean["alarmed"],
        "text columns": dict(texts),
    }


def macro(tallies: dict[str, Tally], classes: dict[str, str], kind: str) -> float:
    """The mean of the F1 of the entities of a class."""
    values = [tallies[entity].f1 or 0.0 for entity, of in classes.items() if of == kind]
    return sum(values) / len(values)


def table_rows(figures: Json) -> list[Json]:
    return [
        {
            "entity": entity,
            "columns": tally["found"] + tally["missed"],
            "found": tally["found"],
            "missed": tally["missed"],
            "false": tally["false_alarms"],
            "f1": tally["f1"],
        }
        for entity, tally in figures["entities"].items()
    ]


def print_rows(rows: list[Json]) -> None:
    """A table with a column for each key."""
    if not rows:
        return
    cells = [[str(key) for key in rows[0]], *([shown(value) for value in row.values()] for row in rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(cells[0]))]
    for line in cells:
        padded = [
            line[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)),
        ]
        print("  ".join(padded).rstrip())


def shown(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def json_lines(path: Path) -> list[Json]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def report_texts(options: argparse.Namespace) -> None:
    paths = options.records or [*sorted((HERE / "labelled").glob("*.jsonl")), HERE / "negative.jsonl"]
    records = [record for path in paths for record in json_lines(path)]
    predicted = {line["id"]: line["findings"] for line in json_lines(options.predictions)}
    unknown = predicted.keys() - {record["id"] for record in records}
    if unknown:
        print(f"{len(unknown)} predictions are for other texts than these", file=sys.stderr)
    tallies, unlabelled = score_texts(records, predicted)
    rows = text_rows(tallies, unlabelled)
    if options.json:
        print(json.dumps(rows))
        return
    known = {found["entity"] for record in records for found in record["findings"]}
    print_rows([row for row in rows if row["entity"] in known])
    strangers = [row for row in rows if row["entity"] not in known]
    if strangers:
        print("\nnowhere labelled, so neither right nor wrong:")
        print_rows([{key: row[key] for key in ("entity", "false", "on other", "negative")} for row in strangers])


def report_tables(options: argparse.Namespace) -> None:
    truth = json.loads(options.truth.read_text(encoding="utf-8"))
    predicted = {line["table"]: line["columns"] for line in json_lines(options.predictions)}
    figures = score_tables(truth, predicted)
    if options.json:
        print(json.dumps(figures))
        return
    for rendering, figure in figures.items():
        print(f"{rendering}")
        print_rows(table_rows(figure))
        print_rows([{"class": kind, "macro f1": value} for kind, value in figure["classes"].items()])
        print(f"columns with no entity: {figure['clean columns']}, taken for one: {figure['clean columns alarmed']}")
        print(f"columns of free text, taken for: {figure['text columns']}\n")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Measure findings against labels.")
    modes = parser.add_subparsers(required=True)
    texts = modes.add_parser("texts")
    texts.add_argument("predictions", type=Path)
    texts.add_argument("records", type=Path, nargs="*")
    texts.set_defaults(report=report_texts)
    tables = modes.add_parser("tables")
    tables.add_argument("predictions", type=Path)
    tables.add_argument("--truth", type=Path, default=HERE / "tables" / "truth.json")
    tables.set_defaults(report=report_tables)
    for mode in (texts, tables):
        mode.add_argument("--json", action="store_true", help="figures as JSON")
    options = parser.parse_args(arguments)
    options.report(options)


if __name__ == "__main__":
    main()
