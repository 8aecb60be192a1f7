"""Requests of holders 申请: a changed name or ID number, an error on a certificate or in a historical record, an appeal 异议申诉.

A request changes nothing by itself, and neither does its acceptance: what follows is decided by the ordinary decisions, by
two persons.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from certsvc.domain.decision_document import MediaType, read_media_type
from certsvc.domain.decision_text import require_words
from certsvc.domain.id_numbers import read_id
from certsvc.domain.identity import IdDocument, IdKind
from certsvc.errors import RequestError

LARGEST_FILE: Final = 5_000_000  # bytes
MOST_FILES: Final = 3
MOST_OPEN: Final = 10
"""Requests that one holder may have open."""
MOST_A_DAY: Final = 20
"""Requests of one holder within twenty-four hours, withdrawn ones too: each may bring evidence."""
WITHDRAWN_KEPT: Final = timedelta(days=7)
"""For so long the files of a withdrawn request are kept."""
LONGEST_WORDS: Final = 1000
LONGEST_ANSWER: Final = 500
LONGEST_BASIS: Final = 128
_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is read as something else
_NUMBER: Final = re.compile(rf"Q[{_ALPHABET}]{{9}}")
_FAIR: Final = 256 - 256 % len(_ALPHABET)


class RequestKind(StrEnum):
    """What is asked for."""

    NAME = "name"
    ID_NUMBER = "id_number"
    CORRECTION = "correction"
    HISTORY = "history"
    APPEAL = "appeal"

    @property
    def zh(self) -> str:
        """The Chinese words."""
        return _KINDS[self][0]

    @property
    def en(self) -> str:
        """The English words."""
        return _KINDS[self][1]

    @property
    def hint(self) -> tuple[str, str]:
        """What to hand in, in both languages."""
        return _KINDS[self][2], _KINDS[self][3]


_KINDS: Final[Mapping[RequestKind, tuple[str, str, str, str]]] = {
    RequestKind.NAME: (
        "姓名变更",
        "Change of name",
        "请附户口簿变更页或公安机关出具的证明。",
        "Attach the page of the household register, or a certificate of the police.",
    ),
    RequestKind.ID_NUMBER: (
        "证件号码变更",
        "Change of ID number",
        "请写明原证件号码，并附公安机关出具的同一人证明。受理并经两人核实后，原号码名下的证书才会显示在您的账号中。",
        "State the old number and attach proof that both are yours. Certificates under the old number are shown to you only "
        "after two officials have looked into it.",
    ),
    RequestKind.CORRECTION: (
        "证书内容有误",
        "Error on a certificate",
        "请写明哪一项有误、应为什么，并附评审结果文件或其他证明。",
        "Say which entry is wrong and what is right; attach the announcement or other proof.",
    ),
    RequestKind.HISTORY: (
        "历史记录有误或有异议",
        "Error or dispute in a historical record",
        "请写明查询编号和有误之处，并附原证书或公布文件。",
        "Give the reference of the record and what is wrong; attach the old certificate or the announcement.",
    ),
    RequestKind.APPEAL: (
        "对决定有异议（申诉）",
        "Appeal against a decision",
        "请写明对哪项决定有异议、理由是什么。申诉不停止原决定的执行，由没有参与该决定的人员办理。"
        "能否以及在多长时间内申请行政复议、提起行政诉讼，以决定书上写明的为准；没有收到决定书的，请先向作出决定的部门索取。",
        "Say which decision and why. An appeal does not suspend it, and is answered by officials who took no part in it. "
        "Whether and until when you may apply for administrative reconsideration or go to court is "
        "stated in the written decision; ask the office that decided for it if you have not received it.",
    ),
}


class RequestState(StrEnum):
    """How far a request is. `asked`: something is missing; `done`, `declined`, `withdrawn`, `unlinked`: it is over.

    `unlinking`: one official proposed to undo the link of two ID numbers, another has not said yet; it holds until then.
    """

    RECEIVED = "received"
    ASSIGNED = "assigned"
    ASKED = "asked"
    ACCEPTED = "accepted"
    DONE = "done"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    UNLINKING = "unlinking"
    UNLINKED = "unlinked"

    @property
    def zh(self) -> str:
        """The Chinese word."""
        return _STATES[self][0]

    @property
    def en(self) -> str:
        """The English word."""
        return _STATES[self][1]

    @property
    def tone(self) -> str:
        """How a page shows it."""
        return _STATES[self][2]

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it."""
        return self in OVER


_STATES: Final = {
    RequestState.RECEIVED: ("已收到", "received", "unknown"),
    RequestState.ASSIGNED: ("办理中", "being looked into", "unknown"),
    RequestState.ASKED: ("待补正", "waiting for you", "limited"),
    RequestState.ACCEPTED: ("已受理，等待核定", "accepted, to be decided", "unknown"),
    RequestState.DONE: ("已办结", "done", "passed"),
    RequestState.DECLINED: ("不予办理", "declined", "failed"),
    RequestState.WITHDRAWN: ("已撤回", "withdrawn", "unknown"),
    RequestState.UNLINKING: ("已办结，关联正在复核", "done, the link is looked into again", "limited"),
    RequestState.UNLINKED: ("证件号码关联已撤销", "link of ID numbers undone", "failed"),
}
OVER: Final = frozenset(
    {RequestState.DONE, RequestState.DECLINED, RequestState.WITHDRAWN, RequestState.UNLINKED}
)
WAITING: Final = frozenset({RequestState.RECEIVED, RequestState.ASSIGNED})
"""What an official may ask back, accept or decline."""


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file that proves what is asked; its kind is told by its first bytes."""

    content: bytes
    media_type: MediaType


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file as it is listed: place among the files of its request, digest, kind, size in bytes."""

    place: int
    sha256: str
    media_type: MediaType
    size: int


@dataclass(frozen=True, slots=True)
class RequestWords:
    """What the holder wrote, sealed at rest: name and number of who signed in, what is wrong, what is right.

    `subject`: certificate number, reference of a historical record, or decision; empty for a changed ID number.
    """

    name: str
    id_number: str
    subject: str
    wrong: str
    right: str
    old_number: str = ""


@dataclass(frozen=True, slots=True)
class RequestStep:
    """Something that happened to a request; `words` is what the holder is told."""

    at: datetime
    actor: str
    state: RequestState
    words: str


@dataclass(frozen=True, slots=True)
class HolderRequest:
    """A request without what is personal. `place`: the city responsible, None for the province; `decision`: what followed."""

    number: str
    kind: RequestKind
    subject: str
    place: str | None
    state: RequestState
    received_at: datetime
    due_on: date
    assigned_to: str | None = None
    accepted_by: str | None = None
    decision: str | None = None
    unlink_by: str | None = None


@dataclass(frozen=True, slots=True)
class WholeRequest:
    """A request with everything that belongs to it."""

    request: HolderRequest
    words: RequestWords
    steps: tuple[RequestStep, ...] = ()
    files: tuple[KeptFile, ...] = field(default=())


def request_words(
    kind: RequestKind, name: str, id_number: str, *, subject: str, wrong: str, right: str, old_number: str
) -> RequestWords:
    """The words in normal form. Raises RequestError naming what is missing, too long, or no number of a document."""
    written = "" if kind is RequestKind.ID_NUMBER else require_words(subject, "证书编号或查询编号", 32)
    old = _old_number(old_number, id_number) if kind is RequestKind.ID_NUMBER else ""
    return RequestWords(
        name=name,
        id_number=id_number,
        subject="".join(written.split()).upper(),
        wrong=lines(wrong, "情况说明", LONGEST_WORDS),
        right=lines(right, "正确的内容或请求", LONGEST_WORDS),
        old_number=old,
    )


def evidence_file(raw: bytes) -> EvidenceFile:
    """A file that is taken. Raises RequestError for an empty or too large one, or another kind."""
    if len(raw) > LARGEST_FILE:
        raise RequestError("单个文件不能超过 5 MB。请压缩后再上传。")
    return EvidenceFile(raw, read_media_type(raw))


def new_number(random_bytes: Callable[[int], bytes]) -> str:
    """A fresh receipt number 受理编号: `Q` and nine symbols."""
    symbols = ""
    while len(symbols) < 9:
        symbols += "".join(_ALPHABET[one % len(_ALPHABET)] for one in random_bytes(9) if one < _FAIR)
    return "Q" + symbols[:9]


def is_number(text: str) -> bool:
    """Whether a text has the form of a receipt number."""
    return _NUMBER.fullmatch(text) is not None


def lines(text: str, what: str, longest: int) -> str:
    """Lines stay lines; every other control character is refused. Raises RequestError."""
    written = unicodedata.normalize("NFC", text).replace("\t", " ").splitlines()
    plain = "\n".join(line.strip() for line in written).strip()
    require_words(plain.replace("\n", " "), what, longest)
    return plain


def document_of(number: str) -> IdDocument | None:
    """The document of a number, of whatever kind it can be; None when it is none."""
    found = (read_id(kind, number).document for kind in IdKind)
    return next((one for one in found if one is not None), None)


def _old_number(text: str, own: str) -> str:
    document = document_of(text)
    if document is None:
        raise RequestError("原证件号码无法识别。请按原证件填写；15 位的旧身份证号码也可以。")
    if document == document_of(own):
        raise RequestError("原证件号码与您登录所用的号码相同，无需变更：15 位号码名下的证书会自动显示。")
    return document.number
