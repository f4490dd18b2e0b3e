"""What each feature of the core costs to compile and to link: ``features.py [--profile release]``.

For each set of features a small program (examples/mask_parquet.rs) that links the core is compiled from nothing, in a folder of its
own under target/features. Processor seconds count, as they do not depend on what else the machine does; beside them the seconds that
passed. Sizes are of the program, as it was linked and stripped.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import time
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
SETS = ("", "aws", "stores", "aws,stores")

MANIFEST = """
[workspace]
[package]
name = "linked"
version = "0.0.0"
edition = "2024"
[dependencies]
tokenize-core = {{ path = "{core}", features = [{features}] }}
arrow = {{ version = "59.3", default-features = false }}
parquet = {{ version = "59.3", default-features = false, features = ["arrow", "snap"] }}
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--profile", default="release", choices=["release", "dev"])
    parser.add_argument("sets", nargs="*", default=SETS)
    options = parser.parse_args()
    home = REPOSITORY / "target" / "features"
    print("| features | crates | processor seconds | seconds | MB | MB stripped |\n|---|---|---|---|---|---|", flush=True)
    for features in options.sets:
        shutil.rmtree(home, ignore_errors=True)
        print(row(home, features, options.profile), flush=True)
    shutil.rmtree(home, ignore_errors=True)


def row(home: Path, features: str, profile: str) -> str:
    (home / "src").mkdir(parents=True)
    shutil.copy(REPOSITORY / "examples" / "mask_parquet.rs", home / "src" / "main.rs")
    shutil.copy(REPOSITORY / "Cargo.lock", home / "Cargo.lock")
    named = ", ".join(f'"{name}"' for name in features.split(",") if name)
    (home / "Cargo.toml").write_text(MANIFEST.format(core=REPOSITORY / "tokenize-core", features=named))
    before, start = processor_seconds(), time.perf_counter()
    environment = {**os.environ, "CARGO_TARGET_DIR": str(home / "target"), "CARGO_INCREMENTAL": "0"}
    subprocess.run(["cargo", "build", "--quiet", "--profile", profile], cwd=home, env=environment, check=True)
    passed, taken = time.perf_counter() - start, processor_seconds() - before
    program = home / "target" / ("debug" if profile == "dev" else profile) / "linked"
    stripped = program.with_suffix(".stripped")
    subprocess.run(["strip", "-o", stripped, program], check=True)
    sizes = " | ".join(f"{file.stat().st_size / 1e6:.1f}" for file in (program, stripped))
    return f"| {features or 'none'} | {crates(home)} | {taken:.0f} | {passed:.0f} | {sizes} |"


def crates(home: Path) -> int:
    command = ["cargo", "tree", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"]
    listed = subprocess.run(command, cwd=home, check=True, capture_output=True, text=True).stdout
    return len({line.removesuffix(" (*)") for line in listed.splitlines() if line}) - 1


def processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
