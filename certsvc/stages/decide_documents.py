"""Documents of decisions, and their service: uploaded and recorded by who may, read back with the look noted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from certsvc.domain.caller import Caller
from certsvc.domain.competence import refusal
from certsvc.domain.decision import StoredDecision
from certsvc.domain.decision_authority import city_responsible
from certsvc.domain.decision_document import DecisionDocument, read_media_type
from certsvc.domain.decision_service import ServiceMethod, ServiceRecord, is_servable, require_servable
from certsvc.domain.permission import Action
from certsvc.domain.regions import PROVINCE, city_of
from certsvc.errors import UnknownReference
from certsvc.ports import Clock
from certsvc.ports.access import PersonalLook, PersonalLooks
from certsvc.ports.decisions import DecisionStore, DocumentStore, ServiceStore
from certsvc.stages.permits import Permits


@dataclass(frozen=True, slots=True)
class DecisionDocuments:
    """What uploading, serving and reading back need."""

    permits: Permits
    decisions: DecisionStore
    documents: DocumentStore
    serving: ServiceStore
    looks: PersonalLooks
    clock: Clock

    def upload(self, raw: bytes, actor: str) -> str:
        """Keep a document; its digest (hex SHA-256), by which a proposal or a service names it. Again: nothing new.

        Raises UnknownReference (actor), NotPermitted, RequestError (empty, above 10 MB, no PDF, JPEG or PNG).
        """
        action, subject = Action.DECISION_DOCUMENT, "document"
        caller = self.permits.official(actor, action, subject)
        self.permits.require(action, caller, subject, place=city_of(caller.region))
        document = DecisionDocument(raw, read_media_type(raw), caller.region, caller.name, self.clock.now())
        self.documents.keep(document)
        return document.sha256

    def serve(
        self,
        decision: str,
        served_on: date,
        method: ServiceMethod,
        actor: str,
        proof_sha256: str | None = None,
    ) -> ServiceRecord:
        """Record that a decision was served; the same again is the record that is there.

        Raises UnknownReference (actor, decision, proof), NotPermitted, ConflictError (not confirmed), RequestError (day).
        """
        action, subject = Action.DECISION_SERVICE, f"decision/{decision[:32]}"
        caller = self.permits.official(actor, action, subject)
        stored = self._find(decision)
        self.permits.require(action, caller, subject, place=self._place(stored))
        require_servable(stored, served_on, self.clock.today())
        if proof_sha256 is not None and not self.documents.is_kept(proof_sha256, caller.region):
            raise UnknownReference("没有上传过该送达凭证。请先上传文件。")
        record = ServiceRecord(
            stored.id, served_on, method, proof_sha256, caller.name, caller.region, self.clock.now()
        )
        return self.serving.record_service(record)

    def may_serve(self, stored: StoredDecision, by: Caller) -> bool:
        """Whether the caller may record a service of the decision."""
        place = self._place(stored)
        return is_servable(stored) and refusal(Action.DECISION_SERVICE, by, place=place) is None

    def services(self, decision: str) -> tuple[ServiceRecord, ...]:
        """What was recorded of a decision's service, oldest record first."""
        return self.serving.services(decision)

    def document_of(self, decision: str, caller: Caller, channel: str) -> DecisionDocument:
        """The document of a decision, for somebody who may read the decision; the look is written down first.

        Raises UnknownReference (no such decision, or without document), NotPermitted.
        """
        stored = self._find(decision)
        region = self.permits.place_of(stored.maker, stored.proposed_at) or ""
        return self._read(stored, stored.proposal.document_sha256, region, caller, channel)

    def proof_of(self, decision: str, position: int, caller: Caller, channel: str) -> DecisionDocument:
        """The proof of a decision's `position`-th service (from 1); as `document_of`."""
        stored = self._find(decision)
        recorded = dict(enumerate(self.serving.services(stored.id), start=1)).get(position)
        digest, office = (None, "") if recorded is None else (recorded.proof_sha256, recorded.office)
        return self._read(stored, digest, office, caller, channel)

    def _read(
        self, stored: StoredDecision, digest: str | None, office: str, caller: Caller, channel: str
    ) -> DecisionDocument:
        subject, number = f"decision/{stored.id}", stored.proposal.number
        self.permits.require(Action.DECISION_READ, caller, subject, place=self._place(stored))
        self.looks.append(PersonalLook(self.clock.now(), channel, caller.name, number, "查看决定文书"))
        document = None if digest is None else self.documents.read(digest, office)
        if document is None:
            raise UnknownReference(f"决定 {stored.id} 没有上传这份文件。")
        return document

    def _find(self, decision: str) -> StoredDecision:
        stored = self.decisions.find(decision)
        if stored is None:
            raise UnknownReference(f"没有编号为 {decision} 的决定。请核对决定编号。")
        return stored

    def _place(self, stored: StoredDecision) -> str | None:
        versions = self.decisions.versions(stored.proposal.number)
        return (
            city_responsible(versions[-1].content.award) if versions else PROVINCE
        )  # of a historical record
