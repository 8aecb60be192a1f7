"""Certificate files over HTTP, where the authority itself checks: it keeps the original, and its digest."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from certverify.pdf_sandbox import PdfSandbox
from PIL import Image, ImageDraw

from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.adapters.document.writer import PageWriter
from certsvc.domain.page_face import PageFace, certificate_page
from certsvc.formats.manual_code import manual_code
from certsvc.formats.record import QrRecord, encode_record, record_signing_bytes, record_text
from certsvc.stages.face import compose_face
from tests.api.asking import PublicOffice, codes, qr_text
from tests.api.test_verdicts import record_key
from tests.document.attacks.forging import rewritten


def page_of(public: PublicOffice, certificate: PublicCertificate, record: bytes) -> PageFace:
    """What is printed on a certificate, with a record of one's own."""
    office = public.office
    face = compose_face(
        certificate.draft.content,
        office.style,
        qr_text=record_text(record, office.style.qr_prefix),
        manual_code=manual_code(record),
    )
    return certificate_page(face, attachment=b"{}")


def sealed(public: PublicOffice, page: PageFace) -> bytes:
    """A page with the authority's own seal, as a thief of the document key makes it."""
    return PageWriter(public.office.layout, public.office.keys.document).write(page, public.clock.now())


def record_with(public: PublicOffice, certificate: PublicCertificate, **changes: Any) -> bytes:
    """A record of the record key that says something else about a certificate that exists."""
    content, signer = certificate.draft.content, record_key(public)
    award = content.award
    record = replace(
        QrRecord(
            content.number, content.version, content.slot, award.name, award.document.number[-4:],
            award.series, award.title, award.level, award.way, award.validity_area, award.acquired_on,
        ),
        **changes,
    )  # fmt: skip
    return encode_record(record, signer.kid, signer.sign(record_signing_bytes(record, signer.kid)))


def drawn_over(raw: bytes) -> bytes:
    """The certificate saved again with the picture of another name in its own content."""
    picture, written = Image.new("RGB", (400, 60), "white"), BytesIO()
    ImageDraw.Draw(picture).text((10, 10), "LIN DAWEI", fill="black", font_size=36)
    picture.save(written, "JPEG")

    def cover(pdf: pikepdf.Pdf) -> None:
        image = pdf.make_stream(written.getvalue())
        image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        image.Width, image.Height = picture.size
        image.ColorSpace, image.BitsPerComponent = pikepdf.Name.DeviceRGB, 8
        image.Filter = pikepdf.Name.DCTDecode
        pdf.pages[0].obj.Resources.XObject.Cover = image
        pdf.pages[0].contents_add(b"q 200 0 0 30 150 415 cm /Cover Do Q")

    return rewritten(raw, cover)


def test_an_original_is_compared_without_looking_into_it(
    shared: PublicOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> bytes:
        raise AssertionError("a process was started for an original")

    monkeypatch.setattr(PdfSandbox, "run", never)
    verdict = shared.verify_pdf(shared.document(shared.regular[0]))
    assert verdict["verdict"] == "passed"
    assert [row["field"] for row in verdict["comparison"]][-1] == "manual_code"
    for row in verdict["comparison"]:
        assert row["printed"] == row["signed"] == row["register"]
        assert row["agrees"] is True


def test_a_sealed_file_that_was_never_registered_is_refused(shared: PublicOffice) -> None:
    certificate = shared.regular[0]
    page = page_of(shared, certificate, certificate.record)
    for texts in ({}, {"name": "林大伟"}):
        verdict = shared.verify_pdf(sealed(shared, replace(page, texts={**page.texts, **texts})))
        assert (verdict["verdict"], verdict["authentic"], verdict["comparison"]) == ("failed", "no", None)
        assert codes(verdict)[0] == "document-unregistered"
        assert verdict["status"] == "valid", "the certificate itself"
    assert shared.verify_pdf(shared.document(certificate))["verdict"] == "passed"


def test_a_file_saved_again_is_explained_only_when_it_looks_like_the_kept_one(shared: PublicOffice) -> None:
    raw = shared.document(shared.regular[0])
    for file, code, answer in (
        (rewritten(raw), "document-resaved", ("undetermined", "unknown")),
        (drawn_over(raw), "document-altered", ("failed", "no")),
    ):
        verdict = shared.verify_pdf(file)
        assert (verdict["verdict"], verdict["authentic"]) == answer
        assert code in codes(verdict)
        assert {row["agrees"] for row in verdict["comparison"]} == {None}
        name = next(row for row in verdict["comparison"] if row["field"] == "name")
        assert name["printed"] == name["signed"] == name["register"] == verdict["holder"]


def test_a_signed_value_that_is_not_the_registered_one_leaves_the_answer_open(shared: PublicOffice) -> None:
    """Whoever stole the record key could sign another name for a certificate that is valid."""
    certificate = shared.regular[0]
    name = certificate.draft.content.award.name
    other = name[0] + "伟" * (len(name) - 1)
    record = record_with(shared, certificate, name=other)
    scanned = shared.verify({"qr": record_text(record)})
    assert (scanned["verdict"], scanned["authentic"]) == ("undetermined", "yes")
    assert "register-differs" in codes(scanned)
    file = shared.verify_pdf(rewritten(sealed(shared, page_of(shared, certificate, record))))
    wrong = [row["field"] for row in file["comparison"] if row["agrees"] is False]
    assert (wrong, "register-differs" in codes(file)) == (["name", "manual_code"], True)
    again = record_with(shared, certificate)
    assert "register-differs" not in codes(shared.verify({"qr": record_text(again)}))
    assert codes(shared.verify({"qr": qr_text(certificate)})) == codes(
        shared.verify({"qr": record_text(again)})
    )
