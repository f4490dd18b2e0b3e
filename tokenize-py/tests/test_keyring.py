"""Keyrings: opaque, versioned, never in clear."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path

import pytest
import tokenize_py as tk


def test_create_open_and_versions(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    made = tk.Keyring.create(path, kms="local:kek.key", context={"team": "data"})
    opened = tk.Keyring.open(str(path))
    assert opened.id == made.id
    assert made.id.startswith("kr-")
    assert made.primary == 1
    assert (tmp_path / "kek.key").stat().st_mode & 0o777 == 0o600
    [version] = opened.versions()
    assert (version.version, version.state) == (1, "primary")
    assert version.created.endswith("Z")
    assert version == made.versions()[0]
    assert json.loads(path.read_text())["encryption_context"] == {"team": "data"}


def test_rotation_is_three_steps(keyring: tk.Keyring, tmp_path: Path) -> None:
    assert keyring.add() == 2
    assert keyring.primary == 1
    keyring.promote(2)
    keyring.disable(1)
    assert [v.state for v in keyring.versions()] == ["disabled", "primary"]
    keyring.enable(1)
    keyring.destroy(1)
    states = [v.state for v in keyring.versions()]
    assert states == ["destroyed", "primary"]
    assert [v.state for v in tk.Keyring.open(tmp_path / "keyring.json").versions()] == states


def test_repr_shows_no_key(keyring: tk.Keyring, tmp_path: Path) -> None:
    assert repr(keyring) == f"Keyring(id='{keyring.id}', primary=1, keys=***)"
    assert repr(keyring.versions()[0]).startswith("KeyVersion(version=1, state='primary', created='")
    wrapped = json.loads((tmp_path / "keyring.json").read_text())["versions"][0]["keys"]["reveal"]["wrapped"]
    names = [name for name in dir(keyring) if not name.startswith("__")]
    assert sorted(names) == [
        "add", "create", "destroy", "disable", "enable", "id", "open", "primary", "promote", "versions",
    ]  # fmt: skip
    assert wrapped not in repr(keyring)


@pytest.mark.parametrize("take", [pickle.dumps, copy.copy, copy.deepcopy])
def test_neither_pickled_nor_copied(keyring: tk.Keyring, take: object) -> None:
    assert callable(take)
    with pytest.raises(TypeError, match="Keyring cannot be pickled or copied: it may hold unwrapped keys"):
        take(keyring)
    tokenizer = tk.Tokenizer({"version": 1, "name": "x", "unlisted": "keep", "columns": {}}, keyring)
    with pytest.raises(TypeError, match="Tokenizer cannot be pickled or copied"):
        take(tokenizer)


def test_a_keyring_has_no_constructor() -> None:
    with pytest.raises(TypeError):
        tk.Keyring()


def test_a_tokenizer_keeps_the_keyring_as_it_was(keyring: tk.Keyring) -> None:
    import pyarrow as pa

    rule = {"action": "tokenize", "format": "us_ssn"}
    policy = {"version": 1, "name": "x", "columns": {"ssn": rule}}
    table = pa.table({"ssn": ["123-45-6789"]})
    before = tk.Tokenizer(policy, keyring)
    first = before.mask(table)
    keyring.add()
    keyring.promote(2)
    assert before.mask(table) == first
    second = tk.Tokenizer(policy, keyring).mask(table)
    assert second != first
    assert second.schema.field("ssn").metadata[b"tokenize.key_version"] == b"2"
    assert tk.Tokenizer(policy, keyring).unmask(first) == table
