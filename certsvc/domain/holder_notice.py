"""Notices on change 变动通知: what a holder is told when something happens to what is theirs, and in which words.

A notice that leaves the service by e-mail or SMS says what kind of thing happened and where to look, and nothing else: no name,
no ID number, no certificate number, no reason (个人信息保护法 第六条: the least that is needed).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

FIRST_WAIT_SECONDS: Final = 60
LONGEST_WAIT_SECONDS: Final = 6 * 60 * 60
MOST_ATTEMPTS: Final = 12
SENDER_NAME: Final = "吉林省职称证书"


class NoticeKind(StrEnum):
    """What happened."""

    ISSUED = "issued"
    CORRECTED = "corrected"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    WRITTEN_OFF = "written_off"
    VOIDED = "voided"
    REINSTATED = "reinstated"
    HELD = "held"
    NOT_ADMITTED = "not_admitted"
    GOES_ON = "goes_on"
    HISTORY_CONFIRMED = "history_confirmed"
    SHARE_OPENED = "share_opened"
    COPY_READY = "copy_ready"
    REQUEST_ASKED = "request_asked"
    REQUEST_ANSWERED = "request_answered"
    EXPORT_READY = "export_ready"
    SIGNED_IN = "signed_in"

    @property
    def zh(self) -> str:
        """One sentence in Chinese."""
        return _WORDS[self][0]

    @property
    def en(self) -> str:
        """One sentence in English."""
        return _WORDS[self][1]

    @property
    def tone(self) -> str:
        """How the page shows it: passed, failed, limited, unknown."""
        return _WORDS[self][2]

    @property
    def room(self) -> str:
        """Where in the portal the holder sees more."""
        return _ROOMS.get(self, "/portal")


_WORDS: Final[dict[NoticeKind, tuple[str, str, str]]] = {
    NoticeKind.ISSUED: ("您的职称电子证书已签发。", "A title certificate was issued to you.", "passed"),
    NoticeKind.CORRECTED: (
        "您的职称电子证书已更正换发，旧版本不再有效。",
        "Your title certificate was corrected; the old version is superseded.",
        "limited",
    ),
    NoticeKind.SUSPENDED: (
        "您的职称电子证书正在核查，暂停使用。",
        "Your title certificate is suspended while it is looked into.",
        "failed",
    ),
    NoticeKind.REVOKED: ("您的职称电子证书已撤销。", "Your title certificate was revoked.", "failed"),
    NoticeKind.WRITTEN_OFF: ("您的职称电子证书已核销。", "Your title certificate was written off.", "failed"),
    NoticeKind.VOIDED: (
        "您的职称电子证书已宣布无效。",
        "Your title certificate was declared void.",
        "failed",
    ),
    NoticeKind.REINSTATED: (
        "您的职称电子证书已恢复有效。",
        "Your title certificate was reinstated.",
        "passed",
    ),
    NoticeKind.HELD: (
        "您的职称评审结果在备案中暂缓，等待核实。",
        "Your review result is held in the filing until it is looked into.",
        "limited",
    ),
    NoticeKind.NOT_ADMITTED: (
        "您的职称评审结果在备案审查中没有通过。",
        "Your review result did not pass the examination of the filing.",
        "failed",
    ),
    NoticeKind.GOES_ON: (
        "您的职称评审结果已继续办理备案。",
        "The filing of your review result goes on.",
        "passed",
    ),
    NoticeKind.HISTORY_CONFIRMED: (
        "您的职称历史记录已确认。",
        "A historical record of your title was confirmed.",
        "passed",
    ),
    NoticeKind.SHARE_OPENED: (
        "您的一项授权查验第一次被打开。",
        "One of your share grants was opened for the first time.",
        "unknown",
    ),
    NoticeKind.COPY_READY: ("您的加注件已可下载。", "Your annotated copy is ready.", "passed"),
    NoticeKind.REQUEST_ASKED: (
        "您的申请需要补正材料。",
        "Something is missing in your request.",
        "limited",
    ),
    NoticeKind.REQUEST_ANSWERED: ("您的申请已有答复。", "Your request was answered.", "unknown"),
    NoticeKind.EXPORT_READY: (
        "您的个人信息副本已可下载。",
        "The copy of your personal data is ready.",
        "passed",
    ),
    NoticeKind.SIGNED_IN: (
        "您的账号在一台新设备上登录。如不是您本人，请立即退出全部登录。",
        "You were signed in on a new device. If this was not you, sign out everywhere at once.",
        "limited",
    ),
}
_ROOMS: Final = {
    NoticeKind.SHARE_OPENED: "/portal/shares",
    NoticeKind.COPY_READY: "/portal/copies",
    NoticeKind.REQUEST_ASKED: "/portal/requests",
    NoticeKind.REQUEST_ANSWERED: "/portal/requests",
    NoticeKind.EXPORT_READY: "/portal/data",
    NoticeKind.SIGNED_IN: "/portal/sessions",
}


class NoticeChannel(StrEnum):
    """A way out of the service, beside the inbox."""

    EMAIL = "email"
    SMS = "sms"

    @property
    def zh(self) -> str:
        """The Chinese word."""
        return "电子邮件" if self is NoticeChannel.EMAIL else "短信"

    @property
    def en(self) -> str:
        """The English word."""
        return "E-mail" if self is NoticeChannel.EMAIL else "SMS"


class DeliveryState(StrEnum):
    """Where a message stands. `dead`: given up; `dropped`: the holder took the address back, or the code is over."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class NewNotice:
    """Something that happened, before it is stored.

    `key` names the change: the same change again is the same notice. `owner`: keyed digest of the ID number. `subject`: what
    the holder sees beside the sentence, a certificate number or a receipt number.
    """

    key: str
    owner: bytes
    kind: NoticeKind
    subject: str


@dataclass(frozen=True, slots=True)
class HolderNotice:
    """An entry of a holder's inbox."""

    id: int
    kind: NoticeKind
    subject: str
    noted_at: datetime
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OutgoingText:
    """A message as it leaves the service."""

    subject: str
    text: str


def wait_after(attempts: int) -> int:
    """Seconds from attempt number `attempts` (1 is the first) to the next: doubled each time, up to six hours."""
    return min(FIRST_WAIT_SECONDS << min(attempts - 1, 16), LONGEST_WAIT_SECONDS)


def notice_text(kind: NoticeKind, channel: NoticeChannel, portal: str) -> OutgoingText:
    """What is sent of a notice; `portal` is the portal's address."""
    if channel is NoticeChannel.SMS:
        return OutgoingText("", f"【{SENDER_NAME}】{kind.zh}详情请登录持证人服务查看。")
    text = (
        f"您好：\n\n{kind.zh}\n\n详情请登录持证人服务查看：{portal}\n"
        "本邮件不含个人信息，也不会向您索要验证码、密码或费用。如不再需要邮件通知，可登录后关闭。\n\n"
        f"--\n\n{kind.en}\nPlease sign in to see more: {portal}\n"
    )
    return OutgoingText(f"{SENDER_NAME}：变动通知", text)


def code_text(code: str, channel: NoticeChannel, minutes: int) -> OutgoingText:
    """What is sent to confirm an address."""
    if channel is NoticeChannel.SMS:
        return OutgoingText(
            "", f"【{SENDER_NAME}】验证码 {code}，{minutes} 分钟内有效。如非本人操作，请不必理会。"
        )
    text = (
        f"您好：\n\n验证码：{code}\n\n{minutes} 分钟内有效，只用于确认这个邮箱接收变动通知。请勿告诉他人。\n"
        "如非本人操作，请不必理会：不确认，就不会再收到邮件。\n\n"
        f"--\n\nYour code: {code} (valid for {minutes} minutes). If you did not ask for it, do nothing.\n"
    )
    return OutgoingText(f"{SENDER_NAME}：验证码", text)
