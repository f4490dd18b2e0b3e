"""Objects in S3, against a real server process: moto's, on 127.0.0.1 (`server` in `conftest.py`).

Between it and the program stands a relay, which sees each request, and can do something just before one is passed on.
"""

from __future__ import annotations

import http.client
import json
import os
from collections.abc import Callable
from pathlib import Path

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tokenize_py as tk
from conftest import CANARY, assert_silent
from store_desk import REGION, RULES, SEALED, SECRET, Desk, large, table


@pytest.mark.parametrize("name", ["data.parquet", "data.csv.gz"])
@pytest.mark.parametrize("size", ["small", "large"])
def test_a_store_makes_no_difference(desk: Desk, name: str, size: str) -> None:
    source = desk.put(name, table() if size == "small" else large(), row_group_size=40_000)
    local, out = desk.folder / f"out-{name}", f"s3://{desk.masked}/a/b/{name}"
    desk.mask(desk.folder / name, local)
    desk.mask(source, out)
    assert desk.get(f"a/b/{name}") == local.read_bytes()
    is_of_parts = "-" in desk.s3.head_object(Bucket=desk.masked, Key=f"a/b/{name}")["ETag"]
    assert is_of_parts == (size == "large")
    sides = [f"a/b/{name}.tokenize.json"] if name.endswith(".gz") else []
    assert desk.names() == [f"a/b/{name}", *sides]
    for side in sides:
        assert desk.get(side) == Path(f"{local}.tokenize.json").read_bytes()

    # Back by the other door.
    clear = f"s3://{desk.masked}/clear-{name}"
    tk.unmask_file(out, clear, keyring=desk.keyring)
    tk.unmask_file(local, desk.folder / f"clear-{name}", keyring=desk.keyring)
    assert desk.get(f"clear-{name}") == (desk.folder / f"clear-{name}").read_bytes()
    assert "Uploads" not in desk.s3.list_multipart_uploads(Bucket=desk.masked)


@pytest.mark.parametrize("name", ["x.arrow", "x.arrows", "x.ndjson.zst"])
def test_every_format_goes_through_a_store(desk: Desk, name: str) -> None:
    desk.put("in.parquet", table())
    first = f"s3://{desk.masked}/{name}"
    if name.startswith("x.arrow"):
        tk.mask_file(f"s3://{desk.raw}/in.parquet", first, policy=RULES, keyring=desk.keyring)
    else:
        lines = "".join(json.dumps(row) + "\n" for row in table().to_pylist())
        path = desk.folder / "in.ndjson"
        path.write_text(lines)
        tk.mask_file(path, first, policy=RULES, keyring=desk.keyring)
    tk.unmask_file(first, desk.folder / name, keyring=desk.keyring)
    back = f"s3://{desk.masked}/back-{name}"
    tk.unmask_file(first, back, keyring=desk.keyring)
    assert desk.get(f"back-{name}") == (desk.folder / name).read_bytes()


def test_a_scan_reads_a_store(desk: Desk) -> None:
    source = desk.put("data.parquet", table())
    found = json.loads(desk.run("scan", source, "--format", "json"))
    assert "EMAIL_ADDRESS" in json.dumps(found)
    assert desk.run("policy", "check", "policy.json", "--schema", source)


@pytest.mark.parametrize("name", ["data.parquet", "data.csv.gz"])
def test_a_failed_run_leaves_nothing(desk: Desk, name: str) -> None:
    data = large().to_pydict()
    data["email"][-1] = f"{CANARY} {CANARY}"
    source = desk.put(name, pa.table(data), row_group_size=40_000)
    error = desk.mask(source, f"s3://{desk.masked}/{name}", code=3)
    assert f"s3://{desk.raw}/{name}" in error
    assert any(method == "POST" and target.endswith("?uploads=") for method, target in desk.relay.seen)
    desk.is_clean()

    with pytest.raises(tk.InvalidValueError) as caught:
        tk.mask_file(source, f"s3://{desk.masked}/{name}", policy=RULES, keyring=desk.keyring)
    assert_silent(caught.value, SECRET)
    desk.is_clean()


def test_nothing_is_replaced_unasked(desk: Desk) -> None:
    source, out = desk.put("data.csv.gz", table()), f"s3://{desk.masked}/data.csv.gz"
    desk.mask(source, out)
    before = desk.get("data.csv.gz")
    assert "exists already" in desk.mask(source, out, code=2)
    with pytest.raises(tk.TokenizeError, match="exists already") as caught:
        tk.mask_file(source, out, policy=RULES, keyring=desk.keyring)
    assert caught.value.code == "side_file_exists"
    desk.s3.delete_object(Bucket=desk.masked, Key="data.csv.gz")
    assert "data keys of another output" in desk.mask(source, out, code=2)
    desk.mask(source, out, "--force")
    assert desk.get("data.csv.gz") == before
    assert "is the input itself" in desk.mask(source, source, "--force", code=2)


@pytest.mark.parametrize("size", ["small", "large"])
def test_who_comes_first_stays(desk: Desk, size: str) -> None:
    source = desk.put("data.parquet", table() if size == "small" else large())

    def come_first(method: str, target: str) -> None:
        is_last = "uploadId=" in target if method == "POST" else method == "PUT" and "?" not in target
        if is_last and desk.masked in target:
            desk.s3.put_object(Bucket=desk.masked, Key="data.parquet", Body=b"theirs")

    desk.relay.before = come_first
    assert "exists already" in desk.mask(source, f"s3://{desk.masked}/data.parquet", code=2)
    assert desk.get("data.parquet") == b"theirs"
    assert desk.names() == ["data.parquet"]
    assert "Uploads" not in desk.s3.list_multipart_uploads(Bucket=desk.masked)


@pytest.mark.parametrize("name", ["data.parquet", "data.csv.gz"])
def test_a_replaced_input_is_an_error(desk: Desk, name: str) -> None:
    source, gets = desk.put(name, large(), row_group_size=40_000), 0

    def replace(method: str, target: str) -> None:
        nonlocal gets
        gets += method == "GET" and desk.raw in target
        if gets == 3:
            desk.s3.put_object(Bucket=desk.raw, Key=name, Body=b"other")

    desk.relay.before = replace
    error = desk.mask(source, f"s3://{desk.masked}/{name}", code=4)
    assert f"s3://{desk.raw}/{name}: cannot read: the object was replaced while it was read" in error
    desk.is_clean()


def test_wrapped_keys_are_stored_before_data(desk: Desk) -> None:
    source = desk.put("data.parquet", large())
    (desk.folder / "policy.json").write_text(json.dumps(SEALED))
    desk.mask(source, f"s3://{desk.masked}/data.parquet")
    assert desk.names() == ["data.parquet", "data.parquet.tokenize.json"]
    steps = [(method, target) for method, target in desk.relay.seen if desk.masked in target and method != "HEAD"]
    kinds: dict[str, Callable[[str, str], bool]] = {
        "kept": lambda method, target: method == "PUT" and target.endswith(".partial"),
        "part": lambda method, target: "partNumber=1&" in target,
        "side": lambda method, target: method == "PUT" and target.endswith("/data.parquet.tokenize.json"),
        "complete": lambda method, target: method == "POST" and "uploadId=" in target,
        "forgotten": lambda method, target: method == "DELETE" and target.endswith(".partial"),
    }
    first = {kind: next(i for i, step in enumerate(steps) if of(*step)) for kind, of in kinds.items()}
    assert first["kept"] < first["part"] < first["side"] < first["complete"]
    assert first["kept"] < first["forgotten"]

    clear = desk.folder / "clear.parquet"
    tk.unmask_file(f"s3://{desk.masked}/data.parquet", clear, keyring=desk.keyring)
    assert pq.read_table(clear)["id"].to_pylist() == large()["id"].to_pylist()


def test_a_side_file_is_taken_back_with_its_output(desk: Desk) -> None:
    (desk.folder / "policy.json").write_text(json.dumps(SEALED))
    source, out = desk.put("data.parquet", table()), f"s3://{desk.masked}/data.parquet"

    def come_first(method: str, target: str) -> None:
        if method == "PUT" and target.endswith("/data.parquet"):
            desk.s3.put_object(Bucket=desk.masked, Key="data.parquet", Body=b"theirs")

    desk.relay.before = come_first
    assert "exists already" in desk.mask(source, out, code=2)
    assert desk.names() == ["data.parquet"]


def test_what_a_store_refuses_is_said(desk: Desk, server: str) -> None:
    source = desk.put("data.csv.gz", table())
    missing = desk.mask(source, "s3://there-is-no-such-bucket/data.csv.gz", code=4)
    assert "s3://there-is-no-such-bucket/" in missing
    assert "there is no such bucket" in missing
    missing = desk.mask(f"s3://{desk.raw}/other.csv", "out.csv", code=4)
    assert "other.csv: cannot open: there is no such object" in missing

    def enforce(rights: str) -> None:
        there = http.client.HTTPConnection(server.removeprefix("http://"))
        there.request("POST", "/moto-api/reset-auth", rights)
        assert there.getresponse().status == 200
        there.close()

    user = boto3.client("iam", endpoint_url=server, region_name=REGION)
    user.create_user(UserName=desk.raw)
    key = user.create_access_key(UserName=desk.raw)["AccessKey"]
    enforce("0")
    try:
        os.environ |= {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
        denied = desk.mask(source, "out.csv.gz", code=4)
        with pytest.raises(tk.TokenizeError, match="access is denied") as caught:
            tk.mask_file(source, "out.csv.gz", policy=RULES, keyring=desk.keyring)
    finally:
        enforce("1000000000")
    assert f"{source}: cannot open: access is denied" in denied
    assert caught.value.code == "store"
    assert caught.value.path == source
    assert_silent(caught.value, key["SecretAccessKey"], key["AccessKeyId"])
    assert key["SecretAccessKey"] not in denied
    desk.is_clean()


def test_urls_are_not_guessed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for url, told in {
        "https://example.com/x.csv": "URLs are s3://, gs://, az:// or abfss://",
        f"s3://key:{SECRET}@bucket/x.csv": "without user and password",
        f"s3://bucket/x.csv?X-Amz-Signature={SECRET}": "without a query",
        "s3://bucket//x.csv": "names no object",
    }.items():
        assert told in desk.mask(url, "out.csv", code=2)
    with pytest.raises(tk.TokenizeError, match="has lost a slash") as caught:
        tk.mask_file(Path("s3://bucket/x.csv"), "out.csv", policy=RULES, keyring=desk.keyring)
    assert caught.value.code == "url"
    # Nothing is sent where others could read it.
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://store.invalid:9000")
    assert "the endpoint is http://" in desk.mask("s3://bucket/x.csv", "out.csv", code=4)
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3")
    monkeypatch.delenv("AWS_REGION")
    assert "no region is set" in desk.mask("s3://bucket/x.csv", "out.csv", code=4)


def test_a_folder_of_a_store_takes_one_object(desk: Desk) -> None:
    desk.mask(desk.put("a.parquet", table()), f"s3://{desk.masked}/all/")
    assert desk.names() == ["all/a.parquet"]
