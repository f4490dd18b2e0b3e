"""The exceptions of ``tokenize_py``: one base, one subclass per kind of fault."""

from __future__ import annotations


class TokenizeError(Exception):
    """Something did not work. Names places (file, column, row, key version), never a value, a token or a key.

    The message may end in a line ``hint: ...`` with the next step. What no subclass covers (a file that exists already,
    say) is raised as this class itself.

    Attributes:
        code: What happened, in one word that stays the same between releases, such as ``"unlisted_column"``.
        path: The file that it is about, if it is about one.
        column: The column's path in the data, such as ``address.zip`` or ``contacts[].ip``, if one is to blame; the
            first one where there are several.
        row: The row, counted from 0 over the whole input, if one is to blame.
        faults: Everything that is wrong, where a policy or its fit with a schema was judged as a whole.

    """

    code: str
    path: str | None
    column: str | None
    row: int | None
    faults: tuple[str, ...]

    def __init__(
        self,
        message: str,
        *,
        code: str = "other",
        path: str | None = None,
        column: str | None = None,
        row: int | None = None,
        faults: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.path = path
        self.column = column
        self.row = row
        self.faults = faults


class PolicyError(TokenizeError):
    """The policy is at fault, or policy (or masking metadata) and data do not go together."""


class KeyringError(TokenizeError):
    """A keyring cannot be read, changed or used."""


class InvalidValueError(TokenizeError):
    """A value does not fit its rule, and the rule says that this stops the run. ``column`` and ``row`` say where."""


class DataError(TokenizeError):
    """The input data cannot be read: a damaged file, a column of mixed types."""


class KmsError(TokenizeError):
    """The key management service (or KEK file) that wraps the keyring's keys does not give them."""


def moved(error: TokenizeError, place: str, path: str | None = None) -> TokenizeError:
    """Give the error with a place in front of it, which may be a path."""
    return type(error)(
        f"{place}: {error}",
        code=error.code,
        path=path or error.path,
        column=error.column,
        row=error.row,
        faults=error.faults,
    )
