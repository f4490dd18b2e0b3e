"""Write `labelled/*.jsonl` and `negative.jsonl`: made-up texts, with every personal detail labelled.

python make_labelled.py            (half a minute; the same bytes each time)

Needs Faker==40.54.0, python-stdnum==2.2, phonenumbers==9.0.43 and Python 3.11 or later: with other versions the texts
are as good, but others.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import negatives
from values import fill, people, schemes
from values.fill import Filler, Template

HERE = Path(__file__).parent
SEED = 20250630
TEXTS, NEGATIVES = 4000, 1500
FIRST_NEGATIVE_ID = 10_000
TARGET_GENERAL, TARGET_DEEP, TARGET_BARE, TARGET_OTHER = 220, 156, 40, 60
ANYWHERE = ["any", "secrets"]

Record = dict[str, Any]


class Writer:
    """Makes texts until every entity has been seen often enough."""

    def __init__(self) -> None:
        self.rng = Random(SEED)
        self.known = schemes.load()
        languages = sorted({locale[:2] for locale in people.CITIES})
        self.templates = {source: fill.load(source) for source in [*languages, *ANYWHERE]}
        self.seen: Counter[str] = Counter()
        self.used: Counter[Template] = Counter()
        self.targets = targets(self.known)

    def records(self) -> Iterator[Record]:
        texts: set[str] = set()
        while len(texts) < TEXTS or self.neediest():
            record = self.record(self.neediest())
            if record["text"] not in texts:
                texts.add(record["text"])
                self.count(record)
                yield record

    def count(self, record: Record) -> None:
        for found in record["findings"]:
            self.seen[found["entity"] + (":bare" if found.get("bare") else "")] += 1

    def neediest(self) -> str:
        """The entity furthest from its target, if any has not reached it."""
        share, entity = min((self.seen[name] / target, name) for name, target in self.targets.items())
        return entity if share < 1 else ""

    def record(self, wanted: str) -> Record:
        entity, _, bare = wanted.partition(":")
        locale = self.rng.choice(self.locales(entity))
        template = self.template(entity, bool(bare), locale)
        filler = Filler(self.rng, locale, self.known, *self.choices(template, entity, locale))
        return fill.record_of(filler.fill(template.body), locale, template.kind)

    def locales(self, entity: str) -> list[str]:
        """Those in whose languages the entity has a name; the templates with secrets are in English."""
        if entity in schemes.SECRETS:
            return [locale for locale in people.CITIES if locale.startswith("en")]
        return self.known[entity].locales if entity in self.known else list(people.CITIES)

    def template(self, entity: str, bare: bool, locale: str) -> Template:
        """One that has a place for the entity: the least used of a kind drawn by lot."""
        sources = ["secrets"] if entity in schemes.SECRETS else [locale[:2], "any"]
        fitting = [one for source in sources for one in self.templates[source] if self.fits(one, entity, bare)]
        kind = self.rng.choice(sorted({one.kind for one in fitting}))
        template = min(
            (one for one in fitting if one.kind == kind), key=lambda one: (self.used[one], self.rng.random())
        )
        self.used[template] += 1
        return template

    def fits(self, template: Template, entity: str, bare: bool) -> bool:
        slots = template.slots
        if not entity:
            return "BARE" not in slots
        if bare:
            return "BARE" in slots
        if entity == "PRIVATE_KEY":
            return not any(f"SECRET:{option}" in template.body for option in ("header", "curl", "csv"))
        if entity in schemes.SECRETS:
            return True
        named = bool({"ID", "IDVALUE"} & slots)
        return entity in slots or (entity in self.known and named and ("BARE" not in slots))

    def choices(self, template: Template, entity: str, locale: str) -> tuple[str, str, str]:
        """The schemes of the slots `ID` and `ID2`, and the secret."""
        local = [name for name, scheme in self.known.items() if locale in scheme.locales and locale[:2] in scheme.nouns]
        first = entity if entity in self.known else self.rng.choice(local)
        if "BARE" in template.slots and first in schemes.OTHER:
            first = self.rng.choice([name for name in local if name in schemes.DEEP])
        second = self.rng.choice([name for name in local if name != first])
        secret = entity if entity in schemes.SECRETS else self.rng.choice(schemes.SECRETS)
        return first, second, secret


def targets(known: dict[str, schemes.Scheme]) -> dict[str, int]:
    """How often each entity is to be seen; those weak without a word also so."""
    wanted = dict.fromkeys(schemes.DEEP, TARGET_DEEP) | dict.fromkeys(schemes.OTHER, TARGET_OTHER)
    wanted |= dict.fromkeys(schemes.GENERAL, TARGET_GENERAL)
    wanted |= {f"{name}:bare": TARGET_BARE for name, scheme in known.items() if scheme.weak or scheme.bare}
    return wanted


def line_of(record: Record) -> str:
    """JSON in one line; a secret has some of its characters as `\\uXXXX`, so that no scanner takes it for one."""
    text, last, parts = record["text"], 0, []
    for found in record["findings"]:
        if found["entity"] in schemes.SECRETS:
            parts += [plain(text[last : found["start"]]), escaped(text[found["start"] : found["end"]])]
            last = found["end"]
    head = f'{{"id":{record["id"]},"text":"{"".join(parts)}{plain(text[last:])}",'
    rest = {key: record[key] for key in ("locale", "kind", "findings")}
    return head + json.dumps(rest, ensure_ascii=False, separators=(",", ":"))[1:]


def plain(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def escaped(secret: str) -> str:
    return "".join(f"\\u{ord(char):04x}" if at in (0, 3, 6, 9) else plain(char) for at, char in enumerate(secret))


def write(path: Path, records: list[Record]) -> None:
    path.write_text("".join(line_of(record) + "\n" for record in records))


def main(folder: Path = HERE) -> None:
    people.faker.cache_clear()
    by_kind: dict[str, list[Record]] = defaultdict(list)
    for number, record in enumerate(Writer().records()):
        by_kind[record["kind"]].append({"id": number, **record})
    (folder / "labelled").mkdir(exist_ok=True)
    for kind, records in by_kind.items():
        write(folder / "labelled" / f"{kind}.jsonl", records)
    texts = negatives.texts(Random(SEED), NEGATIVES)
    numbered = [{"id": FIRST_NEGATIVE_ID + at, **record, "findings": []} for at, record in enumerate(texts)]
    write(folder / "negative.jsonl", numbered)


if __name__ == "__main__":
    main()
