"""A policy as callers give it: a path, its text, or a tree of dicts and lists."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from tokenize_py._errors import PolicyError

Policy: TypeAlias = str | os.PathLike[str] | Mapping[str, Any]
"""What takes a policy takes one of these. A string of several lines, or one that begins with ``{``, is the policy's
text; any other string is a path."""


def read(policy: Policy, what: str = "the policy") -> tuple[str, str]:
    """Give a policy, or rules, as a string, and say which kind of string it is: ``path``, ``text`` or ``json``."""
    if isinstance(policy, str):
        is_text = "\n" in policy or policy.lstrip().startswith("{")
        return policy, "text" if is_text else "path"
    if isinstance(policy, Mapping):
        return _json(policy, what), "json"
    if isinstance(policy, os.PathLike):
        return os.fspath(policy), "path"
    raise TypeError(f"{what} must be a path, a text or a dict, not {type(policy).__name__}")


def _json(tree: Mapping[str, Any], what: str) -> str:
    try:
        return json.dumps(_plain(tree), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        problem = (
            str(error) if isinstance(error, TypeError) else "it holds a number or a nesting that JSON cannot write"
        )
    raise PolicyError(f"{what} cannot be read: {problem}", code="policy")


def _plain(tree: Any) -> Any:
    """Give the tree in JSON's types: YAML libraries give dates for dates, and callers may give decimals."""
    if isinstance(tree, Mapping):
        return {str(key): _plain(value) for key, value in tree.items()}
    if isinstance(tree, (list, tuple)):
        return [_plain(value) for value in tree]
    if isinstance(tree, date) and not isinstance(tree, datetime):
        return tree.isoformat()
    if isinstance(tree, Decimal):
        return format(tree, "f")
    return tree
