"""Addresses of mail, the web and machines."""

from __future__ import annotations

import ipaddress
import unicodedata
from random import Random

from values.pick import ALNUM, HEX, digits, letters

WORDS = (
    "orbit maple cedar harbor lumen quartz velora nordfeld tessera brightway kalora fenwick ostara minova silvana "
    "polaris"
).split()
SUFFIXES = "com org net io dev co.uk de fr es it nl com.br pl se co.jp ca com.au eu info app".split()
PATHS = (
    "account orders/{n} docs/intro.html a/b/c index.php users/{n}/edit search api/v2/items/{n} ~home img/logo.png"
).split()
QUERIES = ["?id={n}", "?q=red+shoes&page=2", "?utm_source=mail&utm_medium=x", "#section-{n}", "?next=%2Fhome", ""]


def host(rng: Random) -> str:
    name = rng.choice(WORDS) + rng.choice(["", "", "-" + rng.choice(WORDS), digits(rng, 2)])
    reserved = rng.random() < 0.15
    return rng.choice(["example.com", "example.org", "example.net"]) if reserved else f"{name}.{rng.choice(SUFFIXES)}"


def ascii_of(text: str) -> str:
    plain = text.lower().replace("ß", "ss").replace("ł", "l").replace("ø", "o").replace("æ", "ae")
    return "".join(char for char in unicodedata.normalize("NFKD", plain) if char.isascii() and char.isalnum())


def email(rng: Random, first: str, last: str) -> str:
    first, last = ascii_of(first) or letters(rng, HEX, 6), ascii_of(last) or letters(rng, HEX, 6)
    local = rng.choice(
        [
            f"{first}.{last}",
            f"{first[0]}{last}",
            f"{first}_{last}",
            f"{last}{digits(rng, 2)}",
            f"{first}+{rng.choice(WORDS)}",
            f"{first}-{last}",
            f"{first[0]}.{last}",
            f"{first}{digits(rng, 4)}",
            "info",
            "office",
            f"x{digits(rng, 5)}",
        ]
    )
    domain = rng.choice(["", "", "", "mail.", "eu.dept."]) + host(rng)
    address = f"{local}@{domain}"
    return rng.choice([address] * 8 + [address.upper(), f"{local.title()}@{domain}"])


def url(rng: Random) -> str:
    path = rng.choice(["", "/", *(f"/{path}" for path in PATHS)])
    query = rng.choice(QUERIES) if path else ""
    start = rng.choice(
        [
            "https://",
            "https://",
            "https://",
            "https://www.",
            "https://www.",
            "http://",
            "http://",
            "www.",
            "www.",
            "ftp://files.",
        ]
    )
    port = rng.choice(["", "", "", "", ":8080", ":8443"]) if start != "www." else ""
    return (start + host(rng) + port + path + query).replace("{n}", digits(rng, rng.randint(1, 5)))


def ipv4(rng: Random) -> str:
    first = rng.choice([10, 172, 192, *range(1, 126), *range(128, 169), *range(173, 192), *range(193, 224)])
    second = {10: rng.randint(0, 255), 172: rng.randint(16, 31), 192: 168}.get(first, rng.randint(0, 255))
    return f"{first}.{second}.{rng.randint(0, 255)}.{rng.randint(1, 254)}"


def ipv6(rng: Random) -> str:
    """One of: shortened, in full, upper case, with zeros left out in the middle, mapped, link-local."""
    groups = [
        rng.choice(["2001", "2a02", "2600", "fd12", "2001"]),
        "db8" if rng.random() < 0.3 else letters(rng, HEX, 4),
    ]
    tail = rng.choice([2, 3, 6])
    middle = ["0"] * (6 - tail)
    full = ipaddress.IPv6Address(
        ":".join([*groups, *middle, *(letters(rng, HEX, rng.randint(1, 4)) for _ in range(tail))])
    )
    return rng.choice(
        [
            str(full),
            str(full),
            full.exploded,
            str(full).upper(),
            f"::ffff:{ipv4(rng)}",
            f"fe80::{letters(rng, HEX, 4)}:{letters(rng, HEX, 4)}",
        ]
    )


def ip(rng: Random) -> str:
    return ipv4(rng) if rng.random() < 0.6 else ipv6(rng)


def mac(rng: Random) -> str:
    pairs = [letters(rng, HEX, 2) for _ in range(6)]
    dotted = ".".join("".join(pairs[at : at + 2]) for at in (0, 2, 4))
    text = rng.choice([":".join(pairs), ":".join(pairs), "-".join(pairs), dotted])
    return text.upper() if rng.random() < 0.4 else text


def username(rng: Random) -> str:
    return rng.choice(["u", "usr", "acct", "k"]) + letters(rng, ALNUM.lower(), 5)
