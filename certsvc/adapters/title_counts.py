"""Counting titles in SQL: how each stands on a day follows from the confirmed decisions over it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)

from certsvc.adapters.clock import SHANGHAI
from certsvc.adapters.decision_schema import decision
from certsvc.adapters.history_schema import history_ending
from certsvc.adapters.information_schema import title_entry
from certsvc.adapters.instants import instant_text
from certsvc.adapters.schema import certificate
from certsvc.domain.decision import DecisionKind
from certsvc.domain.quota_counters import CATTLE, Counted, DualDirected
from certsvc.domain.statistics import (
    FIELDS,
    UNIT_FIELDS,
    WITHOUT_UNIT,
    Basis,
    Completeness,
    Dimension,
    Standing,
    Statistics,
    StatisticsQuestion,
    StatisticsRow,
)

_entry = title_entry.c
_COLUMNS: Final[Mapping[Dimension, ColumnElement[Any]]] = {
    Dimension.REGION: _entry.unit_region,
    Dimension.CITY: _entry.city,
    Dimension.SERIES: _entry.series,
    Dimension.SPECIALTY: _entry.specialty,
    Dimension.LEVEL: _entry.level,
    Dimension.YEAR: _entry.acquired_year,
    Dimension.WAY: _entry.way,
    Dimension.UNIT_KIND: _entry.unit_kind,
}
_ENDINGS: Final = {
    DecisionKind.SUSPEND: Standing.SUSPENDED,
    DecisionKind.REVOKE: Standing.REVOKED,
    DecisionKind.WRITE_OFF: Standing.WRITTEN_OFF,
    DecisionKind.VOID: Standing.VOIDED,
}
_CHANGING: Final = (*_ENDINGS, DecisionKind.REINSTATE)
_IN_FORCE: Final = ("valid", "limited")


def standing_on(day: date, basis: Basis) -> tuple[FromClause, ColumnElement[Any]]:
    """Entries joined with the last decision that counts on a day, and the column of how the title stands.

    `known`: decisions by the day from which they count, whenever they were confirmed. `recorded`: decisions that were
    confirmed by the end of the day in Shanghai.
    """
    changes = union_all(_decided(day, basis), _historical_endings(day, basis)).subquery("changes")
    newest = func.row_number().over(partition_by=changes.c.number, order_by=changes.c.ordinal.desc())
    counted = select(changes.c.number, changes.c.kind, newest.label("newest")).cte("counted")
    last = and_(counted.c.number == _entry.number, counted.c.newest == 1)
    return title_entry.outerjoin(counted, last), _standing(counted)


def _decided(day: date, basis: Basis) -> Select[Any]:
    """The decisions that count on a day, over certificates."""
    own = decision.c
    begun = own.effective_on <= day.isoformat() if basis is Basis.KNOWN else own.confirmed_at < _end_of(day)
    return select(own.certificate_number.label("number"), own.kind, own.ordinal).where(
        own.status == "confirmed", own.kind.in_(_CHANGING), begun
    )


def _historical_endings(day: date, basis: Basis) -> Select[Any]:
    """The same for records of the past, which have a revocation alone."""
    own = history_ending.c
    begun = own.decided_on <= day.isoformat() if basis is Basis.KNOWN else own.confirmed_at < _end_of(day)
    kind = literal(DecisionKind.REVOKE.value).label("kind")
    return select(own.reference.label("number"), kind, literal(1).label("ordinal")).where(
        own.checker.is_not(None), begun
    )


def _end_of(day: date) -> str:
    """The midnight in Shanghai that ends a day, as instants are stored."""
    return instant_text(datetime.combine(day + timedelta(days=1), datetime.min.time(), SHANGHAI))


def _standing(counted: CTE) -> ColumnElement[Any]:
    ended = [(counted.c.kind == kind.value, literal(standing.value)) for kind, standing in _ENDINGS.items()]
    return case(
        *ended,
        (_entry.source == "historical", literal(Standing.HISTORICAL.value)),
        (_entry.validity_area.is_not(None), literal(Standing.LIMITED.value)),
        else_=literal(Standing.VALID.value),
    ).label("standing")


def count_titles(connection: Connection, question: StatisticsQuestion) -> tuple[StatisticsRow, ...]:
    """The lines of a question, by the values of its dimensions, values that are not known last."""
    joined, standing = standing_on(question.as_of, question.basis)
    columns = [_COLUMNS[one] for one in question.dimensions]
    rows = connection.execute(
        select(*columns, standing, func.count())
        .select_from(joined)
        .where(*limits(question))
        .group_by(*columns, standing)
    )
    counted: dict[tuple[Any, ...], dict[Standing, int]] = {}
    for *keys, word, count in rows:
        counted.setdefault(tuple(keys), {})[Standing(word)] = count
    ordered = sorted(counted.items(), key=lambda pair: [(key is None, key or 0) for key in pair[0]])
    return tuple(StatisticsRow(keys, counts) for keys, counts in ordered)


def limits(question: StatisticsQuestion) -> list[ColumnElement[bool]]:
    """Which entries a question is about. An entry without a day of acquisition counts by its year."""
    wanted: list[ColumnElement[bool]] = [_had_by(question.as_of)]
    if question.basis is Basis.RECORDED:
        wanted.append(_entry.entered_on <= question.as_of.isoformat())
    if question.region is not None:
        wanted.append(lies_in(question.region))
    for column, value in (
        (_entry.series, question.series),
        (_entry.level, question.level),
        (_entry.way, question.way),
        (_entry.acquired_year, question.year),
        (_entry.unit_kind, question.unit_kind),
    ):
        if value is not None:
            wanted.append(column == value)
    return wanted


def lies_in(region: str) -> ColumnElement[bool]:
    """Entries of a county, or of a city or prefecture with its counties; all for the province."""
    if region.endswith("0000"):
        return literal(value=True)
    return or_(_entry.unit_region == region, _entry.city == region)


def _had_by(day: date) -> ColumnElement[bool]:
    by_day = _entry.acquired_on <= day.isoformat()
    by_year = and_(_entry.acquired_on.is_(None), func.coalesce(_entry.acquired_year, 0) <= day.year)
    return or_(by_day, by_year)


def completeness_of(connection: Connection, question: StatisticsQuestion) -> tuple[Completeness, ...]:
    """How complete the counted entries are, field by field."""
    with_unit = or_(_entry.unit_kind.is_(None), _entry.unit_kind.not_in(WITHOUT_UNIT))
    sums: list[ColumnElement[Any]] = [func.count(), func.sum(case((with_unit, 1), else_=0))]
    for place, field in enumerate(FIELDS):
        filled = _entry.filled.bitwise_and(1 << place) != 0
        if field in UNIT_FIELDS:
            filled = and_(filled, with_unit)
        sums.append(func.sum(case((filled, 1), else_=0)))
    whole, employed, *filled_sums = connection.execute(select(*sums).where(*limits(question))).one()
    return tuple(
        Completeness(field, count or 0, (employed or 0) if field in UNIT_FIELDS else whole)
        for field, count in zip(FIELDS, filled_sums, strict=True)
    )


def not_entered(connection: Connection) -> int:
    """How many certificates have no entry yet."""
    issued = connection.scalar(
        select(func.count()).select_from(certificate).where(certificate.c.version == 1)
    )
    entered = connection.scalar(
        select(func.count()).select_from(title_entry).where(_entry.source == "filing")
    )
    return max(0, (issued or 0) - (entered or 0))


def statistics_of(connection: Connection, question: StatisticsQuestion) -> Statistics:
    """The whole answer to a question."""
    return Statistics(
        question,
        count_titles(connection, question),
        completeness_of(connection, question),
        not_entered(connection),
    )


def ways_counted(connection: Connection, year: int | None, today: date) -> Mapping[int, Counted]:
    """Titles of each way that the reviews of a year led to (the year of acquisition where none is noted), or of all."""
    joined, standing = standing_on(today, Basis.KNOWN)
    reviewed = func.coalesce(_entry.review_year, _entry.acquired_year)
    cattle = case((func.coalesce(_entry.specialty, "").contains(CATTLE), 1), else_=0)
    rows = connection.execute(
        select(_entry.way, standing, func.count(), func.sum(cattle))
        .select_from(joined)
        .where(_entry.way.is_not(None), literal(value=True) if year is None else reviewed == year)
        .group_by(_entry.way, standing)
    )
    found: dict[int, Counted] = {}
    for way, word, count, of_cattle in rows:
        before = found.get(way, Counted())
        in_force = count if word in _IN_FORCE else 0
        found[way] = Counted(before.issued + count, before.in_force + in_force, before.cattle + of_cattle)
    return found


def dual_directed_of_year(connection: Connection, year: int, today: date) -> Mapping[str, DualDirected]:
    """Titles in force in one county: all, and those of the reviews of a year."""
    joined, standing = standing_on(today, Basis.KNOWN)
    reviewed = func.coalesce(_entry.review_year, _entry.acquired_year)
    of_year = func.sum(case((reviewed == year, 1), else_=0))
    rows = connection.execute(
        select(_entry.validity_area, func.count(), of_year)
        .select_from(joined)
        .where(_entry.validity_area.is_not(None), standing == Standing.LIMITED.value)
        .group_by(_entry.validity_area)
    )
    return {area: DualDirected(count, this_year or 0) for area, count, this_year in rows}
