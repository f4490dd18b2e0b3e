"""The examples in docstrings run, those of the stubs too."""

from __future__ import annotations

import ast
import doctest
import json
from pathlib import Path

import pyarrow as pa
import pytest
import tokenize_py as tk
from conftest import EMAIL, policy

PACKAGE = Path(__file__).parents[1] / "python" / "tokenize_py"
FLAGS = doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL
Documented = ast.ClassDef | ast.FunctionDef


def examples() -> dict[str, doctest.DocTest]:
    """Every docstring with an example, by file and name."""
    found = {}
    for path in [*sorted(PACKAGE.glob("*.py")), PACKAGE / "_core.pyi"]:
        for node in ast.walk(ast.parse(path.read_text())):
            text = ast.get_docstring(node) if isinstance(node, Documented) else None
            if isinstance(node, Documented) and text and ">>>" in text:
                name = f"{path.name}:{node.name}"
                found[name] = doctest.DocTestParser().get_doctest(text, {}, name, str(path), node.lineno)
    return found


EXAMPLES = examples()


@pytest.mark.parametrize("name", EXAMPLES)
def test_example(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rules = policy(email=EMAIL) | {"text": {"entities": {"EMAIL_ADDRESS": {"as": "email"}}}}
    kept = tk.Keyring.create("keyring.json", kms="local:kek.key")
    Path("policy.yaml").write_text(json.dumps(rules))
    Path("people.csv").write_text("email\nann@example.com\n")
    people = pa.table({"email": ["ann@example.com"]})
    names = {"tk": tk, "Path": Path, "keyring": kept, "people": people, "t": tk.Tokenizer(rules, kept)}
    test = EXAMPLES[name]
    test.globs = names
    said: list[str] = []
    outcome = doctest.DocTestRunner(optionflags=FLAGS).run(test, out=said.append)
    assert outcome.attempted > 0
    assert outcome.failed == 0, "".join(said)


def test_every_public_function_has_an_example() -> None:
    having = {name.rpartition(":")[2] for name in EXAMPLES}
    functions = {name for name in tk.__all__ if callable(getattr(tk, name)) and not isinstance(getattr(tk, name), type)}
    assert {"Keyring", "Tokenizer"} | functions <= having
