"""What the stages need from the world: small protocols, named by need. Adapters fulfil them; bootstrap joins both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from certsvc.domain.actor import Actor
from certsvc.domain.caller import OPERATOR, Caller
from certsvc.domain.certificate import Award, Face
from certsvc.domain.corridor import Compose, Draft, LoggedCertificate, SealedCertificate
from certsvc.domain.facts import CreditBlock, HeldTitle
from certsvc.domain.filing import ExaminedFiling, FilingReport, StoredFiling
from certsvc.formats.leaf import EventKind
from certsvc.formats.tile import EntryRun, HashRun


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
        """The 64-byte signature."""
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
        """The DER-encoded ECDSA signature over SHA-256 of the message; equal messages give equal bytes."""
        ...


class GlyphCoverage(Protocol):
    """Which characters the certificate's fonts can print."""

    def missing(self, texts: Iterable[str]) -> frozenset[str]:
        """The characters of the texts that have no glyph."""
        ...


class PublicTree(Protocol):
    """Where the public files stand (docs/formats/ledger.md): a folder, or object storage."""

    def put(self, path: str, content: bytes) -> None:
        """Store an immutable file durably. The same path with other bytes raises IntegrityError."""
        ...

    def replace(self, path: str, content: bytes) -> None:
        """Store a file that may change (the checkpoint), atomically and durably."""
        ...

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, None when there is none."""
        ...

    def exclusive(self) -> AbstractContextManager[None]:
        """Held by one publisher at a time; the others wait."""
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


class ActorStore(Protocol):
    """The registered actors."""

    def find_actor(self, name: str) -> Actor | None:
        """The actor of that name, None when nobody is registered under it."""
        ...

    def register_actor(self, actor: Actor, at: datetime) -> None:
        """Register an actor; the same again changes nothing. Raises ConflictError for another role or region."""
        ...


class FilingStore(Protocol):
    """The filings and what the gate said of them."""

    def current_registry(self) -> tuple[str, bytes]:
        """Digest and JSON of the registry in force. Raises UnknownReference when none was loaded."""
        ...

    def registry(self, digest: str) -> bytes:
        """JSON of the registry with this digest, in force or not. Raises UnknownReference."""
        ...

    def filed_file(self, filing: str) -> tuple[bytes, str]:
        """The filed file's bytes and name. Raises UnknownReference for an unknown filing."""
        ...

    def find(self, filing: str) -> StoredFiling | None:
        """What is stored of a filing, None when it does not exist."""
        ...

    def report(self, filing: str) -> FilingReport:
        """The stored answer. Raises UnknownReference for an unknown filing."""
        ...

    def titles_held(self, id_numbers: Iterable[str]) -> Mapping[str, tuple[HeldTitle, ...]]:
        """Titles that the persons hold by certificates of ours that are not revoked or void, by ID number."""
        ...

    def aided_before(self, id_numbers: Iterable[str]) -> frozenset[str]:
        """Those of the persons who were given an aid-mission incentive, even if it was revoked or written off since."""
        ...

    def credit_blocks(self, id_numbers: Iterable[str]) -> Mapping[str, tuple[CreditBlock, ...]]:
        """The credit records of the persons that were not withdrawn, by ID number."""
        ...

    def dual_directed_holders(self) -> Mapping[str, int]:
        """How many valid dual-directed certificates each county has, by its six-digit code."""
        ...

    def titles_withdrawn(self, id_numbers: Iterable[str]) -> Mapping[str, tuple[HeldTitle, ...]]:
        """Titles that the persons had by certificates of ours that were revoked, written off or voided."""
        ...

    def announcements_used(
        self, *, besides: str, committee_code: str | None = None, batch_ref: str | None = None
    ) -> frozenset[str]:
        """Numbers of the announcement documents that approved filings rest on: other filings than the one named, and
        not the issued ones of the same committee and batch, which the named one supplements."""
        ...

    def save(self, examined: ExaminedFiling, by: Caller = OPERATOR) -> None:
        """Store a filing with findings and outcomes in one transaction; replaces one that is not approved yet."""
        ...

    def approve(self, filing: str, actor: str, at: datetime) -> None:
        """Record the maker. Raises ConflictError unless the filing is examined and not yet approved."""
        ...

    def begin_issue(self, filing: str, actor: str, at: datetime) -> None:
        """Record the checker. Raises NotPermitted for the maker's own name, ConflictError out of order."""
        ...

    def finish_issue(self, filing: str, at: datetime) -> None:
        """Mark the filing as issued."""
        ...


class CertificateStore(Protocol):
    """The certificates on their way through the corridor. Every method is one durable transaction."""

    def undrafted(self, filing: str, most: int) -> tuple[Award, ...]:
        """Admitted awards of a filing that have no draft yet, by row, at most so many."""
        ...

    def draft(self, filing: str, awards: Sequence[Award], at: datetime, compose: Compose) -> None:
        """Reserve numbers (per series and year of announcement) and free slots, let `compose` complete the content, store it."""
        ...

    def drafts(self, filing: str, most: int) -> tuple[Draft, ...]:
        """Stored drafts that are not sealed yet."""
        ...

    def seal(self, sealed: Sequence[SealedCertificate], at: datetime) -> None:
        """Store records and document digests, and queue the ledger event of each in the same transaction."""
        ...

    def corrections(self, most: int) -> tuple[Draft, ...]:
        """Drafts of corrected versions that are not sealed yet."""
        ...

    def seal_correction(self, one: SealedCertificate, at: datetime) -> bool:
        """As `seal`, for one corrected version; False when another process has sealed it."""
        ...

    def adopt_leaves(self) -> int:
        """Mark sealed certificates whose event the ledger holds by now as logged; how many."""
        ...

    def logged(self, filing: str | None, most: int) -> tuple[LoggedCertificate, ...]:
        """Logged certificates, of a filing or of all, that are not published yet."""
        ...

    def publish(self, released: Sequence[LoggedCertificate], at: datetime) -> None:
        """Mark as published what the publish stage released."""
        ...

    def progress(self, filing: str) -> Mapping[str, int]:
        """How many certificates of the filing are in each state."""
        ...


class DocumentArchive(Protocol):
    """The exact bytes of every certificate PDF, kept for ever."""

    def keep(self, number: str, version: int, document: bytes) -> str:
        """Store durably; the SHA-256 in hex. Other bytes under a kept name raise IntegrityError."""
        ...

    def read(self, number: str, version: int) -> bytes | None:
        """The kept bytes, None when there are none."""
        ...


class DocumentWriter(Protocol):
    """Writes the certificate PDF of the layout in force."""

    def write(self, face: Face, instant: datetime) -> bytes:
        """The finished, signed and verified bytes; equal input gives equal bytes."""
        ...


@dataclass(frozen=True, slots=True)
class PendingEvent:
    """An event that waits in the outbox. Equal idempotency keys are one event."""

    idempotency_key: str
    kind: EventKind
    slot: int
    effective_on: date
    commitment: bytes
    certificate_number: str
    certificate_version: int


@dataclass(frozen=True, slots=True)
class QueuedEvent:
    """An outbox row that has no leaf yet."""

    id: int
    event: PendingEvent


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An outbox row that has a leaf; the manifest at `manifest_index` covers it."""

    id: int
    slot: int
    commitment: bytes
    leaf_index: int
    manifest_index: int


@dataclass(frozen=True, slots=True)
class SlotHead:
    """The last event on a slot: its sequence number and leaf hash."""

    seq: int
    leaf_hash: bytes


@dataclass(frozen=True, slots=True)
class LedgerHead:
    """The state of the log after its last batch: lock and compare-and-swap target of every append."""

    size: int
    root: bytes
    status_slots: int
    shard_roots: tuple[bytes, ...]
    note: bytes
    signed_at: datetime


class LedgerTransaction(Protocol):
    """One transaction on the ledger's tables; committed or rolled back as a whole by whoever opened it."""

    def head(self) -> LedgerHead | None:
        """The head, locked until the end of the transaction; None before the log has begun."""
        ...

    def begin_log(self, head: LedgerHead) -> None:
        """Store the first head. Raises ConflictError when there is one."""
        ...

    def move_head(self, old: LedgerHead, new: LedgerHead) -> None:
        """Compare and swap. Raises ConflictError when the stored head is not `old`."""
        ...

    def queue(self, events: Sequence[PendingEvent], at: datetime) -> None:
        """Put events into the outbox, those known by their key excepted. Raises ConflictError for one out of order."""
        ...

    def pending(self, most: int) -> tuple[QueuedEvent, ...]:
        """Events without a leaf, oldest first."""
        ...

    def mark_logged(self, events: Sequence[LoggedEvent], slot_heads: Mapping[int, SlotHead]) -> None:
        """Note the leaves of events, and the last event of their slots. Raises ConflictError when one has a leaf."""
        ...

    def slot_heads(self, slots: Iterable[int]) -> Mapping[int, SlotHead]:
        """The last events of the slots that have any."""
        ...

    def status_slots(self) -> int:
        """How long the status array shall be at the next seal."""
        ...

    def append(self, hashes: Sequence[HashRun], entries: Sequence[EntryRun]) -> None:
        """Insert runs. Raises ConflictError when a place is taken."""
        ...

    def tile(self, level: int, number: int) -> bytes:
        """All hashes stored of a tile, at most 256."""
        ...

    def bundle(self, number: int) -> bytes:
        """All entries stored of an entry bundle, each after its uint16 length."""
        ...

    def status_chunks(self, first: int, count: int) -> Mapping[int, bytes]:
        """The chunks of a range that are not all zero, by number."""
        ...

    def put_status_chunks(self, chunks: Mapping[int, bytes]) -> None:
        """Store changed chunks."""
        ...


class LedgerStore(Protocol):
    """The ledger's tables."""

    def transaction(self) -> AbstractContextManager[LedgerTransaction]:
        """A transaction of its own; commits at the end, rolls back on an exception."""
        ...


@dataclass(frozen=True, slots=True)
class PersonalLook:
    """Somebody was shown personal data: where, who as far as known, of which certificate or filing, what for."""

    at: datetime
    channel: str
    viewer: str
    object: str
    purpose: str


class PersonalLooks(Protocol):
    """The log of looks at personal data: it can be added to, nothing else."""

    def append(self, *looks: PersonalLook) -> None:
        """Note looks durably, before the data is shown."""
        ...
