"""Where stored answers are read on the event loop: SQLite, PostgreSQL, and Redis in front of either."""

from __future__ import annotations

from certsvc.adapters.answer_sources.opening import Opening
from certsvc.ports import PersonalCipher
from certsvc.ports.stored_answers import AnswerSource


async def open_answer_source(
    database_url: str, redis_url: str | None, cipher: PersonalCipher
) -> AnswerSource:
    """The source of an office; a database that is away is no error yet."""
    from sqlalchemy.engine import make_url

    url, opening = make_url(database_url), Opening(cipher)
    source: AnswerSource
    if url.get_backend_name() == "sqlite":
        from certsvc.adapters.answer_sources.sqlite import SqliteAnswers

        source = SqliteAnswers(str(url.database), opening)
    else:
        from certsvc.adapters.answer_sources.postgresql import PostgresqlAnswers

        source = PostgresqlAnswers(url, opening)
    if redis_url is None:
        return source
    from certsvc.adapters.answer_sources.redis import RedisAnswers

    return RedisAnswers(redis_url, source, cipher)
