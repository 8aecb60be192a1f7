"""Here is a PDF, is it real? The whole procedure over an uploaded file (docs/formats/document.md, Checking a file).

The numbers are those of that page. Nothing but the strict check, over the whole file or over its sealed revision, makes
a file genuine. An original is not looked into at all; what is appended to one can take that away; the sandbox explains
everything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from certverify import document
from certverify.codes import Code
from certverify.document import DocumentCheck, SealedRevision
from certverify.errors import NotExaminedError, RecordAlteredError, RecordUnreadableError
from certverify.examination import Examination
from certverify.pdf_additions import Additions, read_additions
from certverify.pdf_comparison import (
    agrees_throughout,
    compare,
    differs,
    of_text_layer,
    read_pages,
    rows_of_original,
    said_by,
)
from certverify.pdf_findings import Changes, Coverage, FoundSignature, Picture, Reading, Signer
from certverify.pdf_sandbox import Inspector
from certverify.record import CopyTerms, HistoricalRecord, Record, decode_record
from certverify.verdict import Authentic

_TEXT_LINK = re.compile(r"https?://[!-~]{1,200}#[0-9A-Z$*+\-./:]{80,1000}")
_COMPARED = ("certificate/", "annotated-copy/")
_NOT_KEPT = "report/"
_NO_PICTURE = Picture((), None)
_SEEN_BESIDE_THE_ORIGINAL = {
    True: Code.DOCUMENT_RESAVED,
    False: Code.DOCUMENT_ALTERED,
    None: Code.DOCUMENT_NOT_ORIGINAL,
}


class KeptOriginals(Protocol):
    """Where the authority itself checks: the file that it keeps of a record."""

    def __call__(self, record: Record | HistoricalRecord, copy: CopyTerms | None) -> bytes | None:
        """Its bytes, None when there are none."""
        ...


def examine_upload(
    exam: Examination, raw_pdf: bytes, inspector: Inspector | None, kept: KeptOriginals | None = None
) -> Record | HistoricalRecord | None:
    """The record that a file shows, when the authority signed it; what the file itself is worth is noted in `exam`.

    `inspector` None: nothing but the strict check. Raises SandboxBusyError, for a file that is no original.
    """
    strict = document.check_document(raw_pdf, exam.trust.trust_list)  # 1
    if strict.outcome == "unreadable":
        exam.codes.append(Code.DOCUMENT_UNREADABLE)
        return None
    upload = _Upload(exam, raw_pdf, strict, inspector, kept)
    if strict.record_text is not None:
        return upload.original(strict.record_text, strict.layout or "")
    sealed = document.sealed_revision(raw_pdf, exam.trust.trust_list)  # 2
    try:
        reading, picture = upload.look(sealed)  # 3
    except NotExaminedError:
        upload.not_examined(sealed)
        return None
    if reading.encrypted:
        upload.encrypted()
        return None
    if reading.damaged and sealed is None:
        upload.damaged()
        return None
    if reading.active:
        exam.codes.append(Code.DOCUMENT_ACTIVE_CONTENT)
    if sealed is not None:
        return upload.continued(sealed, reading, picture)  # 4
    return upload.written_anew(reading, picture)  # 5 to 8


@dataclass(frozen=True, slots=True)
class _Upload:
    exam: Examination
    raw: bytes
    strict: DocumentCheck
    inspector: Inspector | None
    kept: KeptOriginals | None

    def original(self, text: str, layout: str) -> Record | HistoricalRecord | None:
        """Step 1: the file is genuine, and prints what was sealed."""
        record = self.exam.examine_printed(text, layout)
        if record is not None:
            self._sealed(record, SealedRevision(len(self.raw), text, layout))
        return record

    def _sealed(self, record: Record | HistoricalRecord, sealed: SealedRevision) -> None:
        """Rows of a genuine file by what it is, and its digest: neither is read from the page, whose words are applicants'."""
        if not sealed.layout.startswith(_NOT_KEPT):
            self.exam.sealed_sha256 = sha256(self.raw[: sealed.length]).hexdigest()
        if isinstance(record, Record) and sealed.layout.startswith(_COMPARED):
            self.exam.comparison = rows_of_original(self._said(record))

    def _said(self, record: Record) -> dict[str, str]:
        return said_by(record, self.exam.trust.tables, self.exam.manual_code, self.exam.copy)

    def look(self, sealed: SealedRevision | None) -> tuple[Reading, Picture]:
        """Step 3. A file that only cannot be rendered is judged by what was read. Raises NotExaminedError, SandboxBusyError."""
        if self.inspector is None:
            raise NotExaminedError("the libraries for examining files are not installed")
        chains = [(key.certificate, *key.chain) for key in self.exam.trust.trust_list.document_keys]
        reading = self.inspector.read(self.raw, chains)
        if reading.encrypted or (reading.damaged and sealed is None):
            return reading, _NO_PICTURE
        try:
            return reading, self.inspector.see(self.raw, 0 if sealed is None else sealed.length)
        except NotExaminedError:
            return reading, _NO_PICTURE

    def not_examined(self, sealed: SealedRevision | None) -> None:
        """Step 3, no answer. An original with something appended is altered unless it follows the grammar of archive objects;
        then nothing is said of it. Neither of one that names no signer of ours, who may be newer than the trust list.
        """
        trust = self.exam.trust.trust_list
        if self.strict.outcome == "not-original":
            self.exam.codes.append(Code.DOCUMENT_NOT_ORIGINAL)
        elif sealed is not None:
            if read_additions(self.raw, sealed.length) is None:
                self.exam.reject(Code.DOCUMENT_ALTERED)
        elif document.names_trusted_signer(self.raw, trust) or not self._is_framed():
            self.exam.reject(Code.DOCUMENT_ALTERED)
        self.exam.codes.append(Code.DOCUMENT_NOT_EXAMINED)

    def damaged(self) -> None:
        """Step 3: no program of the authority writes such a file, whatever its key."""
        if self.strict.outcome == "altered":
            self.exam.reject(Code.DOCUMENT_ALTERED)
        else:
            self.exam.codes.append(Code.DOCUMENT_NOT_ORIGINAL)
        self.exam.codes.append(Code.DOCUMENT_NOT_EXAMINED)

    def encrypted(self) -> None:
        """Step 3: the authority encrypts no file, and nobody can look into it."""
        self.exam.codes.append(Code.DOCUMENT_ENCRYPTED)
        if self.strict.outcome == "altered" and self._is_framed():
            self.exam.reject(Code.DOCUMENT_ALTERED)

    def _is_framed(self) -> bool:
        return document.keeps_the_frame(self.raw, self.exam.trust.trust_list)

    def continued(
        self, sealed: SealedRevision, reading: Reading, picture: Picture
    ) -> Record | HistoricalRecord | None:
        """Step 4: an original with something appended, which is an archive object, or altered."""
        record = self.exam.examine_printed(sealed.record_text, sealed.layout)
        unseen = picture.same is None and not reading.damaged
        if not unseen and _only_kept_longer(read_additions(self.raw, sealed.length), reading, picture):
            self.exam.codes.append(Code.DOCUMENT_ARCHIVED)
            if record is not None:
                self._sealed(record, sealed)
            return record
        if isinstance(record, Record):
            self._compare(record, reading)
        if unseen:
            self.exam.codes.append(Code.DOCUMENT_NOT_EXAMINED)
            self._doubt()
        else:
            self.exam.reject(Code.DOCUMENT_ALTERED)
        return record

    def written_anew(self, reading: Reading, picture: Picture) -> Record | HistoricalRecord | None:
        """Steps 5 to 8: none of our bytes as they were sealed. What its record says, and what became of it."""
        record = self._shown_record(reading, picture)  # 5
        agrees = isinstance(record, Record) and self._compare(record, reading)  # 6
        carries_ours = self.strict.outcome == "altered" or any(
            one.signer is Signer.TRUSTED and not one.whole for one in reading.signatures
        )
        code = self._other_signer(reading, record)  # 7
        if code is None and carries_ours:  # 8
            quiet = not reading.overlays and not reading.active and not self._foreign_links(reading)
            explained = agrees and quiet and self.exam.authentic is not Authentic.NO and not self._is_framed()
            if not (explained and picture.symbols):
                code = Code.DOCUMENT_ALTERED
            else:
                code = _SEEN_BESIDE_THE_ORIGINAL[self._looks_like_the_kept_one(record, reading)]
        code = code or Code.DOCUMENT_NOT_ORIGINAL
        if code in (Code.DOCUMENT_ALTERED, Code.DOCUMENT_FORGED):
            self.exam.reject(code)
        else:
            self.exam.codes.append(code)
            self._doubt()
        return record

    def _looks_like_the_kept_one(
        self, record: Record | HistoricalRecord | None, reading: Reading
    ) -> bool | None:
        """Step 8: whether the page is that of the original, seen and not read; None where nobody knows, as off line.

        Raises SandboxBusyError.
        """
        original = None if self.kept is None or record is None else self.kept(record, self.exam.copy)
        if original is None or self.inspector is None:
            return None
        try:
            return reading.pages == 1 and self.inspector.resembles(self.raw, original)
        except NotExaminedError:
            return None

    def _shown_record(self, reading: Reading, picture: Picture) -> Record | HistoricalRecord | None:
        """Step 5: the one record on the page, in the link over it and in the text; what is seen counts before what is clicked."""
        seen = _records(symbol.text for symbol in picture.symbols)
        links = _records([*reading.links, *_text_links(reading.texts)])
        if len(seen) > 1 or (not seen and len(links) > 1):
            self.exam.codes.append(Code.QR_SEVERAL)
            return None
        if seen and links.keys() - seen.keys():
            self.exam.reject(Code.DOCUMENT_LINK_DIFFERS)
        text = next(iter((seen or links).values()), None)
        if text is None:
            return None
        known, authentic = len(self.exam.codes), self.exam.authentic
        record = self.exam.examine_record(text)
        if authentic is Authentic.NO:
            self.exam.authentic = authentic
        if self._foreign_links(reading) and Code.FOREIGN_ADDRESS not in self.exam.codes[known:]:
            self.exam.codes.append(Code.FOREIGN_ADDRESS)
        return record

    def _foreign_links(self, reading: Reading) -> list[str]:
        """Links that look like those of a QR symbol and lead to an address that the authority has not published."""
        known = self.exam.trust.trust_list.qr_prefixes
        return [link for link in reading.links if "#" in link and f"{link.partition('#')[0]}#" not in known]

    def _compare(self, record: Record, reading: Reading) -> bool:
        """Step 6: the text layer against the record; true when every text is as signed. Hidden text is not read."""
        printed = read_pages(() if reading.hidden_text else reading.texts)
        rows = compare(printed, self._said(record))
        self.exam.comparison = of_text_layer(rows)
        if differs(rows):
            self.exam.reject(Code.PRINTED_DIFFERS)
        return agrees_throughout(rows)

    def _other_signer(self, reading: Reading, record: Record | HistoricalRecord | None) -> Code | None:
        """Step 7: the verdict on a file that somebody signed whom the trust list does not name."""
        signed = [one for one in reading.signatures if _covers_all(one) and one.signer is not Signer.TRUSTED]
        if any(one.signer is Signer.LOOK_ALIKE for one in signed):
            return Code.DOCUMENT_FORGED
        claims = record is not None or self.strict.outcome == "altered"
        return Code.DOCUMENT_KEY_UNKNOWN if signed and claims else None

    def _doubt(self) -> None:
        """The record may be genuine: the file was not shown to be."""
        if self.exam.authentic is Authentic.YES:
            self.exam.authentic = Authentic.UNKNOWN


def _covers_all(signature: FoundSignature) -> bool:
    return signature.whole and signature.coverage is Coverage.FILE and not signature.stamp


def _only_kept_longer(added: Additions | None, reading: Reading, picture: Picture) -> bool:
    """Whether what was appended follows the grammar of archive objects to the last byte, and the parsers, who are asked as
    well, find whole time stamps just there, no other change, and nothing that looks different."""
    if added is None or reading.damaged or reading.active or reading.overlays or picture.same is not True:
        return False
    stamps = reading.signatures[1:]
    whole = all(one.stamp and one.whole and one.changes is not Changes.OTHER for one in stamps)
    return whole and tuple(one.ends_at for one in stamps) == added.stamps


def _records(texts: Iterable[str]) -> dict[str, str]:
    """The texts that hold a record, by the record alone."""
    found: dict[str, str] = {}
    for text in texts:
        try:
            decode_record(text)
        except RecordAlteredError:
            pass
        except RecordUnreadableError:
            continue
        found.setdefault(text.rpartition("#")[2], text)
    return found


def _text_links(pages: Iterable[str]) -> list[str]:
    return [link for page in pages for link in _TEXT_LINK.findall("".join(page.split()))[:5]]
