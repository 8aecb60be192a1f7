"""The one adapter that knows what time it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


def local_day(instant: datetime) -> date:
    """The date of an aware instant in Asia/Shanghai (UTC+8, no daylight saving)."""
    return instant.astimezone(SHANGHAI).date()


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, UTC, whole seconds."""
        return datetime.now(UTC).replace(microsecond=0)

    def today(self) -> date:
        """The present date in Asia/Shanghai (UTC+8, no daylight saving)."""
        return self.now().astimezone(SHANGHAI).date()


class FixedClock:
    """A clock that stands still until it is moved: for tests and re-runs."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def now(self) -> datetime:
        """The instant given."""
        return self.instant

    def today(self) -> date:
        """Its date in Asia/Shanghai."""
        return self.instant.astimezone(SHANGHAI).date()

    def advance(self, step: timedelta) -> None:
        """Move the clock forward."""
        self.instant += step
