"""ports.verification.KeptDocuments: the digests that the register keeps, and the files of the archive."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, Select, select

from certsvc.adapters.copy_schema import annotated_copy
from certsvc.adapters.document_archive import FolderArchive
from certsvc.adapters.schema import certificate
from certsvc.adapters.statement_schema import historical_statement
from certsvc.ports.verification import KeptDocument, KindOfDocument


class RegisteredDocuments:
    """ports.verification.KeptDocuments, over an engine of `open_for_reading`."""

    def __init__(self, engine: Engine, archive: FolderArchive) -> None:
        self._engine = engine
        self._archive = archive

    def sha256(self, document: KeptDocument) -> str | None:
        """The registered digest, in hex; None while there is none."""
        with self._engine.begin() as connection:
            digest: str | None = connection.scalar(_digest_of(document))
        return digest

    def read(self, document: KeptDocument) -> bytes | None:
        """The kept bytes; None when there are none."""
        return self._archive.read(document.name, document.version)


def _digest_of(document: KeptDocument) -> Select[Any]:
    name, version = document.name, document.version
    match document.kind:
        case KindOfDocument.CERTIFICATE:
            own = certificate.c
            return select(own.document_sha256).where(own.number == name, own.version == version)
        case KindOfDocument.ANNOTATED_COPY:
            return select(annotated_copy.c.document_sha256).where(annotated_copy.c.id == name)
        case KindOfDocument.STATEMENT:
            stated = historical_statement.c
            return select(stated.document_sha256).where(stated.reference == name, stated.version == version)
