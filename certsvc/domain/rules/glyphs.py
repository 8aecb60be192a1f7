"""Glyphs: what the certificate's fonts cannot print waits until they can."""

from __future__ import annotations

from collections.abc import Iterator

from certsvc.domain.findings import Finding, Severity
from certsvc.domain.rules.clauses import REFORM
from certsvc.domain.rules.docket import Candidate, Docket
from certsvc.domain.rules.registry import declare

GLYPH_MISSING = declare(
    code="glyph-missing",
    severity=Severity.HOLD,
    clause=f"{REFORM} 五（一）",
    summary="证书字库没有的字，补字后再制证",
    message="字库缺字：“{field}”中有证书字库尚未收录的字，本行暂缓，补字后继续办理，不影响其他人员，无须重报。",
    good="姓名用字均在字库中",
    bad="姓名含字库未收录的生僻字",
)
HEADER_GLYPH_MISSING = declare(
    code="header-glyph-missing",
    severity=Severity.HOLD,
    clause=f"{REFORM} 五（一）",
    summary="批次信息中须印在证书上的文字应在字库中",
    message="字库缺字：“{field}”中有证书字库尚未收录的字，本批次暂缓，补字后继续办理，无须重报。",
    good="公布文号 吉人社职字〔2023〕101号",
    bad="发文单位名称含字库未收录的字",
)


def check_header_glyphs(docket: Docket) -> Iterator[Finding]:
    """字库缺字 in what every certificate of the batch prints."""
    header, committee = docket.header, docket.committee
    printed = (
        ("评委会代码", None if committee is None else committee.name),
        ("公布文件发文单位", header.announcing_body),
        ("公布文号", header.announcement_ref),
    )
    for key, text in printed:
        if text is not None and not docket.facts.missing_glyphs.isdisjoint(text):
            yield HEADER_GLYPH_MISSING.finding(column=key, field=key)


def check_glyphs(candidate: Candidate, docket: Docket) -> Iterator[Finding]:
    """字库缺字 for one row."""
    missing = docket.facts.missing_glyphs
    if not missing:
        return
    row = candidate.row
    for column, text in (("姓名", row.name), ("工作单位", row.unit_name), ("申报专业", row.specialty)):
        if text is not None and not missing.isdisjoint(text):
            yield GLYPH_MISSING.finding(row=row.number, column=column, field=column)
