"""Exceptions: one class per kind of fault, places as attributes, never a value."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tokenize_py as tk
from conftest import CANARY, DIGITS, EMAIL, INTEGER, KEEP, PSEUDONYM, SSN, assert_silent, policy


def raised(kind: type[tk.TokenizeError], code: str, call: Callable[[], Any]) -> tk.TokenizeError:
    with pytest.raises(tk.TokenizeError) as caught:
        call()
    assert type(caught.value) is kind
    assert caught.value.code == code
    assert_silent(caught.value)
    return caught.value


def test_one_base() -> None:
    for kind in (tk.PolicyError, tk.KeyringError, tk.InvalidValueError, tk.DataError, tk.KmsError):
        assert issubclass(kind, tk.TokenizeError)
    error = tk.DataError("text", code="c", column="a", row=3)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert (str(again), again.code, again.column, again.row, again.path) == ("text", "c", "a", 3, None)


def test_invalid_value(keyring: tk.Keyring) -> None:
    tokenizer = tk.Tokenizer(policy(a=KEEP, ssn=SSN), keyring)
    batches = [pa.record_batch({"a": [1] * 5, "ssn": ["123-45-6789"] * 5})] * 2
    last = pa.record_batch({"a": [1] * 2, "ssn": ["123-45-6789", CANARY]})
    error = raised(
        tk.InvalidValueError, "invalid_value", lambda: tokenizer.mask(pa.Table.from_batches([*batches, last]))
    )
    assert (error.column, error.row, error.path) == ("ssn", 11, None)
    message, hint = str(error).split("\n")
    assert message == "column ssn, row 11: a value does not fit the format"
    assert hint.startswith("hint: look at that row")


def test_invalid_value_in_a_stream(keyring: tk.Keyring) -> None:
    tokenizer = tk.Tokenizer(policy(ssn=SSN), keyring)
    batches = [pa.record_batch({"ssn": ["123-45-6789"]})] * 3 + [pa.record_batch({"ssn": [CANARY]})]
    reader = tokenizer.mask(pa.RecordBatchReader.from_batches(batches[0].schema, iter(batches)))
    assert reader.read_next_batch().num_rows == 1
    error = raised(tk.InvalidValueError, "invalid_value", reader.read_all)
    assert error.row == 3


def test_a_reader_that_fails(keyring: tk.Keyring) -> None:
    tokenizer = tk.Tokenizer(policy(ssn=SSN), keyring)
    batch = pa.record_batch({"ssn": ["123-45-6789"]})

    def batches() -> Any:
        yield batch
        raise ValueError(CANARY)

    def reader() -> pa.RecordBatchReader:
        return pa.RecordBatchReader.from_batches(batch.schema, batches())

    class Exporter:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return reader().__arrow_c_stream__(requested_schema)

    for call in (
        lambda: tokenizer.mask(reader()).read_all(),
        lambda: tokenizer.mask(Exporter()),
        lambda: tokenizer.unmask(Exporter()),
        lambda: tokenizer.unmask(reader(), key_version=1).read_all(),
    ):
        error = raised(tk.DataError, "reader", call)
        assert "after row 1" in str(error)


def test_policy_faults_are_told_all_at_once(keyring: tk.Keyring, tmp_path: Path) -> None:
    text = "version: 1\nname: x\ncolumns:\n  a: { action: tokenise }\n  b: { action: tokenize, format: emial }\n"
    error = raised(tk.PolicyError, "policy", lambda: tk.Tokenizer(text, keyring))
    assert [fault.split()[0] for fault in error.faults] == ["4:16", "5:34"]
    assert str(error) == "\n".join(error.faults)
    path = tmp_path / "policy.yaml"
    path.write_text(text)
    assert raised(tk.PolicyError, "policy", lambda: tk.Tokenizer(path, keyring)).faults == error.faults
    tree = {"version": 1, "name": "x", "columns": {"a": {"action": "tokenise"}}}
    assert len(raised(tk.PolicyError, "policy", lambda: tk.Tokenizer(tree, keyring)).faults) == 1


@pytest.mark.parametrize("tree", [{"version": 1, "name": object()}, {"version": float("nan")}])
def test_trees_that_are_no_policy(keyring: tk.Keyring, tree: dict[str, Any]) -> None:
    error = raised(tk.PolicyError, "policy", lambda: tk.Tokenizer(tree, keyring))
    assert error.__context__ is None


def test_policy_file_is_missing(keyring: tk.Keyring, tmp_path: Path) -> None:
    error = raised(tk.PolicyError, "io", lambda: tk.Tokenizer(tmp_path / "none.yaml", keyring))
    assert error.path == str(tmp_path / "none.yaml")
    with pytest.raises(TypeError, match="a path, a text or a dict, not int"):
        tk.Tokenizer(3, keyring)  # type: ignore[arg-type]


def test_policy_meets_schema(keyring: tk.Keyring) -> None:
    tokenizer = tk.Tokenizer(policy(ssn=SSN, Mail=EMAIL), keyring)
    table = pa.table({"ssn": [CANARY], "mail": [CANARY], "more": [CANARY]})
    error = raised(tk.PolicyError, "missing_column", lambda: tokenizer.mask(table))
    assert error.column == "Mail"
    assert len(error.faults) == 3
    assert "did you mean `mail`?" in error.faults[0]
    assert "column more: is not named in the policy" in error.faults[2]
    assert str(error).splitlines()[-1].startswith("hint: add a rule for each of these columns")


@pytest.mark.parametrize(
    ("columns", "data", "code", "column"),
    [
        ({"a": KEEP}, {"a": [1], "b": [1]}, "unlisted_column", "b"),
        ({"a": KEEP, "b": KEEP}, {"a": [1]}, "missing_column", "b"),
        ({"a": SSN}, {"a": [1.5]}, "unsupported_type", "a"),
        ({"a": SSN}, {"a": {"x": 1}}, "container", "a.x"),
        ({"a*": KEEP, "*a": KEEP}, {"aa": [1]}, "ambiguous_globs", "aa"),
        ({"a": INTEGER}, {"a": pa.array([1], pa.int8())}, "narrow_type", "a"),
        (
            {"a": {"action": "shift_date", "subject": "b", "max_days": 3}, "b": KEEP},
            {"a": ["2024-01-01"], "b": [1.5]},
            "subject",
            "a",
        ),
    ],
)
def test_plan_faults(
    keyring: tk.Keyring, columns: dict[str, Any], data: dict[str, Any], code: str, column: str
) -> None:
    tokenizer = tk.Tokenizer({"version": 1, "name": "x", "columns": columns}, keyring)
    table = pa.table({name: [values] if isinstance(values, dict) else values for name, values in data.items()})
    assert raised(tk.PolicyError, code, lambda: tokenizer.mask(table)).column == column


def test_masked_already(keyring: tk.Keyring) -> None:
    tokenizer = tk.Tokenizer(policy(ssn=SSN), keyring)
    table = pa.table({"ssn": ["123-45-6789"]})
    for data in (table, table.to_batches()[0], table.to_pandas()):
        masked = tokenizer.mask(data)
        error = raised(tk.PolicyError, "already_masked", partial(tokenizer.mask, masked))
        assert error.column == "ssn"


def test_unmask_of_what_is_not_masked(keyring: tk.Keyring) -> None:
    table = pa.table({"a": [1]})
    tokenizer = tk.Tokenizer(policy(a=KEEP), keyring)
    raised(tk.PolicyError, "nothing_masked", lambda: tokenizer.unmask(table))
    tokenizer = tk.Tokenizer(policy(ssn=SSN, p=PSEUDONYM), keyring)
    masked = tokenizer.mask(pa.table({"ssn": ["123-45-6789"], "p": ["x"]}))
    raised(tk.PolicyError, "one_way", lambda: tokenizer.unmask(masked, columns=["p"]))
    raised(tk.PolicyError, "missing_column", lambda: tokenizer.unmask(masked, columns=["q"]))
    raised(tk.PolicyError, "column_path", lambda: tokenizer.unmask(masked, columns=["q["]))
    with pytest.raises(TypeError, match="not one text"):
        tokenizer.unmask(masked, columns="ssn")


def test_edited_metadata(keyring: tk.Keyring) -> None:
    tokenizer = tk.Tokenizer(policy(ssn=SSN), keyring)
    masked = tokenizer.mask(pa.table({"ssn": ["123-45-6789"]}))
    field = masked.schema.field("ssn")
    edited = field.with_metadata({**field.metadata, b"tokenize.key_version": b"2"})
    schema = pa.schema([edited], metadata=masked.schema.metadata)
    raised(tk.PolicyError, "edited_metadata", lambda: tokenizer.unmask(masked.cast(schema)))
    df = tokenizer.mask(pd.DataFrame({"ssn": ["123-45-6789"]}))
    df.attrs["tokenize"] = df.attrs["tokenize"].replace("us_ssn", "digits")
    raised(tk.PolicyError, "edited_metadata", lambda: tokenizer.unmask(df))


def test_a_pinned_version_that_is_not_there(keyring: tk.Keyring) -> None:
    rules = policy(ssn={**SSN, "key_version": 9})
    raised(tk.KeyringError, "unknown_version", lambda: tk.Tokenizer(rules, keyring))


def test_another_keyring(keyring: tk.Keyring, tmp_path: Path) -> None:
    masked = tk.Tokenizer(policy(ssn=SSN), keyring).mask(pa.table({"ssn": ["123-45-6789"]}))
    other = tk.Keyring.create(tmp_path / "other.json")
    raised(tk.PolicyError, "other_keyring", lambda: tk.Tokenizer(policy(ssn=SSN), other).unmask(masked))


def test_an_altered_cell(keyring: tk.Keyring) -> None:
    tokenizer = tk.Tokenizer(policy(a={"action": "encrypt"}), keyring)
    masked = tokenizer.mask(pa.table({"a": [CANARY, CANARY]}))
    cells = masked.column("a").to_pylist()
    cells[1] = cells[1][:-1] + bytes([cells[1][-1] ^ 1])
    error = raised(
        tk.InvalidValueError,
        "invalid_value",
        lambda: tokenizer.unmask(pa.Table.from_arrays([pa.array(cells)], schema=masked.schema)),
    )
    assert error.row == 1


def test_several_versions_and_no_metadata(keyring: tk.Keyring) -> None:
    tokenizer = tk.Tokenizer(policy(ssn=SSN), keyring)
    table = pa.table({"ssn": ["123-45-6789"]})
    bare = tokenizer.mask(table).replace_schema_metadata(None).cast(table.schema)
    assert tokenizer.unmask(bare) == table
    keyring.add()
    keyring.promote(2)
    after = tk.Tokenizer(policy(ssn=SSN), keyring)
    error = raised(tk.PolicyError, "missing_key_version", lambda: after.unmask(bare))
    assert "key_version in Python" in str(error)
    assert after.unmask(bare, key_version=1) == table
    raised(tk.KeyringError, "unknown_version", lambda: after.unmask(bare, key_version=9))


@pytest.mark.parametrize(
    ("values", "row", "types"),
    [
        ([CANARY, None, 3], 2, ("str", "int")),
        ([1, 2.5], 1, ("int", "float")),
        ([float("nan"), True, 1], 2, ("bool", "int")),
        ([b"x", CANARY], 1, ("bytes", "str")),
        ([{"a": CANARY}, CANARY], 1, ("dict", "str")),
        ([pd.Timestamp("2024-01-01"), CANARY], 1, ("Timestamp", "str")),
    ],
)
def test_mixed_columns(keyring: tk.Keyring, values: list[Any], row: int, types: tuple[str, str]) -> None:
    df = pd.DataFrame({"a": pd.Series(values, dtype=object)})
    tokenizer = tk.Tokenizer(policy(a=SSN), keyring)
    for call in (tokenizer.mask, tokenizer.unmask):
        error = raised(tk.DataError, "mixed_types", partial(call, df))
        assert (error.column, error.row) == ("a", row)
        assert types[0] in str(error)
        assert f"row {row} holds {types[1]}" in str(error)
        assert error.__context__ is None
    with pytest.raises(tk.DataError):
        tokenizer.mask(df.set_index("a").assign(b=1))


def as_reader(table: pa.Table) -> pa.RecordBatchReader:
    return pa.RecordBatchReader.from_batches(table.schema, table.to_batches())


@pytest.mark.parametrize(
    "door",
    [
        lambda t, table: t.mask(table),
        lambda t, table: t.mask(table.to_batches()[0]),
        lambda t, table: t.mask(as_reader(table)).read_all(),
        lambda t, table: t.mask(table.to_pandas()),
        lambda t, table: t.mask(table.to_pandas(types_mapper=pd.ArrowDtype)),
        lambda t, table: t.mask(pl.DataFrame(table)),
        lambda t, table: t.mask(pl.DataFrame(table).lazy()).collect(),
        lambda t, table: t.mask(pl.DataFrame(table).lazy()).collect(engine="streaming"),
    ],
    ids=["table", "batch", "reader", "pandas", "pandas-arrow", "polars", "lazy", "streaming"],
)
def test_a_planted_value_is_told_by_no_door(keyring: tk.Keyring, door: Callable[[tk.Tokenizer, pa.Table], Any]) -> None:
    table = pa.table({"ssn": ["123-45-6789", CANARY]})
    with pytest.raises(tk.InvalidValueError, match="column ssn, row") as caught:
        door(tk.Tokenizer(policy(ssn=SSN), keyring), table)
    assert_silent(caught.value)


def test_mixed_categories(keyring: tk.Keyring) -> None:
    df = pd.DataFrame({"a": pd.Categorical([1, None, CANARY])})
    error = raised(tk.DataError, "mixed_types", lambda: tk.Tokenizer(policy(a=SSN), keyring).mask(df))
    assert error.column == "a"


@pytest.mark.parametrize(
    "values",
    [
        [{"a": CANARY}, {"a": 1}],
        [[CANARY], [1]],
        [2**70],
        [CANARY + "\ud800"],
        [object()],
        [Decimal("1e50"), Decimal("1e-50")],
    ],
)
def test_columns_that_arrow_cannot_hold(keyring: tk.Keyring, values: list[Any]) -> None:
    df = pd.DataFrame({"a": pd.Series(values, dtype=object)})
    error = raised(tk.DataError, "unsupported_values", lambda: tk.Tokenizer(policy(a=SSN), keyring).mask(df))
    assert error.column == "a"
    assert error.__context__ is None


def test_data_that_is_no_table(keyring: tk.Keyring) -> None:
    tokenizer = tk.Tokenizer(policy(a=SSN), keyring)
    for data in ({"a": [CANARY]}, [CANARY], CANARY, None):
        with pytest.raises(TypeError, match="is no table") as caught:
            tokenizer.mask(data)
        assert_silent(caught.value)
    raised(tk.DataError, "not_arrow", lambda: tokenizer.mask(pa.array([CANARY])))


def test_damaged_arrow_data(keyring: tk.Keyring) -> None:
    """Memory from elsewhere is looked at before it is believed."""
    not_utf8 = pa.Array.from_buffers(
        pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\4\0\0\0"), pa.py_buffer(b"ab\xff\xfe")]
    )
    error = raised(
        tk.DataError, "invalid_arrow", lambda: tk.Tokenizer(policy(a=DIGITS), keyring).mask(pa.table({"a": not_utf8}))
    )
    assert error.column == "a"


def test_keyring_errors(keyring: tk.Keyring, tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    error = raised(tk.KeyringError, "exists", lambda: tk.Keyring.create(path))
    assert error.path == str(path)
    error = raised(tk.KeyringError, "io", lambda: tk.Keyring.open(tmp_path / "none.json"))
    assert "hint: make one with" in str(error)
    raised(tk.KeyringError, "unknown_version", lambda: keyring.promote(7))
    raised(tk.KeyringError, "primary", lambda: keyring.disable(1))
    raised(
        tk.KeyringError, "reserved_context", lambda: tk.Keyring.create(tmp_path / "c.json", context={"tokenize:x": "y"})
    )
    (tmp_path / "bad.json").write_text(f'{{"format": "{CANARY}"}}')
    raised(tk.KeyringError, "malformed", lambda: tk.Keyring.open(tmp_path / "bad.json"))


def test_kms_errors(keyring: tk.Keyring, tmp_path: Path) -> None:
    raised(tk.KmsError, "kms_reference", lambda: tk.Keyring.create(tmp_path / "a.json", kms="kek.key"))
    raised(tk.KmsError, "kms", lambda: tk.Keyring.create(tmp_path / "a.json", kms="vault:x"))
    (tmp_path / "kek.key").unlink()
    tokenizer = tk.Tokenizer(policy(ssn=SSN), tk.Keyring.open(tmp_path / "keyring.json"))
    error = raised(tk.KmsError, "kms", lambda: tokenizer.mask(pa.table({"ssn": ["123-45-6789"]})))
    assert "hint: restore it from its backup" in str(error)
    tk.Keyring.create(tmp_path / "other.json")  # a new KEK under the old name
    raised(tk.KmsError, "unwrap", lambda: tokenizer.mask(pa.table({"ssn": ["123-45-6789"]})))


def test_file_errors(keyring: tk.Keyring, tmp_path: Path) -> None:
    source, target = tmp_path / "in.parquet", tmp_path / "out.parquet"
    pq.write_table(pa.table({"ssn": ["123-45-6789", CANARY]}), source)
    rules = policy(ssn=SSN)

    def mask() -> tk.Report:
        return tk.mask_file(source, target, policy=rules, keyring=keyring)

    error = raised(tk.InvalidValueError, "invalid_value", mask)
    assert (error.column, error.row) == ("ssn", 1)
    assert not target.exists()
    pq.write_table(pa.table({"ssn": ["123-45-6789"]}), source)
    mask()
    assert raised(tk.TokenizeError, "exists", mask).path == str(target)
    assert tk.mask_file(source, target, policy=rules, keyring=keyring, force=True).rows == 1
    raised(
        tk.TokenizeError, "overwrite", lambda: tk.mask_file(source, source, policy=rules, keyring=keyring, force=True)
    )
    raised(
        tk.TokenizeError, "io", lambda: tk.mask_file(tmp_path / "none.parquet", target, policy=rules, keyring=keyring)
    )
    source.write_bytes(b"PAR1" + CANARY.encode())
    assert raised(tk.DataError, "damaged", mask).path == str(source)
