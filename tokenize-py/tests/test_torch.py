"""`tokenize_py.torch`: every row once, with the tokens of every door; and nothing clear goes on."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import datasets
import datasets.distributed
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
import tokenize_py as tk
import torch
from conftest import CANARY, EMAIL, ENCRYPT, KEEP, SSN, assert_silent, policy
from tokenize_py.torch import MaskedDataset, MaskedDict, guarded
from torch.utils.data import DataLoader, IterableDataset

ROWS = 5_000
RULES = policy(n=KEEP, ssn=SSN, email=EMAIL, seen={"action": "shift_date", "subject": "ssn", "max_days": 9})
WORKERS = [(0, None), (1, "fork"), (2, "fork"), (2, "spawn")]


def table(rows: int = ROWS) -> pa.Table:
    return pa.table({
        "n": pa.array(range(rows), pa.int64()),
        "ssn": [f"{100 + i % 500:03}-{1 + i % 99:02}-{1 + i % 9999:04}" for i in range(rows)],
        "email": [None if i % 7 == 0 else f"user{i}@example.com" for i in range(rows)],
        "seen": pa.array(range(rows), pa.date32()),
    })


@pytest.fixture
def tokenizer(keyring: tk.Keyring) -> tk.Tokenizer:
    return tk.Tokenizer(RULES, keyring)


def loader(data: MaskedDataset, workers: int, method: str | None, **options: Any) -> Any:
    return DataLoader(data, num_workers=workers, multiprocessing_context=method, **options)


def rows_of(batches: Any) -> list[dict[str, Any]]:
    rows = [row for batch in batches for row in batch.to_pylist()]
    return sorted(rows, key=lambda row: int(row["n"]))


class Rows:
    """An iterable of one's own, that begins anew each time."""

    def __init__(self, dicts: list[dict[str, Any]]) -> None:
        self.dicts = dicts

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.dicts)


class Whole(IterableDataset):  # type: ignore[misc]
    """Gives all tables to every worker."""

    def __init__(self, tables: list[pa.Table]) -> None:
        self.tables = tables

    def __iter__(self) -> Iterator[pa.Table]:
        return iter(self.tables)


class Part(Whole):
    """Gives each worker its own tables."""

    def __iter__(self) -> Iterator[pa.Table]:
        worker = torch.utils.data.get_worker_info()
        start, step = (0, 1) if worker is None else (worker.id, worker.num_workers)
        return iter(self.tables[start::step])


def parquet(folder: Path) -> Path:
    path = folder / "clear.parquet"
    pq.write_table(table(), path, row_group_size=700)
    return path


def folder_of_files(folder: Path) -> Path:
    for number in range(3):
        place = folder / "files"
        place.mkdir(exist_ok=True)
        part = table().slice(number * 2_000, 2_000)
        pq.write_table(part, place / f"{number}.parquet", row_group_size=500)
    return folder / "files"


def files_of(folder: Path) -> list[Path]:
    return sorted(folder_of_files(folder).iterdir())


def pieces() -> list[pa.Table]:
    return [table().slice(start, 400) for start in range(0, ROWS, 400)]


def in_features(data: pa.Table) -> Any:
    return datasets.Dataset(data)


SOURCES: dict[str, Callable[[Path], Any]] = {
    "path": parquet,
    "text": lambda folder: str(parquet(folder)),
    "folder": folder_of_files,
    "list": files_of,
    "dataset": lambda folder: ds.dataset(parquet(folder)),
    "fragments": lambda folder: list(ds.dataset(files_of(folder)).get_fragments()),
    "table": lambda _: table(),
    "Polars": lambda _: pl.DataFrame(table()),
    "tables": lambda _: pieces(),
    "batches": lambda _: [batch for piece in pieces() for batch in piece.to_batches()],
    "rows": lambda _: Rows(table().to_pylist()),
    "Hugging Face": lambda _: in_features(table()),
    "stream of one shard": lambda _: in_features(table()).to_iterable_dataset(),
    "stream of shards": lambda _: in_features(table()).to_iterable_dataset(num_shards=5),
}


SPAWNED = ("path", "rows", "stream of shards")
"""One of each sort: a process that starts empty takes seconds to import torch."""

CASES = [(source, *case) for source in SOURCES for case in WORKERS if case[1] != "spawn" or source in SPAWNED]


@pytest.mark.parametrize(("source", "workers", "method"), CASES, ids=str)
def test_every_row_once(
    tokenizer: tk.Tokenizer, tmp_path: Path, source: str, workers: int, method: str | None
) -> None:
    data = MaskedDataset(SOURCES[source](tmp_path), tokenizer, batch_size=300)
    batches = list(loader(data, workers, method, batch_size=None))
    assert all(type(batch) is pa.RecordBatch and 0 < batch.num_rows <= 300 for batch in batches)
    assert all(tk.guard(batch, tokenizer) is batch for batch in batches)
    assert rows_of(batches) == tokenizer.mask(table()).to_pylist()


@pytest.mark.parametrize(("workers", "method"), WORKERS, ids=lambda it: str(it))
def test_rows_are_collated(tokenizer: tk.Tokenizer, tmp_path: Path, workers: int, method: str | None) -> None:
    rules = policy("drop", n=KEEP, ssn=SSN)
    tokenizer = tk.Tokenizer(rules, tk.Keyring.open(tmp_path / "keyring.json"))
    data = MaskedDataset(parquet(tmp_path), tokenizer)
    numbers, tokens = [], []
    for batch in loader(data, workers, method, batch_size=32, collate_fn=guarded(tokenizer)):
        assert tk.guard(batch, tokenizer) is batch
        assert type(batch["n"]) is torch.Tensor
        numbers += batch["n"].tolist()
        tokens += batch["ssn"]
    expected = tokenizer.mask(table())
    assert dict(zip(numbers, tokens, strict=True)) == dict(
        zip(expected["n"].to_pylist(), expected["ssn"].to_pylist(), strict=True)
    )


def test_a_second_epoch_is_like_the_first(tokenizer: tk.Tokenizer, tmp_path: Path) -> None:
    data = loader(MaskedDataset(parquet(tmp_path), tokenizer, batch_size=64), 2, "fork", batch_size=None)
    assert rows_of(data) == rows_of(data)
    kept = loader(
        MaskedDataset(parquet(tmp_path), tokenizer, batch_size=64), 2, "fork", batch_size=None, persistent_workers=True
    )
    assert rows_of(kept) == rows_of(kept)


def test_a_dataset_of_one_s_own_says_whether_it_is_shared_out(tokenizer: tk.Tokenizer) -> None:
    expected = tokenizer.mask(table()).to_pylist()
    for source, sharded in ((Whole(pieces()), False), (Part(pieces()), True)):
        with pytest.raises(ValueError, match="sharded=True"):
            MaskedDataset(source, tokenizer)
        for workers in (0, 2):
            data = MaskedDataset(source, tokenizer, batch_size=1_000, sharded=sharded)
            assert rows_of(loader(data, workers, None, batch_size=None)) == expected


def test_an_iterator_is_for_one_process(tokenizer: tk.Tokenizer) -> None:
    data = MaskedDataset(iter(pieces()), tokenizer, batch_size=1_000)
    with pytest.raises(ValueError, match="an iterator cannot be gone through by several workers"):
        list(loader(data, 2, "fork", batch_size=None))
    assert len(rows_of(loader(data, 0, None, batch_size=None))) == ROWS


def test_columns_by_their_names(tokenizer: tk.Tokenizer) -> None:
    source = [{name: piece[name].to_pylist() for name in piece.column_names} for piece in pieces()]
    data = MaskedDataset(source, tokenizer, batch_size=1_000, dicts="columns")
    assert rows_of(loader(data, 2, "fork", batch_size=None)) == tokenizer.mask(table()).to_pylist()
    uneven = [{"n": [1, 2], "ssn": [CANARY], "email": [None], "seen": [None]}]
    failed(lambda: list(MaskedDataset(uneven, tokenizer, dicts="columns")), tk.DataError, "not equally long")


def rank(number: int, folder: str, method: str, of: int) -> None:
    """What one process of a group does: reads its share through workers and writes down which rows it had."""
    torch.distributed.init_process_group(
        "gloo", init_method=f"file://{folder}/group-{method}", rank=number, world_size=of
    )
    tokenizer = tk.Tokenizer(policy("drop", n=KEEP, ssn=SSN), tk.Keyring.open(f"{folder}/keyring.json"))
    sources: list[Any] = [
        f"{folder}/clear.parquet",
        in_features(table()).to_iterable_dataset(num_shards=3),
        pieces(),
        datasets.distributed.split_dataset_by_node(in_features(table()).to_iterable_dataset(), number, of),
    ]
    for place, source in enumerate(sources):
        data = MaskedDataset(source, tokenizer, batch_size=100)
        batches = list(loader(data, 2, method, batch_size=None))
        numbers = [value for batch in batches for value in batch["n"].to_pylist()]
        Path(folder, f"{place}-{number}").write_text(" ".join(map(str, numbers)))
    torch.distributed.destroy_process_group()


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_ranks_share_the_rows(keyring: tk.Keyring, tmp_path: Path, method: str) -> None:
    parquet(tmp_path)
    context = torch.multiprocessing.get_context("spawn")
    processes = [context.Process(target=rank, args=(number, str(tmp_path), method, 2)) for number in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(180)
        assert process.exitcode == 0
    for place in range(4):
        parts = [(tmp_path / f"{place}-{number}").read_text().split() for number in range(2)]
        assert all(len(part) > ROWS // 10 for part in parts)
        assert sorted(map(int, parts[0] + parts[1])) == list(range(ROWS))


def failed(call: Callable[[], Any], kind: type[Exception], *words: str) -> Any:
    with pytest.raises(kind) as caught:
        call()
    assert type(caught.value) is kind
    assert_silent(caught.value)
    for word in words:
        assert word in str(caught.value)
    return caught.value


@pytest.mark.parametrize(("workers", "method"), WORKERS, ids=lambda it: str(it))
def test_a_value_that_does_not_fit(
    tokenizer: tk.Tokenizer, tmp_path: Path, workers: int, method: str | None
) -> None:
    clear = table().to_pydict()
    clear["ssn"][3_210] = CANARY
    pq.write_table(pa.table(clear), tmp_path / "clear.parquet", row_group_size=700)
    data = MaskedDataset(tmp_path / "clear.parquet", tokenizer)
    error = failed(
        lambda: list(loader(data, workers, method, batch_size=8, collate_fn=list)),
        tk.InvalidValueError,
        f"{tmp_path}/clear.parquet: column ssn, row 3210: a value does not fit the format",
    )
    if not workers:
        assert (error.column, error.row, error.path) == ("ssn", 3_210, str(tmp_path / "clear.parquet"))
    rows = MaskedDataset(Rows(pa.table(clear).to_pylist()), tokenizer)
    failed(lambda: list(loader(rows, workers, method, batch_size=None)), tk.InvalidValueError, "ssn, row 3210:")


@pytest.mark.parametrize("workers", [0, 2])
def test_a_source_that_fails_is_not_quoted(tokenizer: tk.Tokenizer, tmp_path: Path, workers: int) -> None:
    sources: list[Any] = [Failing(), in_features(table()).to_iterable_dataset().map(spoil)]
    for source in sources:
        data = MaskedDataset(source, tokenizer, batch_size=10)
        failed(partial(list, loader(data, workers, "fork" if workers else None, batch_size=None)), tk.DataError,
               "reading failed after", "(ValueError)")  # fmt: skip


class Failing:
    """A source that quotes."""

    def __iter__(self) -> Iterator[Any]:
        yield table(10)
        raise ValueError(CANARY)


def spoil(row: dict[str, Any]) -> dict[str, Any]:
    raise ValueError(CANARY)


@pytest.mark.parametrize("values", [[CANARY, 1], [{"a": CANARY}, {"a": 1}], [object()], [2**70]])
def test_values_that_arrow_cannot_hold(tokenizer: tk.Tokenizer, values: list[Any]) -> None:
    rows = [{"n": 1, "ssn": value, "email": None, "seen": None} for value in values]
    error = failed(lambda: list(MaskedDataset(rows, tokenizer)), tk.DataError, "column ssn")
    assert (error.code, error.__context__) == ("unsupported_values", None)


def test_what_is_refused_when_it_is_made(tokenizer: tk.Tokenizer, keyring: tk.Keyring, tmp_path: Path) -> None:
    path = parquet(tmp_path)
    sealed = tk.Tokenizer(policy(ssn={**ENCRYPT, "key": "output"}, n=KEEP, email=KEEP, seen=KEEP), keyring)
    for made, code in (
        (lambda: MaskedDataset(path, tk.Tokenizer(policy(n=KEEP), keyring)), "unlisted_column"),
        (lambda: MaskedDataset(path, sealed), "unpublished"),
        (lambda: MaskedDataset(tokenizer.mask(table(9)), tokenizer), "already_masked"),
        (lambda: MaskedDataset(tmp_path / "none.parquet", tokenizer), "reader"),
    ):
        with pytest.raises(tk.TokenizeError) as caught:
            made()  # type: ignore[no-untyped-call]
        assert caught.value.code == code
        assert_silent(caught.value)
    for source in (3, b"clear", {"n": [1]}, None):
        with pytest.raises(TypeError, match="is no source of rows"):
            MaskedDataset(source, tokenizer)
    with pytest.raises(ValueError, match="at least 1"):
        MaskedDataset(path, tokenizer, batch_size=0)


def test_what_is_masked_already_is_refused_under_way(tokenizer: tk.Tokenizer) -> None:
    masked = tokenizer.mask(table(9))
    failed(lambda: list(MaskedDataset([table(9), masked], tokenizer)), tk.PolicyError, "masked already")


def images(rows: int = 100) -> list[dict[str, Any]]:
    return [{"image": torch.full((2, 3), i), "ssn": f"123-45-{1 + i:04}", "n": i} for i in range(rows)]


@pytest.mark.parametrize("workers", [0, 2])
def test_tensors_that_are_kept_pass(keyring: tk.Keyring, workers: int) -> None:
    rules = policy(image=KEEP, ssn=SSN, n=KEEP, more={"action": "drop", "optional": True})
    tokenizer = tk.Tokenizer(rules, keyring)
    rows = images()
    columns = [
        {"image": torch.stack([row["image"] for row in rows]), "ssn": [row["ssn"] for row in rows], "n": range(100)}
    ]
    dropped = [{**row, "more": torch.zeros(4)} for row in rows]
    in_numpy = [{**row, "image": np.asarray(row["image"])} for row in rows]
    tokens = tokenizer.mask(pa.table({"image": [1] * 100, "ssn": [r["ssn"] for r in rows], "n": range(100)}))["ssn"]
    for source, dicts in ((Rows(rows), "rows"), (columns, "columns"), (dropped, "rows"), (in_numpy, "rows")):
        data: Any = MaskedDataset(source, tokenizer, dicts=dicts)  # type: ignore[arg-type]
        found: dict[int, str] = {}
        for batch in loader(data, workers, None, batch_size=20, collate_fn=guarded(tokenizer)):
            assert list(batch) == ["image", "ssn", "n"]
            assert tk.guard(batch, tokenizer) is batch
            assert batch["image"].shape[1:] == (2, 3)
            assert batch["image"][:, 0, 0].tolist() == batch["n"].tolist()
            found |= dict(zip(batch["n"].tolist(), batch["ssn"], strict=True))
        assert [found[i] for i in range(100)] == tokens.to_pylist()


@pytest.mark.parametrize("tensor", [torch.tensor(123456789), torch.ones(2), np.ones((2, 2))], ids=["0", "1", "numpy"])
def test_a_tensor_in_a_masked_column_is_refused(keyring: tk.Keyring, tensor: Any) -> None:
    for rules in (policy(ssn=SSN), policy("keep", **{"ssn[]": SSN, "ssn[][]": SSN, "ssn": SSN})):
        for rule in rules["columns"].values():
            rule["optional"] = True
        tokenizer = tk.Tokenizer(rules, keyring)
        error = failed(lambda t=tokenizer: list(MaskedDataset([{"ssn": tensor}], t)), tk.PolicyError, "column ssn")  # type: ignore[misc]
        assert (error.code, error.column) == ("tensor", "ssn")
    tokenizer = tk.Tokenizer(policy(ssn=SSN), keyring)
    data = MaskedDataset([{"stranger": tensor, "ssn": None}], tokenizer)
    assert failed(lambda: list(data), tk.PolicyError, "stranger").code == "unlisted_column"
    kept = tk.Tokenizer(policy(it=KEEP), keyring)
    rows: Any = MaskedDataset([{"it": torch.ones(2)}], kept, batch_size=2)
    assert failed(lambda: list(rows), tk.TokenizeError, "leave batch_size to the DataLoader").code == "tensor"


def test_the_guard_of_a_loader(tokenizer: tk.Tokenizer, tmp_path: Path) -> None:
    collated: list[Any] = []
    collate = guarded(tokenizer, lambda data: (collated.append(data), data)[1])  # type: ignore[func-returns-value]
    masked = tokenizer.mask(table(10))
    [batch], rows = masked.to_batches(), list(MaskedDataset(table(10), tokenizer))
    for data in (masked, batch, rows, [batch, batch]):
        assert collate(data) is data
    assert len(collated) == 4
    clear = masked.set_column(2, "email", table(10)["email"])
    plain = {**rows[0]}
    added = copy.copy(rows[0])
    added["more"] = CANARY
    swapped = MaskedDict.of(clear.schema, rows[0])
    for data in (clear, table(10), [rows[0], plain], plain, torch.ones(2), [batch, clear], [rows[0], added], [swapped]):
        failed(partial(collate, data), tk.PolicyError)
    assert len(collated) == 4
    assert guarded()(rows[0]) == rows[0]
    failed(lambda: guarded()(table(3)), tk.PolicyError, "no manifest")
    again = pickle.loads(pickle.dumps(guarded(tokenizer)))  # noqa: S301
    failed(lambda: again(table(3)), tk.PolicyError, "not masked")


@pytest.mark.parametrize("workers", [0, 2])
def test_unmasked_rows_do_not_leave_a_worker(tokenizer: tk.Tokenizer, workers: int) -> None:
    clear = DataLoader(Whole(pieces()), batch_size=None, num_workers=workers, collate_fn=guarded(tokenizer))
    failed(lambda: list(clear), tk.PolicyError, "not masked: ssn, email, seen")


def test_a_row_keeps_its_schema(tokenizer: tk.Tokenizer) -> None:
    row = next(iter(MaskedDataset(table(3), tokenizer)))
    assert row == tokenizer.mask(table(3)).to_pylist()[0]
    for again in (copy.copy(row), copy.deepcopy(row), pickle.loads(pickle.dumps(row))):  # noqa: S301
        assert type(again) is MaskedDict
        assert again == row
        assert tk.guard(again, tokenizer) is again
    del row["email"]
    assert tk.guard(row, tokenizer) is row


def test_small_parts_of_large_batches_travel_alone(tokenizer: tk.Tokenizer, tmp_path: Path) -> None:
    """A slice's pickle would hold the whole batch that it is of."""
    data = MaskedDataset(parquet(tmp_path), tokenizer, batch_size=10)
    sizes = [len(pickle.dumps(batch)) for batch in loader(data, 1, "fork", batch_size=None)]
    assert len(sizes) == ROWS // 10
    assert max(sizes) < 8 * 1024


def test_pandas_frames_are_tables(tokenizer: tk.Tokenizer) -> None:
    ssns, seen = ["123-45-6789", "987-65-4321"], ["2024-01-01", "2024-02-29"]
    frame = pd.DataFrame({"n": [0, 1], "ssn": ssns, "email": ["b@example.com", "a@example.com"], "seen": seen})
    rows = list(MaskedDataset(frame, tokenizer))
    assert [row["ssn"] for row in rows] == tokenizer.mask(frame)["ssn"].tolist()
