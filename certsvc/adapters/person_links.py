"""Documents that are one person's, as keyed digests: what a person did under one document counts under the other.

Only what somebody registered is known: two documents are never guessed to be one person's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, func, insert, select, update

from certsvc.adapters.audit_store import append_entry, digest_of
from certsvc.adapters.credit_schema import person_link, person_link_paper
from certsvc.adapters.database import hold_table
from certsvc.adapters.instants import instant_text
from certsvc.domain.caller import OPERATOR, Caller
from certsvc.formats.canonical import JsonValue
from certsvc.ports import PersonalCipher
from certsvc.ports.credit import LinkedDocuments

_LOOK_UP_CHUNK = 500
_LINK_ACTION = "machine:person:link"


class DatabasePersonLinks:
    """ports.credit.PersonLinks on SQLAlchemy Core."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def link(self, linked: LinkedDocuments, at: datetime) -> bool:
        """Register two documents as one person's; groups that they belonged to become one."""
        with self._engine.begin() as connection:
            return join_documents(connection, self._cipher, linked, at, OPERATOR, _LINK_ACTION)


def join_documents(
    connection: Connection,
    cipher: PersonalCipher,
    linked: LinkedDocuments,
    at: datetime,
    by: Caller,
    action: str,
) -> bool:
    """Register two documents as one person's in the caller's transaction; False when they were already.

    The paper is kept beside the groups, with both persons who stand for it, so that it can be undone alone.
    """
    keys = [cipher.person_key(one.number) for one in (linked.one, linked.other)]
    hold_table(connection, person_link)
    mine = select(person_link.c.person_key, person_link.c.group_key)
    rows = connection.execute(mine.where(person_link.c.person_key.in_(keys)))
    known = {bytes(row.person_key): bytes(row.group_key) for row in rows}
    groups = set(known.values())
    _keep_paper(connection, keys, linked, at)
    if len(known) == len(keys) and len(groups) == 1:
        return False
    group = min(groups, default=keys[0])
    connection.execute(update(person_link).where(person_link.c.group_key.in_(groups)).values(group_key=group))
    paper = {"document_ref": linked.document_ref, "linked_at": instant_text(at)}
    fresh = [{"person_key": key, "group_key": group, **paper} for key in {*keys} if key not in known]
    if fresh:
        connection.execute(insert(person_link), fresh)
    _note(connection, at, by, action, group, linked.document_ref, linked.persons)
    return True


def part_documents(
    connection: Connection,
    document_ref: str,
    at: datetime,
    by: Caller,
    action: str,
    first_person: str,
) -> bool:
    """Undo what a paper linked, in the caller's transaction: documents that no other paper holds together part again.

    False when nothing stands on this paper.
    """
    hold_table(connection, person_link)
    own = person_link_paper.c
    this = (own.document_ref == document_ref) & own.undone_at.is_(None)
    keys = {bytes(one) for one in connection.scalars(select(own.one_key).where(this))}
    if not keys:
        return False
    connection.execute(update(person_link_paper).where(this).values(undone_at=instant_text(at)))
    member = person_link.c
    groups = set(connection.scalars(select(member.group_key).where(member.person_key.in_(keys))))
    members = {
        bytes(one)
        for one in connection.scalars(select(member.person_key).where(member.group_key.in_(groups)))
    }
    held = select(own.one_key, own.other_key).where(own.undone_at.is_(None), own.one_key.in_(members))
    pairs = [(bytes(one), bytes(other)) for one, other in connection.execute(held)]
    for together in _together(members, pairs):
        group = min(together)
        connection.execute(update(person_link).where(member.person_key.in_(together)).values(group_key=group))
    _note(connection, at, by, action, min(members), document_ref, (first_person, by.name))
    return True


def _together(members: Iterable[bytes], pairs: Iterable[tuple[bytes, bytes]]) -> list[set[bytes]]:
    """The members, in sets of those that pairs hold together."""
    of = {one: {one} for one in members}
    for one, other in pairs:
        if of[one] is not of[other]:
            of[one] |= of[other]
            for key in tuple(of[other]):
                of[key] = of[one]
    return list({id(one): one for one in of.values()}.values())


def _keep_paper(connection: Connection, keys: Sequence[bytes], linked: LinkedDocuments, at: datetime) -> None:
    own = person_link_paper.c
    same = (
        own.document_ref == linked.document_ref,
        own.one_key.in_(keys),
        own.other_key.in_(keys),
        own.undone_at.is_(None),
    )
    if connection.execute(select(own.id).where(*same)).first() is not None:
        return
    first, second = linked.persons or (None, None)
    connection.execute(
        insert(person_link_paper).values(
            one_key=keys[0],
            other_key=keys[1],
            document_ref=linked.document_ref,
            first_person=first,
            second_person=second,
            linked_at=instant_text(at),
        )
    )


def _note(
    connection: Connection,
    at: datetime,
    by: Caller,
    action: str,
    group: bytes,
    document_ref: str,
    persons: tuple[str, str] | None,
) -> None:
    told: dict[str, JsonValue] = {"group": group.hex(), "document_ref": document_ref}
    after = digest_of(told if persons is None else {**told, "persons": list(persons)})
    append_entry(connection, at, by, action, f"person/{group.hex()[:32]}", after=after)


def keys_of_persons(connection: Connection, keys: Iterable[bytes]) -> Mapping[bytes, tuple[bytes, ...]]:
    """Key to look for -> the keys among those given whose person it is: each for itself, and for its linked ones."""
    wanted = sorted(keys)
    sought: dict[bytes, tuple[bytes, ...]] = {key: (key,) for key in wanted}
    for asked, linked in _linked(connection, wanted):
        sought[linked] = (*sought.get(linked, ()), asked)
    return sought


def _linked(connection: Connection, wanted: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Each wanted key with each of its linked ones, in order. Few people have two documents: where there are fewer
    links than wanted keys, reading all of them is the shorter way."""
    own, other = person_link, person_link.alias()
    pairs = (
        select(own.c.person_key, other.c.person_key)
        .join(other, other.c.group_key == own.c.group_key)
        .where(other.c.person_key != own.c.person_key)
        .order_by(own.c.person_key, other.c.person_key)
    )
    known = connection.scalar(select(func.count()).select_from(person_link)) or 0
    if known < len(wanted):
        among = frozenset(wanted)
        found = ((bytes(asked), bytes(linked)) for asked, linked in connection.execute(pairs))
        yield from (pair for pair in found if pair[0] in among)
        return
    for start in range(0, len(wanted), _LOOK_UP_CHUNK):
        chunk = wanted[start : start + _LOOK_UP_CHUNK]
        for asked, linked in connection.execute(pairs.where(own.c.person_key.in_(chunk))):
            yield bytes(asked), bytes(linked)
