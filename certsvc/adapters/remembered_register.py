"""ports.verification.Register with entries that are kept for a moment.

A cache may be shared through Redis, so nothing can be read in it: entries are sealed as a whole, and their keys are
keyed digests of the number that was asked for.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import astuple
from datetime import date
from typing import Any

from certsvc.adapters.register import DatabaseRegister
from certsvc.errors import IntegrityError, UnavailableError
from certsvc.ports import PersonalCipher
from certsvc.ports.sharing import AnswerCache, VersionedAnswer
from certsvc.ports.verification import DecisionNotice, RegisteredVersion, RegisterEntry


class RememberedRegister:
    """What is told of a number is at most two seconds old, and never older than what `changed` was called for here."""

    def __init__(self, register: DatabaseRegister, cache: AnswerCache, cipher: PersonalCipher) -> None:
        self._register = register
        self._cache = cache
        self._cipher = cipher

    def versions(self, number: str) -> tuple[RegisteredVersion, ...]:
        """Every version of a number, oldest first."""
        return self._entry(number).versions

    def decisions(self, number: str) -> tuple[DecisionNotice, ...]:
        """The confirmed decisions on a number, oldest first."""
        return self._entry(number).decisions

    def some_number(self, besides: str = "") -> str | None:
        """The number of any other published certificate; always asked of the database."""
        return self._register.some_number(besides)

    def changed(self, number: str) -> None:
        """Say, after the commit, that a number changed: older entries are given no more.

        A database that went away after the commit takes nothing back: then entries end by their age.
        """
        try:
            change = self._register.entry(number).change
        except UnavailableError:
            return
        self._cache.changed(self._key(number), change)

    def _entry(self, number: str) -> RegisterEntry:
        kept = self._cache.answer(self._key(number), lambda: self._sealed(number))
        try:
            raw = self._cipher.decrypt(kept.body, context=_context(number, kept.version))
        except IntegrityError:  # written by somebody with other keys: the database knows
            return self._register.entry(number)
        return _decode_entry(kept.version, raw)

    def _sealed(self, number: str) -> VersionedAnswer:
        entry = self._register.entry(number)
        body = self._cipher.encrypt(_encode_entry(entry), context=_context(number, entry.change))
        return VersionedAnswer(entry.change, body)

    def _key(self, number: str) -> str:
        return self._cipher.person_key(f"register/{number}").hex()


def _context(number: str, change: int) -> bytes:
    return f"register/v2/{number}/{change}".encode()


def _encode_entry(entry: RegisterEntry) -> bytes:
    """JSON, to be sealed: records in base64, dates as ISO text."""
    return json.dumps(
        {
            "versions": [astuple(one) for one in entry.versions],
            "decisions": [astuple(one) for one in entry.decisions],
        },
        default=_written,
    ).encode()


def _written(value: bytes | date) -> str:
    return value.isoformat() if isinstance(value, date) else b64encode(value).decode()


def _decode_entry(change: int, raw: bytes) -> RegisterEntry:
    """The entry in bytes that this service sealed."""
    told: dict[str, list[list[Any]]] = json.loads(raw)
    return RegisterEntry(
        change,
        tuple(
            RegisteredVersion(
                number,
                version,
                slot,
                status,
                published,
                None if record is None else b64decode(record),
                None if published_on is None else date.fromisoformat(published_on),
            )
            for number, version, slot, status, published, record, published_on in told["versions"]
        ),
        tuple(
            DecisionNotice(
                kind,
                reference,
                date.fromisoformat(decided_on),
                ground,
                date.fromisoformat(effective_on),
                date.fromisoformat(recorded_on),
            )
            for kind, reference, decided_on, ground, effective_on, recorded_on in told["decisions"]
        ),
    )
