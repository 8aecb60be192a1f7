"""What is printed on a certificate: codes become words, dates become Chinese dates, marks become sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from certsvc.domain.certificate import CertificateContent, Face
from certsvc.domain.e_licence import ELicenceCodes, e_licence_identifier
from certsvc.domain.regions import REGIONS
from certsvc.domain.series import SERIES
from certsvc.domain.titles import TITLES
from certsvc.domain.ways import WAYS

SEVENTH_GRADE = "仅兑现专业技术七级岗位"


@dataclass(frozen=True, slots=True)
class FaceStyle:
    """What the operator decides about every face: QR prefix, whole or masked document number, test seal or not, and the
    codes of the e-licence identifier."""

    qr_prefix: str
    full_id: bool
    test_seal: bool
    e_licence: ELicenceCodes


def compose_face(content: CertificateContent, style: FaceStyle, *, qr_text: str, manual_code: str) -> Face:
    """The strings of one certificate; `qr_text` is the whole text of the QR symbol."""
    award = content.award
    return Face(
        number=content.number,
        version=f"第{content.version}版",
        name=award.name,
        sex=award.sex,
        born=f"{award.born_on.year}年{award.born_on.month}月",
        id_document=f"{award.document.kind.value} {award.document.printed(whole=style.full_id)}",
        series=SERIES[award.series],
        specialty=award.specialty,
        title=TITLES[award.title],
        level=award.level.label,
        way=WAYS[award.way],
        acquired=chinese_date(award.acquired_on),
        committee=award.committee_name,
        announcement=f"{award.announcement_ref}（{chinese_date(award.announcement_on)}）",
        unit=award.unit_name or "（无工作单位）",
        issuer=content.issuer,
        issued=chinese_date(content.issued_on),
        marks=area_marks(award.validity_area),
        manual_code=manual_code,
        e_licence=e_licence_identifier(content, style.e_licence),
        qr_text=qr_text,
        test_seal=style.test_seal,
    )


def area_marks(validity_area: str | None) -> tuple[str, ...]:
    """The sentences of a dual-directed title (吉人社函〔2023〕211号 一（三）、三、四（四）); none for other titles."""
    if validity_area is None:
        return ()
    return ("双定向", f"仅在{REGIONS[validity_area].full_name}范围内有效", SEVENTH_GRADE)


def chinese_date(day: date) -> str:
    """2023年9月19日."""
    return f"{day.year}年{day.month}月{day.day}日"
