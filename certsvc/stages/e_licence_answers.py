"""Answers to those who ask for the metadata of a certificate as an e-licence 电子证照.

An identifier alone opens nothing: its serial is the certificate number, which can be guessed (docs/formats/e-licence.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from certverify.names import mask_name
from certverify.verdict import StatusWord

from certsvc.domain.caller import Caller
from certsvc.domain.e_licence import ELicenceCodes
from certsvc.domain.permission import Action
from certsvc.errors import UnknownReference
from certsvc.formats.e_licence import describe_e_licence
from certsvc.formats.record import record_text
from certsvc.ports import Clock
from certsvc.ports.access import PersonalLook, PersonalLooks
from certsvc.ports.share_grants import PublishedVersion, PublishedVersions
from certsvc.stages.permits import Permits
from certsvc.stages.proof import NOT_FOUND
from certsvc.stages.share_grants import told_status
from certsvc.stages.verify import HolderClaim, Verification

PURPOSE = "电子证照元数据"
_ANYBODY = "public"
_NO_NUMBER = "没有找到已公开的证书。请核对证书编号。"


@dataclass(frozen=True, slots=True)
class ELicence:
    """The metadata as the asker may see them, and the status of now: the fields alone never say that a title counts.

    `status` is unknown where verification on line could not tell either.
    """

    number: str
    fields: Mapping[str, str | None]
    status: StatusWord


@dataclass(frozen=True, slots=True)
class ELicenceDesk:
    """Answers with the metadata of published versions; every answer is a look at a person, noted before it is given."""

    verification: Verification
    certificates: PublishedVersions
    permits: Permits
    looks: PersonalLooks
    clock: Clock
    codes: ELicenceCodes

    def masked(self, asked: str | HolderClaim) -> ELicence:
        """For everybody who shows a QR record (its text) or knows the holder: name and document number are masked.

        Raises UnknownReference, with one and the same sentence, for whatever does not agree.
        """
        found = self._found(asked)
        award = found.draft.content.award
        holder_code = "*" * (len(award.document.number) - 4) + award.document.last4
        return self._answer(found, "api", _ANYBODY, mask_name(award.name), holder_code)

    def whole(self, asked: str | HolderClaim, by: Caller) -> ELicence:
        """The same question, answered whole to a program that is registered for it. Raises NotPermitted, UnknownReference."""
        self.permits.require(Action.E_LICENCE_READ, by, "e-licence")
        return self._whole(self._found(asked), "service", by)

    def of_number(self, number: str, by: Caller) -> ELicence:
        """The newest published version of a number, whole, for the operator. Raises NotPermitted, UnknownReference."""
        self.permits.require(Action.E_LICENCE_READ, by, f"certificate/{number}")
        versions = self.certificates.published(number=number)
        if not versions:
            raise UnknownReference(_NO_NUMBER)
        return self._whole(versions[-1], "cli", by)

    def _found(self, asked: str | HolderClaim) -> PublishedVersion:
        identify = self.verification
        known = identify.identify_qr(asked) if isinstance(asked, str) else identify.identify_holder(asked)
        versions = () if known is None else self.certificates.published(number=known.number)
        for one in versions:
            if known is not None and one.draft.content.version == known.version:
                return one
        raise UnknownReference(NOT_FOUND)

    def _whole(self, found: PublishedVersion, channel: str, by: Caller) -> ELicence:
        award = found.draft.content.award
        return self._answer(found, channel, by.name, award.name, award.document.number)

    def _answer(
        self, found: PublishedVersion, channel: str, viewer: str, name: str, holder_code: str
    ) -> ELicence:
        content = found.draft.content
        status = told_status(self.verification.check_qr(record_text(found.record)))
        self.looks.append(PersonalLook(self.clock.now(), channel, viewer, content.number, PURPOSE))
        fields = describe_e_licence(content, self.codes, name=name, holder_code=holder_code)
        return ELicence(content.number, fields, status)
