"""Buckets for tests, and a relay to the server of `conftest.py`.

It sees each request and can do something just before one is passed on, and once it has been.
"""

from __future__ import annotations

import gzip
import http.client
import json
import random
import secrets
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tokenize_py as tk
from conftest import BINARY, CANARY, DIGITS, EMAIL, KEEP, PSEUDONYM, policy

REGION = "eu-west-1"
SECRET = "secret-of-the-test"  # noqa: S105 - made up, and looked for in what is said
RULES = policy(id=PSEUDONYM, email=EMAIL, code=DIGITS, kept=KEEP)
SEALED = policy(id={"action": "encrypt", "key": "output"}, email=EMAIL, code=DIGITS, kept=KEEP)


@dataclass
class Relay:
    """Passes requests on."""

    address: str
    seen: list[tuple[str, str]] = field(default_factory=list)
    before: Callable[[str, str], None] = lambda method, target: None
    """Called with method and target before a request is passed on."""
    after: Callable[[str, str], None] = lambda method, target: None
    """Called once it has been."""


@contextmanager
def passing_on(server: str) -> Iterator[Relay]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            here.seen.append((self.command, self.path))
            here.before(self.command, self.path)
            there = http.client.HTTPConnection(server.removeprefix("http://"))
            headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            # The signature names it.
            there.request(self.command, self.path, body, {**headers, "Host": self.headers["host"]})
            answer = there.getresponse()
            content = answer.read()
            here.after(self.command, self.path)
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("connection", "content-length", "transfer-encoding"):
                    self.send_header(name, value)
            length = answer.getheader("content-length") if self.command == "HEAD" else None
            self.send_header("Content-Length", length or str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            there.close()

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = pass_on  # noqa: N815 - as the base class calls them

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http_server:
        http_server.daemon_threads = True
        here = Relay(f"http://127.0.0.1:{http_server.server_address[1]}")
        threading.Thread(target=http_server.serve_forever, daemon=True).start()
        yield here
        http_server.shutdown()


@dataclass
class Desk:
    """A folder with a keyring and a policy, and two buckets."""

    folder: Path
    s3: Any
    relay: Relay
    keyring: tk.Keyring
    raw: str
    masked: str

    def put(self, name: str, table: pa.Table, **options: Any) -> str:
        """An input, on disk and in the store."""
        path = self.folder / name
        if name.endswith(".parquet"):
            pq.write_table(table, path, **options)
        else:
            path.write_bytes(gzip.compress(csv(table), mtime=0))
        self.s3.upload_file(str(path), self.raw, name)
        return f"s3://{self.raw}/{name}"

    def get(self, name: str) -> bytes:
        content: bytes = self.s3.get_object(Bucket=self.masked, Key=name)["Body"].read()
        return content

    def names(self) -> list[str]:
        return [found["Key"] for found in self.s3.list_objects_v2(Bucket=self.masked).get("Contents", [])]

    def run(self, *words: str | Path, code: int = 0) -> str:
        done = subprocess.run([BINARY, *words], cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
        for text in (done.stdout, done.stderr):
            assert SECRET not in text
            assert CANARY not in text
        return done.stderr + done.stdout

    def mask(self, source: str | Path, out: str | Path, *more: str, code: int = 0) -> str:
        files = ("--policy", "policy.json", "--keyring", "keyring.json")
        return self.run("mask", source, *files, "--out", out, *more, code=code)

    def is_clean(self) -> None:
        """Nothing is there, and nothing half."""
        assert self.names() == []
        assert "Uploads" not in self.s3.list_multipart_uploads(Bucket=self.masked)


def laid_out(relay: Relay, server: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    settings = {
        "AWS_ENDPOINT_URL_S3": relay.address,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    s3 = boto3.client("s3", endpoint_url=server, region_name=REGION)
    raw, masked = (f"{kind}-{secrets.token_hex(6)}" for kind in ("raw", "masked"))
    for bucket in (raw, masked):
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    relay.seen.clear()
    relay.before = relay.after = lambda method, target: None
    (folder / "policy.json").write_text(json.dumps(RULES))
    return Desk(folder, s3, relay, tk.Keyring.create(folder / "keyring.json"), raw, masked)


def table(rows: int = 1000) -> pa.Table:
    numbers = random.Random(7)  # noqa: S311 - the same each time
    return pa.table(
        {
            "id": [f"p{i}" for i in range(rows)],
            "email": [f"user{i}@example.com" for i in range(rows)],
            "code": [f"{numbers.randrange(10**9):09}" for _ in range(rows)],
            "kept": [f"{numbers.getrandbits(512):x}" for _ in range(rows)],
        }
    )


def large() -> pa.Table:
    """What is more than one part of a multipart upload, and more than one range of a read."""
    return table(150_000)


def csv(data: pa.Table) -> bytes:
    lines = [",".join(data.column_names)]
    lines += [",".join(row.values()) for row in data.to_pylist()]
    return ("\n".join(lines) + "\n").encode()
