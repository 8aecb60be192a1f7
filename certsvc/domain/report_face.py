"""What is printed on a verification report 核验报告: one verdict, as of one moment, with how it was come by.

The layout `report/v1` (templates/report/v1/README.md). Its QR symbol is the certificate's own, so scanning the report
gives the verdict of that day and not the printed one; the printed one is embedded as `verdict.json`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

from certsvc.domain.page_face import PageFace

REPORT_TITLE: Final = "职称电子证书核验报告"
NOTHING_FURTHER: Final = "无"


@dataclass(frozen=True, slots=True)
class ReportFace:
    """Ready strings, in reading order; those with a default may be empty, and their label is left out with them.

    - `verdict` 核验结论: `Outcome.zh`; `sentence`: what it means for whoever reads it, up to 90 characters.
    - `holder` 持证人, masked as in the verdict; `number` to `acquired` as on the certificate; `validity_area` 有效范围 in words
      (`仅在珲春市范围内有效`, `未限定区域`).
    - `status` 证书状态: `StatusWord.zh`; `as_of` 状态时间: `2026年11月20日14时05分（日志检查点时间）`; `decision` 有关决定:
      document number, day and ground.
    - `asked` 核验方式: `扫描证书二维码`, `上传证书文件`; `checked_at` 核验时间, `report_number` 报告编号, `issuer` 出具单位.
    - `report_code` 报告查验码, in groups: by it the report is found again; `ends_on` 有效期, its last day (`至2026年12月20日`).
    """

    verdict: str
    sentence: str
    holder: str
    number: str
    version: str
    series: str
    title: str
    level: str
    way: str
    acquired: str
    validity_area: str
    status: str
    as_of: str
    asked: str
    report_number: str
    report_code: str
    checked_at: str
    ends_on: str
    issuer: str
    decision: str = ""
    manual_code: str = ""


def report_page(
    face: ReportFace,
    *,
    outcome: str,
    findings: Sequence[str],
    marks: tuple[str, ...],
    qr_text: str,
    verdict_json: bytes,
    test_seal: bool,
) -> PageFace:
    """The page of a report.

    `outcome`: `passed`, `failed` or `undetermined` (its mark is drawn). `findings`: the sentences of the verdict, printed
    as numbered lines in the field `findings` 核验说明 (about 14 lines of 40 characters have room); none is printed as 无.
    `marks`: the sentences of a dual-directed title, as on the certificate. `qr_text`: the certificate's whole QR text, its
    address is printed in the field `address`. `verdict_json`: the verdict of docs/formats/verdict.md, embedded unchanged.
    """
    numbered = [f"{n}. {finding}" for n, finding in enumerate(findings, 1)]
    return PageFace(
        identity=f"{face.report_number}\0{face.number}",
        title=f"{REPORT_TITLE} {face.report_number}",
        texts={
            **{field.name: getattr(face, field.name) for field in fields(face)},
            "findings": "\n".join(numbered) or NOTHING_FURTHER,
            "address": qr_text.rpartition("#")[0],
        },
        marks=marks,
        qr_text=qr_text,
        test_seal=test_seal,
        attachment=verdict_json,
        emblem=outcome,
    )
