"""What is written is what others read: text, QR symbol, structure, signature."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path

import pytest
import zxingcpp
from asn1crypto import x509 as asn1_x509
from PIL import Image, ImageFilter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from certsvc.adapters.document.writer import PageWriter, write_certificate
from certsvc.domain.certificate import Face
from certsvc.domain.page_face import certificate_page
from certsvc.errors import ConfigurationError, IntegrityError
from certsvc.ports import DocumentWriter
from tests.document.samples import (
    ATTACHMENT,
    DUAL_DIRECTED,
    FACES,
    LONG,
    NOW,
    REGULAR,
    Signer,
    certificate,
    layout,
    signer,
)
from tests.support.tools import Run

NOT_READ_HERE = {"marks", "qr_text", "test_seal", "number", "version", "manual_code", "e_licence"}
READ = [f.name for f in fields(Face) if f.name not in NOT_READ_HERE]


def page_text(raw: bytes) -> str:
    """The text of the page as a reader extracts it, without white space."""
    (page,) = PdfReader(BytesIO(raw), strict=True).pages
    return re.sub(r"\s", "", page.extract_text())


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "certificate.pdf"
    path.write_bytes(certificate("dual-directed"))
    return path


@pytest.mark.parametrize("name", FACES)
def test_every_field_can_be_read_in_the_order_of_the_face(name: str) -> None:
    face, text = FACES[name], page_text(certificate(name))
    at = text.index("姓名")
    for field in [*READ[:-2], "number", "version", *READ[-2:], "manual_code", "e_licence"]:
        value = re.sub(r"\s", "", getattr(face, field))
        at = text.index(value, at) + len(value)
    assert text.index("扫码核验", at) < text.rindex("以在线核验结果为准")
    assert text.startswith("吉林省专业技术职务任职资格证书")


@pytest.mark.parametrize("name", ["dual-directed", "long"])
def test_the_marks_of_a_dual_directed_title_stand_before_the_name(name: str) -> None:
    face, text = FACES[name], page_text(certificate(name))
    assert "".join(face.marks) in text[: text.index("姓名")]


def test_a_regular_certificate_bears_no_marks() -> None:
    assert "双定向" not in page_text(certificate("regular"))


def test_the_test_seal_is_printed_only_when_asked_for() -> None:
    assert "测试专用" in page_text(certificate("regular"))
    official = write_certificate(layout(), replace(REGULAR, test_seal=False), signer(), NOW)
    assert "测试" not in page_text(official)


@pytest.mark.parametrize("name", FACES)
def test_a_decoder_reads_the_qr_symbol_from_the_printed_page(
    name: str, tmp_path: Path, run_tool: Run
) -> None:
    (tmp_path / "in.pdf").write_bytes(certificate(name))
    run_tool("pdftoppm", "-r", "150", "-gray", "-singlefile", tmp_path / "in.pdf", tmp_path / "page")
    with Image.open(tmp_path / "page.pgm") as page:
        worn = [page, page.filter(ImageFilter.GaussianBlur(0.7)), page.rotate(7, expand=True, fillcolor=255)]
        for picture in worn:
            (found,) = zxingcpp.read_barcodes(picture)
            assert found.text == FACES[name].qr_text


def test_the_symbol_measures_35_millimetres_with_a_quiet_zone_of_four_modules() -> None:
    assert layout().map.qr.side == pytest.approx(35 / 25.4 * 72, abs=0.01)


def test_equal_input_gives_equal_bytes() -> None:
    again = write_certificate(layout(), DUAL_DIRECTED, signer(), NOW)
    assert again == certificate("dual-directed")
    elsewhere = NOW.astimezone(timezone(timedelta(hours=8)))
    assert write_certificate(layout(), DUAL_DIRECTED, signer(), elsewhere) == again


def test_every_certificate_begins_with_the_head_of_the_layout() -> None:
    for name in FACES:
        assert certificate(name).startswith(layout().head)


def test_poppler_accepts_the_signature_of_the_whole_file(saved: Path, run_tool: Run) -> None:
    report = run_tool("pdfsig", "-nocert", saved)
    assert "Signature is Valid" in report
    assert "Total document signed" in report
    assert "ETSI.CAdES.detached" in report


def test_qpdf_finds_no_error(saved: Path, run_tool: Run) -> None:
    assert "No syntax or stream encoding errors found" in run_tool("qpdf", "--check", saved)


def test_pyhanko_trusts_the_signature_and_its_ban_on_changes() -> None:
    reader = PdfFileReader(BytesIO(certificate("regular")))
    root = asn1_x509.Certificate.load(signer().chain[-1])
    trust = ValidationContext(trust_roots=[root], allow_fetching=False, moment=NOW)
    status = validate_pdf_signature(reader.embedded_signatures[0], trust)
    assert status.bottom_line
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert status.modification_level is ModificationLevel.NONE
    assert status.docmdp_ok
    assert reader.embedded_signatures[0].docmdp_level is not None
    assert reader.embedded_signatures[0].docmdp_level.value == 1


def test_the_page_is_tagged_for_screen_readers() -> None:
    reader = PdfReader(BytesIO(certificate("dual-directed")), strict=True)
    catalog = reader.root_object
    assert catalog["/Lang"] == "zh-CN"
    document = catalog["/StructTreeRoot"]["/K"]
    roles = [kid.get_object()["/S"] for kid in document["/K"]]
    assert roles[:3] == ["/H1", "/P", "/L"]
    assert roles[-1] == "/P"
    assert {"/Figure", "/Link", "/Form"} < set(roles)
    for kid in document["/K"]:
        element = kid.get_object()
        assert element["/S"] not in ("/Figure", "/Link", "/Form") or element["/Alt"]
    items = [kid.get_object() for kid in document["/K"][2].get_object()["/K"]]
    assert {item["/S"] for item in items} == {"/LI"}
    assert [[part.get_object()["/S"] for part in item["/K"]] for item in items[:1]] == [["/Lbl", "/LBody"]]


def test_a_regular_certificate_lists_no_marks_for_screen_readers() -> None:
    reader = PdfReader(BytesIO(certificate("regular")), strict=True)
    roles = [kid.get_object()["/S"] for kid in reader.root_object["/StructTreeRoot"]["/K"]["/K"]]
    assert roles[:2] == ["/H1", "/L"]


def test_the_metadata_names_the_document_and_claims_no_conformance() -> None:
    raw = certificate("regular")
    assert f"吉林省专业技术职务任职资格证书 {REGULAR.number}".encode() in raw
    assert b"pdfaid" not in raw
    assert REGULAR.name.encode() not in raw


def test_the_link_over_the_symbol_is_the_qr_text() -> None:
    (page,) = PdfReader(BytesIO(certificate("regular"))).pages
    link = page["/Annots"][0].get_object()
    assert link["/A"]["/URI"] == REGULAR.qr_text
    assert certificate("regular").count(REGULAR.qr_text.encode()) == 1


def test_a_missing_glyph_stops_the_line() -> None:
    with pytest.raises(IntegrityError, match="𡉃"):
        write_certificate(layout(), replace(REGULAR, name="张𡉃"), signer(), NOW)


@pytest.mark.parametrize(
    "text", ["https://h/v#A)B", "https://h/v#A\\B", "https://主机/v#AB", "https://h/v#A B"]
)
def test_a_qr_text_that_could_break_the_link_stops_the_line(text: str) -> None:
    with pytest.raises(IntegrityError, match="二维码"):
        write_certificate(layout(), replace(REGULAR, qr_text=text), signer(), NOW)


class _Liar(Signer):
    def __init__(self) -> None:
        self._honest = signer()
        self.certificate, self.chain = self._honest.certificate, self._honest.chain

    def sign(self, message: bytes) -> bytes:
        return self._honest.sign(message + b"!")


class _Crowded(_Liar):
    def __init__(self) -> None:
        super().__init__()
        self.chain *= 4

    def sign(self, message: bytes) -> bytes:
        return self._honest.sign(message)


def test_a_signature_that_does_not_verify_never_leaves_the_house() -> None:
    with pytest.raises(IntegrityError, match="未通过验证"):
        write_certificate(layout(), REGULAR, _Liar(), NOW)


def test_a_chain_too_long_for_the_reserved_place_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="过长"):
        write_certificate(layout(), REGULAR, _Crowded(), NOW)


def test_the_writer_is_the_port_that_the_stages_know() -> None:
    writer: DocumentWriter = PageWriter(layout(), signer())
    assert writer.write(
        certificate_page(LONG, attachment=ATTACHMENT), datetime(2024, 1, 1, tzinfo=UTC)
    ).endswith(b"%%EOF\n")
