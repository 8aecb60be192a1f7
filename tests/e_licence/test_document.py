"""The certificate's file carries its metadata and shows its identifier, both under its signature."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.stages.e_licence import e_licence_attachment
from tests.access.desk import Desk


def document_of(desk: Desk, certificate: PublicCertificate) -> PdfReader:
    content = certificate.draft.content
    raw = desk.office.office.archive.read(content.number, content.version)
    assert raw is not None
    return PdfReader(BytesIO(raw), strict=True)


def test_the_metadata_are_an_associated_file_of_the_document(
    desk: Desk, certificate: PublicCertificate
) -> None:
    style, document = desk.office.office.style, document_of(desk, certificate)
    expected = e_licence_attachment(
        certificate.draft.content, style.e_licence, full_id=desk.office.office.settings.id_on_face == "full"
    )
    assert dict(document.attachments) == {"e-licence.json": [expected]}
    catalogue: Any = document.trailer["/Root"]
    (associated,) = (one.get_object() for one in catalogue["/AF"])
    stored = associated["/EF"]["/F"]
    assert (associated["/UF"], associated["/AFRelationship"]) == ("e-licence.json", "/Data")
    assert stored["/Subtype"] == "/application/json"
    assert stored.get_data() == expected


def test_the_identifier_is_printed_and_the_number_is_masked_as_on_the_face(
    desk: Desk, certificate: PublicCertificate
) -> None:
    document = document_of(desk, certificate)
    printed = "".join(document.pages[0].extract_text().split())
    ((raw_metadata,),) = document.attachments.values()
    metadata = json.loads(raw_metadata)
    assert metadata["ZZBS"] in printed
    assert metadata["CZZTDM"] in printed
    assert certificate.draft.content.award.document.number.encode() not in raw_metadata
