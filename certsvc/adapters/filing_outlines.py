"""Outlines of filings in the database: written with the filing, or later for one that was received before."""

from __future__ import annotations

import json

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from certsvc.adapters.database import insert_unless_known
from certsvc.adapters.filing_outline_schema import filing_due, filing_outline
from certsvc.adapters.instants import instant_text
from certsvc.adapters.schema import filing, filing_row
from certsvc.domain.filing import ExaminedFiling, FilingStatus
from certsvc.domain.filing_outline import FilingOutline
from certsvc.ports import PersonalCipher

_LONGEST_REF = 128
_LONGEST_CODE = 64
_OPEN = (FilingStatus.REFUSED.value, FilingStatus.EXAMINED.value)


def keep_outline(
    connection: Connection, cipher: PersonalCipher, examined: ExaminedFiling, filed_by: str
) -> None:
    """Write the outline of a filing that is being stored; the names of its rows go with the rows."""
    if examined.outline is not None:
        _keep(
            connection,
            cipher,
            examined.id,
            examined.outline,
            committee=examined.committee_code,
            batch=examined.batch_ref,
            received_at=instant_text(examined.received_at),
            filed_by=filed_by,
        )


def name_context(owner: str, row: int) -> bytes:
    """What binds an encrypted name to its place."""
    return f"filing/{owner}/row/{row}/name".encode()


def header_context(owner: str) -> bytes:
    """What binds the encrypted header to its filing."""
    return f"filing/{owner}/header".encode()


class DatabaseOutlines:
    """ports.filings.OutlineStore on SQLAlchemy Core."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def without(self) -> tuple[str, ...]:
        """Filings without an outline, in the order received."""
        own = filing.outerjoin(filing_outline, filing_outline.c.filing_id == filing.c.id)
        found = select(filing.c.id).select_from(own).where(filing_outline.c.filing_id.is_(None))
        with self._engine.connect() as connection:
            return tuple(connection.scalars(found.order_by(filing.c.received_at, filing.c.id)))

    def keep(self, wanted: str, outline: FilingOutline, filed_by: str) -> None:
        """Write the outline of a stored filing, and the names of its rows; one that is there by now stays."""
        columns = select(filing.c.committee_code, filing.c.batch_ref, filing.c.received_at)
        named = [
            {
                "owner": wanted,
                "no": row,
                "name": self._cipher.encrypt(name.encode(), context=name_context(wanted, row)),
            }
            for row, name in outline.names.items()
        ]
        with self._engine.begin() as connection:
            row = connection.execute(columns.where(filing.c.id == wanted).with_for_update()).one()
            if connection.scalar(
                select(filing_outline.c.filing_id).where(filing_outline.c.filing_id == wanted)
            ):
                return
            _keep(
                connection,
                self._cipher,
                wanted,
                outline,
                committee=row.committee_code,
                batch=row.batch_ref,
                received_at=row.received_at,
                filed_by=filed_by,
            )
            for one in named:
                connection.execute(
                    update(filing_row)
                    .where(filing_row.c.filing_id == one["owner"], filing_row.c.row_no == one["no"])
                    .values(sealed_name=one["name"])
                )


def _keep(
    connection: Connection,
    cipher: PersonalCipher,
    owner: str,
    outline: FilingOutline,
    *,
    committee: str | None,
    batch: str | None,
    received_at: str,
    filed_by: str,
) -> None:
    header = json.dumps(outline.header, ensure_ascii=False).encode()
    committee = None if committee is None else committee[:_LONGEST_CODE]
    batch = None if batch is None else batch[:_LONGEST_REF]
    columns = {
        "review_year": outline.review_year,
        "committee_code": committee,
        "batch_ref": batch,
        "filed_from": outline.filed_from,
        "sealed_header": cipher.encrypt(header, context=header_context(owner)),
    }
    row = {"filing_id": owner, "received_at": received_at, "filed_by": filed_by, **columns}
    if insert_unless_known(connection, filing_outline, row):
        _join_batch(connection, owner, committee, batch, received_at)
    else:
        connection.execute(update(filing_outline).where(filing_outline.c.filing_id == owner).values(columns))
        connection.execute(delete(filing_due).where(filing_due.c.filing_id == owner))
    steps = [
        {
            "filing_id": owner,
            "step": step.step,
            "level": None if step.level is None else step.level.value,
            "office": step.office,
            "due_on": None if step.due_on is None else step.due_on.isoformat(),
        }
        for step in outline.steps
    ]
    if steps:
        connection.execute(insert(filing_due), steps)


def _join_batch(
    connection: Connection, owner: str, committee: str | None, batch: str | None, received_at: str
) -> None:
    """Take the place in the chain of the batch that the time of receipt gives; the neighbours on both sides say so.

    Of filings received at one time the one that is written later follows.
    """
    if committee is None or batch is None:
        return
    own, newer = filing_outline.c, filing_outline.alias("newer")
    mates = own.batch_ref == batch, own.committee_code == committee, own.filing_id != owner
    followed_later = (
        select(newer.c.filing_id)
        .where(newer.c.filing_id == own.followed_by, newer.c.received_at > received_at)
        .exists()
    )
    ids = select(own.filing_id).where(*mates).limit(1).with_for_update()
    before = connection.scalar(
        ids.where(own.received_at <= received_at, own.followed_by.is_(None) | followed_later).order_by(
            own.received_at.desc(), own.filing_id.desc()
        )
    )
    behind = connection.scalar(
        ids.where(own.received_at > received_at).order_by(own.received_at, own.filing_id)
        if before is None
        else select(own.followed_by).where(own.filing_id == before)
    )
    _link(connection, before, owner)
    _link(connection, owner, behind)
    _replace(connection, owner, committee, batch, received_at)


def _link(connection: Connection, before: str | None, behind: str | None) -> None:
    if before is not None and behind is not None:
        own = filing_outline.c
        connection.execute(update(filing_outline).where(own.filing_id == before).values(followed_by=behind))
        connection.execute(update(filing_outline).where(own.filing_id == behind).values(follows=before))


def _replace(connection: Connection, owner: str, committee: str, batch: str, received_at: str) -> None:
    """It takes the place of the older open filings that name no more persons than it does, others it only adds to; and the
    first newer one that names no fewer persons takes its own."""
    own, rows, newer = filing_outline.c, filing_row.c, filing_outline.alias("newer")
    persons = connection.scalar(select(func.count()).where(rows.filing_id == owner)) or 0
    theirs = select(func.count()).where(rows.filing_id == own.filing_id).scalar_subquery()
    status = select(filing.c.status).where(filing.c.id == own.filing_id).scalar_subquery()
    mates = own.batch_ref == batch, own.committee_code == committee, own.filing_id != owner
    replaced_later = (
        select(newer.c.filing_id)
        .where(newer.c.filing_id == own.replaced_by, newer.c.received_at > received_at)
        .exists()
    )
    connection.execute(
        update(filing_outline)
        .where(*mates, own.received_at <= received_at, status.in_(_OPEN), theirs <= persons)
        .where(own.replaced_by.is_(None) | replaced_later)
        .values(replaced_by=owner)
    )
    by = connection.scalar(
        select(own.filing_id)
        .where(*mates, own.received_at > received_at, theirs >= persons)
        .order_by(own.received_at, own.filing_id)
        .limit(1)
    )
    if by is not None:
        connection.execute(
            update(filing_outline)
            .where(own.filing_id == owner, own.replaced_by.is_(None), status.in_(_OPEN))
            .values(replaced_by=by)
        )
