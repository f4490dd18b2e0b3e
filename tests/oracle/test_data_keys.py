"""Checks of the oracle's data keys: that they open, and that a reader refuses what it must.

pytest tests/oracle
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import hpke as other_hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

import data_key_vectors as vectors
import data_keys_v1 as dk
import hpke
import make_vectors
import tokenize_v1 as v1

Json = Any

DATA_KEYS = json.loads((make_vectors.VECTORS / "data_keys.json").read_text(encoding="utf-8"))
KEY = vectors.CASES[1][1]

# --- records ---

OTHER_SUITE = other_hpke.Suite(other_hpke.KEM.X25519, other_hpke.KDF.HKDF_SHA256, other_hpke.AEAD.CHACHA20_POLY1305)


@pytest.mark.parametrize("case", DATA_KEYS["cases"])
def test_another_hpke_opens_what_is_wrapped_and_wraps_what_opens(case: Json) -> None:
    pair, info = hpke.derive_key_pair(bytes.fromhex(case["writer_ikm"])), bytes.fromhex(case["info"])
    key, wrapped = bytes.fromhex(case["data_key"]), base64.b64decode(case["wrapped"])
    assert OTHER_SUITE.decrypt(wrapped, X25519PrivateKey.from_private_bytes(pair.private), info) == key
    theirs = OTHER_SUITE.encrypt(key, X25519PublicKey.from_public_bytes(pair.public), info)
    assert hpke.open_sealed(pair, info, theirs) == key


@pytest.mark.parametrize("case", DATA_KEYS["cases"])
def test_a_record_opens_with_the_roots_alone(case: Json) -> None:
    roots = {case["key_version"]: {"reveal": bytes.fromhex(case["reveal"])}}
    reader = dk.Reader(v1.Keyring(DATA_KEYS["keyring"], 1, roots), case["encryption_context"])
    opened = dk.open_record(reader, case["record"])
    assert opened.key.hex() == case["data_key"]
    assert opened.id.hex() == case["key_id"] == case["commitment"][:32]
    assert opened.cell_key.hex() == case["cell_key"]
    assert case["record"]["kms"] == "hpke-x25519:" + case["writer_public_key"]
    assert len(base64.b64decode(case["wrapped"])) == dk.WRAPPED_BYTES


@pytest.mark.parametrize("case", DATA_KEYS["refused"], ids=lambda case: case["why"])
def test_a_record_is_refused(case: Json) -> None:
    roots = {int(version): {"reveal": bytes.fromhex(root)} for version, root in DATA_KEYS["roots"].items()}
    reader = dk.Reader(v1.Keyring(case["keyring"], 1, roots), case["encryption_context"], frozenset(["local:kek.key"]))
    with pytest.raises(dk.Rejected):
        dk.open_record(reader, case["record"])


def test_the_context_is_sorted_by_bytes() -> None:
    info = dk.hpke_info(dk.data_key_context("kr", vectors.BEYOND_THE_BMP))
    names = ["tokenize:keyring", "tokenize:purpose", "tokenizer", "\ufb33", "\U0001f600"]
    at = [info.index(name.encode()) for name in names]
    assert at == sorted(at)


# --- data keys that a KMS wraps ---

OURS, SPLIT, FORMER, FOREIGN = "aws-kms:alias/ours", "aws-kms:alias/reveal", "aws-kms:alias/old", "aws-kms:alias/evil"

LOCAL = "local:kek.key"


class FakeKms:
    """One KEK for every reference, and a note of who was asked."""

    KEK = bytes(32)

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, reference: str, context: dk.Context, wrapped: bytes) -> bytes:
        self.asked.append(reference)
        return v1.local_unwrap(self.KEK, context, wrapped)

    def record(self, reference: str, data_key: dk.DataKey) -> Json:
        context = dk.data_key_context(data_key.keyring_id, vectors.TWO_PAIRS)
        wrapped = v1.local_wrap(self.KEK, context, data_key.key, bytes(12))
        return {**dk.record_of(data_key, reference, wrapped), "kek": "arn:aws:kms:eu-west-1:111122223333:key/1"}


@pytest.mark.parametrize(
    ("kms", "reference", "taken"),
    [
        ({"kms": OURS}, OURS, True),
        ({"kms": OURS}, FOREIGN, False),
        ({"kms": OURS, "reveal_kms": SPLIT}, SPLIT, True),
        ({"kms": OURS, "reveal_kms": SPLIT}, OURS, False),
        ({"kms": OURS, "former_kms": [FORMER]}, FORMER, True),
        ({"kms": OURS, "reveal_kms": SPLIT, "former_kms": [OURS]}, OURS, True),
        ({"kms": LOCAL}, LOCAL, False),
    ],
)
def test_only_a_kms_of_the_keyring_is_asked(kms: Json, reference: str, taken: bool) -> None:
    fake = FakeKms()
    reader = dk.reader_of({**vectors.keyring_file(vectors.TWO_PAIRS), **kms}, vectors.keyring(), fake)
    record = fake.record(reference, KEY)
    if taken:
        assert dk.open_record(reader, record) == KEY
    else:
        with pytest.raises(dk.Rejected):
            dk.open_record(reader, record)
    assert fake.asked == ([reference] if taken else [])


def test_a_kms_that_answers_with_another_key_is_not_believed() -> None:
    fake = FakeKms()
    reader = dk.Reader(vectors.keyring(), vectors.TWO_PAIRS, frozenset([OURS]), fake)
    lying = {**fake.record(OURS, KEY), "wrapped": fake.record(OURS, vectors.CASES[2][1])["wrapped"]}
    short = fake.record(OURS, dk.DataKey(KEY.keyring_id, 1, KEY.key[:31]))
    for record in (lying, short):
        with pytest.raises(dk.Rejected):
            dk.open_record(reader, record)


def test_no_kms_is_asked_for_a_manifest_whose_reveal_mac_is_wrong() -> None:
    fake = FakeKms()
    reader = dk.Reader(vectors.keyring(), vectors.TWO_PAIRS, frozenset([OURS]), fake)
    manifest = {**unsigned(), "data_keys": [fake.record(OURS, KEY)]}
    forged = dk.sign_manifest(manifest, dk.Signer("reveal", 1, KEY.key))
    with pytest.raises(dk.Rejected):
        dk.verify_manifest(reader, forged)
    assert not fake.asked


# --- cells ---


@pytest.mark.parametrize("case", DATA_KEYS["cells"], ids=lambda case: f"{case['type']} {case['value']}")
def test_cells_open_to_their_plaintexts(case: Json) -> None:
    cell, key = bytes.fromhex(case["cell"]), bytes.fromhex(DATA_KEYS["cases"][0]["cell_key"])
    assert cell[:2] == b"\x01\x03" and cell[2:6] == bytes([0, 0, 0, 1])
    assert cell[6:22].hex() == case["key_id"] == DATA_KEYS["cases"][0]["key_id"]
    assert base64.b64decode(case["string"]) == cell
    aad = v1.cell_aad(case["domain"], case["logical_type"])
    assert AESGCMSIV(key).decrypt(bytes.fromhex(case["nonce"]), cell[34:], aad).hex() == case["plaintext"]


def test_every_logical_type_has_a_cell() -> None:
    assert {case["logical_type"] for case in DATA_KEYS["cells"]} == {logical for logical, _, _ in make_vectors.CELLS}


CELL = dk.make_cell(KEY, "a", "string", b"secret", bytes(12))


@pytest.mark.parametrize("at", range(len(CELL)))
def test_a_cell_with_a_changed_byte_is_refused(at: int) -> None:
    with pytest.raises(v1.Misfit):
        dk.open_cell({KEY.id: KEY}, "a", "string", CELL[:at] + bytes([CELL[at] ^ 1]) + CELL[at + 1 :])


def test_cells_open_only_where_they_belong() -> None:
    assert dk.open_cell({KEY.id: KEY}, "a", "string", CELL) == b"secret"
    for domain, logical, cell in [("b", "string", CELL), ("a", "binary", CELL), ("a", "string", CELL[:49])]:
        with pytest.raises(v1.Misfit):
            dk.open_cell({KEY.id: KEY}, domain, logical, cell)
    with pytest.raises(v1.Misfit):
        v1.open_cell({1: vectors.REVEALS[1]}, "a", "string", CELL)


def test_nothing_is_decrypted_for_a_cell_that_names_no_data_key(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(key: bytes) -> None:
        raise AssertionError("a cell was decrypted")

    monkeypatch.setattr(dk, "AESGCMSIV", never)
    other = vectors.CASES[2][1]
    later = dk.DataKey(KEY.keyring_id, 2, KEY.key)
    for known in ({}, {other.id: other}, {later.id: later}):
        with pytest.raises(v1.Misfit):
            dk.open_cell(known, "a", "string", CELL)


# --- manifests and columns ---

READER = vectors.reader(vectors.TWO_PAIRS)
MANIFEST = DATA_KEYS["manifest"]


def unsigned() -> Json:
    return {name: item for name, item in json.loads(json.dumps(MANIFEST)).items() if name != "mac"}


def test_the_mac_is_made_under_the_first_data_key() -> None:
    mac_key = bytes.fromhex(DATA_KEYS["cases"][1]["manifest_key"])
    assert v1.jcs(unsigned()).decode() == DATA_KEYS["jcs_without_mac"]
    value = v1.hmac_sha256(mac_key, DATA_KEYS["jcs_without_mac"].encode()).hex()
    assert MANIFEST["mac"] == {"root": "data-key", "key_version": 1, "value": value}


def test_a_column_opens_with_cells_of_either_data_key() -> None:
    column = DATA_KEYS["column"]
    opened = dk.open_column(READER, MANIFEST, column["path"], column["cells"])
    assert [cell.decode() if isinstance(cell, bytes) else cell for cell in opened] == column["plaintexts"]
    binary = [base64.b64decode(cell) if cell else cell for cell in column["cells"]]
    assert dk.open_column(READER, MANIFEST, column["path"], binary) == opened


EDITS: list[tuple[str, Callable[[Json], object]]] = [
    ("an action", lambda manifest: manifest["columns"][0].update(action="drop")),
    ("a domain", lambda manifest: manifest["columns"][2].update(domain="other")),
    ("a column more", lambda manifest: manifest["columns"].append({"path": "x", "action": "keep"})),
    ("a column less", lambda manifest: manifest["columns"].pop()),
    ("the tool", lambda manifest: manifest.update(tool="tokenize 0.2.1")),
    ("the keyring", lambda manifest: manifest.update(keyring=vectors.OTHER_KEYRING_ID)),
    ("the order of the data keys", lambda manifest: manifest["data_keys"].reverse()),
    ("a data key less", lambda manifest: manifest["data_keys"].pop()),
    ("no data keys", lambda manifest: manifest.update(data_keys=[])),
    ("a foreign record", lambda manifest: manifest["data_keys"][1].update(kms=FOREIGN)),
    ("a kek", lambda manifest: manifest["data_keys"][0].update(kek="arn")),
    ("the MAC", lambda manifest: manifest["mac"].update(value="00" * 32)),
    ("the version of the MAC", lambda manifest: manifest["mac"].update(key_version=2)),
    ("a reveal MAC", lambda manifest: manifest["mac"].update(root="reveal")),
    ("a pseudonym MAC", lambda manifest: manifest["mac"].update(root="pseudonym")),
    ("no MAC", lambda manifest: manifest.update(mac={"root": "none", "key_version": 0, "value": ""})),
]


@pytest.mark.parametrize("edit", [pytest.param(edit, id=name) for name, edit in EDITS])
def test_an_edited_manifest_is_refused(edit: Callable[[Json], object]) -> None:
    manifest = json.loads(json.dumps(MANIFEST))
    edit(manifest)
    with pytest.raises(dk.Rejected):
        dk.open_column(READER, manifest, "email", [])


def test_a_manifest_of_another_keyring_is_refused_though_its_mac_is_right() -> None:
    foreign = {**unsigned(), "keyring": vectors.OTHER_KEYRING_ID}
    with pytest.raises(dk.Rejected):
        dk.verify_manifest(READER, dk.sign_manifest(foreign, dk.Signer("data-key", 1, KEY.key)))


def encrypt_entry(**params: str) -> Json:
    options = {"logical_type": "string", "mode": "randomized", "normalize": [], "output": "binary", **params}
    return vectors.keyed("note", "encrypt", "a", "utf8", options)


def signed_by(root: str, *entries: Json) -> Json:
    manifest = {**unsigned(), "columns": list(entries)}
    signers = {
        "data-key": dk.Signer("data-key", 1, KEY.key),
        "reveal": dk.Signer("reveal", 1, vectors.REVEALS[1]),
    }
    return dk.sign_manifest(manifest, signers[root])


def test_a_data_key_vouches_for_its_own_columns_only() -> None:
    of_keyring = v1.make_cell(vectors.REVEALS[1], 1, "a", "string", b"secret")
    by_reveal, by_writer = (signed_by(root, encrypt_entry(key="keyring")) for root in ("reveal", "data-key"))
    assert dk.open_column(READER, by_reveal, "note", [of_keyring]) == [b"secret"]
    with pytest.raises(dk.Rejected):
        dk.open_column(READER, by_writer, "note", [of_keyring])


@pytest.mark.parametrize("root", ["reveal", "data-key"])
def test_cells_of_the_keyring_do_not_open_in_a_column_of_a_data_key(root: str) -> None:
    manifest = signed_by(root, encrypt_entry(key="output"))
    assert dk.open_column(READER, manifest, "note", [CELL, None, b""]) == [b"secret", None, b""]
    for randomized in (None, (bytes(16), bytes(12))):
        of_keyring = v1.make_cell(vectors.REVEALS[1], 1, "a", "string", b"secret", randomized)
        with pytest.raises(v1.Misfit):
            dk.open_column(READER, manifest, "note", [of_keyring])


def test_the_mac_goes_by_the_first_root_that_unmask_can_trust() -> None:
    roots = {version: {"reveal": root, "pseudonym": bytes(32)} for version, root in vectors.REVEALS.items()}
    keyring = v1.Keyring(vectors.KEYRING_ID, 1, roots)
    pseudonym, output = unsigned()["columns"][1], encrypt_entry(key="output")
    reveal = {**encrypt_entry(key="keyring"), "key_version": "2"}

    def mac(*entries: Json, data_keys: list[dk.DataKey] | None = None) -> tuple[str, int]:
        manifest = {**unsigned(), "columns": list(entries)}
        signed = dk.sign_manifest(manifest, dk.signer_of(manifest, keyring, data_keys or []))
        return signed["mac"]["root"], signed["mac"]["key_version"]

    later = dk.DataKey(vectors.KEYRING_ID, 10, KEY.key)
    assert mac(pseudonym, output, reveal, data_keys=[later]) == ("reveal", 2)
    assert mac(pseudonym, output, data_keys=[later, KEY]) == ("data-key", 10)
    assert mac(pseudonym) == ("pseudonym", 1)
    assert mac({"path": "id", "action": "keep"}) == ("none", 0)


# --- writer files ---


def test_a_writer_file_makes_data_keys_that_the_keyring_opens() -> None:
    writer = DATA_KEYS["writer_file"]
    record = dk.make_record(writer, bytes(range(32)), bytes(32))
    assert dk.open_record(READER, record).key == bytes(range(32))
    assert writer["public_key"] == DATA_KEYS["cases"][1]["writer_public_key"]


@pytest.mark.parametrize(
    "change",
    [
        {"format": "tokenize-writer/v2"},
        {"public_key": base64.b64encode(bytes(31)).decode()},
        {"public_key": "!"},
        {"encryption_context": {"tokenize:purpose": "reveal"}},
    ],
)
def test_a_file_that_is_no_writer_file_is_refused(change: Json) -> None:
    with pytest.raises(dk.Rejected):
        dk.make_record({**DATA_KEYS["writer_file"], **change}, bytes(32), bytes(32))


def test_key_versions_have_key_pairs_of_their_own() -> None:
    reveal = vectors.REVEALS[1]
    pairs = {dk.writer_key_pair(reveal, keyring, n).public for keyring in ("kr-1", "kr-11") for n in (1, 11)}
    assert len(pairs) == 4
