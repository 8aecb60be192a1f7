"""What an audit administrator sees: the audit trail and the log of looks, page by page, whole or as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from certsvc.domain.caller import Caller
from certsvc.domain.permission import Action
from certsvc.formats.canonical import encode_canonical_json
from certsvc.ports import Clock
from certsvc.ports.access import AuditTrail
from certsvc.ports.audit import AuditReading, ChainCheck, LookEntry, TrailEntry, TrailQuestion
from certsvc.stages.permits import Permits

ROWS: Final = 100
"""Entries on a page."""
MOST_EXPORTED: Final = 100_000
"""Entries in one file; more are asked for by days."""
CHECKED_AT_ONCE: Final = 20_000
"""Entries whose chain a page checks; the whole chain is checked at the machine (`certsvc audit verify`)."""
_TRAIL: Final = "audit-trail"


@dataclass(frozen=True, slots=True)
class AuditDesk:
    """What reading needs. Nothing here changes an entry; an export is an entry of its own."""

    permits: Permits
    reading: AuditReading
    trail: AuditTrail
    clock: Clock

    def entries(self, question: TrailQuestion, by: Caller) -> tuple[Sequence[TrailEntry], bool]:
        """One page of entries, newest first, and whether there are older ones. Raises NotPermitted."""
        self.permits.require(Action.AUDIT_READ, by, _TRAIL)
        found = self.reading.entries(question, ROWS + 1)
        return found[:ROWS], len(found) > ROWS

    def looks(self, question: TrailQuestion, by: Caller) -> tuple[Sequence[LookEntry], bool]:
        """One page of looks at personal data, newest first, and whether there are older ones. Raises NotPermitted."""
        self.permits.require(Action.LOOK_READ, by, "personal-looks")
        found = self.reading.looks(question, ROWS + 1)
        return found[:ROWS], len(found) > ROWS

    def check(self, by: Caller) -> ChainCheck:
        """Whether the newest entries hang together and are unaltered. Raises NotPermitted."""
        self.permits.require(Action.AUDIT_READ, by, _TRAIL)
        return self.reading.check_newest(CHECKED_AT_ONCE)

    def export(self, question: TrailQuestion, by: Caller) -> Iterator[TrailEntry]:
        """Every entry that the question finds, newest first, up to `MOST_EXPORTED`; written down before the first.

        Raises NotPermitted.
        """
        self.permits.require(Action.AUDIT_EXPORT, by, _TRAIL)
        asked = encode_canonical_json(
            {
                "person": question.person,
                "action": question.action,
                "object": question.subject,
                "from_on": None if question.from_on is None else question.from_on.isoformat(),
                "until_on": None if question.until_on is None else question.until_on.isoformat(),
            }
        )
        self.trail.note(by, Action.AUDIT_EXPORT, _TRAIL, after=sha256(asked).hexdigest())
        return self._all(question)

    def _all(self, question: TrailQuestion) -> Iterator[TrailEntry]:
        left, at_once = MOST_EXPORTED, 1000
        while left > 0:
            found = self.reading.entries(question, min(at_once, left))
            yield from found
            if len(found) < at_once:
                return
            left -= len(found)
            question = replace(question, before=found[-1].position)
