"""Finished signed PDFs with QR: our writer, beside two designs made of well-known libraries, in the same run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from itertools import cycle, islice

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bench import rivals
from bench.people import ROOT
from bench.split import milliseconds, watched
from bench.timing import Measurement, Scale, Target, elapsed, rate
from bench.versions import versions
from certsvc.adapters.document import page, pdf_syntax
from certsvc.adapters.document import writer as writer_module
from certsvc.adapters.document.cms import SignatureTemplate
from certsvc.adapters.document.glyphs import GlyphStore
from certsvc.adapters.document.layout import Layout, compile_layout
from certsvc.adapters.document.pdf_font import SubsetFont
from certsvc.adapters.document.writer import PageWriter
from certsvc.adapters.file_keys import FileDocumentSigner, FileRecordSigner
from certsvc.adapters.test_ca import TestChain, make_test_chain
from certsvc.domain.certificate import Face
from certsvc.domain.page_face import certificate_page
from certsvc.formats.manual_code import manual_code
from certsvc.formats.record import QrRecord, record_text
from certsvc.stages import record_signing

FONT = ROOT / "templates" / "fonts" / "CertificateSerifSC-Regular.ttf"
NOW = datetime(2023, 12, 14, 2, 30, tzinfo=UTC)
_FACE = Face(
    number="222023052000017X",
    version="第1版",
    name="魏昭霭",
    sex="女",
    born="1984年8月",
    id_document="居民身份证 229920********1569",
    series="工程技术人员",
    specialty="道路与桥梁工程",
    title="正高级工程师",
    level="正高级",
    way="常规评审",
    acquired="2023年9月19日",
    committee="吉林省工程系列公路工程专业高级职称评审委员会",
    announcement="吉人社职字〔2023〕101号（2023年10月20日）",
    unit="长春市北川工程有限公司（虚构）",
    issuer="吉林省人力资源和社会保障厅",
    issued="2023年10月24日",
    manual_code="ABCDE-FGHJK-MNPQR",
    e_licence="1.2.156.3005.2.111000000000000A23099.11220000000000019E.222023052000017X.001.K",
    marks=(),
    qr_text="",
    test_seal=True,
)


_RECORD = QrRecord(
    number=_FACE.number,
    version=1,
    slot=131_071,
    name=_FACE.name,
    id_last4="1569",
    series=5,
    title=501,
    level=1,
    way=1,
    validity_area=None,
    acquired_on=date(2023, 9, 19),
)
_METADATA = b'{"ZZBS": "1.2.156.3005.2.111000000000000A23099.11220000000000019E.222023052000017X.001.K"}' * 10
_PARTS = {
    "record signature": [(record_signing, "sign_record")],
    "QR symbol": [(page, "qr_rows"), (page, "qr_path")],
    "page content": [(writer_module, "compose_page"), (writer_module, "reading_order")],
    "font subset": [(SubsetFont, "__init__"), (SubsetFont, "objects")],
    "compression": [(pdf_syntax, "compress")],
    "signature": [(SignatureTemplate, "sign")],
}


def measure(scale: Scale) -> list[Measurement]:
    """Ours a second, and how many times either other design."""
    ours = our_rate(scale)
    artist = rivals.Artist(_layout().map, FONT)
    seal = rivals.PyHankoSeal(_chain())
    template = artist.template(_with_record(_face(0)))
    times_reportlab = _rate(scale, lambda face: seal.sign(artist.whole(_with_record(face))))
    times_pypdf = _rate(scale, lambda face: seal.sign(artist.overlaid(_with_record(face), template)))
    used = versions("cryptography", "qrcode")
    rival = versions("pyhanko", "reportlab", "pypdf", "qrcode")
    return [
        Measurement(
            "pdf_per_second",
            "finished signed PDFs with QR",
            ours,
            "1/s",
            _bare_signatures(scale),
            "P-256 sign and verify, a second",
            used,
            Target(300),
            our_parts(scale),
        ),
        Measurement(
            "pdf_vs_pyhanko_reportlab",
            "the same, times reportlab + pyHanko",
            ours / times_reportlab,
            "times",
            times_reportlab,
            "reportlab + pyHanko, PDFs a second",
            rival,
            Target(8),
        ),
        Measurement(
            "pdf_vs_pyhanko_pypdf",
            "the same, times pypdf overlay + pyHanko",
            ours / times_pypdf,
            "times",
            times_pypdf,
            "pypdf overlay + pyHanko, PDFs a second",
            rival,
            Target(8),
        ),
    ]


def our_rate(scale: Scale) -> float:
    """Finished PDFs a second of the service's own writer: record signed and verified, page, embedded file, signature."""
    return _rate(scale, _finish(_our_writer()))


def our_parts(scale: Scale) -> dict[str, float]:
    """Milliseconds of one document by what they are spent on."""
    finish, count = _finish(_our_writer()), 100 if scale.seconds else 5
    finish(_face(0))
    faces = _faces(count)
    with watched(_PARTS) as split:
        total = elapsed(lambda: [finish(face) for face in faces])
    return milliseconds(split, total, count)


def _our_writer() -> PageWriter:
    key = load_pem_private_key(_chain().signer_key_pem, None)
    certificate, *rest = _chain().certificates_der
    return PageWriter(_layout(), FileDocumentSigner(key, certificate, tuple(rest)))  # type: ignore[arg-type]


def _finish(writer: PageWriter) -> Callable[[Face], bytes]:
    return lambda face: writer.write(certificate_page(_with_record(face), attachment=_METADATA), NOW)


def _with_record(face: Face) -> Face:
    """The face with a record that was signed and verified for it."""
    record = record_signing.sign_record(replace(_RECORD, number=face.number), _record_signer())
    return replace(
        face, qr_text=record_text(record, "https://zs.example.invalid/v#"), manual_code=manual_code(record)
    )


def _rate(scale: Scale, write: Callable[[Face], bytes]) -> float:
    faces = cycle(_faces(100))
    write(next(faces))

    def some() -> int:
        for face in islice(faces, 10):
            write(face)
        return 10

    return rate(some, seconds=scale.seconds)


def _bare_signatures(scale: Scale) -> float:
    key = generate_private_key(SECP256R1())
    public, algorithm = key.public_key(), ECDSA(SHA256(), deterministic_signing=True)

    def pairs() -> None:
        for n in range(scale.people):
            message = b"%0128d" % n
            public.verify(key.sign(message, algorithm), message, ECDSA(SHA256()))

    return scale.people / elapsed(pairs)


def _faces(count: int) -> Sequence[Face]:
    return [_face(serial) for serial in range(count)]


def _face(serial: int) -> Face:
    return replace(_FACE, number=f"22202305{serial:07}X")


@cache
def _record_signer() -> FileRecordSigner:
    return FileRecordSigner(Ed25519PrivateKey.generate())


@cache
def _layout() -> Layout:
    return compile_layout(ROOT / "templates" / "certificate" / "v1", GlyphStore(FONT))


@cache
def _chain() -> TestChain:
    return make_test_chain(datetime.now(UTC))
