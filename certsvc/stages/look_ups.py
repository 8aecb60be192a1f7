"""Look-ups 查验记录 for the holder: when a certificate was checked, by which way, what was told, and by whom where that is known.

Whoever checked without a key stands there as 查验方甲, 乙 …: the same mark is the same asker on one day. Of another day it
cannot be told, for pseudonyms change; then the same asker has another mark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from certsvc.errors import UnknownReference
from certsvc.ports.look_ups import LookUp, NotedLookUps
from certsvc.ports.share_grants import PublishedVersions, ShareGrantStore
from certsvc.stages.share_grants import NO_CERTIFICATE, Holder, Ownership

MOST: Final = 200
_MARKS: Final = "甲乙丙丁戊己庚辛壬癸"


@dataclass(frozen=True, slots=True)
class MarkedLookUp:
    """A look-up with the mark of its asker, None where an organisation is named."""

    look_up: LookUp
    mark: str | None


@dataclass(frozen=True, slots=True)
class GrantOpening:
    """That a share grant on the certificate was opened, and whom it was made for."""

    at: datetime
    grant: str
    recipient: str


@dataclass(frozen=True, slots=True)
class SeenByHolder:
    """What a holder sees of one certificate; both newest first."""

    number: str
    look_ups: tuple[MarkedLookUp, ...]
    openings: tuple[GrantOpening, ...]


@dataclass(frozen=True, slots=True)
class HolderLookUps:
    """Answers to the portal in which holders sign in."""

    noted: NotedLookUps
    grants: ShareGrantStore
    certificates: PublishedVersions
    ownership: Ownership

    def of(self, holder: Holder, number: str) -> SeenByHolder:
        """The last 200 look-ups of the holder's certificate. Raises UnknownReference when it is not the holder's."""
        number = number.strip().upper()
        versions = self.certificates.published(number=number)
        if not versions or not self.ownership.holds(holder, versions[-1].draft.content):
            raise UnknownReference(NO_CERTIFICATE)
        openings = [
            GrantOpening(at, grant.id, grant.recipient)
            for grant in self.grants.of_holder(holder.id_number)
            if grant.number == number
            for at in self.grants.openings(grant.id)
        ]
        openings.sort(key=lambda one: one.at, reverse=True)
        return SeenByHolder(number, marked(self.noted.of_certificate(number, MOST)), tuple(openings))


def marked(newest_first: Sequence[LookUp]) -> tuple[MarkedLookUp, ...]:
    """Look-ups with marks, given out in the order of time."""
    marks: dict[str, str] = {}
    for one in reversed(newest_first):
        if one.organisation is None:
            marks.setdefault(one.asker, _mark(len(marks)))
    return tuple(
        MarkedLookUp(one, marks[one.asker] if one.organisation is None else None) for one in newest_first
    )


def _mark(ordinal: int) -> str:
    return f"查验方{_MARKS[ordinal] if ordinal < len(_MARKS) else ordinal + 1}"
