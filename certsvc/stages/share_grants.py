"""Making, listing, ending and opening share grants 授权查验.

The portal asks in a holder's name: it has established who the holder is (real-name sign-in, 吉人社函〔2022〕38号 五（二）),
and names the identity document with every request. Whoever opens a grant needs the code alone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from certverify import Outcome, Verdict
from certverify.verdict import StatusWord

from certsvc.domain.caller import Caller
from certsvc.domain.certificate import CertificateContent
from certsvc.domain.id_numbers import asked_id_numbers
from certsvc.domain.share_grant import (
    DEFAULT_DAYS,
    SHAREABLE,
    ShareGrant,
    chosen_fields,
    code_digest,
    end_of,
    new_code,
    recipient_label,
    written_code,
)
from certsvc.errors import UnknownReference
from certsvc.formats.record import record_text
from certsvc.ports import Clock
from certsvc.ports.access import PersonalLook, PersonalLooks
from certsvc.ports.share_grants import PublishedVersions, ShareGrantBoard, ShareGrantStore

_ID_BYTES = 8
NO_CERTIFICATE = "没有与持证人相符的证书。请核对证书编号。"
_NO_GRANT = "没有这项授权。请刷新授权列表后重试。"
CLOSED = "授权已失效。请向持证人索取新的授权码。"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who the portal says is signed in: name and number of the identity document."""

    name: str
    id_number: str


@dataclass(frozen=True, slots=True)
class Ownership:
    """Whose a certificate is, for whoever acts on it: sharing, copying, asking who looked.

    `persons` gives the keyed digests of numbers and of those that are registered as the same person's; `person_key` the
    keyed digest of one number.
    """

    persons: Callable[[Sequence[str]], frozenset[bytes]]
    person_key: Callable[[str], bytes]

    def holds(self, holder: Holder, content: CertificateContent) -> bool:
        """Whether the name is the holder's, blanks aside, and the number theirs or a linked one."""
        award = content.award
        if _plain(award.name) != _plain(holder.name):
            return False
        return self.person_key(award.document.number) in self.persons(asked_id_numbers(holder.id_number))


@dataclass(frozen=True, slots=True)
class MadeGrant:
    """A new grant, with the code that is shown this once."""

    grant: ShareGrant
    code: str


@dataclass(frozen=True, slots=True)
class OpenedGrant:
    """What a recipient sees: chosen fields with their Chinese words, the status of now, and until when it opens.

    `status` is unknown where verification on line could not tell either, as with a log that was not cosigned lately.
    """

    fields: Mapping[str, str | None]
    status: StatusWord
    recipient: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ShareGrants:
    """The holder's side."""

    store: ShareGrantStore
    certificates: PublishedVersions
    ownership: Ownership
    clock: Clock
    random_bytes: Callable[[int], bytes]

    def make(
        self,
        holder: Holder,
        number: str,
        fields: Sequence[str],
        recipient: str,
        by: Caller,
        days: int = DEFAULT_DAYS,
    ) -> MadeGrant:
        """A new grant. Raises UnknownReference when the holder has no such certificate, RequestError (fields, words)."""
        number = number.strip().upper()
        self._require_own(holder, number)
        now = self.clock.now()
        grant = ShareGrant(
            id="S" + self.random_bytes(_ID_BYTES).hex()[1:].upper(),
            number=number,
            fields=chosen_fields(fields),
            recipient=recipient_label(recipient),
            made_at=now,
            ends_at=end_of(now, days),
        )
        code = written_code(new_code(self.random_bytes))
        self.store.make(grant, code_digest(code), holder.id_number, by)
        return MadeGrant(grant, code)

    def listed(self, holder: Holder) -> tuple[tuple[ShareGrant, tuple[datetime, ...]], ...]:
        """The holder's grants, newest first, each with the instants at which it was opened."""
        return tuple((grant, self.store.openings(grant.id)) for grant in self._own(holder))

    def cancel(self, holder: Holder, grant: str, by: Caller) -> ShareGrant:
        """End a grant at once; again: nothing new. Raises UnknownReference when the holder has no such grant."""
        if all(one.id != grant for one in self._own(holder)):
            raise UnknownReference(_NO_GRANT)
        cancelled = self.store.cancel(grant, holder.id_number, by, self.clock.now())
        if cancelled is None:
            raise UnknownReference(_NO_GRANT)
        return cancelled

    def _own(self, holder: Holder) -> tuple[ShareGrant, ...]:
        """By the certificate's name too: a passport's number alone may be that of another country's."""
        grants = self.store.of_holder(holder.id_number)
        own = {number for number in {one.number for one in grants} if self._is_own(holder, number)}
        return tuple(one for one in grants if one.number in own)

    def _require_own(self, holder: Holder, number: str) -> None:
        if not self._is_own(holder, number):
            raise UnknownReference(NO_CERTIFICATE)

    def _is_own(self, holder: Holder, number: str) -> bool:
        versions = self.certificates.published(number=number)
        return bool(versions) and self.ownership.holds(holder, versions[-1].draft.content)


@dataclass(frozen=True, slots=True)
class ShareOpening:
    """The recipient's side: it reads, and notes the look before anything is shown.

    `verdict_on` is verification on line of a QR record: nobody is told "valid" here that is not told so there.
    """

    board: ShareGrantBoard
    certificates: PublishedVersions
    verdict_on: Callable[[str], Verdict]
    looks: PersonalLooks
    clock: Clock

    def open(self, code: str) -> OpenedGrant:
        """What the code opens. Raises UnknownReference, with one and the same sentence, for every code that does not.

        Raises UnavailableError when register or tree do not answer.
        """
        now = self.clock.now()
        grant = self.board.by_code(code_digest(code))
        if grant is None or not grant.opens(now):
            raise UnknownReference(CLOSED)
        newest = self.certificates.published(number=grant.number)[-1]
        status = told_status(self.verdict_on(record_text(newest.record)))
        self.looks.append(PersonalLook(now, "api", "recipient", grant.id, "授权查验"))
        fields = {key: SHAREABLE[key].read(newest.draft.content) for key in grant.fields}
        return OpenedGrant(fields, status, grant.recipient, grant.ends_at)


def told_status(verdict: Verdict) -> StatusWord:
    """A known bad status stands whatever else is open; a good one needs a check that passed."""
    good = verdict.status is StatusWord.VALID
    return StatusWord.UNKNOWN if good and verdict.outcome is not Outcome.PASSED else verdict.status


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFC", name).split())
