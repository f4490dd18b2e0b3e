"""Write texts to measure speed with: `make_corpora.py [SIZE_MB] [OUT_DIR]`, 24 MB each in this folder by default.

prose.txt    English prose, made up
sparse.txt   the same with personal data in one line of fifty
dense.txt    personal data in most lines: forms and tables of customers
logs.txt     logs of a service and of its accesses
short.txt    values of 10 to 30 bytes, of mixed kinds

One record a line; the same bytes each time. Needs Faker==40.54.0, python-stdnum==2.2 and phonenumbers==9.0.43. Values
are drawn from pools of a few thousand, lines are put together anew.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from values import identifiers, network, payments, people, schemes
from values.fill import filler
from values.pick import ALNUM, HEX, digits, letters
from values.prose import Prose

SEED = 20250630
LOCALES = ["en_US", "en_US", "en_GB", "de_DE", "fr_FR", "es_ES"]
POOL = 3000
METHODS = "GET GET GET GET POST PUT DELETE".split()
LEVELS = "INFO INFO INFO INFO DEBUG WARN ERROR".split()
CLASSES = (
    "web.OrderController data.PoolMonitor http.AccessFilter jobs.NightlyImport cache.Evictor auth.SessionStore".split()
)


class Pools:
    """A few thousand values of each kind, made once."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.names, self.emails, self.addresses, self.births, self.phones = [], [], [], [], []
        for at in range(POOL):
            locale = LOCALES[at % len(LOCALES)]
            person = people.Person(rng, locale)
            self.names.append(person.full)
            self.emails.append(person.email())
            self.births.append(person.born.isoformat())
            self.addresses.append(", ".join(people.address_lines(rng, locale)))
            self.phones.append(people.phone(rng, locale))
        self.cards = [payments.written_card(rng) for _ in range(POOL)]
        self.accounts = [payments.written_account(rng) for _ in range(POOL)]
        self.numbers = [identifiers.write(rng.choice(schemes.NATIONAL), rng) for _ in range(POOL)]
        self.ips = [network.ip(rng) for _ in range(POOL)]
        self.urls = [network.url(rng) for _ in range(POOL)]
        self.dates = [filler(rng, "timestamp", "en_US") for _ in range(POOL)]
        self.orders = [filler(rng, "order", "en_US") for _ in range(POOL)]

    def one(self, name: str) -> str:
        values: list[str] = getattr(self, name)
        return values[int(self.rng.random() * POOL)]


def prose(rng: Random, pools: Pools) -> Iterator[str]:
    """Paragraphs of about two hundred characters."""
    source = Prose(rng)
    while True:
        yield source.paragraph(160)


def sparse(rng: Random, pools: Pools) -> Iterator[str]:
    source = Prose(rng)
    while True:
        for _ in range(49):
            yield source.paragraph(160)
        yield f"{source.sentence()} {telling(rng, pools)} {source.sentence()}"


def telling(rng: Random, pools: Pools) -> str:
    """A sentence with something personal."""
    kind = rng.choice(["emails", "phones", "cards", "accounts", "numbers", "ips", "addresses"])
    start = rng.choice(["Write to", "The record says", "They gave us", "Please use", "It was sent to"])
    return f"{start} {pools.one(kind)}, {pools.one('names')} said."


def dense(rng: Random, pools: Pools) -> Iterator[str]:
    """Three rows of customers, then a form in one line, then a line with little in it."""
    number = 0
    while True:
        for _ in range(3):
            number += 1
            kinds = ("names", "emails", "phones", "births")
            row = ",".join(pools.one(kind) for kind in kinds)
            yield f'{number},{row},"{pools.one("addresses")}",{pools.one("accounts")},{rng.uniform(1, 999):.2f}'
        yield (
            f"Name: {pools.one('names')}; E-mail: {pools.one('emails')}; Tel: {pools.one('phones')}; "
            f"Card: {pools.one('cards')}; "
            f"ID: {pools.one('numbers')}; Born: {pools.one('births')}"
        )
        sold = f"{rng.randint(1, 20)} items, {rng.uniform(5, 900):.2f} EUR"
        yield f"order {pools.one('orders')} of {pools.one('dates')[:10]}: {sold}, shipped"


def logs(rng: Random, pools: Pools) -> Iterator[str]:
    while True:
        stamp, trace = pools.one("dates"), f"{rng.getrandbits(128):032x}"
        yield (
            f'{pools.one("ips")} - - [{stamp}] "{rng.choice(METHODS)} /api/v1/orders/{rng.randint(1, 99999)} HTTP/1.1" '
            f'{rng.choice((200, 200, 200, 404, 500))} {rng.randint(80, 90000)} "{pools.one("urls")}" {rng.random():.3f}'
        )
        for _ in range(3):
            yield (
                f"{stamp} {rng.choice(LEVELS)} [worker-{rng.randint(1, 16)}] c.v.{rng.choice(CLASSES)} trace={trace} "
                f"span={rng.getrandbits(64):016x} took={rng.randint(0, 4000)}ms rows={rng.randint(0, 500)}"
            )
        if rng.random() < 0.05:
            yield f"{stamp} WARN [mailer] c.v.mail.Bounce trace={trace} to={pools.one('emails')} code=550"


def short(rng: Random, pools: Pools) -> Iterator[str]:
    """Cells of tables."""
    source = Prose(rng)
    made: list[Callable[[], str]] = [
        lambda: source.sentence()[:28],
        lambda: pools.one("dates"),
        lambda: f"{rng.uniform(-1e6, 1e6):.6f}",
        lambda: "SKU-" + digits(rng, 8),
        lambda: letters(rng, HEX, 16),
        lambda: letters(rng, ALNUM, 12),
        lambda: f"status={rng.randint(100, 599)} ok",
        lambda: pools.one("names"),
        lambda: pools.one("emails"),
        lambda: pools.one("phones"),
        lambda: pools.one("cards"),
        lambda: pools.one("ips"),
        lambda: pools.one("numbers"),
        lambda: pools.one("accounts"),
    ]
    while True:
        value = rng.choice(made)()
        if 10 <= len(value.encode()) <= 30:
            yield value


def write(path: Path, lines: Iterator[str], size: int) -> None:
    """Lines until the file has the size."""
    written = 0
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for line in lines:
            written += len(line.encode()) + 1
            out.write(line + "\n")
            if written >= size:
                return


def main() -> None:
    size = int(float(sys.argv[1] if len(sys.argv) > 1 else 24) * 1_000_000)
    folder = Path(sys.argv[2] if len(sys.argv) > 2 else ".")
    folder.mkdir(parents=True, exist_ok=True)
    for make in (prose, sparse, dense, logs, short):
        rng = Random(f"{SEED}/{make.__name__}")
        people.faker.cache_clear()
        write(folder / f"{make.__name__}.txt", make(rng, Pools(rng)), size)


if __name__ == "__main__":
    main()
