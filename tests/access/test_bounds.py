"""Bounds of the officials' face: how much is read, from whom, for how long, and how often somebody may sign in."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from http.client import HTTPConnection

import httpx
import pytest
from joserfc.jwk import OKPKey

from certsvc.adapters.local_rate_limiter import LocalRateLimiter
from certsvc.entrypoints.console import create_console
from certsvc.entrypoints.console.access import SMALL_BODY
from tests.access.desk import PROGRAM, Desk
from tests.web.builders import served

FILINGS, DECISIONS = "/api/v1/filings", "/api/v1/decisions"
XLSX = {"Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
LARGE = bytes(SMALL_BODY + 1)


def announce(desk: Desk, path: str, length: int, **headers: str) -> int:
    """Announce a body and send none of it: the status of the answer."""
    address = httpx.URL(desk.address)
    connection = HTTPConnection(address.host, address.port or 80, timeout=60)
    connection.putrequest("POST", path)
    for name, value in {**XLSX, "Content-Length": str(length), **headers}.items():
        connection.putheader(name, value)
    connection.endheaders()
    with connection.getresponse() as answer:
        status = answer.status
    connection.close()
    return status


@pytest.mark.parametrize(
    ("path", "length", "status"),
    [
        (FILINGS, (32 << 20) + (1 << 16) + 1, 413),
        (DECISIONS, SMALL_BODY + 1, 413),
        (f"{FILINGS}/F000000000000000/receipts", SMALL_BODY + 1, 413),
        (f"{FILINGS}/F000000000000000/approval", SMALL_BODY + 1, 413),
        (FILINGS, SMALL_BODY + 1, 401),
    ],
)
def test_what_is_too_large_or_from_nobody_known_is_not_read(
    desk: Desk, path: str, length: int, status: int
) -> None:
    assert announce(desk, path, length) == status


def test_a_large_body_is_not_read_under_a_forged_token_or_a_session_that_is_over(desk: Desk) -> None:
    forged = desk.programs[PROGRAM].token(desk.claims(PROGRAM, LARGE), key=OKPKey.generate_key("Ed25519"))
    unknown = desk.programs[PROGRAM].token(desk.claims("nobody", LARGE))
    for token in (forged, unknown):
        assert announce(desk, FILINGS, len(LARGE), Authorization=f"Bearer {token}") == 401
    assert announce(desk, FILINGS, len(LARGE), Cookie="certsvc-session=over") == 401


def test_a_large_body_without_a_length_is_read_for_known_callers_alone(desk: Desk) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(8):
            yield LARGE

    with desk.visitor() as stranger:
        assert stranger.post(FILINGS, content=pieces(), headers=XLSX).status_code == 401
    with desk.sign_in("maker") as browser:
        answer = browser.post(FILINGS, content=pieces(), headers=XLSX)
        assert (answer.status_code, answer.json()["code"]) == (400, "unreadable-input")
        assert browser.post(DECISIONS, content=pieces(), headers=XLSX).status_code == 413
    token = desk.programs[PROGRAM].token(desk.claims(PROGRAM, LARGE))
    assert desk.call("POST", FILINGS, token, LARGE, XLSX["Content-Type"]).status_code == 400


def test_a_client_that_leaves_while_sending_is_no_error(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    address = httpx.URL(desk.address)
    with socket.create_connection((address.host, address.port or 80), timeout=60) as line:
        line.sendall(f"POST {DECISIONS} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{{".encode())
    with desk.sign_in("maker") as browser:  # requests later: the first one has long been given up
        assert browser.get("/console/me").status_code == 200
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING] == []
    assert 499 in {getattr(one, "status", None) for one in caplog.records}


def test_an_answer_that_takes_too_long_is_given_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    office = desk.office.office
    hasty = office.settings.model_copy(update={"answer_seconds": 1e-6})
    with monkeypatch.context() as patched:
        patched.setattr(office, "settings", hasty)
        console = create_console(office, LocalRateLimiter())
    with served(console) as address:
        answer = httpx.get(f"{address}{FILINGS}/F000000000000000", trust_env=False)
    assert (answer.status_code, answer.json()["code"]) == (503, "timeout")


def test_an_address_signs_in_so_often_a_minute_and_no_more(desk: Desk) -> None:
    console = create_console(desk.office.office, LocalRateLimiter(), sign_ins_per_minute=2)
    neighbour = httpx.HTTPTransport(local_address="127.0.0.2")
    with (
        served(console) as address,
        httpx.Client(base_url=address, trust_env=False) as client,
        httpx.Client(base_url=address, trust_env=False, transport=neighbour) as other,
    ):
        for path, otherwise in (("/console/sign-in/go", 303), ("/console/sign-in/callback", 401)):
            assert [client.get(path).status_code for _ in range(2)] == [otherwise] * 2
            answer = client.get(path)
            assert (answer.status_code, answer.json()["code"]) == (429, "too-many-requests")
            assert int(answer.headers["retry-after"]) >= 1
        assert other.get("/console/sign-in/go").status_code == 303
