"""Revisions appended to a genuine file."""

from __future__ import annotations

import zlib

from certsvc.domain.archive_object import ArchiveLevel
from tests.document.attacks.forging import appended, dictionary_of, objects_of, page_with, stream
from tests.document.attacks.scene import genuine, signer
from tests.support.archive_objects import STAMPED, world

NAME_PLACE = b"140 415 200 30"
WHITE = b"1 g 140 415 200 30 re f"


def _free() -> int:
    return objects_of(genuine())["free"]


def _page() -> int:
    return objects_of(genuine())["page"]


def other_content() -> bytes:
    """A page content of the forger's own, with the labels of a certificate."""
    words = (
        "姓名林大伟性别男出生年月1984年8月身份证件居民身份证229920********1569系列工程技术人员专业路桥"
        "资格名称正高级工程师级别正高级取得方式常规评审取得时间2023年9月19日评审委员会"
    )
    codes = "".join(f"{ord(char):04X}" for char in words)
    content = b"BT /F 12 Tf 50 300 Td <%s> Tj ET" % codes.encode()
    free = _free()
    font = (
        b"<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>"
        % (free + 2, free + 3)
    )
    below = b"<</Type/Font/Subtype/CIDFontType2/BaseFont/A/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>"
    ranges = b"\n".join(b"<%02X00> <%02XFF> <%02X00>" % (high, high, high) for high in range(256))
    table = (
        b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        b"256 beginbfrange\n%s\nendbfrange endcmap end" % ranges
    )
    objects = {
        _page(): page_with(
            genuine(), Contents=b" %d 0 R" % free, Resources=b"<</Font<</F %d 0 R>>>>" % (free + 1)
        ),
        free: stream(content),
        free + 1: font,
        free + 2: below,
        free + 3: stream(table),
    }
    return appended(genuine(), objects)


def empty_revision() -> bytes:
    """A comment of a revision."""
    return appended(genuine(), {_free(): b"null"})


def uncovered() -> bytes:
    """What is drawn first stays, what was drawn over it goes."""
    contents = b"[%d 0 R]" % objects_of(genuine())["content"]
    return appended(genuine(), {_page(): page_with(genuine(), Contents=contents)})


def other_font() -> bytes:
    """The font of the variable words replaced by a built-in one."""
    page = page_with(genuine(), Resources=b"<</Font<</S %d 0 R/D %d 0 R>>>>" % (_free(), _free()))
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    return appended(genuine(), {_page(): page, _free(): font})


def second_tree() -> bytes:
    """A catalogue, pages and page of the forger's own."""
    free = _free()
    return appended(
        genuine(),
        {
            free: b"<</Type/Catalog/Pages %d 0 R>>" % (free + 1),
            free + 1: b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (free + 2),
            free + 2: b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 600 400]/Contents %d 0 R>>"
            % (free + 1, free + 3),
            free + 3: stream(WHITE),
        },
        b"/Root %d 0 R" % free,
    )


def _with_annotation(raw: bytes, annotation: bytes, extra: dict[int, bytes] | None = None) -> bytes:
    free = objects_of(raw)["free"]
    return appended(
        raw,
        {
            objects_of(raw)["page"]: page_with(raw, Annots=b"[98 0 R 16 0 R %d 0 R]" % free),
            free: annotation,
            **(extra or {}),
        },
    )


def annotation() -> bytes:
    """A note that looks like print."""
    note = b"<</Type/Annot/Subtype/FreeText/Rect[140 415 340 445]/Contents(Lin)/DA(/Helv 20 Tf 0 g)/F 4>>"
    return _with_annotation(genuine(), note)


def sneaky_field() -> bytes:
    """A signature field without a signature, with a picture."""
    free = _free()
    field = (
        b"<</Type/Annot/Subtype/Widget/FT/Sig/T(S2)/Rect[140 415 340 445]/F 4/P %d 0 R/AP<</N %d 0 R>>>>"
        % (_page(), free + 1)
    )
    look = b"<</Type/XObject/Subtype/Form/BBox[0 0 200 30]/Length 24>>\nstream\n1 0 0 rg 0 0 200 30 re f\nendstream"
    return _with_annotation(genuine(), field, {free + 1: look})


def text_field() -> bytes:
    """A form field with a value."""
    field = b"<</Type/Annot/Subtype/Widget/FT/Tx/T(n)/V(Lin)/DA(/Helv 20 Tf 0 g)/Rect[140 415 340 445]/F 4>>"
    return _with_annotation(genuine(), field)


def without_table() -> bytes:
    """Objects for readers that repair."""
    return appended(genuine(), {_page(): page_with(genuine(), Contents=b"null")}, table=False)


def trailer_alone() -> bytes:
    """Objects and a trailer without a table."""
    return without_table() + b"trailer\n<</Size 103/Root 1 0 R>>\nstartxref\n0\n%%EOF\n"


def signature_again() -> bytes:
    """A second signature dictionary with the first one's value."""
    raw = genuine()
    value = dictionary_of(raw, 101)
    return appended(raw, {_free(): value, _page(): page_with(raw, Contents=b"null")})


def junk() -> bytes:
    """A kilobyte that says nothing."""
    return genuine() + bytes(1024)


def second_end() -> bytes:
    """One end more."""
    return genuine() + b"%%EOF\n"


def object_stream() -> bytes:
    """The page inside a packed stream, with a cross-reference stream."""
    raw, free = genuine(), _free()
    page = page_with(raw, Contents=b"null")
    packed = zlib.compress(b"%d 0 %s" % (_page(), page))
    holder = b"<</Type/ObjStm/N 1/First %d/Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream" % (
        len(b"%d 0 " % _page()),
        len(packed),
        packed,
    )
    at = len(raw)
    body = b"%d 0 obj\n%s\nendobj\n" % (free, holder)
    table_at = at + len(body)
    rows = b"".join(
        kind.to_bytes(1, "big") + first.to_bytes(4, "big") + second.to_bytes(2, "big")
        for kind, first, second in ((2, free, 0), (1, at, 0), (1, table_at, 0))
    )
    before = int(raw[raw.rindex(b"startxref") + 9 : raw.rindex(b"%%EOF")])
    table = (
        b"%d 0 obj\n<</Type/XRef/Size %d/W[1 4 2]/Index[%d 1 %d 2]/Root 1 0 R/Prev %d/Length %d>>\n"
        b"stream\n%s\nendstream\nendobj\n" % (free + 1, free + 2, _page(), free, before, len(rows), rows)
    )
    return raw + body + table + b"startxref\n%d\n%%%%EOF\n" % table_at


def duplicate_object() -> bytes:
    """The page's number given to another object before the table."""
    raw = genuine()
    at = raw.rindex(b"xref\n0 ")
    return raw[:at] + b"%d 0 obj\n%s\nendobj\n" % (_page(), page_with(raw, Contents=b"null")) + raw[at:]


def other_table() -> bytes:
    """A whole table in which the content stream has the place of another."""
    raw = genuine()
    table = raw[raw.rindex(b"xref\n0 ", 0, raw.rindex(b"startxref")) : raw.rindex(b"startxref")]
    lines = table.splitlines(keepends=True)
    lines[2 + 4] = lines[2 + 5]
    return raw + b"".join(lines) + b"startxref\n%d\n%%%%EOF\n" % len(raw)


def hybrid_table() -> bytes:
    """A table that names a cross-reference stream which old readers pass over."""
    raw = object_stream()
    hidden = int(raw[raw.rindex(b"startxref") + 9 : raw.rindex(b"%%EOF")])
    at = len(raw)
    before = int(genuine()[genuine().rindex(b"startxref") + 9 : genuine().rindex(b"%%EOF")])
    return raw + (
        b"xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 104/Root 1 0 R/Prev %d/XRefStm %d>>\nstartxref\n%d\n%%%%EOF\n"
        % (before, hidden, at)
    )


def loop_of_tables() -> bytes:
    """A revision that comes before itself."""
    at = len(genuine())
    return genuine() + (
        b"xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 102/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
        % (at, at)
    )


def dss_with_content() -> bytes:
    """What a long-term upgrade adds, and more."""
    raw, free = genuine(), _free()
    catalog = dictionary_of(raw, 1)[:-2] + b"/DSS %d 0 R>>" % free
    objects = {1: catalog, free: b"<</Type/DSS>>", _page(): page_with(raw, Contents=b"null")}
    return appended(raw, objects)


def _archived() -> bytes:
    """An archive object of the genuine certificate."""
    grown = world().writer(STAMPED).raise_to(genuine(), None, ArchiveLevel.B_T)
    assert isinstance(grown, bytes)
    assert signer().certificate
    return grown


def archive_drawn_over() -> bytes:
    """A note over a file that was kept long."""
    note = b"<</Type/Annot/Subtype/FreeText/Rect[140 415 340 445]/Contents(Lin)/DA(/Helv 20 Tf 0 g)/F 4>>"
    return _with_annotation(_archived(), note)


def archive_with_junk() -> bytes:
    """A file that was kept long, with something behind its end."""
    return _archived() + b"\n%junk\n"
