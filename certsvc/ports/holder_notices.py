"""What notices on change need from the world: the holder's inbox and addresses, a queue of messages, doors to the world."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from certsvc.domain.caller import Caller
from certsvc.domain.holder_notice import DeliveryState, HolderNotice, NoticeChannel, NoticeKind, OutgoingText
from certsvc.domain.notice_address import NoticeAddress
from certsvc.ports.platforms import NotReceived, Received


class HolderInbox(Protocol):
    """The entries of holders; a holder's owners are the keyed digests of their ID number and of those linked with it."""

    def owners(self, owner: bytes) -> tuple[bytes, ...]:
        """The digest itself, and those of documents that are registered as the same person's."""
        ...

    def counted(self, owners: Sequence[bytes]) -> tuple[int, int]:
        """How many entries, and how many of them are unread."""
        ...

    def page(self, owners: Sequence[bytes], offset: int, most: int) -> tuple[HolderNotice, ...]:
        """Entries, the unread first, each newest first."""
        ...

    def mark_read(self, owners: Sequence[bytes], notice: int | None, at: datetime) -> int:
        """Note that one entry (None: every one) was read; how many were unread. Again: changes nothing."""
        ...

    def forget_before(self, before: datetime, most: int) -> int:
        """Delete entries noted before, at most so many; how many."""
        ...


@dataclass(frozen=True, slots=True)
class WaitingCode:
    """A code to be sent: its keyed digest, the code itself (sealed at rest, forgotten when sent), and when it ends."""

    key: str
    digest: bytes
    code: str
    ends_at: datetime


class NoticeAddresses(Protocol):
    """The addresses of holders, sealed. Every method is one durable transaction."""

    def of_owner(self, owner: bytes) -> tuple[NoticeAddress, ...]:
        """What the holder gave, at most one a way."""
        ...

    def open_address(self, owner: bytes, channel: NoticeChannel, *, waiting: bool) -> str | None:
        """The address itself: the confirmed one, or that which waits for its code."""
        ...

    def ask_code(
        self, owner: bytes, channel: NoticeChannel, address: str, waiting: WaitingCode, at: datetime
    ) -> bool:
        """Keep an address that waits for its code and queue the code; False, and nothing kept, when too many were asked."""
        ...

    def confirm(self, owner: bytes, channel: NoticeChannel, digest: bytes, at: datetime) -> bool:
        """Take the waiting address into use, switched on, when the digest is that of its code; a wrong one is counted."""
        ...

    def switch(self, owner: bytes, channel: NoticeChannel, *, on: bool) -> None:
        """Switch a confirmed address on or off."""
        ...

    def remove(self, owner: bytes, channel: NoticeChannel) -> None:
        """Forget an address and what waits for it. Again: changes nothing."""
        ...


@dataclass(frozen=True, slots=True)
class ClaimedNotice:
    """A message taken for one attempt. `address`: None when it was taken back; `code`: what confirms an address.

    `kind` is None for a code.
    """

    id: int
    key: str
    channel: NoticeChannel
    kind: NoticeKind | None
    address: str | None
    code: str | None
    attempts: int


@dataclass(frozen=True, slots=True)
class NoticeFault:
    """Messages of one way that failed for one reason: tried again (`next_attempt_at`: the first of them) or dead (None)."""

    channel: NoticeChannel
    fault: str
    count: int
    next_attempt_at: datetime | None


class NoticeQueue(Protocol):
    """The messages that wait to leave. Every method is one durable transaction."""

    def claim(
        self, channel: NoticeChannel, now: datetime, wait: Callable[[int], int]
    ) -> ClaimedNotice | None:
        """The next message that is due; its next attempt is put off before it is given."""
        ...

    def ended(self, message: int, state: DeliveryState, at: datetime, fault: str | None = None) -> None:
        """Note that nothing more is tried; a code is forgotten with it. Again: changes nothing."""
        ...

    def failed(self, message: int, fault: str) -> None:
        """Note why an attempt failed; another will be made."""
        ...

    def counted(self) -> dict[tuple[NoticeChannel, DeliveryState], int]:
        """How many messages are in each state: the console shows the dead ones."""
        ...

    def faults(self) -> tuple[NoticeFault, ...]:
        """Why messages are tried again or were given up, way by way."""
        ...

    def revive(self, at: datetime, by: Caller) -> int:
        """Let every dead message be tried again, with an audit entry where there is one; how many."""
        ...

    def forget_before(self, before: datetime, most: int) -> int:
        """Delete messages that ended before, at most so many; how many."""
        ...


class NoticeDoor(Protocol):
    """One way out of the service."""

    def send(self, key: str, address: str, message: OutgoingText) -> Received | NotReceived:
        """Send a message once. `key` is the same at every attempt. Never raises for what the other side does."""
        ...

    def close(self) -> None:
        """Give a connection back that was kept for the next message."""
        ...
