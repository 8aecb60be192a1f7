"""What stays secret: whether a number exists, who was asked about, what stands in a certificate."""

from __future__ import annotations

import io
import json
import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest

from certsvc.adapters.structured_log import configure_log
from tests.api.asking import PublicOffice, claim, codes, qr_text

UNKNOWN_NUMBER = "222099051000001X"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged meanwhile, down to debug."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    stream = io.StringIO()
    configure_log("debug", stream)
    yield stream
    root.handlers = handlers
    root.setLevel(level)


def test_whatever_does_not_agree_gives_one_answer_byte_for_byte(shared: PublicOffice) -> None:
    certificate, other = shared.regular[:2]
    questions = [
        claim(certificate, number=UNKNOWN_NUMBER),
        claim(certificate, number="x"),
        claim(certificate, name="何人"),
        claim(certificate, id_last4="0000"),
        claim(certificate, id_last4="00·0"),
        claim(certificate, name=other.draft.content.award.name),
        claim(shared.dual[0], name="何人"),
        claim(shared.dual[0], name="何人") | {"place": "222404"},
    ]
    answers = [shared.client.post("/api/v1/verify", json=question) for question in questions]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["findings"][0]["code"] == "certificate-not-found"
    assert answers[0].json()["verdict"] == "undetermined"
    without_own = [
        {name: value for name, value in answer.headers.items() if name not in ("x-request-id", "date")}
        for answer in answers
    ]
    assert all(headers == without_own[0] for headers in without_own)


def test_a_certificate_that_is_not_published_is_unknown(public: PublicOffice) -> None:
    other, certificate = public.regular[:2]
    with public.office.engine.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE certificate SET state = 'logged' WHERE number = '{certificate.draft.content.number}'"
        )
    unknown = public.verify(claim(other, name="何人"))
    assert codes(unknown)[0] == "certificate-not-found"
    assert public.verify(claim(certificate)) == unknown
    assert public.bundle(claim(certificate)).status_code == 404


def test_an_office_without_certificates_answers_as_ever(public: PublicOffice) -> None:
    with public.office.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE certificate SET state = 'logged'")
    unknown = public.verify(claim(public.regular[0], name="何人"))
    assert codes(unknown)[0] == "certificate-not-found"
    assert public.verify(claim(public.regular[1])) == unknown


def test_a_bundle_is_for_those_who_hold_the_record_or_know_the_holder(public: PublicOffice) -> None:
    certificate = public.regular[0]
    number = certificate.draft.content.number
    by_record = public.bundle({"qr": qr_text(certificate)})
    by_claim = public.bundle(claim(certificate))
    assert by_record.status_code == by_claim.status_code == 200
    assert by_record.content == by_claim.content
    assert by_record.headers["cache-control"] == "no-store"
    bundle = json.loads(by_record.content)
    assert (bundle["format"], bundle["opening"]) == ("certsvc-bundle/1", None)
    assert certificate.draft.content.award.document.number.encode() not in by_record.content
    assert public.looks() == [("api", "public", number)] * 2
    text = qr_text(certificate)
    refused = [
        public.bundle(question)
        for question in (
            {"qr": text[:-1] + "X"},
            {"qr": "x"},
            claim(certificate, number=UNKNOWN_NUMBER),
            claim(certificate, name="何人"),
            claim(certificate, id_last4="0000"),
        )
    ]
    bodies = [{**answer.json(), "instance": ""} for answer in refused]
    assert {answer.status_code for answer in refused} == {404}
    assert all(body == bodies[0] for body in bodies)
    assert public.bundle({"number": number}).status_code == 422
    assert len(public.looks()) == 2


def test_the_log_holds_one_line_a_request_and_nothing_that_was_sent(
    shared: PublicOffice, log: io.StringIO
) -> None:
    secrets: set[str] = set()
    for certificate in (*shared.regular, *shared.dual):
        content = certificate.draft.content
        award = content.award
        secrets |= {award.name, award.document.number, content.number, qr_text(certificate, "")[:40]}
        for question in ({"qr": qr_text(certificate)}, claim(certificate), claim(certificate, name="何人某")):
            shared.verify(question)
            shared.bundle(question)
        shared.verify_pdf(shared.document(certificate))
        shared.client.post("/api/v1/verify", json=claim(certificate, **{award.name: award.name}))
        shared.client.post(
            "/api/v1/verify", content=award.name.encode(), headers={"Content-Type": "application/json"}
        )
        shared.client.get(f"/{content.number}", params={"name": award.name})
        shared.client.get("/v", params={"name": award.name}, headers={"X-Request-Id": award.name.encode()})
    expected = 11 * len([*shared.regular, *shared.dual])
    requests = logged_requests(log, expected)
    assert len(requests) == expected
    assert set(requests[0]) == {
        "event", "level", "logger", "timestamp", "method", "route", "status", "ms", "request_id",
    }  # fmt: skip
    assert {line["route"] for line in requests} >= {"/api/v1/verify", "/api/v1/verify/pdf", "/api/v1/bundle"}
    shown = log.getvalue() + shared.client.get("/metrics").text
    assert not [secret for secret in secrets | {"何人某", "127.0.0.1"} if secret in shown]


def test_a_failure_is_logged_by_its_kind_and_place_without_its_words(log: io.StringIO) -> None:
    try:
        raise ValueError("林晓棠 229901198503171022")
    except ValueError:
        logging.getLogger("anything").exception("an exception in %s", "the application")
    (line,) = map(json.loads, log.getvalue().splitlines())
    assert (line["event"], line["exception"]) == ("an exception in the application", ["builtins.ValueError"])
    assert "test_nothing_leaks.py" in line["raised_at"]
    assert "林晓棠" not in log.getvalue()


def test_every_request_id_is_in_the_log_and_in_the_answer(shared: PublicOffice, log: io.StringIO) -> None:
    answer = shared.client.get("/nothing")
    (line,) = logged_requests(log, 1)
    assert line["request_id"] == answer.headers["x-request-id"]
    assert answer.json()["instance"] == f"urn:certsvc:request:{line['request_id']}"


def logged_requests(log: io.StringIO, count: int) -> list[dict[str, Any]]:
    """The lines of requests; the last one is written after its answer was read."""
    end = time.monotonic() + 5
    while log.getvalue().count('"event": "request"') < count and time.monotonic() < end:
        time.sleep(0.01)
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    return [line for line in lines if line["event"] == "request"]
