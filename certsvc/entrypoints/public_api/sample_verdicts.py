"""Sample verdicts for the description of the interface, put together from the reader's own parts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from certverify import Code, Verdict
from certverify.verdict import (
    Area,
    Authentic,
    Certificate,
    Decision,
    Historical,
    StatusWord,
    ValidHere,
    finding,
)

from certsvc.stages.verify import MAX_AGE_ON_LINE

_AS_OF = datetime(2026, 11, 20, 6, 5, tzinfo=UTC)
_HUNCHUN = Area("222404", "珲春市")
SAMPLE = Verdict(
    authentic=Authentic.YES,
    status=StatusWord.VALID,
    as_of=_AS_OF,
    checkpoint_age=95,
    not_established=(Code.NO_WITNESSES,),
    findings=(finding(Code.NO_WITNESSES),),
    certificate=Certificate(
        number="222023052000001R",
        version=1,
        series="工程技术人员",
        title="高级工程师",
        level="副高级",
        way="评审",
        dual_directed=False,
        acquired_on="2023-10-07",
    ),
    holder="林**",
)
_SAMPLES = {
    "passed": ("通过核验 Passed", SAMPLE),
    "not_valid_here": (
        "双定向，在使用地无效 Genuine, does not count here",
        replace(
            SAMPLE,
            validity_area=_HUNCHUN,
            valid_here=ValidHere.NO,
            findings=(finding(Code.AREA_LIMITED, area=_HUNCHUN), finding(Code.NOT_VALID_HERE, area=_HUNCHUN)),
            not_established=(),
        ),
    ),
    "revoked": (
        "已撤销 Revoked",
        replace(
            SAMPLE,
            status=StatusWord.REVOKED,
            findings=(finding(Code.REVOKED),),
            not_established=(),
            decision=Decision("吉人社职撤〔2024〕3号", "2024-06-03", "申报材料造假", "2024-06-03"),
        ),
    ),
    "written_off": (
        "已核销 Written off",
        replace(
            SAMPLE,
            status=StatusWord.WRITTEN_OFF,
            findings=(finding(Code.WRITTEN_OFF),),
            not_established=(),
            decision=Decision(
                "吉人社职核〔2024〕2号", "2024-05-20", "因个人原因终止援助服务工作", "2024-05-20"
            ),
        ),
    ),
    "voided": (
        "无效，自取得之日起 Void from the day of acquisition on",
        replace(
            SAMPLE,
            status=StatusWord.VOIDED,
            findings=(finding(Code.VOIDED),),
            not_established=(),
            decision=Decision("吉人社职效〔2024〕1号", "2024-04-10", "未按规定程序开展评审", "2023-10-07"),
        ),
    ),
    "superseded": (
        "已换发 Replaced by a corrected version",
        replace(
            SAMPLE,
            status=StatusWord.SUPERSEDED,
            findings=(finding(Code.SUPERSEDED),),
            not_established=(),
            decision=Decision("吉人社职更〔2024〕12号", "2024-07-01", "专业名称录入有误", "2024-07-01"),
            replaced_by=2,
        ),
    ),
    "suspended": (
        "核查中 Under examination",
        replace(
            SAMPLE,
            status=StatusWord.SUSPENDED,
            findings=(finding(Code.SUSPENDED),),
            not_established=(),
            decision=Decision("吉人社职核〔2024〕9号", "2024-08-12", "核查申报材料", "2024-08-12"),
        ),
    ),
    "historical": (
        "历史数据 A title of before this service",
        replace(
            SAMPLE,
            status=StatusWord.HISTORICAL,
            findings=(finding(Code.HISTORICAL),),
            not_established=(),
            certificate=None,
            holder="周*",
            historical=Historical(
                reference="H20260731059427K",
                version=1,
                label="历史数据（原证书号 吉中高字980312）",
                original_number="吉中高字980312",
                title="中学高级教师",
                series="中学教师",
                level="高级",
                acquired="1998-06",
                precision="month",
                quality="A",
                issuing_body="吉林省职称改革领导小组办公室",
                committee="吉林省中学教师职务评审委员会",
                document="吉职改办字〔1998〕12号",
            ),
        ),
    ),
    "forged": (
        "伪造 Forged",
        Verdict(authentic=Authentic.NO, findings=(finding(Code.RECORD_FORGED),)),
    ),
    "unreadable": (
        "无法判定：读不出 Not readable as a record",
        Verdict(not_established=(Code.RECORD_UNREADABLE,), findings=(finding(Code.RECORD_UNREADABLE),)),
    ),
    "unknown_key": (
        "无法判定：签名密钥不在信任清单 Signed by a key that the trust list does not name",
        Verdict(not_established=(Code.RECORD_KEY_UNKNOWN,), findings=(finding(Code.RECORD_KEY_UNKNOWN),)),
    ),
    "stale": (
        "无法判定：日志过时 The log is too old",
        replace(
            SAMPLE,
            checkpoint_age=7_200,
            findings=(finding(Code.CHECKPOINT_STALE, limit=MAX_AGE_ON_LINE),),
            not_established=(Code.CHECKPOINT_STALE,),
        ),
    ),
    "not_found": (
        "无法判定：未查询到 Nothing agrees with what was asked",
        Verdict(
            not_established=(Code.CERTIFICATE_NOT_FOUND,), findings=(finding(Code.CERTIFICATE_NOT_FOUND),)
        ),
    ),
}


def verdict_examples() -> dict[str, Any]:
    """The samples as OpenAPI example objects."""
    return {
        name: {"summary": summary, "value": verdict.as_json()}
        for name, (summary, verdict) in _SAMPLES.items()
    }
