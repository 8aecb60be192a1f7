"""Time, keys, fonts, files: what the stages need of the machine."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol

from certsvc.domain.page_face import PageFace


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """The present instant, UTC, aware."""
        ...

    def today(self) -> date:
        """The present date in Asia/Shanghai."""
        ...


class RecordSigner(Protocol):
    """The authority's record key: signs QR records and manifests (Ed25519)."""

    @property
    def kid(self) -> bytes:
        """Four bytes, see docs/formats/qr-record.md."""
        ...

    @property
    def public_key(self) -> bytes:
        """The raw 32 bytes."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature. Raises KeyNotInForce, UnavailableError."""
        ...


class LogSigner(Protocol):
    """The log operator's key: signs checkpoints (Ed25519)."""

    @property
    def origin(self) -> str:
        """Origin of the log and name of its key."""
        ...

    @property
    def public_key(self) -> bytes:
        """The raw 32 bytes."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature."""
        ...


class DocumentSigner(Protocol):
    """The document key: signs certificate PDFs (ECDSA P-256 with SHA-256)."""

    @property
    def certificate(self) -> bytes:
        """The signer's X.509 certificate, DER."""
        ...

    @property
    def chain(self) -> tuple[bytes, ...]:
        """DER certificates from the issuing CA to the root, in this order."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The DER-encoded ECDSA signature over SHA-256 of the message. A key in a file gives equal bytes for equal messages,
        hardware does not. Raises KeyNotInForce, UnavailableError.
        """
        ...


class GlyphCoverage(Protocol):
    """Which characters the certificate's fonts can print."""

    def missing(self, texts: Iterable[str]) -> frozenset[str]:
        """The characters of the texts that have no glyph."""
        ...


class PersonalCipher(Protocol):
    """Encryption of personal values at rest, with a keyed look-up digest of ID numbers."""

    def encrypt(self, plain: bytes, *, context: bytes) -> bytes:
        """Sealed bytes that name their key version; `context` must be given again to decrypt."""
        ...

    def decrypt(self, sealed: bytes, *, context: bytes) -> bytes:
        """The plain bytes. Raises IntegrityError when they were altered or moved to another context."""
        ...

    def person_key(self, id_number: str) -> bytes:
        """A keyed digest of an ID number: equal numbers give equal 32 bytes, nobody without the key can guess."""
        ...


class DocumentArchive(Protocol):
    """The exact bytes of every certificate PDF, kept for ever."""

    def keep(self, number: str, version: int, document: bytes) -> str:
        """Store durably; the SHA-256 in hex. Never overwrites: other bytes that are kept already raise IntegrityError."""
        ...

    def read(self, number: str, version: int) -> bytes | None:
        """The kept bytes, None when there are none."""
        ...


class DocumentWriter(Protocol):
    """Writes the PDFs of one layout."""

    def write(self, face: PageFace, instant: datetime) -> bytes:
        """The finished, signed and verified bytes; equal input gives equal bytes, but for the value of a hardware signature."""
        ...

    def has_written(self, kept: bytes, face: PageFace, instant: datetime) -> bool:
        """Whether `kept`, which may be anything, is what this writer made for this page at some time: with another value of the
        signature, by a certificate of before, packed by another build of zlib. It is believed only when a checker would.
        """
        ...
