"""The attacks on certificate files: what the forger does, and the verdict. docs/attacks-on-files.md is written from it.

Names of published classes: incremental saving (ISA), signature wrapping (SWA), universal forgery (USF), shadow, evil
annotation (EAA) and sneaky signature (SSA) attacks, after Mladenov et al. 2019 and Mainka et al. 2021.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.document.attacks import appending, bombs, copies, sealing, wrapping
from tests.document.attacks.archive_table import ARCHIVE_ATTACKS

ALTERED, FORGED = "document-altered", "document-forged"
DIFFERS, UNKNOWN_KEY = "printed-differs", "document-key-unknown"
NOT_ORIGINAL, RESAVED = "document-not-original", "document-resaved"
NOT_EXAMINED, UNREADABLE = "document-not-examined", "document-unreadable"
FAILED, UNDETERMINED = "failed", "undetermined"


@dataclass(frozen=True, slots=True)
class FileAttack:
    """One construction. `code` is among the findings; `also` too, where a second one matters.

    `on_line`: the code instead, where the authority looks into the file and holds it against the original that it keeps.
    """

    name: str
    does: str
    make: Callable[[], bytes]
    verdict: str
    code: str
    also: str = ""
    on_line: str = ""


def _failing(
    name: str, does: str, make: Callable[[], bytes], code: str = ALTERED, also: str = ""
) -> FileAttack:
    return FileAttack(name, does, make, FAILED, code, also)


def _open(
    name: str, does: str, make: Callable[[], bytes], code: str, also: str = "", on_line: str = ""
) -> FileAttack:
    return FileAttack(name, does, make, UNDETERMINED, code, also, on_line)


def _saved_again(name: str, does: str, make: Callable[[], bytes], on_line: str = RESAVED) -> FileAttack:
    return _open(name, does, make, NOT_ORIGINAL, on_line=on_line)


APPENDED = (
    _failing(
        "incremental update",
        "appends a revision with another page content",
        appending.other_content,
        also=DIFFERS,
    ),
    _failing("empty revision", "appends a revision that changes nothing", appending.empty_revision),
    _failing(
        "shadow hide", "appends a revision that takes away what covered hidden words", appending.uncovered
    ),
    _failing(
        "shadow replace",
        "appends a revision with another font, so that the same codes look different",
        appending.other_font,
    ),
    _failing(
        "shadow hide and replace",
        "appends a catalogue that leads to a second page tree",
        appending.second_tree,
    ),
    _failing("evil annotation", "appends a free-text annotation over the name", appending.annotation),
    _failing(
        "sneaky signature",
        "appends a signature field whose appearance covers the name",
        appending.sneaky_field,
    ),
    _failing("form overlay", "appends a text field filled with another name", appending.text_field),
    _failing(
        "incremental saving without a table",
        "appends objects and no cross-reference table",
        appending.without_table,
    ),
    _failing(
        "incremental saving with a trailer alone", "appends objects and a trailer", appending.trailer_alone
    ),
    _failing(
        "incremental saving with a copied signature",
        "appends objects and the signature once more",
        appending.signature_again,
    ),
    _failing("junk behind the end", "appends bytes that no reader looks at", appending.junk),
    _failing("second end mark", "appends another %%EOF", appending.second_end),
    _failing("object stream", "appends the page in an object stream", appending.object_stream),
    _failing("duplicate object", "writes the page's object twice", appending.duplicate_object),
    _failing(
        "table to somewhere else",
        "appends a cross-reference table over the old objects",
        appending.other_table,
    ),
    _failing("hybrid table", "appends a table with a hidden cross-reference stream", appending.hybrid_table),
    _failing("loop of tables", "appends a table whose /Prev is itself", appending.loop_of_tables),
    _failing(
        "validation material with a passenger",
        "appends a DSS and, with it, another page content",
        appending.dss_with_content,
    ),
    _failing(
        "archive object, drawn over",
        "appends an annotation to an archive object",
        appending.archive_drawn_over,
    ),
    _failing("archive object with junk", "appends bytes to an archive object", appending.archive_with_junk),
)
ARCHIVED = tuple(_failing(name, does, make) for name, does, make in ARCHIVE_ATTACKS)
WRAPPED = (
    _failing("universal forgery: no byte range", "takes /ByteRange out", wrapping.no_byte_range),
    _failing(
        "universal forgery: empty byte range", "puts nothing into /ByteRange", wrapping.empty_byte_range
    ),
    _failing(
        "universal forgery: negative byte range",
        "puts negative numbers into /ByteRange",
        wrapping.negative_byte_range,
    ),
    _failing("universal forgery: no contents", "empties /Contents", wrapping.no_contents),
    _failing("universal forgery: zeros", "puts zeros into /Contents", wrapping.zero_contents),
    _failing("universal forgery: no value", "takes the signature from its field", wrapping.no_value),
    _failing("signature wrapping", "moves the signed end away and puts objects between", wrapping.wrapped),
    _failing(
        "byte range from the middle", "lets the byte range begin after the head", wrapping.from_the_middle
    ),
    _failing("byte range that overlaps", "lets both parts of the byte range overlap", wrapping.overlapping),
    _failing("byte range that ends early", "shortens the byte range and changes the rest", wrapping.short),
    _failing("two byte ranges", "writes a second /ByteRange", wrapping.second_range),
    _failing("changed contents", "changes one digit of /Contents", wrapping.changed_contents),
    _failing("changed link", "puts another address over the QR symbol", wrapping.changed_link),
    _failing("changed word", "changes a byte of the page's text", wrapping.changed_text),
    _failing("changed metadata", "changes a byte of the embedded e-licence", wrapping.changed_head),
    _failing("permission raised", "lets DocMDP allow filling in", wrapping.more_allowed),
    _failing("truncated", "cuts the last bytes off", wrapping.truncated),
    _open("cut in half", "keeps the first half", wrapping.cut_in_half, NOT_EXAMINED),
)
SEALED = (
    _failing(
        "look-alike CA", "seals with a certificate that claims the key of our CA", sealing.look_alike, FORGED
    ),
    _open(
        "stranger's seal",
        "seals a copy of the page with a CA of the same name",
        sealing.stranger_seal,
        UNKNOWN_KEY,
    ),
    _failing(
        "stranger's seal over another name",
        "prints another name beside a genuine QR symbol and seals that",
        sealing.stranger_name,
        DIFFERS,
    ),
    _failing(
        "certificate exchanged",
        "puts another certificate into the genuine signature",
        sealing.exchanged_certificate,
    ),
    _failing(
        "invented record",
        "prints a QR record signed by a key that calls itself ours",
        sealing.invented_record,
        "record-forged",
    ),
)
COPIED = (
    _saved_again("saved again by qpdf", "opens the file and saves it", copies.by_qpdf),
    _saved_again("saved again by pypdf", "opens the file and saves it", copies.by_pypdf),
    _saved_again("saved again with object streams", "packs the file anew", copies.packed),
    _saved_again("saved again for the web", "linearizes the file", copies.linearized),
    _saved_again(
        "picture over the name",
        "draws the picture of another name into the page, and saves the file again",
        copies.name_covered,
        ALTERED,
    ),
    _saved_again(
        "picture before the page",
        "puts the picture of an edited certificate before the genuine page",
        copies.picture_before,
        ALTERED,
    ),
    _saved_again(
        "fields that no record carries",
        "draws another specialty, sex, birth, committee and unit, keeps the broken seal",
        copies.unsigned_fields,
        ALTERED,
    ),
    _failing(
        "manual code edited",
        "draws the manual code of another certificate, keeps the broken seal",
        copies.other_code,
        DIFFERS,
        ALTERED,
    ),
    _open("printed to PDF", "prints the page to a picture in a new file", copies.printed, NOT_ORIGINAL),
    _open("screenshot", "photographs the screen, badly", copies.screenshot, NOT_ORIGINAL),
    _open("page drawn anew", "draws the same page without a seal", copies.drawn, NOT_ORIGINAL),
    _failing(
        "name edited",
        "draws the page with another name, the QR symbol left alone",
        copies.other_name,
        DIFFERS,
    ),
    _failing(
        "name edited and saved again",
        "draws another name, keeps the broken seal",
        copies.other_name_resaved,
        DIFFERS,
        ALTERED,
    ),
    _failing("title edited", "draws the page with a higher title", copies.other_title, DIFFERS),
    _failing("ID edited", "draws the page with the last characters of another ID", copies.other_id, DIFFERS),
    _failing(
        "another's QR symbol",
        "pastes a colleague's QR symbol and link over the own",
        copies.others_symbol,
        DIFFERS,
    ),
    _failing(
        "area taken away", "draws a dual-directed certificate without its area", copies.without_area, DIFFERS
    ),
    _failing(
        "link to another record",
        "keeps the QR symbol, leads the link to another's record",
        copies.other_link,
        "document-link-differs",
    ),
    _open(
        "link to another site",
        "keeps the QR symbol, leads the link to a site that asks for data",
        copies.phishing_link,
        NOT_ORIGINAL,
        "foreign-address",
    ),
    _open("two certificates in one file", "puts two pages together", copies.two_pages, "qr-several"),
    _failing(
        "saved again with an overlay", "saves the file with a stamp over the name", copies.resaved_overlay
    ),
    _failing(
        "saved again with a script",
        "saves the file with a script that runs at opening",
        copies.resaved_script,
        ALTERED,
        "document-active-content",
    ),
    _open(
        "program behind the page",
        "draws the page with a button that starts a program",
        copies.launching,
        NOT_ORIGINAL,
        "document-active-content",
    ),
    _open(
        "hidden text",
        "lays the right words invisibly over the picture of a wrong page",
        copies.hidden_text,
        NOT_ORIGINAL,
    ),
    _open("encrypted", "encrypts the file with an empty password", copies.encrypted, "document-encrypted"),
)
BOMBS = (
    _open("flate bomb", "a page of a hundred megabytes in one", bombs.flate, NOT_ORIGINAL),
    _open("flate bomb, twice", "packs the bomb once more", bombs.flate_twice, NOT_ORIGINAL),
    _open("page tree in a circle", "lets the page tree contain itself", bombs.page_loop, NOT_ORIGINAL),
    _open("deep nesting", "nests arrays fifty thousand deep", bombs.nested, NOT_EXAMINED),
    _open("huge table", "announces ten million objects", bombs.huge_table, NOT_ORIGINAL),
    _open("forms in a circle", "lets two drawings draw each other", bombs.recursive_forms, NOT_ORIGINAL),
    _open("many pages", "twenty thousand pages", bombs.many_pages, NOT_ORIGINAL),
    _open("huge page", "a page of a kilometre", bombs.huge_page, NOT_ORIGINAL),
    _failing(
        "bomb behind a genuine head", "begins like a certificate, ends as a bomb", bombs.behind_head, ALTERED
    ),
    _failing("bomb appended to an original", "appends a bomb as a revision", bombs.appended_bomb),
    _open("too large", "more bytes than any certificate has", bombs.too_large, UNREADABLE),
)
STRANGE = (
    _open("picture", "sends a PNG", copies.png, UNREADABLE),
    _open(
        "archive before a certificate",
        "puts a ZIP file before the certificate",
        copies.zip_polyglot,
        UNREADABLE,
    ),
    _open(
        "web page before a certificate", "puts HTML before the certificate", copies.html_polyglot, UNREADABLE
    ),
    _open("nothing", "sends an empty file", bytes, UNREADABLE),
    _open("head alone", "sends a first line and signs at random", copies.noise, NOT_EXAMINED),
)
FILE_ATTACKS = (*APPENDED, *ARCHIVED, *WRAPPED, *SEALED, *COPIED, *BOMBS, *STRANGE)
