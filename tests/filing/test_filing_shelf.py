"""Lists, rows, holds and due steps as both databases find them; outlines of filings that had none."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.filing_outline_schema import filing_due, filing_outline
from certsvc.adapters.schema import filing_row
from certsvc.domain.caller import Caller, CallerRole
from certsvc.domain.filing import FilingStatus
from certsvc.domain.findings import Severity
from certsvc.domain.registry import FilingLevel
from certsvc.errors import NotPermitted
from certsvc.ports.filings import DueFilter, Outcome, RowQuestion
from certsvc.stages.filing_desk import FilingDesk, ListWish
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import DUAL_DIRECTED, EXAMPLES, FAULTY, REGULAR, sample

PROVINCE = Caller("maker", CallerRole.MAKER, "220000")
COUNTY = Caller("county", CallerRole.MAKER, "222404")
ELSEWHERE = Caller("tonghua", CallerRole.MAKER, "220500")
COMMITTEE = Caller("office", CallerRole.COMMITTEE, "220000", committees=frozenset({"JL-GC-GL"}))


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> OfficeUnderTest:
    """An office with a good, a faulty and a dual-directed filing."""
    clock = FixedClock(datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    office = OfficeUnderTest(tmp_path / "home", clock, database_url)
    for name in (FAULTY, DUAL_DIRECTED):
        office.submit((EXAMPLES / name).read_bytes())
    yield office  # type: ignore[misc]
    office.close()


def listed(desk: FilingDesk, caller: Caller, wish: ListWish = ListWish()) -> list[str | None]:  # noqa: B008  # frozen
    """The batches that a caller's list shows."""
    question = desk.question(caller, wish)
    found = desk.shelf.listed(question, 0, 50)
    assert desk.shelf.count(question) == len(found)
    return [one.batch_ref for one in found]


def test_lists_rows_holds_and_due_steps_agree_with_the_stored_answer(office: OfficeUnderTest) -> None:
    desk = office.office.filing_face.desk
    everything = listed(desk, PROVINCE)
    assert set(everything) == {"2023-GC-GL-02", "2023-SDX-222404-NY"}
    assert listed(desk, COUNTY) == ["2023-SDX-222404-NY"]
    assert listed(desk, ELSEWHERE) == []
    assert listed(desk, COMMITTEE) == ["2023-GC-GL-02"]
    assert listed(desk, PROVINCE, ListWish(region="222400")) == ["2023-SDX-222404-NY"]
    assert set(listed(desk, PROVINCE, ListWish(due=DueFilter.OVERDUE))) == set(everything)
    assert listed(desk, PROVINCE, ListWish(status=FilingStatus.ISSUED)) == []

    scope = desk.question(PROVINCE, ListWish(committee="JL-GC-GL")).scope
    (due,) = desk.due(scope, None, 0, 10)
    assert (due.step.level, due.step.office, due.step.due_on) == (
        FilingLevel.PROVINCE,
        "220000",
        date(2023, 10, 10),
    )
    assert desk.shelf.count_due(scope, "222400") == 0

    report = office.office.filings.report(due.filing)
    faulty = RowQuestion(due.filing)
    rows = desk.shelf.rows(faulty, 0, 100)
    assert len(rows) == report.rows.total == desk.shelf.count_rows(faulty)
    assert [f for row in rows for f in row.findings if f.severity is Severity.HOLD] == [
        f for f in sorted(report.findings, key=lambda f: f.row or 0) if f.row and f.severity is Severity.HOLD
    ]
    assert all(row.name for row in rows if row.outcome is Outcome.ADMITTED)
    met = {one.code: one.rows for one in desk.shelf.rules_met(due.filing)}
    assert met == {
        code: len({f.row for f in report.findings if f.code == code and f.row})
        for code in {f.code for f in report.findings if f.row}
    }
    for code, number in met.items():
        assert desk.shelf.count_rows(RowQuestion(due.filing, code=code)) == number
    assert desk.shelf.count_held(scope, None) == report.rows.held
    held = desk.held(scope, None, PROVINCE, 0, 10)
    assert [one.row.outcome for one in held] == [Outcome.HELD] * report.rows.held
    with pytest.raises(NotPermitted):
        desk.open(due.filing, ELSEWHERE, "console")


def test_a_corrected_filing_takes_the_place_of_the_one_before(office: OfficeUnderTest) -> None:
    desk = office.office.filing_face.desk
    faulty = next(
        one for one in desk.shelf.listed(desk.question(PROVINCE, ListWish()), 0, 9) if one.rows.held
    )
    again = office.submit(sample(FAULTY).with_rows([{}]).xlsx())
    before, now = desk.shelf.find(faulty.id), desk.shelf.find(again.filing)
    assert before is not None
    assert now is not None
    assert (before.followed_by, before.replaced_by, now.follows) == (again.filing, None, faulty.id)
    assert before.open_step is not None  # one person was added; the others wait where they are
    assert desk.shelf.count_held(desk.scope(PROVINCE), None) == before.rows.held + now.rows.held
    whole = office.submit(sample(FAULTY).with_header(结果报送日期=date(2023, 9, 23)).xlsx())
    for one in (faulty.id, again.filing):
        replaced = desk.shelf.find(one)
        assert replaced is not None
        assert (replaced.replaced_by, replaced.open_step) == (whole.filing, None)
    assert desk.shelf.count_held(desk.scope(PROVINCE), None) == whole.rows.held
    assert desk.changes(now)


def test_a_filing_without_an_outline_gets_the_same_one_later(office: OfficeUnderTest) -> None:
    face = office.office.filing_face
    question = face.desk.question(PROVINCE, ListWish())
    before = {
        one.id: (one.open_step, one.rows, one.batch_ref) for one in face.desk.shelf.listed(question, 0, 9)
    }
    names = [row.name for one in sorted(before) for row in face.desk.shelf.rows(RowQuestion(one), 0, 100)]
    with office.office.engine.begin() as connection:
        for table in (filing_due, filing_outline):
            connection.execute(delete(table))
        connection.execute(update(filing_row).values(sealed_name=None))
    assert face.desk.shelf.count(question) == 0
    assert face.filling.fill() == len(before)
    assert face.filling.fill() == 0
    after = {
        one.id: (one.open_step, one.rows, one.batch_ref) for one in face.desk.shelf.listed(question, 0, 9)
    }
    assert after == before
    assert [
        row.name for one in sorted(before) for row in face.desk.shelf.rows(RowQuestion(one), 0, 100)
    ] == names


def test_older_filings_are_put_before_the_newer_ones_whenever_their_outlines_are_made(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FixedClock(datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    office = OfficeUnderTest(tmp_path / "home", clock, database_url)
    filed = []
    for file in (
        sample(FAULTY).with_rows([{}]).xlsx(),
        (EXAMPLES / FAULTY).read_bytes(),
        sample(FAULTY).with_header(结果报送日期=date(2023, 9, 23)).xlsx(),
    ):
        filed.append(office.submit(file).filing)
        clock.advance(timedelta(days=1))
    face = office.office.filing_face
    in_order = chain(face.desk, filed)
    first, second, third = filed
    assert in_order == [
        (None, second, second),
        (first, third, third),
        (second, None, None),
    ]
    for order in permutations(filed):
        with office.office.engine.begin() as connection:
            for table in (filing_due, filing_outline):
                connection.execute(delete(table))
        monkeypatch.setattr(face.filling.store, "without", lambda order=order: order)
        assert face.filling.fill() == len(filed)
        assert chain(face.desk, filed) == in_order, order
    office.close()


def chain(desk: FilingDesk, filed: list[str]) -> list[tuple[str | None, str | None, str | None]]:
    """Of each: the one before, the one behind, the one that took its place."""
    found = [desk.shelf.find(one) for one in filed]
    return [(one.follows, one.followed_by, one.replaced_by) for one in found if one is not None]


def test_a_receipt_or_the_approval_takes_a_step_off_the_list(office: OfficeUnderTest) -> None:
    desk = office.office.filing_face.desk
    filing = office.submit((EXAMPLES / REGULAR).read_bytes()).filing
    scope = desk.scope(PROVINCE)
    before = desk.shelf.count_due(scope, "220000")
    office.approval.approve(filing, "maker")
    assert desk.shelf.count_due(scope, "220000") == before - 1
    found = desk.shelf.find(filing)
    assert found is not None
    assert (found.maker, found.open_step) == ("maker", None)
