"""Tokenization and encryption of PII columns: pandas, Polars, Arrow and Parquet files.

    import tokenize_py as tk

    keyring = tk.Keyring.create("keyring.json", kms="local:kek.key")
    t = tk.Tokenizer("policy.yaml", keyring)
    masked = t.mask(df)
    clear = t.unmask(masked)

    print(tk.scan(df))                          # what the columns hold, and a draft of a policy
    tk.detect("call 202-555-0143")              # personal data in a text

:class:`Tokenizer` treats tables in memory, :func:`mask_file`, :func:`unmask_file` and :func:`remask_file` treat files
and datasets. :func:`scan`, :func:`detect` and :func:`detect_batch` find personal data, and need no keyring. Every
failure is a :class:`TokenizeError`; no message holds a value, a token or a key. ``tokenize_py.spark`` and
``tokenize_py.ray`` do the same on clusters, ``tokenize_py.torch`` in the workers of a ``DataLoader``.
"""

from tokenize_py._core import (
    ArrowTable,
    ColumnReport,
    FileReport,
    Keyring,
    KeyVersion,
    Report,
    __version__,
    ff1_decrypt,
    ff1_encrypt,
)
from tokenize_py._detect import Finding, detect, detect_batch
from tokenize_py._errors import DataError, InvalidValueError, KeyringError, KmsError, PolicyError, TokenizeError
from tokenize_py._files import Csv, mask_file, remask_file, unmask_file
from tokenize_py._guard import guard
from tokenize_py._plan import MaskPlan
from tokenize_py._scan import ColumnScan, EntityShare, ScanReport, scan
from tokenize_py._tokenizer import Tokenizer

__all__ = [
    "ArrowTable",
    "ColumnReport",
    "ColumnScan",
    "Csv",
    "DataError",
    "EntityShare",
    "FileReport",
    "Finding",
    "InvalidValueError",
    "KeyVersion",
    "Keyring",
    "KeyringError",
    "KmsError",
    "MaskPlan",
    "PolicyError",
    "Report",
    "ScanReport",
    "TokenizeError",
    "Tokenizer",
    "__version__",
    "detect",
    "detect_batch",
    "ff1_decrypt",
    "ff1_encrypt",
    "guard",
    "mask_file",
    "remask_file",
    "scan",
    "unmask_file",
]
