"""The log of look-ups 查验记录: that somebody checked a certificate, so that its holder can see it. No verifier is named in it
but who came with an API key; of everybody else it keeps a pseudonym that nobody can turn back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

HANDED_OUT = "handed_out"
"""Told instead of an outcome where evidence went out, which its reader judges without us."""


class LookUpChannel(StrEnum):
    """The way a look-up came in. What is checked off line comes in by none."""

    PAGE = "page"
    API = "api"
    BATCH = "batch"


@dataclass(frozen=True, slots=True)
class LookUp:
    """One certificate that was found when somebody asked for it.

    `verdict` is the outcome that was told (`passed`, `failed`, `undetermined`), or `HANDED_OUT`. `asker` is what the asker is
    counted under (`Asker.key`); the log keeps a keyed pseudonym of it, the same for a day, and whoever reads the log is given
    that. `organisation` and `purpose` are those that an API key was registered with.
    """

    at: datetime
    number: str
    channel: LookUpChannel
    verdict: str
    asker: str
    organisation: str | None = None
    purpose: str | None = None


class Pattern(StrEnum):
    """How certificates are tried out."""

    MANY_NUMBERS = "many-numbers"
    SEQUENCE = "sequence"
    MANY_CLAIMS = "many-claims"
    OVERALL = "overall"


@dataclass(frozen=True, slots=True)
class EnumerationAlert:
    """Somebody seems to try certificates out.

    `asker` is what the asker is counted under, and a pseudonym once it is written; of a pattern that has no one asker it is
    empty. `count` is what the pattern had come to.
    """

    at: datetime
    pattern: Pattern
    asker: str
    count: int


class LookUps(Protocol):
    """Where look-ups are noted: it can be added to, nothing else."""

    def note(self, *look_ups: LookUp) -> None:
        """Take look-ups, to be written in batches. Never waits for a disk, never fails; at most a second of them is lost
        by a process that is killed.
        """
        ...

    def raise_alert(self, alert: EnumerationAlert) -> None:
        """Take an alert, likewise."""
        ...


class NotedLookUps(Protocol):
    """The same log, for the holder."""

    def of_certificate(self, number: str, most: int = 200) -> Sequence[LookUp]:
        """The look-ups of a certificate, newest first."""
        ...


class EnumerationAlerts(Protocol):
    """The alerts, for those who watch."""

    def newest_alerts(self, most: int = 200) -> Sequence[EnumerationAlert]:
        """The last alerts, newest first."""
        ...


class NoLookUps:
    """For faces that note nothing."""

    def note(self, *_look_ups: LookUp) -> None:
        """Drop them."""

    def raise_alert(self, _alert: EnumerationAlert) -> None:
        """Drop it."""
