"""Revocations of historical records in the database, with the credit record that the law asks for, in one transaction.

A confirmed one stands in the table of decisions too: credit records name the decision that opened them.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from certsvc.adapters.audit_store import append_entry, digest_of
from certsvc.adapters.clock import local_day
from certsvc.adapters.credit_store import CreditRows
from certsvc.adapters.decision_schema import decision
from certsvc.adapters.history_rows import HistoryRows
from certsvc.adapters.history_schema import history_ending, history_record
from certsvc.adapters.history_store import held_versions
from certsvc.adapters.instants import instant_text
from certsvc.adapters.ledger_outbox import allot_slots
from certsvc.domain.caller import Caller
from certsvc.domain.credit import CreditRecord, CreditStart, first_free_day
from certsvc.domain.decision import DecisionKind, DecisionStatus
from certsvc.domain.history import HistoricalRecord, HistoryState
from certsvc.domain.permission import Action
from certsvc.errors import ConflictError, UnknownReference
from certsvc.formats.commitment import SALT_BYTES
from certsvc.formats.decision_payload import PrivateEvent
from certsvc.formats.history import encode_history_change, encode_history_credit
from certsvc.formats.leaf import EventKind
from certsvc.ports import PersonalCipher
from certsvc.ports.history import HistoryEnding, Judge


class DatabaseHistoryEndings:
    """ports.history.HistoryEndings on SQLAlchemy Core."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._rows = HistoryRows(cipher)
        self._credit = CreditRows(cipher)

    def find(self, reference: str) -> HistoryEnding | None:
        """The revocation of a record, None while there is none."""
        with self._engine.begin() as connection:
            return _find(connection, reference)

    def propose(self, ending: HistoryEnding, by: Caller, at: datetime, judge: Judge) -> HistoryEnding:
        """Keep a proposal."""
        with self._engine.begin() as connection:
            versions = self._held(connection, ending.reference)
            known = _find(connection, ending.reference)
            if known is not None:
                if _words(known) != _words(ending):
                    raise ConflictError("该记录已有一项撤销决定。请先核对。")
                return known
            judge(versions)
            connection.execute(
                insert(history_ending).values(
                    id=ending.id,
                    reference=ending.reference,
                    document_ref=ending.document_ref,
                    decided_on=ending.decided_on.isoformat(),
                    ground=ending.ground,
                    maker=by.name,
                    proposed_at=instant_text(at),
                    document_sha256=ending.document_sha256,
                )
            )
            _note(connection, at, by, Action.REVOCATION_PROPOSE, ending)
        return ending

    def confirm(
        self, reference: str, credit_id: str, starts: CreditStart, by: Caller, at: datetime, judge: Judge
    ) -> None:
        """Revoke a record."""
        with self._engine.begin() as connection:
            versions = self._held(connection, reference)
            ending = _find(connection, reference)
            if ending is None:
                raise UnknownReference("该记录没有等待确认的撤销决定。请核对查询编号。")
            if ending.checker == by.name:
                return
            if ending.checker is not None:
                raise ConflictError("该撤销决定已由另一位人员确认，无需再次确认。")
            judge(versions)
            checked = {"checker": by.name, "confirmed_at": instant_text(at)}
            own = history_ending.c
            connection.execute(update(history_ending).where(own.id == ending.id).values(**checked))
            connection.execute(insert(decision).values(**_decision_row(connection, ending), **checked))
            events = [self._revoked(connection, one, ending, at) for one in versions if one.slot is not None]
            newest = versions[-1]
            _set(connection, newest, state=HistoryState.REVOKED.value)
            self._rows.queue(connection, events, at)
            self._open_credit(connection, newest, ending, credit_id, starts, at)
            _note(connection, at, by, Action.REVOCATION_CONFIRM, ending)

    def _held(self, connection: Connection, reference: str) -> list[HistoricalRecord]:
        rows = held_versions(connection, reference)
        if not rows:
            raise UnknownReference(f"没有查询编号为 {reference} 的历史记录。请核对编号。")
        return [self._rows.record(row) for row in rows]

    def _revoked(
        self, connection: Connection, record: HistoricalRecord, ending: HistoryEnding, at: datetime
    ) -> PrivateEvent:
        assert record.slot is not None
        _set(connection, record, status=int(EventKind.REVOKED.status_after))
        payload = encode_history_change(
            "revoked",
            record.reference,
            record.version,
            record.slot,
            ending.document_ref,
            local_day(at),
            None,
            ending.decided_on,
        )
        return _event(
            EventKind.REVOKED, record.reference, record.version, record.slot, ending.decided_on, payload
        )

    def _open_credit(
        self,
        connection: Connection,
        record: HistoricalRecord,
        ending: HistoryEnding,
        credit_id: str,
        starts: CreditStart,
        at: datetime,
    ) -> None:
        (slot,) = allot_slots(connection, 1)
        today = local_day(at)
        counted_from = starts.day(decided_on=ending.decided_on, recorded_on=today)
        credit = CreditRecord(credit_id, ending.id, slot, today, first_free_day(counted_from))
        payload = encode_history_credit(
            credit, record.reference, record.title, ending.document_ref, ending.decided_on, ending.ground
        )
        event = _event(EventKind.CREDIT_OPENED, credit.id, 1, slot, today, payload)
        person = self._rows.person_key(record.title.document.number)
        self._credit.keep(connection, credit, event, person, at)
        self._rows.queue(connection, [event], at)


def _event(kind: EventKind, subject: str, version: int, slot: int, on: date, payload: bytes) -> PrivateEvent:
    return PrivateEvent(kind, subject, version, slot, on, payload, secrets.token_bytes(SALT_BYTES))


def _find(connection: Connection, reference: str) -> HistoryEnding | None:
    wanted = select(history_ending).where(history_ending.c.reference == reference).with_for_update()
    row: Row[Any] | None = connection.execute(wanted).one_or_none()
    if row is None:
        return None
    return HistoryEnding(
        row.id,
        row.reference,
        row.document_ref,
        date.fromisoformat(row.decided_on),
        row.ground,
        row.maker,
        row.checker,
        row.document_sha256,
    )


def _words(ending: HistoryEnding) -> tuple[str, date, str, str | None]:
    return ending.document_ref, ending.decided_on, ending.ground, ending.document_sha256


def _decision_row(connection: Connection, ending: HistoryEnding) -> dict[str, object]:
    proposed = select(history_ending.c.proposed_at).where(history_ending.c.id == ending.id)
    return {
        "id": ending.id,
        "kind": DecisionKind.REVOKE,
        "certificate_number": ending.reference,
        "document_ref": ending.document_ref,
        "decided_on": ending.decided_on.isoformat(),
        "effective_on": ending.decided_on.isoformat(),
        "ground": ending.ground,
        "document_sha256": ending.document_sha256,
        "status": DecisionStatus.CONFIRMED,
        "maker": ending.maker,
        "proposed_at": connection.execute(proposed).scalar_one(),
        "ordinal": 1,
    }


def _set(connection: Connection, record: HistoricalRecord, **columns: object) -> None:
    own = history_record.c
    connection.execute(
        update(history_record)
        .where(own.reference == record.reference, own.version == record.version)
        .values(**columns)
    )


def _note(connection: Connection, at: datetime, by: Caller, action: Action, ending: HistoryEnding) -> None:
    after = digest_of({"ending": ending.id, "document_ref": ending.document_ref, "by": by.name})
    append_entry(connection, at, by, action, f"history/{ending.reference}", after=after)
