"""Watching for somebody who tries certificates out 枚举: by numbers that do not exist, in rows, or by names for one number.

What is remembered is bounded and made of keyed digests, with a key that dies with the process; every process watches for
itself, in one memory for all its parts. Only questions that agree with nothing count, so whoever checks what lies before them
is never suspected.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from math import log
from threading import Lock
from typing import Final

from certsvc.ports import Clock
from certsvc.ports.look_ups import EnumerationAlert, LookUps, Pattern

WINDOW: Final = timedelta(hours=1)
"""Within which questions belong together, and how long a suspicion lasts after the last one that agreed with nothing."""
MOST_ASKERS: Final = 5_000
MOST_NUMBERS: Final = 10_000
ROOM_FOR_ORGANISATIONS: Final = 10
"""Who is known by name may be wrong more often: a list of a thousand employees has its misprints."""
_SERIAL: Final = re.compile(r"22([0-9]{13})[0-9A-Z]", re.ASCII)
_NEAR: Final = (1, 2, 3)
_BITS: Final = 1 << 15


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From how many on, within an hour, a pattern is an alert.

    `numbers`: different numbers of one asker that led to nothing; `sequence`: those of them that follow another one closely;
    `claims`: different names and last characters for one number, by whomever; `overall`: different numbers, by everybody.
    """

    numbers: int = 30
    overall: int = 3_000

    @property
    def sequence(self) -> int:
        """A third of `numbers`: misprints do not stand in rows."""
        return max(3, self.numbers // 3)

    @property
    def claims(self) -> int:
        """As many; one holder's name is hardly written in so many ways."""
        return max(3, self.numbers // 3)


@dataclass(slots=True)
class _Trace:
    """What is remembered of an asker, or of a number."""

    until: datetime
    seen: set[int] = field(default_factory=set)
    serials: set[int] = field(default_factory=set)
    in_row: int = 0
    suspected: bool = False


class EnumerationWatch:
    """Takes what led to nothing, raises an alert once, and says who is suspected."""

    def __init__(
        self, alerts: LookUps, clock: Clock, secret: bytes, thresholds: Thresholds | None = None
    ) -> None:
        """`secret`: 16 to 64 bytes that nobody else has."""
        self._alerts = alerts
        self._clock = clock
        self._secret = secret
        self._thresholds = thresholds or Thresholds()
        self._askers: OrderedDict[int, _Trace] = OrderedDict()
        self._numbers: OrderedDict[int, _Trace] = OrderedDict()
        self._overall = _DistinctCount(clock.now() + WINDOW)
        self._lock = Lock()
        self.raised = dict.fromkeys(Pattern, 0)
        """Alerts of this process, by pattern."""

    def beside(self, alerts: LookUps, clock: Clock) -> EnumerationWatch:
        """A watch that remembers and judges as one with this one, and raises its alerts elsewhere."""
        other = copy(self)
        other._alerts, other._clock = alerts, clock
        return other

    def missed(self, asker: str, number: str, claimed: str, *, organisation: bool = False) -> None:
        """A question by number that agreed with nothing; `claimed`: name and last characters as they were given."""
        now, plain = self._clock.now(), "".join(number.split()).upper()
        of_number = self._digest(plain)
        with self._lock:
            found = (
                self._watch_asker(asker, plain, of_number, organisation, now),
                self._watch_number(of_number, self._digest(claimed), now),
                self._watch_everybody(of_number, now),
            )
        for alert in found:
            if alert is not None:
                self.raised[alert.pattern] += 1
                self._alerts.raise_alert(alert)

    def suspects(self, asker: str, number: str) -> bool:
        """Whether a question by number must be paid for: by this asker, for this number, or by anybody at the moment."""
        now, of_number = self._clock.now(), self._digest("".join(number.split()).upper())
        with self._lock:
            return (
                _is_suspected(self._askers.get(self._digest(asker)), now)
                or _is_suspected(self._numbers.get(of_number), now)
                or (self._overall.suspected and self._overall.until > now)
            )

    def _watch_asker(
        self, asker: str, number: str, of_number: int, organisation: bool, now: datetime
    ) -> EnumerationAlert | None:
        room = ROOM_FOR_ORGANISATIONS if organisation else 1
        trace = _trace(self._askers, self._digest(asker), MOST_ASKERS, now)
        if trace.suspected:
            trace.until = now + WINDOW
            return None
        new = of_number not in trace.seen
        trace.seen.add(of_number)
        if new and self._is_near(trace, number):
            trace.in_row += 1
        if trace.in_row >= self._thresholds.sequence * room:
            return _suspect(trace, now, Pattern.SEQUENCE, asker, trace.in_row)
        if len(trace.seen) >= self._thresholds.numbers * room:
            return _suspect(trace, now, Pattern.MANY_NUMBERS, asker, len(trace.seen))
        return None

    def _watch_number(self, of_number: int, claimed: int, now: datetime) -> EnumerationAlert | None:
        trace = _trace(self._numbers, of_number, MOST_NUMBERS, now)
        if trace.suspected:
            trace.until = now + WINDOW
            return None
        trace.seen.add(claimed)
        if len(trace.seen) < self._thresholds.claims:
            return None
        return _suspect(trace, now, Pattern.MANY_CLAIMS, "", len(trace.seen))

    def _watch_everybody(self, of_number: int, now: datetime) -> EnumerationAlert | None:
        count = self._overall
        if count.until <= now:
            count.begin_anew(now + WINDOW)
        count.add(of_number)
        if count.suspected or count.estimate() < self._thresholds.overall:
            return None
        count.suspected = True
        return EnumerationAlert(now, Pattern.OVERALL, "", count.estimate())

    def _is_near(self, trace: _Trace, number: str) -> bool:
        """Whether a number of the form of certificates stands close to one that the asker tried before."""
        form = _SERIAL.fullmatch(number)
        if form is None:
            return False
        serial = int(form[1])
        near = any(self._digest(str(serial + step)) in trace.serials for by in _NEAR for step in (by, -by))
        trace.serials.add(self._digest(str(serial)))
        return near

    def _digest(self, text: str) -> int:
        return int.from_bytes(blake2b(text.encode(), digest_size=8, key=self._secret).digest(), "big")


class _DistinctCount:
    """How many different digests there were, about, in four kilobytes (linear counting)."""

    def __init__(self, until: datetime) -> None:
        self.begin_anew(until)

    def begin_anew(self, until: datetime) -> None:
        """Forget everything, and count until then."""
        self.until = until
        self.suspected = False
        self._bits = bytearray(_BITS // 8)
        self._set = 0

    def add(self, digest: int) -> None:
        """Note a digest."""
        place, bit = divmod(digest % _BITS, 8)
        if not self._bits[place] & 1 << bit:
            self._bits[place] |= 1 << bit
            self._set += 1

    def estimate(self) -> int:
        """Right within a few in a hundred up to some ten thousand."""
        return round(-_BITS * log(max(1, _BITS - self._set) / _BITS))


def _trace(traces: OrderedDict[int, _Trace], key: int, most: int, now: datetime) -> _Trace:
    """The trace of a key; one whose time is over begins anew, and the one used longest ago makes room."""
    trace = traces.get(key)
    if trace is None or trace.until <= now:
        trace = traces[key] = _Trace(now + WINDOW)
    traces.move_to_end(key)
    if len(traces) > most:
        traces.popitem(last=False)
    return trace


def _suspect(trace: _Trace, now: datetime, pattern: Pattern, asker: str, count: int) -> EnumerationAlert:
    trace.suspected, trace.until = True, now + WINDOW
    trace.seen, trace.serials = set(), set()
    return EnumerationAlert(now, pattern, asker, count)


def _is_suspected(trace: _Trace | None, now: datetime) -> bool:
    return trace is not None and trace.suspected and trace.until > now
