"""Two other ways to the same document: reportlab or a pypdf overlay for the page, pyHanko for the signature.

Both are given what helps them: the font is parsed once, key and certificates are loaded once, the QR symbol has a fixed
mask and version, room for the signature is reserved, and the rosettes in the background are left out.
"""

from __future__ import annotations

import io
from pathlib import Path

from asn1crypto import keys, pem, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore
from pypdf import PdfReader, PdfWriter
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import MODE_8BIT_BYTE, MODE_ALPHA_NUM, QRData
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from certsvc.adapters.document.layout_map import LayoutMap
from certsvc.adapters.document.qr_symbol import smallest_version
from certsvc.adapters.test_ca import TestChain
from certsvc.domain.certificate import Face
from certsvc.domain.page_face import certificate_page

_FONT = "BenchSerif"
_ROOM = 8192  # bytes for the signature


class PyHankoSeal:
    """PAdES-B-B signatures by pyHanko with a key that is loaded once."""

    def __init__(self, chain: TestChain) -> None:
        _, _, key = pem.unarmor(chain.signer_key_pem)
        signer, *others = (x509.Certificate.load(der) for der in chain.certificates_der)
        store = SimpleCertificateStore()
        store.register_multiple(others[:-1])
        simple = SimpleSigner(
            signing_cert=signer, signing_key=keys.PrivateKeyInfo.load(key), cert_registry=store
        )
        metadata = PdfSignatureMetadata(
            field_name="Signature", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
        )
        self._signer = PdfSigner(metadata, simple)

    def sign(self, document: bytes) -> bytes:
        """The document with a signature."""
        signed = io.BytesIO()
        self._signer.sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(document)), bytes_reserved=_ROOM, output=signed
        )
        return signed.getvalue()


class Artist:
    """Draws a face with reportlab where the service's own layout has it."""

    def __init__(self, layout: LayoutMap, font: Path) -> None:
        self._layout = layout
        pdfmetrics.registerFont(TTFont(_FONT, str(font)))

    def whole(self, face: Face) -> bytes:
        """The whole page."""
        return self._page(face, fixed=True, variable=True)

    def template(self, face: Face) -> PdfReader:
        """The page without values, read once."""
        return PdfReader(io.BytesIO(self._page(face, fixed=True, variable=False)))

    def overlaid(self, face: Face, template: PdfReader) -> bytes:
        """The values drawn on a page of their own and merged over the template."""
        values = PdfReader(io.BytesIO(self._page(face, fixed=False, variable=True)))
        writer = PdfWriter()
        page = writer.add_page(template.pages[0])
        page.merge_page(values.pages[0])
        written = io.BytesIO()
        writer.write(written)
        return written.getvalue()

    def _page(self, face: Face, *, fixed: bool, variable: bool) -> bytes:
        layout = self._layout
        written = io.BytesIO()
        canvas = Canvas(written, pagesize=(layout.width, layout.height), pageCompression=1)
        if fixed:
            self._draw_fixed(canvas)
        if variable:
            self._draw_values(canvas, face)
        canvas.showPage()
        canvas.save()
        return written.getvalue()

    def _draw_fixed(self, canvas: Canvas) -> None:
        layout = self._layout
        canvas.rect(30, 30, layout.width - 60, layout.height - 60)
        for text in (*layout.texts_before, *layout.texts_after):
            canvas.setFont(_FONT, text.size)
            (canvas.drawCentredString if text.centred else canvas.drawString)(text.x, text.y, text.text)
        for place in layout.fields:
            canvas.setFont(_FONT, place.label_size)
            canvas.drawString(place.label_x, place.box.baseline, place.label)

    def _draw_values(self, canvas: Canvas, face: Face) -> None:
        texts = certificate_page(face).texts
        for place in self._layout.fields:
            canvas.setFont(_FONT, place.box.largest)
            canvas.drawString(place.box.left, place.box.baseline, texts[place.field])
        self._draw_symbol(canvas, face.qr_text)

    def _draw_symbol(self, canvas: Canvas, text: str) -> None:
        rows = _modules(text)
        place = self._layout.qr
        side = place.side / len(rows)
        path = canvas.beginPath()
        for up, row in enumerate(reversed(rows)):
            start = None
            for across, dark in enumerate([*row, False]):
                if dark and start is None:
                    start = across
                elif not dark and start is not None:
                    path.rect(place.x + start * side, place.y + up * side, (across - start) * side, side)
                    start = None
        canvas.drawPath(path, stroke=0, fill=1)


def _modules(text: str) -> list[list[bool | None]]:
    prefix, mark, record = text.rpartition("#")
    address = prefix + mark
    symbol = QRCode(
        version=smallest_version(len(address), len(record)),
        error_correction=ERROR_CORRECT_M,
        border=0,
        mask_pattern=3,
    )
    symbol.add_data(QRData(address.encode(), mode=MODE_8BIT_BYTE, check_data=False))
    symbol.add_data(QRData(record.encode(), mode=MODE_ALPHA_NUM, check_data=False))
    symbol.make(fit=False)
    modules: list[list[bool | None]] = symbol.modules
    return modules
