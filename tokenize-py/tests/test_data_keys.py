"""`encrypt` with `key: output`: plans whose manifest is stored first, writer files, tables that lost their metadata."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tokenize_py as tk
from conftest import EMAIL, KEEP, PSEUDONYM, SSN, assert_silent, policy
from pandas.testing import assert_frame_equal
from polars.testing import assert_frame_equal as assert_polars_equal

OUTPUT = {"action": "encrypt", "key": "output"}
WRITE_ONLY = policy(name=OUTPUT, mail={**OUTPUT, "domain": "contact", "output": "string"}, n=OUTPUT, kept=KEEP)
MIXED = policy(name=OUTPUT, mail=EMAIL, n=OUTPUT, kept=KEEP)
DATA = pa.table(
    {
        "name": ["Ann Example", None, "Zoë Example", ""],
        "mail": ["ann@example.com", "bob@example.com", None, "zoe@example.com"],
        "n": pa.array([1, 2, None, 2], pa.int16()),
        "kept": [3, 1, 2, 0],
    }
)

KINDS: dict[str, Callable[[pa.Table], Any]] = {
    "table": lambda table: table,
    "batch": lambda table: table.to_batches()[0],
    "reader": lambda table: pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=1)),
    "polars": pl.from_arrow,
    "pandas": lambda table: table.to_pandas(types_mapper=pd.ArrowDtype),
}


def table_of(data: Any) -> pa.Table:
    """Whatever kind it is, as a bare Arrow table."""
    if isinstance(data, pa.RecordBatchReader):
        data = data.read_all()
    table = pa.Table.from_pandas(data, preserve_index=False) if isinstance(data, pd.DataFrame) else pa.table(data)
    return bare(table)


def bare(table: pa.Table) -> pa.Table:
    return table.cast(pa.schema([field.remove_metadata() for field in table.schema]))


def values(data: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = table_of(data).to_pydict()
    return found


def made(keyring: tk.Keyring, rules: dict[str, Any] = WRITE_ONLY, data: Any = DATA) -> tuple[Any, str]:
    """A masked table and its manifest."""
    plan = tk.Tokenizer(rules, keyring).plan_mask(data)
    manifest = plan.manifest()
    return plan.mask(data), manifest


def raised(kind: type[tk.TokenizeError], code: str, call: Callable[[], Any]) -> tk.TokenizeError:
    with pytest.raises(tk.TokenizeError) as caught:
        call()
    assert (type(caught.value), caught.value.code) == (kind, code), caught.value
    assert_silent(caught.value, "Ann Example", "ann@example.com")
    return caught.value


@pytest.mark.parametrize("rules", [WRITE_ONLY, MIXED], ids=["write_only", "mixed"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_goes_there_and_back(keyring: tk.Keyring, kind: str, rules: dict[str, Any]) -> None:
    make, tokenizer = KINDS[kind], tk.Tokenizer(rules, keyring)
    plan = tokenizer.plan_mask(make(DATA))
    manifest = plan.manifest()
    assert plan.manifest() == manifest
    masked = plan.mask(make(DATA))
    assert type(masked) is type(make(DATA))
    clear = tokenizer.unmask(masked, manifests=[manifest])
    assert type(clear) is type(make(DATA))
    assert values(clear) == values(DATA)
    if kind == "pandas":
        assert_frame_equal(clear, make(DATA))
    elif kind == "polars":
        # By the manifest the types of old come back, although Polars keeps no metadata.
        assert_polars_equal(clear, make(DATA))
        error = raised(tk.InvalidValueError, "invalid_value", lambda: tokenizer.unmask(plan.mask(make(DATA))))
        assert "manifests in Python" in str(error)
    # What carries its metadata needs nothing else.
    if kind != "polars":
        assert values(tokenizer.unmask(plan.mask(make(DATA)))) == values(DATA)


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_in_memory_is_no_place_for_a_data_key(keyring: tk.Keyring, kind: str) -> None:
    tokenizer = tk.Tokenizer(WRITE_ONLY, keyring)
    make = KINDS[kind]
    plan = tokenizer.plan_mask(make(DATA))
    for call in (lambda: tokenizer.mask(make(DATA)), lambda: plan.mask(make(DATA))):
        error = raised(tk.TokenizeError, "unpublished", call)
        assert error.column == "name"
        assert "plan_mask" in str(error)


def test_a_plan_without_data_keys_masks_at_once(keyring: tk.Keyring) -> None:
    tokenizer = tk.Tokenizer(policy("keep", mail=EMAIL), keyring)
    plan = tokenizer.plan_mask(DATA.schema)
    assert plan.mask(DATA) == tokenizer.mask(DATA)
    manifest = json.loads(plan.manifest())
    assert (manifest["data_keys"], manifest["mac"]["root"]) == ([], "reveal")


def test_one_plan_masks_many_tables_under_one_key(keyring: tk.Keyring) -> None:
    tokenizer = tk.Tokenizer(WRITE_ONLY, keyring)
    plan = tokenizer.plan_mask(DATA.schema)
    [record] = json.loads(plan.manifest())["data_keys"]
    first, second = plan.mask(DATA.slice(0, 2)), plan.mask(DATA.slice(2))
    cells = [cell for table in (first, second) for cell in table["name"].to_pylist() if cell]
    assert {cell[6:22].hex() for cell in cells} == {record["id"]}
    assert len(set(cells)) == len(cells)
    assert values(tokenizer.unmask(pa.concat_tables([first, second]))) == values(DATA)
    error = raised(tk.DataError, "batch_schema", lambda: plan.mask(DATA.select(["name"])))
    assert error.column is None


def test_a_plan_is_opaque(keyring: tk.Keyring) -> None:
    plan = tk.Tokenizer(WRITE_ONLY, keyring).plan_mask(DATA)
    assert repr(plan) == "MaskPlan(keys=***)"
    for take in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match=r"its data keys .* are known to its own manifest alone"):
            take(plan)
    with pytest.raises(TypeError, match="is no table"):
        tk.Tokenizer(WRITE_ONLY, keyring).plan_mask([1])
    raised(tk.PolicyError, "missing_column", lambda: tk.Tokenizer(WRITE_ONLY, keyring).plan_mask(DATA.select(["n"])))


def test_frames_that_lost_their_attributes(keyring: tk.Keyring) -> None:
    df = DATA.to_pandas(types_mapper=pd.ArrowDtype)
    masked, manifest = made(keyring, data=df)
    tokenizer = tk.Tokenizer(WRITE_ONLY, keyring)
    masked.attrs.clear()
    error = raised(tk.InvalidValueError, "invalid_value", lambda: tokenizer.unmask(masked))
    assert "no manifest at hand" in str(error)
    for frame, expected in (
        (masked, df),
        (masked.sort_values("kept"), df.sort_values("kept")),
        (masked[masked["kept"] > 1], df[df["kept"] > 1]),
        (masked[["kept", "n"]], df[["kept", "n"]]),
        (masked.reset_index(drop=True).assign(new=1), df.assign(new=1)),
        (masked.rename(columns={"n": "m"}).rename(columns={"m": "n"}), df),
    ):
        clear = tokenizer.unmask(frame.reset_index(drop=True), manifests=[manifest])
        assert values(clear) == values(expected.reset_index(drop=True))
        assert "tokenize" not in clear.attrs
    # Some columns now, the others later: what is left says so of itself again.
    part = tokenizer.unmask(masked, columns=["n"], manifests=[manifest])
    assert part["name"].tolist() == masked["name"].tolist()
    assert values(tokenizer.unmask(part)) == values(df)


def test_frames_that_kept_their_attributes(keyring: tk.Keyring) -> None:
    df = DATA.to_pandas(types_mapper=pd.ArrowDtype)
    masked, _ = made(keyring, data=df)
    tokenizer = tk.Tokenizer(WRITE_ONLY, keyring)
    shuffled = masked.sort_values("kept")[["n", "kept", "name"]].reset_index(drop=True)
    assert values(tokenizer.unmask(shuffled)) == values(df.sort_values("kept")[["n", "kept", "name"]])


def test_renamed_columns_of_tables_with_metadata(keyring: tk.Keyring) -> None:
    """`rename_columns` keeps the metadata of fields, which tells what was done, and loses that of the schema."""
    names = ["who", "mail", "n", "kept"]
    masked, manifest = made(keyring)
    tokenizer = tk.Tokenizer(WRITE_ONLY, keyring)
    renamed = masked.rename_columns(names).sort_by("kept").slice(1)
    error = raised(tk.PolicyError, "edited_metadata", lambda: tokenizer.unmask(renamed))
    assert "manifests in Python" in str(error)
    expected = values(DATA.rename_columns(names).sort_by("kept").slice(1))
    for clear in (
        tokenizer.unmask(renamed, manifests=[manifest]),
        tokenizer.unmask(renamed.replace_schema_metadata(masked.schema.metadata)),
    ):
        assert values(clear) == expected
        assert all(field.metadata is None for field in clear.schema)
    # What is left of the metadata is still what was written, or refused.
    field = renamed.schema.field("n")
    edited = field.with_metadata({**field.metadata, b"tokenize.domain": b"name"})
    schema = renamed.schema.set(renamed.schema.get_field_index("n"), edited)
    raised(tk.PolicyError, "edited_metadata", lambda: tokenizer.unmask(renamed.cast(schema), manifests=[manifest]))


def test_rows_of_several_outputs(keyring: tk.Keyring) -> None:
    tokenizer = tk.Tokenizer(MIXED, keyring)
    masked, manifests = zip(*(made(keyring, MIXED) for _ in range(3)), strict=True)
    both = values(pa.concat_tables([DATA] * 3))
    together = bare(pa.concat_tables(masked))
    assert values(tokenizer.unmask(together, manifests=manifests)) == both
    # The metadata of the first goes with the whole; the others are given.
    assert values(tokenizer.unmask(pa.concat_tables(masked), manifests=manifests[1:])) == both
    frames = [table.to_pandas(types_mapper=pd.ArrowDtype) for table in masked]
    assert values(tokenizer.unmask(pd.concat(frames, ignore_index=True), manifests=manifests)) == both
    error = raised(tk.InvalidValueError, "invalid_value", lambda: tokenizer.unmask(together, manifests=manifests[:2]))
    assert (error.column, error.row) == ("name", 8)
    _, other = made(keyring, WRITE_ONLY)
    raised(tk.PolicyError, "manifests_differ", lambda: tokenizer.unmask(together, manifests=[*manifests, other]))


def test_manifests_record_key_versions(keyring: tk.Keyring) -> None:
    masked, manifest = made(keyring, MIXED)
    keyring.add()
    keyring.promote(2)
    tokenizer = tk.Tokenizer(MIXED, keyring)
    raised(tk.PolicyError, "missing_key_version", lambda: tokenizer.unmask(bare(masked)))
    clear = tokenizer.unmask(bare(masked), manifests=[manifest])
    assert clear.equals(DATA)


def test_what_is_no_manifest(keyring: tk.Keyring, tmp_path: Path) -> None:
    masked, manifest = made(keyring)
    tokenizer = tk.Tokenizer(WRITE_ONLY, keyring)
    unmask = partial(tokenizer.unmask, bare(masked))
    (tmp_path / "m.json").write_text(manifest)
    for good in (manifest, tmp_path / "m.json", str(tmp_path / "m.json")):
        assert unmask(manifests=[good]).equals(DATA)
        with pytest.raises(TypeError, match="a sequence of manifests"):
            unmask(manifests=good)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="its text or a path, not int"):
        unmask(manifests=[3])  # type: ignore[list-item]
    missing = raised(tk.TokenizeError, "io", lambda: unmask(manifests=[tmp_path / "none.json"]))
    assert (missing.path, missing.__context__) == (str(tmp_path / "none.json"), None)
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    for name in ("keyring.json", "bytes"):
        error = raised(tk.PolicyError, "manifest", partial(unmask, manifests=[tmp_path / name]))
        assert error.path == str(tmp_path / name)
    raised(tk.PolicyError, "manifest", lambda: unmask(manifests=["{}"]))
    edited = manifest.replace('"contact"', '"name"')
    raised(tk.PolicyError, "edited_metadata", lambda: unmask(manifests=[edited]))
    other = tk.Keyring.create(tmp_path / "other.json", kms="local:other.key")
    raised(tk.PolicyError, "other_keyring", lambda: tk.Tokenizer(WRITE_ONLY, other).unmask(masked))


@pytest.fixture
def masked(keyring: tk.Keyring, tmp_path: Path) -> Path:
    """A file masked by a writer, which is at ``writer.json``."""
    keyring.export_writer(tmp_path / "writer.json")
    pq.write_table(DATA, tmp_path / "in.parquet")
    writer = tk.Keyring.open(tmp_path / "writer.json")
    path = tmp_path / "masked.parquet"
    report = tk.mask_file(tmp_path / "in.parquet", path, policy=WRITE_ONLY, keyring=writer)
    assert report.side_file == f"{path}.tokenize.json"
    return path


def test_a_writer_opens_nothing(keyring: tk.Keyring, masked: Path, tmp_path: Path) -> None:
    writer = tk.Keyring.open(tmp_path / "writer.json")
    assert (writer.write_only, keyring.write_only, writer.id) == (True, False, keyring.id)
    assert repr(writer) == f"Keyring(id='{keyring.id}', primary=1, write_only)"
    clear = tmp_path / "clear.parquet"
    table = pq.read_table(masked)
    side = Path(f"{masked}.tokenize.json")
    for call in (
        lambda: tk.unmask_file(masked, clear, keyring=writer),
        lambda: tk.Tokenizer(WRITE_ONLY, writer).unmask(table),
        lambda: tk.Tokenizer(WRITE_ONLY, writer).unmask(bare(table), manifests=[side]),
        lambda: tk.Tokenizer(policy("keep", mail=EMAIL), writer).mask(DATA),
        lambda: tk.Tokenizer(policy("keep", mail=PSEUDONYM), writer).mask(DATA),
        lambda: writer.add(),
        lambda: writer.rewrap(kms="local:new.key"),
        lambda: writer.export_writer(tmp_path / "again.json"),
    ):
        assert "hint: use the keyring file itself" in str(raised(tk.KeyringError, "write_only", call))
    report = tk.unmask_file(masked, clear, keyring=keyring)
    assert report.side_file is None
    assert pq.read_table(clear).equals(DATA)
    frame, manifest = made(writer, data=DATA)
    assert tk.Tokenizer(WRITE_ONLY, keyring).unmask(bare(frame), manifests=[manifest]).equals(DATA)


def test_side_files_are_not_replaced_by_accident(keyring: tk.Keyring, masked: Path, tmp_path: Path) -> None:
    masked.unlink()
    side = Path(f"{masked}.tokenize.json")
    before = side.read_bytes()
    mask = partial(tk.mask_file, tmp_path / "in.parquet", masked, policy=WRITE_ONLY, keyring=keyring)
    assert raised(tk.TokenizeError, "side_file_exists", mask).path == str(side)
    assert (side.read_bytes(), masked.exists()) == (before, False)
    mask(force=True)
    assert side.read_bytes() != before


REWRITES: dict[str, Callable[[Path, Path], Any]] = {
    "pandas": lambda source, target: pd.read_parquet(source).to_parquet(target),
    "polars": lambda source, target: pl.read_parquet(source).write_parquet(target),
    "pyarrow": lambda source, target: pq.write_table(bare(pq.read_table(source)), target, store_schema=False),
}


@pytest.mark.parametrize("by", REWRITES)
def test_files_that_lost_their_metadata(keyring: tk.Keyring, masked: Path, tmp_path: Path, by: str) -> None:
    rewritten, clear = tmp_path / "rewritten.parquet", tmp_path / "clear.parquet"
    REWRITES[by](masked, rewritten)
    unmask = partial(tk.unmask_file, rewritten, clear, keyring=keyring, force=True)
    raised(tk.PolicyError, "nothing_masked", unmask)
    side = Path(f"{masked}.tokenize.json")
    for manifest in (side, str(side), side.read_text()):
        unmask(manifests=[manifest])
        assert values(pq.read_table(clear)) == values(DATA)
        assert pq.read_schema(clear).field("n").type == pa.int16()
    unmask(manifests=[side], policy=WRITE_ONLY)
    assert values(pq.read_table(clear)) == values(DATA)
    raised(tk.InvalidValueError, "invalid_value", lambda: unmask(policy=WRITE_ONLY))
    renamed = policy(who={**OUTPUT, "domain": "name"}, mail=KEEP, n=KEEP, kept=KEEP)
    table = pq.read_table(rewritten)
    pq.write_table(bare(table.rename_columns(["who", "mail", "n", "kept"])), rewritten, store_schema=False)
    unmask(manifests=[side], policy=renamed)
    assert pq.read_table(clear)["who"].to_pylist() == DATA["name"].to_pylist()


def test_a_mask_that_fails_leaves_no_side_file(keyring: tk.Keyring, tmp_path: Path) -> None:
    pq.write_table(pa.table({"name": ["x"] * 6, "ssn": ["123-45-6789"] * 5 + ["x"]}), tmp_path / "in.parquet")
    before = set(tmp_path.iterdir())
    rules = policy(name=OUTPUT, ssn=SSN)
    source, target = tmp_path / "in.parquet", tmp_path / "out.parquet"
    raised(tk.InvalidValueError, "invalid_value", lambda: tk.mask_file(source, target, policy=rules, keyring=keyring))
    assert set(tmp_path.iterdir()) == before
