"""How a title is told to its holder: status and area in plain words, in both languages, with the marks of the verdict page."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from certverify.verdict import StatusWord

from certsvc.domain.certificate import CertificateContent
from certsvc.domain.english_places import place_in_english
from certsvc.domain.regions import REGIONS
from certsvc.domain.under_way import Reason, Step

Words = tuple[str, str]
"""Chinese and English."""


@dataclass(frozen=True, slots=True)
class Plain:
    """One status: the word, its tone and mark, and a sentence that says what it means."""

    word: Words
    tone: str
    mark: str
    sentence: Words
    documents: bool = True


_STATUS: Final = MappingProxyType(
    {
        StatusWord.VALID: Plain(
            ("有效", "Valid"),
            "passed",
            "passed",
            ("这份证书有效，可以正常使用。", "This certificate is valid and may be used."),
        ),
        StatusWord.SUSPENDED: Plain(
            ("核查中", "Under examination"),
            "failed",
            "suspended",
            (
                "有关部门正在核查，核查期间证书暂停使用。请等待核查结果，或向作出决定的部门了解。",
                "It is being examined and must not be used meanwhile. Wait for the outcome, or ask the deciding office.",
            ),
        ),
        StatusWord.REVOKED: Plain(
            ("已撤销", "Revoked"),
            "failed",
            "revoked",
            (
                "这份证书已被撤销，不能再使用。决定的文号、理由和依据见下。",
                "This certificate was revoked and must not be used. The decision and its reason stand below.",
            ),
            documents=False,
        ),
        StatusWord.WRITTEN_OFF: Plain(
            ("已核销", "Written off"),
            "failed",
            "written-off",
            (
                "这份证书已被核销，不能再使用。决定的文号、理由和依据见下。",
                "This certificate was written off and must not be used. The decision and its reason stand below.",
            ),
            documents=False,
        ),
        StatusWord.VOIDED: Plain(
            ("无效", "Void"),
            "failed",
            "voided",
            (
                "这份证书已被认定无效，不能再使用。决定的文号、理由和依据见下。",
                "This certificate was declared void and must not be used. The decision and its reason stand below.",
            ),
            documents=False,
        ),
        StatusWord.SUPERSEDED: Plain(
            ("已换发", "Superseded"),
            "limited",
            "superseded",
            ("这一版已由新版本代替，请使用最新版本。", "A newer version replaced this one: use the newest."),
        ),
        StatusWord.UNKNOWN: Plain(
            ("暂时无法判定", "Cannot tell now"),
            "unknown",
            "undetermined",
            (
                "公开账本还没有更新到最近一小时，暂时不能判定状态。这不说明证书有问题，请稍后再看。",
                "The public ledger is not up to date, so the status cannot be told now. "
                "Nothing is wrong with the certificate for that; look again later.",
            ),
        ),
        StatusWord.HISTORICAL: Plain(
            ("历史数据", "Historical record"),
            "limited",
            "historical",
            (
                "这是建立电子证书以前的职称，按当时的纸质材料登记。",
                "A title of before electronic certificates, recorded from the papers of its day.",
            ),
        ),
    }
)


def plain_status(status: StatusWord, content: CertificateContent | None = None) -> Plain:
    """A status in plain words; a valid title that counts in one county alone is shown as such."""
    told = _STATUS[status]
    area = None if content is None else content.award.validity_area
    if status is not StatusWord.VALID or area is None:
        return told
    name = REGIONS[area].full_name
    english = place_in_english(area) or name
    return Plain(
        (f"仅限{name}有效", f"Valid in {english} only"),
        "limited",
        "limited",
        (
            f"双定向职称：仅在{name}范围内有效，只兑现专业技术七级岗位；调到其他地方工作后不能使用。",
            f"A dual-directed title: valid in {english} only, for posts of professional grade 7; "
            "it does not count anywhere else.",
        ),
    )


STEPS: Final = MappingProxyType(
    {
        Step.REPORTED: ("结果报送", "Result reported"),
        Step.PUBLICITY: ("公示", "Published for objections"),
        Step.FILED: ("备案", "Filed"),
        Step.ANNOUNCED: ("发文公布", "Announced"),
        Step.EXAMINED: ("审查", "Examined"),
        Step.APPROVED: ("省级同意", "Approved by the province"),
        Step.ISSUED: ("制发证书", "Certificate issued"),
    }
)
PRESENT: Final = MappingProxyType(
    {
        Step.REPORTED: ("评审结果正在报送。", "The result is being reported."),
        Step.PUBLICITY: (
            "正在公示，公示期满没有异议的，继续办理。",
            "It is published; without objection it goes on when the period is over.",
        ),
        Step.FILED: (
            "公示已满，等待受理部门登记备案。",
            "The publicity is over; the receiving office is to record the filing.",
        ),
        Step.ANNOUNCED: ("等待发文公布。", "The announcement document is awaited."),
        Step.EXAMINED: ("正在审查报送的材料。", "What was filed is being examined."),
        Step.APPROVED: (
            "审查已通过，等待省人力资源和社会保障厅同意。",
            "It passed the examination; the provincial department is to approve it.",
        ),
        Step.ISSUED: (
            "已同意，等待制发证书。由另一位人员制发，发出后在这里就能看到。",
            "Approved; another official issues the certificate, which then appears here.",
        ),
    }
)
REASONS: Final = MappingProxyType(
    {
        Reason.UNDER_EXAMINATION: (
            "核查中。核查结束后由受理部门继续办理，您暂时不用做什么；想了解进展，请联系评委会办事机构。",
            "Under examination. The office goes on when it is over; nothing is asked of you now. "
            "For news ask the office of the review committee.",
        ),
        Reason.QUALIFICATION: (
            "现职称或任职年限需要进一步核对。请把现职称证书和聘任材料交给单位，由单位报评委会办事机构补充。",
            "The present title or its years must be checked. Give its certificate and the appointment papers to your "
            "employer, who sends them to the committee's office.",
        ),
        Reason.EVIDENCE: (
            "证明材料需要补充或核对。请联系单位或评委会办事机构，问清缺少哪一项，由其补报。",
            "Some proof is missing or must be checked. Ask your employer or the committee's office which, and have it filed.",
        ),
        Reason.BATCH: (
            "您所在的这一批次有事项需要受理部门先处理，与您个人的材料无关。您不用做什么，请等待。",
            "Something concerning the whole batch must be settled first; it is not about you. Nothing is asked of you.",
        ),
        Reason.PRINTING: (
            "姓名或其他文字中有暂时不能印制的字，正在补充字库。您不用做什么，请等待。",
            "A character cannot be printed yet; the font is being completed. Nothing is asked of you.",
        ),
        Reason.HELD_TITLE: (
            "登记中已有同一级别或更高的职称，需要核对是否重复。如有疑问，请联系评委会办事机构。",
            "A title of this or a higher level is on record already; it is checked whether this one repeats it.",
        ),
        Reason.DATA: (
            "报送的信息有误，已退回更正。请核对身份证件，联系单位或评委会办事机构更正后重新报送。",
            "What was filed has mistakes and was sent back. Check it against your identity document and have your employer "
            "or the committee's office file it again.",
        ),
        Reason.NOT_PASSED: (
            "本次评审结果为未通过，不制发证书。对结果有疑问的，请向评委会办事机构了解。",
            "The review was not passed, so there is no certificate. Ask the committee's office about the result.",
        ),
        Reason.NOT_GRANTED: (
            "本次不予办理。理由由评委会办事机构告知；有异议的，可以通过“我的申请”提出。",
            "It is not granted. The committee's office gives the reason; you may object under “My requests”.",
        ),
        Reason.WHOLE_BATCH_RETURNED: (
            "您所在的整批材料已退回报送单位更正，与您个人无关。更正后会重新报送，请等待。",
            "The whole batch was sent back to be put right; it is not about you. It will be filed again.",
        ),
        Reason.BATCH_VOID: (
            "您所在的批次已被认定无效，不再制发证书。请向评委会办事机构或省人力资源和社会保障厅了解。",
            "The batch was declared void: no certificates are issued from it. Ask the committee's office or the province.",
        ),
    }
)
