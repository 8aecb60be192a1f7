"""ports.holder_requests.RequestStore in the database: words, steps and files are sealed, bound to number and place."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, func, insert, select, update

from certsvc.adapters.audit_store import append_entry, digest_of
from certsvc.adapters.database import hold_table
from certsvc.adapters.holder_news import HolderNews
from certsvc.adapters.holder_request_schema import holder_request, holder_request_file, holder_request_step
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.person_links import join_documents, part_documents
from certsvc.domain.caller import Caller
from certsvc.domain.decision_document import MediaType
from certsvc.domain.holder_notice import NewNotice
from certsvc.domain.holder_request import (
    MOST_FILES,
    OVER,
    EvidenceFile,
    HolderRequest,
    KeptFile,
    RequestKind,
    RequestState,
    RequestStep,
    RequestWords,
    WholeRequest,
)
from certsvc.domain.permission import Action
from certsvc.errors import ConflictError, RequestError, UnknownReference
from certsvc.ports import PersonalCipher
from certsvc.ports.holder_requests import NewRequest, RequestFilter, RequestMove, TooMany

_MOST_FILES_EVER = 3 * MOST_FILES


class DatabaseRequestStore:
    """On SQLAlchemy Core."""

    def __init__(
        self, engine: Engine, cipher: PersonalCipher, news: HolderNews, reading: Engine | None = None
    ) -> None:
        """`reading`: an engine of `open_for_reading`, so that pages wait for no writer."""
        self._engine = engine
        self._reading = reading or engine
        self._cipher = cipher
        self._news = news

    def receive(self, new: NewRequest, by: Caller, most_open: int, most_a_day: int) -> str | TooMany:
        """Keep a request with its files; its number, or that of the same form; or of what there are too many."""
        own, request = holder_request.c, new.request
        same = select(own.number).where(own.owner == new.owner, own.form_key == new.form_key)
        open_ones = select(func.count()).where(own.owner == new.owner, own.state.not_in(sorted(OVER)))
        since = instant_text(request.received_at - timedelta(days=1))
        of_a_day = select(func.count()).where(own.owner == new.owner, own.received_at > since)
        with self._engine.begin() as connection:
            hold_table(connection, holder_request)
            known: str | None = connection.scalar(same)
            if known is not None:
                return known
            if int(connection.scalar(open_ones) or 0) >= most_open:
                return TooMany.OPEN
            if int(connection.scalar(of_a_day) or 0) >= most_a_day:
                return TooMany.A_DAY
            connection.execute(insert(holder_request).values(self._columns(new)))
            self._add_step(connection, request.number, request.received_at, by, RequestState.RECEIVED, "")
            self._add_files(connection, request.number, new.files)
            after = _state_digest(connection, request.number)
            subject = f"request/{request.number}"
            append_entry(connection, request.received_at, by, Action.REQUEST_MAKE, subject, after=after)
        return request.number

    def find(self, number: str) -> HolderRequest | None:
        """A request, without what is personal."""
        with self._reading.begin() as connection:
            row = _row(connection, number)
        return None if row is None else _request(row)

    def whole(self, number: str, owner: bytes | None = None) -> WholeRequest | None:
        """A request with everything; of that owner alone, where one is named."""
        steps, files = holder_request_step.c, holder_request_file.c
        listed = files.place, files.sha256, files.media_type, files.size
        with self._reading.begin() as connection:
            row = _row(connection, number)
            if row is None or (owner is not None and bytes(row.owner) != owner):
                return None
            taken = connection.execute(
                select(holder_request_step).where(steps.number == number).order_by(steps.position)
            ).all()
            kept = connection.execute(
                select(*listed).where(files.number == number).order_by(files.place)
            ).all()
        words = json.loads(self._cipher.decrypt(row.sealed_words, context=_context(number, "words")))
        return WholeRequest(
            _request(row),
            RequestWords(**words),
            tuple(self._step(one) for one in taken),
            tuple(KeptFile(one.place, one.sha256, MediaType(one.media_type), one.size) for one in kept),
        )

    def file(self, number: str, place: int) -> tuple[MediaType, bytes] | None:
        """The bytes of a file."""
        own = holder_request_file.c
        wanted = select(own.media_type, own.sealed_content).where(own.number == number, own.place == place)
        with self._reading.begin() as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None:
            return None
        plain = self._cipher.decrypt(row.sealed_content, context=_context(number, f"file/{place}"))
        return MediaType(row.media_type), plain

    def forget_withdrawn(self, before: datetime, most: int) -> int:
        """Delete the files of requests withdrawn before an instant, at most so many; how many."""
        own, step, request = holder_request_file.c, holder_request_step.c, holder_request.c
        old = (
            select(own.number, own.place)
            .join(holder_request, request.number == own.number)
            .join(holder_request_step, step.number == own.number)
            .where(
                request.state == RequestState.WITHDRAWN.value,
                step.state == RequestState.WITHDRAWN.value,
                step.at < instant_text(before),
            )
            .order_by(own.number, own.place)
            .limit(most)
        )
        with self._engine.begin() as connection:
            found = connection.execute(old).all()
            for one in found:
                connection.execute(
                    delete(holder_request_file).where(own.number == one.number, own.place == one.place)
                )
        return len(found)

    def of_owner(
        self, owners: Sequence[bytes], offset: int, most: int
    ) -> tuple[int, tuple[HolderRequest, ...]]:
        """How many requests a holder made, and some of them, newest first."""
        own = holder_request.c
        return self._some(own.owner.in_(owners), (own.received_at.desc(), own.number), offset, most)

    def listed(self, wanted: RequestFilter, offset: int, most: int) -> tuple[int, tuple[HolderRequest, ...]]:
        """How many requests there are, and some of them, the first due first."""
        own = holder_request.c
        which: ColumnElement[bool] = own.state.in_([state.value for state in wanted.states])
        if wanted.place is not None:
            which = which & (own.place == wanted.place)
        return self._some(which, (own.due_on, own.number), offset, most)

    def move(
        self, number: str, move: RequestMove, by: Caller, at: datetime, owner: bytes | None = None
    ) -> HolderRequest:
        """Take a step, with audit entry and notice; the very same again changes nothing."""
        with self._engine.begin() as connection:
            row = _row(connection, number, hold=True)
            if row is None or (owner is not None and bytes(row.owner) != owner):
                raise UnknownReference(f"没有编号为 {number} 的申请。请核对受理编号。")
            if self._was_taken(connection, row, move, by):
                return _request(row)
            if row.state not in move.allowed:
                label = RequestState(row.state).zh
                raise ConflictError(f"该申请目前的状态是“{label}”，不能进行这一步。请刷新页面查看最新情况。")
            before = _state_digest(connection, number)
            named = {
                "assigned_to": move.assigned_to,
                "accepted_by": move.accepted_by,
                "decision_id": move.decision,
                "unlink_by": move.unlink_by,
            }
            changes = {"state": move.to.value} | {
                column: value for column, value in named.items() if value is not None
            }
            connection.execute(
                update(holder_request).where(holder_request.c.number == number).values(**changes)
            )
            position = self._add_step(connection, number, at, by, move.to, move.words)
            self._add_files(connection, number, move.files)
            self._link(connection, number, move, by, at)
            if move.notice is not None:
                told = NewNotice(f"request/{number}/{position}", bytes(row.owner), move.notice, number)
                self._news.queue(connection, [told], at)
            after = _state_digest(connection, number)
            append_entry(connection, at, by, move.action, f"request/{number}", before=before, after=after)
            moved = _row(connection, number)
            assert moved is not None
            return _request(moved)

    def _link(self, connection: Connection, number: str, move: RequestMove, by: Caller, at: datetime) -> None:
        if move.joins is not None:
            join_documents(connection, self._cipher, move.joins, at, by, move.action)
        if move.parts is not None:
            row = _row(connection, number)
            assert row is not None
            part_documents(connection, move.parts, at, by, move.action, row.unlink_by)

    def _some(
        self, which: ColumnElement[bool], order: Sequence[Any], offset: int, most: int
    ) -> tuple[int, tuple[HolderRequest, ...]]:
        wanted = select(holder_request).where(which).order_by(*order).offset(offset).limit(most)
        with self._reading.begin() as connection:
            total = connection.scalar(select(func.count()).select_from(holder_request).where(which))
            rows = connection.execute(wanted).all()
        return int(total or 0), tuple(_request(row) for row in rows)

    def _was_taken(self, connection: Connection, row: Row[Any], move: RequestMove, by: Caller) -> bool:
        if row.state != move.to.value or move.assigned_to not in (None, row.assigned_to):
            return False
        own = holder_request_step.c
        newest = select(holder_request_step).where(own.number == row.number).order_by(own.position.desc())
        last = self._step(connection.execute(newest.limit(1)).one())
        return (last.actor, last.state, last.words) == (by.name, move.to, move.words)

    def _add_step(
        self, connection: Connection, number: str, at: datetime, by: Caller, state: RequestState, words: str
    ) -> int:
        own = holder_request_step.c
        count = select(func.count()).select_from(holder_request_step).where(own.number == number)
        position = int(connection.scalar(count) or 0) + 1
        sealed = self._cipher.encrypt(words.encode(), context=_context(number, f"step/{position}"))
        connection.execute(
            insert(holder_request_step).values(
                number=number,
                position=position,
                at=instant_text(at),
                actor=by.name,
                state=state.value,
                sealed_words=sealed,
            )
        )
        return position

    def _add_files(self, connection: Connection, number: str, files: Sequence[EvidenceFile]) -> None:
        own = holder_request_file.c
        kept = list(connection.scalars(select(own.sha256).where(own.number == number)))
        for file in files:
            digest = sha256(file.content).hexdigest()
            if digest in kept:
                continue
            if len(kept) >= _MOST_FILES_EVER:
                raise RequestError(f"一项申请最多附 {_MOST_FILES_EVER} 个文件。")
            kept.append(digest)
            place = len(kept)
            connection.execute(
                insert(holder_request_file).values(
                    number=number,
                    place=place,
                    sha256=digest,
                    media_type=file.media_type.value,
                    size=len(file.content),
                    sealed_content=self._cipher.encrypt(
                        file.content, context=_context(number, f"file/{place}")
                    ),
                )
            )

    def _columns(self, new: NewRequest) -> dict[str, object]:
        request = new.request
        plain = json.dumps(asdict(new.words), ensure_ascii=False, sort_keys=True).encode()
        return {
            "number": request.number,
            "owner": new.owner,
            "form_key": new.form_key,
            "kind": request.kind.value,
            "subject": request.subject,
            "place": request.place,
            "sealed_words": self._cipher.encrypt(plain, context=_context(request.number, "words")),
            "state": request.state.value,
            "received_at": instant_text(request.received_at),
            "due_on": request.due_on.isoformat(),
        }

    def _step(self, row: Row[Any]) -> RequestStep:
        words = self._cipher.decrypt(
            row.sealed_words, context=_context(row.number, f"step/{row.position}")
        ).decode()
        return RequestStep(read_instant(row.at), row.actor, RequestState(row.state), words)


def _row(connection: Connection, number: str, *, hold: bool = False) -> Row[Any] | None:
    wanted = select(holder_request).where(holder_request.c.number == number)
    return connection.execute(wanted.with_for_update() if hold else wanted).one_or_none()


def _request(row: Row[Any]) -> HolderRequest:
    return HolderRequest(
        number=row.number,
        kind=RequestKind(row.kind),
        subject=row.subject,
        place=row.place,
        state=RequestState(row.state),
        received_at=read_instant(row.received_at),
        due_on=date.fromisoformat(row.due_on),
        assigned_to=row.assigned_to,
        accepted_by=row.accepted_by,
        decision=row.decision_id,
        unlink_by=row.unlink_by,
    )


def _state_digest(connection: Connection, number: str) -> str:
    row = _row(connection, number)
    assert row is not None
    kept = ["number", "kind", "subject", "place", "state", "assigned_to", "accepted_by", "decision_id"]
    if row.unlink_by is not None:
        kept.append("unlink_by")
    return digest_of({name: row._mapping[name] for name in kept})


def _context(number: str, what: str) -> bytes:
    return f"holder-request/{number}/{what}".encode()
