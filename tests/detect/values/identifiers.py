"""Identity numbers of many countries: valid, with their usual writings.

`make` gives the characters alone, `write` puts them into one of the usual writings of the scheme.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from stdnum import luhn, verhoeff
from stdnum.au import abn, acn, tfn
from stdnum.bg import egn
from stdnum.br import cnpj, cpf
from stdnum.ca import sin
from stdnum.ch import ssn as ahv
from stdnum.cl import rut
from stdnum.de import idnr as steuer_id
from stdnum.es import dni, nie
from stdnum.fi import hetu
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.il import idnr as teudat_zehut
from stdnum.in_ import aadhaar, pan
from stdnum.it import codicefiscale
from stdnum.jp import in_ as my_number
from stdnum.kr import rrn
from stdnum.mx import curp
from stdnum.nl import bsn
from stdnum.no import fodselsnummer
from stdnum.pl import pesel
from stdnum.ro import cnp
from stdnum.tr import tckimlik
from stdnum.us import ein, itin, rtn, ssn
from stdnum.za import idnr as za_id

from values.pick import UPPER, birth, digits, letters, until, written

Maker = Callable[[Random], str]
CONSONANTS = "BCDFGLMNPRSTVZ"
MBI_LETTERS = "ACDEFGHJKMNPQRTUVWXY"
NINO_FIRST = "ABCEGHJKLMNOPRSTWXYZ"
NINO_SECOND = "ABCEGHJKLMNPRSTWXYZ"
NINO_NEVER = {"BG", "GB", "NK", "KN", "TN", "NT", "ZZ"}
STATES_OF_MEXICO = (
    "AS BC BS CC CH CL CM CS DF DG GR GT HG JC MC MN MS NL OC PL QR QT SL SP SR TC TL TS VZ YN ZS".split()
)


def make(entity: str, rng: Random) -> str:
    return MAKERS[entity](rng)


def write(entity: str, rng: Random) -> str:
    value = make(entity, rng)
    patterns = [pattern for pattern in WRITINGS.get(entity, []) if pattern.count("#") == len(value)]
    return written(value, rng.choice(patterns)) if patterns else value


def first_writing(entity: str, rng: Random) -> str:
    """The writing that a table of the country would most often have."""
    value = make(entity, rng)
    patterns = [pattern for pattern in WRITINGS.get(entity, []) if pattern.count("#") == len(value)]
    return written(value, patterns[0]) if patterns else value


def numbers(good: Callable[[str], bool], count: int) -> Maker:
    """Digits drawn until they are valid."""
    return lambda rng: until(good, lambda: digits(rng, count))


def us_ssn(rng: Random) -> str:
    def drawn() -> str:
        return f"{rng.randint(1, 899):03}{rng.randint(1, 99):02}{rng.randint(1, 9999):04}"

    return until(ssn.is_valid, drawn)


def us_itin(rng: Random) -> str:
    return until(itin.is_valid, lambda: "9" + digits(rng, 8))


def us_npi(rng: Random) -> str:
    """Luhn over the number with 80840 before it."""
    body = rng.choice("12") + digits(rng, 8)
    return body + luhn.calc_check_digit("80840" + body)


def us_dea(rng: Random) -> str:
    """Two letters, six digits, and the last digit of (1st+3rd+5th) + 2 (2nd+4th+6th)."""
    body = digits(rng, 6)
    check = sum(map(int, body[::2])) + 2 * sum(map(int, body[1::2]))
    return rng.choice("ABCDEFGHJKLMPRSTUX") + rng.choice(UPPER) + body + str(check % 10)


def us_mbi(rng: Random) -> str:
    """Eleven places: C A AN N A AN N A A N N (digit 1-9, letter, either, digit)."""
    either = MBI_LETTERS + "0123456789"
    places = ["123456789", MBI_LETTERS, either, "0123456789"]
    places += [*places[1:], MBI_LETTERS, MBI_LETTERS, "0123456789", "0123456789"]
    return "".join(rng.choice(place) for place in places)


def us_rtn(rng: Random) -> str:
    body = rng.choice([*range(1, 13), *range(21, 33), *range(61, 73)])
    number = f"{body:02}" + digits(rng, 6)
    return number + rtn.calc_check_digit(number)


def uk_nino(rng: Random) -> str:
    prefix = until(lambda two: two not in NINO_NEVER, lambda: rng.choice(NINO_FIRST) + rng.choice(NINO_SECOND))
    return prefix + digits(rng, 6) + rng.choice("ABCD")


def in_aadhaar(rng: Random) -> str:
    def drawn() -> str:
        body = rng.choice("23456789") + digits(rng, 10)
        return body + verhoeff.calc_check_digit(body)

    return until(aadhaar.is_valid, drawn)


def in_pan(rng: Random) -> str:
    return until(
        pan.is_valid, lambda: letters(rng, UPPER, 3) + "P" + rng.choice(UPPER) + digits(rng, 4) + rng.choice(UPPER)
    )


def fr_nir(rng: Random) -> str:
    born = birth(rng)
    department = rng.choice([*(f"{n:02}" for n in range(1, 96) if n != 20), "2A", "2B"])
    body = f"{rng.choice('12')}{born:%y%m}{department}{rng.randint(1, 540):03}{rng.randint(1, 890):03}"
    return body + str(nir.calc_check_digits(body))


def it_fiscal_code(rng: Random) -> str:
    born = birth(rng)
    day = born.day + rng.choice([0, 40])
    body = letters(rng, CONSONANTS, 6) + f"{born:%y}" + "ABCDEHLMPRST"[born.month - 1] + f"{day:02}"
    body += rng.choice("ABCDEFGHIL") + f"{rng.randint(1, 899):03}"
    return body + codicefiscale.calc_check_digit(body)


def pl_pesel(rng: Random) -> str:
    born = birth(rng)
    month = born.month + (20 if born.year >= 2000 else 0)
    body = f"{born:%y}{month:02}{born:%d}{digits(rng, 4)}"
    return body + pesel.calc_check_digit(body)


def de_tax_id(rng: Random) -> str:
    """One digit twice among the first ten, as all numbers given out so far."""

    def drawn() -> str:
        ten = rng.sample("0123456789", 9)
        ten.insert(rng.randrange(10), rng.choice(ten))
        body = "".join(ten)
        return body + steuer_id.mod_11_10.calc_check_digit(body)

    return until(lambda value: value[0] != "0" and steuer_id.is_valid(value), drawn)


def es_nif(rng: Random) -> str:
    body = digits(rng, 8)
    return body + dni.calc_check_digit(body)


def es_nie(rng: Random) -> str:
    body = rng.choice("XYZ") + digits(rng, 7)
    return body + nie.calc_check_digit(body)


def ca_sin(rng: Random) -> str:
    return until(sin.is_valid, lambda: rng.choice("1234567") + digits(rng, 8))


def us_ein(rng: Random) -> str:
    return until(ein.is_valid, lambda: digits(rng, 9))


def au_abn(rng: Random) -> str:
    body = digits(rng, 9)
    return until(abn.is_valid, lambda: abn.calc_check_digits(body) + body)


def au_acn(rng: Random) -> str:
    body = "0" + digits(rng, 7)
    return body + acn.calc_check_digit(body)


def au_medicare(rng: Random) -> str:
    """Eight digits, their weighted sum modulo 10, and the number of the issue."""
    body = rng.choice("23456") + digits(rng, 7)
    check = sum(int(digit) * weight for digit, weight in zip(body, (1, 3, 7, 9, 1, 3, 7, 9), strict=True))
    return body + str(check % 10) + rng.choice("123456789")


def sg_nric_fin(rng: Random) -> str:
    """Weights 2 7 6 5 4 3 2, four more for T and G, a table of letters for each kind."""
    prefix, body = rng.choice("STFG"), digits(rng, 7)
    total = sum(int(digit) * weight for digit, weight in zip(body, (2, 7, 6, 5, 4, 3, 2), strict=True))
    total += 4 if prefix in "TG" else 0
    return prefix + body + ("JZIHGFEDCBA" if prefix in "ST" else "XWUTRQPNMLK")[total % 11]


def se_personnummer(rng: Random) -> str:
    born = birth(rng)
    body = f"{born:%y%m%d}{digits(rng, 3)}"
    century = rng.choice([born.strftime("%Y")[:2], ""])
    return century + body + luhn.calc_check_digit(body)


def fi_hetu(rng: Random) -> str:
    born = birth(rng)
    serial = f"{rng.randint(2, 899):03}"
    check = hetu._calc_checksum(f"{born:%d%m%y}{serial}")
    return f"{born:%d%m%y}{'A' if born.year >= 2000 else '-'}{serial}{check}"


def no_fodselsnummer(rng: Random) -> str:
    def drawn() -> str:
        body = f"{birth(rng):%d%m%y}{rng.randint(0, 499):03}"
        body += fodselsnummer.calc_check_digit1(body)
        return body + fodselsnummer.calc_check_digit2(body)

    return until(lambda value: len(value) == 11 and fodselsnummer.is_valid(value), drawn)


def mx_curp(rng: Random) -> str:
    def drawn() -> str:
        born = birth(rng)
        name = rng.choice(CONSONANTS) + rng.choice("AEIOU") + letters(rng, CONSONANTS, 2)
        body = f"{name}{born:%y%m%d}{rng.choice('HM')}{rng.choice(STATES_OF_MEXICO)}{letters(rng, CONSONANTS, 3)}"
        body += "A" if born.year >= 2000 else "0"
        return body + curp.calc_check_digit(body)

    return until(curp.is_valid, drawn)


def cl_rut(rng: Random) -> str:
    body = str(rng.randint(5_000_000, 24_999_999))
    return body + rut.calc_check_digit(body)


def za_number(rng: Random) -> str:
    def drawn() -> str:
        body = f"{birth(rng):%y%m%d}{digits(rng, 4)}{rng.choice('01')}8"
        return body + luhn.calc_check_digit(body)

    return until(za_id.is_valid, drawn)


def kr_rrn(rng: Random) -> str:
    def drawn() -> str:
        born = birth(rng)
        body = f"{born:%y%m%d}{rng.choice('12' if born.year < 2000 else '34')}{rng.randint(0, 96):02}{digits(rng, 3)}"
        return body + rrn.calc_check_digit(body)

    return until(rrn.is_valid, drawn)


def jp_my_number(rng: Random) -> str:
    body = digits(rng, 11)
    return body + my_number.calc_check_digit(body)


def tr_tckn(rng: Random) -> str:
    body = rng.choice("123456789") + digits(rng, 8)
    return body + tckimlik.calc_check_digits(body)


def ro_cnp(rng: Random) -> str:
    def drawn() -> str:
        born = birth(rng)
        body = f"{rng.choice('12' if born.year < 2000 else '56')}{born:%y%m%d}{rng.randint(1, 46):02}{digits(rng, 3)}"
        return body + cnp.calc_check_digit(body)

    return until(cnp.is_valid, drawn)


def bg_egn(rng: Random) -> str:
    born = birth(rng)
    month = born.month + (40 if born.year >= 2000 else 0)
    body = f"{born:%y}{month:02}{born:%d}{digits(rng, 3)}"
    return body + egn.calc_check_digit(body)


def br_cpf(rng: Random) -> str:
    body = digits(rng, 9)
    return body + cpf._calc_check_digits(body)


def br_cnpj(rng: Random) -> str:
    body = digits(rng, 8) + f"000{rng.randint(1, 9)}"
    return body + cnpj.calc_check_digits(body)


def ch_ahv(rng: Random) -> str:
    return until(ahv.is_valid, lambda: "756" + digits(rng, 10))


MAKERS: dict[str, Maker] = {
    "ABA_ROUTING_NUMBER": us_rtn,
    "AU_ABN": au_abn,
    "AU_ACN": au_acn,
    "AU_MEDICARE": au_medicare,
    "AU_TFN": numbers(tfn.is_valid, 9),
    "BG_EGN": bg_egn,
    "BR_CNPJ": br_cnpj,
    "BR_CPF": br_cpf,
    "CA_SIN": ca_sin,
    "CH_AHV": ch_ahv,
    "CL_RUT": cl_rut,
    "DE_TAX_ID": de_tax_id,
    "ES_NIE": es_nie,
    "ES_NIF": es_nif,
    "FI_PERSONAL_IDENTITY_CODE": fi_hetu,
    "FR_NIR": fr_nir,
    "IL_ID": numbers(teudat_zehut.is_valid, 9),
    "IN_AADHAAR": in_aadhaar,
    "IN_PAN": in_pan,
    "IT_FISCAL_CODE": it_fiscal_code,
    "JP_MY_NUMBER": jp_my_number,
    "KR_RRN": kr_rrn,
    "MEDICAL_LICENSE": us_dea,
    "MX_CURP": mx_curp,
    "NL_BSN": numbers(bsn.is_valid, 9),
    "NO_FODSELSNUMMER": no_fodselsnummer,
    "PL_PESEL": pl_pesel,
    "RO_CNP": ro_cnp,
    "SE_PERSONNUMMER": se_personnummer,
    "SG_NRIC_FIN": sg_nric_fin,
    "TR_TCKN": tr_tckn,
    "UK_NHS": numbers(nhs.is_valid, 10),
    "UK_NINO": uk_nino,
    "US_EIN": us_ein,
    "US_ITIN": us_itin,
    "US_MBI": us_mbi,
    "US_NPI": us_npi,
    "US_SSN": us_ssn,
    "ZA_ID": za_number,
}

WRITINGS = {
    "AU_ABN": ["## ### ### ###", "###########"],
    "AU_ACN": ["### ### ###", "#########"],
    "AU_MEDICARE": ["#### ##### #", "##########", "#### ##### #"],
    "AU_TFN": ["### ### ###", "#########", "###-###-###"],
    "BR_CNPJ": ["##.###.###/####-##", "##############"],
    "BR_CPF": ["###.###.###-##", "###########", "### ### ###-##"],
    "CA_SIN": ["### ### ###", "###-###-###", "#########"],
    "CH_AHV": ["###.####.####.##", "#############"],
    "CL_RUT": ["##.###.###-#", "########-#", "#.###.###-#", "#######-#"],
    "DE_TAX_ID": ["## ### ### ###", "###########", "## ### ### ###", "### ### ### ##", "##/###/###/###"],
    "ES_NIE": ["#########", "#-#######-#", "#-########", "########-#"],
    "ES_NIF": ["#########", "########-#", "######## #"],
    "FR_NIR": ["# ## ## ## ### ### ##", "###############", "#############-##", "#.##.##.##.###.###.##"],
    "IN_AADHAAR": ["#### #### ####", "############", "####-####-####"],
    "JP_MY_NUMBER": ["############", "#### #### ####", "####-####-####"],
    "KR_RRN": ["######-#######", "#############"],
    "NL_BSN": ["#########", "#### ## ###", "####.##.###", "### ### ###"],
    "NO_FODSELSNUMMER": ["###########", "###### #####"],
    "SE_PERSONNUMMER": ["########-####", "######-####", "############", "##########"],
    "UK_NHS": ["### ### ####", "###-###-####", "##########"],
    "UK_NINO": ["## ## ## ## #", "#########", "##-##-##-##-#", "## ###### #"],
    "US_EIN": ["##-#######", "##-#######", "#########"],
    "US_ITIN": ["###-##-####", "### ## ####", "#########"],
    "US_MBI": ["###########", "####-###-####"],
    "US_SSN": ["###-##-####", "### ## ####", "#########"],
    "ZA_ID": ["#############", "###### #### ## #"],
}
