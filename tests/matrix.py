"""Tables of older and newer pyarrow, pandas and Polars: ``matrix.py [CELL ...]``.

Each cell is a virtual environment of its own under target/matrix, in which those tests run that meet tables. In the first four
each two versions of different packages meet once; the newest of all three is what `make py-test` has, its versions in
tokenize-py/requirements-dev.txt.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
MODULE = REPOSITORY / "tokenize-py"
PYARROW, PANDAS, POLARS = {"pyarrow": "25.0.1"}, {"pandas": "2.2.3"}, {"polars": "1.44.2"}
CELLS = {
    "older": PYARROW | PANDAS | POLARS,
    "pyarrow": PYARROW,
    "pandas": PANDAS,
    "polars": POLARS,
    "oldest": {"pyarrow": "23.0.1", "pandas": "2.2.3", "polars": "1.40.1"},
}
"""What is older in each; the rest is new. The oldest that pyproject.toml lets in are in the last."""
TABLES = ("pyarrow", "pandas", "polars")
NEEDED = ("duckdb", "pytest", "email-validator", "python-stdnum", "phonenumbers")
TESTS = "frames pandas engines errors interop data_keys file_formats formats detect scan threads".split()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cells", nargs="*", help=f"some of {', '.join(CELLS)}; all of them if none is named")
    named = parser.parse_args().cells or list(CELLS)
    if unknown := set(named) - set(CELLS):
        parser.error(f"no such cell: {', '.join(sorted(unknown))}")
    failed = [cell for cell in named if not passes(cell)]
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def passes(cell: str) -> bool:
    start = time.perf_counter()
    python = environment(cell)
    shown = versions(python)
    tests = [MODULE / "tests" / f"test_{name}.py" for name in TESTS]
    there = {**os.environ, "PYTHONPATH": str(MODULE / "python")}
    done = subprocess.run([python, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", *tests], cwd=MODULE, env=there, check=False)
    print(f"== {cell}: {shown}: exit {done.returncode}, {time.perf_counter() - start:.0f} s", flush=True)
    return done.returncode == 0


def environment(cell: str) -> Path:
    """Make the environment, or bring it up to date."""
    home = REPOSITORY / "target" / "matrix" / cell
    python = home / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
    pins = newest() | CELLS[cell]
    wanted = [f"{name}=={pins[name]}" for name in (*TABLES, *NEEDED)]
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted], check=True)
    return python


def newest() -> dict[str, str]:
    lines = (MODULE / "requirements-dev.txt").read_text().splitlines()
    return dict(match.groups() for line in lines if (match := re.match(r"([\w-]+)(?:\[\w+\])?==(\S+)", line)))


def versions(python: Path) -> str:
    code = "import pandas, polars, pyarrow; print(*(f'{m.__name__} {m.__version__}' for m in (pyarrow, pandas, polars)), sep=', ')"
    return subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main()
