"""Mask a table in memory and bring it back: the Python API on one page.

``make py`` builds the module into ``.venv``, once; then run ``.venv/bin/python examples/mask_table.py``.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pyarrow as pa
import tokenize_py as tk

POLICY = """
version: 1
name: people
columns:
  name:  { action: encrypt }
  email: { action: tokenize, format: email }
  ssn:   { action: tokenize, format: us_ssn }
"""


def main() -> None:
    people = pa.table(
        {
            "name": ["Zoë Ann Example", "John Doe", None],
            "email": ["zoe.example@example.com", "jdoe+news@example.org", "info@example.net"],
            "ssn": ["123-45-6789", "001010001", None],
        }
    )

    # A keyring is made once and kept; here it lives as long as the example.
    with tempfile.TemporaryDirectory() as folder:
        keyring = tk.Keyring.create(str(Path(folder) / "keyring.json"), kms="local:kek.key")
        tokenizer = tk.Tokenizer(POLICY, keyring)
        masked = tokenizer.mask(people)
        clear = tokenizer.unmask(masked)

    for was, now in zip(people["ssn"].to_pylist(), masked["ssn"].to_pylist(), strict=True):
        print(was, "->", now)
    print("unmasked equals original:", clear.equals(people))


if __name__ == "__main__":
    main()
