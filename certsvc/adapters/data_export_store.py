"""Exports of personal data in the database: sealed, bound to their id and owner, deleted after a day."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Engine, Row, delete, insert, select, update

from certsvc.adapters.audit_store import append_entry
from certsvc.adapters.credit_store import DatabaseCreditArchive
from certsvc.adapters.database import hold_table
from certsvc.adapters.decision_schema import credit_record
from certsvc.adapters.holder_news import HolderNews
from certsvc.adapters.holder_request_schema import personal_export
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.domain.caller import Caller
from certsvc.domain.credit import CreditHistory, CreditHolder
from certsvc.domain.holder_notice import NewNotice, NoticeKind
from certsvc.domain.permission import Action
from certsvc.ports import PersonalCipher
from certsvc.ports.own_data import DataExport, WaitingExport


class DatabaseDataExports:
    """ports.own_data.DataExports on SQLAlchemy Core."""

    def __init__(
        self, engine: Engine, cipher: PersonalCipher, news: HolderNews, reading: Engine | None = None
    ) -> None:
        """`reading`: an engine of `open_for_reading`, so that pages wait for no writer."""
        self._engine = engine
        self._reading = reading or engine
        self._cipher = cipher
        self._news = news

    def ask(self, export: DataExport, waiting: WaitingExport, by: Caller) -> DataExport:
        """Keep the wish, noted; the one that is kept already, where one of the same owner has not ended."""
        own = personal_export.c
        plain = json.dumps([waiting.name, waiting.id_number]).encode()
        row = {
            "id": export.id,
            "owner": waiting.owner,
            "sealed_holder": self._cipher.encrypt(
                plain, context=_context(export.id, waiting.owner, "holder")
            ),
            "asked_at": instant_text(export.asked_at),
            "ends_at": instant_text(export.ends_at),
        }
        kept = select(personal_export).where(
            own.owner == waiting.owner, own.ends_at > instant_text(export.asked_at)
        )
        with self._engine.begin() as connection:
            hold_table(connection, personal_export)
            found = connection.execute(kept).first()
            if found is not None:
                return _export(found)
            connection.execute(insert(personal_export).values(row))
            append_entry(connection, export.asked_at, by, Action.OWN_DATA_EXPORT, f"export/{export.id}")
        return export

    def of_owner(self, owner: bytes, now: datetime) -> tuple[DataExport, ...]:
        """What was asked for and has not ended, newest first."""
        own = personal_export.c
        wanted = select(personal_export).where(own.owner == owner, own.ends_at > instant_text(now))
        with self._reading.begin() as connection:
            return tuple(_export(row) for row in connection.execute(wanted.order_by(own.asked_at.desc())))

    def read(self, export: str, owner: bytes, by: Caller, now: datetime) -> bytes | None:
        """The file, noted in the audit trail; None when it is not ready, over, or another's."""
        own = personal_export.c
        this = own.id == export, own.owner == owner, own.ends_at > instant_text(now)
        with self._engine.begin() as connection:
            row = connection.execute(select(personal_export).where(*this)).one_or_none()
            if row is None or row.sealed_file is None:
                return None
            raw = self._cipher.decrypt(row.sealed_file, context=_context(export, owner, "file"))
            digest = sha256(raw).hexdigest()
            subject = f"export/{export}/download"
            append_entry(connection, now, by, Action.OWN_DATA_EXPORT, subject, after=digest)
        return raw

    def waiting(self, now: datetime, most: int) -> tuple[WaitingExport, ...]:
        """What is to be made and due, oldest first."""
        own, at = personal_export.c, instant_text(now)
        is_due = own.next_attempt_at.is_(None) | (own.next_attempt_at <= at)
        wanted = select(personal_export).where(own.ready_at.is_(None), own.ends_at > at, is_due)
        with self._reading.begin() as connection:
            rows = connection.execute(wanted.order_by(own.asked_at, own.id).limit(most)).all()
        return tuple(self._waiting(row) for row in rows)

    def put_off(self, export: str, next_attempt_at: datetime) -> None:
        """Count a failed attempt, and leave the export alone until then."""
        own = personal_export.c
        later = {"attempts": own.attempts + 1, "next_attempt_at": instant_text(next_attempt_at)}
        with self._engine.begin() as connection:
            connection.execute(
                update(personal_export).where(own.id == export, own.ready_at.is_(None)).values(later)
            )

    def finish(self, export: str, raw: bytes, at: datetime) -> None:
        """Keep the file, and tell the holder; what was kept first stays."""
        own = personal_export.c
        this = own.id == export, own.ready_at.is_(None)
        with self._engine.begin() as connection:
            row = connection.execute(select(personal_export).where(*this).with_for_update()).one_or_none()
            if row is None:
                return
            owner = bytes(row.owner)
            sealed = self._cipher.encrypt(raw, context=_context(export, owner, "file"))
            kept = {"ready_at": instant_text(at), "sealed_file": sealed}
            connection.execute(update(personal_export).where(*this).values(kept))
            told = NewNotice(f"export/{export}", owner, NoticeKind.EXPORT_READY, export)
            self._news.queue(connection, [told], at)

    def delete_ended(self, now: datetime) -> int:
        """Delete what is over; how many."""
        over = personal_export.c.ends_at <= instant_text(now)
        with self._reading.begin() as connection:  # asked every few seconds: mostly there is nothing to write
            if connection.execute(select(personal_export.c.id).where(over).limit(1)).first() is None:
                return 0
        with self._engine.begin() as connection:
            return int(connection.execute(delete(personal_export).where(over)).rowcount)

    def _waiting(self, row: Row[Any]) -> WaitingExport:
        owner = bytes(row.owner)
        plain = self._cipher.decrypt(row.sealed_holder, context=_context(row.id, owner, "holder"))
        name, id_number = json.loads(plain)
        return WaitingExport(row.id, owner, name, id_number, row.attempts)


class DatabaseOwnCredit:
    """ports.own_data.OwnCredit on SQLAlchemy Core."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._archive = DatabaseCreditArchive(engine, cipher)

    def of_owners(self, owners: Sequence[bytes]) -> tuple[tuple[CreditHistory, CreditHolder], ...]:
        """The records, newest first."""
        own = credit_record.c
        wanted = select(own.id).where(own.person_key.in_(owners)).order_by(own.recorded_on.desc(), own.id)
        with self._engine.begin() as connection:
            ids = connection.scalars(wanted).all()
        return tuple(found for one in ids if (found := self._archive.find(one)) is not None)


def _export(row: Row[Any]) -> DataExport:
    ready_at = None if row.ready_at is None else read_instant(row.ready_at)
    return DataExport(row.id, read_instant(row.asked_at), read_instant(row.ends_at), ready_at, row.attempts)


def _context(export: str, owner: bytes, what: str) -> bytes:
    return f"personal-export/{export}/{owner.hex()}/{what}".encode()
