"""ports.information.SampleStore in the database: a seed is stored before it draws, a draw and a finding only once."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from certsvc.adapters.audit_store import append_entry, digest_of
from certsvc.adapters.database import hold_table
from certsvc.adapters.information_schema import sample as sample_table
from certsvc.adapters.information_schema import sample_item
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.domain.caller import Caller
from certsvc.domain.permission import Action
from certsvc.domain.sampling import ALGORITHM, DrawnItem, Finding, Outcome, Sample, Subject
from certsvc.errors import ConflictError, UnknownReference


class DatabaseSampleStore:
    """Samples on SQLAlchemy Core."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open(self, sample: Sample, by: Caller) -> Sample:
        """Write down seed and population before anything is drawn; the stored one where the document has one."""
        with self._engine.begin() as connection:
            hold_table(connection, sample_table)
            same = (
                sample_table.c.document_ref == sample.document_ref,
                sample_table.c.subject == sample.subject,
                sample_table.c.region == sample.region,
            )
            known = connection.execute(select(sample_table).where(*same)).one_or_none()
            if known is not None:
                return _sample(connection, known)
            connection.execute(insert(sample_table).values(_columns(sample)))
            _note(connection, sample.opened_at, by, "console:sample:open", sample.id)
            return sample

    def keep_draw(self, sample: Sample, by: Caller, at: datetime) -> Sample:
        """Write what was drawn, unless another process has; what is stored."""
        with self._engine.begin() as connection:
            row = _held(connection, sample.id)
            if row.drawn_at is None:
                own = sample_table.c.id == sample.id
                connection.execute(update(sample_table).where(own).values(drawn_at=instant_text(at)))
                items = [
                    {
                        "sample_id": sample.id,
                        "position": one.position,
                        "item": one.item,
                        "place": one.place,
                        "inspector": one.inspector,
                    }
                    for one in sample.items
                ]
                if items:
                    connection.execute(insert(sample_item), items)
                _note(connection, at, by, Action.SAMPLE_DRAW, sample.id)
            return _sample(connection, _held(connection, sample.id))

    def find(self, wanted: str) -> Sample | None:
        """A sample with its items and findings."""
        with self._engine.begin() as connection:
            row = connection.execute(select(sample_table).where(sample_table.c.id == wanted)).one_or_none()
            return None if row is None else _sample(connection, row)

    def listed(self, item: str | None) -> tuple[Sample, ...]:
        """The samples, newest first; those that drew an item where asked."""
        found = select(sample_table).order_by(sample_table.c.opened_at.desc(), sample_table.c.id)
        if item is not None:
            drawn = select(sample_item.c.sample_id).where(sample_item.c.item == item)
            found = found.where(sample_table.c.id.in_(drawn))
        with self._engine.begin() as connection:
            return tuple(_sample(connection, row) for row in connection.execute(found).all())

    def record(self, wanted: str, item: str, finding: Finding, by: Caller) -> Sample:
        """Write what was found of a drawn item; the same again changes nothing."""
        own = sample_item.c.sample_id == wanted, sample_item.c.item == item
        with self._engine.begin() as connection:
            row = connection.execute(select(sample_item).where(*own).with_for_update()).one_or_none()
            if row is None:
                raise UnknownReference(f"抽查 {wanted} 没有抽到“{item}”。请核对抽查编号和对象。")
            given = (finding.outcome.value, finding.note, finding.document_ref)
            if row.outcome is None:
                values = dict(zip(("outcome", "note", "document_ref"), given, strict=True))
                written = {"actor": finding.actor, "recorded_at": instant_text(finding.recorded_at)}
                connection.execute(update(sample_item).where(*own).values(**values, **written))
                _note(connection, finding.recorded_at, by, "console:sample:record", wanted)
            elif (row.outcome, row.note, row.document_ref) != given:
                raise ConflictError("该对象的抽查结果已登记，内容不同；已登记的结果不能更改。")
            return _sample(connection, _held(connection, wanted))


def _held(connection: Connection, wanted: str) -> Row[Any]:
    own = select(sample_table).where(sample_table.c.id == wanted).with_for_update()
    row = connection.execute(own).one_or_none()
    if row is None:
        raise UnknownReference(f"没有编号为 {wanted} 的抽查。请核对编号。")
    return row


def _columns(sample: Sample) -> dict[str, Any]:
    return {
        "id": sample.id,
        "subject": sample.subject.value,
        "region": sample.region,
        "document_ref": sample.document_ref,
        "ratio_percent": sample.ratio_percent,
        "crossed": int(sample.crossed),
        "seed": sample.seed,
        "seed_source": "given" if sample.seed_given else "fresh",
        "algorithm": ALGORITHM,
        "population": json.dumps(dict(sample.population), ensure_ascii=False, sort_keys=True),
        "population_digest": sample.population_digest,
        "actor": sample.actor,
        "opened_at": instant_text(sample.opened_at),
    }


def _sample(connection: Connection, row: Row[Any]) -> Sample:
    items = connection.execute(
        select(sample_item).where(sample_item.c.sample_id == row.id).order_by(sample_item.c.position)
    )
    return Sample(
        id=row.id,
        subject=Subject(row.subject),
        region=row.region,
        document_ref=row.document_ref,
        ratio_percent=row.ratio_percent,
        crossed=bool(row.crossed),
        seed=row.seed,
        seed_given=row.seed_source == "given",
        population=json.loads(row.population),
        population_digest=row.population_digest,
        actor=row.actor,
        opened_at=read_instant(row.opened_at),
        drawn_at=None if row.drawn_at is None else read_instant(row.drawn_at),
        items=tuple(_item(one) for one in items),
    )


def _item(row: Row[Any]) -> DrawnItem:
    finding = None
    if row.outcome is not None:
        finding = Finding(
            Outcome(row.outcome), row.note or "", row.document_ref, row.actor, read_instant(row.recorded_at)
        )
    return DrawnItem(row.position, row.item, row.place, row.inspector, finding)


def _note(connection: Connection, at: datetime, by: Caller, action: str, wanted: str) -> None:
    """With the digest of everything the sample says now: seed and population, what was drawn, what was found."""
    row = connection.execute(select(sample_table).where(sample_table.c.id == wanted)).one()
    items = connection.execute(
        select(sample_item).where(sample_item.c.sample_id == wanted).order_by(sample_item.c.position)
    )
    state = {**row._mapping, "items": [dict(one._mapping) for one in items]}
    append_entry(connection, at, by, action, f"sample/{wanted}", after=digest_of(state))
