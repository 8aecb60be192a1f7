"""Every kind of decision in one table; `docs/endings.md` is written from it, and tests hold it against the code."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.decision import DecisionKind


class Authority(StrEnum):
    """Who proposes or confirms; the region rules of the table of permissions in words."""

    PROVINCE = "省人力资源和社会保障厅"
    RESPONSIBLE_CITY = "省厅，或证书所属市（州）人力资源和社会保障局"
    SAME = "提出决定的同一部门的另一人"
    PROVINCE_AGAIN = "省厅的另一人"


class CountsFrom(StrEnum):
    """From when a decision counts."""

    DECIDED = "决定日期"
    ACQUIRED = "取得日期（可设为决定日期）"
    LIFTED = "恢复已结束的证书：被恢复的决定起算之日；恢复核查中的证书：决定日期"


@dataclass(frozen=True, slots=True)
class KindRules:
    """One line of the table.

    `status`: what the newest version stands at afterwards. `credit_record`: whether a record of three years is opened.
    `needs_document`: asked for where the office requires documents. `served`: whether it is served on the holder 送达.
    `lifted_by`: what takes it back; None: nothing. `seen`: what a verifier is told, in Chinese.
    """

    kind: DecisionKind
    purpose: str
    clause: str
    proposes: Authority
    confirms: Authority
    needs_document: bool
    served: bool
    counts_from: CountsFrom
    credit_record: bool
    lifted_by: DecisionKind | None
    status: CertificateStatus
    seen: str


_TABLE: Final = (
    KindRules(
        DecisionKind.REVOKE,
        "个人申报材料造假",
        "吉人社函〔2022〕38号 四（二）",
        Authority.PROVINCE,
        Authority.PROVINCE_AGAIN,
        needs_document=True,
        served=True,
        counts_from=CountsFrom.DECIDED,
        credit_record=True,
        lifted_by=DecisionKind.REINSTATE,
        status=CertificateStatus.REVOKED,
        seen="已撤销：未通过核验；决定文号、日期、理由",
    ),
    KindRules(
        DecisionKind.WRITE_OFF,
        "因个人原因终止援助服务工作；只限取得方式为“援疆援藏援外支教激励”的职称",
        "吉人社函〔2022〕38号 二（二）",
        Authority.PROVINCE,
        Authority.PROVINCE_AGAIN,
        needs_document=True,
        served=True,
        counts_from=CountsFrom.DECIDED,
        credit_record=False,
        lifted_by=DecisionKind.REINSTATE,
        status=CertificateStatus.WRITTEN_OFF,
        seen="已核销：未通过核验；决定文号、日期、理由",
    ),
    KindRules(
        DecisionKind.VOID,
        "未按规定程序开展申报、评审工作",
        "吉人社函〔2022〕38号 六（二）",
        Authority.RESPONSIBLE_CITY,
        Authority.PROVINCE_AGAIN,
        needs_document=True,
        served=True,
        counts_from=CountsFrom.ACQUIRED,
        credit_record=False,
        lifted_by=DecisionKind.REINSTATE,
        status=CertificateStatus.VOIDED,
        seen="无效：未通过核验；自取得之日（可设为决定之日）起无效；决定文号、日期、理由",
    ),
    KindRules(
        DecisionKind.CORRECT,
        "证书所载姓名、单位、文号等文字有误；职称、级别、取得时间不能更正",
        "内部规则：更正换发，编号不变，版本加一",
        Authority.RESPONSIBLE_CITY,
        Authority.SAME,
        needs_document=False,
        served=False,
        counts_from=CountsFrom.DECIDED,
        credit_record=False,
        lifted_by=None,
        status=CertificateStatus.VALID,
        seen="新版本有效；旧版本已换发：未通过核验，并告知新版本号",
    ),
    KindRules(
        DecisionKind.SUSPEND,
        "正在核查，期间暂停使用；默认不启用",
        "内部规则：现行文件没有规定",
        Authority.RESPONSIBLE_CITY,
        Authority.SAME,
        needs_document=False,
        served=True,
        counts_from=CountsFrom.DECIDED,
        credit_record=False,
        lifted_by=DecisionKind.REINSTATE,
        status=CertificateStatus.SUSPENDED,
        seen="核查中：未通过核验；决定文号、日期、理由",
    ),
    KindRules(
        DecisionKind.REINSTATE,
        "经复核，原决定不成立；或核查结束。恢复已撤销的证书时撤回诚信档案记录",
        "内部规则：已撤销、已核销、无效的证书只由省厅恢复",
        Authority.RESPONSIBLE_CITY,
        Authority.SAME,
        needs_document=True,
        served=True,
        counts_from=CountsFrom.LIFTED,
        credit_record=False,
        lifted_by=None,
        status=CertificateStatus.VALID,
        seen="最新版本有效；旧版本仍为已换发",
    ),
)
KINDS: Final = MappingProxyType({line.kind: line for line in _TABLE})
"""The whole table, by kind."""

ENDED: Final = frozenset({CertificateStatus.REVOKED, CertificateStatus.WRITTEN_OFF, CertificateStatus.VOIDED})
"""The statuses that only the province lifts."""


def ending_behind(status: CertificateStatus) -> DecisionKind | None:
    """The kind of decision that ended a title; None for a status that is no ending."""
    return next((one.kind for one in _TABLE if status in ENDED and one.status is status), None)
