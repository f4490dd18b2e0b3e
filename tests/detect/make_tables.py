"""Write `tables/*.csv`, `tables/opaque/*.csv` and `tables/truth.json` from `tables.toml`; the same bytes each time.

python make_tables.py

Needs Faker==40.54.0, python-stdnum==2.2, phonenumbers==9.0.43 and Python 3.11 or later.

The opaque rendering has the same rows, headers c1, c2, ..., three cells in ten without a value, and of the others one
in twenty spoiled: that of the next column, cut short, or garbage.
"""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from stdnum import ean

import negatives
from values import credentials, fill, identifiers, network, payments, people, schemes
from values.pick import ALNUM, HEX, TODAY, UPPER, digits, letters
from values.prose import Prose

HERE = Path(__file__).parent
SEED = 20250630
EMPTY, SPOILED = 0.3, 0.05

OPAQUE = (
    "FIRST_NAME LAST_NAME PERSON ADDRESS CITY ZIP_CODE DATE_OF_BIRTH AGE GENDER ORGANIZATION USERNAME PASSWORD".split()
)
SHAPE = [
    *schemes.SECRETS,
    *"EMAIL_ADDRESS URL IP_ADDRESS MAC_ADDRESS PHONE_NUMBER UUID".split(),
    *"US_SSN US_ITIN UK_NINO US_EIN US_MBI BIC IN_PAN".split(),
]
GENDERS = {"fr_FR": ["H", "F"], "en_US": ["M", "F", "M", "F", "X"]}


@dataclass
class Cell:
    """What a maker of cells may use: the person of the row, and its number."""

    rng: Random
    prose: Prose
    locale: str
    number: int
    person: people.Person


Maker = Callable[[Cell], str]


def age(cell: Cell) -> str:
    return str((TODAY - cell.person.born).days // 365)


def born(cell: Cell) -> str:
    """In the writing of the country, except English: ISO."""
    return cell.person.born.strftime(
        people.DAY_FIRST.get(cell.locale[:2], "%d/%m/%Y" if cell.locale[:2] in ("fr", "es", "it", "pt") else "%Y-%m-%d")
    )


def username(cell: Cell) -> str:
    first, last = network.ascii_of(cell.person.first), network.ascii_of(cell.person.last)
    return cell.rng.choice(
        [f"{first[0]}{last}", f"{first}.{last[0]}", f"{last}{digits(cell.rng, 2)}", f"{first}_{digits(cell.rng, 3)}"]
    )


def free_text(cell: Cell) -> str:
    """Prose; one in three says something of a person."""
    rng, person = cell.rng, cell.person
    if rng.random() < 0.66:
        return cell.prose.sentence()
    telling = [
        f"spoke with {person.full}, will write to {person.email()}",
        f"call back on {people.phone(rng, cell.locale)}",
        f"moved to {people.city(rng, cell.locale)}, ask {person.first}",
        f"{cell.prose.sentence()} ({person.full})",
    ]
    return rng.choice(telling)


def account(cell: Cell) -> str:
    country = {"de_DE": "DE", "nl_NL": "NL"}.get(cell.locale)
    return payments.account(cell.rng, country)


ENTITIES: dict[str, Maker] = {
    "ADDRESS": lambda cell: people.street(cell.locale),
    "AGE": age,
    "CITY": lambda cell: people.city(cell.rng, cell.locale),
    "CREDIT_CARD": lambda cell: payments.card(cell.rng),
    "DATE_OF_BIRTH": born,
    "DATE_OF_BIRTH:us": lambda cell: cell.person.born.strftime("%m/%d/%Y"),
    "EMAIL_ADDRESS": lambda cell: cell.person.email(),
    "FIRST_NAME": lambda cell: cell.person.first,
    "GENDER": lambda cell: cell.rng.choice(GENDERS.get(cell.locale, ["male", "female"])),
    "IBAN_CODE": account,
    "IP_ADDRESS": lambda cell: network.ipv4(cell.rng) if cell.rng.random() < 0.9 else network.ipv6(cell.rng),
    "LAST_NAME": lambda cell: cell.person.last,
    "MAC_ADDRESS": lambda cell: ":".join(letters(cell.rng, HEX, 2) for _ in range(6)),
    "ORGANIZATION": lambda cell: str(people.faker(cell.locale).company()),
    "PASSWORD": lambda cell: credentials.password(cell.rng),
    "PERSON": lambda cell: cell.person.full,
    "PHONE_NUMBER": lambda cell: people.phone(cell.rng, cell.locale),
    "USERNAME": username,
    "UUID": lambda cell: payments.uuid(cell.rng).lower(),
    "ZIP_CODE": lambda cell: str(people.faker(cell.locale).postcode()),
}

WORDS = {
    "base": "A C G T",
    "bool": "true false",
    "color": "red green blue black white grey",
    "country": "DE FR US ES IT NL GB PL BR IN SE JP CA AU",
    "currency": "EUR EUR EUR USD CHF",
    "department": "sales support finance research logistics",
    "http": "200 200 200 204 301 404 500",
    "iprating": "IP54 IP65 IP67 IP68",
    "method": "GET GET GET POST PUT",
    "scheme": "VISA MC AMEX JCB",
    "state": "AL AZ CA CO FL GA IL MA MI NC NY OH OR PA TX UT WA",
    "status": "active closed pending new open",
    "symbol": "VLRA ORBT CDRX MPLE HRBR LMNQ",
}

OTHERS: dict[str, Maker] = {
    "agent": lambda cell: f"Mozilla/5.0 (X11; Linux x86_64; rv:{cell.rng.randint(90, 130)}.0) Gecko/20100101",
    "chrom": lambda cell: f"chr{cell.rng.randint(1, 22)}",
    "code": lambda cell: letters(cell.rng, UPPER, 1) + digits(cell.rng, 3),
    "ean": lambda cell: with_check("40" + digits(cell.rng, 10)),
    "epoch": lambda cell: "17" + digits(cell.rng, 8),
    "expiry": lambda cell: f"{cell.rng.randint(1, 12):02}/{cell.rng.randint(25, 31)}",
    "hash": lambda cell: letters(cell.rng, HEX, 16),
    "icd": lambda cell: f"{cell.rng.choice('ABCEIJKMN')}{digits(cell.rng, 2)}.{digits(cell.rng, 1)}",
    "isbn": lambda cell: with_check("9780" + digits(cell.rng, 8)),
    "money": lambda cell: f"{cell.rng.uniform(1, 9999):.2f}",
    "order": lambda cell: f"PO-{digits(cell.rng, 6)}",
    "path": lambda cell: "/" + cell.rng.choice(network.PATHS).replace("{n}", digits(cell.rng, 3)),
    "product": lambda cell: cell.rng.choice(negatives.PRODUCTS) + f" {cell.number}",
    "rs": lambda cell: "rs" + digits(cell.rng, 8),
    "sci": lambda cell: f"{cell.rng.uniform(1, 9):.3f}e-{cell.rng.randint(1, 9):02}",
    "serial": lambda cell: str(1000 + cell.number),
    "sku": lambda cell: letters(cell.rng, UPPER, 2) + "-" + digits(cell.rng, 4),
    "text": free_text,
    "timestamp": lambda cell: negatives.OWN["isodate"](cell.rng) + "T" + negatives.OWN["clock"](cell.rng) + "Z",
    "title": lambda cell: cell.prose.sentence()[:40].strip(".,;!?"),
    "date": lambda cell: negatives.OWN["isodate"](cell.rng),
    "lat": lambda cell: negatives.OWN["lat"](cell.rng),
    "lon": lambda cell: negatives.OWN["lon"](cell.rng),
    "year": lambda cell: negatives.OWN["year"](cell.rng),
}


def with_check(body: str) -> str:
    return body + ean.calc_check_digit(body)


def maker_of(kind: str) -> Maker:
    """What fills a column of the kind."""
    name, *bounds = kind.split(":")
    if kind in ENTITIES:
        return ENTITIES[kind]
    if name in OTHERS:
        return OTHERS[name]
    if name in WORDS:
        return lambda cell: cell.rng.choice(WORDS[name].split())
    if name == "int":
        return lambda cell: str(cell.rng.randint(int(bounds[0]), int(bounds[1])))
    if name == "float":
        return lambda cell: f"{cell.rng.uniform(float(bounds[0]), float(bounds[1])):.3f}"
    if name == "digits":
        return lambda cell: digits(cell.rng, int(bounds[0]))
    if name in credentials.MAKERS:
        return lambda cell: credentials.MAKERS[name](cell.rng)
    if name in identifiers.MAKERS:
        return lambda cell: identifiers.first_writing(name, cell.rng)
    if name in schemes.WRITERS:
        return lambda cell: schemes.WRITERS[name](cell.rng)
    return partial(other_filler, name)


def other_filler(name: str, cell: Cell) -> str:
    return fill.filler(cell.rng, name, cell.locale)


def entity_of(kind: str) -> dict[str, str]:
    """The truth about a column."""
    name = kind.split(":")[0]
    if not name.isupper():
        return {"entity": "text" if name == "text" else "none", "class": "none"}
    return {"entity": name, "class": "opaque" if name in OPAQUE else "shape" if name in SHAPE else "checksum"}


def rows_of(name: str, table: dict[str, Any], kinds: list[str]) -> list[list[str]]:
    rng = Random(f"{SEED}/{name}")
    prose, locale = Prose(rng, names=False), table.get("locale", "en_US")
    makers = [maker_of(kind) for kind in kinds]
    rows = []
    for number in range(table["rows"]):
        cell = Cell(rng, prose, locale, number, people.Person(rng, locale))
        row = [make(cell) for make in makers]
        rows.append([value if rng.random() >= table.get("nulls", 0) else rng.choice(table["tokens"]) for value in row])
    return rows


def spoiled(rows: list[list[str]], rng: Random) -> list[list[str]]:
    """With cells left out, swapped, cut short or replaced by garbage."""
    return [[spoiled_cell(row, at, rng) for at in range(len(row))] for row in rows]


def spoiled_cell(row: list[str], at: int, rng: Random) -> str:
    lot = rng.random()
    if lot < EMPTY:
        return ""
    if lot < EMPTY + (1 - EMPTY) * SPOILED:
        return rng.choice(
            [row[(at + 1) % len(row)], row[at][: len(row[at]) // 2], letters(rng, ALNUM + "#?*", rng.randint(3, 12))]
        )
    return row[at]


def write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    path.write_text(out.getvalue(), encoding="utf-8")


def main(folder: Path = HERE) -> None:
    people.faker.cache_clear()
    tables = folder / "tables"
    (tables / "opaque").mkdir(parents=True, exist_ok=True)
    truth: dict[str, Any] = {}
    for name, table in tomllib.loads((HERE / "tables.toml").read_text(encoding="utf-8")).items():
        header, kinds = zip(*(column.rsplit(" = ", 1) for column in table["columns"]), strict=True)
        rows, hidden = rows_of(name, table, list(kinds)), [f"c{at}" for at in range(1, len(header) + 1)]
        write(tables / f"{name}.csv", list(header), rows)
        write(tables / "opaque" / f"{name}.csv", hidden, spoiled(rows, Random(f"{SEED}/opaque/{name}")))
        for title, names in ((f"{name}.csv", header), (f"opaque/{name}.csv", hidden)):
            truth[title] = {"columns": {column: entity_of(kind) for column, kind in zip(names, kinds, strict=True)}}
    lines = ",\n".join(f"{json.dumps(title)}: {json.dumps(table)}" for title, table in truth.items())
    (tables / "truth.json").write_text(f"{{\n{lines}\n}}\n")


if __name__ == "__main__":
    main()
