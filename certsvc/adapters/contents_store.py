"""What older filings cite and whom they admit, written from their files after an upgrade."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, insert, select

from certsvc.adapters.annulment_store import index_citations, list_citing
from certsvc.adapters.batch_schema import annulment_step, contents_read
from certsvc.adapters.database import hold_table, insert_unless_known
from certsvc.adapters.policy_schema import admitted_count
from certsvc.adapters.schema import filing, filing_row
from certsvc.domain.annulment import Citation
from certsvc.domain.submission import SubmittedRow
from certsvc.ports import PersonalCipher


class DatabaseContentsStore:
    """ports.contents.ContentsStore on SQLAlchemy Core."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def unread(self, after: str, most: int) -> tuple[str, ...]:
        """Filings whose contents were not read yet, in the order of their ids."""
        known = contents_read.c.filing_id == filing.c.id
        found = (
            select(filing.c.id)
            .outerjoin(contents_read, known)
            .where(contents_read.c.filing_id.is_(None), filing.c.id > after)
            .order_by(filing.c.id)
            .limit(most)
        )
        with self._engine.begin() as connection:
            return tuple(connection.scalars(found))

    def keep(
        self, wanted: str, citations: Sequence[Citation], rows: Sequence[SubmittedRow], at: datetime
    ) -> bool:
        """Citations, admitted persons and the mark in one transaction; False where another process was first."""
        with self._engine.begin() as connection:
            connection.execute(select(filing.c.id).where(filing.c.id == wanted).with_for_update()).one()
            if not insert_unless_known(connection, contents_read, {"filing_id": wanted}):
                return False
            if citations:
                hold_table(connection, annulment_step)
                index_citations(connection, self._cipher, wanted, citations)
                list_citing(connection, wanted, at)
            self._count(connection, wanted, rows)
        return True

    def _count(self, connection: Connection, wanted: str, rows: Sequence[SubmittedRow]) -> None:
        """The same counts as the gate's on receipt; without a file that can be read, those that are there stay."""
        if not rows:
            return
        own = filing_row.c.filing_id == wanted, filing_row.c.outcome == "admitted"
        admitted = set(connection.scalars(select(filing_row.c.row_no).where(*own)))
        counted = Counter(
            (row.unit_code or "", row.sub_unit or "", row.level)
            for row in rows
            if row.number in admitted and row.level is not None
        )
        connection.execute(delete(admitted_count).where(admitted_count.c.filing_id == wanted))
        if counted:
            connection.execute(
                insert(admitted_count),
                [
                    {
                        "filing_id": wanted,
                        "unit_code": unit,
                        "sub_unit": sub_unit,
                        "level": level,
                        "persons": persons,
                    }
                    for (unit, sub_unit, level), persons in counted.items()
                ],
            )
