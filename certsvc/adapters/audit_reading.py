"""ports.audit.AuditReading in the database: every page is one walk along the primary key or an index beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Column, ColumnElement, Engine, Table, or_, select

from certsvc.adapters.access_schema import audit_entry, audit_head, personal_look
from certsvc.adapters.audit_store import BEFORE_ALL, chain_fault
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.domain.delegation import ACTING
from certsvc.ports.audit import ChainCheck, LookEntry, TrailEntry, TrailQuestion

_CHUNK = 1000
_BEIJING = ZoneInfo("Asia/Shanghai")
_AFTER_COLON = ";"  # the character after ":"


@dataclass(frozen=True, slots=True)
class DatabaseAuditReading:
    """The audit trail and the log of looks, newest first."""

    engine: Engine

    def entries(self, question: TrailQuestion, limit: int) -> Sequence[TrailEntry]:
        """The newest entries that the question finds."""
        found = _found(question, audit_entry, audit_entry.c.actor)
        if question.action is not None:
            found.append(_worded(audit_entry.c.action, question.action))
        query = select(audit_entry).where(*found).order_by(audit_entry.c.position.desc()).limit(limit)
        with self.engine.begin() as connection:
            rows = connection.execute(query).all()
        return tuple(
            TrailEntry(
                row.position,
                read_instant(row.at),
                row.actor,
                row.role,
                row.region,
                row.action,
                row.object,
                row.before_digest,
                row.after_digest,
            )
            for row in rows
        )

    def looks(self, question: TrailQuestion, limit: int) -> Sequence[LookEntry]:
        """The newest looks that the question finds."""
        found = _found(question, personal_look, personal_look.c.viewer)
        if question.action is not None:
            found.append(personal_look.c.channel == question.action)
        query = select(personal_look).where(*found).order_by(personal_look.c.position.desc()).limit(limit)
        with self.engine.begin() as connection:
            rows = connection.execute(query).all()
        return tuple(
            LookEntry(row.position, read_instant(row.at), row.channel, row.viewer, row.object, row.purpose)
            for row in rows
        )

    def check_newest(self, entries: int) -> ChainCheck:
        """Compute the hashes of the newest entries anew, against the hash of the one before them."""
        with self.engine.begin() as connection:
            head = connection.execute(select(audit_head)).one_or_none()
            total = 0 if head is None else int(head.entries)
            start = max(0, total - entries)
            before = select(audit_entry.c.entry_hash).where(audit_entry.c.position == start)
            previous = BEFORE_ALL if start == 0 else bytes(connection.scalar(before) or b"")
        position = start
        while position < total:
            with self.engine.begin() as connection:
                following = select(audit_entry).where(audit_entry.c.position > position)
                rows = connection.execute(
                    following.where(audit_entry.c.position <= total)
                    .order_by(audit_entry.c.position)
                    .limit(_CHUNK)
                ).all()
            if not rows:
                return ChainCheck(start + 1, position, total, f"缺少第 {position + 1} 条")
            for row in rows:
                fault = chain_fault(row, position + 1, previous)
                if fault is not None:
                    return ChainCheck(start + 1, position, total, fault)
                previous, position = bytes(row.entry_hash), position + 1
        whole = head is None or previous == bytes(head.entry_hash)
        fault = None if whole else f"末条记录与登记的总条数（{total} 条）不符"
        return ChainCheck(min(start + 1, total), total, total, fault)


def _found(question: TrailQuestion, table: Table, person: Column[Any]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if question.before is not None:
        found.append(table.c.position < question.before)
    if question.person is not None:
        found.append(_named(person, question.person))
    if question.subject is not None:
        found.append(table.c.object == question.subject)
    if question.from_on is not None:
        found.append(table.c.at >= _midnight(question.from_on))
    if question.until_on is not None:
        found.append(table.c.at < _midnight(question.until_on + timedelta(days=1)))
    return found


def _named(column: Column[Any], name: str) -> ColumnElement[bool]:
    """The name itself, and what that person did in somebody's name; by ranges, which an index answers."""
    begin = f"{name}{ACTING}"
    return or_(column == name, (column >= begin) & (column < begin + "\U0010ffff"))


def _worded(column: Column[Any], word: str) -> ColumnElement[bool]:
    begin = f"{word}:"
    return or_(
        column == word, column == f"{word}.refused", (column >= begin) & (column < word + _AFTER_COLON)
    )


def _midnight(on: date) -> str:
    return instant_text(datetime.combine(on, time(), _BEIJING))
