"""The ciphertext with two keys: that it is one, and that a reader takes it under one of them only.

pytest tests/oracle
"""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

import data_keys_v1 as dk
import make_vectors
import tokenize_v1 as v1
import two_key

TWO_KEY: Any = json.loads((make_vectors.VECTORS / "two_key.json").read_text(encoding="utf-8"))


def test_polyval_and_the_aead_are_those_of_rfc_8452() -> None:
    h = two_key.element(bytes.fromhex("25629347589242761d31f826ba4b757b"))
    blocks = two_key.blocks_of(bytes.fromhex("4f4f95668c83dfb6401762bb2d01a262d1a24ddd2721d006bbe45f20d3c9f362"))
    assert two_key.block_of(two_key.polyval(h, blocks)).hex() == "f7a3b47b846119fae5b7866cf5e5b77e"
    assert two_key.dot(h, two_key.inverse(h)) == two_key.ONE
    rng = Random(8452)
    for length in (0, 1, 16, 33, 100):
        key, nonce, plaintext, aad = (rng.randbytes(n) for n in (32, 12, length, length // 2))
        assert two_key.seal(key, nonce, plaintext, aad) == AESGCMSIV(key).encrypt(nonce, plaintext, aad)


ROOTS = {TWO_KEY["key_version"]: {"reveal": bytes.fromhex(TWO_KEY["reveal"])}}
READER = dk.Reader(v1.Keyring(TWO_KEY["keyring"], 1, ROOTS), TWO_KEY["encryption_context"])


def two_keys() -> list[dk.DataKey]:
    return [dk.open_record(READER, record) for record in TWO_KEY["records"]]


def test_the_bare_aead_opens_one_ciphertext_under_two_keys() -> None:
    nonce, aad, ciphertext, tag = (bytes.fromhex(TWO_KEY[name]) for name in ("nonce", "aad", "ciphertext", "tag"))
    opened = [AESGCMSIV(key.cell_key).decrypt(nonce, ciphertext + tag, aad).hex() for key in two_keys()]
    assert opened == TWO_KEY["plaintexts"] and opened[0] != opened[1]
    assert aad == v1.cell_aad(TWO_KEY["domain"], TWO_KEY["logical_type"])


def test_a_reader_opens_the_two_key_ciphertext_under_the_key_it_names_only() -> None:
    keys, cells = two_keys(), [bytes.fromhex(cell) for cell in TWO_KEY["cells"]]
    for key, cell, plaintext in zip(keys, cells, TWO_KEY["plaintexts"], strict=True):
        assert dk.open_cell({key.id: key}, TWO_KEY["domain"], TWO_KEY["logical_type"], cell).hex() == plaintext
    for key, cell in zip(keys, reversed(cells), strict=True):
        with pytest.raises(v1.Misfit):
            dk.open_cell({key.id: key}, TWO_KEY["domain"], TWO_KEY["logical_type"], cell)


def test_a_record_cannot_name_the_one_key_and_wrap_the_other() -> None:
    swapped, second = TWO_KEY["swapped_record"], two_keys()[1]
    assert dk.unwrap(READER, swapped) == second.key
    with pytest.raises(dk.Rejected):
        dk.open_record(READER, swapped)
