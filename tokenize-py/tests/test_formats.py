"""Tokens keep their format, by the word of other libraries."""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import phonenumbers
import pyarrow as pa
import pytest
import stdnum.iban
import stdnum.luhn
import stdnum.us.ssn
import tokenize_py as tk
from conftest import policy
from email_validator import validate_email

IBANS = [
    "DE89 3704 0044 0532 0130 00",
    "GB29NWBK60161331926819",
    "FR1420041010050500013M02606",
    "NL91ABNA0417164300",
    "CH9300762011623852957",
    "ES9121000418450200051332",
    "IT60X0542811101000000123456",
    "MT84MALT011000012345MTLCAST001S",
]
CARDS = ["4111111111111111", "5555-5555-5555-4444", "378282246310005", "6011 1111 1111 1117", "30569309025904"]
PHONES = ["+12025550143", "+44 20 7946 0958", "+4930901820", "+33-1-99-00-12-34", "+81312345678", "+61 491 570 156"]


def masked(keyring: tk.Keyring, values: Any, **rule: Any) -> list[Any]:
    """The tokens of one column, which unmask to its values."""
    tokenizer = tk.Tokenizer(policy(a={"action": "tokenize", **rule}), keyring)
    data = pa.table({"a": values})
    out = tokenizer.mask(data)
    assert out.schema.field("a").type == data.schema.field("a").type
    assert tokenizer.unmask(out).equals(data)
    tokens: list[Any] = out["a"].to_pylist()
    assert len(set(tokens)) == len(set(data["a"].to_pylist()))
    return tokens


def shape(text: str) -> str:
    return re.sub(r"[A-Za-z0-9]", "x", text)


def test_emails(keyring: tk.Keyring) -> None:
    values = [f"jane.doe+tag{i}@example.com" for i in range(200)] + [
        "ab@example.org",
        "Jo-Ann_Smith@Example.com",
        "a.b.c@example.net",
    ]
    for value, token in zip(values, masked(keyring, values, format="email"), strict=True):
        assert validate_email(token, check_deliverability=False, test_environment=True).ascii_email
        assert token.partition("@")[2] == value.partition("@")[2]
        assert token != value


def test_cards(keyring: tk.Keyring) -> None:
    for value, token in zip(CARDS, masked(keyring, CARDS, format="pan", keep={"first": 1}), strict=True):
        assert stdnum.luhn.is_valid(re.sub(r"\D", "", token))
        assert (token[0], shape(token)) == (value[0], shape(value))
    for token in masked(keyring, CARDS, format="pan", check_digit="invalid"):
        assert not stdnum.luhn.is_valid(re.sub(r"\D", "", token))
    for value, token in zip(CARDS, masked(keyring, CARDS, format="pan", keep={"last": 4}), strict=True):
        assert stdnum.luhn.is_valid(re.sub(r"\D", "", token))
        assert token[-4:] == value[-4:]


def test_ibans(keyring: tk.Keyring) -> None:
    for value, token in zip(IBANS, masked(keyring, IBANS, format="iban"), strict=True):
        # National check digits inside the account part are not recomputed.
        assert stdnum.iban.is_valid(token, check_country=False)
        assert (token[:2], shape(token)) == (value[:2], shape(value))


def test_phones(keyring: tk.Keyring) -> None:
    for value, token in zip(PHONES, masked(keyring, PHONES, format="phone"), strict=True):
        before, after = phonenumbers.parse(value), phonenumbers.parse(token)
        assert phonenumbers.is_possible_number(after)
        assert after.country_code == before.country_code
        assert shape(token) == shape(value)
    national = masked(keyring, ["030 901820", "(030) 901821"], format="phone", region="DE")
    for token in national:
        assert token.lstrip("(").startswith("0")
        assert phonenumbers.is_possible_number(phonenumbers.parse(token, "DE"))


def test_social_security_numbers(keyring: tk.Keyring) -> None:
    values = [f"{area:03}-{1 + area % 99:02}-{1 + area:04}" for area in (1, 78, 219, 665, 667, 899)]
    for token in masked(keyring, values, format="us_ssn"):
        digits = token.replace("-", "")
        assert re.fullmatch(r"(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}", digits)
        assert stdnum.us.ssn.is_valid(token) or digits in stdnum.us.ssn._ssn_blacklist
    odd = ["000-12-3456", "666123456", "912-70-1234", "123-00-4567", "123450000"]
    for token in masked(keyring, odd, format="us_ssn"):
        assert not stdnum.us.ssn.is_valid(token)
    assert all(0 < n < 10**9 for n in masked(keyring, pa.array([123456789, 1010001], pa.int32()), format="us_ssn"))


@pytest.mark.parametrize("prefix", ["hide", "preserve"])
def test_addresses(keyring: tk.Keyring, prefix: str) -> None:
    values = [
        "192.0.2.1",
        "192.0.2.2",
        "198.51.100.7",
        "2001:db8::1",
        "2001:db8::2",
        "::",
        "::ffff:192.0.2.1",
        "0.0.0.0",  # noqa: S104
    ]
    tokens = masked(keyring, values, format="ip", prefix=prefix)
    for value, token in zip(values, tokens, strict=True):
        address = ipaddress.ip_address(token)
        assert address.version == ipaddress.ip_address(value).version
        if address.version == 4 or address.ipv4_mapped is None:
            assert str(address) == token
    if prefix == "preserve":
        assert int(ipaddress.ip_address(tokens[0])) >> 2 == int(ipaddress.ip_address(tokens[1])) >> 2


def test_uuids_and_macs(keyring: tk.Keyring) -> None:
    values = [str(uuid.uuid5(uuid.NAMESPACE_DNS, str(i))) for i in range(20)] + [str(uuid.UUID(int=0, version=4))]
    for value, token in zip(values, masked(keyring, values, format="uuid"), strict=True):
        before, after = uuid.UUID(value), uuid.UUID(token)
        assert (after.version, after.variant, str(after)) == (before.version, before.variant, token)
    raw = masked(keyring, pa.array([uuid.UUID(value).bytes for value in values], pa.binary(16)), format="uuid")
    assert [str(uuid.UUID(bytes=token)) for token in raw] == masked(keyring, values, format="uuid")
    for token in masked(keyring, ["02:00:5e:10:00:00", "01-00-5e-00-00-01", "0200.5e10.0001"], format="mac"):
        assert re.fullmatch(r"[0-9a-f]{12}", re.sub(r"[:.-]", "", token))


def everywhere(pattern: str) -> Callable[[str], bool]:
    return lambda token: re.fullmatch(pattern, token) is not None


@pytest.mark.parametrize(
    ("values", "rule", "fits"),
    [
        (["1234567", "12-345-678"], {"format": "digits"}, everywhere(r"[\d-]+")),
        (["deadbeef", "0123456"], {"format": "hex"}, everywhere(r"[0-9a-f]+")),
        (["AbCdEf"], {"format": "letters"}, everywhere(r"[A-Za-z]+")),
        (["AB12-cd34"], {"format": "alphanumeric"}, everywhere(r"[A-Z]{2}\d\d-[a-z]{2}\d\d")),
        (["αβγδαβγδ"], {"format": "alphabet", "alphabet": "αβγδεζηθ"}, everywhere(r"[α-θ]+")),
        (["-5", "0", "999999"], {"format": "integer", "range": [-999_999, 999_999]}, everywhere(r"-?\d+")),
        (["0.00", "12.34"], {"format": "decimal", "range": ["0.00", "99999.99"]}, everywhere(r"\d+\.\d\d")),
        (
            ["2024-02-29", "2024-02-29T12:00:00Z"],
            {"format": "date", "small_domain": "permute"},
            everywhere(r"\d{4}-.+"),
        ),
    ],
    ids=lambda value: value["format"] if isinstance(value, dict) else "",
)
def test_generic_formats(
    keyring: tk.Keyring, values: list[str], rule: dict[str, Any], fits: Callable[[str], bool]
) -> None:
    for value, token in zip(values, masked(keyring, values, domain="d", **rule), strict=True):
        assert fits(token)
        assert len(token) == len(value) or rule["format"] in ("integer", "decimal")


def test_numbers_and_days_keep_their_type(keyring: tk.Keyring) -> None:
    money = [Decimal("0.50"), Decimal("99999.99")]
    for token in masked(
        keyring, pa.array(money, pa.decimal128(9, 2)), format="decimal", domain="m", range=["0.00", "99999.99"]
    ):
        assert 0 <= token <= Decimal("99999.99")
    days = [dt.date(1900, 1, 1), dt.date(2099, 12, 31)]
    for token in masked(keyring, pa.array(days), format="date", domain="d", small_domain="permute"):
        assert dt.date(1900, 1, 1) <= token <= dt.date(2099, 12, 31)
    seen = [dt.datetime(2024, 2, 29, 12, 34, 56, 789)]
    [token] = masked(keyring, pa.array(seen, pa.timestamp("us")), format="date", domain="d", small_domain="permute")
    assert token.time() == seen[0].time()
