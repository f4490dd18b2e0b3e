"""`tokenize/v1`, written a second time from `docs/format.md` alone.

This is the oracle behind the golden vectors in `tests/vectors/`. It aims at being read beside the text, section by
section, not at speed or at hiding secrets: never use it to protect data. Needs Python 3.11 and `cryptography` (with
OpenSSL 3.2 or newer, for AES-GCM-SIV).

    python tokenize_v1.py KEYRING.json FORMAT DOMAIN VALUE [--params JSON] [--version N] [--detokenize]
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import ipaddress
import json
import re
import struct
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache, partial
from itertools import takewhile
from pathlib import Path
from typing import Any, Protocol

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

import identifiers_v1

DATA = Path(__file__).resolve().parents[2] / "tokenize-core" / "data"

Json = Any
Value = str | int | bytes | date
"""What a format reads: text; the integer of an integer or decimal cell; 16 bytes of a UUID; a day."""


class Misfit(ValueError):
    """The value does not fit the format."""


class Refused(ValueError):
    """The rule itself cannot be: refused before any data is read."""


# --- 1. Notation ---------------------------------------------------------------------------------------------------


def enc(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def ascii_of(number: int) -> bytes:
    return str(number).encode("ascii")


def jcs(value: Json) -> bytes:
    """RFC 8785, for objects, arrays, strings, integers and booleans."""
    if isinstance(value, dict):
        pairs = sorted(value.items(), key=lambda pair: pair[0].encode("utf-16-be"))
        return b"{" + b",".join(jcs(key) + b":" + jcs(item) for key, item in pairs) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(jcs, value)) + b"]"
    if isinstance(value, (str, bool, int)):
        return json.dumps(value, ensure_ascii=False).encode()
    raise TypeError("JCS here has no floats and no null")


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def hkdf(ikm: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(ikm)


def num(radix: int, digits: Iterable[int]) -> int:
    total = 0
    for digit in digits:
        total = total * radix + digit
    return total


def numerals(radix: int, count: int, value: int) -> list[int]:
    """The inverse of `num` for a known number of digits."""
    digits = []
    for _ in range(count):
        value, digit = divmod(value, radix)
        digits.append(digit)
    return digits[::-1]


# --- 2. Keys -------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def subkey(root: bytes, purpose: str, *parts: bytes | str) -> bytes:
    return hkdf(root, subkey_info(purpose, *parts))


def subkey_info(purpose: str, *parts: bytes | str) -> bytes:
    return enc(b"tokenize/v1", purpose.encode(), *(p.encode() if isinstance(p, str) else p for p in parts))


def commitment(root: bytes, keyring_id: str, version: int, name: str) -> bytes:
    return subkey(root, "commitment", keyring_id, ascii_of(version), name)


# --- 3. Canonical values -------------------------------------------------------------------------------------------

WHITE_SPACE = "".join(
    map(
        chr,
        [*range(0x09, 0x0E), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000],
    )
)

NORMALIZE: dict[str, Callable[[str], str]] = {
    "trim": lambda text: text.strip(WHITE_SPACE),
    "nfc": lambda text: unicodedata.normalize("NFC", text),
    "lower": str.lower,
}


def normalize(text: str, steps: Sequence[str]) -> str:
    for step in steps:
        text = NORMALIZE[step](text)
    return text


NANOS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
DAY_NANOS = 86_400 * 10**9


def canonical(arrow_type: str, value: str | int | bytes) -> bytes:
    """`arrow_type` is written as in `tokenize.type`; dates, times and decimals come as the integer they hold."""
    kind, *inside = re.split(r"[(,)]", arrow_type)
    if kind in ("utf8", "large_utf8", "utf8_view"):
        assert isinstance(value, str)
        return value.encode()
    if kind in ("binary", "large_binary", "binary_view", "fixed_size_binary"):
        assert isinstance(value, bytes)
        return value
    assert isinstance(value, int)
    if re.fullmatch(r"u?int(8|16|32|64)", kind):
        return ascii_of(value)
    if kind == "decimal128":
        return plain_decimal(value, int(inside[1])).encode()
    if kind == "date32":
        return day_text(value).encode()
    if kind == "date64":
        day, millis = divmod(value, 86_400_000)
        return (day_text(day) if millis == 0 else instant_text(value * NANOS["ms"])).encode()
    if kind == "timestamp":
        zone = "Z" if inside[1:] and inside[1] else ""
        return (instant_text(value * NANOS[inside[0]]) + zone).encode()
    raise Refused(f"{arrow_type} has no canonical value")


def plain_decimal(unscaled: int, scale: int) -> str:
    if scale <= 0:
        return str(unscaled * 10**-scale)
    whole, fraction = divmod(abs(unscaled), 10**scale)
    digits = str(fraction).zfill(scale).rstrip("0")
    sign = "-" if unscaled < 0 else ""
    return f"{sign}{whole}.{digits}" if digits else f"{sign}{whole}"


def day_text(day: int) -> str:
    year, month, of_month = civil(day)
    sign = "" if 0 <= year <= 9999 else "-" if year < 0 else "+"
    return f"{sign}{abs(year):04}-{month:02}-{of_month:02}"


def civil(day: int) -> tuple[int, int, int]:
    """Proleptic Gregorian date, astronomical years, of a day counted from 1970-01-01; any day, unlike `datetime`."""
    eras, of_era = divmod(day - EPOCH_ORDINAL_OF_ERA, 146_097)
    same_in_2000 = date(2000, 1, 1) + timedelta(of_era)
    return same_in_2000.year + 400 * eras, same_in_2000.month, same_in_2000.day


EPOCH_ORDINAL_OF_ERA = date(2000, 1, 1).toordinal() - date(1970, 1, 1).toordinal()


def instant_text(nanos: int) -> str:
    day, rest = divmod(nanos, DAY_NANOS)
    seconds, fraction = divmod(rest, 10**9)
    digits = f".{fraction:09}".rstrip("0") if fraction else ""
    return f"{day_text(day)}T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{digits}"


# --- 4. The three keyed permutations -------------------------------------------------------------------------------

FLOOR = 1_000_000
MAX_NUMERALS = 4096


def aes_ecb(key: bytes) -> Callable[[bytes], bytes]:
    return Cipher(algorithms.AES(key), modes.ECB()).encryptor().update


def xor(a: bytes, b: bytes) -> bytes:
    return bytes(x ^ y for x, y in zip(a, b, strict=True))


def ff1(key: bytes, radix: int, tweak: bytes, text: Sequence[int], *, decrypt: bool = False) -> list[int]:
    """NIST SP 800-38G, algorithms 7 and 8; step numbers are those of the standard."""
    n, t = len(text), len(tweak)
    u = n // 2  # 1
    v = n - u
    left, right = num(radix, text[:u]), num(radix, text[u:])  # 2
    b = ((radix**v - 1).bit_length() + 7) // 8  # 3
    d = 4 * ((b + 3) // 4) + 4  # 4
    p = (
        bytes([1, 2, 1]) + radix.to_bytes(3, "big") + bytes([10, u % 256]) + n.to_bytes(4, "big") + t.to_bytes(4, "big")
    )  # 5
    aes = aes_ecb(key)

    def round_value(i: int, half: int) -> int:
        q = tweak + bytes((-t - b - 1) % 16) + bytes([i]) + half.to_bytes(b, "big")  # 6i
        r = bytes(16)
        for at in range(0, len(p + q), 16):  # 6ii: CBC-MAC
            r = aes(xor(r, (p + q)[at : at + 16]))
        s = r  # 6iii
        for j in range(1, (d + 15) // 16):
            s += aes(xor(r, j.to_bytes(16, "big")))
        return int.from_bytes(s[:d], "big")  # 6iv

    for i in reversed(range(10)) if decrypt else range(10):
        modulus = radix ** (u if i % 2 == 0 else v)  # 6v
        if decrypt:
            left, right = (right - round_value(i, left)) % modulus, left
        else:
            left, right = right, (left + round_value(i, right)) % modulus
    return numerals(radix, u, left) + numerals(radix, v, right)


def ff1_walk(key: bytes, size: int, tweak: bytes, rank: int, *, decrypt: bool = False) -> int:
    width = (size - 1).bit_length()
    while True:
        rank = num(2, ff1(key, 2, tweak, numerals(2, width, rank), decrypt=decrypt))
        if rank < size:
            return rank


@cache
def shuffle_table(key: bytes, size: int) -> list[int]:
    aes = aes_ecb(key)

    def draws() -> Iterable[int]:
        counter = 0
        while True:
            yield from struct.unpack(">4I", aes(counter.to_bytes(16, "big")))
            counter += 1

    stream = iter(draws())
    table = list(range(size))
    for i in range(size - 1, 0, -1):
        limit = 2**32 // (i + 1) * (i + 1)
        r = next(r for r in stream if r < limit)
        j = r % (i + 1)
        table[i], table[j] = table[j], table[i]
    return table


@cache
def inverse_table(key: bytes, size: int) -> list[int]:
    inverse = [0] * size
    for at, to in enumerate(shuffle_table(key, size)):
        inverse[to] = at
    return inverse


# --- 5. Formats ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Direct:
    """A payload of numerals, N = radix^n."""

    radix: int
    text: Sequence[int]
    write: Callable[[Sequence[int]], Value]
    tweak: bytes = b""


@dataclass(frozen=True)
class Ranked:
    """A payload numbered 0 … size-1."""

    size: int
    rank: int
    write: Callable[[int], Value]
    tweak: bytes = b""


@dataclass(frozen=True)
class Prefixed:
    """An address for ipcrypt-pfx: all its bits as 16 bytes, and how many of them stay."""

    bits: bytes
    start: int
    write: Callable[[bytes], Value]


Reading = Direct | Ranked | Prefixed


class Format(Protocol):
    """One column's format with its options."""

    params: dict[str, Json]
    tweaked: bool

    def read(self, value: Value, token: bool) -> Reading:
        """Split a value (or a token) or raise `Misfit`."""


@dataclass(frozen=True)
class Rule:
    """A `tokenize` rule of a policy with the key it uses."""

    reveal: bytes
    name: str
    domain: str
    options: dict[str, Json]

    def tokenize(self, value: Value) -> Value:
        return self._turn(value, back=False)

    def detokenize(self, token: Value) -> Value:
        return self._turn(token, back=True)

    def __post_init__(self) -> None:
        permute = self.options.get("small_domain", "refuse") == "permute"
        if permute and self.format.tweaked:
            raise Refused("permute has no tweak")
        if not permute and isinstance(self.format, (Date, Number)) and self.format.size < FLOOR:
            raise Refused("below the floor")

    @property
    def format(self) -> Format:
        options = {key: item for key, item in self.options.items() if key != "small_domain"}
        return FORMATS[self.name](**options)

    def key(self, purpose: str, *more: bytes) -> bytes:
        return subkey(self.reveal, purpose, self.name, jcs(self.format.params), self.domain, *more)

    def _turn(self, value: Value, back: bool) -> Value:
        if value == "":
            return value  # section 3
        form = self.format
        permute = self.options.get("small_domain", "refuse") == "permute"
        reading = form.read(value, back)
        if isinstance(reading, Prefixed):
            return reading.write(
                ipcrypt_pfx(self.key("tokenize/ipcrypt-pfx"), reading.bits, reading.start, decrypt=back)
            )
        if isinstance(reading, Ranked):
            return reading.write(self._turn_rank(reading.size, reading.rank, reading.tweak, permute, back))
        radix, count = reading.radix, len(reading.text)
        if count > MAX_NUMERALS:
            raise Misfit("too long")
        if radix**count >= FLOOR:
            return reading.write(ff1(self.key("tokenize/ff1"), radix, reading.tweak, reading.text, decrypt=back))
        rank = self._turn_rank(radix**count, num(radix, reading.text), reading.tweak, permute, back)
        return reading.write(numerals(radix, count, rank))

    def _turn_rank(self, size: int, rank: int, tweak: bytes, permute: bool, back: bool) -> int:
        if size >= FLOOR:
            if (size - 1).bit_length() > MAX_NUMERALS:
                raise Misfit("too long")
            return ff1_walk(self.key("tokenize/ff1"), size, tweak, rank, decrypt=back)
        if not permute:
            raise Misfit(f"only {size} values")
        key = self.key("tokenize/permutation", ascii_of(size))
        return (inverse_table if back else shuffle_table)(key, size)[rank]


DIGITS = "0123456789"
LOWER = "abcdefghijklmnopqrstuvwxyz"
UPPER = LOWER.upper()
SPACE_AND_PUNCTUATION = " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"


def text_of(value: Value) -> str:
    if not isinstance(value, str):
        raise Refused("this format is for text")
    return value


def split(value: Value, payload: str, separators: str) -> tuple[str, Callable[[str], str]]:
    """The payload characters of a value, and what puts others in their places."""
    text = text_of(value)
    taken = [char in payload for char in text]
    if any(not is_payload and char not in separators for char, is_payload in zip(text, taken, strict=True)):
        raise Misfit("a character that is neither payload nor separator")

    def refill(new: str) -> str:
        source = iter(new)
        filled = "".join(next(source) if is_payload else char for char, is_payload in zip(text, taken, strict=True))
        return filled + "".join(source)

    return "".join(char for char, is_payload in zip(text, taken, strict=True) if is_payload), refill


def mixed_rank(sets: Sequence[str], payload: str) -> tuple[int, int]:
    """Size and rank of a string whose i-th character is from the i-th set."""
    size, rank = 1, 0
    for chars, char in zip(sets, payload, strict=True):
        if char not in chars:
            raise Misfit("a character of another class")
        size, rank = size * len(chars), rank * len(chars) + chars.index(char)
    return size, rank


def mixed_unrank(sets: Sequence[str], rank: int) -> str:
    out = []
    for chars in reversed(sets):
        rank, index = divmod(rank, len(chars))
        out.append(chars[index])
    return "".join(reversed(out))


# 5.1 digits, hex, letters, alphabet


class Characters:
    tweaked = False

    def __init__(self, alphabet: str, params: dict[str, Json]) -> None:
        self.alphabet, self.params = alphabet, params
        self.separators = "".join(char for char in SPACE_AND_PUNCTUATION if char not in alphabet)
        self.index = {char: at for at, char in enumerate(alphabet)}

    def read(self, value: Value, token: bool) -> Reading:
        payload, refill = split(value, self.alphabet, self.separators)
        if not payload:
            raise Misfit("no payload")
        return Direct(
            len(self.alphabet),
            [self.index[char] for char in payload],
            lambda text: refill("".join(self.alphabet[i] for i in text)),
        )


def digits_format() -> Format:
    return Characters(DIGITS, {})


def hex_format(case: str = "lower") -> Format:
    return Characters(hex_digits(case), {"case": case})


def hex_digits(case: str) -> str:
    return {"lower": "0123456789abcdef", "upper": "0123456789ABCDEF"}[case]


def letters_format(case: str = "any") -> Format:
    return Characters({"any": UPPER + LOWER, "lower": LOWER, "upper": UPPER}[case], {"case": case})


def alphabet_format(alphabet: str) -> Format:
    control = any(unicodedata.category(char) == "Cc" for char in alphabet)
    if not 2 <= len(alphabet) <= 65536 or len(set(alphabet)) != len(alphabet) or control:
        raise Refused("alphabet")
    return Characters(alphabet, {"alphabet": alphabet})


# 5.2 alphanumeric


class Alphanumeric:
    params: dict[str, Json] = {}
    tweaked = True

    def read(self, value: Value, token: bool) -> Reading:
        payload, refill = split(value, DIGITS + UPPER + LOWER, SPACE_AND_PUNCTUATION)
        if not payload:
            raise Misfit("no payload")
        sets = [next(chars for chars in (DIGITS, UPPER, LOWER) if char in chars) for char in payload]
        pattern = "".join({DIGITS: "d", UPPER: "u", LOWER: "l"}[chars] for chars in sets)
        size, rank = mixed_rank(sets, payload)
        return Ranked(size, rank, lambda new: refill(mixed_unrank(sets, new)), pattern.encode())


# 5.3 email

EMAIL_L = DIGITS + LOWER
EMAIL_M = DIGITS + LOWER + UPPER


class Email:
    params: dict[str, Json] = {}
    tweaked = True

    def read(self, value: Value, token: bool) -> Reading:
        local, at, mail_domain = text_of(value).partition("@")
        if not at or "@" in mail_domain:
            raise Misfit("not one @")
        check_local(local)
        check_mail_domain(mail_domain)
        payload = "".join(char for char in local if char not in "._-+")
        separators = [(char, sum(c not in "._-+" for c in local[:i])) for i, char in enumerate(local) if char in "._-+"]
        if not payload:
            raise Misfit("no letter or digit")
        cls = "m" if any(char in UPPER for char in payload) else "l"
        layout = "".join(f"{char}{position}" for char, position in separators)
        tweak = f"{cls}{layout}@{ascii_lower(mail_domain)}".encode()

        def write(new: str) -> str:
            out = "".join(
                "".join(char for char, at in separators if at == i) + new[i : i + 1] for i in range(len(new) + 1)
            )
            return f"{out}@{mail_domain}"

        if len(payload) >= 5 and cls == "l":
            text = [EMAIL_L.index(char) for char in payload]
            return Direct(36, text, lambda new: write("".join(EMAIL_L[i] for i in new)), tweak)
        if len(payload) >= 5:
            lengths = range(len(payload), len(payload) + 1)
        else:
            last, position = separators[-1] if separators else ("", 0)
            lengths = range(max(1, position + (last == ".")), 5)
            if len(separators) + 4 > 64:
                raise Misfit("no room for four payload characters")
        sizes = {k: 36**k if cls == "l" else 62**k - 36**k for k in lengths}
        before = sum(sizes[k] for k in takewhile(lambda k: k < len(payload), lengths))
        rank_within = num(36, map(EMAIL_L.index, payload)) if cls == "l" else capital_rank(payload)

        def unrank(rank: int) -> str:
            for k in lengths:
                if rank < sizes[k]:
                    return mixed_unrank([EMAIL_L] * k, rank) if cls == "l" else capital_unrank(k, rank)
                rank -= sizes[k]
            raise AssertionError("the rank is below the sum of the sizes")

        return Ranked(sum(sizes.values()), before + rank_within, lambda new: write(unrank(new)), tweak)


def check_local(local: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9._+-]{1,64}", local) or local[0] == "." or local[-1] == "." or ".." in local:
        raise Misfit("local part")


def check_mail_domain(mail_domain: str) -> None:
    if len(mail_domain.encode()) > 255:
        raise Misfit("mail domain too long")
    for label in mail_domain.split("."):
        if not 1 <= len(label) <= 63 or label[0] == "-" or label[-1] == "-":
            raise Misfit("label of the mail domain")
        for char in label:
            if char < "\x80" and char not in DIGITS + UPPER + LOWER + "-_":
                raise Misfit("character in the mail domain")
            if char >= "\x80" and (char in WHITE_SPACE or unicodedata.category(char) == "Cc"):
                raise Misfit("character in the mail domain")


def ascii_lower(text: str) -> str:
    return "".join(char.lower() if char in UPPER else char for char in text)


def capital_rank(text: str) -> int:
    """Rank among the strings of this length over M with at least one capital."""
    k = len(text)
    p = next(i for i, char in enumerate(text) if char in UPPER)
    before = sum(36**q * 26 * 62 ** (k - q - 1) for q in range(p))
    head = num(36, map(EMAIL_L.index, text[:p])) * 26 + UPPER.index(text[p])
    return before + head * 62 ** (k - p - 1) + num(62, map(EMAIL_M.index, text[p + 1 :]))


def capital_unrank(k: int, rank: int) -> str:
    for p in range(k):
        size = 36**p * 26 * 62 ** (k - p - 1)
        if rank < size:
            return mixed_unrank([EMAIL_L] * p + [UPPER] + [EMAIL_M] * (k - p - 1), rank)
        rank -= size
    raise AssertionError("the rank is below 62^k - 36^k")


# 5.4 us_ssn


class UsSsn:
    params: dict[str, Json] = {}
    tweaked = False
    VALID = 898 * 99 * 9999
    OTHER = 10**9 - VALID
    BAD_AREAS = [0, 666, *range(900, 1000)]
    GOOD_AREAS = [area for area in range(1, 900) if area != 666]

    def read(self, value: Value, token: bool) -> Reading:
        if isinstance(value, int):
            if not 0 <= value < 10**9:
                raise Misfit("not nine digits")
            digits = f"{value:09}"
            write: Callable[[str], Value] = int
        else:
            digits, write = split(value, DIGITS, "- ")
        if len(digits) != 9:
            raise Misfit("not nine digits")
        area, group, serial = int(digits[:3]), int(digits[3:5]), int(digits[5:])
        if area in self.BAD_AREAS:
            rank = self.BAD_AREAS.index(area) * 10**6 + group * 10**4 + serial
        elif group == 0:
            rank = 102_000_000 + self.GOOD_AREAS.index(area) * 10**4 + serial
        elif serial == 0:
            rank = 110_980_000 + self.GOOD_AREAS.index(area) * 99 + group - 1
        else:
            rank = (self.GOOD_AREAS.index(area) * 99 + group - 1) * 9999 + serial - 1
            return Ranked(self.VALID, rank, lambda new: write(self.valid(new)))
        return Ranked(self.OTHER, rank, lambda new: write(self.other(new)))

    def valid(self, rank: int) -> str:
        rank, serial = divmod(rank, 9999)
        a, group = divmod(rank, 99)
        return f"{self.GOOD_AREAS[a]:03}{group + 1:02}{serial + 1:04}"

    def other(self, rank: int) -> str:
        if rank < 102_000_000:
            return f"{self.BAD_AREAS[rank // 10**6]:03}{rank % 10**6:06}"
        if rank < 110_980_000:
            a, serial = divmod(rank - 102_000_000, 10**4)
            return f"{self.GOOD_AREAS[a]:03}00{serial:04}"
        a, group = divmod(rank - 110_980_000, 99)
        return f"{self.GOOD_AREAS[a]:03}{group + 1:02}0000"


# 5.5 pan


class Pan:
    def __init__(self, keep: dict[str, int] | None = None, check_digit: str = "valid") -> None:
        keep = {"first": 0, "last": 0, **(keep or {})}
        self.first, self.last = keep["first"], keep["last"]
        self.token_sum = {"valid": 0, "invalid": 1}[check_digit]
        self.params: dict[str, Json] = {"check_digit": check_digit, "keep": keep}
        self.tweaked = self.first + self.last > 0
        if self.first + self.last > 12 or 16 - self.first - self.last - 1 < 6:
            raise Refused("keep")

    def read(self, value: Value, token: bool) -> Reading:
        digits, refill = split(value, DIGITS, "- ")
        if not 12 <= len(digits) <= 19 or luhn_sum(digits) != (self.token_sum if token else 0):
            raise Misfit("not a card number")
        balance = len(digits) - self.last - 1
        first, payload, last = digits[: self.first], digits[self.first : balance], digits[balance + 1 :]
        wanted = 0 if token else self.token_sum

        def write(new: Sequence[int]) -> str:
            middle = "".join(map(str, new))
            candidates = (f"{first}{middle}{digit}{last}" for digit in DIGITS)
            return refill(next(number for number in candidates if luhn_sum(number) == wanted))

        return Direct(10, [int(digit) for digit in payload], write, f"{first}{last}".encode())


def luhn_sum(digits: str) -> int:
    """The Luhn sum modulo 10: every second digit from the right doubled, its digits added."""
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (doubled + sum(map(int, digits[-1::-2]))) % 10


# 5.6 iban


class Iban:
    params: dict[str, Json] = {"table": 1}
    tweaked = True
    SETS = {"n": DIGITS, "a": UPPER, "c": DIGITS + UPPER}

    def read(self, value: Value, token: bool) -> Reading:
        text, refill = split(value, DIGITS + UPPER, " ")
        country, check, account = text[:2], text[2:4], text[4:]
        structure = iban_table().get(country)
        if structure is None:
            raise Misfit("country")
        sets = [self.SETS[kind] for run, kind in re.findall(r"(\d+)([nac])", structure) for _ in range(int(run))]
        if len(account) != len(sets):
            raise Misfit("length")
        size, rank = mixed_rank(sets, account)
        if check != iban_check(country, account):
            raise Misfit("check digits")

        def write(new: int) -> str:
            account = mixed_unrank(sets, new)
            return refill(country + iban_check(country, account) + account)

        return Ranked(size, rank, write, country.encode())


def iban_check(country: str, account: str) -> str:
    """ISO 7064 MOD 97-10, letters as 10 … 35."""
    number = int("".join(str(int(char, 36)) for char in account + country + "00"))
    return f"{98 - number % 97:02}"


def table_rows(name: str) -> list[list[str]]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


@cache
def iban_table() -> dict[str, str]:
    return {country: structure for country, structure in table_rows("iban-1.tsv")}


# 5.7 phone


@cache
def phone_codes() -> dict[str, tuple[str, set[int]]]:
    """Calling code -> (first digits, possible lengths)."""
    rows = [row for row in table_rows("phone-1.tsv") if row[0] == "code"]
    return {code: (firsts, set(map(int, lengths.split(",")))) for _, code, firsts, lengths in rows}


@cache
def phone_regions() -> dict[str, tuple[str, str]]:
    """Region -> (calling code, national prefix)."""
    rows = [row for row in table_rows("phone-1.tsv") if row[0] == "region"]
    return {region: (code, prefix) for _, region, code, prefix in rows}


class Phone:
    params: dict[str, Json] = {"table": 1}
    tweaked = True

    def __init__(self, region: str | None = None) -> None:
        if region is not None and region not in phone_regions():
            raise Refused("region")
        self.region = region

    def read(self, value: Value, token: bool) -> Reading:
        text = text_of(value)
        plus = "+" if text.startswith("+") else ""
        digits, refill = split(text.removeprefix("+"), DIGITS, " -./()")
        if plus:
            code = next((code for code in phone_codes() if digits.startswith(code)), None)
            if code is None:
                raise Misfit("calling code")
            head = code
        elif self.region is not None:
            code, prefix = phone_regions()[self.region]
            firsts, lengths = phone_codes()[code]
            cut = bool(prefix) and digits.startswith(prefix) and (prefix[0] not in firsts or len(digits) > max(lengths))
            head = prefix if cut else ""
        else:
            raise Misfit("national writing without a region")
        firsts, lengths = phone_codes()[code]
        national = digits.removeprefix(head)
        if len(national) not in lengths or national[0] not in firsts:
            raise Misfit("national number")
        sets = [firsts] + [DIGITS] * (len(national) - 1)
        size, rank = mixed_rank(sets, national)
        return Ranked(size, rank, lambda new: plus + refill(head + mixed_unrank(sets, new)), code.encode())


# 5.8 ip


class Ip:
    tweaked = False

    def __init__(self, prefix: str = "hide") -> None:
        if prefix not in ("hide", "preserve"):
            raise Refused("prefix")
        self.params: dict[str, Json] = {"prefix": prefix}

    def read(self, value: Value, token: bool) -> Reading:
        text = text_of(value)
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            raise Misfit("not an address") from None
        if "%" in text or text != ip_text(address):
            raise Misfit("not in canonical writing")
        kind = type(address)
        if self.params["prefix"] == "hide":
            return Ranked(2**address.max_prefixlen, int(address), lambda new: ip_text(kind(new)))
        bits = MAPPED + address.packed if address.version == 4 else address.packed
        start = 96 if bits.startswith(MAPPED) else 0
        return Prefixed(bits, start, lambda new: ip_text(kind(new[-len(address.packed) :])))


MAPPED = bytes(10) + b"\xff\xff"


def ip_text(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    if address.version == 6 and address.packed.startswith(MAPPED):
        return f"::ffff:{ipaddress.IPv4Address(address.packed[12:])}"
    return address.compressed


def ipcrypt_pfx(key: bytes, bits: bytes, start: int, *, decrypt: bool = False) -> bytes:
    """ipcrypt-pfx of draft-denis-ipcrypt: each bit is masked by a function of the plain bits before it."""
    first, second = aes_ecb(key[:16]), aes_ecb(key[16:])
    given = int.from_bytes(bits, "big")
    plain = given >> (128 - start)
    out = plain
    for i in range(start, 128):
        padded = ((1 << i | plain) & (2**128 - 1)).to_bytes(16, "big")
        mask = (first(padded)[15] ^ second(padded)[15]) & 1
        bit = given >> (127 - i) & 1
        out = out << 1 | (bit ^ mask)
        plain = plain << 1 | (bit ^ mask if decrypt else bit)
    return out.to_bytes(16, "big")


# 5.9 uuid, 5.10 mac


@dataclass(frozen=True)
class KeptBits:
    """A bit string of which some positions (0 is the most significant) stay."""

    length: int
    kept: frozenset[int]

    def rank(self, bits: int) -> tuple[int, int]:
        """The payload bits, and the kept bits."""
        where = range(self.length)
        all_bits = [bits >> (self.length - 1 - i) & 1 for i in where]
        return num(2, (all_bits[i] for i in where if i not in self.kept)), num(
            2, (all_bits[i] for i in sorted(self.kept))
        )

    def join(self, rank: int, kept: int) -> int:
        payload = iter(numerals(2, self.length - len(self.kept), rank))
        stays = iter(numerals(2, len(self.kept), kept))
        return num(2, (next(stays if i in self.kept else payload) for i in range(self.length)))

    def ranked(self, bits: int, write: Callable[[int], Value]) -> Reading:
        rank, kept = self.rank(bits)
        return Ranked(2 ** (self.length - len(self.kept)), rank, lambda new: write(self.join(new, kept)), bytes([kept]))


class Hexadecimal:
    tweaked = True
    bits: KeptBits
    shapes: list[str]

    def __init__(self, case: str = "lower") -> None:
        self.case, self.hex = case, hex_digits(case)
        self.params: dict[str, Json] = {"case": case}

    def read(self, value: Value, token: bool) -> Reading:
        if isinstance(value, bytes) and len(value) * 8 == self.bits.length == 128:
            return self.bits.ranked(int.from_bytes(value, "big"), lambda new: new.to_bytes(16, "big"))
        digits, refill = split(value, self.hex, "-:.")
        if re.sub(f"[{self.hex}]", "x", text_of(value)) not in self.shapes:
            raise Misfit("shape")

        def write(new: int) -> str:
            text = f"{new:0{self.bits.length // 4}x}"
            return refill(text.upper() if self.case == "upper" else text)

        return self.bits.ranked(int(digits, 16), write)


class Uuid(Hexadecimal):
    bits = KeptBits(128, frozenset([48, 49, 50, 51, 64, 65]))
    shapes = ["xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", "x" * 32]


class Mac(Hexadecimal):
    bits = KeptBits(48, frozenset([6, 7]))
    shapes = ["xx:xx:xx:xx:xx:xx", "xx-xx-xx-xx-xx-xx", "xxxx.xxxx.xxxx", "x" * 12]


# 5.11 date

DATE_TEXT = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})"
    r"(?P<rest>(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?)?)",
    re.ASCII,
)


def parse_date(text: str) -> tuple[date, str]:
    """The day, and the time of day as written."""
    found = DATE_TEXT.fullmatch(text)
    try:
        assert found
        return date.fromisoformat(found["day"]), found["rest"]
    except (AssertionError, ValueError):
        raise Misfit("not a date") from None


class Date:
    tweaked = False

    def __init__(self, range: Sequence[str] = ("1900-01-01", "2099-12-31")) -> None:
        self.params: dict[str, Json] = {"range": list(range)}
        self.low, self.high = map(date.fromisoformat, range)
        if self.low > self.high:
            raise Refused("range")
        self.size = (self.high - self.low).days + 1

    def read(self, value: Value, token: bool) -> Reading:
        day, rest = (value, None) if isinstance(value, date) else parse_date(text_of(value))
        if not self.low <= day <= self.high:
            raise Misfit("outside the range")

        def write(rank: int) -> Value:
            new = self.low + timedelta(rank)
            return new if rest is None else new.isoformat() + rest

        return Ranked(self.size, (day - self.low).days, write)


# 5.12 integer, 5.13 decimal


def parse_number(text: str, scale: int) -> int:
    """The unscaled value of the only writing a number has at this scale."""
    fraction = rf"\.(\d{{{scale}}})" if scale else "()"
    found = re.fullmatch(rf"(-?)(0|[1-9]\d*){fraction}", text, re.ASCII)
    if not found or (found[1] and not int(found[2] + found[3])):
        raise Misfit("not a number in canonical writing")
    return int(found[1] + found[2] + found[3])


def number_text(unscaled: int, scale: int) -> str:
    digits = str(abs(unscaled)).zfill(scale + 1)
    sign = "-" if unscaled < 0 else ""
    return f"{sign}{digits[:-scale]}.{digits[-scale:]}" if scale else sign + digits


class Number:
    tweaked = False

    def __init__(self, low: int, high: int, scale: int, params: dict[str, Json]) -> None:
        self.low, self.high, self.scale, self.params = low, high, scale, params
        if not -(10**37) <= low <= high <= 10**37:
            raise Refused("range")
        self.size = high - low + 1

    def read(self, value: Value, token: bool) -> Reading:
        write: Callable[[int], Value] = lambda new: number_text(new + self.low, self.scale)  # noqa: E731
        if isinstance(value, int):
            number, write = value, lambda new: new + self.low
        else:
            number = parse_number(text_of(value), self.scale)
        if not self.low <= number <= self.high:
            raise Misfit("outside the range")
        return Ranked(self.size, number - self.low, write)


def integer_format(range: Sequence[int | str]) -> Format:
    low, high = (parse_number(str(end), 0) for end in range)
    return Number(low, high, 0, {"range": [str(low), str(high)]})


def decimal_format(range: Sequence[int | str], column_scale: int = 0) -> Format:
    """`column_scale` is that of a decimal128 column, whose cells are given unscaled at the format's scale."""
    ends = [str(end) for end in range]
    scale = max(len(end.partition(".")[2]) for end in ends) or column_scale
    low, high = (parse_number(pad_fraction(end, scale), scale) for end in ends)
    return Number(low, high, scale, {"range": [number_text(low, scale), number_text(high, scale)], "scale": scale})


def pad_fraction(text: str, scale: int) -> str:
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction.ljust(scale, '0')}" if scale else whole


# 5.14 id


class Id:
    def __init__(self, scheme: str) -> None:
        if scheme not in identifiers_v1.table() or scheme == "us_ssn":
            raise Refused("scheme")
        self.classes = identifiers_v1.table()[scheme]
        self.params: dict[str, Json] = {"scheme": scheme, "table": 1}
        self.tweaked = len(self.classes) > 1 or self.classes[0].alias is not None

    def read(self, value: Value, token: bool) -> Reading:
        separators = self.classes[0].separators
        others = "".join(char for char in map(chr, range(128)) if char not in separators)
        number, refill = split(value, others, separators)
        small = number != number.upper()
        if small and number != number.lower():
            raise Misfit("letters of both cases")
        number = number.upper()
        found = [c for c in self.classes if c.valid(number)]
        if len(found) != 1 or (small and not found[0].has_letters):
            raise Misfit("not a number of the scheme")
        (its,) = found
        mask = its.plain(number)[1]

        def write(new: int) -> str:
            made = its.unrank(new, mask)
            return refill(made.lower() if small else made)

        return Ranked(its.size, its.rank(number), write, f"{its.name}{mask}".encode())


FORMATS: dict[str, Callable[..., Format]] = {
    "digits": digits_format,
    "hex": hex_format,
    "letters": letters_format,
    "alphabet": alphabet_format,
    "alphanumeric": Alphanumeric,
    "email": Email,
    "us_ssn": UsSsn,
    "pan": Pan,
    "iban": Iban,
    "phone": Phone,
    "ip": Ip,
    "uuid": Uuid,
    "mac": Mac,
    "date": Date,
    "integer": integer_format,
    "decimal": decimal_format,
    **{f"id:{scheme}": partial(Id, scheme) for scheme in identifiers_v1.table() if scheme != "us_ssn"},
}


# --- 6. pseudonymize -----------------------------------------------------------------------------------------------


def pseudonymize(root: bytes, output: str, domain: str, canonical_value: bytes) -> str | int:
    m = hmac_sha256(subkey(root, "pseudonymize", output, domain), canonical_value)
    if output == "hex":
        return m.hex()
    if output == "int64":
        return int.from_bytes(m[:8], "big") & (2**63 - 1)
    assert output == "uuid"
    bits = int.from_bytes(m[:16], "big")
    bits = bits & ~(0xF << 76) | 8 << 76  # version 8
    bits = bits & ~(0b11 << 62) | 0b10 << 62  # variant
    text = f"{bits:032x}"
    return "-".join([text[:8], text[8:12], text[12:16], text[16:20], text[20:]])


# --- 7. encrypt ----------------------------------------------------------------------------------------------------

KEYRING_RANDOMIZED, KEYRING_DETERMINISTIC = 1, 2
CELL_FORMAT = 1

CELL_INTS = {"int": 16, "date": 8, "timestamp": 16, "time": 8}
"""Logical types whose plaintext is one two's complement integer, with its bytes."""


def cell_plaintext(logical_type: str, value: Json, scale: int = 0) -> bytes:
    """`value` is text, bytes, bool, float, or the integer that the type holds (nanoseconds, days, unscaled value)."""
    if logical_type in CELL_INTS:
        return int(value).to_bytes(CELL_INTS[logical_type], "big", signed=True)
    if logical_type == "decimal":
        unscaled = int(value)
        while scale > 0 and unscaled % 10 == 0:
            unscaled, scale = unscaled // 10, scale - 1
        return scale.to_bytes(1, "big", signed=True) + unscaled.to_bytes(16, "big", signed=True)
    if logical_type in ("float32", "float64"):
        return struct.pack(">f" if logical_type == "float32" else ">d", value)
    return {"string": lambda: value.encode(), "binary": lambda: value, "bool": lambda: bytes([value])}[logical_type]()


def cell_aad(domain: str, logical_type: str) -> bytes:
    return enc(b"tokenize/v1", b"cell", domain.encode(), logical_type.encode())


def make_cell(
    reveal: bytes,
    key_version: int,
    domain: str,
    logical_type: str,
    plaintext: bytes,
    randomized: tuple[bytes, bytes] | None = None,
) -> bytes:
    """A deterministic cell, or, given a key id and a nonce, a randomized one."""
    if randomized is None:
        kind, key_id = KEYRING_DETERMINISTIC, bytes(16)
        key = subkey(reveal, "encrypt/deterministic", domain)
        nonce_key = subkey(reveal, "encrypt/nonce", domain)
        nonce = hmac_sha256(nonce_key, enc(logical_type.encode(), plaintext))[:12]
    else:
        kind, (key_id, nonce) = KEYRING_RANDOMIZED, randomized
        key = subkey(reveal, "encrypt/data-key", key_id)
    sealed = AESGCMSIV(key).encrypt(nonce, plaintext, cell_aad(domain, logical_type))
    return bytes([CELL_FORMAT, kind]) + key_version.to_bytes(4, "big") + key_id + nonce + sealed


def open_cell(reveals: dict[int, bytes], domain: str, logical_type: str, cell: bytes) -> bytes:
    """The plaintext; `reveals` holds the `reveal` root of each key version."""
    if len(cell) < 50 or cell[0] != CELL_FORMAT:
        raise Misfit("not a cell")
    kind, version, key_id, nonce = cell[1], int.from_bytes(cell[2:6], "big"), cell[6:22], cell[22:34]
    if kind == KEYRING_RANDOMIZED:
        key = subkey(reveals[version], "encrypt/data-key", key_id)
    elif kind == KEYRING_DETERMINISTIC and key_id == bytes(16):
        key = subkey(reveals[version], "encrypt/deterministic", domain)
    else:
        raise Misfit("key kind")
    return AESGCMSIV(key).decrypt(nonce, cell[34:], cell_aad(domain, logical_type))


# --- 8. shift_date -------------------------------------------------------------------------------------------------


def shift_days(reveal: bytes, max_days: int, subject: bytes) -> int:
    if not 1 <= max_days <= 36500:
        raise Refused("max_days")
    h = hmac_sha256(subkey(reveal, "shift_date", ascii_of(max_days)), subject)
    r = int.from_bytes(h[:16], "big") % (2 * max_days)
    return r + 1 if r < max_days else -(r - max_days + 1)


def shift_date(text: str, days: int) -> str:
    day, rest = parse_date(text)
    try:
        return (day + timedelta(days)).isoformat() + rest
    except OverflowError:
        raise Misfit("outside the years 0001 to 9999") from None


# --- 9. The unkeyed actions ----------------------------------------------------------------------------------------


def truncate(text: str, first: int = 0, last: int = 0, fill: str = "*") -> str:
    n = len(text)
    if n <= first + last:
        return fill * n
    return text[:first] + fill * (n - first - last) + text[n - last :]


RESTRICTED_ZIP3 = "036 059 063 102 203 556 692 790 821 823 830 831 878 879 884 890 893".split()


def generalize_date(to: str, text: str) -> str:
    return parse_date(text)[0].isoformat()[: {"year": 4, "month": 7}[to]]


def zip3(text: str) -> str:
    if not re.fullmatch(r"\d{5}(-?\d{4})?", text, re.ASCII):
        raise Misfit("not a ZIP code")
    return "000" if text[:3] in RESTRICTED_ZIP3 else text[:3]


def age_band(text: str, as_of: str, size: int = 10) -> str:
    born, until = parse_date(text)[0], date.fromisoformat(as_of)
    if born > until:
        raise Misfit("after as_of")
    age = until.year - born.year - ((until.month, until.day) < (born.month, born.day))
    if age >= 90:
        return "90+"
    low = age // size * size
    return f"{low}-{min(low + size - 1, 89)}"


def bucket(value: int, size: int) -> int:
    return value // size * size


def round_to(value: int, size: int) -> int:
    """To the nearest multiple, halves away from zero."""
    magnitude = (2 * abs(value) + size) // (2 * size) * size
    return magnitude if value >= 0 else -magnitude


# --- 10. The manifest ----------------------------------------------------------------------------------------------


def manifest_mac(root: bytes, manifest: dict[str, Json]) -> bytes:
    unsigned = {key: item for key, item in manifest.items() if key != "mac"}
    return hmac_sha256(subkey(root, "manifest", manifest["keyring"]), jcs(unsigned))


def verify_manifest(keyring: Keyring, manifest: dict[str, Json]) -> bool:
    """What unmask demands: a MAC under `reveal` that verifies."""
    mac = manifest["mac"]
    if mac["root"] != "reveal" or manifest["keyring"] != keyring.id:
        return False
    root = keyring.versions[mac["key_version"]]["reveal"]
    return hmac.compare_digest(manifest_mac(root, manifest).hex(), mac["value"])


# --- 11. Keyring and KEK files -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Keyring:
    id: str
    primary: int
    versions: dict[int, dict[str, bytes]]

    def root(self, name: str, version: int | None = None) -> bytes:
        return self.versions[self.primary if version is None else version][name]


def read_kek(text: str) -> bytes:
    label, _, encoded = text.rstrip("\n").partition(" ")
    kek = base64.b64decode(encoded, validate=True)
    if label != "tokenize-kek/v1" or len(kek) != 32:
        raise ValueError("not a KEK file")
    return kek


def local_aad(context: dict[str, str]) -> bytes:
    pairs = sorted((key.encode(), item.encode()) for key, item in context.items())
    return enc(b"tokenize/v1", b"local-kms", *(part for pair in pairs for part in pair))


def local_wrap(kek: bytes, context: dict[str, str], key: bytes, nonce: bytes) -> bytes:
    return b"\x01" + nonce + AESGCMSIV(kek).encrypt(nonce, key, local_aad(context))


def local_unwrap(kek: bytes, context: dict[str, str], wrapped: bytes) -> bytes:
    if wrapped[:1] != b"\x01":
        raise ValueError("not wrapped by a local KEK")
    return AESGCMSIV(kek).decrypt(wrapped[1:13], wrapped[13:], local_aad(context))


def key_context(keyring: dict[str, Json], purpose: str) -> dict[str, str]:
    return {**keyring["encryption_context"], "tokenize:keyring": keyring["id"], "tokenize:purpose": purpose}


def unwrap_keyring(keyring: dict[str, Json], kek: bytes) -> Keyring:
    if keyring["format"] != "tokenize-keyring/v1":
        raise ValueError("not a keyring")
    versions: dict[int, dict[str, bytes]] = {}
    for entry in keyring["versions"]:
        versions[entry["version"]] = roots = {}
        for name, key in entry["keys"].items():
            root = local_unwrap(kek, key_context(keyring, name), base64.b64decode(key["wrapped"], validate=True))
            if commitment(root, keyring["id"], entry["version"], name).hex() != key["commitment"]:
                raise ValueError("key commitment")
            roots[name] = root
    [primary] = [entry["version"] for entry in keyring["versions"] if entry["state"] == "primary"]
    return Keyring(keyring["id"], primary, versions)


def open_keyring(path: Path) -> Keyring:
    """A keyring file whose `kms` is `local:PATH`."""
    keyring = json.loads(path.read_text(encoding="utf-8"))
    scheme, _, kek_path = keyring["kms"].partition(":")
    if scheme != "local":
        raise ValueError("only local keyrings can be opened here")
    return unwrap_keyring(keyring, read_kek((path.parent / kek_path).read_text(encoding="utf-8")))


def main() -> None:
    parser = argparse.ArgumentParser(description="Reproduce one token from the text of docs/format.md.")
    parser.add_argument("keyring", type=Path)
    parser.add_argument("format", choices=FORMATS)
    parser.add_argument("domain")
    parser.add_argument("value")
    parser.add_argument("--params", type=json.loads, default={}, help="the rule's options as JSON")
    parser.add_argument("--version", type=int)
    parser.add_argument("--detokenize", action="store_true")
    args = parser.parse_args()
    rule = Rule(open_keyring(args.keyring).root("reveal", args.version), args.format, args.domain, args.params)
    print(rule.detokenize(args.value) if args.detokenize else rule.tokenize(args.value))


if __name__ == "__main__":
    main()
