"""Scenario S5: false papers are found, the title is revoked, old prints fail, applying is barred for three years."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from certverify import check_bundle, load_trust
from sqlalchemy import select

from certsvc.adapters.decision_schema import credit_record, decision_event
from certsvc.adapters.key_ring import load_keys
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.credit import first_free_day
from certsvc.domain.decision import DecisionKind
from certsvc.domain.facts import CreditBlock
from certsvc.formats.commitment import commit
from certsvc.formats.record import record_text
from tests.decisions.deciders import SUN, Deciders, issue_dual, issue_sun
from tests.support.workbooks import REGULAR, sample

REVOKE, CORRECT = DecisionKind.REVOKE, DecisionKind.CORRECT
SUSPEND, REINSTATE = DecisionKind.SUSPEND, DecisionKind.REINSTATE
PERSON = str(SUN["证件号码"])


def barred(deciders: Deciders, applied_on: date) -> bool:
    """Whether the gate refuses an application of that day for a credit record (case 31)."""
    batch = sample(REGULAR).with_rows([{**SUN, "申报日期": applied_on}])
    report = deciders.under_test.submit(batch.with_header(批次编号=f"S5-{applied_on}").xlsx())
    return any((finding.code, finding.case) == ("credit-block", 31) for finding in report.findings)


def test_s5_a_revoked_title_fails_at_once_and_bars_applications_for_three_years(deciders: Deciders) -> None:
    certificate = issue_sun(deciders)
    number = certificate.draft.content.number
    assert deciders.shown(certificate) == ("valid", "valid")
    deciders.decide(REVOKE, number)
    assert deciders.shown(certificate) == ("revoked", "revoked")
    blocks = deciders.office.filings.credit_blocks([PERSON, "229901198503171022"])
    assert blocks == {PERSON: (CreditBlock(date(2024, 6, 3), date(2027, 6, 3)),)}
    assert deciders.office.filings.titles_held([PERSON]) == {}
    deciders.clock.instant = datetime(2027, 7, 1, 2, 0, tzinfo=UTC)
    for applied_on, expected in (
        (date(2024, 6, 2), False),
        (date(2024, 6, 3), True),
        (date(2025, 2, 10), True),
        (date(2027, 6, 2), True),
        (date(2027, 6, 3), False),
    ):
        assert barred(deciders, applied_on) is expected, applied_on


def test_every_version_is_revoked_and_reinstating_leaves_the_old_one_replaced(deciders: Deciders) -> None:
    first = issue_sun(deciders)
    number = first.draft.content.number
    deciders.decide(CORRECT, number, changes={"name": "孙健国"}, ground="姓名录入有误")
    _, second = deciders.office.certificates.published(number=number)
    assert second.draft.content.version == 2
    assert second.draft.content.issued_on == first.draft.content.issued_on
    assert deciders.under_test.printed_name(second) == "孙健国"
    assert (deciders.shown(first), deciders.shown(second)) == (("superseded",) * 2, ("valid",) * 2)
    deciders.decide(SUSPEND, number, ground="正在核查")
    assert deciders.shown(first) == deciders.shown(second) == ("suspended", "suspended")
    assert list(deciders.office.filings.titles_held([PERSON])) == [PERSON]
    assert len(deciders.office.filings.titles_held([PERSON])[PERSON]) == 1
    deciders.decide(REVOKE, number)
    assert deciders.shown(first) == deciders.shown(second) == ("revoked", "revoked")
    deciders.decide(REINSTATE, number, ground="复核后原决定不成立")
    assert (deciders.shown(first), deciders.shown(second)) == (("superseded",) * 2, ("valid",) * 2)
    assert deciders.office.filings.credit_blocks([PERSON]) == {}
    deciders.audit()


def test_a_corrected_certificate_is_exported_with_proofs_of_its_own(
    deciders: Deciders, tmp_path: Path
) -> None:
    number = issue_sun(deciders).draft.content.number
    deciders.decide(CORRECT, number, changes={"name": "孙健国"}, ground="姓名录入有误")
    assert deciders.office.export(tmp_path / "out", number=number) == 1
    trust = load_trust(deciders.office.settings.public_folder)
    raw_bundle = (tmp_path / "out" / f"{number}.bundle.json").read_bytes()
    verdict = check_bundle(raw_bundle, trust, deciders.clock.now()).as_json()
    assert (verdict["verdict"], verdict["certificate"]["version"]) == ("passed", 2)


def test_a_reinstated_person_may_be_revoked_again_with_a_record_of_its_own(deciders: Deciders) -> None:
    number = issue_sun(deciders).draft.content.number
    deciders.decide(REVOKE, number)
    deciders.decide(REINSTATE, number, ground="复核后原决定不成立")
    deciders.clock.advance(timedelta(days=10))
    deciders.decide(REVOKE, number, ground="另经核查，业绩材料与事实不符")
    assert deciders.office.filings.credit_blocks([PERSON]) == {
        PERSON: (CreditBlock(date(2024, 6, 13), date(2027, 6, 13)),)
    }
    with deciders.office.engine.begin() as connection:
        rows = connection.execute(select(credit_record.c.slot, credit_record.c.withdrawn_on)).all()
    assert len({row.slot for row in rows}) == 2
    assert sorted(str(row.withdrawn_on) for row in rows) == ["2024-06-03", "None"]


def test_only_valid_dual_directed_titles_count_towards_the_posts(deciders: Deciders) -> None:
    certificate = issue_dual(deciders)
    filings, number = deciders.office.filings, certificate.draft.content.number
    assert filings.dual_directed_holders() == {"222404": 1}
    deciders.decide(SUSPEND, number, ground="正在核查")
    assert filings.dual_directed_holders() == {}
    person = certificate.draft.content.award.document.number
    assert [title.number for title in filings.titles_held([person])[person]] == [number]


def test_payloads_open_their_commitments_and_hold_the_link_alone(deciders: Deciders) -> None:
    certificate = issue_sun(deciders)
    number, office = certificate.draft.content.number, deciders.office
    stored = deciders.decide(REVOKE, number)
    cipher = load_keys(office.settings.keys_folder, log_origin=office.settings.log_origin).cipher
    with office.engine.begin() as connection:
        (event,) = connection.execute(select(decision_event)).all()
        (credit,) = connection.execute(select(credit_record)).all()
    for sealed, salt, commitment, context in (
        (event.sealed_payload, event.sealed_salt, event.commitment, f"decision/{stored.id}/{event.slot}"),
        (credit.sealed_content, credit.sealed_salt, credit.commitment, f"credit/{credit.id}"),
    ):
        payload = cipher.decrypt(sealed, context=context.encode())
        assert commit(cipher.decrypt(salt, context=f"{context}/salt".encode()), payload) == commitment
        assert json.loads(payload)["number"] == number
    events = deciders.audit()
    assert {one.commitment for one in events[1:]} == {event.commitment, credit.commitment}
    assert len({one.slot for one in events}) == 2


def test_statuses_are_told_from_the_commit_on_even_before_the_log_shows_them(deciders: Deciders) -> None:
    certificate = issue_sun(deciders)
    number = certificate.draft.content.number
    deciders.office.deciding.confirm(deciders.propose(REVOKE, number), "checker")
    assert deciders.status(number) == [CertificateStatus.REVOKED]
    assert deciders.shown(certificate) == ("valid", "valid")
    answer = deciders.office.verification.check_qr(record_text(certificate.record)).as_json()
    assert (answer["verdict"], answer["status"]) == ("failed", "revoked")
    assert answer["decision"] == {
        "reference": "吉人社撤销〔2024〕7号",
        "date": "2024-06-03",
        "ground": "经核查，申报材料与事实不符",
        "effective_on": "2024-06-03",
    }
    deciders.office.catch_up()
    assert deciders.shown(certificate) == ("revoked", "revoked")


@pytest.mark.parametrize(
    ("recorded_on", "free_on"),
    [
        (date(2024, 6, 3), date(2027, 6, 3)),
        (date(2024, 2, 28), date(2027, 2, 28)),
        (date(2024, 2, 29), date(2027, 3, 1)),
        (date(2025, 3, 1), date(2028, 3, 1)),
    ],
)
def test_three_years_end_on_the_same_day(recorded_on: date, free_on: date) -> None:
    assert first_free_day(recorded_on) == free_on


def test_a_record_begins_on_the_day_of_the_confirmation_in_shanghai(deciders: Deciders) -> None:
    number = issue_sun(deciders).draft.content.number
    proposed = deciders.propose(REVOKE, number)
    deciders.clock.instant = datetime(2024, 6, 30, 16, 30, tzinfo=UTC)
    deciders.office.confirm_decision(proposed, "checker")
    (block,) = deciders.office.filings.credit_blocks([PERSON])[PERSON]
    assert block == CreditBlock(date(2024, 7, 1), date(2027, 7, 1))
