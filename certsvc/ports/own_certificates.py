"""What the list of a holder's own certificates needs from the world."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from certsvc.ports.share_grants import PublishedVersion


class HoldersNumbers(Protocol):
    """What the register has under the number of an identity document, for reading only."""

    def persons(self, id_numbers: Sequence[str]) -> frozenset[bytes]:
        """The keyed digests of these numbers, and of those that two officials have found to be the same person's."""
        ...

    def certificates(self, id_numbers: Sequence[str]) -> tuple[str, ...]:
        """The numbers of the published certificates of a person, in their order; normally none or a few."""
        ...

    def historical(self, id_numbers: Sequence[str]) -> tuple[str, ...]:
        """The check references of the published historical records of a person, in their order."""
        ...


class KeptVersion(PublishedVersion, Protocol):
    """A version that holders can have, and the digest (hex) of its kept document."""

    @property
    def document_sha256(self) -> str:
        """SHA-256 of the document."""
        ...


class KeptVersions(Protocol):
    """The certificates as they are kept."""

    def published(self, *, number: str | None = None) -> Sequence[KeptVersion]:
        """The published versions of a number, oldest first; none for an unknown number, or before publication."""
        ...
