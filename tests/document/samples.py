"""Faces of fictional people, and everything that makes a document of them; time and keys are made once per run."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from certsvc.adapters.document.glyphs import GlyphStore
from certsvc.adapters.document.layout import Layout, compile_layout
from certsvc.adapters.document.writer import write_certificate
from certsvc.adapters.test_ca import TestChain, make_test_chain
from certsvc.domain.certificate import Face

TEMPLATES = Path(__file__).parents[2] / "templates"
NOW = datetime(2023, 12, 14, 2, 30, tzinfo=UTC)
PREFIX = "https://zs.example.invalid/v#"
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*+-./:"
RECORD = "7" + "".join(_ALPHABET[(n * n + 5 * n) % 43] for n in range(238)) + "Z"

REGULAR = Face(
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
    manual_code="K7M2Q-9XWBD-4HTPA",
    e_licence="",
    marks=(),
    qr_text=PREFIX + RECORD,
    test_seal=True,
)
DUAL_DIRECTED = replace(
    REGULAR,
    number="2220230620000245",
    name="向河山",
    born="1975年11月",
    id_document="居民身份证 229917********776X",
    series="农业技术人员",
    specialty="农艺",
    title="高级农艺师",
    level="副高级",
    way="双定向",
    acquired="2023年11月19日",
    committee="珲春市农业系列职称“双定向”评审委员会",
    announcement="延州人社职字〔2023〕12号（2023年12月4日）",
    unit="珲春市农业科学研究所（虚构）",
    issued="2023年12月14日",
    marks=("双定向", "仅在珲春市范围内有效", "仅兑现专业技术七级岗位"),
)
LONG = replace(
    DUAL_DIRECTED,
    name=("阿卜杜热西提·麦麦提图尔荪·艾合买提江·" * 4)[:49] + "江",
    specialty="䶮㛃𬱖𬭎𫓧𪟝𠮷与现代设施农业装备及农产品加工工程技术推广",
    committee="长白朝鲜族自治县" + "农业技术推广" * 8 + "系列职称“双定向”评审委员会",
    announcement="延州人社发〔2023〕210号、延州人社发〔2023〕211号、延州人社发〔2023〕212号（2023年12月11日）",
    unit="前郭尔罗斯蒙古族自治县" * 8 + "农业技术推广总站（虚构）",
    issuer="长白朝鲜族自治县人力资源和社会保障局职称改革工作领导小组办公室",
    marks=("双定向", "仅在前郭尔罗斯蒙古族自治县范围内有效", "仅兑现专业技术七级岗位"),
)
FACES = {"regular": REGULAR, "dual-directed": DUAL_DIRECTED, "long": LONG}


class Signer:
    """ports.DocumentSigner over a key of the test CA."""

    def __init__(self, chain: TestChain) -> None:
        key = load_pem_private_key(chain.signer_key_pem, None)
        assert isinstance(key, EllipticCurvePrivateKey)
        self._key = key
        self.certificate, *rest = chain.certificates_der
        self.chain = tuple(rest)

    def sign(self, message: bytes) -> bytes:
        """RFC 6979, so equal messages give equal bytes."""
        return self._key.sign(message, ECDSA(SHA256(), deterministic_signing=True))


@cache
def store() -> GlyphStore:
    """The committed font."""
    return GlyphStore(TEMPLATES / "fonts" / "CertificateSerifSC-Regular.ttf")


@cache
def layout() -> Layout:
    """The layout in force."""
    return compile_layout(TEMPLATES / "certificate" / "v1", store())


@cache
def signer() -> Signer:
    """A signer of a fresh chain."""
    return Signer(make_test_chain(NOW))


@cache
def certificate(name: str) -> bytes:
    """The finished document of one of FACES."""
    return write_certificate(layout(), FACES[name], signer(), NOW)
