"""The coverage check: for each announced result of 2022 or later exactly one certificate, and the reason where not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from certsvc.adapters.access_schema import personal_look
from certsvc.adapters.schema import certificate
from certsvc.bootstrap.information import save_export
from certsvc.domain.caller import OPERATOR, official
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.coverage import CoverageKind, CoverageReport
from certsvc.domain.decision import DecisionKind
from certsvc.domain.supervision import Concern
from certsvc.errors import NotPermitted, RequestError
from certsvc.stages.coverage_table import coverage_table
from tests.announced.lists import (
    ANNOUNCED_ON,
    CONFIRMER,
    DOCUMENT,
    LOADER,
    announced,
    batch,
    issue,
    people,
    put_in_force,
)
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import DUAL_DIRECTED, sample

PERSONS = people(4)
OPEN = {"公示结果": "有异议"}


def check(office: OfficeUnderTest, **asked: Any) -> CoverageReport:
    given = {"year": None, "region": None, "document_ref": None, **asked}
    return office.office.announced.coverage(given.pop("by", OPERATOR), "cli", **given)


def gaps(office: OfficeUnderTest, **asked: Any) -> list[tuple[int, str]]:
    return [(one.person.number, str(one.reason)) for one in check(office, **asked).lines]


def test_an_announced_and_issued_batch_is_covered(office: OfficeUnderTest) -> None:
    put_in_force(office, announced(PERSONS))
    issue(office, batch(PERSONS))
    report = check(office)
    assert report.clean
    (count,) = report.counts
    assert (count.document_ref, count.announced_on, count.by_list) == (DOCUMENT, ANNOUNCED_ON, True)
    assert (count.announced, count.covered, count.missing) == (4, 4, 0)


def test_a_filing_stands_on_the_supervision_list_until_its_announced_list_is_confirmed(
    office: OfficeUnderTest,
) -> None:
    def unlisted() -> list[tuple[str, str]]:
        reports = office.office.information.reports
        report = reports.supervision(frozenset({Concern.UNLISTED}), None, None, OPERATOR)
        return [(one.filing, one.remark) for one in report.lines]

    filing = office.submit(batch(PERSONS).xlsx()).filing
    ((found, remark),) = unlisted()
    assert found == filing
    assert DOCUMENT in remark
    loaded = office.office.announced.load(announced(PERSONS).xlsx(), "list.xlsx", LOADER)
    assert loaded.kept is not None
    assert [one for one, _ in unlisted()] == [filing]
    office.office.announced.loading.confirm(loaded.kept.id, CONFIRMER)
    assert unlisted() == []


def test_every_gap_says_how_far_the_person_has_come(office: OfficeUnderTest) -> None:
    put_in_force(office, announced(PERSONS))
    assert gaps(office) == [(number, "not_filed") for number in (1, 2, 3, 4)]
    official_row = {**PERSONS[2], "人员类别": "公务员"}
    office.submit(batch([PERSONS[0], {**PERSONS[1], **OPEN}, official_row, PERSONS[3]]).xlsx())
    assert sorted(gaps(office)) == [(1, "not_approved"), (2, "held"), (3, "refused"), (4, "not_approved")]
    (refused,) = [one for one in check(office).lines if one.person.number == 3]
    assert refused.codes == ("person-not-eligible",)


def test_a_refused_batch_leaves_everybody_without_and_says_by_which_finding(office: OfficeUnderTest) -> None:
    put_in_force(office, announced(PERSONS))
    office.submit(batch(PERSONS, 公布日期="2023-10-21").xlsx())
    lines = check(office).lines
    assert {str(one.reason) for one in lines} == {"batch_refused"}
    assert {one.codes for one in lines} == {("announced-document-differs",)}


def test_approval_and_issue_are_told_apart(office: OfficeUnderTest) -> None:
    put_in_force(office, announced(PERSONS))
    report = office.submit(batch(PERSONS).xlsx())
    office.approval.approve(report.filing, "maker")
    assert {reason for _, reason in gaps(office)} == {"not_issued"}
    office.approval.begin_issue(report.filing, "checker")
    assert {reason for _, reason in gaps(office)} == {"in_issue"}
    office.office.issuance.run(report.filing)
    assert check(office).clean


@pytest.mark.parametrize(
    ("kind", "reason"), [(DecisionKind.REVOKE, "revoked"), (DecisionKind.VOID, "voided")]
)
def test_a_certificate_that_ended_leaves_a_gap_with_its_reason(
    office: OfficeUnderTest, kind: DecisionKind, reason: str
) -> None:
    put_in_force(office, announced(PERSONS))
    number = issue(office, batch(PERSONS))[1].draft.content.number
    decided = office.office.deciding.propose(
        kind, number, "吉人社函〔2026〕9号", office.clock.today(), "经核查不实", "maker"
    )
    office.office.confirm_decision(decided, "checker")
    (line,) = check(office).lines
    assert (line.kind, line.person.number, str(line.reason), line.certificates) == (
        CoverageKind.MISSING,
        2,
        reason,
        (number,),
    )


def test_a_suspended_certificate_is_still_one(office: OfficeUnderTest) -> None:
    put_in_force(office, announced(PERSONS))
    issue(office, batch(PERSONS))
    with office.office.engine.begin() as connection:
        connection.execute(update(certificate).values(status=int(CertificateStatus.SUSPENDED)))
    assert check(office).clean


def test_a_certificate_that_nobody_announced_is_listed(office: OfficeUnderTest) -> None:
    certificates = issue(office, batch(PERSONS))
    put_in_force(office, announced(PERSONS[:3]))
    (line,) = check(office).lines
    assert (line.kind, line.certificates) == (
        CoverageKind.UNANNOUNCED,
        (certificates[3].draft.content.number,),
    )
    assert line.person.name == PERSONS[3]["姓名"]


def test_two_certificates_for_one_result_are_listed(office: OfficeUnderTest) -> None:
    """The gate lets no such thing through: here it came to be in another way."""
    put_in_force(office, announced(PERSONS))
    issued = issue(office, batch(PERSONS))
    inner, first, second = office.office, issued[0], issued[1]
    number, twin = first.draft.content.number, second.draft.content.number
    with inner.engine.begin() as connection:
        row = connection.execute(select(certificate).where(certificate.c.number == number)).one()
        plain = inner.keys.cipher.decrypt(row.sealed_content, context=f"certificate/{number}/1".encode())
        changed = plain.replace(number.encode(), twin.encode())
        sealed = inner.keys.cipher.encrypt(changed, context=f"certificate/{twin}/1".encode())
        connection.execute(
            update(certificate).where(certificate.c.number == twin).values(sealed_content=sealed)
        )
    lines = check(office).lines
    assert [(line.kind, line.certificates) for line in lines if line.kind is CoverageKind.TWICE] == [
        (CoverageKind.TWICE, (number, twin))
    ]


def test_without_a_list_the_filing_is_the_measure_and_the_report_says_so(office: OfficeUnderTest) -> None:
    issue(office, batch([*PERSONS[:3], {**PERSONS[3], **OPEN}]))
    report = check(office)
    assert [(one.by_list, str(one.reason)) for one in report.lines] == [(False, "held")]
    (count,) = report.counts
    assert (count.by_list, count.announced, count.covered) == (False, 4, 3)
    table = coverage_table(report, ())
    assert any("名单未载入" in note for note in table.notes)


def test_people_are_counted_by_city_and_document(office: OfficeUnderTest) -> None:
    put_in_force(office, announced(PERSONS))
    issue(office, batch(PERSONS))
    rows = [dict(row) for row in sample(DUAL_DIRECTED).rows]
    issue(office, sample(DUAL_DIRECTED).with_rows(rows))
    counted = {(one.document_ref, one.city): one.covered for one in check(office).counts}
    assert counted == {(DOCUMENT, "220100"): 4, ("延州人社职字〔2023〕12号", "222400"): len(rows)}


def test_an_official_sees_the_persons_of_their_own_place(office: OfficeUnderTest) -> None:
    put_in_force(office, announced(PERSONS))
    issue(office, batch([*PERSONS[:3], {**PERSONS[3], **OPEN}]))
    tonghua = office.office.actors.find_actor("tonghua")
    assert tonghua is not None
    assert check(office, by=official(tonghua)).counts == ()
    with pytest.raises(NotPermitted):
        check(office, by=official(tonghua), region="220100")
    watcher = office.office.actors.find_actor("watcher")
    assert watcher is not None
    assert len(check(office, by=official(watcher), region="220100").lines) == 1


def test_the_year_is_that_of_the_document(office: OfficeUnderTest) -> None:
    put_in_force(office, announced(PERSONS))
    assert len(check(office, year=2023).lines) == 4
    assert check(office, year=2024).lines == ()
    with pytest.raises(RequestError):
        check(office, year=1999)


def test_results_of_before_2022_are_not_measured(office: OfficeUnderTest) -> None:
    old = announced(PERSONS).named("吉人社职字〔2021〕9号", on=ANNOUNCED_ON.replace(year=2021))
    put_in_force(office, old)
    assert check(office).counts == ()


def test_whoever_looks_is_written_down(office: OfficeUnderTest) -> None:
    check(office)
    with office.office.engine.begin() as connection:
        looks = [(one.viewer, one.object) for one in connection.execute(personal_look.select())]
    assert ("operator", "coverage") in looks


def test_the_export_is_noted_and_holds_every_line(office: OfficeUnderTest, tmp_path: Path) -> None:
    put_in_force(office, announced(PERSONS))
    path = tmp_path / "coverage.csv"
    table = coverage_table(check(office), (("年度", "全部"),))
    save_export(office.office.information.reports, table, OPERATOR, None, path)
    text = path.read_bytes().decode("utf-8-sig")
    assert all(one["姓名"] in text for one in PERSONS)
    assert "未报送" in text
    trail = office.office.trail.entries("report/coverage")
    assert ("operator", "console:report:export") in [(one.actor, one.action) for one in trail]
