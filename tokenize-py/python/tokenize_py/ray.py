"""Mask and unmask Ray Data datasets.

    from tokenize_py.ray import mask, unmask

    masked = mask(ray.data.read_parquet("raw"), "policy.yaml", keyring)
    masked.write_parquet("masked")
    clear = unmask(ray.data.read_parquet("masked"), keyring)

Blocks go through Arrow. What was done stands in the metadata of their schemas, which Ray writes into Parquet files. The
keyring travels wrapped; each Ray worker, which needs this package, unwraps the keys that it uses.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tokenize_py import _cluster, _core, _manifests
from tokenize_py._core import Keyring
from tokenize_py._errors import DataError, TokenizeError, moved
from tokenize_py._policy import Policy

if TYPE_CHECKING:
    from ray.data import Dataset

__all__ = ["manifest", "mask", "unmask"]


def mask(ds: Dataset, policy: Policy, keyring: Keyring) -> Dataset:
    """Mask a dataset.

    Everything that can be refused is refused now, in the calling process; to learn the columns, Ray may read a first
    block. With ``encrypt`` and ``key: output`` the data key is made now too: its wrapped form is in the metadata of the
    blocks, and in :func:`manifest`, which has to be stored where the output keeps no metadata (CSV, JSON).

    Args:
        ds: The data.
        policy: The policy's path, its text, or the same tree as a dict.
        keyring: The keyring.

    Returns:
        A dataset that masks when it is computed. A value that does not fit ends it with an
        :class:`InvalidValueError` inside Ray's exception.

    Raises:
        PolicyError: Policy and columns do not go together, or a column is masked already.
        KeyringError: A key version cannot be used, or the keyring is a writer file.
        KmsError: The keyring's KMS does not give a key.
        DataError: The dataset has no columns.

    """
    work, plan = _cluster.mask(policy, keyring, _schema(ds))
    return _mapped(ds, work, plan)


def unmask(
    ds: Dataset,
    keyring: Keyring,
    *,
    policy: Policy | None = None,
    columns: Sequence[str] | None = None,
    key_version: int | None = None,
    manifests: Sequence[_manifests.Manifest] = (),
) -> Dataset:
    """Reverse what is reversible; one-way columns stay as they are.

    Goes by what the first block says of itself: datasets of several outputs are unmasked one by one.

    Args:
        ds: The masked data.
        keyring: The keyring.
        policy: The policy that the data was masked by, where it carries nothing and there are no manifests. A first
            block is then read, to learn what encrypted columns hold.
        columns: Column paths to reverse; all reversible ones if ``None``.
        key_version: The key version, where nothing records it.
        manifests: Manifests of the outputs that the rows come from, as texts or paths.

    Raises:
        PolicyError: The metadata was edited or does not fit the keyring, or there is none.
        KeyringError: A key version cannot be used.
        KmsError: The keyring's KMS does not give a key.
        DataError: The dataset has no columns.

    """
    schema = _schema(ds)
    way = _cluster.Way.of(columns, key_version, manifests)
    is_told = manifests or policy is None or MANIFEST in (schema.metadata or {})
    samples = None if is_told else _first(ds)
    work, plan = _cluster.unmask(_cluster.reader(policy, keyring), schema, way, samples)
    return _mapped(ds, work, plan)


def manifest(ds: Dataset) -> str:
    """Give the manifest of a masked dataset: what was done, and the wrapped data keys, as JSON.

    Raises:
        DataError: It carries none.

    """
    found = (_schema(ds).metadata or {}).get(MANIFEST)
    if found is None:
        raise DataError("the dataset does not say what was done to it", code="manifest")
    text: str = found.decode()
    return text


class Treat:
    """What Ray calls with a block."""

    def __init__(self, work: _cluster.Work) -> None:
        self.work = work

    def __call__(self, block: Any) -> Any:
        """Treat a block; rows are counted in it."""
        import pyarrow as pa

        failure = TokenizeError("")
        try:
            plan = _cluster.plan_of(self.work)
            schema = _cluster.schema_of_bytes(self.work.schema)
            if block.num_columns == 0:
                return _cluster.schema_of(plan).empty_table()
            return pa.table(plan.apply_all(_planned(block, schema)))
        except TokenizeError as error:
            failure = moved(error, "in a block")
        except Exception as error:
            # What others say may quote values.
            failure = DataError(f"a block is not as planned ({type(error).__name__})", code="reader")
        raise failure


def _planned(block: Any, schema: Any) -> Any:
    """Give the block with the planned types and metadata: blocks of one dataset may differ in these."""
    import pyarrow as pa

    columns = [
        column if column.type == field.type else column.cast(field.type)
        for field, column in ((field, block.column(field.name)) for field in schema)
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _mapped(ds: Dataset, work: _cluster.Work, plan: _core.Plan) -> Dataset:
    # All rows of a block at once: a batch of a fixed size would be copied together from several.
    return ds.map_batches(Treat(work), batch_format="pyarrow", batch_size=None)


def _schema(ds: Dataset) -> Any:
    """Give the Arrow schema of a dataset; one whose blocks are of another kind is asked for its first rows."""
    import pyarrow as pa

    found = getattr(ds.schema(), "base_schema", None)
    if isinstance(found, pa.Schema):
        return found
    first = _first(ds)
    if first is None:
        raise DataError("the dataset has no columns", code="no_columns")
    return first.schema


def _first(ds: Dataset) -> Any:
    """Give the first rows, as many as one look for encrypted cells takes."""
    for batch in ds.limit(LOOKED_AT).iter_batches(batch_format="pyarrow", batch_size=None):
        if batch.num_columns:
            return batch
    return None


MANIFEST = b"tokenize.manifest"
LOOKED_AT = 10_000
