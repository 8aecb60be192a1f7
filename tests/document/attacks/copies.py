"""Files written anew: saved again, printed, drawn, put together."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from random import Random

import pikepdf
from PIL import Image, ImageDraw, ImageFilter
from pypdf import PdfReader, PdfWriter

from certsvc.domain.certificate import Face
from tests.document.attacks.forging import (
    picture_of,
    pictured,
    rewritten,
    unsigned,
    without_seal,
)
from tests.document.attacks.scene import FACE, OTHERS, OTHERS_FACE, genuine, sealed_by, stranger, with_record
from tests.verifier.builders import PREFIX, record_text

_NOTE = pikepdf.Dictionary(
    Type=pikepdf.Name.Annot,
    Subtype=pikepdf.Name.FreeText,
    Rect=[140, 415, 340, 445],
    Contents="林大伟",
    DA="/Helv 20 Tf 0 g",
)


def _draw(pdf: pikepdf.Pdf, page: pikepdf.Page, picture: Image.Image) -> None:
    """Give a page a picture, as /Cover."""
    raw = BytesIO()
    picture.save(raw, "JPEG", quality=85)
    image = pdf.make_stream(raw.getvalue())
    image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    image.Width, image.Height = picture.size
    image.ColorSpace, image.BitsPerComponent = pikepdf.Name.DeviceRGB, 8
    image.Filter = pikepdf.Name.DCTDecode
    page.obj.Resources.XObject.Cover = image


def by_qpdf() -> bytes:
    """As a program on qpdf writes it."""
    return rewritten(genuine())


def by_pypdf() -> bytes:
    """As a program on pypdf writes it."""
    saved = BytesIO()
    PdfWriter(clone_from=PdfReader(BytesIO(genuine()))).write(saved)
    return saved.getvalue()


def packed() -> bytes:
    """With objects in streams."""
    return rewritten(genuine(), object_stream_mode=pikepdf.ObjectStreamMode.generate)


def linearized() -> bytes:
    """With the first page first."""
    return rewritten(genuine(), linearize=True)


def printed() -> bytes:
    """A clear picture of the page."""
    return pictured(picture_of(genuine()), quality=90)


def screenshot() -> bytes:
    """A small and blurred one."""
    picture = picture_of(genuine(), 150).filter(ImageFilter.GaussianBlur(0.6))
    return pictured(picture, 150, quality=40)


def drawn() -> bytes:
    """The same words and symbol without a seal."""
    return unsigned(FACE)


def other_name() -> bytes:
    """Another name, drawn in the same letters."""
    return unsigned(replace(FACE, name="林大伟"))


def other_name_resaved() -> bytes:
    """The genuine file's seal in a file with another name."""
    return _with_broken_seal(replace(FACE, name="林大伟"))


def _with_broken_seal(face: Face) -> bytes:
    """A page of our layout with any words, and the genuine file's seal in it."""

    def broken(pdf: pikepdf.Pdf) -> None:
        with pikepdf.open(BytesIO(genuine())) as ours:
            value = ours.Root.AcroForm.Fields[0].V
            pdf.Root.AcroForm.Fields[0].V = pdf.copy_foreign(ours.make_indirect(value))

    return rewritten(sealed_by(stranger(), face), broken)


def unsigned_fields() -> bytes:
    """What no record carries: specialty, sex, birth, committee, unit."""
    return _with_broken_seal(
        replace(
            FACE,
            specialty="桥梁与隧道",
            sex="男",
            born="1974年8月",
            committee="吉林省高级评审委员会",
            unit="某某公司",
        )
    )


def other_code() -> bytes:
    """The manual code of another record, which is typed instead of scanning."""
    return _with_broken_seal(replace(FACE, manual_code=OTHERS_FACE.manual_code))


def name_covered() -> bytes:
    """A picture of another name drawn over the name, in the page's own content; the text below is left alone."""
    picture = Image.new("RGB", (400, 60), "white")
    ImageDraw.Draw(picture).text((10, 10), "LIN DAWEI", fill="black", font_size=36)

    def covered(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        _draw(pdf, page, picture)
        page.contents_add(b"q 200 0 0 30 150 415 cm /Cover Do Q")

    return rewritten(genuine(), covered)


def picture_before() -> bytes:
    """What is seen first is the picture of an edited page; the genuine page comes behind it."""
    wrong = picture_of(unsigned(replace(FACE, name="林大伟", title="高级经济师")), 150)

    def preceded(pdf: pikepdf.Pdf) -> None:
        with pikepdf.open(BytesIO(pictured(wrong, 150, quality=80))) as other:
            pdf.pages.insert(0, other.pages[0])

    return rewritten(genuine(), preceded)


def other_title() -> bytes:
    """One rank higher."""
    return unsigned(replace(OTHERS_FACE, title="正高级农艺师", level="正高级"))


def other_id() -> bytes:
    """Somebody with the same name."""
    return unsigned(replace(FACE, id_document="居民身份证 229920********2468"))


def others_symbol() -> bytes:
    """Own words, another's record."""
    return unsigned(with_record(FACE, OTHERS))


def without_area() -> bytes:
    """What must not be overlooked is gone."""
    return unsigned(replace(OTHERS_FACE, marks=()))


def _with_link(address: str) -> bytes:
    def relinked(pdf: pikepdf.Pdf) -> None:
        without_seal(pdf)
        for annotation in pdf.pages[0].obj.Annots:
            if annotation.Subtype == "/Link":
                annotation.A.URI = pikepdf.String(address)

    return rewritten(genuine(), relinked)


def other_link() -> bytes:
    """A click leads to another's genuine record."""
    return _with_link(PREFIX + record_text(OTHERS))


def phishing_link() -> bytes:
    """A click leads to a site of the forger."""
    return _with_link("https://zc.example.evil.test/v#login")


def two_pages() -> bytes:
    """Two genuine pages."""

    def joined(pdf: pikepdf.Pdf) -> None:
        without_seal(pdf)
        with pikepdf.open(BytesIO(unsigned(OTHERS_FACE))) as other:
            pdf.pages.append(other.pages[0])

    return rewritten(genuine(), joined)


def resaved_overlay() -> bytes:
    """A note over the name, in a file saved again."""
    return rewritten(genuine(), lambda pdf: pdf.pages[0].obj.Annots.append(pdf.make_indirect(_NOTE)))


def resaved_script() -> bytes:
    """A script at opening, in a file saved again."""

    def scripted(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")

    return rewritten(genuine(), scripted)


def launching() -> bytes:
    """A button that starts a program."""

    def armed(pdf: pikepdf.Pdf) -> None:
        action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="calc.exe")
        button = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 800, 500], A=action
        )
        pdf.pages[0].obj.Annots.append(pdf.make_indirect(button))

    return rewritten(unsigned(FACE), armed)


def hidden_text() -> bytes:
    """The picture of a page with a wrong name; the words of a right one, not shown."""
    wrong = picture_of(unsigned(replace(FACE, name="林大伟")))

    def covered(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        _draw(pdf, page, wrong)
        page.contents_add(b"3 Tr", prepend=True)
        page.contents_add(b"q 841.89 0 0 595.28 0 0 cm /Cover Do Q")

    return rewritten(unsigned(FACE), covered)


def encrypted() -> bytes:
    """Locked with nothing."""
    return rewritten(genuine(), encryption=pikepdf.Encryption(owner="x", user=""))


def png() -> bytes:
    """A picture as such."""
    out = BytesIO()
    Image.new("L", (40, 40)).save(out, "PNG")
    return out.getvalue()


def zip_polyglot() -> bytes:
    """Two formats in one file."""
    return b"PK\x03\x04" + bytes(26) + genuine()


def html_polyglot() -> bytes:
    """A page of the web in front."""
    return b"<!doctype html><script>1</script>" + genuine()


def noise() -> bytes:
    """What no parser can do anything with."""
    return b"%PDF-1.7\n" + Random(5).randbytes(20_000)
