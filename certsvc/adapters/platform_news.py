"""What the national title-query platform is told, queued in the transaction of the issue or decision that it tells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from certsvc.adapters.platform_outbox import is_queued, queue_messages
from certsvc.domain.corridor import Draft
from certsvc.domain.decision import DecisionKind, StoredDecision
from certsvc.formats.platform_message import title_changed, title_published, title_published_key
from certsvc.ports import PersonalCipher
from certsvc.ports.decisions import Enactment


class TitleNews:
    """Queues nothing while the platform is switched off: its messages would hold personal data for nobody."""

    def __init__(self, cipher: PersonalCipher, *, switched_on: bool) -> None:
        self._cipher = cipher
        self._switched_on = switched_on

    def issued(self, connection: Connection, drafts: Sequence[Draft], at: datetime) -> None:
        """Sealed certificates, many in one statement: new titles, and corrected versions in place of old ones."""
        if self._switched_on:
            told = [title_published(draft.content) for draft in drafts]
            queue_messages(connection, self._cipher, told, at)

    def decided(
        self, connection: Connection, stored: StoredDecision, enactment: Enactment, at: datetime
    ) -> None:
        """A decision that changes a title's status; a correction is told when its version is sealed.

        Of titles that the platform was never told of, it is not told either.
        """
        proposal = stored.proposal
        if not self._switched_on or proposal.kind is DecisionKind.CORRECT or not enactment.statuses:
            return
        if is_queued(connection, title_published_key(proposal.number, 1)):
            status = enactment.statuses[max(enactment.statuses)]
            told = title_changed(
                proposal.number, stored.id, status, proposal.effective_on, proposal.document_ref
            )
            queue_messages(connection, self._cipher, [told], at)
