"""Datasets in S3, against a real server process: prefixes and patterns in, prefixes out, as directories on a disk."""

from __future__ import annotations

import json
import subprocess
import threading
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import BINARY, CANARY, KEEP
from store_desk import RULES, Desk, table

FILES = ("--policy", "policy.json", "--keyring", "keyring.json")
COUNTRIES = ("Atlantis", "S%C3%A3o%3A", "__HIVE_DEFAULT_PARTITION__")
SEALED_NAME = {"action": "encrypt", "mode": "deterministic", "output": "string"}
PLACES = tuple(f"country={country}/p={p}/part-{p}.parquet" for country in COUNTRIES for p in (1, 2))


@pytest.fixture
def raw(desk: Desk) -> str:
    """A dataset in partitions, on disk below `raw` and in the store; beside it one whose name only begins so."""
    columns = RULES["columns"] | {"country": SEALED_NAME, "p": KEEP}
    (desk.folder / "policy.json").write_text(json.dumps(RULES | {"columns": columns}))
    for i, place in enumerate(PLACES):
        put(desk, f"raw/{place}", table(50 + i))
    put(desk, "raw2/x.parquet", pa.table({"other": [1]}))
    # What consoles make for folders, and what engines leave.
    for marker in ("raw/", "raw/country=Atlantis/", "raw/_temporary/0/a.parquet", "raw/.hidden.parquet"):
        desk.s3.put_object(Bucket=desk.raw, Key=marker, Body=b"")
    return f"s3://{desk.raw}/raw/"


def put(desk: Desk, key: str, data: pa.Table) -> None:
    path = desk.folder / key
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(data, path, row_group_size=40_000)
    desk.s3.upload_file(str(path), desk.raw, key)


def below(root: Path) -> dict[str, bytes]:
    """All files but the journal, which holds times."""
    files = (path for path in root.rglob("*") if path.is_file())
    found = {path.relative_to(root).as_posix(): path.read_bytes() for path in files}
    return {name: content for name, content in found.items() if name != "_tokenize.run.json"}


def stored(desk: Desk, prefix: str) -> dict[str, bytes]:
    names = [name for name in desk.names() if name.startswith(prefix) and not name.endswith("/_tokenize.run.json")]
    return {name.removeprefix(prefix): desk.get(name) for name in names}


def data(names: dict[str, bytes]) -> list[str]:
    return sorted(name for name in names if not name.startswith("_"))


def made(desk: Desk) -> list[str]:
    """The objects that were asked to be made, in order."""
    puts = [target.split("?")[0] for method, target in desk.relay.seen if method == "PUT" and desk.masked in target]
    return [unquote(target).removeprefix(f"/{desk.masked}/") for target in puts]


def is_silent(*texts: str) -> None:
    for text in texts:
        for value in ("Atlantis", "S%C3%A3o", "S%25C3", "São"):
            assert value not in text


def test_a_prefix_is_a_directory(desk: Desk, raw: str) -> None:
    desk.run("mask", "raw", *FILES, "--out", "out")
    expected = below(desk.folder / "out")
    assert len(data(expected)) == len(PLACES)
    said = desk.run("mask", raw, *FILES, "--out", f"s3://{desk.masked}/out/", "--json")
    assert stored(desk, "out/") == expected
    is_silent(said, *desk.names(), desk.get("out/_tokenize.run.json").decode())
    assert f"s3://{desk.raw}/raw/country=…/p=2/part-2.parquet" in said
    order = made(desk)
    assert order[0] == "out/_tokenize.run.json"
    assert order[-1] == "out/_SUCCESS"
    # What hashes an input as it is, as an ETag does, is written nowhere.
    objects = desk.s3.list_objects_v2(Bucket=desk.raw)["Contents"]
    tags = [found["ETag"].strip('"') for found in objects if found["Size"]]
    journal = desk.get("out/_tokenize.run.json").decode()
    assert tags
    assert not any(tag in journal for tag in tags)

    # Back, and by ways of all kinds.
    desk.run("unmask", f"s3://{desk.masked}/out", "--keyring", "keyring.json", "--out", "clear")
    desk.run("unmask", "out", "--keyring", "keyring.json", "--out", f"s3://{desk.masked}/clear")
    assert stored(desk, "clear/") == below(desk.folder / "clear")
    clear = [place.replace("S%C3%A3o%3A", "São%3A") for place in PLACES]
    assert data(stored(desk, "clear/")) == sorted(clear)
    for place, name in zip(PLACES, clear, strict=True):
        back, before = (pq.ParquetFile(desk.folder / path).read() for path in (f"clear/{name}", f"raw/{place}"))
        assert back.drop(["id"]).to_pylist() == before.drop(["id"]).to_pylist()
    twice = desk.run("mask", f"s3://{desk.masked}/out/", *FILES, "--out", "twice", code=2)
    assert "is masked already" in twice


def test_patterns_and_mixtures(desk: Desk, raw: str) -> None:
    expected = [f"country={COUNTRIES[2]}/p=2/part-2.parquet"]
    pattern = f"{raw}country=__H*/**/part-2.parquet"
    desk.run("mask", pattern, *FILES, "--out", f"s3://{desk.masked}/some")
    assert data(stored(desk, "some/")) == expected
    desk.run("mask", f"{raw}*/p=2", *FILES, "--out", "local")
    assert len(data(below(desk.folder / "local"))) == len(COUNTRIES)
    assert "no file matches" in desk.run("mask", f"{raw}*.csv", *FILES, "--out", "none", code=4)
    assert "there are no files" in desk.run("mask", f"s3://{desk.raw}/none/", *FILES, "--out", "none", code=4)

    (desk.folder / "policy.json").write_text(json.dumps(RULES))
    pq.write_table(table(5), desk.folder / "a.parquet")
    second = desk.put("b.parquet", table(7))
    said = desk.run("mask", "a.parquet", second, *FILES, "--out", f"s3://{desk.masked}/mixed/")
    assert "12 rows of 2 files" in said
    assert data(stored(desk, "mixed/")) == ["a.parquet", "b.parquet"]
    # An object is one, whatever its name says; so is a prefix whose name says that it is a file.
    put(desk, "spark.parquet/part-0.parquet", table(3))
    desk.run("mask", f"s3://{desk.raw}/spark.parquet", *FILES, "--out", f"s3://{desk.masked}/spark.parquet")
    assert data(stored(desk, "spark.parquet/")) == ["part-0.parquet"]
    remasked = desk.run("remask", f"s3://{desk.masked}/mixed/", "--keyring", "keyring.json", "--out", "re")
    assert "nothing has been written" in remasked


def test_remask_copies_what_is_up_to_date(desk: Desk, raw: str) -> None:
    rules = RULES["columns"] | {"id": KEEP}
    (desk.folder / "policy.json").write_text(json.dumps(RULES | {"columns": rules}))
    flat = f"{raw}country=Atlantis/p=1/part-1.parquet"
    desk.run("mask", flat, *FILES, "--out", f"s3://{desk.masked}/m/old.parquet")
    desk.keyring.add()
    desk.keyring.promote(2)
    desk.run("mask", flat, *FILES, "--out", f"s3://{desk.masked}/m/new.parquet")
    desk.run("remask", f"s3://{desk.masked}/m/", "--keyring", "keyring.json", "--out", f"s3://{desk.masked}/re/")
    assert desk.get("re/new.parquet") == desk.get("m/new.parquet")
    assert desk.get("re/old.parquet") != desk.get("m/old.parquet")
    assert "re/_SUCCESS" in desk.names()


@pytest.mark.parametrize("moment", ["first", "middle", "last"])
def test_a_killed_run_goes_on(desk: Desk, raw: str, moment: str) -> None:
    desk.run("mask", "raw", *FILES, "--out", "out")
    expected = below(desk.folder / "out")
    killed: list[subprocess.Popen[str]] = []
    arrived = threading.Event()
    seen = 0
    turn = {"first": 1, "middle": 4, "last": len(PLACES) + 1}[moment]

    def kill(method: str, target: str) -> None:
        nonlocal seen
        is_output = method == "PUT" and (target.split("?")[0].endswith((".parquet", "_SUCCESS")))
        seen += is_output and desk.masked in target
        if seen == turn and killed and is_output:
            killed[0].kill()
            killed[0].wait()
            desk.relay.after = lambda method, target: arrived.set()

    desk.relay.before = kill
    out = f"s3://{desk.masked}/out"
    words = [BINARY, "mask", raw, *FILES, "--out", out]
    with subprocess.Popen(words, cwd=desk.folder, stderr=subprocess.PIPE, text=True) as run:
        killed.append(run)
        assert run.stderr
        is_silent(run.stderr.read())
    assert run.returncode == -9
    assert arrived.wait(60)
    desk.relay.before = desk.relay.after = lambda method, target: None
    # The last request had left: what was asked for is there, and nobody has noted it.
    left = stored(desk, "out/")
    assert ("_SUCCESS" in left) == (moment == "last")
    assert all(expected[name] == content for name, content in left.items())

    if moment != "last":
        incomplete = desk.run("unmask", out, "--keyring", "keyring.json", "--out", "no", code=2)
        assert "is not complete" in incomplete
        assert not (desk.folder / "no").exists()
        begun = desk.run("mask", raw, *FILES, "--out", out, code=2)
        assert "exists already" in begun or "has not come to its end" in begun
    desk.relay.seen.clear()
    desk.run("mask", raw, *FILES, "--out", out, "--resume")
    assert stored(desk, "out/") == expected
    again = [name for name in made(desk) if name.endswith(".parquet")]
    assert len(again) == len(PLACES) - min(turn - 1, len(PLACES))
    # A job may always give it.
    desk.relay.seen.clear()
    desk.run("mask", raw, *FILES, "--out", out, "--resume")
    assert not any(name.endswith(".parquet") for name in made(desk))


def test_what_is_there_stays(desk: Desk, raw: str) -> None:
    out = f"s3://{desk.masked}/out/"
    taken = "out/country=__HIVE_DEFAULT_PARTITION__/p=1/part-1.parquet"
    desk.s3.put_object(Bucket=desk.masked, Key=taken, Body=b"theirs")
    assert "exists already" in desk.run("mask", raw, *FILES, "--out", out, code=2)
    assert desk.names() == [taken]
    desk.run("mask", raw, *FILES, "--out", out, "--force")
    before = stored(desk, "out/")
    assert len(data(before)) == len(PLACES)
    assert "exists already" in desk.run("mask", raw, *FILES, "--out", out, code=2)
    desk.s3.put_object(Bucket=desk.masked, Key="out/country=Atlantis/other.parquet", Body=b"theirs")
    foreign = desk.run("mask", raw, *FILES, "--out", out, "--force", code=2)
    assert "is no output of this run" in foreign
    desk.s3.delete_object(Bucket=desk.masked, Key="out/country=Atlantis/other.parquet")
    assert stored(desk, "out/") == before


def test_who_comes_first_stays(desk: Desk, raw: str) -> None:
    """Not what was there before the run, but what has come since."""
    taken = "out/country=__HIVE_DEFAULT_PARTITION__/p=2/part-2.parquet"

    def come_first(method: str, target: str) -> None:
        if method == "PUT" and unquote(target).endswith(taken):
            desk.s3.put_object(Bucket=desk.masked, Key=taken, Body=b"theirs")

    desk.relay.before = come_first
    assert "exists already" in desk.run("mask", raw, *FILES, "--out", f"s3://{desk.masked}/out", code=2)
    assert desk.get(taken) == b"theirs"
    assert "out/_SUCCESS" not in desk.names()


def test_two_runs_do_not_write_to_one_prefix(desk: Desk, raw: str) -> None:
    journal = "out/_tokenize.run.json"

    def take_over(method: str, target: str) -> None:
        if method == "PUT" and target.endswith(".parquet"):
            desk.s3.put_object(Bucket=desk.masked, Key=journal, Body=b"theirs")

    desk.relay.before = take_over
    refused = desk.run("mask", raw, *FILES, "--out", f"s3://{desk.masked}/out", code=4)
    assert "another run is writing it" in refused
    assert "out/_SUCCESS" not in desk.names()


def test_inputs_and_outputs_lie_apart(desk: Desk, raw: str) -> None:
    bucket = f"s3://{desk.raw}"
    for source, out in [
        (raw, raw),
        (raw, f"{raw}new/deep"),
        (f"{raw}country=Atlantis", raw),
        (f"{bucket}/*/*.parquet", f"{bucket}/raw3"),
        (f"{raw}**/*.parquet", f"{raw}out"),
        (raw, bucket),
    ]:
        assert "lie in each other" in desk.run("mask", source, *FILES, "--out", out, code=2), (source, out)
    before = desk.s3.list_objects_v2(Bucket=desk.raw)["KeyCount"]
    assert before == len(PLACES) + 5
    desk.run("mask", raw, *FILES, "--out", f"{bucket}/raw3")
    desk.run("unmask", f"{bucket}/raw3", "--keyring", "keyring.json", "--out", f"{bucket}/ra")


def test_drift_is_refused_before_anything_is_written(desk: Desk, raw: str) -> None:
    put(desk, f"raw/{PLACES[3]}", table(10).append_column("more", pa.array(range(10))))
    error = desk.run("mask", raw, *FILES, "--out", f"s3://{desk.masked}/out", code=3)
    assert "differs from" in error
    assert "column more is not in that" in error
    is_silent(error)
    desk.is_clean()
    put(desk, "raw/country=Atlantis/part-0.parquet", table(10))
    error = desk.run("mask", raw, *FILES, "--out", f"s3://{desk.masked}/out", code=3)
    assert "column p is missing" in error
    is_silent(error)
    desk.is_clean()


def test_a_failed_run_leaves_whole_files_only(desk: Desk, raw: str) -> None:
    bad = table(150_000).to_pydict()
    bad["email"][-1] = f"{CANARY} {CANARY}"
    # Files go by their masked names: at least the other one of this country comes before.
    place = f"raw/{PLACES[3]}"
    put(desk, place, pa.table(bad))
    out = f"s3://{desk.masked}/out"
    error = desk.run("mask", raw, *FILES, "--out", out, "--json", code=3)
    is_silent(error)
    assert any(method == "POST" and target.endswith("?uploads=") for method, target in desk.relay.seen)
    assert "Uploads" not in desk.s3.list_multipart_uploads(Bucket=desk.masked)
    left = stored(desk, "out/")
    assert "_SUCCESS" not in left
    assert len(data(left)) < len(PLACES)
    # Another input is another run.
    put(desk, place, table(10))
    changed = desk.run("mask", raw, *FILES, "--out", out, "--resume", code=2)
    assert "an input has changed" in changed
    desk.run("mask", raw, *FILES, "--out", out, "--force")
    assert len(data(stored(desk, "out/"))) == len(PLACES)
