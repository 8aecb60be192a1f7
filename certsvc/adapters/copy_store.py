"""Annotated copies in the database: written down first, then finished; read by holders, by the office and by verification."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    Select,
    and_,
    func,
    insert,
    select,
    update,
)

from certsvc.adapters.audit_store import append_entry
from certsvc.adapters.certificate_store import DatabaseCertificateStore
from certsvc.adapters.copy_schema import annotated_copy
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.person_links import keys_of_persons
from certsvc.adapters.schema import certificate
from certsvc.adapters.sealed_certificates import code_key
from certsvc.domain.annotated_copy import AnnotatedCopy, CopyWords
from certsvc.domain.caller import Caller
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.permission import Action
from certsvc.errors import IntegrityError, UnknownReference
from certsvc.formats.manual_code import manual_code
from certsvc.ports import PersonalCipher
from certsvc.ports.annotated_copies import JudgeCopy


class DatabaseCopyStore:
    """ports.annotated_copies.CopyStore on SQLAlchemy Core."""

    def __init__(
        self,
        engine: Engine,
        cipher: PersonalCipher,
        certificates: DatabaseCertificateStore,
        tell_holder: Callable[[Connection, str], None],
    ) -> None:
        """`tell_holder` queues the news that a copy is ready, in the transaction that finishes it."""
        self._tell_holder = tell_holder
        self._engine = engine
        self._cipher = cipher
        self._certificates = certificates

    def begin(
        self, copy: AnnotatedCopy, request: str, holder: str, by: Caller, judge: JudgeCopy
    ) -> AnnotatedCopy:
        """Keep a new copy, or give what the same request has begun. The certificate's rows are the lock of its copies."""
        person, digest = self._cipher.person_key(holder), sha256(request.encode()).digest()
        same = (annotated_copy.c.person_key == person) & (annotated_copy.c.request_digest == digest)
        with self._engine.begin() as connection:
            versions = self._certificates.hold_versions(connection, copy.number)
            found = connection.execute(_copies().where(same)).one_or_none()
            if found is not None:
                return open_copy(found, self._cipher)
            if not versions:
                raise UnknownReference("没有这份证书。请核对证书编号。")
            newest = versions[-1]
            judge(newest.content.version, newest.status, self._of_certificate(connection, copy.number))
            connection.execute(insert(annotated_copy).values(self._columns(copy, person, digest)))
            append_entry(connection, copy.made_at, by, Action.COPY_MAKE, _subject(copy.id))
        return copy

    def of_holder(self, holder: str) -> tuple[AnnotatedCopy, ...]:
        """The holder's copies, newest first."""
        with self._engine.begin() as connection:
            persons = sorted(keys_of_persons(connection, [self._cipher.person_key(holder)]))
            return self._newest_first(connection, annotated_copy.c.person_key.in_(persons))

    def of_certificate(self, number: str) -> tuple[AnnotatedCopy, ...]:
        """The copies of a certificate, newest first."""
        with self._engine.begin() as connection:
            return self._of_certificate(connection, number)

    def find(self, copy: str) -> AnnotatedCopy | None:
        """A copy by its id."""
        return find_copy(self._engine, self._cipher, copy)

    def waiting(self, most: int, today: date, after: str = "") -> tuple[AnnotatedCopy, ...]:
        """Copies without a document that may be used today, by id."""
        wanted = _copies().where(_unfinished(today), annotated_copy.c.id > after)
        wanted = wanted.order_by(annotated_copy.c.id).limit(most)
        with self._engine.begin() as connection:
            rows = connection.execute(wanted).all()
        return tuple(open_copy(row, self._cipher) for row in rows)

    def record(self, copy: str) -> bytes | None:
        """The signed record of a copy."""
        wanted = select(annotated_copy.c.sealed_record).where(annotated_copy.c.id == copy)
        with self._engine.begin() as connection:
            sealed = connection.execute(wanted).scalar_one_or_none()
        return None if sealed is None else self._cipher.decrypt(sealed, context=record_context(copy))

    def keep_record(self, copy: str, record: bytes) -> bytes:
        """Keep the signed record; of two processes that sign at once, the first one's stays."""
        own = annotated_copy.c.id == copy
        fresh = {
            "sealed_record": self._cipher.encrypt(record, context=record_context(copy)),
            "code_key": code_key(self._cipher, manual_code(record)),
        }
        with self._engine.begin() as connection:
            connection.execute(
                update(annotated_copy).where(own, annotated_copy.c.sealed_record.is_(None)).values(fresh)
            )
        kept = self.record(copy)
        if kept is None:
            raise IntegrityError(f"加注件 {copy} 的登记不存在，已停止处理。")
        return kept

    def finish(self, copy: str, document_sha256: str) -> AnnotatedCopy:
        """Note the digest of the kept document."""
        own = annotated_copy.c.id == copy
        with self._engine.begin() as connection:
            row = connection.execute(select(annotated_copy).where(own).with_for_update()).one()
            if row.document_sha256 is None:
                connection.execute(update(annotated_copy).where(own).values(document_sha256=document_sha256))
                self._tell_holder(connection, copy)
            elif row.document_sha256 != document_sha256:
                raise IntegrityError(f"加注件 {copy} 的文件与登记的摘要不一致，已停止处理。")
            return open_copy(connection.execute(_copies().where(own)).one(), self._cipher)

    def withdraw(self, copy: str, by: Caller, at: datetime) -> AnnotatedCopy:
        """End a copy early."""
        own = annotated_copy.c.id == copy
        with self._engine.begin() as connection:
            row = connection.execute(select(annotated_copy).where(own).with_for_update()).one()
            if row.withdrawn_at is None:
                connection.execute(update(annotated_copy).where(own).values(withdrawn_at=instant_text(at)))
                append_entry(connection, at, by, Action.COPY_WITHDRAW, _subject(copy))
            return open_copy(connection.execute(_copies().where(own)).one(), self._cipher)

    def _of_certificate(self, connection: Connection, number: str) -> tuple[AnnotatedCopy, ...]:
        return self._newest_first(connection, annotated_copy.c.certificate_number == number)

    def _newest_first(self, connection: Connection, wanted: ColumnElement[bool]) -> tuple[AnnotatedCopy, ...]:
        newest = _copies().where(wanted)
        rows = connection.execute(newest.order_by(annotated_copy.c.made_at.desc(), annotated_copy.c.id))
        return tuple(open_copy(row, self._cipher) for row in rows)

    def _columns(self, copy: AnnotatedCopy, person: bytes, digest: bytes) -> dict[str, object]:
        words = {"recipient": copy.words.recipient, "purpose": copy.words.purpose}
        terms = json.dumps(words, ensure_ascii=False, sort_keys=True).encode()
        return {
            "id": copy.id,
            "certificate_number": copy.number,
            "certificate_version": copy.version,
            "person_key": person,
            "request_digest": digest,
            "sealed_terms": self._cipher.encrypt(terms, context=_terms_context(copy.id)),
            "made_at": instant_text(copy.made_at),
            "ends_on": copy.ends_on.isoformat(),
        }


class DatabaseCopyBoard:
    """ports.annotated_copies.CopyBoard and ports.manual_codes.RecordsByCode, over an engine of `open_for_reading`."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def find(self, copy: str) -> AnnotatedCopy | None:
        """A copy by its id."""
        return find_copy(self._engine, self._cipher, copy)

    def overdue(self, today: date, made_before: datetime) -> int:
        """How many copies that may be used today are still without a document."""
        wanted = _copies().where(_unfinished(today), annotated_copy.c.made_at < instant_text(made_before))
        with self._engine.begin() as connection:
            return connection.execute(select(func.count()).select_from(wanted.subquery())).scalar_one()

    def record(self, code: str) -> bytes | None:
        """The record of the copy with this manual code."""
        own = annotated_copy.c
        wanted = select(own.id, own.sealed_record).where(own.code_key == code_key(self._cipher, code))
        with self._engine.begin() as connection:
            row = connection.execute(wanted).one_or_none()
        return (
            None if row is None else self._cipher.decrypt(row.sealed_record, context=record_context(row.id))
        )


def _copies() -> Select[Any]:
    """Copies, each with the status of the version that it is a copy of."""
    its_version = and_(
        certificate.c.number == annotated_copy.c.certificate_number,
        certificate.c.version == annotated_copy.c.certificate_version,
    )
    status = certificate.c.status.label("certificate_status")
    return select(annotated_copy, status).join_from(annotated_copy, certificate, its_version)


def _unfinished(today: date) -> ColumnElement[bool]:
    in_use = annotated_copy.c.ends_on >= today.isoformat()
    own = annotated_copy.c
    index = and_(own.document_sha256.is_(None), own.withdrawn_at.is_(None))  # as the partial index says it
    return and_(index, in_use, certificate.c.status == int(CertificateStatus.VALID))


def find_copy(engine: Engine, cipher: PersonalCipher, copy: str) -> AnnotatedCopy | None:
    """A copy by its id, None when there is none."""
    with engine.begin() as connection:
        row = connection.execute(_copies().where(annotated_copy.c.id == copy)).one_or_none()
    return None if row is None else open_copy(row, cipher)


def open_copy(row: Row[Any], cipher: PersonalCipher) -> AnnotatedCopy:
    """What a row of `_copies` says."""
    words = json.loads(cipher.decrypt(row.sealed_terms, context=_terms_context(row.id)))
    return AnnotatedCopy(
        id=row.id,
        number=row.certificate_number,
        version=row.certificate_version,
        words=CopyWords(words["recipient"], words["purpose"]),
        made_at=read_instant(row.made_at),
        ends_on=date.fromisoformat(row.ends_on),
        ready=row.document_sha256 is not None,
        withdrawn_at=None if row.withdrawn_at is None else read_instant(row.withdrawn_at),
        certificate_status=CertificateStatus(row.certificate_status),
    )


def record_context(copy: str) -> bytes:
    """What binds the encrypted record of a copy to its place."""
    return f"annotated-copy/{copy}/record".encode()


def _terms_context(copy: str) -> bytes:
    return f"annotated-copy/{copy}/terms".encode()


def _subject(copy: str) -> str:
    return f"annotated-copy/{copy}"
