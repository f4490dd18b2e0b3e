"""Pages of HTML: how they are written to files, and how notebooks show them."""

from __future__ import annotations

import html
import os
import tempfile
from pathlib import Path

from tokenize_py._errors import TokenizeError


def refuse(path: str | os.PathLike[str], *, force: bool) -> Path:
    """Give the path of a page that may be written.

    Raises:
        ValueError: The name does not end in ``.html``, so that no page comes over data, a keyring or a policy.
        TokenizeError: The file exists already.

    """
    page = Path(path)
    if page.suffix.lower() not in {".html", ".htm"}:
        raise ValueError("the name of a report ends in .html")
    if page.is_dir() or (not force and (page.exists() or page.is_symlink())):
        message = f"{page}: exists already\nhint: choose another name, or give force=True to replace it"
        raise TokenizeError(message, code="exists", path=str(page))
    return page


def save(path: str | os.PathLike[str], page: str, *, force: bool) -> None:
    """Write a page whole or not at all."""
    target = refuse(path, force=force)
    try:
        handle, name = tempfile.mkstemp(prefix=f"{target.name}.", suffix=".tmp", dir=target.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(page)
            temporary.chmod(0o644)
            temporary.replace(refuse(target, force=force))
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise TokenizeError(f"cannot write {target}: {error.strerror}", code="io", path=str(target)) from None


def frame(page: str) -> str:
    """Give a frame with the page in it: its styles stay inside, and it can reach nothing of the notebook."""
    content = html.escape(page, quote=True)
    style = "width: 100%; height: 46rem; border: 1px solid #8b95a3; border-radius: 6px"
    return f'<iframe title="Scan report" sandbox="allow-scripts" style="{style}" srcdoc="{content}"></iframe>'
