"""My titles: certificates, older records and what is under way; one certificate with everything about it; documents."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response, StreamingResponse

from certsvc.domain.certificate import CertificateContent
from certsvc.domain.decision import DecisionKind
from certsvc.domain.decision_kinds import KINDS
from certsvc.domain.english_places import place_in_english
from certsvc.domain.english_titles import (
    ID_KINDS_ENGLISH,
    LEVELS_ENGLISH,
    SERIES_ENGLISH,
    WAYS_ENGLISH,
    title_in_english,
)
from certsvc.domain.permission import Action
from certsvc.domain.regions import REGIONS
from certsvc.domain.titles import TITLES
from certsvc.entrypoints.document_answers import document_answer, statement_answer
from certsvc.entrypoints.holder_objects import LABELS, content_object
from certsvc.entrypoints.http.permitted import needs
from certsvc.entrypoints.portal.access import office_of
from certsvc.entrypoints.portal.allowance import require_holders_allowance
from certsvc.entrypoints.portal.pages import told
from certsvc.entrypoints.portal.pages.access import Viewing
from certsvc.entrypoints.portal.pages.showing import HOME, show
from certsvc.formats.manual_code import manual_code
from certsvc.formats.zip_stream import zip_chunks

router = APIRouter(include_in_schema=False)
Number = Annotated[str, Path(pattern="^[0-9A-Za-z]{1,32}$")]
Reference = Annotated[str, Path(pattern="^H[0-9A-Z]{1,31}$")]
Version = Annotated[int | None, Query(ge=1, le=9999)]
CHANNEL: Final = "portal"
COLLECTION: Final = "/portal/certificates.zip"
_FIELDS_ENGLISH: Final = {
    "name": "Name",
    "sex": "Sex",
    "born_on": "Date of birth",
    "id_kind": "Identity document",
    "id_number": "Document number",
    "series": "Series",
    "specialty": "Specialty",
    "title": "Title",
    "level": "Level",
    "way": "Way of acquisition",
    "acquired_on": "Acquired on",
    "committee": "Review committee",
    "announcing_body": "Announced by",
    "announcement": "Announcement document",
    "announced_on": "Announced on",
    "unit": "Employer at the review",
    "issuer": "Issuer",
    "issued_on": "Issued on",
}
LABELS_BOTH: Final = {key: (label, _FIELDS_ENGLISH[key]) for key, label in LABELS.items()}
"""The words for the fields of a certificate, in its order."""
KINDS_ENGLISH: Final = {
    DecisionKind.REVOKE: "Revocation",
    DecisionKind.WRITE_OFF: "Write-off",
    DecisionKind.VOID: "Declared void",
    DecisionKind.CORRECT: "Correction",
    DecisionKind.SUSPEND: "Suspension during an examination",
    DecisionKind.REINSTATE: "Reinstatement",
}
_ISSUERS_ENGLISH: Final = {
    "吉林省人力资源和社会保障厅": "Department of Human Resources and Social Security of Jilin Province"
}
_SEXES_ENGLISH: Final = {"男": "Male", "女": "Female"}


@router.get(HOME)
@needs(Action.OWN_CERTIFICATES_READ, on="own-certificates")
def titles(request: Request, signed: Viewing) -> Response:
    """Everything of the holder: certificates, older records, and where those under way are in the chain."""
    office = office_of(request)
    office.permits.require(Action.OWN_CERTIFICATES_READ, signed.caller, "own-certificates")
    require_holders_allowance(request, signed)
    return show(
        request,
        signed,
        "titles.html.j2",
        holding=office.own_certificates.of_holder(signed.holder, signed.caller, CHANNEL),
        under_way=office.titles_under_way.of_holder(signed.holder, signed.caller, CHANNEL),
        announced=office.titles_under_way.announced_of(signed.holder, signed.caller, CHANNEL),
        told=told,
        title_names=TITLES,
        regions=REGIONS,
        collection=COLLECTION,
    )


@router.get(COLLECTION)
@needs(Action.OWN_DOCUMENT_READ, on="own-certificates")
def collection(request: Request, signed: Viewing) -> Response:
    """Every document that may still be handed out, in one ZIP file with a list; sent as it is made."""
    office = office_of(request)
    office.permits.require(Action.OWN_DOCUMENT_READ, signed.caller, "own-certificates")
    require_holders_allowance(request, signed)
    members = office.own_collection.members(signed.holder, signed.caller, CHANNEL)
    day = office.clock.today()
    chunks = zip_chunks(members, (day.year, day.month, day.day, 0, 0, 0))
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="certificates-{day.isoformat()}.zip"',
    }
    return StreamingResponse(chunks, media_type="application/zip", headers=headers)


@router.get("/portal/certificates/{number}")
@needs(Action.OWN_CERTIFICATES_READ, on="certificate/{number}")
def certificate(request: Request, number: Number, signed: Viewing) -> Response:
    """Status and area, documents, content, versions, decisions with reason and where to ask."""
    office = office_of(request)
    office.permits.require(Action.OWN_CERTIFICATES_READ, signed.caller, f"certificate/{number}")
    require_holders_allowance(request, signed)
    own = office.own_certificates.certificate(signed.holder, number, signed.caller, CHANNEL)
    newest = own.versions[-1]
    return show(
        request,
        signed,
        "certificate.html.j2",
        own=own,
        newest=newest,
        plain=told.plain_status(newest.status, newest.kept.draft.content),
        content=content_object(newest.kept.draft.content),
        days=_days(newest.kept.draft.content),
        under_own_name=office.ownership.holds(signed.holder, newest.kept.draft.content),
        code=manual_code(newest.kept.record),
        told=told,
        labels=LABELS_BOTH,
        kinds=KINDS,
        kind_of=DecisionKind,
        kinds_english=KINDS_ENGLISH,
    )


@router.get("/portal/certificates/{number}/english")
@needs(Action.OWN_CERTIFICATES_READ, on="certificate/{number}")
def in_english(request: Request, number: Number, signed: Viewing) -> Response:
    """The content of the newest version in English, to be printed; the Chinese original counts."""
    office = office_of(request)
    office.permits.require(Action.OWN_CERTIFICATES_READ, signed.caller, f"certificate/{number}")
    require_holders_allowance(request, signed)
    own = office.own_certificates.certificate(signed.holder, number, signed.caller, CHANNEL)
    newest = own.versions[-1]
    content = newest.kept.draft.content
    award = content.award
    translated = {
        "sex": _SEXES_ENGLISH.get(award.sex),
        "id_kind": ID_KINDS_ENGLISH[award.document.kind],
        "series": SERIES_ENGLISH[award.series],
        "title": title_in_english(TITLES[award.title]),
        "level": LEVELS_ENGLISH[award.level],
        "way": WAYS_ENGLISH[award.way],
        "issuer": _ISSUERS_ENGLISH.get(content.issuer),
    }
    return show(
        request,
        signed,
        "certificate_english.html.j2",
        own=own,
        plain=told.plain_status(newest.status, content),
        content=content_object(content),
        days=_days(content),
        translated=translated,
        labels=_FIELDS_ENGLISH,
        area=None if award.validity_area is None else place_in_english(award.validity_area),
        code=manual_code(newest.kept.record),
        version=content.version,
        today=office.clock.today(),
    )


@router.get("/portal/certificates/{number}/document")
@needs(Action.OWN_DOCUMENT_READ, on="certificate/{number}")
def document(request: Request, number: Number, signed: Viewing, version: Version = None) -> Response:
    """The PDF of the newest version, or of the one asked for; of a certificate that ended none."""
    office = office_of(request)
    office.permits.require(Action.OWN_DOCUMENT_READ, signed.caller, f"certificate/{number}")
    require_holders_allowance(request, signed)
    given = office.own_certificates.document(signed.holder, number, version, signed.caller, CHANNEL)
    return document_answer(given.document, f"{given.number}-v{given.version}.pdf")


@router.get("/portal/statements/{reference}")
@needs(Action.STATEMENT_READ, on="historical-statement")
def statement(request: Request, reference: Reference, signed: Viewing) -> Response:
    """The statement of one of the holder's historical records."""
    office = office_of(request)
    office.permits.require(Action.STATEMENT_READ, signed.caller, "historical-statement")
    require_holders_allowance(request, signed)
    return statement_answer(office.statements.for_holder(signed.holder, reference, signed.caller, CHANNEL))


def _days(content: CertificateContent) -> dict[str, date]:
    """The days of a certificate by the names of their fields."""
    award = content.award
    return {
        "born_on": award.born_on,
        "acquired_on": award.acquired_on,
        "announced_on": award.announcement_on,
        "issued_on": content.issued_on,
    }
