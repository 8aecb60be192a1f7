"""The fixed objects of the head that are plain dictionaries, and the numbers of all objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from certsvc.adapters.document.layout_map import LayoutMap
from certsvc.adapters.document.pdf_font import OBJECTS_PER_FONT
from certsvc.adapters.document.pdf_syntax import HEADER, indirect, numbers, reference, references, text_string

CATALOG, PAGES, PAGE, BEFORE, AFTER, FONT = 1, 2, 3, 4, 5, 6
INTENT, PROFILE, STRUCTURE, PARENTS, FORM, WIDGET, BLANK, FILE = range(FONT + OBJECTS_PER_FONT, 19)
FIRST_FREE = 19


@dataclass(frozen=True, slots=True)
class VariableObjects:
    """The object numbers of what differs between documents, in the order of the file."""

    first: int
    has_photo: bool
    has_attachment: bool
    has_stamp: bool

    @property
    def document(self) -> int:
        """The structure element Document."""
        return self.first

    @property
    def content(self) -> int:
        """The content stream with labels and values."""
        return self.first + 1

    @property
    def font(self) -> int:
        """The first of the five objects of the font."""
        return self.first + 2

    @property
    def metadata(self) -> int:
        """The XMP packet."""
        return self.first + 7

    @property
    def link(self) -> int:
        """The annotation over the QR symbol."""
        return self.first + 8

    @property
    def photo(self) -> int | None:
        """The photograph, in a layout that has a place for it."""
        return self.first + 9 if self.has_photo else None

    @property
    def attachment(self) -> int | None:
        """The embedded file, in a layout that declares one."""
        return self.first + 9 + self.has_photo if self.has_attachment else None

    @property
    def stamp(self) -> int | None:
        """The pattern of the stamp, in a layout that has one."""
        return self.first + 9 + self.has_photo + self.has_attachment if self.has_stamp else None

    @property
    def signature(self) -> int:
        """The signature dictionary, the last object."""
        return self.first + 9 + self.has_photo + self.has_attachment + self.has_stamp


def catalog(declared: LayoutMap, variable: VariableObjects) -> bytes:
    """The root of the file: language, structure, metadata, output intent, certification, embedded file.

    `CSVC_Layout` is the digest of the declared layout: so the head also fixes where the values go, which it does not draw.
    """
    attached = b""
    if declared.attachment is not None:
        attached = b"/AF%s/Names<</EmbeddedFiles<</Names[%s %s]>>>>" % (
            references([FILE]),
            text_string(declared.attachment.name),
            reference(FILE),
        )
    return (
        b"<</Type/Catalog/Pages %s/Lang(zh-CN)/MarkInfo<</Marked true>>/StructTreeRoot %s/Metadata %s"
        b"/OutputIntents%s/ViewerPreferences<</DisplayDocTitle true>>/AcroForm %s/Perms<</DocMDP %s>>%s/CSVC_Layout<%s>>>"
    ) % (
        reference(PAGES),
        reference(STRUCTURE),
        reference(variable.metadata),
        references([INTENT]),
        reference(FORM),
        reference(variable.signature),
        attached,
        declared.declared_sha256.encode("ascii"),
    )


def attached_file(declared: LayoutMap, variable: VariableObjects) -> bytes:
    """The file specification of the embedded file (7.11.3, 14.13 of PDF 2.0); null where the layout has none."""
    if declared.attachment is None or variable.attachment is None:
        return b"null"
    name, content = text_string(declared.attachment.name), reference(variable.attachment)
    return b"<</Type/Filespec/F%s/UF%s/Desc%s/AFRelationship/Data/EF<</F %s/UF %s>>>>" % (
        name,
        name,
        text_string(declared.attachment.description),
        content,
        content,
    )


def page(
    declared: LayoutMap, variable: VariableObjects, forms: Mapping[str, int], patterns: Mapping[str, int]
) -> bytes:
    """The one page; `forms` and `patterns` are the drawings of the head by their resource names."""
    drawings, fillings = dict(forms), dict(patterns)
    if variable.photo is not None:
        drawings["Photo"] = variable.photo
    if variable.stamp is not None:
        fillings["Stamp"] = variable.stamp
    return (
        b"<</Type/Page/Parent %s/MediaBox[0 0 %s]/Contents%s/StructParents 0/Tabs/S/Annots%s"
        b"/Resources<</Font<</S %s/D %s>>/XObject<<%s>>/Pattern<<%s>>>>>>"
    ) % (
        reference(PAGES),
        numbers(declared.width, declared.height),
        references([BEFORE, variable.content, AFTER]),
        references([variable.link, WIDGET]),
        reference(FONT),
        reference(variable.font),
        _named(drawings),
        _named(fillings),
    )


def _named(resources: Mapping[str, int]) -> bytes:
    return b"".join(b"/%s %s" % (name.encode("ascii"), reference(n)) for name, n in resources.items())


def widget(declared: LayoutMap, variable: VariableObjects) -> bytes:
    """The signature field over the place of the seal; invisible, the seal itself belongs to the page."""
    seal = declared.seal
    return (
        b"<</Type/Annot/Subtype/Widget/FT/Sig/T(Issuer)/F 132/P %s/Rect[%s]/V %s/StructParent 2/TU%s"
        b"/AP<</N %s>>>>"
    ) % (
        reference(PAGE),
        numbers(seal.x, seal.y, seal.x + seal.side, seal.y + seal.side),
        reference(variable.signature),
        text_string(declared.descriptions["signature"]),
        reference(BLANK),
    )


def output_intent() -> bytes:
    """Colours are sRGB (14.11.5)."""
    return (
        b"<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB IEC61966-2.1)"
        b"/RegistryName(http://www.color.org)/Info(sRGB IEC61966-2.1)/DestOutputProfile %s>>"
    ) % reference(PROFILE)


def join_head(objects: dict[int, bytes]) -> tuple[bytes, list[int]]:
    """The objects in the order of their numbers, and the offset of each."""
    parts, offsets, end = [HEADER], [], len(HEADER)
    for object_number in sorted(objects):
        spelled = indirect(object_number, objects[object_number])
        parts.append(spelled)
        offsets.append(end)
        end += len(spelled)
    return b"".join(parts), offsets
