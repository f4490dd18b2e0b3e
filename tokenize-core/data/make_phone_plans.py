"""Make `phone_plans.tsv` beside this script: which numbers each calling code has, as detection asks for it.

    pip install phonenumbers==9.0.43
    python make_phone_plans.py

A plan may change with each release of the metadata. It decides what is found, never what a token looks like: tokens have
`phone-1.tsv`, which is frozen.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from random import Random
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]

import phonenumbers
from phonenumbers.phonemetadata import NumberFormat, PhoneMetadata, PhoneNumberDesc

HERE = Path(__file__).parent
PHONENUMBERS = "9.0.43"
DEPTH = 3
"""How many first digits are told apart."""
SHORTEST, LONGEST = 4, 15

KINDS = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip", "pager", "uan",
    "voicemail",
)  # fmt: skip

HEAD = f"""\
Plans of phone numbers: calling code, trunk prefix (may be empty), then the numbers: how long they are, `/`, how many digits
their area codes have, `=`, and their first digits or ranges of them, up to {DEPTH}. Lengths and areas are one character each,
hexadecimal. Areas are said of the codes whose numbers are searched for without their calling code.
Source: libphonenumber metadata as bundled in phonenumbers {PHONENUMBERS}.
Licence: Apache-2.0 (libphonenumber, phonenumbers); reduced here to facts.
Made by make_phone_plans.py; do not edit."""

NATIONAL = {
    1, 7, 20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 52, 54, 55, 60, 61, 62, 63, 64, 65, 66,
    81, 82, 84, 86, 90, 91, 92, 234, 254, 351, 353, 358, 380, 420, 852, 966, 971, 972,
}  # fmt: skip
"""Calling codes whose numbers people write without them in texts that one meets abroad."""

EXTRA_AREAS = {
    (34, "9"): {2}, (34, "8"): {2}, (36, ""): {2}, (39, "3"): {3}, (44, "1"): {3, 4}, (48, ""): {2, 3}, (49, "15"): {3},
    (49, "17"): {3}, (49, "16"): {3}, (43, "6"): {3}, (54, "11"): {2}, (91, ""): {2, 3, 4}, (86, "1"): {3}, (52, ""): {2, 3},
    (62, "8"): {3}, (32, "4"): {3}, (31, ""): {2, 3}, (353, ""): {1, 2}, (81, ""): {1, 2, 3}, (82, "2"): {1},
}  # fmt: skip
"""Area codes as people set them apart where the metadata's formats have it otherwise."""

Starts = dict[str, int]
"""What a pattern can match: the first digits, and a bit for each length of the whole."""


def main() -> None:
    if version("phonenumbers") != PHONENUMBERS:
        raise SystemExit(f"phonenumbers {PHONENUMBERS} is needed, found {version('phonenumbers')}")
    rows = [row(code) for code in sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)]
    text = "".join(f"# {line}\n" for line in HEAD.splitlines()) + "".join(f"{line}\n" for line in rows)
    (HERE / "phone_plans.tsv").write_text(text, encoding="utf-8", newline="\n")


def row(code: int) -> str:
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]
    lengths = [0] * 10**DEPTH
    for region in regions:
        for prefix, mask in starts_of(metadata(code, region)).items():
            for at in span(prefix):
                lengths[at] |= mask
    areas = areas_of(code, lengths) if code in NATIONAL else [0] * 10**DEPTH
    numbers: dict[str, list[str]] = defaultdict(list)
    for (length, area), run in groupby(range(10**DEPTH), key=lambda at: (lengths[at], areas[at])):
        places = list(run)
        if length:
            numbers[f"{digits(length)}/{digits(area)}" if area else digits(length)].append(shortened(places[0], places[-1]))
    said = " ".join(f"{key}={','.join(firsts)}" for key, firsts in sorted(numbers.items()))
    return f"{code}\t{metadata(code, regions[0]).national_prefix or ''}\t{said}"


def metadata(code: int, region: str) -> PhoneMetadata:
    return PhoneMetadata.metadata_for_region_or_calling_code(code, region)


def span(prefix: str) -> range:
    width = 10 ** (DEPTH - len(prefix))
    return range(int(prefix) * width, (int(prefix) + 1) * width)


def digits(mask: int) -> str:
    return "".join(f"{bit:x}" for bit in range(16) if mask >> bit & 1)


def shortened(first: int, last: int) -> str:
    """The range in as few digits as its ends allow."""
    low, high = f"{first:0{DEPTH}}", f"{last:0{DEPTH}}"
    while len(low) > 1 and low[-1] == "0" and high[-1] == "9":
        low, high = low[:-1], high[:-1]
    return low if low == high else f"{low}-{high}"


# --- lengths ---


def starts_of(data: PhoneMetadata) -> Starts:
    """First digits and lengths of all kinds of numbers; `general_desc` is wider than what they are together."""
    found: Starts = defaultdict(int)
    for kind in KINDS:
        desc: PhoneNumberDesc | None = getattr(data, kind)
        if desc is None or desc.national_number_pattern is None:
            continue
        possible = sum(1 << length for length in desc.possible_length)
        for prefix, mask in sequence(parser.parse(desc.national_number_pattern)).items():
            wanted = mask & possible & ~((1 << SHORTEST) - 1) & ((1 << LONGEST + 1) - 1)
            if wanted:
                found[prefix] |= wanted
    return found


def sequence(nodes: Iterable) -> Starts:
    found: Starts = {"": 1}
    for node in nodes:
        found = join(found, *node)
    return found


def join(left: Starts, kind: object, value: object) -> Starts:
    """What `left` and one node behind it match."""
    if kind is op.MAX_REPEAT:
        low, high, body = value
        found: Starts = defaultdict(int)
        for times in range(high + 1):
            if times >= low:
                add(found, left)
            for node in body:
                left = join(left, *node)
        return found
    right = node_starts(kind, value)
    joined: Starts = defaultdict(int)
    all_lengths = 0
    for mask in right.values():
        all_lengths |= mask
    for prefix, mask in left.items():
        if len(prefix) == DEPTH:
            joined[prefix] |= convolve(mask, all_lengths)
            continue
        for more, other in right.items():
            joined[(prefix + more)[:DEPTH]] |= convolve(mask, other)
    return joined


def convolve(a: int, b: int) -> int:
    """A bit for each sum of a length of `a` and one of `b`."""
    found = 0
    for bit in range(b.bit_length()):
        if b >> bit & 1:
            found |= a << bit
    return found


def add(to: Starts, more: Starts) -> None:
    for prefix, mask in more.items():
        to[prefix] |= mask


def node_starts(kind: object, value: object) -> Starts:
    if kind is op.LITERAL:
        return {chr(value): 2}
    if kind is op.IN:
        return {digit: 2 for digit in "0123456789" if any(member(digit, *item) for item in value)}
    found: Starts = defaultdict(int)
    if kind is op.BRANCH:
        for branch in value[1]:
            add(found, sequence(branch))
        return found
    if kind is op.SUBPATTERN:
        return sequence(value[3])
    raise NotImplementedError(kind)


def member(digit: str, kind: object, value: object) -> bool:
    if kind is op.LITERAL:
        return digit == chr(value)
    if kind is op.RANGE:
        return value[0] <= ord(digit) <= value[1]
    assert kind is op.CATEGORY and value is op.CATEGORY_DIGIT, kind
    return True


# --- areas ---


def areas_of(code: int, lengths: list[int]) -> list[int]:
    """How many digits stand apart first when numbers are formatted, by their first digits."""
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]
    formats = [form for region in regions for form in metadata(code, region).number_format]
    random = Random(code)
    areas = [0] * 10**DEPTH
    for at, mask in enumerate(lengths):
        first = f"{at:0{DEPTH}}"
        for length in range(7, LONGEST + 1):
            if mask >> length & 1:
                for _ in range(3):
                    rest = "".join(random.choice("0123456789") for _ in range(length - DEPTH))
                    areas[at] |= area_of(formats, first + rest)
        if mask:
            for (extra_code, prefix), extra in EXTRA_AREAS.items():
                if extra_code == code and first.startswith(prefix):
                    areas[at] |= sum(1 << area for area in extra)
    return areas


def area_of(formats: list[NumberFormat], number: str) -> int:
    for form in formats:
        leading = form.leading_digits_pattern
        if leading and not re.match(leading[-1], number):
            continue
        found = re.fullmatch(form.pattern, number)
        if found:
            return 1 << len(found[1]) if len(found[1]) <= 5 and form.pattern.count("(") > 1 else 0
    return 0


if __name__ == "__main__":
    main()
