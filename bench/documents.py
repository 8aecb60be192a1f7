"""Finished signed PDFs with QR: our writer, beside two designs made of well-known libraries, in the same run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from itertools import cycle, islice
from random import Random

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bench import rivals
from bench.people import ROOT
from bench.timing import Measurement, Scale, Target, elapsed, rate
from bench.versions import versions
from certsvc.adapters.document.glyphs import GlyphStore
from certsvc.adapters.document.layout import Layout, compile_layout
from certsvc.adapters.document.writer import PageWriter
from certsvc.adapters.file_keys import FileDocumentSigner
from certsvc.adapters.test_ca import TestChain, make_test_chain
from certsvc.domain.certificate import Face
from certsvc.domain.page_face import certificate_page
from certsvc.formats.base43 import ALPHABET

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
    e_licence="",
    marks=(),
    qr_text="",
    test_seal=True,
)


def measure(scale: Scale) -> list[Measurement]:
    """Ours a second, and how many times either other design."""
    ours = our_rate(scale)
    artist = rivals.Artist(_layout().map, FONT)
    seal = rivals.PyHankoSeal(_chain())
    template = artist.template(_face(0))
    times_reportlab = _rate(scale, lambda face: seal.sign(artist.whole(face)))
    times_pypdf = _rate(scale, lambda face: seal.sign(artist.overlaid(face, template)))
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
    """Finished PDFs a second of the service's own writer."""
    key = load_pem_private_key(_chain().signer_key_pem, None)
    certificate, *rest = _chain().certificates_der
    writer = PageWriter(_layout(), FileDocumentSigner(key, certificate, tuple(rest)))  # type: ignore[arg-type]
    return _rate(scale, lambda face: writer.write(certificate_page(face), NOW))


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
    record = "".join(Random(serial).choices(ALPHABET, k=238))
    return replace(
        _FACE,
        number=f"22202305{serial:07}X",
        qr_text=f"https://zs.example.invalid/v#7{record}Z",
    )


@cache
def _layout() -> Layout:
    return compile_layout(ROOT / "templates" / "certificate" / "v1", GlyphStore(FONT))


@cache
def _chain() -> TestChain:
    return make_test_chain(datetime.now(UTC))
