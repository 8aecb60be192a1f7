"""The corridor's types: one per state, so that a stage accepts only what the stage before returns.

`Draft -> SealedCertificate -> LoggedCertificate -> PublishedCertificate`; what comes before a draft is an `Admission`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from certsvc.domain.certificate import Award, CertificateContent


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft 待签发: number and slot allotted, content complete and canonical, stored before any key is used.

    `payload` is the canonical private payload (docs/formats/content.md), `salt` opens the ledger's commitment to it.
    `drafted_at` is printed into the document, so that a repeated signing gives the same bytes.
    """

    filing: str
    content: CertificateContent
    payload: bytes
    salt: bytes
    commitment: bytes
    drafted_at: datetime


@dataclass(frozen=True, slots=True)
class SealedCertificate:
    """A sealed certificate 签章: the signed QR record, and the digest of the signed document that was kept."""

    draft: Draft
    record: bytes
    document_sha256: str


@dataclass(frozen=True, slots=True)
class LoggedCertificate:
    """A certificate whose issue event stands in the ledger at `leaf_index`."""

    number: str
    version: int
    leaf_index: int


@dataclass(frozen=True, slots=True)
class PublishedCertificate:
    """A certificate whose inclusion in the published ledger was verified; only now may anybody see it."""

    logged: LoggedCertificate


Compose = Callable[[Award, str, int], Draft]
"""Completes an award with the number and slot it was allotted."""
