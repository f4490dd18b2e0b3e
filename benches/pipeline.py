"""What masking a Parquet file costs beside copying it, in one run and on the same file.

``make bench-pipeline`` builds the programs and calls it: ``pipeline.py PROGRAMS [--rows N] [--folder F] [--runs N]``. The file is the
customers generator's table, written by pyarrow; the policy masks 5 of its 12 columns, or none, or all. Peers copy the file whole: pyarrow,
DuckDB and Polars, each in a process of its own, whose start-up is measured by itself. All take turns; figures are medians. The
folder is best one in memory (/dev/shm): then no disk is measured, and what syncing costs is told apart by ``--disk``.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

FIVE = """version: 1
name: five
unlisted: keep
columns:
  name:  { action: pseudonymize, domain: name }
  email: { action: tokenize, format: email }
  phone: { action: tokenize, format: phone }
  ssn:   { action: tokenize, format: us_ssn }
  pan:   { action: tokenize, format: pan }
"""
NONE = "version: 1\nname: none\nunlisted: keep\ncolumns: {}\n"
ALL = FIVE + """  id:      { action: tokenize, format: integer, domain: customer, range: [0, 999999999999] }
  dob:     { action: shift_date, subject: id, max_days: 365 }
  created: { action: shift_date, subject: id, max_days: 365 }
  ip:      { action: tokenize, format: ip }
  address: { action: encrypt, mode: deterministic, domain: address, output: string }
  notes:   { action: encrypt, output: string }
  amount:  { action: redact }
"""
PYARROW = """
import sys, pyarrow as pa, pyarrow.parquet as pq
source, out, codec, threads = sys.argv[1:]
pa.set_cpu_count(int(threads)); pa.set_io_thread_count(int(threads))
if source:
    pq.write_table(pq.read_table(source), out, compression=codec)
"""
DUCKDB = """
import sys, duckdb
source, out, codec, threads = sys.argv[1:]
if source:
    duckdb.sql(f"SET threads = {threads}; SET preserve_insertion_order = true")
    duckdb.sql(f"COPY (SELECT * FROM read_parquet('{source}')) TO '{out}' (FORMAT parquet, COMPRESSION '{codec}')")
"""
DUCKDB_RECORDS = """
import sys, duckdb
source, out, format, threads = sys.argv[1:]
duckdb.sql(f"SET threads = {threads}")
reader = {"parquet": "read_parquet", "csv": "read_csv", "ndjson": "read_json"}[source.rsplit(".", 1)[1]]
duckdb.sql(f"COPY (SELECT * FROM {reader}('{source}')) TO '{out}' (FORMAT {format})")
"""
POLARS = """
import sys, polars as pl
source, out, codec, threads = sys.argv[1:]
if source:
    pl.scan_parquet(source).sink_parquet(out, compression=codec)
"""
TO_PYARROW = """
import sys, pyarrow.parquet as pq
source, out, codec = sys.argv[1:]
file = pq.ParquetFile(source)
with pq.ParquetWriter(out, file.schema_arrow.remove_metadata(), compression=codec) as writer:
    for group in range(file.num_row_groups):
        writer.write_table(file.read_row_group(group), row_group_size=1 << 20)
"""

ONE = "version: 1\nname: one\nunlisted: keep\ncolumns:\n  ssn: { action: tokenize, format: us_ssn }\n"

Measure = tuple[float, float, int]


class Bench:
    """Programs, keys and a folder to work in."""

    def __init__(self, programs: Path, folder: Path, rows: int) -> None:
        self.programs, self.folder, self.rows = programs, folder, rows
        self.out = folder / "out.parquet"
        self.keyring = folder / "keyring.json"
        for name, text in (("five", FIVE), ("none", NONE), ("one", ONE), ("all", ALL)):
            (folder / f"{name}.yaml").write_text(text)
        run(programs / "tokenize", "keyring", "create", self.keyring, "--kms", f"local:{folder / 'kek.key'}")

    def source(self, codec: str) -> Path:
        """The customers as pyarrow writes them."""
        path, raw = self.folder / f"{codec}.parquet", self.folder / "raw.parquet"
        if not path.exists():
            run(self.programs / "examples" / "customers", str(self.rows), raw)
            run(sys.executable, "-c", TO_PYARROW, raw, path, codec)
            raw.unlink()
        return path

    def ours(self, policy: str, source: Path, threads: int) -> Measure:
        """Masks the file."""
        return self.timed(
            self.programs / "tokenize", "mask", source, "--policy", self.folder / f"{policy}.yaml",
            "--keyring", self.keyring, "--out", self.out, threads=threads,
        )

    def unmask(self, source: Path, threads: int) -> Measure:
        """Masks the file, and measures its unmasking."""
        masked = self.folder / "masked.parquet"
        self.ours("five", source, threads)
        self.out.rename(masked)
        measure = self.timed(
            self.programs / "tokenize", "unmask", masked, "--keyring", self.keyring, "--out", self.out,
            threads=threads,
        )
        masked.unlink()
        return measure

    def peer(self, script: str, source: Path | None, codec: str, threads: int) -> Measure:
        """Copies the file, or only starts."""
        return self.timed(
            sys.executable, "-c", script, source or "", self.out, codec, str(threads), threads=threads
        )

    def timed(self, *command: str | Path, threads: int) -> Measure:
        """Seconds, processor seconds and MiB at the most."""
        for path in (self.out, self.out.with_name(f"{self.out.name}.tokenize.json")):
            path.unlink(missing_ok=True)
        count = str(threads)
        environment = {**os.environ, "RAYON_NUM_THREADS": count, "POLARS_MAX_THREADS": count}
        cores = {0} if threads == 1 else os.sched_getaffinity(0)
        start = time.monotonic()
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=lambda: os.sched_setaffinity(0, cores),
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
        if status != 0:
            sys.exit(f"failed: {' '.join(map(str, command))}")
        return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


def run(*command: str | Path) -> None:
    """Runs a command that must succeed."""
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def cases(bench: Bench, codec: str, threads: int) -> Iterator[tuple[str, Callable[[], Measure]]]:
    """What is measured on one file."""
    source = bench.source(codec)
    yield "mask 5 of 12", lambda: bench.ours("five", source, threads)
    yield "keep all", lambda: bench.ours("none", source, threads)
    yield "DuckDB copy", lambda: bench.peer(DUCKDB, source, codec, threads)
    yield "Polars copy", lambda: bench.peer(POLARS, source, codec, threads)
    yield "pyarrow copy", lambda: bench.peer(PYARROW, source, codec, threads)
    if codec == "snappy":
        yield "mask all 12", lambda: bench.ours("all", source, threads)
        yield "unmask 5 of 12", lambda: bench.unmask(source, threads)


def table(bench: Bench, codec: str, threads: int, runs: int) -> None:
    """Prints one table, everything beside DuckDB's and Polars' copies of the same round."""
    size = bench.source(codec).stat().st_size / 1e6
    print(f"\n{bench.rows} rows, {size:.0f} MB of {codec}, threads: {threads}")
    print(f"{'':16} {'seconds':>8} {'CPU s':>8} {'MiB':>6} {'DuckDB':>8} {'Polars':>8}")
    found: dict[str, list[Measure]] = {}
    for _ in range(runs):
        for name, measure in cases(bench, codec, threads):
            found.setdefault(name, []).append(measure())
    for name, measures in found.items():
        seconds, processor, memory = (statistics.median(column) for column in zip(*measures))
        ratios = [
            statistics.median(ours[0] / peer[0] for ours, peer in zip(measures, found[peer_name]))
            for peer_name in ("DuckDB copy", "Polars copy")
        ]
        print(
            f"{name:16} {seconds:8.2f} {processor:8.2f} {memory:6.0f} {ratios[0]:8.2f} {ratios[1]:8.2f}",
            flush=True,
        )


def records(bench: Bench, runs: int) -> None:
    """CSV and NDJSON with one masked column, beside DuckDB's copies of the same files; both with two threads."""
    source = bench.source("snappy")
    print(f"\n{bench.rows} rows as records, one column masked, threads: 2")
    for ending, form in (("csv", "csv"), ("ndjson", "json")):
        path, bench.out = bench.folder / f"records.{ending}", bench.folder / f"out.{ending}"
        run(sys.executable, "-c", DUCKDB_RECORDS, source, path, form, "2")
        pairs = [
            (bench.ours("one", path, 2), bench.timed(sys.executable, "-c", DUCKDB_RECORDS, path, bench.out, form, "2", threads=2))
            for _ in range(runs)
        ]
        (ours, ours_cpu), (peer, peer_cpu) = (
            [statistics.median(pair[side][what] for pair in pairs) for what in (0, 1)] for side in (0, 1)
        )
        memory = max(pair[0][2] for pair in pairs)
        ratio = statistics.median(pair[0][0] / pair[1][0] for pair in pairs)
        print(
            f"{ending:16} {ours:8.2f} s ({ours_cpu:.2f} CPU), DuckDB {peer:8.2f} s ({peer_cpu:.2f} CPU), "
            f"ratio {ratio:5.2f}, {memory} MiB",
            flush=True,
        )
        path.unlink()
        bench.out.unlink(missing_ok=True)
    bench.out = bench.folder / "out.parquet"


def syncing(bench: Bench, disk: Path) -> None:
    """What it takes to put the masked file on a disk once it is written: the peers do not wait for that, `tokenize` does."""
    bench.ours("five", bench.source("snappy"), 2)
    with bench.out.open("rb") as masked, tempfile.TemporaryFile(dir=disk) as there:
        shutil.copyfileobj(masked, there, 1 << 20)
        there.flush()
        start = time.monotonic()
        os.fsync(there.fileno())
        seconds = time.monotonic() - start
        print(f"\nsyncing {there.tell() / 1e6:.0f} MB of output to {disk}: {seconds:.2f} s", flush=True)
    bench.out.unlink()


def growth(bench: Bench, sizes: list[int]) -> None:
    """Time and memory of tables of several sizes."""
    print("\nmask 5 of 12 by size, threads: 2")
    for rows in sizes:
        source = bench.folder / "sized.parquet"
        run(bench.programs / "examples" / "customers", str(rows), source)
        seconds, _, memory = bench.ours("five", source, 2)
        print(f"{rows:>10} rows {seconds:8.2f} s {seconds / rows * 1e6:6.2f} s/million {memory:5} MiB", flush=True)
        source.unlink()
    bench.out.unlink(missing_ok=True)


def main() -> None:
    """Prints all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("programs", type=Path)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path("/dev/shm"))
    parser.add_argument("--codecs", default="snappy,zstd")
    parser.add_argument("--threads", default="2,1")
    parser.add_argument("--disk", type=Path, help="a folder on a disk: what syncing the output there takes")
    parser.add_argument("--sizes", default="", help="rows of tables to mask, with commas: time and memory of each")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="tokenize-bench-", dir=arguments.folder))
    try:
        bench = Bench(arguments.programs.resolve(), folder, arguments.rows)
        start_up = [(n, bench.peer(s, None, "snappy", 2)[0]) for n, s in (("pyarrow", PYARROW), ("DuckDB", DUCKDB), ("Polars", POLARS))]
        print("start-up of the peers, to be taken off: " + ", ".join(f"{n} {s:.2f} s" for n, s in start_up))
        for codec in filter(None, arguments.codecs.split(",")):
            for threads in map(int, arguments.threads.split(",")):
                table(bench, codec, threads, arguments.runs)
        records(bench, arguments.runs)
        if arguments.disk:
            syncing(bench, arguments.disk)
        for path in folder.glob("*.parquet"):
            path.unlink()
        growth(bench, [int(size) for size in arguments.sizes.split(",") if size])
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
