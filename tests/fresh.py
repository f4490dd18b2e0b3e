"""A fresh clone, and what the README says to do first: ``fresh.py [FOLDER]``. Prints how long each command took.

Clones this repository's last commit, and runs the commands of the README's sections in their order, each section's first block. The
command line is installed into the clone, and not where the user has programs.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
SECTIONS = ("Sixty seconds", "Command line", "Python", "Rust")


def main() -> None:
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as folder:
        clone = Path(folder) / "tokenize"
        subprocess.run(["git", "clone", "--quiet", REPOSITORY, clone], check=True)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CARGO_")}
        environment["CARGO_INSTALL_ROOT"] = folder
        environment["PATH"] = f"{folder}/bin{os.pathsep}{os.environ['PATH']}"
        start = time.perf_counter()
        for line in commands((clone / "README.md").read_text()):
            before = time.perf_counter()
            done = subprocess.run(["bash", "-euc", line], cwd=clone, env=environment, capture_output=True, text=True, check=False)
            print(f"{time.perf_counter() - before:6.0f} s  {line}", flush=True)
            if done.returncode:
                sys.exit(f"{line}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        print(f"{time.perf_counter() - start:6.0f} s  in all")


def commands(readme: str) -> list[str]:
    lines = []
    for section in SECTIONS:
        text = readme.split(f"## {section}\n")[1].split("\n## ")[0]
        block = re.search(r"```sh\n(.*?)```", text, re.DOTALL)
        assert block, f"{section} has no commands"
        lines += [line.split("  #")[0].strip() for line in block[1].splitlines()]
    return lines


if __name__ == "__main__":
    main()
