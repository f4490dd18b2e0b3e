"""The compiled part. What is public of it is re-exported by ``tokenize_py``."""

import os
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, final

__version__: str

@final
class Keyring:
    """Versioned root keys, wrapped by a key management service; read from a keyring file.

    >>> keyring = tk.Keyring.create("new.json", kms="local:new.key")
    >>> keyring.primary, keyring.add(), [version.state for version in keyring.versions()]
    (1, 2, ['primary', 'enabled'])

    Opaque: ``repr`` shows the id, nothing shows a key. Its pickle is the text of the keyring file (wrapped keys) and
    the folder that ``local:`` references start at; the keyring that is read from it cannot be changed. A writer file
    (:meth:`export_writer`) opens as a keyring too: one that masks columns of ``encrypt`` with ``key: output`` and
    unmasks nothing. Keys are unwrapped when a table or file needs them. A change re-reads the file under a lock and
    replaces it whole. Rotation is three steps: :meth:`add`, :meth:`promote`, and :meth:`disable` when nothing masked
    with the old version is needed any more.
    """

    @staticmethod
    def create(
        path: str | os.PathLike[str],
        kms: str = "local:kek.key",
        reveal_kms: str | None = None,
        context: Mapping[str, str] | None = None,
    ) -> Keyring:
        """Make a keyring file with version 1, and the KEK file of a ``local:`` reference where it does not exist.

        Whoever loses the KEK loses every key in the keyring, and with them the way back from every token.

        Args:
            path: The keyring file; an existing one is never overwritten.
            kms: The KMS and wrapping key. ``local:PATH`` is a KEK file, ``PATH`` being relative to the keyring file;
                ``aws-kms:KEY`` is a key of AWS KMS, by its id, ARN or alias.
            reveal_kms: Another one for the keys that unmask (``reveal`` root keys and data keys): a right to the first
                alone gives pseudonyms and nothing more.
            context: Names and values of your own that the wrapped keys are bound to; they are in clear in the file.

        Raises:
            KeyringError: The file exists already, or cannot be written.
            KmsError: The KMS reference is wrong, or the KMS fails.

        """

    @staticmethod
    def open(path: str | os.PathLike[str]) -> Keyring:
        """Read a keyring file, or a writer file. Nothing is unwrapped yet.

        Raises:
            KeyringError: The file cannot be read, or is no valid keyring file.

        """

    @property
    def id(self) -> str:
        """Its name, ``kr-`` and 32 hexadecimal characters."""

    @property
    def primary(self) -> int:
        """The version that is used where none is asked for."""

    @property
    def kms(self) -> str:
        """The KMS that its keys are wrapped by; the public key of a writer file."""

    @property
    def reveal_kms(self) -> str:
        """The KMS that its ``reveal`` root keys and data keys are wrapped by: :attr:`kms`, unless it was set apart."""

    @property
    def former_kms(self) -> list[str]:
        """What has wrapped data keys before a rewrap: outputs written then still need it."""

    @property
    def write_only(self) -> bool:
        """Whether this is a writer file: it makes data keys, and unwraps nothing."""

    def versions(self) -> list[KeyVersion]:
        """List every version, destroyed ones too, in the order they were added."""

    def add(self) -> int:
        """Add an enabled version with new keys; give its number. It is used once it is promoted.

        Raises:
            KeyringError: The file cannot be changed.
            KmsError: The KMS fails.

        """

    def promote(self, version: int) -> None:
        """Make an enabled version the primary one.

        Raises:
            KeyringError: There is no such version, or it is disabled or destroyed.

        """

    def disable(self, version: int) -> None:
        """Refuse a version until it is enabled again.

        Raises:
            KeyringError: There is no such version, or it is the primary one or destroyed.

        """

    def enable(self, version: int) -> None:
        """Allow a disabled version again.

        Raises:
            KeyringError: There is no such version, or it is destroyed.

        """

    def destroy(self, version: int) -> None:
        """Remove a version's keys for good: what was masked with it can never be unmasked.

        Backups of the keyring file still hold the wrapped keys.

        Raises:
            KeyringError: There is no such version, or it is the primary one.

        """

    def rewrap(self, *, kms: str | None = None, reveal_kms: str | None = None) -> None:
        """Wrap keys with another KMS or wrapping key. The keys, and with them all tokens, stay the same.

        Copies of the old file still open with the old wrapping key. Data keys of outputs are not reached: see
        :attr:`former_kms`.

        Args:
            kms: Where all keys go; where ``reveal`` keys have a KMS of their own, these stay.
            reveal_kms: Where the ``reveal`` keys go, theirs alone from then on.

        Raises:
            TypeError: Neither is given.
            KeyringError: The file cannot be changed.
            KmsError: A KMS reference is wrong, or a KMS fails.

        """

    def export_writer(self, path: str | os.PathLike[str], version: int | None = None) -> None:
        """Write a writer file: with it another host masks columns of ``encrypt``, ``key: output``, and unmasks nothing.

        It holds a public key and is no secret; take care who may write to the outputs.

        Args:
            path: The file; an existing one is never overwritten.
            version: The key version that it writes under; the primary one if ``None``.

        Raises:
            KeyringError: The version cannot be used, or the file exists already.
            KmsError: The keyring's KMS does not give a key.

        """

    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class KeyVersion:
    """One version of a keyring."""

    @property
    def version(self) -> int:
        """Its number, from 1."""

    @property
    def state(self) -> str:
        """``primary``, ``enabled``, ``disabled`` or ``destroyed``."""

    @property
    def created(self) -> str:
        """When it was made, RFC 3339 in UTC."""

@final
class Report:
    """What was done to a file, or to a dataset: names and counts, never values."""

    @property
    def rows(self) -> int:
        """Rows that went through."""

    @property
    def written(self) -> bool:
        """Whether an output was written: not where :func:`remask_file` found nothing to do."""

    @property
    def columns(self) -> list[ColumnReport]:
        """Every leaf of the input, in schema order; of a dataset summed up over its files, partition columns first."""

    @property
    def side_file(self) -> str | None:
        """The file beside the output that holds its manifest, where one was written for a single file."""

    @property
    def files(self) -> list[FileReport]:
        """The files, in the order in which they were treated; not those that an earlier run had done."""

    @property
    def partitions(self) -> list[ColumnReport]:
        """The partition columns of a dataset."""

    @property
    def resumed(self) -> int:
        """How many files an earlier run had done."""

@final
class FileReport:
    """What was done to one file. Its paths show ``…`` for a partition's value that the masked side does not show."""

    @property
    def input(self) -> str:
        """The file."""

    @property
    def output(self) -> str | None:
        """Where it was written, if it was."""

    @property
    def rows(self) -> int:
        """Rows that went through."""

    @property
    def columns(self) -> list[ColumnReport]:
        """Every leaf of the file, in schema order."""

    @property
    def side_file(self) -> str | None:
        """The file beside the output that holds its manifest, where one was written."""

@final
class ColumnReport:
    """What was done to one column."""

    @property
    def column(self) -> str:
        """The column's path."""

    @property
    def done(self) -> str:
        """The action's name; with ``unmask``, ``remask``, ``keep`` or ``leave`` when unmasking or remasking."""

    @property
    def domain(self) -> str | None:
        """The pseudonymisation domain, where there is one."""

    @property
    def emptied(self) -> int:
        """Empty strings that became null, as the output type has no empty value."""

    @property
    def nullified(self) -> int:
        """Values that did not fit and became null."""

    @property
    def redacted(self) -> int:
        """Values that did not fit and became ``[REDACTED]``."""

    @property
    def left_tags(self) -> int:
        """What is like a tag in texts that were unmasked, but is not genuine or cannot be reversed, and stays."""

    @property
    def values(self) -> int | None:
        """Values that were treated, nulls among them; ``None`` where nothing was to be done."""

    @property
    def nulls(self) -> int | None:
        """The nulls among them."""

    @property
    def seconds(self) -> float | None:
        """The time that treating them took, summed over threads."""

@final
class ArrowTable:
    """A table that any Arrow library takes by the PyCapsule interface, for callers without pyarrow."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...
    def __arrow_c_schema__(self) -> object: ...
    def __len__(self) -> int: ...

def ff1_encrypt(key: bytes, tweak: bytes, text: str, alphabet: str | None = None) -> str:
    """Encrypt a text with FF1 (NIST SP 800-38G, Algorithm 7): the raw primitive, for vectors and for exchange.

    >>> key = bytes.fromhex("2B7E151628AED2A6ABF7158809CF4F3C")    # FF1samples.pdf, sample 1
    >>> tk.ff1_encrypt(key, b"", "0123456789")
    '2433477484'

    Deterministic and not authenticated: equal texts give equal tokens, and a wrong key or token decrypts to a plausible
    wrong text. Use a key for this only.

    Args:
        key: An AES key of 16, 24 or 32 bytes.
        tweak: The tweak; may be empty.
        text: Characters of the alphabet; with it they must have at least 1,000,000 possible values (SP 800-38G Rev. 1,
            second public draft).
        alphabet: Distinct characters, in the order of their numerals; ``0123456789`` if ``None``.

    Raises:
        InvalidValueError: Key, text or alphabet is not of that kind.

    """

def ff1_decrypt(key: bytes, tweak: bytes, text: str, alphabet: str | None = None) -> str:
    """Decrypt what :func:`ff1_encrypt` has made (Algorithm 8).

    >>> tk.ff1_decrypt(bytes.fromhex("2B7E151628AED2A6ABF7158809CF4F3C"), b"", "2433477484")
    '0123456789'

    Args:
        key: The key it was made with.
        tweak: The tweak it was made with.
        text: The token.
        alphabet: The alphabet it was made with; ``0123456789`` if ``None``.

    Raises:
        InvalidValueError: Key, text or alphabet is not of that kind. A wrong key or token is not noticed.

    """

# Below: for the Python face only.

GivenManifest: TypeAlias = tuple[str, str | None]
"""The text of a manifest, and the path that it was read from, if it was."""

Found: TypeAlias = tuple[str, int, int, float, str, list[str], bool]
"""A finding: entity, start, end, score, rule, reasons, reserved."""

@final
class Detector:
    """What is looked for. ``rules`` are a text and what it is: ``path``, ``text`` or ``json``."""

    def __new__(
        cls, rules: tuple[str, str] | None, entities: Sequence[str] | None, min_score: float | None
    ) -> Detector: ...
    def entities(self) -> list[str]: ...
    def detect(self, text: str, unit: str) -> list[Found]:
        """Find in a text; places are counted in ``codepoints``, ``utf8`` or ``utf16``."""

    def detect_all(self, data: object, name: str | None) -> ArrowTable:
        """Find in a table, or in an array under a name."""

@final
class ScanReport:
    """What a scan found."""

    def to_json(self) -> str: ...
    def to_html(self) -> str: ...
    def policy(self, name: str) -> str: ...

def scan(detector: Detector, data: object, name: str | None, sample: int | None) -> ScanReport:
    """Scan a table, or an array under a name."""

@final
class ArrowSchema:
    """A schema by the PyCapsule interface."""

    def __arrow_c_schema__(self) -> object: ...
    def to_bytes(self) -> bytes: ...

def schema_from_bytes(bytes: bytes) -> ArrowSchema:
    """Read what :meth:`ArrowSchema.to_bytes` gives."""

def carried_keyring(text: str) -> Keyring:
    """Give the keyring of a pickle."""

def carried_engine(text: str) -> Engine:
    """Give the engine of a pickle."""

@final
class Plan:
    """A plan for tables of one schema."""

    @property
    def schema(self) -> ArrowSchema:
        """The schema of what comes out."""

    @property
    def treated(self) -> set[str]:
        """Columns of the input of which something changes."""

    @property
    def has_data_keys(self) -> bool:
        """Whether its data keys are its own, so that another plan would have others."""

    def manifest(self) -> str | None:
        """Give the manifest of a mask, whose data keys are made now if they have not been."""

    def groups(self) -> list[tuple[list[int], list[int]]]:
        """Columns that have to go together: those of the input that are read, and those of the output that come."""

    def apply_group(self, number: int, batch: object, first_row: int, task: bytes | None) -> object:
        """Treat one batch of what a group reads; ``task`` names what may be done again and gives the same cells."""

    def apply(self, batch: object, first_row: int = 0) -> object:
        """Treat one batch, which starts at the given row."""

    def apply_all(self, data: object) -> ArrowTable:
        """Treat a table."""

@final
class Engine:
    """A policy and a keyring. ``kind`` says what ``policy`` is: ``path``, ``text`` or ``json``."""

    def __new__(cls, policy: str, kind: str, keyring: Keyring) -> Engine: ...
    @property
    def policy_name(self) -> str: ...
    def carried(self) -> str:
        """Give what a pickle holds."""

    @property
    def keyring_id(self) -> str: ...
    def plan_mask(self, schema: object) -> Plan: ...
    def plan_unmask(
        self,
        schema: object,
        samples: object,
        columns: list[str] | None,
        key_version: int | None,
        manifests: list[GivenManifest],
    ) -> Plan: ...
    def mask(self, data: object) -> ArrowTable: ...
    def unmask(
        self, data: object, columns: list[str] | None, key_version: int | None, manifests: list[GivenManifest]
    ) -> ArrowTable: ...
    def mask_text(self, text: str) -> str: ...
    def unmask_text(self, text: str) -> str: ...

def mask_file(places: object, policy: tuple[str, str], keyring: Keyring, files: object) -> Report: ...
def mask_file_inspected(
    places: object, policy: tuple[str, str], keyring: Keyring, files: object
) -> tuple[Report, str]:
    """Mask a file, and give the page of its report too."""

def unmask_file(
    places: object,
    keyring: Keyring,
    policy: tuple[str, str] | None,
    columns: list[str] | None,
    key_version: int | None,
    manifests: list[GivenManifest],
    files: object,
) -> Report: ...
def remask_file(places: object, keyring: Keyring, leave: bool, files: object) -> Report: ...
def policy_json(policy: str, kind: str) -> str:
    """Give a policy as a tree, in JSON."""

def plan_mask_under(engine: Engine, schema: object, manifest: str) -> Plan:
    """Plan to mask more of an output, under the data keys that its manifest tells of."""

def spark_columns(schema: object) -> dict[str, str]:
    """Give what each masked column of a schema carries in Spark, as JSON."""

def spark_parquet(schema: object) -> ArrowSchema:
    """Put on a schema what Spark wrote of its columns into the Parquet file that it comes from."""

def spark_schema(schema: object, columns: dict[str, str]) -> ArrowSchema:
    """Put on a schema what its columns carry in Spark."""

def schema_of(data: object) -> ArrowSchema:
    """Give the schema of an Arrow table, or of a schema."""

def tag_schema(schema: object, manifest: str, paths: set[str]) -> ArrowSchema:
    """Put a manifest, and its tags for every leaf among ``paths``, on a schema."""

def masked_paths(schema: object) -> tuple[str | None, list[str]]:
    """Give a schema's manifest and the leaves that carry tags."""
