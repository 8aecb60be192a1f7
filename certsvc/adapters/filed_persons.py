"""ports.under_way in the database: persons stand in it as keyed digests, name and title sealed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, delete, exists, func, insert, select

from certsvc.adapters.clock import local_day
from certsvc.adapters.database import insert_unless_known, read_one_moment
from certsvc.adapters.decision_schema import filing_receipt
from certsvc.adapters.filed_person_schema import filed_person, persons_read
from certsvc.adapters.filing_outline_schema import filing_due, filing_outline
from certsvc.adapters.filing_outlines import header_context
from certsvc.adapters.instants import read_instant
from certsvc.adapters.issue_check import is_closed
from certsvc.adapters.person_links import keys_of_persons
from certsvc.adapters.schema import certificate, filing, filing_finding, filing_row
from certsvc.domain.filed_person import FiledPerson, FiledTitle
from certsvc.domain.filing import FilingStatus
from certsvc.domain.findings import Severity
from certsvc.domain.under_way import FiledRow
from certsvc.ports import PersonalCipher

_MOST = 100
"""Rows of one person that are looked at: far more than anybody can have."""
_ERRORS = (Severity.ERROR, Severity.INFO)  # 未通过 is no error of the row
PUBLISHED = exists().where(
    certificate.c.filing_id == filed_person.c.filing_id,
    certificate.c.row_no == filed_person.c.row_no,
    certificate.c.state == "published",
)
"""Whether a filed row has a certificate that can be had."""
FILED_ROWS: Select[Any] = (
    select(filed_person.c.filing_id, filed_person.c.row_no, filed_person.c.sealed_title, filing_row.c.outcome)
    .add_columns(filing.c.status, filing.c.batch_ref, filing.c.committee_code)
    .add_columns(filing.c.announcement_ref, filing.c.received_at, filing.c.approved_at)
    .add_columns(PUBLISHED.label("published"), is_closed(filing.c.id).label("batch_void"))
    .join(filing, filing.c.id == filed_person.c.filing_id)
    .join(
        filing_row,
        (filing_row.c.filing_id == filed_person.c.filing_id) & (filing_row.c.row_no == filed_person.c.row_no),
    )
    .order_by(filing.c.received_at.desc(), filed_person.c.filing_id, filed_person.c.row_no)
)
"""Filed rows whose persons are known, the newest filing first."""


class DatabaseFiledPersons:
    """ports.under_way.FiledPersons on SQLAlchemy Core."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def unread(self, after: str, most: int) -> tuple[str, ...]:
        """Filings whose persons were not read yet, in the order of their ids."""
        own = filing.outerjoin(persons_read, persons_read.c.filing_id == filing.c.id)
        found = (
            select(filing.c.id)
            .select_from(own)
            .where(persons_read.c.filing_id.is_(None), filing.c.id > after)
            .order_by(filing.c.id)
            .limit(most)
        )
        with self._engine.begin() as connection:
            return tuple(connection.scalars(found))

    def keep(self, wanted: str, persons: Sequence[FiledPerson]) -> bool:
        """Persons and mark in one transaction; False where another process was first."""
        with self._engine.begin() as connection:
            connection.execute(select(filing.c.id).where(filing.c.id == wanted).with_for_update()).one()
            if not insert_unless_known(connection, persons_read, {"filing_id": wanted}):
                return False
            connection.execute(delete(filed_person).where(filed_person.c.filing_id == wanted))
            _write(connection, self._cipher, wanted, persons)
        return True


def index_persons(
    connection: Connection, cipher: PersonalCipher, owner: str, persons: Sequence[FiledPerson]
) -> None:
    """Say anew whom a filing names, in the caller's transaction."""
    connection.execute(delete(filed_person).where(filed_person.c.filing_id == owner))
    insert_unless_known(connection, persons_read, {"filing_id": owner})
    _write(connection, cipher, owner, persons)


class DatabaseFiledRows:
    """ports.under_way.FiledRows, over an engine of `open_for_reading`."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def of_person(self, id_numbers: Sequence[str]) -> tuple[FiledRow, ...]:
        """The rows of filings that name the person, by a registered other number too; the newest filing first."""
        keys = [self._cipher.person_key(number) for number in id_numbers]
        replaced = exists().where(
            filing_outline.c.filing_id == filed_person.c.filing_id, filing_outline.c.replaced_by.is_not(None)
        )
        wanted = FILED_ROWS.where(~replaced).limit(_MOST)
        with read_one_moment(self._engine) as connection:
            persons = list(keys_of_persons(connection, keys))
            found = connection.execute(wanted.where(filed_person.c.person_key.in_(persons))).all()
            return tuple(self.read(connection, one) for one in found)

    def read(self, connection: Connection, found: Row[Any]) -> FiledRow:
        """A row of `FILED_ROWS` with what was found of it. Decrypts name and title."""
        place = _context(found.filing_id, found.row_no)
        codes = _codes(connection, found.filing_id, found.row_no)
        return FiledRow(
            filing=found.filing_id,
            row=found.row_no,
            filed=FiledTitle(**json.loads(self._cipher.decrypt(found.sealed_title, context=place))),
            status=FilingStatus(found.status),
            outcome=found.outcome,
            hold_codes=tuple(code for code, severity, _ in codes if severity == Severity.HOLD),
            error_codes=tuple(code for code, severity, _ in codes if severity in _ERRORS),
            error_columns=tuple(
                dict.fromkeys(
                    column
                    for _, severity, column in codes
                    if severity == Severity.ERROR and column is not None
                )
            ),
            batch_ref=found.batch_ref,
            committee_code=found.committee_code,
            announcement_ref=found.announcement_ref,
            received_at=read_instant(found.received_at),
            approved_on=_day(found.approved_at),
            header=self._header(connection, found.filing_id),
            received_on=_newest_receipt(connection, found.filing_id),
            filing_due_on=_due(connection, found.filing_id),
            published=bool(found.published),
            batch_void=bool(found.batch_void),
        )

    def _header(self, connection: Connection, owner: str) -> tuple[tuple[str, str], ...]:
        sealed = connection.scalar(
            select(filing_outline.c.sealed_header).where(filing_outline.c.filing_id == owner)
        )
        if sealed is None:
            return ()
        pairs = json.loads(self._cipher.decrypt(sealed, context=header_context(owner)))
        return tuple((str(key), str(text)) for key, text in pairs)


def _write(
    connection: Connection, cipher: PersonalCipher, owner: str, persons: Sequence[FiledPerson]
) -> None:
    rows: list[Mapping[str, Any]] = [
        {
            "filing_id": owner,
            "row_no": one.row,
            "person_key": cipher.person_key(one.id_number),
            "unit_code": one.unit_code,
            "sealed_title": cipher.encrypt(
                json.dumps(asdict(one.filed), ensure_ascii=False).encode(), context=_context(owner, one.row)
            ),
        }
        for one in persons
    ]
    if rows:
        connection.execute(insert(filed_person), rows)


def _context(owner: str, row: int) -> bytes:
    return f"filing/{owner}/row/{row}/title".encode()


def _codes(connection: Connection, owner: str, row: int) -> list[tuple[str, str, str | None]]:
    """Code, severity and column of what was found of a row."""
    own = filing_finding.c
    found = connection.execute(
        select(own.code, own.severity, own.column_name)
        .where(own.filing_id == owner, own.row_no == row)
        .order_by(own.position)
    )
    return [(one.code, one.severity, one.column_name) for one in found]


def _newest_receipt(connection: Connection, owner: str) -> date | None:
    own = filing_receipt.c
    newest = connection.scalar(select(func.max(own.received_on)).where(own.filing_id == owner))
    return None if newest is None else date.fromisoformat(newest)


def _due(connection: Connection, owner: str) -> date | None:
    own = filing_due.c
    first = connection.scalar(select(func.min(own.due_on)).where(own.filing_id == owner))
    return None if first is None else date.fromisoformat(first)


def _day(instant: str | None) -> date | None:
    return None if instant is None else local_day(read_instant(instant))
