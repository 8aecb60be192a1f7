"""ports.background on SQLAlchemy Core, over an engine that cannot write."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Engine, Select, func, select

from certsvc.adapters.access_schema import audit_entry, audit_head
from certsvc.adapters.instants import read_instant
from certsvc.adapters.ledger_schema import outbox_event
from certsvc.adapters.schema import certificate
from certsvc.adapters.verification_job_schema import verification_job
from certsvc.ports.background import IssueStanding, LeafTime, Refused, RefusedPage, Waiting

_REFUSED: Final = ".refused"


class DatabaseBackgroundBoard:
    """BackgroundBoard and RefusalBoard. Nothing here reads a whole table: queues are short, the rest is by index."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def unlogged(self) -> Waiting:
        """Events without a leaf."""
        column = outbox_event.c
        wanted = select(func.count(), func.min(column.queued_at)).where(column.leaf_index.is_(None))
        return self._waiting(wanted)

    def leaf_times(self, size: int, most: int) -> tuple[LeafTime, ...]:
        """Single look-ups by leaf index. Manifests and seals have no time of their own: the event before them is taken."""
        if size < 1:
            return ()
        steps = min(size, most)
        indices = sorted({(size - 1) * step // max(1, steps - 1) for step in range(steps)})
        column = outbox_event.c
        found: dict[int, LeafTime] = {}
        with self._engine.begin() as connection:
            for index in indices:
                nearest = (
                    select(column.leaf_index, column.queued_at)
                    .where(column.leaf_index <= index)
                    .order_by(column.leaf_index.desc())
                    .limit(1)
                )
                row = connection.execute(nearest).one_or_none()
                if row is not None:
                    found[row.leaf_index] = LeafTime(row.leaf_index, read_instant(row.queued_at))
        return tuple(found.values())

    def questions(self) -> Waiting:
        """Files of questions that are not finished."""
        column = verification_job.c
        wanted = select(func.count(), func.min(column.made_at)).where(column.finished_at.is_(None))
        return self._waiting(wanted)

    def question_rows(self) -> int:
        """Rows without an answer; their files are few."""
        column = verification_job.c
        done = column.passed + column.failed + column.undetermined + column.problem
        wanted = select(func.coalesce(func.sum(column.rows - done), 0)).where(column.finished_at.is_(None))
        with self._engine.begin() as connection:
            return int(connection.execute(wanted).scalar_one())

    def issues(self, filings: tuple[str, ...]) -> tuple[IssueStanding, ...]:
        """One count for each filing and state."""
        column = certificate.c
        wanted = (
            select(column.filing_id, column.state, func.count())
            .where(column.filing_id.in_(filings))
            .group_by(column.filing_id, column.state)
        )
        states: dict[str, dict[str, int]] = {filing: {} for filing in filings}
        with self._engine.begin() as connection:
            for filing, state, count in connection.execute(wanted):
                states[filing][state] = count
        return tuple(IssueStanding(filing, counted) for filing, counted in states.items())

    def refused(self, among: int, action: str | None, offset: int, most: int) -> RefusedPage:
        """A range of positions, so that a long trail is not read to its beginning."""
        column = audit_entry.c
        with self._engine.begin() as connection:
            newest = connection.execute(select(audit_head.c.entries)).scalar_one_or_none() or 0
            inside = column.position > newest - among, column.action.endswith(_REFUSED, autoescape=True)
            grouped = select(column.action, func.count()).where(*inside).group_by(column.action)
            counts = {name.removesuffix(_REFUSED): count for name, count in connection.execute(grouped)}
            shown = select(audit_entry).where(*inside).order_by(column.position.desc())
            if action is not None:
                shown = shown.where(column.action == action + _REFUSED)
            rows = connection.execute(shown.offset(offset).limit(most)).all()
        total = sum(counts.values()) if action is None else counts.get(action, 0)
        told = (
            Refused(
                row.position,
                read_instant(row.at),
                row.actor,
                row.role,
                row.action.removesuffix(_REFUSED),
                row.object,
            )
            for row in rows
        )
        return RefusedPage(counts, total, tuple(told))

    def _waiting(self, wanted: Select[int, str | None]) -> Waiting:
        with self._engine.begin() as connection:
            count, since = connection.execute(wanted).one()
        return Waiting(count, None if since is None else read_instant(since))
