"""The raw primitive against the vectors that NIST publishes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import tokenize_py as tk

BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
K128 = "2B7E151628AED2A6ABF7158809CF4F3C"
K192 = K128 + "EF4359D8D580AA4F"
K256 = K192 + "7F036D6F04FC6A94"
TWEAK_36 = "3737373770717273373737"

# SP 800-38G, examples 1 to 9 (csrc.nist.gov, "FF1 samples"): key, tweak, alphabet, plaintext, ciphertext.
SAMPLES = [
    (K128, "", BASE36[:10], "0123456789", "2433477484"),
    (K128, "39383736353433323130", BASE36[:10], "0123456789", "6124200773"),
    (K128, TWEAK_36, BASE36, "0123456789abcdefghi", "a9tv40mll9kdu509eum"),
    (K192, "", BASE36[:10], "0123456789", "2830668132"),
    (K192, "39383736353433323130", BASE36[:10], "0123456789", "2496655549"),
    (K192, TWEAK_36, BASE36, "0123456789abcdefghi", "xbj3kv35jrawxv32ysr"),
    (K256, "", BASE36[:10], "0123456789", "6657667009"),
    (K256, "39383736353433323130", BASE36[:10], "0123456789", "1001623463"),
    (K256, TWEAK_36, BASE36, "0123456789abcdefghi", "xs8a0azh2avyalyzuwd"),
]


@pytest.mark.parametrize(("key", "tweak", "alphabet", "plain", "cipher"), SAMPLES)
def test_nist_samples(key: str, tweak: str, alphabet: str, plain: str, cipher: str) -> None:
    parts = (bytes.fromhex(key), bytes.fromhex(tweak))
    assert tk.ff1_encrypt(*parts, plain, alphabet) == cipher
    assert tk.ff1_decrypt(*parts, cipher, alphabet=alphabet) == plain


def test_acvp_vectors() -> None:
    vectors = json.loads((Path(__file__).parents[2] / "tests/vectors/acvp-ff1.json").read_text())
    count = 0
    for group in vectors["groups"]:
        for test in group["tests"]:
            case = dict(zip(vectors["fields"], test, strict=True))
            key, tweak = bytes.fromhex(case["key"]), bytes.fromhex(case["tweak"])
            assert tk.ff1_encrypt(key, tweak, case["plaintext"], group["alphabet"]) == case["ciphertext"]
            assert tk.ff1_decrypt(key, tweak, case["ciphertext"], group["alphabet"]) == case["plaintext"]
            count += 1
    assert count > 50


@pytest.mark.parametrize(
    ("key", "text", "alphabet", "message"),
    [
        (bytes(32), "12345", "0123456789", "fewer than 1,000,000 values"),
        (bytes(31), "1234567", "0123456789", "16, 24 or 32 bytes"),
        (bytes(32), "12345x7", "0123456789", "position 5 is not in the alphabet"),
        (bytes(32), "1234567", "01234567891", "position 10 of the alphabet occurs before"),
        (bytes(32), "1234567", "1", "radix"),
        (bytes(32), "1234\ud8007", "0123456789", "lone surrogate"),
    ],
)
def test_what_is_refused(key: bytes, text: str, alphabet: str, message: str) -> None:
    for function in (tk.ff1_encrypt, tk.ff1_decrypt):
        with pytest.raises(tk.InvalidValueError, match=message) as caught:
            function(key, b"", text, alphabet)
        assert caught.value.__context__ is None
        assert text not in str(caught.value)


def test_the_alphabet_defaults_to_digits() -> None:
    token = tk.ff1_encrypt(bytes(32), b"tweak", "4111111111111111")
    assert token.isdigit()
    assert tk.ff1_decrypt(bytes(32), b"tweak", token) == "4111111111111111"
