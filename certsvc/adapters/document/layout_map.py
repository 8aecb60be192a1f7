"""The declared layout: `layout.json` of a folder below `templates/certificate/`, as frozen values.

All lengths are points (1/72 inch), the origin is the bottom left corner of the page. A folder is frozen once a
certificate was made with it: its compiled head is named in the trust list.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from certsvc.adapters.document.fitting import Box
from certsvc.errors import ConfigurationError

FORMAT = "certsvc-layout/1"
_Part = TypeVar("_Part")


@dataclass(frozen=True, slots=True)
class FixedText:
    """A text that stands on every certificate. `role`: structure type (H1, P). `x`: left end, or middle if centred.

    `spacing` is added between characters; `weight` is the width of an outline that makes the type heavier.
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


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """Where a value of the face goes, and its label; a label is spread over `label_width`."""

    field: str
    box: Box
    colour: str
    label: str
    label_x: float
    label_size: float
    label_width: float


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
    """A rosette of rotated copies of one closed curve, in units of its radius (see artwork)."""

    x: float
    y: float
    radius: float
    stretch: float
    swing: float
    petals: int
    ripple: float
    ripples: int
    copies: int
    colour: str
    line: float


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
    """The whole declared layout. None: the layout has no such thing."""

    name: str
    width: float
    height: float
    ink: str
    accent: str
    gold: str
    label_colour: str
    muted: str
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
    ornament: Ornament | None
    attachment: AttachedFile | None
    descriptions: Mapping[str, str]


def read_layout_map(folder: Path) -> LayoutMap:
    """The layout of a folder. Raises ConfigurationError when it is missing, of another format or incomplete."""
    path = folder / "layout.json"
    try:
        declared = json.loads(path.read_text("utf-8"))
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
        label_colour=colours["label"],
        muted=colours["muted"],
        texts_before=_texts(declared["texts_before"], colours),
        texts_after=_texts(declared["texts_after"], colours),
        fields=tuple(_field(field, declared["field_defaults"], colours) for field in declared["fields"]),
        marks=_optional(MarksPlace, declared.get("marks")),
        photo=None if photo is None else _photo(photo),
        photo_word="" if photo is None else photo["word"],
        qr=Square(**declared["qr"]),
        seal=Square(**declared["seal"]["place"]),
        seal_words=tuple(declared["seal"]["words"]),
        rosettes=tuple(
            Rosette(**{**rosette, "colour": colours[rosette["colour"]]}) for rosette in declared["rosettes"]
        ),
        ornament=_optional(Ornament, declared.get("ornament")),
        attachment=_optional(AttachedFile, declared.get("attachment")),
        descriptions=declared["descriptions"],
    )


def _optional(kind: Callable[..., _Part], declared: dict[str, Any] | None) -> _Part | None:
    return None if declared is None else kind(**declared)


def _photo(declared: dict[str, Any]) -> Box:
    size = declared["size"]
    return Box(declared["x"], declared["y"], declared["width"], declared["height"], size, size)


def _texts(declared: list[dict[str, Any]], colours: dict[str, str]) -> tuple[FixedText, ...]:
    return tuple(FixedText(**{**text, "colour": colours[text["colour"]]}) for text in declared)


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
    )
    return FieldPlace(
        field=field["field"],
        box=box,
        colour=colours[field["colour"]],
        label=field["label"],
        label_x=field["label_x"],
        label_size=field["label_size"],
        label_width=field["label_width"],
    )
