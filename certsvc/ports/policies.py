"""Where policy documents and calendars are kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from certsvc.domain.examined_answer import ExaminedAnswer


@dataclass(frozen=True, slots=True)
class KeptPolicy:
    """A policy document with its text; `position` and `loaded_at` are the database's own."""

    digest: str
    policy_id: str
    document: str
    issued_on: date
    body: str
    position: int = 0
    loaded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeptCalendar:
    """A year's calendar document with its text."""

    digest: str
    year: int
    document: str
    body: str
    position: int = 0
    loaded_at: datetime | None = None


class PolicyStore(Protocol):
    """Policy documents and calendars, every one ever used."""

    def load_policy(self, new: KeptPolicy, at: datetime) -> None:
        """Put a document in force, in place of an older one of its identity. In force already: changes nothing."""
        ...

    def keep_shipped(self, shipped: Iterable[KeptPolicy], at: datetime) -> None:
        """Keep the documents of this version of the program, so that a later one can still examine by them."""
        ...

    def loaded_policies(self) -> tuple[KeptPolicy, ...]:
        """The loaded documents in force, in the order of loading."""
        ...

    def policies_ever_loaded(self) -> tuple[KeptPolicy, ...]:
        """Every loaded document, replaced ones too, in the order of loading."""
        ...

    def policy_bodies(self, digests: Iterable[str]) -> tuple[bytes, ...]:
        """The bytes of the documents, in the order asked for. Raises UnknownReference for one never kept."""
        ...

    def load_calendar(self, new: KeptCalendar, at: datetime) -> None:
        """Put a year's calendar in force, in place of an older one. In force already: changes nothing."""
        ...

    def loaded_calendars(self) -> tuple[KeptCalendar, ...]:
        """Every loaded calendar in the order of loading; of a year the last one counts."""
        ...


class AnswerStore(Protocol):
    """The answers to filings, as they were given."""

    def answer(self, filing: str) -> tuple[ExaminedAnswer, bytes]:
        """What was answered, and the snapshot of facts. Raises UnknownReference for an unknown filing."""
        ...
