"""Keys of organisations that are kept for a moment: at most two seconds, and not once their end was said here or in Redis.

A cache may be shared through Redis, so entries are sealed as the register's are: nobody can put a key there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

from certsvc.adapters.instants import instant_text, read_instant
from certsvc.domain.organisation_key import OrganisationKey
from certsvc.errors import IntegrityError
from certsvc.ports import PersonalCipher
from certsvc.ports.sharing import AnswerCache, VersionedAnswer

_LIVE, _ENDED = 1, 2


class RememberedKeys:
    """ports.organisation_keys.OrganisationKeys over the database's."""

    def __init__(
        self, find: Callable[[str], OrganisationKey | None], cache: AnswerCache, cipher: PersonalCipher
    ) -> None:
        self._find = find
        self._cache = cache
        self._cipher = cipher

    def find(self, key_id: str) -> OrganisationKey | None:
        """The key of an id. What is not there is looked for every time: nobody fills the cache with guesses."""
        found: list[OrganisationKey | None] = []

        def load() -> VersionedAnswer:
            loaded = self._find(key_id)
            found[:] = [loaded]
            if loaded is None:
                raise _NoSuchKeyError
            body = self._cipher.encrypt(_encode(loaded), context=_context(key_id))
            return VersionedAnswer(_LIVE if loaded.ended_at is None else _ENDED, body)

        try:
            kept = self._cache.answer(f"api-key:{key_id}", load)
        except _NoSuchKeyError:
            return None
        if found:
            return found[0]
        try:
            return _decode(self._cipher.decrypt(kept.body, context=_context(key_id)))
        except IntegrityError:  # written by somebody with other keys: the database knows
            return self._find(key_id)

    def ended(self, key_id: str) -> None:
        """Say, after the commit, that a key has ended."""
        self._cache.changed(f"api-key:{key_id}", _ENDED)


class _NoSuchKeyError(Exception):
    """Ends a look into the cache without an entry."""


def _context(key_id: str) -> bytes:
    return f"api-key/{key_id}".encode()


def _encode(key: OrganisationKey) -> bytes:
    return json.dumps(
        {
            "id": key.id,
            "name": key.name,
            "organisation": key.organisation,
            "purpose": key.purpose,
            "per_minute": key.per_minute,
            "per_day": key.per_day,
            "made_at": instant_text(key.made_at),
            "digest": key.digest.hex(),
            "ends_on": None if key.ends_on is None else key.ends_on.isoformat(),
            "ended_at": None if key.ended_at is None else instant_text(key.ended_at),
        }
    ).encode()


def _decode(raw: bytes) -> OrganisationKey:
    kept = json.loads(raw)
    kept["made_at"], kept["digest"] = read_instant(kept["made_at"]), bytes.fromhex(kept["digest"])
    kept["ends_on"] = None if kept["ends_on"] is None else date.fromisoformat(kept["ends_on"])
    kept["ended_at"] = None if kept["ended_at"] is None else read_instant(kept["ended_at"])
    return OrganisationKey(**kept)
