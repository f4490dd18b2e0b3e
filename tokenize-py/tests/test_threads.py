"""Other Python threads run while the library works."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import tokenize_py as tk
from conftest import EMAIL, SSN, policy

ROWS = 300_000


def table(rows: int) -> pa.Table:
    ssn = [f"{100 + i % 500:03}-{1 + i % 99:02}-{1 + i % 9999:04}" for i in range(rows)]
    return pa.table({"ssn": ssn, "email": [f"user{i}@example.com" for i in range(rows)]})


def test_a_second_thread_makes_progress(keyring: tk.Keyring) -> None:
    tokenizer = tk.Tokenizer(policy(ssn=SSN, email=EMAIL), keyring)
    data = table(ROWS)
    stamps: list[float] = []
    done = threading.Event()

    def count() -> None:
        while not done.is_set():
            stamps.append(time.perf_counter())
            time.sleep(0.001)

    counter = threading.Thread(target=count)
    counter.start()
    start = time.perf_counter()
    masked = tokenizer.mask(data)
    end = time.perf_counter()
    done.set()
    counter.join()
    assert masked.num_rows == ROWS
    during = [stamp for stamp in stamps if start < stamp < end]
    longest = max(b - a for a, b in zip([start, *during], [*during, end], strict=True))
    # Were the interpreter held, there would be one gap as long as the work. Half of it leaves room for a busy machine.
    assert len(during) >= 5
    assert longest < max(0.5 * (end - start), 0.1)


def test_one_tokenizer_in_many_threads(keyring: tk.Keyring) -> None:
    tokenizer = tk.Tokenizer(policy(ssn=SSN, email=EMAIL), keyring)
    data = table(2_000)
    once = tokenizer.mask(data)
    with ThreadPoolExecutor(8) as pool:
        many = list(pool.map(lambda _: tokenizer.mask(data), range(16)))
        assert all(masked == once for masked in many)
        assert all(clear == data for clear in pool.map(tokenizer.unmask, many))
