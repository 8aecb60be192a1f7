"""What deciding over certificates needs from the world, besides the ports of the corridor."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.corridor import Draft
from certsvc.domain.credit import CreditRecord
from certsvc.domain.decision import CertificateVersion, Proposal, StoredDecision
from certsvc.domain.decision_document import DecisionDocument
from certsvc.domain.decision_lists import DecisionPage, DecisionQuestion
from certsvc.domain.decision_service import ServiceRecord
from certsvc.domain.permission import Action
from certsvc.formats.decision_payload import PrivateEvent

Versions = tuple[CertificateVersion, ...]
"""Every version of one certificate, oldest first."""


@dataclass(frozen=True, slots=True)
class Enactment:
    """Everything that a confirmed decision changes, written as a whole or not at all.

    `statuses`: version -> status from now on. `draft`: the corrected version, to be sealed afterwards.
    """

    statuses: Mapping[int, CertificateStatus]
    events: tuple[PrivateEvent, ...]
    draft: Draft | None = field(default=None)
    opens: CreditRecord | None = field(default=None)
    closes: CreditRecord | None = field(default=None)


Check = Callable[[Versions], None]
"""Raises when a decision may not be proposed over a certificate that stands like this."""

Enact = Callable[[StoredDecision, Versions, CreditRecord | None, Callable[[], int]], Enactment]
"""Works out what a decision changes: decision, certificate, its open credit record, and where to get a free slot."""


class DecisionStore(Protocol):
    """Decisions and what they change. The certificate's rows are held from the first look to the commit."""

    def versions(self, number: str) -> Versions:
        """Every version of a certificate, empty for an unknown number."""
        ...

    def find(self, decision: str) -> StoredDecision | None:
        """A decision, None when there is none."""
        ...

    def confirmed(self, number: str) -> tuple[StoredDecision, ...]:
        """The confirmed decisions over a certificate, oldest confirmation first."""
        ...

    def open_credit(self, number: str) -> CreditRecord | None:
        """The credit record that a revocation of this certificate opened and nothing has withdrawn."""
        ...

    def propose(self, proposal: Proposal, new_id: str, maker: str, at: datetime, check: Check) -> str:
        """Store a proposal; its id. The same content, not withdrawn since, keeps the id it has.

        Raises ConflictError when another proposal of the kind is open for the certificate.
        """
        ...

    def confirm(self, decision: str, checker: str, at: datetime, enact: Enact) -> StoredDecision:
        """Confirm, and write what `enact` says, in one transaction. By the same person again: changes nothing."""
        ...

    def withdraw(self, decision: str, by: str, at: datetime, action: Action) -> StoredDecision:
        """Take a proposal back, written down as the action. Raises ConflictError when it is confirmed."""
        ...


class DecisionIndex(Protocol):
    """Lists of decisions, page by page; only read."""

    def page(
        self, question: DecisionQuestion, person: str, places: Collection[str] | None, offset: int, most: int
    ) -> DecisionPage:
        """Some of the decisions over certificates of these places (None: of all), and how many there are."""
        ...


class DocumentStore(Protocol):
    """Uploaded documents of decisions; each authority has its own."""

    def keep(self, document: DecisionDocument) -> None:
        """Store a file; the same one of the same authority again changes nothing."""
        ...

    def is_kept(self, sha256: str, office: str) -> bool:
        """Whether the authority has uploaded a file with this digest."""
        ...

    def read(self, sha256: str, office: str) -> DecisionDocument | None:
        """A file as it was uploaded, None when the authority has uploaded none with this digest."""
        ...


class ServiceStore(Protocol):
    """What was recorded of decisions' service; only added to."""

    def services(self, decision: str) -> tuple[ServiceRecord, ...]:
        """What was recorded of a decision's service, oldest record first."""
        ...

    def record_service(self, record: ServiceRecord) -> ServiceRecord:
        """Append a service; the one that is stored, which is the first when the same was recorded before."""
        ...
