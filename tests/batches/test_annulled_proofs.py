"""An annulled examination or qualification: what rests on it is listed, later rows that cite it are refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from certsvc.adapters.annulment_store import annulled_among
from certsvc.adapters.batch_schema import annulment_step, row_reference
from certsvc.domain.annulment import ProofKind
from certsvc.domain.decision import DecisionStatus
from certsvc.domain.dependants import DependantEntry, DependantStatus, Reason
from certsvc.errors import ConflictError, NotPermitted, RequestError, UnknownReference
from tests.batches.cases import issue_batch, self_reviewed, submit
from tests.decisions.deciders import Deciders
from tests.support.workbooks import Batch

PROOF = "KS-2022-000123"


def citing(batch: Batch, row: int, column: str, reference: str) -> Batch:
    rows: list[dict[str, Any]] = [dict(one) for one in batch.rows]
    rows[row][column] = reference
    return batch.with_rows(rows)


def recorded(cases: Deciders, reference: str = PROOF, **given: Any) -> str:
    """A proposal that is right unless something else is given."""
    return cases.office.case_work.annulments.record(
        given.get("kind", ProofKind.EXAMINATION),
        reference,
        given.get("document_ref", "人考函〔2025〕2号"),
        date(2025, 3, 1),
        given.get("ground", "考试违纪，成绩无效"),
        given.get("actor", "maker"),
    )


def annul(cases: Deciders, reference: str = PROOF, **given: Any) -> tuple[str, tuple[DependantEntry, ...]]:
    """Recorded by one, confirmed by the other."""
    stored, entries = cases.office.case_work.annulments.confirm(
        recorded(cases, reference, **given), "checker"
    )
    return stored.id, entries


def lifting(cases: Deciders, annulled: str, document_ref: str = "人考函〔2025〕5号") -> str:
    """A proposal to lift an annulment, two days after it."""
    return cases.office.case_work.annulments.propose_lifting(
        annulled, document_ref, date(2025, 3, 3), "复核认定没有违纪", "checker"
    )


def test_certificates_and_waiting_rows_that_cite_the_proof_are_listed_once(cases: Deciders) -> None:
    _, issued = issue_batch(cases, citing(self_reviewed(3), 1, "考试合格证明编号", PROOF))
    waiting = citing(self_reviewed(6), 5, "依据文号", "ks-2022-000123 ")
    head = {"批次编号": "2023-ZZ-02", "公布文号": "示路桥字〔2023〕9号"}
    report = submit(cases, waiting.with_rows([dict(waiting.rows[5])]).with_header(**head))
    first, entries = annul(cases)
    number = issued[1].draft.content.number
    assert {(one.subject, one.certificate) for one in entries} == {
        (number, number),
        (f"{report.filing}/1", None),
    }
    assert {one.reason for one in entries} == {Reason.ANNULLED_PROOF}
    assert annul(cases) == (first, entries)
    with pytest.raises(ConflictError, match="此前已登记"):
        annul(cases, document_ref="人考函〔2025〕3号")
    assert cases.office.case_work.dependants.listed(DependantStatus.OPEN) == entries


def test_a_later_row_is_refused_and_an_approved_one_is_held_at_issue(cases: Deciders) -> None:
    report = submit(cases, citing(self_reviewed(3), 1, "考试合格证明编号", PROOF))
    cases.office.approval.approve(report.filing, "maker")
    annul(cases)
    cases.office.approval.begin_issue(report.filing, "checker")
    issued = cases.office.issuance.run(report.filing)
    assert (issued.rows.admitted, issued.rows.held) == (2, 1)
    assert [(one.row, one.code) for one in issued.findings] == [(2, "reference-annulled-before-issue")]

    head = {"批次编号": "2023-ZZ-02", "公布文号": "示路桥字〔2023〕9号"}
    later = citing(self_reviewed(6), 5, "依据文号", PROOF)
    later = later.with_rows([dict(one) for one in later.rows[4:]]).with_header(**head)
    refused = cases.under_test.submit(later.xlsx())
    assert (refused.rows.admitted, refused.rows.refused) == (1, 1)
    assert [(one.row, one.code, one.column) for one in refused.findings] == [
        (2, "reference-annulled", "依据文号")
    ]


def test_a_filing_that_is_not_approved_yet_is_examined_again(cases: Deciders) -> None:
    report = submit(cases, citing(self_reviewed(2), 0, "考试合格证明编号", PROOF))
    annul(cases)
    with pytest.raises(ConflictError, match="重新审查"):
        cases.office.approval.approve(report.filing, "maker")
    assert cases.office.filings.report(report.filing).rows.refused == 1


def test_no_proof_stands_plainly_in_the_database(cases: Deciders) -> None:
    submit(cases, citing(self_reviewed(2), 0, "考试合格证明编号", PROOF))
    annul(cases)
    with cases.office.engine.begin() as connection:
        for table in (annulment_step, row_reference):
            (row,) = connection.execute(select(table)).all()
            assert all(
                PROOF not in str(value) and PROOF.encode() not in bytes(str(value), "utf-8") for value in row
            )
            assert all(PROOF.encode() not in value for value in row if isinstance(value, bytes))


def test_recording_again_with_anything_else_is_a_conflict_and_changes_nothing(cases: Deciders) -> None:
    first, _ = annul(cases)
    for other in (
        {"ground": "替考，成绩无效"},
        {"document_ref": "人考函〔2025〕3号"},
        {"kind": ProofKind.QUALIFICATION},
    ):
        with pytest.raises(ConflictError, match="未作改动"):
            annul(cases, **other)
    assert annul(cases)[0] == first


def test_no_id_number_stands_in_the_words_and_the_refusal_does_not_call_them_public(cases: Deciders) -> None:
    for words in ({"ground": "229906197605300515替考"}, {"document_ref": "关于229906197605300515"}):
        with pytest.raises(RequestError, match="不公开，但请不要写身份证件号码"):
            annul(cases, **words)


def test_only_the_province_records_annulments(cases: Deciders) -> None:
    for stranger in ("changchun", "watcher"):
        with pytest.raises(NotPermitted):
            annul(cases, actor=stranger)
    with pytest.raises(RequestError, match="证明编号"):
        annul(cases, " ")


def test_nothing_counts_before_the_second_person_confirms(cases: Deciders) -> None:
    report = submit(cases, citing(self_reviewed(3), 1, "考试合格证明编号", PROOF))
    step = recorded(cases)
    assert recorded(cases) == step
    cases.office.approval.approve(report.filing, "maker")
    assert cases.office.case_work.dependants.listed() == ()
    with cases.office.engine.begin() as connection:
        assert not annulled_among(connection, cases.office.keys.cipher, {PROOF})
    with pytest.raises(NotPermitted, match="同一人"):
        cases.office.case_work.annulments.confirm(step, "maker")
    with pytest.raises(NotPermitted):
        cases.office.case_work.annulments.confirm(step, "changchun")
    stored, entries = cases.office.case_work.annulments.confirm(step, "checker")
    assert (stored.status, stored.maker, stored.checker) == (DecisionStatus.CONFIRMED, "maker", "checker")
    assert [one.subject for one in entries] == [f"{report.filing}/2"]
    assert cases.office.case_work.annulments.confirm(step, "checker") == (stored, entries)
    with pytest.raises(ConflictError, match="无需另一位人员再次确认"):
        cases.office.case_work.annulments.confirm(step, "checker-two")
    cases.office.approval.begin_issue(report.filing, "checker")
    assert cases.office.issuance.run(report.filing).rows.held == 1


def test_a_withdrawn_record_never_counts_and_may_be_recorded_again(cases: Deciders) -> None:
    annulments = cases.office.case_work.annulments
    step = recorded(cases)
    assert annulments.withdraw(step, "checker").status is DecisionStatus.WITHDRAWN
    assert annulments.withdraw(step, "checker").status is DecisionStatus.WITHDRAWN
    with pytest.raises(ConflictError, match="已撤回"):
        annulments.confirm(step, "checker")
    with pytest.raises(ConflictError, match="只有已确认的取消"):
        lifting(cases, step)
    again, _ = annul(cases, ground="替考，成绩无效")
    assert again != step
    with pytest.raises(ConflictError, match="已经生效"):
        annulments.withdraw(again, "maker")


def test_a_lifted_annulment_bars_nothing_and_closes_what_is_open(cases: Deciders) -> None:
    report = submit(cases, citing(self_reviewed(3), 1, "考试合格证明编号", PROOF))
    cases.office.approval.approve(report.filing, "maker")
    annulments = cases.office.case_work.annulments
    annulled, entries = annul(cases)
    step = lifting(cases, annulled)
    assert lifting(cases, annulled) == step
    with pytest.raises(ConflictError, match="另有撤销决定"):
        lifting(cases, annulled, "人考函〔2025〕6号")
    assert [one.status for one in cases.office.case_work.dependants.listed()] == [DependantStatus.OPEN]
    with pytest.raises(NotPermitted, match="同一人"):
        annulments.confirm(step, "checker")
    stored, closed = annulments.confirm(step, "maker")
    assert stored.annulment.lifts == annulled
    assert [(one.id, one.status) for one in closed] == [(entries[0].id, DependantStatus.LIFTED)]
    assert annulments.find(annulled).lifted
    assert annulments.confirm(annulled, "checker")[1] == closed
    assert lifting(cases, annulled) == step
    with pytest.raises(ConflictError, match="另有撤销决定"):
        lifting(cases, annulled, "人考函〔2025〕6号")
    cases.office.approval.begin_issue(report.filing, "checker")
    issued = cases.office.issuance.run(report.filing)
    assert (issued.rows.admitted, issued.rows.held) == (3, 0)

    later, opened = annul(cases)
    assert later != annulled
    assert [one.status for one in opened] == [DependantStatus.OPEN]
    assert {one.id for one in annulments.store.listed()} == {annulled, step, later}


def test_an_entry_that_a_person_settled_stays_when_the_annulment_is_lifted(cases: Deciders) -> None:
    issue_batch(cases, citing(self_reviewed(3), 1, "考试合格证明编号", PROOF))
    annulled, (entry,) = annul(cases)
    cases.office.case_work.dependants.settle(entry.id, DependantStatus.KEPT, "maker", "另有合格成绩", None)
    _, (left,) = cases.office.case_work.annulments.confirm(lifting(cases, annulled), "maker")
    assert left.status is DependantStatus.KEPT


def test_a_lifting_is_not_dated_before_the_annulment(cases: Deciders) -> None:
    annulled, _ = annul(cases)
    with pytest.raises(RequestError, match="不能早于取消"):
        cases.office.case_work.annulments.propose_lifting(
            annulled, "人考函〔2025〕5号", date(2025, 2, 1), "复核", "maker"
        )
    with pytest.raises(UnknownReference):
        lifting(cases, "A0")
