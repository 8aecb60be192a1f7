"""Rules of the intake on photographs: the file carries their names and digests, the certificate shows none."""

from __future__ import annotations

from typing import Final

from certsvc.domain.findings import Severity
from certsvc.domain.rules.registry import declare

_CASE: Final = 91
_CLAUSE: Final = "吉人社函〔2022〕38号 四（四）"

DIGEST_SHAPE = declare(
    code="photo-digest-shape",
    severity=Severity.ERROR,
    case=_CASE,
    clause=_CLAUSE,
    summary="有照片的，照片摘要为照片文件的64位十六进制 SHA-256",
    message="照片摘要为空或不是64位十六进制摘要（SHA-256）。请按照片文件重新计算后填写；不报照片的，两列都留空。",
    good="64位十六进制",
    bad="见附件",
    since="2026-11-21.2",
)
NAME_MISSING = declare(
    code="photo-name-missing",
    severity=Severity.ERROR,
    case=_CASE,
    clause=_CLAUSE,
    summary="有照片摘要的，须填照片文件名",
    message="填了照片摘要而照片文件名为空，无法核对。请补填照片文件名；不报照片的，两列都留空。",
    good="照片文件名 0001.jpg",
    bad="照片文件名为空，照片摘要已填",
    since="2026-11-21.2",
)
DIFFERS = declare(
    code="photo-differs",
    severity=Severity.ERROR,
    case=_CASE,
    clause=_CLAUSE,
    summary="照片文件应与照片摘要一致",
    message="工作簿内同名照片的摘要与本行所填不一致，照片可能被更换。请核对照片，重新计算摘要后报送。",
    good="照片文件的 SHA-256 与照片摘要相同",
    bad="照片在计算摘要之后被更换",
    since="2026-11-21.2",
)
SHARED = declare(
    code="photo-shared",
    severity=Severity.ERROR,
    case=_CASE,
    clause=_CLAUSE,
    summary="一张照片只属于一人",
    message="本行与其他行填写了同一{what}。请核对照片是否错放，逐人更正后报送。",
    good="各行照片文件名、照片摘要均不相同",
    bad="两行照片摘要相同",
    since="2026-11-21.2",
)
