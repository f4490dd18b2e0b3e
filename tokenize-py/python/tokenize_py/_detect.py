"""Personal data in texts and tables, found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, TypeAlias

from tokenize_py import _core, _policy
from tokenize_py._tables import exporter, is_a

Rules: TypeAlias = _policy.Policy
"""What to look for, and what not: a path, a text of YAML or JSON, or the same tree as a dict; it is the tree that a
policy has under ``detection``. As with policies, a string of several lines, or one that begins with ``{``, is the text
itself; any other string is a path."""

Offsets: TypeAlias = Literal["codepoints", "utf8", "utf16"]
"""What places in a text are counted in: code points as Python's strings have them, bytes of UTF-8, or UTF-16 code units
as JavaScript's and Java's strings have them."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One occurrence of an entity in a text. It holds a place, never the text itself.

    Attributes:
        entity: The kind of personal data, such as ``EMAIL_ADDRESS``.
        start: Where it begins.
        end: Where it ends: ``text[start:end]`` is what was found.
        score: How sure it is, 0 to 1.
        rule: The rule that found it.
        reasons: What the score rests on: ``shape``, ``checked`` (check digits or structure are right), ``context``
            (words nearby speak for it), ``column name``, ``dictionary``, ``contrary context`` (words nearby speak
            against it), ``listed`` (the rules ask for it).
        reserved: Whether it is set apart for documentation, tests or examples, such as ``example.com``.

    """

    entity: str
    start: int
    end: int
    score: float
    rule: str
    reasons: tuple[str, ...]
    reserved: bool


def detect(
    text: str,
    *,
    entities: Sequence[str] | None = None,
    rules: Rules | None = None,
    min_score: float | None = None,
    offsets: Offsets = "codepoints",
) -> list[Finding]:
    """Find personal data in a text.

    >>> [found] = tk.detect("write to ann@example.com")
    >>> found.entity, found.start, found.end
    ('EMAIL_ADDRESS', 9, 24)

    Findings come in the order of their places and do not overlap. Other Python threads run meanwhile.

    Args:
        text: The text.
        entities: The entities to look for, such as ``["EMAIL_ADDRESS"]``; all of them if ``None``.
        rules: What to look for, and what not.
        min_score: The least score of a finding that is returned; what the rules say, or else 0.5, if ``None``.
        offsets: What ``start`` and ``end`` are counted in.

    Raises:
        PolicyError: The rules are wrong, or an entity does not exist; everything that is wrong, one line each.
        DataError: The text holds lone surrogates.

    """
    if not isinstance(text, str):
        raise TypeError(f"detect takes a text, not a {type(text).__name__}; detect_batch takes arrays and tables")
    if offsets not in UNITS:
        raise ValueError(f"offsets are counted in one of {', '.join(UNITS)}")
    found = detector(rules, entities, min_score).detect(text, offsets)
    return [
        Finding(entity, start, end, score, rule, tuple(reasons), reserved)
        for entity, start, end, score, rule, reasons, reserved in found
    ]


def detect_batch(
    data: object,
    *,
    entities: Sequence[str] | None = None,
    rules: Rules | None = None,
    min_score: float | None = None,
) -> Any:
    """Find personal data in every value of an array or a table.

    >>> found = tk.detect_batch(people)
    >>> found["path"].to_pylist(), found["entity"].to_pylist()
    (['email'], ['EMAIL_ADDRESS'])

    Args:
        data: A pandas or Polars data frame or series, a pyarrow table or array, or another object that exports Arrow's
            PyCapsule interface. Numbers, dates and instants are searched in plain writing. The names of columns count
            as context.
        entities: The entities to look for; all of them if ``None``.
        rules: What to look for, and what not.
        min_score: The least score of a finding that is returned; what the rules say, or else 0.5, if ``None``.

    Returns:
        A table with a row for each finding: ``row`` (of the data, from 0; chunks, slices and dictionaries make no
        difference), ``path`` (of the column, or of the field inside it; ``values`` for an array without a name),
        ``start`` and ``end`` (bytes of UTF-8 within the value), ``entity``, ``score``, ``rule``, ``reasons``,
        ``reserved``. A Polars data frame for Polars data, else a pyarrow table, or an :class:`ArrowTable` where pyarrow
        is not installed.

    Raises:
        PolicyError: The rules are wrong, or an entity does not exist.
        DataError: A column holds mixed types, or the Arrow data is not valid.

    """
    source, name = named(data)
    table = detector(rules, entities, min_score).detect_all(source, name)
    if is_a(data, "polars", "DataFrame") or is_a(data, "polars", "Series"):
        import polars as pl

        return pl.DataFrame(table)
    try:
        import pyarrow as pa
    except ImportError:
        return table
    return pa.table(table)


def named(data: object) -> tuple[object, str | None]:
    """Give what exports Arrow, and the name of an array; a table has names of its own."""
    if is_a(data, "pandas", "DataFrame"):
        from tokenize_py import _pandas

        return _pandas.table(data), None
    if is_a(data, "pandas", "Series"):
        from tokenize_py import _series

        name = _name(data)
        return _series.to_arrow(name, data), name
    if is_a(data, "polars", "Series"):
        return data, _name(data)
    if is_a(data, "pyarrow", "Array") or is_a(data, "pyarrow", "ChunkedArray"):
        return data, UNNAMED
    return exporter(data), None


def _name(series: Any) -> str:
    return UNNAMED if series.name is None or series.name == "" else str(series.name)


def detector(
    rules: Rules | None, entities: Sequence[str] | None = None, min_score: float | None = None
) -> _core.Detector:
    """Give a detector, from the last few if one is the same. A file of rules is read anew each time."""
    if isinstance(entities, str):
        raise TypeError("entities must be a sequence of names, not one text")
    wanted = None if entities is None else tuple(entities)
    given = None if rules is None else _policy.read(rules, "the rules")
    if given is not None and given[1] == "path":
        return _core.Detector(given, wanted, min_score)
    return _kept(given, wanted, min_score)


@lru_cache(maxsize=8)
def _kept(
    rules: tuple[str, str] | None, entities: tuple[str, ...] | None, min_score: float | None
) -> _core.Detector:
    return _core.Detector(rules, entities, min_score)


UNITS = ("codepoints", "utf8", "utf16")
UNNAMED = "values"
