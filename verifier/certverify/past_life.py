"""What became of a certificate, by the event leaves on the slots of its versions: chains that hold, and days in its life.

Every version has a slot of its own. A correction writes the slot of the version that it replaces; whatever is decided
later is decided over the newest version and written on the older slots once more (docs/formats/ledger.md). The life of
the certificate is what was decided over the version that was the newest at the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

from certverify.errors import CertverifyError
from certverify.leaf import EventLeaf, EventType
from certverify.status import Status

LOCAL = timezone(timedelta(hours=8), "Asia/Shanghai")
_EPOCH_DAY = date(1970, 1, 1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_DAY = (date.max - _EPOCH_DAY).days
_ENDINGS = frozenset({EventType.REVOKED, EventType.WRITTEN_OFF, EventType.VOIDED})
_ENDED = frozenset({Status.REVOKED, Status.WRITTEN_OFF, Status.VOIDED})


class ChainError(CertverifyError):
    """The events do not follow from each other: this is no history that the log can hold."""


class LeftOutError(CertverifyError):
    """The events follow from each other, but a version or an event that must exist is not among them."""


@dataclass(frozen=True, slots=True)
class ChainedEvent:
    """An event leaf that is proven to be in the log, with its index and its leaf hash."""

    index: int
    leaf: EventLeaf
    leaf_hash: bytes

    @property
    def effective_on(self) -> date:
        """The day from which the event counts in law."""
        return _EPOCH_DAY + timedelta(days=self.leaf.effective_on)

    @property
    def logged_at(self) -> datetime:
        """The hour in which the log took the event."""
        return _EPOCH + timedelta(hours=self.leaf.logged_hour)

    @property
    def logged_on(self) -> date:
        """The day of that hour in Shanghai."""
        return self.logged_at.astimezone(LOCAL).date()


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """One event in the life of the certificate: the issue, or what was decided over `version`."""

    version: int
    event: ChainedEvent

    @property
    def kind(self) -> EventType:
        """What happened."""
        return self.event.leaf.type


@dataclass(frozen=True, slots=True)
class Standing:
    """How a certificate stood: its status, and the number of the version in force. Both None: there was nothing yet."""

    status: Status | None = None
    version: int | None = None


def life_of(chains: Sequence[Sequence[ChainedEvent]]) -> tuple[LifeEvent, ...]:
    """The life of the certificate whose versions, first to newest, have these events on their slots, in log order.

    Raises ChainError when they contradict each other, LeftOutError when some are missing.
    """
    for chain in chains:
        _require_chain(chain)
    _require_time_order(chains)
    own = [_until_replaced(chain) for chain in chains]
    _require_all_versions(own)
    life = tuple(
        LifeEvent(version, event)
        for version, events in enumerate(own, 1)
        for event in (events if version == 1 else events[1:])
    )
    for version, (chain, events) in enumerate(zip(chains, own, strict=True), 1):
        _require_same_decisions(chain[len(events) :], [one for one in life if one.version > version])
    return life


def part_of_life(chain: Sequence[ChainedEvent], version: int) -> tuple[LifeEvent, ...]:
    """What stands on the slot of one version alone, in log order. Raises ChainError when it contradicts itself."""
    _require_chain(chain)
    _require_time_order([chain])
    return tuple(LifeEvent(version, event) for event in chain)


def standing_of_part(part: Sequence[LifeEvent], day: date, known_on: date | None = None) -> Standing:
    """How one version stood on `day`, replaced by another among it; as `standing_on`."""
    counted = [
        one
        for one in part
        if one.event.effective_on <= day and (known_on is None or one.event.logged_on <= known_on)
    ]
    return Standing(counted[-1].kind.status_after, counted[-1].version) if counted else Standing()


def standing_on(life: Sequence[LifeEvent], day: date, known_on: date | None = None) -> Standing:
    """How the certificate stood on `day`, by what was logged up to the end of `known_on` (None: by everything).

    Of the events that count by `day`, the one logged last gives the status; a correction changes the version alone.
    """
    status, version = None, 0
    for one in life:
        unknown_then = known_on is not None and one.event.logged_on > known_on
        if unknown_then or one.event.effective_on > day:
            continue
        if one.kind is EventType.CORRECTED:
            version += 1
        else:
            status = one.kind.status_after
    return Standing() if status is None else Standing(status, version + 1)


def _require_chain(chain: Sequence[ChainedEvent]) -> None:
    """One slot, seq from 0 on without a gap, each event naming the one before, and kinds that may follow each other."""
    first, before, replaced = chain[0], None, False
    for seq, event in enumerate(chain):
        leaf = event.leaf
        if leaf.slot != first.leaf.slot or leaf.seq != seq:
            raise ChainError("an event of another slot, or out of its place")
        if leaf.prev != (None if before is None else before.leaf_hash):
            raise ChainError("an event does not name the one before")
        if leaf.effective_on > _LAST_DAY or leaf.logged_hour >= _LAST_DAY * 24:
            raise ChainError("a date beyond the calendar")
        if leaf.type not in _may_follow(None if before is None else before.leaf.type.status_after, replaced):
            raise ChainError("an event that may not follow the one before")
        replaced = replaced or leaf.type is EventType.CORRECTED
        before = event


def _may_follow(status: Status | None, replaced: bool) -> frozenset[EventType]:
    """The kinds that may come next on a slot with this status, of a version that was replaced before or not."""
    if status is None:
        return frozenset({EventType.ISSUED})
    lifted = EventType.CORRECTED if replaced else EventType.REINSTATED
    if status in _ENDED:
        return frozenset({lifted})
    if status is Status.SUSPENDED:
        return _ENDINGS | {lifted}
    if status is Status.SUPERSEDED:
        return _ENDINGS | {EventType.SUSPENDED}
    return _ENDINGS | {EventType.SUSPENDED, EventType.CORRECTED}


def _require_time_order(chains: Sequence[Sequence[ChainedEvent]]) -> None:
    """In the order of the log no event stands twice, and no hour steps back; a slot's events stand in their own order."""
    listed = sorted((event for chain in chains for event in chain), key=lambda event: event.index)
    for earlier, later in pairwise(listed):
        if earlier.index == later.index or earlier.leaf.logged_hour > later.leaf.logged_hour:
            raise ChainError("one place in the log twice, or time steps back")
    for chain in chains:
        indices = [event.index for event in chain]
        if indices != sorted(indices):
            raise ChainError("the events of a slot are out of order in the log")


def _until_replaced(chain: Sequence[ChainedEvent]) -> Sequence[ChainedEvent]:
    """The events while this version was the newest, the correction that replaced it included."""
    for place, event in enumerate(chain):
        if event.leaf.type is EventType.CORRECTED:
            return chain[: place + 1]
    return chain


def _require_all_versions(own: Sequence[Sequence[ChainedEvent]]) -> None:
    """Each version but the newest was replaced before the next one was issued; the newest was not."""
    for events, following in pairwise(own):
        if events[-1].leaf.type is not EventType.CORRECTED:
            raise LeftOutError("a version was replaced, and the correction is missing")
        if events[-1].index > following[0].index:
            raise ChainError("a version was issued before the correction that made it")
    if own[-1][-1].leaf.type is EventType.CORRECTED:
        raise LeftOutError("the newest version is missing")


def _require_same_decisions(echoes: Sequence[ChainedEvent], later: Sequence[LifeEvent]) -> None:
    """On a replaced version's slot stands, once more, what was decided over the newer ones."""
    decided = [
        (EventType.CORRECTED if one.kind is EventType.REINSTATED else one.kind, one.event.leaf.effective_on)
        for one in later
        if one.kind is not EventType.CORRECTED
    ]
    repeated = [(event.leaf.type, event.leaf.effective_on) for event in echoes]
    if any(one != other for one, other in zip(repeated, decided, strict=False)):
        raise ChainError("the slots of two versions tell different histories")
    if len(repeated) != len(decided):
        raise LeftOutError("an event is missing on the slot of one version")
