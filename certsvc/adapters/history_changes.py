"""What happens to historical records after their import: disputes, corrections under four eyes, revocation."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError as DatabaseRefusal

from certsvc.adapters.audit_store import append_entry, digest_of
from certsvc.adapters.clock import local_day
from certsvc.adapters.historical_entries import note_historical
from certsvc.adapters.history_schema import history_dispute, history_record
from certsvc.adapters.history_store import DatabaseHistoryStore, held_versions
from certsvc.adapters.holder_news import HolderNews
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.ledger_outbox import allot_slots
from certsvc.domain.caller import Caller
from certsvc.domain.history import HistoricalRecord, HistoricalTitle, HistoryDispute, HistoryState
from certsvc.domain.permission import Action
from certsvc.errors import ConflictError, UnknownReference
from certsvc.formats.commitment import SALT_BYTES
from certsvc.formats.decision_payload import PrivateEvent
from certsvc.formats.history import encode_history_change
from certsvc.formats.leaf import EventKind
from certsvc.ports.history import Judge


class DatabaseHistoryChanges(DatabaseHistoryStore):
    """ports.history.HistoryStore as a whole."""

    def disputes(self, reference: str) -> tuple[HistoryDispute, ...]:
        """The objections to a record, oldest first."""
        with self._engine.begin() as connection:
            return self._disputes(connection, reference)

    def dispute(self, dispute: HistoryDispute, by: Caller, judge: Judge) -> HistoryDispute:
        """Keep an objection; the record is told of as disputed from now on."""
        with self._engine.begin() as connection:
            versions = self._held(connection, dispute.reference)
            known = [one for one in self._disputes(connection, dispute.reference) if one.outcome is None]
            if known and known[-1].ground == dispute.ground:
                return known[-1]
            judge(versions)
            newest = versions[-1]
            sealed = self._cipher.encrypt(dispute.ground.encode(), context=_ground_context(dispute.id))
            connection.execute(
                insert(history_dispute).values(
                    id=dispute.id,
                    reference=dispute.reference,
                    version=newest.version,
                    sealed_ground=sealed,
                    recorded_by=by.name,
                    recorded_at=instant_text(dispute.recorded_at),
                )
            )
            _move(connection, newest, HistoryState.DISPUTED)
            _note(
                connection, dispute.recorded_at, by, "console:history:dispute", newest, HistoryState.DISPUTED
            )
            return self._disputes(connection, dispute.reference)[-1]

    def settle(self, reference: str, outcome: str, by: Caller, at: datetime, judge: Judge) -> None:
        """End the open objection: the record stands as before."""
        with self._engine.begin() as connection:
            versions = self._held(connection, reference)
            judge(versions)
            newest = versions[-1]
            state = HistoryState.CONFIRMED if newest.slot is None else HistoryState.PUBLISHED
            _end_dispute(connection, reference, outcome, by, at)
            _move(connection, newest, state)
            _note(connection, at, by, "console:history:settle", newest, state)

    def correct(
        self, reference: str, title: HistoricalTitle, basis: str, by: Caller, at: datetime, judge: Judge
    ) -> HistoricalRecord:
        """Keep a corrected version that waits for its confirmation."""
        with self._engine.begin() as connection:
            versions = self._held(connection, reference)
            waiting = versions[-1]
            if waiting.state is HistoryState.GRADED and waiting.version > 1:
                if (waiting.title, waiting.basis, waiting.maker) == (title, basis, by.name):
                    return waiting
                raise ConflictError("该记录已有一项更正等待确认。请先由另一位人员确认，再提出新的更正。")
            judge(versions)
            row = self._rows.columns(
                reference, waiting.version + 1, waiting.import_id, title, by.name, at, basis
            )
            try:
                connection.execute(insert(history_record).values(row))
            except DatabaseRefusal as error:
                raise ConflictError("更正后的职称与该人员的另一条历史记录相同。请先核对。") from error
            corrected = self._held(connection, reference)[-1]
            _note(connection, at, by, "console:history:correct", corrected, HistoryState.GRADED)
            return corrected

    def confirm_correction(self, reference: str, by: Caller, at: datetime, judge: Judge) -> None:
        """Put the corrected version in the place of the old one."""
        with self._engine.begin() as connection:
            versions = self._held(connection, reference)
            if versions[-1].state is not HistoryState.GRADED and versions[-1].checker == by.name:
                return
            judge(versions)
            *_, old, new = versions
            checked = {"checker": by.name, "confirmed_at": instant_text(at)}
            _move(connection, old, HistoryState.CORRECTED)
            events = []
            if old.slot is not None:
                events.append(_replaced(old, new, at))
                _set(connection, old, status=int(EventKind.CORRECTED.status_after))
            state = HistoryState.CONFIRMED
            _set(connection, new, state=state.value, **checked)
            if new.title.quality.publishable:
                (slot,) = allot_slots(connection, 1)
                event = self._rows.publication(new, slot, secrets.token_bytes(SALT_BYTES), local_day(at))
                _set(connection, new, **self._rows.published_columns(event))
                events.append(event)
                state = HistoryState.PUBLISHED
                note_historical(connection, new, at)
                HolderNews(self._cipher).history_confirmed(connection, [new], at)
            self._rows.queue(connection, events, at)
            if any(one.outcome is None for one in self._disputes(connection, reference)):
                _end_dispute(connection, reference, f"已更正为第{new.version}版", by, at)
            _note(connection, at, by, Action.HISTORY_CONFIRM, new, state)

    def _held(self, connection: Connection, reference: str) -> list[HistoricalRecord]:
        rows = held_versions(connection, reference)
        if not rows:
            raise UnknownReference(f"没有查询编号为 {reference} 的历史记录。请核对编号。")
        return [self._rows.record(row) for row in rows]

    def _disputes(self, connection: Connection, reference: str) -> tuple[HistoryDispute, ...]:
        own = history_dispute.c
        rows = connection.execute(
            select(history_dispute).where(own.reference == reference).order_by(own.recorded_at, own.id)
        )
        return tuple(self._dispute(row) for row in rows)

    def _dispute(self, row: Row[Any]) -> HistoryDispute:
        return HistoryDispute(
            id=row.id,
            reference=row.reference,
            version=row.version,
            ground=self._cipher.decrypt(row.sealed_ground, context=_ground_context(row.id)).decode(),
            recorded_by=row.recorded_by,
            recorded_at=read_instant(row.recorded_at),
            outcome=row.outcome,
            settled_by=row.settled_by,
            settled_at=None if row.settled_at is None else read_instant(row.settled_at),
        )


def _replaced(old: HistoricalRecord, new: HistoricalRecord, at: datetime) -> PrivateEvent:
    assert old.slot is not None
    day = local_day(at)
    payload = encode_history_change(
        "corrected", old.reference, old.version, old.slot, new.basis or "", day, new.version
    )
    return PrivateEvent(
        EventKind.CORRECTED,
        old.reference,
        old.version,
        old.slot,
        day,
        payload,
        secrets.token_bytes(SALT_BYTES),
    )


def _end_dispute(connection: Connection, reference: str, outcome: str, by: Caller, at: datetime) -> None:
    own = history_dispute.c
    connection.execute(
        update(history_dispute)
        .where(own.reference == reference, own.outcome.is_(None))
        .values(outcome=outcome, settled_by=by.name, settled_at=instant_text(at))
    )


def _set(connection: Connection, record: HistoricalRecord, **columns: object) -> None:
    own = history_record.c
    connection.execute(
        update(history_record)
        .where(own.reference == record.reference, own.version == record.version)
        .values(**columns)
    )


def _move(connection: Connection, record: HistoricalRecord, state: HistoryState) -> None:
    _set(connection, record, state=state.value)


def _note(
    connection: Connection,
    at: datetime,
    by: Caller,
    action: str,
    record: HistoricalRecord,
    state: HistoryState,
) -> None:
    before, after = (
        digest_of({"reference": record.reference, "version": record.version, "state": one.value})
        for one in (record.state, state)
    )
    append_entry(connection, at, by, action, f"history/{record.reference}", before=before, after=after)


def _ground_context(dispute: str) -> bytes:
    return f"history-dispute/{dispute}".encode()
