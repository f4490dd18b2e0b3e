"""pandas frames: index, dtypes, order and nulls come back as they were."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import tokenize_py as tk
from conftest import DIGITS, EMAIL, ENCRYPT, INTEGER, KEEP, PSEUDONYM, SSN, policy
from pandas.testing import assert_frame_equal, assert_series_equal
from tokenize_py import _series

NULLS = [None, float("nan"), pd.NA, pd.NaT]
SHIFT = {"action": "shift_date", "subject": "who", "max_days": 30}
SSNS = ["123-45-6789", "987654321", "001-01-0001"]


def same_nulls(a: pd.Series, b: pd.Series) -> bool:
    """Whether each null is the same kind of null."""
    left, right = a.to_numpy(dtype=object), b.to_numpy(dtype=object)
    return all(type(x) is type(y) for x, y in zip(left, right, strict=True) if pd.isna(x) or pd.isna(y))


def round_trip(tokenizer: tk.Tokenizer, df: pd.DataFrame) -> pd.DataFrame:
    before = df.copy(deep=True)
    masked = tokenizer.mask(df)
    assert_frame_equal(df, before)
    clear = tokenizer.unmask(masked)
    assert_frame_equal(clear, df, check_freq=False)
    assert "tokenize" not in clear.attrs
    return masked


@pytest.mark.parametrize(
    "dtype",
    [
        "object",
        "str",
        "string",
        "string[python]",
        "string[pyarrow]",
        "category",
        pd.ArrowDtype(pa.string()),
        pd.ArrowDtype(pa.large_string()),
        pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string())),
    ],
    ids=str,
)
def test_text_dtypes(keyring: tk.Keyring, dtype: Any) -> None:
    tokenizer = tk.Tokenizer(policy(ssn=SSN, sealed=ENCRYPT, who={**PSEUDONYM, "output": "hex"}), keyring)
    texts = pd.Series([*SSNS, None, SSNS[0]], dtype=dtype)
    df = pd.DataFrame({"ssn": texts, "sealed": texts, "who": texts})
    masked = tokenizer.mask(df)
    assert isinstance(masked["ssn"].dtype, type(df["ssn"].dtype))
    assert masked["ssn"].isna().tolist() == [False, False, False, True, False]
    assert masked["ssn"].iloc[0] == masked["ssn"].iloc[4] != df["ssn"].iloc[0]
    assert masked["who"].iloc[0] == masked["who"].iloc[4]
    assert len(masked["who"].iloc[0]) == 64
    assert isinstance(masked["sealed"].iloc[0], bytes)
    clear = tokenizer.unmask(masked)
    for column in ("ssn", "sealed"):
        assert clear[column].dtype == df[column].dtype
        assert_series_equal(clear[column], df[column], check_categorical=False)
        assert same_nulls(clear[column], df[column])
    assert json.loads(clear.attrs["tokenize"])["paths"] == ["who"]


@pytest.mark.parametrize(
    "dtype",
    ["int32", "int64", "uint32", "uint64", "Int64", "UInt32", pd.ArrowDtype(pa.int64()), "object", "category"],
    ids=str,
)
def test_integer_dtypes(keyring: tk.Keyring, dtype: Any) -> None:
    values: list[Any] = [1, 2, 99_999_999, 1]
    if not isinstance(pd.api.types.pandas_dtype(dtype), np.dtype) or dtype == "object":
        values.append(None)
    tokenizer = tk.Tokenizer(policy(n=INTEGER, sealed=ENCRYPT), keyring)
    df = pd.DataFrame({"n": pd.Series(values, dtype=dtype), "sealed": pd.Series(values, dtype=dtype)})
    masked = round_trip(tokenizer, df)
    assert isinstance(masked["n"].dtype, type(df["n"].dtype))
    assert masked["n"].iloc[0] == masked["n"].iloc[3] != 1


@pytest.mark.parametrize(
    "values",
    [
        pd.Series([1.5, None, -0.0, np.inf]),
        pd.Series([1.5, None], dtype="float32"),
        pd.Series([1.5, None], dtype="Float64"),
        pd.Series([True, False]),
        pd.Series([True, None], dtype="boolean"),
        pd.Series([True, None], dtype=object),
        pd.Series([Decimal("1.50"), None]),
        pd.Series([b"x", b"", None]),
        pd.Series([dt.date(2024, 2, 29), None]),
        pd.Series([dt.time(12, 30, 1, 5), None]),
        pd.Series([dt.datetime(2024, 2, 29, 12), None], dtype=object),
        pd.Series(pd.to_datetime(["2024-02-29 12:00:00.000000001", None])).astype("datetime64[ns]"),
        pd.Series(pd.to_datetime(["2024-02-29 12:00", None])).astype("datetime64[us]"),
        pd.Series(pd.to_datetime(["2024-02-29 12:00", None])).astype("datetime64[s]"),
        pd.Series(pd.to_datetime(["2024-02-29 12:00", None]).tz_localize("Europe/Berlin")),
        pd.Series(pd.to_datetime(["2024-02-29 12:00", None]).tz_localize("UTC")).astype("datetime64[ns, UTC]"),
        pd.Series([dt.datetime(2024, 2, 29), None], dtype=pd.ArrowDtype(pa.timestamp("ms", "UTC"))),
    ],
    ids=lambda series: f"{series.dtype}-{type(series.iloc[0]).__name__}",
)
def test_encrypt_brings_every_dtype_back(keyring: tk.Keyring, values: pd.Series) -> None:
    df = pd.DataFrame({"a": values})
    masked = round_trip(tk.Tokenizer(policy(a=ENCRYPT), keyring), df)
    assert {type(cell) for cell in masked["a"].dropna()} == {bytes}
    assert masked["a"].isna().tolist() == df["a"].isna().tolist()


@pytest.mark.parametrize("dtype", ["datetime64[ns]", "datetime64[us]", "datetime64[ns, Europe/Berlin]"])
def test_shifted_timestamps(keyring: tk.Keyring, dtype: str) -> None:
    seen = pd.Series(["2024-02-29 12:00", None, "2024-03-01 00:00:00.000001"])
    seen = pd.to_datetime(seen, format="ISO8601")
    seen = seen.dt.tz_localize("UTC").astype(dtype) if "Berlin" in dtype else seen.astype(dtype)
    df = pd.DataFrame({"who": ["a", "b", "a"], "seen": seen})
    tokenizer = tk.Tokenizer(policy(who=KEEP, seen=SHIFT), keyring)
    masked = round_trip(tokenizer, df)
    assert masked["seen"].dtype == dtype
    assert masked["seen"].iloc[2] - masked["seen"].iloc[0] == seen.iloc[2] - seen.iloc[0]
    assert masked["seen"].iloc[0] != seen.iloc[0]


@pytest.mark.parametrize("null", NULLS, ids=repr)
def test_nulls_of_object_columns_stay_what_they_are(keyring: tk.Keyring, null: Any) -> None:
    df = pd.DataFrame({"ssn": pd.Series([SSNS[0], null, *NULLS], dtype=object)})
    tokenizer = tk.Tokenizer(policy(ssn=SSN), keyring)
    masked = tokenizer.mask(df)
    clear = tokenizer.unmask(masked)
    for frame in (masked, clear):
        assert frame["ssn"].dtype == object
        assert same_nulls(frame["ssn"], df["ssn"])
    assert clear["ssn"].iloc[0] == SSNS[0]


STEADY = {"encrypt": {"mode": "deterministic"}}
MONEY = [Decimal("1.50"), None, Decimal("99999999.99")]


def test_decimals_that_are_kept(keyring: tk.Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are not converted, which would take longer than masking does; their values and kinds of null stay."""
    df = pd.DataFrame({"ssn": SSNS, "amount": pd.Series([MONEY[0], pd.NA, Decimal("sNaN")], dtype=object)})
    tokenizer = tk.Tokenizer(policy(ssn=SSN, amount=KEEP), keyring)
    convert = Mock(wraps=_series.convert)
    monkeypatch.setattr(_series, "convert", convert)
    masked = tokenizer.mask(df)
    assert [call.args[0] for call in convert.call_args_list] == ["ssn"]
    assert all(a is b for a, b in zip(masked["amount"], df["amount"], strict=True))
    plan = tk.Tokenizer(policy(ssn=SSN, amount=KEEP), keyring).plan_mask(df.head(1))
    assert plan.mask(df)["ssn"].equals(masked["ssn"]), "a plan for narrower decimals, which are kept all the same"


@pytest.mark.parametrize("rule", [ENCRYPT, {**PSEUDONYM, "output": "hex"}, {"action": "redact"}], ids=str)
def test_decimals_that_are_masked(keyring: tk.Keyring, rule: dict[str, Any]) -> None:
    frame = pd.DataFrame({"amount": pd.Series(MONEY, dtype=object), "kept": pd.Series(MONEY, dtype=object)})
    table = pa.table({"amount": MONEY, "kept": MONEY})
    tokenizer = tk.Tokenizer(policy(amount={**rule, **STEADY.get(rule["action"], {})}, kept=KEEP), keyring)
    masked = tokenizer.mask(frame)
    cells = pa.array(masked["amount"], from_pandas=True).to_pylist()
    assert cells == tokenizer.mask(table)["amount"].to_pylist(), "by their own type, not another"


def test_decimals_in_the_index(keyring: tk.Keyring) -> None:
    df = pd.DataFrame({"ssn": SSNS}, index=pd.Index(pd.Series(MONEY, dtype=object), name="amount"))
    tokenizer = tk.Tokenizer(policy(ssn=SSN, amount=KEEP), keyring)
    assert tokenizer.mask(df).index.equals(df.index)


def test_a_rule_that_does_not_work_on_decimals_names_their_type(keyring: tk.Keyring) -> None:
    df = pd.DataFrame({"amount": pd.Series(MONEY, dtype=object)})
    with pytest.raises(tk.PolicyError, match=r"Decimal128\(10, 2\)"):
        tk.Tokenizer(policy(amount=SSN), keyring).mask(df)


@pytest.mark.parametrize("values", [[], [None, None], [float("nan")], [pd.NaT, None]], ids=str)
def test_object_columns_without_values(keyring: tk.Keyring, values: list[Any]) -> None:
    df = pd.DataFrame({"ssn": pd.Series(values, dtype=object), "k": [1] * len(values)})
    tokenizer = tk.Tokenizer(policy(ssn=SSN, k=KEEP), keyring)
    masked = tokenizer.mask(df)
    assert_frame_equal(masked, df)
    assert same_nulls(masked["ssn"], df["ssn"])


def test_kept_columns_are_as_they_were(keyring: tk.Keyring) -> None:
    kept = pd.DataFrame(
        {
            "cat": pd.Categorical(["b", "a", "b"], categories=["a", "b", "unused"], ordered=True),
            "period": pd.period_range("2024-01", periods=3, freq="M"),
            "interval": pd.interval_range(0, 3),
            "delta": pd.to_timedelta([1, 2, None], unit="h"),
            "sparse": pd.arrays.SparseArray([0, 0, 1]),
            "nested": [{"a": [1, 2]}, None, {"a": []}],
            "complex_name é": [1, 2, 3],
        }
    )
    rules = {f"`{name}`": KEEP for name in kept.columns}
    tokenizer = tk.Tokenizer({"version": 1, "name": "k", "columns": {**rules, "ssn": SSN}}, keyring)
    df = kept.assign(ssn=SSNS)
    masked = round_trip(tokenizer, df)
    assert_frame_equal(masked[kept.columns], kept)


def test_categoricals_get_new_categories(keyring: tk.Keyring) -> None:
    dtype = pd.CategoricalDtype(["987654321", "123-45-6789", "001-01-0001"], ordered=True)
    df = pd.DataFrame({"ssn": pd.Series(["123-45-6789", None, "987654321"], dtype=dtype)})
    tokenizer = tk.Tokenizer(policy(ssn=SSN), keyring)
    masked = tokenizer.mask(df)
    assert isinstance(masked["ssn"].dtype, pd.CategoricalDtype)
    assert not masked["ssn"].cat.ordered
    assert len(masked["ssn"].cat.categories) == 2
    assert not set(masked["ssn"].cat.categories) & set(dtype.categories)
    clear = tokenizer.unmask(masked)
    assert isinstance(clear["ssn"].dtype, pd.CategoricalDtype)
    assert clear["ssn"].astype(object).tolist()[::2] == ["123-45-6789", "987654321"]


@pytest.mark.parametrize(
    "index",
    [
        pd.RangeIndex(3),
        pd.RangeIndex(10, 40, 10, name="row"),
        pd.Index(["x", "y", "z"]),
        pd.Index(["x", "y", "z"], name="kept"),
        pd.Index([3, 1, 2], name="kept"),
        pd.DatetimeIndex(["2024-01-01", "2024-01-02", "2024-01-04"], name="kept"),
        pd.CategoricalIndex(["a", "b", "a"], name="kept"),
        pd.MultiIndex.from_tuples([("x", 1), ("x", 2), ("y", 1)], names=["kept", None]),
        pd.Index([SSNS[0], SSNS[0], None], name="secret", dtype=object),
        pd.MultiIndex.from_arrays([SSNS, [1, 2, 3]], names=["secret", "kept"]),
        pd.MultiIndex.from_arrays([SSNS, SSNS], names=["secret", None]),
    ],
    ids=lambda index: f"{type(index).__name__}-{list(index.names)}",
)
def test_indexes(keyring: tk.Keyring, index: pd.Index) -> None:
    optional = {"optional": True}
    rules = policy(
        ssn=SSN,
        secret={**SSN, **optional},
        kept={**KEEP, **optional},
        __index_level_0__=KEEP | optional,
        __index_level_1__=KEEP | optional,
    )
    df = pd.DataFrame({"ssn": SSNS}, index=index)
    masked = round_trip(tk.Tokenizer(rules, keyring), df)
    assert masked.index.names == index.names
    assert type(masked.index) is type(index)
    if "secret" in index.names:
        assert not set(masked.index.get_level_values("secret").dropna()) & set(SSNS)
    else:
        assert masked.index.equals(index)


def test_an_index_is_a_column_under_the_policy(keyring: tk.Keyring) -> None:
    df = pd.DataFrame({"a": [1]}, index=["secret"])
    with pytest.raises(tk.PolicyError, match="column __index_level_0__: is not named in the policy"):
        tk.Tokenizer(policy(a=KEEP), keyring).mask(df)
    masked = tk.Tokenizer(policy("drop", a=KEEP), keyring).mask(df)
    assert isinstance(masked.index, pd.RangeIndex)


def test_order_labels_and_dropped_columns(keyring: tk.Keyring) -> None:
    df = pd.DataFrame([[1, SSNS[0], 2, 3]], columns=pd.Index([7, "ssn", "gone", "a.b"], name="labels", dtype=object))
    rules = {"7": KEEP, "ssn": SSN, "gone": {"action": "drop"}, "`a.b`": KEEP}
    tokenizer = tk.Tokenizer({"version": 1, "name": "k", "columns": rules}, keyring)
    masked = tokenizer.mask(df)
    assert masked.columns.tolist() == [7, "ssn", "a.b"]
    assert masked.columns.name == "labels"
    assert_frame_equal(tokenizer.unmask(masked), df.drop(columns="gone"))
    twice = pd.DataFrame([[1, 2]], columns=["ssn", "ssn"])
    with pytest.raises(tk.PolicyError, match="stands twice"):
        tokenizer.mask(twice)


def test_attrs(keyring: tk.Keyring) -> None:
    tokenizer = tk.Tokenizer(policy(ssn=SSN, n=INTEGER), keyring)
    df = pd.DataFrame({"ssn": SSNS, "n": pd.Series([1, 2, 3], dtype="int32")})
    df.attrs = {"note": "perhaps a name"}
    masked = tokenizer.mask(df)
    assert set(masked.attrs) == {"tokenize"}
    masked.attrs["later"] = 1
    part = tokenizer.unmask(masked, columns=["n"])
    assert part["ssn"].tolist() == masked["ssn"].tolist()
    assert json.loads(part.attrs["tokenize"])["paths"] == ["ssn"]
    whole = tokenizer.unmask(part)
    assert_frame_equal(whole, df)
    assert whole.attrs == {"later": 1}
    assert_frame_equal(tokenizer.unmask(masked[["ssn"]]), df[["ssn"]])
    assert_frame_equal(tokenizer.unmask(masked.assign(new=1)), df.assign(new=1))


def test_attrs_outlive_the_keys_promotion(keyring: tk.Keyring) -> None:
    df = pd.DataFrame({"ssn": SSNS})
    masked = tk.Tokenizer(policy(ssn=SSN), keyring).mask(df)
    keyring.add()
    keyring.promote(2)
    tokenizer = tk.Tokenizer(policy(ssn=SSN), keyring)
    assert_frame_equal(tokenizer.unmask(masked), df)
    masked.attrs.clear()
    with pytest.raises(tk.PolicyError, match="several"):
        tokenizer.unmask(masked)
    assert_frame_equal(tokenizer.unmask(masked, key_version=1), df)


def test_the_policy_where_attrs_are_gone(keyring: tk.Keyring, tmp_path: Path) -> None:
    tokenizer = tk.Tokenizer(policy(ssn=SSN, e={**ENCRYPT, "output": "string"}, n=ENCRYPT, k=KEEP), keyring)
    df = pd.DataFrame({"ssn": SSNS, "e": ["é", "", None], "n": [1, 2, 3], "k": [1.5, None, 2]})
    masked = tokenizer.mask(df)
    other = tokenizer.mask(df.iloc[:1])
    both = pd.concat([masked, other], ignore_index=True)
    expected = pd.concat([df, df.iloc[:1]], ignore_index=True)
    both.attrs.clear()
    assert_frame_equal(tokenizer.unmask(both), expected)
    joined = masked.merge(masked[["ssn"]], on="ssn")
    joined.attrs.clear()
    assert_frame_equal(tokenizer.unmask(joined), df)
    masked.drop(columns="n").to_csv(tmp_path / "masked.csv", index=False)
    read = pd.read_csv(tmp_path / "masked.csv", dtype={"ssn": str})
    assert tokenizer.unmask(read)["ssn"].tolist() == SSNS
    masked.attrs["tokenize"] = "not json"
    assert_frame_equal(tokenizer.unmask(masked), df)


def test_nested_columns(keyring: tk.Keyring) -> None:
    rules = policy(tags=KEEP, **{"person.ssn": SSN, "person.name": KEEP, "mails[]": EMAIL})
    df = pd.DataFrame(
        {
            "person": [{"ssn": SSNS[0], "name": "A"}, None, {"ssn": None, "name": "C"}],
            "mails": [["a.b@example.com", None], [], None],
            "tags": [["x"], None, []],
        }
    )
    tokenizer = tk.Tokenizer(rules, keyring)
    masked = tokenizer.mask(df)
    assert masked["person"][0]["ssn"] != SSNS[0]
    assert masked["person"][0]["name"] == "A"
    assert masked["mails"][0][0].endswith("@example.com")
    assert_frame_equal(tokenizer.unmask(masked), df)
    part = tokenizer.unmask(masked, columns=["mails[]"])
    assert part["person"][0] == masked["person"][0]
    assert_frame_equal(tokenizer.unmask(part), df)


@pytest.mark.parametrize("rows", [0, 1])
def test_few_rows(keyring: tk.Keyring, rows: int) -> None:
    df = pd.DataFrame({"ssn": SSNS, "n": [1, 2, 3], "k": [1.0, 2.0, 3.0]}).iloc[:rows]
    round_trip(tk.Tokenizer(policy(ssn=SSN, n=INTEGER, k=KEEP), keyring), df)


def test_values_that_become_null(keyring: tk.Keyring) -> None:
    rules = policy(n={**INTEGER, "on_invalid": "nullify"}, t={**DIGITS, "on_invalid": "redact"})
    df = pd.DataFrame({"n": [1, -5], "t": ["1234567", "x"]})
    masked = tk.Tokenizer(rules, keyring).mask(df)
    assert str(masked["n"].dtype) == "Int64"
    assert masked["n"].isna().tolist() == [False, True]
    assert masked["t"][1] == "[REDACTED]"


def test_big_pseudonyms_stay_exact(keyring: tk.Keyring) -> None:
    rules = policy(who={**PSEUDONYM, "output": "int64"})
    masked = tk.Tokenizer(rules, keyring).mask(pd.DataFrame({"who": ["a", None, "b"]}))
    assert str(masked["who"].dtype) == "Int64"
    exact = tk.Tokenizer(rules, keyring).mask(pa.table({"who": ["a", None, "b"]}))["who"].to_pylist()
    assert masked["who"].dropna().tolist() == [exact[0], exact[2]]


def test_through_parquet(keyring: tk.Keyring, tmp_path: Path) -> None:
    """What pandas writes of a masked frame is a masked frame again when pandas reads it."""
    tokenizer = tk.Tokenizer(policy(ssn=SSN, n=ENCRYPT), keyring)
    df = pd.DataFrame({"ssn": SSNS, "n": pd.Series([1, 2, 3], dtype="int16")}, index=pd.RangeIndex(3))
    tokenizer.mask(df).to_parquet(tmp_path / "masked.parquet")
    assert_frame_equal(tokenizer.unmask(pd.read_parquet(tmp_path / "masked.parquet")), df)
