"""One document, written and signed in one pass (docs/formats/document.md).

    head | objects of this document | signature dictionary | cross-references, trailer

The digest of the head is kept, so signing hashes only what is new. Equal input gives equal bytes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from xml.sax.saxutils import escape

from certsvc.adapters.document.cms import CONTENTS_SIZE, SignatureTemplate, padded_contents
from certsvc.adapters.document.head_objects import PAGE
from certsvc.adapters.document.layout import Layout
from certsvc.adapters.document.page import all_characters, compose_page, printed_texts, reading_order
from certsvc.adapters.document.pdf_font import SubsetFont
from certsvc.adapters.document.pdf_syntax import indirect, numbers, plain_stream, reference, stream
from certsvc.adapters.document.photo import photo_object
from certsvc.adapters.document.same_document import is_same_document
from certsvc.adapters.document.text_patterns import stamp_pattern, stamp_words
from certsvc.adapters.document_certificates import DocumentTerm
from certsvc.domain.certificate import Face
from certsvc.domain.page_face import PageFace, certificate_page
from certsvc.errors import IntegrityError
from certsvc.ports import DocumentSigner

_LEVEL = 2  # of compression: 6 saves 1 % of the file and costs a quarter more time
_RANGE_WIDTH = 32
_MARKS = {b"/ByteRange": 1, b"/Contents<": 0, b"/URI(": 1}  # what a checker looks for, wherever it stands
# The address may hold what needs no escape in a PDF string; the record is base 43 (docs/formats/qr-record.md).
_QR_TEXT = re.compile(r"(?:[!-'*-\[\]-~]{1,200}#)?[0-9A-Z$*+\-./:]{1,1000}")


class PageWriter:
    """`ports.DocumentWriter`: writes documents of one layout with one signer."""

    def __init__(self, layout: Layout, signer: DocumentSigner, terms: Sequence[DocumentTerm] = ()) -> None:
        """`terms`: of every certificate that ever signed, the signer's first; none: it has no first instant, and there was
        no other. Raises ConfigurationError when the signer's certificate does not fit the format.
        """
        always = DocumentTerm(signer.certificate, signer.chain, datetime.min.replace(tzinfo=UTC), None)
        self._layout, self._terms = layout, tuple(terms) or (always,)
        self._signature = SignatureTemplate(signer)
        self._head_digest = sha256(layout.head)

    def write(self, face: PageFace, instant: datetime) -> bytes:
        """The finished bytes; `instant` (aware) is printed nowhere, it is the signing time of the file, or else the first
        instant of the certificate: nothing is signed for a time before it.

        Raises IntegrityError when a character has no glyph, a text does not fit, the attachment is missing, or the
        signature does not verify.
        """
        page = self._unsigned(face, max(instant, self._terms[0].begins_at))
        return page.with_contents(padded_contents(self._signature.sign(page.digest)))

    def has_written(self, kept: bytes, face: PageFace, instant: datetime) -> bool:
        """See `ports.DocumentWriter`."""
        return any(self._has_signed(term, kept, face, instant) for term in self._terms)

    def _has_signed(self, term: DocumentTerm, kept: bytes, face: PageFace, instant: datetime) -> bool:
        moment = max(instant, term.begins_at)
        if not term.covers(moment):
            return False
        composed = self._unsigned(face, moment).with_contents(padded_contents(b""))
        return is_same_document(kept, composed, self._layout.head, term.certificate, term.chain)

    def _unsigned(self, face: PageFace, instant: datetime) -> _Unsigned:
        layout, moment = self._layout, instant.astimezone(UTC)
        body = _Body(len(layout.head))
        for object_number, content in _objects(layout, face, moment).items():
            body.add(object_number, content)
        start = body.end
        opening = b"%d 0 obj\n%s" % (layout.variable.signature, _signature_entries(moment))
        contents_at = start + len(opening) + _RANGE_WIDTH + len(b"/Contents")
        after_at = contents_at + 2 * CONTENTS_SIZE + 2
        closing = b">>\nendobj\n"
        after = closing + _trailer(layout, [*body.offsets, start], after_at + len(closing), face, moment)
        covered = b"%d %d %d]" % (contents_at, after_at, len(after))
        before = b"".join([*body.parts, opening, covered.ljust(_RANGE_WIDTH), b"/Contents"])
        if any(before.count(mark) != times for mark, times in _MARKS.items()):
            raise IntegrityError(f"《{face.title}》的照片或附件含有会使文件无法核验的内容，已停止制作。")
        digest = self._head_digest.copy()
        digest.update(before)
        digest.update(after)
        return _Unsigned(layout.head, before, after, digest.digest())


def write_certificate(layout: Layout, face: Face, signer: DocumentSigner, instant: datetime) -> bytes:
    """One certificate; see `PageWriter.write`. For many, keep a `PageWriter`."""
    attachment = None if layout.map.attachment is None else b"{}"
    return PageWriter(layout, signer).write(certificate_page(face, attachment=attachment), instant)


@dataclass(frozen=True, slots=True)
class _Unsigned:
    """Everything of a document but its signature, and the digest to be signed."""

    head: bytes
    rest: bytes
    after: bytes
    digest: bytes

    def with_contents(self, contents: bytes) -> bytes:
        """The file, with these digits as its `/Contents`."""
        return b"".join([self.head, self.rest, b"<", contents, b">", self.after])


@dataclass(slots=True)
class _Body:
    """Objects one after another, with their offsets in the file."""

    end: int
    parts: list[bytes]
    offsets: list[int]

    def __init__(self, start: int) -> None:
        self.end, self.parts, self.offsets = start, [], []

    def add(self, object_number: int, content: bytes) -> None:
        spelled = indirect(object_number, content)
        self.offsets.append(self.end)
        self.parts.append(spelled)
        self.end += len(spelled)


def _objects(layout: Layout, face: PageFace, moment: datetime) -> dict[int, bytes]:
    """The objects of this certificate without the signature, in the order of their numbers."""
    if not _QR_TEXT.fullmatch(face.qr_text):
        raise IntegrityError("二维码文本含有不允许的字符，已停止制作证书。")
    texts = printed_texts(layout, face)
    characters = all_characters(layout, face, texts)
    lacking = layout.store.missing(characters)
    if lacking:
        raise IntegrityError(f"字库缺字，无法排印《{face.title}》：{'、'.join(sorted(lacking))}")
    font = SubsetFont(layout.store, characters)
    numbers_ = layout.variable
    objects = {
        numbers_.document: reading_order(layout, face, texts),
        numbers_.content: stream(compose_page(layout, face, texts, font), level=_LEVEL),
        **dict(enumerate(font.objects(numbers_.font, _LEVEL), numbers_.font)),
        numbers_.metadata: plain_stream(_metadata(face, moment), b"/Type/Metadata/Subtype/XML"),
        numbers_.link: _link(layout, face),
    }
    if numbers_.photo is not None:
        objects[numbers_.photo] = photo_object(face.photo)
    if numbers_.attachment is not None:
        objects[numbers_.attachment] = _attachment(layout, face, moment)
    if numbers_.stamp is not None and layout.map.stamp is not None:
        words = stamp_words(layout.map.stamp, texts)
        objects[numbers_.stamp] = stamp_pattern(layout.map.stamp, words, font, layout.store, numbers_.font)
    return objects


def _attachment(layout: Layout, face: PageFace, moment: datetime) -> bytes:
    """The embedded file (7.11.4); its name stands in the head."""
    declared = layout.map.attachment
    if declared is None or face.attachment is None:
        raise IntegrityError(f"《{face.title}》缺少应嵌入的附件，已停止制作。")
    entries = b"/Type/EmbeddedFile/Subtype/%s/Params<</Size %d/ModDate(D:%sZ)>>" % (
        declared.media_type.replace("/", "#2F").encode("ascii"),
        len(face.attachment),
        moment.strftime("%Y%m%d%H%M%S").encode("ascii"),
    )
    return stream(face.attachment, entries, level=_LEVEL)


def _link(layout: Layout, face: PageFace) -> bytes:
    """The annotation that makes the QR symbol a link; a checker reads the record here."""
    place = layout.map.qr
    return (
        b"<</Type/Annot/Subtype/Link/F 4/P %s/Rect[%s]/Border[0 0 0]/StructParent 1/A<</S/URI/URI(%s)>>>>"
        % (
            reference(PAGE),
            numbers(place.x, place.y, place.x + place.side, place.y + place.side),
            face.qr_text.encode("ascii"),
        )
    )


def _signature_entries(moment: datetime) -> bytes:
    """The signature dictionary up to its byte range: certification, no change allowed (DocMDP P 1)."""
    return (
        b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(D:%sZ)"
        b"/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/P 1/V/1.2>>>>]"
        b"/ByteRange[0 "
    ) % moment.strftime("%Y%m%d%H%M%S").encode("ascii")


def _trailer(layout: Layout, offsets: list[int], at: int, face: PageFace, moment: datetime) -> bytes:
    size = layout.variable.signature + 1
    rows = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    name = f"{face.identity}\0{moment.isoformat()}".encode()
    identifier = sha256(name).hexdigest()[:32].encode("ascii")
    return (
        b"xref\n0 %d\n0000000000 65535 f \n%s%strailer\n<</Size %d/Root 1 0 R/ID[<%s><%s>]>>\nstartxref\n%d\n%%%%EOF\n"
    ) % (size, layout.cross_references, rows, size, identifier, identifier, at)


def _metadata(face: PageFace, moment: datetime) -> bytes:
    """The XMP packet (ISO 16684-1): title, language, dates; no claim of conformance, no personal values."""
    title = escape(face.title)
    instant = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    packet = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:xmp="http://ns.adobe.com/xap/1.0/"><dc:format>application/pdf</dc:format>'
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>'
        "<dc:language><rdf:Bag><rdf:li>zh-CN</rdf:li></rdf:Bag></dc:language>"
        f"<xmp:CreateDate>{instant}</xmp:CreateDate><xmp:ModifyDate>{instant}</xmp:ModifyDate>"
        '</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end="r"?>'
    )
    return packet.encode()
