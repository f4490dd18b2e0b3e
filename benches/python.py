"""What masking a table in Python costs beside the same in Rust, in one run and on the same rows.

``make bench-python`` builds the module and the programs alike and calls it: ``python.py PROGRAMS [--rows N] [--rounds N]``. The
rows are the customers generator's, as one batch; the policy masks 5 of its 12 columns. All take turns, each round after a first
mask that is not counted; figures are medians of the rounds' best, ratios medians of the ratios within a round.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import tokenize_py as tk
from pipeline import FIVE

TIMES = 4
"""Masks in a round; the first is not counted."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        run(args.programs / "examples", Path(folder), args.rows, args.rounds)


def run(examples: Path, folder: Path, rows: int, rounds: int) -> None:
    source, policy, keyring = folder / "customers.parquet", folder / "policy.yaml", folder / "keyring.json"
    subprocess.run([examples / "customers", str(rows), source], check=True, stdout=subprocess.DEVNULL)
    policy.write_text(FIVE)
    tokenizer = tk.Tokenizer(policy, tk.Keyring.create(keyring))
    table = pq.read_table(source).combine_chunks()
    same_buffers(tokenizer, table)
    tables: dict[str, Any] = {
        "pyarrow": table,
        "pandas": table.to_pandas(),
        "pandas, Arrow dtypes": pq.read_table(source).to_pandas(types_mapper=arrow_dtype),
        "Polars": pl.from_arrow(table),
    }
    seconds: dict[str, list[float]] = {"Rust": [], **{name: [] for name in tables}}
    for _ in range(rounds):
        seconds["Rust"].append(in_rust(examples, source, policy, keyring))
        for name, data in tables.items():
            seconds[name].append(best_of(lambda data=data: tokenizer.mask(data)))
    print(f"| {rows} rows | seconds | rows a second | of Rust |\n|---|---|---|---|")
    for name, own in seconds.items():
        took = statistics.median(own)
        ratio = statistics.median(rust / mine for rust, mine in zip(seconds["Rust"], own, strict=True))
        print(f"| {name} | {took:.2f} | {rows / took / 1e6:.2f} M | {ratio:.2f} |")


def in_rust(examples: Path, source: Path, policy: Path, keyring: Path) -> float:
    command = [examples / "time_mask", source, policy, keyring, str(TIMES)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return min(float(line) for line in lines[1:])


def best_of(work: Callable[[], object]) -> float:
    times = []
    for _ in range(TIMES):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times[1:])


def arrow_dtype(arrow_type: Any) -> Any:
    import pandas as pd

    return pd.ArrowDtype(arrow_type)


def same_buffers(tokenizer: tk.Tokenizer, table: Any) -> None:
    """Kept columns are not copied: their buffers stay where they are."""
    masked, places = tokenizer.mask(table), {}
    for name in ("address", "notes", "amount"):
        for side, of in (("before", table), ("after", masked)):
            places[side] = [buffer and buffer.address for buffer in of[name].chunk(0).buffers()]
        assert places["before"] == places["after"], name


if __name__ == "__main__":
    main()
