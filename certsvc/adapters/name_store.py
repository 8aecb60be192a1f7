"""Keyed digests of the names of certificates that were drafted before names were looked up."""

from __future__ import annotations

from sqlalchemy import Engine, bindparam, select, update

from certsvc.adapters.schema import NAME_UNKEYED, certificate
from certsvc.adapters.sealed_certificates import name_key, open_content
from certsvc.formats.content import decode_content
from certsvc.ports import PersonalCipher

_FILL = (
    update(certificate)
    .where(certificate.c.number == bindparam("own_number"), certificate.c.version == bindparam("own_version"))
    .values(name_key=bindparam("key_of_name"))
)


class DatabaseUnkeyedNames:
    """ports.certificate_search.UnkeyedNames on SQLAlchemy Core."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def fill(self, most: int) -> int:
        """Keep the keys of up to so many names; how many. Two processes write the same keys twice, never different ones."""
        own = certificate.c
        waiting = (
            select(own.number, own.version, own.row_no, own.sealed_content)
            .where(NAME_UNKEYED)
            .order_by(own.number, own.version)  # two processes hold the rows in one order
            .limit(most)
            .with_for_update()
        )
        with self._engine.begin() as connection:
            rows = connection.execute(waiting).all()
            if rows:
                connection.execute(
                    _FILL,
                    [
                        {
                            "own_number": row.number,
                            "own_version": row.version,
                            "key_of_name": self._key(row.number, row.version, row.row_no, row.sealed_content),
                        }
                        for row in rows
                    ],
                )
        return len(rows)

    def _key(self, number: str, version: int, row: int, sealed: bytes) -> bytes:
        content = decode_content(open_content(self._cipher, number, version, sealed), row=row)
        return name_key(self._cipher, content.award.name)
