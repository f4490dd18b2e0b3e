"""What a tokenizer is in another process: a policy, wrapped keys, and where the KEK is. Never a key in clear."""

from __future__ import annotations

import base64
import copy
import json
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cloudpickle
import dill
import pyarrow as pa
import pytest
import tokenize_py as tk
from conftest import EMAIL, ENCRYPT, SSN, assert_silent, policy
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from tokenize_v1 import enc

RULES = policy(ssn=SSN, email=EMAIL, sealed={**ENCRYPT, "mode": "deterministic"})
DATA = pa.table({
    "ssn": ["123-45-6789", None],
    "email": ["a@example.com", "b@example.com"],
    "sealed": ["one", "two"],
})
PICKLERS: list[Callable[[Any], bytes]] = [
    pickle.dumps,
    lambda it: pickle.dumps(it, protocol=2),
    cloudpickle.dumps,
    dill.dumps,
    lambda it: dill.dumps(it, recurse=True),
]
NAMES = ["pickle", "protocol 2", "cloudpickle", "dill", "dill of datasets"]


@pytest.fixture
def tokenizer(keyring: tk.Keyring) -> tk.Tokenizer:
    return tk.Tokenizer(RULES, keyring)


@pytest.mark.parametrize("dumps", PICKLERS, ids=NAMES)
def test_a_pickle_masks_the_same(tokenizer: tk.Tokenizer, dumps: Callable[[Any], bytes]) -> None:
    before = dumps(tokenizer)
    masked = tokenizer.mask(DATA)
    again = pickle.loads(before)  # noqa: S301
    assert type(again) is tk.Tokenizer
    assert again.mask(DATA) == masked
    assert again.unmask(masked) == DATA
    assert dumps(tokenizer) == before, "use changes nothing"
    assert dumps(again) == before


@pytest.mark.parametrize("dumps", PICKLERS, ids=NAMES)
def test_equal_tokenizers_have_equal_pickles(tmp_path: Path, dumps: Callable[[Any], bytes]) -> None:
    tk.Keyring.create(tmp_path / "keyring.json")
    written = tmp_path / "policy.json"
    written.write_text(json.dumps(RULES))
    tokenizers = [tk.Tokenizer(rules, tk.Keyring.open(tmp_path / "keyring.json")) for rules in (RULES, written)]
    assert dumps(tokenizers[0]) == dumps(tokenizers[1])
    other = tk.Tokenizer(policy(ssn=SSN), tk.Keyring.open(tmp_path / "keyring.json"))
    assert dumps(other) != dumps(tokenizers[0])


def forms_of(keys: list[bytes]) -> list[bytes]:
    """Each key as bytes, as hexadecimal digits and in every alignment of base64."""
    forms = [form for key in keys for form in (key, key.hex().encode(), key.hex().upper().encode())]
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for key in keys:
            forms.extend(encode(b"\0" * shift + key)[4:-4] for shift in range(3))
    return forms


def keys_of(folder: Path) -> list[bytes]:
    """The KEK and what it wraps, by `docs/format.md` alone."""
    kek = base64.b64decode((folder / "kek.key").read_text().split()[1])
    tree = json.loads((folder / "keyring.json").read_text())
    keys = [kek]
    for root, key in tree["versions"][0]["keys"].items():
        blob = base64.b64decode(key["wrapped"])
        context = {"tokenize:keyring": tree["id"], "tokenize:purpose": root}
        pairs = [part.encode() for pair in sorted(context.items()) for part in pair]
        keys.append(AESGCMSIV(kek).decrypt(blob[1:13], blob[13:], enc(b"tokenize/v1", b"local-kms", *pairs)))
    return keys


def test_no_pickle_holds_a_key(tmp_path: Path, keyring: tk.Keyring, tokenizer: tk.Tokenizer) -> None:
    tokenizer.mask(DATA)
    keys = keys_of(tmp_path)
    assert [len(key) for key in keys] == [32] * 3
    plan = tokenizer.plan_mask(DATA)
    plan.mask(DATA)
    for dumps in PICKLERS:
        for carried in (keyring, tokenizer, plan):
            pickled = dumps(carried)
            assert not any(form in pickled for form in forms_of(keys))


def test_a_keyring_of_a_pickle_cannot_be_changed(tmp_path: Path, keyring: tk.Keyring) -> None:
    for again in (pickle.loads(pickle.dumps(keyring)), copy.copy(keyring), copy.deepcopy(keyring)):  # noqa: S301
        assert (again.id, again.versions()) == (keyring.id, keyring.versions())
        masked = tk.Tokenizer(RULES, again).mask(DATA)
        assert tk.Tokenizer(RULES, keyring).unmask(masked) == DATA
        before = (tmp_path / "keyring.json").read_bytes()
        with pytest.raises(tk.KeyringError, match="was not opened from a file and cannot be changed"):
            again.add()
        assert (tmp_path / "keyring.json").read_bytes() == before


def test_a_relative_keyring_is_found_from_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    pickled = pickle.dumps(tk.Tokenizer(RULES, tk.Keyring.create("keyring.json")))
    assert os.fsencode(tmp_path) in pickled
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert pickle.loads(pickled).mask(DATA).num_rows == 2  # noqa: S301


def test_the_kek_file_is_needed_where_a_pickle_is_used(tmp_path: Path, keyring: tk.Keyring) -> None:
    pickled = pickle.dumps(tk.Tokenizer(RULES, keyring))
    (tmp_path / "kek.key").rename(tmp_path / "gone.key")
    again = pickle.loads(pickled)  # noqa: S301
    # Another folder, so that no key of this process helps.
    moved = pickled.replace(os.fsencode(tmp_path), os.fsencode(tmp_path)[:-1] + b"_")
    for tokenizer in (again, pickle.loads(moved)):  # noqa: S301
        with pytest.raises(tk.KmsError, match=r"the KEK file .*kek\.key does not exist") as caught:
            tokenizer.mask(DATA)
        assert "on any machine that uses the keyring" in str(caught.value)


def test_a_plan_goes_along(tokenizer: tk.Tokenizer) -> None:
    plan = tokenizer.plan_mask(DATA)
    pickled = pickle.dumps(plan)
    again = pickle.loads(pickled)  # noqa: S301
    assert again.mask(DATA) == plan.mask(DATA)
    assert again.manifest() == plan.manifest()
    assert pickle.dumps(again) == pickled
    assert pickle.dumps(tokenizer.plan_mask(DATA)) == pickled
    with pytest.raises(tk.DataError, match="does not have the schema"):
        again.mask(DATA.select(["ssn"]))


def test_a_class_of_one_s_own_stays(keyring: tk.Keyring) -> None:
    again = pickle.loads(pickle.dumps(Own(RULES, keyring)))  # noqa: S301
    assert type(again) is Own


class Own(tk.Tokenizer):
    """A caller's class."""


@pytest.mark.parametrize("damage", ["", "{}", '{"base":"/","keyring":"{}"}', '{"base":"/","keyring":7}', "[", "null"])
def test_damaged_pickles(keyring: tk.Keyring, damage: str) -> None:
    from tokenize_py import _pickles

    for read in (_pickles.keyring, lambda text: _pickles.tokenizer(tk.Tokenizer, text)):
        with pytest.raises(tk.TokenizeError) as caught:
            read(damage)
        assert_silent(caught.value)
