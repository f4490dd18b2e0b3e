"""Write `twins/ENTITY.txt`: values as people, programs and copy-and-paste really leave them.

python make_twins.py

Each line: the text, a tab, the stretch of it that is to be found, a tab, a word for the trick. Needs Faker==40.54.0,
python-stdnum==2.2 and phonenumbers==9.0.43. In the files of secrets some characters are written `\\x{2d}`, so that no
scanner takes them for secrets.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

from values import credentials, identifiers, network, payments, schemes
from values.pick import birth, digits, until, written

HERE = Path(__file__).parent
SEED = 20250630

NBSP, NARROW, THIN = "\u00a0", "\u202f", "\u2009"
HYPHEN, EN_DASH, MINUS = "\u2011", "\u2013", "\u2212"
ZERO_WIDTH = {
    "zero-width-space": "\u200b",
    "zero-width-joiner": "\u200d",
    "byte-order-mark": "\ufeff",
    "soft-hyphen": "\u00ad",
}

Trick = Callable[[str], str]


def full_width(text: str) -> str:
    """Letters, digits and signs as East Asian keyboards give them."""
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def full_width_digits(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if char.isdigit() else char for char in text)


def arabic_indic(text: str) -> str:
    return "".join(chr(0x660 + int(char)) if char.isdigit() else char for char in text)


def with_inside(sign: str) -> Trick:
    """The sign in the middle, between two letters or digits."""

    def put(text: str) -> str:
        middle = len(text) // 2
        at = min((at for at in range(1, len(text)) if text[at - 1 : at + 1].isalnum()), key=lambda at: abs(at - middle))
        return text[:at] + sign + text[at:]

    return put


def swapped(old: str, new: str) -> Trick:
    return lambda text: text.replace(old, new)


def mixed_case(text: str) -> str:
    return "".join(char.upper() if at % 3 == 0 else char.lower() for at, char in enumerate(text))


# What is done to the value.
INSIDE: dict[str, Trick] = {
    "nbsp": swapped(" ", NBSP),
    "narrow-nbsp": swapped(" ", NARROW),
    "thin-space": swapped(" ", THIN),
    "nb-hyphen": swapped("-", HYPHEN),
    "en-dash": swapped("-", EN_DASH),
    "minus": swapped("-", MINUS),
    "full-width": full_width,
    "full-width-digits": full_width_digits,
    "arabic-indic": arabic_indic,
    "lower": str.lower,
    "upper": str.upper,
    "mixed-case": mixed_case,
    **{name: with_inside(sign) for name, sign in ZERO_WIDTH.items()},
}
# What is put around it: {} is the value, {noun} a word that names it.
AROUND = {
    "cjk": "{noun}は{}です",
    "html": "<td>{noun}</td><td>{}</td>",
    "markdown": "- {noun}: **{}**",
    "code": "{noun} `{}`",
    "parens": "({noun}: {})",
    "quotes": "{noun} “{}”",
    "line-end": "{noun}: {}.",
    "question": "{noun} {}?",
    "json-escape": '{"note":"{noun}:\\n{}\\nend"}',
    "html-entity": "{noun}:&nbsp;{}&nbsp;",
    "no-space": "{noun}:{};",
}

SETS = {
    "spaced": "nbsp narrow-nbsp thin-space full-width-digits arabic-indic zero-width-space cjk json-escape html code",
    "dashed": "nb-hyphen en-dash minus full-width arabic-indic zero-width-space soft-hyphen cjk html json-escape",
    "dotted": "nb-hyphen en-dash minus full-width full-width-digits arabic-indic zero-width-space cjk json-escape html",
    "plain": f"full-width-digits arabic-indic {' '.join(ZERO_WIDTH)} cjk html line-end json-escape",
    "lettered": "nbsp narrow-nbsp lower full-width zero-width-space soft-hyphen cjk html line-end json-escape",
    "one-word": f"lower mixed-case full-width {' '.join(ZERO_WIDTH)} cjk html json-escape",
    "secret": "zero-width-space soft-hyphen byte-order-mark cjk html code quotes line-end json-escape no-space",
    "worded": "nbsp narrow-nbsp upper zero-width-space soft-hyphen cjk html markdown quotes json-escape",
    "mail": "upper mixed-case full-width zero-width-space soft-hyphen cjk html parens line-end json-escape",
    "web": "mixed-case full-width zero-width-space soft-hyphen cjk html parens quotes line-end json-escape",
    "ip": "full-width full-width-digits arabic-indic zero-width-space soft-hyphen cjk html parens line-end json-escape",
    "mac": "nb-hyphen en-dash minus mixed-case full-width zero-width-space cjk html line-end json-escape",
    "phone": "nbsp narrow-nbsp thin-space nb-hyphen en-dash full-width arabic-indic zero-width-space cjk json-escape",
}
NAMES = [("Ana", "Lopez"), ("Jane", "Miller"), ("Jan", "Novak")]
PEOPLE = ["Anna Schneider", "James Walker", "Marie Dubois", "Peter Novak"]
CITIES = ["New York", "San Diego", "Buenos Aires", "Kansas City"]
STREETS = ["Main", "Oak", "Park"]


def grouped_account(rng: Random) -> str:
    return payments.iban.format(payments.account(rng, rng.choice(["DE", "FR", "NL", "ES"])))


def address(rng: Random) -> str:
    return f"{rng.randint(2, 900)} {rng.choice(STREETS)} Street, Denver, CO 80202"


def number(entity: str, pattern: str) -> Callable[[Random], str]:
    """A valid one in that writing."""
    return lambda rng: written(identifiers.make(entity, rng), pattern)


# The set of tricks, the word that names it, and what makes the value.
PLANS: dict[str, tuple[str, str, Callable[[Random], str]]] = {
    "EMAIL_ADDRESS": ("mail", "mail", lambda rng: network.email(rng, *rng.choice(NAMES))),
    "URL": ("web", "web", lambda rng: f"https://{network.host(rng)}/a/{digits(rng, 3)}"),
    "IP_ADDRESS": ("ip", "IP", network.ipv4),
    "MAC_ADDRESS": ("mac", "MAC", lambda rng: "-".join(f"{rng.randrange(256):02x}" for _ in range(6))),
    "CREDIT_CARD": ("spaced", "card", lambda rng: written(payments.card(rng, "visa"), "#### #### #### ####")),
    "IBAN_CODE": ("lettered", "IBAN", grouped_account),
    "PHONE_NUMBER": ("phone", "phone", lambda rng: "+1 212-555-" + digits(rng, 4)),
    "US_SSN": ("dashed", "SSN", number("US_SSN", "###-##-####")),
    "US_ITIN": ("dashed", "ITIN", number("US_ITIN", "###-##-####")),
    "UK_NHS": ("spaced", "NHS number", number("UK_NHS", "### ### ####")),
    "UK_NINO": ("lettered", "NI number", number("UK_NINO", "## ## ## ## #")),
    "IN_AADHAAR": ("spaced", "Aadhaar", number("IN_AADHAAR", "#### #### ####")),
    "BR_CPF": ("dotted", "CPF", number("BR_CPF", "###.###.###-##")),
    "FR_NIR": ("spaced", "numéro de sécurité sociale", number("FR_NIR", "# ## ## ## ### ### ##")),
    "IT_FISCAL_CODE": ("one-word", "codice fiscale", identifiers.it_fiscal_code),
    "NL_BSN": ("plain", "BSN", number("NL_BSN", "#########")),
    "PL_PESEL": ("plain", "PESEL", identifiers.pl_pesel),
    "DE_TAX_ID": ("spaced", "Steuer-ID", number("DE_TAX_ID", "## ### ### ###")),
    "ES_NIF": ("one-word", "DNI", identifiers.es_nif),
    "ES_NIE": ("one-word", "NIE", identifiers.es_nie),
    "CA_SIN": ("spaced", "SIN", number("CA_SIN", "### ### ###")),
    "DATE_OF_BIRTH": ("dashed", "born", lambda rng: birth(rng).isoformat()),
    "PERSON": ("worded", "Name", lambda rng: rng.choice(PEOPLE)),
    "LOCATION": ("worded", "City", lambda rng: rng.choice(CITIES)),
    "ADDRESS": ("worded", "Address", address),
}
SECRET_NOUNS = {"GENERIC_SECRET": "password", "JWT": "token", "PRIVATE_KEY": "key"}


def plan_of(entity: str) -> tuple[str, str, Callable[[Random], str]]:
    if entity in PLANS:
        return PLANS[entity]
    maker = credentials.password if entity == "GENERIC_SECRET" else credentials.MAKERS[entity]
    return "secret", SECRET_NOUNS.get(entity, "key"), maker


def lines_of(entity: str) -> list[str]:
    rng = Random(f"{SEED}/{entity}")
    tricks, noun, maker = plan_of(entity)
    return [line_of(entity, trick, noun, value_for(trick, rng, maker)) for trick in SETS[tricks].split()]


def value_for(trick: str, rng: Random, maker: Callable[[Random], str]) -> str:
    """A value on which the trick has an effect."""
    change = INSIDE.get(trick)
    return until(lambda value: change is None or change(value) != value, lambda: maker(rng))


def line_of(entity: str, trick: str, noun: str, value: str) -> str:
    """One typing; the value is changed if the trick is one for the inside."""
    changed = INSIDE[trick](value) if trick in INSIDE else value
    if entity in schemes.SECRETS:
        changed = escaped(changed)
    text = AROUND.get(trick, "{noun}: {}").replace("{noun}", noun).replace("{}", changed)
    return f"{text}\t{changed}\t{trick}"


def escaped(secret: str) -> str:
    """With some characters, and all line ends, as `\\x{..}`."""
    return "".join(
        f"\\x{{{ord(char):x}}}" if at in (0, 3, 6, 9) or char == "\n" else char for at, char in enumerate(secret)
    )


def main(folder: Path = HERE) -> None:
    (folder / "twins").mkdir(exist_ok=True)
    for entity in schemes.DEEP:
        (folder / "twins" / f"{entity}.txt").write_text(
            "".join(line + "\n" for line in lines_of(entity)), encoding="utf-8"
        )


if __name__ == "__main__":
    main()
