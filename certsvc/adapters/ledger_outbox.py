"""What a business transaction does to the ledger: take free slots, queue events. Both on the caller's connection."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.exc import IntegrityError as DatabaseRefusal

from certsvc.adapters.database import insert_rows
from certsvc.adapters.instants import instant_text
from certsvc.adapters.ledger_schema import outbox_event, status_slot, status_space
from certsvc.errors import ConflictError, UnknownReference
from certsvc.formats.decision_payload import PrivateEvent
from certsvc.formats.leaf import EventKind
from certsvc.ports import PendingEvent

_LOOK_UP_CHUNK = 500
_QUEUED = (
    "idempotency_key",
    "kind",
    "slot",
    "effective_on",
    "commitment",
    "certificate_number",
    "certificate_version",
    "queued_at",
)


def allot_slots(connection: Connection, count: int) -> list[int]:
    """`count` free slots of the status array, uniformly random, now taken; the array stays under half full.

    The array that the next seal commits to is doubled first when they would fill half of it. Raises ConflictError
    before the log has begun.
    """
    space = connection.execute(select(status_space).with_for_update()).one_or_none()
    if space is None:
        raise ConflictError("账本尚未建立。请先运行 certsvc init。")
    slots, taken = int(space.slots), int(space.taken) + count
    while 2 * taken >= slots:
        slots *= 2
    chosen: dict[int, None] = {}
    while len(chosen) < count:
        drawn = {secrets.randbelow(slots): None for _ in range(count - len(chosen))}
        known = _known_slots(connection, list(drawn))
        chosen.update(dict.fromkeys(slot for slot in drawn if slot not in known))
    if chosen:
        insert_rows(connection, status_slot, ("slot",), [(slot,) for slot in chosen])
        connection.execute(update(status_space).values(slots=slots, taken=taken))
    return list(chosen)


def issue_key(number: str, version: int) -> str:
    """The idempotency key of the event that issues a certificate version."""
    return f"issue/{number}/{version}"


def pending(event: PrivateEvent, key: str) -> PendingEvent:
    """A private event as the outbox takes it, under an idempotency key."""
    return PendingEvent(
        idempotency_key=key,
        kind=event.kind,
        slot=event.slot,
        effective_on=event.effective_on,
        commitment=event.commitment,
        certificate_number=event.subject,
        certificate_version=event.version,
    )


def in_slot_order(events: Iterable[PendingEvent]) -> list[PendingEvent]:
    """The events of many persons in an order that tells nothing: slots are random, rows of a published list are not.

    Events on one slot keep their order.
    """
    return sorted(events, key=lambda event: event.slot)


def queue_events(connection: Connection, events: Sequence[PendingEvent], at: datetime) -> None:
    """Queue events in the caller's transaction, so that business change and event exist together or not at all.

    An event whose key is queued already is left out. Raises UnknownReference for a slot nobody took, ConflictError
    when a key names another event, when a slot is opened twice, or when a later event comes before the first.
    """
    taken = _hold_slots(connection, sorted({event.slot for event in events}))
    known = _queued_keys(connection, [event.idempotency_key for event in events])
    fresh: dict[str, PendingEvent] = {}
    for event in events:
        told = known.get(event.idempotency_key) or fresh.get(event.idempotency_key)
        if told is not None and told != event:
            raise ConflictError(f"账本事件编号 {event.idempotency_key} 已用于另一事件。")
        if told is None:
            fresh[event.idempotency_key] = event
    if not fresh:
        return
    _require_order(connection, list(fresh.values()), taken)
    try:
        insert_rows(connection, outbox_event, _QUEUED, _rows(fresh.values(), instant_text(at)))
    except DatabaseRefusal as error:
        raise ConflictError("账本事件编号刚刚被另一进程用于另一事件，本次操作已撤回。") from error


def read_event(row: Row[Any]) -> PendingEvent:
    """The event of an outbox row."""
    return PendingEvent(
        idempotency_key=row.idempotency_key,
        kind=EventKind(row.kind),
        slot=row.slot,
        effective_on=date.fromisoformat(row.effective_on),
        commitment=row.commitment,
        certificate_number=row.certificate_number,
        certificate_version=row.certificate_version,
    )


def _rows(events: Iterable[PendingEvent], queued_at: str) -> list[tuple[object, ...]]:
    return [
        (
            event.idempotency_key,
            int(event.kind),
            event.slot,
            event.effective_on.isoformat(),
            event.commitment,
            event.certificate_number,
            event.certificate_version,
            queued_at,
        )
        for event in events
    ]


def _hold_slots(connection: Connection, slots: Sequence[int]) -> set[int]:
    """Those of the slots that are taken, held until the commit: events of one slot are queued one after another."""
    held: set[int] = set()
    for at in range(0, len(slots), _LOOK_UP_CHUNK):
        cut = slots[at : at + _LOOK_UP_CHUNK]
        rows = select(status_slot.c.slot).where(status_slot.c.slot.in_(cut)).order_by(status_slot.c.slot)
        held.update(connection.scalars(rows.with_for_update()))
    return held


def _require_order(connection: Connection, events: Sequence[PendingEvent], taken: set[int]) -> None:
    opened = _opened_slots(connection, sorted({event.slot for event in events}))
    for event in events:
        if event.slot not in taken:
            raise UnknownReference(f"状态位 {event.slot} 尚未分配，不能登记事件。")
        if event.kind.opens_slot == (event.slot in opened):
            raise ConflictError(
                f"证书 {event.certificate_number} 的事件顺序不符：首个事件只能登记一次，且先于其他事件。"
            )
        opened.add(event.slot)


def _queued_keys(connection: Connection, keys: Sequence[str]) -> dict[str, PendingEvent]:
    found: dict[str, PendingEvent] = {}
    for at in range(0, len(keys), _LOOK_UP_CHUNK):
        rows = connection.execute(
            select(outbox_event).where(outbox_event.c.idempotency_key.in_(keys[at : at + _LOOK_UP_CHUNK]))
        )
        found.update({row.idempotency_key: read_event(row) for row in rows})
    return found


def _known_slots(connection: Connection, slots: Sequence[int]) -> set[int]:
    known: set[int] = set()
    for at in range(0, len(slots), _LOOK_UP_CHUNK):
        cut = slots[at : at + _LOOK_UP_CHUNK]
        known.update(connection.scalars(select(status_slot.c.slot).where(status_slot.c.slot.in_(cut))))
    return known


def _opened_slots(connection: Connection, slots: Sequence[int]) -> set[int]:
    opened: set[int] = set()
    for at in range(0, len(slots), _LOOK_UP_CHUNK):
        cut = slots[at : at + _LOOK_UP_CHUNK]
        opened.update(connection.scalars(select(outbox_event.c.slot).where(outbox_event.c.slot.in_(cut))))
    return opened
