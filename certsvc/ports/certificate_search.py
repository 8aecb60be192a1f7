"""What looking for certificates needs from the world."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from certsvc.domain.certificate_search import CertificateQuestion, FoundCertificate
from certsvc.ports.background import FilledChunk


class CertificateIndex(Protocol):
    """The certificates as they are looked for; only read. `places`: six-digit codes of the reach, None: everywhere."""

    def count(self, question: CertificateQuestion, places: Collection[str] | None) -> int:
        """How many certificates the question means."""
        ...

    def found(
        self, question: CertificateQuestion, places: Collection[str] | None, offset: int, most: int
    ) -> tuple[FoundCertificate, ...]:
        """Some of them, newest number first within a series; each by its newest version."""
        ...


class UnkeyedNames(Protocol):
    """Certificates whose names cannot be looked up yet."""

    def fill(self, after: tuple[str, int] | None, most: int) -> FilledChunk:
        """Keep the keys of up to so many names in one transaction, those behind `after`; damaged ones are passed over."""
        ...
