"""A holder's own certificates and historical records as the portal gets them (docs/api.md), and the schema of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from certverify import Verdict

from certsvc.domain.certificate import CertificateContent
from certsvc.domain.decision import DecisionKind
from certsvc.domain.decision_kinds import KINDS
from certsvc.domain.e_licence import ELicenceCodes, e_licence_identifier
from certsvc.domain.regions import REGIONS
from certsvc.domain.series import SERIES
from certsvc.domain.titles import TITLES
from certsvc.domain.ways import WAYS
from certsvc.entrypoints.status_words import status_label
from certsvc.formats.canonical import encode_canonical_json
from certsvc.formats.manual_code import manual_code
from certsvc.formats.record import record_text
from certsvc.ports.verification import DecisionNotice
from certsvc.stages.face import area_marks
from certsvc.stages.own_certificates import OwnCertificate, OwnHolding, OwnVersion

HOLDER_FORMAT: Final = "certsvc-holder-certificates/1"
LABELS: Final[Mapping[str, str]] = {
    "name": "姓名",
    "sex": "性别",
    "born_on": "出生日期",
    "id_kind": "证件类型",
    "id_number": "证件号码",
    "series": "系列",
    "specialty": "专业",
    "title": "职称名称",
    "level": "级别",
    "way": "取得方式",
    "acquired_on": "取得时间",
    "committee": "评审委员会",
    "announcing_body": "公布单位",
    "announcement": "公布文号",
    "announced_on": "公布日期",
    "unit": "评审时工作单位",
    "issuer": "发证机关",
    "issued_on": "发证日期",
}
"""The content of a version, in the order of the certificate, with the words that the portal shows."""


def encode_holding(holding: OwnHolding, raw_question: bytes, codes: ELicenceCodes, qr_prefix: str) -> bytes:
    """Canonical JSON. `raw_question`: the body as it was sent; its digest binds the signed answer to it."""
    return encode_canonical_json(
        {
            "format": HOLDER_FORMAT,
            "question_sha256": sha256(raw_question).hexdigest(),
            "answered_at": _instant(holding.at),
            "labels": dict(LABELS),
            "certificates": [_certificate(one, codes, qr_prefix) for one in holding.certificates],
            "historical": [_historical(one) for one in holding.historical],
        }
    )


def _certificate(one: OwnCertificate, codes: ELicenceCodes, qr_prefix: str) -> dict[str, Any]:
    """A certificate; its status and validity area are those of the newest version."""
    versions = [_version(version, codes, qr_prefix) for version in one.versions]
    newest = versions[-1]
    return {
        "number": one.number,
        "status": newest["status"],
        "status_label": newest["status_label"],
        "validity_area": newest["validity_area"],
        "decisions": [_decision(notice) for notice in one.decisions],
        "versions": versions,
    }


def _version(version: OwnVersion, codes: ELicenceCodes, qr_prefix: str) -> dict[str, Any]:
    content, record = version.kept.draft.content, version.kept.record
    return {
        "version": content.version,
        "status": version.status.value,
        "status_label": status_label(version.status),
        "validity_area": _area(content.award.validity_area),
        "marks": list(area_marks(content.award.validity_area)),
        "e_licence_identifier": e_licence_identifier(content, codes),
        "qr": record_text(record, qr_prefix),
        "manual_code": manual_code(record),
        "document_sha256": version.kept.document_sha256,
        "content": content_object(content),
    }


def _decision(notice: DecisionNotice) -> dict[str, Any]:
    """A confirmed decision with its reason and legal basis."""
    kind = DecisionKind(notice.kind)
    return {
        "kind": kind.value,
        "label": kind.label,
        "reference": notice.reference,
        "clause": KINDS[kind].clause,
        "ground": notice.ground,
        "decided_on": notice.decided_on.isoformat(),
        "effective_on": notice.effective_on.isoformat(),
        "recorded_on": notice.recorded_on.isoformat(),
    }


def content_object(content: CertificateContent) -> dict[str, Any]:
    """Every field of a certificate in words, in the order of LABELS; the unit may be None."""
    award = content.award
    return {
        "name": award.name,
        "sex": award.sex,
        "born_on": award.born_on.isoformat(),
        "id_kind": award.document.kind.value,
        "id_number": award.document.number,
        "series": SERIES[award.series],
        "specialty": award.specialty,
        "title": TITLES[award.title],
        "level": award.level.label,
        "way": WAYS[award.way],
        "acquired_on": award.acquired_on.isoformat(),
        "committee": award.committee_name,
        "announcing_body": award.announcing_body,
        "announcement": award.announcement_ref,
        "announced_on": award.announcement_on.isoformat(),
        "unit": award.unit_name,
        "issuer": content.issuer,
        "issued_on": content.issued_on.isoformat(),
    }


def _historical(verdict: Verdict) -> dict[str, Any]:
    """As a verdict tells it; the holder is not told about in masks."""
    told = verdict.as_json()
    return {
        "status": verdict.status.value,
        "status_label": status_label(verdict.status),
        "findings": [one["code"] for one in told["findings"]],
        "record": told["historical"],
        "decision": told["decision"],
        "replaced_by": told["replaced_by"],
    }


def _area(code: str | None) -> dict[str, str] | None:
    return None if code is None else {"code": code, "name": REGIONS[code].full_name}


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


_TEXT: Final[dict[str, Any]] = {"type": "string"}
_DAY: Final[dict[str, Any]] = {"type": "string", "format": "date"}
_OPEN: Final[dict[str, Any]] = {"type": ["object", "null"]}


def _whole(properties: dict[str, Any]) -> dict[str, Any]:
    """An object with exactly these members."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": list(properties),
    }


def holding_schema() -> dict[str, Any]:
    """The JSON schema of the answer."""
    area = {"anyOf": [{"type": "null"}, _whole({"code": _TEXT, "name": _TEXT})]}
    standing = {"status": _TEXT, "status_label": _TEXT}
    decision = _whole(
        {
            **dict.fromkeys(("kind", "label", "reference", "clause", "ground"), _TEXT),
            **dict.fromkeys(("decided_on", "effective_on", "recorded_on"), _DAY),
        }
    )
    content = {name: _DAY if name.endswith("_on") else _TEXT for name in LABELS}
    content["unit"] = {"type": ["string", "null"]}
    version = _whole(
        {
            "version": {"type": "integer", "minimum": 1},
            **standing,
            "validity_area": area,
            "marks": {"type": "array", "items": _TEXT},
            **dict.fromkeys(("e_licence_identifier", "qr", "manual_code"), _TEXT),
            "document_sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "content": _whole(content),
        }
    )
    certificate = _whole(
        {
            "number": _TEXT,
            **standing,
            "validity_area": area,
            "decisions": {"type": "array", "items": decision},
            "versions": {"type": "array", "minItems": 1, "items": version},
        }
    )
    historical = _whole(
        {
            **standing,
            "findings": {"type": "array", "items": _TEXT},
            "record": _OPEN,
            "decision": _OPEN,
            "replaced_by": {"type": ["integer", "null"]},
        }
    )
    return _whole(
        {
            "format": {"const": HOLDER_FORMAT},
            "question_sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "answered_at": {"type": "string", "format": "date-time"},
            "labels": {"type": "object", "additionalProperties": _TEXT},
            "certificates": {"type": "array", "items": certificate},
            "historical": {"type": "array", "items": historical},
        }
    )
