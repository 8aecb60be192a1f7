"""What the database knows beside a filing: titles and incentives of persons, credit records, documents in use."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, Table, and_, func, or_, select

from certsvc.adapters import historical_titles, other_titles
from certsvc.adapters.announced_store import corrected_documents
from certsvc.adapters.annulment_store import annulled_among
from certsvc.adapters.cancelled_year_store import in_force
from certsvc.adapters.credit_schema import cancelled_year
from certsvc.adapters.decision_schema import credit_record
from certsvc.adapters.information_schema import title_entry
from certsvc.adapters.issue_check import is_closed
from certsvc.adapters.person_links import keys_of_persons
from certsvc.adapters.policy_schema import admitted_count
from certsvc.adapters.schema import certificate, filing
from certsvc.domain.cancelled_year import YearStep
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.decision import DecisionStatus
from certsvc.domain.facts import CreditBlock, HeldTitle, PassedBefore
from certsvc.domain.filing import FilingStatus
from certsvc.domain.levels import Level
from certsvc.domain.ways import Way
from certsvc.ports import PersonalCipher

_LOOK_UP_CHUNK = 500
_STANDING = tuple(
    int(status)
    for status in (CertificateStatus.VALID, CertificateStatus.SUSPENDED, CertificateStatus.HISTORICAL)
)
_WITHDRAWN = tuple(
    int(status)
    for status in (CertificateStatus.REVOKED, CertificateStatus.WRITTEN_OFF, CertificateStatus.VOIDED)
)


class DatabaseFacts:
    """The part of ports.FilingStore that gives the gate its facts. Persons are asked for by ID number."""

    def __init__(self, engine: Engine, cipher: PersonalCipher, today: Callable[[], date]) -> None:
        """`today` tells which correspondences of qualifications are in force."""
        self._today = today
        self._engine = engine
        self._cipher = cipher
        self._last_asked: tuple[frozenset[str], dict[bytes, str]] = (frozenset(), {})

    def titles_held(self, id_numbers: Iterable[str]) -> Mapping[str, tuple[HeldTitle, ...]]:
        """Titles that the persons hold, by ID number: by certificates of ours that stand (one a certificate number), by
        published historical records, and by mapping statements whose list and qualification stand."""
        numbers = list(id_numbers)
        held = self._titles(numbers, _STANDING)
        return joined(held, self._recorded(numbers, historical_titles.IN_FORCE), self._mapped(numbers))

    def titles_withdrawn(self, id_numbers: Iterable[str]) -> Mapping[str, tuple[HeldTitle, ...]]:
        """Titles that the persons had by certificates of ours that were revoked, written off or voided, or by historical
        records that were revoked."""
        numbers = list(id_numbers)
        ended = self._recorded(numbers, historical_titles.REVOKED)
        return joined(self._titles(numbers, _WITHDRAWN), ended)

    def _recorded(
        self, id_numbers: Iterable[str], wanted: ColumnElement[bool]
    ) -> Iterator[tuple[str, HeldTitle]]:
        for person, row in self._of_persons(id_numbers, historical_titles.HISTORICAL_TITLES, wanted):
            yield person, historical_titles.historical_title(row)

    def _mapped(self, id_numbers: Iterable[str]) -> Iterator[tuple[str, HeldTitle]]:
        rows = list(self._of_persons(id_numbers, other_titles.MAPPED_TITLES, other_titles.ALL_STATEMENTS))
        if rows:
            with self._engine.begin() as connection:
                yield from other_titles.mapped_titles(connection, self._cipher, rows, self._today())

    def _titles(
        self, id_numbers: Iterable[str], statuses: tuple[int, ...]
    ) -> Mapping[str, tuple[HeldTitle, ...]]:
        rows = list(self._of_persons(id_numbers, certificate, certificate.c.status.in_(statuses)))
        years = self._review_years({row.number for _person, row in rows})
        found: dict[str, dict[str, HeldTitle]] = {}
        for person, row in rows:  # the newest version comes last
            found.setdefault(person, {})[row.number] = _held(row, years.get(row.number))
        return {
            person: tuple(titles[number] for number in sorted(titles)) for person, titles in found.items()
        }

    def _review_years(self, numbers: Collection[str]) -> dict[str, int]:
        """The review year of each certificate, as the information base has it: an incentive is often acquired a year later."""
        wanted, known = sorted(numbers), title_entry.c.review_year.is_not(None)
        years: dict[str, int] = {}
        with self._engine.begin() as connection:
            for start in range(0, len(wanted), _LOOK_UP_CHUNK):
                ours = title_entry.c.number.in_(wanted[start : start + _LOOK_UP_CHUNK])
                rows = connection.execute(
                    select(title_entry.c.number, title_entry.c.review_year).where(ours, known)
                )
                years |= {row.number: row.review_year for row in rows}
        return years

    def aided_before(self, id_numbers: Iterable[str]) -> frozenset[str]:
        """Those who were given an aid-mission incentive that was not void from the beginning."""
        used = and_(
            certificate.c.way == int(Way.AID_MISSION), certificate.c.status != int(CertificateStatus.VOIDED)
        )
        return frozenset(person for person, _row in self._of_persons(id_numbers, certificate, used))

    def credit_blocks(self, id_numbers: Iterable[str]) -> Mapping[str, tuple[CreditBlock, ...]]:
        """The credit records of the persons that were not withdrawn, by ID number."""
        blocks: dict[str, tuple[CreditBlock, ...]] = {}
        for person, row in self._of_persons(
            id_numbers, credit_record, credit_record.c.withdrawn_on.is_(None)
        ):
            block = CreditBlock(date.fromisoformat(row.recorded_on), date.fromisoformat(row.until_on))
            blocks[person] = (*blocks.get(person, ()), block)
        return blocks

    def cancelled_years(self, id_numbers: Iterable[str]) -> Mapping[str, frozenset[int]]:
        """The years whose application was cancelled and not given back, by ID number."""
        lifted = in_force(YearStep.LIFT).with_only_columns(cancelled_year.c.lifts)
        standing = and_(
            cancelled_year.c.step == YearStep.CANCEL,
            cancelled_year.c.status == DecisionStatus.CONFIRMED,
            cancelled_year.c.id.not_in(lifted),
        )
        years: dict[str, frozenset[int]] = {}
        for person, row in self._of_persons(id_numbers, cancelled_year, standing):
            years[person] = years.get(person, frozenset()) | {row.year}
        return years

    def annulled_references(self, references: Iterable[str]) -> frozenset[str]:
        """Those of the references, as written, that name an annulled proof."""
        with self._engine.begin() as connection:
            return annulled_among(connection, self._cipher, set(references))

    def batch_void(self, committee_code: str | None, batch_ref: str | None) -> bool:
        """Whether a filing of the committee with this 批次编号 was declared void and not restored since."""
        ours = filing.c.committee_code == committee_code, filing.c.batch_ref == batch_ref
        with self._engine.begin() as connection:
            found = connection.execute(select(filing.c.id).where(*ours, is_closed(filing.c.id)).limit(1))
            return found.one_or_none() is not None

    def dual_directed_holders(self) -> Mapping[str, int]:
        """How many valid dual-directed certificates each county has."""
        with self._engine.begin() as connection:
            rows = connection.execute(
                select(certificate.c.validity_area, func.count(certificate.c.number.distinct()))
                .where(
                    certificate.c.validity_area.is_not(None),
                    certificate.c.status == int(CertificateStatus.VALID),
                )
                .group_by(certificate.c.validity_area)
            )
            return {area: count for area, count in rows.all()}  # noqa: C416  # a row is no pair to the type checker

    def passed_before(
        self, *, besides: str, committee_code: str | None, batch_ref: str | None
    ) -> tuple[PassedBefore, ...]:
        """Persons whom approved or issued filings of the same committee and batch admitted, by unit and level."""
        if committee_code is None or batch_ref is None:
            return ()
        by = (admitted_count.c.unit_code, admitted_count.c.sub_unit, admitted_count.c.level)
        wanted = (
            select(*by, func.sum(admitted_count.c.persons).label("persons"))
            .join(filing, filing.c.id == admitted_count.c.filing_id)
            .where(
                filing.c.id != besides,
                filing.c.committee_code == committee_code,
                filing.c.batch_ref == batch_ref,
                filing.c.status.in_([FilingStatus.APPROVED, FilingStatus.ISSUED]),
            )
            .group_by(*by)
            .order_by(*by)
        )
        with self._engine.begin() as connection:
            return tuple(
                PassedBefore(row.unit_code, row.sub_unit, Level(row.level), int(row.persons))
                for row in connection.execute(wanted)
            )

    def announcements_used(
        self, *, besides: str, committee_code: str | None = None, batch_ref: str | None = None
    ) -> frozenset[str]:
        """Numbers of announcement documents that approved filings other than the named one rest on; an issued filing
        of the same committee and batch does not count: this one supplements it. With a document those count that it
        corrects and that correct it: they are all of one batch."""
        used = and_(
            filing.c.id != besides,
            filing.c.announcement_ref.is_not(None),
            filing.c.status.in_([FilingStatus.APPROVED, FilingStatus.ISSUED]),
        )
        if committee_code is not None and batch_ref is not None:
            used = and_(
                used,
                or_(
                    filing.c.status != FilingStatus.ISSUED,
                    filing.c.committee_code.is_distinct_from(committee_code),
                    filing.c.batch_ref.is_distinct_from(batch_ref),
                ),
            )
        with self._engine.begin() as connection:
            refs = set(connection.scalars(select(filing.c.announcement_ref).where(used)))
            chains = corrected_documents(connection) if refs else ()
        return frozenset(refs.union(*(chain for chain in chains if not chain.isdisjoint(refs))))

    def _of_persons(
        self, id_numbers: Iterable[str], table: Table, wanted: ColumnElement[bool]
    ) -> Iterator[tuple[str, Row[Any]]]:
        """ID number and row, for every wanted row of the persons, in the order of the table's primary key.

        What is registered under a linked document of a person counts as the person's own.
        """
        by_key = self._by_key(frozenset(id_numbers))
        with self._engine.begin() as connection:
            sought = keys_of_persons(connection, by_key)
            keys = sorted(sought)
            for start in range(0, len(keys), _LOOK_UP_CHUNK):
                ours = table.c.person_key.in_(keys[start : start + _LOOK_UP_CHUNK])
                rows = connection.execute(
                    select(table).where(ours, wanted).order_by(*table.primary_key.columns)
                )
                for row in rows:
                    for key in sought[bytes(row.person_key)]:
                        yield by_key[key], row

    def _by_key(self, id_numbers: frozenset[str]) -> Mapping[bytes, str]:
        """Look-up digest -> ID number. A filing asks many questions about the same persons: one digest for all."""
        asked, by_key = self._last_asked
        if asked != id_numbers:
            by_key = {self._cipher.person_key(number): number for number in id_numbers}
            self._last_asked = (id_numbers, by_key)
        return by_key


def joined(
    held: Mapping[str, tuple[HeldTitle, ...]], *more: Iterable[tuple[str, HeldTitle]]
) -> Mapping[str, tuple[HeldTitle, ...]]:
    """Titles by person, with further ones behind them, each once."""
    found = dict(held)
    for person, title in chain(*more):
        if title not in found.get(person, ()):
            found[person] = (*found.get(person, ()), title)
    return found


def _held(row: Row[Any], review_year: int | None) -> HeldTitle:
    return HeldTitle(
        number=row.number,
        series=row.series,
        level=Level(row.level),
        title=row.title,
        way=row.way,
        dual_directed=row.validity_area is not None,
        acquired_on=date.fromisoformat(row.acquired_on),
        review_year=review_year,
    )
