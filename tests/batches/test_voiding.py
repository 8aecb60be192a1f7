"""Voiding a whole batch, and lifting it again: who may, what it does, what it leaves alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from certsvc.adapters.credit_schema import platform_message
from certsvc.adapters.decision_schema import credit_record
from certsvc.adapters.ledger_schema import outbox_event
from certsvc.domain.actor import Actor, Role
from certsvc.domain.batch_voiding import BatchProgress
from certsvc.domain.certificate_status import CertificateStatus as Status
from certsvc.domain.decision import DecisionKind, DecisionStatus
from certsvc.domain.permission import Action
from certsvc.errors import ConflictError, NotPermitted, RequestError, UnknownReference
from tests.batches.cases import (
    case_day,
    issue_batch,
    numbers,
    open_cases,
    restore,
    self_reviewed,
    shown,
    submit,
    void,
    voiding,
)
from tests.decisions.deciders import Deciders

ISSUED, CORRECTED, REVOKED, VOIDED, REINSTATED, CREDIT_OPENED = 1, 2, 3, 5, 7, 8


def test_every_standing_certificate_is_void_from_its_acquisition_day_and_nobody_is_recorded(
    cases: Deciders,
) -> None:
    filing, issued = issue_batch(cases, self_reviewed(5))
    batch = void(cases, filing)
    assert shown(cases, issued) == {"voided": 5}
    for number in numbers(issued):
        (decided,) = cases.office.decisions.listed(number=number)
        assert (decided.proposal.kind, decided.status) == (DecisionKind.VOID, DecisionStatus.CONFIRMED)
        assert (decided.proposal.effective_on, decided.proposal.decided_on) == (
            date(2023, 6, 12),
            date(2025, 3, 3),
        )
        assert (decided.maker, decided.checker) == ("maker", "checker")
    with cases.office.engine.begin() as connection:
        assert connection.scalar(select(func.count()).select_from(credit_record)) == 0
        days = set(
            connection.scalars(select(outbox_event.c.effective_on).where(outbox_event.c.kind == VOIDED))
        )
    assert days == {"2023-06-12"}
    assert [int(leaf.type) for leaf in cases.audit()] == [ISSUED] * 5 + [VOIDED] * 5
    assert cases.office.case_work.batches.progress(batch) == BatchProgress(5, 5, 5)
    assert cases.office.case_work.unfinished_batches() == ()
    assert cases.office.trail.verify_chain().fault is None


def test_what_ended_otherwise_keeps_its_own_ending_and_every_version_is_void(cases: Deciders) -> None:
    filing, issued = issue_batch(cases, self_reviewed(4))
    revoked, corrected, *others = numbers(issued)
    cases.decide(DecisionKind.REVOKE, revoked)
    cases.decide(
        DecisionKind.CORRECT, corrected, changes={"unit_name": "示例路桥有限公司"}, ground="录入有误"
    )
    preview = cases.office.case_work.batches.preview(voiding(filing), "maker")
    assert (preview.planned, preview.left_alone) == (3, {revoked: "revoked"})
    assert preview.by_status == {"revoked": 1, "valid": 3}
    assert (preview.levels, preview.counties) == ({"副高级": 3}, {"220106": 3})
    assert preview.effective == {"2023-06-12": 3}
    assert cases.status(corrected) == [Status.SUPERSEDED, Status.VALID], "a preview changes nothing"
    void(cases, filing)
    assert cases.status(revoked) == [Status.REVOKED]
    assert cases.status(corrected) == [Status.VOIDED, Status.VOIDED]
    assert [cases.status(one) for one in others] == [[Status.VOIDED]] * 2
    assert len(cases.audit()) == 4 + 2 + 2 + 4


def test_confirmed_twice_it_happens_once_and_by_another_person_not_at_all(cases: Deciders) -> None:
    filing, _ = issue_batch(cases, self_reviewed(2))
    proposed = cases.office.case_work.batches.propose(voiding(filing), "maker")
    assert cases.office.case_work.batches.propose(voiding(filing), "maker") == proposed
    with pytest.raises(NotPermitted, match="同一人"):
        cases.office.confirm_batch(proposed, "maker")
    for _ in range(2):
        cases.office.confirm_batch(proposed, "checker")
    with pytest.raises(ConflictError, match="另一位人员确认"):
        cases.office.confirm_batch(proposed, "checker-two")
    assert len(cases.audit()) == 4
    with pytest.raises(ConflictError, match="已被认定无效"):
        cases.office.case_work.batches.propose(replace(voiding(filing), document_ref="另一文号"), "maker")
    assert [one.action for one in cases.office.trail.entries(f"batch/{proposed}")] == [
        "console:batch_void:propose",
        "console:batch_void:confirm.refused",
        "console:batch_void:confirm",
    ]


def test_the_city_of_the_committee_proposes_and_the_province_confirms(cases: Deciders) -> None:
    filing, _ = issue_batch(cases, self_reviewed(1))
    batches = cases.office.case_work.batches
    for stranger in ("city-two", "watcher"):
        with pytest.raises(NotPermitted):
            batches.propose(voiding(filing), stranger)
    proposed = batches.propose(voiding(filing), "changchun")
    with pytest.raises(NotPermitted):
        cases.office.confirm_batch(proposed, "city-two")
    assert cases.office.confirm_batch(proposed, "checker").status is DecisionStatus.CONFIRMED


def test_a_withdrawn_proposal_is_not_confirmed(cases: Deciders) -> None:
    filing, issued = issue_batch(cases, self_reviewed(1))
    batches = cases.office.case_work.batches
    proposed = batches.propose(voiding(filing), "maker")
    assert batches.withdraw(proposed, "checker").status is DecisionStatus.WITHDRAWN
    with pytest.raises(ConflictError, match="已撤回"):
        cases.office.confirm_batch(proposed, "checker")
    assert shown(cases, issued) == {"valid": 1}


def test_a_county_proposes_no_voiding_of_a_batch_as_it_proposes_none_of_one(cases: Deciders) -> None:
    filing, _ = issue_batch(cases, self_reviewed(1))
    cases.office.actors.register_actor(Actor("district", Role.MAKER, "220106"), cases.clock.now())
    with pytest.raises(NotPermitted):
        cases.office.case_work.batches.propose(voiding(filing), "district")
    assert cases.office.case_work.batches.listed(filing) == ()


def test_the_province_turns_down_what_a_city_proposed(cases: Deciders) -> None:
    filing, issued = issue_batch(cases, self_reviewed(1))
    batches = cases.office.case_work.batches
    proposed = batches.propose(voiding(filing), "changchun")
    with pytest.raises(NotPermitted):
        batches.withdraw(proposed, "city-two")
    assert batches.withdraw(proposed, "checker").status is DecisionStatus.WITHDRAWN
    told = [one.action for one in cases.office.trail.entries(f"batch/{proposed}") if one.actor == "checker"]
    assert told == ["console:batch_void:turn_down"]
    void(cases, filing)  # the province's own proposal is not in its way any more
    assert shown(cases, issued) == {"voided": 1}


def test_what_is_logged_is_counted_by_the_events_of_this_batch_alone(cases: Deciders) -> None:
    filing, issued = issue_batch(cases, self_reviewed(2))
    cases.decide(DecisionKind.SUSPEND, numbers(issued)[0])  # an older, logged event on the same slot
    batches = cases.office.case_work.batches
    proposed = batches.propose(voiding(filing), "maker")
    batches.confirm(proposed, "checker")
    for _ in batches.carry_out(proposed):
        pass
    assert batches.progress(proposed).logged == 0
    cases.office.confirm_batch(proposed, "checker")
    assert batches.progress(proposed).logged == 2


def test_words_dates_and_names_that_do_not_fit_are_refused(cases: Deciders) -> None:
    filing, issued = issue_batch(cases, self_reviewed(2))
    batches = cases.office.case_work.batches
    name = issued[1].draft.content.award.name
    for given, words in (
        ({"ground": f"{name}等人的评审未备案"}, "姓名"),
        ({"decided_on": date(2025, 3, 4)}, "晚于今天"),
        ({"decided_on": date(2023, 6, 11)}, "取得日期"),
        ({"document_ref": " "}, "决定文号"),
    ):
        with pytest.raises(RequestError, match=words):
            batches.propose(voiding(filing, **given), "maker")
    with pytest.raises(UnknownReference):
        batches.propose(voiding("F000000000000000"), "maker")
    with pytest.raises(UnknownReference, match="决定文书"):
        batches.propose(voiding(filing, document_sha256="a" * 64), "maker")


def test_an_approved_filing_without_certificates_is_closed(cases: Deciders) -> None:
    report = submit(cases, self_reviewed(3))
    cases.office.approval.approve(report.filing, "maker")
    preview = cases.office.case_work.batches.preview(voiding(report.filing), "maker")
    assert (preview.planned, preview.never_issued) == (0, 3)
    void(cases, report.filing)
    with pytest.raises(ConflictError, match="无效"):
        cases.office.approval.begin_issue(report.filing, "checker")
    cases.office.issuance.run(report.filing)
    assert cases.office.certificates.progress(report.filing) == {}


def test_a_half_issued_filing_issues_nothing_more_until_it_is_restored(cases: Deciders) -> None:
    report = submit(cases, self_reviewed(6))
    cases.office.approval.approve(report.filing, "maker")
    cases.office.approval.begin_issue(report.filing, "checker")
    issuance = cases.office.issuance
    issuance.issuing.draft(report.filing, 2)
    issuance.sealing.seal(report.filing, 2)
    issuance.issuing.draft(report.filing, 2)
    batch = void(cases, report.filing)
    assert cases.office.unfinished_filings() == ()
    issuance.run(report.filing)
    assert cases.office.certificates.progress(report.filing) == {"published": 2, "drafted": 2}
    assert [int(leaf.type) for leaf in cases.audit()] == [ISSUED] * 2 + [VOIDED] * 2

    restore(cases, batch)
    cases.office.approval.begin_issue(report.filing, "checker")
    issuance.run(report.filing)
    published = cases.office.certificates.published(filing=report.filing)
    assert shown(cases, published) == {"valid": 6}


def test_a_restoration_lifts_what_the_batch_decision_ended_and_nothing_else(cases: Deciders) -> None:
    filing, issued = issue_batch(cases, self_reviewed(4))
    revoked, corrected, alone, last = numbers(issued)
    cases.decide(DecisionKind.REVOKE, revoked)
    cases.decide(
        DecisionKind.CORRECT, corrected, changes={"unit_name": "示例路桥有限公司"}, ground="录入有误"
    )
    batch = void(cases, filing)
    cases.decide(DecisionKind.REINSTATE, alone, document_ref="吉人社函〔2025〕6号")
    cases.decide(DecisionKind.VOID, alone, document_ref="吉人社函〔2025〕7号")
    lifted = restore(cases, batch)
    assert cases.status(revoked) == [Status.REVOKED]
    assert cases.status(alone) == [Status.VOIDED], "voided anew by a decision of its own"
    assert cases.status(corrected) == [Status.SUPERSEDED, Status.VALID]
    assert cases.status(last) == [Status.VALID]
    assert cases.office.case_work.batches.progress(lifted).certificates == 2
    assert cases.under_test.check_qr(issued[3])["status"] == "valid"
    cases.audit()
    batches = cases.office.case_work.batches
    with pytest.raises(ConflictError, match="已经恢复"):
        batches.propose(batches.restoration(batch, "又一文号", date(2025, 3, 3), "再次恢复"), "maker")


def test_the_title_platform_is_told_of_every_certificate_once(tmp_path: Path, database_url: str) -> None:
    cases = open_cases(tmp_path / "told", case_day(), database_url, title_platform="on")
    filing, issued = issue_batch(cases, self_reviewed(3))
    batch = void(cases, filing)
    cases.office.confirm_batch(batch, "checker")
    with cases.office.engine.begin() as connection:
        rows = connection.execute(select(platform_message.c.subject, platform_message.c.kind)).all()
    by_number = Counter(row.subject for row in rows)
    assert by_number == dict.fromkeys(numbers(issued), 2), "published, then changed"
    cases.close()


def test_batch_decisions_are_listed_by_page_in_the_readers_reach(cases: Deciders) -> None:
    filing, _ = issue_batch(cases, self_reviewed(1))
    proposed = cases.office.case_work.batches.propose(voiding(filing), "changchun")
    lists, permits = cases.office.decision_room.lists, cases.office.permits

    def page(name: str, status: DecisionStatus, skip: int = 0) -> tuple[list[str], int]:
        by = permits.official(name, Action.BATCH_VOIDING_READ, "batch")
        found, total = lists.batch_page(by, filing, status, 1, skip)
        return [one.id for one in found], total

    waiting = DecisionStatus.PROPOSED
    assert page("changchun", waiting) == page("checker", waiting) == ([proposed], 1)
    assert page("checker", waiting, skip=1) == ([], 1)
    assert page("city-two", waiting) == page("checker", DecisionStatus.CONFIRMED) == ([], 0)
