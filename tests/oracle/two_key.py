"""One ciphertext of AES-256-GCM-SIV that opens under two keys, each time to another plaintext.

AES-GCM-SIV does not commit to its key, so whoever may choose both keys can make such a ciphertext (Albertini and
others, "How to Abuse and Fix Authenticated Encryption Without Key Commitment", 2022). `docs/format.md` therefore has a
reader verify the commitment of a data key before it opens any cell; the ciphertext made here is the proof that it must.

The arithmetic is that of RFC 8452, section by section.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 16

# --- RFC 8452, section 3: POLYVAL ----------------------------------------------------------------------------------

MODULUS = 1 << 128 | 1 << 127 | 1 << 126 | 1 << 121 | 1
"""x^128 + x^127 + x^126 + x^121 + 1; the least significant bit of a number is the coefficient of x^0."""

X_MINUS_128 = 1 << 127 | 1 << 124 | 1 << 121 | 1 << 114 | 1
ONE = MODULUS ^ 1 << 128
"""x^128: `dot(ONE, a)` is a."""


def element(block: bytes) -> int:
    return int.from_bytes(block, "little")


def block_of(number: int) -> bytes:
    return number.to_bytes(BLOCK, "little")


def multiply(a: int, b: int) -> int:
    product = 0
    for at in range(127, -1, -1):
        product <<= 1
        if product >> 128:
            product ^= MODULUS
        if b >> at & 1:
            product ^= a
    return product


def dot(a: int, b: int) -> int:
    return multiply(multiply(a, b), X_MINUS_128)


def power(a: int, exponent: int) -> int:
    """`a` dotted with itself."""
    result = ONE
    while exponent:
        if exponent & 1:
            result = dot(result, a)
        a, exponent = dot(a, a), exponent >> 1
    return result


def inverse(a: int) -> int:
    return power(a, 2**128 - 2)


def polyval(h: int, blocks: Sequence[int]) -> int:
    total = 0
    for block in blocks:
        total = dot(total ^ block, h)
    return total


# --- RFC 8452, section 4: the AEAD ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class MessageKeys:
    authentication: int
    encryption: bytes

    def aes(self, block: bytes) -> bytes:
        return aes_block(self.encryption, block)

    def aes_back(self, block: bytes) -> bytes:
        return Cipher(algorithms.AES(self.encryption), modes.ECB()).decryptor().update(block)

    def key_stream(self, tag: bytes, count: int) -> bytes:
        """It depends on the tag alone: neither on the nonce nor on the message."""
        first = tag[:-1] + bytes([tag[-1] | 0x80])
        start = int.from_bytes(first[:4], "little")
        counters = ((start + at) % 2**32 for at in range(count))
        return b"".join(self.aes(counter.to_bytes(4, "little") + first[4:]) for counter in counters)


def aes_block(key: bytes, block: bytes) -> bytes:
    return Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(block)


def message_keys(key: bytes, nonce: bytes) -> MessageKeys:
    halves = b"".join(aes_block(key, counter.to_bytes(4, "little") + nonce)[:8] for counter in range(6))
    return MessageKeys(element(halves[:16]), halves[16:])


def seal(key: bytes, nonce: bytes, plaintext: bytes, aad: bytes) -> bytes:
    keys = message_keys(key, nonce)
    total = polyval(keys.authentication, blocks_of(aad) + blocks_of(plaintext) + [lengths(aad, plaintext)])
    before = bytearray(block_of(total ^ element(nonce)))
    before[-1] &= 0x7F
    tag = keys.aes(bytes(before))
    stream = keys.key_stream(tag, -(-len(plaintext) // BLOCK))
    return bytes(a ^ b for a, b in zip(plaintext, stream, strict=False)) + tag


def blocks_of(data: bytes) -> list[int]:
    return [element(data[at : at + BLOCK].ljust(BLOCK, b"\0")) for at in range(0, len(data), BLOCK)]


def lengths(aad: bytes, plaintext: bytes) -> int:
    return element((len(aad) * 8).to_bytes(8, "little") + (len(plaintext) * 8).to_bytes(8, "little"))


# --- The attack ----------------------------------------------------------------------------------------------------


def two_key_ciphertext(keys: tuple[bytes, bytes], nonce: bytes, aad: bytes) -> bytes:
    """Two blocks of ciphertext and the tag, good under either key.

    With the tag fixed, each key's key stream is fixed, and so is the value that POLYVAL must have under it. POLYVAL is
    linear, so the two blocks solve two equations, one per key:
    `dot(c1, h^3) + dot(c2, h^2) = wanted + POLYVAL(aad, key stream, lengths)`.
    """
    both = [message_keys(key, nonce) for key in keys]
    tag = shared_tag(both)
    equations = []
    for one in both:
        h, stream = one.authentication, one.key_stream(tag, 2)
        wanted = element(one.aes_back(tag)) ^ element(nonce)
        without = polyval(h, blocks_of(aad) + blocks_of(stream) + [lengths(aad, stream)])
        equations.append((power(h, 3), power(h, 2), wanted ^ without))
    return b"".join(map(block_of, solve(*equations))) + tag


def shared_tag(both: list[MessageKeys]) -> bytes:
    """The first tag that either key decrypts to a block with the top bit clear, as RFC 8452 leaves it."""
    tries = (hashlib.sha256(str(at).encode("ascii")).digest()[:BLOCK] for at in range(1000))
    return next(tag for tag in tries if all(keys.aes_back(tag)[-1] < 0x80 for keys in both))


Equation = tuple[int, int, int]
"""a, b and r of a·x + b·y = r."""


def solve(first: Equation, second: Equation) -> tuple[int, int]:
    """Cramer's rule; in this field, minus is plus."""
    (a1, b1, r1), (a2, b2, r2) = first, second
    by = inverse(dot(a1, b2) ^ dot(a2, b1))
    return dot(by, dot(r1, b2) ^ dot(r2, b1)), dot(by, dot(a1, r2) ^ dot(a2, r1))
