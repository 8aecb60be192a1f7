"""Who is registered, who acts for whom, and what the audit trail shows of them."""

from __future__ import annotations

import os

from certsvc.adapters.audit_reading import DatabaseAuditReading
from certsvc.adapters.delegation_store import DatabaseDelegationStore
from certsvc.bootstrap.parts import Parts
from certsvc.stages.audit_desk import AuditDesk
from certsvc.stages.delegations import Delegations
from certsvc.stages.people import People


class PeopleDesk:
    """Accounts, delegations, audit trail: what the three administrators look after."""

    def __init__(self, parts: Parts) -> None:
        self.accounts = People(parts.permits, parts.actors, parts.clock)
        store = DatabaseDelegationStore(parts.engine, parts.reading_engine)
        self.delegations = Delegations(parts.permits, parts.actors, store, parts.clock, os.urandom)
        self.audit = AuditDesk(
            parts.permits, DatabaseAuditReading(parts.reading_engine), parts.trail, parts.clock
        )
