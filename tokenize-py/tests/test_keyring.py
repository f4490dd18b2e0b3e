"""Keyrings: opaque, versioned, never in clear."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
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
        "add", "create", "destroy", "disable", "enable", "export_writer", "former_kms", "id", "kms", "open", "primary",
        "promote", "reveal_kms", "rewrap", "versions", "write_only",
    ]  # fmt: skip
    assert wrapped not in repr(keyring)


def test_two_wrapping_keys_are_two_powers(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    keyring = tk.Keyring.create(path, kms="local:p.key", reveal_kms="local:r.key")
    assert (keyring.kms, keyring.reveal_kms, keyring.former_kms) == ("local:p.key", "local:r.key", [])
    assert not keyring.write_only
    (tmp_path / "r.key").unlink()
    one_way = {"action": "pseudonymize", "domain": "d"}
    rules = {"version": 1, "name": "x", "columns": {"a": one_way}}
    table = pa.table({"a": ["1234567"]})
    tk.Tokenizer(rules, tk.Keyring.open(path)).mask(table)
    rules["columns"] = {"a": {"action": "tokenize", "format": "digits", "domain": "d"}}
    with pytest.raises(tk.KmsError, match=r"r\.key does not exist"):
        tk.Tokenizer(rules, tk.Keyring.open(path)).mask(table)


def test_rewrapping_changes_no_token(keyring: tk.Keyring, tmp_path: Path) -> None:
    rules = {"version": 1, "name": "x", "columns": {"a": {"action": "tokenize", "format": "digits", "domain": "d"}}}
    table = pa.table({"a": ["1234567"]})
    before = tk.Tokenizer(rules, keyring).mask(table)
    assert (keyring.kms, keyring.reveal_kms) == ("local:kek.key", "local:kek.key")
    keyring.rewrap(reveal_kms="local:r.key")
    assert (keyring.kms, keyring.reveal_kms) == ("local:kek.key", "local:r.key")
    keyring.rewrap(kms="local:p.key")
    assert (keyring.kms, keyring.reveal_kms) == ("local:p.key", "local:r.key")
    keyring.rewrap(kms="local:q.key", reveal_kms="local:s.key")
    for name in ("kek.key", "p.key", "r.key"):
        (tmp_path / name).unlink()
    assert tk.Tokenizer(rules, tk.Keyring.open(tmp_path / "keyring.json")).mask(table) == before
    with pytest.raises(TypeError, match="give kms, reveal_kms or both"):
        keyring.rewrap()
    with pytest.raises(tk.KmsError, match="SCHEME:LOCATOR"):
        keyring.rewrap(kms="q.key")


def test_writer_files_are_made_for_a_version(keyring: tk.Keyring, tmp_path: Path) -> None:
    keyring.add()
    keyring.promote(2)
    keyring.export_writer(tmp_path / "two.json")
    keyring.export_writer(str(tmp_path / "one.json"), version=1)
    for name, version in {"one": 1, "two": 2}.items():
        writer = tk.Keyring.open(tmp_path / f"{name}.json")
        assert (writer.id, writer.primary, writer.write_only) == (keyring.id, version, True)
        assert writer.kms.startswith("hpke-x25519:")
        assert [entry.version for entry in writer.versions()] == [version]
    with pytest.raises(tk.KeyringError, match="exists already"):
        keyring.export_writer(tmp_path / "one.json")
    with pytest.raises(tk.KeyringError, match="no version 3"):
        keyring.export_writer(tmp_path / "three.json", 3)
    assert not (tmp_path / "three.json").exists()


def test_a_keyring_has_no_constructor() -> None:
    with pytest.raises(TypeError):
        tk.Keyring()


def test_a_tokenizer_keeps_the_keyring_as_it_was(keyring: tk.Keyring) -> None:
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
