"""HPKE in base mode for one suite, written from RFC 9180: what `docs/format.md` wraps data keys with.

DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and ChaCha20-Poly1305. Names are those of the RFC; the oracle's warning holds
here too: never use it to protect data.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

KEM_ID, KDF_ID, AEAD_ID = 0x0020, 0x0001, 0x0003
N_SECRET, N_ENC, N_SK, N_K, N_N, N_H = 32, 32, 32, 32, 12, 32
MODE_BASE = 0x00


def i2osp(number: int, length: int) -> bytes:
    return number.to_bytes(length, "big")


KEM_SUITE = b"KEM" + i2osp(KEM_ID, 2)
HPKE_SUITE = b"HPKE" + i2osp(KEM_ID, 2) + i2osp(KDF_ID, 2) + i2osp(AEAD_ID, 2)


# --- 4. Labeled extract and expand ---------------------------------------------------------------------------------


def labeled_extract(suite: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:
    return extract(salt, b"HPKE-v1" + suite + label + ikm)


def labeled_expand(suite: bytes, prk: bytes, label: bytes, info: bytes, length: int) -> bytes:
    return expand(prk, i2osp(length, 2) + b"HPKE-v1" + suite + label + info, length)


def extract(salt: bytes, ikm: bytes) -> bytes:
    """RFC 5869, 2.2: an empty salt stands for a salt of zeros."""
    return hmac.new(salt or bytes(N_H), ikm, hashlib.sha256).digest()


def expand(prk: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869, 2.3."""
    out, block = b"", b""
    for counter in range(1, -(-length // N_H) + 1):
        block = hmac.new(prk, block + info + i2osp(counter, 1), hashlib.sha256).digest()
        out += block
    return out[:length]


# --- 4.1 and 7.1. DHKEM --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class KeyPair:
    private: bytes
    public: bytes


def derive_key_pair(ikm: bytes) -> KeyPair:
    """Section 7.1.3, X25519."""
    prk = labeled_extract(KEM_SUITE, b"", b"dkp_prk", ikm)
    private = labeled_expand(KEM_SUITE, prk, b"sk", b"", N_SK)
    return KeyPair(private, X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw())


def encap(recipient: bytes, ephemeral: KeyPair) -> tuple[bytes, bytes]:
    """The shared secret and `enc`. The RFC draws the ephemeral key pair at random."""
    return extract_and_expand(dh(ephemeral.private, recipient), ephemeral.public + recipient), ephemeral.public


def decap(enc: bytes, recipient: KeyPair) -> bytes:
    return extract_and_expand(dh(recipient.private, enc), enc + recipient.public)


def dh(private: bytes, public: bytes) -> bytes:
    """`exchange` refuses a public key that gives a secret of zeros, as section 7.1.4 demands."""
    return X25519PrivateKey.from_private_bytes(private).exchange(X25519PublicKey.from_public_bytes(public))


def extract_and_expand(secret: bytes, kem_context: bytes) -> bytes:
    prk = labeled_extract(KEM_SUITE, b"", b"eae_prk", secret)
    return labeled_expand(KEM_SUITE, prk, b"shared_secret", kem_context, N_SECRET)


# --- 5. Key schedule and messages ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Context:
    shared_secret: bytes
    key_schedule_context: bytes
    secret: bytes
    key: bytes
    base_nonce: bytes

    def nonce(self, sequence: int) -> bytes:
        return bytes(a ^ b for a, b in zip(self.base_nonce, i2osp(sequence, N_N), strict=True))

    def seal(self, sequence: int, aad: bytes, plaintext: bytes) -> bytes:
        return ChaCha20Poly1305(self.key).encrypt(self.nonce(sequence), plaintext, aad)

    def open(self, sequence: int, aad: bytes, ciphertext: bytes) -> bytes:
        return ChaCha20Poly1305(self.key).decrypt(self.nonce(sequence), ciphertext, aad)


def key_schedule(shared_secret: bytes, info: bytes) -> Context:
    """Section 5.1 in base mode, where the pre-shared key and its id are empty."""
    psk_id_hash = labeled_extract(HPKE_SUITE, b"", b"psk_id_hash", b"")
    info_hash = labeled_extract(HPKE_SUITE, b"", b"info_hash", info)
    context = i2osp(MODE_BASE, 1) + psk_id_hash + info_hash
    secret = labeled_extract(HPKE_SUITE, shared_secret, b"secret", b"")
    key = labeled_expand(HPKE_SUITE, secret, b"key", context, N_K)
    base_nonce = labeled_expand(HPKE_SUITE, secret, b"base_nonce", context, N_N)
    return Context(shared_secret, context, secret, key, base_nonce)


def setup_sender(recipient: bytes, info: bytes, ikm_e: bytes) -> tuple[bytes, Context]:
    shared_secret, enc = encap(recipient, derive_key_pair(ikm_e))
    return enc, key_schedule(shared_secret, info)


def setup_recipient(enc: bytes, recipient: KeyPair, info: bytes) -> Context:
    return key_schedule(decap(enc, recipient), info)


# --- 6.1. One message: `enc` and the ciphertext in one piece -------------------------------------------------------


def seal(recipient: bytes, info: bytes, plaintext: bytes, ikm_e: bytes) -> bytes:
    enc, context = setup_sender(recipient, info, ikm_e)
    return enc + context.seal(0, b"", plaintext)


def open_sealed(recipient: KeyPair, info: bytes, sealed: bytes) -> bytes:
    return setup_recipient(sealed[:N_ENC], recipient, info).open(0, b"", sealed[N_ENC:])
