"""A batch that is voided while another process issues it: whatever came first, nothing of it stands afterwards."""

from __future__ import annotations

from functools import partial

from sqlalchemy import select

from certsvc.adapters.schema import certificate
from certsvc.bootstrap import open_office
from certsvc.domain.certificate_status import CertificateStatus as Status
from tests.batches.cases import self_reviewed, submit, voiding
from tests.decisions.deciders import Deciders
from tests.support.at_once import at_once

PERSONS = 12


def test_an_issue_and_a_voiding_at_once_leave_no_valid_certificate(cases: Deciders) -> None:
    report = submit(cases, self_reviewed(PERSONS))
    cases.office.approval.approve(report.filing, "maker")
    cases.office.approval.begin_issue(report.filing, "checker")
    cases.office.issuance.issuing.draft(report.filing, 5)
    batch = cases.office.case_work.batches.propose(voiding(report.filing), "maker")
    other = open_office(cases.office.settings, cases.clock)
    try:
        at_once(
            [
                partial(other.issuance.run, report.filing),
                partial(cases.office.confirm_batch, batch, "checker"),
            ]
        )
    finally:
        other.close()
    cases.office.confirm_batch(batch, "checker")
    cases.office.issuance.run(report.filing)
    with cases.office.engine.begin() as connection:
        rows = connection.execute(select(certificate.c.state, certificate.c.status)).all()
    assert {status for _, status in rows} == {int(Status.VOIDED)}
    assert {state for state, _ in rows} <= {"published", "drafted"}
    issued = sum(state == "published" for state, _ in rows)
    kinds = [int(leaf.type) for leaf in cases.audit()]
    assert (kinds.count(1), kinds.count(5)) == (issued, issued)
    assert cases.office.unfinished_filings() == ()
