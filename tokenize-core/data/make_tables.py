"""Make the frozen country tables beside this script.

Inputs, pinned (a newer version makes table 2, never a changed table 1):

    pip install python-stdnum==2.2 phonenumbers==9.0.43
    python make_tables.py

* `iban-1.tsv`: account structures, from the copy of the IBAN registry that python-stdnum bundles (`stdnum/iban.dat`).
* `phone-1.tsv`: calling codes and regions, from the libphonenumber metadata that phonenumbers bundles.
"""

from __future__ import annotations

import re
from importlib.metadata import version
from importlib.resources import files
from itertools import accumulate, combinations
from pathlib import Path
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]

import phonenumbers
from phonenumbers.phonemetadata import PhoneMetadata

HERE = Path(__file__).parent
STDNUM, PHONENUMBERS = "2.2", "9.0.43"

Shapes = set[tuple[str, int]]
"""What a pattern can match, as far as we ask: (first digit or "", length)."""


def main() -> None:
    for package, pinned in (("python-stdnum", STDNUM), ("phonenumbers", PHONENUMBERS)):
        if version(package) != pinned:
            raise SystemExit(f"{package} {pinned} is needed, found {version(package)}")
    write("iban-1.tsv", iban_head(), iban_rows())
    write("phone-1.tsv", phone_head(), [*calling_code_rows(), *region_rows()])


def write(name: str, head: list[str], rows: list[str]) -> None:
    text = "".join(f"# {line}\n" for line in head) + "".join(f"{row}\n" for row in rows)
    (HERE / name).write_text(text, encoding="utf-8", newline="\n")


# --- IBAN ---


def iban_head() -> list[str]:
    return [
        "IBAN structures, table 1: country, then the account part (BBAN) as runs of n (digits), a (A-Z), c (0-9 A-Z).",
        f"Source: IBAN registry (ISO 13616, SWIFT, release 101) as bundled in python-stdnum {STDNUM}, stdnum/iban.dat.",
        "Licence: facts of a public registry; python-stdnum itself, of which no code is here, is LGPL-2.1-or-later.",
        "Made by make_tables.py; do not edit.",
    ]


def iban_rows() -> list[str]:
    rows = []
    for line in (files("stdnum") / "iban.dat").read_text(encoding="utf-8").splitlines():
        found = re.fullmatch(r'([A-Z]{2}) .*bban="([^"]*)"', line)
        if found and re.fullmatch(r"([0-9]+![nac])+", found[2]):
            rows.append(f"{found[1]}\t{found[2].replace('!', '')}")
    return sorted(rows)


# --- phone ---


def phone_head() -> list[str]:
    return [
        "Phone numbers, table 1.",
        "code: calling code, digits a national number can begin with, possible lengths of a national number.",
        "No number begins with 0 where a region of the code has a national prefix that does.",
        "region: region, its calling code, its national prefix (may be empty).",
        f"Source: libphonenumber metadata as bundled in phonenumbers {PHONENUMBERS}.",
        "Licence: Apache-2.0 (libphonenumber, phonenumbers); reduced here to facts.",
        "Made by make_tables.py; do not edit.",
    ]


def calling_code_rows() -> list[str]:
    codes = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
    for a, b in combinations(map(str, codes), 2):
        assert not a.startswith(b) and not b.startswith(a), "calling codes are prefix-free"
    return [code_row(code) for code in codes]


def code_row(code: int) -> str:
    """Lengths by the main region, as `is_possible_number` has it (local-only ones apart); first digits by all regions.

    Where a region dials a trunk prefix 0, no national number begins with 0: the few that do in the metadata (universal
    toll-free numbers such as 000 800 in India) would make every national writing with its prefix ambiguous.
    """
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]
    main_region = metadata(code, regions[0]).general_desc
    lengths = sorted(set(main_region.possible_length) - set(main_region.possible_length_local_only))
    for length in range(1, 18):
        number = phonenumbers.PhoneNumber(country_code=code, national_number=int("1" * length))
        possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
        assert possible == (length in lengths)
    firsts = {
        first
        for region in regions
        for first, length in shapes(metadata(code, region).general_desc.national_number_pattern)
        if length in lengths
    }
    if any((metadata(code, region).national_prefix or "").startswith("0") for region in regions):
        firsts.discard("0")
    assert firsts and lengths
    return f"code\t{code}\t{''.join(sorted(firsts))}\t{','.join(map(str, lengths))}"


def region_rows() -> list[str]:
    rows = []
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        data = PhoneMetadata.metadata_for_region(region)
        rows.append(f"region\t{region}\t{data.country_code}\t{data.national_prefix or ''}")
    return rows


def metadata(code: int, region: str) -> PhoneMetadata:
    return PhoneMetadata.metadata_for_region_or_calling_code(code, region)


def shapes(pattern: str) -> Shapes:
    """First digits and lengths of everything a pattern of the metadata can match, by its syntax tree."""
    return sequence(parser.parse(pattern))


def sequence(nodes: list) -> Shapes:
    return list(accumulate((node_shapes(*node) for node in nodes), join, initial={("", 0)}))[-1]


def join(left: Shapes, right: Shapes) -> Shapes:
    return {(a or b, m + n) for a, m in left for b, n in right}


def node_shapes(kind: object, value: object) -> Shapes:
    if kind is op.LITERAL:
        return {(chr(value), 1)}
    if kind is op.IN:
        return {(digit, 1) for digit in "0123456789" if any(member(digit, *item) for item in value)}
    if kind is op.BRANCH:
        return set().union(*(sequence(branch) for branch in value[1]))
    if kind is op.SUBPATTERN:
        return sequence(value[3])
    if kind is op.MAX_REPEAT:
        low, high, body = value
        assert high < 20, "lengths are bounded"
        return set().union(*(sequence([*body] * times) for times in range(low, high + 1)))
    raise NotImplementedError(kind)


def member(digit: str, kind: object, value: object) -> bool:
    if kind is op.LITERAL:
        return digit == chr(value)
    if kind is op.RANGE:
        return value[0] <= ord(digit) <= value[1]
    assert kind is op.CATEGORY and value is op.CATEGORY_DIGIT, kind
    return True


if __name__ == "__main__":
    main()
