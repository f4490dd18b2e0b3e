"""`tokenize_py.ray` with two workers on this machine."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tokenize_py as tk
from conftest import CANARY, DIGITS, EMAIL, ENCRYPT, KEEP, SSN, assert_silent, policy

ray = pytest.importorskip("ray")

from ray_cluster import two_workers  # noqa: E402
from relay import AWS, free_port, relay  # noqa: E402
from tokenize_py import ray as tkr  # noqa: E402

ROWS, FILES = 2000, 4
ENDPOINT = f"http://127.0.0.1:{free_port()}"
RULES = policy(
    n=KEEP, ssn=SSN, mail=EMAIL, name=ENCRYPT,
    born={"action": "shift_date", "subject": "mail", "max_days": 30},
    **{"person.ssn": SSN, "person.codes[]": DIGITS},
)  # fmt: skip


def table(start: int) -> pa.Table:
    numbers = range(start, start + ROWS // FILES)
    return pa.table(
        {
            "n": pa.array(numbers, pa.int64()),
            "ssn": [None if n % 7 == 0 else f"{100 + n % 500}-{1 + n % 99:02}-{1 + n % 9999:04}" for n in numbers],
            "mail": [f"person{n}@example.com" for n in numbers],
            "name": [None if n % 5 == 0 else f"Name {n % 3}" for n in numbers],
            "born": pa.array([None if n % 11 == 0 else n for n in numbers], pa.date32()),
            "person": [{"ssn": "123-45-6789", "codes": ["1234567", None]} if n % 13 else None for n in numbers],
        }
    )


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    # What workers reach a KMS by; nobody answers there but in the test of it.
    with two_workers(tmp_path_factory.getbasetemp() / "r", **AWS, AWS_ENDPOINT_URL_KMS=ENDPOINT):
        yield


@pytest.fixture
def people(cluster: None) -> Any:
    return ray.data.from_arrow([table(number * ROWS // FILES) for number in range(FILES)])


def whole(ds: Any) -> pa.Table:
    return pa.concat_tables(ds.iter_batches(batch_format="pyarrow", batch_size=None)).sort_by("n")


def values(ds: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = whole(ds).to_pydict()
    return found


def test_tokens_are_those_of_every_door(people: Any, keyring: tk.Keyring) -> None:
    masked = tkr.mask(people, RULES, keyring)
    here = tk.Tokenizer(RULES, keyring).mask(pa.concat_tables(map(table, range(0, ROWS, ROWS // FILES)))).to_pydict()
    there = values(masked)
    assert {name: there[name] for name in there if name != "name"} == {
        name: here[name] for name in here if name != "name"
    }
    assert values(tkr.unmask(masked, keyring)) == values(people)


def test_files_that_ray_wrote_say_what_was_done(people: Any, keyring: tk.Keyring, tmp_path: Path) -> None:
    rules = policy("keep", **(RULES["columns"] | {"name": {**ENCRYPT, "key": "output"}}))
    masked = tkr.mask(people, rules, keyring)
    assert len(json.loads(tkr.manifest(masked))["data_keys"]) == 1
    masked.write_parquet(str(tmp_path / "masked"))
    read = ray.data.read_parquet(str(tmp_path / "masked"))
    assert values(tkr.unmask(read, keyring)) == values(people)
    with pytest.raises(tk.PolicyError) as caught:
        tkr.mask(read, rules, keyring)
    assert caught.value.code == "already_masked"
    part = min((tmp_path / "masked").glob("*.parquet"))
    tk.unmask_file(part, tmp_path / "clear.parquet", keyring=keyring)
    assert set(pq.read_table(tmp_path / "clear.parquet")["mail"].to_pylist()) <= set(values(people)["mail"])


def test_by_manifest_and_by_policy(people: Any, keyring: tk.Keyring) -> None:
    rules = policy("drop", n=KEEP, mail=EMAIL, name={**ENCRYPT, "output": "string"})
    masked = tkr.mask(people, rules, keyring)
    bare = ray.data.from_pandas(masked.to_pandas())
    wanted = {name: values(people)[name] for name in ("mail", "n", "name")}
    for clear in (
        tkr.unmask(bare, keyring, manifests=[tkr.manifest(masked)]),
        tkr.unmask(bare, keyring, policy=rules),
    ):
        found = values(clear)
        assert {name: found[name] for name in wanted} == wanted
    with pytest.raises(tk.DataError):
        tkr.manifest(bare)


def failed(call: Callable[[], Any], *words: str) -> None:
    with pytest.raises(Exception, match=r"(?s).") as caught:
        call()
    assert CANARY not in str(caught.value)
    assert CANARY not in repr(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_a_value_that_does_not_fit(people: Any, keyring: tk.Keyring, tmp_path: Path) -> None:
    def spoil(block: pa.Table) -> pa.Table:
        ssn = pa.array([CANARY] * block.num_rows)
        return block.set_column(block.schema.get_field_index("ssn"), "ssn", ssn)

    masked = tkr.mask(people.map_batches(spoil, batch_format="pyarrow"), RULES, keyring)
    failed(lambda: masked.write_parquet(str(tmp_path / "masked")), "InvalidValueError", "column ssn")
    assert list((tmp_path / "masked").glob("*.parquet")) == []


def test_a_worker_without_the_kek(people: Any, keyring: tk.Keyring, tmp_path: Path) -> None:
    masked = tkr.mask(people, RULES, keyring)
    (tmp_path / "kek.key").unlink()
    failed(lambda: masked.materialize(), "has to be on every worker at the same path")


def test_a_kms_that_is_away(people: Any, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (AWS | {"AWS_ENDPOINT_URL_KMS": server}).items():
        monkeypatch.setenv(name, value)
    kms = boto3.client("kms", endpoint_url=server, region_name=AWS["AWS_REGION"])
    arn = kms.create_key()["KeyMetadata"]["Arn"]
    keyring = tk.Keyring.create(tmp_path / "keyring.json", kms=f"aws-kms:{arn}")
    masked = tkr.mask(people, RULES, keyring)
    failed(lambda: masked.write_parquet(str(tmp_path / "masked")), "KmsError", "on the worker")
    assert list((tmp_path / "masked").glob("*.parquet")) == []
    with relay(int(ENDPOINT.rsplit(":", 1)[1]), int(server.rsplit(":", 1)[1])):
        assert values(tkr.unmask(masked, keyring)) == values(people)


def test_a_worker_that_is_killed(people: Any, keyring: tk.Keyring, tmp_path: Path) -> None:
    rules = policy("keep", **(RULES["columns"] | {"name": {**ENCRYPT, "key": "output"}}))
    masked, marker = tkr.mask(people, rules, keyring), str(tmp_path / "marker")

    def through(block: pa.Table) -> pa.Table:
        if not os.path.exists(marker):
            with open(marker, "w") as file:
                file.write("here")
            os.kill(os.getpid(), signal.SIGKILL)
        return block

    masked.map_batches(through, batch_format="pyarrow").write_parquet(str(tmp_path / "masked"))
    assert os.path.exists(marker)
    read = ray.data.read_parquet(str(tmp_path / "masked"))
    assert values(tkr.unmask(read, keyring)) == values(people)
    tokens, again = values(read), values(masked)
    assert {name: tokens[name] for name in tokens if name != "name"} == {
        name: again[name] for name in again if name != "name"
    }
    cells = [cell for cell in tokens["name"] if cell is not None]
    assert len(set(cells)) == len(cells), "random cells are not made twice"


def test_what_is_refused_before_anything_runs(people: Any, keyring: tk.Keyring, tmp_path: Path) -> None:
    keyring.export_writer(tmp_path / "writer.json")
    writer = tk.Keyring.open(tmp_path / "writer.json")
    calls: list[tuple[str, Callable[[], Any]]] = [
        ("unlisted_column", lambda: tkr.mask(people, policy(n=KEEP), keyring)),
        ("nothing_masked", lambda: tkr.unmask(people, keyring)),
        ("write_only", lambda: tkr.mask(people, RULES, writer)),
    ]
    for code, call in calls:
        with pytest.raises(tk.TokenizeError) as caught:
            call()
        assert caught.value.code == code
        assert_silent(caught.value)


def test_the_guide(people: Any, keyring: tk.Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The code of `docs/ray.md`."""
    people.select_columns(["n", "mail"]).rename_columns({"mail": "email"}).write_parquet(str(tmp_path / "customers"))
    (tmp_path / "policy.yaml").write_text(json.dumps(policy(n=KEEP, email=EMAIL)))
    monkeypatch.chdir(tmp_path)
    text = (Path(__file__).parents[2] / "docs" / "ray.md").read_text()
    code = text.split("```python\n")[1].split("```")[0]
    for name in ("customers", "masked"):
        code = code.replace(f'parquet("{name}")', f'parquet("{tmp_path / name}")')
    found: dict[str, Any] = {}
    exec(code, found)  # noqa: S102
    assert values(found["clear"])["email"] == values(people)["mail"]
