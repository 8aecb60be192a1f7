"""Archive objects by a forger: each is right in everything but one thing, its time stamps and its table included."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from functools import cache, partial
from hashlib import sha256
from io import BytesIO

from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.timestamps.api import TimeStamper
from pyhanko.sign.validation import DocumentSecurityStore

from certsvc.adapters.archive.material import decode_revocation_lists
from certsvc.adapters.archive.revisions import RevisionWriter
from certsvc.domain.archive_object import ArchiveLevel
from tests.document.attacks.appending import WHITE
from tests.document.attacks.forging import objects_of, stream
from tests.document.attacks.scene import genuine
from tests.support.archive_objects import STAMPED, world
from tests.support.timestamp_server import Behaviour, TimestampAuthority, Unit

Bodies = dict[int, bytes]
Change = Callable[[Bodies], None]
NAME = b"[ 140 415 340 445 ]"
ROOT, PAGES, PAGE, FORM, FONT, METADATA = 1, 2, 3, 15, 6, 97
FIELD, VALUE, FREE = 103, 104, 105
_OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj\n", re.DOTALL)
_CONTENTS = re.compile(rb"/Contents <([0-9A-F]+)>\n(/ByteRange \[[^\]]*\] *)\n")
_LOOK = b"1 g 0 0 200 30 re f 0 g BT /H 20 Tf 5 8 Td (LIN DAWEI) Tj ET"
APPEARANCE = (
    b"<<\n/Type /XObject\n/Subtype /Form\n/BBox [ 0 0 200 30 ]\n/Resources <<\n/Font <<\n/H <<\n/Type /Font\n/Subtype /Type1\n"
    b"/BaseFont /Helvetica\n>>\n>>\n>>\n/Length %d\n>>\nstream\n%s\nendstream" % (len(_LOOK), _LOOK)
)


@cache
def nobody() -> tuple[TimestampAuthority, Unit]:
    """A time-stamp authority that no one knows."""
    authority = TimestampAuthority(STAMPED, "无人知晓的时间戳")
    return authority, authority.unit(authority.start, timedelta(days=540))


@cache
def stamped() -> bytes:
    """The B-T archive object of the genuine certificate."""
    grown = world().writer(STAMPED).raise_to(genuine(), None, ArchiveLevel.B_T)
    assert isinstance(grown, bytes)
    return grown


@cache
def stored() -> bytes:
    """A B-LT object of it, with the material of the time stamp."""
    authority, unit = world().authorities[0], world().units[0]
    certificates = [
        asn1_x509.Certificate.load(one.public_bytes(Encoding.DER))
        for one in (authority.root, unit.certificate)
    ]
    writer, grown = RevisionWriter(BytesIO(stamped())), BytesIO()
    lists = decode_revocation_lists(authority.revocation_list())
    DocumentSecurityStore.supply_dss_in_writer(writer, None, certs=certificates, crls=lists)
    writer.write(grown)
    return grown.getvalue()


@cache
def stamped_twice() -> bytes:
    """A B-LTA object of it."""
    grown = world().writer(STAMPED).raise_to(stored(), ArchiveLevel.B_LT, ArchiveLevel.B_LTA)
    assert isinstance(grown, bytes)
    return grown


def bodies_of(raw: bytes, before: bytes) -> Bodies:
    """The objects of the last revision."""
    return {int(number): body for number, body in _OBJECT.findall(raw, len(before))}


def revised(
    before: bytes,
    bodies: Bodies,
    *,
    between: bytes = b"",
    trailer: bytes = b"",
    places: dict[int, int] | None = None,
    short: int = 0,
    behaviour: Behaviour = Behaviour.GOOD,
    by: tuple[TimestampAuthority, Unit] | None = None,
    again: Bodies | None = None,
) -> bytes:
    """The file with one more revision as the archive writes it, and one deviation: bytes `between` both, entries of the
    `trailer`, other `places` in the table, a byte range that ends `short`, objects written `again`."""
    out, found = bytearray(before + between), {}
    for objects in (again or {}, bodies):
        for number, body in sorted(objects.items()):
            found[number] = len(out)
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    found.update(places or {})
    at, size = len(out), max([*found, objects_of(before)["free"] - 1]) + 1
    out += _table(found)
    identifier = re.findall(rb"/ID ?\[ ?<([0-9a-f]{32})>", before)[0]
    previous = int(before[before.rindex(b"startxref") + 9 : before.rindex(b"%%EOF")])
    out += b"trailer\n<<\n/Size %d\n/Root 1 0 R\n%s/ID [ <%s> <%s> ]\n/Prev %d\n>>\n" % (
        size,
        trailer,
        identifier,
        identifier[::-1],
        previous,
    )
    out += b"startxref\n%d\n%%%%EOF\n" % at
    return _sealed(out, len(before), short, behaviour, by or (world().authorities[0], world().units[0]))


def _table(found: dict[int, int]) -> bytes:
    runs: list[list[int]] = [[0]]
    for number in sorted(found):
        if number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    rows = {0: b"0000000000 65535 f \n", **{one: b"%010d 00000 n \n" % place for one, place in found.items()}}
    return b"xref\n" + b"".join(
        b"%d %d\n" % (run[0], len(run)) + b"".join(map(rows.__getitem__, run)) for run in runs
    )


def _sealed(
    out: bytearray, start: int, short: int, behaviour: Behaviour, by: tuple[TimestampAuthority, Unit]
) -> bytes:
    """With a time stamp over all of it, when there is a place for one."""
    place = _CONTENTS.search(out, start)
    if place is None:
        return bytes(out)
    first, last = place.start(1) - 1, place.end(1) + 1
    covered = b"/ByteRange [0 %d %d %d]" % (first, last, len(out) - last - short)
    out[place.start(2) : place.end(2)] = covered.ljust(place.end(2) - place.start(2))
    digest = sha256(out[:first] + out[last : len(out) - short]).digest()
    nonce, request = TimeStamper(include_nonce=True).request_cms(digest, "sha256")
    assert nonce
    authority, unit = by
    authority.now = lambda: STAMPED
    answer = tsp.TimeStampResp.load(authority.answer(request.dump(), unit, behaviour))
    token = answer["time_stamp_token"].dump().hex().upper().encode()
    out[first + 1 : last - 1] = token.ljust(last - first - 2, b"0")
    return bytes(out)


def with_stamp(change: Change | None = None, **other: object) -> bytes:
    """The genuine certificate with one time stamp, and a change under it."""
    bodies = bodies_of(stamped(), genuine())
    if change is not None:
        change(bodies)
    return revised(genuine(), bodies, **other)  # type: ignore[arg-type]


def with_store(change: Change | None = None, **other: object) -> bytes:
    """The archive object with its validation material, and a change beside it."""
    bodies = bodies_of(stored(), stamped())
    if change is not None:
        change(bodies)
    return revised(stamped(), bodies, **other)  # type: ignore[arg-type]


def by_nobody() -> bytes:
    """A time stamp of an authority that nobody knows, otherwise right: it adds nothing, and takes nothing away."""
    return with_stamp(by=nobody())


def replaced(number: int, old: bytes, new: bytes) -> Change:
    """One place of one object written otherwise."""

    def change(bodies: Bodies) -> None:
        assert bodies[number].count(old) == 1, (number, old)
        bodies[number] = bodies[number].replace(old, new)

    return change


def entry(number: int, text: bytes) -> Change:
    """One entry more in a dictionary."""
    return lambda bodies: bodies.update({number: bodies[number][: -len(b"\n>>")] + b"\n" + text + b"\n>>"})


def placed(number: int, body: bytes) -> Change:
    """One object more, or in the place of another."""
    return lambda bodies: bodies.update({number: body})


def both(*changes: Change) -> Change:
    """One after the other."""

    def change(bodies: Bodies) -> None:
        for one in changes:
            one(bodies)

    return change


def _drawn(flags: bytes) -> Change:
    """The field of the time stamp is a white box with another name, in a place that only some readers understand; the
    signature dictionary leads to all of it, as if it were a parameter of the seal."""
    reference = b"/Reference [ <<\n/TransformParams %d 0 R\n>> <<\n/TransformParams %d 0 R\n>> ]" % (
        FREE,
        FREE + 1,
    )
    return both(
        replaced(FIELD, b"/Rect [ 0 0 0 0 ]", b"/Rect [ %d 0 R 415 340 445 ]" % (FREE + 1)),
        replaced(FIELD, b"/F 132", b"/F " + flags),
        entry(FIELD, b"/AP <<\n/N %d 0 R\n>>" % FREE),
        entry(VALUE, reference),
        placed(FREE, APPEARANCE),
        placed(FREE + 1, b"140"),
    )


drawn = partial(with_stamp, _drawn(b"4"))
drawn_for_screens = partial(with_stamp, _drawn(b"36"))
place_alone = partial(with_stamp, replaced(FIELD, b"[ 0 0 0 0 ]", NAME))
appearance_alone = partial(
    with_stamp, both(entry(FIELD, b"/AP <<\n/N %d 0 R\n>>" % FREE), placed(FREE, APPEARANCE))
)
frame_alone = partial(with_stamp, entry(FIELD, b"/MK <<\n/BG [ 1 1 1 ]\n>>"))
field_action = partial(with_stamp, entry(FIELD, b"/AA <<\n/E <<\n/S /Named\n/N /NextPage\n>>\n>>"))
parameters_alone = partial(with_stamp, entry(VALUE, b"/Reference [ <<\n/TransformParams 6 0 R\n>> ]"))
title_in_trailer = partial(
    with_stamp, placed(FREE, b"<<\n/Title (Lin Dawei)\n>>"), trailer=b"/Info %d 0 R\n" % FREE
)
title_in_metadata = partial(
    with_stamp,
    placed(
        METADATA,
        b"<<\n/Type /Metadata\n/Subtype /XML\n/Length 61\n>>\nstream\n"
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><title/>Lin</x:xmpmeta>  \nendstream',
    ),
)
second_page = partial(
    with_stamp,
    both(
        placed(PAGES, b"<<\n/Type /Pages\n/Kids [ 3 0 R %d 0 R ]\n/Count 2\n>>" % FREE),
        placed(FREE, b"<<\n/Type /Page\n/Parent 2 0 R\n/MediaBox [ 0 0 600 400 ]\n>>"),
    ),
)
replaced_font = partial(
    with_stamp, placed(FONT, b"<<\n/Type /Font\n/Subtype /Type1\n/BaseFont /Helvetica\n>>")
)
other_language = partial(with_stamp, replaced(ROOT, rb"(zh\055CN)", rb"(en\055US)"))
opening_action = partial(with_stamp, entry(ROOT, b"/OpenAction [ 3 0 R /XYZ 0 0 9 ]"))
layers = partial(with_stamp, entry(ROOT, b"/OCProperties <<\n/OCGs [ ]\n/D <<\n>>\n>>"))
turned = partial(with_stamp, entry(PAGE, b"/Rotate 180"))
other_contents = partial(with_stamp, replaced(PAGE, b"/Contents [ 4 0 R ", b"/Contents [ "))
form_appearances = partial(with_stamp, entry(FORM, b"/NeedAppearances true"))
second_field = partial(
    with_stamp,
    both(
        replaced(PAGE, b" 103 0 R ]", b" 103 0 R 105 0 R ]"),
        replaced(FORM, b" 103 0 R ]", b" 103 0 R 105 0 R ]"),
        placed(
            FREE,
            b"<<\n/FT /Sig\n/T (S)\n/Type /Annot\n/Subtype /Widget\n/F 132\n/Rect [ 0 0 0 0 ]\n/P 3 0 R\n>>",
        ),
    ),
)
passenger = partial(with_stamp, placed(FREE, stream(WHITE)))
lines_between = partial(with_stamp, between=b"\n")
comment_between = partial(with_stamp, between=b"% Lin Dawei\n")
two_spellings = partial(with_stamp, replaced(PAGE, b"/Tabs /S", b"/Tabs  /S"))
written_twice = partial(
    with_stamp, again={FONT: b"<<\n/Type /Font\n/Subtype /Type1\n/BaseFont /Helvetica\n>>"}
)
place_of_another = partial(with_stamp, places={FONT: 20})
hidden_table = partial(with_stamp, trailer=b"/XRefStm 15\n")
stamp_of_other_bytes = partial(with_stamp, behaviour=Behaviour.WRONG_IMPRINT)
stamp_wrongly_signed = partial(with_stamp, behaviour=Behaviour.WRONG_SIGNATURE)
stamp_of_a_part = partial(with_stamp, short=7)


def words_behind_the_token() -> bytes:
    """Bytes where the token is padded with zeros: no digest covers them."""
    raw = with_stamp()
    end = raw.rindex(b">\n/ByteRange")
    return raw[: end - 22] + b"4C494E20444157454900AA" + raw[end:]


def second_stamp_drawn() -> bytes:
    """An archive object with one more time stamp, which draws a name."""
    bodies = bodies_of(stamped_twice(), stored())
    field, value = sorted(bodies)[-2:]
    free = value + 1
    both(
        replaced(field, b"/Rect [ 0 0 0 0 ]", b"/Rect [ %d 0 R 415 340 445 ]" % (free + 1)),
        entry(field, b"/AP <<\n/N %d 0 R\n>>" % free),
        entry(value, b"/Reference [ <<\n/TransformParams %d 0 R\n>> ]" % free),
        placed(free, APPEARANCE),
        placed(free + 1, b"140"),
    )(bodies)
    return revised(stored(), bodies)


def _certificate() -> int:
    """The number of the first certificate of the store."""
    return min(number for number in bodies_of(stored(), stamped()) if number > VALUE)


def _damaged_certificate(bodies: Bodies) -> None:
    number = _certificate()
    bodies[number] = bodies[number][: -len(b"\nendstream") - 1] + b"\x00\nendstream"


def _no_certificate(bodies: Bodies) -> None:
    bodies[_certificate()] = b"<<\n/Length %d\n>>\nstream\n%s\nendstream" % (len(WHITE), WHITE)


store_over_the_font = partial(
    with_store, placed(FONT, b"<<\n/Type /Font\n/Subtype /Type1\n/BaseFont /Courier\n>>")
)
store_over_the_form = partial(with_store, placed(FORM, b"<<\n/Fields [ 16 0 R 103 0 R ]\n/SigFlags 0\n>>"))
store_over_the_stamp = partial(with_store, placed(VALUE, b"null"))
store_with_damage = partial(with_store, _damaged_certificate)
store_without_certificate = partial(with_store, _no_certificate)
store_and_title = partial(with_store, placed(120, b"<<\n/Title (Lin Dawei)\n>>"), trailer=b"/Info 120 0 R\n")


def store_alone() -> bytes:
    """Validation material behind an original without any time stamp."""
    writer, grown = RevisionWriter(BytesIO(genuine())), BytesIO()
    root = asn1_x509.Certificate.load(world().authorities[0].root.public_bytes(Encoding.DER))
    DocumentSecurityStore.supply_dss_in_writer(writer, None, certs=[root])
    writer.write(grown)
    return grown.getvalue()
