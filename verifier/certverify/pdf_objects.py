"""Objects of a sealed revision, and how a revision appended to it spells them (docs/formats/archive-object.md, Grammar).

Not a PDF parser: it reads the bytes that the strict check found genuine, in the shape in which the authority writes them,
and is never shown others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from certverify.errors import PdfGrammarError

_MAX_DEPTH = 20
_TOKEN = re.compile(
    rb"[ \n]*(?:(?P<mark><<|>>|\[|\])|(?P<name>/[A-Za-z0-9_.+\-]+)|(?P<plain>\d{1,7} 0 R\b|-?\d+(?:\.\d+)?|true\b|false\b|null\b)"
    rb"|<(?P<hex>(?:[0-9A-Fa-f]{2})*)>|\((?P<literal>[^()\\\r\n]*)\))"
)
_END = re.compile(
    rb"\nxref\n0 (?P<size>\d{1,6})\n(?P<table>(?:\d{10} \d{5} [nf] \n)+)trailer\n<</Size (?P=size)/Root (?P<root>\d{1,6}) 0 R"
    rb"/ID\[<(?P<id>[0-9a-f]{32})><(?P=id)>\]>>\nstartxref\n(?P<at>\d{1,7})\n%%EOF\n\Z"
)
_ROW = 20
_UTF16 = b"\xfe\xff"


@dataclass(frozen=True, slots=True)
class Words:
    """A string of a PDF file."""

    raw: bytes


Value = bytes | Words | list["Value"] | dict[bytes, "Value"]
"""Names, numbers, references and the like as they are written; the others by their kind."""


@dataclass(frozen=True, slots=True)
class SealedObjects:
    """What an appended revision may touch: catalog, first page and form, with their numbers; and the end of the file."""

    size: int
    table_at: int
    identifier: bytes
    root: int
    page: int
    form: int
    catalog: dict[bytes, Value]
    first_page: dict[bytes, Value]
    fields: dict[bytes, Value]


def sealed_objects(raw_sealed: bytes) -> SealedObjects:
    """Of a file that the strict check calls an original. Raises PdfGrammarError when it has another shape."""
    end = _END.search(raw_sealed, max(0, raw_sealed.rfind(b"\nxref\n")))
    if end is None or int(end["at"]) != end.start() + 1:
        _refuse()
    table, size = end["table"], int(end["size"])
    if len(table) != _ROW * size:
        _refuse()

    def dictionary(number: int) -> dict[bytes, Value]:
        if not 0 < number < size:
            _refuse()
        return _dictionary(raw_sealed, number, int(table[_ROW * number : _ROW * number + 10]))

    root = int(end["root"])
    catalog = dictionary(root)
    kids = dictionary(_reference(catalog.get(b"/Pages"))).get(b"/Kids")
    if not isinstance(kids, list) or not kids:
        _refuse()
    page, form = _reference(kids[0]), _reference(catalog.get(b"/AcroForm"))
    identifier = bytes.fromhex(end["id"].decode("ascii"))
    return SealedObjects(
        size, int(end["at"]), identifier, root, page, form, catalog, dictionary(page), dictionary(form)
    )


def spelling(value: Value) -> bytes:
    """A pattern of the one way to write a value anew: a space between the items of an array, a line for each entry of a
    dictionary, in their order. Strings alone have two spellings, hexadecimal and literal."""
    if isinstance(value, dict):
        return (
            b"<<\n"
            + b"".join(re.escape(key) + b" " + spelling(one) + b"\n" for key, one in value.items())
            + b">>"
        )
    if isinstance(value, list):
        return rb"\[" + b"".join(b" " + spelling(one) for one in value) + rb" \]"
    if isinstance(value, Words):
        ways = [b"<%s>" % value.raw.hex().encode("ascii"), *map(_literal, _encodings(value.raw))]
        return b"(?:" + b"|".join(map(re.escape, ways)) + b")"
    return re.escape(value)


def _encodings(raw: bytes) -> list[bytes]:
    """The bytes, and, when they are UTF-16, the same words in ASCII."""
    if not raw.startswith(_UTF16):
        return [raw]
    words = raw[2:].decode("utf-16-be", "replace")
    return [raw, words.encode("ascii")] if words.isascii() and words.isprintable() else [raw]


def _literal(raw: bytes) -> bytes:
    plain = (bytes((one,)) for one in raw)
    return (
        b"(" + b"".join(one if one.isalnum() or one == b" " else b"\\%03o" % one[0] for one in plain) + b")"
    )


def _reference(value: Value | None) -> int:
    if not isinstance(value, bytes) or not value.endswith(b" 0 R"):
        _refuse()
    return int(value[:-4])


def _dictionary(raw: bytes, number: int, at: int) -> dict[bytes, Value]:
    start = b"%d 0 obj\n" % number
    if not raw.startswith(start, at):
        _refuse()
    value, end = _value(raw, at + len(start), _MAX_DEPTH)
    if not isinstance(value, dict) or not raw.startswith(b"\nendobj\n", end):
        _refuse()
    return value


def _value(raw: bytes, at: int, depth: int) -> tuple[Value, int]:
    token = _TOKEN.match(raw, at)
    if token is None or depth == 0:
        _refuse()
    at = token.end()
    if token["mark"] == b"<<":
        return _entries(raw, at, depth)
    if token["mark"] == b"[":
        found: list[Value] = []
        while (closing := _closes(raw, at, b"]")) is None:
            one, at = _value(raw, at, depth - 1)
            found.append(one)
        return found, closing
    if token["mark"] is not None:
        _refuse()
    if token["hex"] is not None:
        return Words(bytes.fromhex(token["hex"].decode("ascii"))), at
    if token["literal"] is not None:
        return Words(token["literal"]), at
    return token["name"] or token["plain"], at


def _entries(raw: bytes, at: int, depth: int) -> tuple[Value, int]:
    found: dict[bytes, Value] = {}
    while (closing := _closes(raw, at, b">>")) is None:
        key, at = _value(raw, at, depth - 1)
        if not isinstance(key, bytes) or not key.startswith(b"/") or key in found:
            _refuse()
        found[key], at = _value(raw, at, depth - 1)
    return found, closing


def _closes(raw: bytes, at: int, mark: bytes) -> int | None:
    token = _TOKEN.match(raw, at)
    return token.end() if token is not None and token["mark"] == mark else None


def _refuse() -> NoReturn:
    raise PdfGrammarError("not as the authority writes it")
