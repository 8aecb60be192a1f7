"""Rows of historical records: what stands in their columns, what is sealed in them, and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, exists, func, insert, select

from certsvc.adapters.history_schema import history_event, history_record
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.ledger_outbox import pending, queue_events
from certsvc.domain.findings import Finding, Severity
from certsvc.domain.history import (
    HistoricalRecord,
    HistoricalTitle,
    HistoryImport,
    HistoryState,
    plain_old_number,
)
from certsvc.formats.decision_payload import PrivateEvent
from certsvc.formats.history import decode_history, encode_history
from certsvc.formats.leaf import EventKind
from certsvc.ports import PendingEvent, PersonalCipher

_later = history_record.alias("later")
NEWEST: Final = ~exists().where(
    _later.c.reference == history_record.c.reference, _later.c.version > history_record.c.version
)
"""Whether a row is the newest version of its record: one look into the primary key, whatever else is asked."""


class HistoryRows:
    """Sealing and opening of rows; persons, titles and old numbers stand in them as keyed digests."""

    def __init__(self, cipher: PersonalCipher) -> None:
        self._cipher = cipher

    def person_key(self, id_number: str) -> bytes:
        """The digest that certificates of the person bear too."""
        return self._cipher.person_key(id_number)

    def title_key(self, title: HistoricalTitle) -> bytes:
        """The digest of a person's title: the same for the same words in the same series."""
        series = title.series or title.as_written("原职称系列") or ""
        words = "".join((title.as_written("原职称名称") or "").replace("(", "（").replace(")", "）").split())
        return self._cipher.person_key(f"history-title/{title.document.number}/{series}/{words}")

    def old_number_key(self, number: str) -> bytes:
        """The digest of the number of an old certificate."""
        return self._cipher.person_key(f"history-number/{plain_old_number(number)}")

    def columns(
        self,
        reference: str,
        version: int,
        import_id: str,
        title: HistoricalTitle,
        maker: str,
        at: datetime,
        basis: str | None = None,
    ) -> dict[str, object]:
        """The columns of a version that waits for its confirmation."""
        number = title.old_number
        return {
            "reference": reference,
            "version": version,
            "import_id": import_id,
            "row_no": title.row,
            "state": HistoryState.GRADED.value,
            "quality": title.quality.value,
            "person_key": self.person_key(title.document.number),
            "title_key": self.title_key(title),
            "old_number_key": None if number is None else self.old_number_key(number),
            "series": title.series,
            "level": None if title.level is None else int(title.level),
            "title": title.title,
            "acquired_to": title.acquired.last.isoformat(),
            "sealed_content": self.seal(reference, version, encode_history(reference, version, None, title)),
            "basis": basis,
            "maker": maker,
            "recorded_at": instant_text(at),
        }

    def seal(self, reference: str, version: int, payload: bytes) -> bytes:
        """A payload, bound to its version."""
        return self._cipher.encrypt(payload, context=context_of(reference, version))

    def title(self, row: Row[Any]) -> HistoricalTitle:
        """The title of a row."""
        context = context_of(row.reference, row.version)
        return decode_history(self._cipher.decrypt(row.sealed_content, context=context))

    def record(self, row: Row[Any]) -> HistoricalRecord:
        """A row as a record."""
        return HistoricalRecord(
            reference=row.reference,
            version=row.version,
            import_id=row.import_id,
            title=self.title(row),
            state=HistoryState(row.state),
            status=row.status,
            slot=row.slot,
            maker=row.maker,
            recorded_at=read_instant(row.recorded_at),
            checker=row.checker,
            confirmed_at=None if row.confirmed_at is None else read_instant(row.confirmed_at),
            basis=row.basis,
        )

    def queue(self, connection: Connection, events: Sequence[PrivateEvent], at: datetime) -> None:
        """Queue the ledger events of records, keeping what those commit to that change a record."""
        for event in events:
            if event.kind is not EventKind.HISTORICAL:
                context = f"history-event/{event.slot}/{int(event.kind)}".encode()
                connection.execute(
                    insert(history_event).values(
                        slot=event.slot,
                        kind=int(event.kind),
                        sealed_payload=self._cipher.encrypt(event.payload, context=context),
                        sealed_salt=self._cipher.encrypt(event.salt, context=context + b"/salt"),
                        commitment=event.commitment,
                    )
                )
        queue_events(connection, [_pending(event) for event in events], at)

    def publication(self, record: HistoricalRecord, slot: int, salt: bytes, on: date) -> PrivateEvent:
        """The event that publishes a version, on the day it is recorded: a title may be older than the log counts."""
        return PrivateEvent(
            EventKind.HISTORICAL,
            record.reference,
            record.version,
            slot,
            on,
            encode_history(record.reference, record.version, slot, record.title),
            salt,
        )

    def published_columns(self, event: PrivateEvent) -> dict[str, object]:
        """What a version's row gets with its slot."""
        context = context_of(event.subject, event.version)
        return {
            "state": HistoryState.PUBLISHED.value,
            "status": int(event.kind.status_after),
            "slot": event.slot,
            "sealed_content": self.seal(event.subject, event.version, event.payload),
            "sealed_salt": self._cipher.encrypt(event.salt, context=context + b"/salt"),
            "commitment": event.commitment,
        }


def context_of(reference: str, version: int) -> bytes:
    """What sealed bytes of a version are bound to."""
    return f"history/{reference}/{version}".encode()


def encode_findings(findings: Sequence[Finding]) -> str:
    """Findings as JSON text; they hold no personal values."""
    return json.dumps(
        [
            [one.code, one.severity.value, one.clause, one.message, one.row, one.column, one.case]
            for one in findings
        ],
        ensure_ascii=False,
    )


def decode_findings(stored: str) -> tuple[Finding, ...]:
    """The inverse of `encode_findings`."""
    return tuple(
        Finding(code, Severity(severity), clause, message, row, column, case)
        for code, severity, clause, message, row, column, case in json.loads(stored)
    )


def imports_of(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[HistoryImport, ...]:
    """Imports with their counts, in two questions for all of them."""
    wanted = [row.id for row in rows]
    states, qualities = (_counts(connection, wanted, column) for column in ("state", "quality"))
    return tuple(
        HistoryImport(
            id=row.id,
            place=row.place,
            file_name=row.file_name,
            source=row.source,
            maker=row.maker,
            imported_at=read_instant(row.imported_at),
            checker=row.checker,
            confirmed_at=None if row.confirmed_at is None else read_instant(row.confirmed_at),
            records=states[row.id],
            qualities=qualities[row.id],
        )
        for row in rows
    )


def _counts(connection: Connection, wanted: Sequence[str], column: str) -> dict[str, dict[str, int]]:
    own, counted = history_record.c, history_record.c[column]
    rows = connection.execute(
        select(own.import_id, counted, func.count())
        .where(own.import_id.in_(wanted), NEWEST)
        .group_by(own.import_id, counted)
    )
    found: dict[str, dict[str, int]] = {one: {} for one in wanted}
    for import_id, word, count in rows.all():
        found[import_id][word] = count
    return found


def _pending(event: PrivateEvent) -> PendingEvent:
    return pending(event, f"history/{event.subject}/{event.version}/{event.kind.name.lower()}")
