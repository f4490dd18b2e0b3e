"""Masks and unmasks sample tables of growing size, compares every value, and prints time and peak memory of each run.

``make scale`` builds the programs and calls it: ``scale.py FOLDER_OF_PROGRAMS ROWS...``. Memory must not grow with the
number of rows; the script fails if the largest table takes more than one and a half times the memory of the smallest.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

POLICY = Path(__file__).parent.parent / "examples" / "policies" / "customers.yaml"
ALLOWED_GROWTH = 1.5


def run(*command: str | Path) -> tuple[float, int]:
    """Runs a command that must succeed: seconds, and peak memory in MiB."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"failed: {' '.join(map(str, command))}")
    return time.monotonic() - start, usage.ru_maxrss // 1024


def measure(programs: Path, folder: Path, rows: int) -> dict[str, int]:
    """Peak memory of both ways for one table."""
    tokenize, keyring = programs / "tokenize", folder / "keyring.json"
    clear, masked, back = (folder / f"{name}.parquet" for name in ("clear", "masked", "back"))
    run(programs / "examples" / "customers", str(rows), clear, "--row-group", "250000")
    steps = {
        "mask": [tokenize, "mask", clear, "--policy", POLICY, "--keyring", keyring, "--out", masked, "--force"],
        "unmask": [tokenize, "unmask", masked, "--keyring", keyring, "--out", back, "--force"],
    }
    peaks = {}
    for name, command in steps.items():
        seconds, peaks[name] = run(*command)
        print(f"{rows:>10} rows  {name:<6}  {seconds:7.1f} s  {peaks[name]:5} MiB", flush=True)
    run(programs / "examples" / "same", clear, back)
    return peaks


def main() -> None:
    """Measures each size and judges the growth."""
    programs, sizes = Path(sys.argv[1]).resolve(), [int(rows) for rows in sys.argv[2:]]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(programs / "tokenize", "keyring", "create", folder / "keyring.json", "--kms", f"local:{folder / 'kek.key'}")
        peaks = [measure(programs, folder, rows) for rows in sizes]
    for step in ("mask", "unmask"):
        if peaks[-1][step] > ALLOWED_GROWTH * peaks[0][step]:
            sys.exit(f"{step}: memory grows with the number of rows")
    print("all tables came back equal; memory does not grow with the number of rows")


if __name__ == "__main__":
    main()
