"""What `make_vectors` writes about data keys: `data_keys.json` and `two_key.json`.

Every key here stands in for a random one, and is made from a label so that the files can be made again.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

import data_keys_v1 as dk
import hpke
import tokenize_v1 as v1
import two_key

Json = Any
Case = dict[str, Json]

KEYRING_ID = "kr-000102030405060708090a0b0c0d0e0f"
OTHER_KEYRING_ID = "kr-ffeeddccbbaa99887766554433221100"
CREATED = "2025-01-01T00:00:00Z"
REVEALS = {1: bytes(range(0x20, 0x40)), 2: bytes(range(0xA0, 0xC0)), 10: bytes(range(0x30, 0x50))}
"""Of these, 1 and 2 are the `reveal` roots of the keyring in `keyring.json`."""

NO_PAIRS: dk.Context = {}
TWO_PAIRS: dk.Context = {"équipe": "données 🍏", "Team": "data"}
BEYOND_THE_BMP: dk.Context = {"\U0001f600": "last by its bytes, first by UTF-16", "\ufb33": "", "tokenizer": "own"}


def made(label: str) -> bytes:
    return hashlib.sha256(label.encode()).digest()


def keyring_file(context: dk.Context) -> Json:
    versions = [{"version": version, "created": CREATED} for version in REVEALS]
    return {"id": KEYRING_ID, "kms": "local:kek.key", "encryption_context": context, "versions": versions}


def keyring(keyring_id: str = KEYRING_ID) -> v1.Keyring:
    return v1.Keyring(keyring_id, 1, {version: {"reveal": reveal} for version, reveal in REVEALS.items()})


def reader(context: dk.Context, keyring_id: str = KEYRING_ID) -> dk.Reader:
    return dk.reader_of(keyring_file(context), keyring(keyring_id))


def writer(context: dk.Context, version: int = 1) -> Json:
    return dk.writer_file(keyring_file(context), keyring(), version)


def record(context: dk.Context, data_key: dk.DataKey) -> Json:
    ikm_e = made(f"ephemeral key pair for {data_key.id.hex()}")
    return dk.make_record(writer(context, data_key.version), data_key.key, ikm_e)


def data_key(label: str, version: int = 1) -> dk.DataKey:
    return dk.DataKey(KEYRING_ID, version, made(label))


# --- data_keys.json ---

CASES: list[tuple[dk.Context, dk.DataKey]] = [
    (NO_PAIRS, data_key("data key 0")),
    (TWO_PAIRS, data_key("data key 1")),
    (TWO_PAIRS, data_key("data key 2")),
    (BEYOND_THE_BMP, data_key("data key 3", 10)),
]


def data_keys(cells: Iterable[tuple[str, str, str, str, bytes]]) -> dict[str, Json]:
    """`cells` are domain, logical type, Arrow type, the value as shown, and its plaintext."""
    return {
        "keyring": KEYRING_ID,
        "roots": {str(version): reveal.hex() for version, reveal in REVEALS.items()},
        "cases": [case(context, key) for context, key in CASES],
        "refused": list(refused_cases()),
        "cells": list(cell_cases(cells)),
        "writer_file": writer(TWO_PAIRS),
        **manifest_vector(),
    }


def case(context: dk.Context, key: dk.DataKey) -> Case:
    ikm_e = made(f"ephemeral key pair for {key.id.hex()}")
    entry = record(context, key)
    assert dk.open_record(reader(context), entry) == key
    return {
        "key_version": key.version,
        "encryption_context": context,
        "reveal": REVEALS[key.version].hex(),
        "writer_ikm": v1.subkey(REVEALS[key.version], "writer", KEYRING_ID, str(key.version)).hex(),
        "writer_public_key": writer(context, key.version)["public_key"],
        "data_key": key.key.hex(),
        "ikm_e": ikm_e.hex(),
        "info": dk.hpke_info(dk.data_key_context(KEYRING_ID, context)).hex(),
        "wrapped": entry["wrapped"],
        "commitment": key.commitment.hex(),
        "key_id": key.id.hex(),
        "cell_key": key.cell_key.hex(),
        "manifest_key": v1.subkey(key.key, "manifest", KEYRING_ID).hex(),
        "record": entry,
    }


def cell_cases(cells: Iterable[tuple[str, str, str, str, bytes]]) -> Iterator[Case]:
    key = CASES[0][1]
    for at, (domain, logical, arrow_type, shown, plaintext) in enumerate(cells):
        cell = dk.make_cell(key, domain, logical, plaintext, bytes(range(0xB0, 0xBB)) + bytes([at]))
        assert dk.open_cell({key.id: key}, domain, logical, cell) == plaintext
        yield {
            "domain": domain,
            "logical_type": logical,
            "type": arrow_type,
            "value": shown,
            "plaintext": plaintext.hex(),
            "key_id": cell[6:22].hex(),
            "nonce": cell[22:34].hex(),
            "cell": cell.hex(),
            "string": base64.b64encode(cell).decode(),
        }


def refused_cases() -> Iterator[Case]:
    """Records that no reader may take. Unless the case says otherwise, the reader is that of case 1."""
    context, key = CASES[1]
    good, other = record(*CASES[1]), CASES[2][1]
    wrapped = base64.b64decode(good["wrapped"])
    second = dk.hpke_reference(dk.writer_key_pair(REVEALS[2], KEYRING_ID, 2).public)
    changes: list[tuple[str, Case]] = [
        ("a bit of the encapsulated key", {"wrapped": flipped(wrapped, 0)}),
        ("the bit of the encapsulated key that X25519 masks", {"wrapped": flipped(wrapped, 31, 0x80)}),
        ("a bit of the ciphertext", {"wrapped": flipped(wrapped, 32)}),
        ("a bit of the tag", {"wrapped": flipped(wrapped, 79)}),
        ("an encapsulated key of small order", {"wrapped": text(bytes(32) + wrapped[32:])}),
        ("a byte short", {"wrapped": text(wrapped[:79])}),
        ("a byte long", {"wrapped": text(wrapped + b"\0")}),
        ("another key version", {"key_version": 2}),
        ("another key version, with its public key", {"key_version": 2, "kms": second}),
        ("a key version that the keyring does not have", {"key_version": 3}),
        ("another public key", {"kms": second}),
        ("an id that is not the first half of the commitment", {"id": key.commitment[16:].hex()}),
        ("the commitment of another data key", {"commitment": other.commitment.hex()}),
        ("id and commitment of another data key", {"id": other.id.hex(), "commitment": other.commitment.hex()}),
        ("a data key of 31 bytes", {"wrapped": wrapped_short(context, key)}),
        ("a KMS that only the record names", {"kms": "aws-kms:arn:aws:kms:eu-west-1:111122223333:key/foreign"}),
        ("a local KEK, which wraps no data keys", {"kms": "local:kek.key"}),
    ]
    for why, change in changes:
        yield refused(why, KEYRING_ID, context, {**good, **change})
    yield refused("other own context pairs", KEYRING_ID, {**TWO_PAIRS, "Team": "Data"}, good)
    yield refused("no own context pairs", KEYRING_ID, NO_PAIRS, good)
    yield refused("another keyring id", OTHER_KEYRING_ID, context, good)


def refused(why: str, keyring_id: str, context: dk.Context, entry: Case) -> Case:
    try:
        dk.open_record(reader(context, keyring_id), entry)
    except dk.Rejected:
        return {"why": why, "keyring": keyring_id, "encryption_context": context, "record": entry}
    raise AssertionError(why)


def text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def flipped(raw: bytes, at: int, bit: int = 1) -> str:
    return text(raw[:at] + bytes([raw[at] ^ bit]) + raw[at + 1 :])


def wrapped_short(context: dk.Context, key: dk.DataKey) -> str:
    public = base64.b64decode(writer(context)["public_key"])
    info = dk.hpke_info(dk.data_key_context(KEYRING_ID, context))
    return text(hpke.seal(public, info, key.key[:31], made("a short data key")))


# --- the manifest in data_keys.json ---


def manifest_vector() -> dict[str, Json]:
    """An output with two data keys, and its column `email`."""
    keys = [CASES[1][1], CASES[2][1]]
    params = {"key": "output", "logical_type": "string", "mode": "randomized", "normalize": ["trim"]}
    manifest: Json = {
        "format": "tokenize-manifest/v1",
        "tool": "tokenize 0.2.0",
        "keyring": KEYRING_ID,
        "policy": {"name": "customers", "sha256": "00" * 32},
        "columns": [
            {"path": "id", "action": "keep"},
            keyed("customer", "pseudonymize", "customer", "int64", {"normalize": [], "output": "hex"}),
            keyed("email", "encrypt", "email", "utf8", {**params, "output": "string"}),
        ],
        "data_keys": [record(TWO_PAIRS, key) for key in keys],
    }
    signed = dk.sign_manifest(manifest, dk.signer_of(manifest, keyring(), keys))
    plaintexts = [None, "", "alice@example.com", "bücher@example.org", "carol@example.net"]
    nonces = iter(made(f"nonce {at}")[:12] for at in range(3))
    cells = [
        text(dk.make_cell(key, "email", "string", plaintext.encode(), next(nonces))) if plaintext else plaintext
        for plaintext, key in zip(plaintexts, [*keys, *keys, keys[0]], strict=True)
    ]
    opened = dk.open_column(reader(TWO_PAIRS), signed, "email", cells)
    assert [cell.decode() if isinstance(cell, bytes) else cell for cell in opened] == plaintexts
    return {
        "manifest": signed,
        "jcs_without_mac": v1.jcs(manifest).decode(),
        "column": {"path": "email", "cells": cells, "plaintexts": plaintexts},
    }


def keyed(path: str, action: str, domain: str, arrow_type: str, params: Case) -> Case:
    """A manifest's entry of a column that a key treated."""
    return {
        "path": path,
        "action": action,
        "keyring": KEYRING_ID,
        "key_version": "1",
        "domain": domain,
        "type": arrow_type,
        "params": v1.jcs({**params, "on_invalid": "fail"}).decode(),
    }


# --- two_key.json ---


def two_key_vector() -> dict[str, Json]:
    """Two data keys, one ciphertext, two plaintexts; and a record that names the one key and wraps the other."""
    keys = [data_key("two keys, the first"), data_key("two keys, the second")]
    nonce, aad = made("two keys, the nonce")[:12], v1.cell_aad("photo", "binary")
    sealed = two_key.two_key_ciphertext((keys[0].cell_key, keys[1].cell_key), nonce, aad)
    header = bytes([v1.CELL_FORMAT, dk.OUTPUT_RANDOMIZED, 0, 0, 0, 1])
    cells = [header + key.id + nonce + sealed for key in keys]
    plaintexts = [dk.open_cell({key.id: key}, "photo", "binary", cell) for key, cell in zip(keys, cells, strict=True)]
    assert plaintexts[0] != plaintexts[1]
    records = [record(NO_PAIRS, key) for key in keys]
    return {
        "keyring": KEYRING_ID,
        "key_version": 1,
        "encryption_context": NO_PAIRS,
        "reveal": REVEALS[1].hex(),
        "domain": "photo",
        "logical_type": "binary",
        "data_keys": [key.key.hex() for key in keys],
        "key_ids": [key.id.hex() for key in keys],
        "cell_keys": [key.cell_key.hex() for key in keys],
        "nonce": nonce.hex(),
        "aad": aad.hex(),
        "ciphertext": sealed[:-16].hex(),
        "tag": sealed[-16:].hex(),
        "plaintexts": [plaintext.hex() for plaintext in plaintexts],
        "cells": [cell.hex() for cell in cells],
        "records": records,
        "swapped_record": {**records[0], "wrapped": records[1]["wrapped"]},
    }
