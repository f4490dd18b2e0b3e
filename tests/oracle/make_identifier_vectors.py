"""Write `tests/vectors/identifiers.json`: numbers that python-stdnum takes and refuses, scheme by scheme.

pip install python-stdnum==2.2
python tests/oracle/make_identifier_vectors.py

Candidates are numbers of table 1, and those with an error: another character, two places swapped, another date, a character too many
or too few, or nothing but random ones. python-stdnum says which are valid. It has no module for some schemes; there a rule written
here from the authority's text judges (`RULES`). Where we follow an authority against python-stdnum, `DIFFERS` says which numbers and why;
a few of those are listed apart, with our verdict.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import random
import re
from collections.abc import Callable
from pathlib import Path

from stdnum import bitcoin, luhn

import identifiers_v1 as v1

VECTORS = Path(__file__).parents[1] / "vectors"
SEED = 2026
ENOUGH = 200

MODULES = {
    "us_ssn": "us.ssn", "us_itin": "us.itin", "us_ein": "us.ein", "aba_routing_number": "us.rtn", "uk_nhs": "gb.nhs",
    "in_aadhaar": "in_.aadhaar", "in_pan": "in_.pan", "br_cpf": "br.cpf", "br_cnpj": "br.cnpj", "ca_sin": "ca.sin",
    "fr_nir": "fr.nir", "it_fiscal_code": "it.codicefiscale", "nl_bsn": "nl.bsn", "pl_pesel": "pl.pesel",
    "de_tax_id": "de.idnr", "es_nif": "es.nif", "es_nie": "es.nie", "bic": "bic", "au_tfn": "au.tfn", "au_abn": "au.abn",
    "au_acn": "au.acn", "se_personnummer": "se.personnummer", "fi_personal_identity_code": "fi.hetu",
    "no_fodselsnummer": "no.fodselsnummer", "ch_ahv": "ch.ssn", "mx_curp": "mx.curp", "cl_rut": "cl.rut",
    "za_id": "za.idnr", "il_id": "il.idnr", "kr_rrn": "kr.rrn", "jp_my_number": "jp.in_", "tr_tckn": "tr.tckimlik",
    "ro_cnp": "ro.cnp", "bg_egn": "bg.egn", "imei": "imei", "iban": "iban",
}  # fmt: skip


# --- rules of authorities that python-stdnum does not have ---


def us_npi(n: str) -> bool:
    """CMS: ten digits, the first 1 or 2; Luhn with the prefix 80840 of ISO/IEC 7812."""
    return re.fullmatch("[12][0-9]{9}", n) is not None and luhn.is_valid("80840" + n)


def us_mbi(n: str) -> bool:
    """CMS, "Understanding the new Medicare Beneficiary Identifier": types C A AN N A AN N A A N N, no S L O I B Z."""
    kinds = {"C": "[1-9]", "A": "(?![SLOIBZ])[A-Z]", "B": "(?![SLOIBZ])[0-9A-Z]", "N": "[0-9]"}
    return re.fullmatch("".join(kinds[kind] for kind in "CABNABNAANN"), n) is not None


def medical_license(n: str) -> bool:
    """DEA: the registrant's kind, a letter (or 9) and seven digits; (1st + 3rd + 5th) + 2 (2nd + 4th + 6th) ends in the 7th."""
    if not re.fullmatch("[ABCDEFGHJKLMPRSTUX][A-Z9][0-9]{7}", n):
        return False
    d = [int(digit) for digit in n[2:]]
    return (d[0] + d[2] + d[4] + 2 * (d[1] + d[3] + d[5])) % 10 == d[6]


def uk_nino(n: str) -> bool:
    """HMRC, NIM39110."""
    return (
        re.fullmatch("[A-Z]{2}[0-9]{6}[ABCD]", n) is not None
        and not set(n[:2]) & set("DFIQUV")
        and n[1] != "O"
        and n[:2] not in {"BG", "GB", "NK", "KN", "TN", "NT", "ZZ"}
    )


def au_medicare(n: str) -> bool:
    """Services Australia: first digit 2 to 6; the ninth digit is the weighted sum of the first eight; an issue number from 1 on, and
    perhaps a person's number from 1 on."""
    if not re.fullmatch("[2-6][0-9]{8}[1-9][1-9]?", n):
        return False
    return sum(w * int(d) for w, d in zip((1, 3, 7, 9, 1, 3, 7, 9), n, strict=False)) % 10 == int(n[8])


def sg_nric_fin(n: str) -> bool:
    """Immigration & Checkpoints Authority, as described for the M series of 2022: the letter's place is counted back from 11."""
    if not re.fullmatch("[STFGM][0-9]{7}[A-Z]", n):
        return False
    total = sum(w * int(d) for w, d in zip((2, 7, 6, 5, 4, 3, 2), n[1:8], strict=True))
    place = 11 - (total + {"S": 0, "F": 0, "T": 4, "G": 4, "M": 3}[n[0]]) % 11
    letters = {"S": "ABCDEFGHIZJ", "F": "KLMNPQRTUWX", "M": "KLJNPQRTUWX"}
    return letters[{"T": "S", "G": "F"}.get(n[0], n[0])][place - 1] == n[8]


def vin(n: str) -> bool:
    """49 CFR 565.15: 17 characters without I, O, Q; the ninth a check digit; the tenth a model year; the last four digits."""
    if not re.fullmatch("[0-9A-HJ-NPR-Z]{8}[0-9X](?![UZ0])[0-9A-HJ-NPR-Z]{4}[0-9]{4}", n):
        return False
    value = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True))
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    total = sum(w * int(value.get(c, c)) for w, c in zip(weights, n.replace("X", "7"), strict=True) if w)
    return "0123456789X"[total % 11] == n[8]


RULES: dict[str, Callable[[str], bool]] = {
    f.__name__: f for f in (us_npi, us_mbi, medical_license, uk_nino, au_medicare, sg_nric_fin, vin)
}


# --- where we follow an authority against python-stdnum ---

Differs = list[tuple[Callable[[str], object], str]]

zeros = (lambda n: set(n) == {"0"}, "nobody has a number of zeros")


def length(n: int) -> tuple[Callable[[str], object], str]:
    return (
        lambda number: len(number) != n,
        f"written in {n} characters; python-stdnum fills up or takes other lengths",
    )


DIFFERS: dict[str, Differs] = {
    "us_ssn": [(lambda n: n in {"078051120", "219099999", "457555462"}, "published numbers are valid and reserved")],
    "us_itin": [(lambda n: "50" <= n[3:5] <= "65", "IRS: groups 50 to 65 are given out since 2011")],
    "aba_routing_number": [
        (lambda n: not re.match("0[0-9]|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80", n), "American Bankers Association: ranges of the first two digits"),
        zeros,
    ],
    "br_cpf": [(lambda n: len(set(n)) == 1, "Receita Federal takes no number of equal digits")],
    "fr_nir": [
        (lambda n: n[:1] not in set("123478"), "INSEE: 1 and 2, 3 and 4 while being registered, 7 and 8 provisional"),
        (lambda n: not re.fullmatch("0[1-9]|1[0-2]|[23][0-9]|4[0-2]|[5-9][0-9]", n[3:5]), "INSEE: months 01 to 12, 20 to 42 and 50 to 99"),
        (lambda n: n[5:7] == "00" or n[7:10] == "000" or n[10:13] == "000", "INSEE: department, commune and order count from 1"),
    ],
    "it_fiscal_code": [
        (lambda n: len(n) == 11, "an Italian VAT number is another scheme"),
        (lambda n: n[11:12] not in set("ABCDEFGHIJKLMZ"), "Agenzia delle Entrate: codes of places begin with A to M and Z"),
        (lambda n: n[9:10] in set("89UV"), "Agenzia delle Entrate: days 1 to 31, and 41 to 71; python-stdnum takes the remainder by 40"),
    ],
    "nl_bsn": [length(9)],
    "de_tax_id": [(lambda n: re.search(r"(.)\1\1", n[:10]), "Bundeszentralamt für Steuern: not three in a row")],
    "es_nif": [
        (lambda n: n[:1] in set("XYZ"), "numbers of foreigners are es_nie"),
        (lambda n: n[:1] in set("ABCDEFGHJNPQRSUVW"), "numbers of organisations are another scheme"),
    ],
    "au_tfn": [(lambda n: len(n) == 8, "numbers of eight digits follow a rule that the ATO does not publish"), zeros],
    "au_acn": [zeros],
    "se_personnummer": [
        (lambda n: re.fullmatch("[0-9]*", n) and 61 <= int(n[-6:-4] or 0) <= 91, "Skatteverket: coordination numbers have the day plus 60"),
        (lambda n: len(n) == 12 and not "1800" <= n[:4] <= "2099", "years 1800 to 2099"),
        (lambda n: n[-5:-4] in set("-+"), "- and + are separators"),
    ],
    "no_fodselsnummer": [
        (lambda n: re.fullmatch("[0-9]{11}", n) and n[4:6] >= "24" and n[4:6] <= "39" and n[6] >= "5", "no clock: a birth may lie in the future"),
        (lambda n: re.fullmatch("[0-9]{11}", n) and n[0] >= "4" and n[2] >= "4", "Skatteetaten: D numbers and H numbers, not both at once"),
        (lambda n: n[:2] == "40" or n[2:4] == "40", "python-stdnum takes 40 as day or month"),
    ],
    "mx_curp": [
        (lambda n: n[1:2] not in set("AEIOUX"), "RENAPO: the second letter is a vowel or X"),
        (lambda n: re.search("[AEIOU]", n[13:16]), "RENAPO: the 14th to 16th letters are consonants"),
    ],
    "cl_rut": [zeros],
    "il_id": [length(9)],
    "ro_cnp": [
        (lambda n: n[9:12] == "000", "law 105/1996: the serial counts from 001"),
        (lambda n: n[:1] in set("789") and n[1:7] == "000229", "the century of residents is not known, so 29 February 2000 may be meant"),
    ],
    "jp_my_number": [zeros],
    "imei": [length(15), zeros],
    "iban": [(lambda n: n[2:4] in {"00", "01", "99"}, "ISO 13616-1: check digits are 98 less the remainder, so 02 to 98")],
}  # fmt: skip


def verdict(scheme: str) -> Callable[[str], bool]:
    if scheme in RULES:
        return RULES[scheme]
    module = importlib.import_module("stdnum." + MODULES[scheme])
    if scheme == "iban":
        # Without the national check digits that some accounts hold: `docs/format.md`, section 5.6, leaves them alone.
        return lambda number: bool(module.is_valid(number, check_country=False))
    return lambda number: bool(module.is_valid(number)) and module.compact(number) == as_compacted(module, number)


def as_compacted(module: object, number: str) -> str:
    """python-stdnum writes a separator into Swedish numbers and leaves ours as they are."""
    return number[:-4] + "-" + number[-4:] if module.__name__.endswith("personnummer") else number  # type: ignore[attr-defined]


# --- candidates ---


def original(scheme: str, rng: random.Random) -> str:
    """A number that should be valid; classes get equal shares."""
    if scheme == "iban":
        return iban(rng)
    c = rng.choice(v1.table()[scheme])
    while True:
        layout = rng.choice(c.layouts)
        text = "".join(e.text(rng.randrange(e.count)) for e in layout)
        mask = "".join(rng.choice("0001") for _ in c.alias[0]) if c.alias else ""
        number = c.with_check(c.aliased(text, mask))
        if number is not None:
            return number


def iban(rng: random.Random) -> str:
    lines = (v1.TABLE.parent / "iban-1.tsv").read_text().splitlines()
    country, structure = rng.choice([line for line in lines if not line.startswith("#")]).split("\t")
    kinds = {"n": v1.DIGITS, "a": v1.LETTERS, "c": v1.DIGITS + v1.LETTERS}
    account = "".join(
        rng.choice(kinds[kind]) for n, kind in re.findall(r"(\d+)([nac])", structure) for _ in range(int(n))
    )
    value = int("".join(str(int(c, 36)) for c in account + country + "00"))
    return f"{country}{98 - value % 97:02}{account}"


def altered(number: str, rng: random.Random) -> str:
    at = rng.randrange(len(number))
    kind = rng.randrange(12)
    pool = v1.DIGITS if number[at].isdigit() else v1.LETTERS
    if kind < 5:
        return number[:at] + rng.choice(pool) + number[at + 1 :]
    if kind < 7 and at + 1 < len(number):
        return number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    if kind == 7:
        return "".join(rng.choice(v1.DIGITS) if c.isdigit() else c for c in number[:-1]) + number[-1]
    if kind == 8:
        return number[:at] + number[at + 1 :]
    if kind == 9:
        return number[:at] + rng.choice(pool) + number[at:]
    if kind == 10:
        return number[:at] + rng.choice(v1.DIGITS + v1.LETTERS) + number[at + 1 :]
    first = number[:1]
    return first + "".join(rng.choice(v1.DIGITS) if c.isdigit() else rng.choice(v1.LETTERS) for c in number[1:])


def rechecked(scheme: str, number: str) -> str:
    """The same with right check characters, so that something else decides."""
    if scheme != "iban":
        for c in v1.table()[scheme]:
            if len(number) == c.length and re.fullmatch("[0-9A-Z]+", number):
                try:
                    return c.with_check(number) or number
                except (ValueError, KeyError):
                    return number
    return number


def vectors(scheme: str) -> dict[str, object]:
    rng = random.Random(f"{SEED} {scheme}")
    judge = verdict(scheme)
    pools: dict[bool, dict[str, None]] = {True: {}, False: {}}
    differs: dict[str, dict[str, bool | str]] = {}
    reasons = DIFFERS.get(scheme, [])
    tries = 0
    while min(map(len, pools.values())) < ENOUGH + 10 and tries < 100_000:
        tries += 1
        number = original(scheme, rng)
        if rng.random() < 0.6:
            number = altered(number, rng)
            if rng.random() < 0.4:
                number = rechecked(scheme, number)
        reason = next((text for differ, text in reasons if differ(number)), None)
        taken = judge(number)
        if reason is None:
            pool = pools[taken]
            if len(pool) < ENOUGH + 60:
                pool[number] = None
        else:
            ours = v1.valid(scheme, number) if scheme != "iban" else False
            alike = sum(entry["reason"] == reason for entry in differs.values())
            if ours != taken and alike < 5:
                differs[number] = {"valid": ours, "reason": reason}
    source = f"stdnum.{MODULES[scheme]}" if scheme in MODULES else (RULES[scheme].__doc__ or "")
    return {
        "judge": " ".join(source.split()),
        "valid": sorted(pools[True]),
        "invalid": sorted(pools[False]),
        "differs": [{"number": number, **entry} for number, entry in sorted(differs.items())],
    }


# --- Bitcoin addresses ---

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
PREFIX = [3, 3, 0, 2, 3]


def base58_address(rng: random.Random) -> str:
    payload = bytes([rng.choice((0, 5)), *rng.choice((b"", b"\0\0")), *rng.randbytes(20)])[:21]
    payload += hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
    number, out = int.from_bytes(payload), ""
    while number:
        number, digit = divmod(number, 58)
        out = BASE58[digit] + out
    return "1" * (len(payload) - len(payload.lstrip(b"\0"))) + out


def segwit_address(rng: random.Random) -> str:
    version = rng.choice((0, 0, 1, 1, rng.randrange(1, 17)))
    size = rng.choice((20, 32)) if version == 0 else rng.choice((32, 32, rng.randrange(2, 41)))
    bits = "".join(f"{byte:08b}" for byte in rng.randbytes(size))
    bits += "0" * (-len(bits) % 5)
    data = [version, *(int(bits[i : i + 5], 2) for i in range(0, len(bits), 5))]
    end = 1 if version == 0 else 0x2BC830A3
    check = bitcoin.bech32_checksum([*PREFIX, *data, *[0] * 6]) ^ end
    address = "bc1" + "".join(BECH32[v] for v in [*data, *(check >> 5 * (5 - i) & 31 for i in range(6))])
    return address if rng.random() < 0.8 else address.upper()


def is_address(text: str) -> bool:
    """python-stdnum for Base58Check and version 0; it does not know Bech32m (BIP-350) of later versions, nor that case is not mixed."""
    low = text.lower()
    if not low.startswith("bc1"):
        return bool(bitcoin.is_valid(text))
    if text not in {low, text.upper()} or not set(low[3:]) <= set(BECH32) or not 11 <= len(low) <= 74:
        return False
    if low[3] == "q":
        return bool(bitcoin.is_valid(low))
    data = [BECH32.index(c) for c in low[3:]]
    bits = "".join(f"{v:05b}" for v in data[1:-6])
    padding = bits[len(bits) // 8 * 8 :]
    program_fits = data[0] <= 16 and 2 <= len(bits) // 8 <= 40 and len(padding) < 5 and "1" not in padding
    return program_fits and bitcoin.bech32_checksum(PREFIX + data) == 0x2BC830A3


def addresses() -> dict[str, object]:
    rng = random.Random(f"{SEED} bitcoin")
    pools: dict[bool, dict[str, None]] = {True: {}, False: {}}
    while min(map(len, pools.values())) < ENOUGH + 40:
        text = rng.choice((base58_address, segwit_address))(rng)
        if rng.random() < 0.5:
            at = rng.randrange(len(text))
            text = (
                text[:at]
                + rng.choice((rng.choice(BASE58 if text[0] in "13" else BECH32), "", text[at] * 2))
                + text[at + 1 :]
            )
        pools[is_address(text)][text] = None
    judge = "stdnum.bitcoin; BIP-350 for witness versions from 1 on"
    return {"judge": judge, "valid": sorted(pools[True]), "invalid": sorted(pools[False])}


def document() -> str:
    schemes = {scheme: vectors(scheme) for scheme in sorted([*MODULES, *RULES])}
    head = "What is a number of which scheme, by python-stdnum 2.2 and the rules of authorities; written by tests/oracle/make_identifier_vectors.py."
    return (
        json.dumps({"about": head, "addresses": addresses(), "schemes": schemes}, indent=1, ensure_ascii=False) + "\n"
    )


def main() -> None:
    (VECTORS / "identifiers.json").write_text(document(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
