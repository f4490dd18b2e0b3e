"""Secrets of the right shape that open nothing.

Marks by which scanners know them are put together from pieces, so that this file does not look like one that holds
secrets. Where they are stored is the caller's care (`escaped` in `make_labelled.py`).
"""

from __future__ import annotations

import base64
import json
import zlib
from random import Random

from values.pick import ALNUM, HEX, UPPER, digits, letters

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
DASHES = "-" * 5
PASSWORD_SIGNS = "!#$%&*+-=?@^_"  # noqa: S105


def url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def jwt(rng: Random) -> str:
    algorithm, size = rng.choice([("HS256", 32), ("ES256", 64), ("HS512", 64)])
    claims = {"sub": digits(rng, 10), "iat": 1700000000 + rng.randrange(40_000_000), "aud": letters(rng, HEX, 8)}
    head = (
        {"alg": algorithm, "typ": "JWT"}
        if rng.random() < 0.7
        else {"typ": "JWT", "alg": algorithm, "kid": digits(rng, 4)}
    )
    parts = [json.dumps(part, separators=(",", ":")).encode() for part in (head, claims)]
    return ".".join(url64(part) for part in [*parts, rng.randbytes(size)])


def aws_access_key(rng: Random) -> str:
    """Key ids are base32: no 0, 1, 8, 9."""
    return rng.choice(["AK", "AS"]) + "IA" + letters(rng, UPPER + "234567", 16)


def github_token(rng: Random) -> str:
    """Classic ones end in the CRC-32 of the random part, six places of base 62; fine-grained ones are longer."""
    if rng.random() < 0.25:
        return "github" + "_pat_" + letters(rng, ALNUM, 22) + "_" + letters(rng, ALNUM, 59)
    body = letters(rng, ALNUM, 30)
    number, check = zlib.crc32(body.encode()), ""
    for _ in range(6):
        number, rest = divmod(number, 62)
        check = BASE62[rest] + check
    return "gh" + rng.choice("ppous") + "_" + body + check


def slack_token(rng: Random) -> str:
    kind = rng.choice(["b", "p", "a"])
    numbers = [digits(rng, rng.choice([11, 12])) for _ in range(3 if kind == "p" else 2)]
    tail = letters(rng, HEX, 32) if kind == "p" else letters(rng, ALNUM, 24)
    return "-".join(["xox" + kind, *numbers, tail])


def google_api_key(rng: Random) -> str:
    return "AI" + "zaSy" + letters(rng, ALNUM + "-_", 32) + rng.choice(ALNUM)


def private_key(rng: Random) -> str:
    """Short keys mostly, so that the files stay small."""
    name, size = rng.choice([("EC ", 121), ("", 138), ("OPENSSH ", 150), ("EC ", 121), ("RSA ", 608)])
    text = base64.b64encode(b"\x30\x82" + rng.randbytes(size)).decode()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    name += "PRIVATE" + " KEY"
    return "\n".join([f"{DASHES}BEGIN {name}{DASHES}", *lines, f"{DASHES}END {name}{DASHES}"])


def password(rng: Random) -> str:
    body = list(letters(rng, ALNUM, rng.randint(8, 13)) + letters(rng, PASSWORD_SIGNS, 2) + digits(rng, 1))
    rng.shuffle(body)
    return rng.choice(ALNUM) + "".join(body) + rng.choice(ALNUM)


def generic(rng: Random) -> str:
    """What a service gives out: hex, base 64 or letters and digits."""
    signs = ALNUM + "+/"
    return rng.choice(
        [
            letters(rng, HEX, 32),
            letters(rng, HEX, 40),
            letters(rng, HEX, 64),
            letters(rng, signs, 40),
            letters(rng, ALNUM, 24),
            letters(rng, ALNUM, 32),
            letters(rng, ALNUM + "-_", 43),
            password(rng),
            password(rng),
        ]
    )


MAKERS = {
    "AWS_ACCESS_KEY": aws_access_key,
    "GENERIC_SECRET": generic,
    "GITHUB_TOKEN": github_token,
    "GOOGLE_API_KEY": google_api_key,
    "JWT": jwt,
    "PRIVATE_KEY": private_key,
    "SLACK_TOKEN": slack_token,
}
