"""A request that is sent again with its idempotency key gets the very answer that it got before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Event, Thread
from typing import Any

import httpx
import pytest
from annotated_types import Le
from sqlalchemy import select

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.database import migrate, open_database
from certsvc.adapters.idempotency_schema import idempotent_request
from certsvc.adapters.idempotency_store import BROKEN_OFF_AFTER, DatabaseIdempotentRequests
from certsvc.adapters.local_rate_limiter import LocalRateLimiter
from certsvc.adapters.personal_cipher import AesGcmCipher
from certsvc.entrypoints.public_api import create_app
from certsvc.entrypoints.public_api.allowances_left import counted_under
from certsvc.entrypoints.public_api.idempotency import ROUTES
from certsvc.entrypoints.public_api.job_api import JOB_SECONDS
from certsvc.entrypoints.public_api.joining import public_service
from certsvc.entrypoints.public_api.service import Limits
from certsvc.ports.idempotency import Begun, IdempotentRequest, KeptAnswer, OtherContent, StillRunning
from certsvc.settings import Settings
from tests.api.asking import PublicOffice, claim, qr_text
from tests.web.builders import served

REPORT, HISTORY = "/api/v1/report", "/api/v1/history"
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
ANSWER = KeptAnswer(200, (("content-type", "application/pdf"),), b"%PDF-1.7 \xe6")
CIPHER = AesGcmCipher({1: bytes(32)}, look_up_key=bytes(range(32)))


def asked(content: bytes = b"{}", **changes: str) -> IdempotentRequest:
    known = {"asker": "192.0.2.1", "route": REPORT, "key": "8e03978e-40d5"} | changes
    return IdempotentRequest(**known, content_digest=sha256(content).digest())


@pytest.fixture
def requests(database_url: str) -> Iterator[DatabaseIdempotentRequests]:
    """The requests of an empty database, on each kind."""
    engine = open_database(database_url)
    migrate(engine)
    yield DatabaseIdempotentRequests(engine, CIPHER, FixedClock(NOON))
    engine.dispose()


def test_one_request_is_answered_once_and_the_answer_is_told_again(
    requests: DatabaseIdempotentRequests,
) -> None:
    begun = requests.begin(asked(), NOON)
    assert isinstance(begun, Begun)
    assert requests.begin(asked(), NOON + timedelta(seconds=20)) == StillRunning(100)
    requests.keep(asked(), begun.turn, ANSWER)
    assert requests.begin(asked(), NOON + timedelta(hours=23)) == ANSWER
    assert requests.begin(asked(b"other"), NOON) == OtherContent()
    for changes in ({"asker": "key:1"}, {"route": "/x"}, {"key": "8e03978e-40d6"}):
        assert isinstance(requests.begin(asked(**changes), NOON), Begun)


def test_who_was_killed_while_answering_is_taken_over_and_keeps_nothing_afterwards(
    requests: DatabaseIdempotentRequests,
) -> None:
    killed, later = requests.begin(asked(), NOON), NOON + BROKEN_OFF_AFTER
    taken_over = requests.begin(asked(), later)
    assert isinstance(killed, Begun)
    assert isinstance(taken_over, Begun)
    requests.keep(asked(), killed.turn, replace(ANSWER, body=b"late"))
    requests.give_up(asked(), killed.turn)
    assert isinstance(requests.begin(asked(), later), StillRunning)
    requests.keep(asked(), taken_over.turn, ANSWER)
    requests.give_up(asked(), taken_over.turn)
    assert requests.begin(asked(), later) == ANSWER


def test_nothing_is_taken_for_broken_off_while_it_may_still_be_answered() -> None:
    (most,) = (one.le for one in Settings.model_fields["answer_seconds"].metadata if isinstance(one, Le))
    assert timedelta(seconds=2 * max(JOB_SECONDS, most)) <= BROKEN_OFF_AFTER


def test_what_was_not_answered_may_be_sent_again_at_once(requests: DatabaseIdempotentRequests) -> None:
    begun = requests.begin(asked(), NOON)
    assert isinstance(begun, Begun)
    requests.give_up(asked(), begun.turn)
    assert isinstance(requests.begin(asked(b"other"), NOON), Begun)


def test_after_a_day_a_key_is_free_and_its_answer_is_gone(
    requests: DatabaseIdempotentRequests, database_url: str
) -> None:
    for key in ("first-key", "second-key"):
        begun = requests.begin(asked(key=key), NOON - timedelta(hours=24))
        assert isinstance(begun, Begun)
        requests.keep(asked(key=key), begun.turn, ANSWER)
    assert isinstance(requests.begin(asked(b"new", key="first-key"), NOON), Begun)
    requests.work(lambda: False)
    engine = open_database(database_url)
    with engine.begin() as connection:
        (left,) = connection.execute(select(idempotent_request)).all()
    engine.dispose()
    assert left.sealed_answer is None


def test_nothing_readable_is_kept(requests: DatabaseIdempotentRequests, database_url: str) -> None:
    begun = requests.begin(asked(), NOON)
    assert isinstance(begun, Begun)
    requests.keep(asked(), begun.turn, ANSWER)
    engine = open_database(database_url)
    with engine.begin() as connection:
        (row,) = connection.execute(select(idempotent_request)).all()
    engine.dispose()
    shown = b"".join(bytes(value) if isinstance(value, bytes) else str(value).encode() for value in row)
    for known in (b"%PDF", b"192.0.2.1", b"8e03978e", sha256(b"{}").digest()):
        assert known not in shown


@pytest.fixture(scope="module")
def client(shared: PublicOffice) -> Iterator[httpx.Client]:
    """A client of a face of its own."""
    service = replace(public_service(shared.office), limiter=LocalRateLimiter())
    app = create_app(shared.office.settings.public_folder, service)
    with served(app) as address, httpx.Client(base_url=address, trust_env=False) as client:
        yield client


def ask(client: httpx.Client, question: dict[str, Any], key: str, path: str = REPORT) -> httpx.Response:
    return client.post(path, json=question, headers={"Idempotency-Key": key})


def test_a_report_is_made_once_for_one_key(shared: PublicOffice, client: httpx.Client) -> None:
    question = {"qr": qr_text(shared.regular[0])}
    first, again = (ask(client, question, '"b1946ac9-2f5c-4a3e"') for _ in range(2))
    assert first.status_code == again.status_code == 200
    assert first.content == again.content
    for name in ("content-type", "content-disposition", "cache-control", "content-length"):
        assert first.headers[name] == again.headers[name]
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert ask(client, question, "another-key-000").content != first.content
    other = ask(client, {"qr": qr_text(shared.regular[1])}, "b1946ac9-2f5c-4a3e")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


def test_a_refusal_is_not_kept(shared: PublicOffice, client: httpx.Client) -> None:
    wrong, key = claim(shared.regular[0], name="别人"), "c5d1b3a0-refused"
    assert [ask(client, wrong, key).status_code for _ in range(2)] == [404, 404]
    assert ask(client, claim(shared.regular[0]), key).status_code == 200


@pytest.mark.parametrize("key", ["short", "x" * 129, '"half-quoted', "with blank 12", "", "键" * 8])
def test_a_key_that_is_none_is_refused(shared: PublicOffice, client: httpx.Client, key: str) -> None:
    sent = [("Content-Type", "application/json"), ("Idempotency-Key", key.encode())]
    answer = client.post(REPORT, content=b'{"qr": "x"}', headers=sent)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-request")


def test_two_keys_at_once_are_none(client: httpx.Client) -> None:
    sent = [("Content-Type", "application/json"), ("Idempotency-Key", "a" * 8), ("Idempotency-Key", "b" * 8)]
    assert client.post(REPORT, content=b'{"qr": "x"}', headers=sent).status_code == 400


def test_where_nothing_new_is_made_the_key_is_not_looked_at(
    shared: PublicOffice, client: httpx.Client
) -> None:
    for name in ("别人", "又一人"):
        question = claim(shared.regular[0], name=name) | {"on": "2026-11-01"}
        assert ask(client, question, "d41d8cd98f00b204", HISTORY).status_code == 404


def test_each_question_that_makes_something_says_what_it_is_counted_under() -> None:
    assert set(counted_under(Limits())) == ROUTES


@pytest.fixture(scope="module")
def used_up(shared: PublicOffice) -> Iterator[httpx.Client]:
    """A client of a face where an address may ask for everything once, and has."""
    service = public_service(shared.office)
    once = replace(
        service.limits,
        verify_per_minute=1,
        bundle_per_minute=1,
        batch_rows_per_hour=1,
        job_rows_per_day=1,
        job_uploads_per_minute=1,
        suspicions_per_hour=1,
    )
    limiter = LocalRateLimiter()
    for allowances in counted_under(once).values():
        for purpose, limit, per_seconds, _ in allowances:
            limiter.allow(f"{purpose}:127.0.0.1", limit, per_seconds)
    service = replace(service, limits=once, limiter=limiter)
    app = create_app(shared.office.settings.public_folder, service)
    with served(app) as address, httpx.Client(base_url=address, trust_env=False) as client:
        yield client


@pytest.mark.parametrize("path", sorted(ROUTES))
def test_a_question_too_many_is_refused_before_it_is_written_down(
    used_up: httpx.Client, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begin(*_: object) -> None:
        raise AssertionError("a refused request was written down")

    monkeypatch.setattr(DatabaseIdempotentRequests, "begin", begin)
    refused = ask(used_up, {"qr": "x"}, "e4da3b7f-used-up", path)
    if refused.status_code == 415:  # a file is asked for
        headers = {"Idempotency-Key": "e4da3b7f-used-up", "Content-Type": "text/csv"}
        refused = used_up.post(path, content=b"x", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (429, "too-many-requests")
    assert "challenge" in refused.json()
    assert int(refused.headers["retry-after"]) >= 1


def test_two_at_once_make_one_report(
    shared: PublicOffice, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from certsvc.stages.verification_reports import VerificationReports

    begun, go_on, whole = Event(), Event(), VerificationReports.make

    def slow(*arguments: Any, **more: Any) -> Any:
        begun.set()
        assert go_on.wait(5)
        return whole(*arguments, **more)

    monkeypatch.setattr(VerificationReports, "make", slow)
    question, answers = {"qr": qr_text(shared.regular[2])}, []
    first = Thread(target=lambda: answers.append(ask(client, question, "0cc175b9c0f1b6a8")))
    first.start()
    assert begun.wait(5)
    second = ask(client, question, "0cc175b9c0f1b6a8")
    go_on.set()
    first.join()
    assert (second.status_code, second.json()["code"]) == (409, "idempotency-key-in-use")
    assert second.headers["retry-after"] == "5"
    assert answers[0].status_code == 200
    assert ask(client, question, "0cc175b9c0f1b6a8").content == answers[0].content
