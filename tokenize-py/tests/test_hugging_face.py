"""Hugging Face datasets: batches of Arrow, streams, and the cache that goes by pickles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pytest
import tokenize_py as tk
from conftest import EMAIL, KEEP, SSN, policy

ROWS = 100


@pytest.fixture
def tokenizer(keyring: tk.Keyring) -> tk.Tokenizer:
    return tk.Tokenizer(policy(ssn=SSN, email=EMAIL, label=KEEP), keyring)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    datasets.disable_progress_bars()


def table() -> pa.Table:
    return pa.table({
        "ssn": [f"{100 + i % 500:03}-{1 + i % 99:02}-{1 + i % 9999:04}" for i in range(ROWS)],
        "email": [f"user{i}@example.com" for i in range(ROWS)],
        "label": pa.array(range(ROWS), pa.int64()),
    })


def stored(folder: Path) -> Any:
    """A data set on disk, as only such a one has a cache."""
    path = folder / "clear.parquet"
    if not path.exists():
        import pyarrow.parquet as pq

        pq.write_table(table(), path)
    return datasets.Dataset.from_parquet(str(path), cache_dir=str(folder / "cache"))


@pytest.mark.parametrize("workers", [None, 2])
def test_map_in_batches(tokenizer: tk.Tokenizer, tmp_path: Path, workers: int | None) -> None:
    clear = stored(tmp_path).with_format("arrow")
    masked = clear.map(tokenizer.mask, batched=True, batch_size=30, num_proc=workers)
    assert masked.data.table.to_pydict() == tokenizer.mask(table()).to_pydict()


def test_the_cache_knows_an_equal_tokenizer(tokenizer: tk.Tokenizer, tmp_path: Path) -> None:
    rules = policy(ssn=SSN, email=EMAIL, label=KEEP)
    first = stored(tmp_path).with_format("arrow").map(tokenizer.mask, batched=True)
    again = tk.Tokenizer(rules, tk.Keyring.open(tmp_path / "keyring.json"))
    second = stored(tmp_path).with_format("arrow").map(again.mask, batched=True)
    assert second._fingerprint == first._fingerprint
    assert second.cache_files == first.cache_files
    other = tk.Tokenizer(policy(ssn=SSN, email=KEEP, label=KEEP), tk.Keyring.open(tmp_path / "keyring.json"))
    assert stored(tmp_path).with_format("arrow").map(other.mask, batched=True)._fingerprint != first._fingerprint


def test_a_stream_is_masked_as_it_is_read(tokenizer: tk.Tokenizer, tmp_path: Path) -> None:
    clear = stored(tmp_path).to_iterable_dataset().with_format("arrow")
    stream = clear.map(tokenizer.mask, batched=True, batch_size=30)
    rows = [row for batch in stream.iter(batch_size=30) for row in batch.to_pylist()]
    assert rows == tokenizer.mask(table()).to_pylist()
