"""May this stand behind an original? The grammar of archive objects, byte for byte (docs/formats/archive-object.md, Grammar).

Nothing is parsed and nothing is looked up: each revision is held against the one way in which the archive writes it, given
the sealed revision before it. What is free are object numbers, tokens, certificates, lists and half a file identifier; none
of them is ever drawn. The digests of the time stamps are checked elsewhere (`pdf_signatures`), their authority nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

from certverify.errors import PdfGrammarError
from certverify.pdf_objects import SealedObjects, Value, Words, sealed_objects, spelling
from certverify.pdf_stores import require_material

MAX_REVISIONS = 24
_EXTENSIONS: Value = {
    b"/ESIC": {b"/Type": b"/DeveloperExtensions", b"/BaseVersion": b"/1.7", b"/ExtensionLevel": b"1"}
}
_ADDED = rb"(?P<added>\d{1,7}) 0 R"
_REFERENCES = rb"\[(?: \d{1,7} 0 R)+ \]"
_START = re.compile(rb"(?P<number>[1-9]\d{0,6}) 0 obj\n")
_OBJECT_END = b"\nendobj\n"
_STREAM = re.compile(rb"<<\n/Length (?P<length>[1-9]\d{0,6})\n>>\nstream\n")
_STREAM_END = b"\nendstream"
_STORE = re.compile(rb"<<\n/Certs (?P<certs>%b)\n(?:/CRLs (?P<lists>%b)\n)?>>" % (_REFERENCES, _REFERENCES))
_FIELD = (
    rb"<<\n/FT /Sig\n/T \(Timestamp\\055%d\)\n/Type /Annot\n/Subtype /Widget\n/F 132\n/Rect \[ 0 0 0 0 \]\n/P %d 0 R\n"
    rb"/TU \(Timestamp\)\n/V (?P<value>[1-9]\d{0,6}) 0 R\n>>"
)
_STAMP = re.compile(
    rb"<<\n/Contents <(?P<token>(?:[0-9A-F]{2}){64,65536})>\n"
    rb"/ByteRange (?P<range>\[0 \d{1,7} \d{1,7} \d{1,7}\] {1,60})\n"
    rb"/Type /DocTimeStamp\n/Filter /Adobe\.PPKLite\n/SubFilter /ETSI\.RFC3161\n>>"
)
_RANGE_WIDTH = 62
_WORDS_OF_THE_FORMAT = re.compile(rb"endstream|endobj|startxref|trailer|%%EOF|%PDF|\d\s+\d+\s+obj")


@dataclass(frozen=True, slots=True)
class Additions:
    """What was appended: where each time stamp's revision ends, in their order, the file's end or not."""

    stamps: tuple[int, ...]


def read_additions(raw: bytes, sealed_length: int) -> Additions | None:
    """Of a file whose first bytes are an original; None when anything else was appended, or nothing."""
    try:
        state = _State(sealed_objects(raw[:sealed_length]), sealed_length)
        for _ in range(MAX_REVISIONS):
            state = _Revision(raw, state).read()
            if state.end == len(raw):
                return Additions(state.stamps)
    except (PdfGrammarError, ValueError):
        pass
    return None


@dataclass(frozen=True, slots=True)
class _State:
    """A file up to the end of one of its revisions. `store` is the number of its document security store."""

    sealed: SealedObjects
    end: int
    size: int = 0
    table_at: int = 0
    fields: tuple[int, ...] = ()
    stamps: tuple[int, ...] = ()
    store: int | None = None
    certificates: tuple[int, ...] = ()
    lists: tuple[int, ...] = ()
    material: tuple[bytes, ...] = ()
    stamped_last: bool = False

    def __post_init__(self) -> None:
        if not self.size:
            object.__setattr__(self, "size", self.sealed.size)
            object.__setattr__(self, "table_at", self.sealed.table_at)


class _Revision:
    """One revision, read from its first byte to its last."""

    def __init__(self, raw: bytes, before: _State) -> None:
        self._raw, self._before, self._sealed = raw, before, before.sealed
        self._at = before.end
        self._newest = before.size
        self._places: dict[int, int] = {}
        self._linked: dict[int, int] = {}  # catalog, page, form: the number that it adds
        self._streams: dict[int, bytes] = {}
        self._store: tuple[int, tuple[int, ...], tuple[int, ...]] | None = None
        self._field: tuple[int, int] | None = None
        self._stamp: tuple[int, re.Match[bytes]] | None = None

    def read(self) -> _State:
        """The file with it. Raises PdfGrammarError."""
        while (start := _START.match(self._raw, self._at)) is not None:
            number = int(start["number"])
            if self._places and number <= max(self._places):
                _refuse()
            self._places[number] = self._at
            self._at = start.end()
            self._body(number)
            self._take(_OBJECT_END)
        grown = self._stamped() if self._stamp else self._stored()
        table_at = self._at
        size = self._newest + 1
        self._take(_table(self._places))
        self._take_pattern(
            b"trailer\n<<\n/Size %d\n/Root %d 0 R\n/ID \\[ %b <[0-9a-f]{32}> \\]\n/Prev %d\n>>\nstartxref\n%d\n%%%%EOF\n"
            % (
                size,
                self._sealed.root,
                spelling(Words(self._sealed.identifier)),
                self._before.table_at,
                table_at,
            )
        )
        stamps = grown.stamps
        if self._stamp:
            self._require_range(self._stamp[1])
            stamps = (*stamps, self._at)
        return replace(
            grown,
            end=self._at,
            size=size,
            table_at=table_at,
            stamps=stamps,
            stamped_last=self._stamp is not None,
        )

    def _body(self, number: int) -> None:
        before, sealed = self._before, self._sealed
        if number == sealed.root:
            entries = {key: spelling(value) for key, value in sealed.catalog.items()}
            if entries.keys() & {b"/Extensions", b"/DSS"}:
                _refuse()
            entries[b"/Extensions"] = spelling(_EXTENSIONS)
            store = _ADDED if before.store is None else b"%d 0 R" % before.store
            optional = b"(?:/DSS %b\n)" % store + (b"?" if before.store is None else b"")
            self._link(number, _dictionary(entries, optional))
        elif number == sealed.page:
            self._link(number, _longer(sealed.first_page, b"/Annots", before.fields))
        elif number == sealed.form:
            self._link(number, _longer(sealed.fields, b"/Fields", before.fields))
        elif number == before.store:
            self._store_at(number)
        elif before.size <= number <= self._newest + 1:
            self._newest = number
            self._new(number)
        else:
            _refuse()

    def _new(self, number: int) -> None:
        field = _FIELD % (len(self._before.stamps) + 1, self._sealed.page)
        if (found := _STREAM.match(self._raw, self._at)) is not None:
            end = found.end() + int(found["length"])
            content = self._raw[found.end() : end]
            if _WORDS_OF_THE_FORMAT.search(content) is not None:
                _refuse()
            self._streams[number], self._at = content, end
            self._take(_STREAM_END)
        elif self._raw.startswith(b"<<\n/Certs ", self._at):
            self._store_at(number)
        elif self._raw.startswith(b"<<\n/FT ", self._at) and self._field is None:
            self._field = number, int(self._take_pattern(field)["value"])
        elif self._stamp is None:
            found = _STAMP.match(self._raw, self._at)
            if found is None:
                _refuse()
            self._stamp, self._at = (number, found), found.end()
        else:
            _refuse()

    def _link(self, number: int, pattern: bytes) -> None:
        added = self._take_pattern(pattern).groupdict().get("added")
        self._linked[number] = 0 if added is None else int(added)

    def _store_at(self, number: int) -> None:
        found = _STORE.match(self._raw, self._at)
        if found is None or self._store is not None:
            _refuse()
        self._at = found.end()
        self._store = number, _numbers(found["certs"]), _numbers(found["lists"] or b"")

    def _stamped(self) -> _State:
        """A revision with a time stamp, and nothing else, behind the sealed one or one with material."""
        if (
            self._field is None
            or self._stamp is None
            or self._store
            or self._streams
            or self._before.stamped_last
        ):
            _refuse()
        (number, value), (stamp, found) = self._field, self._stamp
        linked = {self._sealed.page: number, self._sealed.form: number}
        if value != stamp or self._linked not in (linked, {**linked, self._sealed.root: 0}):
            _refuse()
        _require_padded(bytes.fromhex(found["token"].decode("ascii")))
        return replace(self._before, fields=(*self._before.fields, number))

    def _stored(self) -> _State:
        """A revision with validation material, and nothing else, after one with a time stamp."""
        before = self._before
        if self._store is None or self._field or not before.stamped_last:
            _refuse()
        number, certificates, lists = self._store
        linked = {} if before.store is not None else {self._sealed.root: number}
        if self._linked not in (linked, {self._sealed.root: number if before.store is None else 0}):
            _refuse()
        new_certificates = _added(before.certificates, certificates)
        new_lists = _added(before.lists, lists)
        if sorted((*new_certificates, *new_lists)) != sorted(self._streams):
            _refuse()
        material = require_material(
            before.material,
            [self._streams[one] for one in new_certificates],
            [self._streams[one] for one in new_lists],
        )
        return replace(before, store=number, certificates=certificates, lists=lists, material=material)

    def _require_range(self, stamp: re.Match[bytes]) -> None:
        """That the time stamp is one of the whole file up to the end of its revision, but for the token."""
        start, end = stamp.start("token") - 1, stamp.end("token") + 1
        if stamp["range"] != (b"[0 %d %d %d]" % (start, end, self._at - end)).ljust(_RANGE_WIDTH):
            _refuse()

    def _take(self, expected: bytes) -> None:
        if not self._raw.startswith(expected, self._at):
            _refuse()
        self._at += len(expected)

    def _take_pattern(self, pattern: bytes) -> re.Match[bytes]:
        found = re.compile(pattern).match(self._raw, self._at)
        if found is None:
            _refuse()
        self._at = found.end()
        return found


def _dictionary(entries: dict[bytes, bytes], optional: bytes = b"") -> bytes:
    return (
        b"<<\n"
        + b"".join(b"%b %b\n" % (re.escape(key), one) for key, one in entries.items())
        + optional
        + b">>"
    )


def _longer(sealed: dict[bytes, Value], key: bytes, numbers: Iterable[int]) -> bytes:
    """A sealed dictionary whose array at `key` goes on with these numbers and one more."""
    listed = sealed.get(key)
    if not isinstance(listed, list):
        _refuse()
    kept = [spelling(one) for one in (*listed, *(b"%d 0 R" % number for number in numbers))]
    entries = {name: spelling(value) for name, value in sealed.items()}
    entries[key] = rb"\[" + b"".join(b" " + one for one in (*kept, _ADDED)) + rb" \]"
    return _dictionary(entries)


def _table(places: dict[int, int]) -> bytes:
    """The cross-reference table of a revision: the head of the free list, and every object, in runs."""
    runs: list[list[int]] = [[0]]
    for number in sorted(places):
        if number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    rows = {number: b"%010d 00000 n \n" % place for number, place in places.items()}
    rows[0] = b"0000000000 65535 f \n"
    return b"xref\n" + b"".join(
        b"%d %d\n" % (run[0], len(run)) + b"".join(rows[number] for number in run) for run in runs
    )


def _numbers(array: bytes) -> tuple[int, ...]:
    return tuple(int(one) for one in re.findall(rb" (\d+) 0 R", array))


def _added(before: tuple[int, ...], now: tuple[int, ...]) -> Sequence[int]:
    """What is new; everything known stays, in its order."""
    if now[: len(before)] != before:
        _refuse()
    return now[len(before) :]


def _require_padded(contents: bytes) -> None:
    """One DER value (X.690, 8.1.3), then nothing but zeros."""
    count = contents[1] & 0x7F
    if contents[0] != 0x30 or contents[1] <= 0x80 or count > 3:
        _refuse()
    length = 2 + count + int.from_bytes(contents[2 : 2 + count], "big")
    if length > len(contents) or any(contents[length:]):
        _refuse()


def _refuse() -> NoReturn:
    raise PdfGrammarError("not what the archive appends")
