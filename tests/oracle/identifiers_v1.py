"""Numbers of `docs/format.md`, section 5.14: what a line of table 1 (`tokenize-core/data/id-1.tsv`) means, from the text alone.

A class has the numbers of one line. `rank` and `unrank` number them; nothing here knows a key.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from itertools import product
from math import perm, prod
from pathlib import Path

TABLE = Path(__file__).parents[2] / "tokenize-core" / "data" / "id-1.tsv"
DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MONTHS = "ABCDEHLMPRST"


class Element(ABC):
    """What may stand at some places: `count` texts of `width` characters, numbered from 0."""

    width: int
    count: int

    @abstractmethod
    def index(self, text: str) -> int | None: ...

    @abstractmethod
    def text(self, index: int) -> str: ...


@dataclass
class Words(Element):
    """A set, a list or a block: all texts, in order."""

    texts: list[str]
    sets: bool = True

    def __post_init__(self) -> None:
        self.width, self.count = len(self.texts[0]), len(self.texts)
        self.places = {text: index for index, text in enumerate(self.texts)}
        assert len(self.places) == self.count
        assert all(len(text) == self.width for text in self.texts)

    def index(self, text: str) -> int | None:
        return self.places.get(text)

    def text(self, index: int) -> str:
        return self.texts[index]


class Dates(Element):
    """`@` in the table."""

    def __init__(self, text: str) -> None:
        self.fields, rest = text.split(":")
        years, *offsets = rest.split(",")
        first, last = map(int, years.split("-"))
        self.first, self.last = date(first, 1, 1), date(last, 12, 31)
        self.add = {"d": 0, "m": 0} | {o[0]: int(o[2:]) for o in offsets}
        self.width = len(self.fields)
        self.count = (self.last - self.first).days + 1

    def text(self, index: int) -> str:
        day = self.first + timedelta(days=index)
        out = self.fields.replace("YYYY", f"{day.year:04}").replace("YY", f"{day.year % 100:02}")
        out = out.replace("MM", f"{day.month + self.add['m']:02}").replace("DD", f"{day.day + self.add['d']:02}")
        return out.replace("L", MONTHS[day.month - 1], 1) if "L" in self.fields else out

    def index(self, text: str) -> int | None:
        return self.places.get(text)

    @cached_property
    def places(self) -> dict[str, int]:
        places = {self.text(index): index for index in range(self.count)}
        assert len(places) == self.count
        return places


class Idnr(Element):
    """Ten digits, the first not 0, one of them twice or three times (not three in a row), the others once at most."""

    width = 10

    def __init__(self) -> None:
        self.count = self.completions("")

    @staticmethod
    def fits(text: str) -> bool:
        most = max((text.count(digit) for digit in set(text)), default=0)
        again = sum(text.count(digit) > 1 for digit in set(text))
        return not text.startswith("0") and most <= 3 and again <= 1 and not re.search(r"(.)\1\1", text)

    def completions(self, prefix: str) -> int:
        """How many texts begin so. Counts where the digit that occurs again stands among the places left."""
        if not self.fits(prefix):
            return 0
        left = 10 - len(prefix)
        again = [digit for digit in set(prefix) if prefix.count(digit) > 1]
        if not prefix:
            return 9 * self.completions("1")
        if not again:
            unseen = 10 - len(prefix)
            if left == 0:
                return 0
            # The digit that comes again next, or an unseen one.
            return sum(self.completions(prefix + digit) for digit in sorted(set(prefix))) + unseen * self.completions(
                prefix + next(digit for digit in DIGITS if digit not in prefix)
            )
        unseen = 10 - len(set(prefix))
        if prefix.count(again[0]) == 3:
            return perm(unseen, left)
        places = left - (prefix.endswith(again[0] * 2) and left > 0)
        return perm(unseen, left) + (places * perm(unseen, left - 1) if left else 0)

    def index(self, text: str) -> int | None:
        if not re.fullmatch("[0-9]{10}", text) or not self.fits(text) or len(set(text)) == 10:
            return None
        return sum(
            self.completions(text[:place] + digit) for place in range(10) for digit in DIGITS if digit < text[place]
        )

    def text(self, index: int) -> str:
        out = ""
        while len(out) < 10:
            for digit in DIGITS:
                size = self.completions(out + digit)
                if index < size:
                    out += digit
                    break
                index -= size
            else:
                raise IndexError
        return out


@dataclass
class Check(Element):
    """The place of check characters; no choice."""

    width: int
    count: int = 1

    def index(self, text: str) -> int | None:
        return 0

    def text(self, index: int) -> str:
        return "?" * self.width


def characters(text: str) -> str:
    """`0-9A-F` in full."""
    return re.sub(r"(.)-(.)", lambda m: "".join(map(chr, range(ord(m[1]), ord(m[2]) + 1))), text)


def sets(text: str) -> list[str]:
    """`d3`, `A`, `X2`, `[A-F]4`, side by side: the characters of each place."""
    named = {"d": DIGITS, "A": LETTERS, "X": DIGITS + LETTERS}
    out = []
    for bracket, name, times in re.findall(r"(?:\[([^\]]*)\]|([dAX]))(\d*)", text):
        out += [characters(bracket) if bracket else named[name]] * int(times or 1)
    return out


def element(word: str) -> list[Element]:
    if word[0] == "@":
        return [Dates(word[1:])]
    if word[0] == "<":
        texts: list[str] = []
        for part in word[1:-1].split(","):
            first, _, last = part.partition("-")
            texts += [f"{n:0{len(first)}}" for n in range(int(first), int(last) + 1)] if last else [first]
        assert texts == sorted(texts)
        return [Words(texts, sets=False)]
    if word[0] == "{":
        alphabets, excluded = word[1:-1].split("!")
        words = set(excluded.split(","))
        return [Words([text for text in map("".join, product(*sets(alphabets))) if text not in words])]
    if word[0] == "c":
        return [Check(int(word[1:] or 1))]
    if word == "idnr":
        return [Idnr()]
    return [Words(list(alphabet)) for alphabet in sets(word)]


# --- check characters ---


@dataclass
class Sum:
    """A weighted sum and what its remainder becomes; `None` where no number has that remainder."""

    words: dict[str, str]

    @cached_property
    def modulus(self) -> int:
        return int(self.words["mod"])

    @cached_property
    def values(self) -> dict[str, int]:
        values = {symbol: value for value, symbol in enumerate(DIGITS + LETTERS)}
        for part in filter(None, self.words.get("v", "").split(",")):
            letters, value = part.split(":")
            values |= {letter: int(value) + place for place, letter in enumerate(characters(letters))}
        return values

    def terms(self, text: str) -> list[int]:
        """What each of the characters adds."""
        weights = self.words["w"].split(",")
        if weights == ["10^"]:
            weights = [str(10**power) for power in reversed(range(len(text)))]
        assert len(weights) == len(text)
        terms = []
        for weight, symbol in zip(weights, text, strict=True):
            if weight == "t":
                terms.append(int(self.words["t"].split(",")[(DIGITS + LETTERS).index(symbol)]))
            else:
                product_ = int(weight) * self.values.get(symbol, 0)
                terms.append(product_ // 10 + product_ % 10 if "fold" in self.words else product_)
        return terms

    def finish(self, remainder: int) -> str | None:
        remainder %= self.modulus
        if "less" in self.words:
            return f"{int(self.words['less']) - remainder:02}"
        symbol = self.words["to"][remainder]
        return None if symbol == "-" else symbol

    @property
    def gaps(self) -> bool:
        return "-" in self.words.get("to", "")

    @property
    def plus(self) -> int:
        return int(self.words.get("plus", 0))


def mod11_10(digits: str) -> str:
    """ISO/IEC 7064, section 9."""
    product_ = 10
    for digit in digits:
        product_ = ((product_ + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - product_) % 10)


def turn(a: int, b: int) -> int:
    """The dihedral group as motions of a pentagon: the remainder by 5 says how far it turns, 5 and above that it is mirrored first."""
    (mirrored_a, turn_a), (mirrored_b, turn_b) = divmod(a, 5), divmod(b, 5)
    return (turn_a + (-turn_b if mirrored_a else turn_b)) % 5 + 5 * (mirrored_a ^ mirrored_b)


GROUP = [[turn(a, b) for b in range(10)] for a in range(10)]
INVERSE = [row.index(0) for row in GROUP]
ONCE = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
TIMES = [list(range(10))]
for _ in range(7):
    TIMES.append([ONCE[value] for value in TIMES[-1]])


def verhoeff(digits: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(digits), 1):
        total = GROUP[total][TIMES[place % 8][int(digit)]]
    return str(INVERSE[total])


def sums(text: str) -> list[Sum]:
    if "mod=" not in text:
        return []
    return [Sum({k: v for k, _, v in (w.partition("=") for w in part.split(" "))}) for part in text.split(" ; ")]


# --- classes ---


@dataclass
class Class:
    """A line of the table."""

    scheme: str
    name: str
    separators: str
    layouts: list[list[Element]]
    check: str
    rules: str

    @cached_property
    def length(self) -> int:
        return sum(e.width for e in self.layouts[0])

    @cached_property
    def has_letters(self) -> bool:
        """Whether in each alternative some set, alone or in a block, has letters only."""

        def lettered(e: Element) -> bool:
            # Lists count not, even of letters: the text says sets, alone or in a block.
            return (
                isinstance(e, Words)
                and e.sets
                and any(all(text[place] in LETTERS for text in e.texts) for place in range(e.width))
            )

        return all(any(map(lettered, layout)) for layout in self.layouts)

    @cached_property
    def check_place(self) -> tuple[int, int]:
        at = 0
        for e in self.layouts[0]:
            if isinstance(e, Check):
                return at, e.width
            at += e.width
        return at, 0

    @cached_property
    def sums(self) -> list[Sum]:
        return sums(self.check)

    @cached_property
    def alias(self) -> tuple[list[int], str] | None:
        found = re.fullmatch(r"alias (\S+) (\S+)", self.rules)
        return ([int(p) for p in found[1].split(",")], found[2]) if found else None

    def plain(self, number: str) -> tuple[str, str]:
        """The number with digits for alias letters, and for each of those places `1` if it had a letter, else `0`."""
        if not self.alias:
            return number, ""
        out, mask = list(number), ""
        for place in self.alias[0]:
            aliased = out[place] in self.alias[1]
            mask += "1" if aliased else "0"
            if aliased:
                out[place] = str(self.alias[1].index(out[place]))
        return "".join(out), mask

    def aliased(self, number: str, mask: str) -> str:
        if not self.alias:
            return number
        out = list(number)
        for place, bit in zip(self.alias[0], mask or "0" * len(self.alias[0]), strict=True):
            if bit == "1":
                out[place] = self.alias[1][int(out[place])]
        return "".join(out)

    def with_check(self, number: str) -> str | None:
        """The number with its check characters, whatever stood there; None if there are none."""
        at, width = self.check_place
        if not width:
            return number
        before, after = number[:at], number[at + width :]
        made = ""
        if self.check == "mod11_10":
            made = mod11_10(before)
        elif self.check == "verhoeff":
            made = verhoeff(before)
        for s in self.sums:
            more = s.finish(s.plus + sum(s.terms(before + made + after)))
            if more is None:
                return None
            made += more
        assert len(made) == width
        return before + made + after

    def excepted(self, number: str) -> bool:
        if self.rules == "equal":
            return len(set(number)) == 1
        if self.rules == "palindrome":
            return number == number[::-1]
        return number in self.rules.split(",")

    def parts(self, number: str, layout: list[Element]) -> list[int] | None:
        indices, at = [], 0
        for e in layout:
            index = e.index(number[at : at + e.width])
            if index is None:
                return None
            indices.append(index)
            at += e.width
        return indices

    def valid(self, number: str) -> bool:
        if len(number) != self.length or not number.isascii():
            return False
        plain, _ = self.plain(number)
        if not any(self.parts(plain, layout) for layout in self.layouts):
            return False
        return self.with_check(number) == number and not self.excepted(number)

    # Numbering: layouts one after the other, in each lexicographically by the indices of the elements; numbers that have no
    # check characters, and exceptions, are skipped.

    @cached_property
    def gaps(self) -> bool:
        return any(s.gaps for s in self.sums)

    def states(self, layout: list[Element]) -> list[dict[tuple[int, ...], int]]:
        """From each element on, by remainders so far: how many ways on end in a number that has check characters."""
        after = [s.modulus for s in self.sums]
        last = {state: int(self.finishes(state)) for state in product(*(range(modulus) for modulus in after))}
        tables = [last]
        starts = [sum(e.width for e in layout[:i]) for i in range(len(layout))]
        for e, start in zip(reversed(layout), reversed(starts), strict=True):
            steps: dict[tuple[int, ...], int] = {}
            for index in range(e.count):
                step = self.step(e, start, index)
                steps[step] = steps.get(step, 0) + 1
            ahead = tables[0]
            tables.insert(
                0,
                {
                    state: sum(
                        times * ahead[tuple((a + b) % m for a, b, m in zip(state, step, after, strict=True))]
                        for step, times in steps.items()
                    )
                    for state in last
                },
            )
        return tables

    @cached_property
    def tables(self) -> list[list[dict[tuple[int, ...], int]]]:
        return [self.states(layout) for layout in self.layouts]

    def step(self, e: Element, start: int, index: int) -> tuple[int, ...]:
        """What the text of an element adds to each sum, check characters not counted."""
        if isinstance(e, Check):
            return (0,) * len(self.sums)
        at, width = self.check_place
        out = []
        for before, s in enumerate(self.sums):
            probe = "".join(c for c in "0" * start + e.text(index) + "0" * (self.length - start - e.width))
            counted = probe[:at] + "0" * before + probe[at + width :]
            # Places other than the element's hold a character of value 0.
            terms = s.terms(counted)
            mine = [p for p in range(start, start + e.width)]
            kept = [p for p in range(self.length) if not at + before <= p < at + width]
            out.append(sum(t for p, t in zip(kept, terms, strict=True) if p in mine) % s.modulus)
        return tuple(out)

    def finishes(self, state: tuple[int, ...]) -> bool:
        """Whether check characters exist for sums (without check characters) of these remainders."""
        at, _ = self.check_place
        made = ""
        for remainder, s in zip(state, self.sums, strict=True):
            probe = "0" * at + made + "0" * (self.length - at - self.check_place[1])
            more = s.finish(s.plus + remainder + sum(s.terms(probe)[at : at + len(made)]))
            if more is None:
                return False
            made += more
        return True

    def place(self, number: str) -> int | None:
        """The place among all numbers of the class, exceptions included."""
        plain, _ = self.plain(number)
        before = 0
        for i, layout in enumerate(self.layouts):
            indices = self.parts(plain, layout)
            if indices is None:
                before += self.layout_size(i)
                continue
            if not self.gaps:
                place = 0
                for e, index in zip(layout, indices, strict=True):
                    place = place * e.count + index
                return before + place
            place, state, start = 0, (0,) * len(self.sums), 0
            for e, index, ahead in zip(layout, indices, self.tables[i][1:], strict=True):
                for lower in range(index + 1):
                    moved = self.move(state, self.step(e, start, lower))
                    if lower < index:
                        place += ahead[moved]
                state, start = moved, start + e.width
            return before + place
        return None

    def move(self, state: tuple[int, ...], step: tuple[int, ...]) -> tuple[int, ...]:
        return tuple((a + b) % s.modulus for a, b, s in zip(state, step, self.sums, strict=True))

    def layout_size(self, i: int) -> int:
        if not self.gaps:
            return prod(e.count for e in self.layouts[i])
        return self.tables[i][0][(0,) * len(self.sums)]

    def number(self, place: int) -> str:
        for i, layout in enumerate(self.layouts):
            if place >= self.layout_size(i):
                place -= self.layout_size(i)
                continue
            out = ""
            if self.gaps:
                state, start = (0,) * len(self.sums), 0
                for e, ahead in zip(layout, self.tables[i][1:], strict=True):
                    for index in range(e.count):
                        moved = self.move(state, self.step(e, start, index))
                        if place < ahead[moved]:
                            out += e.text(index)
                            break
                        place -= ahead[moved]
                    else:
                        raise AssertionError
                    state, start = moved, start + e.width
            else:
                for e in reversed(layout):
                    place, index = divmod(place, e.count)
                    out = e.text(index) + out
            return out
        raise IndexError

    @cached_property
    def skipped(self) -> list[int]:
        """The places of exceptions, ascending."""
        if self.rules == "equal":
            numbers: Iterator[str] = iter([symbol * self.length for symbol in DIGITS + LETTERS])
        elif self.rules == "palindrome":
            halves = (f"{half:0{self.length // 2}}" for half in range(10 ** (self.length // 2)))
            numbers = (half + half[::-1] for half in halves)
        else:
            numbers = iter(self.rules.split(",") if self.rules and not self.alias else [])
        places = (self.place(n) for n in numbers if self.fits(n) and self.with_check(n) == n)
        return sorted(place for place in places if place is not None)

    def fits(self, number: str) -> bool:
        return len(number) == self.length and any(self.parts(self.plain(number)[0], layout) for layout in self.layouts)

    @cached_property
    def size(self) -> int:
        return sum(self.layout_size(i) for i in range(len(self.layouts))) - len(self.skipped)

    def rank(self, number: str) -> int:
        place = self.place(number)
        assert place is not None
        return place - bisect_left(self.skipped, place)

    def unrank(self, rank: int, mask: str = "") -> str:
        place = rank
        for skipped in self.skipped:
            if skipped > place:
                break
            place += 1
        number = self.with_check(self.aliased(self.number(place), mask))
        assert number is not None
        return number


@cache
def table() -> dict[str, list[Class]]:
    """The classes of each scheme."""
    out: dict[str, list[Class]] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        scheme, name, separators, layouts, check, rules = ("" if c == "=" else c for c in line.split("\t"))
        built = [[e for word in alternative.split(" ") for e in element(word)] for alternative in layouts.split(" | ")]
        out.setdefault(scheme, []).append(Class(scheme, name, separators.replace("_", " "), built, check, rules))
    return out


def valid(scheme: str, number: str) -> bool:
    return any(c.valid(number) for c in table()[scheme])
