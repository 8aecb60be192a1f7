"""Who has the private keys, and how they stand: files, a PKCS#11 token, or a signer on another machine.

A key has a name (docs/formats/remote-signer.md): `record`, `log`, `document`, `api`, and for keys that took over from
others `record-…`, `log-…`, `document-…`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol


class KeyHolder(Protocol):
    """Signs by the name of a key; the private parts never leave it."""

    def public_key(self, name: str) -> bytes:
        """SubjectPublicKeyInfo (DER), asked of the holder each time.

        Raises UnknownReference when it has no such key, UnavailableError when it does not answer, ConfigurationError when
        it refuses us.
        """
        ...

    def sign(self, name: str, message: bytes) -> bytes:
        """Ed25519: 64 bytes; P-256: ECDSA with SHA-256, DER. Raises as `public_key`; the same call may be made again."""
        ...


class KeyReach(StrEnum):
    """What asking for a key has given."""

    REACHED = "reached"
    UNREACHABLE = "unreachable"
    MISSING = "missing"
    OTHER = "other-key"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class KeyProbe:
    """A key that this process signs with, as its holder answered for it.

    `key_id`: the kid of a record key, the thumbprint of an API key, else the SHA-256 (hex) of public key (log) or
    certificate (document). `public`: the raw 32 bytes, or the certificate (DER). `ends_on`: the last day of the certificate.
    """

    name: str
    key_id: str
    public: bytes
    reach: KeyReach
    ends_on: date | None = None


class KeyProbing(Protocol):
    """Asks for every key that this process signs with."""

    def probe(self) -> tuple[KeyProbe, ...]:
        """Record, log (all that sign), document, and API where there is one; never raises for a holder that is away."""
        ...
