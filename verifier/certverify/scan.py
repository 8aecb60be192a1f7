"""A PDF that is nothing but a picture in an envelope: a scan. Its QR symbols are read, as those of a photo are."""

from __future__ import annotations

from collections.abc import Sequence

from certverify.document import check_document
from certverify.errors import NotExaminedError
from certverify.images import records_first
from certverify.pdf_findings import Picture, Reading
from certverify.pdf_sandbox import Inspector
from certverify.trust import TrustList


class RememberingInspector:
    """An inspector of one file that is asked each question once, however often the answer is needed."""

    def __init__(self, inspector: Inspector) -> None:
        self._inspector = inspector
        self._readings: dict[int, Reading] = {}
        self._pictures: dict[int, Picture] = {}

    def read(self, raw_pdf: bytes, chains: Sequence[Sequence[bytes]]) -> Reading:
        """See Inspector."""
        if len(chains) not in self._readings:
            self._readings[len(chains)] = self._inspector.read(raw_pdf, chains)
        return self._readings[len(chains)]

    def see(self, raw_pdf: bytes, sealed_length: int) -> Picture:
        """See Inspector."""
        if sealed_length not in self._pictures:
            self._pictures[sealed_length] = self._inspector.see(raw_pdf, sealed_length)
        return self._pictures[sealed_length]

    def resembles(self, raw_pdf: bytes, original: bytes) -> bool:
        """See Inspector."""
        return self._inspector.resembles(raw_pdf, original)


def scanned_texts(raw_pdf: bytes, trust: TrustList, inspector: Inspector) -> list[str] | None:
    """The QR texts on the pages of a scan, records alone where there are any; None for what is no scan.

    A scan has no text, no link, no signature and no annotation, and nothing in it comes from an original certificate.
    Raises SandboxBusyError.
    """
    strict = check_document(raw_pdf, trust)
    if strict.outcome != "not-original" and strict.code != "document-too-large":
        return None
    chains = [(key.certificate, *key.chain) for key in trust.document_keys]
    try:
        reading = inspector.read(raw_pdf, chains)
        if reading.encrypted or reading.damaged or _says_more_than_a_picture(reading):
            return None
        return records_first(symbol.text for symbol in inspector.see(raw_pdf, 0).symbols)
    except NotExaminedError:
        return None


def _says_more_than_a_picture(reading: Reading) -> bool:
    marks = (reading.links, reading.active, reading.overlays, reading.signatures, reading.hidden_text)
    return any(map(bool, marks)) or any(page.strip() for page in reading.texts)
