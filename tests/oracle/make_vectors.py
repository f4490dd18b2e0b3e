"""Write the golden vectors of `tests/vectors/` from the oracle. Deterministic: run it again, nothing changes.

python make_vectors.py
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import data_key_vectors
import surrogates_v1
import text_vectors
import tokenize_v1 as v1

Json = Any
Case = dict[str, Json]

VECTORS = Path(__file__).resolve().parents[1] / "vectors"
PSEUDONYM, REVEAL = bytes(range(0x00, 0x20)), bytes(range(0x20, 0x40))
KEYRING_ID = "kr-000102030405060708090a0b0c0d0e0f"
ROOTS = {"pseudonym": PSEUDONYM.hex(), "reveal": REVEAL.hex()}
HEAD = {"keyring": KEYRING_ID, "key_version": 1, "roots": ROOTS}


def all_vectors() -> dict[str, Json]:
    return {
        "tokens": {**HEAD, "cases": list(token_cases())},
        "misfits": {**HEAD, "cases": list(misfit_cases()), "refused": list(refused_cases())},
        "pseudonyms": {**HEAD, "cases": list(pseudonym_cases())},
        "cells": {**HEAD, "cases": list(cell_cases())},
        "shifts": {**HEAD, "cases": list(shift_cases())},
        "subkeys": {**HEAD, "cases": list(subkey_cases())},
        "surrogates": {**HEAD, "cases": list(surrogate_cases())},
        "generalize": {"cases": list(generalize_cases())},
        "keyring": keyring_vector(),
        "manifest": manifest_vector(),
        "data_keys": data_key_vectors.data_keys(output_cells()),
        "two_key": data_key_vectors.two_key_vector(),
        "text": text_vectors.text_vector(),
    }


def text_of(vectors: dict[str, Json]) -> str:
    """JSON with one case a line."""
    lines = []
    for key, value in vectors.items():
        if isinstance(value, list):
            items = ",\n".join("    " + line(item) for item in value)
            lines.append(f"  {line(key)}: [\n{items}\n  ]")
        else:
            lines.append(f"  {line(key)}: {line(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def line(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)


def rule(form: str, params: Case, domain: str | None) -> v1.Rule:
    return v1.Rule(REVEAL, form, domain or form, params)


# --- tokens ---

PERMUTE = {"small_domain": "permute"}
CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
HIRAGANA = "".join(map(chr, range(0x3042, 0x3094)))
BLOCK_OF_256 = "".join(map(chr, range(0x0400, 0x0500)))
FRUIT = "🍇🍈🍉🍊🍋🍌🍍🥭🍎🍏🍐🍑🍒🍓"


def luhn(body: str) -> str:
    """A number with its check digit."""
    return next(body + digit for digit in v1.DIGITS if v1.luhn_sum(body + digit) == 0)


def iban(country: str, account: str) -> str:
    return country + v1.iban_check(country, account) + account


TOKENS: list[tuple[str, Case, list[str | int]]] = [
    # 5.1
    (
        "digits",
        {},
        [
            "123456",
            "000000",
            "999999",
            "1234567",
            "12-34-56",
            "(0049) 1234.5678/9",
            " 1 2 3 4 5 6 ",
            "0" * 64,
            "8" * 57,
        ],
    ),
    ("digits", PERMUTE, ["0", "7", "42", "4821", "48-21", "99999", "1234567"]),
    (
        "hex",
        {},
        ["00000", "deadbeef", "dead-beef", "{c0ffee42}", "0123456789abcdef0123456789abcdef", "a1:b2:c3:d4:e5", "fffff"],
    ),
    (
        "hex",
        {"case": "upper"},
        ["00000", "DEADBEEF", "DEAD-BEEF", "{C0FFEE42}", "0123456789ABCDEF", "FFFFF", "1234567"],
    ),
    ("hex", {"case": "upper", **PERMUTE}, ["F", "0A", "BEEF"]),
    ("letters", {}, ["Abcd", "AAAA", "zzzz", "O'Brien", "Mary Ann Smith-Jones", "ABCdefGHI", "x" * 40]),
    ("letters", {"case": "any"}, ["Abcd", "O'Brien"]),
    (
        "letters",
        {"case": "lower"},
        ["aaaaa", "zzzzz", "hello", "hello, world!", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop"],
    ),
    (
        "letters",
        {"case": "upper"},
        ["AAAAA", "ZZZZZ", "HELLO", "HELLO, WORLD!", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "QWERTYUIOP"],
    ),
    ("letters", {"case": "upper", **PERMUTE}, ["A", "AB", "XYZ", "X-Y-Z"]),
    ("alphabet", {"alphabet": "01"}, ["00000000000000000000", "1" * 24, "0101-0101 0101-0101 0101-0101"]),
    ("alphabet", {"alphabet": "9876543210"}, ["123456", "000000", "12-34-56"]),
    ("alphabet", {"alphabet": CYRILLIC}, ["привет", "анна-мария", "ёжик", "щука (озеро)", "яяяя", "аааааааа"]),
    ("alphabet", {"alphabet": HIRAGANA}, ["あいうえ", "こんにちは", "さくら もち"]),
    ("alphabet", {"alphabet": BLOCK_OF_256}, ["Ѐѐё", "ӿӿӿӿ", "ЖжЗз"]),
    ("alphabet", {"alphabet": FRUIT}, ["🍇🍈🍉🍊🍋🍌", "🍓🍓🍓🍓🍓🍓", "🍎-🍏-🍐-🍑-🍒-🍓"]),
    ("alphabet", {"alphabet": "abc-"}, ["abc-abc-abc-abc-", "a b c - a.b.c.-aabbcc"]),
    ("alphabet", {"alphabet": '"\\/<>&é\u2028'}, ['"\\/<>&é"', "é" * 7 + "\u2028", '"\\ / "\\ < > &']),
    ("alphabet", {"alphabet": "abcdef", **PERMUTE}, ["a", "ab", "fed", "d-e-f"]),
    # 5.2
    (
        "alphanumeric",
        {},
        [
            "AB12cd",
            "A1B2C3D4",
            "a1b2-C3D4",
            "123456",
            "HELLO",
            "XK-4711-zz",
            "Order #2024-00017",
            "9" * 64,
            "Zz" * 100,
            "zzzz9",
        ],
    ),
    # 5.3: class l, class m, long and short
    (
        "email",
        {},
        [
            "alice@example.com",
            "bob.smith@example.com",
            "carol+news@example.org",
            "x-9_8.7@sub.example.net",
            "12345@example.com",
            "jane.doe+x@Example.com",
            "Jane.doe+x@Example.com",
            "ALICE@EXAMPLE.COM",
            "aliceB@example.com",
            "Alice@example.com",
            "aB3dE@example.com",
            "alice@localhost",
            "alice@bücher.example",
            "alice@BÜCHER.Example",
            "_alice_@my_host.example",
            "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz01@example.com",
            "Abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyzA1@example.com",
        ],
    ),
    (
        "email",
        {},
        [
            "a@example.com",
            "z@example.com",
            "0@example.com",
            "ab@example.com",
            "abc@example.com",
            "abcd@example.com",
            "zzzz@example.com",
            "0000@example.com",
            "a.b@example.com",
            "a.b.c.d@example.com",
            "ab-c@example.com",
            "abc-@example.com",
            "abcd-@example.com",
            "-a@example.com",
            "_-+a@example.com",
            "a+b@EXAMPLE.com",
            "a" + "-" * 60 + "@example.com",
            "A@example.com",
            "Z@example.com",
            "aB@example.com",
            "Ab@example.com",
            "A.b@example.com",
            "aBc@example.com",
            "abcD@example.com",
            "ABCD@example.com",
            "ZZZZ@example.com",
            "J.R@example.com",
            "J_@example.com",
        ],
    ),
    # 5.4
    (
        "us_ssn",
        {},
        [
            "123-45-6789",
            "123456789",
            "123 45 6789",
            "001-01-0001",
            "899-99-9999",
            "665-99-9999",
            "667-01-0001",
            "000-12-3456",
            "666-12-3456",
            "900-70-1234",
            "999-99-9999",
            "000000000",
            "123-00-4567",
            "899-00-9999",
            "667-00-0000",
            "123-45-0000",
            "001-01-0000",
            "899-99-0000",
        ],
    ),
    ("us_ssn", {}, [123456789, 1010001, 899999999, 667010001, 0, 7, 999999999, 666123456, 123004567, 123450000]),
    # 5.5
    (
        "pan",
        {},
        [
            "4111111111111111",
            "4111 1111 1111 1111",
            "5555-5555-5555-4444",
            "378282246310005",
            "30569309025904",
            luhn("63040000000"),
            luhn("400000000000000000"),
        ],
    ),
    (
        "pan",
        {"check_digit": "invalid"},
        [
            "4111111111111111",
            "5555-5555-5555-4444",
            "378282246310005",
            luhn("400000000000000000"),
            luhn("63040000000"),
            "6011000990139424",
        ],
    ),
    (
        "pan",
        {"keep": {"first": 6}},
        [
            "4111111111111111",
            "4111 1111 1111 1111",
            "4242424242424242",
            "378282246310005",
            luhn("630400000000"),
            luhn("400000123456789012"),
        ],
    ),
    (
        "pan",
        {"keep": {"last": 4}},
        [
            "4111111111111111",
            "4111 1111 1111 1111",
            "4242424242424242",
            "378282246310005",
            luhn("63040000000"),
            luhn("400000123456789012"),
        ],
    ),
    (
        "pan",
        {"keep": {"first": 4, "last": 4}},
        [
            "4111111111111111",
            "4242 4242 4242 4242",
            "378282246310005",
            luhn("630400000000000"),
            luhn("400000123456789012"),
        ],
    ),
    (
        "pan",
        {"keep": {"first": 6, "last": 3}},
        [
            "4111111111111111",
            "5555555555554444",
            "4242 4242 4242 4242",
            luhn("400000123456789012"),
            "6011000990139424",
            "3530111333300000",
        ],
    ),
    (
        "pan",
        {"keep": {"first": 6, "last": 2}, "check_digit": "invalid"},
        [
            "4111111111111111",
            "5555555555554444",
            "4242 4242 4242 4242",
            luhn("400000123456789012"),
            "378282246310005",
            "3530111333300000",
        ],
    ),
    # 5.6: the registry's own example numbers
    (
        "iban",
        {},
        [
            "GB33BUKB20201555555555",
            "GB33 BUKB 2020 1555 5555 55",
            "DE75512108001245126199",
            "FR7630006000011234567890189",
            "NL02ABNA0123456789",
            "NO8330001234567",
            "BE71096123456769",
            "CH5604835012345678009",
            "MT31MALT01100000000000000000123",
            "PL10105000997603123456789123",
            "BR1500000000000010932840814P2",
            iban("SC", "SSCB11010000000000001497USD"),
            "SA4420000001234567891234",
            iban("SE", "00000000000000000000"),
        ],
    ),
    # 5.7
    (
        "phone",
        {},
        [
            "+12025550143",
            "+1 202-555-0143",
            "+1 (202) 555-0143",
            "+44 20 7946 0958",
            "+447700900123",
            "+49 30 23125 000",
            "+49 15555 1234567",
            "+33 1 99 00 12 34",
            "+39 06 1234 5678",
            "+39 312 345 6789",
            "+7 912 345-67-89",
            "+81 90-1234-5678",
            "+86 131 2345 6789",
            "+91 98765 43210",
            "+55 11 91234-5678",
            "+52 55 1234 5678",
            "+61 491 570 006",
            "+225 01 23 45 6789",
            "+353 20 912 3456",
            "+47 21 23 45 67",
            "+65.6123.4567",
            "+800 1234 5678",
            "+883 5100 1234 5678",
        ],
    ),
    (
        "phone",
        {"region": "US"},
        ["2025550143", "(202) 555-0143", "1-202-555-0143", "1 (202) 555-0143", "+1 202-555-0143", "+44 20 7946 0958"],
    ),
    (
        "phone",
        {"region": "GB"},
        ["020 7946 0958", "(020) 7946/0958", "07700 900123", "20 7946 0958", "+44 20 7946 0958", "0800 1111"],
    ),
    (
        "phone",
        {"region": "DE"},
        ["030 23125000", "030/23125-000", "015555 1234567", "30 23125000", "+49 30 23125000", "089 1234567"],
    ),
    (
        "phone",
        {"region": "IT"},
        ["06 1234 5678", "312 345 6789", "+39 06 1234 5678", "02-12345678", "0112345678", "3123456789"],
    ),
    (
        "phone",
        {"region": "HU"},
        ["06 20 123 4567", "20 123 4567", "06 1 234 5678", "+36 20 123 4567", "06-30-123-4567", "(06) 1/234-5678"],
    ),
    (
        "phone",
        {"region": "FR"},
        ["01 99 00 12 34", "0199001234", "06.12.34.56.78", "+33 1 99 00 12 34", "1 99 00 12 34", "(01)99-00-12-34"],
    ),
    # 5.8
    (
        "ip",
        {},
        [
            "0.0.0.0",
            "255.255.255.255",
            "192.0.2.1",
            "10.0.0.47",
            "::",
            "::1",
            "2001:db8::1",
            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            "2001:db8:0:1:1:1:1:1",
            "::ffff:192.0.2.1",
            "fe80::1:0:0:1",
            "0:0:1::",
        ],
    ),
    (
        "ip",
        {"prefix": "preserve"},
        [
            "0.0.0.0",
            "255.255.255.255",
            "192.0.2.1",
            "192.0.2.77",
            "10.0.0.47",
            "10.0.1.47",
            "::1",
            "2001:db8::1",
            "2001:db8::2",
            "2001:db8:0:1:1:1:1:1",
            "::ffff:192.0.2.1",
        ],
    ),
    # 5.9
    (
        "uuid",
        {},
        [
            "f81d4fae-7dec-41d0-a765-00a0c91e6bf6",
            "f81d4fae7dec41d0a76500a0c91e6bf6",
            "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
            "018f4d2e-9c3b-7aaa-8bbb-0123456789ab",
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "12345678-1234-8234-c234-123456789abc",
        ],
    ),
    (
        "uuid",
        {"case": "upper"},
        [
            "F81D4FAE-7DEC-41D0-A765-00A0C91E6BF6",
            "F81D4FAE7DEC41D0A76500A0C91E6BF6",
            "018F4D2E-9C3B-7AAA-8BBB-0123456789AB",
            "00000000-0000-0000-0000-000000000000",
            "12345678-1234-5234-9234-123456789012",
            "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
        ],
    ),
    # 5.10
    (
        "mac",
        {},
        [
            "00:00:5e:00:53:01",
            "00-00-5e-00-53-01",
            "0000.5e00.5301",
            "00005e005301",
            "01:00:5e:90:10:01",
            "02:00:00:00:00:01",
            "ff:ff:ff:ff:ff:ff",
            "33:33:00:00:00:01",
        ],
    ),
    (
        "mac",
        {"case": "upper"},
        [
            "00:00:5E:00:53:01",
            "00-00-5E-00-53-01",
            "0000.5E00.5301",
            "00005E005301",
            "01:00:5E:90:10:01",
            "FF:FF:FF:FF:FF:FF",
        ],
    ),
    # 5.11
    (
        "date",
        PERMUTE,
        [
            "1900-01-01",
            "2099-12-31",
            "1970-01-01",
            "2000-02-29",
            "1984-07-15T08:30",
            "1984-07-15 08:30:00",
            "1984-07-15T08:30:00.125Z",
            "1984-07-15T23:59:59+02:00",
            "1984-07-15T08:30-0500",
        ],
    ),
    (
        "date",
        {"range": ["2020-01-01", "2020-12-31"], **PERMUTE},
        ["2020-01-01", "2020-02-29", "2020-12-31", "2020-06-15T00:00:00Z", "2020-06-15", "2020-07-04 12:00"],
    ),
    (
        "date",
        {"range": ["0001-01-01", "9999-12-31"]},
        ["0001-01-01", "9999-12-31", "1984-07-15", "1984-07-15T08:30:00.125Z", "2000-02-29", "0044-03-15"],
    ),
    # 5.12
    ("integer", {"range": ["0", "999999"]}, ["0", "7", "42", "999999", "123456", 0, 7, 999999]),
    ("integer", {"range": ["-5000000", "5000000"]}, ["-5000000", "-1", "0", "1", "5000000", -5000000, -1, 0]),
    (
        "integer",
        {"range": ["-10000000000000000000000000000000000000", "10000000000000000000000000000000000000"]},
        [
            "0",
            "-1",
            "10000000000000000000000000000000000000",
            "-10000000000000000000000000000000000000",
            "9223372036854775807",
            "123456789012345678901234567890",
        ],
    ),
    ("integer", {"range": ["1", "100"], **PERMUTE}, ["1", "2", "50", "99", "100", 1, 100]),
    # 5.13
    ("decimal", {"range": ["0", "99999.99"]}, ["0.00", "0.01", "12.50", "99999.99", "1234.56", "100.00"]),
    ("decimal", {"range": ["-1000.000", "1000"]}, ["-1000.000", "-0.001", "0.000", "0.001", "999.999", "1000.000"]),
    ("decimal", {"range": ["-500000", "500000"]}, ["-500000", "-1", "0", "1", "42", "500000"]),
    ("decimal", {"range": ["0.0", "10.0"], **PERMUTE}, ["0.0", "0.1", "5.0", "5.5", "9.9", "10.0"]),
    # 5.14: examples of the authorities, as in tokenize-core/src/checksum/tests.rs
    ("id:aba_routing_number", {}, ["011000015", "1110-0002-5"]),
    ("id:au_abn", {}, ["51 824 753 556", "51824753556"]),
    ("id:au_acn", {}, ["004 085 616"]),
    ("id:au_medicare", {}, ["2123 45670 1", "2123 45670 1/1"]),
    ("id:au_tfn", {}, ["123 456 782"]),
    ("id:bg_egn", {}, ["7523169263", "7501010010"]),
    ("id:bic", {}, ["DEUTDEFF", "DEUTDEFF500", "deutdeff500"]),
    ("id:br_cnpj", {}, ["11.222.333/0001-81", "11222333000181", "12.ABC.345/01DE-35"]),
    ("id:br_cpf", {}, ["111.444.777-35", "11144477735"]),
    ("id:ca_sin", {}, ["123-456-782"]),
    ("id:ch_ahv", {}, ["756.9217.0769.85", "7569217076985"]),
    ("id:cl_rut", {}, ["12.531.909-2", "7.608.646-K"]),
    ("id:de_tax_id", {}, ["86 095 742 719", "65929970489"]),
    ("id:es_nie", {}, ["X2482300W", "x-2482300-w"]),
    ("id:es_nif", {}, ["54362315K", "12.345.678-Z", "K0867756N"]),
    ("id:fi_personal_identity_code", {}, ["131052-308T", "131052+308T"]),
    ("id:fr_nir", {}, ["2 95 10 99 126 111 93", "253072B07300470", "253072A07300443"]),
    ("id:il_id", {}, ["03933742-3"]),
    ("id:imei", {}, ["49-015420-323751-8"]),
    ("id:in_aadhaar", {}, ["2341 2341 2346", "234123412346"]),
    ("id:in_pan", {}, ["AFZPK7190K", "afzpk7190k"]),
    ("id:it_fiscal_code", {}, ["RCCMNL83S18D969H", "mrtmtt91d08f205j", "RCC MNL 83S18 DV6VL"]),
    ("id:jp_my_number", {}, ["1234 5678 9018"]),
    ("id:kr_rrn", {}, ["971013-9019902"]),
    ("id:medical_license", {}, ["AB1234563", "F91234563"]),
    ("id:mx_curp", {}, ["BOXW310820HNERXN09"]),
    ("id:nl_bsn", {}, ["111222333", "1112.22.333"]),
    ("id:no_fodselsnummer", {}, ["15108695088", "151086 95088"]),
    ("id:pl_pesel", {}, ["44051401359", "02070803628"]),
    ("id:ro_cnp", {}, ["1630615123457"]),
    ("id:se_personnummer", {}, ["880320-0016", "8803200016", "19880320-0016", "701063+2391"]),
    ("id:sg_nric_fin", {}, ["S0000001I", "g0000001p", "T0000001E"]),
    ("id:tr_tckn", {}, ["17291716060"]),
    ("id:uk_nhs", {}, ["943 476 5919", "9434765870"]),
    ("id:uk_nino", {}, ["AB 12 34 56 C", "ab123456c"]),
    ("id:us_ein", {}, ["12-3456789"]),
    ("id:us_itin", {}, ["900-70-0000", "900700000"]),
    ("id:us_mbi", {}, ["1EG4-TE5-MK73", "1eg4te5mk73"]),
    ("id:us_npi", {}, ["1234567893"]),
    ("id:vin", {}, ["1M8GDM9AXKP042788", "11111111111111111"]),
    ("id:za_id", {}, ["750330 5044 08 9"]),
]

DOMAINS: list[tuple[str, Case, str, str]] = [
    ("digits", {}, "account", "1234567890"),
    ("digits", {}, "customer", "1234567890"),
    ("digits", {}, "", "1234567890"),
    ("email", {}, "customer", "alice@example.com"),
    ("us_ssn", {}, "Versicherte-ä", "123-45-6789"),
    ("digits", PERMUTE, "pin", "4821"),
    ("digits", PERMUTE, "door code", "4821"),
]

UUIDS = [
    "f81d4fae-7dec-41d0-a765-00a0c91e6bf6",
    "00000000-0000-0000-0000-000000000000",
    "018f4d2e-9c3b-7aaa-8bbb-0123456789ab",
]


def token_cases() -> Iterator[Case]:
    for form, params, values in TOKENS:
        for value in values:
            yield token_case(form, params, form, value)
    for form, params, domain, text in DOMAINS:
        yield token_case(form, params, domain, text)
    for text in UUIDS:
        yield token_case("uuid", {}, "uuid", uuid.UUID(text).bytes)


def token_case(form: str, params: Case, domain: str, value: v1.Value) -> Case:
    column = v1.Rule(REVEAL, form, domain, params)
    token = column.tokenize(value)
    assert column.detokenize(token) == value, (form, params, value)
    case = {"format": form, "params": params, "domain": domain}
    if isinstance(value, bytes) and isinstance(token, bytes):
        return {**case, "value_type": "uuid-bytes-hex", "value": value.hex(), "token": token.hex()}
    if isinstance(value, int):
        return {**case, "value_type": "int", "value": value, "token": token}
    return {**case, "value_type": "text", "value": value, "token": token}


# --- misfits ---

MISFITS: list[tuple[str, Case, list[str | int]]] = [
    (
        "digits",
        {},
        [
            "12345",
            "123a456",
            "------",
            "１２３４５６",
            "123\t456",
            "123\u00a0456",
            "١٢٣٤٥٦",
            "1234567\n",
            "1" * 4097,
            "12345–67",
            "½123456",
        ],
    ),
    ("digits", PERMUTE, ["-", "12a4", "１", " "]),
    (
        "hex",
        {},
        ["abcd", "DEADBEEF", "deadbeeF", "0xdeadbeef", "deadbeeg", "{}", "ｄｅａｄｂｅｅｆ", "deadbeef\n", "0" * 4097],
    ),
    ("hex", {"case": "upper"}, ["ABCD", "deadbeef", "DEADBEEf"]),
    (
        "letters",
        {},
        ["abc", "Abcd1", "José María", "ＡＢＣＤＥ", "...", "hello\tworld", "привет", "straße", "a" * 4097],
    ),
    ("letters", {"case": "lower"}, ["abcd", "Hello", "HELLO"]),
    ("letters", {"case": "upper"}, ["ABCD", "Hello", "hello"]),
    (
        "alphabet",
        {"alphabet": CYRILLIC},
        ["при", "Привет", "привет1", "hello", "---", "е\u0308жик", "привет\n", "і" * 6, "а" * 4097],
    ),
    ("alphabet", {"alphabet": "abc-"}, ["abcabc", "abcd-abc-abc-abc", "ABCABCABCABC", "a\u2010" * 12]),
    (
        "alphanumeric",
        {},
        [
            "abc1",
            "12345",
            "ABCD",
            "é12345678",
            "----",
            "ＡＢ１２３４５６",
            "ab12cd34\n",
            "a" * 872,
            "9" * 1234,
            "ab12\u200bcd34",
        ],
    ),
    (
        "email",
        {},
        [
            "alice",
            "@example.com",
            "alice@",
            "alice@b@example.com",
            '"alice b"@example.com',
            "josé@example.com",
            "alice b@example.com",
            " alice@example.com",
            "alice@example.com ",
            ".alice@example.com",
            "alice.@example.com",
            "al..ice@example.com",
            "al!ice@example.com",
            "-@example.com",
            "-_+@example.com",
            "alice@.example.com",
            "alice@example.com.",
            "alice@example..com",
            "alice@-example.com",
            "alice@example-.com",
            "alice@exa mple.com",
            "alice@exa\u00a0mple.com",
            "alice@exa\u0085mple.com",
            "alice@[192.0.2.1]",
            "a" * 65 + "@example.com",
            "alice@" + "a" * 64 + ".com",
            "alice@" + ".".join(["a" * 50] * 6),
            "alice@" + ".".join(["ü" * 63] * 3),
            "a" + "-" * 61 + "@example.com",
        ],
    ),
    (
        "us_ssn",
        {},
        [
            "12345678",
            "1234567890",
            "123-45-678a",
            "123.45.6789",
            "123-45-678９",
            "--- --",
            "123–45–6789",
            "123-45-6789\n",
            -1,
            1000000000,
        ],
    ),
    (
        "pan",
        {},
        [
            "4111111111111112",
            "41111111111",
            luhn("4000000000"),
            luhn("4000000000000000000"),
            "4111111111111111a",
            "4111.1111.1111.1111",
            "４１１１１１１１１１１１１１１１",
            "---",
            "4111111111111111\n",
        ],
    ),
    ("pan", {"keep": {"first": 6}}, [luhn("63040000000"), "4111111111111112"]),
    ("pan", {"keep": {"first": 4, "last": 4}}, [luhn("63040000000"), luhn("6304000000000")]),
    (
        "iban",
        {},
        [
            "GB34BUKB20201555555555",
            "gb33BUKB20201555555555",
            "GB33bukb20201555555555",
            "GB33BUKB2020155555555",
            "GB33BUKB202015555555555",
            "GB33-BUKB-2020-1555-5555-55",
            iban("GB", "1UKB20201555555555"),
            iban("DE", "5121080012451261AB"),
            iban("US", "123456789012345678"),
            iban("XX", "123456789012345678"),
            "GB33BUKB20201555555555\n",
            "GB33",
            "GB",
            "DE٧٥512108001245126199",
        ],
    ),
    (
        "phone",
        {},
        [
            "2025550143",
            "020 7946 0958",
            "+1 202 555 014",
            "+1 202 555 01433",
            "+1 102 555 0143",
            "+44 0207946 0958",
            "+44 (0)20 7946 0958",
            "+999 12345678",
            "+1-800-FLOWERS",
            "+1 202 555 0143 x5",
            "++12025550143",
            "+",
            "+1",
            "+49 1234",
            "+１２０２５５５０１４３",
            "tel:+12025550143",
            "+12025550143\n",
        ],
    ),
    ("phone", {"region": "US"}, ["202 555 014", "102 555 0143", "11 202 555 0143", "0012025550143", " "]),
    (
        "ip",
        {},
        [
            "192.168.001.1",
            "256.1.1.1",
            "1.2.3",
            "1.2.3.4.5",
            "2001:DB8::1",
            "2001:db8:0:0:0:0:0:1",
            "2001:db8::0:1",
            "2001:db8::1:1:1:1:1",
            "2001:0db8::1",
            "fe80::1%eth0",
            "::ffff:c000:201",
            "::192.0.2.1",
            "192.0.2.1/24",
            "[::1]",
            " 192.0.2.1",
            "192.0.2.1\n",
            "1::2::3",
            "localhost",
            "3221225985",
            "::1:0:0:0:0",
        ],
    ),
    ("ip", {"prefix": "preserve"}, ["192.168.001.1", "2001:DB8::1", "fe80::1%eth0", "::ffff:c000:201"]),
    (
        "uuid",
        {},
        [
            "F81D4FAE-7DEC-41D0-A765-00A0C91E6BF6",
            "{f81d4fae-7dec-41d0-a765-00a0c91e6bf6}",
            "urn:uuid:f81d4fae-7dec-41d0-a765-00a0c91e6bf6",
            "f81d4fae-7dec-41d0-a765-00a0c91e6bf",
            "f81d4fae-7dec-41d0-a765-00a0c91e6bf60",
            "f81d4fae7dec-41d0-a765-00a0c91e6bf6",
            "f81d4fae-7dec-41d0-a76500a0c91e6bf6",
            "g81d4fae-7dec-41d0-a765-00a0c91e6bf6",
            "f81d4fae:7dec:41d0:a765:00a0c91e6bf6",
            "f81d4fae-7dec-41d0-a765-00a0c91e6bf6\n",
            "f81d4fae-7dec-41d0-a765-00a0c91e6BF6",
        ],
    ),
    ("uuid", {"case": "upper"}, ["f81d4fae-7dec-41d0-a765-00a0c91e6bf6", "F81D4FAE-7DEC-41D0-A765-00A0C91E6Bf6"]),
    (
        "mac",
        {},
        [
            "00:00:5E:00:53:01",
            "00:00:5e:00:53",
            "00:00:5e:00:53:01:02",
            "00:00:5e-00:53:01",
            "0:0:5e:0:53:1",
            "000.05e.005.301",
            "00005e00530",
            "00005e0053011",
            "00:00:5g:00:53:01",
            "00 00 5e 00 53 01",
            "0000:5e00:5301",
            "00:00:5e:00:53:01\n",
        ],
    ),
    (
        "date",
        PERMUTE,
        [
            "1899-12-31",
            "2100-01-01",
            "2023-02-29",
            "2020-02-30",
            "2020-13-01",
            "2020-1-01",
            "20200101",
            "01/02/2020",
            "2020-01-01T",
            "2020-01-01T10",
            "2020-01-01T25:00",
            "2020-01-01T10:61",
            "2020-01-01X10:00",
            "2020-01-01T10:00:00.",
            "2020-01-01T10:00+2",
            "2020-01-01 ",
            " 2020-01-01",
            "２０２０-01-01",
            "2020-01-01\n",
            "+2020-01-01",
        ],
    ),
    (
        "integer",
        {"range": ["-5000000", "5000000"]},
        [
            "+5",
            "-0",
            "007",
            "1.0",
            "1e3",
            " 5",
            "5 ",
            "5\n",
            "1_000",
            "1,000",
            "٣",
            "--5",
            "-",
            "5000001",
            "-5000001",
            5000001,
            -5000001,
        ],
    ),
    (
        "decimal",
        {"range": ["-100000", "99999.99"]},
        [
            "1.5",
            "1",
            "1.500",
            ".50",
            "1.",
            "01.00",
            "-0.00",
            "+1.00",
            "1,00",
            "1.00 ",
            "1e2",
            "١.00",
            "100000.00",
            "-100000.01",
            "NaN",
            "1.00\n",
        ],
    ),
    ("decimal", {"range": ["-500000", "500000"]}, ["1.0", "-0", "00", "500001"]),
    ("id:br_cpf", {}, ["111.444.777-36", "111/444/777-35", "11111111111", "1114447773", "١١١٤٤٤٧٧٧٣٥", " ", "-"]),
    ("id:cl_rut", {}, ["7.608.646-k", "7.608.646-5"]),
    ("id:in_aadhaar", {}, ["234123412347", "1341 2341 2346"]),
    ("id:mx_curp", {}, ["BACA310820HNERXN09", "BOXW310230HNERXN09"]),
    ("id:nl_bsn", {}, ["000000000", "111222334"]),
    ("id:pl_pesel", {}, ["44053201359", "44023001359"]),
    ("id:uk_nino", {}, ["Ab123456C", "BG123456C", "AB123456E", "AB123456C\n"]),
    ("id:us_itin", {}, ["123-45-6789"]),
]

BAD_TOKENS: list[tuple[str, Case, str]] = [
    ("pan", {}, "4111111111111112"),
    ("pan", {"check_digit": "invalid"}, "4111111111111111"),
    ("pan", {"check_digit": "invalid", "keep": {"first": 6, "last": 2}}, "4111111111111111"),
    ("iban", {}, "GB34BUKB20201555555555"),
    ("us_ssn", {}, "12345678"),
    ("email", {}, "alice"),
    ("id:br_cpf", {}, "111.444.777-36"),
    ("id:no_fodselsnummer", {}, "15108695089"),
]
"""Tokens that unmask must refuse."""


def check_digit_aliases() -> Iterator[str]:
    """IBANs with check digits 00, 01, 99: congruent to the right ones (97, 98, 02), never written."""
    aliases = {"97": "00", "98": "01", "02": "99"}
    for serial in range(10_000):
        account = f"370400440532{serial:06}"
        right = v1.iban_check("DE", account)
        if right in aliases:
            yield f"DE{aliases.pop(right)}{account}"


def misfit_cases() -> Iterator[Case]:
    aliases: list[str | int] = list(check_digit_aliases())
    assert len(aliases) == 3
    for form, params, values in [*MISFITS, ("iban", {}, aliases)]:
        for value in values:
            yield misfit_case(form, params, value, back=False)
    for form, params, token in BAD_TOKENS:
        yield misfit_case(form, params, token, back=True)


def misfit_case(form: str, params: Case, value: str | int, *, back: bool) -> Case:
    column = rule(form, params, None)
    try:
        out = column.detokenize(value) if back else column.tokenize(value)
    except v1.Misfit:
        direction = "detokenize" if back else "tokenize"
        value_type = "int" if isinstance(value, int) else "text"
        return {
            "format": form,
            "params": params,
            "domain": form,
            "direction": direction,
            "value_type": value_type,
            "value": value,
        }
    raise AssertionError(f"{form} {params} took {value!r} and gave {out!r}")


REFUSED: list[tuple[str, Case]] = [
    ("pan", {"keep": {"first": 6, "last": 4}}),
    ("pan", {"keep": {"first": 10}}),
    ("pan", {"keep": {"first": 8, "last": 5}}),
    ("pan", {"keep": {"first": 6}, **PERMUTE}),
    ("alphanumeric", PERMUTE),
    ("email", PERMUTE),
    ("iban", PERMUTE),
    ("phone", PERMUTE),
    ("uuid", PERMUTE),
    ("mac", PERMUTE),
    ("alphabet", {"alphabet": "a"}),
    ("alphabet", {"alphabet": "abca"}),
    ("alphabet", {"alphabet": "ab\u0007"}),
    ("phone", {"region": "XX"}),
    ("date", {}),
    ("date", {"range": ["2020-12-31", "2020-01-01"], **PERMUTE}),
    ("integer", {"range": ["0", "999998"]}),
    ("integer", {"range": ["5", "4"], **PERMUTE}),
    ("integer", {"range": ["0", "10000000000000000000000000000000000001"]}),
    ("decimal", {"range": ["0", "9999.98"]}),
    ("id:cl_rut", PERMUTE),
    ("id:it_fiscal_code", PERMUTE),
]
"""Rules that no policy may hold."""


def refused_cases() -> Iterator[Case]:
    for form, params in REFUSED:
        try:
            rule(form, params, None)
        except v1.Refused:
            yield {"format": form, "params": params}
        else:
            raise AssertionError(f"{form} {params} was taken")


# --- pseudonyms ---

CANONICAL: list[tuple[str, str | int | bytes]] = [
    ("utf8", "alice"),
    ("utf8", "42"),
    ("utf8", " Ünïcødé 🍏 "),
    ("large_utf8", "alice"),
    ("utf8_view", "alice"),
    ("binary", b"\x00\x01\xfe\xff"),
    ("fixed_size_binary(16)", bytes(range(16))),
    ("int8", -128),
    ("int32", 0),
    ("int64", 42),
    ("int64", -9223372036854775808),
    ("uint64", 18446744073709551615),
    ("decimal128(10,2)", 0),
    ("decimal128(10,2)", 1250),
    ("decimal128(10,2)", -5),
    ("decimal128(10,2)", 4200),
    ("decimal128(38,0)", -(10**37)),
    ("decimal128(5,-2)", 42),
    ("date32", 0),
    ("date32", 20000),
    ("date32", -719163),
    ("date32", -735000),
    ("date32", 3700000),
    ("date64", 86_400_000 * 20000),
    ("date64", 86_400_000 * 20000 + 1),
    ("timestamp(s)", 1_700_000_000),
    ("timestamp(ms)", -1),
    ("timestamp(us)", 1_700_000_000_250_000),
    ("timestamp(ns)", 1_700_000_000_000_000_001),
    ("timestamp(us,UTC)", 1_700_000_000_250_000),
    ("timestamp(s,Europe/Paris)", 1_700_000_000),
]


def shown(value: str | int | bytes) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def pseudonym_cases() -> Iterator[Case]:
    for arrow_type, value in CANONICAL:
        yield pseudonym_case("hex", "customer", arrow_type, value)
    for output in ("uuid", "int64"):
        for arrow_type, value in CANONICAL[:8]:
            yield pseudonym_case(output, "customer", arrow_type, value)
    for domain in ("", "employee", "Kunde-ä"):
        yield pseudonym_case("hex", domain, "utf8", "alice")


def pseudonym_case(output: str, domain: str, arrow_type: str, value: str | int | bytes) -> Case:
    canonical = v1.canonical(arrow_type, value)
    pseudonym = v1.pseudonymize(PSEUDONYM, output, domain, canonical)
    return {
        "output": output,
        "domain": domain,
        "type": arrow_type,
        "value": shown(value),
        "canonical": canonical.hex(),
        "pseudonym": str(pseudonym),
    }


# --- surrogates ---

SURROGATES: dict[str, list[str]] = {
    "city": ["Paris", "PARIS", "paris", "  New   York ", "Saint-Étienne", "X", "千葉", "\t"],
    "email": ["jane.doe@example.com", "JANE.DOE@EXAMPLE.COM", "Jane <jane@example.org>", "not an address"],
    "family_name": ["Weiß", "WEISS", "weiss", "Müller", "Mu\u0308ller", "O'Brien", "de la Cruz", "ΣΙΣΥΦΟΣ"],
    "given_name": ["Jane", "JANE", "jane", "Anna Maria", "J", "J.", "Karl-Heinz", "\u00a0Zoë\u2003", "ǅ"],
    "person": [
        "Jane Doe",
        "Doe, Jane",
        "DOE,JANE",
        "jane  doe",
        "Doe",
        "Doe, John, Jr.",
        ", Jane",
        "Doe,",
        ",",
        "Dr. Jane Q. Doe",
        "山田 太郎",
        "🍏",
        "1234",
    ],
    "phone": [
        "+1 (212) 555-0123",
        "+12125550123",
        "212-555-0123",
        "2125550123",
        "030 23125000",
        "+49 30 23125000",
        "01 99 00 12 34",
        "+ 33",
        "+",
        "n/a",
        "０３０",
    ],
}


def surrogate_cases() -> Iterator[Case]:
    for kind, values in SURROGATES.items():
        for locale in surrogates_v1.LOCALES:
            made = surrogates_v1.Surrogate(PSEUDONYM, kind, locale, "customer")
            for value in [*values, *values_to_refuse(made)]:
                yield surrogate_case(made, value)
    yield surrogate_case(surrogates_v1.Surrogate(PSEUDONYM, "person", "en_US", "Kunde-ä"), "Jane Doe")


def values_to_refuse(made: surrogates_v1.Surrogate) -> Iterator[str]:
    """Values whose first stand-in shows too much of them: found by trying what the lists hold."""
    its = surrogates_v1.lists(made.locale)
    held: dict[str, Iterable[str]] = {
        "city": its["city"],
        "family_name": its["family"],
        "given_name": its["given"],
        "person": (f"{given} {family}" for given in its["given"] for family in its["family"][::100]),
        "phone": (surrogates_v1.phone_number(made.locale, rank)[1] for rank in range(2_000)),
    }
    tried = ((value, next(made.ranks(value))) for value in held.get(made.kind, []))
    yield from islice((value for value, rank in tried if made.is_refused(rank, made.at(rank, value), value)), 2)


def surrogate_case(made: surrogates_v1.Surrogate, value: str) -> Case:
    return {
        "kind": made.kind,
        "locale": made.locale,
        "domain": made.domain,
        "value": value,
        "canonical": surrogates_v1.canonical(made.kind, value),
        "stand_in": made.of(value),
    }


# --- cells ---

CELLS: list[tuple[str, str, Json]] = [
    ("string", "utf8", "alice"),
    ("string", "large_utf8", "Ünïcødé 🍏"),
    ("binary", "binary", b"\x00\x01\xfe\xff"),
    ("int", "int64", 42),
    ("int", "int8", -1),
    ("int", "uint64", 18446744073709551615),
    ("decimal", "decimal128(10,2)", 1250),
    ("decimal", "decimal128(10,2)", 4200),
    ("decimal", "decimal128(10,2)", 0),
    ("decimal", "decimal128(38,3)", -12345),
    ("float32", "float32", 1.5),
    ("float64", "float64", 0.1),
    ("float64", "float64", -0.0),
    ("bool", "bool", True),
    ("bool", "bool", False),
    ("date", "date32", 20000),
    ("date", "date32", -1),
    ("timestamp", "timestamp(us)", 1_700_000_000_250_000),
    ("timestamp", "timestamp(s,UTC)", -1),
    ("timestamp", "date64", 86_400_000),
    ("time", "time32(ms)", 43_200_001),
    ("time", "time64(ns)", 86_399_999_999_999),
]
"""Logical type, Arrow type, and the value as the Arrow type holds it."""


def cell_cases() -> Iterator[Case]:
    for logical, arrow_type, value in CELLS:
        yield cell_case("customers.secret", logical, arrow_type, value, None)
    yield cell_case("other", "string", "utf8", "alice", None)
    yield cell_case("", "binary", "binary", bytes(100), None)
    for at, (logical, arrow_type, value) in enumerate(CELLS):
        nonce = bytes(range(0xA0, 0xAB)) + bytes([at])
        yield cell_case("customers.secret", logical, arrow_type, value, (bytes(range(0x40, 0x50)), nonce))


def cell_case(domain: str, logical: str, arrow_type: str, value: Json, randomized: tuple[bytes, bytes] | None) -> Case:
    plaintext = cell_plaintext(logical, arrow_type, value)
    cell = v1.make_cell(REVEAL, 1, domain, logical, plaintext, randomized)
    assert v1.open_cell({1: REVEAL}, domain, logical, cell) == plaintext
    return {
        "mode": "randomized" if randomized else "deterministic",
        "domain": domain,
        "logical_type": logical,
        "type": arrow_type,
        "value": shown(value),
        "plaintext": plaintext.hex(),
        "key_id": cell[6:22].hex(),
        "nonce": cell[22:34].hex(),
        "cell": cell.hex(),
        "string": base64.b64encode(cell).decode(),
    }


def output_cells() -> Iterator[tuple[str, str, str, str, bytes]]:
    """The same values, for the cells under a data key."""
    for logical, arrow_type, value in CELLS:
        yield "customers.secret", logical, arrow_type, shown(value), cell_plaintext(logical, arrow_type, value)


def cell_plaintext(logical: str, arrow_type: str, value: Json) -> bytes:
    held = value * nanos(arrow_type) if nanos(arrow_type) else value
    return v1.cell_plaintext(logical, held, decimal_scale(arrow_type))


def nanos(arrow_type: str) -> int:
    """Nanoseconds of one unit of a time type, else 0."""
    if arrow_type == "date64":
        return v1.NANOS["ms"]
    unit = arrow_type.partition("(")[2].rstrip(")").partition(",")[0]
    return v1.NANOS[unit] if arrow_type.startswith("time") else 0


def decimal_scale(arrow_type: str) -> int:
    return int(arrow_type.rstrip(")").partition(",")[2]) if arrow_type.startswith("decimal") else 0


# --- shifts ---

SHIFTS: list[tuple[int, str, str | int | bytes, str]] = [
    (30, "utf8", "patient-1", "2020-02-29"),
    (30, "utf8", "patient-2", "2020-02-29"),
    (30, "utf8", "patient-3", "2020-12-31T23:59:59Z"),
    (30, "int64", 1001, "2020-01-01"),
    (30, "utf8", "1001", "2020-01-01"),
    (30, "binary", b"\x01\x02", "2020-01-01"),
    (1, "utf8", "patient-1", "2020-03-01 08:00"),
    (1, "utf8", "patient-2", "2020-03-01"),
    (365, "utf8", "patient-1", "1999-12-31T08:30:15.250+02:00"),
    (365, "date32", 10000, "1999-12-31"),
    (36500, "utf8", "patient-1", "1970-01-01"),
    (36500, "utf8", "patient-2", "1970-01-01"),
]


def shift_cases() -> Iterator[Case]:
    for max_days, arrow_type, subject, text in SHIFTS:
        canonical = v1.canonical(arrow_type, subject)
        days = v1.shift_days(REVEAL, max_days, canonical)
        shifted = v1.shift_date(text, days)
        assert v1.shift_date(shifted, -days) == text
        yield {
            "max_days": max_days,
            "subject_type": arrow_type,
            "subject": shown(subject),
            "subject_canonical": canonical.hex(),
            "days": days,
            "value": text,
            "shifted": shifted,
        }


# --- subkeys ---


def subkey_cases() -> Iterator[Case]:
    pan = v1.jcs({"keep": {"first": 6, "last": 0}, "check_digit": "valid"}).decode()
    quoted = v1.jcs({"alphabet": 'a"\\\u2028é🍏'}).decode()
    cases: list[tuple[str, str, list[str | bytes]]] = [
        ("pseudonym", "commitment", [KEYRING_ID, "1", "pseudonym"]),
        ("reveal", "commitment", [KEYRING_ID, "1", "reveal"]),
        ("reveal", "commitment", [KEYRING_ID, "10", "reveal"]),
        ("reveal", "manifest", [KEYRING_ID]),
        ("pseudonym", "manifest", [KEYRING_ID]),
        ("pseudonym", "pseudonymize", ["hex", "customer"]),
        ("pseudonym", "pseudonymize", ["uuid", "customer"]),
        ("pseudonym", "pseudonymize", ["int64", ""]),
        ("pseudonym", "surrogate", ["person", "en_US", "1", "customer"]),
        ("reveal", "tokenize/ff1", ["digits", "{}", "account"]),
        ("reveal", "tokenize/ff1", ["pan", pan, "pan"]),
        ("reveal", "tokenize/ff1", ["alphabet", quoted, "Kunde-ä"]),
        ("reveal", "tokenize/permutation", ["digits", "{}", "pin", "10000"]),
        ("reveal", "tokenize/ipcrypt-pfx", ["ip", '{"prefix":"preserve"}', "ip"]),
        ("reveal", "encrypt/data-key", [bytes(range(0x40, 0x50))]),
        ("reveal", "encrypt/deterministic", ["customers.secret"]),
        ("reveal", "encrypt/nonce", ["customers.secret"]),
        ("reveal", "shift_date", ["30"]),
    ]
    for root, purpose, parts in cases:
        raw = [part.encode() if isinstance(part, str) else part for part in parts]
        yield {
            "root": root,
            "purpose": purpose,
            "parts": [part.hex() for part in raw],
            "info": v1.subkey_info(purpose, *raw).hex(),
            "subkey": v1.subkey({"pseudonym": PSEUDONYM, "reveal": REVEAL}[root], purpose, *raw).hex(),
        }


# --- generalize and truncate ---


def generalize_cases() -> Iterator[Case]:
    for text in ["1984-07-15", "2000-02-29T08:30:00Z", "0001-01-01", "9999-12-31 23:59"]:
        for to in ("year", "month"):
            yield {"to": to, "options": {}, "value": text, "result": v1.generalize_date(to, text)}
    for text in ["12345", "12345-6789", "123456789", "03601", "05999-0001", "893010000", "89401", "00000"]:
        yield {"to": "zip3", "options": {}, "value": text, "result": v1.zip3(text)}
    for restricted in v1.RESTRICTED_ZIP3:
        yield {"to": "zip3", "options": {}, "value": restricted + "99", "result": v1.zip3(restricted + "99")}
    ages: list[tuple[str, Case]] = [
        ("2024-06-01", {"as_of": "2024-06-01"}),
        ("1984-06-01", {"as_of": "2024-06-01"}),
        ("1984-06-02", {"as_of": "2024-06-01"}),
        ("2004-02-29", {"as_of": "2014-02-28"}),
        ("2004-02-29", {"as_of": "2014-03-01"}),
        ("1934-06-02", {"as_of": "2024-06-01"}),
        ("1934-06-01", {"as_of": "2024-06-01"}),
        ("1900-01-01", {"as_of": "2024-06-01"}),
        ("1984-06-01", {"as_of": "2024-06-01", "size": 5}),
        ("1987-06-01", {"as_of": "2024-06-01", "size": 15}),
    ]
    for text, options in ages:
        yield {"to": "age_band", "options": options, "value": text, "result": v1.age_band(text, **options)}
    for value, size in [(0, 10), (9, 10), (10, 10), (-1, 10), (-10, 10), (1234, 250)]:
        yield {"to": "bucket", "options": {"size": size}, "value": value, "result": v1.bucket(value, size)}
    for value, size in [
        (0, 10),
        (4, 10),
        (5, 10),
        (-4, 10),
        (-5, 10),
        (-15, 10),
        (15, 10),
        (7, 3),
        (8, 3),
        (1375, 250),
    ]:
        yield {"to": "round", "options": {"size": size}, "value": value, "result": v1.round_to(value, size)}
    for text, first, last in [
        ("4111111111111111", 6, 4),
        ("abcdef", 2, 0),
        ("abcdef", 0, 2),
        ("abc", 2, 1),
        ("ab", 2, 1),
        ("a🍏é日b", 1, 1),
        ("abcd", 0, 0),
    ]:
        yield {
            "to": "truncate",
            "options": {"keep": {"first": first, "last": last}},
            "value": text,
            "result": v1.truncate(text, first, last),
        }
    yield {
        "to": "truncate",
        "options": {"keep": {"first": 1, "last": 0}, "fill": "•"},
        "value": "abcd",
        "result": "a•••",
    }


# --- keyring, manifest ---

KEK = bytes(range(0x60, 0x80))


def keyring_vector() -> Json:
    keyring: Json = {
        "format": "tokenize-keyring/v1",
        "id": KEYRING_ID,
        "kms": "local:kek.key",
        "encryption_context": {"zone": "eu", "Team": "data"},
        "versions": [],
    }
    second = {"pseudonym": bytes(range(0x80, 0xA0)), "reveal": bytes(range(0xA0, 0xC0))}
    for version, state, roots in [
        (1, "primary", {"pseudonym": PSEUDONYM, "reveal": REVEAL}),
        (2, "enabled", second),
        (3, "destroyed", {}),
    ]:
        keys = {
            name: {
                "wrapped": wrapped(keyring, name, root, bytes([version, at]) + bytes(10)),
                "commitment": v1.commitment(root, KEYRING_ID, version, name).hex(),
            }
            for at, (name, root) in enumerate(roots.items())
        }
        keyring["versions"].append(
            {"version": version, "state": state, "created": "2025-01-01T00:00:00Z", "keys": keys}
        )
    kek_file = f"tokenize-kek/v1 {base64.b64encode(KEK).decode()}\n"
    opened = v1.unwrap_keyring(keyring, v1.read_kek(kek_file))
    assert opened.root("reveal") == REVEAL and opened.root("pseudonym", 2) == second["pseudonym"]
    versions = {
        str(version): {name: root.hex() for name, root in roots.items()} for version, roots in opened.versions.items()
    }
    return {"kek_file": kek_file, "keyring_file": keyring, "roots": versions}


def wrapped(keyring: Json, purpose: str, root: bytes, nonce: bytes) -> str:
    return base64.b64encode(v1.local_wrap(KEK, v1.key_context(keyring, purpose), root, nonce)).decode()


def manifest_vector() -> Json:
    manifest: Json = {
        "format": "tokenize-manifest/v1",
        "tool": "tokenize 0.1.0",
        "keyring": KEYRING_ID,
        "policy": {"name": "customers", "sha256": "00" * 32},
        "columns": [{"path": "id", "action": "keep"}, {"path": "`naïve.name`", "action": "drop"}],
        "data_keys": [],
    }
    mac = v1.manifest_mac(REVEAL, manifest).hex()
    signed = {**manifest, "mac": {"root": "reveal", "key_version": 1, "value": mac}}
    assert v1.verify_manifest(v1.Keyring(KEYRING_ID, 1, {1: {"reveal": REVEAL}}), signed)
    return {**HEAD, "manifest": signed, "jcs_without_mac": v1.jcs(manifest).decode()}


def main() -> None:
    for name, vectors in all_vectors().items():
        (VECTORS / f"{name}.json").write_text(text_of(vectors), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
