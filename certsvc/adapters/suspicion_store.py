"""Suspicion cases in the database: reports, attachments and closings sealed, bound to the number of their case."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, select, update

from certsvc.adapters.audit_store import append_entry, digest_of
from certsvc.adapters.database import hold_table
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.suspicion_schema import suspicion_case
from certsvc.domain.caller import Caller, nobody
from certsvc.domain.decision_document import MediaType
from certsvc.domain.permission import Action
from certsvc.domain.suspicion import (
    Attachment,
    CaseClosing,
    CaseKind,
    CaseOpinion,
    CaseOutcome,
    CaseStatus,
    ComplaintAbout,
    ReceivedBy,
    SuspicionCase,
    SuspicionReport,
)
from certsvc.errors import ConflictError, UnknownReference
from certsvc.formats.canonical import encode_canonical_json
from certsvc.ports import PersonalCipher
from certsvc.ports.suspicions import OpenCases

NO_CASE = "没有编号为 {} 的举报。请核对举报编号。"
_OF_COMPLAINTS = frozenset({"about", "received_by"})
_REPORTER, _OPEN = nobody("reporter"), "public:suspicion:open"


class DatabaseSuspicionStore:
    """ports.suspicions.SuspicionStore on SQLAlchemy Core."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def open(
        self, case: SuspicionCase, report: SuspicionReport, kept_since: datetime, by: Caller | None = None
    ) -> str:
        """Keep a new case, with its audit entry; its number, or that of the same report since `kept_since`."""
        words = {name: value for name, value in asdict(report).items() if name != "attachment"}
        if case.kind is CaseKind.SUSPICION:
            words = {name: value for name, value in words.items() if name not in _OF_COMPLAINTS}
        attached = report.attachment
        raw = encode_canonical_json(
            {**words, "attachment": None if attached is None else attached.media_type.value}
        )
        digest = sha256(raw + (b"" if attached is None else sha256(attached.content).digest())).hexdigest()
        report_key = self._cipher.person_key(f"suspicion/{digest}")
        row = {
            "number": case.number,
            "report_key": report_key,
            "reported_at": instant_text(case.reported_at),
            "certificate_number": case.certificate,
            "city": case.city,
            "sealed_report": self._cipher.encrypt(raw, context=_context(case.number, "report")),
            "sealed_attachment": None
            if attached is None
            else self._cipher.encrypt(attached.content, context=_context(case.number, "attachment")),
            "status": CaseStatus.OPEN,
            "kind": case.kind,
            "entered_by": case.entered_by,
        }
        own = suspicion_case.c
        same = select(own.number).where(
            own.report_key == report_key, own.reported_at > instant_text(kept_since)
        )
        with self._engine.begin() as connection:
            hold_table(connection, suspicion_case)
            known: str | None = connection.execute(same.order_by(own.reported_at)).scalars().first()
            if known is not None:
                return known
            connection.execute(insert(suspicion_case).values(row))
            action = _OPEN if by is None else Action.SUSPICION_RECORD
            _note(connection, case.reported_at, by or _REPORTER, action, case.number, None)
        return case.number

    def find(self, number: str) -> SuspicionCase | None:
        """A case, without what is personal."""
        with self._engine.begin() as connection:
            row = _row(connection, number)
        return None if row is None else _case(row)

    def report_of(self, number: str) -> SuspicionReport | None:
        """What was reported; None once it is forgotten."""
        with self._engine.begin() as connection:
            row = _row(connection, number)
        if row is None or row.sealed_report is None:
            return None
        words = json.loads(self._cipher.decrypt(row.sealed_report, context=_context(number, "report")))
        kind = words.pop("attachment")
        about, received_by = words.pop("about", None), words.pop("received_by", None)
        if about is not None and received_by is not None:
            words |= {"about": ComplaintAbout(about), "received_by": ReceivedBy(received_by)}
        if kind is None:
            return SuspicionReport(**words)
        content = self._cipher.decrypt(row.sealed_attachment, context=_context(number, "attachment"))
        return SuspicionReport(**words, attachment=Attachment(content, MediaType(kind)))

    def closing_of(self, number: str) -> CaseClosing | None:
        """How it ended, in words; None while it has not, and once they are forgotten."""
        with self._engine.begin() as connection:
            row = _row(connection, number)
        return None if row is None else self._closing(row)

    def listed(self, status: CaseStatus | None, city: str | None) -> tuple[SuspicionCase, ...]:
        """Cases, the oldest first, of one status and of one city where asked."""
        own = suspicion_case.c
        found = select(suspicion_case).order_by(own.reported_at, own.number)
        if status is not None:
            found = found.where(own.status == status)
        if city is not None:
            found = found.where(own.city == city)
        with self._engine.begin() as connection:
            return tuple(_case(row) for row in connection.execute(found))

    def page(
        self, kind: CaseKind | None, status: CaseStatus | None, city: str | None, most: int, skip: int
    ) -> tuple[tuple[SuspicionCase, ...], int]:
        """One page of cases, what is not closed first, the oldest of it first; and how many there are."""
        own = suspicion_case.c
        found = select(suspicion_case)
        for column, wanted in ((own.kind, kind), (own.status, status), (own.city, city)):
            if wanted is not None:
                found = found.where(column == wanted)
        closed = (own.status == CaseStatus.CLOSED.value).label("closed")
        page = found.order_by(closed, own.reported_at, own.number).limit(most).offset(skip)
        with self._engine.begin() as connection:
            total = connection.execute(select(func.count()).select_from(found.subquery())).scalar_one()
            return tuple(_case(row) for row in connection.execute(page)), total

    def opinion_of(self, number: str) -> CaseOpinion | None:
        """What the officials think so far; None where nobody has said, and once it is forgotten."""
        with self._engine.begin() as connection:
            row = _row(connection, number)
        if row is None or row.sealed_opinion is None:
            return None
        words = self._cipher.decrypt(row.sealed_opinion, context=_context(number, "opinion")).decode()
        return CaseOpinion(words, row.opinion_by, read_instant(row.opinion_at))

    def think(self, number: str, words: str, by: Caller, at: datetime) -> None:
        """Write an opinion, in place of the one before."""
        with self._engine.begin() as connection:
            if _held(connection, number).status is CaseStatus.CLOSED:
                raise ConflictError("该件已办结，不能再写核查意见。")
            sealed = self._cipher.encrypt(words.encode(), context=_context(number, "opinion"))
            changes = {"sealed_opinion": sealed, "opinion_by": by.name, "opinion_at": instant_text(at)}
            _change(connection, number, changes, Action.SUSPICION_ASSIGN, by, at)

    def assign(self, number: str, to: str, by: Caller, at: datetime) -> SuspicionCase:
        """Say who looks into it; the same again changes nothing."""
        with self._engine.begin() as connection:
            held = _held(connection, number)
            if held.status is CaseStatus.CLOSED:
                raise ConflictError("该举报已办结，不能再分派。")
            if held.assigned_to != to:
                changes = {"status": CaseStatus.ASSIGNED, "assigned_to": to, "assigned_at": instant_text(at)}
                _change(connection, number, changes, Action.SUSPICION_ASSIGN, by, at)
            return _held(connection, number)

    def close(self, number: str, closing: CaseClosing, by: Caller, at: datetime) -> SuspicionCase:
        """End a case; the same again changes nothing."""
        with self._engine.begin() as connection:
            held = _held(connection, number)
            if held.status is CaseStatus.CLOSED:
                row = _row(connection, number)
                if row is None or self._closing(row) != closing:
                    raise ConflictError("该举报已办结，结论不能再改。如有新的情况，请另行登记。")
                return held
            told = encode_canonical_json({"words": closing.words, "reference": closing.reference})
            changes = {
                "status": CaseStatus.CLOSED,
                "outcome": closing.outcome,
                "sealed_closing": self._cipher.encrypt(told, context=_context(number, "closing")),
                "closed_by": by.name,
                "closed_at": instant_text(at),
            }
            _change(connection, number, changes, Action.SUSPICION_CLOSE, by, at)
            return _held(connection, number)

    def forget_closed_before(self, before: datetime, at: datetime, most: int) -> int:
        """Delete what is personal in cases closed before an instant, the oldest first; in how many."""
        own = suspicion_case.c
        kept = (own.closed_at < instant_text(before)) & own.forgotten_at.is_(None)
        forgotten = {
            **dict.fromkeys(
                (
                    "report_key",
                    "certificate_number",
                    "sealed_report",
                    "sealed_attachment",
                    "sealed_closing",
                    "sealed_opinion",
                )
            ),
            "forgotten_at": instant_text(at),
        }
        with self._engine.begin() as connection:
            oldest = select(own.number).where(kept).order_by(own.closed_at).limit(most)
            numbers = connection.execute(oldest).scalars().all()
            if numbers:
                connection.execute(update(suspicion_case).where(own.number.in_(numbers)).values(**forgotten))
        return len(numbers)

    def waiting(self) -> OpenCases:
        """What is not closed."""
        own = suspicion_case.c
        counted = select(func.count(), func.min(own.reported_at)).where(
            own.status.in_((CaseStatus.OPEN, CaseStatus.ASSIGNED))
        )
        with self._engine.begin() as connection:
            number, oldest_at = connection.execute(counted).one()
        return OpenCases(number, None if oldest_at is None else read_instant(oldest_at))

    def _closing(self, row: Row[Any]) -> CaseClosing | None:
        if row.sealed_closing is None:
            return None
        told = json.loads(self._cipher.decrypt(row.sealed_closing, context=_context(row.number, "closing")))
        return CaseClosing(CaseOutcome(row.outcome), told["words"], told["reference"])


def _row(connection: Connection, number: str) -> Row[Any] | None:
    wanted = select(suspicion_case).where(suspicion_case.c.number == number)
    return connection.execute(wanted).one_or_none()


def _held(connection: Connection, number: str) -> SuspicionCase:
    wanted = select(suspicion_case).where(suspicion_case.c.number == number)
    row = connection.execute(wanted.with_for_update()).one_or_none()
    if row is None:
        raise UnknownReference(NO_CASE.format(number))
    return _case(row)


def _change(
    connection: Connection, number: str, changes: dict[str, Any], action: Action, by: Caller, at: datetime
) -> None:
    before = _state_digest(connection, number)
    connection.execute(update(suspicion_case).where(suspicion_case.c.number == number).values(**changes))
    _note(connection, at, by, action, number, before)


def _note(
    connection: Connection, at: datetime, by: Caller, action: str, number: str, before: str | None
) -> None:
    after = _state_digest(connection, number)
    append_entry(connection, at, by, action, f"suspicion/{number}", before=before, after=after)


def _state_digest(connection: Connection, number: str) -> str:
    """Of the whole row; what is sealed stands in it as its digest."""
    row = connection.execute(select(suspicion_case).where(suspicion_case.c.number == number)).one()
    return digest_of(
        {
            name: sha256(bytes(value)).hexdigest() if isinstance(value, bytes | memoryview) else value
            for name, value in row._mapping.items()
        }
    )


def _case(row: Row[Any]) -> SuspicionCase:
    return SuspicionCase(
        number=row.number,
        status=CaseStatus(row.status),
        reported_at=read_instant(row.reported_at),
        certificate=row.certificate_number,
        city=row.city,
        assigned_to=row.assigned_to,
        assigned_at=_instant(row.assigned_at),
        outcome=None if row.outcome is None else CaseOutcome(row.outcome),
        closed_by=row.closed_by,
        closed_at=_instant(row.closed_at),
        forgotten_at=_instant(row.forgotten_at),
        kind=CaseKind(row.kind),
        entered_by=row.entered_by,
    )


def _instant(stored: str | None) -> datetime | None:
    return None if stored is None else read_instant(stored)


def _context(number: str, column: str) -> bytes:
    return f"suspicion/{number}/{column}".encode()
