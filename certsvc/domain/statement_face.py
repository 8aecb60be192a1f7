"""What is printed on a statement 历史数据说明: what older papers record of a title, word for word, and that it is no new award.

The layout `statement/v1` (templates/statement/v1/README.md); its QR symbol is a record of format 3 (docs/formats/qr-record.md).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

from certsvc.domain.page_face import PageFace

STATEMENT_TITLE: Final = "职称历史数据说明"
NOT_WRITTEN: Final = "未载"


@dataclass(frozen=True, slots=True)
class StatementFace:
    """Ready strings, in reading order; every word of `title` to `document` is that of the papers, `未载` where they have none.

    `id_last4` 证件号码后四位. `quality` 材料质量 in words: `A 级：文件和名单影像齐全`. `reference` 查询编号 `H…`.
    `version`: `第1版`. `stated` is the day of this statement, not of the title. Only `manual_code` may be empty.
    """

    name: str
    id_last4: str
    title: str
    series: str
    level: str
    acquired: str
    original_number: str
    committee: str
    issuing_body: str
    document: str
    quality: str
    reference: str
    version: str
    issuer: str
    stated: str
    manual_code: str = ""


def statement_page(face: StatementFace, *, qr_text: str, test_seal: bool) -> PageFace:
    """The page of a statement; `qr_text` is the whole QR text of its historical record."""
    return PageFace(
        identity=f"{face.reference}\0{face.version}\0{face.stated}",
        title=f"{STATEMENT_TITLE} {face.reference}",
        texts={
            **{field.name: getattr(face, field.name) for field in fields(face)},
            "address": qr_text.rpartition("#")[0],
        },
        marks=(),
        qr_text=qr_text,
        test_seal=test_seal,
    )
