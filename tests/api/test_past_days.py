"""`POST /api/v1/history`: how a certificate stood on a past day, as recorded then and as known now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from certverify.verdict import StatusWord

from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.decision import DecisionKind
from tests.api.asking import GROUND, REFERENCE, PublicOffice, claim, qr_text

PATH = "/api/v1/history"
ISSUED_ON, DECIDED_ON = "2026-11-20", "2026-12-01"


def asked(public: PublicOffice, question: dict[str, Any], **more: str) -> httpx.Response:
    return public.client.post(PATH, json={**question, **more})


def views(public: PublicOffice, question: dict[str, Any], on: str) -> tuple[str, str]:
    """The status as recorded then, and as known now."""
    answer = asked(public, question, on=on).json()
    assert answer["on"] == on
    return answer["recorded_then"]["status"], answer["known_now"]["status"]


def decide_later(public: PublicOffice, kind: DecisionKind, number: str, reference: str = REFERENCE) -> None:
    """Decided and confirmed ten days later than what was before."""
    public.clock.advance(timedelta(days=10))
    today = public.clock.today()
    office = public.office
    proposed = office.deciding.propose(kind, number, reference, today, GROUND, "maker")
    office.confirm_decision(proposed, "checker")


def test_a_voided_title_was_valid_by_the_records_of_then_and_never_counted_now(public: PublicOffice) -> None:
    public.clock.instant = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
    certificate = public.regular[0]
    content = certificate.draft.content
    decide_later(public, DecisionKind.VOID, content.number)
    public.clock.advance(timedelta(days=3))
    acquired = content.award.acquired_on.isoformat()
    for question in ({"qr": qr_text(certificate)}, claim(certificate)):
        assert views(public, question, ISSUED_ON) == ("valid", "voided")
        assert views(public, question, DECIDED_ON) == ("voided", "voided")
        assert views(public, question, acquired) == ("not_recorded", "voided")
        assert views(public, question, "2020-01-01") == ("not_recorded", "not_recorded")
        answer = asked(public, question, on=ISSUED_ON).json()
        assert answer["events"] == [
            {
                "event": "issued",
                "zh": "签发",
                "effective_on": acquired,
                "recorded_on": ISSUED_ON,
                "reference": None,
                "ground": None,
            },
            {
                "event": "voided",
                "zh": "宣布无效",
                "effective_on": acquired,
                "recorded_on": DECIDED_ON,
                "reference": REFERENCE,
                "ground": GROUND,
            },
        ]
        assert (answer["recorded_then"]["zh"], answer["known_now"]["zh"]) == ("有效", "无效")
        assert answer["certificate"]["number"] == content.number
        assert content.award.name not in str(answer)
        assert content.award.document.number not in str(answer)


def test_an_ending_that_was_lifted_stood_by_the_records_of_then_alone(public: PublicOffice) -> None:
    certificate = public.regular[0]
    number, question = certificate.draft.content.number, {"qr": qr_text(certificate)}
    decide_later(public, DecisionKind.REVOKE, number)
    decide_later(public, DecisionKind.REINSTATE, number, "吉人社复〔2026〕1号")
    revoked_on, lifted_on = "2026-11-30", "2026-12-10"
    assert views(public, question, ISSUED_ON) == ("valid", "valid")
    assert views(public, question, revoked_on) == ("revoked", "valid")
    assert views(public, question, lifted_on) == ("valid", "valid")


def test_a_suspension_stays_what_it_was_and_a_correction_counts_versions(public: PublicOffice) -> None:
    certificate = public.regular[0]
    number, question = certificate.draft.content.number, {"qr": qr_text(certificate)}
    public.decide(DecisionKind.CORRECT, certificate, changes={"name": "更名人"})
    decide_later(public, DecisionKind.SUSPEND, number)
    decide_later(public, DecisionKind.REINSTATE, number, "吉人社复〔2026〕2号")
    assert views(public, question, "2026-12-05") == ("suspended", "suspended")
    answer = asked(public, question, on=ISSUED_ON).json()
    assert answer["known_now"] == {"status": "valid", "zh": "有效", "version": 2}
    assert [one["event"] for one in answer["events"]] == ["issued", "corrected", "suspended", "reinstated"]


def test_whatever_does_not_agree_has_one_and_the_same_answer(shared: PublicOffice) -> None:
    certificate = shared.regular[0]
    good = claim(certificate)
    answers = [
        asked(shared, question, on=ISSUED_ON)
        for question in (
            good | {"number": "2220230510000019"},
            good | {"name": "别人"},
            good | {"id_last4": "0000"},
            {"qr": "AAAA"},
            {"qr": qr_text(certificate)[:-4] + "0000"},
        )
    ]
    assert {answer.status_code for answer in answers} == {404}
    told = [{key: value for key, value in one.json().items() if key != "instance"} for one in answers]
    assert all(one == told[0] for one in told)
    assert "历史数据" in told[0]["detail"], "older titles have no past answer, and everybody is told so"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"on": "2026-11-21"}, 400),
        ({"on": "yesterday"}, 422),
        ({"on": 20261120}, 422),
        ({"on": None}, 422),
        ({"more": "x"}, 422),
        ({"place": "x"}, 422),
    ],
)
def test_days_to_come_and_unfit_questions_are_refused(
    shared: PublicOffice, changes: dict[str, Any], status: int
) -> None:
    question = {**claim(shared.regular[0]), "on": ISSUED_ON, **changes}
    assert shared.client.post(PATH, json=question).status_code == status
    assert shared.client.get(PATH).status_code == 405


def test_the_place_of_use_is_answered_too(shared: PublicOffice) -> None:
    question = {"qr": qr_text(shared.dual[0])}
    for place, here in (("222404", "yes"), ("222401", "no"), ("222400", "undetermined")):
        assert asked(shared, question, on=ISSUED_ON, place=place).json()["valid_here"] == here


def test_history_and_verdict_use_the_same_words() -> None:
    assert {one.word for one in CertificateStatus} == {one.value for one in StatusWord} - {"unknown"}


def test_questions_about_the_past_count_like_verifications(public: PublicOffice) -> None:
    limit = public.office.settings.verify_per_minute
    question = {"qr": qr_text(public.regular[0]), "on": ISSUED_ON}
    codes = {public.client.post(PATH, json=question).status_code for _ in range(limit + 1)}
    assert codes == {200, 429}
    assert public.client.post("/api/v1/verify", json={"qr": question["qr"]}).status_code == 429
