"""Compiling a layout: everything that is the same on every document becomes the head of the file, once.

The head holds the objects 1 to n with their final offsets; the objects of one document follow with the numbers after
that (see `VariableObjects`). The digest of the head goes into the trust list, so a checker recognises the layout.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import count
from pathlib import Path

from certsvc.adapters.document import artwork, head_objects, seal
from certsvc.adapters.document.emblems import EMBLEM_SIDE, EMBLEMS
from certsvc.adapters.document.frozen import HEAD_FILE, draws_the_same, object_offsets
from certsvc.adapters.document.glyphs import UNITS_PER_EM, GlyphStore
from certsvc.adapters.document.guilloche import draw_rosette, draw_waves, rosette_curve, turned, wave_curve
from certsvc.adapters.document.head_objects import VariableObjects
from certsvc.adapters.document.layout_map import FieldPlace, FixedText, LayoutMap, read_layout_map
from certsvc.adapters.document.pdf_font import SubsetFont
from certsvc.adapters.document.pdf_syntax import (
    fill_colour,
    number,
    numbers,
    reference,
    references,
    stream,
    stroke_colour,
)
from certsvc.adapters.document.shapes import draw_panel
from certsvc.adapters.document.structure import Element, Structure
from certsvc.adapters.document.text_patterns import draw_micro_line, draw_stamp, micro_pattern
from certsvc.errors import ConfigurationError

_FIXED_ELEMENTS = 4  # seal, link, QR symbol, signature


@dataclass(frozen=True, slots=True)
class FieldInk:
    """A field made ready: the operators of its label, and how its value begins."""

    place: FieldPlace
    label: bytes
    begin: bytes


@dataclass(frozen=True, slots=True)
class Layout:
    """A compiled layout. `head` is the beginning of every document of this layout."""

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
    texts += [line.text for line in declared.micro_lines]
    return [*texts, *(place.label for place in declared.fields), declared.photo_word, *declared.seal_words]


class _Compiler:
    """One compilation; the methods build the parts in the order in which they need one another."""

    def __init__(self, declared: LayoutMap, store: GlyphStore, profile: bytes) -> None:
        self.map, self.store, self.profile = declared, store, profile
        self.font = SubsetFont(store, _fixed_words(declared))
        drawings = self._drawings()
        numbers_ = count(head_objects.FIRST_FREE)
        self.forms = {name: next(numbers_) for name in drawings}
        self.patterns = {f"M{n}": next(numbers_) for n in range(len(declared.micro_lines))}
        self.drawings = drawings
        first_element = next(numbers_)
        self.structure = Structure(count(first_element))
        self.elements: dict[str, Element] = {}
        self.list: Element | None = None
        # The number of elements follows from the layout; the variable objects come right after the last of them.
        listed = sum(1 for place in declared.fields if place.listed)
        texts = len(declared.texts_before) + len(declared.texts_after)
        elements = texts + len(declared.fields) + 2 * listed + _lists(declared) + _FIXED_ELEMENTS
        elements += (declared.marks is not None) + 2 * (declared.photo is not None)
        self.variable = VariableObjects(
            first_element + elements,
            has_photo=declared.photo is not None,
            has_attachment=declared.attachment is not None,
            has_stamp=declared.stamp is not None,
        )

    def compile(self) -> Layout:
        document = self.variable.document
        before = [b"/Artifact BMC", self._background(), b"EMC"]
        before += [self._fixed(text, document) for text in self.map.texts_before if not text.opens]
        if self.map.marks is not None:
            self.elements["marks"] = self.structure.add("P", document)
        headings = {text.opens: text for text in self.map.texts_before if text.opens}
        fields = []
        for place in self.map.fields:
            if place.field in headings:
                before.append(self._fixed(headings.pop(place.field), document))
                self.list = None
            fields.append(self._field(place))
        if headings:
            raise ConfigurationError(f"证书版式 {self.map.name} 的标题没有所属栏目：{'、'.join(headings)}")
        alt = self.map.descriptions
        if self.map.photo is not None:
            self.elements["photo"] = self.structure.add("Figure", document, alt=alt["photo"])
            self.elements["no photo"] = self.structure.add("Figure", document, alt=alt["no_photo"])
        self.elements["seal"] = self.structure.add("Figure", document, alt=alt["seal"])
        self.elements["link"] = self.structure.add("Link", document, alt=alt["link"])
        qr = self.structure.add_below("Figure", self.elements["link"], alt=alt["qr"])
        self.elements["signature"] = self.structure.add("Form", document, alt=alt["signature"])
        begin: dict[str, bytes] = {
            name: self.structure.mark(self.elements[name])
            for name in ("marks", "photo", "no photo", "seal")
            if name in self.elements
        }
        begin["qr"] = self.structure.mark(qr)
        after = [self._fixed(text, document) for text in self.map.texts_after]
        self._attach_annotations()
        head, offsets = head_objects.join_head(self._objects(b"\n".join(before), b"\n".join(after)))
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
            fields=tuple(fields),
            begin=begin,
            elements=self.elements,
        )

    def _drawings(self) -> dict[str, bytes]:
        """Drawings that are used more than once, or not by every document: resource name -> form."""
        fonts = b"/Font<</S %s>>" % reference(head_objects.FONT)
        page = b"0 0 " + numbers(self.map.width, self.map.height)
        curve = b"-2000 -2000 2000 2000"
        forms = {"Seal": _form(seal.draw_seal(self.map, self.font, self.store), b"0 0 100 100", fonts)}
        forms |= {f"R{n}": _form(rosette_curve(one), curve) for n, one in enumerate(self.map.rosettes)}
        forms |= {f"W{n}": _form(wave_curve(one), curve) for n, one in enumerate(self.map.waves)}
        if self.map.photo is not None:
            place = artwork.draw_photo_place(self.map, self.map.photo, self.font, self.store)
            forms["NoPhoto"] = _form(place, page, fonts)
        if self.map.emblem is not None:
            side = b"0 0 %d %d" % (EMBLEM_SIDE, EMBLEM_SIDE)
            forms |= {emblem_resource(name): _form(drawing, side) for name, drawing in EMBLEMS.items()}
        return forms

    def _background(self) -> bytes:
        parts = [draw_waves(waves, b"W%d" % n) for n, waves in enumerate(self.map.waves)]
        parts += [draw_rosette(rosette, b"R%d" % n) for n, rosette in enumerate(self.map.rosettes)]
        if self.map.stamp is not None:
            parts.append(draw_stamp(self.map.stamp))
        parts.append(artwork.draw_frame(self.map))
        if self.map.ornament is not None:
            parts.append(artwork.draw_ornament(self.map, self.map.ornament))
        parts += [draw_panel(panel) for panel in self.map.panels]
        parts += [draw_micro_line(line, b"M%d" % n) for n, line in enumerate(self.map.micro_lines)]
        return b"\n".join(parts)

    def _fixed(self, text: FixedText, document: int) -> bytes:
        key = f"text {len(self.structure.elements)}"
        self.elements[key] = self.structure.add(text.role, document)
        width = self.store.width(text.text) * text.size / UNITS_PER_EM + text.spacing * (len(text.text) - 1)
        heavier = b"%s 2 Tr %s w" % (stroke_colour(text.colour), number(text.weight)) if text.weight else b""
        return b"%s q %s 1 0 0 1 %s cm %s %s BT /S %s Tf %s Tc %s Td %s Tj ET Q EMC" % (
            self.structure.mark(self.elements[key]),
            fill_colour(text.colour),
            numbers(text.x, text.y),
            turned(text.turn) if text.turn else b"",
            heavier,
            number(text.size),
            number(text.spacing),
            numbers(-width / 2 if text.centred else 0, 0),
            self.font.spell(text.text),
        )

    def _field(self, place: FieldPlace) -> FieldInk:
        if not place.listed:
            element = self.structure.add("P", self.variable.document)
            self.elements[place.field] = element
            begin = self.structure.mark(element)
            return FieldInk(place, b"", begin + b" " + self._label(place) if place.label else begin)
        if self.list is None:
            self.list = self.structure.add("L", self.variable.document)
            self.elements[f"list {self.list.number}"] = self.list
        item = self.structure.add_below("LI", self.list)
        label = self.structure.add_below("Lbl", item)
        body = self.structure.add_below("LBody", item)
        spelled = b"%s %s EMC" % (self.structure.mark(label), self._label(place))
        return FieldInk(place, spelled, self.structure.mark(body))

    def _label(self, place: FieldPlace) -> bytes:
        """The label, its characters spread over the label's width."""
        gaps = max(len(place.label) - 1, 1)
        spare = place.label_width - self.store.width(place.label) * place.label_size / UNITS_PER_EM
        return b"%s BT /S %s Tf %s Tc %s Td %s Tj 0 Tc ET" % (
            fill_colour(self.map.label_colour),
            number(place.label_size),
            number(spare / gaps),
            numbers(place.label_x, place.box.baseline + 0.36 * (place.box.largest - place.label_size)),
            self.font.spell(place.label),
        )

    def _attach_annotations(self) -> None:
        page = reference(head_objects.PAGE)
        for name, target in (("link", self.variable.link), ("signature", head_objects.WIDGET)):
            self.elements[name].kids.append(b"<</Type/OBJR/Pg %s/Obj %s>>" % (page, reference(target)))

    def _objects(self, before: bytes, after: bytes) -> dict[int, bytes]:
        objects = {
            head_objects.CATALOG: head_objects.catalog(self.map, self.variable),
            head_objects.PAGES: b"<</Type/Pages/Kids%s/Count 1>>" % references([head_objects.PAGE]),
            head_objects.PAGE: head_objects.page(self.map, self.variable, self.forms, self.patterns),
            head_objects.BEFORE: stream(before),
            head_objects.AFTER: stream(after),
            head_objects.INTENT: head_objects.output_intent(),
            head_objects.PROFILE: stream(self.profile, b"/N 3"),
            head_objects.STRUCTURE: b"<</Type/StructTreeRoot/K %s/ParentTree %s/ParentTreeNextKey 3>>"
            % (reference(self.variable.document), reference(head_objects.PARENTS)),
            head_objects.PARENTS: self.structure.parent_tree(
                self.elements["link"], self.elements["signature"]
            ),
            head_objects.FORM: b"<</Fields%s/SigFlags 3>>" % references([head_objects.WIDGET]),
            head_objects.WIDGET: head_objects.widget(self.map, self.variable),
            head_objects.BLANK: _form(b"", b"0 0 100 100"),
            head_objects.FILE: head_objects.attached_file(self.map, self.variable),
        }
        objects.update(enumerate(self.font.objects(head_objects.FONT), head_objects.FONT))
        objects.update((self.forms[name], drawing) for name, drawing in self.drawings.items())
        for place, line in zip(self.patterns.values(), self.map.micro_lines, strict=True):
            objects[place] = micro_pattern(line, self.font, self.store, head_objects.FONT)
        objects.update(
            (element.number, element.spelled(head_objects.PAGE)) for element in self.structure.elements
        )
        return objects


def _lists(declared: LayoutMap) -> int:
    """How many lists the labelled fields make: a heading begins a new one."""
    opened = {text.opens for text in declared.texts_before if text.opens}
    count_, begun = 0, False
    for place in declared.fields:
        begun = begun and place.field not in opened
        if place.listed and not begun:
            count_, begun = count_ + 1, True
    return count_


def emblem_resource(name: str) -> str:
    """The resource name of the mark of a verdict."""
    return name.capitalize()


def _form(drawing: bytes, box: bytes, resources: bytes = b"") -> bytes:
    return stream(drawing, b"/Type/XObject/Subtype/Form/BBox[%s]/Resources<<%s>>" % (box, resources))
