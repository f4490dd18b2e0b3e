#!/usr/bin/env python3
"""Counts the instructions that a value costs, with callgrind: the same on a busy machine as on a quiet one.

    python3 benches/instructions.py PROGRAM [--write]

PROGRAM is the benchmark `token`, built with `cargo bench --bench token --no-run`. Each column is masked with 10,000 and with 30,000
rows; the difference is what 20,000 values cost, free of start-up. Values are made as well, which costs the same every time. Fails if a
count is more than 5 % above that of `benches/instructions.json`; `--write` writes that file. valgrind shows a processor without AVX-512,
so AES runs by AES-NI there.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

CASES = ["digits_9", "digits_16", "radix_36_12", "us_ssn", "pan", "email", "phone, separated", "integer, int64", "uuid", "pseudonymize hex"]
ROWS = (10_000, 30_000)
TOLERANCE = 1.05
FILE = pathlib.Path(__file__).with_suffix(".json")


def instructions(program: str, case: str, rows: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", program, "--once", case, str(rows)],
            check=True,
            capture_output=True,
            text=True,
        )
    return int(re.search(r"Collected : (\d+)", run.stderr)[1])


def main() -> int:
    program = sys.argv[1]
    known = json.loads(FILE.read_text()) if FILE.exists() else {}
    counts, worse = {}, False
    print(f"{'':20} {'now':>9} {'recorded':>9}")
    for case in CASES:
        few, many = (instructions(program, case, rows) for rows in ROWS)
        counts[case] = round((many - few) / (ROWS[1] - ROWS[0]))
        is_worse = case in known and counts[case] > known[case] * TOLERANCE
        worse |= is_worse
        print(f"{case:20} {counts[case]:9} {known.get(case, '-'):>9}{'  more than before' if is_worse else ''}")
    if "--write" in sys.argv:
        FILE.write_text(json.dumps(counts, indent=2) + "\n")
        return 0
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
