"""Tokenization and encryption of PII columns: pandas, Polars, Arrow and Parquet files.

    import tokenize_py as tk

    keyring = tk.Keyring.create("keyring.json", kms="local:kek.key")
    t = tk.Tokenizer("policy.yaml", keyring)
    masked = t.mask(df)
    clear = t.unmask(masked)

:class:`Tokenizer` treats tables in memory, :func:`mask_file`, :func:`unmask_file` and :func:`remask_file` treat Parquet
files. Every failure is a :class:`TokenizeError`; no message holds a value, a token or a key.
"""

from tokenize_py._core import (
    ArrowTable,
    ColumnReport,
    Keyring,
    KeyVersion,
    Report,
    __version__,
    ff1_decrypt,
    ff1_encrypt,
)
from tokenize_py._errors import DataError, InvalidValueError, KeyringError, KmsError, PolicyError, TokenizeError
from tokenize_py._files import mask_file, remask_file, unmask_file
from tokenize_py._plan import MaskPlan
from tokenize_py._tokenizer import Tokenizer

__all__ = [
    "ArrowTable",
    "ColumnReport",
    "DataError",
    "InvalidValueError",
    "KeyVersion",
    "Keyring",
    "KeyringError",
    "KmsError",
    "MaskPlan",
    "PolicyError",
    "Report",
    "TokenizeError",
    "Tokenizer",
    "__version__",
    "ff1_decrypt",
    "ff1_encrypt",
    "mask_file",
    "remask_file",
    "unmask_file",
]
