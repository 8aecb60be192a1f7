"""What is printed on an annotated copy 加注件: the certificate's own words, and over them for whom and for what the copy is."""

from __future__ import annotations

from dataclasses import replace

from certsvc.domain.annotated_copy import AnnotatedCopy
from certsvc.domain.certificate import CertificateContent
from certsvc.domain.page_face import PageFace, certificate_page
from certsvc.stages.face import FaceStyle, chinese_date, compose_face

COPY_WORD = "加注件"


def compose_copy(
    content: CertificateContent, copy: AnnotatedCopy, style: FaceStyle, *, qr_text: str, manual_code: str
) -> PageFace:
    """The page of a copy; `qr_text` and `manual_code` are those of its own record.

    Beside the fields of a certificate: `copy_id`, `recipient`, `purpose`, `ends_on` in words. The number of the identity
    document is masked, whatever the certificate shows: the copy is for somebody else's files.
    """
    masked = replace(style, full_id=False)
    page = certificate_page(compose_face(content, masked, qr_text=qr_text, manual_code=manual_code))
    words = {
        "copy_id": copy.id,
        "recipient": copy.words.recipient,
        "purpose": copy.words.purpose,
        "ends_on": chinese_date(copy.ends_on),
    }
    return replace(
        page,
        identity=f"{page.identity}\0{copy.id}",
        title=f"{COPY_WORD} {page.title}",
        texts={**page.texts, **words},
    )
