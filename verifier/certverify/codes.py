"""The stable codes of findings, and what a meaning of one is; the meanings themselves stand in `meanings`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum


class Effect(Enum):
    """What a finding means for the verdict."""

    FAILED = "failed"
    UNDETERMINED = "undetermined"
    NOTE = "note"


class Code(StrEnum):
    """Every finding a verdict can carry; the value never changes its meaning."""

    RECORD_UNREADABLE = "record-unreadable"
    RECORD_ALTERED = "record-altered"
    RECORD_KEY_UNKNOWN = "record-key-unknown"
    RECORD_FORGED = "record-forged"
    RECORD_VERSION_UNKNOWN = "record-version-unknown"
    CERTIFICATE_NOT_FOUND = "certificate-not-found"
    ON_LINE_ONLY = "on-line-only"
    FOREIGN_ADDRESS = "foreign-address"
    FILE_MISSING = "file-missing"
    FILE_UNREADABLE = "file-unreadable"
    IMAGE_UNREADABLE = "image-unreadable"
    QR_NOT_FOUND = "qr-not-found"
    QR_SEVERAL = "qr-several"
    DOCUMENT_ALTERED = "document-altered"
    DOCUMENT_NOT_ORIGINAL = "document-not-original"
    DOCUMENT_UNREADABLE = "document-unreadable"
    DOCUMENT_ARCHIVED = "document-archived"
    DOCUMENT_IS_REPORT = "document-is-report"
    DOCUMENT_RESAVED = "document-resaved"
    DOCUMENT_FORGED = "document-forged"
    DOCUMENT_KEY_UNKNOWN = "document-key-unknown"
    DOCUMENT_ENCRYPTED = "document-encrypted"
    DOCUMENT_ACTIVE_CONTENT = "document-active-content"
    DOCUMENT_NOT_EXAMINED = "document-not-examined"
    DOCUMENT_LINK_DIFFERS = "document-link-differs"
    DOCUMENT_UNREGISTERED = "document-unregistered"
    PRINTED_DIFFERS = "printed-differs"
    REGISTER_DIFFERS = "register-differs"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    WRITTEN_OFF = "written-off"
    VOIDED = "voided"
    SUPERSEDED = "superseded"
    HISTORICAL = "historical"
    HISTORICAL_DISPUTED = "historical-disputed"
    ANNOTATED_COPY = "annotated-copy"
    COPY_ENDED = "copy-ended"
    COPY_WITHDRAWN = "copy-withdrawn"
    COPY_UNKNOWN = "copy-unknown"
    NOT_IN_LOG = "not-in-log"
    TRUST_UNREADABLE = "trust-unreadable"
    TRUST_FORGED = "trust-forged"
    TRUST_NOT_PINNED = "trust-not-pinned"
    TREE_MISSING = "tree-missing"
    TREE_INCONSISTENT = "tree-inconsistent"
    CHECKPOINT_UNREADABLE = "checkpoint-unreadable"
    CHECKPOINT_KEY_UNKNOWN = "checkpoint-key-unknown"
    CHECKPOINT_KEY_NOT_IN_FORCE = "checkpoint-key-not-in-force"
    CHECKPOINT_FORGED = "checkpoint-forged"
    CHECKPOINT_AGE_UNKNOWN = "checkpoint-age-unknown"
    CHECKPOINT_FROM_FUTURE = "checkpoint-from-future"
    CHECKPOINT_STALE = "checkpoint-stale"
    QUORUM_MISSING = "quorum-missing"
    NO_WITNESSES = "no-witnesses"
    BUNDLE_UNREADABLE = "bundle-unreadable"
    BUNDLE_CONFLICT = "bundle-conflict"
    ISSUE_PROOF_BAD = "issue-proof-bad"
    MANIFEST_PROOF_BAD = "manifest-proof-bad"
    MANIFEST_KEY_UNKNOWN = "manifest-key-unknown"
    MANIFEST_FORGED = "manifest-forged"
    COMMITMENT_MISMATCH = "commitment-mismatch"
    CONTENT_CLOSED = "content-closed"
    CONTENT_MISMATCH = "content-mismatch"
    SEAL_PROOF_BAD = "seal-proof-bad"
    STATUS_PROOF_BAD = "status-proof-bad"
    PAST_EVENT_PROOF_BAD = "past-event-proof-bad"
    PAST_CHAIN_BAD = "past-chain-bad"
    PAST_INCOMPLETE = "past-incomplete"
    PAST_DAY_UNKNOWN = "past-day-unknown"
    PAST_PAIRS_POSSIBLE = "past-pairs-possible"
    PAST_CHANGED_SINCE = "past-changed-since"
    PAST_ONE_VERSION = "past-one-version"
    PLACE_UNKNOWN = "place-unknown"
    PLACE_TOO_COARSE = "place-too-coarse"
    NOT_VALID_HERE = "not-valid-here"
    AREA_LIMITED = "area-limited"
    TEST_ENVIRONMENT = "test-environment"


@dataclass(frozen=True, slots=True)
class Meaning:
    """Effect and texts of a code. `{area}` stands for the validity area, `{limit}` for the greatest age asked for;
    `{recipient}`, `{purpose}`, `{ends_on}` for the terms of an annotated copy, `{status}` for its certificate's status."""

    effect: Effect
    zh: str
    en: str
