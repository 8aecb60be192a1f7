"""`POST /api/v1/past-bundle`: the whole history with its proofs, asked for and noted like a bundle."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
from certverify import load_trust
from certverify.past import check_past

from certsvc.adapters.local_rate_limiter import LocalRateLimiter
from certsvc.domain.decision import DecisionKind
from certsvc.entrypoints.public_api.application import create_app
from certsvc.entrypoints.public_api.joining import public_service
from certsvc.entrypoints.public_api.service import Limits
from tests.api.asking import PublicOffice, claim, qr_text
from tests.web.builders import served

PATH = "/api/v1/past-bundle"


def asked(public: PublicOffice, question: dict[str, Any]) -> httpx.Response:
    return public.client.post(PATH, json=question)


def test_a_past_bundle_is_for_those_who_hold_the_record_or_know_the_holder(public: PublicOffice) -> None:
    certificate = public.regular[0]
    content = certificate.draft.content
    public.decide(DecisionKind.SUSPEND, certificate)
    by_record, by_claim = asked(public, {"qr": qr_text(certificate)}), asked(public, claim(certificate))
    assert by_record.status_code == by_claim.status_code == 200
    assert by_record.content == by_claim.content
    assert (by_record.headers["cache-control"], by_record.headers["content-type"]) == (
        "no-store",
        "application/json",
    )
    trust = load_trust(public.office.settings.public_folder)
    answer = check_past(by_record.content, trust, public.clock.now()).as_json()
    assert [event["kind"] for event in answer["past"]["events"]] == ["issued", "suspended"]
    assert "content-closed" in answer["verdict"]["not_established"]
    versions = by_record.json()["versions"]
    assert {event["opening"] for version in versions for event in version["events"]} == {None}
    assert public.looks() == [("api", "public", content.number)] * 2


def test_whatever_does_not_agree_has_one_and_the_same_answer_and_is_no_look(public: PublicOffice) -> None:
    certificate = public.regular[0]
    text = qr_text(certificate)
    refused = [
        asked(public, question)
        for question in (
            {"qr": text[:-1] + "X"},
            {"qr": "x"},
            claim(certificate, number="2220230510009999"),
            claim(certificate, name="何人"),
            claim(certificate, id_last4="0000"),
        )
    ]
    assert {answer.status_code for answer in refused} == {404}
    bodies = [{**answer.json(), "instance": ""} for answer in refused]
    assert all(body == bodies[0] for body in bodies)
    assert asked(public, {"number": certificate.draft.content.number}).status_code == 422
    assert public.client.get(PATH).status_code == 405
    assert public.looks() == []


def test_while_an_event_is_being_logged_everybody_is_asked_to_come_back(public: PublicOffice) -> None:
    certificate = public.regular[0]
    public.decide(DecisionKind.CORRECT, certificate, logged=False, changes={"name": "更名人"})
    public.office.record_waiting()
    public.office.republish()
    answer = asked(public, {"qr": qr_text(certificate)})
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    public.office.catch_up()
    assert asked(public, {"qr": qr_text(certificate)}).status_code == 200


def test_bundles_of_both_sorts_count_together(shared: PublicOffice) -> None:
    limits = Limits(verify_per_minute=3, bundle_per_minute=2, guesses_per_hour=3)
    service = replace(public_service(shared.office), limits=limits, limiter=LocalRateLimiter())
    question = {"qr": qr_text(shared.regular[0])}
    with served(create_app(shared.office.settings.public_folder, service)) as address:
        answers = [
            httpx.post(address + path, json=question, trust_env=False).status_code
            for path in ("/api/v1/bundle", PATH, PATH, "/api/v1/bundle")
        ]
    assert answers == [200, 200, 429, 429]


def test_a_certificate_that_is_not_published_has_none(public: PublicOffice) -> None:
    certificate = public.regular[0]
    with public.office.engine.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE certificate SET state = 'logged' WHERE number = '{certificate.draft.content.number}'"
        )
    assert asked(public, claim(certificate)).status_code == 404
