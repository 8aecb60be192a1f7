"""Bytes of the messages to the national platforms (docs/formats/platform-messages.md): canonical JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from certsvc.domain.certificate import CertificateContent
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.platform_message import MessageKind, Platform, PlatformMessage
from certsvc.domain.series import SERIES
from certsvc.domain.titles import title_name
from certsvc.domain.ways import WAYS
from certsvc.formats.canonical import encode_canonical_json

MESSAGE_FORMAT: Final = "certsvc-platform-message/1"
_OPENED: Final = (
    "record",
    "number",
    "name",
    "id_kind",
    "id_number",
    "document_ref",
    "decided_on",
    "recorded_on",
    "from_on",
    "until_on",
    "ground",
)


def encode_message(message: PlatformMessage, queued_at: datetime) -> bytes:
    """The body, the same bytes at every attempt. `queued_at`: UTC."""
    return encode_canonical_json(
        {
            "format": MESSAGE_FORMAT,
            "platform": message.platform.value,
            "kind": message.kind.value,
            "subject": message.subject,
            "key": message.key,
            "queued_at": queued_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "content": message.content,
        }
    )


def credit_opened(record: str, opening: bytes) -> PlatformMessage:
    """`opening`: the private payload of the event that opened the record."""
    told = json.loads(opening)
    content = {name: told[name] for name in _OPENED}
    return PlatformMessage(Platform.CREDIT, MessageKind.OPEN, record, opening_key(record), content)


def opening_key(record: str) -> str:
    """The idempotency key of the message that opens a credit record."""
    return f"credit/{record}/open"


def credit_withdrawn(record: str, on: date, reason: str, document_ref: str | None) -> PlatformMessage:
    """`reason`: `expired` after three years, `reinstated` by a decision, whose number is `document_ref`."""
    content = {
        "record": record,
        "withdrawn_on": on.isoformat(),
        "reason": reason,
        "document_ref": document_ref,
    }
    key = f"credit/{record}/{reason}"
    return PlatformMessage(Platform.CREDIT, MessageKind.WITHDRAW, record, key, content)


def title_published(content: CertificateContent) -> PlatformMessage:
    """A title as it is on the certificate; a corrected version replaces the one before."""
    award = content.award
    kind = MessageKind.PUBLISH if content.version == 1 else MessageKind.REPLACE
    told: Mapping[str, str | int | None] = {
        "number": content.number,
        "version": content.version,
        "name": award.name,
        "sex": award.sex,
        "id_kind": award.document.kind.value,
        "id_number": award.document.number,
        "series": SERIES[award.series],
        "specialty": award.specialty,
        "title": title_name(award.title),
        "level": award.level.label,
        "way": WAYS[award.way],
        "validity_area": award.validity_area,
        "acquired_on": award.acquired_on.isoformat(),
        "issued_on": content.issued_on.isoformat(),
        "issuer": content.issuer,
        "committee": award.committee_name,
        "announcement_ref": award.announcement_ref,
    }
    key = title_published_key(content.number, content.version)
    return PlatformMessage(Platform.TITLES, kind, content.number, key, told)


def title_published_late(content: CertificateContent) -> PlatformMessage:
    """A title that was issued while the platform was off, as its newest version says it: under the key of the first one."""
    told = title_published(content)
    key = title_published_key(content.number, 1)
    return PlatformMessage(told.platform, MessageKind.PUBLISH, told.subject, key, told.content)


def title_published_key(number: str, version: int) -> str:
    """The idempotency key of the message that publishes a version of a certificate."""
    return f"titles/{number}/v{version}"


def title_changed(
    number: str, decision: str, status: CertificateStatus, effective_on: date, document_ref: str
) -> PlatformMessage:
    """The status of a title after a decision, and the number of that decision."""
    told: Mapping[str, str | int | None] = {
        "number": number,
        "status": status.name.lower(),
        "effective_on": effective_on.isoformat(),
        "document_ref": document_ref,
    }
    key = f"titles/{number}/{decision}"
    return PlatformMessage(Platform.TITLES, MessageKind.CHANGE, number, key, told)
