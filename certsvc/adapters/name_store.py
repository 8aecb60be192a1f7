"""Keyed digests of the names of certificates that were drafted before names were looked up."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, Row

from certsvc.adapters.schema import NAME_UNKEYED, certificate
from certsvc.adapters.sealed_certificates import name_key, open_content
from certsvc.adapters.version_filling import fill_versions
from certsvc.formats.content import decode_content
from certsvc.ports import PersonalCipher
from certsvc.ports.background import FilledChunk


class DatabaseUnkeyedNames:
    """ports.certificate_search.UnkeyedNames on SQLAlchemy Core."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def fill(self, after: tuple[str, int] | None, most: int) -> FilledChunk:
        """Keep the keys of up to so many names behind `after`."""
        own = certificate.c
        return fill_versions(
            self._engine, own.name_key, NAME_UNKEYED, own.sealed_content, self._key, after, most
        )

    def _key(self, row: Row[Any]) -> bytes:
        content = decode_content(
            open_content(self._cipher, row.number, row.version, row.sealed), row=row.row_no
        )
        return name_key(self._cipher, content.award.name)
