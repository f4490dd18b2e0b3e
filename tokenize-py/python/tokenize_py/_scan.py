"""What the columns of a table hold."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

from tokenize_py import _core, _pages
from tokenize_py._detect import Rules, detector, named


@dataclass(frozen=True, slots=True)
class EntityShare:
    """How much of a column is an entity.

    Attributes:
        entity: The entity.
        whole: The share of values that could be one as a whole, by shape and check digits.
        sure: The share of values that are one as a whole by themselves, without the column's name.
        inside: The share of values with one inside.
        score: The mean score of those that could be one as a whole, 0 to 1.
        best: The best score of a value that is one, or of a finding inside one; 0 if there is none beyond chance.
        chance: The share that could be one by chance, where that can be told.
        named: Whether the column's name speaks for it.

    """

    entity: str
    whole: float
    sure: float
    inside: float
    score: float
    best: float
    chance: float | None
    named: bool


@dataclass(frozen=True, slots=True)
class ColumnScan:
    """What was found in one column: counts, shares and reasons, never a value.

    Attributes:
        path: The column's path, such as ``address.zip``.
        type: Its Arrow type.
        verdict: What it is taken for: an entity, ``text`` for free text in which anything may stand, or ``none``.
        confidence: How sure that is, 0 to 1.
        reasons: Why.
        rows: Entries, nulls included.
        nulls: Entries that are null.
        missing: Entries that are empty or say that nothing is there, such as ``N/A``.
        values: Entries that are left.
        looked_at: Those of them that were looked at.
        entities: What was found, the commonest first.

    """

    path: str
    type: str
    verdict: str
    confidence: float
    reasons: tuple[str, ...]
    rows: int
    nulls: int
    missing: int
    values: int
    looked_at: int
    entities: tuple[EntityShare, ...]


class ScanReport:
    """What a scan found, column by column: counts, shares and reasons, never a value. Made by :func:`scan`."""

    __slots__ = ("_core", "_tree")

    def __init__(self, core: _core.ScanReport) -> None:
        self._core = core
        self._tree: dict[str, Any] = json.loads(core.to_json())

    @property
    def rows(self) -> int:
        """Rows of the table."""
        return int(self._tree["rows"])

    @property
    def columns(self) -> list[ColumnScan]:
        """Every column, and every field inside one, in the order of the table."""
        return [_column(column) for column in self._tree["columns"]]

    def policy(self, name: str = "draft") -> str:
        """Draft a policy for the table, in YAML, with the reason for each rule.

        What is surely of one kind gets the action for that kind; what is unsure is redacted. It passes the check of
        policies and fits the table that was scanned. Read it before you use it.

        Args:
            name: What the policy is called in reports and manifests.

        """
        return self._core.policy(name)

    def to_dict(self) -> dict[str, Any]:
        """Give the whole report as dicts and lists, as ``tokenize scan --format json`` prints it."""
        tree: dict[str, Any] = json.loads(self._core.to_json())
        return tree

    def to_html(self) -> str:
        """Give a page for a browser, as ``tokenize scan --format html`` prints it: one file that loads nothing."""
        return self._core.to_html()

    def save(self, path: str | os.PathLike[str], *, force: bool = False) -> None:
        """Write the page of :meth:`to_html` to a file.

        Args:
            path: The file; its name ends in ``.html``.
            force: Replace the file if it exists.

        Raises:
            ValueError: The name does not end in ``.html``.
            TokenizeError: The file exists already, or cannot be written.

        """
        _pages.save(path, self.to_html(), force=force)

    def _repr_html_(self) -> str:
        return _pages.frame(self.to_html())

    def __repr__(self) -> str:
        columns = self.columns
        head = f"ScanReport({self.rows} rows, {len(columns)} columns)"
        path = max((len(column.path) for column in columns), default=0)
        verdict = max((len(column.verdict) for column in columns), default=0)
        lines = [
            f"  {column.path:{path}}  {column.verdict:{verdict}}  {column.confidence:.2f}  {'; '.join(column.reasons)}"
            for column in columns
        ]
        return "\n".join([head, *lines])


def scan(data: object, *, rules: Rules | None = None, sample: int | None = None) -> ScanReport:
    """Find out what the columns of a table hold, and draft a policy for it.

    >>> report = tk.scan(people)
    >>> report.columns[0].path, report.columns[0].verdict
    ('email', 'EMAIL_ADDRESS')
    >>> Path("draft.yaml").write_text(report.policy()) > 0    # to be read before it is used
    True

    Other Python threads run meanwhile.

    Args:
        data: A pandas or Polars data frame or series, a pyarrow table, array or reader, or another object that exports
            Arrow's PyCapsule interface.
        rules: What to look for, and what not: a path, a text, or a dict; the tree that a policy has under
            ``detection``.
        sample: How many values of each column are looked at, drawn at random; all of them if ``None``.

    Raises:
        PolicyError: The rules are wrong.
        DataError: A column holds mixed types, or the Arrow data is not valid.

    """
    if sample is not None and sample < 1:
        raise ValueError("sample must be at least 1")
    source, name = named(data)
    return ScanReport(_core.scan(detector(rules), source, name, sample))


def _column(tree: dict[str, Any]) -> ColumnScan:
    verdict = tree["verdict"]
    return ColumnScan(
        path=tree["path"],
        type=tree["type"],
        verdict=verdict["class"],
        confidence=verdict["confidence"],
        reasons=tuple(reason["text"] for reason in verdict["reasons"]),
        rows=tree["rows"],
        nulls=tree["nulls"],
        missing=tree["missing"],
        values=tree["values"],
        looked_at=tree["looked_at"],
        entities=tuple(EntityShare(**entity) for entity in tree["entities"]),
    )
