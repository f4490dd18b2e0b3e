"""What the image holds, run as the image would be: ``container.py TOKENIZE`` with the program that cargo has built.

``tokenize-cli/rootfs.sh`` collects the files of the image, so they are here too, without an engine for containers. They become a
read-only root, in which a job of the form that SageMaker gives runs as a user without rights, with a writable output and nothing
else. Needs Linux, and namespaces (``unshare``).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
CONTAINERFILE = REPOSITORY / "tokenize-cli" / "Containerfile"
USER = 65532
POLICY = """version: 1
name: job
columns:
  email: { action: tokenize, format: email }
  note: { action: redact }
"""
ROWS = "email,note\nzoe.example@example.com,made up\njdoe@example.org,made up\n"

INSIDE = """
set -eu
mount --bind "$ROOT" "$ROOT"
mount --bind "$INPUT" "$ROOT/opt/ml/processing/input"
mount --bind "$OUTPUT" "$ROOT/opt/ml/processing/output"
mount -o remount,bind,ro "$ROOT/opt/ml/processing/input"
mount -o remount,bind,ro "$ROOT"
exec chroot --userspec={user}:{user} "$ROOT" /usr/local/bin/tokenize "$@"
"""


def main() -> None:
    binary = Path(sys.argv[1]).resolve()
    looks_right(CONTAINERFILE.read_text())
    with tempfile.TemporaryDirectory() as home:
        # A folder that everyone may enter: the user inside is another.
        Path(home).chmod(0o755)
        root, given, out = (Path(home, name) for name in ("root", "input", "output"))
        subprocess.run([REPOSITORY / "tokenize-cli" / "rootfs.sh", binary, root], check=True)
        holds_nothing_else(root)
        runs(root, given, out)


def looks_right(text: str) -> None:
    final = text.split("FROM scratch")[1]
    assert re.search(r"^ARG UID=65532\nUSER \$\{UID\}:\$\{UID\}$", final, re.MULTILINE), "the image runs as nobody's root"
    assert 'ENTRYPOINT ["/usr/local/bin/tokenize"]' in final, "there is no shell to start it"
    assert "RUN" not in final


def holds_nothing_else(root: Path) -> None:
    files = [file for file in root.rglob("*") if not file.is_dir()]
    programs = [file.name for file in files if os.access(file, os.X_OK) and ".so" not in file.name]
    assert programs == ["tokenize"], programs
    others = [str(file.relative_to(root)) for file in files if ".so" not in file.name and file.name != "tokenize"]
    assert sorted(others) == ["etc/group", "etc/passwd", "etc/ssl/certs/ca-certificates.crt"], others
    print(f"{len(files)} files, {sum(file.stat().st_size for file in files) / 1e6:.0f} MB with the program as it was built")


def runs(root: Path, given: Path, out: Path) -> None:
    for folder in (given / "raw", given / "keys", out):
        folder.mkdir(parents=True)
    (given / "raw" / "people.csv").write_text(ROWS)
    (given / "policy.yaml").write_text(POLICY)
    out.chmod(0o777)
    place = {"ROOT": str(root), "INPUT": str(given), "OUTPUT": str(out)}
    read, written = "/opt/ml/processing/input", "/opt/ml/processing/output"

    def tokenize(*args: str) -> subprocess.CompletedProcess[str]:
        command = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-auto", "--map-root-user"])]
        command += ["sh", "-c", INSIDE.format(user=USER), "tokenize", *args]
        return subprocess.run(command, env={**os.environ, **place}, capture_output=True, text=True, check=False)

    made = tokenize("keyring", "create", f"{written}/keyring.json", "--kms", "local:kek.key")
    assert made.returncode == 0, made.stderr
    assert (out / "keyring.json").stat().st_uid != 0, "it did not run as the user of the image"
    job = ["mask", f"{read}/raw/", "--policy", f"{read}/policy.yaml", "--keyring", f"{written}/keyring.json"]
    done = tokenize(*job, "--out", f"{written}/masked/")
    assert done.returncode == 0, done.stderr
    assert {"_SUCCESS", "people.csv"} <= {file.name for file in (out / "masked").iterdir()}
    masked = (out / "masked" / "people.csv").read_text()
    assert "example.com" in masked and "zoe.example" not in masked and "made up" not in masked
    refused = tokenize(*job, "--out", "/opt/masked/")
    assert refused.returncode == 4 and "read-only" in refused.stderr, (refused.returncode, refused.stderr)
    print("a job ran as a user without rights, on a root that it could not write to")


if __name__ == "__main__":
    main()
