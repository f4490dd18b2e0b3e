"""Cards, accounts, bank codes and addresses of crypto currencies."""

from __future__ import annotations

import hashlib
import re
from random import Random

from stdnum import iban, luhn, numdb

from values.pick import ALNUM, UPPER, digits, letters, until, written

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

# Issuer: prefixes, length, groups.
ISSUERS: dict[str, tuple[list[str], int, str]] = {
    "visa": (["4"], 16, "#### #### #### ####"),
    "mastercard": (["51", "52", "53", "54", "55", "2221", "2500", "2720"], 16, "#### #### #### ####"),
    "amex": (["34", "37"], 15, "#### ###### #####"),
    "discover": (["6011", "644", "65"], 16, "#### #### #### ####"),
    "diners": (["300", "305", "36", "38"], 14, "#### ###### ####"),
    "jcb": (["3528", "3589"], 16, "#### #### #### ####"),
    "maestro": (["5018", "6304", "6759"], 16, "#### #### #### ####"),
    "unionpay": (["6221", "6258"], 16, "#### #### #### ####"),
    "mir": (["2200", "2204"], 16, "#### #### #### ####"),
    "rupay": (["6069", "6521"], 16, "#### #### #### ####"),
}
IBAN_COUNTRIES = (
    "DE FR ES IT NL GB PL BE AT CH PT SE NO DK FI IE LU CZ SK HU RO BG GR HR SI EE LV LT MT CY TR SA AE IL BR".split()
)
BIC_COUNTRIES = "DE FR ES IT NL GB PL BE AT CH PT SE NO DK FI IE US CA AU JP SG BR MX IN ZA".split()


def card(rng: Random, issuer: str | None = None) -> str:
    """The digits of a card, with the right check digit."""
    prefixes, length, _ = ISSUERS[issuer or rng.choice(list(ISSUERS))]
    prefix = rng.choice(prefixes)
    body = prefix + digits(rng, length - len(prefix) - 1)
    return body + luhn.calc_check_digit(body)


def written_card(rng: Random) -> str:
    issuer = rng.choice([*ISSUERS, "visa", "mastercard", "amex"])
    value, groups = card(rng, issuer), ISSUERS[issuer][2]
    return rng.choice([value, written(value, groups), written(value, groups), written(value, groups.replace(" ", "-"))])


def account(rng: Random, country: str | None = None) -> str:
    """An IBAN without spaces, its national check digits right where python-stdnum knows them."""
    country = country or rng.choice(IBAN_COUNTRIES)
    structure = numdb.get("iban").info(country)[0][1]["bban"]
    kinds = {"n": "0123456789", "a": UPPER, "c": UPPER + "0123456789"}

    def drawn() -> str:
        body = "".join(letters(rng, kinds[kind], int(size)) for size, kind in re.findall(r"(\d+)!([nac])", structure))
        return country + iban.calc_check_digits(f"{country}00{body}") + body

    return until(iban.is_valid, drawn)


def written_account(rng: Random, country: str | None = None) -> str:
    value = account(rng, country)
    grouped = iban.format(value)
    return rng.choice(
        [value, grouped, grouped, grouped, value.lower() if rng.random() < 0.2 else grouped.replace(" ", "-")]
    )


def bic(rng: Random) -> str:
    code = (
        letters(rng, UPPER, 4)
        + rng.choice(BIC_COUNTRIES)
        + rng.choice(UPPER + "23456789")
        + rng.choice(UPPER + "23456789")
    )
    return code + rng.choice(["", "", "XXX", digits(rng, 3)])


def bitcoin(rng: Random) -> str:
    """An address of a hash nobody has a key for: base58 (1, 3) or bech32 (bc1q)."""
    payload = rng.randbytes(20)
    kind = rng.choice(["1", "3", "bc1"])
    return segwit(payload) if kind == "bc1" else base58check((b"\x00" if kind == "1" else b"\x05") + payload)


def base58check(payload: bytes) -> str:
    data = payload + hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
    number, text = int.from_bytes(data), ""
    while number:
        number, rest = divmod(number, 58)
        text = BASE58[rest] + text
    return "1" * (len(data) - len(data.lstrip(b"\x00"))) + text


def segwit(program: bytes) -> str:
    """BIP 173, version 0."""
    bits = "".join(f"{byte:08b}" for byte in program)
    data = [0] + [int(bits[at : at + 5], 2) for at in range(0, len(bits), 5)]
    prefix = [ord(char) >> 5 for char in "bc"] + [0] + [ord(char) & 31 for char in "bc"]
    check = polymod([*prefix, *data, 0, 0, 0, 0, 0, 0]) ^ 1
    data += [(check >> 5 * (5 - at)) & 31 for at in range(6)]
    return "bc1" + "".join(BECH32[value] for value in data)


def polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for at, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if (top >> at) & 1 else 0
    return check


def imei(rng: Random) -> str:
    body = "35" + digits(rng, 12)
    value = body + luhn.calc_check_digit(body)
    return rng.choice([value, written(value, "##-######-######-#")])


def vin(rng: Random) -> str:
    """ISO 3779, with the North American check digit in the ninth place."""
    alphabet = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
    values = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", [*range(1, 9), 1, 2, 3, 4, 5, 7, 9, *range(2, 10)], strict=True))
    body = rng.choice(["1HG", "WBA", "5YJ", "2T1", "JTD", "3FA", "KMH"]) + letters(rng, alphabet, 5) + "0"
    body += rng.choice("ABCDEFGHJKLMNPRSTVWXY123456789") + letters(rng, alphabet[:23], 1) + digits(rng, 6)
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    total = sum(weight * (values.get(char) or int(char)) for char, weight in zip(body, weights, strict=True))
    return body[:8] + "0123456789X"[total % 11] + body[9:]


def uuid(rng: Random) -> str:
    version = rng.choice("14477")
    text = letters(rng, "0123456789abcdef", 32)
    text = text[:12] + version + text[13:16] + rng.choice("89ab") + text[17:]
    text = written(text, "########-####-####-####-############")
    return rng.choice([text, text, text, text.upper(), "{" + text + "}"]).strip("{}")


def opaque(rng: Random, size: int) -> str:
    return letters(rng, ALNUM, size)
