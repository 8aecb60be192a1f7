"""The short way of an office: what it is joined with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.types import ASGIApp

from certsvc.adapters.answer_sources import open_answer_source
from certsvc.adapters.local_rate_limiter import LocalRateLimiter
from certsvc.entrypoints.hot_path.application import VERIFY_PATH, HotPath
from certsvc.entrypoints.hot_path.standing import Standing
from certsvc.entrypoints.hot_path.tally import Tally
from certsvc.entrypoints.public_api.service import PublicService
from certsvc.ports.stored_answers import AnswerSource

if TYPE_CHECKING:
    from certsvc.bootstrap import Office


def open_hot_path(office: Office, service: PublicService, app: ASGIApp) -> HotPath:
    """In front of `app`. Limits are counted in this process: with Redis every process has its own, and who goes beyond one
    of them is counted with all others where the question is answered then."""
    settings, own = office.settings, service.limiter
    cipher = office.keys.cipher

    async def open_source() -> AnswerSource:
        return await open_answer_source(settings.effective_database_url, settings.redis_url, cipher)

    return HotPath(
        app,
        open_source=open_source,
        standing=Standing(office.published_state, office.clock),
        changes=office.shared.answers,
        limiter=own if isinstance(own, LocalRateLimiter) else LocalRateLimiter(),
        per_minute=settings.verify_per_minute,
        tally=Tally(VERIFY_PATH, service.metrics, service.look_ups),
    )
