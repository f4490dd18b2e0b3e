"""What pickles call when they are read: a text of wrapped keys becomes an object again, which unwraps nothing yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from tokenize_py import _core

if TYPE_CHECKING:
    from tokenize_py._plan import MaskPlan
    from tokenize_py._tokenizer import Tokenizer

Kind = TypeVar("Kind", bound="Tokenizer")


def keyring(text: str) -> _core.Keyring:
    """Give the keyring of a pickle."""
    return _core.carried_keyring(text)


def tokenizer(kind: type[Kind], text: str) -> Kind:
    """Give the tokenizer of a pickle, of its own class."""
    again = kind.__new__(kind)
    again._engine = _core.carried_engine(text)
    return again


def mask_plan(made_by: Tokenizer, schema: bytes) -> MaskPlan:
    """Give the plan of a pickle. It unwraps the keys that it uses, as every plan does when it is made."""
    return made_by.plan_mask(_core.schema_from_bytes(schema))
