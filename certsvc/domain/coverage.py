"""The coverage check: for each announced result of 2022 or later there is exactly one certificate (38号 五（一）)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from certsvc.domain.announced_list import Listed
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.regions import PROVINCE, city_of

SINCE: Final = date(2022, 1, 1)
"""The day from which every announced result has an electronic certificate (今年全面推行, 38号 五（五）)."""


class CoverageKind(StrEnum):
    """What is found at one announced result or one certificate."""

    COVERED = "covered"
    MISSING = "missing"
    UNANNOUNCED = "unannounced"
    TWICE = "twice"

    @property
    def label(self) -> str:
        """The Chinese words."""
        return {
            "covered": "已有证书",
            "missing": "公布而无证书",
            "unannounced": "有证书而未公布",
            "twice": "一项结果多份证书",
        }[self.value]


class GapReason(StrEnum):
    """Why an announced result has no certificate that stands."""

    NOT_FILED = "not_filed"
    UNCLEAR = "unclear"
    BATCH_REFUSED = "batch_refused"
    REFUSED = "refused"
    HELD = "held"
    NOT_APPROVED = "not_approved"
    NOT_ISSUED = "not_issued"
    IN_ISSUE = "in_issue"
    REVOKED = "revoked"
    WRITTEN_OFF = "written_off"
    VOIDED = "voided"

    @property
    def label(self) -> str:
        """The Chinese words."""
        return _REASONS[self]


_REASONS: Final = {
    GapReason.NOT_FILED: "未报送",
    GapReason.UNCLEAR: "无法与证书逐人对应",
    GapReason.BATCH_REFUSED: "整批不予受理",
    GapReason.REFUSED: "不予通过",
    GapReason.HELD: "暂缓",
    GapReason.NOT_APPROVED: "已审查，待同意",
    GapReason.NOT_ISSUED: "已同意，待签发",
    GapReason.IN_ISSUE: "签发中，尚未公开",
    GapReason.REVOKED: "证书已撤销",
    GapReason.WRITTEN_OFF: "证书已核销",
    GapReason.VOIDED: "证书无效",
}
ENDED: Final = {
    CertificateStatus.REVOKED: GapReason.REVOKED,
    CertificateStatus.WRITTEN_OFF: GapReason.WRITTEN_OFF,
    CertificateStatus.VOIDED: GapReason.VOIDED,
}
"""Statuses of a certificate that no longer stands, with the reason that they are for a gap."""


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """One announced result, or one certificate that no announcement names.

    `person`: as the list names them, or the certificate where there is no list row; `place`: six digits of the county
    where it is known, else of the city or the province that the document comes from; `codes`: the gate's findings that
    stand in the way; `certificates`: the numbers concerned; `by_list`: False where no list is loaded and the filing
    itself is the measure.
    """

    kind: CoverageKind
    document_ref: str
    announced_on: date
    person: Listed
    place: str
    by_list: bool
    reason: GapReason | None = None
    codes: tuple[str, ...] = ()
    filing: str | None = None
    certificates: tuple[str, ...] = ()

    @property
    def city(self) -> str:
        """Six digits of the city or prefecture, of the province where it cannot be told."""
        return city_of(self.place) or PROVINCE


@dataclass(frozen=True, slots=True)
class CoverageCount:
    """How one document stands in one city. `announced` = covered + missing + twice; `by_list` as in the lines."""

    document_ref: str
    announced_on: date
    city: str
    by_list: bool
    announced: int
    covered: int
    missing: int
    unannounced: int
    twice: int


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """Every line that is not covered, and the counts of all, by document and city."""

    lines: tuple[CoverageLine, ...]
    counts: tuple[CoverageCount, ...]

    @property
    def clean(self) -> bool:
        """True when every announced result has exactly one certificate, and no certificate is without announcement."""
        return not self.lines


def report_on(lines: Iterable[CoverageLine]) -> CoverageReport:
    """The report over lines of every kind."""
    gaps: list[CoverageLine] = []
    counted: Counter[tuple[str, date, str, bool, CoverageKind]] = Counter()
    for line in lines:
        counted[line.document_ref, line.announced_on, line.city, line.by_list, line.kind] += 1
        if line.kind is not CoverageKind.COVERED:
            gaps.append(line)
    keys = sorted({key[:4] for key in counted}, key=lambda key: (key[1], key[0], key[2], key[3]))
    return CoverageReport(
        tuple(gaps),
        tuple(_count(key, {kind: counted[(*key, kind)] for kind in CoverageKind}) for key in keys),
    )


def _count(key: tuple[str, date, str, bool], found: dict[CoverageKind, int]) -> CoverageCount:
    document_ref, announced_on, city, by_list = key
    covered, missing, twice = (
        found[kind] for kind in (CoverageKind.COVERED, CoverageKind.MISSING, CoverageKind.TWICE)
    )
    return CoverageCount(
        document_ref,
        announced_on,
        city,
        by_list,
        covered + missing + twice,
        covered,
        missing,
        found[CoverageKind.UNANNOUNCED],
        twice,
    )
