"""Looking for certificates: in the caller's reach only, every look written down before anything is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from certsvc.domain.caller import Caller
from certsvc.domain.certificate_search import CertificateQuestion, FoundCertificate, places_within
from certsvc.domain.permission import Action
from certsvc.errors import RequestError
from certsvc.ports import Clock
from certsvc.ports.access import PersonalLook, PersonalLooks
from certsvc.ports.certificate_search import CertificateIndex
from certsvc.stages.permits import Permits

MOST_SHOWN: Final = 100
_LONGEST_NAME: Final = 200
_LONGEST_NUMBER: Final = 64


@dataclass(frozen=True, slots=True)
class FoundPage:
    """Some of the certificates found, and how many there are."""

    rows: tuple[FoundCertificate, ...]
    total: int


@dataclass(frozen=True, slots=True)
class CertificateSearch:
    """What looking needs."""

    permits: Permits
    index: CertificateIndex
    looks: PersonalLooks
    clock: Clock

    def page(
        self, question: CertificateQuestion, by: Caller, channel: str, offset: int = 0, most: int = MOST_SHOWN
    ) -> FoundPage:
        """Some of what the question means. Raises NotPermitted for a place out of reach, RequestError for overlong words."""
        asked = _plain(question)
        reach = asked.place or by.region
        self.permits.require(Action.CERTIFICATE_READ, by, "certificate", place=reach)
        places = places_within(reach)
        total = self.index.count(asked, places)
        rows = self.index.found(asked, places, offset, min(most, MOST_SHOWN)) if offset < total else ()
        at = self.clock.now()
        self.looks.append(*(PersonalLook(at, channel, by.name, one.number, "查询证书") for one in rows))
        return FoundPage(rows, total)


def _plain(question: CertificateQuestion) -> CertificateQuestion:
    given = (
        (question.number, _LONGEST_NUMBER),
        (question.name, _LONGEST_NAME),
        (question.id_number, _LONGEST_NUMBER),
    )
    if any(text is not None and len(text) > longest for text, longest in given):
        raise RequestError("查询的内容过长。请核对证书编号、姓名或证件号码。")
    number = None if question.number is None else "".join(question.number.replace("-", "").split()).upper()
    return replace(
        question, number=number or None, name=question.name or None, id_number=question.id_number or None
    )
