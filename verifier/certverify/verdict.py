"""The verdict (docs/formats/verdict.md): one schema for page, interface and command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from certverify.codes import Code, Effect
from certverify.meanings import MEANINGS
from certverify.names import mask_name
from certverify.record import CopyTerms, HistoricalRecord, Record
from certverify.trust import Tables

SCHEMA = "certsvc-verdict/1"

_NOT_CHECKED = (
    Code.TRUST_NOT_PINNED,
    Code.NO_WITNESSES,
    Code.CONTENT_CLOSED,
    Code.PAST_PAIRS_POSSIBLE,
    Code.PAST_CHANGED_SINCE,
    Code.PAST_ONE_VERSION,
)
ABOUT_COPIES = frozenset({Code.ANNOTATED_COPY, Code.COPY_ENDED, Code.COPY_WITHDRAWN})
COMPARED_FIELDS = (
    "number",
    "version",
    "name",
    "last4",
    "series",
    "title",
    "level",
    "way",
    "validity_area",
    "acquired_on",
    "manual_code",
    "recipient",
    "purpose",
    "ends_on",
)
HISTORICAL_LABEL = "历史数据"


class Outcome(StrEnum):
    """The three answers."""

    PASSED = "passed"
    FAILED = "failed"
    UNDETERMINED = "undetermined"

    @property
    def zh(self) -> str:
        """The answer in Chinese."""
        return {"passed": "通过核验", "failed": "未通过核验", "undetermined": "无法判定"}[self.value]

    @property
    def exit_code(self) -> int:
        """The exit code of the command line."""
        return {"passed": 0, "failed": 1, "undetermined": 2}[self.value]


class Authentic(StrEnum):
    """Was this issued by the authority as presented?"""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class StatusWord(StrEnum):
    """The status of a certificate, in the words of the schema."""

    VALID = "valid"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    WRITTEN_OFF = "written_off"
    VOIDED = "voided"
    SUPERSEDED = "superseded"
    HISTORICAL = "historical"
    UNKNOWN = "unknown"

    @property
    def zh(self) -> str:
        """The status in Chinese."""
        return {
            "valid": "有效",
            "suspended": "暂停",
            "revoked": "撤销",
            "written_off": "核销",
            "voided": "无效",
            "superseded": "已换发",
            "historical": "历史数据",
            "unknown": "未能确认",
        }[self.value]


class ValidHere(StrEnum):
    """Does the title count in the place that was asked about?"""

    YES = "yes"
    NO = "no"
    UNDETERMINED = "undetermined"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found, in both languages."""

    code: Code
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Area:
    """A county: six-digit code and name (the code again where the tables do not know it)."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the signed record says, in words; `acquired_on` is `YYYY-MM-DD`."""

    number: str
    version: int
    series: str
    title: str
    level: str
    way: str
    dual_directed: bool
    acquired_on: str


@dataclass(frozen=True, slots=True)
class Historical:
    """A title of before this service, as older papers record it: every word is theirs, only `quality` is a grade of today.

    `label` begins with 历史数据 and names the number of the old certificate. `acquired` is `YYYY-MM` when the papers tell
    no day. `quality` is A (document and list image) or B (list only). What no paper tells is None, and off line what the
    signed record leaves out: old number, issuing body, committee, document.
    """

    reference: str
    version: int
    label: str
    original_number: str | None
    title: str
    series: str | None
    level: str | None
    acquired: str
    precision: str
    quality: str
    issuing_body: str | None
    committee: str | None
    document: str | None


@dataclass(frozen=True, slots=True)
class Annotation:
    """For whom and for what the presented copy 加注件 was made; `ends_on` is `YYYY-MM-DD`, the last day it may be used."""

    id: str
    recipient: str
    purpose: str
    ends_on: str
    ended: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of an uploaded file: as printed (None: not readable), as signed, as registered (None: not asked).

    `agrees` is None when nothing printed could be read, and False when any of the known values differs from the signed one.
    """

    field: str
    label: str
    printed: str | None
    signed: str
    register: str | None
    agrees: bool | None


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision behind a status, where the answering service publishes it; `effective_on`: from when it counts."""

    reference: str
    date: str
    ground: str
    effective_on: str


@dataclass(frozen=True, slots=True)
class Believed:
    """Whose certificate the believed record is, in full: to compare with, never to be shown or kept."""

    number: str
    name: str
    record_text: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one check. `verdict` follows from the findings alone; `believed` is no part of what is told."""

    authentic: Authentic = Authentic.UNKNOWN
    status: StatusWord = StatusWord.UNKNOWN
    validity_area: Area | None = None
    valid_here: ValidHere = ValidHere.NOT_ASKED
    as_of: datetime | None = None
    checkpoint_age: int | None = None
    not_established: tuple[Code, ...] = ()
    findings: tuple[Finding, ...] = ()
    certificate: Certificate | None = None
    holder: str | None = None
    decision: Decision | None = None
    replaced_by: int | None = None
    historical: Historical | None = None
    annotation: Annotation | None = None
    comparison: tuple[Compared, ...] | None = None
    believed: Believed | None = field(default=None, repr=False, compare=False)

    @property
    def outcome(self) -> Outcome:
        """What is known to be wrong fails; what cannot be known leaves the answer open; only the rest passes."""
        return outcome_of([finding.code for finding in self.findings], self.authentic, self.status)

    def as_json(self) -> dict[str, Any]:
        """The object of docs/formats/verdict.md."""
        area, certificate, decision = self.validity_area, self.certificate, self.decision
        return {
            "schema": SCHEMA,
            "verdict": self.outcome.value,
            "authentic": self.authentic.value,
            "status": self.status.value,
            "validity_area": area and {"code": area.code, "name": area.name},
            "valid_here": self.valid_here.value,
            "as_of": self.as_of and self.as_of.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "checkpoint_age": self.checkpoint_age,
            "not_established": [code.value for code in self.not_established],
            "findings": [{"code": f.code.value, "zh": f.zh, "en": f.en} for f in self.findings],
            "certificate": certificate and _certificate_json(certificate),
            "holder": self.holder,
            "decision": decision and _decision_json(decision),
            "replaced_by": self.replaced_by,
            "historical": self.historical and asdict(self.historical),
            "annotation": self.annotation and asdict(self.annotation),
            "comparison": None if self.comparison is None else [asdict(row) for row in self.comparison],
        }


def outcome_of(codes: Sequence[Code], authentic: Authentic, status: StatusWord) -> Outcome:
    """The verdict that follows from findings; without a known good status nothing passes."""
    effects = {MEANINGS[code].effect for code in codes}
    if Effect.FAILED in effects:
        return Outcome.FAILED
    good = authentic is Authentic.YES and status in (StatusWord.VALID, StatusWord.HISTORICAL)
    if Effect.UNDETERMINED in effects or not good:
        return Outcome.UNDETERMINED
    return Outcome.PASSED


@lru_cache(maxsize=4096)
def finding(code: Code, *, area: Area | None = None, limit: timedelta = timedelta()) -> Finding:
    """The finding of a code with its texts filled in; `limit` is the greatest age asked for."""
    meaning = MEANINGS[code]
    name = area.name if area else ""
    zh, en = _length_in_words(limit)
    return Finding(code, meaning.zh.format(area=name, limit=zh), meaning.en.format(area=name, limit=en))


def copy_finding(code: Code, copy: CopyTerms, status: StatusWord) -> Finding:
    """The finding of a code about an annotated copy, `status` being that of the certificate itself."""
    meaning, day = MEANINGS[code], copy.ends_on
    names = {"recipient": copy.recipient, "purpose": copy.purpose}
    zh = meaning.zh.format(**names, ends_on=f"{day.year}年{day.month}月{day.day}日", status=status.zh)
    en = meaning.en.format(**names, ends_on=day.isoformat(), status=status.value.replace("_", " "))
    return Finding(code, zh, en)


def _length_in_words(length: timedelta) -> tuple[str, str]:
    """In days when these are whole, otherwise in the largest unit that leaves no rest, down to seconds."""
    seconds = int(length.total_seconds())
    units = ((86_400, "天", "day"), (3600, "小时", "hour"), (60, "分钟", "minute"), (1, "秒", "second"))
    size, zh, en = next(unit for unit in units if seconds % unit[0] == 0)
    count = seconds // size
    return f"{count} {zh}", f"{count} {en}" if count == 1 else f"{count} {en}s"


def leaves_open(code: Code) -> bool:
    """Whether a code names something that could not be established."""
    return MEANINGS[code].effect is Effect.UNDETERMINED or code in _NOT_CHECKED


def describe(record: Record, tables: Tables) -> Certificate:
    """The record in words."""
    return Certificate(
        number=record.number,
        version=record.version,
        series=_named(tables.series, record.series),
        title=_named(tables.titles, record.title),
        level=_named(tables.levels, record.level),
        way=_named(tables.ways, record.way),
        dual_directed=record.dual_directed,
        acquired_on=record.acquired_on.isoformat(),
    )


def area_of(record: Record, tables: Tables) -> Area | None:
    """The validity area of the record, named."""
    code = record.validity_area
    return None if code is None else Area(code, tables.regions.get(code, code))


def describe_historical(record: HistoricalRecord) -> Historical:
    """What the signed record of older papers says, and nothing that it leaves out."""
    return Historical(
        reference=record.reference,
        version=record.version,
        label=HISTORICAL_LABEL,
        original_number=None,
        title=record.title,
        series=record.series,
        level=record.level,
        acquired=record.acquired,
        precision="day" if len(record.acquired) == 10 else "month",
        quality=record.quality,
        issuing_body=None,
        committee=None,
        document=None,
    )


def annotation_of(copy: CopyTerms, today: date) -> Annotation:
    """The terms of an annotated copy, and whether its last day is over."""
    ends_on = copy.ends_on.isoformat()
    return Annotation(copy.id, copy.recipient, copy.purpose, ends_on, copy.ended(today))


def masked_holder(record: Record | HistoricalRecord) -> str:
    """The masked name of the holder."""
    return mask_name(record.name)


def _named(names: Any, code: int) -> str:
    digits = str(code)
    return str(names.get(digits, digits))


def _decision_json(decision: Decision) -> dict[str, Any]:
    return {
        "reference": decision.reference,
        "date": decision.date,
        "ground": decision.ground,
        "effective_on": decision.effective_on,
    }


def _certificate_json(certificate: Certificate) -> dict[str, Any]:
    return {
        "number": certificate.number,
        "version": certificate.version,
        "series": certificate.series,
        "title": certificate.title,
        "level": certificate.level,
        "way": certificate.way,
        "dual_directed": certificate.dual_directed,
        "acquired_on": certificate.acquired_on,
    }
