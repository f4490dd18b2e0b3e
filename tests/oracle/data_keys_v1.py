"""Data keys of `encrypt` with `key: output`, written a second time from `docs/format.md` alone.

The part of `tokenize_v1` that came later: section 7, kind 3; section 7.1; the MAC `data-key` of section 10; and the
writer files of section 11. The oracle's warning holds here too: never use it to protect data.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

import hpke
import tokenize_v1 as v1

Json = Any
Context = dict[str, str]

OUTPUT_RANDOMIZED = 3
WRITER_FORMAT = "tokenize-writer/v1"
MANIFEST_FORMAT = "tokenize-manifest/v1"
HPKE_SCHEME = "hpke-x25519:"
WRAPPED_BYTES = 80
SHORTEST_CELL = 50


class Rejected(ValueError):
    """A record, a manifest or a file that a reader does not accept."""


# --- 7.1. Data keys ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DataKey:
    """A data key with what follows from it. A reader gets one from `open_record` only, where its commitment is verified."""

    keyring_id: str
    version: int
    key: bytes

    @property
    def commitment(self) -> bytes:
        return v1.subkey(self.key, "commitment", self.keyring_id, "data-key")

    @property
    def id(self) -> bytes:
        return self.commitment[:16]

    @property
    def cell_key(self) -> bytes:
        return v1.subkey(self.key, "encrypt/output", self.id)


def data_key_context(keyring_id: str, own: Context) -> Context:
    if any(name.startswith("tokenize:") for name in own):
        raise Rejected("own context pairs must not begin with tokenize:")
    return {**own, "tokenize:keyring": keyring_id, "tokenize:purpose": "data-key"}


def hpke_info(context: Context) -> bytes:
    pairs = sorted((key.encode(), item.encode()) for key, item in context.items())
    return v1.enc(b"tokenize/v1", b"hpke", *(part for pair in pairs for part in pair))


# --- 7.1. Writing: whoever holds a writer file ---------------------------------------------------------------------


def make_record(writer: Json, data_key: bytes, ikm_e: bytes) -> Json:
    """The record of a data key, wrapped by HPKE; `ikm_e` stands for the randomness of the ephemeral key pair."""
    public = read_writer_file(writer)
    made = DataKey(writer["keyring"], writer["key_version"], data_key)
    info = hpke_info(data_key_context(made.keyring_id, writer["encryption_context"]))
    return record_of(made, hpke_reference(public), hpke.seal(public, info, data_key, ikm_e))


def record_of(data_key: DataKey, kms: str, wrapped: bytes) -> Json:
    return {
        "id": data_key.id.hex(),
        "key_version": data_key.version,
        "kms": kms,
        "wrapped": base64.b64encode(wrapped).decode(),
        "commitment": data_key.commitment.hex(),
    }


def hpke_reference(public: bytes) -> str:
    return HPKE_SCHEME + base64.b64encode(public).decode()


# --- 7.1. Reading: whoever holds the roots -------------------------------------------------------------------------

AskKms = Callable[[str, Context, bytes], bytes]
"""The KMS reference, the context and the wrapped form; the data key comes back."""


def no_kms(reference: str, context: Context, wrapped: bytes) -> bytes:
    raise Rejected(f"{reference} cannot be asked here")


@dataclass(frozen=True)
class Reader:
    """An opened keyring, with what its file says about wrapping."""

    keyring: v1.Keyring
    encryption_context: Context = field(default_factory=dict)
    kms: frozenset[str] = frozenset()
    ask: AskKms = no_kms


def reader_of(keyring_file: Json, keyring: v1.Keyring, ask: AskKms = no_kms) -> Reader:
    wraps = keyring_file.get("reveal_kms", keyring_file["kms"])
    named = frozenset([wraps, *keyring_file.get("former_kms", [])])
    return Reader(keyring, keyring_file["encryption_context"], named, ask)


def open_record(reader: Reader, record: Json) -> DataKey:
    data_key = DataKey(reader.keyring.id, record["key_version"], unwrap(reader, record))
    if len(data_key.key) != 32:
        raise Rejected("not 32 bytes")
    if not hmac.compare_digest(data_key.commitment.hex(), record["commitment"]):
        raise Rejected("commitment")
    if data_key.id.hex() != record["id"]:
        raise Rejected("the id is not the first half of the commitment")
    return data_key


def unwrap(reader: Reader, record: Json) -> bytes:
    """The record alone never decides whom to ask: its KMS, or public key, must be one of the keyring's own."""
    context, wrapped = data_key_context(reader.keyring.id, reader.encryption_context), from_base64(record["wrapped"])
    if record["kms"].startswith(HPKE_SCHEME):
        return unwrap_hpke(reader, record, hpke_info(context), wrapped)
    if record["kms"].startswith("local:"):
        raise Rejected("local keyrings wrap data keys by HPKE")
    if record["kms"] not in reader.kms:
        raise Rejected("a KMS that the keyring does not name")
    return reader.ask(record["kms"], context, wrapped)


def unwrap_hpke(reader: Reader, record: Json, info: bytes, wrapped: bytes) -> bytes:
    reveal = reader.keyring.versions.get(record["key_version"], {}).get("reveal")
    if reveal is None:
        raise Rejected("no reveal root of this key version")
    pair = writer_key_pair(reveal, reader.keyring.id, record["key_version"])
    if record["kms"] != hpke_reference(pair.public) or len(wrapped) != WRAPPED_BYTES:
        raise Rejected("not wrapped for this keyring and key version")
    try:
        return hpke.open_sealed(pair, info, wrapped)
    except (InvalidTag, ValueError):
        raise Rejected("does not unwrap") from None


def from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise Rejected("not base64") from None


# --- 7. Cells of kind 3 --------------------------------------------------------------------------------------------


def make_cell(data_key: DataKey, domain: str, logical_type: str, plaintext: bytes, nonce: bytes) -> bytes:
    sealed = AESGCMSIV(data_key.cell_key).encrypt(nonce, plaintext, v1.cell_aad(domain, logical_type))
    kind = bytes([v1.CELL_FORMAT, OUTPUT_RANDOMIZED])
    return kind + data_key.version.to_bytes(4, "big") + data_key.id + nonce + sealed


def open_cell(data_keys: Mapping[bytes, DataKey], domain: str, logical_type: str, cell: bytes) -> bytes:
    """The plaintext; `data_keys` by key id. No key is tried that the cell does not name."""
    if len(cell) < SHORTEST_CELL or cell[0] != v1.CELL_FORMAT:
        raise v1.Misfit("not a cell")
    kind, version, key_id, nonce = cell[1], int.from_bytes(cell[2:6], "big"), cell[6:22], cell[22:34]
    if kind != OUTPUT_RANDOMIZED:
        raise v1.Misfit("key kind")
    data_key = data_keys.get(key_id)
    if data_key is None or data_key.version != version:
        raise v1.Misfit("no data key of this id and key version")
    try:
        return AESGCMSIV(data_key.cell_key).decrypt(nonce, cell[34:], v1.cell_aad(domain, logical_type))
    except InvalidTag:
        raise v1.Misfit("a changed cell") from None


# --- 10. The manifest ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Signer:
    """The key of a manifest's MAC, and what `mac` says about it."""

    root: str
    version: int
    key: bytes


def uses(entry: Json) -> str | None:
    """Whose key the column of a manifest's entry uses: `reveal`, `data-key`, `pseudonym`, or nobody's."""
    if entry["action"] == "pseudonymize":
        return "pseudonym"
    if entry["action"] in ("tokenize", "encrypt", "shift_date"):
        return "data-key" if key_option(entry) == "output" else "reveal"
    return None


def key_option(entry: Json) -> str | None:
    """`key` of an `encrypt` column."""
    return json.loads(entry["params"]).get("key", "keyring") if entry["action"] == "encrypt" else None


def signer_of(manifest: Json, keyring: v1.Keyring, data_keys: Sequence[DataKey]) -> Signer | None:
    """`reveal` goes first, then the first data key, then `pseudonym`."""

    def by_root(name: str) -> Signer | None:
        versions = [int(entry["key_version"]) for entry in manifest["columns"] if uses(entry) == name]
        return Signer(name, versions[0], keyring.root(name, versions[0])) if versions else None

    first = Signer("data-key", data_keys[0].version, data_keys[0].key) if data_keys else None
    return by_root("reveal") or first or by_root("pseudonym")


def sign_manifest(manifest: Json, signer: Signer | None) -> Json:
    unsigned = {name: item for name, item in manifest.items() if name != "mac"}
    if signer is None:
        return {**unsigned, "mac": {"root": "none", "key_version": 0, "value": ""}}
    value = v1.manifest_mac(signer.key, unsigned).hex()
    return {**unsigned, "mac": {"root": signer.root, "key_version": signer.version, "value": value}}


@dataclass(frozen=True)
class Verified:
    """A manifest that unmask goes by."""

    root: str
    columns: dict[str, Json]
    data_keys: dict[bytes, DataKey]


def verify_manifest(reader: Reader, manifest: Json) -> Verified:
    """No KMS is asked on behalf of a manifest that claims a `reveal` MAC and does not have it."""
    if manifest["format"] != MANIFEST_FORMAT or manifest["keyring"] != reader.keyring.id:
        raise Rejected("not a manifest of this keyring")
    root = manifest["mac"]["root"]
    if root == "reveal" and not v1.verify_manifest(reader.keyring, manifest):
        raise Rejected("MAC")
    if root not in ("reveal", "data-key"):
        raise Rejected("unmask needs a MAC under reveal or a data key")
    data_keys = [open_record(reader, record) for record in manifest["data_keys"]]
    if root == "data-key" and not vouches(data_keys, manifest):
        raise Rejected("MAC")
    columns = {entry["path"]: entry for entry in manifest["columns"]}
    return Verified(root, columns, {data_key.id: data_key for data_key in data_keys})


def vouches(data_keys: Sequence[DataKey], manifest: Json) -> bool:
    """Is the MAC that of the first data key?"""
    mac = manifest["mac"]
    if not data_keys or mac["key_version"] != data_keys[0].version:
        return False
    return hmac.compare_digest(v1.manifest_mac(data_keys[0].key, manifest).hex(), mac["value"])


# --- A whole column ------------------------------------------------------------------------------------------------

REDACTED = "[REDACTED]"


def open_column(
    reader: Reader, manifest: Json, path: str, cells: Sequence[bytes | str | None]
) -> list[bytes | str | None]:
    """The plaintexts of an `encrypt` column. Nulls and empty cells stay, and so does what `on_invalid` redacted."""
    verified = verify_manifest(reader, manifest)
    entry = verified.columns[path]
    if uses(entry) != "data-key" and (verified.root == "data-key" or entry["action"] != "encrypt"):
        raise Rejected("not a column that this manifest vouches for")
    params = json.loads(entry["params"])
    stays: set[bytes | str | None] = {None, "", b""}
    if params["on_invalid"] == "redact":
        stays.add(REDACTED)

    def opened(cell: bytes | str) -> bytes:
        raw = from_base64(cell) if isinstance(cell, str) else cell
        if uses(entry) == "data-key":
            return open_cell(verified.data_keys, entry["domain"], params["logical_type"], raw)
        reveals = {version: roots["reveal"] for version, roots in reader.keyring.versions.items() if roots}
        return v1.open_cell(reveals, entry["domain"], params["logical_type"], raw)

    return [cell if cell is None or cell in stays else opened(cell) for cell in cells]


# --- 11. Writer files ----------------------------------------------------------------------------------------------


def writer_key_pair(reveal: bytes, keyring_id: str, version: int) -> hpke.KeyPair:
    return hpke.derive_key_pair(v1.subkey(reveal, "writer", keyring_id, v1.ascii_of(version)))


def writer_file(keyring_file: Json, keyring: v1.Keyring, version: int) -> Json:
    [created] = [entry["created"] for entry in keyring_file["versions"] if entry["version"] == version]
    public = writer_key_pair(keyring.root("reveal", version), keyring.id, version).public
    return {
        "format": WRITER_FORMAT,
        "keyring": keyring.id,
        "key_version": version,
        "created": created,
        "encryption_context": keyring_file["encryption_context"],
        "public_key": base64.b64encode(public).decode(),
    }


def read_writer_file(writer: Json) -> bytes:
    """The public key."""
    public = from_base64(writer["public_key"])
    if writer["format"] != WRITER_FORMAT or len(public) != 32:
        raise Rejected("not a writer file")
    return public
