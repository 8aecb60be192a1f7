"""The list of dependent titles in the database. It follows the confirmed decisions: each is worked through once.

A decision that the list has not seen is found by itself, whoever confirmed it and whatever died afterwards; entries are
named by cause and subject, so that none is made twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, Row, exists, func, insert, select, update

from certsvc.adapters.audit_store import append_entry, caller_named, digest_of
from certsvc.adapters.batch_schema import dependants_listed, dependent_title
from certsvc.adapters.database import hold_table, insert_missing
from certsvc.adapters.decision_schema import decision
from certsvc.adapters.historical_titles import ENDED, HISTORICAL_TITLES, IN_FORCE, historical_title
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.issue_check import held_title
from certsvc.adapters.person_links import keys_of_persons
from certsvc.adapters.schema import certificate
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.dependants import (
    DependantEntry,
    DependantStatus,
    DependentTitle,
    Reason,
    dependent_titles,
    require_settlement,
)
from certsvc.domain.facts import HeldTitle
from certsvc.domain.permission import Action
from certsvc.errors import RequestError, UnknownReference

_ENDING = ("revoke", "write_off", "void")
_STANDING = frozenset({CertificateStatus.VALID, CertificateStatus.SUSPENDED, CertificateStatus.HISTORICAL})
_CHUNK = 500
_NEVER_ISSUED = (certificate.c.state == "drafted") & (certificate.c.version == 1)


class DatabaseDependantStore:
    """ports.dependants.DependantStore on SQLAlchemy Core."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def later_titles(self, numbers: Iterable[str]) -> tuple[str, ...]:
        """Numbers of standing certificates that rest on one of these, without these themselves."""
        wanted = list(numbers)
        with self._engine.begin() as connection:
            found = _resting_on(connection, wanted)
        later = {one.title.number for titles in found.values() for one in titles}
        return tuple(sorted(later - set(wanted)))

    def list_decided(self, at: datetime, most: int) -> int:
        """Write down what up to so many confirmed decisions mean for other titles; how many decisions. 0: all are listed."""
        waiting = (
            select(decision.c.id, decision.c.kind, decision.c.certificate_number)
            .where(
                decision.c.status == "confirmed",
                decision.c.kind.in_((*_ENDING, "reinstate")),
                ~exists().where(dependants_listed.c.decision_id == decision.c.id),
            )
            .order_by(decision.c.confirmed_at, decision.c.ordinal, decision.c.id)
            .limit(most)
        )
        with self._engine.begin() as connection:
            if not connection.execute(waiting.limit(1)).all():
                return 0
        with self._engine.begin() as connection:
            hold_table(connection, dependants_listed)  # one after the other, in the order of confirmation
            rows = connection.execute(waiting).all()
            ended = [row.certificate_number for row in rows if row.kind in _ENDING]
            found = _resting_on(connection, ended)
            for row in rows:
                if row.kind == "reinstate":
                    _lift(connection, row.certificate_number, at)
                else:
                    titles = found.get(row.certificate_number, ())
                    _open(connection, row.id, row.certificate_number, titles, at)
            if rows:
                connection.execute(insert(dependants_listed), [{"decision_id": row.id} for row in rows])
        return len(rows)

    def listed(self, status: DependantStatus | None = None, most: int = 1000) -> tuple[DependantEntry, ...]:
        """Entries, oldest first, in one state where asked."""
        found = select(dependent_title).order_by(dependent_title.c.opened_at, dependent_title.c.id)
        if status is not None:
            found = found.where(dependent_title.c.status == status)
        with self._engine.begin() as connection:
            rows = connection.execute(found.limit(most)).all()
        return tuple(entry_of(row) for row in rows)

    def page(self, status: DependantStatus, most: int, skip: int) -> tuple[tuple[DependantEntry, ...], int]:
        """Some of the entries in a state, oldest first, and how many there are."""
        own = dependent_title.c
        found = select(dependent_title).where(own.status == status)
        counted = select(func.count()).select_from(dependent_title).where(own.status == status)
        page = found.order_by(own.opened_at, own.id).limit(most).offset(skip)
        with self._engine.begin() as connection:
            total = connection.execute(counted).scalar_one()
            rows = connection.execute(page).all()
        return tuple(entry_of(row) for row in rows), total

    def find(self, wanted: str) -> DependantEntry | None:
        """An entry, None when there is none."""
        with self._engine.begin() as connection:
            row = connection.execute(_of_id(wanted)).one_or_none()
        return None if row is None else entry_of(row)

    def settle(
        self,
        wanted: str,
        outcome: DependantStatus,
        by_decision: str | None,
        note: str | None,
        actor: str,
        at: datetime,
    ) -> DependantEntry:
        """Store what a person decided; the same again changes nothing."""
        with self._engine.begin() as connection:
            row = connection.execute(_of_id(wanted).with_for_update()).one_or_none()
            if row is None:
                raise UnknownReference(f"没有编号为 {wanted[:32]} 的后续职称事项。请核对编号。")
            entry = entry_of(row)
            require_settlement(entry, outcome, by_decision, note)
            if entry.status is not DependantStatus.OPEN:
                return entry
            if by_decision is not None:
                _require_ending(connection, by_decision, entry)
            settled = {
                "status": outcome,
                "decision_id": by_decision,
                "note": note,
                "actor": actor,
                "settled_at": instant_text(at),
            }
            connection.execute(update(dependent_title).where(dependent_title.c.id == wanted).values(settled))
            before = digest_of(dict(row._mapping))
            after = digest_of({**row._mapping, **settled})
            caller, subject = caller_named(connection, actor), f"dependant/{wanted}"
            append_entry(connection, at, caller, Action.DEPENDENT_SETTLE, subject, before=before, after=after)
            return entry_of(connection.execute(_of_id(wanted)).one())


def entry_row(
    cause: str,
    subject: str,
    number: str | None,
    reason: Reason,
    at: datetime,
    *,
    ended: str | None = None,
    through: str | None = None,
) -> dict[str, object]:
    """The columns of an open entry; cause and subject make its id."""
    return {
        "id": "T" + sha256(f"{cause}/{subject}".encode()).hexdigest()[:15].upper(),
        "cause": cause,
        "ended_number": ended,
        "subject": subject,
        "certificate_number": number,
        "reason": reason,
        "through": through,
        "status": DependantStatus.OPEN,
        "opened_at": instant_text(at),
    }


def entry_of(row: Row[Any]) -> DependantEntry:
    """A row of the list."""
    return DependantEntry(
        id=row.id,
        cause=row.cause,
        ended=row.ended_number,
        subject=row.subject,
        certificate=row.certificate_number,
        reason=Reason(row.reason),
        through=row.through,
        status=DependantStatus(row.status),
        opened_at=read_instant(row.opened_at),
        note=row.note,
        decision=row.decision_id,
        actor=row.actor,
        settled_at=None if row.settled_at is None else read_instant(row.settled_at),
    )


def entries_of_cause(connection: Connection, cause: str) -> tuple[DependantEntry, ...]:
    """The entries that one decision or annulment made, oldest first."""
    own = dependent_title.c
    mine = select(dependent_title).where(own.cause == cause).order_by(own.opened_at, own.id)
    return tuple(entry_of(row) for row in connection.execute(mine))


def lift_entries(connection: Connection, cause: str, at: datetime) -> None:
    """A cause that counts no more: its open entries need no decision, those that a person settled stay."""
    own = dependent_title.c
    connection.execute(
        update(dependent_title)
        .where(own.cause == cause, own.status == DependantStatus.OPEN)
        .values(status=DependantStatus.LIFTED, settled_at=instant_text(at))
    )


def _of_id(wanted: str) -> Any:
    return select(dependent_title).where(dependent_title.c.id == wanted)


def _open(
    connection: Connection, cause: str, ended: str, titles: Iterable[DependentTitle], at: datetime
) -> None:
    rows = [
        entry_row(cause, one.title.number, one.title.number, one.reason, at, ended=ended, through=one.through)
        for one in titles
    ]
    insert_missing(connection, dependent_title, rows)


def _lift(connection: Connection, number: str, at: datetime) -> None:
    """A title that stands again: what rests on it needs no decision any more."""
    own = dependent_title.c
    waiting = own.ended_number == number, own.status == DependantStatus.OPEN
    connection.execute(
        update(dependent_title)
        .where(*waiting)
        .values(status=DependantStatus.LIFTED, settled_at=instant_text(at))
    )


def _require_ending(connection: Connection, wanted: str, entry: DependantEntry) -> None:
    row = connection.execute(select(decision).where(decision.c.id == wanted)).one_or_none()
    if row is None:
        raise UnknownReference(f"没有编号为 {wanted[:32]} 的决定。请核对决定编号。")
    if row.certificate_number != entry.certificate or row.kind not in _ENDING or row.status != "confirmed":
        raise RequestError("该决定不是对这份证书已确认的撤销、核销或无效决定。请核对决定编号。")


def _resting_on(connection: Connection, numbers: Sequence[str]) -> dict[str, tuple[DependentTitle, ...]]:
    """Number of an ended certificate, or reference of a revoked record -> standing titles of its holder that rest on it."""
    ended: dict[str, tuple[bytes, HeldTitle]] = {}
    for start in range(0, len(numbers), _CHUNK):
        some = numbers[start : start + _CHUNK]
        ours = select(certificate).where(certificate.c.number.in_(some), ~_NEVER_ISSUED)
        for row in connection.execute(ours.order_by(certificate.c.version)):  # the newest version comes last
            ended[row.number] = bytes(row.person_key), held_title(row)
        older = select(HISTORICAL_TITLES).where(HISTORICAL_TITLES.c.reference.in_(some), ENDED)
        for row in connection.execute(older):
            ended[row.reference] = bytes(row.person_key), historical_title(row)
    standing = _standing(connection, sorted({key for key, _title in ended.values()}))
    return {number: dependent_titles(title, standing[key]) for number, (key, title) in ended.items()}


def _standing(connection: Connection, persons: Sequence[bytes]) -> dict[bytes, tuple[HeldTitle, ...]]:
    """Person -> the titles that stand, by certificates and by published historical records, under linked documents too."""
    sought = keys_of_persons(connection, persons)
    keys = sorted(sought)
    known: dict[bytes, dict[str, HeldTitle]] = {person: {} for person in persons}
    for start in range(0, len(keys), _CHUNK):
        some = keys[start : start + _CHUNK]
        ours = select(certificate).where(certificate.c.person_key.in_(some), ~_NEVER_ISSUED)
        newest: dict[str, Row[Any]] = {}
        for row in connection.execute(ours.order_by(certificate.c.number, certificate.c.version)):
            newest[row.number] = row  # the newest version comes last
        older = select(HISTORICAL_TITLES).where(HISTORICAL_TITLES.c.person_key.in_(some), IN_FORCE)
        found = [
            (row, held_title(row)) for row in newest.values() if CertificateStatus(row.status) in _STANDING
        ]
        found += [(row, historical_title(row)) for row in connection.execute(older)]
        for row, title in found:
            for person in sought[bytes(row.person_key)]:
                known[person][title.number] = title
    return {person: tuple(titles.values()) for person, titles in known.items()}
