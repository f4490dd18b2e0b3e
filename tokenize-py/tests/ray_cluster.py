"""Ray with two workers on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import ray


@contextmanager
def two_workers(folder: Path, **environment: str) -> Iterator[None]:
    """Start Ray, and end it. Its own files go into ``folder``, whose path has to be short (sockets)."""
    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0"}
    ray.init(
        num_cpus=2, include_dashboard=False, log_to_driver=False, object_store_memory=OBJECTS,
        _temp_dir=str(folder), _system_config={"worker_niceness": 0}, runtime_env={"env_vars": environment},
    )  # fmt: skip
    ray.data.DataContext.get_current().enable_progress_bars = False
    try:
        yield
    finally:
        ray.shutdown()


OBJECTS = 256 << 20
"""Bytes of memory for blocks."""
