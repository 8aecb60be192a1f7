"""Suspicion cases 举报疑似假证: what somebody reports under their real name, and how a case ends (吉人社函〔2022〕38号 四（五）).

A report changes nothing alone: what follows from it is decided elsewhere, by the ordinary decisions over certificates.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import count
from typing import Final

from certsvc.domain.calendar import UnknownCalendarYearError, WorkCalendar
from certsvc.domain.decision_document import MediaType, read_media_type
from certsvc.domain.decision_text import LONGEST_REFERENCE, require_no_id_number, require_words
from certsvc.errors import RequestError

LARGEST_ATTACHMENT: Final = 2_000_000  # bytes
LONGEST_NAME: Final = 50  # code points, as the lengths below
LONGEST_CONTACT: Final = 100
LONGEST_PLACE: Final = 200
LONGEST_ACCOUNT: Final = 2000
LONGEST_WORDS: Final = 500
SAME_REPORT: Final = timedelta(days=1)
"""Within which the same report is the same case."""
CODE_LENGTH: Final = 12  # symbols: 59 bits; another length than manual, share and report codes
_NUMBER_SYMBOLS: Final = 9
_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is read as something else
_LARGEST_FAIR: Final = 256 - 256 % len(_ALPHABET)
_E_MAIL: Final = re.compile(r"[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+")
_DIGITS: Final = re.compile(r"\D")
_FEWEST_DIGITS, _MOST_DIGITS = 7, 15
_NUMBER: Final = re.compile(rf"S[{_ALPHABET}]{{{_NUMBER_SYMBOLS}}}")


class CaseKind(StrEnum):
    """What a case is about: a certificate that may be a fake, or a complaint 投诉举报 that an official has entered."""

    SUSPICION = "suspicion"
    COMPLAINT = "complaint"

    @property
    def label(self) -> str:
        """The Chinese word."""
        return {"suspicion": "举报疑似假证", "complaint": "投诉举报"}[self.value]


class ComplaintAbout(StrEnum):
    """Whom or what a complaint concerns."""

    REVIEW = "review"
    HOLDER = "holder"
    UNIT = "unit"

    @property
    def label(self) -> str:
        """The Chinese word."""
        return {"review": "评审过程和结果", "holder": "持证人", "unit": "单位"}[self.value]


class ReceivedBy(StrEnum):
    """How a complaint came in."""

    LETTER = "letter"
    COUNTER = "counter"

    @property
    def label(self) -> str:
        """The Chinese word."""
        return {"letter": "来信", "counter": "来访"}[self.value]


class CaseStatus(StrEnum):
    """How far a case is."""

    OPEN = "open"
    ASSIGNED = "assigned"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """The Chinese word."""
        return {"open": "已收到，待受理", "assigned": "正在核查", "closed": "已办结"}[self.value]


class CaseOutcome(StrEnum):
    """What was found: it is true, it is not, it cannot be found out, or it was made up to harm somebody 诬告."""

    TRUE = "true"
    UNTRUE = "untrue"
    UNCLEAR = "unclear"
    SLANDER = "slander"

    @property
    def label(self) -> str:
        """The Chinese word."""
        return {"true": "属实", "untrue": "不属实", "unclear": "无法查实", "slander": "诬告"}[self.value]


@dataclass(frozen=True, slots=True)
class Attachment:
    """The file that was checked; its kind is told by its first bytes."""

    content: bytes
    media_type: MediaType


@dataclass(frozen=True, slots=True)
class SuspicionReport:
    """What a reporter hands in: who, where it was shown, what happened, and what had been checked.

    At most one of `qr` (text of the symbol), `manual_code` and `number` (of the certificate), as it was presented.
    `about`, `received_by`: of complaints alone.
    """

    name: str
    contact: str
    shown_at: str
    account: str
    qr: str | None = None
    manual_code: str | None = None
    number: str | None = None
    attachment: Attachment | None = None
    about: ComplaintAbout | None = None
    received_by: ReceivedBy | None = None


@dataclass(frozen=True, slots=True)
class CaseOpinion:
    """What the officials think so far: inside, never told to the reporter; a later one takes its place."""

    words: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseClosing:
    """How a case ended: words for the reporter, and for a true one the decision that followed elsewhere."""

    outcome: CaseOutcome
    words: str
    reference: str | None


@dataclass(frozen=True, slots=True)
class SuspicionCase:
    """A case as it is kept, without what is personal.

    `certificate` and `city`: the number that the register knows, and the city responsible for it; None when it knows none.
    `forgotten_at`: when what was personal in it was deleted.
    """

    number: str
    status: CaseStatus
    reported_at: datetime
    certificate: str | None
    city: str | None
    assigned_to: str | None = None
    assigned_at: datetime | None = None
    outcome: CaseOutcome | None = None
    closed_by: str | None = None
    closed_at: datetime | None = None
    forgotten_at: datetime | None = None
    kind: CaseKind = CaseKind.SUSPICION
    entered_by: str | None = None

    def due_on(self, from_on: date, days: int, calendar: WorkCalendar) -> date:
        """The day by which it is closed, so many days after its receipt or its transfer (`from_on`), moved to a working day;
        where the calendar of that year is unknown, not moved."""
        try:
            return calendar.plus_days_rolled(from_on, days)
        except UnknownCalendarYearError:
            return from_on + timedelta(days=days)


def suspicion_report(
    name: str,
    contact: str,
    shown_at: str,
    account: str,
    *,
    qr: str | None = None,
    manual_code: str | None = None,
    number: str | None = None,
    attached: bytes | None = None,
) -> SuspicionReport:
    """A report in normal form. Raises RequestError naming what is missing, too long, or no way to reach anybody."""
    if sum(one is not None for one in (qr, manual_code, number)) > 1:
        raise RequestError("二维码内容、校验码和证书编号只附一项。")
    return SuspicionReport(
        name=require_words(name, "您的真实姓名", LONGEST_NAME),
        contact=_contact(contact),
        shown_at=require_words(shown_at, "在哪里出示", LONGEST_PLACE),
        account=_account(account),
        qr=qr,
        manual_code=manual_code,
        number=None if number is None else require_words(number, "证书编号", 64),
        attachment=None if attached is None else _attachment(attached),
    )


def complaint_report(
    name: str,
    contact: str,
    account: str,
    about: ComplaintAbout,
    received_by: ReceivedBy,
    number: str | None = None,
    attached: bytes | None = None,
) -> SuspicionReport:
    """A complaint as an official enters it, under the real name of whoever complains (38号 四（五）). Raises RequestError."""
    return SuspicionReport(
        name=require_words(name, "投诉人的真实姓名", LONGEST_NAME),
        contact=_contact(contact),
        shown_at=received_by.label,
        account=_account(account),
        number=None if not number else require_words(number, "证书编号", 64),
        attachment=None if attached is None else _attachment(attached),
        about=about,
        received_by=received_by,
    )


def case_opinion(words: str) -> str:
    """An opinion in normal form; lines are kept. Raises RequestError."""
    plain = "\n".join(line.strip() for line in words.splitlines()).strip()
    require_words(plain.replace("\n", " "), "核查意见", LONGEST_ACCOUNT)
    return plain


def case_closing(outcome: CaseOutcome, words: str, reference: str | None) -> CaseClosing:
    """An end in normal form. Raises RequestError: a true case names its decision, no other does; no ID number in words."""
    if (outcome is CaseOutcome.TRUE) != (reference is not None):
        raise RequestError("属实的，须写明随后作出的决定或处理的文号；其他结论不写文号。")
    told = require_words(words, "给举报人的答复", LONGEST_WORDS)
    require_no_id_number(told, "给举报人的答复")
    known = None if reference is None else require_words(reference, "文号", LONGEST_REFERENCE)
    return CaseClosing(outcome, told, known)


def new_number(random_bytes: Callable[[int], bytes]) -> str:
    """A fresh case number: `S` and nine symbols."""
    return "S" + _symbols(random_bytes, _NUMBER_SYMBOLS)


def case_code(key_of: Callable[[str], bytes], number: str) -> str:
    """The code of a case: made of its number with a secret key (`key_of`: keyed digest of a text), so it is kept nowhere."""
    rounds = count()
    return _symbols(lambda _wanted: key_of(f"suspicion-code/{next(rounds)}/{number}"), CODE_LENGTH)


def opens_case(key_of: Callable[[str], bytes], number: str, code: str) -> bool:
    """Whether a code, in plain symbols, belongs to a number, in the same time whether it does or not."""
    return hmac.compare_digest(case_code(key_of, number).encode(), code.encode("utf-8", "replace"))


def written_code(code: str) -> str:
    """The code as people read it: three groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def plain_symbols(written: str) -> str:
    """A number or code as it is kept; separators, blanks and small letters do not count."""
    narrow = unicodedata.normalize("NFKC", written).upper()
    return "".join(symbol for symbol in narrow if symbol.isalnum())


def is_case_number(text: str) -> bool:
    """Whether plain symbols have the form of a case number."""
    return _NUMBER.fullmatch(text) is not None


def _symbols(random_bytes: Callable[[int], bytes], length: int) -> str:
    symbols = ""
    while len(symbols) < length:
        fair = (byte for byte in random_bytes(length) if byte < _LARGEST_FAIR)
        symbols += "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in fair)
    return symbols[:length]


def _contact(text: str) -> str:
    contact = require_words(text, "联系方式", LONGEST_CONTACT)
    digits = _DIGITS.sub("", unicodedata.normalize("NFKC", contact))
    if not _E_MAIL.fullmatch(contact) and not _FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS:
        raise RequestError("联系方式须是电话号码或电子邮箱。请核对后重试。")
    return contact


def _account(text: str) -> str:
    """Lines stay lines; every other control character is refused."""
    lines = [line.strip() for line in unicodedata.normalize("NFC", text).replace("\t", " ").splitlines()]
    plain = "\n".join(lines).strip()
    require_words(plain.replace("\n", " "), "事情经过", LONGEST_ACCOUNT)
    return plain


def _attachment(raw: bytes) -> Attachment:
    if len(raw) > LARGEST_ATTACHMENT:
        raise RequestError("附件超过 2 MB。请压缩后再附，或者不附文件先提交。")
    return Attachment(raw, read_media_type(raw))
