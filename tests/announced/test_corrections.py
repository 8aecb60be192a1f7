"""Corrected announcements 公布文件更正: every change is followed to its end, and nothing is decided by itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from certsvc.domain.actor import Actor, Role
from certsvc.domain.announced_changes import ChangeState
from certsvc.domain.caller import OPERATOR
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.decision import DecisionKind
from certsvc.domain.filing import FilingStatus
from certsvc.errors import ConflictError, NotPermitted, RequestError, UnknownReference
from certsvc.stages.announced_following import Followed
from tests.announced.lists import (
    CONFIRMER,
    CORRECTED,
    CORRECTED_ON,
    DOCUMENT,
    LOADER,
    announced,
    batch,
    correct,
    issue,
    listed_as,
    people,
    put_in_force,
)
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import DUAL_DIRECTED, sample

PERSONS = people(4)
LIST = announced(PERSONS[:3])
SENIOR = {"级别": "正高级", "职称名称": "正高级工程师"}
THIRD = "吉人社职字〔2023〕130号"


def issued(office: OfficeUnderTest) -> list[str]:
    """Three certificates under the document; their numbers."""
    put_in_force(office, LIST)
    return [one.draft.content.number for one in issue(office, batch(PERSONS[:3]))]


def followed(office: OfficeUnderTest, wanted: str) -> tuple[Followed, ...]:
    lists = office.office.announced
    return lists.following.followed(lists.loading.find(wanted))


def states(office: OfficeUnderTest, wanted: str) -> list[ChangeState]:
    return [one.state for one in followed(office, wanted)]


def propose(office: OfficeUnderTest, wanted: str, by: str = LOADER) -> tuple[Followed, ...]:
    return office.office.announced.propose(wanted, by)[1]


def confirm_all(office: OfficeUnderTest, wanted: str, by: str = CONFIRMER) -> list[DecisionKind]:
    """Confirm every decision that waits; their kinds."""
    kinds = []
    for one in followed(office, wanted):
        if one.state is ChangeState.PROPOSED:
            kinds.append(office.office.confirm_decision(one.stored.decision or "", by).proposal.kind)
    return kinds


def replace(office: OfficeUnderTest, file: Any, replaced: str = DOCUMENT, document: str = CORRECTED) -> Any:
    return office.office.announced.replace(file.xlsx(), "list.xlsx", replaced, document, LOADER)


def status(office: OfficeUnderTest, number: str) -> CertificateStatus:
    return office.office.certificates.versions(number)[-1].status


def test_words_are_corrected_in_one_decision(office: OfficeUnderTest) -> None:
    numbers = issued(office)
    new = LIST.but(2, 姓名="钱甲畴", 单位="示例路桥（集团）有限公司").named(CORRECTED)
    wanted = correct(office, new)
    (one,) = propose(office, wanted)
    decision = office.office.decisions.find(one.stored.decision or "")
    assert decision is not None
    assert (decision.proposal.kind, decision.proposal.document_ref, decision.proposal.decided_on) == (
        DecisionKind.CORRECT,
        CORRECTED,
        CORRECTED_ON,
    )
    assert decision.proposal.changes == {"name": "钱甲畴", "unit_name": "示例路桥（集团）有限公司"}
    assert status(office, numbers[1]) is CertificateStatus.VALID
    assert confirm_all(office, wanted) == [DecisionKind.CORRECT]
    assert states(office, wanted) == [ChangeState.DONE]


def test_another_title_voids_the_certificate_and_asks_for_a_new_row(office: OfficeUnderTest) -> None:
    first = PERSONS[0]
    lower = {"级别": "副高级", "职称名称": "高级工程师"}
    other = lower if first["申报级别"] == "正高级" else SENIOR
    numbers = issued(office)
    wanted = correct(office, LIST.but(1, **other).named(CORRECTED))
    propose(office, wanted)
    assert confirm_all(office, wanted) == [DecisionKind.VOID]
    assert status(office, numbers[0]) is CertificateStatus.VOIDED
    (one,) = followed(office, wanted)
    assert (one.state, one.needs, "补充备案" in one.reason) == (ChangeState.OPEN, None, True)
    assert office.office.announced.lists.reissuable() == {numbers[0]}
    office.clock.advance(timedelta(minutes=1))
    row = {**first, "申报级别": other["级别"], "职称名称": other["职称名称"]}
    if other is SENIOR:
        row |= {"现职称": "高级工程师", "现职称级别": "副高级"}
    else:
        row |= {"现职称": "工程师", "现职称级别": "中级"}
    report = office.submit(batch([row], 公布文号=CORRECTED, 公布日期=CORRECTED_ON).xlsx())
    assert report.rows.admitted == 1, report.findings
    office.issue(report)
    assert states(office, wanted) == [ChangeState.DONE]


def test_who_is_withdrawn_before_the_issue_is_barred_from_it(office: OfficeUnderTest) -> None:
    put_in_force(office, LIST)
    report = office.submit(batch(PERSONS[:3]).xlsx())
    wanted = correct(office, LIST.without(3).named(CORRECTED))
    (one,) = propose(office, wanted)
    assert (one.state, one.stored.decision) == (ChangeState.NOT_NEEDED, None)
    with pytest.raises(ConflictError, match="重新审查"):
        office.approval.approve(report.filing, "maker")
    again = office.office.filings.report(report.filing)
    assert {(f.row, f.code) for f in again.findings} == {(3, "announced-row-extra")}
    assert len(office.issue(again)) == 2


def test_who_is_added_comes_with_a_supplement_of_the_same_batch_only(office: OfficeUnderTest) -> None:
    issued(office)
    wanted = correct(office, LIST.also(listed_as(4, PERSONS[3])).named(CORRECTED))
    assert states(office, wanted) == [ChangeState.OPEN]
    header = {"公布文号": CORRECTED, "公布日期": CORRECTED_ON}
    other = office.submit(batch([PERSONS[3]], **header, 批次编号="另一批次").xlsx())
    assert other.status is FilingStatus.REFUSED
    assert "announcement-used" in {f.code for f in other.findings}
    issue(office, batch([PERSONS[3]], **header))
    assert states(office, wanted) == [ChangeState.DONE]


def test_a_correction_waits_for_an_approved_batch_to_be_issued(office: OfficeUnderTest) -> None:
    put_in_force(office, LIST)
    report = office.submit(batch(PERSONS[:3]).xlsx())
    office.approval.approve(report.filing, "maker")
    kept = replace(office, LIST.without(3).named(CORRECTED)).kept
    with pytest.raises(ConflictError, match="先完成签发"):
        office.office.announced.loading.confirm(kept.id, CONFIRMER)
    office.approval.begin_issue(report.filing, "checker")
    office.office.issuance.run(report.filing)
    office.office.announced.loading.confirm(kept.id, CONFIRMER)
    assert states(office, kept.id) == [ChangeState.OPEN]


def test_a_withdrawn_proposal_opens_the_change_again(office: OfficeUnderTest) -> None:
    issued(office)
    wanted = correct(office, LIST.without(3).named(CORRECTED))
    (one,) = propose(office, wanted)
    assert one.state is ChangeState.PROPOSED
    office.office.deciding.withdraw(one.stored.decision or "", LOADER)
    assert states(office, wanted) == [ChangeState.OPEN]
    (again,) = propose(office, wanted)
    assert (again.state, again.stored.decision != one.stored.decision) == (ChangeState.PROPOSED, True)


def test_work_that_died_half_way_is_taken_on_and_nothing_is_proposed_twice(
    office: OfficeUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued(office)
    wanted = correct(office, LIST.but(1, 姓名="赵甲孜").without(2, 3).named(CORRECTED))
    lists = office.office.announced.lists
    link, calls = lists.link, []

    def dying(*given: Any) -> None:
        if calls:
            raise KeyboardInterrupt
        calls.append(given)
        link(*given)

    monkeypatch.setattr(lists, "link", dying)
    with pytest.raises(KeyboardInterrupt):
        propose(office, wanted)
    monkeypatch.setattr(lists, "link", link)
    assert [one.state for one in propose(office, wanted)] == [ChangeState.PROPOSED] * 3
    assert len(office.office.decisions.listed()) == 3
    assert len({one.stored.decision for one in propose(office, wanted)}) == 3


def test_what_cannot_be_proposed_says_why_and_the_others_go_on(office: OfficeUnderTest) -> None:
    issued(office)
    wanted = correct(office, LIST.but(1, 姓名="赵𡉃").without(3).named(CORRECTED))
    first, second = propose(office, wanted)
    assert (first.state, "缺字" in (first.refusal or "")) == (ChangeState.OPEN, True)
    assert second.state is ChangeState.PROPOSED


@pytest.mark.parametrize("by", ["watcher", "nobody"])
def test_supervisors_and_strangers_propose_nothing(office: OfficeUnderTest, by: str) -> None:
    issued(office)
    wanted = correct(office, LIST.without(3).named(CORRECTED))
    with pytest.raises((NotPermitted, UnknownReference)):
        propose(office, wanted, by)
    assert office.office.decisions.listed() == ()


def test_an_unconfirmed_correction_changes_nothing(office: OfficeUnderTest) -> None:
    issued(office)
    kept = replace(office, LIST.without(3).named(CORRECTED)).kept
    with pytest.raises(ConflictError, match="尚未由第二人确认"):
        propose(office, kept.id)
    newest = office.office.announced.lists.newest(DOCUMENT)
    assert newest is not None
    assert newest.row_count == 3
    with pytest.raises(NotPermitted):
        office.office.announced.loading.confirm(kept.id, LOADER)


def test_a_document_is_corrected_once_and_then_its_correction(office: OfficeUnderTest) -> None:
    issued(office)
    first = correct(office, LIST.without(3).named(CORRECTED))
    with pytest.raises(ConflictError, match="最近的更正文件"):
        replace(office, LIST.without(2).named(THIRD), DOCUMENT, THIRD)
    with pytest.raises(ConflictError, match="没有办结"):
        replace(office, LIST.without(2, 3).named(THIRD), CORRECTED, THIRD)
    propose(office, first)
    confirm_all(office, first)
    second = correct(office, LIST.without(2, 3).named(THIRD), CORRECTED)
    propose(office, second)
    assert confirm_all(office, second) == [DecisionKind.VOID]
    lists = office.office.announced.lists
    assert lists.chain(CORRECTED) == (DOCUMENT, CORRECTED, THIRD)
    assert [one.status.value for one in lists.listed()].count("replaced") == 2
    report = office.office.announced.coverage(OPERATOR, "cli", year=2023, region=None, document_ref=DOCUMENT)
    assert report.clean


@pytest.mark.parametrize(
    ("file", "replaced", "document", "error"),
    [
        (LIST.named(CORRECTED), DOCUMENT, THIRD, RequestError),
        (LIST.named(DOCUMENT), DOCUMENT, DOCUMENT, RequestError),
        (LIST.named(CORRECTED, on=LIST.header["公布日期"].replace(day=1)), DOCUMENT, CORRECTED, RequestError),
        (LIST.named(CORRECTED), THIRD, CORRECTED, UnknownReference),
    ],
    ids=["another document in the file", "its own number", "older than what it corrects", "no list"],
)
def test_a_correction_that_does_not_fit_is_refused(
    office: OfficeUnderTest, file: Any, replaced: str, document: str, error: type[Exception]
) -> None:
    put_in_force(office, LIST)
    with pytest.raises(error):
        replace(office, file, replaced, document)
    assert len(office.office.announced.lists.listed()) == 1


def test_without_numbers_a_changed_name_is_refused_until_the_old_number_is_given(
    office: OfficeUnderTest,
) -> None:
    bare = LIST.shown("none")
    put_in_force(office, bare)
    issue(office, batch(PERSONS[:3]))
    new = bare.but(2, 姓名="钱甲畴").named(CORRECTED)
    answer = replace(office, new)
    assert (answer.kept, [(f.row, f.code) for f in answer.findings]) == (
        None,
        [(2, "correction-row-unclear")],
    )
    wanted = correct(office, new.with_column("原序号").but(2, 原序号=2))
    propose(office, wanted)
    assert confirm_all(office, wanted) == [DecisionKind.CORRECT]
    assert states(office, wanted) == [ChangeState.DONE]


def test_the_dry_run_keeps_nothing_and_loading_again_is_the_same_list(office: OfficeUnderTest) -> None:
    put_in_force(office, LIST)
    new, lists = LIST.without(1).named(CORRECTED), office.office.announced
    raw = new.xlsx()
    dry = lists.replace(raw, "list.xlsx", DOCUMENT, CORRECTED, LOADER, keep=False)
    assert (len(dry.changes), dry.kept, len(lists.lists.listed())) == (1, None, 1)
    first = lists.replace(raw, "list.xlsx", DOCUMENT, CORRECTED, LOADER)
    assert first.kept is not None
    lists.loading.confirm(first.kept.id, CONFIRMER)
    again = lists.replace(raw, "list.xlsx", DOCUMENT, CORRECTED, LOADER)
    assert again.kept is not None
    assert (again.kept.id, again.changes) == (first.kept.id, first.changes)


def test_another_identity_number_is_another_certificate(office: OfficeUnderTest) -> None:
    """Told to be the same person by 原序号: the old certificate is voided, the new row is filed."""
    numbers = issued(office)
    right = {**PERSONS[0], **{key: PERSONS[3][key] for key in ("证件号码", "出生日期")}}
    new = LIST.with_column("原序号").but(1, 证件号码=right["证件号码"], 原序号=1).named(CORRECTED)
    wanted = correct(office, new)
    (one,) = propose(office, wanted)
    assert one.stored.change.fields == ("id_number",)
    assert confirm_all(office, wanted) == [DecisionKind.VOID]
    assert status(office, numbers[0]) is CertificateStatus.VOIDED
    office.clock.advance(timedelta(minutes=1))
    issue(office, batch([right], 公布文号=CORRECTED, 公布日期=CORRECTED_ON))
    assert states(office, wanted) == [ChangeState.DONE]


def test_a_city_corrects_its_own_document_and_the_province_confirms_what_is_voided(
    office: OfficeUnderTest,
) -> None:
    dual = sample(DUAL_DIRECTED)
    rows = [dict(row) for row in dual.rows[:3]]
    head = {"公布文件发文单位": dual.header["公布文件发文单位"]}
    first = announced(rows).named(dual.header["公布文号"], dual.header["公布日期"].date(), **head)
    lists, inner = office.office.announced, office.office
    inner.actors.register_actor(Actor("city-two", Role.CHECKER, "222400"), office.clock.now())
    kept = lists.load(first.xlsx(), "list.xlsx", "city").kept
    assert kept is not None
    assert lists.loading.confirm(kept.id, "city-two").place == "222400"
    issue(office, dual.with_rows(rows))
    corrected_ref = "延州人社职字〔2023〕15号"
    new = first.but(1, 姓名="朴正皓").without(3).named(corrected_ref, date(2023, 12, 20), **head)
    answer = lists.replace(new.xlsx(), "list.xlsx", first.header["公布文号"], corrected_ref, "city")
    assert answer.kept is not None
    lists.loading.confirm(answer.kept.id, "city-two")
    named, gone = propose(office, answer.kept.id, "city")
    assert (named.state, gone.state) == (ChangeState.PROPOSED, ChangeState.PROPOSED)
    inner.confirm_decision(named.stored.decision or "", "city-two")
    with pytest.raises(NotPermitted):
        inner.confirm_decision(gone.stored.decision or "", "city-two")
    inner.confirm_decision(gone.stored.decision or "", "checker")
    assert states(office, answer.kept.id) == [ChangeState.DONE, ChangeState.DONE]
