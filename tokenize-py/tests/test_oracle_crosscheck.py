"""An independent implementation of docs/format.md reproduces what the library makes.

It gets the keyring file, the KEK file and the masked table, as a stranger would, and the text of the format alone.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import secrets
from decimal import Decimal
from pathlib import Path
from typing import Any

import data_keys_v1 as data_keys
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import surrogates_v1 as surrogates
import tokenize_py as tk
import tokenize_v1 as oracle
from conftest import policy

EPOCH = dt.date(1970, 1, 1)

TOKENS: dict[str, tuple[Any, dict[str, Any]]] = {
    "digits": (["1234567", "12 34-56,7", "00000000", ""], {"domain": "d"}),
    "hex": (["DEADBEEF", "0-1-2-3-4-5-6-7"], {"domain": "h", "case": "upper"}),
    "letters": (["abcdefg", "a b c d e f"], {"domain": "l", "case": "lower"}),
    "alphabet": (["αβγδεζη", "αα-ββ-γγδ"], {"domain": "a", "alphabet": "αβγδεζηθ"}),
    "alphanumeric": (["AB12cd34", "a1-B2_c3"], {"domain": "an"}),
    "email": (["jane.doe@example.com", "Jane.Doe+x@Example.com", "ab@x.example", "A@b.example", "a.b-c@d.example"], {}),
    "us_ssn": (["123-45-6789", "000000000", "666 12 3456", "001010001"], {}),
    "pan": (["4111111111111111", "5555-5555-5555-4444"], {"keep": {"first": 6}}),
    "iban": (["DE89370400440532013000", "GB29 NWBK 6016 1331 9268 19"], {}),
    "phone": (["+12025550143", "+44 20 7946 0958", "020 7946 0958"], {"region": "GB"}),
    "ip": (["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"], {"prefix": "hide"}),
    "uuid": (["2ed6657d-e927-568b-95e1-2665a8aea6a2", "2ed6657de927568b95e12665a8aea6a2"], {}),
    "mac": (["02:00:5e:10:00:00", "0200.5e10.0001"], {}),
    "date": (["2024-02-29", "2099-12-31T23:59:59.5+02:00"], {"domain": "day", "small_domain": "permute"}),
    "integer": (["-5", "0", "999999"], {"domain": "n", "range": [-999_999, 999_999]}),
    "decimal": (["0.00", "12.34"], {"domain": "m", "range": ["0.00", "99999.99"]}),
}
CARDS = ["4111111111111111", "378282246310005"]
MORE: dict[str, tuple[str, Any, dict[str, Any]]] = {
    "pan_last": ("pan", CARDS, {"domain": "c2", "keep": {"last": 4}}),
    "pan_odd": ("pan", CARDS, {"domain": "c3", "check_digit": "invalid"}),
    "ip_prefix": ("ip", ["192.0.2.1", "2001:db8::1"], {"domain": "net", "prefix": "preserve"}),
    "small": ("digits", ["1234", "0000"], {"domain": "pin", "small_domain": "permute"}),
    "uuid_upper": ("uuid", ["2ED6657D-E927-568B-95E1-2665A8AEA6A2"], {"domain": "u2", "case": "upper"}),
}


@pytest.fixture
def keys(keyring: tk.Keyring, tmp_path: Path) -> oracle.Keyring:
    """The root keys of a keyring whose primary version is the second, as the oracle unwraps them."""
    keyring.add()
    keyring.promote(2)
    return oracle.open_keyring(tmp_path / "keyring.json")


def masked(keyring: tk.Keyring, data: pa.Table, rules: dict[str, Any]) -> pa.Table:
    tokenizer = tk.Tokenizer(rules, keyring)
    out = tokenizer.mask(data)
    assert tokenizer.unmask(out).select(reversible(out)).equals(data.select(reversible(out)))
    return out


def reversible(table: pa.Table) -> list[str]:
    names = ("tokenize", "encrypt", "shift_date")
    return [f.name for f in table.schema if (f.metadata or {}).get(b"tokenize.action", b"").decode() in names]


@pytest.mark.parametrize("name", [*TOKENS, *MORE])
def test_tokens(keys: oracle.Keyring, keyring: tk.Keyring, name: str) -> None:
    form, values, options = MORE[name] if name in MORE else (name, *TOKENS[name])
    data = pa.table({"a": values})
    out = masked(keyring, data, policy(a={"action": "tokenize", "format": form, **options}))
    tags = out.schema.field("a").metadata
    params = {key: value for key, value in options.items() if key != "domain"}
    rule = oracle.Rule(keys.root("reveal"), form, tags[b"tokenize.domain"].decode(), params)
    tokens = out["a"].to_pylist()
    assert tokens == [rule.tokenize(value) for value in values]
    assert [rule.detokenize(token) for token in tokens] == values
    written = json.loads(tags[b"tokenize.params"])
    assert written.items() >= rule.format.params.items()
    assert tags[b"tokenize.params"] == oracle.jcs(written)
    assert tags[b"tokenize.key_version"] == b"2"


@pytest.mark.parametrize(
    ("form", "values", "options"),
    [
        ("us_ssn", pa.array([123456789, 1], pa.int64()), {}),
        ("integer", pa.array([-5, 7], pa.int32()), {"domain": "n", "range": [-999_999, 999_999]}),
        ("uuid", pa.array([bytes(range(16))], pa.binary(16)), {}),
        ("date", pa.array([dt.date(2024, 2, 29)]), {"domain": "d", "small_domain": "permute"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_tokens_of_other_types(
    keys: oracle.Keyring, keyring: tk.Keyring, form: str, values: pa.Array, options: dict[str, Any]
) -> None:
    out = masked(keyring, pa.table({"a": values}), policy(a={"action": "tokenize", "format": form, **options}))
    params = {key: value for key, value in options.items() if key != "domain"}
    domain = out.schema.field("a").metadata[b"tokenize.domain"].decode()
    rule = oracle.Rule(keys.root("reveal"), form, domain, params)
    assert out["a"].to_pylist() == [rule.tokenize(value) for value in values.to_pylist()]


def test_decimal_tokens(keys: oracle.Keyring, keyring: tk.Keyring) -> None:
    values = pa.array([Decimal("12.34"), Decimal("0.00")], pa.decimal128(12, 2))
    options = {"range": ["0.00", "99999.99"]}
    out = masked(
        keyring,
        pa.table({"a": values}),
        policy(a={"action": "tokenize", "format": "decimal", "domain": "m", **options}),
    )
    rule = oracle.Rule(keys.root("reveal"), "decimal", "m", options)
    assert [f"{token:.2f}" for token in out["a"].to_pylist()] == [
        rule.tokenize(f"{value:.2f}") for value in values.to_pylist()
    ]


CANONICAL: dict[str, tuple[pa.Array, list[bytes]]] = {
    "text": (pa.array(["é", "A b"]), ["é".encode(), b"A b"]),
    "binary": (pa.array([b"\x00\xff"]), [b"\x00\xff"]),
    "int": (pa.array([-42, 0], pa.int8()), [b"-42", b"0"]),
    "uint": (pa.array([2**64 - 1], pa.uint64()), [b"18446744073709551615"]),
    "decimal": (
        pa.array([Decimal("1.50"), Decimal("-0.10"), Decimal("3.00")], pa.decimal128(9, 2)),
        [b"1.5", b"-0.1", b"3"],
    ),
    "date": (pa.array([dt.date(2024, 2, 29)]), [b"2024-02-29"]),
    "naive": (pa.array([1_500_000], pa.timestamp("us")), [b"1970-01-01T00:00:01.5"]),
    "zoned": (pa.array([-1], pa.timestamp("ns", "Asia/Tokyo")), [b"1969-12-31T23:59:59.999999999Z"]),
}


@pytest.mark.parametrize("output", ["hex", "uuid", "int64"])
@pytest.mark.parametrize("kind", CANONICAL)
def test_pseudonyms(keys: oracle.Keyring, keyring: tk.Keyring, output: str, kind: str) -> None:
    values, canonical = CANONICAL[kind]
    rule = {"action": "pseudonymize", "domain": "who", "output": output}
    out = tk.Tokenizer(policy(a=rule), keyring).mask(pa.table({"a": values}))
    expected = [oracle.pseudonymize(keys.root("pseudonym"), output, "who", value) for value in canonical]
    assert out["a"].to_pylist() == expected


@pytest.mark.parametrize("locale", surrogates.LOCALES)
@pytest.mark.parametrize("kind", surrogates.KINDS)
def test_surrogates(keys: oracle.Keyring, keyring: tk.Keyring, kind: str, locale: str) -> None:
    values = ["Jane Doe", "DOE, JANE", "Jane", "jane.doe@example.com", "+12025550143", "(202) 555-0143", "", None]
    values += [f"{name} {number}" for number in range(40) for name in ("Anna", "Zoë")]
    rule = {"action": "surrogate", "kind": kind, "locale": locale, "domain": "who"}
    out = tk.Tokenizer(policy(a=rule), keyring).mask(pa.table({"a": values}))
    its = surrogates.Surrogate(keys.root("pseudonym"), kind, locale, "who")
    assert out["a"].to_pylist() == [its.of(value) if value else value for value in values]


CELLS: list[tuple[str, pa.Array, list[bytes]]] = [
    ("string", pa.array(["é", "x" * 99]), ["é".encode(), b"x" * 99]),
    ("binary", pa.array([b"\x00"]), [b"\x00"]),
    ("binary", pa.array([b"ab"], pa.binary(2)), [b"ab"]),
    ("int", pa.array([-2], pa.int8()), [oracle.cell_plaintext("int", -2)]),
    ("int", pa.array([2**64 - 1], pa.uint64()), [oracle.cell_plaintext("int", 2**64 - 1)]),
    ("decimal", pa.array([Decimal("1.50")], pa.decimal128(9, 2)), [oracle.cell_plaintext("decimal", 150, 2)]),
    ("decimal", pa.array([Decimal("0.00")], pa.decimal128(9, 2)), [oracle.cell_plaintext("decimal", 0, 2)]),
    ("float32", pa.array([-0.0], pa.float32()), [oracle.cell_plaintext("float32", -0.0)]),
    ("float64", pa.array([1e300]), [oracle.cell_plaintext("float64", 1e300)]),
    ("bool", pa.array([True, False]), [b"\x01", b"\x00"]),
    ("date", pa.array([dt.date(1969, 12, 31)]), [oracle.cell_plaintext("date", -1)]),
    ("timestamp", pa.array([-1], pa.timestamp("ms", "UTC")), [oracle.cell_plaintext("timestamp", -1_000_000)]),
    ("timestamp", pa.array([1], pa.timestamp("s")), [oracle.cell_plaintext("timestamp", 1_000_000_000)]),
    ("time", pa.array([1], pa.time32("ms")), [oracle.cell_plaintext("time", 1_000_000)]),
]


@pytest.mark.parametrize("mode", ["randomized", "deterministic"])
@pytest.mark.parametrize(("logical", "values", "plaintexts"), CELLS, ids=[f"{c[0]}-{c[1].type}" for c in CELLS])
def test_cells(
    keys: oracle.Keyring, keyring: tk.Keyring, mode: str, logical: str, values: pa.Array, plaintexts: list[bytes]
) -> None:
    rules = policy(
        a={"action": "encrypt", "mode": mode},
        b={"action": "encrypt", "mode": mode, "output": "string", "domain": "sealed"},
    )
    out = masked(keyring, pa.table({"a": values, "b": values}), rules)
    reveals = {version: roots["reveal"] for version, roots in keys.versions.items()}
    texts = [base64.b64decode(cell, validate=True) for cell in out["b"].to_pylist()]
    for domain, cells in (("a", out["a"].to_pylist()), ("sealed", texts)):
        assert [oracle.open_cell(reveals, domain, logical, cell) for cell in cells] == plaintexts
        if mode == "deterministic":
            again = [oracle.make_cell(keys.root("reveal"), 2, domain, logical, plaintext) for plaintext in plaintexts]
            assert cells == again
    assert json.loads(out.schema.field("a").metadata[b"tokenize.params"])["logical_type"] == logical


def test_cells_of_the_oracle_are_opened(keys: oracle.Keyring, keyring: tk.Keyring) -> None:
    cells = [
        oracle.make_cell(keys.root("reveal"), 2, "a", "string", b"one"),
        oracle.make_cell(keys.root("reveal", 1), 1, "a", "string", b"two", (bytes(range(16)), bytes(range(12)))),
    ]
    clear = tk.Tokenizer(policy(a={"action": "encrypt"}), keyring).unmask(pa.table({"a": cells}))
    assert clear["a"].to_pylist() == ["one", "two"]


@pytest.mark.parametrize(
    "subject",
    [
        {"action": "keep"},
        {"action": "tokenize", "format": "digits", "domain": "s"},
        {"action": "pseudonymize", "domain": "s", "output": "int64"},
        {"action": "encrypt", "mode": "deterministic"},
    ],
    ids=lambda rule: rule["action"],
)
def test_shifts(keys: oracle.Keyring, keyring: tk.Keyring, subject: dict[str, Any]) -> None:
    shift = {"action": "shift_date", "subject": "who", "max_days": 30}
    days = [dt.date(2024, 2, 29), dt.date(2024, 3, 1), dt.date(1999, 12, 31)]
    data = pa.table(
        {"who": ["1234567", "1234567", "7654321"], "day": days, "text": [f"{day}T01:02:03Z" for day in days]}
    )
    out = masked(keyring, data, policy(who=subject, day=shift, text=shift))
    for i, who in enumerate(out["who"].to_pylist()):
        canonical = who if isinstance(who, bytes) else str(who).encode()
        moved = oracle.shift_days(keys.root("reveal"), 30, canonical)
        assert out["day"][i].as_py() == days[i] + dt.timedelta(moved)
        assert out["text"][i].as_py() == oracle.shift_date(data["text"][i].as_py(), moved)


def test_unkeyed_actions(keyring: tk.Keyring) -> None:
    born = ["1990-02-28", "1934-06-30", "2004-02-29"]
    data = pa.table(
        {
            "code": ["abcdef", "ab", "héllo"], "born": born, "zip": ["12345-6789", "03601", "123456789"],
            "year": born, "n": [17, -17, 25],
        }
    )  # fmt: skip
    rules = policy(
        code={"action": "truncate", "keep": {"first": 1, "last": 1}},
        born={"action": "generalize", "to": "age_band", "as_of": "2024-06-30"},
        zip={"action": "generalize", "to": "zip3"},
        year={"action": "generalize", "to": "year"},
        n={"action": "generalize", "to": "round", "size": 10},
    )
    out = tk.Tokenizer(rules, keyring).mask(data)
    assert out["code"].to_pylist() == [oracle.truncate(text, 1, 1) for text in data["code"].to_pylist()]
    assert out["born"].to_pylist() == [oracle.age_band(day, "2024-06-30") for day in born]
    assert out["zip"].to_pylist() == [oracle.zip3(text) for text in data["zip"].to_pylist()]
    assert out["year"].to_pylist() == [oracle.generalize_date("year", day) for day in born]
    assert out["n"].to_pylist() == [oracle.round_to(n, 10) for n in data["n"].to_pylist()]


@pytest.mark.parametrize("through", ["table", "file"])
def test_manifests(keys: oracle.Keyring, keyring: tk.Keyring, tmp_path: Path, through: str) -> None:
    data = pa.table({"ssn": ["123-45-6789", "x", ""], "kept": [1, 2, 3], "gone": [1, 2, 3]})
    rules = policy(
        ssn={"action": "tokenize", "format": "us_ssn", "on_invalid": "nullify"},
        kept={"action": "keep"},
        gone={"action": "drop"},
    )
    if through == "table":
        schema = tk.Tokenizer(rules, keyring).mask(data).schema
    else:
        pq.write_table(data, tmp_path / "in.parquet")
        tk.mask_file(tmp_path / "in.parquet", tmp_path / "out.parquet", policy=rules, keyring=keyring)
        schema = pq.read_schema(tmp_path / "out.parquet")
    text = schema.metadata[b"tokenize.manifest"]
    manifest = json.loads(text)
    assert oracle.verify_manifest(keys, manifest)
    assert text == oracle.jcs(manifest)
    entries = {entry["path"]: entry for entry in manifest["columns"]}
    assert list(entries) == ["ssn", "kept", "gone"]
    assert entries["kept"] == {"path": "kept", "action": "keep"}
    assert entries["gone"] == {"path": "gone", "action": "drop"}
    tags = {
        key.decode().removeprefix("tokenize."): value.decode() for key, value in schema.field("ssn").metadata.items()
    }
    tags = {
        key: value
        for key, value in tags.items()
        if key in ("action", "domain", "keyring", "key_version", "params", "type")
    }
    lost = {"lost": {"emptied": 0, "nullified": 1, "redacted": 0}} if through == "file" else {}
    assert entries["ssn"] == {"path": "ssn", **tags, **lost}


def whole(number: int) -> bytes:
    return number.to_bytes(16, "big", signed=True)


SEALED: dict[str, tuple[pa.Array, str, list[bytes | None]]] = {
    "text": (pa.array(["Ann", "é🍏", None, ""]), "string", [b"Ann", "é🍏".encode(), None, b""]),
    "blob": (pa.array([b"\x00\xff", None, b"", b"x"]), "binary", [b"\x00\xff", None, b"", b"x"]),
    "whole": (pa.array([-42, None, 0, 7], pa.int16()), "int", [whole(-42), None, whole(0), whole(7)]),
    "real": (pa.array([1.5, None, -0.0, 0.0]), "float64", [b"\x3f\xf8" + bytes(6), None, b"\x80" + bytes(7), bytes(8)]),
    "flag": (pa.array([True, None, False, True]), "bool", [b"\1", None, b"\0", b"\1"]),
    "day": (pa.array([dt.date(1970, 1, 2), None, EPOCH, EPOCH]), "date", [b"\0" * 7 + b"\1", None, bytes(8), bytes(8)]),
}
ARROW_TYPES = {"string": "utf8", "double": "float64", "date32[day]": "date32"}
"""Names in `tokenize.type` that are not those of pyarrow."""
SEALED_TABLE = pa.table({name: values for name, (values, _, _) in SEALED.items()})
OUTPUT = {"action": "encrypt", "key": "output"}
SEALED_RULES = policy(**{**dict.fromkeys(SEALED, OUTPUT), "text": {**OUTPUT, "domain": "said", "output": "string"}})


@pytest.fixture
def reader(keys: oracle.Keyring, keyring: tk.Keyring, tmp_path: Path) -> data_keys.Reader:
    """What the oracle opens data keys with; the files for a writer are beside the keyring."""
    for version in (1, 2):
        keyring.export_writer(tmp_path / f"writer-{version}.json", version)
    return data_keys.reader_of(json.loads((tmp_path / "keyring.json").read_text()), keys)


def test_writer_files(reader: data_keys.Reader, tmp_path: Path) -> None:
    keyring_file = json.loads((tmp_path / "keyring.json").read_text())
    for version in (1, 2):
        written = json.loads((tmp_path / f"writer-{version}.json").read_text())
        assert written == data_keys.writer_file(keyring_file, reader.keyring, version)


@pytest.mark.parametrize("by", ["keyring", "writer-1", "writer-2"])
def test_the_oracle_opens_data_keys_and_cells(reader: data_keys.Reader, tmp_path: Path, by: str) -> None:
    out = tmp_path / "out.parquet"
    pq.write_table(SEALED_TABLE, tmp_path / "in.parquet")
    tk.mask_file(tmp_path / "in.parquet", out, policy=SEALED_RULES, keyring=tk.Keyring.open(tmp_path / f"{by}.json"))
    masked = pq.read_table(out)
    own = json.loads(masked.schema.metadata[b"tokenize.manifest"])
    side = json.loads(Path(f"{out}.tokenize.json").read_text())
    assert own == side
    assert [record["key_version"] for record in own["data_keys"]] == [1 if by == "writer-1" else 2]
    for name, (_, logical, plaintexts) in SEALED.items():
        opened = data_keys.open_column(reader, own, name, masked[name].to_pylist())
        # Empty cells stay as they are written: as text in a column of text.
        assert [cell.encode() if isinstance(cell, str) else cell for cell in opened] == plaintexts, name
        [entry] = [entry for entry in own["columns"] if entry["path"] == name]
        assert json.loads(entry["params"])["logical_type"] == logical


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("through", ["metadata", "manifests", "file"])
def test_data_keys_and_cells_of_the_oracle_are_opened(
    reader: data_keys.Reader, keyring: tk.Keyring, tmp_path: Path, version: int, through: str
) -> None:
    writer = json.loads((tmp_path / f"writer-{version}.json").read_text())
    keys = [data_keys.DataKey(keyring.id, version, secrets.token_bytes(32)) for _ in range(2)]
    columns, arrays = [], {}
    for name, (values, logical, plaintexts) in SEALED.items():
        params = {"key": "output", "logical_type": logical, "mode": "randomized", "normalize": [], "on_invalid": "fail"}
        arrow_type = ARROW_TYPES.get(str(values.type), str(values.type))
        columns.append(
            {
                "path": name, "action": "encrypt", "keyring": keyring.id, "key_version": str(version), "domain": "d",
                "type": arrow_type, "params": oracle.jcs({**params, "output": "binary"}).decode(),
            }
        )  # fmt: skip
        arrays[name] = pa.array(
            [
                text and data_keys.make_cell(keys[at % 2], "d", logical, text, secrets.token_bytes(12))
                for at, text in enumerate(plaintexts)
            ],
            pa.binary(),
        )
    unsigned: dict[str, Any] = {
        "format": data_keys.MANIFEST_FORMAT,
        "tool": "oracle",
        "keyring": keyring.id,
        "policy": {"name": "oracle", "sha256": "00" * 32},
        "columns": columns,
        "data_keys": [data_keys.make_record(writer, key.key, secrets.token_bytes(32)) for key in keys],
    }
    manifest = data_keys.sign_manifest(unsigned, data_keys.signer_of(unsigned, reader.keyring, keys))
    text = oracle.jcs(manifest).decode()
    table = pa.table(arrays)
    if through == "metadata":
        fields = [
            pa.field(entry.pop("path"), pa.binary(), metadata={f"tokenize.{tag}": entry[tag] for tag in entry})
            for entry in json.loads(text)["columns"]
        ]
        table = table.cast(pa.schema(fields, metadata={"tokenize.manifest": text}))
        clear = tk.Tokenizer(SEALED_RULES, keyring).unmask(table)
    elif through == "manifests":
        clear = tk.Tokenizer(SEALED_RULES, keyring).unmask(table, manifests=[text])
    else:
        side = tmp_path / "oracle.json"
        side.write_text(text)
        pq.write_table(table, tmp_path / "oracle.parquet")
        tk.unmask_file(tmp_path / "oracle.parquet", tmp_path / "clear.parquet", keyring=keyring, manifests=[side])
        clear = pq.read_table(tmp_path / "clear.parquet")
    assert clear.equals(SEALED_TABLE)


def writings(secret: bytes) -> set[bytes]:
    """The ways in which a secret is likely to stand in a file: raw, in hexadecimal, in base64 at any offset."""
    found = {secret, secret.hex().encode(), secret.hex().upper().encode()}
    for before in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            # Characters that hold bits of the neighbours are left out.
            found.add(encode(bytes(before) + secret)[-(-before * 8 // 6) : (before + len(secret)) * 8 // 6])
    return found


def test_no_file_holds_a_key(reader: data_keys.Reader, keyring: tk.Keyring, tmp_path: Path) -> None:
    data = SEALED_TABLE.append_column("ssn", pa.array(["123-45-6789"] * 4)).append_column("who", pa.array(["x"] * 4))
    pq.write_table(data, tmp_path / "in.parquet")
    more = {"ssn": {"action": "tokenize", "format": "us_ssn"}, "who": {"action": "pseudonymize", "domain": "w"}}
    sealed = SEALED_RULES["columns"]
    for name, rules in {
        "keyring": policy(**sealed, **more),
        "writer-1": policy("drop", **sealed),
        "writer-2": policy("drop", **sealed),
    }.items():
        by = tk.Keyring.open(tmp_path / f"{name}.json")
        tk.mask_file(tmp_path / "in.parquet", tmp_path / f"{name}.parquet", policy=rules, keyring=by)
    found: dict[str, bytes] = {"kek": oracle.read_kek((tmp_path / "kek.key").read_text())}
    for version, roots in reader.keyring.versions.items():
        found |= {f"{root} {version}": key for root, key in roots.items()}
        pair = data_keys.writer_key_pair(roots["reveal"], keyring.id, version)
        found[f"writer {version}"] = pair.private
    for side in tmp_path.glob("*.tokenize.json"):
        [record] = json.loads(side.read_text())["data_keys"]
        key = data_keys.open_record(reader, record)
        found |= {f"data key of {side.name}": key.key, f"cells of {side.name}": key.cell_key}
    assert len(found) == 1 + 4 + 2 + 2 * 3
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert len(files) >= 10
    holders = {
        (name, what)
        for name, content in files.items()
        for what, secret in found.items()
        if any(writing in content for writing in writings(secret))
    }
    assert holders == {("kek.key", "kek")}
