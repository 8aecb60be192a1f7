"""Announced lists in the database; persons stand sealed, row by row, with the keyed digest of a whole number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError as DatabaseRefusal

from certsvc.adapters.access_schema import audit_entry
from certsvc.adapters.announced_schema import announced_change, announced_list, announced_row
from certsvc.adapters.audit_store import append_entry, caller_named, digest_of
from certsvc.adapters.database import hold_table
from certsvc.adapters.decision_schema import decision
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.schema import filing
from certsvc.domain.announced_changes import Change, ChangeKind
from certsvc.domain.announced_list import AnnouncedHead, AnnouncedList, Listed, ListStatus
from certsvc.domain.decision import DecisionKind, DecisionStatus
from certsvc.domain.filing import FilingStatus
from certsvc.domain.permission import Action
from certsvc.errors import ConflictError, UnknownReference
from certsvc.formats.announced_row import decode_listed, encode_listed
from certsvc.ports import PersonalCipher
from certsvc.ports.announced import StoredChange

_STANDING = (ListStatus.CONFIRMED, ListStatus.REPLACED)
_TAKEN = "公布文件 {} 已有确认的名单。名单有更正的，请凭更正文件办理（announced replace）。"


class DatabaseAnnouncedLists:
    """ports.announced.AnnouncedStore on SQLAlchemy Core."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def find(self, wanted: str) -> AnnouncedList | None:
        """A list by its id."""
        with self._engine.begin() as connection:
            row = connection.execute(select(announced_list).where(announced_list.c.id == wanted)).first()
        return None if row is None else _list(row)

    def in_force(self, document_ref: str) -> AnnouncedList | None:
        """The confirmed list of a document, replaced since or not."""
        with self._engine.begin() as connection:
            return _standing(connection, document_ref)

    def newest(self, document_ref: str) -> AnnouncedList | None:
        """The confirmed list of the document, or of its last correction."""
        with self._engine.begin() as connection:
            found = _standing(connection, document_ref)
            while found is not None and found.status is ListStatus.REPLACED:
                found = _successor(connection, found.id)
        return found

    def chain(self, document_ref: str) -> tuple[str, ...]:
        """The document, those it corrects and its corrections, oldest first."""
        with self._engine.begin() as connection:
            return chain_of(connection, document_ref)

    def listed(self, status: ListStatus | None = None) -> tuple[AnnouncedList, ...]:
        """Every list, newest first."""
        found = select(announced_list).order_by(announced_list.c.loaded_at.desc(), announced_list.c.id)
        if status is not None:
            found = found.where(announced_list.c.status == status)
        with self._engine.begin() as connection:
            return tuple(_list(row) for row in connection.execute(found))

    def rows(self, wanted: str) -> tuple[Listed, ...]:
        """The rows of a list, by 序号."""
        with self._engine.begin() as connection:
            return self._rows(connection, wanted)

    def submitters(self, document_refs: Sequence[str]) -> frozenset[tuple[str, datetime]]:
        """Who filed batches that rest on the documents, and when, by the audit trail."""
        ours = select(filing.c.id).where(filing.c.announcement_ref.in_(document_refs))
        with self._engine.begin() as connection:
            subjects = [f"filing/{one}" for one in connection.scalars(ours)]
            filed = select(audit_entry.c.actor, audit_entry.c.at).where(
                audit_entry.c.object.in_(subjects), audit_entry.c.action == Action.FILING_SUBMIT
            )
            rows = connection.execute(filed).all() if subjects else ()
            return frozenset((row.actor, read_instant(row.at)) for row in rows)

    def save(self, new: AnnouncedList, rows: Sequence[Listed]) -> AnnouncedList:
        """Keep a list that waits for its second person; the stored one when the same file was loaded before."""
        with self._engine.begin() as connection:
            hold_table(connection, announced_list)
            known = connection.execute(select(announced_list).where(announced_list.c.id == new.id)).first()
            if known is not None and known.replaces == new.replaces and known.status != ListStatus.DISCARDED:
                return _list(known)
            if _standing(connection, new.head.document_ref) is not None:
                raise ConflictError(_TAKEN.format(new.head.document_ref))
            connection.execute(
                update(announced_list)
                .where(
                    announced_list.c.document_ref == new.head.document_ref,
                    announced_list.c.status == ListStatus.LOADED,
                )
                .values(status=ListStatus.DISCARDED)
            )
            if known is None:
                connection.execute(insert(announced_list).values(_columns(new)))
                self._insert_rows(connection, new.id, rows)
            else:
                connection.execute(
                    update(announced_list).where(announced_list.c.id == new.id).values(_columns(new))
                )
            before = None if known is None else _digest(known)
            _note(connection, new.loaded_at, new.loaded_by, Action.ANNOUNCED_LIST_LOAD, new.id, before)
        return new

    def confirm(
        self, wanted: str, checker: str, at: datetime, changes: Sequence[Change], refs: Sequence[str]
    ) -> AnnouncedList:
        """Put a list in force, and with it its changes."""
        try:
            with self._engine.begin() as connection:
                row = _held(connection, wanted)
                if not _waits(row, checker):
                    return _list(row)
                if row.replaces is not None:
                    _replace(connection, row.replaces, refs)
                connection.execute(
                    update(announced_list)
                    .where(announced_list.c.id == wanted)
                    .values(status=ListStatus.CONFIRMED, confirmed_by=checker, confirmed_at=instant_text(at))
                )
                if changes:
                    connection.execute(insert(announced_change), _change_rows(wanted, changes))
                _note(connection, at, checker, Action.ANNOUNCED_LIST_CONFIRM, wanted, _digest(row))
                return _list(_held(connection, wanted))
        except DatabaseRefusal as error:
            raise ConflictError("该公布文件刚由另一位人员确认了名单。请刷新后核对。") from error

    def changes(self, wanted: str) -> tuple[StoredChange, ...]:
        """What a confirmed list changed, in order."""
        with self._engine.begin() as connection:
            replaced = connection.scalar(
                select(announced_list.c.replaces).where(announced_list.c.id == wanted)
            )
            stored = connection.execute(
                select(announced_change)
                .where(announced_change.c.list_id == wanted)
                .order_by(announced_change.c.position)
            ).all()
            if replaced is None or not stored:
                return ()
            before = {one.number: one for one in self._rows(connection, replaced)}
            after = {one.number: one for one in self._rows(connection, wanted)}
        return tuple(
            StoredChange(
                wanted,
                row.position,
                Change(
                    ChangeKind(row.kind),
                    None if row.old_row is None else before[row.old_row],
                    None if row.new_row is None else after[row.new_row],
                    tuple(row.fields.split(",")) if row.fields else (),
                ),
                row.decision_id,
            )
            for row in stored
        )

    def link(self, wanted: str, position: int, decided: str, by: str, at: datetime) -> None:
        """Note the decision that was proposed for a change."""
        this = announced_change.c.list_id == wanted, announced_change.c.position == position
        with self._engine.begin() as connection:
            held = connection.execute(select(announced_change).where(*this).with_for_update()).one_or_none()
            if held is None:
                raise UnknownReference(f"名单 {wanted} 没有第 {position} 项变更。请核对编号。")
            if held.decision_id == decided:
                return
            connection.execute(update(announced_change).where(*this).values(decision_id=decided))
            subject, after = f"announced/{wanted}/{position}", digest_of({"decision": decided})
            before = None if held.decision_id is None else digest_of({"decision": held.decision_id})
            caller = caller_named(connection, by)
            append_entry(
                connection, at, caller, Action.ANNOUNCED_LIST_CONFIRM, subject, before=before, after=after
            )

    def reissuable(self) -> frozenset[str]:
        """Numbers of certificates voided because a corrected document gave the person another title or area."""
        voided = (
            select(decision.c.certificate_number)
            .join(announced_change, announced_change.c.decision_id == decision.c.id)
            .where(
                announced_change.c.kind == ChangeKind.CHANGED,
                decision.c.kind == DecisionKind.VOID,
                decision.c.status == DecisionStatus.CONFIRMED,
            )
        )
        with self._engine.begin() as connection:
            return frozenset(connection.scalars(voided))

    def _rows(self, connection: Connection, wanted: str) -> tuple[Listed, ...]:
        found = connection.execute(
            select(announced_row.c.row_no, announced_row.c.sealed_row)
            .where(announced_row.c.list_id == wanted)
            .order_by(announced_row.c.row_no)
        )
        return tuple(
            decode_listed(self._cipher.decrypt(row.sealed_row, context=row_context(wanted, row.row_no)))
            for row in found
        )

    def _insert_rows(self, connection: Connection, owner: str, rows: Sequence[Listed]) -> None:
        connection.execute(delete(announced_row).where(announced_row.c.list_id == owner))
        connection.execute(
            insert(announced_row),
            [
                {
                    "list_id": owner,
                    "row_no": one.number,
                    "person_key": None if one.id_number is None else self._cipher.person_key(one.id_number),
                    "sealed_row": self._cipher.encrypt(
                        encode_listed(one), context=row_context(owner, one.number)
                    ),
                }
                for one in rows
            ],
        )


def chain_of(connection: Connection, document_ref: str) -> tuple[str, ...]:
    """Numbers of a document, of those it corrects and of its confirmed corrections, oldest first."""
    found = _standing(connection, document_ref)
    if found is None:
        return (document_ref,)
    refs = [document_ref]
    before: AnnouncedList | None = found
    while before is not None and before.replaces is not None:
        row = connection.execute(select(announced_list).where(announced_list.c.id == before.replaces)).one()
        before = _list(row)
        refs.insert(0, before.head.document_ref)
    after = _successor(connection, found.id)
    while after is not None:
        refs.append(after.head.document_ref)
        after = _successor(connection, after.id)
    return tuple(refs)


def corrected_documents(connection: Connection) -> tuple[frozenset[str], ...]:
    """Every document that was corrected, together with its corrections: the numbers that belong to one batch."""
    replaced = select(announced_list.c.document_ref).where(announced_list.c.status == ListStatus.REPLACED)
    seen: set[str] = set()
    chains = []
    for ref in connection.scalars(replaced.order_by(announced_list.c.announced_on)).all():
        if ref not in seen:
            chains.append(frozenset(chain_of(connection, ref)))
            seen |= chains[-1]
    return tuple(chains)


def _standing(connection: Connection, document_ref: str) -> AnnouncedList | None:
    ours = announced_list.c.document_ref == document_ref, announced_list.c.status.in_(_STANDING)
    row = connection.execute(select(announced_list).where(*ours)).one_or_none()
    return None if row is None else _list(row)


def _successor(connection: Connection, replaced: str) -> AnnouncedList | None:
    ours = announced_list.c.replaces == replaced, announced_list.c.status.in_(_STANDING)
    row = connection.execute(select(announced_list).where(*ours)).one_or_none()
    return None if row is None else _list(row)


def _held(connection: Connection, wanted: str) -> Row[Any]:
    row = connection.execute(
        select(announced_list).where(announced_list.c.id == wanted).with_for_update()
    ).one_or_none()
    if row is None:
        raise UnknownReference(f"没有编号为 {wanted} 的公布名单。请核对编号。")
    return row


def _waits(row: Row[Any], checker: str) -> bool:
    """True when the list waits for a confirmation, False when this very person has given it."""
    if row.status == ListStatus.DISCARDED:
        raise ConflictError("该名单已被后来载入的名单取代，不能确认。请确认后来载入的名单，或重新载入。")
    if row.confirmed_by is not None and row.confirmed_by != checker:
        raise ConflictError("该名单已由另一位人员确认，无需再次确认。")
    return ListStatus(row.status) is ListStatus.LOADED


def _replace(connection: Connection, replaced: str, refs: Sequence[str]) -> None:
    if _held(connection, replaced).status != ListStatus.CONFIRMED:
        raise ConflictError("被更正的名单已由另一份更正文件更正。请以最近的更正文件为准重新载入。")
    waiting = (
        select(filing.c.id)
        .where(filing.c.announcement_ref.in_(refs), filing.c.status == FilingStatus.APPROVED)
        .order_by(filing.c.id)
        .with_for_update()
    )
    if connection.execute(waiting).first() is not None:
        raise ConflictError("该公布文件的备案已同意而尚未签发完毕。请先完成签发，再确认更正。")
    connection.execute(
        update(announced_list).where(announced_list.c.id == replaced).values(status=ListStatus.REPLACED)
    )


def _change_rows(owner: str, changes: Sequence[Change]) -> list[dict[str, object]]:
    return [
        {
            "list_id": owner,
            "position": position,
            "kind": one.kind.value,
            "old_row": None if one.before is None else one.before.number,
            "new_row": None if one.after is None else one.after.number,
            "fields": ",".join(one.fields),
        }
        for position, one in enumerate(changes, start=1)
    ]


def _columns(new: AnnouncedList) -> dict[str, object]:
    return {
        "id": new.id,
        "digest": new.digest,
        "document_ref": new.head.document_ref,
        "announcing_body": new.head.announcing_body,
        "announced_on": new.head.announced_on.isoformat(),
        "title": new.head.title,
        "document_sha256": new.head.document_sha256,
        "place": new.place,
        "row_count": new.row_count,
        "status": new.status.value,
        "replaces": new.replaces,
        "loaded_by": new.loaded_by,
        "loaded_at": instant_text(new.loaded_at),
    }


def _list(row: Row[Any]) -> AnnouncedList:
    head = AnnouncedHead(
        row.document_ref,
        row.announcing_body,
        date.fromisoformat(row.announced_on),
        row.title,
        row.document_sha256,
    )
    return AnnouncedList(
        row.id,
        row.digest,
        head,
        row.place,
        row.row_count,
        ListStatus(row.status),
        row.replaces,
        row.loaded_by,
        read_instant(row.loaded_at),
        row.confirmed_by,
        None if row.confirmed_at is None else read_instant(row.confirmed_at),
    )


def _digest(row: Row[Any]) -> str:
    kept = ("id", "digest", "document_ref", "status", "replaces", "loaded_by", "confirmed_by")
    return digest_of({name: row._mapping[name] for name in kept})


def _note(
    connection: Connection, at: datetime, by: str, action: Action, wanted: str, before: str | None
) -> None:
    after = _digest(connection.execute(select(announced_list).where(announced_list.c.id == wanted)).one())
    caller = caller_named(connection, by)
    append_entry(connection, at, caller, action, f"announced/{wanted}", before=before, after=after)


def row_context(owner: str, row: int) -> bytes:
    return f"announced/{owner}/row/{row}".encode()
