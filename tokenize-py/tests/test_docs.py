"""The examples of `docs/engines.md` run, in their order."""

from __future__ import annotations

import re
from pathlib import Path

import datasets
import pytest

PAGE = Path(__file__).parents[2] / "docs" / "engines.md"


def test_engines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    datasets.disable_progress_bars()
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 6
    names: dict[str, object] = {"__name__": "page"}
    for block in blocks:
        exec(compile(block, PAGE.name, "exec"), names)  # noqa: S102
