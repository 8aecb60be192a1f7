"""Which keys this service works with, until when, and what is to be done about each. Never anything secret."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from certsvc.ports import Clock
from certsvc.stages.signer_health import SignerFinding, SignerReport

SOON_DAYS: Final = 60
"""A key that has fewer days left asks for somebody: announcing takes eight days, a certificate of a CA some weeks."""


class KeyUse(StrEnum):
    """What a key is for."""

    RECORD = "record"
    DOCUMENT = "document"
    LOG = "log"
    API = "api"
    PERSONAL = "personal"
    TIMESTAMP_ROOT = "timestamp-root"
    ORGANISATION = "organisation"


class KeyStanding(StrEnum):
    """Where it stands in its life."""

    ANNOUNCED = "announced"
    IN_FORCE = "in-force"
    RETIRING = "retiring"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key as its own file, certificate or table tells of it. `since`/`until`: first and last day, None where unknown or open.

    `name`: what commands call it; `of`: whose it is, where it is not ours.
    """

    use: KeyUse
    name: str
    key_id: str
    algorithm: str
    standing: KeyStanding
    since: date | None = None
    until: date | None = None
    of: str = ""


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key with the days that it has left (today counts), and how its holder answered for it (None: nobody is asked)."""

    key: KnownKey
    days_left: int | None
    finding: SignerFinding | None

    @property
    def ends_soon(self) -> bool:
        """Whether somebody should see to it: in force, and fewer than 60 days left."""
        in_force = self.key.standing is not KeyStanding.ENDED
        return in_force and self.days_left is not None and self.days_left < SOON_DAYS

    @property
    def broken(self) -> bool:
        """Whether it is meant to sign and cannot."""
        return self.finding is not None and not self.finding.signs


@dataclass(frozen=True, slots=True)
class ListStanding:
    """The trust list that is published: number, instant, the key ids of the anchors that may sign the next one."""

    sequence: int
    issued_at: datetime
    anchors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeysStanding:
    """All keys, those of organisations apart, and the trust list (None: none is published)."""

    own: tuple[KeyLine, ...]
    organisations: tuple[KeyLine, ...]
    trust_list: ListStanding | None

    @property
    def ending(self) -> int:
        """Keys of ours that end within sixty days or cannot sign."""
        return sum(line.ends_soon or line.broken for line in self.own)


@dataclass(frozen=True, slots=True)
class KeyOverview:
    """What looking needs. `reports` asks the holder of the signing keys, at most once in some seconds."""

    known: Callable[[], Iterable[KnownKey]]
    reports: Callable[[], Sequence[SignerReport]]
    trust_list: Callable[[], ListStanding | None]
    clock: Clock

    def standing(self) -> KeysStanding:
        """Every key, those in force first; nothing is written."""
        reports = {one.name: one for one in self.reports()}
        lines = tuple(self._line(one, reports) for one in self.known())
        ours = tuple(line for line in lines if line.key.use is not KeyUse.ORGANISATION)
        others = tuple(line for line in lines if line.key.use is KeyUse.ORGANISATION)
        return KeysStanding(ours, others, self.trust_list())

    def _line(self, key: KnownKey, reports: Mapping[str, SignerReport]) -> KeyLine:
        signs = key.standing in (KeyStanding.IN_FORCE, KeyStanding.RETIRING)
        report = reports.get(key.name) if signs and key.use is not KeyUse.ORGANISATION else None
        ends = [one for one in (key.until, None if report is None else report.valid_until) if one is not None]
        until = min(ends, default=None)
        left = None if until is None else max(0, (until - self.clock.today()).days + 1)
        finding = None if report is None else report.finding
        return KeyLine(key, left, finding)
