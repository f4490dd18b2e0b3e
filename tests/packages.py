"""The Python packages as somebody who installs them has them: ``packages.py FOLDER``, which holds one wheel and one sdist.

Looks into both, makes a new virtual environment, does there what tokenize-py/README.md says, with pip told to find the wheel in
FOLDER, and looks at what an import loads. Prints how long each took.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
import venv
import zipfile
from email.parser import HeaderParser
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
README = REPOSITORY / "tokenize-py" / "README.md"
EXTRAS = set(tomllib.loads((REPOSITORY / "tokenize-py" / "pyproject.toml").read_text())["project"]["optional-dependencies"])


def main() -> None:
    folder = Path(sys.argv[1]).resolve()
    wheel, sdist = only(folder, "*.whl"), only(folder, "*.tar.gz")
    look_into_wheel(wheel)
    look_into_sdist(sdist)
    with tempfile.TemporaryDirectory() as home:
        fresh(Path(home), folder)


def only(folder: Path, pattern: str) -> Path:
    [found] = folder.glob(pattern)
    return found


def look_into_wheel(path: Path) -> None:
    assert "-cp311-abi3-" in path.name, f"{path.name}: one wheel is to serve every CPython from 3.11"
    with zipfile.ZipFile(path) as wheel:
        names = wheel.namelist()
        [metadata] = [name for name in names if name.endswith(".dist-info/METADATA")]
        [components] = [json.loads(wheel.read(name)) for name in names if name.endswith(".cyclonedx.json")]
        about = HeaderParser().parsestr(wheel.read(metadata).decode())
    for wanted in ("py.typed", "_core.pyi", "_core.abi3.so", "__init__.py"):
        assert f"tokenize_py/{wanted}" in names, f"{path.name} has no {wanted}"
    for wanted in ("LICENSE-MIT", "LICENSE-APACHE"):
        assert any(name.endswith(wanted) for name in names), f"{path.name} has no {wanted}"
    listed = {component["name"] for component in components["components"]}
    assert {"tokenize-core", "aes-gcm-siv", "arrow", "aws-sdk-kms"} <= listed, "the list of components"
    assert not [name for name in names if "test" in name], "tests are for the repository"
    needed = [line for line in about.get_all("Requires-Dist") or [] if "extra ==" not in line]
    assert not needed, f"the module alone needs {needed}"
    assert set(about.get_all("Provides-Extra") or []) == EXTRAS
    assert about.get_payload().strip() == README.read_text().strip(), "the page on PyPI is the README"
    print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB")


def look_into_sdist(path: Path) -> None:
    """What it is built from is in it, and nothing that was built."""
    with tempfile.TemporaryDirectory() as home:
        with tarfile.open(path) as sdist:
            sdist.extractall(home, filter="data")
        [root] = Path(home).iterdir()
        command = ["cargo", "metadata", "--locked", "--no-deps", "--format-version", "1"]
        subprocess.run(command, cwd=root, check=True, stdout=subprocess.DEVNULL)
        files = [file for file in root.rglob("*") if file.is_file()]
        assert not [file for file in files if file.suffix in {".so", ".pyc", ".pyd"}]
        assert (root / "LICENSE-MIT").read_text() == (REPOSITORY / "LICENSE-MIT").read_text()
    print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB, {len(files)} files")


def fresh(home: Path, wheels: Path) -> None:
    text = README.read_text()
    [install] = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    [example] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    venv.create(home / "venv", with_pip=True)
    python = home / "venv" / "bin" / "python"
    path = f"{python.parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PIP_FIND_LINKS": str(wheels), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}

    def took(what: str, *command: str) -> str:
        start = time.perf_counter()
        done = subprocess.run(command, cwd=home, env=environment, check=True, text=True, stdout=subprocess.PIPE)
        print(f"{what}: {time.perf_counter() - start:.1f} s")
        return done.stdout

    took(install.strip(), "bash", "-euc", install)
    print(took("the example of the README", str(python), "-W", "error", "-c", example).rstrip())
    loaded = took("what an import loads", str(python), "-c", "import sys, tokenize_py; print(*sys.modules)").split()
    heavy = {"numpy", "pandas", "polars", "pyarrow", "pyspark", "ray", "torch", "duckdb", "datasets"} & set(loaded)
    assert not heavy, f"an import of tokenize_py loads {heavy}"
    bare, own = (median(python, code) for code in ("pass", "import tokenize_py"))
    print(f"import tokenize_py: {1e3 * (own - bare):.0f} ms, after {1e3 * bare:.0f} ms of the interpreter's own")


def median(python: Path, code: str) -> float:
    times = []
    for _ in range(11):
        start = time.perf_counter()
        subprocess.run([python, "-c", code], check=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


if __name__ == "__main__":
    main()
