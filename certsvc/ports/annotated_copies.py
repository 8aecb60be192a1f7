"""What annotated copies need from the world: their store, their document, and what the public face may ask of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Protocol

from certsvc.domain.annotated_copy import AnnotatedCopy
from certsvc.domain.caller import Caller
from certsvc.domain.certificate_status import CertificateStatus

JudgeCopy = Callable[[int, CertificateStatus, Sequence[AnnotatedCopy]], None]
"""Raises when no further copy may be made of a certificate whose newest version and status are these, with these copies."""


class CopyStore(Protocol):
    """The annotated copies of holders. A holder is asked for by the number of the identity document."""

    def begin(
        self, copy: AnnotatedCopy, request: str, holder: str, by: Caller, judge: JudgeCopy
    ) -> AnnotatedCopy:
        """Keep a new copy with its audit entry, the certificate held from the judgement to the commit.

        What the same request of the holder has begun already is given instead, unchanged and unjudged.
        """
        ...

    def of_holder(self, holder: str) -> tuple[AnnotatedCopy, ...]:
        """The holder's copies, newest first."""
        ...

    def of_certificate(self, number: str) -> tuple[AnnotatedCopy, ...]:
        """The copies of a certificate, newest first."""
        ...

    def find(self, copy: str) -> AnnotatedCopy | None:
        """A copy by its id."""
        ...

    def waiting(self, most: int, today: date, after: str = "") -> tuple[AnnotatedCopy, ...]:
        """Copies that were written down, may be used today and have no document yet: by id, those after an id."""
        ...

    def record(self, copy: str) -> bytes | None:
        """The signed record of a copy, None while there is none."""
        ...

    def keep_record(self, copy: str, record: bytes) -> bytes:
        """Keep the signed record, unless one is kept: the record that is kept."""
        ...

    def finish(self, copy: str, document_sha256: str) -> AnnotatedCopy:
        """Note the digest of the kept document; again: nothing new."""
        ...

    def withdraw(self, copy: str, by: Caller, at: datetime) -> AnnotatedCopy:
        """End a copy early, with its audit entry; again: nothing new."""
        ...


class CopyBoard(Protocol):
    """What the public face may ask."""

    def find(self, copy: str) -> AnnotatedCopy | None:
        """A copy by its id."""
        ...

    def overdue(self, today: date, made_before: datetime) -> int:
        """How many copies that may be used today were written down before an instant and have no document yet."""
        ...
