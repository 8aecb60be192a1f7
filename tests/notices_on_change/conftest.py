"""A desk for notices over both databases, without certificates: what happens is queued by hand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

import pytest
from sqlalchemy import Engine

from certsvc.adapters.actor_store import DatabaseActorStore
from certsvc.adapters.audit_store import DatabaseAuditTrail
from certsvc.adapters.clock import FixedClock
from certsvc.adapters.database import open_database
from certsvc.adapters.holder_inbox import DatabaseHolderInbox
from certsvc.adapters.holder_news import HolderNews
from certsvc.adapters.notice_address_store import DatabaseNoticeAddresses
from certsvc.adapters.notice_queue import DatabaseNoticeQueue
from certsvc.adapters.personal_cipher import AesGcmCipher
from certsvc.domain.caller import Caller, holder_caller
from certsvc.domain.holder_notice import NewNotice, NoticeChannel, NoticeKind, OutgoingText
from certsvc.ports.platforms import NotReceived, Received
from certsvc.stages.holder_notices import HolderNotices
from certsvc.stages.notice_delivery import NoticeDelivery
from certsvc.stages.permits import Permits
from certsvc.stages.share_grants import Holder

SUN = Holder("孙建国", "229906197605300515")
ZHOU = Holder("周敏", "229901198001010028")
PORTAL = "https://titles.example/portal/notices"


@dataclass
class Postman:
    """A door that keeps what it is given, and fails as it is told."""

    sent: list[tuple[str, str, OutgoingText]] = field(default_factory=list)
    failures: list[NotReceived] = field(default_factory=list)
    closed: int = 0

    def send(self, key: str, address: str, message: OutgoingText) -> Received | NotReceived:
        if self.failures:
            return self.failures.pop(0)
        self.sent.append((key, address, message))
        return Received("taken")

    def close(self) -> None:
        self.closed += 1


@dataclass
class NoticesUnderTest:
    """Inbox, addresses and delivery over one database."""

    engine: Engine
    clock: FixedClock
    cipher: AesGcmCipher = field(default_factory=lambda: AesGcmCipher({1: b"k" * 32}, look_up_key=b"l" * 32))
    mail: Postman = field(default_factory=Postman)
    sms: Postman = field(default_factory=Postman)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        permits = Permits(
            DatabaseActorStore(self.engine, self.clock.today), DatabaseAuditTrail(self.engine, self.clock)
        )
        self.news = HolderNews(self.cipher)
        self.inbox = DatabaseHolderInbox(self.engine)
        self.queue = DatabaseNoticeQueue(self.engine, self.cipher)
        self.addresses = DatabaseNoticeAddresses(self.engine, self.cipher)
        self.holders = HolderNotices(
            permits,
            self.inbox,
            self.addresses,
            self.cipher.person_key,
            frozenset(NoticeChannel),
            self.clock,
            os.urandom,
        )
        doors = {NoticeChannel.EMAIL: self.mail, NoticeChannel.SMS: self.sms}
        self.delivery = NoticeDelivery(self.queue, doors, PORTAL, self.clock)

    def by(self, holder: Holder) -> Caller:
        return holder_caller(self.news.owner_of(holder.id_number))

    def happens(self, holder: Holder, kind: NoticeKind = NoticeKind.ISSUED, key: str | None = None) -> str:
        """Something happens to the holder's; the change's key."""
        change = key or f"change/{next(self.numbers)}"
        told = NewNotice(change, self.news.owner_of(holder.id_number), kind, "JL2023000001")
        with self.engine.begin() as connection:
            self.news.queue(connection, [told], self.clock.now())
        return change

    def code(self, door: Postman) -> str:
        """The six digits of the newest message."""
        text = door.sent[-1][2].text
        return next(text[at : at + 6] for at in range(len(text)) if text[at : at + 6].isdigit())

    def give(self, holder: Holder, channel: NoticeChannel, address: str) -> None:
        """The holder gives an address and enters its code."""
        door = self.mail if channel is NoticeChannel.EMAIL else self.sms
        self.holders.enter(holder, self.by(holder), channel, address)
        self.delivery.work()
        self.holders.confirm(holder, self.by(holder), channel, self.code(door))
        door.sent.clear()

    def kinds(self, holder: Holder) -> list[NoticeKind]:
        """What the holder's inbox shows, in its order."""
        return [one.kind for one in self.holders.page(holder, self.by(holder), 0, 100).entries]


@pytest.fixture
def desk(database_url: str, clock: FixedClock) -> Iterator[NoticesUnderTest]:
    """Notices over an empty database."""
    engine = open_database(database_url)
    yield NoticesUnderTest(engine, clock)
    engine.dispose()
