"""PyTorch: rows that are masked in the loader's workers, before they are collated.

from torch.utils.data import DataLoader
from tokenize_py.torch import MaskedDataset, guarded

rows = MaskedDataset("customers.parquet", tokenizer)
loader = DataLoader(rows, batch_size=32, num_workers=2, collate_fn=guarded(tokenizer))
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any, Literal

import pyarrow as pa
import torch
from torch.utils.data import IterableDataset, default_collate, default_convert, get_worker_info

from tokenize_py import _guard, _rows
from tokenize_py._errors import PolicyError, TokenizeError, moved
from tokenize_py._plan import MaskPlan
from tokenize_py._rows import MaskedDict
from tokenize_py._sources import Block, Share, source_of
from tokenize_py._tables import schema_of
from tokenize_py._tokenizer import Tokenizer

__all__ = ["MaskedDataset", "MaskedDict", "guarded"]


class MaskedDataset(IterableDataset):  # type: ignore[misc]
    """Gives the rows of a source masked, each of them once.

    The source is shared out over the workers of the loader and, once ``torch.distributed`` is initialized, over its
    ranks: files by row groups, Hugging Face streams by their shards, all else by blocks of rows. Shares may differ by
    some rows. Each worker unwraps the keys by itself and masks in one thread.

    Rows are dicts (:class:`MaskedDict`), for a ``DataLoader`` that makes batches of them. With ``batch_size`` there are
    ``pyarrow.RecordBatch`` instead, for a ``DataLoader`` with ``batch_size=None``: less work for each row.
    """

    def __init__(
        self,
        source: Any,
        tokenizer: Tokenizer,
        *,
        batch_size: int | None = None,
        dicts: Literal["columns", "rows"] = "rows",
        sharded: bool | None = None,
    ) -> None:
        """Open the source. Where its schema is known, what cannot be masked is refused now.

        Args:
            source: The path of a Parquet file or folder, or several; a ``pyarrow.dataset`` or some of its fragments; a
                table of any kind; a Hugging Face dataset; or an iterable of tables, record batches or dicts.
            tokenizer: Policy and keyring.
            batch_size: The most rows of a batch; rows one by one if ``None``.
            dicts: What a dict of an iterable is: a row, or columns by their names. Tensors may be columns that the
                policy keeps, where rows are given one by one.
            sharded: Whether the source gives each worker and each rank its own part already. Has to be said of an
                ``IterableDataset`` of one's own.

        Raises:
            PolicyError: Policy and columns do not go together.
            DataError: The files cannot be opened.
            KeyringError: A key version cannot be used.
            KmsError: The keyring's KMS does not give a key.
            TokenizeError: The policy encrypts with ``key: output``, for which there is no place here.
            TypeError: There is no reading rows from such a source.
            ValueError: ``batch_size`` is less than 1, or ``sharded`` has to be said.

        """
        if batch_size is not None and batch_size < 1:
            raise ValueError("batch_size must be at least 1")
        self._source = source_of(source, dicts)
        if sharded is None and isinstance(source, IterableDataset) and not _is_of_hugging_face(source):
            raise ValueError(
                "say whether this IterableDataset gives each worker and rank its own part already (sharded=True), or "
                "all rows to every one (sharded=False)"
            )
        self._tokenizer = tokenizer
        self._batch_size = batch_size
        self._sharded = bool(sharded)
        self._by_rank = getattr(source, "_distributed", None) is None
        self._ranks = (0, 1)
        self._plans: dict[bytes, MaskPlan] = {}
        schema = self._source.schema()
        if schema is not None:
            self._plan(schema)

    def __iter__(self) -> Iterator[Any]:
        """Give this worker's rows or batches.

        Raises:
            InvalidValueError: A value does not fit its rule.
            TokenizeError: As :meth:`Tokenizer.mask` raises, or as the constructor does where the schema is known late.
            ValueError: The source is an iterator, which several workers cannot go through.

        """
        is_worker = get_worker_info() is not None
        if is_worker:
            # Workers are the threads here.
            os.environ.setdefault("RAYON_NUM_THREADS", "1")
        size = self._batch_size or 1
        for block in self._source.blocks(self._share(), size * -(-ROWS // size)):
            masked = self._masked(block)
            if self._batch_size is None:
                yield from _rows.rows_of(masked, block.tensors)
                continue
            for start in range(0, masked.num_rows, self._batch_size):
                batch = masked.slice(start, self._batch_size)
                yield _own(batch) if is_worker else batch

    def _masked(self, block: Block) -> Any:
        failure = TokenizeError("")
        try:
            if block.tensors:
                self._refuse_tensors(block)
            plan = self._plan(block.batch.schema)._plan
            return pa.record_batch(plan.apply(block.batch, block.first_row))
        except TokenizeError as error:
            failure = error if block.path is None else moved(error, block.path, block.path)
        raise failure

    def _refuse_tensors(self, block: Block) -> None:
        if self._batch_size is not None:
            raise TokenizeError(
                "tensors do not go into batches of Arrow\nhint: leave batch_size to the DataLoader", code="tensor"
            )
        for name in block.tensors:
            if _guard.fate(self._tokenizer, block.batch.schema.field(name)) == "mask":
                raise PolicyError(
                    f"column {name}: holds tensors, which cannot be masked, and the policy does not keep it\n"
                    "hint: mask before tensors are made",
                    code="tensor",
                    column=name,
                )

    def _plan(self, schema: Any) -> MaskPlan:
        # Equal schemas may differ in what they say of masks that were made before.
        key = schema.serialize().to_pybytes()
        if key not in self._plans:
            plan = self._tokenizer.plan_mask(schema)
            pa.schema(plan._plan.schema)
            self._plans[key] = plan
        return self._plans[key]

    def _share(self) -> Share:
        if self._sharded:
            return Share(0, 1)
        rank, ranks = _ranks() or self._ranks
        if not self._by_rank:
            rank, ranks = 0, 1
        worker = get_worker_info()
        number, workers = (0, 1) if worker is None else (worker.id, worker.num_workers)
        return Share(rank * workers + number, ranks * workers)

    def __getstate__(self) -> dict[str, Any]:
        # A worker that starts empty has no process group, and makes its own plans.
        return {**self.__dict__, "_plans": {}, "_ranks": _ranks() or self._ranks}


class Guarded:
    """What :func:`guarded` makes."""

    def __init__(self, tokenizer: Tokenizer | None, collate: Callable[[Any], Any] | None) -> None:
        self._tokenizer = tokenizer
        self._collate = collate
        self._passed: tuple[Any, list[str]] | None = None

    def __call__(self, data: Any) -> Any:
        for sample in data if isinstance(data, list) else [data]:
            self._look(sample)
        if self._collate is not None:
            return self._collate(data)
        return default_collate(data) if isinstance(data, list) else default_convert(data)

    def _look(self, sample: Any) -> None:
        """Guard a sample, once for all that say the same of themselves."""
        if not (hasattr(sample, "__arrow_c_schema__") or hasattr(sample, "__arrow_c_stream__")):
            raise PolicyError(
                f"a {type(sample).__name__} does not say that it is masked\n"
                "hint: collate what a MaskedDataset gives, and make tensors after the guard",
                code="unguarded",
            )
        names = list(sample) if isinstance(sample, MaskedDict) else []
        schema = sample.schema if isinstance(sample, MaskedDict) else pa.schema(schema_of(sample))
        if self._passed is not None:
            passed, their_names = self._passed
            if names == their_names and (schema is passed or schema.equals(passed, check_metadata=True)):
                return
        _guard.guard(sample, self._tokenizer)
        self._passed = schema, names


def guarded(tokenizer: Tokenizer | None = None, collate: Callable[[Any], Any] | None = None) -> Guarded:
    """Give a ``collate_fn`` that lets masked data through alone: it raises before anything can go to a GPU.

    Args:
        tokenizer: Whose policy says what must be masked, as for :func:`tokenize_py.guard`.
        collate: What makes a batch; the loader's usual function if ``None``. Put here whatever makes tensors.

    Returns:
        A function that raises :class:`PolicyError` for a sample or a batch that is not masked, or does not say that it
        is.

    """
    return Guarded(tokenizer, collate)


def _own(batch: Any) -> Any:
    """Give a batch that has memory of its own where it is a small part of another: that would travel along."""
    if batch.get_total_buffer_size() <= 2 * batch.nbytes + SMALL:
        return batch
    return pa.ipc.read_record_batch(batch.serialize(), batch.schema)


def _ranks() -> tuple[int, int] | None:
    group = torch.distributed
    if not (group.is_available() and group.is_initialized()):
        return None
    return group.get_rank(), group.get_world_size()


def _is_of_hugging_face(source: Any) -> bool:
    return type(source).__module__.partition(".")[0] == "datasets"


ROWS = 1024
"""Rows that are masked together, at least, where they are not read otherwise."""
SMALL = 4096
