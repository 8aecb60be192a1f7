"""What the audit trail and the log of looks call things, in words for people: actions, objects, channels, roles."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from certsvc.domain.actor import Role
from certsvc.domain.caller import CallerRole
from certsvc.domain.permission import Action

Pair = tuple[str, str]
"""Chinese and English."""

ACTIONS: Final[Mapping[Action, Pair]] = MappingProxyType(
    {
        Action.FILING_SUBMIT: ("报送批次", "file a batch"),
        Action.FILING_READ: ("查看备案", "read a filing"),
        Action.FILING_APPROVE: ("同意备案", "approve a filing"),
        Action.FILING_ISSUE: ("签发证书", "issue certificates"),
        Action.REVOCATION_PROPOSE: ("提出撤销", "propose a revocation"),
        Action.REVOCATION_CONFIRM: ("确认撤销", "confirm a revocation"),
        Action.WRITE_OFF_PROPOSE: ("提出核销", "propose a write-off"),
        Action.WRITE_OFF_CONFIRM: ("确认核销", "confirm a write-off"),
        Action.VOIDING_PROPOSE: ("提出宣告无效", "propose a voiding"),
        Action.VOIDING_CONFIRM: ("确认无效", "confirm a voiding"),
        Action.VOIDING_TURN_DOWN: ("不予确认无效", "turn a voiding down"),
        Action.CORRECTION_PROPOSE: ("提出更正", "propose a correction"),
        Action.CORRECTION_CONFIRM: ("确认更正", "confirm a correction"),
        Action.SUSPENSION_PROPOSE: ("提出核查（暂停使用）", "propose a suspension"),
        Action.SUSPENSION_CONFIRM: ("确认核查（暂停使用）", "confirm a suspension"),
        Action.REINSTATEMENT_PROPOSE: ("提出恢复", "propose a reinstatement"),
        Action.REINSTATEMENT_CONFIRM: ("确认恢复", "confirm a reinstatement"),
        Action.CERTIFICATE_READ: ("查询证书", "search and read certificates"),
        Action.DECISION_READ: ("查看决定", "read decisions"),
        Action.DECISION_WITHDRAW: ("撤回提议", "withdraw a proposal"),
        Action.DECISION_DOCUMENT: ("上传决定文书", "hand in a decision's document"),
        Action.DECISION_SERVICE: ("登记决定送达", "record the service of a decision"),
        Action.BATCH_VOIDING_PROPOSE: ("提出整批无效", "propose to void a batch"),
        Action.BATCH_VOIDING_CONFIRM: ("确认整批无效", "confirm the voiding of a batch"),
        Action.BATCH_VOIDING_TURN_DOWN: ("不予确认整批无效", "turn the voiding of a batch down"),
        Action.BATCH_VOIDING_READ: ("查看整批决定", "read decisions on batches"),
        Action.BATCH_RESTORATION_PROPOSE: ("提出整批恢复", "propose to restore a batch"),
        Action.BATCH_RESTORATION_CONFIRM: ("确认整批恢复", "confirm the restoration of a batch"),
        Action.DEPENDENT_SETTLE: ("处理后续职称", "settle a dependent title"),
        Action.ANNULMENT_RECORD: ("登记成绩、资格被取消", "record an annulled proof"),
        Action.ANNULMENT_CONFIRM: ("确认成绩、资格被取消", "confirm an annulled proof"),
        Action.YEAR_CANCEL_PROPOSE: ("提出取消当年申报资格", "propose to cancel a year"),
        Action.YEAR_CANCEL_CONFIRM: ("确认取消当年申报资格", "confirm a cancelled year"),
        Action.YEAR_CANCEL_READ: ("查看取消当年申报资格", "read cancelled years"),
        Action.CREDIT_READ: ("查看诚信档案", "read the credit archive"),
        Action.UNIT_NOTICE_PROPOSE: ("提出单位公开通报", "propose a unit notice"),
        Action.UNIT_NOTICE_CONFIRM: ("确认单位公开通报", "confirm a unit notice"),
        Action.ELIGIBILITY_ASK: ("查询申报资格", "ask for eligibility"),
        Action.PLATFORM_DELIVER: ("向国家平台报送", "deliver to a national platform"),
        Action.PLATFORM_QUEUE: ("安排向国家平台报送", "queue for a national platform"),
        Action.PLATFORM_REVIVE: ("重新报送国家平台", "send to a national platform again"),
        Action.SYSTEM_READ: ("查看系统运行", "read how the system stands"),
        Action.ALARM_READ: ("查看异常情况", "read alarms"),
        Action.KEY_ANNOUNCE: ("预告新密钥", "announce a key"),
        Action.KEY_ABANDON: ("放弃预告的密钥", "abandon an announced key"),
        Action.KEY_SWITCH: ("启用新密钥", "switch to a key"),
        Action.KEY_RETIRE: ("停用密钥", "retire a key"),
        Action.TRUST_ACCEPT: ("接受信任清单", "accept a trust list"),
        Action.HISTORY_IMPORT: ("上传历史数据", "import historical records"),
        Action.HISTORY_CONFIRM: ("确认历史数据", "confirm historical records"),
        Action.MAPPING_MAKE: ("登记职称对应关系", "make a mapping of titles"),
        Action.ANNOUNCED_LIST_LOAD: ("上传公布名单", "load an announced list"),
        Action.ANNOUNCED_LIST_CONFIRM: ("确认公布名单", "confirm an announced list"),
        Action.REPORT_READ: ("查看统计和监督事项", "read statistics and lists"),
        Action.REPORT_EXPORT: ("导出统计", "export statistics"),
        Action.SAMPLE_DRAW: ("抽查", "draw a sample"),
        Action.ATTESTATION_RECORD: ("登记现场监督", "record an attestation"),
        Action.POLICY_LOAD: ("载入政策文件", "load a policy document"),
        Action.CALENDAR_LOAD: ("载入节假日安排", "load a calendar"),
        Action.RECEIPT_RECORD: ("登记备案回执", "record a receipt"),
        Action.OWN_CERTIFICATES_READ: ("查看本人证书", "read one's own certificates"),
        Action.OWN_DOCUMENT_READ: ("下载本人证书", "download one's own certificate"),
        Action.SHARE_MAKE: ("授权他人查验", "share a certificate"),
        Action.SHARE_READ: ("查看本人的授权", "read one's own shares"),
        Action.SHARE_CANCEL: ("收回授权", "take a share back"),
        Action.COPY_MAKE: ("制作加注件", "make an annotated copy"),
        Action.COPY_READ: ("查看加注件", "read an annotated copy"),
        Action.COPY_WITHDRAW: ("作废加注件", "withdraw an annotated copy"),
        Action.STATEMENT_READ: ("开具证明", "make a statement"),
        Action.LOOK_UP_READ: ("查看谁查过本人证书", "read who looked one's certificate up"),
        Action.NOTICE_READ: ("查看本人通知", "read one's own notices"),
        Action.NOTICE_SET: ("设置接收通知", "set up notices"),
        Action.REQUEST_MAKE: ("持证人提出申请", "make a request"),
        Action.OWN_REQUEST_READ: ("查看本人申请", "read one's own requests"),
        Action.OWN_DATA_EXPORT: ("下载本人数据", "export one's own data"),
        Action.LOOK_UP_ALERTS: ("查看试探编号的告警", "read alerts of numbers tried out"),
        Action.SUSPICION_READ: ("查看举报和投诉", "read reports and complaints"),
        Action.SUSPICION_RECORD: ("登记举报和投诉", "record a report or complaint"),
        Action.SUSPICION_ASSIGN: ("分办举报和投诉", "assign a report or complaint"),
        Action.SUSPICION_CLOSE: ("办结举报和投诉", "close a report or complaint"),
        Action.REQUEST_READ: ("查看持证人申请", "read requests of holders"),
        Action.REQUEST_ASSIGN: ("分办持证人申请", "assign a request"),
        Action.REQUEST_ASK: ("要求补充材料", "ask the holder for more"),
        Action.REQUEST_ACCEPT: ("同意持证人申请", "accept a request"),
        Action.REQUEST_DECLINE: ("不同意持证人申请", "decline a request"),
        Action.REQUEST_CONCLUDE: ("复核持证人申请", "conclude a request"),
        Action.REQUEST_UNLINK: ("提出解除证件号码关联", "propose to unlink an ID number"),
        Action.REQUEST_UNLINK_CONFIRM: ("确认解除证件号码关联", "confirm the unlinking of an ID number"),
        Action.E_LICENCE_READ: ("提供电子证照", "give an electronic licence"),
        Action.ACTOR_READ: ("查看人员账号", "read accounts"),
        Action.ACTOR_ADD: ("登记人员账号", "register an account"),
        Action.ACTOR_CHANGE: ("变更人员账号", "change an account"),
        Action.ACTOR_END: ("停用人员账号", "end an account"),
        Action.DELEGATION_PROPOSE: ("提出委托代办", "propose a delegation"),
        Action.DELEGATION_ACCEPT: ("接受委托代办", "accept a delegation"),
        Action.DELEGATION_END: ("结束委托代办", "end a delegation"),
        Action.DELEGATION_READ: ("查看委托代办", "read delegations"),
        Action.AUDIT_READ: ("查看办理留痕", "read the audit trail"),
        Action.AUDIT_EXPORT: ("导出办理留痕", "export the audit trail"),
        Action.LOOK_READ: ("查看个人信息查阅记录", "read the log of looks"),
        Action.UNIT_PEOPLE_READ: ("查看本单位人员", "read the people of one's unit"),
        Action.CLIENT_ADD: ("登记接入程序", "register a program"),
        Action.CLIENT_REMOVE: ("注销接入程序", "remove a program"),
        Action.API_KEY_ADD: ("发放核验机构密钥", "give a key to an organisation"),
        Action.API_KEY_END: ("停用核验机构密钥", "end the key of an organisation"),
        Action.REGISTRY_LOAD: ("载入登记簿", "load the registry"),
    }
)
BESIDE: Final[Mapping[str, Pair]] = MappingProxyType(
    {
        "session:csrf": ("页面令牌不符", "wrong page token"),
        "session:open": ("登录", "sign-in"),
        "session:close": ("退出登录", "sign-out"),
        "token:admit": ("程序调用", "call of a program"),
        "history:dispute": ("对历史记录提出异议", "dispute a historical record"),
        "history:settle": ("处理历史记录异议", "settle a dispute on a historical record"),
        "history:correct": ("更正历史记录", "correct a historical record"),
        "unit_notice:withdraw": ("撤回单位公开通报", "withdraw a unit notice"),
        "cancel_year:withdraw": ("撤回取消当年申报资格", "withdraw a cancelled year"),
        "annulment:withdraw": ("撤回成绩、资格被取消", "withdraw an annulled proof"),
        "sample:open": ("开始抽查", "open a sample"),
        "sample:record": ("登记抽查结果", "record the finding of a sample"),
        "credit:end": ("诚信记录期满", "end of a credit record"),
        "person:link": ("关联证件号码", "link ID numbers"),
    }
)
"""Entries of the trail that need no permission, by object and verb."""
AFTERWARDS: Final[Mapping[str, Pair]] = MappingProxyType(
    {
        ".refused": ("（被拒绝）", " (refused)"),
        ".confirmed": ("（逐项确认提醒）", " (a warning confirmed)"),
    }
)
CHANNELS: Final[Mapping[str, Pair]] = MappingProxyType(
    {
        "console": ("办理页面", "console"),
        "portal": ("持证人页面", "holder portal"),
        "service": ("程序接口", "programs"),
        "api": ("公开核验接口", "public interface"),
        "page": ("公开查验页面", "public page"),
        "cli": ("服务器命令行", "command line"),
    }
)
"""By which way somebody looked at personal data."""
_BESIDE_ROLES: Final[Mapping[CallerRole, Pair]] = MappingProxyType(
    {
        CallerRole.HOLDER: ("持证人", "holder"),
        CallerRole.SERVICE: ("接入程序", "program"),
        CallerRole.OPERATOR: ("系统维护人员", "operator"),
        CallerRole.NOBODY: ("未登记", "not registered"),
    }
)
ROLES: Final[Mapping[str, Pair]] = MappingProxyType(
    {one.value: (one.zh, one.en) for one in Role}
    | {role.value: words for role, words in _BESIDE_ROLES.items()}
)
OBJECTS: Final[Mapping[str, Pair]] = MappingProxyType(
    {
        "filing": ("备案", "filing"),
        "filings": ("备案", "filings"),
        "certificate": ("证书", "certificate"),
        "certificates": ("证书", "certificates"),
        "decision": ("决定", "decision"),
        "decisions": ("决定", "decisions"),
        "actor": ("账号", "account"),
        "actors": ("账号", "accounts"),
        "delegation": ("委托代办", "delegation"),
        "audit-trail": ("办理留痕", "audit trail"),
        "personal-looks": ("查阅记录", "looks"),
        "cancelled-year": ("取消当年申报资格", "cancelled year"),
        "annulment": ("成绩、资格被取消", "annulled proof"),
        "unit-notice": ("单位公开通报", "unit notice"),
        "credit-record": ("诚信记录", "credit record"),
        "suspicion": ("举报和投诉", "report"),
        "request": ("持证人申请", "request"),
        "sample": ("抽查", "sample"),
        "report": ("统计", "report"),
        "history": ("历史数据", "historical data"),
        "ledger": ("公开账本", "ledger"),
        "jobs": ("后台任务", "background work"),
        "keys": ("密钥", "keys"),
        "alarms": ("异常情况", "alarms"),
        "platform-message": ("平台消息", "platform message"),
    }
)
"""The first word of an object."""


def action_words(action: str) -> Pair:
    """What an entry of the trail is called; one that nobody knows any more by its own code."""
    plain, after = action, ("", "")
    for suffix, words in AFTERWARDS.items():
        if action.endswith(suffix):
            plain, after = action.removesuffix(suffix), words
    known = next((words for one, words in ACTIONS.items() if one.value == plain), None)
    found = known or BESIDE.get(plain.partition(":")[2]) or (plain, plain)
    return found[0] + after[0], found[1] + after[1]


def object_words(subject: str) -> Pair:
    """An object with its kind in words: 备案 F…; as it stands where its kind has no word."""
    kind, _, which = subject.partition("/")
    words = OBJECTS.get(kind)
    if words is None:
        return subject, subject
    return f"{words[0]} {which}".rstrip(), f"{words[1]} {which}".rstrip()


def account_words(name: str, role: str) -> Pair:
    """Whose account: maker（经办）; whoever runs the command line has none."""
    if role == CallerRole.OPERATOR.value:
        return ROLES[role]
    zh, en = ROLES.get(role, (role, role))
    return (f"{name}（{zh}）", f"{name} ({en})") if name else (zh, en)
