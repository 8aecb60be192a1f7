"""Historical records in the database: imported as a whole file, confirmed, published in chunks.

The row of the import is the lock of its confirmation; the first version's row is the lock of everything about a record.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update
from sqlalchemy.exc import IntegrityError as DatabaseRefusal

from certsvc.adapters.audit_store import append_entry, digest_of
from certsvc.adapters.clock import local_day
from certsvc.adapters.database import insert_unless_known
from certsvc.adapters.historical_entries import note_historical
from certsvc.adapters.history_rows import (
    NEWEST,
    HistoryRows,
    decode_findings,
    encode_findings,
    imports_of,
)
from certsvc.adapters.history_schema import history_import, history_record
from certsvc.adapters.holder_news import HolderNews
from certsvc.adapters.instants import instant_text
from certsvc.adapters.ledger_outbox import allot_slots
from certsvc.adapters.schema import certificate
from certsvc.domain.caller import Caller
from certsvc.domain.check_reference import RANDOM_DIGITS, ReferenceKind, build_reference
from certsvc.domain.findings import Finding
from certsvc.domain.history import (
    HistoricalRecord,
    HistoricalTitle,
    HistoryImport,
    HistoryState,
    Quality,
)
from certsvc.domain.permission import Action
from certsvc.errors import ConflictError
from certsvc.formats.commitment import SALT_BYTES
from certsvc.ports import PersonalCipher
from certsvc.ports.history import AcceptedFile, Matches

_CHUNK = 500
_PUBLISHABLE = [quality.value for quality in Quality if quality.publishable]


class DatabaseHistoryStore:
    """The part of ports.history.HistoryStore that keeps files; DatabaseHistoryChanges has the rest."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher
        self._rows = HistoryRows(cipher)

    def find_import(self, import_id: str) -> HistoryImport | None:
        """An import, None when there is none."""
        with self._engine.begin() as connection:
            row = connection.execute(
                select(history_import).where(history_import.c.id == import_id)
            ).one_or_none()
            return None if row is None else imports_of(connection, [row])[0]

    def imports(self, most: int) -> tuple[HistoryImport, ...]:
        """Imports, newest first."""
        order = history_import.c.imported_at.desc(), history_import.c.id
        with self._engine.begin() as connection:
            rows = connection.execute(select(history_import).order_by(*order).limit(most)).all()
            return imports_of(connection, rows)

    def findings(self, import_id: str) -> tuple[Finding, ...]:
        """What was told of an accepted file."""
        wanted = select(history_import.c.findings).where(history_import.c.id == import_id)
        with self._engine.begin() as connection:
            return decode_findings(connection.execute(wanted).scalar_one())

    def match(self, titles: Sequence[HistoricalTitle]) -> Matches:
        """What is known of the persons and numbers of a file."""
        recorded: dict[int, str] = {}
        certified: set[int] = set()
        number_of_others: set[int] = set()
        with self._engine.begin() as connection:
            for chunk in _chunks(titles):
                recorded |= self._recorded(connection, chunk)
                certified |= self._certified(connection, chunk)
                number_of_others |= self._number_of_others(connection, chunk)
        return Matches(recorded, frozenset(certified), frozenset(number_of_others))

    def save(self, accepted: AcceptedFile, by: Caller, at: datetime) -> bool:
        """Keep a file with all its records in one transaction."""
        context = f"history-import/{accepted.import_id}".encode()
        row = {
            "id": accepted.import_id,
            "digest": accepted.digest,
            "place": accepted.place,
            "file_name": accepted.file_name[:255],
            "source": accepted.source,
            "findings": encode_findings(accepted.findings),
            "sealed_file": self._cipher.encrypt(accepted.raw, context=context),
            "maker": by.name,
            "imported_at": instant_text(at),
        }
        with self._engine.begin() as connection:
            if not insert_unless_known(connection, history_import, row):
                return False
            try:
                for chunk in _chunks(accepted.titles):
                    connection.execute(
                        insert(history_record), [self._new(accepted, title, by, at) for title in chunk]
                    )
            except DatabaseRefusal as error:
                raise ConflictError(
                    "文件中的职称刚刚由另一次导入登记，本次没有保存。请重新导入核对。"
                ) from error
            after = digest_of({"import": accepted.import_id, "file": accepted.digest})
            append_entry(
                connection, at, by, Action.HISTORY_IMPORT, f"history/{accepted.import_id}", after=after
            )
        return True

    def confirm_import(self, import_id: str, by: Caller, at: datetime) -> None:
        """Confirm every record of an import that waits."""
        own = history_import.c
        with self._engine.begin() as connection:
            held = connection.execute(select(own.checker).where(own.id == import_id).with_for_update()).one()
            if held.checker == by.name:
                return
            if held.checker is not None:
                raise ConflictError("这次导入已由另一位人员确认，无需再次确认。")
            checked = {"checker": by.name, "confirmed_at": instant_text(at)}
            connection.execute(update(history_import).where(own.id == import_id).values(**checked))
            connection.execute(
                update(history_record)
                .where(
                    history_record.c.import_id == import_id,
                    history_record.c.version == 1,
                    history_record.c.state == HistoryState.GRADED.value,
                )
                .values(state=HistoryState.CONFIRMED.value, **checked)
            )
            after = digest_of({"import": import_id, "checker": by.name})
            append_entry(connection, at, by, Action.HISTORY_CONFIRM, f"history/{import_id}", after=after)

    def publish_some(self, most: int, at: datetime) -> int:
        """Give confirmed records of grades A and B slot and ledger event; how many."""
        own = history_record.c
        with self._engine.begin() as connection:
            waiting = connection.execute(
                select(history_record)
                .where(
                    own.state == HistoryState.CONFIRMED.value,
                    own.quality.in_(_PUBLISHABLE),
                    own.version == 1,
                    own.slot.is_(None),
                )
                .order_by(own.import_id, own.row_no)
                .limit(most)
                .with_for_update()
            ).all()
            if not waiting:
                return 0
            slots = allot_slots(connection, len(waiting))
            events = [
                self._rows.publication(
                    self._rows.record(row), slot, secrets.token_bytes(SALT_BYTES), local_day(at)
                )
                for row, slot in zip(waiting, slots, strict=True)
            ]
            for event in events:
                connection.execute(
                    update(history_record)
                    .where(own.reference == event.subject, own.version == event.version)
                    .values(**self._rows.published_columns(event))
                )
            records = [self._rows.record(row) for row in waiting]
            for record in records:
                note_historical(connection, record, at)
            HolderNews(self._cipher).history_confirmed(connection, records, at)
            events.sort(key=lambda event: event.slot)  # random: leaves do not follow the rows of a list
            self._rows.queue(connection, events, at)
        return len(events)

    def versions(self, reference: str) -> tuple[HistoricalRecord, ...]:
        """Every version of a record, oldest first."""
        wanted = select(history_record).where(history_record.c.reference == reference)
        with self._engine.begin() as connection:
            rows = connection.execute(wanted.order_by(history_record.c.version)).all()
        return tuple(self._rows.record(row) for row in rows)

    def records(
        self, *, import_id: str | None, state: HistoryState | None, most: int
    ) -> tuple[HistoricalRecord, ...]:
        """The newest versions, by reference."""
        own = history_record.c
        found = select(history_record).where(NEWEST)
        if import_id is not None:
            found = found.where(own.import_id == import_id)
        if state is not None:
            found = found.where(own.state == state.value)
        with self._engine.begin() as connection:
            rows = connection.execute(found.order_by(own.import_id, own.row_no).limit(most)).all()
        return tuple(self._rows.record(row) for row in rows)

    def _new(
        self, accepted: AcceptedFile, title: HistoricalTitle, by: Caller, at: datetime
    ) -> dict[str, object]:
        reference = build_reference(ReferenceKind.HISTORICAL, secrets.randbelow(10**RANDOM_DIGITS))
        return self._rows.columns(reference, 1, accepted.import_id, title, by.name, at)

    def _recorded(self, connection: Connection, titles: Sequence[HistoricalTitle]) -> dict[int, str]:
        by_key = {self._rows.title_key(title): title.row for title in titles}
        own = history_record.c
        rows = connection.execute(select(own.title_key, own.reference).where(own.title_key.in_(list(by_key))))
        return {by_key[row.title_key]: row.reference for row in rows}

    def _certified(self, connection: Connection, titles: Sequence[HistoricalTitle]) -> set[int]:
        coded = [title for title in titles if title.title is not None]
        keys = {title.row: self._rows.person_key(title.document.number) for title in coded}
        own = certificate.c
        rows = connection.execute(
            select(own.person_key, own.title).where(own.person_key.in_(list(set(keys.values()))))
        )
        held = {(row.person_key, row.title) for row in rows}
        return {title.row for title in coded if (keys[title.row], title.title) in held}

    def _number_of_others(self, connection: Connection, titles: Sequence[HistoricalTitle]) -> set[int]:
        numbered = [(title, title.old_number) for title in titles]
        keys = {
            title.row: (self._rows.old_number_key(number), self._rows.person_key(title.document.number))
            for title, number in numbered
            if number is not None
        }
        own = history_record.c
        wanted = own.old_number_key.in_(list({number for number, _person in keys.values()}))
        known: dict[bytes, set[bytes]] = {}
        for row in connection.execute(select(own.old_number_key, own.person_key).where(wanted)):
            known.setdefault(row.old_number_key, set()).add(row.person_key)
        return {row for row, (number, person) in keys.items() if known.get(number, set()) - {person}}


def _chunks(titles: Sequence[HistoricalTitle]) -> Iterator[Sequence[HistoricalTitle]]:
    return (titles[at : at + _CHUNK] for at in range(0, len(titles), _CHUNK))


def held_versions(connection: Connection, reference: str) -> list[Row[Any]]:
    """Every version of a record, oldest first, held until the transaction ends; empty for an unknown reference."""
    own = history_record.c
    ours = select(history_record).where(own.reference == reference).with_for_update()
    if connection.execute(ours.where(own.version == 1)).one_or_none() is None:
        return []
    return list(connection.execute(ours.order_by(own.version)))
