"""The interface as programs meet it: limits, problems, headers, readiness, measurements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest
from certverify.confinement import Layer
from fastapi import FastAPI

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.local_rate_limiter import LocalRateLimiter
from certsvc.entrypoints.public_api import create_app
from certsvc.entrypoints.public_api.joining import public_service
from certsvc.entrypoints.public_api.service import Limits, PublicService
from tests.api.asking import PublicOffice, claim, qr_text
from tests.web.builders import served

JSON = {"Content-Type": "application/json"}
PDF = {"Content-Type": "application/pdf"}
VERIFY, VERIFY_PDF, BUNDLE = "/api/v1/verify", "/api/v1/verify/pdf", "/api/v1/bundle"
LARGE = b"%PDF-" + bytes(2_000_000)


def service_of(public: PublicOffice, **limits: Any) -> PublicService:
    return replace(public_service(public.office), limits=Limits(**limits), limiter=LocalRateLimiter())


@pytest.fixture
def strict(shared: PublicOffice) -> Iterator[httpx.Client]:
    """A client of a face that allows three verifications and one bundle a minute."""
    service = service_of(shared, verify_per_minute=3, bundle_per_minute=1)
    app = create_app(shared.office.settings.public_folder, service)
    with served(app) as address, httpx.Client(base_url=address, trust_env=False) as client:
        yield client


PROBLEMS: dict[str, tuple[str, str, dict[str, Any], int, str]] = {
    "no JSON": ("POST", VERIFY, {"content": b"{", "headers": JSON}, 400, "bad-request"),
    "bytes that are no text": ("POST", VERIFY, {"content": b'"\xff"', "headers": JSON}, 400, "bad-request"),
    "no such address": ("GET", "/api/v1/nothing", {}, 404, "unknown-reference"),
    "reading": ("GET", VERIFY, {}, 405, "method-not-allowed"),
    "reading a file": ("GET", VERIFY_PDF, {}, 405, "method-not-allowed"),
    "reading a bundle": ("GET", BUNDLE, {}, 405, "method-not-allowed"),
    "deleting": ("DELETE", VERIFY, {}, 405, "method-not-allowed"),
    "a long question": ("POST", VERIFY, {"content": b'"' + b"1" * 20_000, "headers": JSON}, 413, "request-entity-too-large"),
    "a long file": ("POST", VERIFY_PDF, {"content": LARGE, "headers": PDF}, 413, "request-entity-too-large"),
    "a form": ("POST", VERIFY, {"data": {"qr": "x"}}, 415, "unsupported-media-type"),
    "no content type": ("POST", VERIFY, {"content": b"{}"}, 415, "unsupported-media-type"),
    "a picture": ("POST", VERIFY_PDF, {"content": b"x", "headers": {"Content-Type": "image/png"}}, 415, "unsupported-media-type"),
    "nothing asked": ("POST", VERIFY, {"json": {}}, 422, "unprocessable-content"),
    "a list": ("POST", VERIFY, {"json": []}, 422, "unprocessable-content"),
    "a number for a text": ("POST", VERIFY, {"json": {"qr": 5}}, 422, "unprocessable-content"),
    "both ways at once": ("POST", VERIFY, {"json": {"qr": "x", "number": "x"}}, 422, "unprocessable-content"),
    "something unknown": ("POST", VERIFY, {"json": {"qr": "x", "more": 1}}, 422, "unprocessable-content"),
    "half a claim": ("POST", BUNDLE, {"json": {"number": "x", "name": "x"}}, 422, "unprocessable-content"),
    "a text too long": ("POST", VERIFY, {"json": {"qr": "1" * 4097}}, 422, "unprocessable-content"),
    "half a character": ("POST", VERIFY, {"content": b'{"qr": "\\ud800"}', "headers": JSON}, 422, "unprocessable-content"),
    "a place in words": ("POST", VERIFY, {"json": {"qr": "x", "place": "珲春"}}, 422, "unprocessable-content"),
    "a place in other digits": ("POST", VERIFY, {"json": {"qr": "x", "place": "٢٢٢٤٠٤"}}, 422, "unprocessable-content"),
    "a place with a line feed": ("POST", VERIFY, {"json": {"qr": "x", "place": "222404\n"}}, 422, "unprocessable-content"),
    "a file's place in words": ("POST", VERIFY_PDF + "?place=x", {"content": b"x", "headers": PDF}, 422, "unprocessable-content"),
}  # fmt: skip


@pytest.mark.parametrize("case", PROBLEMS)
def test_what_cannot_be_served_is_a_problem_of_one_shape(shared: PublicOffice, case: str) -> None:
    method, path, sent, status, code = PROBLEMS[case]
    answer = shared.client.request(method, path, **sent)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    problem = answer.json()
    assert set(problem) - {"errors"} == {"type", "title", "status", "detail", "code", "instance"}
    assert (problem["status"], problem["code"], problem["type"]) == (
        status,
        code,
        f"urn:certsvc:problem:{code}",
    )
    assert problem["instance"].removeprefix("urn:certsvc:request:") == answer.headers["x-request-id"]
    assert answer.headers["cache-control"] == "no-store"
    if status == 405:
        assert answer.headers["allow"] == "POST"


def test_a_wrong_field_is_named_by_its_place_and_never_by_its_value(shared: PublicOffice) -> None:
    answer = shared.client.post(
        VERIFY, json={"number": "秘密" * 40, "name": "x", "id_last4": "12", "机密": 1}
    )
    assert {"pointer": "#/HolderVerifyQuestion/id_last4", "code": "string-too-short"} in answer.json()[
        "errors"
    ]
    assert "秘密" not in answer.text
    assert "机密" not in answer.text


def test_a_file_may_come_in_a_form(shared: PublicOffice) -> None:
    raw = shared.document(shared.regular[0])
    sent = {"file": ("证书.pdf", raw, "application/pdf")}
    assert shared.client.post(VERIFY_PDF, files=sent).json() == shared.verify_pdf(raw)
    for wrong in ({"other": sent["file"]}, {"file": ("x", LARGE)}):
        assert shared.client.post(VERIFY_PDF, files=wrong).status_code in (400, 413)
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    assert shared.client.post(VERIFY_PDF, content=b"--y", headers=broken).status_code == 400
    assert (
        shared.client.post(
            VERIFY_PDF, content=b"", headers={"Content-Type": "multipart/form-data"}
        ).status_code
        == 400
    )


def test_a_body_of_unannounced_length_is_cut_off_too(shared: PublicOffice) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(1000):
            yield b" " * 1024

    answer = shared.client.post(VERIFY, content=endless(), headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (413, "request-entity-too-large")


def test_who_asks_too_often_is_told_when_to_come_back(shared: PublicOffice, strict: httpx.Client) -> None:
    question = {"qr": qr_text(shared.regular[0])}
    assert [strict.post(VERIFY, json=question).status_code for _ in range(3)] == [200, 200, 200]
    refused = strict.post(VERIFY, json=question)
    assert (refused.status_code, refused.json()["code"]) == (429, "too-many-requests")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert strict.post(VERIFY_PDF, content=b"x", headers=PDF).status_code == 429
    assert strict.post(BUNDLE, json=question).status_code == 200
    assert strict.post(BUNDLE, json=question).status_code == 429
    assert strict.get("/v").status_code == strict.get("/checkpoint").status_code == 200


def test_the_last_four_characters_cannot_be_tried_out(shared: PublicOffice) -> None:
    limited = replace(
        service_of(shared),
        limits=Limits(verify_per_minute=1000, guesses_per_hour=3),
        limiter=LocalRateLimiter(),
    )
    certificate = shared.regular[0]
    known = {"number": certificate.draft.content.number, "name": certificate.draft.content.award.name}
    unknown = {**known, "number": "2220230510009999"}
    with served(create_app(shared.office.settings.public_folder, limited)) as address:
        for question in (known, unknown):
            answers = [
                httpx.post(
                    f"{address}{VERIFY}", json={**question, "id_last4": f"{guess:04}"}, trust_env=False
                )
                for guess in range(5)
            ]
            assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]


def test_no_answer_sets_a_cookie_or_lacks_a_security_header(shared: PublicOffice) -> None:
    question = {"qr": qr_text(shared.regular[0])}
    answers = [
        shared.client.post(VERIFY, json=question),
        shared.client.post(VERIFY, json={}),
        shared.client.post(VERIFY_PDF, content=b"x", headers=PDF),
        shared.client.post(BUNDLE, json=question),
        shared.client.post(VERIFY, content=b"1" * 20_000, headers=JSON),
        *(shared.client.get(path) for path in ("/healthz", "/readyz", "/metrics", "/openapi.json", "/v")),
    ]
    for answer in answers:
        assert "set-cookie" not in answer.headers
        assert "access-control-allow-origin" not in answer.headers
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert len(answer.headers["x-request-id"]) == 10


def test_an_answer_that_takes_too_long_is_given_up(shared: PublicOffice) -> None:
    app = create_app(shared.office.settings.public_folder, service_of(shared, answer_seconds=0.2))
    released = Event()
    _add_slow_route(app, released)
    with served(app) as address, httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
        answer = client.get("/api/slow")
        assert (answer.status_code, answer.json()["code"]) == (503, "timeout")
        assert answer.headers["retry-after"] == "5"
        assert not released.is_set(), "the answer did not wait for the route"
        released.set()
        assert client.get("/healthz").status_code == 200


def _add_slow_route(app: FastAPI, released: Event) -> None:
    """A route that answers when it is released, and lets go of its thread after a minute in any case."""

    @app.get("/api/slow")
    def slow() -> dict[str, str]:
        released.wait(60)
        released.set()
        return {}

    app.router.routes.insert(0, app.router.routes.pop())


def test_ready_means_database_young_checkpoint_and_published_keys(public: PublicOffice) -> None:
    ready = public.client.get("/readyz")
    told = ready.json()
    signers, walls = told.pop("signers"), told.pop("sandbox")
    assert (ready.status_code, told) == (
        200,
        {
            "status": "ready",
            "checks": {"database": "ok", "checkpoint": "ok", "keys": "ok"},
            "unfinished_copies": 0,
        },
    )
    assert {(one["key"], one["finding"], one["reachable"]) for one in signers} == {
        (key, "ok", True) for key in ("record", "log", "document", "api")
    }
    assert set(walls) == set(Layer)
    assert walls[Layer.CALLS]
    public.clock.advance(timedelta(hours=1, seconds=1))
    stale = public.client.get("/readyz")
    assert (stale.status_code, stale.json()["code"]) == (503, "not-ready")
    assert stale.json()["checks"] == {"database": "ok", "checkpoint": "checkpoint-stale", "keys": "ok"}
    public.office.republish()
    assert public.client.get("/readyz").status_code == 200
    (public.office.settings.public_folder / "trust-list.json").unlink()
    assert public.client.get("/readyz").json()["checks"]["keys"] == "unreadable"
    problem = public.client.post(VERIFY, json={"qr": "x"})
    assert (problem.status_code, problem.json()["code"]) == (503, "unavailable")


def test_a_database_that_is_away_is_said_by_readiness_and_by_a_problem(
    tmp_path: Path, shared: PublicOffice
) -> None:
    from certsvc.adapters.database import open_for_reading
    from certsvc.adapters.register import DatabaseRegister
    from certsvc.stages.readiness import Readiness
    from certsvc.stages.verify import MAX_AGE_ON_LINE, Verification

    office = shared.office
    nowhere = DatabaseRegister(
        open_for_reading(f"sqlite:///{tmp_path / 'no' / 'database.sqlite3'}"), office.keys.cipher
    )
    state = office.published_state
    service = replace(
        service_of(shared),
        verification=Verification(state, nowhere, office.clock),
        readiness=Readiness(state, nowhere, office.keys.record, office.clock, MAX_AGE_ON_LINE),
    )
    with served(create_app(office.settings.public_folder, service)) as address:
        ready = httpx.get(f"{address}/readyz", trust_env=False)
        assert ready.json()["checks"]["database"] == "unavailable"
        answer = httpx.post(f"{address}{VERIFY}", json={"qr": qr_text(shared.regular[0])}, trust_env=False)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


def test_measurements_count_by_template_status_and_code(public: PublicOffice, clock: FixedClock) -> None:
    public.verify({"qr": qr_text(public.regular[0])})
    public.verify(claim(public.regular[0], name="何人"))
    public.client.get("/tile/0/000")
    clock.advance(timedelta(seconds=90))
    measured = public.client.get("/metrics")
    assert measured.headers["content-type"].startswith("text/plain; version=0.0.4")
    for line in (
        'certsvc_http_requests_total{method="POST",route="/api/v1/verify",status="200"} 2.0',
        'certsvc_http_requests_total{method="GET",route="/{path:path}",status="404"} 1.0',
        'certsvc_verdicts_total{verdict="passed"} 1.0',
        'certsvc_verdict_findings_total{code="certificate-not-found"} 1.0',
        'certsvc_http_request_seconds_count{method="POST",route="/api/v1/verify"} 2.0',
        "certsvc_checkpoint_age_seconds 90.0",
    ):
        assert line in measured.text


def test_the_public_face_cannot_write_to_the_register(public: PublicOffice) -> None:
    from sqlalchemy.exc import DBAPIError

    from certsvc.errors import CertsvcError

    with pytest.raises((DBAPIError, CertsvcError)), public.office.reading_engine.begin() as connection:
        connection.exec_driver_sql("UPDATE certificate SET status = 1")
    assert [name for name in dir(public.office.verification) if not name.startswith("_")] == [
        "check_document", "check_holder", "check_qr", "identify_holder", "identify_qr",
    ]  # fmt: skip
