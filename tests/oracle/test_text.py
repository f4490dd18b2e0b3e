"""Checks of tags in texts: that the vectors read back from the file alone, and that what is no tag stays.

pytest tests/oracle
"""

from __future__ import annotations

import base64
import hmac
import json
import re
from random import Random
from typing import Any

import pytest

import make_vectors
import text_v1 as tags
import text_vectors as vectors
import tokenize_v1 as v1

Json = Any

TEXT = json.loads((make_vectors.VECTORS / "text.json").read_text(encoding="utf-8"))
ROOTS = {
    int(version): {name: bytes.fromhex(root) for name, root in roots.items()}
    for version, roots in TEXT["roots"].items()
}
KEYRING = v1.Keyring(TEXT["keyring"], TEXT["key_version"], ROOTS)
READER = tags.Text(KEYRING, TEXT["reader"])
ESCAPER = tags.Text(KEYRING, TEXT["escaper"])
A_TAG = re.compile(
    r"\[[A-Z0-9_]{1,64}:[^]\[%\\\"'<>&`*|~ ]*(?:%[0-9A-F]{2}[^]\[%\\\"'<>&`*|~ ]*)*:[a-z2-7]{10}(\.[\w-]+)?\]"
)


def test_the_roots_are_those_of_the_keyring_file() -> None:
    keyring = json.loads((make_vectors.VECTORS / "keyring.json").read_text(encoding="utf-8"))
    assert {version: roots for version, roots in keyring["roots"].items() if roots} == TEXT["roots"]


# --- the vectors ---


@pytest.mark.parametrize("case", TEXT["tags"], ids=lambda case: case["tag"][:30])
def test_tags_are_what_their_parts_make(case: Json) -> None:
    """Without the oracle's own functions, as far as the standard library goes."""

    def part(text: str) -> bytes:
        return len(text.encode()).to_bytes(4, "big") + text.encode()

    sealed = base64.urlsafe_b64encode(bytes.fromhex(case.get("sealed", ""))).decode().rstrip("=")
    message = part(case["entity"]) + part(case["written"]) + part(sealed)
    mac = hmac.digest(bytes.fromhex(case["check_subkey"]), message, "sha256")
    bits = int.from_bytes(mac, "big") >> 206
    check = "".join("abcdefghijklmnopqrstuvwxyz234567"[bits >> 5 * (9 - at) & 31] for at in range(10))
    bare = case["tag"].strip('"')
    assert bare == f"[{case['entity']}:{case['written']}:{check}{'.' if sealed else ''}{sealed}]"
    assert A_TAG.fullmatch(bare) and (bare != case["tag"]) == (case.get("flag") == 1)
    if sealed:
        message = len(bytes.fromhex(case["aad"])).to_bytes(4, "big") + bytes.fromhex(case["aad"])
        message += part(chr(case["flag"]) + case["original"])
        assert case["sealed"].startswith(hmac.digest(bytes.fromhex(case["nonce_subkey"]), message, "sha256")[:12].hex())


@pytest.mark.parametrize("case", TEXT["cases"], ids=lambda case: case["name"])
def test_masked_texts_read_back(case: Json) -> None:
    assert tags.unmask(tags.Text(KEYRING, case["rule"]), case["masked"]) == case["clear"]
    for finding in case["findings"]:
        source = case["text"].encode()[finding["start"] : finding["end"]].decode()
        kept = tags.Text(KEYRING, case["rule"]).entity_action(finding["entity"]).name in ("keep", "truncate")
        assert kept or source not in case["masked"]
    if case["clear"] != case["text"]:
        assert "reversible" not in case["rule"]


@pytest.mark.parametrize("case", TEXT["natural"], ids=lambda case: case["name"])
def test_spans_give_back_what_they_can_and_hang_on_every_byte(case: Json) -> None:
    text = tags.Text(KEYRING, case["rule"])
    spans = bytes.fromhex(case["spans"]) if case["spans"] else None
    assert tags.unmask_natural(text, case["masked"], spans) == case["clear"]
    if spans:
        changed = [(case["masked"] + " ", spans), (case["masked"][1:], spans), (case["masked"], spans[:-1])]
        for masked, cell in changed:
            with pytest.raises(v1.Misfit):
                tags.open_spans(text, masked, cell)
    elif case["findings"]:
        assert case["clear"] != case["text"]


@pytest.mark.parametrize("case", TEXT["escapes"], ids=lambda case: case["text"][:30] or "empty")
def test_tag_like_text_comes_back(case: Json) -> None:
    assert tags.mask(ESCAPER, case["text"], []) == (case["masked"], None)
    assert tags.unmask(ESCAPER, case["masked"]) == tags.unescape(case["masked"]) == case["text"]


@pytest.mark.parametrize("case", TEXT["reads"], ids=lambda case: case["name"])
def test_tags_are_read_wherever_they_are(case: Json) -> None:
    assert tags.unmask(READER, case["masked"]) == case["clear"]


def test_what_is_no_tag_stays() -> None:
    for case in TEXT["stays"]:
        assert tags.unmask(READER, case["masked"]) == case["masked"], case["name"]


# --- beyond the vectors ---

PIECES = ["[", "[~", "~", "US_SSN", "A", "_", "\\", "\\_", ":", "\\:", "]", " ", "é", '"', "1", "a", vectors.ALONE]


def any_text(rng: Random) -> str:
    return "".join(rng.choice(PIECES) for _ in range(rng.randrange(12)))


def test_any_text_comes_back() -> None:
    """Tags that verify among it: they are text here, for nobody masked them in this run."""
    rng = Random(12)
    for _ in range(3000):
        before, between, after = any_text(rng), any_text(rng), any_text(rng)
        sources = [rng.choice(["jane.doe@example.org", "Jane.Doe@Example.org"]) for _ in range(2)]
        text, findings, at = before, [], len(before)
        for source, more in zip(sources, (between, after), strict=True):
            findings.append(tags.Finding("EMAIL_ADDRESS", at, at + len(source), source))
            text += source + more
            at = len(text)
        masked, _ = tags.mask(READER, text, findings)
        assert tags.unmask(READER, masked) == text
        assert not any(source in tags.unescape(masked) for source in sources)


def test_tags_survive_any_escaping_of_punctuation() -> None:
    rng = Random(13)
    for tag in (vectors.ALONE, vectors.SEALED, vectors.PERCENT, vectors.COLONS, vectors.OTHER_VERSION):
        clear = tags.unmask(READER, tag)
        for _ in range(100):
            chosen = "".join(char for char in vectors.MARKDOWN if rng.random() < 0.5)
            chosen = chosen.replace("[", "").replace("]", "") + rng.choice(["", "[]"])
            assert tags.unmask(READER, vectors.by_markdown(tag, chosen)) == clear


def test_a_tag_opens_only_under_its_own_keys() -> None:
    for change in ({"domain": "other"}, {"key_version": 2}, {"action": "encrypt", "domain": "contact"}):
        other = tags.Text(KEYRING, vectors.rule({"EMAIL_ADDRESS": {**vectors.EMAIL, **change}}))
        for tag in (vectors.ALONE, vectors.SEALED):
            assert tags.unmask(other, tag) == tag


def test_an_original_that_was_sealed_elsewhere_does_not_open() -> None:
    """Even where the check is right: the seal stands for itself."""
    key = READER.entity_action("EMAIL_ADDRESS").tag_key
    sealed = key.seal("EMAIL_ADDRESS", "a", 0, "one")
    assert key.open("EMAIL_ADDRESS", "a", sealed) == (0, "one")
    moved = f"[EMAIL_ADDRESS:b:{key.check('EMAIL_ADDRESS', 'b', sealed)}.{sealed}]"
    assert tags.unmask(READER, moved) == moved


def test_the_quotes_of_a_number_go_only_with_it() -> None:
    [case] = [case for case in TEXT["cases"] if case["name"] == "JSON: a number that must come back"]
    text, tag = tags.Text(KEYRING, case["rule"]), case["masked"].split(":", 1)[1].rstrip("}")
    assert tags.unmask(text, f"[1,{tag},{tag}]") == "[1,1234,1234]"
