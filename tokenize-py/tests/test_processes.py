"""One tokenizer in several processes, however they were started."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest
import tokenize_py as tk
from conftest import EMAIL, ENCRYPT, SSN, policy

RULES = policy(ssn=SSN, email=EMAIL, sealed={**ENCRYPT, "mode": "deterministic"})
AS_TEXT = policy(ssn=SSN, email=EMAIL, sealed={**ENCRYPT, "output": "string"})
ROWS = 20_000
"""So many that pieces of a column go to the threads of the pool."""


def table(rows: int = ROWS) -> pa.Table:
    ssn = [f"{100 + i % 500:03}-{1 + i % 99:02}-{1 + i % 9999:04}" for i in range(rows)]
    texts = [f"user{i}@example.com" for i in range(rows)]
    return pa.table({"ssn": ssn, "email": texts, "sealed": texts})


def masks_the_same(tokenizer: tk.Tokenizer, data: pa.Table, masked: pa.Table) -> bool:
    """What a worker does. Answers with a word, so that no table has to travel."""
    return bool(tokenizer.mask(data) == masked and tokenizer.unmask(masked) == data)


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_processes_that_start_empty(keyring: tk.Keyring, method: str) -> None:
    tokenizer, data = tk.Tokenizer(RULES, keyring), table(2_000)
    masked = tokenizer.mask(data)
    with multiprocessing.get_context(method).Pool(2) as pool:
        done = pool.starmap_async(masks_the_same, [(tokenizer, data, masked)] * 4)
        assert done.get(timeout=120) == [True] * 4


FORK = """
    import json, os, signal, sys
    from pathlib import Path
    sys.path.insert(0, {tests!r})
    import tokenize_py as tk
    from test_processes import AS_TEXT, RULES, masks_the_same, table

    keyring = tk.Keyring.open({keyring!r})
    tokenizer, data = tk.Tokenizer(RULES, keyring), table()
    if {used}:
        masked = tokenizer.mask(data)
    else:
        masked = None
    lines = Path({folder!r}, "rows.ndjson")
    lines.write_text("".join(json.dumps(row) + "\\n" for row in data.to_pylist()))

    def masks_lines():
        # Their columns are learned by the threads of the pool, before anything is masked.
        out = lines.with_name(str(os.getpid()) + ".ndjson")
        tk.mask_file(lines, out, policy=AS_TEXT, keyring=keyring)
        return len(out.read_text().splitlines()) == data.num_rows

    def child(depth):
        process = os.fork()
        if process == 0:
            signal.alarm(60)
            ok = masks_lines()
            if masked is None:
                ok = ok and tokenizer.unmask(tokenizer.mask(data)) == data
            else:
                ok = ok and masks_the_same(tokenizer, data, masked)
            ok = ok and (depth == 0 or child(depth - 1))
            os._exit(0 if ok else 1)
        return os.waitpid(process, 0)[1] == 0

    assert child(0), "the first child"
    assert child(1), "a child and its own child"
    masked = masked or tokenizer.mask(data)
    assert masks_the_same(tokenizer, data, masked), "the parent goes on"
    assert child(0), "a child after that"
"""


@pytest.mark.parametrize("used", [True, False], ids=["after use", "before use"])
def test_forks(tmp_path: Path, keyring: tk.Keyring, used: bool) -> None:
    """In a program of its own: a fork of pytest's process would copy what other tests have left in it."""
    folder, tests = str(tmp_path), str(Path(__file__).parent)
    script = FORK.format(tests=tests, keyring=f"{folder}/keyring.json", folder=folder, used=used)
    environment = {**os.environ, "RAYON_NUM_THREADS": "3"}
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", textwrap.dedent(script)]
    done = subprocess.run(command, env=environment, timeout=240, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


BUSY = """
    import os, signal, sys, threading, warnings
    sys.path.insert(0, {tests!r})
    import tokenize_py as tk
    from test_processes import RULES, masks_the_same, table

    tokenizer, data = tk.Tokenizer(RULES, tk.Keyring.open({keyring!r})), table()
    masked, small, done = tokenizer.mask(data), table(10), threading.Event()
    masked_small = tokenizer.mask(small)

    def work():
        while not done.is_set():
            tokenizer.mask(data)

    threads = [threading.Thread(target=work) for _ in range(2)]
    [thread.start() for thread in threads]
    try:
        for _ in range(8):
            process = os.fork()
            if process == 0:
                signal.alarm(60)
                ok = masks_the_same(tokenizer, small, masked_small) and masks_the_same(tokenizer, data, masked)
                os._exit(0 if ok else 1)
            assert os.waitpid(process, 0)[1] == 0
    finally:
        done.set()
        [thread.join() for thread in threads]
"""


def test_forks_while_other_threads_mask(tmp_path: Path, keyring: tk.Keyring) -> None:
    script = BUSY.format(tests=str(Path(__file__).parent), keyring=str(tmp_path / "keyring.json"))
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", textwrap.dedent(script)]
    done = subprocess.run(command, timeout=240, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_worker_without_the_kek_says_so(tmp_path: Path, keyring: tk.Keyring) -> None:
    tokenizer, data = tk.Tokenizer(RULES, keyring), table(10)
    masked = tokenizer.mask(data)
    (tmp_path / "kek.key").unlink()
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        done = pool.apply_async(masks_the_same, (tokenizer, data, masked))
        with pytest.raises(tk.KmsError, match=r"the KEK file .* does not exist") as caught:
            done.get(timeout=120)
    assert "on any machine that uses the keyring" in str(caught.value)


def test_one_pickle_in_many_threads(keyring: tk.Keyring) -> None:
    data = table(2_000)
    again: tk.Tokenizer = pickle.loads(pickle.dumps(tk.Tokenizer(RULES, keyring)))  # noqa: S301
    with ThreadPoolExecutor(8) as pool:
        first, *others = pool.map(lambda _: again.mask(data), range(16))
    assert all(other == first for other in others)
