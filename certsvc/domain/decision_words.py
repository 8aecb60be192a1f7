"""What a decision means, in the words of the notice that it rests on: read out before the step is taken."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from certsvc.domain.decision import DecisionKind

LAW_WORDS: Final = MappingProxyType(
    {
        DecisionKind.REVOKE: "“对个人申报材料造假的，由省人力资源和社会保障厅撤销其职称”“并记入职称评审诚信档案库”"
        "“记录期限为3年，记录期内取消申报资格”",
        DecisionKind.WRITE_OFF: "“对因个人原因终止援助服务工作的，其评定取得的职称（职务）或岗位予以核销”",
        DecisionKind.VOID: "“对未按规定程序开展申报、评审工作的，其推荐、评审结果一律无效”",
    }
)
"""Quotations of 吉人社函〔2022〕38号; the other kinds rest on no sentence of a notice."""

WILL_HAPPEN: Final = MappingProxyType(
    {
        DecisionKind.REVOKE: "一经确认，该证书的全部版本立即变为“已撤销”，核验时显示未通过核验；持证人记入诚信档案三年。",
        DecisionKind.WRITE_OFF: "一经确认，该证书的全部版本立即变为“已核销”，核验时显示未通过核验；不记入诚信档案。",
        DecisionKind.VOID: "一经确认，该证书的全部版本立即变为“无效”，核验时显示未通过核验；不记入诚信档案。",
        DecisionKind.CORRECT: "一经确认，现有版本变为“已换发”，以更正后的内容签发新版本，证书编号不变。",
        DecisionKind.SUSPEND: "一经确认，该证书的全部版本立即变为“核查中”，核验时显示未通过核验，直至恢复。",
        DecisionKind.REINSTATE: "一经确认，该证书的最新版本恢复为“有效”；因原撤销决定开立的诚信档案记录一并撤回。"
        "原决定和本决定都保留在公开账本中。",
    }
)
"""What becomes of the certificate, kind by kind."""
BATCH_LAW_WORDS: Final = LAW_WORDS[DecisionKind.VOID]
CREDIT_WORDS: Final = (
    "“并记入职称评审诚信档案库”“记录期限为3年，记录期内取消申报资格”（吉人社函〔2022〕38号 四（二））"
)
YEAR_WORDS: Final = (
    "“如有发现雷同材料、造假等情况，要坚决予以纠正，并取消当年申报资格”（吉人社函〔2022〕38号 四（四））"
)
UNIT_WORDS: Final = "“对单位提供虚假材料的，将向社会公开通报”（吉人社函〔2022〕38号 四（二））"
