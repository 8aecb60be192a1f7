"""Notices on change, joined: inbox and addresses for the portal, messages for the background work."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cached_property

from certsvc.adapters.holder_inbox import DatabaseHolderInbox
from certsvc.adapters.notice_address_store import DatabaseNoticeAddresses
from certsvc.adapters.notice_queue import DatabaseNoticeQueue
from certsvc.bootstrap.parts import Parts
from certsvc.domain.holder_notice import NoticeChannel
from certsvc.ports import Clock
from certsvc.ports.holder_notices import NoticeDoor
from certsvc.settings import Settings
from certsvc.stages.holder_notices import HolderNotices, NoticeRetention
from certsvc.stages.notice_delivery import NoticeDelivery


class NoticeDesk:
    """What portal, console and background work call."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._inbox = DatabaseHolderInbox(parts.engine, parts.reading_engine)
        self._queue = DatabaseNoticeQueue(parts.engine, parts.keys.cipher)

    @cached_property
    def holders(self) -> HolderNotices:
        """The holder's side."""
        parts, cipher = self._parts, self._parts.keys.cipher
        addresses = DatabaseNoticeAddresses(parts.engine, cipher, parts.reading_engine)
        offered = frozenset(_ways(parts.settings, parts.clock))
        return HolderNotices(
            parts.permits, self._inbox, addresses, cipher.person_key, offered, parts.clock, os.urandom
        )

    @cached_property
    def delivery(self) -> NoticeDelivery:
        """Messages by e-mail and SMS; `delivery.standings()` counts them for the console."""
        parts = self._parts
        doors = {way: open_door() for way, open_door in _ways(parts.settings, parts.clock).items()}
        return NoticeDelivery(self._queue, doors, f"{parts.settings.public_url}/portal/notices", parts.clock)

    @cached_property
    def retention(self) -> NoticeRetention:
        """Forgets entries and messages in time."""
        return NoticeRetention(self._inbox, self._queue, self._parts.clock)

    def work(self, stopping: Callable[[], bool]) -> None:
        """Deliver what is due."""
        self.delivery.work(stopping)


def _ways(settings: Settings, clock: Clock) -> Mapping[NoticeChannel, Callable[[], NoticeDoor]]:
    """The ways that the settings open, each with how its door is opened."""
    ways: dict[NoticeChannel, Callable[[], NoticeDoor]] = {}
    if settings.smtp_host is not None:
        ways[NoticeChannel.EMAIL] = lambda: _smtp_door(settings)
    if settings.sms_url is not None:
        ways[NoticeChannel.SMS] = lambda: _sms_door(settings, clock)
    return ways


def _smtp_door(settings: Settings) -> NoticeDoor:
    from certsvc.adapters.smtp_door import MailServer, SmtpDoor

    assert settings.smtp_host is not None
    assert settings.smtp_sender is not None
    password = settings.smtp_password
    server = MailServer(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_protection,
        settings.smtp_sender,
        settings.smtp_user,
        None if password is None else password.get_secret_value(),
    )
    return SmtpDoor(server)


def _sms_door(settings: Settings, clock: Clock) -> NoticeDoor:
    from certsvc.adapters.sms_door import SmsDoor

    assert settings.sms_url is not None
    assert settings.sms_secret is not None
    return SmsDoor(settings.sms_url, settings.sms_secret.get_secret_value(), lambda: clock.now().timestamp())
