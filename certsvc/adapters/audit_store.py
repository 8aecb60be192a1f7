"""The audit trail in the database: every entry carries the hash of the one before.

    entry_hash = SHA-256(canonical JSON of position, at, actor, role, region, action, object,
                         before_digest, after_digest, previous_hash)

`audit_head` holds number and hash of the last entry; whoever appends holds its row until the commit, so positions
have no gaps and the chain does not fork. Triggers refuse every change of an entry. Appending comes last in a
transaction: nobody waits for anything else while holding the head.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, insert, select, update

from certsvc.adapters.access_schema import audit_entry, audit_head
from certsvc.adapters.database import insert_unless_known
from certsvc.adapters.instants import instant_text
from certsvc.adapters.schema import actor
from certsvc.domain.caller import Caller, CallerRole, nobody
from certsvc.formats.canonical import JsonValue, encode_canonical_json
from certsvc.ports import Clock

BEFORE_ALL: Final = bytes(32)
_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry as it is shown; digests and hash are hex."""

    position: int
    at: str
    actor: str
    role: str
    region: str
    action: str
    object: str
    before: str | None
    after: str | None
    entry_hash: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What checking the chain found: entries checked, hash of the last one, and the first fault (None: whole)."""

    entries: int
    head: str
    fault: str | None


def append_entry(
    connection: Connection,
    at: datetime,
    caller: Caller,
    action: str,
    subject: str,
    *,
    before: str | None = None,
    after: str | None = None,
) -> None:
    """Append an entry inside the caller's transaction. `before`/`after` are digests of the object (`digest_of`)."""
    insert_unless_known(connection, audit_head, {"id": 1, "entries": 0, "entry_hash": BEFORE_ALL})
    head = connection.execute(select(audit_head).with_for_update()).one()
    row: dict[str, Any] = {
        "position": head.entries + 1,
        "at": instant_text(at),
        "actor": caller.name,
        "role": caller.role.value,
        "region": caller.region,
        "action": action,
        "object": subject,
        "before_digest": before,
        "after_digest": after,
        "previous_hash": head.entry_hash,
    }
    own_hash = entry_hash(row)
    connection.execute(insert(audit_entry).values(**row, entry_hash=own_hash))
    connection.execute(update(audit_head).values(entries=row["position"], entry_hash=own_hash))


def entry_hash(row: dict[str, Any]) -> bytes:
    """The 32-byte hash of an entry's columns (all but `entry_hash`)."""
    kept: dict[str, JsonValue] = {**row, "previous_hash": bytes(row["previous_hash"]).hex()}
    return sha256(encode_canonical_json(kept)).digest()


def digest_of(value: JsonValue) -> str:
    """The digest of an object's state, hex SHA-256 of its canonical JSON."""
    return sha256(encode_canonical_json(value)).hexdigest()


def caller_named(connection: Connection, name: str) -> Caller:
    """The registered person of a name, as an entry names them; nobody when there is none."""
    row = connection.execute(select(actor).where(actor.c.name == name)).one_or_none()
    return nobody(name) if row is None else Caller(row.name, CallerRole(row.role), row.region)


class DatabaseAuditTrail:
    """ports.access.AuditTrail on SQLAlchemy Core, and what reads the trail."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def note(
        self,
        caller: Caller,
        action: str,
        subject: str,
        *,
        before: str | None = None,
        after: str | None = None,
    ) -> None:
        """Append an entry in a transaction of its own."""
        with self._engine.begin() as connection:
            append_entry(connection, self._clock.now(), caller, action, subject, before=before, after=after)

    def entries(self, subject: str) -> tuple[AuditEntry, ...]:
        """Everything that was done to an object, oldest first."""
        with self._engine.begin() as connection:
            rows = connection.execute(
                select(audit_entry).where(audit_entry.c.object == subject).order_by(audit_entry.c.position)
            ).all()
        return tuple(_entry(row) for row in rows)

    def verify_chain(self) -> ChainReport:
        """Compute every hash anew, in order; finds altered, removed, inserted and reordered entries.

        A chain that was cut and wholly computed anew by somebody who can write every table is found only by comparing
        `head` with one that was noted elsewhere.
        """
        previous, count = BEFORE_ALL, 0
        while True:
            with self._engine.begin() as connection:
                rows = connection.execute(
                    select(audit_entry)
                    .where(audit_entry.c.position > count)
                    .order_by(audit_entry.c.position)
                    .limit(_CHUNK)
                ).all()
                head = connection.execute(select(audit_head)).one_or_none()
            for row in rows:
                fault = chain_fault(row, count + 1, previous)
                if fault is not None:
                    return ChainReport(count, previous.hex(), fault)
                previous, count = bytes(row.entry_hash), count + 1
            if len(rows) < _CHUNK:
                expected = (0, BEFORE_ALL) if head is None else (head.entries, bytes(head.entry_hash))
                cut = None if expected == (count, previous) else f"共应有 {expected[0]} 条，实有 {count} 条"
                return ChainReport(count, previous.hex(), cut)


def chain_fault(row: Row[Any], position: int, previous: bytes) -> str | None:
    """What is wrong with the entry that should stand at a position behind the one with this hash; None: nothing."""
    columns = dict(row._mapping)
    stored = bytes(columns.pop("entry_hash"))
    if row.position != position:
        return f"缺少第 {position} 条"
    if bytes(row.previous_hash) != previous:
        return f"第 {position} 条与前一条不相连"
    return None if entry_hash(columns) == stored else f"第 {position} 条的内容被改动"


def _entry(row: Row[Any]) -> AuditEntry:
    return AuditEntry(
        position=row.position,
        at=row.at,
        actor=row.actor,
        role=row.role,
        region=row.region,
        action=row.action,
        object=row.object,
        before=row.before_digest,
        after=row.after_digest,
        entry_hash=bytes(row.entry_hash).hex(),
    )
