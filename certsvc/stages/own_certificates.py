"""What a real-name holder has: every certificate with its versions and decisions, every historical record, the documents.

The portal asks in the holder's name, as with share grants: it has established who the holder is. The holder sees the whole
content of the own certificates, ended ones too, and why they ended (个人信息保护法 art. 45: to consult and to copy). The document
of a certificate that ended is not handed out any more: it would go on saying on its face what was taken back; what it said
stands in the list, and the decision that ended it beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from certverify import Verdict
from certverify.verdict import StatusWord

from certsvc.domain.caller import Caller
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.decision_kinds import ENDED
from certsvc.domain.id_numbers import asked_id_numbers
from certsvc.errors import ConflictError, IntegrityError, UnknownReference
from certsvc.formats.record import record_text
from certsvc.ports import Clock
from certsvc.ports.access import PersonalLook, PersonalLooks
from certsvc.ports.history import HistoryRegister, RegisteredHistory
from certsvc.ports.own_certificates import HoldersNumbers, KeptVersion, KeptVersions
from certsvc.ports.verification import DecisionNotice, Register
from certsvc.stages.share_grants import Holder, told_status
from certsvc.stages.verify import HolderClaim, plain_name

LISTED: Final = "持证人查询本人证书"
DOWNLOADED: Final = "持证人下载本人证书"
NOT_THE_HOLDERS: Final = "没有与持证人相符的证书。请核对证书编号。"
OF_PROGRAMS: Final = "api"
"""The channel of looks where a program asks in the holder's name."""
_LOOK_LENGTH: Final = 15


@dataclass(frozen=True, slots=True)
class OwnVersion:
    """One version, and how it stands now as verification on line tells it."""

    kept: KeptVersion
    status: StatusWord


@dataclass(frozen=True, slots=True)
class OwnCertificate:
    """A certificate with its versions, oldest first, and the confirmed decisions on it in their order."""

    number: str
    versions: tuple[OwnVersion, ...]
    decisions: tuple[DecisionNotice, ...]


@dataclass(frozen=True, slots=True)
class OwnHolding:
    """Everything of one holder: certificates, and the verdicts on the historical records."""

    at: datetime
    certificates: tuple[OwnCertificate, ...]
    historical: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class OwnDocument:
    """The exact bytes of a certificate, as they were sealed."""

    number: str
    version: int
    sha256: str
    document: bytes


@dataclass(frozen=True, slots=True)
class OwnCertificates:
    """The holder's own, for the portal.

    `verdict_on` is verification on line of a QR record, `verdict_on_record` that of a historical record; `read` the kept
    document of a version, None while there is none; `person_key` the keyed digest of an ID number.
    """

    numbers: HoldersNumbers
    certificates: KeptVersions
    register: Register
    history: HistoryRegister
    verdict_on: Callable[[str], Verdict]
    verdict_on_record: Callable[[HolderClaim], Verdict | None]
    read: Callable[[str, int], bytes | None]
    person_key: Callable[[str], bytes]
    looks: PersonalLooks
    clock: Clock

    def of_holder(self, holder: Holder, by: Caller, channel: str = OF_PROGRAMS) -> OwnHolding:
        """Everything under the holder's name and number; nothing where there is nothing. Every question is a noted look.

        Raises UnavailableError when register or tree do not answer.
        """
        asked = asked_id_numbers(holder.id_number)
        own = [
            (number, versions)
            for number in self.numbers.certificates(asked)
            if self._is_own(holder, versions := self.certificates.published(number=number))
        ]
        records = self._records(holder, asked)
        now = self.clock.now()
        shown = [self._pseudonym(asked[-1]), *(number for number, _ in own), *records]
        self.looks.append(*(PersonalLook(now, channel, by.name, one, LISTED) for one in shown))
        certificates = tuple(self._certificate(number, versions) for number, versions in own)
        return OwnHolding(now, certificates, tuple(records.values()))

    def certificate(self, holder: Holder, number: str, by: Caller, channel: str) -> OwnCertificate:
        """One of the holder's certificates; the look is written down before.

        Raises UnknownReference, one and the same, for whatever is not the holder's.
        """
        number = _plain(number)
        versions = self.certificates.published(number=number)
        if not self._is_own(holder, versions):
            raise UnknownReference(NOT_THE_HOLDERS)
        self.looks.append(PersonalLook(self.clock.now(), channel, by.name, number, LISTED))
        return self._certificate(number, versions)

    def newest(self, holder: Holder, by: Caller, channel: str) -> tuple[KeptVersion, ...]:
        """The newest version of each of the holder's certificates, by number, without how it stands; the look is written
        down before."""
        asked = asked_id_numbers(holder.id_number)
        found = (self.certificates.published(number=number) for number in self.numbers.certificates(asked))
        own = tuple(versions[-1] for versions in found if self._is_own(holder, versions))
        now = self.clock.now()
        numbers = (one.draft.content.number for one in own)
        self.looks.append(*(PersonalLook(now, channel, by.name, one, LISTED) for one in numbers))
        return own

    def documents(self, holder: Holder, by: Caller, channel: str) -> Iterator[OwnDocument]:
        """The newest documents of the holder's certificates that did not end, one after another, each look written down
        before; one that ends meanwhile is left out."""
        asked = asked_id_numbers(holder.id_number)
        for number in self.numbers.certificates(asked):
            with suppress(ConflictError, UnknownReference):
                yield self.document(holder, number, None, by, channel)

    def document(
        self,
        holder: Holder,
        number: str,
        version: int | None,
        by: Caller,
        channel: str = OF_PROGRAMS,
    ) -> OwnDocument:
        """The document of a version, of the newest where none is asked for; the look is written down before.

        Raises UnknownReference, one and the same, for whatever is not the holder's; ConflictError for a certificate that was
        revoked, written off or declared void, naming the decision.
        """
        number = _plain(number)
        versions = self.certificates.published(number=number)
        asked = [one for one in versions if version in (None, one.draft.content.version)]
        if not self._is_own(holder, versions) or not asked:
            raise UnknownReference(NOT_THE_HOLDERS)
        kept = asked[-1]
        content = kept.draft.content
        document = self.read(content.number, content.version)
        if document is None or sha256(document).hexdigest() != kept.document_sha256:
            raise IntegrityError(f"证书 {number} 的文件不在档案中，或与登记的摘要不符，已停止处理。")
        self.looks.append(PersonalLook(self.clock.now(), channel, by.name, number, DOWNLOADED))
        self._require_not_ended(number)
        return OwnDocument(content.number, content.version, kept.document_sha256, document)

    def _certificate(self, number: str, versions: Sequence[KeptVersion]) -> OwnCertificate:
        told = (OwnVersion(one, told_status(self.verdict_on(record_text(one.record)))) for one in versions)
        return OwnCertificate(number, tuple(told), self.register.decisions(number))

    def _records(self, holder: Holder, asked: Sequence[str]) -> dict[str, Verdict]:
        """Check reference -> verdict, of the records that the public log has."""
        told: dict[str, Verdict] = {}
        for reference in self.numbers.historical(asked):
            own = self._own_records(holder, asked, self.history.asked_for(reference))
            claims = (HolderClaim(reference, one.title.name, one.title.numbers[0][-4:]) for one in own[-1:])
            for claim in claims:
                verdict = self.verdict_on_record(claim)
                if verdict is not None:
                    told[reference] = verdict
        return told

    def _require_not_ended(self, number: str) -> None:
        newest = max(self.register.versions(number), key=lambda one: one.version)
        status = CertificateStatus(newest.status)
        if status in ENDED:
            reference = self.register.decisions(number)[-1].reference
            raise ConflictError(
                f"该证书{status.label}（{reference}），不再提供证书文件。"
                "证书所载内容与决定可在“我的证书”中查看；需要书面材料的，请向发证机关申请。"
            )

    def _is_own(self, holder: Holder, versions: Sequence[KeptVersion]) -> bool:
        """Whether number and name are those of a version: who was misspelt once is not sent away for that. A number that is
        registered as the same person's counts as the own one."""
        persons = self.numbers.persons(asked_id_numbers(holder.id_number))
        awards = [one.draft.content.award for one in versions]
        return any(
            self.person_key(one.document.number) in persons and _named_as(holder, one.name) for one in awards
        )

    def _own_records(
        self, holder: Holder, asked: Sequence[str], records: Iterable[RegisteredHistory]
    ) -> list[RegisteredHistory]:
        persons = self.numbers.persons(asked)
        return [
            one
            for one in records
            if not persons.isdisjoint(map(self.person_key, one.title.numbers))
            and _named_as(holder, one.title.name)
        ]

    def _pseudonym(self, id_number: str) -> str:
        return "P" + self.person_key(id_number).hex()[:_LOOK_LENGTH].upper()


def _plain(number: str) -> str:
    return "".join(number.split()).upper()


def _named_as(holder: Holder, name: str) -> bool:
    return plain_name(name) == plain_name(holder.name)
