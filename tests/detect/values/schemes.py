"""`schemes.toml`, and which entity is made by what."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from values import credentials, identifiers, network, payments, people

SCHEMES_FILE = Path(__file__).parents[1] / "schemes.toml"

SECRETS = sorted(credentials.MAKERS)
FREE = ["DATE_OF_BIRTH", "PERSON", "LOCATION", "ADDRESS"]
GENERAL = ["EMAIL_ADDRESS", "URL", "IP_ADDRESS", "MAC_ADDRESS", "CREDIT_CARD", "IBAN_CODE", "PHONE_NUMBER"]
NATIONAL = (
    "US_SSN US_ITIN UK_NHS UK_NINO IN_AADHAAR BR_CPF FR_NIR IT_FISCAL_CODE NL_BSN "
    "PL_PESEL DE_TAX_ID ES_NIF ES_NIE CA_SIN"
).split()
DEEP = [*GENERAL, *NATIONAL, *SECRETS, *FREE]
OTHER = (
    "US_EIN ABA_ROUTING_NUMBER US_NPI MEDICAL_LICENSE US_MBI BIC AU_TFN AU_ABN AU_ACN AU_MEDICARE IN_PAN SG_NRIC_FIN "
    "SE_PERSONNUMMER FI_PERSONAL_IDENTITY_CODE NO_FODSELSNUMMER CH_AHV BR_CNPJ MX_CURP CL_RUT ZA_ID IL_ID KR_RRN "
    "JP_MY_NUMBER TR_TCKN RO_CNP BG_EGN CRYPTO IMEI VIN UUID"
).split()

Maker = Callable[[Random], str]
WRITERS: dict[str, Maker] = {
    "BIC": payments.bic,
    "CREDIT_CARD": payments.written_card,
    "CRYPTO": payments.bitcoin,
    "IBAN_CODE": payments.written_account,
    "IMEI": payments.imei,
    "IP_ADDRESS": network.ip,
    "MAC_ADDRESS": network.mac,
    "URL": network.url,
    "UUID": payments.uuid,
    "VIN": payments.vin,
}


@dataclass(frozen=True)
class Scheme:
    """A number or address that is named by words and by columns."""

    entity: str
    locales: list[str]
    keys: list[str]
    nouns: dict[str, list[str]]
    weak: bool = False
    bare: str = ""
    languages: list[str] = field(default_factory=list)

    def is_bare(self, value: str) -> bool:
        return self.weak or bool(self.bare and re.fullmatch(self.bare, value))


def load() -> dict[str, Scheme]:
    schemes = {}
    for entity, table in tomllib.loads(SCHEMES_FILE.read_text()).items():
        nouns = {key: value for key, value in table.items() if len(key) == 2}
        rest = {key: value for key, value in table.items() if len(key) != 2}
        schemes[entity] = Scheme(entity=entity, nouns=nouns, languages=sorted(nouns), **rest)
    return schemes


def write(entity: str, rng: Random, locale: str) -> str:
    """A value of the entity in one of its usual writings."""
    if entity == "PHONE_NUMBER":
        return people.phone(rng, locale)
    if entity == "EMAIL_ADDRESS":
        return people.Person(rng, locale).email()
    return WRITERS[entity](rng) if entity in WRITERS else identifiers.write(entity, rng)
