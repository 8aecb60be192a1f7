"""Statements in the database: written down first, then finished; read by verification by their manual codes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, select, update

from certsvc.adapters.database import insert_unless_known
from certsvc.adapters.history_rows import context_of
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.sealed_certificates import code_key
from certsvc.adapters.statement_schema import historical_statement
from certsvc.errors import IntegrityError
from certsvc.formats.manual_code import manual_code
from certsvc.ports import PersonalCipher
from certsvc.ports.statements import Statement


class DatabaseStatementStore:
    """ports.statements.StatementStore on SQLAlchemy Core."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def begin(self, reference: str, version: int, at: datetime) -> Statement:
        """Write a statement down, or give the one that stands."""
        fresh = {"reference": reference, "version": version, "stated_at": instant_text(at)}
        with self._engine.begin() as connection:
            insert_unless_known(connection, historical_statement, fresh)
            return _statement(
                connection.execute(select(historical_statement).where(_own(reference, version))).one()
            )

    def record(self, statement: Statement) -> bytes | None:
        """The signed record of a statement."""
        own = _own(statement.reference, statement.version)
        with self._engine.begin() as connection:
            sealed = connection.execute(select(historical_statement.c.sealed_record).where(own)).scalar_one()
        context = _record_context(statement.reference, statement.version)
        return None if sealed is None else self._cipher.decrypt(sealed, context=context)

    def keep_record(self, statement: Statement, record: bytes) -> bytes:
        """Keep the signed record; of two processes that sign at once, the first one's stays."""
        reference, version = statement.reference, statement.version
        waiting = _own(reference, version) & historical_statement.c.sealed_record.is_(None)
        fresh = {
            "sealed_record": self._cipher.encrypt(record, context=_record_context(reference, version)),
            "code_key": code_key(self._cipher, manual_code(record)),
        }
        with self._engine.begin() as connection:
            connection.execute(update(historical_statement).where(waiting).values(fresh))
        kept = self.record(statement)
        if kept is None:
            raise IntegrityError(f"历史数据说明 {reference} 的登记不存在，已停止处理。")
        return kept

    def finish(self, statement: Statement, document_sha256: str) -> None:
        """Note the digest of the kept document. Raises IntegrityError when another one is noted."""
        own = _own(statement.reference, statement.version)
        with self._engine.begin() as connection:
            row = connection.execute(select(historical_statement).where(own).with_for_update()).one()
            if row.document_sha256 is None:
                connection.execute(
                    update(historical_statement).where(own).values(document_sha256=document_sha256)
                )
            elif row.document_sha256 != document_sha256:
                raise IntegrityError(
                    f"历史数据说明 {statement.reference} 的文件与登记的摘要不一致，已停止处理。"
                )


class DatabaseStatementsByCode:
    """ports.manual_codes.RecordsByCode over an engine of `open_for_reading`."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def record(self, code: str) -> bytes | None:
        """The record of the statement with this manual code."""
        own = historical_statement.c
        wanted = select(own.reference, own.version, own.sealed_record).where(
            own.code_key == code_key(self._cipher, code)
        )
        with self._engine.begin() as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None:
            return None
        return self._cipher.decrypt(row.sealed_record, context=_record_context(row.reference, row.version))


def _own(reference: str, version: int) -> ColumnElement[bool]:
    return (historical_statement.c.reference == reference) & (historical_statement.c.version == version)


def _statement(row: Row[Any]) -> Statement:
    return Statement(
        row.reference, row.version, read_instant(row.stated_at), ready=row.document_sha256 is not None
    )


def _record_context(reference: str, version: int) -> bytes:
    return context_of(reference, version) + b"/statement"
