"""Share grants in the database: kept for holders, looked up by the digest of a code."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from certsvc.adapters.access_schema import personal_look
from certsvc.adapters.audit_store import append_entry
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.person_links import keys_of_persons
from certsvc.adapters.share_schema import share_grant
from certsvc.domain.caller import Caller
from certsvc.domain.permission import Action
from certsvc.domain.share_grant import ShareGrant
from certsvc.ports import PersonalCipher


class DatabaseShareGrantStore:
    """ports.share_grants.ShareGrantStore on SQLAlchemy Core."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def make(self, grant: ShareGrant, code_digest: bytes, holder: str, by: Caller) -> None:
        """Keep a new grant, with its audit entry."""
        sealed = self._cipher.encrypt(grant.recipient.encode(), context=_context(grant.id))
        with self._engine.begin() as connection:
            connection.execute(
                insert(share_grant).values(
                    id=grant.id,
                    code_digest=code_digest,
                    certificate_number=grant.number,
                    person_key=self._cipher.person_key(holder),
                    fields=json.dumps(grant.fields),
                    sealed_recipient=sealed,
                    made_at=instant_text(grant.made_at),
                    ends_at=instant_text(grant.ends_at),
                )
            )
            append_entry(connection, grant.made_at, by, Action.SHARE_MAKE, _subject(grant.id))

    def of_holder(self, holder: str) -> tuple[ShareGrant, ...]:
        """The holder's grants, newest first."""
        newest = select(share_grant).order_by(share_grant.c.made_at.desc(), share_grant.c.id)
        with self._engine.begin() as connection:
            newest = newest.where(share_grant.c.person_key.in_(self._persons(connection, holder)))
            return tuple(_grant(row, self._cipher) for row in connection.execute(newest))

    def cancel(self, grant: str, holder: str, by: Caller, at: datetime) -> ShareGrant | None:
        """End a grant of the holder; again: nothing new."""
        with self._engine.begin() as connection:
            persons = self._persons(connection, holder)
            own = (share_grant.c.id == grant) & share_grant.c.person_key.in_(persons)
            found = connection.execute(select(share_grant).where(own).with_for_update()).one_or_none()
            if found is None:
                return None
            if found.cancelled_at is None:
                connection.execute(update(share_grant).where(own).values(cancelled_at=instant_text(at)))
                append_entry(connection, at, by, Action.SHARE_CANCEL, _subject(grant))
            return _grant(connection.execute(select(share_grant).where(own)).one(), self._cipher)

    def openings(self, grant: str) -> tuple[datetime, ...]:
        """When the grant was opened, oldest first."""
        looks = select(personal_look.c.at).where(personal_look.c.object == grant)
        with self._engine.begin() as connection:
            rows = connection.scalars(looks.order_by(personal_look.c.position))
            return tuple(read_instant(at) for at in rows)

    def _persons(self, connection: Connection, holder: str) -> list[bytes]:
        return sorted(keys_of_persons(connection, [self._cipher.person_key(holder)]))


class DatabaseShareGrantBoard:
    """ports.share_grants.ShareGrantBoard, over an engine that cannot write."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def by_code(self, code_digest: bytes) -> ShareGrant | None:
        """The grant of a code, whether it still opens or not."""
        with self._engine.begin() as connection:
            row = connection.execute(
                select(share_grant).where(share_grant.c.code_digest == code_digest)
            ).one_or_none()
        return None if row is None else _grant(row, self._cipher)


def _grant(row: Row[Any], cipher: PersonalCipher) -> ShareGrant:
    return ShareGrant(
        id=row.id,
        number=row.certificate_number,
        fields=tuple(json.loads(row.fields)),
        recipient=cipher.decrypt(row.sealed_recipient, context=_context(row.id)).decode(),
        made_at=read_instant(row.made_at),
        ends_at=read_instant(row.ends_at),
        cancelled_at=None if row.cancelled_at is None else read_instant(row.cancelled_at),
    )


def _context(grant: str) -> bytes:
    return f"share/{grant}/recipient".encode()


def _subject(grant: str) -> str:
    return f"share-grant/{grant}"
