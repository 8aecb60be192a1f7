"""The declared layout: `layout.json` of a folder below `templates/`, as frozen values.

All lengths are points (1/72 inch), angles degrees counter-clockwise; the origin is the bottom left corner of the page. A
folder is frozen once a document was made with it: its compiled head is named in the trust list.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from certsvc.adapters.document.fitting import Box
from certsvc.adapters.document.layout_base import declared_layout
from certsvc.errors import ConfigurationError

FORMAT = "certsvc-layout/1"
_Part = TypeVar("_Part")


@dataclass(frozen=True, slots=True)
class FixedText:
    """A text that stands on every document. `role`: structure type (H1, P). `x`: left end, or middle if centred.

    `spacing` is added between characters; `weight` is the width of an outline that makes the type heavier; the text is
    turned about (`x`, `y`). `opens` names the field that it is the heading of: it is read right before that field, and a
    new list begins there. `id` names it for layouts that are based on this one.
    """

    text: str
    x: float
    y: float
    size: float
    colour: str
    role: str
    centred: bool
    spacing: float = 0
    weight: float = 0
    turn: float = 0
    opens: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """Where a value of the face goes, and its label; a label is spread over `label_width`.

    A field without label may be empty, and so may one that is `optional`: its label is then left out with it.
    """

    field: str
    box: Box
    colour: str
    label: str
    label_x: float
    label_size: float
    label_width: float
    optional: bool
    weight: float

    @property
    def listed(self) -> bool:
        """Whether it belongs to the list of labelled fields, which is the same in every document."""
        return bool(self.label) and not self.optional


@dataclass(frozen=True, slots=True)
class MarksPlace:
    """The framed block of marks (双定向 ...), centred on `x`, `y` = its bottom edge."""

    x: float
    y: float
    width: float
    height: float
    size: float
    smallest: float
    gap: float


@dataclass(frozen=True, slots=True)
class Square:
    """A square: its bottom left corner and side."""

    x: float
    y: float
    side: float


@dataclass(frozen=True, slots=True)
class Rosette:
    """A rosette of rotated copies of one closed curve, in units of its radius (see guilloche).

    `colours` run from the first copy to the last.
    """

    x: float
    y: float
    radius: float
    stretch: float
    swing: float
    petals: int
    ripple: float
    ripples: int
    copies: int
    colours: tuple[str, ...]
    line: float


@dataclass(frozen=True, slots=True)
class Waves:
    """Flowing lines over a rectangle: copies of one wave, each shifted against the one below it (see guilloche)."""

    x: float
    y: float
    width: float
    height: float
    lines: int
    length: float
    amplitude: float
    drift: float
    colours: tuple[str, ...]
    line: float


@dataclass(frozen=True, slots=True)
class Panel:
    """A rectangle, filled, outlined or both; turned about its middle."""

    x: float
    y: float
    width: float
    height: float
    fill: str | None = None
    stroke: str | None = None
    line: float = 0.6
    turn: float = 0


@dataclass(frozen=True, slots=True)
class MicroLine:
    """A line that turns out to be a text under a magnifier, repeated from `x` on over `width`."""

    text: str
    x: float
    y: float
    width: float
    size: float
    colour: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """A text repeated diagonally over a rectangle, below everything that is printed there but a photograph.

    `words` are patterns of fields (`{recipient}`), one line each; `step` is the distance of repetitions, `leading` that of
    lines.
    """

    x: float
    y: float
    width: float
    height: float
    words: tuple[str, ...]
    size: float
    turn: float
    step: float
    leading: float
    colour: str


@dataclass(frozen=True, slots=True)
class Ornament:
    """The rule below the title: its middle, and how far it reaches to either side."""

    x: float
    y: float
    reach: float


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file that every document of the layout embeds: its name, media type, and what it is."""

    name: str
    media_type: str
    description: str


@dataclass(frozen=True, slots=True)
class LayoutMap:
    """The whole declared layout. None: the layout has no such thing.

    `declared_sha256` (hex) is the digest of the declaration with its base, however the files are spelled.
    """

    name: str
    width: float
    height: float
    ink: str
    accent: str
    gold: str
    frame_colour: str
    label_colour: str
    frame: str
    texts_before: tuple[FixedText, ...]
    texts_after: tuple[FixedText, ...]
    fields: tuple[FieldPlace, ...]
    marks: MarksPlace | None
    photo: Box | None
    photo_word: str
    qr: Square
    seal: Square
    seal_words: tuple[str, str, str]
    rosettes: tuple[Rosette, ...]
    waves: tuple[Waves, ...]
    panels: tuple[Panel, ...]
    micro_lines: tuple[MicroLine, ...]
    stamp: Stamp | None
    emblem: Square | None
    ornament: Ornament | None
    attachment: AttachedFile | None
    descriptions: Mapping[str, str]
    declared_sha256: str


def read_layout_map(folder: Path) -> LayoutMap:
    """The layout of a folder. Raises ConfigurationError when it is missing, of another format or incomplete."""
    path = folder / "layout.json"
    try:
        declared = declared_layout(folder)
        if declared["format"] != FORMAT:
            raise ValueError(declared["format"])
        return _layout(declared)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(f"证书版式 {path} 缺失或不完整：{error}") from error


def _layout(declared: dict[str, Any]) -> LayoutMap:
    page, colours, photo = declared["page"], declared["colours"], declared.get("photo")
    return LayoutMap(
        name=declared["name"],
        width=page["width"],
        height=page["height"],
        ink=colours["ink"],
        accent=colours["accent"],
        gold=colours["gold"],
        frame_colour=colours.get("frame", colours["accent"]),
        label_colour=colours["label"],
        frame=declared.get("frame", "ornate"),
        texts_before=_coloured(FixedText, declared["texts_before"], colours),
        texts_after=_coloured(FixedText, declared["texts_after"], colours),
        fields=tuple(_field(field, declared["field_defaults"], colours) for field in declared["fields"]),
        marks=_optional(MarksPlace, declared.get("marks")),
        photo=None if photo is None else _photo(photo),
        photo_word="" if photo is None else photo["word"],
        qr=Square(**declared["qr"]),
        seal=Square(**declared["seal"]["place"]),
        seal_words=tuple(declared["seal"]["words"]),
        rosettes=_coloured(Rosette, declared.get("rosettes", []), colours),
        waves=_coloured(Waves, declared.get("waves", []), colours),
        panels=_coloured(Panel, declared.get("panels", []), colours),
        micro_lines=_coloured(MicroLine, declared.get("micro_lines", []), colours),
        stamp=_stamp(declared.get("stamp"), colours),
        emblem=_optional(Square, declared.get("emblem")),
        ornament=_optional(Ornament, declared.get("ornament")),
        attachment=_optional(AttachedFile, declared.get("attachment")),
        descriptions=declared["descriptions"],
        declared_sha256=sha256(json.dumps(declared, sort_keys=True).encode("ascii")).hexdigest(),
    )


def _optional(kind: Callable[..., _Part], declared: dict[str, Any] | None) -> _Part | None:
    return None if declared is None else kind(**declared)


def _photo(declared: dict[str, Any]) -> Box:
    size = declared["size"]
    return Box(declared["x"], declared["y"], declared["width"], declared["height"], size, size)


def _coloured(
    kind: Callable[..., _Part], declared: list[dict[str, Any]], colours: dict[str, str]
) -> tuple[_Part, ...]:
    """Parts whose colours are named."""
    return tuple(kind(**_with_colours(part, colours)) for part in declared)


def _with_colours(part: dict[str, Any], colours: dict[str, str]) -> dict[str, Any]:
    named = {key: colours[part[key]] for key in ("colour", "fill", "stroke") if part.get(key) is not None}
    if "colours" in part:
        named["colours"] = tuple(colours[name] for name in part["colours"])  # type: ignore[assignment]
    return {**part, **named}


def _stamp(declared: dict[str, Any] | None, colours: dict[str, str]) -> Stamp | None:
    if declared is None:
        return None
    return Stamp(**{**_with_colours(declared, colours), "words": tuple(declared["words"])})


def _field(own: dict[str, Any], defaults: dict[str, Any], colours: dict[str, str]) -> FieldPlace:
    field = {**defaults, **own}
    box = Box(
        left=field["x"],
        baseline=field["y"],
        width=field["width"],
        height=field["height"],
        largest=field["largest"],
        smallest=field["smallest"],
        centred=field["centred"],
        from_top=field.get("from_top", False),
    )
    return FieldPlace(
        field=field["field"],
        box=box,
        colour=colours[field["colour"]],
        label=field["label"],
        label_x=field["label_x"],
        label_size=field["label_size"],
        label_width=field["label_width"],
        optional=field.get("optional", False),
        weight=field.get("weight", 0),
    )
