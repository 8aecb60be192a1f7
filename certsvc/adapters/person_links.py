"""Documents that are one person's, as keyed digests: what a person did under one document counts under the other.

Only what somebody registered is known: two documents are never guessed to be one person's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, func, insert, select, update

from certsvc.adapters.audit_store import append_entry, digest_of
from certsvc.adapters.credit_schema import person_link
from certsvc.adapters.database import hold_table
from certsvc.adapters.instants import instant_text
from certsvc.domain.caller import OPERATOR
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
        keys = [self._cipher.person_key(one.number) for one in (linked.one, linked.other)]
        with self._engine.begin() as connection:
            hold_table(connection, person_link)
            mine = select(person_link.c.person_key, person_link.c.group_key)
            rows = connection.execute(mine.where(person_link.c.person_key.in_(keys)))
            known = {row.person_key: row.group_key for row in rows}
            groups = set(known.values())
            if len(known) == len(keys) and len(groups) == 1:
                return False
            group = min(groups, default=keys[0])
            connection.execute(
                update(person_link).where(person_link.c.group_key.in_(groups)).values(group_key=group)
            )
            paper = {"document_ref": linked.document_ref, "linked_at": instant_text(at)}
            fresh = [{"person_key": key, "group_key": group, **paper} for key in {*keys} if key not in known]
            if fresh:
                connection.execute(insert(person_link), fresh)
            after = digest_of({"group": bytes(group).hex(), "document_ref": linked.document_ref})
            append_entry(
                connection, at, OPERATOR, _LINK_ACTION, f"person/{bytes(group).hex()[:32]}", after=after
            )
        return True


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
