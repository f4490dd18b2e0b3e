"""Other Python threads run while the library works."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import tokenize_py as tk
from conftest import EMAIL, SSN, policy

ROWS = 300_000


def table(rows: int) -> pa.Table:
    ssn = [f"{100 + i % 500:03}-{1 + i % 99:02}-{1 + i % 9999:04}" for i in range(rows)]
    return pa.table({"ssn": ssn, "email": [f"user{i}@example.com" for i in range(rows)]})


def steps_beside(work: Callable[[], object]) -> int:
    """Count how often a second thread has its turn while this one works, where turns are given by nobody but `work`."""
    steps, done, started = [], threading.Event(), threading.Event()

    def step() -> None:
        started.set()
        while not done.is_set():
            time.sleep(0.0001)
            steps.append(1)

    interval = sys.getswitchinterval()
    second = threading.Thread(target=step)
    second.start()
    started.wait()
    try:
        # Long enough that the interpreter never takes a turn away: whoever has it gives it back.
        sys.setswitchinterval(1_000)
        before = len(steps)
        work()
        return len(steps) - before
    finally:
        sys.setswitchinterval(interval)
        done.set()
        second.join()


def test_a_second_thread_makes_progress(keyring: tk.Keyring) -> None:
    tokenizer = tk.Tokenizer(policy(ssn=SSN, email=EMAIL), keyring)
    data = table(ROWS)
    assert steps_beside(lambda: sum(range(3_000_000))) <= 1, "held while Python works"
    # Taking the data in and giving it back gives a turn each, at most; only the work itself can give many.
    assert steps_beside(lambda: tokenizer.mask(data)) >= 20
    masked = tokenizer.mask(data)
    assert steps_beside(lambda: tokenizer.unmask(masked)) >= 20


def test_one_tokenizer_in_many_threads(keyring: tk.Keyring) -> None:
    tokenizer = tk.Tokenizer(policy(ssn=SSN, email=EMAIL), keyring)
    data = table(2_000)
    once = tokenizer.mask(data)
    with ThreadPoolExecutor(8) as pool:
        many = list(pool.map(lambda _: tokenizer.mask(data), range(16)))
        assert all(masked == once for masked in many)
        assert all(clear == data for clear in pool.map(tokenizer.unmask, many))
