"""ports.sessions.SeenBrowsers in the database: keyed digests of holder and kind of browser, each with the last day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine, delete, select, update

from certsvc.adapters.clock import local_day
from certsvc.adapters.database import insert_unless_known
from certsvc.adapters.holder_news import HolderNews
from certsvc.adapters.session_schema import seen_browser
from certsvc.domain.holder_notice import NewNotice, NoticeKind
from certsvc.ports import PersonalCipher

REMEMBERED: Final = timedelta(days=90)
KEPT: Final = timedelta(days=3 * 365)
"""Who was away for longer signs in as if for the first time."""


class DatabaseSeenBrowsers:
    """On SQLAlchemy Core."""

    def __init__(self, engine: Engine, cipher: PersonalCipher, news: HolderNews) -> None:
        self._engine = engine
        self._cipher = cipher
        self._news = news

    def note(self, owner: bytes, browser: str, at: datetime) -> None:
        """Note a sign-in, and queue the notice of a new kind of browser in the same transaction."""
        own, today = seen_browser.c, local_day(at)
        since = (today - REMEMBERED).isoformat()
        key = self._cipher.person_key(f"browser/{owner.hex()}/{browser}")
        mine = own.owner == owner
        with self._engine.begin() as connection:
            known = {
                bytes(row.browser_key): row.seen_on
                for row in connection.execute(select(seen_browser).where(mine))
            }
            row = {"owner": owner, "browser_key": key, "seen_on": today.isoformat()}
            if not insert_unless_known(connection, seen_browser, row):
                connection.execute(
                    update(seen_browser).where(mine, own.browser_key == key).values(seen_on=today.isoformat())
                )
            connection.execute(delete(seen_browser).where(mine, own.seen_on < since))
            if known and known.get(key, "") < since:
                change = f"signed-in/{key.hex()[:32]}/{today.isoformat()}"
                self._news.queue(connection, [NewNotice(change, owner, NoticeKind.SIGNED_IN, browser)], at)

    def forget(self, at: datetime) -> None:
        """Delete what was seen too long ago."""
        long_ago = (local_day(at) - KEPT).isoformat()
        with self._engine.begin() as connection:
            connection.execute(delete(seen_browser).where(seen_browser.c.seen_on < long_ago))
