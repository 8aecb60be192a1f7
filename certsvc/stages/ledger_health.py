"""How the log stands, for those who keep it: the public checkpoint, who cosigned it, what waits, how it grew.

Nobody is asked over the network: what is told of witnesses stands in the published checkpoint.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from certverify.note import VerifierKey

from certsvc.ports import Clock, PublicTree
from certsvc.ports.background import BackgroundBoard, Waiting
from certsvc.ports.ledger_reading import LedgerReading
from certsvc.stages.published_log import read_published_note
from certsvc.stages.witness_policy import told_name
from certsvc.stages.witnessing import Witnessing

STALE: Final = timedelta(hours=1)
"""An older checkpoint lets nobody say "valid" on line any more."""
_SAMPLES: Final = 60
_SHANGHAI: Final = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Cosigner:
    """A witness of the policy, and when it cosigned the checkpoint that is public; None: it did not."""

    name: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Grown:
    """How many leaves the log had at the end of a day (Shanghai)."""

    on: date
    size: int


@dataclass(frozen=True, slots=True)
class LedgerStanding:
    """The log at this moment.

    `size`, `root` (hex) of the public checkpoint, None before anything is public; `logged`: leaves in the database, the last
    of which is the seal of `sealed_at`; `quorum`: the rule of the policy (None: no witness is needed); `waiting`: events
    that have no leaf yet.
    """

    now: datetime
    origin: str
    size: int | None
    root: str
    logged: int
    sealed_at: datetime | None
    quorum: str | None
    quorum_met: bool
    cosigners: tuple[Cosigner, ...]
    waiting: Waiting
    growth: tuple[Grown, ...]

    @property
    def unpublished(self) -> int:
        """Leaves that the public tree does not show."""
        return self.logged - (self.size or 0)

    @property
    def age(self) -> timedelta | None:
        """Since the log last signed; None before it began."""
        return None if self.sealed_at is None else max(self.now - self.sealed_at, timedelta())

    @property
    def stale(self) -> bool:
        """Whether the checkpoint is too old for an answer on line."""
        return self.age is None or self.age > STALE


@dataclass(frozen=True, slots=True)
class LedgerHealth:
    """What looking needs. `keys`: those that may have signed checkpoints of this log."""

    reading: LedgerReading
    tree: PublicTree
    keys: Sequence[VerifierKey]
    witnessing: Witnessing
    board: BackgroundBoard
    clock: Clock

    def standing(self) -> LedgerStanding:
        """Everything at this moment; nothing is written. Raises IntegrityError for a foreign checkpoint."""
        published = read_published_note(self.tree, self.keys)
        with self.reading.snapshot() as snapshot:
            head = snapshot.head()
        logged = 0 if head is None else head.size
        times = {} if published is None else self.witnessing.cosigned_at(published[0])
        policy = self.witnessing.policy
        return LedgerStanding(
            now=self.clock.now(),
            origin=self.keys[0].name,
            size=None if published is None else published[1].size,
            root="" if published is None else published[1].root.hex(),
            logged=logged,
            sealed_at=None if head is None else head.signed_at,
            quorum=None if policy.rule.quorum is None else told_name(policy.rule.quorum),
            quorum_met=policy.rule.satisfied_by(frozenset(times)),
            cosigners=tuple(
                Cosigner(told_name(name), datetime.fromtimestamp(times[name], UTC) if name in times else None)
                for name in policy.witnesses
            ),
            waiting=self.board.unlogged(),
            growth=self._growth(logged),
        )

    def _growth(self, size: int) -> tuple[Grown, ...]:
        """The last sample of each day; the log only grows, so a later leaf of a day stands for those before it."""
        days: dict[date, int] = {}
        for one in self.board.leaf_times(size, _SAMPLES):
            day = one.at.astimezone(_SHANGHAI).date()
            days[day] = max(days.get(day, 0), one.index + 1)
        return tuple(Grown(day, days[day]) for day in sorted(days))
