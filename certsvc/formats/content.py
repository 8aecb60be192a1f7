"""The private payload of an issue event (docs/formats/content.md): canonical JSON, and back."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from certsvc.domain.certificate import Award, CertificateContent
from certsvc.domain.identity import IdDocument, IdKind
from certsvc.domain.levels import Level
from certsvc.errors import IntegrityError
from certsvc.formats.canonical import encode_canonical_json

CONTENT_FORMAT = "certsvc-content/1"


def encode_content(content: CertificateContent) -> bytes:
    """The canonical bytes that the ledger's commitment binds."""
    award = content.award
    return encode_canonical_json(
        {
            "format": CONTENT_FORMAT,
            "event": "issued",
            "number": content.number,
            "version": content.version,
            "slot": content.slot,
            "name": award.name,
            "sex": award.sex,
            "born_on": award.born_on.isoformat(),
            "id_kind": award.document.kind.value,
            "id_number": award.document.number,
            "series": award.series,
            "title": award.title,
            "level": int(award.level),
            "way": award.way,
            "specialty": award.specialty,
            "validity_area": award.validity_area,
            "acquired_on": award.acquired_on.isoformat(),
            "issued_on": content.issued_on.isoformat(),
            "announcement_on": award.announcement_on.isoformat(),
            "committee_code": award.committee_code,
            "committee_name": award.committee_name,
            "announcing_body": award.announcing_body,
            "announcement_ref": award.announcement_ref,
            "issuer": content.issuer,
            "unit_name": award.unit_name,
            "unit_region": award.unit_region,
        }
    )


def decode_content(payload: bytes, *, row: int) -> CertificateContent:
    """The content of stored canonical bytes; `row` is the row of the filing it came from.

    Raises IntegrityError when the bytes are not exactly what `encode_content` writes.
    """
    fields: dict[str, Any] = json.loads(payload)
    content = CertificateContent(
        number=fields["number"],
        version=fields["version"],
        slot=fields["slot"],
        issuer=fields["issuer"],
        issued_on=date.fromisoformat(fields["issued_on"]),
        award=Award(
            row=row,
            name=fields["name"],
            document=IdDocument(IdKind(fields["id_kind"]), fields["id_number"]),
            sex=fields["sex"],
            born_on=date.fromisoformat(fields["born_on"]),
            series=fields["series"],
            specialty=fields["specialty"],
            title=fields["title"],
            level=Level(fields["level"]),
            way=fields["way"],
            validity_area=fields["validity_area"],
            acquired_on=date.fromisoformat(fields["acquired_on"]),
            committee_code=fields["committee_code"],
            committee_name=fields["committee_name"],
            announcing_body=fields["announcing_body"],
            announcement_ref=fields["announcement_ref"],
            announcement_on=date.fromisoformat(fields["announcement_on"]),
            unit_name=fields["unit_name"],
            unit_region=fields["unit_region"],
        ),
    )
    if encode_content(content) != payload:
        raise IntegrityError("证书内容与其规范形式不一致，已停止处理。")
    return content
