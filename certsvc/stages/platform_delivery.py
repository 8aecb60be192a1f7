"""Delivering what waits for the national platforms: at least once, in order per subject, with growing pauses.

1. A message is claimed: its next attempt is put off in the database before anything is sent.
2. It is signed and sent once, under the same idempotency key every time.
3. A receipt ends it; an unfit message or too many attempts make it a dead letter; everything else waits for its time.

A process that dies in between leaves a message that the next one sends again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from certsvc.domain.caller import OPERATOR, Caller
from certsvc.domain.platform_message import (
    MOST_ATTEMPTS,
    MessageReport,
    MessageState,
    Platform,
    wait_after,
)
from certsvc.formats.detached_jws import detached_jws
from certsvc.ports import Clock
from certsvc.ports.platforms import ApiSigner, ClaimedMessage, MessageQueue, PlatformDoor, Received

MOST_IN_A_ROW: Final = 3
"""Failures one after another after which the others wait for the next round."""


@dataclass(frozen=True, slots=True)
class DeliveryRound:
    """What one round did."""

    delivered: int
    failed: int
    dead: int


@dataclass(frozen=True, slots=True)
class PlatformStanding:
    """One platform: whether it has an address, and its messages by state."""

    platform: Platform
    connected: bool
    waiting: int
    delivered: int
    dead: int


@dataclass(frozen=True, slots=True)
class PlatformDelivery:
    """What delivering needs. A platform without a door keeps its messages waiting."""

    queue: MessageQueue
    doors: Mapping[Platform, PlatformDoor]
    signer: Callable[[], ApiSigner]
    clock: Clock

    def deliver(self, stopping: Callable[[], bool] = lambda: False) -> DeliveryRound:
        """One round: every message that is due is tried at most once, until `stopping`."""
        results: list[MessageState] = []
        for platform, door in self.doors.items():
            results += self._deliver(platform, door, stopping)
        return DeliveryRound(
            results.count(MessageState.DELIVERED),
            results.count(MessageState.WAITING),
            results.count(MessageState.DEAD),
        )

    def standings(self) -> tuple[PlatformStanding, ...]:
        """Every platform, with how many messages wait, were delivered, are dead."""
        counted = self.queue.counted()

        def of(platform: Platform, state: MessageState) -> int:
            return counted.get((platform, state), 0)

        return tuple(
            PlatformStanding(one, one in self.doors, *(of(one, state) for state in MessageState))
            for one in Platform
        )

    def listed(
        self, platform: Platform | None, state: MessageState | None, most: int
    ) -> tuple[MessageReport, ...]:
        """Messages, oldest first, without their contents."""
        return self.queue.listed(platform, state, most)

    def revive(self, message: int, by: Caller = OPERATOR) -> MessageReport:
        """Let a dead message be tried again, as somebody asked. Raises UnknownReference, ConflictError."""
        return self.queue.revive(message, self.clock.now(), by)

    def _deliver(
        self, platform: Platform, door: PlatformDoor, stopping: Callable[[], bool]
    ) -> list[MessageState]:
        results: list[MessageState] = []
        in_a_row = 0
        while in_a_row < MOST_IN_A_ROW and not stopping():
            message = self.queue.claim(platform, self.clock.now(), wait_after)
            if message is None:
                break
            results.append(self._send(message, door))
            in_a_row = in_a_row + 1 if results[-1] is MessageState.WAITING else 0
        return results

    def _send(self, message: ClaimedMessage, door: PlatformDoor) -> MessageState:
        signer = self.signer()
        outcome = door.send(message.key, message.body, detached_jws(message.body, signer.key_id, signer.sign))
        if isinstance(outcome, Received):
            self.queue.delivered(message.id, outcome.receipt, self.clock.now())
            return MessageState.DELIVERED
        dead = outcome.final or message.attempts >= MOST_ATTEMPTS
        self.queue.failed(message.id, outcome.fault, dead=dead)
        return MessageState.DEAD if dead else MessageState.WAITING
