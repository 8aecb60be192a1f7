"""Correspondence lists and mapping statements in the database."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, Row, Select, insert, select
from sqlalchemy.exc import IntegrityError as DatabaseRefusal

from certsvc.adapters.annulment_store import reference_key
from certsvc.adapters.audit_store import append_entry, digest_of
from certsvc.adapters.database import hold_table
from certsvc.adapters.history_schema import mapping_list, mapping_statement
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.domain.annulment import plain_reference
from certsvc.domain.caller import Caller
from certsvc.domain.id_numbers import read_id
from certsvc.domain.identity import IdKind
from certsvc.domain.mapping import MappingStatement, Qualification
from certsvc.domain.permission import Action
from certsvc.errors import ConflictError, IntegrityError
from certsvc.formats.canonical import encode_canonical_json
from certsvc.ports import PersonalCipher


class DatabaseMappingRegister:
    """ports.mapping.MappingRegister on SQLAlchemy Core."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def find(self, reference: str) -> MappingStatement | None:
        """A statement by its reference."""
        return self._read(select(mapping_statement).where(mapping_statement.c.reference == reference))

    def any_statement(self) -> MappingStatement | None:
        """One statement, for work that is thrown away."""
        return self._read(select(mapping_statement).order_by(mapping_statement.c.reference).limit(1))

    def current_list(self) -> bytes | None:
        """JSON of the list in force."""
        newest = select(mapping_list.c.body).order_by(mapping_list.c.position.desc()).limit(1)
        with self._engine.begin() as connection:
            body: str | None = connection.execute(newest).scalar_one_or_none()
        return None if body is None else body.encode()

    def _read(self, wanted: Select[Any]) -> MappingStatement | None:
        with self._engine.begin() as connection:
            row = connection.execute(wanted).one_or_none()
        return None if row is None else open_statement(self._cipher, row)


class DatabaseMappingStore(DatabaseMappingRegister):
    """ports.mapping.MappingStore on SQLAlchemy Core."""

    def load_list(self, digest: str, body: str, at: datetime, by: Caller) -> bool:
        """Make a list the one in force: a list that was in force before comes back by being loaded again."""
        newest = select(mapping_list.c.digest).order_by(mapping_list.c.position.desc()).limit(1)
        with self._engine.begin() as connection:
            hold_table(connection, mapping_list)
            if connection.execute(newest).scalar_one_or_none() == digest:
                return False
            connection.execute(mapping_list.delete().where(mapping_list.c.digest == digest))
            connection.execute(
                insert(mapping_list).values(digest=digest, body=body, loaded_at=instant_text(at))
            )
            append_entry(connection, at, by, Action.POLICY_LOAD, "mapping-list", after=digest)
        return True

    def make(self, statement: MappingStatement, by: Caller) -> MappingStatement:
        """Keep a statement, one for a person and qualification certificate."""
        qualification = statement.qualification
        own = f"mapping/{statement.document.number}/{plain_reference(qualification.certificate_ref)}"
        key = self._cipher.person_key(own)
        with self._engine.begin() as connection:
            hold_table(connection, mapping_statement)
            known = connection.execute(
                select(mapping_statement).where(mapping_statement.c.statement_key == key)
            ).one_or_none()
            if known is not None:
                return _same(open_statement(self._cipher, known), statement)
            qualified = reference_key(self._cipher, qualification.certificate_ref)
            other = select(mapping_statement.c.reference).where(
                mapping_statement.c.qualification_key == qualified
            )
            if connection.execute(other.limit(1)).first() is not None:
                raise ConflictError(
                    "该职业资格证书编号已用于另一人的对应职称说明，一份证书只属于一人。请核对证书编号和持证人。"
                )
            row = {
                "reference": statement.reference,
                "statement_key": key,
                "person_key": self._cipher.person_key(statement.document.number),
                "qualification_key": qualified,
                "sealed_content": self._cipher.encrypt(
                    _encode(statement), context=_context(statement.reference)
                ),
                "maker": statement.maker,
                "made_at": instant_text(statement.made_at),
            }
            try:
                connection.execute(insert(mapping_statement).values(row))
            except DatabaseRefusal as error:
                raise ConflictError("查询编号刚刚被占用，本次没有保存。请重试。") from error
            after = digest_of({"reference": statement.reference, "maker": statement.maker})
            subject = f"mapping/{statement.reference}"
            append_entry(connection, statement.made_at, by, Action.MAPPING_MAKE, subject, after=after)
        return statement


def open_statement(cipher: PersonalCipher, row: Row[Any]) -> MappingStatement:
    """The statement of a row."""
    fields: dict[str, Any] = json.loads(cipher.decrypt(row.sealed_content, context=_context(row.reference)))
    document = read_id(IdKind(fields["id_kind"]), fields["id_number"]).document
    if document is None:
        raise IntegrityError("对应职称说明的证件号码无法解读，已停止处理。")
    return MappingStatement(
        reference=row.reference,
        name=fields["name"],
        document=document,
        qualification=Qualification(
            fields["qualification"],
            fields["grade"],
            fields["certificate"],
            date.fromisoformat(fields["obtained_on"]),
        ),
        maker=row.maker,
        made_at=read_instant(row.made_at),
    )


def _same(known: MappingStatement, given: MappingStatement) -> MappingStatement:
    if (known.name, known.qualification) != (given.name, given.qualification):
        raise ConflictError(
            "该人员的这一职业资格证书已有说明，但姓名、名称、级别或取得日期不同。请核对证书原件。"
        )
    return known


def _encode(statement: MappingStatement) -> bytes:
    qualification = statement.qualification
    return encode_canonical_json(
        {
            "name": statement.name,
            "id_kind": statement.document.kind.value,
            "id_number": statement.document.number,
            "qualification": qualification.name,
            "grade": qualification.grade,
            "certificate": qualification.certificate_ref,
            "obtained_on": qualification.obtained_on.isoformat(),
        }
    )


def _context(reference: str) -> bytes:
    return f"mapping/{reference}".encode()
