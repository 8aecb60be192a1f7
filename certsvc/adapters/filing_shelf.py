"""ports.filings.FilingShelf in the database: filings, their rows and findings, page by page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, Select, and_, case, exists, false, func, or_, select

from certsvc.adapters.decision_schema import filing_receipt
from certsvc.adapters.filed_person_schema import filed_person
from certsvc.adapters.filing_outline_schema import filing_due, filing_outline
from certsvc.adapters.filing_outlines import header_context, name_context
from certsvc.adapters.instants import read_instant
from certsvc.adapters.schema import filing, filing_finding, filing_row
from certsvc.domain.filing import FilingStatus, RowCounts
from certsvc.domain.findings import Finding, Severity
from certsvc.domain.registry import FilingLevel
from certsvc.errors import UnknownReference
from certsvc.ports import PersonalCipher
from certsvc.ports.filings import (
    DueFiling,
    DueFilter,
    FiledRow,
    FilingQuestion,
    FilingScope,
    HeldRow,
    ListedFiling,
    OpenStep,
    Outcome,
    RowQuestion,
    RuleCount,
)

_OWN = filing_outline.c
_WAITING = (FilingStatus.REFUSED.value, FilingStatus.EXAMINED.value)
_OUTLINED = filing_outline.join(filing, filing.c.id == _OWN.filing_id)
_UNTAKEN = and_(
    filing.c.status.in_(_WAITING),
    _OWN.replaced_by.is_(None),
    ~exists().where(
        filing_receipt.c.filing_id == filing_due.c.filing_id, filing_receipt.c.step == filing_due.c.step
    ),
)
_MINE, _THEIRS, _LATER = (
    filed_person.alias("mine"),
    filed_person.alias("theirs"),
    filing_outline.alias("later"),
)
FILED_AGAIN = and_(
    _OWN.followed_by.is_not(None),
    exists().where(
        _MINE.c.filing_id == filing_row.c.filing_id,
        _MINE.c.row_no == filing_row.c.row_no,
        _THEIRS.c.person_key == _MINE.c.person_key,
        _LATER.c.filing_id == _THEIRS.c.filing_id,
        _LATER.c.filing_id != _OWN.filing_id,
        _LATER.c.batch_ref == _OWN.batch_ref,
        _LATER.c.committee_code == _OWN.committee_code,
        _LATER.c.received_at >= _OWN.received_at,
    ),
)
_HELD = and_(
    filing_row.c.outcome == "held", _OWN.replaced_by.is_(None), filing.c.status != "refused", ~FILED_AGAIN
)
_LISTED = (
    *(filing.c[name] for name in ("id", "status", "announcement_ref", "file_name", "maker", "checker")),
    *(filing.c[name] for name in ("approved_at", "issue_started_at", "issued_at")),
    *(_OWN[name] for name in ("batch_ref", "committee_code", "review_year", "received_at", "filed_by")),
    *(_OWN[name] for name in ("filed_from", "follows", "followed_by", "replaced_by")),
)
_STOPPING = case(
    (filing_finding.c.severity == Severity.ERROR, 0),
    (filing_finding.c.severity == Severity.HOLD, 1),
    (filing_finding.c.severity == Severity.WARNING, 2),
    else_=3,
)


class DatabaseFilingShelf:
    """On connections that cannot write."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def count(self, question: FilingQuestion) -> int:
        """How many filings the question finds."""
        return self._number(select(func.count()).select_from(_OUTLINED).where(*_filters(question)))

    def listed(self, question: FilingQuestion, offset: int, most: int) -> tuple[ListedFiling, ...]:
        """They, the newest first."""
        page = (
            select(*_LISTED)
            .select_from(_OUTLINED)
            .where(*_filters(question))
            .order_by(_OWN.received_at.desc(), _OWN.filing_id.desc())
            .offset(offset)
            .limit(most)
        )
        return self._with_counts(page)

    def by_status(self, question: FilingQuestion) -> Mapping[FilingStatus, int]:
        """How many there are of each status, the question's own status aside."""
        found = (
            select(filing.c.status, func.count())
            .select_from(_OUTLINED)
            .where(*_filters(question, any_status=True))
            .group_by(filing.c.status)
        )
        with self._engine.connect() as connection:
            return {FilingStatus(status): number for status, number in connection.execute(found)}

    def find(self, wanted: str) -> ListedFiling | None:
        """One filing."""
        found = self._with_counts(select(*_LISTED).select_from(_OUTLINED).where(_OWN.filing_id == wanted))
        return found[0] if found else None

    def header(self, wanted: str) -> tuple[tuple[str, str], ...]:
        """Key and text of 批次信息 as filed. Raises UnknownReference."""
        with self._engine.connect() as connection:
            sealed = connection.scalar(select(_OWN.sealed_header).where(_OWN.filing_id == wanted))
        if sealed is None:
            raise UnknownReference(f"没有备案 {wanted}。请核对备案号。")
        pairs = json.loads(self._cipher.decrypt(sealed, context=header_context(wanted)))
        return tuple((key, text) for key, text in pairs)

    def batch_findings(self, wanted: str) -> tuple[Finding, ...]:
        """What was said of the batch as a whole, what stops it first."""
        found = (
            select(filing_finding)
            .where(filing_finding.c.filing_id == wanted, filing_finding.c.row_no.is_(None))
            .order_by(_STOPPING, filing_finding.c.position)
        )
        with self._engine.connect() as connection:
            return tuple(map(_finding, connection.execute(found)))

    def rules_met(self, wanted: str) -> tuple[RuleCount, ...]:
        """The rules that speak of rows, what stops most rows first."""
        own = filing_finding.c
        rows = func.count(own.row_no.distinct())
        found = (
            select(own.code, own.severity, func.min(own.clause), func.min(own.message), rows)
            .where(own.filing_id == wanted, own.row_no.is_not(None))
            .group_by(own.code, own.severity)
            .order_by(_STOPPING, rows.desc(), own.code)
        )
        with self._engine.connect() as connection:
            return tuple(
                RuleCount(code, Severity(severity), clause, message, number)
                for code, severity, clause, message, number in connection.execute(found)
            )

    def count_rows(self, question: RowQuestion) -> int:
        """How many rows the question finds."""
        return self._number(select(func.count()).select_from(filing_row).where(*_row_filters(question)))

    def rows(self, question: RowQuestion, offset: int, most: int) -> tuple[FiledRow, ...]:
        """They, by number. Decrypts names."""
        page = (
            select(
                filing_row.c.filing_id, filing_row.c.row_no, filing_row.c.outcome, filing_row.c.sealed_name
            )
            .where(*_row_filters(question))
            .order_by(filing_row.c.row_no)
            .offset(offset)
            .limit(most)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(page).all()
            said = _said_of(connection, rows)
        return tuple(self._row(row, said) for row in rows)

    def count_held(self, scope: FilingScope, code: str | None) -> int:
        """How many rows are held."""
        return self._number(_held(select(func.count()), scope, code))

    def held(self, scope: FilingScope, code: str | None, offset: int, most: int) -> tuple[HeldRow, ...]:
        """They, the oldest first. Decrypts names."""
        columns = select(
            *(filing_row.c[name] for name in ("filing_id", "row_no", "outcome", "sealed_name")),
            *(_OWN[name] for name in ("batch_ref", "committee_code", "received_at", "followed_by")),
        )
        page = (
            _held(columns, scope, code)
            .order_by(_OWN.received_at, filing_row.c.filing_id, filing_row.c.row_no)
            .offset(offset)
            .limit(most)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(page).all()
            said = _said_of(connection, rows)
        return tuple(
            HeldRow(
                row.filing_id,
                row.batch_ref,
                row.committee_code,
                read_instant(row.received_at),
                row.followed_by,
                self._row(row, said),
            )
            for row in rows
        )

    def held_by_rule(self, scope: FilingScope) -> Sequence[tuple[str, int]]:
        """The rules that hold rows, with how many."""
        own = filing_finding.c
        number = func.count()
        found = (
            select(own.code, number)
            .select_from(_held_from().join(filing_finding, _of_row()))
            .where(_HELD, *_within(scope), own.severity == Severity.HOLD)
            .group_by(own.code)
            .order_by(number.desc(), own.code)
        )
        with self._engine.connect() as connection:
            return tuple((code, rows) for code, rows in connection.execute(found))

    def count_due(self, scope: FilingScope, office: str | None) -> int:
        """How many steps are still to be taken."""
        return self._number(_due(select(func.count()), scope, office))

    def due(self, scope: FilingScope, office: str | None, offset: int, most: int) -> tuple[DueFiling, ...]:
        """They, by the day on which they are due; those without a term last."""
        columns = select(*filing_due.c, _OWN.batch_ref, _OWN.committee_code, filing.c.status)
        page = (
            _due(columns, scope, office)
            .order_by(
                filing_due.c.due_on.is_(None), filing_due.c.due_on, filing_due.c.filing_id, filing_due.c.step
            )
            .offset(offset)
            .limit(most)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(page).all()
        return tuple(
            DueFiling(row.filing_id, row.batch_ref, row.committee_code, FilingStatus(row.status), _step(row))
            for row in rows
        )

    def overdue(self, scope: FilingScope, today: date) -> int:
        """How many steps have a day that is over."""
        found = _due(select(func.count()), scope, None).where(filing_due.c.due_on < today.isoformat())
        return self._number(found)

    def _number(self, question: Select[Any]) -> int:
        with self._engine.connect() as connection:
            return int(connection.scalar(question) or 0)

    def _with_counts(self, page: Select[Any]) -> tuple[ListedFiling, ...]:
        with self._engine.connect() as connection:
            rows = connection.execute(page).all()
            ids = [row.id for row in rows]
            counted = connection.execute(
                select(filing_row.c.filing_id, filing_row.c.outcome, func.count())
                .where(filing_row.c.filing_id.in_(ids))
                .group_by(filing_row.c.filing_id, filing_row.c.outcome)
            ).all()
            open_steps = connection.execute(
                select(filing_due)
                .select_from(filing_due.join(_OUTLINED, _OWN.filing_id == filing_due.c.filing_id))
                .where(filing_due.c.filing_id.in_(ids), _UNTAKEN)
                .order_by(filing_due.c.step.desc())
            ).all()
        counts: dict[str, dict[str, int]] = {}
        for owner, outcome, number in counted:
            counts.setdefault(owner, {})[outcome] = number
        steps = {row.filing_id: _step(row) for row in open_steps}  # the lowest step is written last
        return tuple(_listed(row, counts.get(row.id, {}), steps.get(row.id)) for row in rows)

    def _row(self, row: Any, said: Mapping[tuple[str, int], list[Finding]]) -> FiledRow:
        place = row.filing_id, row.row_no
        sealed = row.sealed_name
        name = None if sealed is None else self._cipher.decrypt(sealed, context=name_context(*place)).decode()
        return FiledRow(row.row_no, name, Outcome(row.outcome), tuple(said.get(place, ())))


def _within(scope: FilingScope) -> tuple[ColumnElement[bool], ...]:
    if scope.committees is None:
        return ()
    codes = sorted(scope.committees)
    by_committee = _OWN.committee_code.in_(codes) if codes else false()
    return (or_(by_committee, _OWN.filed_from.in_(sorted(scope.offices))),)


def _filters(question: FilingQuestion, *, any_status: bool = False) -> list[ColumnElement[bool]]:
    wanted = [*_within(question.scope)]
    if question.status is not None and not any_status:
        wanted.append(filing.c.status == question.status.value)
    if question.year is not None:
        wanted.append(_OWN.review_year == question.year)
    if question.due is not None:
        untaken = exists().where(filing_due.c.filing_id == _OWN.filing_id, _UNTAKEN)
        if question.due is DueFilter.OVERDUE:
            untaken = untaken.where(filing_due.c.due_on < question.today.isoformat())
        wanted.append(untaken)
    return wanted


def _row_filters(question: RowQuestion) -> list[ColumnElement[bool]]:
    own = filing_finding.c
    wanted = [filing_row.c.filing_id == question.filing]
    if question.outcome is not None:
        wanted.append(filing_row.c.outcome == question.outcome.value)
    said = [own.code == question.code] if question.code is not None else []
    if question.severity is not None:
        said.append(own.severity == question.severity.value)
    if said:
        named = select(own.row_no).where(own.filing_id == question.filing, own.row_no.is_not(None), *said)
        wanted.append(filing_row.c.row_no.in_(named))
    if question.attention:
        warned = select(own.row_no).where(
            own.filing_id == question.filing, own.row_no.is_not(None), own.severity == Severity.WARNING
        )
        wanted.append(or_(filing_row.c.outcome != "admitted", filing_row.c.row_no.in_(warned)))
    return wanted


def _of_row() -> ColumnElement[bool]:
    own = filing_finding.c
    return and_(own.filing_id == filing_row.c.filing_id, own.row_no == filing_row.c.row_no)


def _held_from() -> Any:
    return _OUTLINED.join(filing_row, filing_row.c.filing_id == _OWN.filing_id)


def _held(columns: Select[Any], scope: FilingScope, code: str | None) -> Select[Any]:
    found = columns.select_from(_held_from()).where(_HELD, *_within(scope))
    if code is not None:
        found = found.where(exists().where(_of_row(), filing_finding.c.code == code))
    return found


def _due(columns: Select[Any], scope: FilingScope, office: str | None) -> Select[Any]:
    found = columns.select_from(filing_due.join(_OUTLINED, _OWN.filing_id == filing_due.c.filing_id))
    found = found.where(_UNTAKEN, *_within(scope))
    return found if office is None else found.where(filing_due.c.office == office)


def _said_of(connection: Any, rows: Sequence[Any]) -> dict[tuple[str, int], list[Finding]]:
    """The findings of the rows of a page."""
    said: dict[tuple[str, int], list[Finding]] = {}
    for owner in sorted({row.filing_id for row in rows}):
        numbers = [row.row_no for row in rows if row.filing_id == owner]
        found = (
            select(filing_finding)
            .where(filing_finding.c.filing_id == owner, filing_finding.c.row_no.in_(numbers))
            .order_by(_STOPPING, filing_finding.c.position)
        )
        for row in connection.execute(found):
            said.setdefault((owner, row.row_no), []).append(_finding(row))
    return said


def _finding(row: Row[Any]) -> Finding:
    return Finding(
        row.code, Severity(row.severity), row.clause, row.message, row.row_no, row.column_name, row.case_no
    )


def _step(row: Row[Any]) -> OpenStep:
    level = None if row.level is None else FilingLevel(row.level)
    due_on = None if row.due_on is None else date.fromisoformat(row.due_on)
    return OpenStep(row.step, level, row.office, due_on)


def _listed(row: Row[Any], counts: Mapping[str, int], open_step: OpenStep | None) -> ListedFiling:
    admitted, held, refused = (counts.get(one, 0) for one in ("admitted", "held", "refused"))
    return ListedFiling(
        id=row.id,
        status=FilingStatus(row.status),
        batch_ref=row.batch_ref,
        committee_code=row.committee_code,
        announcement_ref=row.announcement_ref,
        file_name=row.file_name,
        review_year=row.review_year,
        received_at=read_instant(row.received_at),
        filed_by=row.filed_by,
        filed_from=row.filed_from,
        maker=row.maker,
        approved_at=_instant(row.approved_at),
        checker=row.checker,
        issue_started_at=_instant(row.issue_started_at),
        issued_at=_instant(row.issued_at),
        follows=row.follows,
        followed_by=row.followed_by,
        replaced_by=row.replaced_by,
        rows=RowCounts(admitted + held + refused, admitted, held, refused),
        open_step=open_step,
    )


def _instant(stored: str | None) -> datetime | None:
    return None if stored is None else read_instant(stored)
