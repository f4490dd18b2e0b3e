"""What goes to the workers of a cluster: what a plan is made from, never a plan, which holds keys.

Everything that can be refused has been refused where the work is made. A worker process unwraps the keys once, with its
first rows.
"""

from __future__ import annotations

import os
import pickle
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tokenize_py import _core, _manifests
from tokenize_py._core import Keyring
from tokenize_py._errors import DataError, KeyringError, KmsError, TokenizeError, moved
from tokenize_py._files import paths
from tokenize_py._policy import Policy
from tokenize_py._tokenizer import Tokenizer


@dataclass(frozen=True)
class Mask:
    """A mask of tables of one schema, under the data keys that the manifest tells of."""

    tokenizer: bytes
    schema: bytes
    manifest: str
    run: bytes
    """Random, and in the name of each task: what is done again makes the same cells, another run others."""

    def task(self, part: int) -> bytes:
        """Name the task that treats a part of the data."""
        return self.run + part.to_bytes(8, "big")

    def plan(self) -> _core.Plan:
        return _core.plan_mask_under(_engine(self.tokenizer), schema_of_bytes(self.schema), self.manifest)


@dataclass(frozen=True)
class Unmask:
    """An unmask of tables of one schema."""

    tokenizer: bytes
    schema: bytes
    samples: bytes
    columns: tuple[str, ...] | None
    key_version: int | None
    manifests: tuple[str, ...]

    def task(self, part: int) -> None:
        """Nothing that is unmasked depends on chance."""

    def plan(self) -> _core.Plan:
        import pyarrow as pa

        columns = None if self.columns is None else list(self.columns)
        samples = pa.ipc.open_stream(self.samples).read_all()
        manifests: list[_core.GivenManifest] = [(text, None) for text in self.manifests]
        return _engine(self.tokenizer).plan_unmask(
            schema_of_bytes(self.schema), samples, columns, self.key_version, manifests
        )


Work = Mask | Unmask


@dataclass(frozen=True)
class Way:
    """How an unmask goes, as the caller says it."""

    columns: tuple[str, ...] | None
    key_version: int | None
    manifests: tuple[str, ...]

    @staticmethod
    def of(columns: Sequence[str] | None, key_version: int | None, manifests: Sequence[_manifests.Manifest]) -> Way:
        names = paths(columns)
        texts = tuple(text for text, _ in _manifests.read(manifests))
        return Way(None if names is None else tuple(names), key_version, texts)


def mask(policy: Policy, keyring: Keyring, schema: Any) -> tuple[Mask, _core.Plan]:
    """Plan a mask, and make its data keys: one for the whole output.

    Args:
        policy: The policy.
        keyring: The keyring.
        schema: The pyarrow schema of the tables.

    """
    if keyring.write_only:
        raise KeyringError(
            "a writer file makes data keys and opens none, but every worker of a cluster has to open the output's\n"
            "hint: use the keyring file itself",
            code="write_only",
        )
    tokenizer = Tokenizer(policy, keyring)
    plan = tokenizer.plan_mask(schema)._plan
    return Mask(pickle.dumps(tokenizer), bytes_of(schema), plan.manifest() or "", os.urandom(16)), plan


def unmask(tokenizer: Tokenizer, schema: Any, way: Way, samples: Any = None) -> tuple[Unmask, _core.Plan]:
    """Plan an unmask.

    Args:
        tokenizer: The keyring, with a policy for tables that do not say what was done to them.
        schema: The pyarrow schema of the tables.
        way: How it goes.
        samples: A pyarrow table with a cell of each encrypted column, where only a policy tells of these.

    """
    import pyarrow as pa

    samples = pa.schema([]).empty_table() if samples is None else samples
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, samples.schema) as writer:
        writer.write_table(samples)
    sampled = sink.getvalue().to_pybytes()
    work = Unmask(
        pickle.dumps(tokenizer), bytes_of(schema), sampled, way.columns, way.key_version, way.manifests
    )
    return work, work.plan()


def reader(policy: Policy | None, keyring: Keyring) -> Tokenizer:
    """Give a tokenizer that unmasks; without a policy it goes by what tables say, and by manifests."""
    return Tokenizer(SILENT if policy is None else policy, keyring)


def schema_of(plan: _core.Plan) -> Any:
    """Give the schema of what comes out of a plan, for pyarrow."""
    import pyarrow as pa

    return pa.schema(plan.schema)


def schema_of_bytes(schema: bytes) -> Any:
    """Read what :func:`bytes_of` has written."""
    import pyarrow as pa

    return pa.ipc.read_schema(pa.py_buffer(schema))


def bytes_of(schema: Any) -> bytes:
    """Write a schema; equal ones give equal bytes."""
    written: bytes = schema.serialize().to_pybytes()
    return written


class Group:
    """Treats the columns of one group of a plan, on a worker; counts the rows that have gone through it."""

    def __init__(self, work: Work, number: int) -> None:
        self.work = work
        self.number = number
        self.rows = 0

    def treat(self, arrays: Sequence[Any], part: int) -> Any:
        """Treat the arrays of one batch, in the order of the group's inputs; ``part`` is the part of the data."""
        import pyarrow as pa

        plan = plan_of(self.work)
        first, place, failure = self.rows, f"partition {part}", TokenizeError("")
        try:
            schema = _input(self.work, self.number)
            given = [_as(array, field.type) for array, field in zip(arrays, schema, strict=True)]
            batch = pa.RecordBatch.from_arrays(given, schema=schema)
            treated = pa.record_batch(plan.apply_group(self.number, batch, first, self.work.task(part)))
            self.rows = first + batch.num_rows
        except TokenizeError as error:
            failure = moved(error, place)
        except Exception as error:
            # What others say may quote values.
            kind = type(error).__name__
            failure = DataError(f"{place}: the rows from row {first} on are not as planned ({kind})", code="reader")
        else:
            return treated
        raise failure


def plan_of(work: Work) -> _core.Plan:
    """Give the plan of a work, made once in each process; its threads are as many as a task has cores."""
    os.environ.setdefault("RAYON_NUM_THREADS", os.environ.get("OMP_NUM_THREADS", "1"))
    try:
        with _making:
            return _plan(work)
    except (KeyringError, KmsError) as error:
        failure = moved(error, f"on the worker {socket.gethostname()}")
        if "\nhint: " not in str(error):
            failure.args = (f"{failure}\nhint: {NEEDED}",)
        else:
            failure.args = (f"{failure}; {NEEDED}",)
    raise failure


@lru_cache(maxsize=16)
def _plan(work: Work) -> _core.Plan:
    return work.plan()


@lru_cache(maxsize=64)
def _input(work: Work, group: int) -> Any:
    """Give the schema of what a group reads."""
    schema = schema_of_bytes(work.schema)
    inputs, _ = _plan(work).groups()[group]
    import pyarrow as pa

    return pa.schema([schema.field(number) for number in inputs])


def _engine(tokenizer: bytes) -> _core.Engine:
    made: Tokenizer = pickle.loads(tokenizer)  # noqa: S301  (made by this program)
    return made._engine


def _as(array: Any, planned: Any) -> Any:
    """Give the array in the type that was planned: instants may name another time zone, texts have other offsets."""
    if getattr(array, "num_chunks", None) is not None:
        array = array.combine_chunks()
    return array if array.type == planned else array.cast(planned)


SILENT = {"version": 1, "name": "unmask", "unlisted": "keep", "columns": {}}
"""A policy that tells of nothing."""

NEEDED = (
    "each worker unwraps the keys by itself: the KEK file of `local:` has to be on every worker at the same path, and "
    "`aws-kms:` needs credentials and the network there"
)

_making = threading.Lock()
