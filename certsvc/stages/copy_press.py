"""How an annotated copy comes into being: its record signed and kept, then its document written, signed and kept."""

from __future__ import annotations

from dataclasses import dataclass

from certsvc.domain.annotated_copy import AnnotatedCopy
from certsvc.domain.corridor import Draft
from certsvc.formats.manual_code import manual_code
from certsvc.formats.record import AnnotatedRecord, record_text
from certsvc.ports import DocumentArchive, DocumentWriter, RecordSigner
from certsvc.ports.annotated_copies import CopyStore
from certsvc.stages.copy_face import compose_copy
from certsvc.stages.document_keeping import keep_document
from certsvc.stages.face import FaceStyle
from certsvc.stages.record_signing import sign_record
from certsvc.stages.sign import qr_record

FIRST_AND_ONLY = 1  # the archive keeps versions; a copy has one


@dataclass(frozen=True, slots=True)
class CopyPress:
    """What printing a copy needs. Run again after a kill, it makes equal bytes: the record is kept before it is printed."""

    store: CopyStore
    archive: DocumentArchive
    signer: RecordSigner
    writer: DocumentWriter
    style: FaceStyle

    def print(self, draft: Draft, copy: AnnotatedCopy) -> str:
        """The digest of the kept document. Raises KeyNotInForce, UnavailableError: the copy waits."""
        record = self.store.record(copy.id) or self.store.keep_record(copy.id, self._signed(draft, copy))
        page = compose_copy(
            draft.content,
            copy,
            self.style,
            qr_text=record_text(record, self.style.qr_prefix),
            manual_code=manual_code(record),
        )
        place = (copy.id, FIRST_AND_ONLY)
        return keep_document(self.archive, self.writer, place, page, copy.made_at)

    def _signed(self, draft: Draft, copy: AnnotatedCopy) -> bytes:
        record = AnnotatedRecord(
            qr_record(draft), copy.id, copy.words.recipient, copy.words.purpose, copy.ends_on
        )
        return sign_record(record, self.signer)
