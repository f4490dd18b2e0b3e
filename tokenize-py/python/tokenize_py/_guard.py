"""A last look at a batch before it goes where clear values must not: to a GPU, to a log, out of the house."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from tokenize_py import _core
from tokenize_py._errors import PolicyError
from tokenize_py._tables import schema_of

if TYPE_CHECKING:
    from tokenize_py._tokenizer import Tokenizer


def guard(data: Any, tokenizer: Tokenizer | None = None) -> Any:
    """Give the data back if its schema says that what must be masked is; raise if it does not.

    >>> batch = tk.guard(t.mask(people), t)
    >>> tk.guard(people, t)
    Traceback (most recent call last):
    tokenize_py.PolicyError: not masked: email
    hint: mask the data with this policy first

    Looks at the schema alone, never at values: at the tags that a mask leaves in Arrow metadata and ``df.attrs``. It
    finds a step that was forgotten, not an attacker who writes tags. Polars keeps no metadata, so guard before it.

    Without a tokenizer: data that carries no manifest, or no column with a tag, is refused. With one: a leaf without a
    tag is refused unless the policy keeps it, so also a leaf that the policy drops, and one that it does not name
    where ``unlisted`` is ``deny``.

    Args:
        data: A table of any kind, a record batch, a reader, or a schema.
        tokenizer: Whose policy says what must be masked.

    Raises:
        PolicyError: Something is not masked; ``column`` names the first such column, ``faults`` all of them.

    """
    import pyarrow as pa

    schema = pa.schema(_core.spark_parquet(schema_of(data)))
    manifest, masked = _core.masked_paths(schema)
    if tokenizer is None:
        if manifest is None or not masked:
            raise PolicyError("the data does not say that it is masked: it has no manifest", code="unguarded")
        return data
    rest = [field for field in map(_untagged, schema) if field is not None]
    clear = _clear(tokenizer, rest, [path for path in masked if "{" in path])
    if clear:
        names = ", ".join(clear)
        faults = tuple(f"{name}: not masked" for name in clear)
        message = f"not masked: {names}\nhint: mask the data with this policy first"
        raise PolicyError(message, code="unguarded", column=clear[0], faults=faults)
    return data


def _clear(tokenizer: Tokenizer, rest: list[Any], halves: list[str]) -> list[str]:
    """Those of the columns that the policy does not keep; ``halves`` are leaves in maps that are masked."""
    from tokenize_py._columns import alone

    engine = alone(tokenizer, kept=halves)
    return [field.name for field in rest if _is_clear(engine, field)]


def _is_clear(engine: _core.Engine, field: Any) -> bool:
    try:
        return _fate(engine, field) != "keep"
    except PolicyError:
        # Not named by the policy, or of a type that its rule does not take: not known to be harmless.
        return True


def fate(tokenizer: Tokenizer, field: Any) -> Literal["drop", "keep", "mask"]:
    """Tell what the policy does to a column; what its rule does not take is to be masked all the same.

    Raises:
        PolicyError: The policy does not name it.

    """
    from tokenize_py._columns import alone

    try:
        return _fate(alone(tokenizer), field)
    except PolicyError as error:
        failure = error
    if failure.code == "unlisted_column":
        raise failure
    return "mask"


def _fate(engine: _core.Engine, field: Any) -> Literal["drop", "keep", "mask"]:
    import pyarrow as pa

    plan = engine.plan_mask(pa.schema([field]))
    if not plan.treated:
        return "keep"
    return "mask" if field.name in pa.schema(plan.schema).names else "drop"


def _untagged(field: Any) -> Any:
    """Give the field without its masked leaves; nothing if all are masked."""
    if field.metadata is not None and b"tokenize.action" in field.metadata:
        return None
    import pyarrow as pa

    kind = field.type
    if pa.types.is_struct(kind) and kind.num_fields:
        left = [child for child in map(_untagged, kind.fields) if child is not None]
        return field.with_type(pa.struct(left)) if left else None
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        element = _untagged(kind.value_field)
        return None if element is None else field.with_type(pa.list_(element))
    if pa.types.is_map(kind):
        key, item = _untagged(kind.key_field), _untagged(kind.item_field)
        if key is None and item is None:
            return None
        # A map has both halves; of one that is masked the type stays.
        left = pa.map_(kind.key_type if key is None else key.type, kind.item_type if item is None else item.type)
        return field.with_type(left)
    return field

