"""Texts without personal data: prose, logs, code, tables of measurements. `make_labelled.py` writes them."""

from __future__ import annotations

import base64
import re
from random import Random
from typing import Any

from stdnum import ean, isbn, luhn

from values import fill
from values.pick import ALNUM, HEX, UPPER, digits, letters
from values.prose import Prose

PRODUCTS = [
    "oak table",
    "desk lamp",
    "Garden Hose 20",
    "Paper Roll A4",
    "USB-C cable",
    "statistics II",
    "blender 300",
    "garden chair",
]
HEXES = {"hex4": 4, "hex6": 6, "hex8": 8, "sha7": 7, "sha1": 40, "md5": 32, "sha256": 64}
LONG_NUMBER = re.compile(r"\d{13,19}")


def texts(rng: Random, count: int) -> list[dict[str, Any]]:
    """So many texts, each template as often as any other."""
    templates, seen = fill.load("negative"), set[str]()
    made: list[dict[str, Any]] = []
    prose = Prose(rng, names=False)
    while len(made) < count:
        template = templates[len(made) % len(templates)]
        locale = locale_of(template.body)
        text = re.sub(r"‹(\w+)›", lambda match: value(rng, prose, match[1], locale), template.body)  # noqa: B023
        if text not in seen and not any(luhn.is_valid(number) for number in LONG_NUMBER.findall(text)):
            seen.add(text)
            made.append({"text": text, "locale": locale, "kind": template.kind})
        elif text in seen:
            templates.remove(template)
    return made


def locale_of(body: str) -> str:
    """Of the language that the template is in, for amounts and dates."""
    marks = {
        "de_DE": "Kommst|Sehr|Artikel|Das Ger|Rechnung",
        "fr_FR": "On se|Madame|La machine|L'export",
        "es_ES": "Quedamos|Estimados|El informe",
        "it_IT": "Ci vediamo|Gentili",
        "nl_NL": "Tot |Geachte",
        "pl_PL": "Widzimy|Szanowni",
        "pt_BR": "Te vejo|Prezados",
    }
    return next((locale for locale, words in marks.items() if re.match(f"¿?({words})", body)), "en_US")


def value(rng: Random, prose: Prose, name: str, locale: str) -> str:
    """What is in a slot."""
    if name == "prose":
        return prose.paragraph(rng.randint(60, 160))
    if name in HEXES:
        return letters(rng, HEX, HEXES[name])
    own = OWN.get(name)
    return own(rng) if own else fill.filler(rng, name, locale)


def isbn13(rng: Random) -> str:
    body = rng.choice(["978", "979"]) + rng.choice("013589") + digits(rng, 8)
    text = body + ean.calc_check_digit(body)
    return rng.choice([text, f"{text[:3]}-{text[3]}-{text[4:8]}-{text[8:12]}-{text[12]}"])


def isbn10(rng: Random) -> str:
    body = rng.choice("0138") + digits(rng, 8)
    return body + isbn._calc_isbn10_check_digit(body)


def part(rng: Random) -> str:
    return rng.choice(
        [
            f"{letters(rng, UPPER, 2)}-{digits(rng, 4)}-{rng.choice(UPPER)}",
            f"{digits(rng, 3)}.{digits(rng, 3)}.{digits(rng, 2)}",
            f"X{digits(rng, 5)}{letters(rng, UPPER, 2)}",
        ]
    )


def spaced_bytes(rng: Random) -> str:
    return " ".join(letters(rng, HEX, 2) for _ in range(8))


OWN = {
    "b64": lambda rng: base64.b64encode(rng.randbytes(rng.choice([30, 48, 60]))).decode(),
    "bytes8": spaced_bytes,
    "clock": lambda rng: f"{rng.randrange(24):02}:{rng.randrange(60):02}:{rng.randrange(60):02}",
    "epoch": lambda rng: f"17{digits(rng, 8)}.{digits(rng, 3)}",
    "epoch_ms": lambda rng: f"17{digits(rng, 11)}",
    "float1": lambda rng: f"{rng.uniform(0, 99):.1f}",
    "isbn10": isbn10,
    "isbn13": isbn13,
    "isodate": lambda rng: f"{rng.randint(2019, 2025)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
    "lat": lambda rng: f"{rng.uniform(-80, 80):.{rng.randint(4, 6)}f}",
    "lon": lambda rng: f"{rng.uniform(-180, 180):.{rng.randint(4, 6)}f}",
    "part": part,
    "product": lambda rng: rng.choice(PRODUCTS),
    "sci": lambda rng: f"{rng.uniform(1, 9):.3f}e{rng.choice('+-')}{rng.randint(2, 19):02}",
    "seat": lambda rng: f"{rng.randint(1, 40)}{rng.choice('ABCDEF')}",
    "tracking": lambda rng: rng.choice(
        ["1Z" + letters(rng, ALNUM.upper(), 16), letters(rng, UPPER, 2) + digits(rng, 9) + letters(rng, UPPER, 2)]
    ),
    "year": lambda rng: str(rng.randint(1890, 2025)),
}
