"""The numbers in `tests/vectors/identifiers.json`, and the numbering of `docs/format.md`, section 5.14.

pip install pytest==9.2.0 python-stdnum==2.2
pytest tests/oracle/test_identifiers.py
"""

from __future__ import annotations

import json
import random
from itertools import product

import pytest

import identifiers_v1 as v1
import make_identifier_vectors as make

CLASSES = [pytest.param(c, id="-".join(filter(None, (c.scheme, c.name)))) for cs in v1.table().values() for c in cs]
COMMITTED = json.loads((make.VECTORS / "identifiers.json").read_text(encoding="utf-8"))["schemes"]


def test_the_committed_numbers_are_what_stdnum_says_today() -> None:
    assert (make.VECTORS / "identifiers.json").read_text(encoding="utf-8") == make.document()


@pytest.mark.parametrize("scheme", sorted(set(COMMITTED) - {"iban"}))
def test_the_table_says_the_same_as_stdnum(scheme: str) -> None:
    numbers = COMMITTED[scheme]
    assert min(len(numbers["valid"]), len(numbers["invalid"])) >= make.ENOUGH
    for number in numbers["valid"]:
        assert v1.valid(scheme, number), number
    for number in numbers["invalid"]:
        assert not v1.valid(scheme, number), number


def test_every_scheme_has_a_judge() -> None:
    assert set(v1.table()) | {"iban"} == set(COMMITTED)


@pytest.mark.parametrize("c", CLASSES)
def test_ranks_go_there_and_back(c: v1.Class) -> None:
    rng = random.Random(c.scheme)
    for rank in [0, 1, c.size - 1, *(rng.randrange(c.size) for _ in range(20))]:
        number = c.unrank(rank)
        assert c.valid(number)
        assert c.rank(number) == rank
        assert sum(other.valid(number) for other in v1.table()[c.scheme]) == 1


def test_tokens_are_valid_numbers() -> None:
    """The golden tokens of `id`, by python-stdnum and the rules of authorities."""
    cases = json.loads((make.VECTORS / "tokens.json").read_text(encoding="utf-8"))["cases"]
    schemes = set()
    for case in cases:
        scheme = case["format"].removeprefix("id:")
        if scheme == case["format"]:
            continue
        separators = v1.table()[scheme][0].separators
        number = "".join(char for char in case["token"].upper() if char not in separators)
        if not any(differs(number) for differs, _ in make.DIFFERS.get(scheme, [])):
            assert make.verdict(scheme)(number), case["token"]
        schemes.add(scheme)
    assert schemes == set(v1.table()) - {"us_ssn"}


@pytest.mark.parametrize(
    ("layout", "check", "rules"),
    [
        ("d3 c", "mod=11 w=4,3,2 to=0-987654321", "="),
        ("d3 c", "mod=11 w=4,3,2 to=0123456789-", "0000,1118"),
        ("d3 c2", "mod=11 w=3,7,6 to=0-987654321 ; mod=11 w=5,4,3,2 to=0-987654321", "="),
        ("[1-3] <05-12,20> [AB]2 c2 | [4] <70-72> [AC]2 c2", "mod=97 v=A-C:1 w=10^ less=97", "="),
        ("c d2 [XYZ]", "mod=7 v=X-Z:0 w=1,3,t t=" + ",".join("0" * 33) + ",1,2,3 to=-123456", "="),
        ("{[AB]2!AB,BA} d2", "=", "equal"),
        ("[12] d2 c", "verhoeff", "palindrome"),
        ("d3 c", "mod11_10", "equal"),
        ("@YYMMDD:1999-2000,m+20 c | @YYMMDD:2001-2001 c", "mod=10 fold w=2,1,2,1,2,1 to=0987654321", "="),
    ],
)
def test_small_classes_are_numbered_completely(layout: str, check: str, rules: str) -> None:
    """All numbers of a small class, found by trying, are those of the ranks 0 to N - 1, in the order that the text says."""
    layouts = [[e for word in alternative.split(" ") for e in v1.element(word)] for alternative in layout.split(" | ")]
    c = v1.Class("small", "", "", layouts, check.replace("=", "", check == "="), rules.strip("="))
    expected = []
    for alternative in layouts:
        for indices in product(*(range(e.count) for e in alternative)):
            text = "".join(e.text(index) for e, index in zip(alternative, indices, strict=True))
            number = c.with_check(text)
            if number is not None and not c.excepted(number):
                expected.append(number)
    assert [c.unrank(rank) for rank in range(c.size)] == expected
    assert [c.rank(number) for number in expected] == list(range(c.size))
    assert all(c.valid(number) for number in expected)
