"""An annulled examination or qualification: what rests on it is listed, later rows that cite it are refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from certsvc.adapters.batch_schema import annulment, row_reference
from certsvc.domain.annulment import ProofKind
from certsvc.domain.dependants import DependantEntry, DependantStatus, Reason
from certsvc.errors import ConflictError, NotPermitted, RequestError
from tests.batches.cases import issue_batch, self_reviewed, submit
from tests.decisions.deciders import Deciders
from tests.support.workbooks import Batch

PROOF = "KS-2022-000123"


def citing(batch: Batch, row: int, column: str, reference: str) -> Batch:
    rows: list[dict[str, Any]] = [dict(one) for one in batch.rows]
    rows[row][column] = reference
    return batch.with_rows(rows)


def annul(cases: Deciders, reference: str = PROOF, **given: Any) -> tuple[str, tuple[DependantEntry, ...]]:
    stored, entries = cases.office.case_work.annulments.record(
        given.get("kind", ProofKind.EXAMINATION),
        reference,
        given.get("document_ref", "人考函〔2025〕2号"),
        date(2025, 3, 1),
        given.get("ground", "考试违纪，成绩无效"),
        given.get("actor", "maker"),
    )
    return stored.id, entries


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
        for table in (annulment, row_reference):
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
