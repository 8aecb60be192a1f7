"""ports.PersonalLooks in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import Connection, Engine, insert

from certsvc.adapters.access_schema import personal_look
from certsvc.adapters.holder_news import HolderNews
from certsvc.adapters.instants import instant_text
from certsvc.ports.access import PersonalLook


class DatabaseLooks:
    """Adds to the log of looks; triggers of the table let nobody change or delete what stands there."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def append(self, *looks: PersonalLook) -> None:
        """Note looks durably, in one transaction."""
        rows = [{**asdict(look), "at": instant_text(look.at)} for look in looks]
        if rows:
            with self._engine.begin() as connection:
                connection.execute(insert(personal_look), rows)
                self._told(connection, looks)

    def _told(self, connection: Connection, looks: Sequence[PersonalLook]) -> None:
        """What else is written in the same transaction: nothing."""


class LooksOfRecipients(DatabaseLooks):
    """Looks through share grants: the holder is told of the first one, in the transaction that notes it."""

    def __init__(self, engine: Engine, news: HolderNews) -> None:
        super().__init__(engine)
        self._news = news

    def _told(self, connection: Connection, looks: Sequence[PersonalLook]) -> None:
        self._news.opened(connection, looks)
