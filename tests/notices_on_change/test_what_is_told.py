"""Which changes reach the holder's inbox, each in the transaction that makes it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from certsvc.adapters.holder_news import HolderNews
from certsvc.adapters.holder_notice_schema import holder_notice
from certsvc.adapters.schema import certificate as certificate_table
from certsvc.domain.decision import DecisionKind
from certsvc.domain.holder_notice import NewNotice, NoticeKind
from certsvc.stages.annotated_copies import CopyWish
from certsvc.stages.share_grants import Holder
from tests.decisions.deciders import Deciders, decision_day, issue_sun
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import REGULAR, sample


@pytest.fixture
def deciders(tmp_path: Path) -> Deciders:
    clock = decision_day()
    return Deciders(OfficeUnderTest(tmp_path / "home", clock, suspension="on"), clock)


def told(deciders: Deciders, holder: Holder) -> list[NoticeKind]:
    """The holder's inbox, oldest first."""
    office = deciders.office
    by = office.holder_sign_in.caller_of(holder)
    return [one.kind for one in reversed(office.notice_desk.holders.page(holder, by, 0, 99).entries)]


def test_a_certificates_life_is_told_step_by_step(deciders: Deciders) -> None:
    office, sun = deciders.office, issue_sun(deciders)
    content = sun.draft.content
    holder = Holder(content.award.name, content.award.document.number)
    by = office.holder_sign_in.caller_of(holder)
    wish = CopyWish(content.number, "某公司", "求职", date(2024, 7, 1), "wish-1")
    copy = office.copies.make(holder, wish, by)
    office.copies.work(lambda: False)
    made = office.share_grants.make(holder, content.number, ["name"], "某公司", by)
    for _ in range(2):
        office.share_opening.open(made.code)
    deciders.decide(DecisionKind.CORRECT, content.number, changes={"unit_name": "长春市第一医院"})
    deciders.decide(DecisionKind.SUSPEND, content.number)
    deciders.clock.advance(timedelta(days=1))
    deciders.decide(DecisionKind.REINSTATE, content.number)
    deciders.decide(DecisionKind.REVOKE, content.number)
    assert copy.number == content.number
    assert told(deciders, holder) == [
        NoticeKind.ISSUED,
        NoticeKind.COPY_READY,
        NoticeKind.SHARE_OPENED,
        NoticeKind.CORRECTED,
        NoticeKind.SUSPENDED,
        NoticeKind.REINSTATED,
        NoticeKind.REVOKED,
    ]
    with office.engine.begin() as connection:
        subjects = set(connection.scalars(select(holder_notice.c.subject)))
    assert content.number in subjects


def test_a_decision_that_dies_before_its_commit_tells_nothing_and_tells_once_when_repeated(
    deciders: Deciders, monkeypatch: pytest.MonkeyPatch
) -> None:
    sun = issue_sun(deciders)
    content = sun.draft.content
    holder = Holder(content.award.name, content.award.document.number)
    decision = deciders.propose(DecisionKind.REVOKE, content.number)
    queue = HolderNews.queue

    def dying(self: HolderNews, connection: Connection, notices: list[NewNotice], at: object) -> None:
        queue(self, connection, notices, at)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(HolderNews, "queue", dying)
        with pytest.raises(KeyboardInterrupt):
            deciders.office.confirm_decision(decision, "checker")
    assert told(deciders, holder) == [NoticeKind.ISSUED]
    with deciders.office.engine.begin() as connection:
        status = connection.scalar(
            select(certificate_table.c.status).where(certificate_table.c.number == content.number)
        )
    assert status == 1, "neither told nor done"
    for _ in range(2):
        deciders.office.confirm_decision(decision, "checker")
    assert told(deciders, holder) == [NoticeKind.ISSUED, NoticeKind.REVOKED]


def test_a_row_that_is_held_at_the_issue_is_told(deciders: Deciders) -> None:
    rows = [dict(sample(REGULAR).rows[0])]
    filings = []
    for at in (1, 2):
        head = {"批次编号": f"两批-{at}", "公布文号": f"吉人社职字〔2023〕{300 + at}号"}
        report = deciders.under_test.submit(sample(REGULAR).with_rows(rows).with_header(**head).xlsx())
        deciders.office.approval.approve(report.filing, "maker")
        deciders.office.approval.begin_issue(report.filing, "checker")
        filings.append(report.filing)
    for filing in filings:
        deciders.office.issuance.run(filing)
    holder = Holder(str(rows[0]["姓名"]), str(rows[0]["证件号码"]))
    assert told(deciders, holder) == [NoticeKind.ISSUED, NoticeKind.HELD]


def test_the_first_examination_is_told_once_to_whom_it_stops_and_that_it_goes_on(deciders: Deciders) -> None:
    batch = sample(REGULAR)
    rows = [dict(row) for row in batch.rows[:3]]
    people = [Holder(str(row["姓名"]), str(row["证件号码"])) for row in rows]
    wrong = [rows[0], {**rows[1], "公示结果": "有异议"}, {**rows[2], "性别": "男"}]
    assert rows[2]["性别"] != "男"
    first, second = batch.with_rows(wrong).xlsx(), batch.with_rows(rows).xlsx()
    for _ in range(2):
        deciders.under_test.submit(first)
    assert [told(deciders, one) for one in people] == [[], [NoticeKind.HELD], [NoticeKind.NOT_ADMITTED]]
    deciders.clock.advance(timedelta(minutes=1))
    for _ in range(2):
        report = deciders.under_test.submit(second)
    assert report.rows.admitted == 3
    assert [told(deciders, one) for one in people] == [
        [],
        [NoticeKind.HELD, NoticeKind.GOES_ON],
        [NoticeKind.NOT_ADMITTED, NoticeKind.GOES_ON],
    ]


def test_a_filing_that_is_returned_as_a_whole_tells_no_person(deciders: Deciders) -> None:
    batch = sample(REGULAR)
    early = dict.fromkeys(("公示1结束日期", "公示2结束日期"), date(2023, 9, 25))
    report = deciders.under_test.submit(batch.with_rows(batch.rows[:1]).with_header(**early).xlsx())
    assert report.rows.admitted == 0
    row = batch.rows[0]
    assert told(deciders, Holder(str(row["姓名"]), str(row["证件号码"]))) == []
