"""Files that are meant to keep a machine busy."""

from __future__ import annotations

from tests.document.attacks.forging import (
    CATALOG,
    PAGE,
    PAGES,
    appended,
    carrying_head,
    flate_bomb,
    objects_of,
    page_with,
    small_pdf,
    stream,
)
from tests.document.attacks.scene import genuine


def flate() -> bytes:
    """Packed once."""
    return flate_bomb()


def flate_twice() -> bytes:
    """Packed twice."""
    return flate_bomb(2)


def page_loop() -> bytes:
    """Pages whose child is their parent."""
    return small_pdf(CATALOG, b"<</Type/Pages/Kids[2 0 R]/Count 1>>", PAGE, stream(b""))


def nested() -> bytes:
    """Arrays in arrays."""
    deep = b"[" * 50_000 + b"]" * 50_000
    return small_pdf(CATALOG, PAGES, PAGE[:-2] + b"/Deep %s>>" % deep, stream(b""))


def huge_table() -> bytes:
    """A table of ten million lines that are not there."""
    return small_pdf(CATALOG, PAGES, PAGE, stream(b""), table=b"xref\n0 10000000\n")


def recursive_forms() -> bytes:
    """Drawings that draw each other."""
    form = (
        b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</A %d 0 R>>>>/Length 11>>\nstream\n"
        b"/A Do /A Do\nendstream"
    )
    page = PAGE.replace(b"/Resources<<>>", b"/Resources<</XObject<</A 5 0 R>>>>")
    return small_pdf(CATALOG, PAGES, page, stream(b"/A Do"), form % 6, form % 5)


def many_pages() -> bytes:
    """One page after another."""
    kids = b" ".join(b"3 0 R" for _ in range(20_000))
    pages = b"<</Type/Pages/Kids[%s]/Count 20000>>" % kids
    return small_pdf(CATALOG, pages, PAGE, stream(b""))


def huge_page() -> bytes:
    """Wider than any printer."""
    return small_pdf(CATALOG, PAGES, PAGE.replace(b"600 400", b"2834645 2834645"), stream(b""))


def behind_head() -> bytes:
    """A bomb in the clothes of a certificate, with our signer's name on it."""
    from tests.document.attacks.scene import signer

    return carrying_head(flate_bomb() + b"%" + signer().certificate.hex().encode())


def appended_bomb() -> bytes:
    """An original with a page of a hundred megabytes behind it."""
    bomb = flate_bomb()
    start = bomb.index(b"4 0 obj\n") + len(b"4 0 obj\n")
    content = bomb[start : bomb.index(b"\nendobj", start)]
    free, page = objects_of(genuine())["free"], objects_of(genuine())["page"]
    return appended(genuine(), {page: page_with(genuine(), Contents=b" %d 0 R" % free), free: content})


def too_large() -> bytes:
    """An original with three million zeros behind it."""
    return genuine() + bytes(3_000_000)
