"""A key of the log with the days for which it speaks (docs/formats/trust-list.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from certverify.note import VerifierKey

_EPOCH = date(1970, 1, 1).toordinal()
_DAY_SECONDS = 86_400
_LOCAL_SECONDS = 8 * 3600  # Asia/Shanghai, which keeps no summer time


@dataclass(frozen=True, slots=True)
class LogKey(VerifierKey):
    """A verifier key that speaks from `valid_from` to `valid_to` (days in Asia/Shanghai, both included; None: no end)."""

    valid_from: date
    valid_to: date | None

    def speaks_at(self, seconds: int | None) -> bool:
        """Whether a cosignature of that POSIX time lies within the days; without a time only a key without an end speaks.

        Whoever comes by the private part of a retired key can still sign, but not for today.
        """
        if seconds is None:
            return self.valid_to is None
        day = _EPOCH + (seconds + _LOCAL_SECONDS) // _DAY_SECONDS
        return self.valid_from.toordinal() <= day and (
            self.valid_to is None or day <= self.valid_to.toordinal()
        )


def log_key(key: VerifierKey, valid_from: date, valid_to: date | None) -> LogKey:
    """`key` with its days."""
    return LogKey(key.name, key.kind, key.raw_key, key.key_id, key.public_key, valid_from, valid_to)
