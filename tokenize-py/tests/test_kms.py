"""Envelope encryption against a real KMS server process: moto's, on 127.0.0.1 (`server` in `conftest.py`).

moto checks the encryption context, the blob and the key, and knows aliases and rotation. It does not enforce disabled
keys and pending deletion, and never throttles: for those there is a stand-in in `tests/it/kms/`.
"""

from __future__ import annotations

import base64
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import data_keys_v1 as oracle
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tokenize_py as tk
from conftest import BINARY, EMAIL, PSEUDONYM, policy

REGION = "eu-west-1"
OUTPUT = {"action": "encrypt", "key": "output"}
RULES = policy(id=PSEUDONYM, email=EMAIL, name=OUTPUT)
TABLE = pa.table(
    {
        "id": ["a1", "b2", None],
        "email": ["ann@example.com", "bob@example.com", None],
        "name": ["Ann Example", "Bob Example", None],
    }
)


@dataclass
class Desk:
    """A folder, a KMS and the keys in it."""

    folder: Path
    kms: Any
    first: str
    """The ARN of a key."""
    second: str
    alias: str
    """An alias of the first key."""

    @property
    def keyring_path(self) -> Path:
        return self.folder / "keyring.json"

    def file(self) -> Any:
        return json.loads(self.keyring_path.read_text())

    def create(self, reference: str | None = None, **options: Any) -> tk.Keyring:
        return tk.Keyring.create(self.keyring_path, kms=reference or f"aws-kms:{self.alias}", **options)

    def decrypt(self, wrapped: str, purpose: str, **own: str) -> bytes:
        """What the KMS holds behind a wrapped key, asked without the library."""
        context = {"tokenize:keyring": self.file()["id"], "tokenize:purpose": purpose, **own}
        answer = self.kms.decrypt(CiphertextBlob=base64.b64decode(wrapped), EncryptionContext=context)
        key: bytes = answer["Plaintext"]
        assert len(key) == 32
        return key

    def roots(self, **own: str) -> list[bytes]:
        keys = [version["keys"] for version in self.file()["versions"]]
        return [self.decrypt(entry[purpose]["wrapped"], purpose, **own) for entry in keys for purpose in entry]

    def mask(self, name: str = "out.parquet", rules: Any = RULES) -> Path:
        pq.write_table(TABLE, self.folder / "in.parquet")
        tk.mask_file(
            self.folder / "in.parquet",
            self.folder / name,
            policy=rules,
            keyring=tk.Keyring.open(self.keyring_path),
        )
        return self.folder / name

    def clear(self, path: Path, **options: Any) -> pa.Table:
        out = self.folder / "clear.parquet"
        tk.unmask_file(path, out, keyring=tk.Keyring.open(self.keyring_path), force=True, **options)
        return pq.read_table(out)

    def comes_back(self, path: Path) -> None:
        clear = self.clear(path)
        for column in ("email", "name"):
            assert clear[column].to_pylist() == TABLE[column].to_pylist()


@pytest.fixture
def desk(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    settings = {
        "AWS_ENDPOINT_URL_KMS": server,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    kms = boto3.client("kms", endpoint_url=server, region_name=REGION)
    first, second = (kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    alias = f"alias/{tmp_path.name}"
    kms.create_alias(AliasName=alias, TargetKeyId=first)
    return Desk(tmp_path, kms, first, second, alias)


def assert_absent(path: Path, secrets: list[bytes]) -> None:
    """No file below `path` holds one of the secrets, in any of the writings that bytes usually have."""
    assert secrets
    for file in filter(Path.is_file, path.rglob("*")):
        content = file.read_bytes()
        for secret in secrets:
            writings = [secret, secret.hex().encode(), secret.hex().upper().encode(), base64.b64encode(secret)[:42]]
            for writing in writings:
                assert writing not in content, file.name


@pytest.mark.parametrize("kind", ["key id", "key ARN", "alias", "alias ARN"])
def test_a_keyring_is_wrapped_by_each_name_of_a_key(desk: Desk, kind: str) -> None:
    names = {
        "key id": desk.first.rsplit("/", 1)[1],
        "key ARN": desk.first,
        "alias": desk.alias,
        "alias ARN": desk.first.rsplit(":", 1)[0] + ":" + desk.alias,
    }
    desk.create(f"aws-kms:{names[kind]}", context={"team": "lending"})
    file = desk.file()
    assert file["kms"] == f"aws-kms:{names[kind]}"
    keys = file["versions"][0]["keys"]
    assert [keys[purpose]["kek"] for purpose in ("pseudonym", "reveal")] == [desk.first] * 2
    roots = desk.roots(team="lending")
    assert len(set(roots)) == 2
    desk.comes_back(desk.mask())
    assert_absent(desk.folder, roots)


def test_the_region_is_that_of_the_arn(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    desk.create(f"aws-kms:{desk.first}")
    with pytest.raises(tk.KmsError, match="no region is set"):
        tk.Keyring.create(desk.folder / "other.json", kms=f"aws-kms:{desk.alias}")
    assert not (desk.folder / "other.json").exists()


def test_outputs_hold_no_key(desk: Desk) -> None:
    desk.create()
    path = desk.mask()
    side = json.loads(Path(f"{path}.tokenize.json").read_text())
    (record,) = side["data_keys"]
    assert record["kek"] == desk.first
    data_key = desk.decrypt(record["wrapped"], "data-key")
    assert_absent(desk.folder, [*desk.roots(), data_key])
    desk.comes_back(path)


def test_another_program_opens_the_cells_with_the_kms_alone(desk: Desk) -> None:
    """From the text of the format and boto3: no code of the library takes part."""
    desk.create()
    path = desk.mask(rules=policy("keep", name=OUTPUT))
    table = pq.read_table(path)
    (record,) = json.loads(table.schema.metadata[b"tokenize.manifest"])["data_keys"]
    key = oracle.DataKey(desk.file()["id"], record["key_version"], desk.decrypt(record["wrapped"], "data-key"))
    assert key.id.hex() == record["id"]
    cells = table["name"].to_pylist()
    opened = [cell and oracle.open_cell({key.id: key}, "name", "string", cell).decode() for cell in cells]
    assert opened == TABLE["name"].to_pylist()


@pytest.mark.parametrize("what", ["id", "context", "blob", "swapped", "commitment"])
def test_an_edited_keyring_file_opens_nothing(desk: Desk, what: str) -> None:
    desk.create(context={"team": "lending"})
    file = desk.file()
    keys = file["versions"][0]["keys"]
    if what == "id":
        file["id"] = "kr-" + "0" * 32
    elif what == "context":
        file["encryption_context"] = {"team": "marketing"}
    elif what == "blob":
        blob = bytearray(base64.b64decode(keys["reveal"]["wrapped"]))
        blob[-1] ^= 1
        keys["reveal"]["wrapped"] = base64.b64encode(blob).decode()
    elif what == "swapped":
        keys["pseudonym"], keys["reveal"] = keys["reveal"], keys["pseudonym"]
    else:
        keys["reveal"]["commitment"] = "0" * 64
    desk.keyring_path.write_text(json.dumps(file))
    expected = tk.KeyringError if what == "commitment" else tk.KmsError
    with pytest.raises(expected) as caught:
        desk.mask()
    message = "does not match its commitment" if what == "commitment" else "the wrapped key does not open"
    assert message in str(caught.value)
    assert not (desk.folder / "out.parquet").exists()
    assert not (desk.folder / "out.parquet.tokenize.json").exists()


def test_an_unknown_key_is_said(desk: Desk) -> None:
    with pytest.raises(tk.KmsError, match="does not exist, or not in this account and region"):
        desk.create("aws-kms:alias/nobody")
    assert not desk.keyring_path.exists()


def test_the_rotation_of_key_material_changes_nothing(desk: Desk) -> None:
    desk.create()
    path = desk.mask()
    before = pq.read_table(path)["email"]
    desk.kms.rotate_key_on_demand(KeyId=desk.first)
    desk.comes_back(path)
    assert pq.read_table(desk.mask("again.parquet"))["email"] == before


def test_rewrapping_changes_no_token(desk: Desk) -> None:
    keyring = desk.create()
    path = desk.mask()
    roots = desk.roots()
    keyring.rewrap(kms=f"aws-kms:{desk.second}")
    file = desk.file()
    assert file["kms"] == f"aws-kms:{desk.second}"
    assert {key["kek"] for key in file["versions"][0]["keys"].values()} == {desk.second}
    assert desk.roots() == roots
    again = desk.mask("again.parquet")
    for column in ("id", "email"):
        assert pq.read_table(path)[column] == pq.read_table(again)[column]
    # The first output's data key is still under the first key, which the keyring remembers.
    assert keyring.former_kms == [f"aws-kms:{desk.alias}", f"aws-kms:{desk.first}"]
    desk.comes_back(path)
    desk.comes_back(again)


def test_keys_move_between_the_cloud_and_a_file(desk: Desk) -> None:
    keyring = desk.create()
    path = desk.mask()
    keyring.rewrap(kms="local:kek.key")
    desk.comes_back(path)
    local = desk.mask("local.parquet")
    keyring.rewrap(kms=f"aws-kms:{desk.second}")
    desk.comes_back(path)
    desk.comes_back(local)
    assert pq.read_table(path)["email"] == pq.read_table(local)["email"]


def test_an_alias_may_move_to_another_key(desk: Desk) -> None:
    keyring = desk.create()
    before = desk.mask("before.parquet")
    desk.kms.update_alias(AliasName=desk.alias, TargetKeyId=desk.second)
    # Root keys unwrap by the ARN that was recorded. A data key under a key that the keyring has never met is refused.
    desk.comes_back(before)
    tokens = desk.mask("tokens.parquet", policy("keep", email=EMAIL))
    assert pq.read_table(before)["email"] == pq.read_table(tokens)["email"]
    with pytest.raises(tk.KeyringError, match="means another wrapping key now"):
        desk.mask("after.parquet")
    assert not list(desk.folder.glob("*after*"))

    keyring.rewrap(kms=f"aws-kms:{desk.alias}")
    assert {key["kek"] for key in desk.file()["versions"][0]["keys"].values()} == {desk.second}
    after = desk.mask("after.parquet")
    (record,) = json.loads(Path(f"{after}.tokenize.json").read_text())["data_keys"]
    assert record["kek"] == desk.second
    for path in (before, after):
        desk.comes_back(path)
    assert pq.read_table(before)["email"] == pq.read_table(after)["email"]


def test_two_powers_have_two_keys(desk: Desk) -> None:
    desk.create(f"aws-kms:{desk.first}", reveal_kms=f"aws-kms:{desk.second}")
    keys = desk.file()["versions"][0]["keys"]
    assert [keys[purpose]["kek"] for purpose in ("pseudonym", "reveal")] == [desk.first, desk.second]
    path = desk.mask()
    (record,) = json.loads(Path(f"{path}.tokenize.json").read_text())["data_keys"]
    assert record["kek"] == desk.second
    desk.comes_back(path)
    # Without what the second key wraps there are still pseudonyms, and nothing else.
    file = desk.file()
    file["versions"][0]["keys"]["reveal"]["wrapped"] = base64.b64encode(b"gone").decode()
    desk.keyring_path.write_text(json.dumps(file))
    one_way = desk.mask("one-way.parquet", policy("keep", id=PSEUDONYM))
    assert pq.read_table(one_way)["id"] == pq.read_table(path)["id"]
    with pytest.raises(tk.KmsError):
        desk.mask("tokens.parquet", policy("keep", email=EMAIL))


def test_versions_rotate(desk: Desk) -> None:
    keyring = desk.create()
    old = desk.mask("old.parquet")
    keyring.add()
    keyring.promote(2)
    new = desk.mask("new.parquet")
    assert pq.read_table(old)["email"] != pq.read_table(new)["email"]
    for path in (old, new):
        desk.comes_back(path)


def test_a_frame_is_masked_under_a_data_key_whose_manifest_was_taken(desk: Desk) -> None:
    keyring = desk.create()
    tokenizer = tk.Tokenizer(policy("keep", name=OUTPUT), keyring)
    frame = pd.DataFrame({"name": ["Ann Example", "Bob Example"], "n": [1, 2]})
    plan = tokenizer.plan_mask(frame)
    manifest = plan.manifest()
    masked = plan.mask(frame)
    bare = pd.DataFrame({column: list(masked[column]) for column in masked}).iloc[::-1]
    clear = tk.Tokenizer(policy("keep", name=OUTPUT), keyring).unmask(bare, manifests=[manifest])
    assert list(clear["name"]) == ["Bob Example", "Ann Example"]


def test_the_command_line_speaks_to_the_kms(desk: Desk) -> None:
    def run(*words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run([BINARY, *words], cwd=desk.folder, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
        return done

    run("keyring", "create", "keyring.json", "--kms", f"aws-kms:{desk.alias}", "--reveal-kms", f"aws-kms:{desk.second}")
    pq.write_table(TABLE, desk.folder / "in.parquet")
    (desk.folder / "policy.json").write_text(json.dumps(RULES))
    files = ("--policy", "policy.json", "--keyring", "keyring.json")
    run("mask", "in.parquet", *files, "--out", "out.parquet")
    run("unmask", "out.parquet", "--keyring", "keyring.json", "--out", "clear.parquet")
    assert pq.read_table(desk.folder / "clear.parquet")["name"].to_pylist() == TABLE["name"].to_pylist()
    run("keyring", "rewrap", "keyring.json", "--kms", f"aws-kms:{desk.second}")
    listed = json.loads(run("keyring", "list", "keyring.json", "--json").stdout)
    assert listed["kms"] == listed["reveal_kms"] == f"aws-kms:{desk.second}"
    for role in ("writer", "revealer", "admin"):
        documents = json.loads(run("iam", *files, "--role", role).stdout)
        assert desk.second in json.dumps(documents["iam_policy"])

    file = desk.file()
    file["id"] = "kr-" + "0" * 32
    desk.keyring_path.write_text(json.dumps(file))
    failed = run("mask", "in.parquet", *files, "--out", "again.parquet", code=4)
    assert "the wrapped key does not open" in failed.stderr
    assert not (desk.folder / "again.parquet").exists()
