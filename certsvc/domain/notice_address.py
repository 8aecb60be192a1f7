"""Addresses that holders give for notices on change: which ones are taken, and the code that confirms one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from certsvc.domain.holder_notice import NoticeChannel
from certsvc.errors import RequestError

CODE_LIVES: Final = timedelta(minutes=10)
MOST_TRIES: Final = 5
"""Wrong codes after which a code is over."""
MOST_CODES_AN_HOUR: Final = 3
MOST_CODES_A_DAY: Final = 6
"""Codes that one holder gets for one way, and that one address gets from whomever."""
LONGEST_EMAIL: Final = 254  # RFC 5321 section 4.5.3.1.3
_LONGEST_LOCAL: Final = 64
_DIGITS: Final = 6
_LOCAL: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN: Final = re.compile(
    r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])"
)
_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")


@dataclass(frozen=True, slots=True)
class NoticeAddress:
    """How a holder is reached by one way. `shown` is masked; the address itself leaves the store for sending alone.

    `waiting` is the masked address whose code was not entered yet, `tries_left` how many codes may still be tried.
    """

    channel: NoticeChannel
    shown: str | None
    switched_on: bool
    waiting: str | None = None
    tries_left: int = 0


def read_address(channel: NoticeChannel, text: str) -> str:
    """An address in normal form: `name@host` in ASCII (RFC 5321), or eleven digits of a mainland mobile number.

    Raises RequestError. Nothing that a header or a request could break at gets through.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if channel is NoticeChannel.SMS:
        digits = re.sub(r"[ \-]", "", plain).removeprefix("+86")
        if not _MOBILE.fullmatch(digits):
            raise RequestError("请填写 11 位的手机号码，例如 13800000000。")
        return digits
    local, at, host = plain.rpartition("@")
    fits = at and len(plain) <= LONGEST_EMAIL and len(local) <= _LONGEST_LOCAL
    if not fits or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(host):
        raise RequestError("请填写电子邮箱地址，例如 name@example.com。")
    return f"{local}@{host.lower()}"


def masked(channel: NoticeChannel, address: str) -> str:
    """The address as a page shows it: enough for its owner to know it again."""
    if channel is NoticeChannel.SMS:
        return f"{address[:3]}****{address[-4:]}"
    local, _, host = address.rpartition("@")
    return f"{local[:1]}***@{host}"


def new_code(random_bytes: Callable[[int], bytes]) -> str:
    """Six digits, each as likely as the other."""
    bound, largest = 10**_DIGITS, 2**32 - 2**32 % 10**_DIGITS
    while True:
        drawn = int.from_bytes(random_bytes(4), "big")
        if drawn < largest:
            return f"{drawn % bound:0{_DIGITS}}"


def read_code(text: str) -> str:
    """What was typed, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split())[: _DIGITS + 1]
