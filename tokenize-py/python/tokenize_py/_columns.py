"""One column under a policy, for engines that hand over a column at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from tokenize_py import _core
from tokenize_py._errors import TokenizeError, moved

if TYPE_CHECKING:
    from tokenize_py._tokenizer import Tokenizer


class Column:
    """Masks and unmasks arrays as the tables' column of that name would be, with the tokens that it would have.

    The other columns of the policy may be missing here; one that a rule looks into (``subject``, ``known_values``) may
    not, so such a rule is refused.
    """

    def __init__(self, tokenizer: Tokenizer, name: str) -> None:
        self._engine = alone(tokenizer)
        self._name = name
        self._plans: dict[Any, _core.Plan] = {}

    def mask(self, array: Any) -> Any:
        """Mask an array or a chunked array."""
        return self._treated(array, self._plan(array.type).apply_all)

    def unmask(self, array: Any) -> Any:
        """Unmask an array or a chunked array, by the policy."""
        return self._treated(array, lambda table: self._engine.unmask(table, None, None, []))

    def type_of(self, type_before: Any) -> Any:
        """Give the type of what a mask makes of a type. Refuses what the policy does not do to the column."""
        return pa.schema(self._plan(type_before).schema).field(0).type

    @property
    def is_random(self) -> bool:
        """Whether equal values give different cells."""
        rules: dict[str, Any] = _policy(self._engine.carried())["columns"]
        rule = rules.get(self._name)
        # What only a pattern names is taken for random: the engine then asks once for each row, which is never wrong.
        return rule is None or (rule["action"] == "encrypt" and rule.get("mode") != "deterministic")

    def _treated(self, array: Any, treat: Callable[[Any], Any]) -> Any:
        table = pa.Table.from_arrays([array], schema=pa.schema([pa.field(self._name, array.type)]))
        try:
            return pa.table(treat(table)).column(0)
        except TokenizeError as error:
            failure = error
        # Which rows an engine hands over together is its own affair, so theirs is no row of the input.
        if failure.row is not None:
            failure = moved(failure, f"in a batch of {len(array)} rows")
            failure.row = None
        raise failure

    def _plan(self, of: Any) -> _core.Plan:
        if of not in self._plans:
            self._plans[of] = self._engine.plan_mask(pa.schema([pa.field(self._name, of)]))
        return self._plans[of]


def alone(tokenizer: Tokenizer, *, kept: Iterable[str] = ()) -> _core.Engine:
    """Give the tokenizer's engine with a policy that takes tables without some of its columns, and keeps these."""
    carried = json.loads(tokenizer._engine.carried())
    policy = json.loads(carried["policy"])
    policy["columns"] |= {path: {"action": "keep"} for path in kept}
    for rule in policy["columns"].values():
        rule["optional"] = True
    return _core.carried_engine(json.dumps({**carried, "policy": json.dumps(policy)}))


def _policy(carried: str) -> Any:
    return json.loads(json.loads(carried)["policy"])
