"""Credit records in the database: opened and withdrawn in the transaction of a decision, ended in one of their own.

What is told to the national credit platform is queued in the same transaction.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    and_,
    func,
    insert,
    or_,
    select,
    true,
    update,
)

from certsvc.adapters.audit_store import append_entry, digest_of
from certsvc.adapters.decision_schema import credit_record, decision, decision_event
from certsvc.adapters.ledger_outbox import queue_events
from certsvc.adapters.platform_outbox import is_queued, queue_messages
from certsvc.adapters.schema import certificate
from certsvc.domain.caller import OPERATOR
from certsvc.domain.credit import CreditHistory, CreditHolder, CreditRecord, CreditStanding
from certsvc.formats.commitment import commit
from certsvc.formats.credit_ended import encode_credit_ended
from certsvc.formats.decision_payload import PrivateEvent
from certsvc.formats.leaf import EventKind
from certsvc.formats.platform_message import credit_opened, credit_withdrawn, opening_key
from certsvc.ports import PendingEvent, PersonalCipher

EXPIRED, REINSTATED = "expired", "reinstated"
_ENDED_ACTION = "machine:credit:end"


class CreditRows:
    """The rows of credit records; a person stands in them as a keyed digest and encrypted."""

    def __init__(self, cipher: PersonalCipher) -> None:
        self._cipher = cipher

    def open_record(self, connection: Connection, number: str) -> CreditRecord | None:
        """The record that a revocation of this certificate opened and nothing has withdrawn, held; None without one."""
        row = connection.execute(
            select(credit_record)
            .join(decision, decision.c.id == credit_record.c.decision_id)
            .where(decision.c.certificate_number == number, credit_record.c.withdrawn_on.is_(None))
            .with_for_update(of=credit_record)
        ).one_or_none()
        return None if row is None else _record(row)

    def open(
        self, connection: Connection, record: CreditRecord, event: PrivateEvent, number: str, at: datetime
    ) -> None:
        """Store a new record of the certificate's holder, with the event that opens it and the message that tells it."""
        holder = select(certificate.c.person_key).where(
            certificate.c.number == number, certificate.c.version == 1
        )
        self.keep(connection, record, event, connection.execute(holder).scalar_one(), at)

    def keep(
        self,
        connection: Connection,
        record: CreditRecord,
        event: PrivateEvent,
        person_key: bytes,
        at: datetime,
    ) -> None:
        """Store a new record of a person, with the event that opens it and the message that tells it."""
        context = _context(record.id)
        connection.execute(
            insert(credit_record).values(
                id=record.id,
                decision_id=record.decision,
                person_key=person_key,
                slot=record.slot,
                recorded_on=record.recorded_on.isoformat(),
                until_on=record.until_on.isoformat(),
                sealed_content=self._cipher.encrypt(event.payload, context=context),
                sealed_salt=self._cipher.encrypt(event.salt, context=context + b"/salt"),
                commitment=event.commitment,
            )
        )
        queue_messages(connection, self._cipher, [credit_opened(record.id, event.payload)], at)

    def close(self, connection: Connection, record: CreditRecord, event: PrivateEvent, at: datetime) -> None:
        """Withdraw a record by a reinstatement, even one that had ended; what it said stays."""
        this = credit_record.c.id == record.id
        connection.execute(
            update(credit_record).where(this).values(withdrawn_on=event.effective_on.isoformat())
        )
        reference = json.loads(event.payload)["document_ref"]
        self.withdraw_message(connection, record.id, event.effective_on, REINSTATED, reference, at)

    def withdraw_message(
        self,
        connection: Connection,
        record: str,
        on: date,
        reason: str,
        document_ref: str | None,
        at: datetime,
    ) -> None:
        """Queue the withdrawal of what the platform was told; nothing when it was told nothing."""
        if is_queued(connection, opening_key(record)):
            message = credit_withdrawn(record, on, reason, document_ref)
            queue_messages(connection, self._cipher, [message], at)


class DatabaseCreditArchive:
    """ports.credit.CreditArchiveStore on SQLAlchemy Core."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher
        self._rows = CreditRows(cipher)

    def due(self, today: date, most: int) -> tuple[str, ...]:
        """Records whose three years are over and whose end nobody has noted."""
        over = (
            select(credit_record.c.id)
            .where(
                credit_record.c.withdrawn_on.is_(None),
                credit_record.c.ended_on.is_(None),
                credit_record.c.until_on <= today.isoformat(),
            )
            .order_by(credit_record.c.until_on, credit_record.c.id)
            .limit(most)
        )
        with self._engine.begin() as connection:
            return tuple(connection.scalars(over))

    def end(self, record: str, salt: bytes, today: date, at: datetime) -> bool:
        """Note the end of a record that is due, once."""
        with self._engine.begin() as connection:
            row = connection.execute(
                select(credit_record).where(credit_record.c.id == record).with_for_update()
            ).one()
            until_on = date.fromisoformat(row.until_on)
            if row.withdrawn_on is not None or row.ended_on is not None or today < until_on:
                return False
            payload = encode_credit_ended(self._opening(row), today)
            this = credit_record.c.id == record
            connection.execute(update(credit_record).where(this).values(ended_on=row.until_on))
            self._log(connection, row, payload, salt, at)
            self._rows.withdraw_message(connection, record, until_on, EXPIRED, None, at)
            append_entry(
                connection,
                at,
                OPERATOR,
                _ENDED_ACTION,
                f"credit/{record}",
                after=digest_of({"record": record, "ended_on": row.until_on}),
            )
        return True

    def counted(self, standing: CreditStanding | None, today: date) -> int:
        """How many records there are, of one standing on that day where asked."""
        number = select(func.count()).select_from(credit_record).where(_stands(standing, today))
        with self._engine.begin() as connection:
            return connection.scalar(number) or 0

    def listed(
        self, most: int, offset: int, standing: CreditStanding | None, today: date
    ) -> tuple[CreditHistory, ...]:
        """Records, newest first, of one standing on that day where asked."""
        newest = (
            select(credit_record)
            .where(_stands(standing, today))
            .order_by(credit_record.c.recorded_on.desc(), credit_record.c.id)
            .limit(most)
            .offset(offset)
        )
        with self._engine.begin() as connection:
            return tuple(_history(row) for row in connection.execute(newest))

    def find(self, record: str) -> tuple[CreditHistory, CreditHolder] | None:
        """A record with its person."""
        with self._engine.begin() as connection:
            row = connection.execute(select(credit_record).where(credit_record.c.id == record)).one_or_none()
        if row is None:
            return None
        told = json.loads(self._opening(row))
        holder = CreditHolder(
            name=told["name"],
            id_kind=told["id_kind"],
            id_number=told["id_number"],
            number=told["number"],
            document_ref=told["document_ref"],
            decided_on=date.fromisoformat(told["decided_on"]),
            ground=told["ground"],
        )
        return _history(row), holder

    def _opening(self, row: Row[Any]) -> bytes:
        return self._cipher.decrypt(row.sealed_content, context=_context(row.id))

    def _log(self, connection: Connection, row: Row[Any], payload: bytes, salt: bytes, at: datetime) -> None:
        """The private payload beside the decision that opened the record, and its event in the outbox."""
        context = f"decision/{row.decision_id}/{row.slot}".encode()
        connection.execute(
            insert(decision_event).values(
                decision_id=row.decision_id,
                slot=row.slot,
                sealed_payload=self._cipher.encrypt(payload, context=context),
                sealed_salt=self._cipher.encrypt(salt, context=context + b"/salt"),
                commitment=commit(salt, payload),
            )
        )
        event = PendingEvent(
            idempotency_key=f"credit/{row.id}/{EXPIRED}",
            kind=EventKind.CREDIT_CLOSED,
            slot=row.slot,
            effective_on=date.fromisoformat(row.until_on),
            commitment=commit(salt, payload),
            certificate_number=row.id,
            certificate_version=1,
        )
        queue_events(connection, [event], at)


def _record(row: Row[Any]) -> CreditRecord:
    return CreditRecord(
        row.id,
        row.decision_id,
        row.slot,
        date.fromisoformat(row.recorded_on),
        date.fromisoformat(row.until_on),
    )


def _history(row: Row[Any]) -> CreditHistory:
    days = (None if one is None else date.fromisoformat(one) for one in (row.withdrawn_on, row.ended_on))
    return CreditHistory(_record(row), *days)


def _stands(standing: CreditStanding | None, today: date) -> ColumnElement[bool]:
    """As `CreditHistory.standing`, for the database."""
    on = today.isoformat()
    withdrawn_on = credit_record.c.withdrawn_on
    withdrawn = withdrawn_on <= on
    stays = or_(withdrawn_on.is_(None), withdrawn_on > on)
    match standing:
        case None:
            return true()
        case CreditStanding.WITHDRAWN:
            return withdrawn
        case CreditStanding.ENDED:
            return and_(stays, credit_record.c.until_on <= on)
        case CreditStanding.ACTIVE:
            return and_(stays, credit_record.c.until_on > on)


def _context(record: str) -> bytes:
    return f"credit/{record}".encode()
