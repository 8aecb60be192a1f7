"""Answers to the question by QR record, stored when a certificate changes: verification then reads one row and puts it together.

A stored answer is a verdict without its two members that time alone changes (`as_of`, `checkpoint_age`). What many
certificates have in common stands in a frame, what is a certificate's own beside its key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple, Protocol, runtime_checkable

from certsvc.ports.verification import RegisterEntry

RECORD_KEY_BYTES = 16
GREATEST_AGE_SECONDS = 2.0
"""No answer is told that was read longer ago, on whatever way it came."""
FRAME_ID_BYTES = 8


def record_key(record_text: str) -> bytes:
    """The key of the answer about a QR record, by its text without link (16 bytes). Whoever has no record cannot guess it."""
    return sha256(b"certsvc/stored-answer/v1\0" + record_text.encode()).digest()[:RECORD_KEY_BYTES]


@dataclass(frozen=True, slots=True)
class AnswerFrame:
    """What answers have in common, around the age: `head` ends before the value of `as_of`, `middle` begins after
    `checkpoint_age` and ends before `certificate`.

    `generation` names the trust material and the words that the frame was made with: another generation is not to be told.
    """

    id: bytes
    generation: bytes
    head: bytes
    middle: bytes


class StoredAnswer(NamedTuple):
    """The answer about one certificate version. `status` is the slot's value that it rests on; `own` is the end of the JSON
    object, from `certificate` on."""

    key: bytes
    number: str
    slot: int
    status: int
    frame: bytes
    own: bytes


class AnswerStore(Protocol):
    """Where answers are stored, for who makes them. The database itself drops the answers of a number in the very transaction
    that changes the number, and queues the number."""

    def waiting(self, most: int) -> Sequence[str]:
        """Numbers whose answers are to be made."""
        ...

    def queue_more(self, generation: bytes, most: int) -> bool:
        """Queue so many of the numbers that have no answer of this generation yet; False when there are none left."""
        ...

    def entries(self, numbers: Sequence[str]) -> Mapping[str, RegisterEntry | None]:
        """What the register has on the numbers; None for what cannot be read, being damaged."""
        ...

    def keep(
        self,
        seen: Mapping[str, RegisterEntry | None],
        frames: Sequence[AnswerFrame],
        answers: Sequence[StoredAnswer],
    ) -> int:
        """Store the answers of the numbers whose entries are still the ones that were seen, and take these numbers off the
        queue; how many numbers."""
        ...


@runtime_checkable
class NearSource(Protocol):
    """A source that is nearer than another turn of the event loop."""

    def find_one(self, key: bytes) -> StoredAnswer | None:
        """The answer, at once. Raises UnavailableError."""
        ...


class AnswerSource(Protocol):
    """Where stored answers are read while questions wait: several at a time, on the event loop.

    `lasting_seconds`: how long after the beginning of a reading its answers may be told.
    """

    @property
    def lasting_seconds(self) -> float:
        """See above."""
        ...

    async def find(self, keys: Sequence[bytes]) -> Mapping[bytes, StoredAnswer]:
        """The answers that there are. Raises UnavailableError."""
        ...

    async def frame(self, frame_id: bytes) -> AnswerFrame | None:
        """A frame. Raises UnavailableError."""
        ...

    def changed(self) -> None:
        """Something changed: what other processes shared before is not told any more."""
        ...

    async def close(self) -> None:
        """Give connections back."""
        ...
