"""Faces of fictional people, and everything that makes a document of them; time and keys are made once per run."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from PIL import Image, ImageDraw

from certsvc.adapters.document.glyphs import GlyphStore
from certsvc.adapters.document.layout import Layout, compile_layout
from certsvc.adapters.document.writer import PageWriter, write_certificate
from certsvc.adapters.test_ca import TestChain, make_test_chain
from certsvc.domain.certificate import Face
from certsvc.domain.page_face import PageFace, certificate_page
from certsvc.domain.report_face import ReportFace, report_page
from certsvc.domain.statement_face import StatementFace, statement_page

TEMPLATES = Path(__file__).parents[2] / "templates"
NOW = datetime(2023, 12, 14, 2, 30, tzinfo=UTC)
PREFIX = "https://zs.example.invalid/v#"
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*+-./:"
RECORD = "7" + "".join(_ALPHABET[(n * n + 5 * n) % 43] for n in range(238)) + "Z"

E_LICENCE = "1.2.156.3005.2.111000000000000A23099.11220000000000019E.222023052000017X.001.K"

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
    e_licence=E_LICENCE,
    marks=(),
    qr_text=PREFIX + RECORD,
    test_seal=True,
)
DUAL_DIRECTED = replace(
    REGULAR,
    number="2220230620000245",
    e_licence="1.2.156.3005.2.111000000000000A23099.11220000000000019E.2220230620000245.001.9",
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
RARE = replace(REGULAR, name="䶮㛃𬱖", number="2220230520000188", e_licence=E_LICENCE)
FACES = {"regular": REGULAR, "dual-directed": DUAL_DIRECTED, "long": LONG, "rare": RARE}
ATTACHMENT = '{"ZZBS":"样例"}'.encode()


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
def layout(name: str = "certificate/v1") -> Layout:
    """A layout in force."""
    return compile_layout(TEMPLATES / name, store())


@cache
def signer() -> Signer:
    """A signer of a fresh chain."""
    return Signer(make_test_chain(NOW))


@cache
def certificate(name: str) -> bytes:
    """The finished document of one of FACES."""
    return write_certificate(layout(), FACES[name], signer(), NOW)


@cache
def photo() -> bytes:
    """A drawn portrait of nobody, wider than the place for it: a baseline JPEG."""
    picture = Image.new("RGB", (420, 480), "#7f9dbd")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((60, 330, 360, 700), fill="#2c3440")
    draw.polygon([(170, 340), (250, 340), (210, 430)], fill="#f4f4f2")
    draw.rectangle((182, 270, 238, 345), fill="#dcb899")
    draw.ellipse((132, 85, 288, 300), fill="#e8c8a9")
    draw.chord((124, 62, 296, 250), 180, 360, fill="#241f1d")
    written = BytesIO()
    picture.save(written, "JPEG", quality=88)
    return written.getvalue()


TERMS = {
    "recipient": "长春市宽城区人才交流服务中心（虚构）",
    "purpose": "参加事业单位公开招聘报名",
    "ends_on": "2024年2月29日",
    "copy_id": "J8K3M5N7P9QRSTUV",
}
COPY_RECORD = "7" + "".join(_ALPHABET[(n * n + 3 * n) % 43] for n in range(488)) + "Z"
COPY_FACE = replace(REGULAR, qr_text=PREFIX + COPY_RECORD, manual_code="3CD4E-F5GH6-J7KM2")
REPORT = ReportFace(
    verdict="通过核验",
    sentence="该证书由发证机关签发，内容未被改动，核验时有效；只在珲春市范围内有效。",
    holder="向**",
    number=DUAL_DIRECTED.number,
    version="第1版",
    series="农业技术人员",
    title="高级农艺师",
    level="副高级",
    way="双定向",
    acquired="2023年11月19日",
    validity_area="仅在珲春市范围内有效",
    status="有效",
    as_of="2023年12月14日10时05分（日志检查点时间）",
    asked="上传证书文件，与签发的原件逐字节一致",
    report_number="R7K2M9QX4WBD3HTP",
    report_code="B7K2M9-QX4WBD-3HTPAN",
    checked_at="2023年12月14日10时30分",
    ends_on="至2024年1月13日",
    issuer="吉林省人力资源和社会保障厅",
    manual_code="K7M2Q-9XWBD-4HTPA",
)
FINDINGS = (
    "仅在珲春市范围内有效。",
    "测试环境：该证书由测试密钥签发，不具有法律效力。",
    "当前策略未要求独立见证签名，日志一致性未经第三方见证。",
)
FAILED_REPORT = replace(
    REPORT,
    verdict="未通过核验",
    sentence="该证书由发证机关签发，但已被撤销，不再有效。",
    holder="魏**",
    number=REGULAR.number,
    series=REGULAR.series,
    title=REGULAR.title,
    level=REGULAR.level,
    way=REGULAR.way,
    acquired=REGULAR.acquired,
    validity_area="未限定区域",
    status="撤销",
    asked="扫描证书二维码",
    decision="吉人社撤〔2023〕5号（2023年12月11日）：申报材料造假",
)
STATEMENT = StatementFace(
    name="敖日格勒",
    id_last4="041X",
    title="高级农艺师（农业推广）",
    series="农业技术",
    level="副高级",
    acquired="1998年6月（材料未载具体日期）",
    original_number="吉高职字980312",
    committee="吉林省农业技术高级职务评审委员会",
    issuing_body="吉林省人事厅",
    document="吉职改字〔1998〕第47号",
    quality="A 级：文件和名单影像齐全",
    reference="H220019980003127",
    version="第1版",
    issuer="吉林省人力资源和社会保障厅",
    stated="2023年12月14日",
    manual_code="8WXY2-Z3A4B-C5D6E",
)


@cache
def page_of(name: str) -> tuple[str, PageFace]:
    """Layout and page of every golden sample."""
    if name in FACES:
        return "certificate/v1", certificate_page(FACES[name], attachment=ATTACHMENT)
    dual = DUAL_DIRECTED
    pages = {
        "photo": ("certificate/v1", certificate_page(dual, attachment=ATTACHMENT, photo=photo())),
        "production": (
            "certificate/v1",
            certificate_page(replace(REGULAR, test_seal=False), attachment=ATTACHMENT),
        ),
        "annotated": ("annotated-copy/v1", _copy(COPY_FACE, photo())),
        "annotated-dual-directed": (
            "annotated-copy/v1",
            _copy(replace(COPY_FACE, marks=dual.marks), None),
        ),
        "report": ("report/v1", _report(REPORT, "passed", dual.marks)),
        "report-failed": ("report/v1", _report(FAILED_REPORT, "failed", ())),
        "statement": (
            "statement/v1",
            statement_page(STATEMENT, qr_text=PREFIX + COPY_RECORD, test_seal=True),
        ),
    }
    return pages[name]


def _copy(face: Face, jpeg: bytes | None) -> PageFace:
    page = certificate_page(face, photo=jpeg)
    return replace(
        page, identity=TERMS["copy_id"], title=f"加注件 {page.title}", texts={**page.texts, **TERMS}
    )


def _report(face: ReportFace, outcome: str, marks: tuple[str, ...]) -> PageFace:
    return report_page(
        face,
        outcome=outcome,
        findings=FINDINGS if marks else FINDINGS[1:],
        marks=marks,
        qr_text=PREFIX + RECORD,
        verdict_json=b'{"schema":"certsvc-verdict/1"}',
        test_seal=True,
    )


@cache
def document(name: str) -> bytes:
    """The finished document of any sample."""
    layout_name, page = page_of(name)
    return PageWriter(layout(layout_name), signer()).write(page, NOW)
