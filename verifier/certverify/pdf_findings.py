"""What the sandbox may say about an uploaded file: two small JSON objects, decoded as strictly as anything from outside.

The child that writes them has parsed a hostile file and is believed no further than its shape: nothing that it says
can make a file pass whose sealed bytes were not found by the strict check (docs/formats/document.md).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from certverify.errors import JsonError
from certverify.strict_json import decode_json, items, only_keys, text, truth, whole_number

MAX_ANSWER_BYTES = 256 * 1024
MAX_PAGES = 3
MAX_PAGE_TEXT = 12_000
MAX_LINKS = 20
MAX_LINK_TEXT = 1_200
MAX_SIGNATURES = 12


class Signer(StrEnum):
    """Whose certificate a signature names, held against the trust list."""

    TRUSTED = "trusted"  # a document key of the trust list
    CHAINED = "chained"  # issued by a CA of the trust list, the key itself not listed
    LOOK_ALIKE = "look-alike"  # claims a CA or a number of ours, and lies
    UNKNOWN = "unknown"


class Coverage(StrEnum):
    """How much of the file a signature covers."""

    FILE = "file"
    REVISION = "revision"
    PART = "part"


class Changes(StrEnum):
    """What was appended after a signature."""

    NONE = "none"
    LONG_TERM = "long-term"  # validation material and time stamps alone
    OTHER = "other"


class Active(StrEnum):
    """What a certificate never holds, because it acts when the file is opened or clicked."""

    SCRIPT = "script"
    LAUNCH = "launch"
    FORM = "form"
    MEDIA = "media"


@dataclass(frozen=True, slots=True)
class FoundSignature:
    """One signature. `whole`: the bytes that it covers are those that were signed, and `ends_at` is where they end.

    `stamp`: a document time stamp, of whatever authority.
    """

    signer: Signer
    whole: bool
    coverage: Coverage
    changes: Changes
    stamp: bool
    ends_at: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What a parser read in a file: texts of the first pages in reading order, links, signatures.

    `damaged`: the file breaks its own format where texts or signatures stand, so that some of it, or all, is missing here.
    `hidden_text`: some text is set not to be shown. `overlays`: annotations that are neither link nor signature.
    """

    damaged: bool
    encrypted: bool
    pages: int
    texts: tuple[str, ...]
    hidden_text: bool
    links: tuple[str, ...]
    active: tuple[Active, ...]
    overlays: int
    signatures: tuple[FoundSignature, ...]

    def as_json(self) -> dict[str, Any]:
        """The object that `decode_reading` reads."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Symbol:
    """A QR symbol on a rendered page; pages count from 0."""

    page: int
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What is seen on the rendered pages. `same`: the file looks as its sealed revision does; None when that was not asked."""

    symbols: tuple[Symbol, ...]
    same: bool | None

    def as_json(self) -> dict[str, Any]:
        """The object that `decode_picture` reads."""
        return asdict(self)


def decode_reading(raw_answer: bytes) -> Reading:
    """Raises JsonError for anything that is no reading within the bounds."""
    keys = Reading.__dataclass_fields__
    said = only_keys(decode_json(raw_answer, limit=MAX_ANSWER_BYTES), keys)
    return Reading(
        damaged=truth(said["damaged"]),
        encrypted=truth(said["encrypted"]),
        pages=whole_number(said["pages"]),
        texts=tuple(_short(page, MAX_PAGE_TEXT) for page in _few(said["texts"], MAX_PAGES)),
        hidden_text=truth(said["hidden_text"]),
        links=tuple(_short(link, MAX_LINK_TEXT) for link in _few(said["links"], MAX_LINKS)),
        active=tuple(_word(Active, kind) for kind in _few(said["active"], len(Active))),
        overlays=whole_number(said["overlays"]),
        signatures=tuple(map(_signature, _few(said["signatures"], MAX_SIGNATURES))),
    )


def decode_picture(raw_answer: bytes) -> Picture:
    """Raises JsonError for anything that is no picture within the bounds."""
    said = only_keys(decode_json(raw_answer, limit=MAX_ANSWER_BYTES), Picture.__dataclass_fields__)
    same = said["same"]
    return Picture(
        symbols=tuple(map(_symbol, _few(said["symbols"], MAX_LINKS))),
        same=None if same is None else truth(same),
    )


def decode_likeness(raw_answer: bytes) -> bool:
    """Whether two files look alike. Raises JsonError for anything that is no such answer."""
    return truth(only_keys(decode_json(raw_answer, limit=MAX_ANSWER_BYTES), ("alike",))["alike"])


def _symbol(said: object) -> Symbol:
    keys = only_keys(said, ("page", "text"))
    return Symbol(whole_number(keys["page"]), _short(keys["text"], MAX_LINK_TEXT))


def _signature(said: object) -> FoundSignature:
    keys = only_keys(said, FoundSignature.__dataclass_fields__)
    return FoundSignature(
        signer=_word(Signer, keys["signer"]),
        whole=truth(keys["whole"]),
        coverage=_word(Coverage, keys["coverage"]),
        changes=_word(Changes, keys["changes"]),
        stamp=truth(keys["stamp"]),
        ends_at=whole_number(keys["ends_at"]),
    )


def _word(words: type[Any], said: object) -> Any:
    try:
        return words(text(said))
    except ValueError as error:
        raise JsonError("not one of the words") from error


def _short(said: object, limit: int) -> str:
    shown = text(said)
    if len(shown) > limit:
        raise JsonError("a text is too long")
    return shown


def _few(said: object, limit: int) -> list[Any]:
    listed = items(said)
    if len(listed) > limit:
        raise JsonError("too many items")
    return listed
