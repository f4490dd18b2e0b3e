"""Small pieces that every maker of values needs."""

from __future__ import annotations

import datetime
import string
from collections.abc import Callable
from random import Random

HEX = "0123456789abcdef"
ALNUM = string.ascii_letters + string.digits
UPPER = string.ascii_uppercase
TODAY = datetime.date(2025, 6, 30)


def digits(rng: Random, count: int) -> str:
    return letters(rng, string.digits, count)


def letters(rng: Random, alphabet: str, count: int) -> str:
    return "".join(rng.choice(alphabet) for _ in range(count))


def until(good: Callable[[str], bool], make: Callable[[], str]) -> str:
    """The first value made that is good."""
    value = make()
    while not good(value):
        value = make()
    return value


def written(value: str, pattern: str) -> str:
    """The value with each `#` of the pattern taken by its next character: `###-##-####`."""
    rest = iter(value)
    return "".join(next(rest) if mark == "#" else mark for mark in pattern)


def birth(rng: Random) -> datetime.date:
    """A date of birth of an adult."""
    return TODAY - datetime.timedelta(days=rng.randint(18 * 366, 88 * 365))
