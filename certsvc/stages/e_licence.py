"""The e-licence 电子证照 in a certificate's document: its metadata as an embedded file (docs/formats/e-licence.md)."""

from __future__ import annotations

from certsvc.domain.certificate import CertificateContent
from certsvc.domain.e_licence import ELicenceCodes
from certsvc.formats.e_licence import describe_e_licence, encode_e_licence


def e_licence_attachment(content: CertificateContent, codes: ELicenceCodes, *, full_id: bool) -> bytes:
    """The bytes of `e-licence.json` for the certificate's document, which shows the document number as its face does."""
    award = content.award
    holder_code = award.document.printed(whole=full_id)
    return encode_e_licence(describe_e_licence(content, codes, name=award.name, holder_code=holder_code))
