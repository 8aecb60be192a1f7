"""Pseudonyms of askers: the same for a day of Shanghai, and not to be linked with those of another day.

    day key   = HMAC-SHA-256(look-up key of the personal cipher, "look-up-asker/" || day)
    pseudonym = base64url(HMAC-SHA-256(day key, asker)[:12])

Without the cipher's key neither can be made, so nobody tries addresses out.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from datetime import date, datetime

from certsvc.adapters.clock import local_day
from certsvc.ports import PersonalCipher

_BYTES = 12


class AskerPseudonyms:
    """The pseudonyms under one cipher; of the key of a day nothing is kept but in memory, for that day."""

    def __init__(self, cipher: PersonalCipher) -> None:
        self._cipher = cipher
        self._key_of: tuple[date | None, bytes] = None, b""

    def of(self, asker: str, at: datetime) -> str:
        """Sixteen letters, digits, `-` and `_`; empty for an empty asker."""
        if not asker:
            return ""
        day = local_day(at)
        known, key = self._key_of
        if known != day:
            key = self._cipher.person_key(f"look-up-asker/{day.isoformat()}")
            self._key_of = day, key
        return urlsafe_b64encode(hmac.digest(key, asker.encode(), "sha256")[:_BYTES]).decode()
