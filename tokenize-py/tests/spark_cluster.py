"""A Spark cluster on 127.0.0.1: a master and two workers with an executor each, started here and ended by their ids."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pyspark
from relay import free_port


@contextmanager
def cluster(home: Path) -> Iterator[str]:
    """Give the address of the master; the workers keep their logs in ``home``."""
    port = free_port()
    address = f"spark://127.0.0.1:{port}"
    with ExitStack() as programs:
        programs.enter_context(program(home, "master.Master", "--port", str(port)))
        deadline = time.monotonic() + 60
        while not answers(port):
            assert time.monotonic() < deadline, "the master did not start"
            time.sleep(0.1)
        for number in range(2):
            options = ("--cores", "1", "--memory", "512m", "--work-dir", str(home / f"work{number}"))
            programs.enter_context(program(home, "worker.Worker", *options, address))
        yield address


@contextmanager
def program(home: Path, name: str, *options: str) -> Iterator[None]:
    spark = Path(pyspark.__file__).parent
    local = {"SPARK_HOME": str(spark), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": "256m"}
    command = [str(spark / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}"]
    command += ["--host", "127.0.0.1", "--webui-port", "0"]
    with (home / f"{name}.log").open("ab") as log:
        process = subprocess.Popen([*command, *options], env=os.environ | local, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


@contextmanager
def session(address: str, home: Path, **environment: str) -> Iterator[Any]:
    """Give a session whose executors have this environment."""
    from pyspark.sql import SparkSession

    os.environ |= {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
    builder = SparkSession.builder.master(address).appName("tokenize")
    settings = {
        "spark.cores.max": "2",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "512m",
        "spark.executor.cores": "1",
        "spark.executor.memory": "512m",
        "spark.local.dir": str(home),
        "spark.scheduler.maxRegisteredResourcesWaitingTime": "60s",
        "spark.scheduler.minRegisteredResourcesRatio": "1.0",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "1000",
        "spark.sql.session.timeZone": "America/New_York",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(home / "warehouse"),
        "spark.ui.enabled": "false",
    } | {f"spark.executorEnv.{name}": value for name, value in environment.items()}
    for key, value in settings.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    try:
        yield spark
    finally:
        spark.stop()


def logs(home: Path) -> str:
    """Everything that the master, the workers and their executors have said."""
    return "".join(path.read_text(errors="replace") for path in home.rglob("*") if path.name in LOGS)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


LOGS = ("stdout", "stderr", "master.Master.log", "worker.Worker.log")
