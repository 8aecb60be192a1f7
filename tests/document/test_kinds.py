"""Certificate, annotated copy, report and statement: what is true of every kind of document."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from PIL import Image, ImageStat
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from certsvc.adapters.document.frozen import HEAD_FILE
from certsvc.adapters.document.page import texts_without_room
from certsvc.adapters.document.qr_symbol import qr_rows
from certsvc.adapters.document.writer import PageWriter
from certsvc.bootstrap.parts import LAYOUTS
from certsvc.domain.page_face import PageFace
from certsvc.errors import IntegrityError
from tests.document.golden import GOLDEN
from tests.document.samples import NOW, PREFIX, TEMPLATES, document, layout, page_of, photo, signer
from tests.support.tools import Run

KINDS = {
    "photo": "certificate/v1",
    "annotated": "annotated-copy/v1",
    "report": "report/v1",
    "statement": "statement/v1",
}
FIXED_WORDS = {
    "photo": ("吉林省专业技术职务任职资格证书", "以在线核验结果为准"),
    "annotated": ("加注件", "扫码核验本加注件"),
    "report": ("核验报告", "本报告为核验当时的结果，请扫码查看当前状态"),
    "statement": ("历史数据", "不是新颁发的职称证书"),
}
LONGEST_RECORD = 995  # characters: 670 bytes in base 43


def squeezed(text: str) -> str:
    """Without white space, which extraction sets as it likes."""
    return re.sub(r"\s", "", text)


@pytest.fixture(params=KINDS)
def name(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


@pytest.fixture
def saved(name: str, tmp_path: Path) -> Path:
    path = tmp_path / "document.pdf"
    path.write_bytes(document(name))
    return path


def test_the_samples_show_every_layout_that_the_trust_list_names() -> None:
    assert {page_of(name)[0] for name in GOLDEN} == set(LAYOUTS) == set(KINDS.values())


def _in_order(name: str, text: str) -> None:
    layout_name, page = page_of(name)
    at = 0
    for place in layout(layout_name).map.fields:
        value = squeezed(page.texts[place.field])
        if not value:
            assert place.label not in text
            continue
        at = text.index(squeezed(place.label) + value, at) + len(value)


def test_pypdf_reads_every_label_and_value_in_reading_order(name: str) -> None:
    (page,) = PdfReader(BytesIO(document(name)), strict=True).pages
    text = squeezed(page.extract_text())
    _in_order(name, text)
    assert all(word in text for word in FIXED_WORDS[name])


def test_poppler_reads_the_same_from_the_page_and_from_its_tags(
    name: str, saved: Path, run_tool: Run
) -> None:
    _in_order(name, squeezed(run_tool("pdftotext", "-raw", saved, "-")))
    _in_order(
        name, "".join(re.findall(r'"(.*)"', run_tool("pdfinfo", "-struct-text", saved))).replace(" ", "")
    )


def test_headings_are_read_right_before_what_they_are_the_heading_of(
    saved: Path, name: str, run_tool: Run
) -> None:
    if name != "report":
        return
    told = re.findall(r'"(.*)"', run_tool("pdfinfo", "-struct-text", saved))
    assert told[told.index("证书记载") + 1] == "持证人"
    assert told[told.index("状态与核验过程") + 1] == "证书状态"
    assert told[told.index("核验说明") + 1].startswith("1. ")


def test_every_figure_and_link_has_a_description(name: str) -> None:
    root = PdfReader(BytesIO(document(name)), strict=True).root_object
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("zh-CN", True)
    elements = [kid.get_object() for kid in root["/StructTreeRoot"]["/K"]["/K"]]
    assert elements[0]["/S"] == "/H1"
    described = [one for one in elements if one["/S"] in ("/Figure", "/Link", "/Form")]
    assert all(one["/Alt"] for one in described)
    assert {"/Figure", "/Link", "/Form"} <= {one["/S"] for one in described}


def test_other_programs_find_no_fault(saved: Path, run_tool: Run) -> None:
    assert "No syntax or stream encoding errors found" in run_tool("qpdf", "--check", saved)
    report = run_tool("pdfsig", "-nocert", saved)
    assert "Signature is Valid" in report
    assert "Total document signed" in report


def test_openssl_verifies_the_signature_by_the_root_alone(name: str, tmp_path: Path, run_tool: Run) -> None:
    raw = document(name)
    found = re.search(rb"/ByteRange\[0 (\d+) (\d+) (\d+)\]", raw)
    assert found is not None
    start, end, _ = map(int, found.groups())
    (tmp_path / "content").write_bytes(raw[:start] + raw[end:])
    (tmp_path / "cms.der").write_bytes(bytes.fromhex(raw[start + 1 : end - 1].decode()))
    root = x509.load_der_x509_certificate(signer().chain[-1])
    (tmp_path / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    verify = ("cms", "-verify", "-binary", "-inform", "DER", "-in", tmp_path / "cms.der", "-purpose", "any")
    at = str(int(NOW.timestamp()))
    done = run_tool(
        "openssl", *verify, "-content", tmp_path / "content", "-CAfile", tmp_path / "root.pem", "-attime", at,
        "-out", tmp_path / "verified",
    )  # fmt: skip
    assert "successful" in done


def test_pyhanko_trusts_the_signature_and_its_ban_on_changes(name: str) -> None:
    reader = PdfFileReader(BytesIO(document(name)))
    root = asn1_x509.Certificate.load(signer().chain[-1])
    trust = ValidationContext(trust_roots=[root], allow_fetching=False, moment=NOW)
    (signature,) = reader.embedded_signatures
    status = validate_pdf_signature(signature, trust)
    assert status.bottom_line
    assert (status.coverage, status.modification_level) == (
        SignatureCoverageLevel.ENTIRE_FILE,
        ModificationLevel.NONE,
    )
    assert signature.docmdp_level is not None
    assert signature.docmdp_level.value == 1


def test_equal_input_gives_equal_bytes_that_begin_with_the_frozen_head(name: str) -> None:
    layout_name, page = page_of(name)
    assert PageWriter(layout(layout_name), signer()).write(page, NOW) == document(name)
    assert document(name).startswith((TEMPLATES / layout_name / HEAD_FILE).read_bytes())


def test_a_decoder_reads_the_symbol_from_the_printed_page(saved: Path, name: str, run_tool: Run) -> None:
    run_tool("pdftoppm", "-r", "150", "-gray", "-singlefile", saved, saved.with_suffix(""))
    with Image.open(saved.with_suffix(".pgm")) as drawn:
        (found,) = zxingcpp.read_barcodes(drawn, formats=zxingcpp.BarcodeFormat.QRCode)
    assert found.text == page_of(name)[1].qr_text


@pytest.mark.parametrize("layout_name", ["annotated-copy/v1", "statement/v1"])
def test_the_longest_record_still_has_modules_of_more_than_four_tenths_of_a_millimetre(
    layout_name: str,
) -> None:
    modules = len(qr_rows(PREFIX + "7" * LONGEST_RECORD))
    assert layout(layout_name).map.qr.side / modules / 72 * 25.4 >= 0.42


@pytest.mark.parametrize(("name", "file"), [("photo", "e-licence.json"), ("report", "verdict.json")])
def test_the_embedded_file_is_found(name: str, file: str, tmp_path: Path, run_tool: Run) -> None:
    raw, content = document(name), page_of(name)[1].attachment
    reader = PdfReader(BytesIO(raw), strict=True)
    assert reader.attachments == {file: [content]}
    (described,) = reader.root_object["/AF"]
    assert described.get_object()["/AFRelationship"] == "/Data"
    path = tmp_path / "document.pdf"
    path.write_bytes(raw)
    assert file in run_tool("pdfdetach", "-list", path)
    run_tool("pdfdetach", "-saveall", "-o", tmp_path, path)
    assert (tmp_path / file).read_bytes() == content


def _drawn(raw: bytes, resolution: int) -> Image.Image:
    command = ["pdftoppm", "-r", str(resolution), "-gray", "-singlefile", "-"]
    done = subprocess.run(command, input=raw, capture_output=True, check=True)
    return Image.open(BytesIO(done.stdout))


def _cut(drawn: Image.Image, box: tuple[float, float, float, float], resolution: int) -> Image.Image:
    """What lies between two corners given in points from the bottom left."""
    left, bottom, right, top = (round(length * resolution / 72) for length in box)
    return drawn.crop((left, drawn.height - top, right, drawn.height - bottom))


def test_the_quiet_zone_of_four_modules_is_white(name: str) -> None:
    layout_name, page = page_of(name)
    place, inset = layout(layout_name).map.qr, 0.8
    quiet = 4 * place.side / len(qr_rows(page.qr_text)) - inset
    drawn = _drawn(document(name), 144)
    left, low, right, top = place.x, place.y, place.x + place.side, place.y + place.side
    for strip in (
        (left - quiet, low - quiet, left - inset, top + quiet),
        (right + inset, low - quiet, right + quiet, top + quiet),
        (left - quiet, low - quiet, right + quiet, low - inset),
        (left - quiet, top + inset, right + quiet, top + quiet),
    ):
        assert _cut(drawn, strip, 144).getextrema() == (255, 255)


def test_the_marks_of_a_dual_directed_title_stand_out_in_grey_print() -> None:
    place = layout().map.marks
    assert place is not None
    box = (place.x - 200, place.y, place.x + 200, place.y + place.height)
    marked, plain = (_cut(_drawn(document(name), 72), box, 72) for name in ("dual-directed", "regular"))
    darkest, _ = marked.getextrema()
    assert darkest < 75
    assert ImageStat.Stat(plain).mean[0] - ImageStat.Stat(marked).mean[0] > 35


_HAN = "吉林省职称"


@pytest.mark.parametrize(
    ("name", "longest"),
    [
        ("annotated", {"recipient": 30, "purpose": 20, "name": 50}),
        (
            "statement",
            {"name": 50, "title": 60, "series": 30, "level": 20, "committee": 100, "issuing_body": 100},
        ),
        ("report", {"sentence": 90, "decision": 100, "holder": 50, "findings": 500}),
    ],
)
def test_the_longest_values_have_room(name: str, longest: dict[str, int]) -> None:
    layout_name, page = page_of(name)
    values = {field: (_HAN * 100)[:length] for field, length in longest.items()}
    full = replace(page, texts={**page.texts, **values})
    assert texts_without_room(layout(layout_name), full) == ()
    PageWriter(layout(layout_name), signer()).write(full, NOW)


def _spoiled(name: str, **changes: Any) -> tuple[str, PageFace]:
    layout_name, page = page_of(name)
    return layout_name, replace(page, **changes)


@pytest.mark.parametrize(
    ("layout_name", "page", "told"),
    [
        (*_spoiled("report", attachment=None), "附件"),
        (*_spoiled("regular", attachment=None), "附件"),
        (*_spoiled("report", emblem="perhaps"), "标志"),
        (*_spoiled("statement", marks=("双定向",)), "醒目标注"),
        (*_spoiled("statement", texts={}), "缺少应印内容"),
        (*_spoiled("photo", photo=b"\xff\xd8\xff\xc2 progressive"), "JPEG"),
        (*_spoiled("photo", photo=b"GIF89a"), "JPEG"),
    ],
)
def test_a_page_that_its_layout_cannot_print_stops_the_line(
    layout_name: str, page: PageFace, told: str
) -> None:
    with pytest.raises(IntegrityError, match=told):
        PageWriter(layout(layout_name), signer()).write(page, NOW)


def test_the_stamp_of_a_copy_is_drawn_and_never_read_as_text_of_the_page() -> None:
    (page,) = PdfReader(BytesIO(document("annotated")), strict=True).pages
    texts = page_of("annotated")[1].texts
    assert f"仅供{texts['recipient']}" not in squeezed(page.extract_text())
    stamp = page["/Resources"]["/Pattern"]["/Stamp"]
    letters = _letters(page["/Resources"]["/Font"]["/D"]["/ToUnicode"].get_data())
    words = [
        "".join(letters[code] for code in re.findall(r"....", shown.decode()))
        for shown in re.findall(rb"<([0-9A-F]+)> Tj", stamp.get_data())
    ]
    assert {
        f"仅供{texts['recipient']}用于{texts['purpose']}",
        f"到期日{texts['ends_on']}，逾期无效",
    } == set(words)


def _letters(to_unicode: bytes) -> dict[str, str]:
    rows = re.findall(rb"<([0-9A-F]{4})><([0-9A-F]+)>", to_unicode)
    return {
        code.decode(): bytes.fromhex(text.decode()).decode("utf-16-be")
        for code, text in rows
        if code != b"0000"
    }


def test_a_photograph_keeps_its_proportion_and_is_cut_to_35_by_45() -> None:
    place = layout().map.photo
    assert place is not None
    assert place.width / place.height == pytest.approx(35 / 45, abs=0.001)
    reader = PdfReader(BytesIO(document("photo")), strict=True)
    (page,) = reader.pages
    content = page["/Contents"][1].get_object().get_data()
    found = re.search(rb"re W n q ([\d.]+) 0 0 ([\d.]+) (-?[\d.]+) (-?[\d.]+) cm /Photo Do", content)
    assert found is not None
    wide, high, left, low = map(float, found.groups())
    assert wide / high == pytest.approx(420 / 480, abs=0.001)
    assert (high, low) == (place.height, place.baseline)
    assert left + wide / 2 == pytest.approx(place.left + place.width / 2, abs=0.01)
    image = page["/Resources"]["/XObject"]["/Photo"]
    assert (image["/Filter"], image["/Width"], image["/Height"]) == ("/DCTDecode", 420, 480)


def _with_comment(jpeg: bytes, comment: bytes) -> bytes:
    return jpeg[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + jpeg[2:]


def test_the_notes_of_a_photograph_stay_outside() -> None:
    layout_name, page = page_of("photo")
    noted = replace(page, photo=_with_comment(photo(), b"taken at home /URI(https://elsewhere.invalid)"))
    assert PageWriter(layout(layout_name), signer()).write(noted, NOW) == document("photo")


@pytest.mark.parametrize("mark", [b"/URI(", b"/ByteRange", b"/Contents<"])
def test_a_photograph_that_would_spoil_the_check_stops_the_line(mark: bytes) -> None:
    layout_name, page = page_of("photo")
    picture = photo()[:-2] + mark + photo()[-2:]
    with pytest.raises(IntegrityError, match="无法核验"):
        PageWriter(layout(layout_name), signer()).write(replace(page, photo=picture), NOW)


def test_a_photograph_cut_off_before_its_picture_stops_the_line() -> None:
    layout_name, page = page_of("photo")
    start = photo().index(b"\xff\xda")
    with pytest.raises(IntegrityError, match="JPEG"):
        PageWriter(layout(layout_name), signer()).write(replace(page, photo=photo()[:start]), NOW)


@pytest.mark.parametrize(("name", "told"), [("photo", "持证人照片"), ("regular", "持证人照片位置，没有照片")])
def test_a_screen_reader_is_told_whether_there_is_a_photograph(name: str, told: str) -> None:
    reader = PdfReader(BytesIO(document(name)), strict=True)
    alternatives = [kid.get_object().get("/Alt") for kid in reader.root_object["/StructTreeRoot"]["/K"]["/K"]]
    assert told in alternatives
    assert ("照片" in reader.pages[0].extract_text()) == (name == "regular")
