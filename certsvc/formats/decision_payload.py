"""Private payloads of the events of decisions (docs/formats/content.md): canonical JSON, committed to by the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from certsvc.domain.credit import CreditRecord
from certsvc.domain.decision import CertificateVersion, StoredDecision
from certsvc.formats.canonical import encode_canonical_json
from certsvc.formats.commitment import commit
from certsvc.formats.content import CONTENT_FORMAT
from certsvc.formats.leaf import EventKind


@dataclass(frozen=True, slots=True)
class PrivateEvent:
    """An event with what it commits to: the payload, and the salt that opens the commitment.

    `subject` and `version`: the certificate's, or a credit record's identity with version 1.
    """

    kind: EventKind
    subject: str
    version: int
    slot: int
    effective_on: date
    payload: bytes
    salt: bytes

    @property
    def commitment(self) -> bytes:
        """The 32 bytes that the leaf holds."""
        return commit(self.salt, self.payload)


def encode_status_event(
    kind: EventKind,
    decision: StoredDecision,
    version: CertificateVersion,
    recorded_on: date,
    replaced_by: int | None,
) -> bytes:
    """The payload of an ending, a suspension, a reinstatement or a correction, on one certificate version."""
    content, proposal = version.content, decision.proposal
    return encode_canonical_json(
        {
            "format": CONTENT_FORMAT,
            "event": kind.name.lower(),
            "decision": decision.id,
            "number": content.number,
            "version": content.version,
            "slot": content.slot,
            "document_ref": proposal.document_ref,
            "decided_on": proposal.decided_on.isoformat(),
            "effective_on": proposal.effective_on.isoformat(),
            "recorded_on": recorded_on.isoformat(),
            "ground": proposal.ground,
            "document_sha256": proposal.document_sha256,
            "replaced_by": replaced_by,
        }
    )


def encode_credit_event(
    kind: EventKind,
    record: CreditRecord,
    decision: StoredDecision,
    version: CertificateVersion,
    recorded_on: date,
) -> bytes:
    """The payload of credit_opened or credit_closed; `decision` is the one that opens or closes the record."""
    award, proposal = version.content.award, decision.proposal
    return encode_canonical_json(
        {
            "format": CONTENT_FORMAT,
            "event": kind.name.lower(),
            "record": record.id,
            "slot": record.slot,
            "decision": decision.id,
            "number": version.content.number,
            "name": award.name,
            "id_kind": award.document.kind.value,
            "id_number": award.document.number,
            "document_ref": proposal.document_ref,
            "decided_on": proposal.decided_on.isoformat(),
            "recorded_on": recorded_on.isoformat(),
            "from_on": record.recorded_on.isoformat(),
            "until_on": record.until_on.isoformat(),
            "ground": proposal.ground,
        }
    )
