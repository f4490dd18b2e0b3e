"""Write `../vectors/phones.json`: phone numbers as libphonenumber judges and writes them.

    pip install phonenumbers==9.0.43
    python make_phone_vectors.py

* `valid`: calling code and national number, digits only: an example of each kind of each region, and random ones.
* `invalid`: of a length that the region has, but no number begins so.
* `too_short_or_long`: of a length that the region does not have.
* `e164`, `international`: each region's examples, written so. `national`: those of regions that write 8 digits and more.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from random import Random

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult

PHONENUMBERS = "9.0.43"
RANDOM_PER_REGION = 20
NATIONAL = (
    "US CA GB DE AT CH FR BE NL ES IT PT IE SE FI PL CZ BR IN JP KR CN AU NZ ZA RU TR UA IL TH ID NG EG RO HU"
).split()


def main() -> None:
    if version("phonenumbers") != PHONENUMBERS:
        raise SystemExit(f"phonenumbers {PHONENUMBERS} is needed, found {version('phonenumbers')}")
    random = Random(1)
    valid: set[str] = set()
    invalid: set[str] = set()
    impossible: set[str] = set()
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        examples = list(examples_of(region))
        valid |= {digits(number) for number in examples}
        for _ in range(RANDOM_PER_REGION):
            number = changed(random.choice(examples), random)
            possible = phonenumbers.is_possible_number_with_reason(number)
            if phonenumbers.is_valid_number(number):
                valid.add(digits(number))
            elif possible == ValidationResult.IS_POSSIBLE:
                invalid.add(digits(number))
        for number in examples:
            for wrong in (digits(number) + "0" * 9, digits(number)[: len(str(number.country_code)) + 2]):
                impossible.add(wrong)
    vectors = {
        "valid": sorted(valid),
        "invalid": sorted(invalid),
        "too_short_or_long": sorted(impossible),
        "e164": written(phonenumbers.SUPPORTED_REGIONS, PhoneNumberFormat.E164),
        "international": written(phonenumbers.SUPPORTED_REGIONS, PhoneNumberFormat.INTERNATIONAL),
        "national": written(NATIONAL, PhoneNumberFormat.NATIONAL),
    }
    out = Path(__file__).parent.parent / "vectors" / "phones.json"
    out.write_text(json.dumps(vectors, indent=0) + "\n", encoding="utf-8", newline="\n")


def examples_of(region: str) -> list[PhoneNumber]:
    kinds = (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.TOLL_FREE, PhoneNumberType.VOIP)
    found = [phonenumbers.example_number_for_type(region, kind) for kind in kinds]
    return [number for number in found if number is not None]


def digits(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)[1:]


def changed(number: PhoneNumber, random: Random) -> PhoneNumber:
    """The number with other digits behind a random place."""
    national = phonenumbers.national_significant_number(number)
    keep = random.randrange(len(national))
    text = national[:keep] + "".join(random.choice("0123456789") for _ in national[keep:])
    changed = PhoneNumber()
    changed.merge_from(number)
    changed.national_number = int(text)
    zeros = len(text) - len(text.lstrip("0"))
    changed.italian_leading_zero = zeros > 0
    changed.number_of_leading_zeros = zeros if zeros > 1 else None
    return changed


def written(regions: object, form: int) -> list[str]:
    numbers = {
        phonenumbers.format_number(number, form)
        for region in sorted(regions)  # type: ignore[call-overload]
        for number in examples_of(region)
        if len(phonenumbers.national_significant_number(number)) >= 8
    }
    return sorted(numbers)


if __name__ == "__main__":
    main()
