"""HPKE as the oracle writes it, against the vectors of RFC 9180.

pytest tests/oracle
"""

from __future__ import annotations

import json
from typing import Any

import pytest

import hpke
import make_vectors

RFC_9180: Any = json.loads((make_vectors.VECTORS / "rfc9180-a2-base.json").read_text(encoding="utf-8"))


def rfc(name: str) -> bytes:
    return bytes.fromhex(RFC_9180[name])


def test_derived_key_pairs_are_those_of_the_rfc() -> None:
    assert hpke.derive_key_pair(rfc("ikmR")) == hpke.KeyPair(rfc("skRm"), rfc("pkRm"))
    assert hpke.derive_key_pair(rfc("ikmE")) == hpke.KeyPair(rfc("skEm"), rfc("pkEm"))


def test_both_ends_agree_on_the_key_schedule_of_the_rfc() -> None:
    enc, sender = hpke.setup_sender(rfc("pkRm"), rfc("info"), rfc("ikmE"))
    assert enc == rfc("enc")
    assert sender == hpke.setup_recipient(enc, hpke.derive_key_pair(rfc("ikmR")), rfc("info"))
    for name in ("shared_secret", "key_schedule_context", "secret", "key", "base_nonce"):
        assert getattr(sender, name) == rfc(name), name
    exporter = hpke.labeled_expand(hpke.HPKE_SUITE, sender.secret, b"exp", sender.key_schedule_context, hpke.N_H)
    assert exporter == rfc("exporter_secret")


@pytest.mark.parametrize("message", RFC_9180["encryptions"], ids=lambda message: str(message["sequence_number"]))
def test_encryptions_of_the_rfc(message: Any) -> None:
    _, context = hpke.setup_sender(rfc("pkRm"), rfc("info"), rfc("ikmE"))
    pt, aad, nonce, ct = (bytes.fromhex(message[name]) for name in ("pt", "aad", "nonce", "ct"))
    assert context.nonce(message["sequence_number"]) == nonce
    assert context.seal(message["sequence_number"], aad, pt) == ct
    assert context.open(message["sequence_number"], aad, ct) == pt
