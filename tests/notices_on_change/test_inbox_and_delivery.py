"""What happens to a holder's is told once in the inbox, and at least once under one id in the world."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from certsvc.adapters.holder_notice_schema import holder_notice, notice_address, notice_message
from certsvc.adapters.person_links import DatabasePersonLinks
from certsvc.domain.holder_notice import (
    MOST_ATTEMPTS,
    NewNotice,
    NoticeChannel,
    NoticeKind,
    code_text,
    notice_text,
)
from certsvc.domain.identity import IdDocument, IdKind
from certsvc.ports.credit import LinkedDocuments
from certsvc.ports.platforms import NotReceived
from certsvc.stages.holder_notices import KEPT_MESSAGES, KEPT_NOTICES, NoticeRetention
from certsvc.stages.notice_delivery import NoticeDelivery
from tests.notices_on_change.conftest import PORTAL, SUN, ZHOU, NoticesUnderTest

EMAIL, SMS = NoticeChannel.EMAIL, NoticeChannel.SMS
ADDRESS = "sun@example.com"


def never() -> bool:
    return False


def test_the_same_change_is_told_once(desk: NoticesUnderTest) -> None:
    desk.give(SUN, EMAIL, ADDRESS)
    for _ in range(3):
        desk.happens(SUN, key="issued/JL2023000001/1")
    desk.delivery.work()
    assert (desk.kinds(SUN), len(desk.mail.sent)) == ([NoticeKind.ISSUED], 1)


def test_a_change_that_was_not_committed_is_not_told(desk: NoticesUnderTest) -> None:
    told = NewNotice("broken", desk.news.owner_of(SUN.id_number), NoticeKind.REVOKED, "JL2023000001")
    with desk.engine.connect() as connection, connection.begin() as transaction:
        desk.news.queue(connection, [told], desk.clock.now())
        transaction.rollback()
    assert desk.kinds(SUN) == []


def test_the_unread_stand_first_and_reading_is_noted(desk: NoticesUnderTest) -> None:
    for kind in (NoticeKind.ISSUED, NoticeKind.SUSPENDED, NoticeKind.REINSTATED):
        desk.happens(SUN, kind)
    by = desk.by(SUN)
    newest = desk.holders.page(SUN, by, 0, 1).entries[0]
    assert newest.kind is NoticeKind.REINSTATED
    assert [desk.holders.mark_read(SUN, by, newest.id) for _ in range(2)] == [1, 0]
    assert desk.kinds(SUN) == [NoticeKind.SUSPENDED, NoticeKind.ISSUED, NoticeKind.REINSTATED]
    assert (desk.holders.unread(SUN), desk.holders.mark_read(SUN, by, None), desk.holders.unread(SUN)) == (
        2,
        2,
        0,
    )


def test_nobody_sees_or_marks_what_is_anothers(desk: NoticesUnderTest) -> None:
    desk.happens(SUN)
    own = desk.holders.page(SUN, desk.by(SUN), 0, 1).entries[0]
    assert desk.kinds(ZHOU) == []
    assert desk.holders.mark_read(ZHOU, desk.by(ZHOU), own.id) == 0
    assert desk.holders.unread(SUN) == 1


def test_fifteen_and_eighteen_digits_are_one_holder(desk: NoticesUnderTest) -> None:
    old = SUN.id_number[:6] + SUN.id_number[8:17]
    assert desk.news.owner_of(old) == desk.news.owner_of(SUN.id_number)


def test_what_was_held_under_a_linked_document_is_told_to_the_same_person(desk: NoticesUnderTest) -> None:
    desk.give(SUN, EMAIL, ADDRESS)
    linked = LinkedDocuments(
        IdDocument(IdKind.CITIZEN, SUN.id_number), IdDocument(IdKind.PASSPORT, "E12345678"), "核〔2026〕1号"
    )
    DatabasePersonLinks(desk.engine, desk.cipher).link(linked, desk.clock.now())
    told = NewNotice("passport", desk.news.owner_of("E12345678"), NoticeKind.ISSUED, "JL2023000002")
    with desk.engine.begin() as connection:
        desk.news.queue(connection, [told], desk.clock.now())
    desk.delivery.work()
    assert (desk.kinds(SUN), len(desk.mail.sent)) == ([NoticeKind.ISSUED], 1)


def test_without_an_address_there_is_the_inbox_alone(desk: NoticesUnderTest) -> None:
    desk.happens(SUN)
    desk.delivery.work()
    assert (len(desk.kinds(SUN)), desk.mail.sent, desk.sms.sent) == (1, [], [])


def test_each_way_is_told_and_may_be_switched_off(desk: NoticesUnderTest) -> None:
    desk.give(SUN, EMAIL, ADDRESS)
    desk.give(SUN, SMS, "13800000000")
    desk.holders.switch(SUN, desk.by(SUN), EMAIL, on=False)
    desk.happens(SUN)
    desk.delivery.work()
    assert ([one[1] for one in desk.mail.sent], [one[1] for one in desk.sms.sent]) == ([], ["13800000000"])


def test_an_address_taken_back_is_written_to_no_more_even_by_what_is_under_way(
    desk: NoticesUnderTest,
) -> None:
    desk.give(SUN, EMAIL, ADDRESS)
    desk.happens(SUN)
    desk.holders.remove(SUN, desk.by(SUN), EMAIL)
    desk.delivery.work()
    assert desk.mail.sent == []
    with desk.engine.begin() as connection:
        assert connection.scalars(select(notice_message.c.state)).all()[-1] == "dropped"
        assert connection.execute(select(notice_address)).all() == []


def test_a_message_that_failed_is_sent_again_later_under_the_same_id(desk: NoticesUnderTest) -> None:
    desk.give(SUN, EMAIL, ADDRESS)
    desk.happens(SUN)
    desk.mail.failures = [NotReceived("smtp-451")]
    desk.delivery.work()
    desk.delivery.work()
    assert desk.mail.sent == []  # not before its time
    desk.clock.advance(timedelta(seconds=61))
    desk.delivery.work()
    assert len(desk.mail.sent) == 1


def test_a_process_that_dies_between_sending_and_noting_sends_the_same_id_again(
    desk: NoticesUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.give(SUN, EMAIL, ADDRESS)
    desk.happens(SUN)

    def killed(*_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(type(desk.queue), "ended", killed)
        with pytest.raises(KeyboardInterrupt):
            desk.delivery.work()
    desk.clock.advance(timedelta(seconds=61))
    desk.delivery.work()
    first, second = desk.mail.sent
    assert first == second
    assert desk.mail.closed >= 2


def test_after_so_many_attempts_a_message_is_dead_counted_and_may_be_revived(desk: NoticesUnderTest) -> None:
    desk.give(SUN, EMAIL, ADDRESS)
    desk.happens(SUN)
    desk.mail.failures = [NotReceived("timeout")] * MOST_ATTEMPTS
    for _ in range(MOST_ATTEMPTS):
        desk.delivery.work()
        desk.clock.advance(timedelta(hours=7))
    standing = desk.delivery.standings()[0]
    assert (standing.channel, standing.waiting, standing.delivered, standing.dead) == (EMAIL, 0, 1, 1)
    assert desk.delivery.revive() == 1
    desk.delivery.work()
    assert len(desk.mail.sent) == 1


def test_a_refusal_for_good_is_not_tried_again(desk: NoticesUnderTest) -> None:
    desk.give(SUN, EMAIL, ADDRESS)
    desk.happens(SUN)
    desk.mail.failures = [NotReceived("smtp-550", final=True)]
    desk.delivery.work()
    assert desk.delivery.standings()[0].dead == 1


def test_failures_in_a_row_leave_the_others_for_the_next_round(desk: NoticesUnderTest) -> None:
    desk.give(SUN, EMAIL, ADDRESS)
    for _ in range(5):
        desk.happens(SUN)
    desk.mail.failures = [NotReceived("connect-timeout")] * 5
    desk.delivery.work()
    assert len(desk.mail.failures) == 2


def test_a_way_without_a_door_keeps_its_messages(desk: NoticesUnderTest) -> None:
    desk.give(SUN, SMS, "13800000000")
    desk.happens(SUN)
    NoticeDelivery(desk.queue, {EMAIL: desk.mail}, PORTAL, desk.clock).work()
    desk.delivery.work()
    assert len(desk.sms.sent) == 1


def test_nothing_personal_leaves_by_any_message() -> None:
    for channel in NoticeChannel:
        for kind in NoticeKind:
            message = notice_text(kind, channel, PORTAL)
            assert kind.zh in message.text
            assert "登录" in message.text
            assert not any(one.isdigit() for one in message.text)
        assert "123456" in code_text("123456", channel, 10).text


def test_entries_and_messages_are_forgotten_in_time(desk: NoticesUnderTest) -> None:
    desk.give(SUN, EMAIL, ADDRESS)
    desk.happens(SUN)
    desk.delivery.work()
    retention = NoticeRetention(desk.inbox, desk.queue, desk.clock)
    desk.clock.advance(KEPT_MESSAGES + timedelta(seconds=1))
    retention.work(never)
    with desk.engine.begin() as connection:
        assert connection.execute(select(notice_message)).all() == []
        assert len(connection.execute(select(holder_notice)).all()) == 1
    desk.clock.advance(KEPT_NOTICES)
    retention.work(never)
    assert desk.kinds(SUN) == []
