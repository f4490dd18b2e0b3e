"""A policy brought together with one schema: for many tables, and for manifests that must be stored first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from tokenize_py import _core, _pickles
from tokenize_py._tables import mask

if TYPE_CHECKING:
    from tokenize_py._tokenizer import Tokenizer

Table = TypeVar("Table")


class MaskPlan:
    """Masks tables of one schema, all under the same data keys. Made by :meth:`Tokenizer.plan_mask`.

        plan = tokenizer.plan_mask(df)
        Path("customers.tokenize.json").write_text(plan.manifest())    # first: without it the cells are lost
        masked = plan.mask(df)
        clear = tokenizer.unmask(masked, manifests=["customers.tokenize.json"])

    Safe to use from several threads. Its pickle holds the tokenizer and the schema and no key in clear; a plan with
    data keys of its own (``key: output``) has none, as another process would make others.
    """

    __slots__ = ("_plan", "_schema", "_tokenizer")

    def __init__(self, plan: _core.Plan, tokenizer: Tokenizer, schema: _core.ArrowSchema) -> None:
        self._plan = plan
        self._tokenizer = tokenizer
        self._schema = schema

    def manifest(self) -> str:
        """Give what the masked tables cannot all say of themselves: what was done, and the wrapped data keys, as JSON.

        Data keys of ``encrypt`` with ``key: output`` are made by the first call, one for each key version. Who loses
        the manifest, and has no output that carries it, loses those columns. It holds no key in clear.

        Raises:
            KmsError: The keyring's KMS does not make a data key.

        """
        return self._plan.manifest() or ""

    def mask(self, data: Table) -> Table:
        """Mask a table, as :meth:`Tokenizer.mask` does; any number of them, of the schema that the plan was made for.

        Raises:
            InvalidValueError: A value does not fit its rule.
            DataError: The table has another schema, a column holds mixed types, or the Arrow data is not valid.
            TokenizeError: The policy encrypts with ``key: output``, and :meth:`manifest` has not been called.

        """
        masked: Any = mask(data, lambda _: self._plan, self._plan.apply_all)
        result: Table = masked
        return result

    def __repr__(self) -> str:
        return "MaskPlan(keys=***)"

    def __reduce__(self) -> tuple[Any, ...]:
        if self._plan.has_data_keys:
            raise TypeError(
                "this MaskPlan cannot be pickled or copied: its data keys (`key: output`) are known to its own "
                "manifest alone; make a plan in each process, and store the manifest of each"
            )
        return _pickles.mask_plan, (self._tokenizer, self._schema.to_bytes())
