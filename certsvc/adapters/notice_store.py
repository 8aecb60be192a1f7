"""Public naming of units in the database: the steps, and the board that everybody reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, func, insert, select, update

from certsvc.adapters.audit_store import append_entry, caller_named, digest_of
from certsvc.adapters.clock import local_day
from certsvc.adapters.database import hold_table
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.notice_schema import unit_notice, unit_notice_certificate
from certsvc.domain.decision import DecisionStatus
from certsvc.domain.permission import Action
from certsvc.domain.unit_notice import NoticeStep, PublicNotice, StoredNotice, UnitNotice
from certsvc.errors import ConflictError, UnknownReference


class DatabaseNoticeStore:
    """ports.notices.NoticeStore on SQLAlchemy Core."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def propose(self, notice: UnitNotice, new_id: str, maker: str, at: datetime) -> str:
        """Store a step; its id. The same content, not withdrawn since, keeps the id it has."""
        with self._engine.begin() as connection:
            hold_table(connection, unit_notice)
            standing = select(unit_notice).where(unit_notice.c.status != DecisionStatus.WITHDRAWN)
            alike = standing.where(
                unit_notice.c.unit_name == notice.unit_name, unit_notice.c.document_ref == notice.document_ref
            )
            for known in _stored_all(connection, connection.execute(alike).all()):
                if known.notice == notice:
                    return known.id
            if notice.lifts is not None:
                lifted = connection.execute(standing.where(unit_notice.c.lifts == notice.lifts)).first()
                if lifted is not None:
                    raise ConflictError(f"该通报已另有撤销决定（{lifted.id}）。请先确认或撤回那一项。")
            connection.execute(
                insert(unit_notice).values(
                    id=new_id,
                    step=notice.step,
                    lifts=notice.lifts,
                    unit_name=notice.unit_name,
                    unit_code=notice.unit_code,
                    document_ref=notice.document_ref,
                    decided_on=notice.decided_on.isoformat(),
                    ground=notice.ground,
                    status=DecisionStatus.PROPOSED,
                    maker=maker,
                    proposed_at=instant_text(at),
                )
            )
            if notice.certificates:
                about = [{"notice_id": new_id, "number": number} for number in notice.certificates]
                connection.execute(insert(unit_notice_certificate), about)
            _note(connection, at, maker, Action.UNIT_NOTICE_PROPOSE, new_id, None)
        return new_id

    def confirm(self, step: str, checker: str, at: datetime) -> StoredNotice:
        """Put a step in force. By the same person again: changes nothing."""
        with self._engine.begin() as connection:
            held = _held(connection, step)
            if held.status is DecisionStatus.WITHDRAWN:
                raise ConflictError("该通报已撤回，不能确认。如仍需办理，请重新提出。")
            if held.status is DecisionStatus.CONFIRMED:
                if held.checker != checker:
                    raise ConflictError("该通报已由另一位人员确认，无需再次确认。")
                return held
            before = _state_digest(connection, step)
            confirmed = {"status": DecisionStatus.CONFIRMED, "checker": checker}
            connection.execute(
                update(unit_notice)
                .where(unit_notice.c.id == step)
                .values(**confirmed, confirmed_at=instant_text(at))
            )
            _note(connection, at, checker, Action.UNIT_NOTICE_CONFIRM, step, before)
            return _held(connection, step)

    def withdraw(self, step: str, by: str, at: datetime) -> StoredNotice:
        """Take a proposal back."""
        with self._engine.begin() as connection:
            held = _held(connection, step)
            if held.status is DecisionStatus.CONFIRMED:
                raise ConflictError("该通报已经生效，不能撤回。如需改变，请另行提出撤销通报。")
            if held.status is DecisionStatus.PROPOSED:
                before = _state_digest(connection, step)
                connection.execute(
                    update(unit_notice)
                    .where(unit_notice.c.id == step)
                    .values(status=DecisionStatus.WITHDRAWN)
                )
                _note(connection, at, by, "console:unit_notice:withdraw", step, before)
            return _held(connection, step)

    def find(self, step: str) -> StoredNotice | None:
        """A step; None when there is none."""
        with self._engine.begin() as connection:
            rows = connection.execute(select(unit_notice).where(unit_notice.c.id == step)).all()
            found = _stored_all(connection, rows)
        return found[0] if found else None

    def listed(self, status: DecisionStatus | None = None) -> tuple[StoredNotice, ...]:
        """Steps, newest proposal first, of one status where asked."""
        found = select(unit_notice).order_by(unit_notice.c.proposed_at.desc(), unit_notice.c.id)
        if status is not None:
            found = found.where(unit_notice.c.status == status)
        with self._engine.begin() as connection:
            return _stored_all(connection, connection.execute(found).all())


class DatabaseNoticeBoard:
    """ports.notices.NoticeBoard, over an engine that cannot write."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def published(self, after: int, most: int) -> tuple[PublicNotice, ...]:
        """Units that are named now, newest first, from position `after` on."""
        newest = _in_force(select(unit_notice)).order_by(unit_notice.c.confirmed_at.desc(), unit_notice.c.id)
        with self._engine.begin() as connection:
            return tuple(_public(row) for row in connection.execute(newest.offset(after).limit(most)))

    def number_published(self) -> int:
        """How many units are named now."""
        with self._engine.begin() as connection:
            counted: int = connection.execute(_in_force(select(func.count()))).scalar_one()
        return counted


def _in_force(wanted: Select[Any]) -> Select[Any]:
    other = unit_notice.alias()
    lifted = select(other.c.id).where(
        other.c.lifts == unit_notice.c.id, other.c.status == DecisionStatus.CONFIRMED
    )
    return wanted.select_from(unit_notice).where(
        unit_notice.c.step == NoticeStep.NAME,
        unit_notice.c.status == DecisionStatus.CONFIRMED,
        ~lifted.exists(),
    )


def _held(connection: Connection, step: str) -> StoredNotice:
    rows = connection.execute(select(unit_notice).where(unit_notice.c.id == step).with_for_update()).all()
    if not rows:
        raise UnknownReference(f"没有编号为 {step} 的通报。请核对通报编号。")
    return _stored_all(connection, rows)[0]


def _stored_all(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[StoredNotice, ...]:
    own = unit_notice_certificate.c
    about: dict[str, list[str]] = {row.id: [] for row in rows}
    wanted = select(unit_notice_certificate).where(own.notice_id.in_(list(about))).order_by(own.number)
    for one in connection.execute(wanted):
        about[one.notice_id].append(one.number)
    return tuple(_stored(row, tuple(about[row.id])) for row in rows)


def _stored(row: Row[Any], certificates: tuple[str, ...]) -> StoredNotice:
    return StoredNotice(
        id=row.id,
        notice=UnitNotice(
            NoticeStep(row.step),
            row.unit_name,
            row.unit_code,
            row.document_ref,
            date.fromisoformat(row.decided_on),
            row.ground,
            row.lifts,
            certificates,
        ),
        status=DecisionStatus(row.status),
        maker=row.maker,
        proposed_at=read_instant(row.proposed_at),
        checker=row.checker,
        confirmed_at=None if row.confirmed_at is None else read_instant(row.confirmed_at),
    )


def _public(row: Row[Any]) -> PublicNotice:
    published_on = local_day(read_instant(row.confirmed_at))
    return PublicNotice(
        row.id,
        row.unit_name,
        row.unit_code,
        row.document_ref,
        date.fromisoformat(row.decided_on),
        row.ground,
        published_on,
    )


def _state_digest(connection: Connection, step: str) -> str:
    row = connection.execute(select(unit_notice).where(unit_notice.c.id == step)).one()
    return digest_of(dict(row._mapping))


def _note(connection: Connection, at: datetime, by: str, action: str, step: str, before: str | None) -> None:
    caller, after = caller_named(connection, by), _state_digest(connection, step)
    append_entry(connection, at, caller, action, f"unit-notice/{step}", before=before, after=after)
