"""ports.under_way.AnnouncedPersons in the database: lists that name a person by the keyed digest of a whole number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, Engine, exists, or_, select

from certsvc.adapters.announced_schema import announced_list, announced_row
from certsvc.adapters.announced_store import chain_of, row_context
from certsvc.adapters.database import read_one_moment
from certsvc.adapters.filed_person_schema import filed_person
from certsvc.adapters.person_links import keys_of_persons
from certsvc.adapters.schema import certificate, filing
from certsvc.domain.announced_list import ListStatus
from certsvc.domain.under_way import AnnouncedRow
from certsvc.formats.announced_row import decode_listed
from certsvc.ports import PersonalCipher

_MOST = 100
"""Rows of one person that are looked at: far more than anybody can have."""


class DatabaseAnnouncedPersons:
    """On SQLAlchemy Core, over an engine of `open_for_reading`."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def unfiled(self, id_numbers: Sequence[str]) -> tuple[AnnouncedRow, ...]:
        """The rows of lists in force that name the person and that no filing names them for, the newest list first."""
        keys = [self._cipher.person_key(number) for number in id_numbers]
        own, row = announced_list.c, announced_row.c
        with read_one_moment(self._engine) as connection:
            persons = sorted(keys_of_persons(connection, keys))
            found = connection.execute(
                select(
                    own.id,
                    own.document_ref,
                    own.announcing_body,
                    own.announced_on,
                    row.row_no,
                    row.sealed_row,
                )
                .join(announced_row, row.list_id == own.id)
                .where(row.person_key.in_(persons), own.status == ListStatus.CONFIRMED)
                .order_by(own.announced_on.desc(), own.id, row.row_no)
                .limit(_MOST)
            ).all()
            return tuple(
                AnnouncedRow(
                    one.id,
                    one.document_ref,
                    one.announcing_body,
                    date.fromisoformat(one.announced_on),
                    decode_listed(
                        self._cipher.decrypt(one.sealed_row, context=row_context(one.id, one.row_no))
                    ),
                )
                for one in found
                if not _is_filed(connection, chain_of(connection, one.document_ref), persons)
            )


def _is_filed(connection: Connection, refs: Sequence[str], persons: Sequence[bytes]) -> bool:
    """Whether a filing that rests on one of the documents names the person, or gave them a certificate."""
    named = exists().where(filed_person.c.filing_id == filing.c.id, filed_person.c.person_key.in_(persons))
    issued = exists().where(certificate.c.filing_id == filing.c.id, certificate.c.person_key.in_(persons))
    ours = select(filing.c.id).where(filing.c.announcement_ref.in_(refs), or_(named, issued)).limit(1)
    return connection.scalar(ours) is not None
