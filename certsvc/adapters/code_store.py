"""Certificates by their manual codes, and the codes of those that were sealed before codes were kept."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, Row, and_, literal_column, select

from certsvc.adapters.schema import certificate
from certsvc.adapters.sealed_certificates import code_key, open_record
from certsvc.adapters.version_filling import fill_versions
from certsvc.formats.manual_code import manual_code
from certsvc.ports import PersonalCipher
from certsvc.ports.background import FilledChunk

_UNCODED = and_(
    certificate.c.code_key.is_(None), certificate.c.state != literal_column("'drafted'")
)  # word for word as in the partial index


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

    def fill(self, after: tuple[str, int] | None, most: int) -> FilledChunk:
        """Keep the codes of up to so many records behind `after`."""
        own = certificate.c
        return fill_versions(self._engine, own.code_key, _UNCODED, own.sealed_record, self._key, after, most)

    def _key(self, row: Row[Any]) -> bytes:
        record = open_record(self._cipher, row.number, row.version, row.sealed)
        return code_key(self._cipher, manual_code(record))
