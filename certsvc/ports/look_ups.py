"""The log of look-ups 查验记录: that somebody checked a certificate, so that its holder can see it. No verifier is named in it
but who came with an API key; of everybody else it keeps a pseudonym that nobody can turn back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class LookUpChannel(StrEnum):
    """The way a look-up came in. What is checked off line comes in by none."""

    PAGE = "page"
    API = "api"
    BATCH = "batch"


@dataclass(frozen=True, slots=True)
class LookUp:
    """One certificate that was found when somebody asked for it.

    `verdict` is the outcome that was told (`passed`, `failed`, `undetermined`). `asker` is the keyed pseudonym of a client
    address, the same for a day. `organisation` and `purpose` are those that an API key was registered with.
    """

    at: datetime
    number: str
    channel: LookUpChannel
    verdict: str
    asker: str
    organisation: str | None = None
    purpose: str | None = None


class LookUps(Protocol):
    """Where look-ups are noted: it can be added to, nothing else."""

    def note(self, *look_ups: LookUp) -> None:
        """Take look-ups, to be written in batches. Never waits for a disk, never fails; at most a second of them is lost
        by a process that is killed.
        """
        ...


class NotedLookUps(Protocol):
    """The same log, for the holder."""

    def of_certificate(self, number: str, most: int = 200) -> Sequence[LookUp]:
        """The look-ups of a certificate, newest first."""
        ...


class NoLookUps:
    """For faces that note nothing."""

    def note(self, *_look_ups: LookUp) -> None:
        """Drop them."""
