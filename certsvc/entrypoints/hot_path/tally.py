"""What was told on the short way: counted in memory, written down once a second for measurements and look-ups."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from certsvc.adapters.metrics import Metrics
from certsvc.ports.look_ups import LookUp, LookUpChannel, LookUps
from certsvc.ports.stored_answers import AnswerFrame, StoredAnswer
from certsvc.stages.stored_answers import encode_age, put_together

_SECONDS: Final = 1.0
_log = logging.getLogger("certsvc.http")


@dataclass(frozen=True, slots=True)
class _Kind:
    """Outcome and codes, which all answers of one frame have in common."""

    verdict: str
    codes: tuple[str, ...]


class Tally:
    """Counts answers. One asker who asks for the same certificate again within a second has looked it up once."""

    def __init__(
        self,
        route: str,
        metrics: Metrics,
        look_ups: LookUps,
    ) -> None:
        self._route = route
        self._metrics = metrics
        self._look_ups = look_ups
        self._counted: Counter[tuple[str, bytes, str, bool]] = Counter()
        self._kinds: dict[bytes, _Kind] = {}
        self.found_in_memory = 0

    def count(self, answer: StoredAnswer, frame: AnswerFrame, address: str, from_page: bool) -> None:
        """An answer is being told."""
        self._counted[answer.number, frame.id, address, from_page] += 1
        if frame.id not in self._kinds:
            self._kinds[frame.id] = _kind_of(frame)

    async def keep_writing(self, now: Callable[[], datetime]) -> None:
        """Write every second, until cancelled."""
        while True:
            await asyncio.sleep(_SECONDS)
            try:
                self.write(now())
            except Exception:
                _log.exception("what was told could not be counted")

    def write(self, at: datetime) -> None:
        """Hand over what was counted, and begin anew."""
        if not self._counted:
            return
        counted, in_memory = self._counted, self.found_in_memory
        self._counted, self.found_in_memory = Counter(), 0
        kinds: Counter[_Kind] = Counter()
        looked = []
        for (number, frame, address, from_page), times in counted.items():
            kind = self._kinds[frame]
            kinds[kind] += times
            channel = LookUpChannel.PAGE if from_page else LookUpChannel.API
            looked.append(LookUp(at, number, channel, kind.verdict, address))
        self._look_ups.note(*looked)
        told = sum(kinds.values())
        for kind, times in kinds.items():
            self._metrics.count_told(self._route, kind.verdict, kind.codes, times)
        self._metrics.count_found("memory", min(in_memory, told))
        self._metrics.count_found("store", max(0, told - in_memory))
        _log.info(
            "answers told", extra={"method": "POST", "route": self._route, "status": 200, "count": told}
        )


def _kind_of(frame: AnswerFrame) -> _Kind:
    told = json.loads(put_together(frame, encode_age("", 0), b'"certificate":null}'))
    return _Kind(told["verdict"], tuple(finding["code"] for finding in told["findings"]))
