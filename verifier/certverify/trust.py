"""What a checker believes before it looks at anything: trust list, tables, policy (docs/formats/trust-list.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from time import sleep
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from certverify import ed25519
from certverify.api_key import ApiKey, read_api_keys
from certverify.errors import (
    CertificateError,
    JsonError,
    NoteError,
    PolicyError,
    TrustForgedError,
    TrustListError,
    TrustMixedError,
)
from certverify.log_key import LogKey, log_key
from certverify.note import SignatureType, VerifierKey, decode_verifier_key
from certverify.policy import Policy, decode_policy
from certverify.strict_json import (
    base64_bytes,
    day,
    decode_json,
    hex_bytes,
    items,
    only_keys,
    text,
    whole_number,
)
from certverify.trust_note import EarlierTrust, decode_trust_note, is_signed_by_any, require_anchor

MAX_TRUST_FILE_BYTES = 1 << 22
KID_BYTES = 4
_ATTEMPTS, _PAUSE_SECONDS = 3, 0.05
_KID_DOMAIN = b"certsvc/record-key/v1\x00"


class Environment(StrEnum):
    """Whether the keys are a test's or the authority's."""

    TEST = "test"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class RecordKey:
    """A key of the authority for records and manifests; it speaks for issue dates from `valid_from` to `valid_to`."""

    kid: bytes
    public_key: Ed25519PublicKey
    valid_from: date
    valid_to: date | None

    def speaks_for(self, issued_on: date, *, corrected: bool = False) -> bool:
        """Whether a certificate issued on that day may bear this key's signature.

        A `corrected` version keeps the issue date of the first, which may be older than the key: only the end is judged.
        """
        begun = corrected or self.valid_from <= issued_on
        return begun and (self.valid_to is None or issued_on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class DocumentKey:
    """A signer certificate (DER, P-256) of certificate PDFs, with its verified chain from the issuing CA to the root."""

    alg: str
    certificate: bytes
    chain: tuple[bytes, ...]
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Layout:
    """The fixed first bytes of every certificate PDF of one layout."""

    name: str
    head_length: int
    head_sha256: bytes


@dataclass(frozen=True, slots=True)
class TrustList:
    """The keys a checker believes, with their dates.

    `sequence` only grows from list to list: whoever remembers a greater one looks at an old list. `log_keys` has the key
    in force first. `record_keys` and `api_keys`, by kid, have those of known algorithms alone. `anchors` are the keys that
    may sign the next list; none: the material is not signed.
    """

    sequence: int
    issued_at: datetime
    environment: Environment
    qr_prefixes: tuple[str, ...]
    log_keys: tuple[LogKey, ...]
    record_keys: Mapping[bytes, RecordKey]
    document_keys: tuple[DocumentKey, ...]
    layouts: tuple[Layout, ...]
    tables_sha256: bytes
    anchors: tuple[VerifierKey, ...]
    api_keys: Mapping[str, ApiKey]


@dataclass(frozen=True, slots=True)
class Tables:
    """Names of codes; a code without a name is given as its digits."""

    series: Mapping[str, str]
    titles: Mapping[str, str]
    levels: Mapping[str, str]
    ways: Mapping[str, str]
    regions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Trust:
    """Trust list, tables and policy that belong together."""

    trust_list: TrustList
    tables: Tables
    policy: Policy


def load_trust(folder: Path, anchor: VerifierKey | None = None) -> Trust:
    """The trust material in a public tree; with `anchor`, only when the chain of statements leads back to that key.

    A tree that is being published at this moment may show files of two publications: they are read again, a few times.
    Raises TrustForgedError for material that is not signed as it must be, TrustListError for what cannot be read.
    """
    for _ in range(_ATTEMPTS - 1):
        try:
            return _load_once(folder, anchor)
        except TrustMixedError:
            sleep(_PAUSE_SECONDS)
    return _load_once(folder, anchor)


def decode_verifier_anchor(line: str) -> VerifierKey:
    """A trust anchor's verifier key (Ed25519, note signature type 0x01). Raises NoteError."""
    key = decode_verifier_key(line)
    if key.kind is not SignatureType.ED25519:
        raise NoteError("a trust anchor is an Ed25519 key")
    return key


def decode_trust(
    raw_trust_list: bytes,
    raw_tables: bytes,
    raw_policy: bytes,
    raw_note: bytes | None = None,
    anchor: VerifierKey | None = None,
    earlier: Callable[[int], EarlierTrust] | None = None,
) -> Trust:
    """The files decoded and checked against each other (docs/formats/trust-list.md, the reader's steps).

    `raw_note` is `trust.note`, None where there is none. With `anchor`, and `earlier` to read what came before, the chain
    of statements must lead back to that key. Raises TrustForgedError, TrustMixedError, or else TrustListError.
    """
    trust_list = decode_trust_list(raw_trust_list)
    if sha256(raw_tables).digest() != trust_list.tables_sha256:
        raise TrustMixedError("the tables are not those of the trust list")
    try:
        policy = decode_policy(raw_policy)
    except PolicyError as error:
        raise TrustListError("the policy cannot be read") from error
    log = trust_list.log_keys[0]
    if policy.logs and (log.name, log.raw_key) not in {(key.name, key.raw_key) for key in policy.logs}:
        raise TrustMixedError("the policy does not know the log of the trust list")
    if not trust_list.anchors:
        if anchor is not None:
            raise TrustForgedError("the trust material is not signed")
        return Trust(trust_list, decode_tables(raw_tables), policy)
    if raw_note is None:
        raise TrustMixedError("the trust list names anchors, and trust.note is missing")
    _require_statement(raw_note, raw_trust_list, raw_policy, trust_list)
    if anchor is not None:
        require_anchor(raw_note, anchor, _nothing_earlier if earlier is None else earlier)
    return Trust(trust_list, decode_tables(raw_tables), policy)


def decode_trust_list(raw_list: bytes) -> TrustList:
    """The trust list in JSON bytes; every certificate in it is whole, and signed by the next. Raises TrustListError."""
    try:
        return _trust_list(decode_json(raw_list, limit=MAX_TRUST_FILE_BYTES))
    except (JsonError, NoteError, CertificateError, ValueError) as error:
        raise TrustListError("the trust list cannot be read") from error


def decode_tables(raw_tables: bytes) -> Tables:
    """The tables in JSON bytes. Raises TrustListError."""
    kinds = ("series", "titles", "levels", "ways", "regions")
    try:
        fields = only_keys(decode_json(raw_tables, limit=MAX_TRUST_FILE_BYTES), ("format", *kinds))
        if fields["format"] != "certsvc-tables/1":
            raise JsonError("another format")
        return Tables(**{kind: _names(fields[kind]) for kind in kinds})
    except JsonError as error:
        raise TrustListError("the tables cannot be read") from error


def record_kid(raw_key: bytes) -> bytes:
    """The 4 bytes by which records name a public key (docs/formats/qr-record.md)."""
    return sha256(_KID_DOMAIN + raw_key).digest()[:KID_BYTES]


def earlier_trust(raw_note: bytes, raw_list: bytes) -> EarlierTrust:
    """A statement that was replaced, as `trust/<sequence>.note` and `.json` keep it. Raises TrustListError."""
    return EarlierTrust(raw_note, raw_list, decode_trust_list(raw_list).anchors)


def _load_once(folder: Path, anchor: VerifierKey | None) -> Trust:
    def earlier(sequence: int) -> EarlierTrust:
        kept = folder / "trust"
        return earlier_trust(_read(kept / f"{sequence}.note"), _read(kept / f"{sequence}.json"))

    note = folder / "trust.note"
    return decode_trust(
        _read(folder / "trust-list.json"),
        _read(folder / "tables.json"),
        _read(folder / "policy"),
        _read(note) if note.exists() else None,
        anchor,
        earlier,
    )


def _require_statement(raw_note: bytes, raw_list: bytes, raw_policy: bytes, trust_list: TrustList) -> None:
    statement, note = decode_trust_note(raw_note)
    signed = (statement.origin, statement.sequence, statement.issued_at)
    if signed != (trust_list.log_keys[0].name, trust_list.sequence, trust_list.issued_at):
        raise TrustMixedError("trust.note belongs to another trust list")
    files = (sha256(raw_list).digest(), trust_list.tables_sha256, sha256(raw_policy).digest())
    if files != (statement.trust_list, statement.tables, statement.policy):
        raise TrustMixedError("the files are not those that were signed")
    if not is_signed_by_any(note, trust_list.anchors):
        raise TrustForgedError("trust.note is not signed by an anchor of the trust list")


def _nothing_earlier(sequence: int) -> EarlierTrust:
    raise TrustForgedError(f"statement {sequence} is not at hand")


def _trust_list(value: object) -> TrustList:
    fields = _with_api_keys(value)
    if fields["format"] != "certsvc-trust-list/1":
        raise JsonError("another format")
    keys = [_record_key(item) for item in items(fields["record_keys"])]
    by_kid = {kid: key for kid, key in keys if key is not None}
    if len({kid for kid, _ in keys}) != len(keys):
        raise JsonError("two keys with one kid")
    anchors = tuple(decode_verifier_anchor(text(item)) for item in items(fields["anchors"]))
    sequence = whole_number(fields["sequence"])
    if sequence < 1 or len({key.raw_key for key in anchors}) != len(anchors):
        raise JsonError("sequences begin with 1, and an anchor is named once")
    return TrustList(
        sequence=sequence,
        issued_at=_instant(fields["issued_at"]),
        environment=Environment(text(fields["environment"])),
        qr_prefixes=tuple(map(text, items(fields["qr_prefixes"]))),
        log_keys=_log_keys(fields["log"]),
        record_keys=by_kid,
        document_keys=tuple(map(_document_key, items(fields["document_keys"]))),
        layouts=tuple(map(_layout, items(fields["layouts"]))),
        tables_sha256=hex_bytes(fields["tables_sha256"], 32),
        anchors=anchors,
        api_keys=read_api_keys(fields["api_keys"]),
    )


def _with_api_keys(value: object) -> dict[str, Any]:
    """The members of the list; those that were signed before verdicts were name no API keys."""
    if type(value) is dict and "api_keys" not in value:
        value = value | {"api_keys": []}
    return only_keys(
        value,
        (
            "format", "sequence", "issued_at", "environment", "qr_prefixes", "log", "record_keys", "api_keys",
            "document_keys", "layouts", "tables_sha256", "anchors",
        ),
    )  # fmt: skip


def _log_keys(value: object) -> tuple[LogKey, ...]:
    fields = only_keys(value, ("origin", "keys"))
    keys = tuple(_log_key(item, text(fields["origin"])) for item in items(fields["keys"]))
    if not keys or len({key.raw_key for key in keys}) != len(keys):
        raise JsonError("a log has a key, and names each once")
    return keys


def _log_key(value: object, origin: str) -> LogKey:
    fields = only_keys(value, ("vkey", "valid_from", "valid_to"))
    key = decode_verifier_key(text(fields["vkey"]))
    if key.kind is not SignatureType.ED25519 or key.name != origin:
        raise JsonError("a log key is not an Ed25519 key under the origin's name")
    return log_key(key, day(fields["valid_from"]), _day_or_none(fields["valid_to"]))


def _record_key(value: object) -> tuple[bytes, RecordKey | None]:
    """The kid and its key; None for an algorithm that this library does not know: whatever it signs, its key is unknown."""
    fields = only_keys(value, ("kid", "alg", "public_key", "valid_from", "valid_to"))
    raw_key = base64_bytes(fields["public_key"])
    kid = hex_bytes(fields["kid"], KID_BYTES)
    valid_from, valid_to = day(fields["valid_from"]), _day_or_none(fields["valid_to"])
    if not text(fields["alg"]) or not raw_key:
        raise JsonError("a key has an algorithm")
    if fields["alg"] != "Ed25519":
        return kid, None
    if kid != record_kid(raw_key):
        raise JsonError("not under its own kid")
    return kid, RecordKey(kid, ed25519.public_key(raw_key), valid_from, valid_to)


def _document_key(value: object) -> DocumentKey:
    from certverify.certificates import require_chain

    fields = only_keys(value, ("alg", "certificate", "chain", "valid_from", "valid_to"))
    certificate = base64_bytes(fields["certificate"])
    chain = tuple(map(base64_bytes, items(fields["chain"])))
    if fields["alg"] != "ES256":
        raise JsonError("not an ECDSA key")
    require_chain(certificate, chain)
    return DocumentKey(
        alg="ES256",
        certificate=certificate,
        chain=chain,
        valid_from=day(fields["valid_from"]),
        valid_to=_day_or_none(fields["valid_to"]),
    )


def _layout(value: object) -> Layout:
    fields = only_keys(value, ("name", "head_length", "head_sha256"))
    return Layout(
        text(fields["name"]), whole_number(fields["head_length"]), hex_bytes(fields["head_sha256"], 32)
    )


def _names(value: object) -> dict[str, str]:
    if type(value) is not dict:
        raise JsonError("not an object")
    return {text(code): text(name) for code, name in value.items()}


def _day_or_none(value: Any) -> date | None:
    return None if value is None else day(value)


def _instant(value: object) -> datetime:
    return datetime.strptime(text(value), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_TRUST_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        raise TrustListError(f"{path.name} cannot be read") from error
