"""Stage `sign`: drafts become sealed certificates. Nothing is signed without a permit, nothing leaves unverified.

1. The draft is linted: its bytes are canonical and its commitment opens. Only then is there a permit.
2. The permit is used up by one signature over the QR record; the signature is verified right after it was made.
3. The document is written, signed and verified by its writer, and kept in the archive.
4. Record and digest are stored, and the ledger event queued, in one transaction of the store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from certsvc.domain.corridor import Draft, SealedCertificate
from certsvc.domain.page_face import certificate_page
from certsvc.errors import ConfigurationError, IntegrityError, UnavailableError
from certsvc.formats.commitment import commit
from certsvc.formats.content import encode_content
from certsvc.formats.manual_code import manual_code
from certsvc.formats.record import QrRecord, record_text
from certsvc.ports import CertificateStore, Clock, DocumentArchive, DocumentWriter, RecordSigner
from certsvc.stages.document_keeping import keep_document
from certsvc.stages.e_licence import e_licence_attachment
from certsvc.stages.face import FaceStyle, compose_face
from certsvc.stages.record_signing import sign_record


class SigningPermit:
    """The right to sign one draft once; made only by `lint`."""

    def __init__(self, draft: Draft) -> None:
        self._draft: Draft | None = draft

    def use(self) -> Draft:
        """The draft. Raises IntegrityError the second time."""
        if self._draft is None:
            raise IntegrityError("签章许可只能使用一次，已停止处理。")
        draft, self._draft = self._draft, None
        return draft


def lint(draft: Draft) -> SigningPermit:
    """A permit for a draft that is whole. Raises IntegrityError when stored bytes and content disagree."""
    if (
        encode_content(draft.content) != draft.payload
        or commit(draft.salt, draft.payload) != draft.commitment
    ):
        raise IntegrityError(f"待签发证书 {draft.content.number} 的内容与存档不一致，已停止签章。")
    return SigningPermit(draft)


@dataclass(frozen=True, slots=True)
class Sealing:
    """What sealing needs from the world."""

    store: CertificateStore
    archive: DocumentArchive
    clock: Clock
    signer: RecordSigner
    writer: DocumentWriter
    style: FaceStyle

    def seal(self, filing: str, most: int) -> int:
        """Seal up to `most` drafts of a filing; how many were sealed. Run again after a kill, it makes equal documents.

        What was sealed before a signature could not be had is stored: when signing goes on, it may be with another key.
        """
        sealed: list[SealedCertificate] = []
        try:
            for draft in self.store.drafts(filing, most):
                permit = lint(draft)
                sealed.append(self.seal_one(permit))
        except (UnavailableError, ConfigurationError):
            self._store(sealed)
            raise
        self._store(sealed)
        return len(sealed)

    def _store(self, sealed: Sequence[SealedCertificate]) -> None:
        if sealed:
            self.store.seal(sealed, self.clock.now())

    def seal_corrections(self, most: int) -> int:
        """Seal up to `most` drafts of corrected versions; how many this call sealed. Others may do the same meanwhile."""
        drafts = self.store.corrections(most)
        return sum(self.store.seal_correction(self.seal_one(lint(one)), self.clock.now()) for one in drafts)

    def seal_one(self, permit: SigningPermit) -> SealedCertificate:
        """Sign the record, verify it, write and keep the document."""
        draft = permit.use()
        content = draft.content
        record = sign_record(qr_record(draft), self.signer)
        face = compose_face(
            content,
            self.style,
            qr_text=record_text(record, self.style.qr_prefix),
            manual_code=manual_code(record),
        )
        attachment = e_licence_attachment(content, self.style.e_licence, full_id=self.style.full_id)
        page, place = certificate_page(face, attachment=attachment), (content.number, content.version)
        kept = keep_document(self.archive, self.writer, place, page, draft.drafted_at)
        return SealedCertificate(draft, record, kept)


def qr_record(draft: Draft) -> QrRecord:
    """The public record of a draft: what stands in the QR symbol."""
    content, award = draft.content, draft.content.award
    return QrRecord(
        number=content.number,
        version=content.version,
        slot=content.slot,
        name=award.name,
        id_last4=award.document.last4,
        series=award.series,
        title=award.title,
        level=int(award.level),
        way=award.way,
        validity_area=award.validity_area,
        acquired_on=award.acquired_on,
    )
