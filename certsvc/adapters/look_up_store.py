"""The log of look-ups in its database: rows are added, read for holders, and deleted when their time is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from threading import Lock

from sqlalchemy import Delete, Engine, Table, delete, insert, select, update

from certsvc.adapters.database import insert_rows, insert_unless_known
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.look_up_pseudonyms import AskerPseudonyms
from certsvc.adapters.look_up_schema import look_up, look_up_alert, look_up_retention, make_sqlite_tables
from certsvc.ports import PersonalCipher
from certsvc.ports.look_ups import EnumerationAlert, LookUp, LookUpChannel, Pattern

_DELETED_AT_ONCE = 5_000
_ONLY_ROW = 1
_WRITTEN = ("at", "number", "channel", "verdict", "asker", "organisation", "purpose")


class DatabaseLookUpStore:
    """ports.look_ups.NotedLookUps and EnumerationAlerts, with what the journal and the background work write.

    Every method raises UnavailableError while the disk or database is away.
    """

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        """On SQLite the engine's file is the log's own; it is made at first use."""
        self._engine = engine
        self._pseudonyms = AskerPseudonyms(cipher)
        self._made = engine.dialect.name != "sqlite"
        self._making = Lock()

    def pseudonym_of(self, asker: str, at: datetime) -> str:
        """What an asker is written as."""
        return self._pseudonyms.of(asker, at)

    def write(self, look_ups: Sequence[LookUp], alerts: Sequence[EnumerationAlert] = ()) -> None:
        """Add rows durably, in one transaction; their askers become pseudonyms here."""
        self._make()
        texts = {at: instant_text(at) for at in {one.at for one in look_ups}}
        asked = {(one.asker, one.at) for one in look_ups}
        names = {(asker, at): self._pseudonyms.of(asker, at) for asker, at in asked}
        rows = [
            (
                texts[one.at],
                one.number,
                one.channel.value,
                one.verdict,
                names[one.asker, one.at],
                one.organisation,
                one.purpose,
            )
            for one in look_ups
        ]
        raised = [
            {
                "at": instant_text(one.at),
                "pattern": one.pattern.value,
                "asker": self._pseudonyms.of(one.asker, one.at),
                "count": one.count,
            }
            for one in alerts
        ]
        with self._engine.begin() as connection:
            insert_rows(connection, look_up, _WRITTEN, rows)
            if raised:
                connection.execute(insert(look_up_alert), raised)

    def of_certificate(self, number: str, most: int = 200) -> tuple[LookUp, ...]:
        """The look-ups of a certificate, newest first."""
        self._make()
        own = select(look_up).where(look_up.c.number == number).order_by(look_up.c.position.desc())
        with self._engine.begin() as connection:
            return tuple(
                LookUp(
                    read_instant(row.at),
                    row.number,
                    LookUpChannel(row.channel),
                    row.verdict,
                    row.asker,
                    row.organisation,
                    row.purpose,
                )
                for row in connection.execute(own.limit(most))
            )

    def newest_alerts(self, most: int = 200) -> tuple[EnumerationAlert, ...]:
        """The last alerts, newest first."""
        self._make()
        newest = select(look_up_alert).order_by(look_up_alert.c.position.desc()).limit(most)
        with self._engine.begin() as connection:
            return tuple(
                EnumerationAlert(read_instant(row.at), Pattern(row.pattern), row.asker, row._mapping["count"])
                for row in connection.execute(newest)
            )

    def forget_before(self, instant: datetime) -> int:
        """Delete what is older, at most 5,000 look-ups at once; how many were. An instant before an earlier one does nothing."""
        self._make()
        kept_from = instant_text(instant)
        with self._engine.begin() as connection:
            row = {"id": _ONLY_ROW, "kept_from": kept_from}
            if not insert_unless_known(connection, look_up_retention, row):
                earlier = look_up_retention.c.kept_from < kept_from
                connection.execute(update(look_up_retention).where(earlier).values(kept_from=kept_from))
            deleted = connection.execute(_oldest(look_up, kept_from)).rowcount
            connection.execute(_oldest(look_up_alert, kept_from))
        return int(deleted)

    def _make(self) -> None:
        if self._made:
            return
        with self._making:
            with self._engine.begin() as connection:
                make_sqlite_tables(connection)
            self._made = True


def _oldest(table: Table, kept_from: str) -> Delete:
    over = select(table.c.position).where(table.c.at < kept_from).limit(_DELETED_AT_ONCE)
    return delete(table).where(table.c.position.in_(over))
