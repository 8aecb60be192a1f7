"""The client of the timestamp server: a good token is taken, a lie never, and nobody waits for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from threading import enumerate as enumerate_threads
from time import monotonic

import pytest
from asn1crypto import cms, x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from certsvc.adapters.archive.material import Material, decode_revocation_lists
from certsvc.adapters.archive.timestamping import VerifiedTimestamps
from certsvc.errors import TimestampRefused, UnavailableError
from tests.document.samples import NOW
from tests.support.servers import free_port
from tests.support.timestamp_server import Behaviour, TimestampAuthority, TimestampServer, timestamp_server

DAY = timedelta(days=1)
DIGEST = sha256("证书".encode()).digest()
LATE, PATIENT = (
    0.4,
    30.0,
)  # seconds: for a server that is meant to be late, and for one that a busy machine makes wait


@pytest.fixture(scope="module")
def server() -> Iterator[TimestampServer]:
    """A good server; every test sets what it does."""
    authority = TimestampAuthority(NOW)
    with timestamp_server(authority, authority.unit(NOW - DAY, 30 * DAY)) as running:
        yield running


@pytest.fixture(autouse=True)
def _good_again(server: TimestampServer) -> Iterator[None]:
    unit, server.behaviour = server.unit, Behaviour.GOOD
    yield
    server.unit = unit


def ask(
    server: TimestampServer,
    lists: bytes | None = None,
    address: str | None = None,
    seconds: float = PATIENT,
    stopping: Callable[[], bool] = lambda: False,
) -> cms.ContentInfo:
    """One question to the server, as the service asks it."""
    root = x509.Certificate.load(server.authority.root.public_bytes(Encoding.DER))
    known = decode_revocation_lists(lists if lists is not None else server.authority.revocation_list())
    material = Material((), (root,), (), tuple(known))
    client = VerifiedTimestamps(
        address or server.address, seconds, lambda: NOW, material.for_timestamps, stopping
    )
    return asyncio.run(client.async_timestamp(DIGEST, "sha256"))


def test_a_good_token_is_taken(server: TimestampServer) -> None:
    stamp = ask(server)["content"]["encap_content_info"]["content"].parsed
    assert stamp["message_imprint"]["hashed_message"].native == DIGEST
    assert stamp["gen_time"].native == NOW


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (Behaviour.WRONG_IMPRINT, "摘要不符"),
        (Behaviour.WRONG_ALGORITHM, "摘要不符"),
        (Behaviour.WRONG_NONCE, "随机数不符"),
        (Behaviour.NO_NONCE, "随机数不符"),
        (Behaviour.WRONG_SIGNATURE, "签名无效"),
        (Behaviour.ALTERED_AFTER_SIGNING, "签名无效"),
        (Behaviour.EARLIER_TIME, "相差超过五分钟"),
        (Behaviour.LATER_TIME, "相差超过五分钟"),
        (Behaviour.REFUSING, "拒绝"),
        (Behaviour.NO_TOKEN, "无法解读"),
        (Behaviour.GARBAGE, "无法解读"),
        (Behaviour.OTHER_TYPE, "不是时间戳"),
        (Behaviour.REDIRECTING, "不是时间戳"),
        (Behaviour.ENDLESS, "过长"),
    ],
)
def test_a_lie_is_refused_with_its_reason(server: TimestampServer, behaviour: Behaviour, reason: str) -> None:
    server.behaviour = behaviour
    with pytest.raises(TimestampRefused, match=reason) as refused:
        ask(server)
    assert refused.value.code == "timestamp-refused"


@pytest.mark.parametrize(
    "behaviour", [Behaviour.SLOW, Behaviour.TRICKLING, Behaviour.DRIPPING_HEADERS, Behaviour.BROKEN]
)
def test_a_server_that_is_late_or_out_of_order_is_left_for_later(
    server: TimestampServer, behaviour: Behaviour
) -> None:
    server.behaviour = behaviour
    began = monotonic()
    with pytest.raises(UnavailableError, match="稍后会再试") as away:
        ask(server, seconds=LATE)
    assert away.value.code == "unavailable"
    assert monotonic() - began < PATIENT


def test_a_thread_that_was_left_behind_does_not_stay(server: TimestampServer) -> None:
    server.behaviour = Behaviour.DRIPPING_HEADERS
    with pytest.raises(UnavailableError):
        ask(server, seconds=LATE)
    ends = monotonic() + PATIENT
    while (left := [one for one in enumerate_threads() if one.name == "question"]) and monotonic() < ends:
        left[0].join(0.05)
    assert left == []


def test_a_service_that_stops_waits_for_no_timestamp_and_asks_for_none(server: TimestampServer) -> None:
    server.behaviour, asked, began = Behaviour.SLOW, server.authority.asked, monotonic()
    with pytest.raises(UnavailableError, match="正在停止"):
        ask(server, seconds=60.0, stopping=lambda: monotonic() > began + 0.1)
    assert monotonic() - began < PATIENT
    server.behaviour = Behaviour.GOOD
    with pytest.raises(UnavailableError, match="正在停止"):
        ask(server, stopping=lambda: True)
    assert server.authority.asked == asked


def test_a_server_that_is_down_is_left_for_later(server: TimestampServer) -> None:
    with pytest.raises(UnavailableError, match="稍后会再试"):
        ask(server, address=f"http://127.0.0.1:{free_port()}/tsa")


@pytest.mark.parametrize(
    ("begins", "life"), [(-30 * DAY, 29 * DAY), (DAY, 30 * DAY)], ids=["ended", "not begun"]
)
def test_a_certificate_that_is_not_valid_today_is_refused(
    server: TimestampServer, begins: timedelta, life: timedelta
) -> None:
    server.unit = server.authority.unit(NOW + begins, life)
    with pytest.raises(TimestampRefused, match="证书链"):
        ask(server)


def test_a_certificate_for_another_use_is_refused(server: TimestampServer) -> None:
    server.unit = server.authority.unit(NOW - DAY, 30 * DAY, ExtendedKeyUsageOID.CODE_SIGNING)
    with pytest.raises(TimestampRefused, match="证书链"):
        ask(server)


def test_a_certificate_of_another_authority_is_refused(server: TimestampServer) -> None:
    server.unit = TimestampAuthority(NOW).unit(NOW - DAY, 30 * DAY)
    with pytest.raises(TimestampRefused, match="证书链"):
        ask(server)


def test_a_revoked_certificate_is_refused() -> None:
    authority = TimestampAuthority(NOW)
    unit = authority.unit(NOW - DAY, 30 * DAY)
    with timestamp_server(authority, unit) as server:
        assert ask(server) is not None
        authority.revoke(unit, NOW - timedelta(hours=1))
        with pytest.raises(TimestampRefused, match="证书链"):
            ask(server)


def test_without_a_list_of_revocations_in_force_no_token_is_taken(server: TimestampServer) -> None:
    ended = server.authority.revocation_list(NOW - 10 * DAY, 3 * DAY)
    with pytest.raises(TimestampRefused, match="证书链"):
        ask(server, lists=ended)
