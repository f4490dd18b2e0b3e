"""Checks of the oracle itself, and that the golden vectors are what it writes.

pip install cryptography==50.0.2 pytest==9.2.0 python-stdnum==2.2 phonenumbers==9.0.43
pytest tests/oracle
"""

from __future__ import annotations

import ipaddress
import json
import random
import string
import uuid
from collections.abc import Callable
from datetime import date, timedelta

import phonenumbers
import pytest
from stdnum import iban as stdnum_iban
from stdnum import luhn as stdnum_luhn

import identifiers_v1
import make_vectors
import tokenize_v1 as v1

Random = random.Random

ROOT = bytes(range(0x20, 0x40))
ROUNDS = 40

# --- FF1 and ipcrypt-pfx against published vectors ---

NIST_KEY = bytes.fromhex("2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94")
BASE36 = string.digits + string.ascii_lowercase


@pytest.mark.parametrize(
    ("radix", "tweak", "plain", "cipher"),
    [
        pytest.param(10, "", "0123456789", "6657667009", id="sample-7"),
        pytest.param(10, "39383736353433323130", "0123456789", "1001623463", id="sample-8"),
        pytest.param(36, "3737373770717273373737", "0123456789abcdefghi", "xs8a0azh2avyalyzuwd", id="sample-9"),
    ],
)
def test_ff1_samples_of_sp_800_38g(radix: int, tweak: str, plain: str, cipher: str) -> None:
    def turn(text: str, decrypt: bool) -> str:
        out = v1.ff1(NIST_KEY, radix, bytes.fromhex(tweak), [BASE36.index(c) for c in text], decrypt=decrypt)
        return "".join(BASE36[i] for i in out)

    assert turn(plain, False) == cipher
    assert turn(cipher, True) == plain


def test_ipcrypt_pfx_vectors_of_the_draft() -> None:
    for case in json.loads((make_vectors.VECTORS / "ipcrypt-pfx.json").read_text())["cases"]:
        address = ipaddress.ip_address(case["ip"])
        bits, start = (v1.MAPPED + address.packed, 96) if address.version == 4 else (address.packed, 0)
        out = v1.ipcrypt_pfx(bytes.fromhex(case["key"]), bits, start)
        assert str(type(address)(out[-len(address.packed) :])) == case["encrypted_ip"]
        assert v1.ipcrypt_pfx(bytes.fromhex(case["key"]), out, start, decrypt=True) == bits


# --- round trips ---


def pick(rng: Random, chars: str, low: int, high: int | None = None) -> str:
    return "".join(rng.choice(chars) for _ in range(rng.randint(low, high or low)))


def any_email(rng: Random) -> str:
    while True:
        chars = rng.choice([BASE36, v1.EMAIL_M]) + "._-+"
        value = f"{pick(rng, chars, 1, 9)}@{pick(rng, v1.EMAIL_M, 1, 9)}.Example"
        try:
            v1.Email().read(value, False)
        except v1.Misfit:
            continue
        return value


def any_ssn(rng: Random) -> str:
    area = rng.choice(["000", "666", "900", "999", pick(rng, string.digits, 3)])
    return (
        f"{area}-{rng.choice(['00', pick(rng, string.digits, 2)])}-{rng.choice(['0000', pick(rng, string.digits, 4)])}"
    )


def any_pan(rng: Random, low: int = 12) -> str:
    return make_vectors.luhn(pick(rng, string.digits, low - 1, 18))


def any_iban(rng: Random) -> str:
    country, structure = rng.choice(sorted(v1.iban_table().items()))
    runs = v1.re.findall(r"(\d+)([nac])", structure)
    return make_vectors.iban(country, "".join(pick(rng, v1.Iban.SETS[kind], int(run)) for run, kind in runs))


def any_phone(rng: Random) -> str:
    code, (firsts, lengths) = rng.choice(sorted(v1.phone_codes().items()))
    possible = [n for n in lengths if len(firsts) * 10 ** (n - 1) >= v1.FLOOR]
    return f"+{code}" + (rng.choice(firsts) + pick(rng, string.digits, rng.choice(possible) - 1) if possible else "")


def any_ip(rng: Random) -> str:
    bits = rng.choice([32, 128])
    number = rng.getrandbits(bits) & (rng.getrandbits(bits) | rng.getrandbits(bits))
    return v1.ip_text(ipaddress.IPv4Address(number) if bits == 32 else ipaddress.IPv6Address(number))


def any_number(scheme: str) -> Callable[[Random], str]:
    def make(rng: Random) -> str:
        its = rng.choice(identifiers_v1.table()[scheme])
        mask = "".join(rng.choice("0001") for _ in its.alias[0]) if its.alias else ""
        return its.unrank(rng.randrange(its.size), mask)

    return make


def any_day(rng: Random) -> str:
    return (date(1900, 1, 1) + timedelta(rng.randrange(73_049))).isoformat() + rng.choice(
        ["", "T01:02", " 23:59:59.5Z"]
    )


ANY: list[tuple[str, dict, Callable[[Random], v1.Value]]] = [
    ("digits", {}, lambda rng: pick(rng, string.digits, 6, 60)),
    ("digits", {"small_domain": "permute"}, lambda rng: pick(rng, string.digits, 1, 4)),
    ("hex", {}, lambda rng: pick(rng, "0123456789abcdef", 5, 64)),
    ("hex", {"case": "upper"}, lambda rng: pick(rng, "0123456789ABCDEF", 5, 64)),
    ("letters", {}, lambda rng: pick(rng, string.ascii_letters, 4, 40)),
    ("letters", {"case": "lower"}, lambda rng: pick(rng, string.ascii_lowercase, 5, 40)),
    ("alphabet", {"alphabet": make_vectors.CYRILLIC}, lambda rng: pick(rng, make_vectors.CYRILLIC, 4, 30)),
    ("alphanumeric", {}, lambda rng: pick(rng, string.ascii_letters + string.digits, 6, 40)),
    ("email", {}, any_email),
    ("us_ssn", {}, any_ssn),
    ("us_ssn", {}, lambda rng: rng.randrange(10**9)),
    ("pan", {}, any_pan),
    ("pan", {"check_digit": "invalid"}, any_pan),
    ("pan", {"keep": {"first": 6}}, lambda rng: any_pan(rng, 13)),
    ("pan", {"keep": {"last": 4}}, any_pan),
    ("pan", {"keep": {"first": 6, "last": 2}, "check_digit": "invalid"}, lambda rng: any_pan(rng, 15)),
    ("iban", {}, any_iban),
    ("phone", {}, any_phone),
    *((f"id:{scheme}", {}, any_number(scheme)) for scheme in ("br_cnpj", "it_fiscal_code", "nl_bsn", "pl_pesel")),
    ("ip", {}, any_ip),
    ("ip", {"prefix": "preserve"}, any_ip),
    ("uuid", {}, lambda rng: str(uuid.UUID(int=rng.getrandbits(128)))),
    ("uuid", {}, lambda rng: rng.randbytes(16)),
    ("mac", {}, lambda rng: rng.randbytes(6).hex(rng.choice(":-"))),
    ("date", {"small_domain": "permute"}, any_day),
    ("integer", {"range": ["-5000000", "5000000"]}, lambda rng: str(rng.randint(-5_000_000, 5_000_000))),
    ("integer", {"range": ["-50", "50"], "small_domain": "permute"}, lambda rng: rng.randint(-50, 50)),
    ("decimal", {"range": ["-9999", "9999.99"]}, lambda rng: v1.number_text(rng.randint(-999_900, 999_999), 2)),
]


def random_pairs() -> list[tuple[str, dict, v1.Rule, v1.Value, v1.Value]]:
    rng = Random(38)
    pairs = []
    for form, params, make in ANY:
        rule = v1.Rule(ROOT, form, "test", params)
        values = [make(rng) for _ in range(ROUNDS)]
        fitting = [value for value in values if form != "phone" or fits(rule, value)]
        assert len(fitting) > ROUNDS // 2
        pairs += [(form, params, rule, value, rule.tokenize(value)) for value in fitting]
    return pairs


def fits(rule: v1.Rule, value: v1.Value) -> bool:
    """Some calling codes have only numbers too short to tokenize."""
    try:
        rule.tokenize(value)
    except v1.Misfit:
        return False
    return True


PAIRS = random_pairs()


def tokens_of(form: str, **params: object) -> list[tuple[str, str]]:
    return [
        (value, token)
        for name, options, _, value, token in PAIRS
        if name == form and options == params and isinstance(value, str) and isinstance(token, str)
    ]


def test_detokenize_gives_back_the_value() -> None:
    for form, params, rule, value, token in PAIRS:
        assert rule.detokenize(token) == value, (form, params, value, token)


def test_tokens_differ_from_values() -> None:
    same = [(form, value) for form, params, _, value, token in PAIRS if value == token and "small_domain" not in params]
    assert not same


def test_small_domains_are_permuted_exactly() -> None:
    rule = v1.Rule(ROOT, "digits", "pin", {"small_domain": "permute"})
    tokens = [rule.tokenize(f"{pin:03}") for pin in range(1000)]
    assert sorted(tokens) == [f"{pin:03}" for pin in range(1000)]


def test_separators_and_writing_do_not_matter() -> None:
    def payload(text: v1.Value) -> str:
        return "".join(char for char in str(text) if char.isalnum())

    writings: list[tuple[str, dict, list[str]]] = [
        ("us_ssn", {}, ["123-45-6789", "123456789", "123 45 6789"]),
        ("pan", {}, ["4111111111111111", "4111 1111 1111 1111"]),
        ("digits", {}, ["1234567890", "(123) 456-7890"]),
        ("uuid", {}, ["f81d4fae-7dec-41d0-a765-00a0c91e6bf6", "f81d4fae7dec41d0a76500a0c91e6bf6"]),
        ("mac", {}, ["00:00:5e:00:53:01", "0000.5e00.5301", "00005e005301"]),
        ("iban", {}, ["GB33BUKB20201555555555", "GB33 BUKB 2020 1555 5555 55"]),
    ]
    for form, params, values in writings:
        rule = v1.Rule(ROOT, form, "test", params)
        assert len({payload(rule.tokenize(value)) for value in values}) == 1


# --- tokens judged by other programs ---


def test_email_tokens_keep_class_separators_and_mail_domain() -> None:
    for value, token in tokens_of("email"):
        local, _, mail_domain = value.partition("@")
        new, _, new_domain = token.partition("@")
        assert mail_domain == new_domain
        assert [c for c in local if c in "._-+"] == [c for c in new if c in "._-+"]
        assert any(c.isupper() for c in local) == any(c.isupper() for c in new)
        if sum(c.isalnum() for c in local) >= 5:
            assert len(local) == len(new)


def test_capital_ranks_are_a_bijection() -> None:
    for k in (1, 2, 3):
        size = 62**k - 36**k
        ranks = range(size) if k < 3 else Random(1).sample(range(size), 2000)
        for rank in ranks:
            text = v1.capital_unrank(k, rank)
            assert len(text) == k and any(c.isupper() for c in text) and v1.capital_rank(text) == rank


def test_valid_ssn_stays_valid() -> None:
    for value, token in tokens_of("us_ssn"):
        assert is_valid_ssn(value) == is_valid_ssn(token)


def is_valid_ssn(text: str) -> bool:
    area, group, serial = text.split("-")
    return area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


def test_pan_tokens_by_luhn() -> None:
    sums: list[tuple[dict, bool]] = [({}, True), ({"check_digit": "invalid"}, False), ({"keep": {"last": 4}}, True)]
    for params, valid in sums:
        for value, token in tokens_of("pan", **params):
            assert stdnum_luhn.is_valid(value)
            assert stdnum_luhn.is_valid(token) == valid
            assert stdnum_luhn.checksum(token) == (0 if valid else 1)
    for value, token in tokens_of("pan", keep={"first": 6, "last": 2}, check_digit="invalid"):
        assert value[:6] == token[:6] and value[-2:] == token[-2:] and stdnum_luhn.checksum(token) == 1


def test_iban_tokens_by_stdnum() -> None:
    for value, token in tokens_of("iban"):
        assert stdnum_iban.validate(token, check_country=False) == token
        assert value[:2] == token[:2]


def test_phone_tokens_are_possible_numbers() -> None:
    for value, token in tokens_of("phone"):
        before, after = phonenumbers.parse(value), phonenumbers.parse(token)
        assert phonenumbers.is_possible_number(after)
        assert before.country_code == after.country_code
        assert len(value) == len(token)


def test_phone_has_one_token_in_either_writing() -> None:
    everywhere = v1.Rule(ROOT, "phone", "phone", {})
    for region, code, prefix, national in [
        ("US", "1", "1", "2025550143"),
        ("GB", "44", "0", "2079460958"),
        ("IN", "91", "0", "9876543210"),
        ("JP", "81", "0", "9012345678"),
        ("HU", "36", "06", "201234567"),
        ("IT", "39", "", "0612345678"),
    ]:
        rule = v1.Rule(ROOT, "phone", "phone", {"region": region})
        token = str(everywhere.tokenize(f"+{code}{national}")).removeprefix(f"+{code}")
        assert rule.tokenize(national) == token
        assert rule.tokenize(prefix + national) == prefix + token
        assert rule.detokenize(prefix + token) == prefix + national


def test_ip_tokens_by_ipaddress() -> None:
    options: list[dict] = [{}, {"prefix": "preserve"}]
    for params in options:
        for value, token in tokens_of("ip", **params):
            before, after = ipaddress.ip_address(value), ipaddress.ip_address(token)
            assert before.version == after.version
            assert v1.ip_text(after) == token


def test_ip_prefixes_are_preserved() -> None:
    rule = v1.Rule(ROOT, "ip", "ip", {"prefix": "preserve"})
    tokens = [
        int(ipaddress.ip_address(str(rule.tokenize(ip)))) for ip in ("10.1.2.3", "10.1.2.200", "10.1.99.3", "11.1.2.3")
    ]
    shared = [32 - (tokens[0] ^ other).bit_length() for other in tokens[1:]]
    assert shared == [24, 17, 7]


def test_uuid_and_mac_keep_their_meaning() -> None:
    for value, token in tokens_of("uuid"):
        before, after = uuid.UUID(value), uuid.UUID(token)
        assert (before.int >> 76 & 0xF, before.int >> 62 & 3) == (after.int >> 76 & 0xF, after.int >> 62 & 3)
    for value, token in tokens_of("mac"):
        assert int(value[:2], 16) & 3 == int(token[:2], 16) & 3


def test_alphanumeric_keeps_classes() -> None:
    for value, token in tokens_of("alphanumeric"):
        for before, after in zip(value, token, strict=True):
            assert (before.isdigit(), before.isupper()) == (after.isdigit(), after.isupper())


def test_date_tokens_keep_the_time_of_day() -> None:
    for value, token in tokens_of("date", small_domain="permute"):
        assert date(1900, 1, 1) <= date.fromisoformat(token[:10]) <= date(2099, 12, 31)
        assert value[10:] == token[10:]


# --- the rest of the text ---


def test_days_have_the_dates_of_the_calendar() -> None:
    for day in Random(7).sample(range(-700_000, 2_900_000), 500):
        assert v1.day_text(day) == (date(1970, 1, 1) + timedelta(day)).isoformat()
    assert v1.day_text(-719_528) == "0000-01-01"
    assert v1.day_text(-719_529) == "-0001-12-31"
    assert v1.day_text(2_932_897) == "+10000-01-01"


def test_jcs_sorts_by_utf16_and_escapes_little() -> None:
    value = {"\ufb33": 1, "\U0001f600": "\u20ac/\u2028", "a": ['"\\\n\u001f', True, -5], "": {}}
    assert v1.jcs(value).decode() == '{"":{},"a":["\\"\\\\\\n\\u001f",true,-5],"\U0001f600":"\u20ac/\u2028","\ufb33":1}'


def test_shifts_stay_within_max_days_and_never_vanish() -> None:
    for max_days in (1, 2, 30, 36500):
        days = {v1.shift_days(ROOT, max_days, f"s{i}".encode()) for i in range(300)}
        assert all(1 <= abs(d) <= max_days for d in days)
        assert min(days) < 0 < max(days)


def test_cells_open_only_where_they_belong() -> None:
    cell = v1.make_cell(ROOT, 3, "a", "string", b"secret")
    assert v1.open_cell({3: ROOT}, "a", "string", cell) == b"secret"
    flipped = cell[:-1] + bytes([cell[-1] ^ 1])
    for domain, logical, data in [("b", "string", cell), ("a", "binary", cell), ("a", "string", flipped)]:
        with pytest.raises(Exception):  # noqa: B017
            v1.open_cell({3: ROOT}, domain, logical, data)


def test_manifest_mac_covers_the_columns() -> None:
    vector = make_vectors.manifest_vector()
    keyring = v1.Keyring(make_vectors.KEYRING_ID, 1, {1: {"reveal": make_vectors.REVEAL}})
    assert v1.verify_manifest(keyring, vector["manifest"])
    vector["manifest"]["columns"][0]["action"] = "drop"
    assert not v1.verify_manifest(keyring, vector["manifest"])


def test_keyring_file_opens(tmp_path) -> None:
    vector = make_vectors.keyring_vector()
    (tmp_path / "kek.key").write_text(vector["kek_file"])
    (tmp_path / "keyring.json").write_text(json.dumps(vector["keyring_file"]))
    assert v1.open_keyring(tmp_path / "keyring.json").root("reveal") == make_vectors.REVEAL


@pytest.mark.parametrize("name", sorted(make_vectors.all_vectors()))
def test_committed_vectors_are_what_the_oracle_writes(name: str) -> None:
    written = (make_vectors.VECTORS / f"{name}.json").read_text(encoding="utf-8")
    assert written == make_vectors.text_of(make_vectors.all_vectors()[name])
