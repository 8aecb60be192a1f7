"""Compiling a layout: everything that is the same on every certificate becomes the head of the file, once.

The head holds the objects 1 to n with their final offsets; the objects of one certificate follow with the numbers after
that (see `VariableObjects`). The digest of the head goes into the trust list, so a checker recognises the layout.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import count
from pathlib import Path

from certsvc.adapters.document import artwork
from certsvc.adapters.document.frozen import HEAD_FILE, draws_the_same, object_offsets
from certsvc.adapters.document.glyphs import UNITS_PER_EM, GlyphStore
from certsvc.adapters.document.layout_map import FieldPlace, FixedText, LayoutMap, read_layout_map
from certsvc.adapters.document.pdf_font import OBJECTS_PER_FONT, SubsetFont
from certsvc.adapters.document.pdf_syntax import (
    HEADER,
    fill_colour,
    indirect,
    number,
    numbers,
    reference,
    references,
    stream,
    stroke_colour,
    text_string,
)
from certsvc.adapters.document.structure import Element, Structure
from certsvc.errors import ConfigurationError

_CATALOG, _PAGES, _PAGE, _BEFORE, _AFTER, _FONT = 1, 2, 3, 4, 5, 6
_SEAL, _INTENT, _PROFILE, _STRUCTURE, _PARENTS, _FORM, _WIDGET, _BLANK = range(_FONT + OBJECTS_PER_FONT, 19)
_FIRST_FREE = 19
_VARIABLE_COUNT = 10


@dataclass(frozen=True, slots=True)
class VariableObjects:
    """The object numbers of what differs between certificates, in the order of the file."""

    first: int

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
    def signature(self) -> int:
        """The signature dictionary, the last object."""
        return self.first + 9


@dataclass(frozen=True, slots=True)
class FieldInk:
    """A field made ready: the operators of its label, and how its value begins."""

    place: FieldPlace
    label: bytes
    begin: bytes


@dataclass(frozen=True, slots=True)
class Layout:
    """A compiled layout. `head` is the beginning of every certificate of this layout."""

    name: str
    head: bytes
    head_sha256: str
    cross_references: bytes
    variable: VariableObjects
    map: LayoutMap
    store: GlyphStore
    fields: tuple[FieldInk, ...]
    begin: Mapping[str, bytes]
    elements: Mapping[str, Element]

    @property
    def head_length(self) -> int:
        """Bytes of the head."""
        return len(self.head)


def compile_layout(folder: Path, store: GlyphStore) -> Layout:
    """Read and compile the layout of a folder (`layout.json`, `srgb.icc`, once frozen `head.bin`).

    Raises ConfigurationError when the layout is incomplete, names a character that the font lacks, or no longer draws
    what was frozen.
    """
    declared = read_layout_map(folder)
    lacking = store.missing(_fixed_words(declared))
    if lacking:
        raise ConfigurationError(f"证书版式 {declared.name} 使用了字库没有的字：{'、'.join(sorted(lacking))}")
    try:
        profile = (folder / "srgb.icc").read_bytes()
    except OSError as error:
        raise ConfigurationError(f"证书版式 {declared.name} 缺少色彩特性文件 srgb.icc。") from error
    compiled = _Compiler(declared, store, profile).compile()
    frozen = folder / HEAD_FILE
    return _with_head(compiled, frozen.read_bytes()) if frozen.exists() else compiled


def _with_head(compiled: Layout, head: bytes) -> Layout:
    """The layout with its frozen head. Raises ConfigurationError when the drawing is no longer the frozen one."""
    if not draws_the_same(head, compiled.head):
        raise ConfigurationError(
            f"证书版式 {compiled.name} 已冻结，但版式文件、字库或程序与冻结时不一致。改动版式请另建新版本。"
        )
    return replace(
        compiled,
        head=head,
        head_sha256=sha256(head).hexdigest(),
        cross_references=_cross_references(object_offsets(head)),
    )


def _cross_references(offsets: list[int]) -> bytes:
    return b"".join(b"%010d 00000 n \n" % offset for offset in offsets)


def _fixed_words(declared: LayoutMap) -> list[str]:
    texts = [text.text for text in (*declared.texts_before, *declared.texts_after)]
    return [*texts, *(place.label for place in declared.fields), declared.photo_word, *declared.seal_words]


class _Compiler:
    """One compilation; the methods build the parts in the order in which they need one another."""

    def __init__(self, declared: LayoutMap, store: GlyphStore, profile: bytes) -> None:
        self.map, self.store, self.profile = declared, store, profile
        self.font = SubsetFont(store, _fixed_words(declared))
        self.forms = range(_FIRST_FREE, _FIRST_FREE + len(declared.rosettes))
        self.structure = Structure(count(self.forms.stop))
        self.elements: dict[str, Element] = {}
        # The number of elements follows from the layout; the variable objects come right after the last of them.
        labelled = sum(1 for place in declared.fields if place.label)
        texts = len(declared.texts_before) + len(declared.texts_after)
        self.variable = VariableObjects(self.forms.stop + texts + len(declared.fields) + 2 * labelled + 7)

    def compile(self) -> Layout:
        document = self.variable.document
        before = [b"/Artifact BMC", self._background(), b"EMC"]
        before += [self._fixed(text, document) for text in self.map.texts_before]
        self.elements["marks"] = self.structure.add("P", document)
        self.elements["fields"] = self.structure.add("L", document)
        fields = tuple(self._field(place) for place in self.map.fields)
        alt = self.map.descriptions
        for name in ("photo", "seal"):
            self.elements[name] = self.structure.add("Figure", document, alt=alt[name])
        self.elements["link"] = self.structure.add("Link", document, alt=alt["link"])
        qr = self.structure.add_below("Figure", self.elements["link"], alt=alt["qr"])
        self.elements["signature"] = self.structure.add("Form", document, alt=alt["signature"])
        photo = artwork.draw_photo_place(self.map, self.font, self.store)
        before += [self.structure.mark(self.elements["photo"]), photo, b"EMC"]
        begin = {name: self.structure.mark(self.elements[name]) for name in ("marks", "seal")}
        begin["qr"] = self.structure.mark(qr)
        after = [self._fixed(text, document) for text in self.map.texts_after]
        self._attach_annotations()
        head, offsets = _head(self._objects(b"\n".join(before), b"\n".join(after)))
        if len(offsets) + 1 != self.variable.first:
            raise ConfigurationError(f"证书版式 {self.map.name} 的对象编号不连续。")
        return Layout(
            name=self.map.name,
            head=head,
            head_sha256=sha256(head).hexdigest(),
            cross_references=_cross_references(offsets),
            variable=self.variable,
            map=self.map,
            store=self.store,
            fields=fields,
            begin=begin,
            elements=self.elements,
        )

    def _background(self) -> bytes:
        parts = [artwork.draw_rosette(rosette, b"R%d" % n) for n, rosette in enumerate(self.map.rosettes)]
        parts.append(artwork.draw_frame(self.map))
        parts.append(artwork.draw_ornament(self.map, self.map.width / 2, self.map.marks.y + 15, 190))
        return b"\n".join(parts)

    def _fixed(self, text: FixedText, document: int) -> bytes:
        key = f"text {len(self.structure.elements)}"
        self.elements[key] = self.structure.add(text.role, document)
        width = self.store.width(text.text) * text.size / UNITS_PER_EM + text.spacing * (len(text.text) - 1)
        left = text.x - width / 2 if text.centred else text.x
        heavier = b"%s 2 Tr %s w" % (stroke_colour(text.colour), number(text.weight)) if text.weight else b""
        return b"%s q %s BT %s /S %s Tf %s Tc %s Td %s Tj ET Q EMC" % (
            self.structure.mark(self.elements[key]),
            fill_colour(text.colour),
            heavier,
            number(text.size),
            number(text.spacing),
            numbers(left, text.y),
            self.font.spell(text.text),
        )

    def _field(self, place: FieldPlace) -> FieldInk:
        if not place.label:
            element = self.structure.add("P", self.variable.document)
            self.elements[place.field] = element
            return FieldInk(place, b"", self.structure.mark(element))
        item = self.structure.add_below("LI", self.elements["fields"])
        label = self.structure.add_below("Lbl", item)
        body = self.structure.add_below("LBody", item)
        return FieldInk(place, self._label(place, label), self.structure.mark(body))

    def _label(self, place: FieldPlace, element: Element) -> bytes:
        """The label, its characters spread over the label's width."""
        gaps = max(len(place.label) - 1, 1)
        spare = place.label_width - self.store.width(place.label) * place.label_size / UNITS_PER_EM
        return b"%s %s BT /S %s Tf %s Tc %s Td %s Tj 0 Tc ET EMC" % (
            self.structure.mark(element),
            fill_colour(self.map.label_colour),
            number(place.label_size),
            number(spare / gaps),
            numbers(place.label_x, place.box.baseline + 0.36 * (place.box.largest - place.label_size)),
            self.font.spell(place.label),
        )

    def _attach_annotations(self) -> None:
        page = reference(_PAGE)
        for name, target in (("link", self.variable.link), ("signature", _WIDGET)):
            self.elements[name].kids.append(b"<</Type/OBJR/Pg %s/Obj %s>>" % (page, reference(target)))

    def _objects(self, before: bytes, after: bytes) -> dict[int, bytes]:
        form = b"/Type/XObject/Subtype/Form/BBox[%s]/Resources<<%s>>"
        seal_fonts = b"/Font<</S %s>>" % reference(_FONT)
        objects = {
            _CATALOG: self._catalog(),
            _PAGES: b"<</Type/Pages/Kids%s/Count 1>>" % references([_PAGE]),
            _PAGE: self._page(),
            _BEFORE: stream(before),
            _AFTER: stream(after),
            _SEAL: stream(
                artwork.draw_seal(self.map, self.font, self.store), form % (b"0 0 100 100", seal_fonts)
            ),
            _INTENT: b"<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB IEC61966-2.1)"
            b"/RegistryName(http://www.color.org)/Info(sRGB IEC61966-2.1)/DestOutputProfile %s>>"
            % reference(_PROFILE),
            _PROFILE: stream(self.profile, b"/N 3"),
            _STRUCTURE: b"<</Type/StructTreeRoot/K %s/ParentTree %s/ParentTreeNextKey 3>>"
            % (reference(self.variable.document), reference(_PARENTS)),
            _PARENTS: self.structure.parent_tree(self.elements["link"], self.elements["signature"]),
            _FORM: b"<</Fields%s/SigFlags 3>>" % references([_WIDGET]),
            _WIDGET: self._widget(),
            _BLANK: stream(b"", form % (b"0 0 100 100", b"")),
        }
        objects.update(enumerate(self.font.objects(_FONT), _FONT))
        for place, rosette in zip(self.forms, self.map.rosettes, strict=True):
            objects[place] = stream(artwork.rosette_curve(rosette), form % (b"-2000 -2000 2000 2000", b""))
        objects.update((element.number, element.spelled(_PAGE)) for element in self.structure.elements)
        return objects

    def _catalog(self) -> bytes:
        return (
            b"<</Type/Catalog/Pages %s/Lang(zh-CN)/MarkInfo<</Marked true>>/StructTreeRoot %s/Metadata %s"
            b"/OutputIntents%s/ViewerPreferences<</DisplayDocTitle true>>/AcroForm %s/Perms<</DocMDP %s>>>>"
        ) % (
            reference(_PAGES),
            reference(_STRUCTURE),
            reference(self.variable.metadata),
            references([_INTENT]),
            reference(_FORM),
            reference(self.variable.signature),
        )

    def _page(self) -> bytes:
        forms = b"".join(b"/R%d %s" % (n, reference(form)) for n, form in enumerate(self.forms))
        return (
            b"<</Type/Page/Parent %s/MediaBox[0 0 %s]/Contents%s/StructParents 0/Tabs/S/Annots%s"
            b"/Resources<</Font<</S %s/D %s>>/XObject<</Seal %s%s>>>>>>"
        ) % (
            reference(_PAGES),
            numbers(self.map.width, self.map.height),
            references([_BEFORE, self.variable.content, _AFTER]),
            references([self.variable.link, _WIDGET]),
            reference(_FONT),
            reference(self.variable.font),
            reference(_SEAL),
            forms,
        )

    def _widget(self) -> bytes:
        """The signature field over the place of the seal; invisible, the seal itself belongs to the page."""
        seal = self.map.seal
        return (
            b"<</Type/Annot/Subtype/Widget/FT/Sig/T(Issuer)/F 132/P %s/Rect[%s]/V %s/StructParent 2/TU%s/AP<</N %s>>>>"
            % (
                reference(_PAGE),
                numbers(seal.x, seal.y, seal.x + seal.side, seal.y + seal.side),
                reference(self.variable.signature),
                text_string(self.map.descriptions["signature"]),
                reference(_BLANK),
            )
        )


def _head(objects: dict[int, bytes]) -> tuple[bytes, list[int]]:
    """The objects in the order of their numbers, and the offset of each."""
    parts, offsets, end = [HEADER], [], len(HEADER)
    for object_number in sorted(objects):
        spelled = indirect(object_number, objects[object_number])
        parts.append(spelled)
        offsets.append(end)
        end += len(spelled)
    return b"".join(parts), offsets
