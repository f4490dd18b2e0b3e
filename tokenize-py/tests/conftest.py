"""What several test files use. Values are invented; cards and addresses are the documented test ones."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import tokenize_py as tk

if TYPE_CHECKING:
    from store_desk import Desk, Relay

ORACLE = Path(__file__).parents[2] / "tests" / "oracle"
sys.path.insert(0, str(ORACLE))

BINARY = os.environ.get("TOKENIZE_BIN") or str(Path(__file__).parents[2] / "target" / "debug" / "tokenize")
"""The command line, as `make py-test` builds it."""

CANARY = "canary-7f3a@leak.example"
"""Stands in the data where something goes wrong, and must not be found in any exception."""


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a server that speaks like AWS: moto's, started here and ended by its id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert process.poll() is None, "the server ended"
                assert time.monotonic() < deadline, "the server did not start"
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture(scope="session")
def relay(server: str) -> Iterator[Relay]:
    from store_desk import passing_on

    with passing_on(server) as relay:
        yield relay


@pytest.fixture
def desk(relay: Relay, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    from store_desk import laid_out

    return laid_out(relay, server, tmp_path, monkeypatch)


@pytest.fixture
def keyring(tmp_path: Path) -> tk.Keyring:
    return tk.Keyring.create(tmp_path / "keyring.json")


def policy(unlisted: str = "deny", /, **columns: dict[str, Any]) -> dict[str, Any]:
    """A policy of these rules."""
    return {"version": 1, "name": "test", "unlisted": unlisted, "columns": columns}


def texts_of(error: BaseException | None) -> Iterator[str]:
    """Every text that an exception and those it hangs on can show."""
    while error is not None:
        yield str(error)
        yield repr(error)
        yield repr(vars(error))
        yield from map(str, getattr(error, "__notes__", []))
        assert error.__cause__ is None or error.__cause__ is error.__context__
        error = error.__context__


def assert_silent(error: BaseException, *values: str) -> None:
    for text in texts_of(error):
        for value in (CANARY, *values):
            assert value not in text


EMAIL = {"action": "tokenize", "format": "email"}
SSN = {"action": "tokenize", "format": "us_ssn"}
PAN = {"action": "tokenize", "format": "pan"}
KEEP = {"action": "keep"}
ENCRYPT = {"action": "encrypt"}
PSEUDONYM = {"action": "pseudonymize", "domain": "person", "output": "hex"}
INTEGER = {"action": "tokenize", "format": "integer", "domain": "number", "range": [0, 99_999_999]}
DIGITS = {"action": "tokenize", "format": "digits", "domain": "digits"}
