"""What is printed on one page of any of our documents: certificate, annotated copy 加注件, verification report, statement.

The layout says where everything goes; a page face knows nothing of places, codes or rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from certsvc.domain.certificate import CERTIFICATE_TITLE, Face

_NOT_TEXT = {"marks", "qr_text", "test_seal"}


@dataclass(frozen=True, slots=True)
class PageFace:
    """Ready strings and bytes for one layout.

    `identity` tells this document from every other (number and version); `title` is what readers show as the file's
    title. `texts`: field of the layout -> text; an empty text leaves a field without label out. `marks` are the sentences
    that must not be overlooked. `photo` is a baseline JPEG, `attachment` the content of the file that the layout embeds:
    required exactly where the layout declares one. `emblem` is the verdict (`passed`, `failed`, `undetermined`) whose mark a
    layout with a place for it draws.
    """

    identity: str
    title: str
    texts: Mapping[str, str]
    marks: tuple[str, ...]
    qr_text: str
    test_seal: bool
    photo: bytes | None = None
    attachment: bytes | None = None
    emblem: str = ""


def certificate_page(face: Face, *, attachment: bytes | None = None, photo: bytes | None = None) -> PageFace:
    """The page of a certificate; the field `address` is where the record can be checked by hand."""
    texts = {field.name: getattr(face, field.name) for field in fields(Face) if field.name not in _NOT_TEXT}
    return PageFace(
        identity=f"{face.number}\0{face.version}",
        title=f"{CERTIFICATE_TITLE} {face.number}",
        texts={**texts, "address": face.qr_text.rpartition("#")[0]},
        marks=face.marks,
        qr_text=face.qr_text,
        test_seal=face.test_seal,
        photo=photo,
        attachment=attachment,
    )
