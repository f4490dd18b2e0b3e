"""Write `lookalikes/ENTITY.txt`: texts that a naive rule takes for the entity, from `templates/lookalikes.txt`.

python make_lookalikes.py

Needs python-stdnum==2.2. A line in which a number passes the check of the entity by chance is drawn again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from random import Random

from stdnum import iban, luhn
from stdnum.br import cpf
from stdnum.ca import sin
from stdnum.de import idnr
from stdnum.es import dni, nie
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.in_ import aadhaar
from stdnum.it import codicefiscale
from stdnum.nl import bsn
from stdnum.pl import pesel
from stdnum.us import itin, ssn

import negatives
from values import fill, identifiers, payments, schemes
from values.pick import HEX, digits, letters, until, written
from values.prose import Prose

HERE = Path(__file__).parent
SEED = 20250630
MOST_WORDS = 8
NINO = re.compile(r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]")

VALID: dict[str, Callable[[str], bool]] = {
    "BR_CPF": cpf.is_valid,
    "CA_SIN": sin.is_valid,
    "CREDIT_CARD": lambda text: 12 <= len(text) <= 19 and text.isdigit() and luhn.is_valid(text),
    "DE_TAX_ID": idnr.is_valid,
    "ES_NIE": nie.is_valid,
    "ES_NIF": dni.is_valid,
    "FR_NIR": nir.is_valid,
    "IBAN_CODE": lambda text: iban.is_valid(text, check_country=False),
    "IN_AADHAAR": aadhaar.is_valid,
    "IT_FISCAL_CODE": lambda text: len(text) == 16 and codicefiscale.is_valid(text),
    "NL_BSN": bsn.is_valid,
    "PL_PESEL": pesel.is_valid,
    "UK_NHS": nhs.is_valid,
    "UK_NINO": lambda text: bool(NINO.fullmatch(text)),
}
# Nothing but the writing tells these from any nine digits.
GROUPED = {"US_ITIN": itin.is_valid, "US_SSN": ssn.is_valid}
SIZES = {
    "CREDIT_CARD": 16,
    "IBAN_CODE": 22,
    "UK_NHS": 10,
    "IN_AADHAAR": 12,
    "BR_CPF": 11,
    "FR_NIR": 15,
    "PL_PESEL": 11,
    "DE_TAX_ID": 11,
}


def holds(entity: str, text: str) -> bool:
    """Whether a word, or some neighbouring words put together, are a valid number of the entity."""
    if entity in GROUPED:
        return any(
            GROUPED[entity](number) for number in re.findall(r"(?<![\w-])\d{3}[- ]\d{2}[- ]\d{4}(?![\w-])", text)
        )
    valid = VALID.get(entity)
    if valid is None:
        return False
    words = re.findall(r"[A-Z0-9]+", text.upper())
    joined = (
        "".join(words[at:end])
        for at in range(len(words))
        for end in range(at + 1, min(at + MOST_WORDS, len(words)) + 1)
    )
    return any(len(one) >= 8 and len(set(one)) > 1 and valid(one) for one in joined)


def wrong(entity: str, rng: Random) -> str:
    """A usual writing of a number that breaks the rules in one place."""
    if entity == "UK_NINO":
        return rng.choice(["BG", "ZZ", "QO", "DV"]) + digits(rng, 6) + rng.choice("ABCD")
    if entity == "US_SSN":
        return written(rng.choice(["000", "666"]) + digits(rng, 6), "###-##-####")
    if entity == "US_ITIN":
        return written("9" + digits(rng, 2) + rng.choice(["12", "35", "69", "93"]) + digits(rng, 4), "###-##-####")
    makers = {"CREDIT_CARD": payments.written_card, "IBAN_CODE": payments.written_account}
    text = makers[entity](rng) if entity in makers else identifiers.write(entity, rng)
    return until(lambda value: value != text and not holds(entity, value), lambda: one_changed(text, rng))


def one_changed(text: str, rng: Random) -> str:
    """The text with another digit in one place, not among the first four characters."""
    at = rng.choice([place for place, char in enumerate(text) if char.isdigit() and place > 3])
    return text[:at] + rng.choice("0123456789") + text[at + 1 :]


def slot(name: str, entity: str, rng: Random, prose: Prose) -> str:
    if name == "wrong":
        return wrong(entity, rng)
    if name == "n":
        return rng.choice("123456789") + digits(rng, SIZES.get(entity, 9) - 1)
    if name == "hex32":
        return letters(rng, HEX, 32)
    if re.fullmatch(r"d\d+", name):
        return digits(rng, int(name[1:]))
    return negatives.value(rng, prose, name, "en_US")


def lines_of(entity: str, templates: list[str], rng: Random) -> list[str]:
    prose = Prose(rng, names=False)

    def filled(template: str) -> str:
        return re.sub(r"‹(\w+)›", lambda match: slot(match[1], entity, rng, prose), template)

    def line(template: str) -> str:
        return until(lambda text: not holds(entity, text), lambda: filled(template))

    return [line(template) for template in templates]


def main(folder: Path = HERE) -> None:
    parts = {part.kind: part.body.splitlines() for part in fill.load("lookalikes")}
    (folder / "lookalikes").mkdir(exist_ok=True)
    for entity in schemes.DEEP:
        templates = [line for own in parts[entity] for line in (parts["common"] if own == "‹common›" else [own])]
        lines = lines_of(entity, templates, Random(f"{SEED}/{entity}"))
        (folder / "lookalikes" / f"{entity}.txt").write_text("".join(line + "\n" for line in lines))


if __name__ == "__main__":
    main()
