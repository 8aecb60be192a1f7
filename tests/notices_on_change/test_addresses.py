"""An address is used once its owner has shown, by a code, that it is theirs; it is kept sealed, and may go at any time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from certsvc.adapters.holder_notice_schema import notice_address, notice_message
from certsvc.domain.holder_notice import NoticeChannel
from certsvc.domain.notice_address import CODE_LIVES, MOST_TRIES, masked, new_code, read_address
from certsvc.errors import ConflictError, RequestError
from tests.notices_on_change.conftest import SUN, ZHOU, NoticesUnderTest

EMAIL, SMS = NoticeChannel.EMAIL, NoticeChannel.SMS
ADDRESS = "sun@example.com"


def ask(desk: NoticesUnderTest, address: str = ADDRESS) -> str:
    """Ask for a code; the code."""
    desk.holders.enter(SUN, desk.by(SUN), EMAIL, address)
    desk.delivery.work()
    return desk.code(desk.mail)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_an_address_waits_for_its_code(desk: NoticesUnderTest) -> None:
    code = ask(desk)
    (waiting, _) = desk.holders.ways(SUN, desk.by(SUN))
    assert (waiting.shown, waiting.waiting, waiting.switched_on) == (None, "s***@example.com", False)
    desk.holders.confirm(SUN, desk.by(SUN), EMAIL, f" {code[:3]} {code[3:]} ")
    (confirmed, _) = desk.holders.ways(SUN, desk.by(SUN))
    assert (confirmed.shown, confirmed.waiting, confirmed.switched_on) == ("s***@example.com", None, True)


def test_a_code_is_guessed_at_five_times_at_most(desk: NoticesUnderTest) -> None:
    code = ask(desk)
    for _ in range(MOST_TRIES):
        with pytest.raises(RequestError, match="验证码不对"):
            desk.holders.confirm(SUN, desk.by(SUN), EMAIL, wrong(code))
    with pytest.raises(RequestError, match="验证码不对"):
        desk.holders.confirm(SUN, desk.by(SUN), EMAIL, code)


def test_a_code_is_over_after_ten_minutes_and_after_the_next_one(desk: NoticesUnderTest) -> None:
    first = ask(desk)
    second = ask(desk)
    assert desk.holders.ways(SUN, desk.by(SUN))[0].tries_left == MOST_TRIES
    if first != second:
        with pytest.raises(RequestError):
            desk.holders.confirm(SUN, desk.by(SUN), EMAIL, first)
    desk.clock.advance(CODE_LIVES)
    with pytest.raises(RequestError):
        desk.holders.confirm(SUN, desk.by(SUN), EMAIL, second)


def test_a_code_that_waited_too_long_is_not_sent_at_all(desk: NoticesUnderTest) -> None:
    desk.holders.enter(SUN, desk.by(SUN), EMAIL, ADDRESS)
    desk.clock.advance(CODE_LIVES)
    desk.delivery.work()
    assert desk.mail.sent == []


def test_a_code_of_another_holder_or_way_opens_nothing(desk: NoticesUnderTest) -> None:
    code = ask(desk)
    desk.holders.enter(ZHOU, desk.by(ZHOU), EMAIL, "zhou@example.com")
    for holder, channel in ((ZHOU, EMAIL), (SUN, SMS)):
        with pytest.raises(RequestError):
            desk.holders.confirm(holder, desk.by(holder), channel, code)


def test_codes_are_asked_for_three_times_an_hour(desk: NoticesUnderTest) -> None:
    for _ in range(3):
        ask(desk)
    with pytest.raises(ConflictError, match="已到上限"):
        ask(desk)
    desk.clock.advance(timedelta(hours=1))
    ask(desk)


def test_nobody_is_flooded_with_codes_that_others_ask_for(desk: NoticesUnderTest) -> None:
    for at in range(6):
        desk.addresses.ask_code(bytes([at]) * 32, EMAIL, ADDRESS, _waiting(desk, f"C{at}"), desk.clock.now())
    assert not desk.addresses.ask_code(b"\xff" * 32, EMAIL, ADDRESS, _waiting(desk, "C9"), desk.clock.now())


def test_the_old_address_stays_in_use_until_the_new_one_is_confirmed(desk: NoticesUnderTest) -> None:
    desk.give(SUN, EMAIL, ADDRESS)
    ask(desk, "new@example.com")
    desk.mail.sent.clear()
    desk.happens(SUN)
    desk.delivery.work()
    assert [one[1] for one in desk.mail.sent] == [ADDRESS]


def test_addresses_and_codes_stand_sealed_in_the_database(desk: NoticesUnderTest) -> None:
    desk.holders.enter(SUN, desk.by(SUN), EMAIL, ADDRESS)
    with desk.engine.begin() as connection:
        row = connection.execute(select(notice_address)).one()
        message = connection.execute(select(notice_message)).one()
    kept = repr(row) + repr(message)
    assert "sun@" not in kept
    assert "example.com" not in kept
    desk.delivery.work()
    with desk.engine.begin() as connection:
        assert connection.scalar(select(notice_message.c.sealed_code)) is None
    assert desk.code(desk.mail) not in kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sun",
        "sun@",
        "@example.com",
        "sun@example",
        "sun@example.com\nBcc: all@example.com",
        "sun\r\n@example.com",
        "sun@example.com, zhou@example.com",
        "<sun@example.com>",
        "sun..a@example.com",
        "孙@example.com",
        f"{'a' * 65}@example.com",
        f"sun@{'a.' * 130}com",
    ],
)
def test_what_is_no_single_plain_address_is_refused(text: str) -> None:
    with pytest.raises(RequestError):
        read_address(EMAIL, text)


@pytest.mark.parametrize(
    "text", ["", "12345678901", "1380000000", "138000000000", "+1 2025550100", "1380000000a"]
)
def test_what_is_no_mobile_number_is_refused(text: str) -> None:
    with pytest.raises(RequestError):
        read_address(SMS, text)


def test_addresses_are_read_in_normal_form_and_shown_masked() -> None:
    assert read_address(EMAIL, "  Sun.Jian@Example.COM ") == "Sun.Jian@example.com"
    assert read_address(SMS, "+86 138-0000-0000") == "13800000000"
    assert (masked(EMAIL, "sun@example.com"), masked(SMS, "13800001234")) == (
        "s***@example.com",
        "138****1234",
    )


def test_every_code_has_six_digits() -> None:
    drawn = iter([b"\xff\xff\xff\xff", b"\x00\x00\x00\x07"])
    assert new_code(lambda _length: next(drawn)) == "000007"


def _waiting(desk: NoticesUnderTest, key: str):  # type: ignore[no-untyped-def]
    from certsvc.ports.holder_notices import WaitingCode

    return WaitingCode(key, b"d" * 32, "123456", desk.clock.now() + CODE_LIVES)
