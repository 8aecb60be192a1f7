"""The credit archive 诚信档案库: ends are noted when their day has come, the province may look (吉人社函〔2022〕38号 四（二）).

The bar itself ends by the date alone, at midnight in Shanghai, whether or not this ran.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from certsvc.domain.caller import Caller
from certsvc.domain.cancelled_year import require_document
from certsvc.domain.credit import CreditHistory, CreditHolder, CreditStanding
from certsvc.domain.decision_text import LONGEST_REFERENCE, require_words
from certsvc.domain.identity import IdKind
from certsvc.domain.permission import Action
from certsvc.errors import RequestError, UnknownReference
from certsvc.formats.commitment import SALT_BYTES
from certsvc.ports import Clock
from certsvc.ports.access import PersonalLook, PersonalLooks
from certsvc.ports.credit import CreditArchiveStore, LinkedDocuments, PersonLinks
from certsvc.stages.permits import Permits

MOST_LISTED = 500
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class CreditArchive:
    """What the archive needs."""

    permits: Permits
    store: CreditArchiveStore
    links: PersonLinks
    looks: PersonalLooks
    clock: Clock
    random_bytes: Callable[[int], bytes]

    def note_ends(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Note the end of every record whose three years are over, one transaction each; how many.

        Again, or by two processes at once: nothing new.
        """
        noted = 0
        while due := self.store.due(self.clock.today(), _AT_ONCE):
            for record in due:
                if stopping():
                    return noted
                salt = self.random_bytes(SALT_BYTES)
                noted += self.store.end(record, salt, self.clock.today(), self.clock.now())
        return noted

    def counted(self, by: Caller, standing: CreditStanding | None = None) -> int:
        """How many records there are, of one standing today where asked. Raises NotPermitted."""
        self.permits.require(Action.CREDIT_READ, by, "credit")
        return self.store.counted(standing, self.clock.today())

    def listed(
        self,
        by: Caller,
        channel: str,
        standing: CreditStanding | None = None,
        offset: int = 0,
        most: int = MOST_LISTED,
    ) -> tuple[CreditHistory, ...]:
        """The records without their persons, newest first, of one standing today where asked; those shown are noted as looks.

        Raises NotPermitted for anybody but the province.
        """
        self.permits.require(Action.CREDIT_READ, by, "credit")
        found = self.store.listed(most, offset, standing, self.clock.today())
        at = self.clock.now()
        self.looks.append(
            *(PersonalLook(at, channel, by.name, one.record.id, "查看诚信档案目录") for one in found)
        )
        return found

    def show(self, record: str, by: Caller, channel: str) -> tuple[CreditHistory, CreditHolder]:
        """A record with its person, the look noted first. Raises NotPermitted, UnknownReference."""
        self.permits.require(Action.CREDIT_READ, by, f"credit/{record[:32]}")
        found = self.store.find(record)
        if found is None:
            raise UnknownReference(f"没有编号为 {record[:20]} 的诚信档案记录。请核对编号。")
        self.looks.append(PersonalLook(self.clock.now(), channel, by.name, record, "查看诚信档案记录"))
        return found

    def link(
        self,
        one: tuple[IdKind, str],
        other: tuple[IdKind, str],
        document_ref: str,
    ) -> bool:
        """Register two documents as one person's, by the operator on a paper; False when they were already.

        Raises RequestError for numbers that are not of their kinds, or twice the same.
        """
        first, second = require_document(*one), require_document(*other)
        if first.number == second.number:
            raise RequestError("两份证件的号码相同，无需关联。请核对证件号码。")
        reference = require_words(document_ref, "依据文号", LONGEST_REFERENCE)
        return self.links.link(LinkedDocuments(first, second, reference), self.clock.now())
