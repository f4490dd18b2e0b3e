"""What a training loop's loader gives a second with masking and without it, in one run and from the same file.

``make bench-loader`` builds the module and calls it: ``loader.py PROGRAMS [--rows N] [--rounds N]``. The file has seven columns of the
customers generator's table, five of them masked, in row groups of 20,000 rows; two workers read it, and nothing is trained. Each
loader stands beside the same one without masking, written as PyTorch's and Hugging Face's own guides write it:

- rows: ``MaskedDataset``, collated by ``guarded`` to batches of 256, beside a dataset that gives the rows of its row groups;
- batches: the same with batches of Arrow of 4,096 rows, the shape for those who make tensors of columns;
- stream: Hugging Face's ``IterableDataset.map`` over Arrow batches of 1,000, in this process alone, beside one without it.

All take turns; figures are medians of the rounds, ratios medians of the ratios within a round.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import datasets
import pyarrow.parquet as pq
import tokenize_py as tk
from pipeline import FIVE
from tokenize_py.torch import MaskedDataset, guarded
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

COLUMNS = ["id", "name", "email", "phone", "ssn", "pan", "notes"]
WORKERS = 2
IN_BATCH = 256
IN_ARROW = 4_096


class Plain(IterableDataset):  # type: ignore[misc]
    """The rows or batches of a file, each worker with its own row groups."""

    def __init__(self, path: Path, batch_size: int | None = None) -> None:
        self.path, self.batch_size = path, batch_size

    def __iter__(self) -> Iterator[Any]:
        worker = get_worker_info()
        file = pq.ParquetFile(self.path)
        groups = list(range(worker.id, file.num_row_groups, worker.num_workers))
        for batch in file.iter_batches(self.batch_size or IN_ARROW, row_groups=groups):
            if self.batch_size:
                yield batch
            else:
                yield from batch.to_pylist()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", type=Path)
    parser.add_argument("--rows", type=int, default=400_000)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        run(args.programs / "examples", Path(folder), args.rows, args.rounds)


def run(examples: Path, home: Path, rows: int, rounds: int) -> None:
    source = home / "customers.parquet"
    subprocess.run([examples / "customers", str(rows), home / "wide.parquet"], check=True, stdout=subprocess.DEVNULL)
    # The usual collate function takes no nulls.
    table = pq.read_table(home / "wide.parquet", columns=COLUMNS).drop_null()
    pq.write_table(table, source, row_group_size=20_000)
    rows = table.num_rows
    tokenizer = tk.Tokenizer(FIVE, tk.Keyring.create(home / "keyring.json"))
    pairs = loaders(source, home, tokenizer)
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in pairs}
    for _ in range(rounds):
        for name, (plain, masked) in pairs.items():
            seconds[name].append((taken(plain, rows), taken(masked, rows)))
    print(f"| {rows} rows | plain, s | masked, s | rows a second | of the plain speed |\n|---|---|---|---|---|")
    for name, own in seconds.items():
        plain_took, took = (statistics.median(side) for side in zip(*own, strict=True))
        ratio = statistics.median(plain / masked for plain, masked in own)
        print(f"| {name} | {plain_took:.2f} | {took:.2f} | {rows / took / 1e6:.2f} M | {ratio:.2f} |")


Loader = Callable[[], Iterable[Any]]


def loaders(source: Path, home: Path, tokenizer: tk.Tokenizer) -> dict[str, tuple[Loader, Loader]]:
    """Give each loader without masking and with it; what one gives has to be counted by `counted`."""
    arrow: dict[str, Any] = {"batch_size": None, "num_workers": WORKERS}
    by_row: dict[str, Any] = {"batch_size": IN_BATCH, "num_workers": WORKERS}

    def stream(mapped: Callable[[Any], Any] | None) -> Iterable[Any]:
        stored = datasets.Dataset.from_parquet(str(source), cache_dir=str(home / "cache")).to_iterable_dataset()
        clear = stored.with_format("arrow")
        out = clear if mapped is None else clear.map(mapped, batched=True, batch_size=1_000)
        return iter(out.iter(batch_size=1_000))

    datasets.disable_progress_bars()
    return {
        "rows": (
            lambda: DataLoader(Plain(source), **by_row),
            lambda: DataLoader(MaskedDataset(source, tokenizer), collate_fn=guarded(tokenizer), **by_row),
        ),
        "batches": (
            lambda: DataLoader(Plain(source, IN_ARROW), collate_fn=same, **arrow),
            lambda: DataLoader(
                MaskedDataset(source, tokenizer, batch_size=IN_ARROW), collate_fn=guarded(tokenizer, same), **arrow
            ),
        ),
        "stream": (lambda: stream(None), lambda: stream(tokenizer.mask)),
    }


def same(batch: Any) -> Any:
    return batch


def taken(loader: Loader, rows: int) -> float:
    start = time.perf_counter()
    seen = sum(counted(batch) for batch in loader())
    passed = time.perf_counter() - start
    assert seen == rows, (seen, rows)
    return passed


def counted(batch: Any) -> int:
    return batch.num_rows if hasattr(batch, "num_rows") else len(batch["id"])


if __name__ == "__main__":
    main()
