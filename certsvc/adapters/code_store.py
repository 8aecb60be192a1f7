"""Certificates by their manual codes, and the codes of those that were sealed before codes were kept."""

from __future__ import annotations

from sqlalchemy import Engine, and_, bindparam, literal_column, select, update

from certsvc.adapters.schema import certificate
from certsvc.adapters.sealed_certificates import code_key, open_record
from certsvc.formats.manual_code import manual_code
from certsvc.ports import PersonalCipher

_UNCODED = and_(
    certificate.c.code_key.is_(None), certificate.c.state != literal_column("'drafted'")
)  # word for word as in the partial index
_FILL = (
    update(certificate)
    .where(certificate.c.number == bindparam("own_number"), certificate.c.version == bindparam("own_version"))
    .values(code_key=bindparam("key_of_code"))
)


class DatabaseCertificatesByCode:
    """ports.manual_codes.RecordsByCode over an engine of `open_for_reading`."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def record(self, code: str) -> bytes | None:
        """The record of the certificate version with this code."""
        own = certificate.c
        wanted = select(own.number, own.version, own.sealed_record).where(
            own.code_key == code_key(self._cipher, code)
        )
        with self._engine.begin() as connection:
            row = connection.execute(wanted).one_or_none()
        return None if row is None else open_record(self._cipher, row.number, row.version, row.sealed_record)


class DatabaseUncodedRecords:
    """ports.manual_codes.UncodedRecords on SQLAlchemy Core."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def fill(self, most: int) -> int:
        """Two processes write the same codes twice, never different ones: nobody needs to wait for the other."""
        own = certificate.c
        waiting = (
            select(own.number, own.version, own.sealed_record)
            .where(_UNCODED)
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
                            "key_of_code": code_key(
                                self._cipher, manual_code(open_record(self._cipher, *row))
                            ),
                        }
                        for row in rows
                    ],
                )
        return len(rows)
