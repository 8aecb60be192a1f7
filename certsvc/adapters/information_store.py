"""ports.information.InformationStore in the database: counted by the database itself, as of one instant."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from itertools import islice

from sqlalchemy import Connection, Engine, ScalarSelect, Select, and_, func, select
from sqlalchemy.sql.selectable import NamedFromClause

from certsvc.adapters.database import insert_unless_known
from certsvc.adapters.filing_store import award_context
from certsvc.adapters.filing_watch import attested_meetings, filed_batches, milestone_columns
from certsvc.adapters.information_schema import filing_milestone, title_entry
from certsvc.adapters.person_links import keys_of_persons
from certsvc.adapters.schema import certificate, filing, filing_row
from certsvc.adapters.sealed_certificates import certificate_context
from certsvc.adapters.title_counts import (
    dual_directed_of_year,
    lies_in,
    standing_on,
    statistics_of,
    ways_counted,
)
from certsvc.adapters.title_entries import entry_columns
from certsvc.domain.levels import Level
from certsvc.domain.quota_counters import DualDirected, WayCounts
from certsvc.domain.statistics import Basis, Standing, Statistics, StatisticsQuestion, TitleEntry
from certsvc.domain.subsidy import RuralTitle
from certsvc.domain.ways import Way
from certsvc.formats.award import decode_award
from certsvc.formats.content import decode_content
from certsvc.ports import PersonalCipher
from certsvc.ports.information import FiledBatch, Holder, Milestones, Unentered, UnenteredChunk

_AT_ONCE = 500


class DatabaseInformationStore:
    """The information base on SQLAlchemy Core. `reading`: an engine of `open_for_reading`."""

    def __init__(self, engine: Engine, reading: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._reading = reading
        self._cipher = cipher

    @contextmanager
    def snapshot(self) -> Iterator[DatabaseSnapshot]:
        """A transaction that reads, and sees nothing of what others commit meanwhile."""
        with self._reading.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield DatabaseSnapshot(connection, self._cipher)

    def filings_without_entries(self) -> tuple[str, ...]:
        """Filings that hold a certificate without an entry."""
        held = _without_entry(select(certificate.c.filing_id).distinct())
        with self._reading.begin() as connection:
            return tuple(sorted(connection.scalars(held)))

    def unentered(self, wanted: str, after: str, most: int) -> UnenteredChunk:
        """Certificates of a filing without an entry, by number, those behind `after`, at most so many."""
        first = certificate.alias("first")
        own_row = and_(filing_row.c.filing_id == first.c.filing_id, filing_row.c.row_no == first.c.row_no)
        newest = _newest_version()
        columns = (first.c.issued_on, filing_row.c.row_no, filing_row.c.sealed_award)
        found = (
            select(newest.c.number, newest.c.version, newest.c.sealed_content, *columns)
            .select_from(
                first.join(newest, newest.c.number == first.c.number)
                .join(filing_row, own_row)
                .outerjoin(title_entry, title_entry.c.number == first.c.number)
            )
            .where(first.c.filing_id == wanted, first.c.version == 1, title_entry.c.number.is_(None))
            .where(newest.c.version == _newest_number(newest), first.c.number > after)
            .order_by(first.c.number)
            .limit(most)
        )
        with self._reading.begin() as connection:
            rows = connection.execute(found).all()
        read, faults = [], {}
        for row in rows:
            try:
                read.append(self._unentered(wanted, row.number, row.version, row.sealed_content, *row[3:]))
            except Exception as fault:  # whatever a damaged row does to its decoder
                faults[row.number] = fault
        return UnenteredChunk(rows[-1].number if len(rows) == most else None, tuple(read), faults)

    def enter(self, entries: Sequence[TitleEntry], at: datetime) -> None:
        """Write entries in one transaction; a number that has one by now keeps it."""
        with self._engine.begin() as connection:
            for entry in entries:
                insert_unless_known(connection, title_entry, entry_columns(entry, at))

    def filings_without_milestones(self) -> tuple[str, ...]:
        """Filings whose dates were not read yet, in the order received."""
        own = filing.outerjoin(filing_milestone, filing_milestone.c.filing_id == filing.c.id)
        found = select(filing.c.id).select_from(own).where(filing_milestone.c.filing_id.is_(None))
        with self._reading.begin() as connection:
            return tuple(connection.scalars(found.order_by(filing.c.received_at, filing.c.id)))

    def keep_milestones(self, wanted: str, milestones: Milestones) -> None:
        """Write the dates of a filing; those that are there stay."""
        with self._engine.begin() as connection:
            insert_unless_known(connection, filing_milestone, milestone_columns(wanted, milestones))

    def _unentered(
        self, owner: str, number: str, version: int, sealed: bytes, issued_on: str, row: int, filed: bytes
    ) -> Unentered:
        payload = self._cipher.decrypt(sealed, context=certificate_context(number, version))
        newest = decode_content(payload, row=row).award
        kept = decode_award(self._cipher.decrypt(filed, context=award_context(owner, row)))
        award = replace(
            newest, unit_code=kept.unit_code, unit_kind=kept.unit_kind, review_year=kept.review_year
        )
        return Unentered(number, award, date.fromisoformat(issued_on))


class DatabaseSnapshot:
    """ports.information.InformationSnapshot over one transaction."""

    def __init__(self, connection: Connection, cipher: PersonalCipher) -> None:
        self._connection = connection
        self._cipher = cipher

    def statistics(self, question: StatisticsQuestion) -> Statistics:
        """Counts, ratios and completeness."""
        return statistics_of(self._connection, question)

    def ways(self, year: int, today: date) -> WayCounts:
        """Titles of each way, of the reviews of a year and of all, as they stand today."""
        return WayCounts(
            ways_counted(self._connection, year, today), ways_counted(self._connection, None, today)
        )

    def dual_directed(self, year: int, today: date) -> Mapping[str, DualDirected]:
        """The dual-directed holders of each county, by its code."""
        return dual_directed_of_year(self._connection, year, today)

    def rural_titles(self, years: range, region: str | None, on: date) -> Sequence[RuralTitle]:
        """The rural-talent titles acquired in those years and by that day, by division and number."""
        joined, standing = standing_on(on, Basis.KNOWN)
        own = title_entry.c
        first = and_(certificate.c.number == own.number, certificate.c.version == 1)
        wanted = (
            select(own.number, certificate.c.person_key, own.level, own.acquired_on)
            .add_columns(own.unit_region, own.specialty, standing)
            .select_from(joined.join(certificate, first))
            .where(own.way == int(Way.RURAL_TALENT), own.acquired_year.between(years[0], years[-1]))
            .where(own.acquired_on <= on.isoformat())
            .order_by(func.coalesce(own.city, ""), func.coalesce(own.unit_region, ""), own.number)
        )
        if region is not None:
            wanted = wanted.where(lies_in(region))
        rows = self._connection.execute(wanted).all()
        holders = {bytes(row.person_key) for row in rows}
        one_of = {key: min(own) for key, own in _documents(self._connection, holders).items()}
        return [
            RuralTitle(
                row.number,
                one_of[bytes(row.person_key)],
                Level(row.level),
                date.fromisoformat(row.acquired_on),
                row.unit_region,
                row.specialty,
                Standing(row.standing),
            )
            for row in rows
        ]

    def holders(self, numbers: Sequence[str]) -> Iterator[Holder]:
        """Who holds the certificates by their newest versions, in the order asked for."""
        left = iter(numbers)
        while chunk := list(islice(left, _AT_ONCE)):
            newest = _newest_version()
            rows = self._connection.execute(
                select(newest.c.number, newest.c.version, newest.c.sealed_content).where(
                    newest.c.number.in_(chunk), newest.c.version == _newest_number(newest)
                )
            )
            found = {row.number: self._holder(row.number, row.version, row.sealed_content) for row in rows}
            yield from (found[number] for number in chunk)

    def batches(self) -> Iterator[FiledBatch]:
        """Every filing, in the order received."""
        return filed_batches(self._connection)

    def attested(self) -> frozenset[str]:
        """The meetings that have an attestation."""
        return attested_meetings(self._connection)

    def _holder(self, number: str, version: int, sealed: bytes) -> Holder:
        payload = self._cipher.decrypt(sealed, context=certificate_context(number, version))
        award = decode_content(payload, row=0).award
        return Holder(award.name, award.document.number, award.unit_name)


def _newest_version() -> NamedFromClause:
    return certificate.alias("newest")


def _newest_number(newest: NamedFromClause) -> ScalarSelect[int]:
    other = certificate.alias("other")
    return select(func.max(other.c.version)).where(other.c.number == newest.c.number).scalar_subquery()


def _without_entry(wanted: Select[tuple[str]]) -> Select[tuple[str]]:
    own = certificate.outerjoin(title_entry, title_entry.c.number == certificate.c.number)
    return wanted.select_from(own).where(certificate.c.version == 1, title_entry.c.number.is_(None))


def _documents(connection: Connection, keys: Collection[bytes]) -> Mapping[bytes, set[bytes]]:
    """Every key of a person, for each key given: its own and those of linked documents."""
    found: dict[bytes, set[bytes]] = {}
    for sought, persons in keys_of_persons(connection, keys).items():
        for person in persons:
            found.setdefault(person, set()).add(sought)
    return found
