"""Templates with slots, and what they become: a text and its findings.

A slot is written `‹NAME›` or `‹NAME:option›`. Names in capitals are labelled, names in small letters are not.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import phonenumbers

from values import credentials, network, people, schemes
from values.people import Person
from values.pick import HEX, TODAY, UPPER, digits, letters
from values.schemes import Scheme

TEMPLATES = Path(__file__).parents[1] / "templates"


@dataclass(frozen=True)
class Template:
    """A text with slots."""

    kind: str
    source: str
    body: str

    @property
    def slots(self) -> set[str]:
        return {found[1:-1].split(":")[0] for found in re.findall(r"‹[^›]+›", self.body)}


@dataclass(frozen=True)
class Piece:
    """A stretch of text, labelled if it has an entity."""

    text: str
    entity: str = ""
    marks: tuple[str, ...] = ()


def load(source: str) -> list[Template]:
    """The templates of one file: each begins with a line `== kind`."""
    parts = re.split(r"^== (\w+)\n", (TEMPLATES / f"{source}.txt").read_text(), flags=re.MULTILINE)[1:]
    return [Template(kind, source, body.removesuffix("\n")) for kind, body in zip(parts[::2], parts[1::2], strict=True)]


@dataclass
class Filler:
    """What the slots of one text are filled with."""

    rng: Random
    locale: str
    known: dict[str, Scheme]
    scheme: str = ""
    second: str = ""
    secret: str = ""
    persons: dict[str, Person] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def language(self) -> str:
        return self.locale[:2]

    def person(self, number: str) -> Person:
        if number not in self.persons:
            self.persons[number] = Person(self.rng, self.locale)
        return self.persons[number]

    def fill(self, body: str) -> list[Piece]:
        """The text in pieces."""
        pieces, last = [], 0
        for match in re.finditer(r"‹([^›]+)›", body):
            pieces.append(Piece(body[last : match.start()]))
            pieces += self.slot(match[1])
            last = match.end()
        return [*pieces, Piece(body[last:])]

    def slot(self, slot: str) -> list[Piece]:
        name, _, option = slot.partition(":")
        if name.islower() or name in ("hex16", "hex32"):
            return [Piece(filler(self.rng, name, self.locale))]
        if name.startswith(("ID", "BARE")):
            return self.scheme_slot(name, option)
        if name == "SECRET":
            return secret_pieces(self.rng, self.secret, option)
        return [self.free(name.rstrip("2"), "2" if name.endswith("2") else "", option)]

    def free(self, name: str, number: str, option: str) -> Piece:
        rng, person = self.rng, self.person(number)
        if name == "PERSON":
            return Piece(person.name(option), name)
        if name == "DATE_OF_BIRTH":
            return Piece(people.written_date(rng, person.born, self.locale, option), name)
        if name == "ADDRESS":
            lines = people.address_lines(rng, self.locale)
            joined = {"street": lines[0] if self.language != "ja" else lines[1], "lines": "\n".join(lines)}
            return Piece(joined.get(option) or ", ".join(lines), name)
        if name == "LOCATION":
            return Piece(people.location(rng, self.locale), name)
        if name == "EMAIL_ADDRESS":
            return Piece(person.email(), name)
        if name == "IP_ADDRESS" and option:
            return Piece(network.ipv4(rng) if option == "v4" else network.ipv6(rng), name)
        return self.value(name)

    def value(self, entity: str) -> Piece:
        text = schemes.write(entity, self.rng, self.locale)
        unassigned = entity == "PHONE_NUMBER" and not valid_phone(text, self.locale)
        return Piece(text, entity, ("unassigned",) if unassigned else ())

    def scheme_slot(self, name: str, option: str) -> list[Piece]:
        """`ID` is a word and the number, `IDKEY` and `IDVALUE` are these apart, `BARE` is the number alone."""
        scheme = self.known[self.second if "2" in name else self.scheme]
        if name.endswith("KEY"):
            key = self.keys.setdefault(name, self.rng.choice(scheme.keys))
            return [Piece(key)]
        piece = self.value(scheme.entity)
        if name == "BARE" and scheme.is_bare(piece.text):
            return [Piece(piece.text, piece.entity, (*piece.marks, "bare"))]
        if name.endswith("VALUE") or name == "BARE":
            return [piece]
        noun = self.rng.choice(scheme.nouns[self.language])
        between = "：" if self.language == "ja" else self.rng.choice([" ", ": ", ": ", " - ", " = "])
        return [Piece(noun + (": " if option == "colon" and self.language != "ja" else between)), piece]


def valid_phone(text: str, locale: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, locale[3:]))
    except phonenumbers.NumberParseException:
        return False


def filler(rng: Random, name: str, locale: str) -> str:
    """What is in a text besides personal data."""
    language = locale[:2]
    day = TODAY - datetime.timedelta(days=rng.randrange(900))
    clock = f"{rng.randrange(24):02}:{rng.randrange(60):02}"
    second, milli = f"{rng.randrange(60):02}", digits(rng, 3)
    cents = f"{rng.randint(1, 9999)}{'.' if language in ('en', 'ja') else ','}{digits(rng, 2)}"
    made = {
        "amount": {"en": f"${cents}", "ja": f"{rng.randint(1, 99)}00円", "pl": f"{cents} zł", "pt": f"R$ {cents}"}.get(
            language, f"{cents} €"
        ),
        "clf": f"{day:%d}/{day:%b}/{day.year}:{clock}:{second} +0000",
        "date": people.written_date(rng, day, locale),
        "digit": str(rng.randint(1, 9)),
        "float": f"{rng.uniform(0, 999):.{rng.randint(1, 4)}f}",
        "int": str(rng.randint(1, 10 ** rng.randint(1, 4))),
        "order": rng.choice(
            ["PO-" + digits(rng, 5), f"{day.year}-{digits(rng, 4)}", letters(rng, UPPER, 2) + digits(rng, 4)]
        ),
        "port": str(rng.randint(1024, 65535)),
        "syslog": f"{day:%b} {day.day:>2} {clock}:{second}",
        "time": clock,
        "timestamp": rng.choice(
            [f"{day}T{clock}:{second}.{milli}Z", f"{day} {clock}:{second},{milli}", f"{day}T{clock}:{second}+02:00"]
        ),
        "user": network.username(rng),
        "version": f"{rng.randint(0, 9)}.{rng.randint(0, 30)}.{rng.randint(0, 20)}",
        "hex16": letters(rng, HEX, 16),
        "hex32": letters(rng, HEX, 32),
    }
    return made[name]


SECRET_KEYS = {
    "AWS_ACCESS_KEY": ["AWS_ACCESS_KEY_ID", "AWS_KEY", "S3_ACCESS_KEY_ID"],
    "GENERIC_SECRET": [
        "DB_PASSWORD",
        "API_KEY",
        "CLIENT_SECRET",
        "SECRET_KEY",
        "AWS_SECRET_ACCESS_KEY",
        "SMTP_PASSWORD",
    ],
    "GITHUB_TOKEN": ["GITHUB_TOKEN", "GH_TOKEN", "CI_REPO_TOKEN"],
    "GOOGLE_API_KEY": ["GOOGLE_API_KEY", "MAPS_KEY", "FIREBASE_API_KEY"],
    "JWT": ["ACCESS_TOKEN", "SESSION_JWT", "ID_TOKEN"],
    "PRIVATE_KEY": ["SSH_PRIVATE_KEY", "TLS_KEY", "SIGNING_KEY"],
    "SLACK_TOKEN": ["SLACK_TOKEN", "SLACK_BOT_TOKEN", "NOTIFY_TOKEN"],
}


def secret_pieces(rng: Random, entity: str, option: str) -> list[Piece]:
    """The secret as a line of a settings file, of source code, of a command or of a request."""
    key, text = rng.choice(SECRET_KEYS[entity]), credentials.MAKERS[entity](rng)
    if entity == "PRIVATE_KEY":
        return private_key_pieces(key, text, option)
    if entity == "GENERIC_SECRET" and option == "env" and rng.random() < 0.15:
        text = letters(rng, "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNP23456789", 14)
        return [Piece("DATABASE_URL=postgres://app:"), Piece(text, entity), Piece(f"@db-{digits(rng, 1)}:5432/main")]
    small, camel = key.lower(), key.title().replace("_", "")
    camel = camel[0].lower() + camel[1:]
    sides = {
        "code": [
            (f'{key} = "', '"'),
            (f"const {camel} = '", "';"),
            (f'String {camel} = "', '";'),
            (f'{camel} := "', '"'),
        ],
        "csv": [(f"{small},", "")],
        "curl": [("curl -H 'X-Api-Key: {}' ".split("{}")[0], f"' localhost:{rng.randint(3000, 9000)}/v1/items")],
        "env": [(f"{key}=", ""), (f"{key}=", ""), (f'{key}="', '"')],
        "header": [("X-Api-Key: ", ""), ("X-Auth-Token: ", "")],
        "json": [(f'"{small}":"', '"'), (f'"{camel}": "', '"')],
        "yaml": [(f"{small}: ", ""), (f'{small}: "', '"'), (f"{small}: '", "'")],
    }
    if entity in ("JWT", "GITHUB_TOKEN", "SLACK_TOKEN"):
        sides["header"] = [("Authorization: Bearer ", ""), ("authorization: bearer ", "")]
        sides["curl"] = [("curl -sH 'Authorization: Bearer ", f"' localhost:{rng.randint(3000, 9000)}/v1/items")]
    before, after = rng.choice(sides[option])
    return [Piece(before), Piece(text, entity), Piece(after)]


def private_key_pieces(key: str, text: str, option: str) -> list[Piece]:
    """A key of several lines; in one line with `\\n` where the file wants that."""
    flat = text.replace("\n", "\\n")
    before, value, after = {
        "env": (f'{key}="', flat, '"'),
        "json": (f'"{key.lower()}":"', flat, '"'),
        "yaml": (f"{key.lower()}: |\n", text, ""),
        "code": (f'{key} = """', text, '"""'),
    }.get(option, (f"{key.lower()} ", text, ""))
    return [Piece(before), Piece(value, "PRIVATE_KEY"), Piece(after)]


def record_of(pieces: list[Piece], locale: str, kind: str) -> dict[str, object]:
    """The pieces put together, offsets counted in code points."""
    text, findings = "", []
    for piece in pieces:
        if piece.entity:
            found: dict[str, object] = {"entity": piece.entity, "start": len(text), "end": len(text) + len(piece.text)}
            findings.append(found | dict.fromkeys(piece.marks, True))
        text += piece.text
    return {"text": text, "locale": locale, "kind": kind, "findings": findings}
