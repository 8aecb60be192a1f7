"""Here is a PDF, is it real? The whole procedure over an uploaded file (docs/formats/document.md, Checking a file).

The numbers are those of that page. Nothing but the strict check, over the whole file or over its sealed revision, makes
a file genuine; what the sandbox says can take that away, and explains everything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from certverify import document
from certverify.codes import Code
from certverify.document import DocumentCheck, SealedRevision
from certverify.errors import NotExaminedError, RecordAlteredError, RecordUnreadableError, SandboxBusyError
from certverify.examination import Examination
from certverify.pdf_comparison import agrees_throughout, compare, differs, read_pages
from certverify.pdf_findings import Changes, Coverage, FoundSignature, Picture, Reading, Signer
from certverify.pdf_sandbox import Inspector
from certverify.record import HistoricalRecord, Record, decode_record
from certverify.verdict import Authentic

_TEXT_LINK = re.compile(r"https?://[!-~]{1,200}#[0-9A-Z$*+\-./:]{80,1000}")
_ONE_REVISION = re.compile(rb"\s*\d{1,7} \d{1,5} obj\b.*\bstartxref\s+\d{1,7}\s+%%EOF\r?\n?", re.DOTALL)
_NO_PICTURE = Picture((), None)


def examine_upload(
    exam: Examination, raw_pdf: bytes, inspector: Inspector | None
) -> Record | HistoricalRecord | None:
    """The record that a file shows, when the authority signed it; what the file itself is worth is noted in `exam`.

    `inspector` None: nothing but the strict check. Raises SandboxBusyError, for a file that is no original.
    """
    strict = document.check_document(raw_pdf, exam.trust.trust_list)  # 1
    if strict.outcome == "unreadable":
        exam.codes.append(Code.DOCUMENT_UNREADABLE)
        return None
    upload = _Upload(exam, raw_pdf, strict, inspector)
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

    def original(self, text: str, layout: str) -> Record | HistoricalRecord | None:
        """Step 1: the file is genuine. Its print is held against its record, as far as the machine has a place for that."""
        record = self.exam.examine_printed(text, layout)
        if isinstance(record, Record) and self.inspector is not None:
            try:
                reading = self.inspector.read(self.raw, ())
            except (NotExaminedError, SandboxBusyError):
                return record
            self._compare(record, reading)
        return record

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
        """Step 3, no answer: a file of our bytes with something appended may be an archive object, so nothing is said of it;
        neither of one that names no signer of ours, who may be newer than the trust list.
        """
        trust = self.exam.trust.trust_list
        if self.strict.outcome == "not-original":
            self.exam.codes.append(Code.DOCUMENT_NOT_ORIGINAL)
        elif sealed is None and (document.names_trusted_signer(self.raw, trust) or not self._is_framed()):
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
        if isinstance(record, Record):
            self._compare(record, reading)
        if picture.same is None and not reading.damaged:
            self.exam.codes.append(Code.DOCUMENT_NOT_EXAMINED)
            self._doubt()
        elif _only_kept_longer(self.raw, sealed, reading, picture):
            self.exam.codes.append(Code.DOCUMENT_ARCHIVED)
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
            saved_again = (
                agrees and quiet and self.exam.authentic is not Authentic.NO and not self._is_framed()
            )
            code = Code.DOCUMENT_RESAVED if saved_again and picture.symbols else Code.DOCUMENT_ALTERED
        code = code or Code.DOCUMENT_NOT_ORIGINAL
        if code in (Code.DOCUMENT_ALTERED, Code.DOCUMENT_FORGED):
            self.exam.reject(code)
        else:
            self.exam.codes.append(code)
            self._doubt()
        return record

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
        """Step 6: printed against signed; true when everything is printed as it was signed. Hidden text is not printed."""
        printed = read_pages(() if reading.hidden_text else reading.texts)
        rows = compare(printed, record, self.exam.trust.tables)
        self.exam.comparison = rows
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


def _only_kept_longer(raw: bytes, sealed: SealedRevision, reading: Reading, picture: Picture) -> bool:
    """Whether nothing but time stamps and validation material was appended, up to the last byte, and nothing looks different."""
    if not reading.signatures or reading.active or reading.overlays or picture.same is not True:
        return False
    first, *stamps = reading.signatures
    if (first.signer, first.whole, first.stamp, first.ends_at) != (
        Signer.TRUSTED,
        True,
        False,
        sealed.length,
    ):
        return False
    if (first.coverage, first.changes) != (Coverage.REVISION, Changes.LONG_TERM):
        return False
    if not all(one.stamp and one.whole and one.changes is not Changes.OTHER for one in stamps):
        return False
    if not stamps:
        return False
    tail = raw[stamps[-1].ends_at :]
    once = tail.count(b"%%EOF") == tail.count(b"startxref") == 1 and b"/DSS" in tail
    return not tail or (once and _ONE_REVISION.fullmatch(tail) is not None)


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
