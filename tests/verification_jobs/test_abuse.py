"""Files buy no way around what protects single questions, and keep nobody waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from socket import create_connection
from typing import Protocol

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.local_rate_limiter import LocalRateLimiter
from certsvc.bootstrap import open_office
from certsvc.domain.bulk_check import BulkRow, QrAsked, RowQuestion
from certsvc.domain.bulk_file import NumberedRow
from certsvc.entrypoints.http.allowances import TooManyRequests
from certsvc.entrypoints.public_api.application import create_app
from certsvc.entrypoints.public_api.joining import public_service
from certsvc.entrypoints.public_api.service import Limits
from certsvc.entrypoints.public_api.turns import Turns
from certsvc.errors import UnavailableError
from certsvc.ports.verification_jobs import JobAsker
from certsvc.stages.verification_jobs import JobDesk
from tests.api.asking import PublicOffice
from tests.support.office import OfficeUnderTest
from tests.verification_jobs.files import csv_text
from tests.verification_jobs.test_jobs import JOBS, START, results, row_of, standing, work
from tests.web.builders import served

NOBODY = JobAsker("203.0.113.7")
EMPLOYER = JobAsker("key:7", "吉林某某人力资源有限公司", "招聘")


@pytest.fixture(scope="module")
def one_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublicOffice]:
    opened = PublicOffice(OfficeUnderTest(tmp_path_factory.mktemp("abuse"), FixedClock(START)), persons=2)
    yield opened
    opened.close()


@pytest.fixture
def office(one_office: PublicOffice) -> Iterator[PublicOffice]:
    """Without jobs; an hour later each time, so that no suspicion is left."""
    yield one_office
    with one_office.office.engine.begin() as connection:
        for table in ("verification_job_row", "verification_job"):
            connection.execute(text(f"DELETE FROM {table}"))
    one_office.clock.advance(timedelta(hours=2))


class Asking(Protocol):
    """A client of a public face with allowances of its own."""

    def __call__(self, office: PublicOffice, **limits: int) -> httpx.Client:
        """With these limits."""


@pytest.fixture
def asking() -> Iterator[Asking]:
    with ExitStack() as serving:

        def client(office: PublicOffice, **limits: int) -> httpx.Client:
            address = serving.enter_context(served(app_of(office, **limits)))
            return serving.enter_context(httpx.Client(base_url=address, trust_env=False))

        yield client


def app_of(office: PublicOffice, **limits: int) -> FastAPI:
    service = replace(public_service(office.office), limits=Limits(**limits), limiter=LocalRateLimiter())
    return create_app(office.office.settings.public_folder, service)


def strangers(number: int, begin: int = 0) -> str:
    """Rows about certificates that do not exist, far from each other."""
    return csv_text(
        *[("", f"22202306{one * 37 + 20_000:07}", "何人", "0000", "") for one in range(begin, begin + number)]
    )


def send(client: httpx.Client, raw: str | bytes) -> httpx.Response:
    return client.post(JOBS, content=raw, headers={"Content-Type": "text/csv"})


def test_a_file_of_numbers_tried_out_is_answered_no_further_than_single_questions_are(
    office: PublicOffice,
    asking: Asking,
) -> None:
    token = send(asking(office), strangers(120)).json()["job"]
    assert work(office) == 120
    told = results(office, token, most=500)
    answered = [one for one in told if "verdict" in one]
    assert len(answered) == 30
    assert {one["problem"]["code"] for one in told if "problem" in one} == {"too-many-requests"}


def test_who_is_suspected_by_one_way_is_refused_by_every_other(office: PublicOffice, asking: Asking) -> None:
    client = asking(office)
    for serial in range(30):
        client.post(
            "/api/v1/verify", json={"number": f"22202306{serial * 41:07}", "name": "何人", "id_last4": "0000"}
        )
    token = send(client, csv_text(row_of(office, 0))).json()["job"]
    assert standing(office, token)["outcomes"]["problem"] == 1


def test_what_a_job_reveals_the_public_face_knows_though_another_office_worked_it_off(
    office: PublicOffice,
    asking: Asking,
) -> None:
    client = asking(office, guesses_per_hour=1000)
    send(client, strangers(40, 500))
    other = open_office(office.office.settings, office.clock)
    while other.verification_jobs.line.work_off():
        pass
    other.close()
    question = {"number": "222023069999999X", "name": "何人", "id_last4": "0000"}
    assert client.post("/api/v1/verify", json=question).status_code == 429


def test_an_alert_of_another_process_is_heeded(office: PublicOffice, asking: Asking) -> None:
    from certsvc.ports.look_ups import EnumerationAlert, Pattern

    token = send(asking(office), csv_text(row_of(office, 0))).json()["job"]
    alert = EnumerationAlert(office.clock.now(), Pattern.MANY_NUMBERS, "127.0.0.1", 30)
    office.office.look_ups.store.write([], [alert])
    assert not office.office.enumeration.alerted("203.0.113.8")
    work(office)
    assert standing(office, token)["outcomes"]["problem"] == 1


def test_rows_of_files_are_not_for_sale(office: PublicOffice, asking: Asking) -> None:
    client = asking(office, job_rows_per_day=3)
    assert send(client, strangers(3)).status_code == 202
    refused = send(client, strangers(1))
    assert (refused.status_code, "challenge" in refused.json()) == (429, False)
    refused = client.post(
        JOBS, content="x", headers={"Content-Type": "text/csv", "Idempotency-Key": "rows-for-sale"}
    )
    assert (refused.status_code, "challenge" in refused.json()) == (429, False)


def test_files_that_are_not_understood_use_up_the_allowance_before_they_are_read(
    office: PublicOffice,
    asking: Asking,
) -> None:
    client = asking(office, job_uploads_per_minute=2)
    assert [send(client, "xx\n").status_code for _ in range(3)] == [422, 422, 429]
    address = client.base_url
    with create_connection((address.host, address.port or 80), timeout=5) as unsent:
        head = f"POST {JOBS} HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: 50\r\n\r\n"
        unsent.sendall(head.encode())
        assert unsent.recv(100).startswith(b"HTTP/1.1 429")


def test_who_is_refused_leaves_no_guesses_behind(office: PublicOffice, asking: Asking) -> None:
    client = asking(office, guesses_per_hour=1, job_rows_per_day=1)
    assert send(client, strangers(1)).status_code == 202
    assert send(client, csv_text(row_of(office, 0))).status_code == 429
    claim = dict(zip(("number", "name", "id_last4"), row_of(office, 0)[1:4], strict=True))
    assert client.post("/api/v1/verify", json=claim).status_code == 200


def test_all_jobs_together_have_a_bound_and_organisations_room_beyond_it(
    office: PublicOffice, asking: Asking
) -> None:
    board, clock = office.office.verification_jobs._store, office.clock
    desk = JobDesk(board, clock, lambda length: bytes(length), timedelta(hours=1), 3)
    rows = [NumberedRow(one, BulkRow(None, RowQuestion(QrAsked("x")))) for one in range(2)]
    desk.require_room(2, organisation=False)
    desk.begin(rows, NOBODY)
    with pytest.raises(UnavailableError, match="稍后再试"):
        desk.require_room(2, organisation=False)
    desk.require_room(2, organisation=True)
    with pytest.raises(UnavailableError):
        desk.require_room(5, organisation=True)
    work(office)
    desk.require_room(3, organisation=False)


def test_a_file_that_finds_no_room_is_told_to_come_again(
    office: PublicOffice, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = asking(office)
    monkeypatch.setattr(office.office.verification_jobs.desk, "_most_waiting", 0)
    answer = send(client, csv_text(row_of(office, 0)))
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1


def test_an_organisation_has_every_other_turn_however_many_jobs_others_have(
    office: PublicOffice, asking: Asking
) -> None:
    board, clock = office.office.verification_jobs._store, office.clock
    made = iter(range(1, 100))
    desk = JobDesk(board, clock, lambda length: next(made).to_bytes(length), timedelta(hours=1), 1000)
    rows = [NumberedRow(one, BulkRow(None, RowQuestion(QrAsked("x")))) for one in range(6)]
    for _ in range(8):
        desk.begin(rows, NOBODY)
    token, _ = desk.begin(rows, EMPLOYER)
    line = office.office.verification_jobs.line
    line._chunk, kept = 2, line._chunk
    line._organisations_first = False
    for _ in range(5):
        clock.advance(timedelta(seconds=1))
        line.work_off()
    line._chunk = kept
    assert desk.standing(token).counts.done == 6


def test_an_asker_is_in_few_places_at_once_and_too_many_are_told_at_once() -> None:
    turns = Turns(waiting=1, patience=0.05)
    with (
        turns.place("a"),
        turns.place("a"),
        turns.place("b"),
        pytest.raises(TooManyRequests),
        turns.place("a"),
    ):
        pass
    with turns.place("a"):
        pass

    async def alone() -> list[str]:
        told: list[str] = []

        async def wait(name: str) -> None:
            try:
                async with turns.one():
                    told.append(name)
            except UnavailableError:
                told.append(f"{name} refused")

        async with turns.one():
            await asyncio.gather(wait("first"), wait("second"))
        await wait("third")
        return told

    assert asyncio.run(alone()) == ["second refused", "first refused", "third"]


@pytest.mark.parametrize(
    "path", ["verify", "verify/batch", "verification-jobs", "history", "bundle", "report", "suspicions"]
)
def test_what_is_nested_without_end_is_refused_and_no_fault(
    office: PublicOffice, asking: Asking, path: str
) -> None:
    client = asking(office)
    for deep in (
        b"[" * 100_000,
        b'{"questions":' * 900 + b"[]" + b"}" * 900,
        b'{"qr":' * 900 + b"1" + b"}" * 900,
    ):
        kind = "application/x-ndjson" if path == "verification-jobs" else "application/json"
        answer = client.post(f"/api/v1/{path}", content=deep, headers={"Content-Type": kind})
        assert answer.status_code in (400, 413, 422, 429), (deep[:20], answer.text)
