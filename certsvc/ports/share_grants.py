"""What share grants need from the world."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from certsvc.domain.caller import Caller
from certsvc.domain.corridor import Draft
from certsvc.domain.share_grant import ShareGrant


class ShareGrantStore(Protocol):
    """The grants of holders. A holder is asked for by the number of the identity document, or by another that is registered
    as the same person's."""

    def make(self, grant: ShareGrant, code_digest: bytes, holder: str, by: Caller) -> None:
        """Keep a new grant, with its audit entry."""
        ...

    def of_holder(self, holder: str) -> tuple[ShareGrant, ...]:
        """The holder's grants, newest first."""
        ...

    def cancel(self, grant: str, holder: str, by: Caller, at: datetime) -> ShareGrant | None:
        """End a grant of the holder; again: nothing new. None when the holder has no such grant."""
        ...

    def openings(self, grant: str) -> tuple[datetime, ...]:
        """When the grant was opened, oldest first."""
        ...


class ShareGrantBoard(Protocol):
    """What the public face may ask: which grant a code opens."""

    def by_code(self, code_digest: bytes) -> ShareGrant | None:
        """The grant of a code, whether it still opens or not."""
        ...


class PublishedVersion(Protocol):
    """A version that holders can have."""

    @property
    def draft(self) -> Draft:
        """What the version says."""
        ...

    @property
    def record(self) -> bytes:
        """Its signed QR record."""
        ...


class PublishedVersions(Protocol):
    """The certificates that grants are about."""

    def published(self, *, number: str | None = None) -> Sequence[PublishedVersion]:
        """The published versions of a number, oldest first; none for an unknown number, or before publication."""
        ...
