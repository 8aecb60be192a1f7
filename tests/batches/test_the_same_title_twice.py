"""What comes between approval and issue holds the row; two filings with one person issue one certificate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from certsvc.adapters.schema import certificate
from certsvc.bootstrap import Office, open_office
from certsvc.domain.decision import DecisionKind
from certsvc.domain.filing import FilingReport
from certsvc.domain.identity import IdKind
from certsvc.domain.levels import Level
from tests.decisions.deciders import SUN, Deciders, decision_day, open_deciders
from tests.support.at_once import at_once
from tests.support.workbooks import REGULAR, sample

PERSONS = 6


@pytest.fixture
def deciders(tmp_path: Path, database_url: str) -> Iterator[Deciders]:
    opened = open_deciders(tmp_path / "home", decision_day(), database_url)
    yield opened
    opened.close()


@pytest.fixture
def pair(deciders: Deciders) -> Iterator[Sequence[Office]]:
    """Two offices with connections of their own to one database, as two processes have."""
    offices = [open_office(deciders.office.settings, deciders.clock) for _ in range(2)]
    yield offices
    for office in offices:
        office.close()


def approved(deciders: Deciders, number: int, rows: Sequence[dict[str, Any]]) -> str:
    """A filing of its own that the checker may issue."""
    batch = sample(REGULAR).with_rows(rows)
    head = {"批次编号": f"竞争-{number}", "公布文号": f"吉人社职字〔2023〕{300 + number}号"}
    report = deciders.under_test.submit(batch.with_header(**head).xlsx())
    assert report.rows.admitted == len(rows)
    deciders.office.approval.approve(report.filing, "maker")
    deciders.office.approval.begin_issue(report.filing, "checker")
    return report.filing


def held(report: FilingReport) -> set[tuple[int | None, str]]:
    """Row and rule of every finding that holds."""
    return {(one.row, one.code) for one in report.findings if one.severity == "hold"}


def people(count: int) -> list[dict[str, Any]]:
    return [dict(row) for row in sample(REGULAR).rows[:count]]


def at_level(level: Level) -> dict[str, Any]:
    """孙建国 in a row that asks for a level."""
    return {**next(row for row in sample(REGULAR).rows if row["申报级别"] == level.label), **SUN}


def drafted(office: Office) -> int:
    with office.engine.begin() as connection:
        return connection.scalar(select(func.count()).select_from(certificate)) or 0


def test_two_filings_of_the_same_persons_drafted_at_once_give_each_one_certificate(
    deciders: Deciders, pair: Sequence[Office]
) -> None:
    rows = people(PERSONS)
    filings = [approved(deciders, 1, rows), approved(deciders, 2, list(reversed(rows)))]
    at_once([partial(o.issuance.issuing.draft, one, 500) for o, one in zip(pair, filings, strict=True)])
    for filing in filings:
        deciders.office.issuance.run(filing)
    assert drafted(deciders.office) == PERSONS
    reports = [deciders.office.filings.report(one) for one in filings]
    assert sum(one.rows.admitted for one in reports) == PERSONS
    assert sum(one.rows.held for one in reports) == PERSONS
    assert {code for one in reports for _, code in held(one)} == {"title-held-at-issue"}
    assert len({leaf.slot for leaf in deciders.audit()}) == PERSONS


def test_whole_issues_at_once_end_with_one_certificate(deciders: Deciders, pair: Sequence[Office]) -> None:
    filings = [approved(deciders, number, [SUN]) for number in (1, 2)]
    at_once([partial(o.issuance.run, one) for o, one in zip(pair, filings, strict=True)])
    for filing in filings:
        deciders.office.issuance.run(filing)
    assert [int(leaf.type) for leaf in deciders.audit()] == [1]
    assert deciders.office.trail.verify_chain().fault is None


def test_a_revocation_between_approval_and_issue_holds_the_persons_row_alone(deciders: Deciders) -> None:
    deputy = deciders.under_test.issue(
        deciders.under_test.submit(sample(REGULAR).with_rows([at_level(Level.DEPUTY_SENIOR)]).xlsx())
    )[0]
    promoted = at_level(Level.SENIOR)
    other = dict(sample(REGULAR).rows[1])
    batch = (
        sample(REGULAR)
        .with_rows([promoted, other])
        .with_header(批次编号="后", 公布文号="吉人社职字〔2023〕9号")
    )
    report = deciders.under_test.submit(batch.xlsx())
    assert report.rows.admitted == 2, report.findings
    deciders.office.approval.approve(report.filing, "maker")
    deciders.decide(DecisionKind.REVOKE, deputy.draft.content.number)
    deciders.office.approval.begin_issue(report.filing, "checker")
    issued = deciders.office.issuance.run(report.filing)
    assert (issued.rows.admitted, issued.rows.held) == (1, 1)
    assert held(issued) == {(1, "title-ended-before-issue"), (1, "credit-block-before-issue")}
    (kept,) = deciders.office.certificates.published(filing=report.filing)
    assert kept.draft.content.award.row == 2
    again = deciders.office.issuance.run(report.filing)
    assert again.findings == issued.findings


def test_a_year_cancelled_between_approval_and_issue_holds_the_row(deciders: Deciders) -> None:
    filing = approved(deciders, 1, [SUN, people(2)[1]])
    years = deciders.office.credit.cancelled_years
    step = years.propose(
        str(SUN["姓名"]),
        IdKind.CITIZEN,
        str(SUN["证件号码"]),
        2023,
        None,
        "吉人社取〔2024〕3号",
        deciders.clock.today(),
        "业绩材料与他人雷同",
        "maker",
    )
    years.confirm(step, "checker")
    issued = deciders.office.issuance.run(filing)
    assert (issued.rows.admitted, held(issued)) == (1, {(1, "year-cancelled-before-issue")})
    assert ("checker", "console:filing:issue.held") in [
        (one.actor, one.action) for one in deciders.office.trail.entries(f"filing/{filing}")
    ]
