"""Delivering notices on change by e-mail and SMS: at least once under one key, with growing pauses, at most so many times.

1. A message is claimed: its next attempt is put off in the database before anything is sent.
2. It is sent once, under the same key every time, so that a repeat is recognised.
3. Delivered, given up (a dead letter), or tried again at its time. An address that was taken back drops the message.

A process that dies in between leaves a message that the next one sends again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from certsvc.domain.caller import OPERATOR, Caller
from certsvc.domain.holder_notice import (
    MOST_ATTEMPTS,
    DeliveryState,
    NoticeChannel,
    OutgoingText,
    code_text,
    notice_text,
    wait_after,
)
from certsvc.domain.notice_address import CODE_LIVES
from certsvc.ports import Clock
from certsvc.ports.holder_notices import ClaimedNotice, NoticeDoor, NoticeFault, NoticeQueue
from certsvc.ports.platforms import Received

MOST_IN_A_ROW: Final = 3
"""Failures one after another after which the others wait for the next round."""


@dataclass(frozen=True, slots=True)
class NoticeStanding:
    """One way: whether it is open, and its messages by state."""

    channel: NoticeChannel
    connected: bool
    waiting: int
    delivered: int
    dead: int


@dataclass(frozen=True, slots=True)
class NoticeDelivery:
    """What delivering needs. A way without a door keeps its messages waiting; `portal` is the address in the messages."""

    queue: NoticeQueue
    doors: Mapping[NoticeChannel, NoticeDoor]
    portal: str
    clock: Clock

    def work(self, stopping: Callable[[], bool] = lambda: False) -> None:
        """One round: every message that is due is tried at most once, until `stopping`."""
        for channel, door in self.doors.items():
            try:
                self._deliver(channel, door, stopping)
            finally:
                door.close()

    def standings(self) -> tuple[NoticeStanding, ...]:
        """Every way, with how many messages wait, were delivered, are dead."""
        counted = self.queue.counted()
        shown = DeliveryState.WAITING, DeliveryState.DELIVERED, DeliveryState.DEAD
        return tuple(
            NoticeStanding(
                channel, channel in self.doors, *(counted.get((channel, state), 0) for state in shown)
            )
            for channel in NoticeChannel
        )

    def faults(self) -> tuple[NoticeFault, ...]:
        """Why messages are tried again or were given up, way by way."""
        return self.queue.faults()

    def revive(self, by: Caller = OPERATOR) -> int:
        """Let the dead messages be tried again, as somebody asked; how many."""
        return self.queue.revive(self.clock.now(), by)

    def _deliver(self, channel: NoticeChannel, door: NoticeDoor, stopping: Callable[[], bool]) -> None:
        in_a_row = 0
        while in_a_row < MOST_IN_A_ROW and not stopping():
            message = self.queue.claim(channel, self.clock.now(), wait_after)
            if message is None:
                return
            in_a_row = in_a_row + 1 if self._send(message, door) is DeliveryState.WAITING else 0

    def _send(self, message: ClaimedNotice, door: NoticeDoor) -> DeliveryState:
        text = self._text(message)
        if message.address is None or text is None:
            self.queue.ended(message.id, DeliveryState.DROPPED, self.clock.now())
            return DeliveryState.DROPPED
        outcome = door.send(message.key, message.address, text)
        if isinstance(outcome, Received):
            self.queue.ended(message.id, DeliveryState.DELIVERED, self.clock.now())
            return DeliveryState.DELIVERED
        if outcome.final or message.attempts >= MOST_ATTEMPTS:
            self.queue.ended(message.id, DeliveryState.DEAD, self.clock.now(), outcome.fault)
            return DeliveryState.DEAD
        self.queue.failed(message.id, outcome.fault)
        return DeliveryState.WAITING

    def _text(self, message: ClaimedNotice) -> OutgoingText | None:
        if message.kind is not None:
            return notice_text(message.kind, message.channel, self.portal)
        if message.code is None:
            return None
        return code_text(message.code, message.channel, int(CODE_LIVES.total_seconds() // 60))
