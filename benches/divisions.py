#!/usr/bin/env python3
"""Looks for division in the compiled digit path: its time depends on the operands, and so on values and keys.

    python3 benches/divisions.py PROGRAM

PROGRAM is the benchmark `token`, built with `cargo bench --bench token --no-run`. Fails if a function of the rounds, of reading or of
writing holds `div` or `idiv` (x86-64) or `udiv` or `sdiv` (AArch64), or if it cannot find them.
"""

import re
import subprocess
import sys

# The rounds of FF1, remainders, and the short ways of formats, by their Rust paths.
PATH = re.compile(
    r"tokenize_core::crypto::ff1::(word|modulus)::"
    r"|tokenize_core::crypto::cipher::short::"
    r"|tokenize_core::format::.*short::"
    r"|tokenize_core::format::ssn::"
    r"|tokenize_core::action::tokenize::numbers::"
)
# Those that must be there, or else the search has missed its mark.
EXPECTED = ["ff1::word::rounds", "format::ssn::", "format::date::", "format::mac::"] + [
    f"{format}::short::" for format in ["alphabet", "alphanumeric", "email", "iban", "number", "pan", "phone", "uuid"]
]
DIVISION = re.compile(r"\b(i?div|[us]div)[bwlq]?\b")


def main() -> int:
    listing = subprocess.run(
        ["objdump", "--disassemble", "--demangle", "--no-show-raw-insn", sys.argv[1]],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    searched, found = set(), []
    name = None
    for line in listing.splitlines():
        head = re.match(r"[0-9a-f]+ <(.*)>:$", line)
        if head:
            name = head[1] if PATH.search(head[1]) else None
            if name:
                searched.add(name)
        elif name and "\t" in line and DIVISION.search(line.split("\t", 1)[1].split()[0]):
            found.append(f"{name}: {line.strip()}")
    missing = [part for part in EXPECTED if not any(part in name for name in searched)]
    print(f"{len(searched)} functions searched, {len(found)} divisions")
    for line in found:
        print(line)
    for part in missing:
        print(f"no function of {part} in the program")
    return 1 if found or missing else 0


if __name__ == "__main__":
    sys.exit(main())
