"""Personal data in texts, arrays and tables: places in every unit, logical rows, errors without values."""

from __future__ import annotations

import json
import pickle
import threading
import time
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import tokenize_py as tk
from conftest import CANARY, assert_silent

MAIL = "jane.doe@corp-mail.org"
BADGE: dict[str, Any] = {"rules": [{"entity": "BADGE", "regex": r"\bB-\d{6}\b", "context": ["badge"], "score": 0.6}]}


def places(table: Any) -> list[tuple[int, str, int, int, str]]:
    """Row, path, start, end and entity of each finding."""
    table = table if isinstance(table, pa.Table) else pa.table(table)
    columns = [table.column(name).to_pylist() for name in ("row", "path", "start", "end", "entity")]
    return list(zip(*columns, strict=True))


def test_a_finding() -> None:
    (found,) = tk.detect(f"write to {MAIL}, please")
    assert found.entity == "EMAIL_ADDRESS"
    assert (found.start, found.end) == (9, 9 + len(MAIL))
    assert 0.5 <= found.score <= 1.0
    assert found.score == round(found.score, 2)
    assert found.rule == "email"
    assert "shape" in found.reasons
    assert found.reserved is False
    assert MAIL not in repr(found)
    assert repr(found).startswith("Finding(entity='EMAIL_ADDRESS', start=9, end=31, score=0.")
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301
    assert len({found, *tk.detect(f"write to {MAIL}, please")}) == 1
    with pytest.raises(FrozenInstanceError):
        found.start = 0  # type: ignore[misc]
    (reserved,) = tk.detect("jane@example.com")
    assert reserved.reserved is True
    assert tk.detect("") == []
    assert tk.detect("nothing to see") == []


TEXTS = [
    f"{MAIL}",
    f"Zoë: {MAIL}",
    f"\U0001f600\U0001f600 {MAIL} \U0001f600 {MAIL}",
    f"e\u0301\u0301 \U0001f469\u200d\U0001f467 {MAIL}",
    f"日本語 {MAIL} 終",
    f"\u00a0{MAIL}\u00a0",
    f"\ufeff{MAIL}",
]


@pytest.mark.parametrize("text", TEXTS)
def test_places_in_every_unit(text: str) -> None:
    by_code_point = tk.detect(text, entities=["EMAIL_ADDRESS"])
    assert [text[found.start : found.end] for found in by_code_point] == [MAIL] * text.count(MAIL)
    data = text.encode()
    by_byte = tk.detect(text, entities=["EMAIL_ADDRESS"], offsets="utf8")
    assert [data[found.start : found.end].decode() for found in by_byte] == [MAIL] * text.count(MAIL)
    units = text.encode("utf-16-le")
    by_unit = tk.detect(text, entities=["EMAIL_ADDRESS"], offsets="utf16")
    assert [units[2 * found.start : 2 * found.end].decode("utf-16-le") for found in by_unit] == [
        MAIL
    ] * text.count(MAIL)
    assert [found.score for found in by_code_point] == [found.score for found in by_byte]


def test_entities_and_scores() -> None:
    text = f"{MAIL} 4111 1111 1111 1111"
    assert {found.entity for found in tk.detect(text)} == {"EMAIL_ADDRESS", "CREDIT_CARD"}
    assert [found.entity for found in tk.detect(text, entities=["CREDIT_CARD"])] == ["CREDIT_CARD"]
    assert tk.detect(text, entities=[]) == []
    assert tk.detect(text, min_score=1.0) == []
    pin = {"rules": [{"entity": "PIN", "regex": "[0-9]{4}", "score": 0.1}]}
    low = tk.detect("it is 1234 here", rules=pin, min_score=0)
    assert [found.score for found in low] == [0.1]


def test_rules(tmp_path: Path) -> None:
    text = f"badge B-123456 of {MAIL}"
    path = tmp_path / "rules.yaml"
    as_text = "rules:\n  - { entity: BADGE, regex: '\\bB-\\d{6}\\b', context: [badge], score: 0.6 }\n"
    path.write_text(as_text)
    of_dict = tk.detect(text, rules=BADGE)
    assert [(found.entity, found.rule) for found in of_dict] == [("BADGE", "badge"), ("EMAIL_ADDRESS", "email")]
    assert "context" in of_dict[0].reasons
    for rules in (as_text, json.dumps(BADGE), str(path), path):
        assert tk.detect(text, rules=rules) == of_dict
    path.write_text("allow: [{ regex: '.*@corp-mail[.]org' }]\n")
    assert tk.detect(text, rules=path) == [], "the file is read anew"
    listed = {"deny": [{"value": "blue heron", "entity": "PROJECT"}], "entities": {"EMAIL_ADDRESS": {"off": True}}}
    (found,) = tk.detect(f"Blue Heron, {MAIL}", rules=listed)
    assert (found.entity, found.score, found.reasons, found.rule) == ("PROJECT", 1.0, ("listed",), "deny")


def raised(code: str, **options: Any) -> tk.PolicyError:
    with pytest.raises(tk.PolicyError) as caught:
        tk.detect(CANARY, **options)
    assert_silent(caught.value)
    assert caught.value.code == code
    return caught.value


def test_errors_name_places(tmp_path: Path) -> None:
    rules = {"rules": [{"entity": "badge", "regex": f"{CANARY}("}], "min_score": 2}
    error = raised("rules", rules=rules)
    assert len(error.faults) == 3
    assert "rules[0].regex: not a regular expression: unclosed group" in str(error)
    error = raised("rules", rules=f"allow:\n  - {{ regex: '{CANARY}(' }}\n")
    assert str(error).startswith("2:14 allow[0].regex: ")
    error = raised("rules", entities=["EMAIL"])
    assert str(error) == "entities[0]: no entity `EMAIL`"
    assert "did you mean `CREDIT_CARD`?" in str(raised("rules", entities=["CREDIT_CARDS"]))
    assert str(raised("rules", min_score=7)) == "min_score: must be a score of 0 to 1, such as 0.6"
    error = raised("io", rules=tmp_path / "missing.yaml")
    assert error.path == str(tmp_path / "missing.yaml")
    raised("policy", rules={"rules": {1, 2}})


def test_misuse() -> None:
    with pytest.raises(TypeError, match="detect takes a text, not a bytes"):
        tk.detect(CANARY.encode())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="entities must be a sequence"):
        tk.detect(CANARY, entities="EMAIL_ADDRESS")
    with pytest.raises(ValueError, match="codepoints, utf8, utf16"):
        tk.detect(CANARY, offsets="bytes")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="the rules must be a path, a text or a dict"):
        tk.detect(CANARY, rules=7)  # type: ignore[arg-type]
    with pytest.raises(tk.DataError) as caught:
        tk.detect(f"{CANARY} \ud800")
    assert_silent(caught.value)
    with pytest.raises(TypeError, match="a str is no table"):
        tk.detect_batch(CANARY)
    with pytest.raises(tk.DataError) as caught:
        tk.detect_batch(pd.Series([CANARY, 7], name="mixed"))
    assert caught.value.column == "mixed"
    assert_silent(caught.value)


VALUES = [None, "nothing", f"é {MAIL}", None, MAIL, "", f"{MAIL} {MAIL}"]
ROWS = [
    (2, 3, 25),
    (4, 0, 22),
    (6, 0, 22),
    (6, 23, 45),
]

ARRAYS: dict[str, Any] = {
    "string": pa.array(VALUES),
    "large": pa.array(VALUES, pa.large_string()),
    "view": pa.array(VALUES, pa.string_view()),
    "binary": pa.array([None if value is None else value.encode() for value in VALUES]),
    "dictionary": pa.array(VALUES).dictionary_encode(),
    "sliced": pa.array([MAIL, *VALUES, MAIL]).slice(1, len(VALUES)),
    "sliced dictionary": pa.array([MAIL, MAIL, *VALUES]).dictionary_encode().slice(2),
    "chunked": pa.chunked_array([VALUES[:3], [], VALUES[3:]]),
    "chunked dictionary": pa.chunked_array(
        [pa.array(VALUES[:5]).dictionary_encode(), pa.array(VALUES[5:]).dictionary_encode()]
    ),
    "pandas": pd.Series(VALUES),
    "pandas category": pd.Series(VALUES, dtype="category"),
    "pandas index": pd.Series(VALUES, index=range(100, 107)),
    "polars": pl.Series(VALUES),
    "polars category": pl.Series(VALUES, dtype=pl.Categorical),
}


@pytest.mark.parametrize("kind", ARRAYS)
def test_rows_of_arrays_are_logical(kind: str) -> None:
    table = tk.detect_batch(ARRAYS[kind])
    assert isinstance(table, pl.DataFrame if kind.startswith("polars") else pa.Table)
    assert places(table) == [(row, "values", start, end, "EMAIL_ADDRESS") for row, start, end in ROWS]


def test_tables() -> None:
    table = pa.table({
        "contact": pa.array(VALUES),
        "nested": [[{"mail": MAIL}], None, [], [{"mail": None}, {"mail": MAIL}], None, None, [{"mail": "x"}]],
        "number": pa.array([4111111111111111, *[None] * 6], pa.int64()),
        "flag": [True, None, False, None, None, None, None],
    })
    expected = [(row, "contact", start, end, "EMAIL_ADDRESS") for row, start, end in ROWS]
    expected += [(row, "nested[].mail", 0, 22, "EMAIL_ADDRESS") for row in (0, 3)]
    expected += [(0, "number", 0, 16, "CREDIT_CARD")]
    kinds: list[Any] = [
        table,
        table.to_batches()[0],
        pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=2)),
        pl.from_arrow(table),
    ]
    for data in kinds:
        found = tk.detect_batch(data)
        assert isinstance(found, pl.DataFrame if isinstance(data, pl.DataFrame) else pa.Table)
        assert sorted(places(found)) == sorted(expected)
    frame = table.select(["contact", "number"]).to_pandas()
    assert sorted(places(tk.detect_batch(frame))) == sorted(place for place in expected if place[1] in frame.columns)


def test_the_table_of_findings() -> None:
    table = tk.detect_batch(pa.array([MAIL, "jane@example.com"]))
    words = pa.dictionary(pa.uint16(), pa.string())
    reason = pa.field("item", pa.dictionary(pa.uint8(), pa.string()), nullable=False)
    assert table.schema == pa.schema([
        pa.field("row", pa.uint64(), nullable=False),
        pa.field("path", words, nullable=False),
        pa.field("start", pa.uint64(), nullable=False),
        pa.field("end", pa.uint64(), nullable=False),
        pa.field("entity", words, nullable=False),
        pa.field("score", pa.float32(), nullable=False),
        pa.field("rule", words, nullable=False),
        pa.field("reasons", pa.list_(reason), nullable=False),
        pa.field("reserved", pa.bool_(), nullable=False),
    ])
    assert table.column("reserved").to_pylist() == [False, True]
    empty = tk.detect_batch(pa.array([], pa.string()))
    assert (empty.num_rows, empty.schema) == (0, table.schema)
    assert tk.detect_batch(pa.table({})).num_rows == 0


def test_names_count() -> None:
    cards = pd.Series(["4111111111111111"], name="card_number")
    assert "column name" in tk.detect_batch(cards).column("reasons").to_pylist()[0]
    found = tk.detect_batch(pl.Series("emp", ["B-123456"]), rules=BADGE)
    assert found["path"].to_list() == ["emp"]
    assert tk.detect_batch(cards, entities=["EMAIL_ADDRESS"]).num_rows == 0


def test_other_threads_run_meanwhile() -> None:
    data = pa.array([f"user {i} wrote from host{i}.corp-mail.org to user{i}@corp-mail.org" for i in range(60_000)])
    tk.detect(MAIL)
    stamps: list[float] = []
    done = threading.Event()

    def count() -> None:
        while not done.is_set():
            stamps.append(time.perf_counter())
            time.sleep(0.001)

    counter = threading.Thread(target=count)
    counter.start()
    start = time.perf_counter()
    tk.detect_batch(data)
    end = time.perf_counter()
    done.set()
    counter.join()
    during = [stamp for stamp in stamps if start < stamp < end]
    longest = max(b - a for a, b in zip([start, *during], [*during, end], strict=True))
    assert longest < max(0.5 * (end - start), 0.1)
