"""Hooks of mkdocs: reference pages from the program and the stubs, and a look that no page loads anything from elsewhere.

The pages are made at every build and not kept in the repository: what `--help`, the JSON Schema and the stubs say cannot then differ from
what the site says, and no change of the program has to carry a page with it.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File

ROOT = Path(__file__).parents[1]
PROGRAM = Path(os.environ.get("TOKENIZE_BIN", ROOT / "target/debug/tokenize"))
PACKAGE = ROOT / "tokenize-py/python/tokenize_py"
PARTS = ("allowed", "denied", "detection", "detection_rule", "entity")
MADE = "*Made by `make docs` from {source}; there is nothing to edit here.*\n\n"


def on_files(files: Any, config: Any) -> Any:
    pages = {"cli": cli_page, "policy": policy_page, "python": python_page, "rust": rust_page}
    for name, make in pages.items():
        files.append(File.generated(config, f"reference/{name}.md", content=make()))
    for path in sorted((ROOT / "examples/notebooks").glob("*.ipynb")):
        files.append(File.generated(config, f"notebooks/{path.stem}.md", content=notebook_page(path)))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Links out of the pages, which work in a checkout, lead to nothing on the site: they become names of files."""
    return re.sub(r"\[([^\]]*)\]\((?:\.\./)+((?:examples|README|ARCHITECTURE|SECURITY|CHANGELOG)[^)]*)\)", r"\1", markdown)


def on_page_content(html: str, page: Any, config: Any, files: Any) -> str:
    """Options of commands are not torn apart where a line of them is too long; each line is a block (site.css), which ends it."""

    def whole(block: re.Match[str]) -> str:
        lines = block[0].replace("\n</span>", "</span>")
        return re.sub(r"(?<=[ >])--?[a-z][a-z-]*", r"<span class='option'>\g<0></span>", lines)

    return re.sub(r'<div class="language-sh highlight">.*?</div>', whole, html, flags=re.DOTALL)


def on_post_build(config: Any) -> None:
    for page in Path(config["site_dir"]).rglob("*.html"):
        loaded = re.findall(r'<(?:script|img|iframe|link)\b[^>]*(?:src|href)="(https?:)?//[^"]+"[^>]*>', page.read_text())
        if loaded:
            raise SystemExit(f"{page.name} loads something from elsewhere")


def notebook_page(path: Path) -> str:
    """Text and code of a notebook, without what it prints: a test runs it."""
    parts = []
    for cell in json.loads(path.read_text())["cells"]:
        text = "".join(cell["source"])
        parts.append(text if cell["cell_type"] == "markdown" else f"```python\n{text}\n```")
    parts.insert(1, f"The notebook is `{path.relative_to(ROOT)}`; a test runs it.")
    return "\n\n".join(parts) + "\n"


def run(*args: str) -> str:
    env = {**os.environ, "COLUMNS": "90"}
    return subprocess.run([PROGRAM, *args], check=True, capture_output=True, text=True, env=env).stdout  # noqa: S603


def verbs(path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every verb, with those below it."""
    text = run(*path, "--help")
    listed = re.search(r"^Commands:\n(.*?)\n\n", text, re.MULTILINE | re.DOTALL)
    names = re.findall(r"^  (\S+)", listed.group(1), re.MULTILINE) if listed else []
    below = [verb for name in names if name != "help" for verb in verbs((*path, name))]
    return [path, *below]


def cli_page() -> str:
    parts = ["# Command line\n\n", MADE.format(source="`--help`")]
    for verb in verbs():
        name = " ".join(("tokenize", *verb))
        parts.append(f"## {name}\n\n```text\n{run(*verb, '--help').rstrip()}\n```\n\n")
    return "".join(parts)


def choices(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(f"`{word}`" for word in schema["enum"])
    if "anyOf" in schema:
        forms = [form for form in schema["anyOf"] if form.get("items") not in schema["anyOf"]]
        lists = ", or a list of them" if len(forms) < len(schema["anyOf"]) else ""
        return " or ".join(filter(None, map(choices, forms))) + lists
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    if schema.get("type") == "array":
        return "a list of " + (choices(schema.get("items", {})) or "values")
    name = schema.get("$ref", "").rpartition("/")[2]
    return f"[{name}](#{name})" if name in PARTS else name or str(schema.get("type", ""))


def rows(properties: dict[str, Any], required: list[str]) -> str:
    lines = ["| key | meaning | takes | default |", "|---|---|---|---|"]
    for key, schema in sorted(properties.items()):
        default = f"`{schema['default']}`" if "default" in schema else "required" if key in required else ""
        # HOLDS is on every rule and long: it has a page of its own.
        takes = "[a word](../packs/index.md#how-a-claim-works)" if key == "holds" else choices(schema)
        lines.append(f"| `{key}` | {schema.get('description', '')} | {takes} | {default} |".replace("{", "&#123;"))
    return "\n".join(lines) + "\n\n"


def policy_page() -> str:
    schema = json.loads(run("policy", "schema"))
    parts = ["# Policy\n\n", MADE.format(source="the JSON Schema, `tokenize policy schema`")]
    parts += ["What each action is for, with examples: [policies](../policy.md).\n\n", "## The whole\n\n"]
    whole = {key: schema["$defs"].get(it.get("$ref", "").rpartition("/")[2], {}) | it for key, it in schema["properties"].items()}
    parts.append(rows({key: {k: it[k] for k in it if k != "properties"} for key, it in whole.items()}, schema["required"]))
    for name, rule in sorted(schema["$defs"].items()):
        forms = rule.get("oneOf") or rule.get("anyOf") or [rule]
        if name in ("rule", "treatment"):
            continue
        parts.append(f"## {name}\n\n{rule.get('description', '')}\n\n")
        merged: dict[str, Any] = {}
        for form in forms:
            for key, option in form.get("properties", {}).items():
                merged.setdefault(key, option) if key not in ("format", "to") else merged.setdefault(key, {"enum": []})
                if key in ("format", "to"):
                    merged[key]["enum"] += [option["const"]] if isinstance(option.get("const"), str) else []
        every = [form.get("required", []) for form in forms]
        parts.append(rows(merged, [key for key in merged if all(key in one for one in every)]))
    return "".join(parts)


def python_page() -> str:
    """Names, signatures and docstrings, from the package and its stub."""
    found: dict[str, tuple[ast.AST, str]] = {}
    for path in [*sorted(PACKAGE.glob("*.py")), PACKAGE / "_core.pyi"]:
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node):
                found.setdefault(node.name, (node, path.name))
    tree = ast.parse((PACKAGE / "__init__.py").read_text())
    listed = next(n.value for n in tree.body if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "__all__")
    parts = ["# Python\n\n", MADE.format(source="the docstrings and stubs of `tokenize_py`"), "`import tokenize_py as tk`\n\n"]
    for name in ast.literal_eval(listed):
        if name in found:
            parts.append(described(found[name][0], 2))
    for module in ("spark", "ray", "duckdb", "polars"):
        parts.append(f"## tokenize_py.{module}\n\n")
        for node in ast.parse((PACKAGE / f"{module}.py").read_text()).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and ast.get_docstring(node):
                parts.append(described(node, 3))
    return "".join(parts)


def rust_page() -> str:
    """The front page of the crate: links to items become their names, lines that only tests need go."""
    source = (ROOT / "tokenize-core/src/lib.rs").read_text()
    lines = [line[3:].removeprefix(" ") for line in source.splitlines() if line.startswith("//!")]
    parts, in_code = [], False
    for line in lines:
        if line.startswith("```"):
            in_code = not in_code
            parts.append("```rust" if in_code else "```")
        elif in_code:
            parts += [] if line.startswith("# ") else [line]
        else:
            line = re.sub(r"\[`(?:mod@)?([^`]*)`\](?:\([^)]*\))?", r"`\1`", line)
            parts.append(f"#{line}" if line.startswith("#") else line)
    made = MADE.format(source="the front page of the crate `tokenize_core`; `cargo doc --workspace --no-deps --open` has every item")
    return "# Rust\n\n" + made + "\n".join(parts) + "\n"


def described(node: Any, level: int) -> str:
    text = [f"{'#' * level} {node.name}\n\n"]
    if isinstance(node, ast.FunctionDef):
        text.append(f"```python\n{signature(node)}\n```\n\n")
    text.append(f"{prose(node)}\n\n")
    if isinstance(node, ast.ClassDef):
        for item in node.body:
            if isinstance(item, ast.FunctionDef) and not item.name.startswith("_") and ast.get_docstring(item):
                text.append(described(item, level + 1))
    return "".join(text)


def signature(node: ast.FunctionDef) -> str:
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    line = f"{node.name}({ast.unparse(node.args)}){returns}"
    return line if len(line) < 90 else line.replace(", ", ",\n    ").replace("(", "(\n    ", 1)


def prose(node: ast.AST) -> str:
    """A docstring as Markdown: roles of Sphinx and double back-ticks become code."""
    text = ast.get_docstring(node) or ""  # type: ignore[arg-type]
    text = re.sub(r":\w+:`~?\.?([^`]*)`", r"`\1`", text).replace("``", "`")
    return text.replace("<", "&lt;") if "`" not in text else text
