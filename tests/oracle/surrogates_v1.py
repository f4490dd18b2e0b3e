"""Stand-ins by docs/format.md, section 13, and by nothing else. Shares no code with the library that it checks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count, islice
from pathlib import Path

import tokenize_v1 as v1

TABLE = Path(__file__).resolve().parents[2] / "tokenize-core" / "data" / "surrogate-1"
KINDS = ("city", "email", "family_name", "given_name", "person", "phone")
LOCALES = ("de_DE", "en_US", "fr_FR")
DOMAINS = ("example.com", "example.net", "example.org")


@lru_cache
def lists(locale: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in (TABLE / f"{locale}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            found[line[1:-1]] = []
        elif not line.startswith("#"):
            found[list(found)[-1]].append(line)
    for name in ("given", "family"):
        found["mail " + name] = [entry.lower() for entry in found[name] if re.fullmatch("[A-Za-z]+", entry)]
    return found


def possible(kind: str, locale: str) -> int:
    its = lists(locale)
    if kind == "phone":
        return sum(10 ** line.split("\t")[0].count("?") for line in its["phone"])
    parts: dict[str, list[Sequence[object]]] = {
        "city": [its["city"]],
        "email": [its["mail given"], its["mail family"], DOMAINS, range(10_000)],
        "family_name": [its["family"]],
        "given_name": [its["given"]],
        "person": [its["given"], its["family"]],
    }
    product = 1
    for part in parts[kind]:
        product *= len(part)
    return product


def fold(text: str) -> str:
    composed = unicodedata.normalize("NFC", text.lower())
    return " ".join(filter(None, re.split(f"[{v1.WHITE_SPACE}]+", composed)))


def words(text: str) -> set[str]:
    return set(filter(None, re.split("[ ,]", fold(text))))


def digits(text: str) -> str:
    return "".join(re.findall("[0-9]", text))


def has_comma(folded: str) -> bool:
    before, _, after = folded.partition(",")
    return folded.count(",") == 1 and before.strip(" ") != "" and after.strip(" ") != ""


def canonical(kind: str, value: str) -> str:
    folded = fold(value)
    if kind == "person" and has_comma(folded):
        family, given = (side.strip(" ") for side in folded.split(","))
        return f"{given} {family}"
    if kind == "phone" and digits(folded):
        return ("+" if folded.startswith("+") else "") + digits(folded)
    return folded


def in_letters_of(value: str, text: str) -> str:
    small, capitals = sum(map(str.islower, value)), sum(map(str.isupper, value))
    if not small and capitals >= 2:
        return text.upper()
    return text.lower() if small and not capitals else text


def phone_number(locale: str, rank: int) -> tuple[str, str]:
    for line in lists(locale)["phone"]:
        international, national = line.split("\t")
        open_digits = international.count("?")
        if rank < 10**open_digits:
            shown = str(rank).zfill(open_digits) if open_digits else ""

            def filled(writing: str, shown: str = shown) -> str:
                left = iter(shown)
                return "".join(next(left) if char == "?" else char for char in writing)

            return filled(international), filled(national)
        rank -= 10**open_digits
    raise AssertionError("beyond the last number")


@dataclass(frozen=True)
class Surrogate:
    root: bytes
    kind: str
    locale: str
    domain: str

    def ranks(self, value: str) -> Iterator[int]:
        key = v1.subkey(self.root, "surrogate", self.kind, self.locale, "1", self.domain)
        for vain in count():
            tag = v1.hmac_sha256(key, v1.enc(canonical(self.kind, value).encode(), str(vain).encode()))
            yield int.from_bytes(tag[:16], "big") % possible(self.kind, self.locale)

    def of(self, value: str) -> str:
        for rank in islice(self.ranks(value), 1000):
            stand_in = self.at(rank, value)
            if not self.is_refused(rank, stand_in, value):
                return stand_in
        raise v1.Misfit("holds nearly all names")

    def at(self, rank: int, value: str) -> str:
        if self.kind == "phone":
            folded = fold(value)
            international, national = phone_number(self.locale, rank)
            writing = international if folded.startswith("+") else national
            return re.sub("[^0-9+]", "", writing) if re.fullmatch("[+]?[0-9]*", folded) else writing
        return in_letters_of(value, self.text(rank, value))

    def text(self, rank: int, value: str) -> str:
        its = lists(self.locale)
        if self.kind == "email":
            rank, number = divmod(rank, 10_000)
            rank, domain = divmod(rank, 3)
            given, family = divmod(rank, len(its["mail family"]))
            return f"{its['mail given'][given]}.{its['mail family'][family]}{number:04}@{DOMAINS[domain]}"
        if self.kind == "person":
            given, family = divmod(rank, len(its["family"]))
            if has_comma(fold(value)):
                return f"{its['family'][family]}, {its['given'][given]}"
            if not re.search("[ ,]", fold(value)):
                return its["family"][family]
            return f"{its['given'][given]} {its['family'][family]}"
        return its[self.kind.removesuffix("_name")][rank]

    def is_refused(self, rank: int, stand_in: str, value: str) -> bool:
        if self.kind == "phone":
            return digits(value) in map(digits, phone_number(self.locale, rank))
        if self.kind in ("city", "email"):
            return fold(stand_in) == fold(value)
        return bool(words(stand_in) & words(value))
