"""The tools of a forger: appended revisions, files written anew, pictures of pages, bombs."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import cache
from io import BytesIO

import pikepdf
import pypdfium2
from PIL import Image

from certsvc.domain.certificate import Face
from tests.document.attacks.scene import genuine, sealed_by, stranger


def objects_of(raw: bytes) -> dict[str, int]:
    """The numbers of catalog, page, content stream and the next free object."""
    with pikepdf.open(BytesIO(raw)) as pdf:
        page = pdf.pages[0].obj
        contents = page.Contents
        first = contents[0] if isinstance(contents, pikepdf.Array) else contents
        return {
            "root": pdf.Root.objgen[0],
            "page": page.objgen[0],
            "content": first.objgen[0],
            "free": len(pdf.objects) + 1,
        }


def dictionary_of(raw: bytes, number: int) -> bytes:
    """The text of an object that is a plain dictionary."""
    start = raw.index(b"\n%d 0 obj\n" % number) + len(b"\n%d 0 obj\n" % number)
    return raw[start : raw.index(b"\nendobj", start)]


def stream(content: bytes) -> bytes:
    """The text of a stream."""
    return b"<</Length %d>>\nstream\n%s\nendstream" % (len(content), content)


def appended(raw: bytes, objects: dict[int, bytes], trailer: bytes = b"", *, table: bool = True) -> bytes:
    """The file with one more revision; without `table` only the objects are appended."""
    out, places = bytearray(raw), {}
    for number, text in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    if not table:
        return bytes(out)
    before = int(raw[raw.rindex(b"startxref") + 9 : raw.rindex(b"%%EOF")])
    at = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in sorted(places.items()):
        out += b"%d 1\n%010d 00000 n \n" % (number, place)
    size = max([objects_of(raw)["free"], *(number + 1 for number in objects)])
    root = trailer or b"/Root %d 0 R" % objects_of(raw)["root"]
    out += b"trailer\n<</Size %d%s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (size, root, before, at)
    return bytes(out)


def page_with(raw: bytes, **entries: bytes) -> bytes:
    """The page's dictionary with other entries, written as text."""
    text = dictionary_of(raw, objects_of(raw)["page"])
    for name, value in entries.items():
        key = b"/" + name.encode()
        text = text.replace(key, b"/Old" + name.encode(), 1)
        text = text[:-2] + key + value + b">>"
    return text


def rewritten(raw: bytes, change: Callable[[pikepdf.Pdf], None] = lambda pdf: None, **how: object) -> bytes:
    """The file as another program saves it, changed on the way."""
    saved = BytesIO()
    with pikepdf.open(BytesIO(raw)) as pdf:
        change(pdf)
        pdf.save(saved, deterministic_id="encryption" not in how, **how)
    return saved.getvalue()


def without_seal(pdf: pikepdf.Pdf) -> None:
    """Take out every trace of the signature, as a careful forger would."""
    for key in ("/AcroForm", "/Perms"):
        if key in pdf.Root:
            del pdf.Root[key]
    page = pdf.pages[0].obj
    for one in page.Annots:
        if one.Subtype == "/Widget":
            del one.V
    page.Annots = pikepdf.Array([one for one in page.Annots if one.Subtype != "/Widget"])


@cache
def unsigned(face: Face) -> bytes:
    """A page of our layout with any words, without a seal: as if drawn by a clever program."""
    return rewritten(sealed_by(stranger(), face), without_seal)


@cache
def picture_of(raw: bytes, dots_per_inch: int = 200) -> Image.Image:
    """The first page as it is seen."""
    return pypdfium2.PdfDocument(raw)[0].render(scale=dots_per_inch / 72).to_pil().convert("RGB")


def pictured(picture: Image.Image, dots_per_inch: int = 200, **how: object) -> bytes:
    """A PDF that holds nothing but a picture."""
    out = BytesIO()
    picture.save(out, "PDF", resolution=dots_per_inch, **how)
    return out.getvalue()


def small_pdf(*objects: bytes, root: int = 1, table: bytes | None = None) -> bytes:
    """A file of these objects, numbered from 1; `table` instead of the cross-reference table."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, text in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    at = len(out)
    lines = b"".join(b"%010d 00000 n \n" % place for place in places)
    out += table or b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, lines)
    out += b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, at)
    return bytes(out)


CATALOG, PAGES = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 400]/Contents 4 0 R/Resources<<>>>>"


def flate_bomb(layers: int = 1) -> bytes:
    """A content stream of a hundred million signs in a few kilobytes."""
    packed = b"0 0 m " * 17_000_000
    for _ in range(layers):
        packed = zlib.compress(packed, 9)
    filters = b"/FlateDecode" * layers
    content = b"<</Length %d/Filter[%s]>>\nstream\n%s\nendstream" % (len(packed), filters, packed)
    return small_pdf(CATALOG, PAGES, PAGE, content)


def carrying_head(raw: bytes) -> bytes:
    """A hostile file that begins like a genuine one, so that it is not put aside at once."""
    from tests.document.samples import layout

    return genuine()[: layout().head_length] + raw
