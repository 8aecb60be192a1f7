"""What every stored answer rests on at the moment: the published log, how old it is, and the frames that fit it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from certverify import LedgerUnavailable, StatusSource, Trust

from certsvc.errors import UnavailableError
from certsvc.ports import Clock
from certsvc.ports.stored_answers import AnswerFrame, AnswerSource, StoredAnswer
from certsvc.ports.verification import PublishedState
from certsvc.stages.stored_answers import encode_age, generation_of, is_fresh

_LOOK_SECONDS: Final = 0.25
_HOLDS_SECONDS: Final = 2.0
_log = logging.getLogger(__name__)


class Standing:
    """Looked at four times a second. While the log is not fresh there is no age, and no answer is told; an age holds for two
    seconds, so that nothing is told when nobody looks any more.
    """

    def __init__(
        self, published: PublishedState, clock: Clock, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._monotonic = monotonic
        self._holds_until = 0.0
        self._published = published
        self._clock = clock
        self._ledger: StatusSource | None = None
        self._generation = b""
        self._frames: Mapping[bytes, AnswerFrame] = {}
        self._age: bytes | None = None
        self.at: datetime = datetime.min.replace(tzinfo=UTC)
        self.prefixes: tuple[str, ...] = ()
        self.turn = 0
        """Grows with everything that answers rest on, the second apart."""

    @property
    def age(self) -> bytes | None:
        """The age to be told (`encode_age`), None while nothing is told."""
        return self._age if self._monotonic() < self._holds_until else None

    def end(self) -> None:
        """Tell nothing any more."""
        self._holds_until = 0.0

    async def keep_looking(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            try:
                await self.look()
            except Exception:
                self._age = None
                _log.exception("the published log cannot be looked at")
            await asyncio.sleep(_LOOK_SECONDS)

    async def look(self) -> None:
        """Take over what is published now."""
        began = self._monotonic()
        try:
            trust, ledger = await asyncio.to_thread(self._published.open)
        except (UnavailableError, OSError):
            self._age = None
            return
        if isinstance(ledger, LedgerUnavailable):
            self._age = None
            return
        self._take_over(trust, ledger)
        self._holds_until = began + _HOLDS_SECONDS

    def _take_over(self, trust: Trust, ledger: StatusSource) -> None:
        now, as_of = self._clock.now(), ledger.freshness.as_of
        if ledger is not self._ledger:
            self._ledger, self._generation, self._frames = ledger, generation_of(trust), {}
            self.prefixes = trust.trust_list.qr_prefixes
            self.turn += 1
        self.at = now
        if as_of is None or not is_fresh(trust, ledger, now):
            self._age = None
            return
        seconds = max(0, int((now - as_of).total_seconds()))
        self._age = encode_age(as_of.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), seconds)

    def holds(self, answer: StoredAnswer) -> bool:
        """Whether the log says of the slot what the answer says."""
        return self._ledger is not None and self._ledger.status_of(answer.slot) == answer.status

    async def frame_of(self, answer: StoredAnswer, source: AnswerSource) -> AnswerFrame | None:
        """The frame of an answer; None when it is of another generation."""
        frame = self._frames.get(answer.frame)
        if frame is None:
            frame, turn = await source.frame(answer.frame), self.turn
            if frame is None or frame.generation != self._generation:
                return None
            if turn == self.turn:
                self._frames = {**self._frames, answer.frame: frame}
        return frame
