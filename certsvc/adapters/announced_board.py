"""ports.announced.AnnouncedBoard in the database: documents and counts for everybody. It only reads, and opens nothing sealed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, or_, select

from certsvc.adapters.announced_schema import announced_list
from certsvc.adapters.announced_store import chain_of
from certsvc.adapters.schema import certificate, filing, number_counter
from certsvc.domain.announced_document import AnnouncedDocument, AnnouncedScope, public_count, public_title
from certsvc.domain.announced_list import ListStatus

_IN_FORCE = announced_list.c.status == ListStatus.CONFIRMED


class DatabaseAnnouncedBoard:
    """ports.announced.AnnouncedBoard, over an engine that cannot write."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def published(self, after: int, most: int) -> tuple[AnnouncedDocument, ...]:
        """Documents whose list is in force, newest first, from position `after` on."""
        own = announced_list.c
        newest = select(announced_list).where(_IN_FORCE).order_by(own.announced_on.desc(), own.document_ref)
        with self._engine.begin() as connection:
            rows = connection.execute(newest.offset(after).limit(most)).all()
            chains = {row.id: chain_of(connection, row.document_ref) for row in rows}
            counted = _certified(connection, [ref for chain in chains.values() for ref in chain])
        return tuple(_document(row, chains[row.id], counted) for row in rows)

    def scope(self) -> AnnouncedScope:
        """What the documents cover."""
        on = announced_list.c.announced_on
        with self._engine.begin() as connection:
            number, first, last = connection.execute(
                select(func.count(), func.min(on), func.max(on)).where(_IN_FORCE)
            ).one()
            series = connection.scalars(select(number_counter.c.series).distinct())
            return AnnouncedScope(
                number,
                None if first is None else date.fromisoformat(first),
                None if last is None else date.fromisoformat(last),
                tuple(sorted(series)),
            )


def _certified(connection: Connection, refs: Sequence[str]) -> Counter[str]:
    """Document -> persons who were given a certificate by a filing of that document, whatever became of it."""
    shown = or_(certificate.c.state == "published", certificate.c.version > 1)
    rows = connection.execute(
        select(filing.c.announcement_ref, func.count(certificate.c.person_key.distinct()))
        .join(certificate, certificate.c.filing_id == filing.c.id)
        .where(filing.c.announcement_ref.in_(refs), shown)
        .group_by(filing.c.announcement_ref)
    )
    return Counter({ref: count for ref, count in rows.all()})  # noqa: C416  # a row is no pair to the type checker


def _document(row: Row[Any], chain: Sequence[str], counted: Counter[str]) -> AnnouncedDocument:
    return AnnouncedDocument(
        document_ref=row.document_ref,
        announcing_body=row.announcing_body,
        announced_on=date.fromisoformat(row.announced_on),
        title=public_title(row.title),
        corrects=tuple(ref for ref in chain if ref != row.document_ref),
        announced=row.row_count,
        certified=public_count(row.row_count, sum(counted[ref] for ref in chain)),
    )
