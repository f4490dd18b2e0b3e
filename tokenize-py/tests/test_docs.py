"""The Python of the pages runs, block after block."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tokenize_py as tk
from conftest import EMAIL, ENCRYPT, policy

ROOT = Path(__file__).parents[2]
Names = dict[str, object]
PEOPLE = pa.table({"name": ["Ann"], "email": ["ann@example.com"]})
RULES = policy(name=ENCRYPT, email=EMAIL) | {"text": {"entities": {"EMAIL_ADDRESS": {"as": "email"}}}}


def nothing() -> Names:
    return {}


def readme() -> Names:
    """What a reader has: a table, a policy, and what a model answered to the prompt."""
    Path("policy.yaml").write_text(json.dumps(RULES))
    return {"tk": tk, "df": PEOPLE.to_pandas(), "answer": "Nobody wrote back."}


def with_files() -> Names:
    rules = RULES | {"columns": {"name": {**ENCRYPT, "output": "string"}, "email": EMAIL}}
    Path("policy.yaml").write_text(json.dumps(rules))
    Path("data").mkdir()
    Path("data/people.csv").write_text("name,email\nAnn,ann@example.com\n")
    pq.write_table(PEOPLE, "in.parquet")
    keyring = tk.Keyring.create("keyring.json", kms="local:kek.key")
    t = tk.Tokenizer({**RULES, "columns": {"name": {**ENCRYPT, "key": "output"}, "email": EMAIL}}, keyring)
    return {"tk": tk, "df": PEOPLE.to_pandas(), "keyring": keyring, "t": t}


PAGES: dict[str, Callable[[], Names]] = {
    "README.md": readme,
    "docs/engines.md": nothing,
    "docs/files.md": with_files,
    "docs/keys.md": with_files,
    "docs/report.md": with_files,
}
# They need what test_spark_cluster.py and test_ray.py have.
ELSEWHERE = {"docs/spark.md", "docs/ray.md"}


def blocks(page: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES)
def test_page(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    datasets.disable_progress_bars()
    names: Names = {"__name__": "page", **PAGES[page]()}
    for block in blocks(ROOT / page):
        exec(compile(block, page, "exec"), names)  # noqa: S102


def test_no_page_is_left_out() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    having = {str(page.relative_to(ROOT)) for page in pages if blocks(page)}
    assert having == set(PAGES) | ELSEWHERE
