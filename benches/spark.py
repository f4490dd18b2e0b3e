"""What masking in Spark costs beside the same job without it, on a cluster of two workers on this machine.

``make bench-spark`` builds the module and calls it: ``spark.py [--rows N] [--runs N]``. Of six columns three are masked; the jobs
read Parquet from memory (/dev/shm) and write nothing (Spark's ``noop``), so that neither disks nor encoders are measured:

- identity: an Arrow function that gives back the same three columns, the least that any function in Python costs;
- mask: ``tokenize_py.spark.mask``;
- sha2: Spark's own hash of them, in the JVM.

All take turns; figures are medians, ratios medians of the ratios of neighbours.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tokenize-py" / "tests"))

import tokenize_py as tk  # noqa: E402
from pyspark.sql import functions as F  # noqa: E402
from spark_cluster import cluster, session  # noqa: E402
from tokenize_py.spark import mask  # noqa: E402

COLUMNS = {
    "id": "id",
    "email": "concat('person', id % 1000003, '@example', id % 100, '.com')",
    "ssn": "format_string('%03d-%02d-%04d', 100 + id % 500, 1 + id % 99, 1 + id % 9999)",
    "card": "lpad(cast(id as string), 12, '4')",
    "amount": "id / 7",
    "city": "concat('city', id % 997)",
}
MASKED = ("email", "ssn", "card")
POLICY = """version: 1
name: bench
unlisted: keep
columns:
  email: { action: tokenize, format: email }
  ssn:   { action: tokenize, format: us_ssn }
  card:  { action: tokenize, format: digits, domain: card }
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        home = Path(folder)
        keyring = tk.Keyring.create(home / "keyring.json")
        with cluster(home) as address, session(address, home) as spark:
            # As Spark has it by default; the tests have smaller ones.
            spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "10000")
            jobs = made(spark, options.rows, home, keyring)
            report(options.rows, taken(jobs, options.runs))


def made(spark: Any, rows: int, home: Path, keyring: tk.Keyring) -> dict[str, Any]:
    columns = [f"{what} AS {name}" for name, what in COLUMNS.items()]
    spark.range(0, rows, 1, 4).selectExpr(*columns).write.parquet(str(home / "people"))
    df = spark.read.parquet(str(home / "people"))

    def same(array: Any) -> Any:
        return array

    identity = F.arrow_udf(same, "string", F.ArrowUDFType.SCALAR)
    return {
        "identity": df.withColumns({name: identity(F.col(name)) for name in MASKED}),
        "mask": mask(df, POLICY, keyring),
        "sha2": df.withColumns({name: F.sha2(F.col(name), 256) for name in MASKED}),
    }


def taken(jobs: dict[str, Any], runs: int) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    for run in range(runs + 1):
        for name, df in jobs.items():
            start = time.perf_counter()
            df.write.format("noop").mode("overwrite").save()
            if run:  # The first starts workers and unwraps keys.
                seconds[name].append(time.perf_counter() - start)
    return seconds


def report(rows: int, seconds: dict[str, list[float]]) -> None:
    print("| job | seconds | rows a second | speed beside identity |")
    print("|---|---|---|---|")
    for name, all_of in seconds.items():
        median = statistics.median(all_of)
        ratio = statistics.median(i / own for i, own in zip(seconds["identity"], all_of, strict=True))
        print(f"| {name} | {median:.2f} | {rows / median / 1e6:.2f} M/s | {ratio:.2f} |")


if __name__ == "__main__":
    main()
