"""What requests with an idempotency key need from the world: one answer to one request, however often it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class IdempotentRequest:
    """A request that may be sent again: who asks where under which key, and the digest (32 bytes) of what is asked."""

    asker: str
    route: str
    key: str
    content_digest: bytes


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as it was sent."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Begun:
    """The request is to be answered now; `turn` (16 bytes) tells whose answer is kept when two believe so."""

    turn: bytes


@dataclass(frozen=True, slots=True)
class StillRunning:
    """Somebody is answering the same request; after so many seconds it counts as broken off."""

    wait_seconds: int


@dataclass(frozen=True, slots=True)
class OtherContent:
    """The key was used for something else."""


class IdempotentRequests(Protocol):
    """The requests of the last day. Every method is one durable transaction."""

    def begin(
        self, request: IdempotentRequest, at: datetime
    ) -> Begun | KeptAnswer | StillRunning | OtherContent:
        """Write down that a request is being answered, or tell what is known of it; one broken off is begun anew."""
        ...

    def keep(self, request: IdempotentRequest, turn: bytes, answer: KeptAnswer) -> None:
        """Keep the answer, unless another one has taken the turn over."""
        ...

    def give_up(self, request: IdempotentRequest, turn: bytes) -> None:
        """Forget a request that was not answered: it may be sent again at once."""
        ...
