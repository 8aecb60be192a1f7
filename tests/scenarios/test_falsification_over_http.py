"""Scenario S5 over HTTP, on every database: a falsified title from its filing to the end of the credit record."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from certsvc.adapters.clock import FixedClock
from certsvc.formats.record import record_text
from tests.access.desk import PROGRAM, Desk, open_desk
from tests.decisions.deciders import SUN
from tests.support.workbooks import REGULAR, sample

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
GROUND = "经核查，申报材料与事实不符"


def test_s5_a_falsified_title_is_revoked_and_bars_applying_until_the_record_ends(
    tmp_path: Path, database_url: str
) -> None:
    clock = FixedClock(datetime(2024, 6, 3, 2, 0, tzinfo=UTC))
    with open_desk(tmp_path, clock, database_url) as desk:
        filing = submit(desk, "S5", date(2023, 2, 12))["filing"]
        with desk.sign_in("maker") as maker, desk.sign_in("second") as second:
            assert maker.post(f"/api/v1/filings/{filing}/approval").status_code == 200
            assert second.post(f"/api/v1/filings/{filing}/issue").json()["certificates"] == {"published": 1}
            (certificate,) = desk.office.office.certificates.published(filing=filing)
            content = certificate.draft.content
            document = desk.office.office.archive.read(content.number, 1)
            assert document is not None
            questions: list[dict[str, Any]] = [
                {"qr": record_text(certificate.record, desk.office.office.settings.qr_prefix)},
                {"number": content.number, "name": SUN["姓名"], "id_last4": "0515"},
            ]
            assert [verify(desk, one)["status"] for one in questions] == ["valid", "valid"]
            proposal = {"kind": "revoke", "number": content.number, "document": "吉人社撤〔2024〕7号"}
            proposal |= {"decided_on": "2024-06-03", "ground": GROUND}
            decision = maker.post("/api/v1/decisions", json=proposal).json()["decision"]
            assert maker.post(f"/api/v1/decisions/{decision}/confirmation").status_code == 403
            assert second.post(f"/api/v1/decisions/{decision}/confirmation").status_code == 200
        shown = {"reference": "吉人社撤〔2024〕7号", "date": "2024-06-03", "ground": GROUND}
        shown |= {"effective_on": "2024-06-03"}
        for question in questions:
            verdict = verify(desk, question)
            assert (verdict["verdict"], verdict["status"], verdict["decision"]) == (
                "failed",
                "revoked",
                shown,
            )
        with desk.visitor() as employer:
            by_file = employer.post(
                "/api/v1/verify/pdf", content=document, headers={"Content-Type": "application/pdf"}
            )
        assert (by_file.json()["status"], by_file.json()["decision"]) == ("revoked", shown)
        assert desk.office.check_qr(certificate)["status"] == "revoked"

        clock.instant = datetime(2027, 7, 1, 2, 0, tzinfo=UTC)
        barred = {day: is_barred(desk, day) for day in map(date.fromisoformat, EXPECTED)}
        assert barred == {date.fromisoformat(day): expected for day, expected in EXPECTED.items()}
        assert desk.office.office.trail.verify_chain().fault is None


EXPECTED = {"2025-02-10": True, "2027-06-02": True, "2027-06-03": False}


def submit(desk: Desk, batch: str, applied_on: date) -> dict[str, Any]:
    """File the person over HTTP by the registered program; the answer."""
    filed = sample(REGULAR).with_rows([{**SUN, "申报日期": applied_on}]).with_header(批次编号=batch)
    raw = filed.xlsx()
    token = desk.programs[PROGRAM].token(desk.claims(PROGRAM, raw))
    answer = desk.call("POST", "/api/v1/filings", token, raw, XLSX)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def is_barred(desk: Desk, applied_on: date) -> bool:
    """Whether an application of that day is refused for a credit record."""
    findings = submit(desk, f"S5-{applied_on}", applied_on)["findings"]
    return any((one["code"], one["case"]) == ("credit-block", 31) for one in findings)


def verify(desk: Desk, question: dict[str, Any]) -> dict[str, Any]:
    """An employer's question, without an account."""
    with desk.visitor() as employer:
        answer: dict[str, Any] = employer.post("/api/v1/verify", json=question).json()
    return answer
