"""What the messages to the national platforms need from the world: a queue, a signer, a door to each platform."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from certsvc.domain.caller import OPERATOR, Caller
from certsvc.domain.platform_message import MessageReport, MessageState, Platform


class ApiSigner(Protocol):
    """The API key: signs answers to programs and messages to platforms (Ed25519)."""

    @property
    def key_id(self) -> str:
        """The thumbprint of the public key (RFC 7638)."""
        ...

    @property
    def public_key(self) -> bytes:
        """The raw 32 bytes."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature."""
        ...


@dataclass(frozen=True, slots=True)
class ClaimedMessage:
    """A message taken for one attempt. `body`: the exact bytes that are signed and sent; `attempts` counts this one."""

    id: int
    platform: Platform
    key: str
    body: bytes
    attempts: int


@dataclass(frozen=True, slots=True)
class Received:
    """The platform has the message, now or since an earlier attempt; `receipt` is its own word for that."""

    receipt: str


@dataclass(frozen=True, slots=True)
class NotReceived:
    """The platform does not have the message. `final`: it will never take these bytes."""

    fault: str
    final: bool = False


class MessageQueue(Protocol):
    """The messages in the database. Every method is one durable transaction."""

    def claim(self, platform: Platform, now: datetime, wait: Callable[[int], int]) -> ClaimedMessage | None:
        """The next message that is due, None without one; its next attempt is put off by `wait` before it is given.

        Of one subject only the oldest message that was not delivered is ever given.
        """
        ...

    def delivered(self, message: int, receipt: str, at: datetime) -> None:
        """Note the receipt. Again: changes nothing."""
        ...

    def failed(self, message: int, fault: str, *, dead: bool) -> None:
        """Note why an attempt failed; `dead`: no further attempt is made by itself."""
        ...

    def listed(
        self, platform: Platform | None, state: MessageState | None, most: int
    ) -> tuple[MessageReport, ...]:
        """Messages, oldest first, of a platform or in a state where asked."""
        ...

    def counted(self) -> dict[tuple[Platform, MessageState], int]:
        """How many messages are in each state."""
        ...

    def revive(self, message: int, at: datetime, by: Caller = OPERATOR) -> MessageReport:
        """Let a dead message be tried again from now on, and write down who asked.

        Raises UnknownReference, ConflictError when it is not dead.
        """
        ...


class PlatformDoor(Protocol):
    """One platform, as far as this service may speak to it."""

    def send(self, key: str, body: bytes, signature: str) -> Received | NotReceived:
        """Send a message once. `signature`: detached JWS over the body. Never raises for what the platform does."""
        ...


@dataclass(frozen=True, slots=True)
class QueuedTitles:
    """One chunk: the last number looked at, None when there are no more; how many certificates and messages."""

    last: str | None
    certificates: int
    messages: int


class UntoldTitles(Protocol):
    """What the title-query platform was not told."""

    def queue_after(self, number: str, most: int, at: datetime) -> QueuedTitles:
        """Queue what is missing of the certificates after a number, at most so many, in one transaction."""
        ...
