"""Writes the manual pages of all verbs, one file each, and the completions of shells; looks at both.

    tests/man_pages.py target/debug/tokenize target

Fails where a page lacks an option that `--help` lists, or a shell that is installed does not read its script.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

# Where each shell looks for it, by name.
SCRIPTS = {"bash": "tokenize", "fish": "tokenize.fish", "zsh": "_tokenize"}


def main() -> None:
    program, target = sys.argv[1], Path(sys.argv[2])
    pages = re.split(r"^(?=\.ie )", output(program, "man"), flags=re.MULTILINE)
    folder = target / "man"
    folder.mkdir(parents=True, exist_ok=True)
    written = [write_page(program, page, folder) for page in pages if page.strip()]
    scripts = target / "completions"
    scripts.mkdir(parents=True, exist_ok=True)
    for shell, name in SCRIPTS.items():
        path = scripts / name
        path.write_text(output(program, "completions", shell))
        if shutil.which(shell):
            subprocess.run([shell, "-n", path], check=True)
    print(f"{len(written)} pages are in {folder}, {len(SCRIPTS)} scripts in {scripts}")


def write_page(program: str, page: str, folder: Path) -> Path:
    shown = page.replace("\\-", "-")
    title = re.search(r"^\.TH (\S+) 1", shown, re.MULTILINE)
    synopsis = re.search(r"^\.SH SYNOPSIS\n\\fBtokenize ?(.*?)\\fR", shown, re.MULTILINE)
    assert title and synopsis, page[:200]
    verb = synopsis[1].split()
    for option in re.findall(r"--[a-z][a-z-]+", options(output(program, *verb, "--help"))):
        assert option in shown, f"{title[1]} says nothing of {option}"
    path = folder / f"{title[1]}.1"
    path.write_text(page)
    return path


def options(text: str) -> str:
    """The left side of the list of options: the names, not what is said of them."""
    listed = text.partition("Options:\n")[2].partition("\n\n")[0]
    return "\n".join(line[:40] for line in listed.splitlines() if line.startswith(("  -", "      --")))


def output(program: str, *args: str) -> str:
    return subprocess.run([program, *args], check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
