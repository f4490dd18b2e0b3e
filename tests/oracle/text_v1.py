"""Tags in texts, `docs/format.md` section 12, written a second time from that text alone.

What is found in a text is no part of the format, so findings are given here. Like the rest of the oracle: to be read
beside the text, never to protect data.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

import tokenize_v1 as v1

Json = Any

PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
"""Printable ASCII, the space left out."""

QUOTED = "[]%\\\"'<>&`*|~"
CHECK_CHARACTERS = 10
ONE_KEY = "text"
"""The domain of what no action of its own seals."""


# --- The actions of a text ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TagKey:
    """What makes and verifies the check of a tag, and what seals its original."""

    root: bytes
    reveal: bytes
    domain: str

    def check(self, entity: str, token: str, sealed: str) -> str:
        message = v1.enc(entity.encode(), token.encode(), sealed.encode())
        mac = v1.hmac_sha256(v1.subkey(self.root, "text/check", self.domain), message)
        return base64.b32encode(mac).decode().lower()[:CHECK_CHARACTERS]

    def seal(self, entity: str, token: str, flag: int, original: str) -> str:
        sealed = seal(self.reveal, self.domain, self.aad(entity, token), bytes([flag]) + original.encode())
        return base64url(sealed)

    def open(self, entity: str, token: str, sealed: str) -> tuple[int, str]:
        opened = open_sealed(self.reveal, self.domain, self.aad(entity, token), from_base64url(sealed))
        return opened[0], opened[1:].decode()

    def aad(self, entity: str, token: str) -> bytes:
        return v1.enc(b"tokenize/v1", b"tag", self.domain.encode(), v1.enc(entity.encode(), token.encode()))


def seal(reveal: bytes, domain: str, aad: bytes, plaintext: bytes) -> bytes:
    nonce = v1.hmac_sha256(v1.subkey(reveal, "text/nonce", domain), v1.enc(aad, plaintext))[:12]
    return nonce + AESGCMSIV(v1.subkey(reveal, "text/seal", domain)).encrypt(nonce, plaintext, aad)


def open_sealed(reveal: bytes, domain: str, aad: bytes, sealed: bytes) -> bytes:
    try:
        return AESGCMSIV(v1.subkey(reveal, "text/seal", domain)).decrypt(sealed[:12], sealed[12:], aad)
    except (InvalidTag, ValueError):
        raise v1.Misfit("not sealed here") from None


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def from_base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(frozen=True)
class Action:
    """What a text's rule says of one entity."""

    keyring: v1.Keyring
    options: dict[str, Json]

    @property
    def name(self) -> str:
        return self.options["action"]

    @property
    def reversible(self) -> bool:
        return self.name in ("tokenize", "encrypt")

    @property
    def keyed(self) -> bool:
        return self.reversible or self.name == "pseudonymize"

    @property
    def version(self) -> int:
        return self.options.get("key_version", self.keyring.primary)

    @property
    def domain(self) -> str:
        return self.options.get("domain", self.options["format"] if self.name == "tokenize" else ONE_KEY)

    @property
    def reveal(self) -> bytes:
        return self.keyring.root("reveal", self.version)

    @property
    def tag_key(self) -> TagKey:
        root = self.keyring.root("pseudonym" if self.name == "pseudonymize" else "reveal", self.version)
        return TagKey(root, self.reveal, self.domain)

    def token(self, value: str) -> str:
        """Of a finding as it stands, `normalize` not yet applied."""
        value = v1.normalize(value, self.options.get("normalize", []))
        if self.name == "pseudonymize":
            root, output = self.keyring.root("pseudonym", self.version), self.options.get("output", "hex")
            return str(v1.pseudonymize(root, output, self.domain, value.encode()))
        if self.name == "encrypt":
            cell = v1.make_cell(self.reveal, self.version, self.domain, "string", value.encode())
            return base64.b64encode(cell).decode() if self.output == "string" else base64url(cell)
        return v1.text_of(self.column.tokenize(value))

    def value(self, token: str) -> str:
        """The value of a reversible token."""
        if self.name == "encrypt":
            cell = base64.b64decode(token) if self.output == "string" else from_base64url(token)
            return v1.open_cell({self.version: self.reveal}, self.domain, "string", cell).decode()
        if self.name == "tokenize":
            return v1.text_of(self.column.detokenize(token))
        raise v1.Misfit("one-way")

    @property
    def output(self) -> str:
        return self.options.get("output", "binary")

    @property
    def column(self) -> v1.Rule:
        not_of_the_format = ("action", "format", "domain", "key_version", "normalize", "entity", "column")
        options = {key: item for key, item in self.options.items() if key not in not_of_the_format}
        return v1.Rule(self.reveal, self.options["format"], self.domain, options)


@dataclass(frozen=True)
class Text:
    """A rule `text`."""

    keyring: v1.Keyring
    rule: dict[str, Json]

    @property
    def required(self) -> bool:
        return self.rule.get("reversible", "partial") == "required"

    @property
    def natural(self) -> bool:
        return self.rule.get("tokens", "tagged") == "natural"

    @property
    def reveal(self) -> bytes:
        return self.keyring.root("reveal", self.rule.get("key_version"))

    @property
    def tag_key(self) -> TagKey:
        """Of what is sealed because `reversible: required` says so."""
        return TagKey(self.reveal, self.reveal, ONE_KEY)

    def action(self, finding: Finding) -> Action:
        """What is done with a finding."""
        if finding.path is not None:
            return Action(self.keyring, self.rule["paths"][finding.path])
        return self.entity_action(finding.entity)

    def entity_action(self, entity: str) -> Action:
        entities = self.rule["entities"]
        return Action(self.keyring, entities.get(entity, entities["*"]))

    def actions(self, entity: str) -> Iterator[Action]:
        """All that a tag of the entity may come from."""
        yield self.entity_action(entity)
        named = [*self.rule.get("known", []), *self.rule.get("paths", {}).values()]
        yield from (Action(self.keyring, options) for options in named if options["entity"] == entity)


@dataclass(frozen=True)
class Finding:
    """A place in a text, in characters; `value` is what it reads as where that is not what stands there."""

    entity: str
    start: int
    end: int
    value: str
    path: str | None = None
    quoted: bool = False
    """A JSON number or literal, whose tag needs quotes."""


# --- Token ----------------------------------------------------------------------------------------------------------


def first_token(action: Action, value: str, natural: bool) -> str:
    """The token of the first writing that fits; for a tag, of the first that gives one of printable ASCII if there is one."""
    tokens = list(filter(None, (token_or_nothing(action, writing) for writing in writings(value))))
    if not tokens:
        raise v1.Misfit("no writing fits")
    if natural:
        return tokens[0]
    return next((token for token in tokens if all(char in PRINTABLE for char in token)), tokens[0])


def token_or_nothing(action: Action, value: str) -> str | None:
    try:
        return action.token(value)
    except v1.Misfit:
        return None


def writings(value: str) -> Iterator[str]:
    plain = "".join(map(ascii_twin, value))
    letters_and_digits = "".join(filter(str.isalnum, plain))
    yield value
    yield plain
    yield letters_and_digits
    yield letters_and_digits.upper()
    if found := re.match(r"\+|00", plain):
        yield "+" + "".join(char for char in plain[found.end() :].replace("(0)", "", 1) if char in v1.DIGITS)


def ascii_twin(char: str) -> str:
    """A guess at "the ASCII ones they stand for": the text has no table."""
    category = unicodedata.category(char)
    if category == "Cf":
        return ""
    if category == "Nd":
        return str(unicodedata.digit(char))
    if category == "Pd":
        return "-"
    if char in v1.WHITE_SPACE:
        return " "
    return chr(ord(char) - 0xFEE0) if "\uff01" <= char <= "\uff5e" else char


def quote(token: str) -> str:
    return "".join(
        chr(byte) if chr(byte) in PRINTABLE and chr(byte) not in QUOTED else f"%{byte:02X}" for byte in token.encode()
    )


def unquote(token: str) -> str:
    data = re.sub(rb"%([0-9A-F]{2})", lambda found: bytes.fromhex(found[1].decode()), token.encode())
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise v1.Misfit("not UTF-8") from None


# --- Tag ------------------------------------------------------------------------------------------------------------


def write_tag(key: TagKey, entity: str, token: str, original: str | None = None, flag: int = 0) -> str:
    """With `original`, that is sealed in the tag."""
    written = quote(token)
    sealed = "" if original is None else key.seal(entity, written, flag, original)
    check = key.check(entity, written, sealed)
    tag = f"[{entity}:{written}:{check}{'.' if sealed else ''}{sealed}]"
    return f'"{tag}"' if flag else tag


def mask(text: Text, source: str, findings: list[Finding]) -> tuple[str, bytes | None]:
    """The masked text, and the cell of `<column>__spans`."""
    out, at, spans = "", 0, []
    between = str if text.natural else escape
    for finding in findings:
        if text.action(finding).name == "keep":
            continue
        original = source[finding.start : finding.end]
        out += between(source[at : finding.start])
        start = len(out.encode())
        out += replacement(text, finding, original)
        if text.required or text.action(finding).reversible:
            spans.append((start, len(out.encode()), original))
        at = finding.end
    masked = out + between(source[at:])
    return masked, seal_spans(text, masked, spans) if text.natural and spans else None


def replacement(text: Text, finding: Finding, original: str) -> str:
    action, entity, flag = text.action(finding), finding.entity, int(finding.quoted)
    if not action.keyed:
        if text.required and not text.natural:
            return write_tag(text.tag_key, entity, "", original, flag)
        return unkeyed(action, entity, finding.value)
    try:
        token = first_token(action, finding.value, text.natural)
    except v1.Misfit:
        if text.natural or not text.required:
            raise
        return write_tag(text.tag_key, entity, "", original, flag)
    if text.natural:
        return token
    if text.required and not action.reversible:
        return write_tag(text.tag_key, entity, token, original, flag)
    alone = not action.reversible or (action.value(token) == original and not flag)
    return write_tag(action.tag_key, entity, token, None if alone else original, flag)


def unkeyed(action: Action, entity: str, value: str) -> str:
    if action.name == "redact":
        return action.options.get("with", f"[{entity}]")
    if action.name == "truncate":
        return v1.truncate(value, **action.options.get("keep", {}), fill=action.options.get("fill", "*"))
    raise v1.Refused(action.name)


# --- Reading --------------------------------------------------------------------------------------------------------

ENTITY = r"(?:[A-Z0-9]|\\?_){1,64}"
TAG = re.compile(rf"\[({ENTITY})\\?:([!-Z\\^-~]*?)(\\?)\]")
TAG_LIKE = re.compile(rf"\[(?=~*{ENTITY}\\?:)")
ESCAPED = re.compile(rf"\[~(?=~*{ENTITY}\\?:)")


def unmask(text: Text, masked: str) -> str:
    out, at, look = "", 0, 0
    while (look := masked.find("[", look)) >= 0:
        if ESCAPED.match(masked, look):
            out, at = out + masked[at : look + 1], look + 2
        elif read := read_tag(text, masked, look, at):
            start, end, value = read
            out, at, look = out + masked[at:start] + value, end, end - 1
        look += 1
    return out + masked[at:]


def read_tag(text: Text, masked: str, at: int, floor: int) -> tuple[int, int, str] | None:
    """Where the tag at this bracket begins and ends, and what it becomes; what is before `floor` is taken."""
    found = TAG.match(masked, at)
    if not found:
        return None
    before = masked[floor:at]
    start, end = at - (found[3] == "\\" and before.endswith("\\")), found.end()
    body = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", found[2])
    token, _, rest = body.rpartition(":")
    check, dot, sealed = rest.partition(".")
    opened = None if dot and not sealed else open_tag(text, found[1].replace("\\", ""), token, check, sealed)
    if not opened:
        return None
    flag, value = opened
    quotes = flag == 1 and masked[floor:start].endswith('"') and masked.startswith('"', end)
    return start - quotes, end + quotes, value


def open_tag(text: Text, entity: str, token: str, check: str, sealed: str) -> tuple[int, str] | None:
    for key, value in readers(text, entity):
        if not hmac.compare_digest(key.check(entity, token, sealed), check):
            continue
        try:
            return key.open(entity, token, sealed) if sealed else (0, value(unquote(token)))
        except v1.Misfit:
            continue
    return None


def readers(text: Text, entity: str) -> Iterator[tuple[TagKey, Callable[[str], str]]]:
    for action in text.actions(entity):
        if action.keyed:
            yield action.tag_key, action.value
        if text.required:
            yield text.tag_key, no_value


def no_value(token: str) -> str:
    raise v1.Misfit("one-way")


# --- Tag-like text --------------------------------------------------------------------------------------------------


def escape(source: str) -> str:
    return TAG_LIKE.sub("[~", source)


def unescape(masked: str) -> str:
    return ESCAPED.sub("[", masked)


# --- Natural --------------------------------------------------------------------------------------------------------


def spans_aad(masked: str) -> bytes:
    return v1.enc(b"tokenize/v1", b"spans", ONE_KEY.encode(), hashlib.sha256(masked.encode()).digest())


def seal_spans(text: Text, masked: str, spans: list[tuple[int, int, str]]) -> bytes:
    """Start and end count bytes of the masked text."""
    plaintext = b"".join(
        b"".join(number.to_bytes(4, "big") for number in (start, end, len(original.encode()))) + original.encode()
        for start, end, original in spans
    )
    return seal(text.reveal, ONE_KEY, spans_aad(masked), plaintext)


def open_spans(text: Text, masked: str, cell: bytes) -> list[tuple[int, int, str]]:
    data, spans = open_sealed(text.reveal, ONE_KEY, spans_aad(masked), cell), []
    while data:
        start, end, length = (int.from_bytes(data[at : at + 4], "big") for at in (0, 4, 8))
        spans.append((start, end, data[12 : 12 + length].decode()))
        data = data[12 + length :]
    return spans


def unmask_natural(text: Text, masked: str, cell: bytes | None) -> str:
    raw, out, at = masked.encode(), b"", 0
    for start, end, original in open_spans(text, masked, cell) if cell else []:
        out, at = out + raw[at:start] + original.encode(), end
    return (out + raw[at:]).decode()
