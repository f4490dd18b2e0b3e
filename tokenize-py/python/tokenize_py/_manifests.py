"""Manifests as callers give them: the text that a plan gave, or the path of a file beside an output."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeAlias

from tokenize_py._errors import PolicyError, TokenizeError

Manifest: TypeAlias = str | os.PathLike[str]
"""A string that begins with ``{`` is a manifest's text; any other string is a path."""


def read(manifests: Sequence[Manifest]) -> list[tuple[str, str | None]]:
    """Give each manifest's text, and the path that it was read from, if it was."""
    if isinstance(manifests, (str, os.PathLike)):
        raise TypeError("manifests must be a sequence of manifests, not a single one")
    return [_read(manifest) for manifest in manifests]


def _read(manifest: Manifest) -> tuple[str, str | None]:
    if isinstance(manifest, str) and manifest.lstrip().startswith("{"):
        return manifest, None
    if not isinstance(manifest, (str, os.PathLike)):
        raise TypeError(f"a manifest is its text or a path, not {type(manifest).__name__}")
    path = os.fspath(manifest)
    try:
        with open(path, encoding="utf-8") as file:
            return file.read(), path
    except OSError as error:
        reason = error.strerror
    except ValueError:
        raise PolicyError(f"{path}: is no manifest, or damaged", code="manifest", path=path) from None
    raise TokenizeError(f"cannot read the manifest {path}: {reason}", code="io", path=path)
