"""Trust list, tables of code names, and policy (docs/formats/trust-list.md, C2SP tlog-policy)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from certsvc.formats.canonical import encode_canonical_json
from certsvc.formats.detached_jws import key_thumbprint

TRUST_LIST_FORMAT = "certsvc-trust-list/1"
TABLES_FORMAT = "certsvc-tables/1"


@dataclass(frozen=True, slots=True)
class RecordKey:
    """An authority key; the days bound the issue dates for which it may speak."""

    kid: bytes
    public_key: bytes
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class LogKey:
    """A key of the log (its verifier key line); the days bound the times for which it may sign a checkpoint."""

    vkey: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class DocumentKey:
    """A document certificate (DER) with its chain from the issuing CA to the root."""

    certificate: bytes
    chain: tuple[bytes, ...]
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of answers to programs and of signed verdicts (raw 32 bytes); the days bound the times for which it may sign."""

    public_key: bytes
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class LayoutHead:
    """The fixed first bytes of every certificate PDF of a layout."""

    name: str
    head_length: int
    head_sha256: str


@dataclass(frozen=True, slots=True)
class TrustList:
    """The keys a checker believes. `log_keys`: the one in force first. `anchors`: who may sign the next list (vkeys)."""

    sequence: int
    issued_at: datetime
    environment: Literal["test", "production"]
    qr_prefixes: tuple[str, ...]
    log_origin: str
    log_keys: tuple[LogKey, ...]
    record_keys: tuple[RecordKey, ...]
    document_keys: tuple[DocumentKey, ...]
    layouts: tuple[LayoutHead, ...]
    tables: bytes
    anchors: tuple[str, ...] = ()
    api_keys: tuple[ApiKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Tables:
    """Chinese names of the codes."""

    series: Mapping[int, str]
    titles: Mapping[int, str]
    levels: Mapping[int, str]
    ways: Mapping[int, str]
    regions: Mapping[str, str]


def encode_tables(tables: Tables) -> bytes:
    """tables.json."""
    return encode_canonical_json(
        {
            "format": TABLES_FORMAT,
            "series": _named(tables.series),
            "titles": _named(tables.titles),
            "levels": _named(tables.levels),
            "ways": _named(tables.ways),
            "regions": dict(tables.regions),
        }
    )


def encode_trust_list(trust: TrustList) -> bytes:
    """trust-list.json."""
    return encode_canonical_json(
        {
            "format": TRUST_LIST_FORMAT,
            "sequence": trust.sequence,
            "issued_at": trust_instant(trust.issued_at),
            "environment": trust.environment,
            "qr_prefixes": list(trust.qr_prefixes),
            "log": {
                "origin": trust.log_origin,
                "keys": [
                    {
                        "vkey": key.vkey,
                        "valid_from": key.valid_from.isoformat(),
                        "valid_to": _day(key.valid_to),
                    }
                    for key in trust.log_keys
                ],
            },
            "record_keys": [
                {
                    "kid": key.kid.hex(),
                    "alg": "Ed25519",
                    "public_key": _b64(key.public_key),
                    "valid_from": key.valid_from.isoformat(),
                    "valid_to": _day(key.valid_to),
                }
                for key in trust.record_keys
            ],
            "api_keys": [
                {
                    "kid": key_thumbprint(key.public_key),
                    "alg": "Ed25519",
                    "public_key": _b64(key.public_key),
                    "valid_from": key.valid_from.isoformat(),
                    "valid_to": _day(key.valid_to),
                }
                for key in trust.api_keys
            ],
            "document_keys": [
                {
                    "alg": "ES256",
                    "certificate": _b64(key.certificate),
                    "chain": [_b64(one) for one in key.chain],
                    "valid_from": key.valid_from.isoformat(),
                    "valid_to": _day(key.valid_to),
                }
                for key in trust.document_keys
            ],
            "layouts": [
                {"name": one.name, "head_length": one.head_length, "head_sha256": one.head_sha256}
                for one in trust.layouts
            ],
            "tables_sha256": hashlib.sha256(trust.tables).hexdigest(),
            "anchors": list(trust.anchors),
        }
    )


def trust_instant(at: datetime) -> str:
    """An instant as the trust material writes it: UTC, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def encode_policy(log_vkey: str, witnesses: Sequence[tuple[str, str]] = (), quorum: int = 0) -> bytes:
    """The policy file: one log, named witnesses (name, vkey), and how many of them must cosign (0: none).

    Raises ValueError when the quorum asks for more witnesses than there are.
    """
    if not 0 <= quorum <= len(witnesses):
        raise ValueError("the quorum asks for more witnesses than there are")
    lines = [f"log {log_vkey}", *(f"witness {name} {vkey}" for name, vkey in witnesses)]
    if quorum:
        lines.append(f"group witnesses {quorum} {' '.join(name for name, _ in witnesses)}")
    lines.append(f"quorum {'witnesses' if quorum else 'none'}")
    return "".join(f"{line}\n" for line in lines).encode()


def _named(names: Mapping[int, str]) -> dict[str, str]:
    return {str(code): name for code, name in names.items()}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _b64(content: bytes) -> str:
    return base64.b64encode(content).decode()
