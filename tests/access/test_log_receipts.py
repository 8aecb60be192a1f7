"""Log receipts over HTTP: for those who may read what was submitted, and for nobody else."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from certverify.log_receipt import decode_log_receipt

from certsvc.adapters.clock import FixedClock
from tests.access.desk import Desk, open_desk
from tests.decisions.deciders import SUN
from tests.support.workbooks import REGULAR, sample


def test_a_receipt_is_given_to_who_may_read_the_filing_or_the_decision(tmp_path: Path) -> None:
    clock = FixedClock(datetime(2024, 6, 3, 2, 0, tzinfo=UTC))
    with open_desk(tmp_path, clock) as desk:
        office = desk.office
        report = office.submit(sample(REGULAR).with_rows([SUN]).xlsx())
        before = ask(desk, "second", f"filings/{report.filing}")
        assert before == (404, "")
        (certificate,) = office.issue(report)
        number = certificate.draft.content.number
        with desk.sign_in("maker") as maker:
            proposal = {"kind": "revoke", "number": number, "document": "吉人社撤〔2024〕7号"}
            proposal |= {"decided_on": "2024-06-03", "ground": "申报材料造假"}
            decision = maker.post("/api/v1/decisions", json=proposal).json()["decision"]
        assert ask(desk, "second", f"decisions/{decision}")[0] == 404  # nothing was submitted yet
        office.office.confirm_decision(decision, "second")
        for what, events in ((f"filings/{report.filing}", 1), (f"decisions/{decision}", 2)):
            status, text = ask(desk, "second", what)
            receipt = decode_log_receipt(text.encode(), office.office.log_keys)
            assert (status, len(receipt.commitments)) == (200, events)
            assert ask(desk, "supervisor", what) == (200, text)
            assert ask(desk, "tonghua", what)[0] == 403
        with desk.visitor() as stranger:
            assert stranger.get(f"/api/v1/decisions/{decision}/log-receipt").status_code == 401


def ask(desk: Desk, name: str, what: str) -> tuple[int, str]:
    with desk.sign_in(name) as official:
        answer = official.get(f"/api/v1/{what}/log-receipt")
    return answer.status_code, answer.text if answer.status_code == 200 else ""
