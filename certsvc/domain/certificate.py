"""The certificate 证书: what is decided, and what stands on its face."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from certsvc.domain.identity import IdDocument
from certsvc.domain.levels import Level

CERTIFICATE_TITLE: Final = "吉林省专业技术职务任职资格证书"


@dataclass(frozen=True, slots=True)
class Award:
    """What the gate admitted for one person: everything of the certificate that the filing decides.

    `series`, `title` and `way` are the frozen codes of our own tables; `validity_area` is the six-digit code of
    the one county where a dual-directed title counts (吉人社函〔2023〕211号 一（三）), None for every other title.
    `unit_code`, `unit_kind`, `review_year` serve the statistics alone: no certificate and no ledger payload holds them.
    """

    row: int
    name: str
    document: IdDocument
    sex: str
    born_on: date
    series: int
    specialty: str
    title: int
    level: Level
    way: int
    validity_area: str | None
    acquired_on: date
    committee_code: str
    committee_name: str
    announcing_body: str
    announcement_ref: str
    announcement_on: date
    unit_name: str | None
    unit_region: str | None
    unit_code: str | None = None
    unit_kind: str | None = None
    review_year: int | None = None


@dataclass(frozen=True, slots=True)
class CertificateContent:
    """The complete content of one certificate version; its canonical form is what the ledger commits to."""

    number: str
    version: int
    slot: int
    award: Award
    issuer: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class Face:
    """What is printed: ready strings, in reading order. The layout knows nothing of codes or rules.

    `marks` are the sentences that must not be overlooked (双定向, 仅在××范围内有效, 仅兑现专业技术七级岗位);
    `qr_text` is the whole text of the QR symbol, `manual_code` its 校验码 for typing; `e_licence` is the 电子证照标识 (empty:
    none); `test_seal` prints 测试专用.
    """

    number: str
    version: str
    name: str
    sex: str
    born: str
    id_document: str
    series: str
    specialty: str
    title: str
    level: str
    way: str
    acquired: str
    committee: str
    announcement: str
    unit: str
    issuer: str
    issued: str
    manual_code: str
    e_licence: str
    marks: tuple[str, ...]
    qr_text: str
    test_seal: bool
