"""What `make_vectors` writes about tags in texts: `text.json`.

Each text is one whose findings are certain: by a word beside them, by their check digits, or by `deny` of `detection`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import data_key_vectors
import text_v1 as tags
import tokenize_v1 as v1

Json = Any
Case = dict[str, Json]

ROOTS = {
    1: {"pseudonym": bytes(range(0x00, 0x20)), "reveal": bytes(range(0x20, 0x40))},
    2: {"pseudonym": bytes(range(0x80, 0xA0)), "reveal": bytes(range(0xA0, 0xC0))},
}
"""Those of the keyring in `keyring.json`."""

KEYRING = v1.Keyring(data_key_vectors.KEYRING_ID, 1, ROOTS)


def text_vector() -> dict[str, Json]:
    return {
        "keyring": KEYRING.id,
        "key_version": KEYRING.primary,
        "roots": {str(version): {name: root.hex() for name, root in roots.items()} for version, roots in ROOTS.items()},
        "cases": [mask_case(**case) for case in CASES],
        "natural": [mask_case(**case) for case in NATURAL],
        "tags": list(tag_cases()),
        "escaper": EMAILS,
        "escapes": [escape_case(text) for text in TAG_LIKE],
        "reader": MANY,
        "reads": list(read_cases()),
        "stays": list(stays_cases()),
    }


def rule(entities: Case, **options: Json) -> Case:
    return {"action": "text", "entities": {**entities, "*": {"action": "keep"}}, **options}


# --- masked texts ---

EMAIL = {"action": "tokenize", "format": "email"}
SSN = {"action": "tokenize", "format": "us_ssn"}
PAN = {"action": "tokenize", "format": "pan"}
IBAN = {"action": "tokenize", "format": "iban"}
PHONE = {"action": "tokenize", "format": "phone"}
REDACT = {"action": "redact"}
REQUIRED = {"reversible": "required"}

JANE: Case = {"text": "email: jane.doe@example.org", "found": [("EMAIL_ADDRESS", "jane.doe@example.org")]}
THREE: Case = {
    "text": "email jane.doe@example.org, SSN 536-22-8726, IBAN GB33BUKB20201555555555",
    "found": [
        ("EMAIL_ADDRESS", "jane.doe@example.org"),
        ("US_SSN", "536-22-8726"),
        ("IBAN_CODE", "GB33BUKB20201555555555"),
    ],
}

ODD = "[]%\\\"'<>&`*|~0123"
CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"


def generic(form: str, **options: Json) -> Case:
    return {"action": "tokenize", "format": form, "domain": "code", **options}


def encrypted(**options: Json) -> Case:
    return {"action": "encrypt", **options}


def pseudonym(**options: Json) -> Case:
    return {"action": "pseudonymize", "domain": "person", **options}


def denied(entity: str, regex: str) -> Case:
    """A policy's `detection` that finds what is given, for certain."""
    return {"deny": [{"entity": entity, "regex": regex}]}


CODE = denied("CODE", "[0-9][0-9-]{3,}[0-9]")
ODD_CODE = denied("CODE", r"[\x{5b}\x{5d}%\x{5c}\x{22}'<>&`*\x{7c}~0-3]{8,}")
CYRILLIC_CODE = denied("CODE", r"[\x{430}-\x{44f}]{8}")

CASES: list[Case] = [
    # tokenize, the token alone
    {
        "name": "e-mail addresses, one of them twice",
        "rule": rule({"EMAIL_ADDRESS": EMAIL}),
        "text": "Please email jane.doe@example.org or bob+it@example.org; jane.doe@example.org is faster.\n",
        "found": [
            ("EMAIL_ADDRESS", "jane.doe@example.org"),
            ("EMAIL_ADDRESS", "bob+it@example.org"),
            ("EMAIL_ADDRESS", "jane.doe@example.org"),
        ],
    },
    {
        "name": "another domain",
        "rule": rule({"EMAIL_ADDRESS": {**EMAIL, "domain": "Kunde-ä"}}),
        **JANE,
    },
    {
        "name": "another key version",
        "rule": rule({"EMAIL_ADDRESS": {**EMAIL, "key_version": 2}}),
        **JANE,
    },
    {
        "name": "an SSN with hyphens",
        "rule": rule({"US_SSN": SSN}),
        "text": "My SSN is 536-22-8726.",
        "found": [("US_SSN", "536-22-8726")],
    },
    {
        "name": "cards with hyphens and without",
        "rule": rule({"CREDIT_CARD": {**PAN, "keep": {"last": 4}}}),
        "text": "Credit card 4111-1111-1111-1111, not credit card 5555555555554444.",
        "found": [("CREDIT_CARD", "4111-1111-1111-1111"), ("CREDIT_CARD", "5555555555554444")],
    },
    {
        "name": "an IBAN",
        "rule": rule({"IBAN_CODE": IBAN}),
        "text": "IBAN GB33BUKB20201555555555",
        "found": [("IBAN_CODE", "GB33BUKB20201555555555")],
    },
    {
        "name": "a MAC address: colons in the token",
        "rule": rule({"MAC_ADDRESS": {"action": "tokenize", "format": "mac"}}),
        "text": "MAC address 00:1b:63:84:45:e6 is up",
        "found": [("MAC_ADDRESS", "00:1b:63:84:45:e6")],
    },
    {
        "name": "digits with hyphens",
        "rule": rule({"CODE": generic("digits")}),
        "detection": CODE,
        "text": "code 12-34-56-78 ok",
        "found": [("CODE", "12-34-56-78")],
    },
    # tokenize, quoted
    {
        "name": "all that is quoted",
        "rule": rule({"CODE": generic("alphabet", alphabet=ODD)}),
        "detection": ODD_CODE,
        "text": "code []%\\\"'<>&`*|~[]%\\\"'<>&`*|~0123 ok",
        "found": [("CODE", "[]%\\\"'<>&`*|~[]%\\\"'<>&`*|~0123")],
    },
    {
        "name": "letters beyond ASCII",
        "rule": rule({"CODE": generic("alphabet", alphabet=CYRILLIC)}),
        "detection": CYRILLIC_CODE,
        "text": "code абрикосы ok",
        "found": [("CODE", "абрикосы")],
    },
    {
        "name": "spaces in the only token there is",
        "rule": rule({"CODE": generic("alphabet", alphabet="x ")}),
        "detection": denied("CODE", "x[x ]{20,}x"),
        "text": "code x xx  x x xxx x  x xxxx ok",
        "found": [("CODE", "x xx  x x xxx x  x xxxx")],
    },
    # tokenize, sealed
    {
        "name": "sealed: normalized",
        "rule": rule({"EMAIL_ADDRESS": {**EMAIL, "normalize": ["lower"]}}),
        "text": "email Jane.Doe@Example.org or jane.doe@example.org",
        "found": [("EMAIL_ADDRESS", "Jane.Doe@Example.org"), ("EMAIL_ADDRESS", "jane.doe@example.org")],
    },
    {
        "name": "sealed: an SSN with spaces",
        "rule": rule({"US_SSN": SSN}),
        "text": "My SSN is 536 22 8726.",
        "found": [("US_SSN", "536 22 8726")],
    },
    {
        "name": "sealed: an SSN in full-width digits",
        "rule": rule({"US_SSN": SSN}),
        "detection": denied("US_SSN", r"[\x{ff10}-\x{ff19}-]{11}"),
        "text": "SSN ５３６-２２-８７２６",
        "found": [("US_SSN", "５３６-２２-８７２６")],
    },
    {
        "name": "sealed: a card with spaces",
        "rule": rule({"CREDIT_CARD": PAN}),
        "text": "credit card 4111 1111 1111 1111",
        "found": [("CREDIT_CARD", "4111 1111 1111 1111")],
    },
    {
        "name": "sealed: an IBAN with spaces",
        "rule": rule({"IBAN_CODE": IBAN}),
        "text": "IBAN GB33 BUKB 2020 1555 5555 55",
        "found": [("IBAN_CODE", "GB33 BUKB 2020 1555 5555 55")],
    },
    {
        "name": "sealed: an IBAN in small letters",
        "rule": rule({"IBAN_CODE": IBAN}),
        "detection": denied("IBAN_CODE", "gb33[a-z0-9 ]*[0-9]"),
        "text": "iban gb33 bukb 2020 1555 5555 55",
        "found": [("IBAN_CODE", "gb33 bukb 2020 1555 5555 55")],
    },
    {
        "name": "sealed: phone numbers with spaces, with 00 and with (0)",
        "rule": rule({"PHONE_NUMBER": PHONE}),
        "detection": denied("PHONE_NUMBER", "([+]|00)[0-9][0-9() -]*[0-9]"),
        "text": "call +1 202-555-0143, 0049 30 23125000 or +49 (0)30 23125000",
        "found": [
            ("PHONE_NUMBER", "+1 202-555-0143"),
            ("PHONE_NUMBER", "0049 30 23125000"),
            ("PHONE_NUMBER", "+49 (0)30 23125000"),
        ],
    },
    # encrypt, pseudonymize, unkeyed
    {
        "name": "encrypt, in the domain text",
        "rule": rule({"EMAIL_ADDRESS": encrypted()}),
        **JANE,
    },
    {
        "name": "encrypt as a string, in a domain of its own",
        "rule": rule({"EMAIL_ADDRESS": encrypted(output="string", domain="contact")}),
        **JANE,
    },
    {
        "name": "encrypt what has spaces, and sealed: encrypt what was normalized",
        "rule": rule({"IBAN_CODE": encrypted(), "EMAIL_ADDRESS": encrypted(normalize=["lower"], key_version=2)}),
        "text": "IBAN GB33 BUKB 2020 1555 5555 55, email Jane.Doe@example.org",
        "found": [("IBAN_CODE", "GB33 BUKB 2020 1555 5555 55"), ("EMAIL_ADDRESS", "Jane.Doe@example.org")],
    },
    *(
        {
            "name": f"pseudonymize to {output}",
            "rule": rule({"EMAIL_ADDRESS": pseudonym(output=output)}),
            **JANE,
        }
        for output in ("hex", "uuid", "int64")
    ),
    {
        "name": "pseudonymize, normalized, under another key version",
        "rule": rule({"EMAIL_ADDRESS": pseudonym(normalize=["lower"], key_version=2)}),
        "text": "email: Jane.Doe@example.org",
        "found": [("EMAIL_ADDRESS", "Jane.Doe@example.org")],
    },
    {
        "name": "redact and truncate leave no tag",
        "rule": rule(
            {
                "EMAIL_ADDRESS": REDACT,
                "US_SSN": {"action": "redact", "with": "(number)"},
                "IBAN_CODE": {"action": "truncate", "keep": {"first": 4}},
            }
        ),
        **THREE,
    },
    # required
    {
        "name": "required: tokens that need no seal, and one that does",
        "rule": rule({"EMAIL_ADDRESS": EMAIL, "US_SSN": SSN}, **REQUIRED),
        "text": "email jane.doe@example.org, SSN 536-22-8726, SSN 536 22 8726",
        "found": [
            ("EMAIL_ADDRESS", "jane.doe@example.org"),
            ("US_SSN", "536-22-8726"),
            ("US_SSN", "536 22 8726"),
        ],
    },
    {
        "name": "required: what does not fit",
        "rule": rule({"CODE": generic("digits")}, **REQUIRED),
        "detection": CODE,
        "text": "code 12-34 and 12-34-56",
        "found": [("CODE", "12-34"), ("CODE", "12-34-56")],
    },
    {
        "name": "required: under another key version",
        "rule": rule({"CODE": generic("digits")}, key_version=2, **REQUIRED),
        "detection": CODE,
        "text": "code 12-34",
        "found": [("CODE", "12-34")],
    },
    # JSON and HTML
    {
        "name": "JSON: strings and escapes",
        "rule": rule({"EMAIL_ADDRESS": EMAIL}, parse="json"),
        "text": '{"email": "jane.doe@example.org", "email2": "jane.doe\\u0040example.org"}',
        "found": [
            ("EMAIL_ADDRESS", "jane.doe@example.org"),
            ("EMAIL_ADDRESS", "jane.doe\\u0040example.org", "jane.doe@example.org"),
        ],
    },
    {
        "name": "JSON: a number",
        "rule": rule({}, parse="json", paths={"ssn": {"entity": "US_SSN", **SSN}}),
        "text": '{"ssn": 536228726, "n": 1}',
        "found": [("US_SSN", "536228726", "536228726", "ssn")],
    },
    {
        "name": "JSON: a literal",
        "rule": rule({}, parse="json", paths={"member": {"entity": "MEMBER", **encrypted()}}),
        "text": '{"member": true, "n": false}',
        "found": [("MEMBER", "true", "true", "member")],
    },
    {
        "name": "JSON: a number as it is written",
        "rule": rule({}, parse="json", paths={"balance": {"entity": "BALANCE", **encrypted()}}),
        "text": '{"balance":-1.50E3}',
        "found": [("BALANCE", "-1.50E3", "-1.50E3", "balance")],
    },
    {
        "name": "JSON: a number that must come back",
        "rule": rule({}, parse="json", paths={"pin": {"entity": "PIN", **generic("digits")}}, **REQUIRED),
        "text": '{"pin":1234}',
        "found": [("PIN", "1234", "1234", "pin")],
    },
    {
        "name": "HTML: text and references",
        "rule": rule({"EMAIL_ADDRESS": EMAIL}, parse="html"),
        "text": "<p>email jane.doe@example.org or jane.doe&#64;example.org</p>",
        "found": [
            ("EMAIL_ADDRESS", "jane.doe@example.org"),
            ("EMAIL_ADDRESS", "jane.doe&#64;example.org", "jane.doe@example.org"),
        ],
    },
    # tag-like text around
    {
        "name": "findings within tag-like text",
        "rule": rule({"EMAIL_ADDRESS": EMAIL, "US_SSN": SSN}),
        "text": "[EMAIL_ADDRESS:jane.doe@example.org:aaaaaaaaaa] [[~US_SSN: 536-22-8726]] \\[jane.doe@example.org\\]",
        "found": [
            ("EMAIL_ADDRESS", "jane.doe@example.org"),
            ("US_SSN", "536-22-8726"),
            ("EMAIL_ADDRESS", "jane.doe@example.org"),
        ],
    },
    {
        "name": "tag-like text that is found and kept",
        "rule": rule({"CODE": {"action": "keep"}, "EMAIL_ADDRESS": EMAIL}),
        "detection": denied("CODE", r"\[~A:[0-9]\]"),
        "text": "code [~A:1], email jane.doe@example.org",
        "found": [("CODE", "[~A:1]"), ("EMAIL_ADDRESS", "jane.doe@example.org")],
    },
]

NATURAL: list[Case] = [
    {
        "name": "natural: bare tokens, and brackets as they are",
        "rule": rule({"EMAIL_ADDRESS": EMAIL, "US_SSN": SSN}, tokens="natural"),
        "text": "é [US_SSN:1:2] email jane.doe@example.org, SSN 536 22 8726, ü",
        "found": [("EMAIL_ADDRESS", "jane.doe@example.org"), ("US_SSN", "536 22 8726")],
    },
    {
        "name": "natural: one-way ones have no span",
        "rule": rule({"EMAIL_ADDRESS": pseudonym(), "US_SSN": SSN, "IBAN_CODE": REDACT}, tokens="natural"),
        **THREE,
    },
    {
        "name": "natural and required: all have spans",
        "rule": rule(
            {"EMAIL_ADDRESS": EMAIL, "US_SSN": SSN, "IBAN_CODE": encrypted(output="string")},
            tokens="natural",
            **REQUIRED,
        ),
        **THREE,
    },
    {
        "name": "natural: encrypt",
        "rule": rule({"EMAIL_ADDRESS": encrypted(output="string")}, tokens="natural"),
        **JANE,
    },
    {
        "name": "natural: nothing that can be had back",
        "rule": rule({"EMAIL_ADDRESS": REDACT}, tokens="natural"),
        **JANE,
    },
    {
        "name": "natural: nothing found",
        "rule": rule({"EMAIL_ADDRESS": EMAIL}, tokens="natural"),
        "text": "ok",
        "found": [],
    },
]


ONE_WAY_ACTIONS = ("pseudonymize", "redact", "truncate")


def mask_case(name: str, rule: Case, text: str, found: list[tuple[str, ...]], detection: Case | None = None) -> Case:
    its = tags.Text(KEYRING, rule)
    findings = list(placed(text, found))
    masked, spans = tags.mask(its, text, findings)
    clear = tags.unmask_natural(its, masked, spans) if its.natural else tags.unmask(its, masked)
    one_way = not its.required and any(its.action(finding).name in ONE_WAY_ACTIONS for finding in findings)
    assert (clear == text) != one_way, name
    return {
        "name": name,
        "rule": rule,
        **({"detection": detection} if detection else {}),
        "text": text,
        "findings": [shown(text, finding) for finding in findings],
        "masked": masked,
        **({"spans": spans.hex() if spans else None} if its.natural else {}),
        "clear": clear,
    }


def placed(text: str, found: list[tuple[str, ...]]) -> Iterator[tags.Finding]:
    """Of each, entity and source, then, where it is not the source, the value, then the path of a JSON number."""
    at = 0
    for entity, source, *more in found:
        start = text.index(source, at)
        at = start + len(source)
        value, path = more[0] if more else source, more[1] if more[1:] else None
        yield tags.Finding(entity, start, at, value, path, path is not None)


def shown(text: str, finding: tags.Finding) -> Case:
    """Places in bytes; the value where it is not what stands there."""
    start, end = (len(text[:at].encode()) for at in (finding.start, finding.end))
    value = {} if finding.value == text[finding.start : finding.end] else {"value": finding.value}
    path = {} if finding.path is None else {"path": finding.path}
    return {"entity": finding.entity, "start": start, "end": end, **value, **path}


# --- single tags, with what they are made from ---

TAGS: list[tuple[str, int, str, str, str, tuple[int, str] | None]] = [
    ("reveal", 1, "email", "EMAIL_ADDRESS", "cghi.g4b@example.org", None),
    ("reveal", 1, "email", "EMAIL_ADDRESS", "cghi.g4b@example.org", (0, "Jane.Doe@example.org")),
    ("reveal", 2, "Kunde-ä", "EMAIL_ADDRESS", "cghi.g4b@example.org", (0, "Jané")),
    ("reveal", 1, "us_ssn", "US_SSN", "810938330", (1, "536228726")),
    ("reveal", 1, "text", "US_SSN", "", (0, "536-22-8726")),
    ("reveal", 1, "", "A_1", "a[%]\\\"'<>&`*|~ é🍏\x7f:", None),
    ("pseudonym", 1, "person", "PERSON", "8394335671884395521", None),
]
"""Root, key version, domain, entity, token, and what is sealed: flag and original."""


def tag_cases() -> Iterator[Case]:
    for root, version, domain, entity, token, sealed in TAGS:
        roots = ROOTS[version]
        key = tags.TagKey(roots[root], roots["reveal"], domain)
        flag, original = sealed or (0, None)
        made_from = {"root": root, "key_version": version, "domain": domain, "entity": entity, "token": token}
        written = tags.quote(token)
        assert tags.unquote(written) == token
        yield {
            **made_from,
            "written": written,
            "check_subkey": v1.subkey(roots[root], "text/check", domain).hex(),
            **(seal_case(key, entity, written, flag, original) if original is not None else {}),
            "tag": tags.write_tag(key, entity, token, original, flag),
        }


def seal_case(key: tags.TagKey, entity: str, written: str, flag: int, original: str) -> Case:
    sealed = key.seal(entity, written, flag, original)
    assert key.open(entity, written, sealed) == (flag, original)
    return {
        "flag": flag,
        "original": original,
        "seal_subkey": v1.subkey(key.reveal, "text/seal", key.domain).hex(),
        "nonce_subkey": v1.subkey(key.reveal, "text/nonce", key.domain).hex(),
        "aad": key.aad(entity, written).hex(),
        "sealed": tags.from_base64url(sealed).hex(),
    }


# --- tag-like text ---

EMAILS = rule({"EMAIL_ADDRESS": EMAIL})

TAG_LIKE = [
    "[US_SSN:1:2]",
    "[~US_SSN:1:2]",
    "[~~~US_SSN:1:2]",
    "[[[US_SSN:[~A:",
    "\\[US\\_SSN\\:1\\]",
    "[US\\_SSN\\:1]",
    "[_:",
    "[\\__9\\_:",
    f"[{'A' * 64}:",
    "[0:0] and [12:30] and [A1:B2]",
    '{"a": "[X:y]", "b": ["[~X:y]"]}',
    "é[X:é]é",
    # not tag-like
    "",
    "[US_SSN]",
    "[us_ssn:1]",
    "[US SSN:1]",
    "[:1]",
    "[~:1]",
    "[~~US_SSN]",
    "[~ US_SSN:1]",
    "[\\~US_SSN:1]",
    "[US_SSN~:1]",
    "[U\\S_SSN:1]",
    "[US\\\\_SSN:1]",
    "[US_SSN\\\\:1]",
    f"[{'A' * 65}:",
    "[ÜBER:1]",
    "US_SSN:1]",
]


def escape_case(text: str) -> Case:
    its = tags.Text(KEYRING, EMAILS)
    masked, _ = tags.mask(its, text, [])
    assert tags.unmask(its, masked) == text
    return {"text": text, "masked": masked}


# --- reading ---

MANY = rule(
    {
        "EMAIL_ADDRESS": {**EMAIL, "normalize": ["lower"]},
        "US_SSN": {**SSN, "key_version": 2},
        "CODE": generic("alphabet", alphabet=ODD),
        "IBAN_CODE": pseudonym(),
        "MAC_ADDRESS": {"action": "tokenize", "format": "mac"},
        "PHONE_NUMBER": encrypted(output="string"),
    }
)
READER = tags.Text(KEYRING, MANY)


def tag_of(entity: str, source: str) -> str:
    return tags.mask(READER, source, [tags.Finding(entity, 0, len(source), source)])[0]


ALONE = tag_of("EMAIL_ADDRESS", "jane.doe@example.org")
SEALED = tag_of("EMAIL_ADDRESS", "Jane.Doe@Example.org")
OTHER_VERSION = tag_of("US_SSN", "536-22-8726")
PERCENT = tag_of("CODE", "[]%\\\"'<>&`*|~")
ONE_WAY = tag_of("IBAN_CODE", "GB33BUKB20201555555555")
COLONS = tag_of("MAC_ADDRESS", "00:1b:63:84:45:e6")
ENCRYPTED = tag_of("PHONE_NUMBER", "+1 202-555-0143")

MARKDOWN = "\\`*_{}[]()#+-.!:~|@%"


def by_markdown(tag: str, chars: str = MARKDOWN) -> str:
    """A tag as a Markdown writer may escape it."""
    return "".join(f"\\{char}" if char in chars else char for char in tag)


def read_cases() -> Iterator[Case]:
    for name, masked in [
        ("moved, repeated and left out", f"{COLONS}, {ALONE}{ALONE}\n- {SEALED}"),
        ("other versions, quoted and encrypted ones", f"{OTHER_VERSION} {PERCENT} {ENCRYPTED}"),
        ("within brackets", f"[[{ALONE}]] [US_SSN:{ALONE}:{ALONE}"),
        ("within a link", f"[{ALONE}](mailto:{ALONE})"),
        ("escaped by Markdown", f"a {by_markdown(ALONE)} b {by_markdown(SEALED)} c {by_markdown(OTHER_VERSION)}"),
        ("more of them", f"{by_markdown(PERCENT)} {by_markdown(COLONS)} {by_markdown(ENCRYPTED)}"),
        ("only brackets escaped", f"{by_markdown(ALONE, '[]')}|{by_markdown(COLONS, '[]')}"),
        ("only the underscore escaped", by_markdown(ALONE, "_")),
        ("a backslash before, none at the end", f"\\{ALONE}"),
        ("a backslash at the end, none before", f"{ALONE[:-1]}\\]"),
        ("two backslashes before", f"\\{by_markdown(ALONE, '[]')}"),
        ("tag-like text beside tags", f"[~US_SSN:1:2] {ALONE} [~~X:] \\[~A\\_B\\:"),
        ("a tag behind a swung dash", f"[~{ALONE[1:]} ~{ALONE}"),
    ]:
        clear = tags.unmask(READER, masked)
        assert clear != masked, name
        yield {"name": name, "masked": masked, "clear": clear}


def stays_cases() -> Iterator[Case]:
    """What no reader takes for a tag."""
    token = ALONE[:-1].split(":")[1]
    check = ALONE[:-1].split(":")[2]
    for name, masked in [
        ("forged", "[EMAIL_ADDRESS:jane.doe@example.org:aaaaaaaaaa]"),
        ("a bare token", token),
        ("one-way", ONE_WAY),
        ("another entity", ALONE.replace("EMAIL_ADDRESS", "US_SSN")),
        ("an entity that the column does not have", ALONE.replace("EMAIL_ADDRESS", "URL")),
        ("no check", f"[EMAIL_ADDRESS:{token}]"),
        ("no token", f"[EMAIL_ADDRESS::{check}]"),
        ("a short check", f"[EMAIL_ADDRESS:{token}:{check[:-1]}]"),
        ("a long check", f"[EMAIL_ADDRESS:{token}:{check}a]"),
        ("a check in capitals", f"[EMAIL_ADDRESS:{token}:{check.upper()}]"),
        ("a dot with nothing behind", f"[EMAIL_ADDRESS:{token}:{check}.]"),
        ("the seal cut off", SEALED.rpartition(".")[0] + "]"),
        ("the seal of another tag", ALONE[:-1] + "." + SEALED.rpartition(".")[2]),
        ("padding behind the seal", f"{SEALED[:-1]}=]"),
        ("the token in capitals", ALONE.replace(token, token.upper())),
        ("a space within", ALONE.replace(":", ": ", 1)),
        ("a letter beyond ASCII within", ALONE.replace(token, token + "é")),
        ("a line break within", ALONE.replace(check, f"\n{check}")),
        ("a bracket within", ALONE.replace(token, "[" + token)),
        ("not closed", ALONE[:-1]),
        ("not opened", ALONE[1:]),
        ("quoted in small letters", PERCENT.replace("%5B", "%5b").replace("%5D", "%5d").replace("%7C", "%7c")),
        ("quoted without need", ALONE.replace("@", "%40")),
        ("references of HTML", ALONE.replace("@", "&#64;")),
        *(("a character changed", changed) for changed in changes(SEALED)),
    ]:
        assert tags.unmask(READER, masked) == masked, name
        yield {"name": name, "masked": masked}


def changes(tag: str) -> Iterator[str]:
    """A tag with one character changed, at each place but the brackets."""
    for at in range(1, len(tag) - 1):
        yield tag[:at] + ("A" if tag[at] != "A" else "B") + tag[at + 1 :]
