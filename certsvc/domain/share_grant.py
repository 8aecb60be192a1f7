"""Share grants 授权查验: a holder lets one recipient see chosen fields of a certificate for a while, by a code.

The code alone opens the grant; it is shown once and kept as a digest. A grant ends by itself, and the holder may end it
at any time; whoever comes with a code that does not open anything learns no more than that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from types import MappingProxyType
from typing import Final

from certsvc.domain.certificate import CertificateContent
from certsvc.domain.decision_text import require_words
from certsvc.domain.levels import Level
from certsvc.domain.regions import REGIONS
from certsvc.domain.series import SERIES
from certsvc.domain.titles import TITLES
from certsvc.domain.ways import WAYS
from certsvc.errors import RequestError

DEFAULT_DAYS: Final = 7
LONGEST_DAYS: Final = 180
LONGEST_RECIPIENT: Final = 100  # code points
CODE_LENGTH: Final = 16  # symbols: 79 bits
_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is read as something else
_LARGEST_FAIR: Final = 256 - 256 % len(_ALPHABET)


@dataclass(frozen=True, slots=True)
class ShareField:
    """A field that may be shared: its Chinese word, and how it is read from a certificate."""

    label: str
    read: Callable[[CertificateContent], str | None]


def _area(content: CertificateContent) -> str | None:
    area = content.award.validity_area
    return None if area is None else REGIONS[area].full_name


SHAREABLE: Final[Mapping[str, ShareField]] = MappingProxyType(
    {
        "name": ShareField("姓名", lambda content: content.award.name),
        "title": ShareField("职称名称", lambda content: TITLES[content.award.title]),
        "level": ShareField("级别", lambda content: Level(content.award.level).label),
        "series": ShareField("系列", lambda content: SERIES[content.award.series]),
        "specialty": ShareField("专业", lambda content: content.award.specialty),
        "way": ShareField("取得方式", lambda content: WAYS[content.award.way]),
        "acquired_on": ShareField("取得时间", lambda content: content.award.acquired_on.isoformat()),
        "validity_area": ShareField("有效范围", _area),
        "number": ShareField("证书编号", lambda content: content.number),
        "committee": ShareField("评审委员会", lambda content: content.award.committee_name),
        "announcement": ShareField("公布文号", lambda content: content.award.announcement_ref),
        "unit": ShareField("工作单位", lambda content: content.award.unit_name),
    }
)
"""What a holder may choose. Identity document, birth date and sex cannot be shared this way.

A validity area always goes along: without it a dual-directed title would seem to count everywhere (211号 一（三）).
"""


@dataclass(frozen=True, slots=True)
class ShareGrant:
    """A grant as it is kept; `recipient` is the holder's own word for whom it is meant."""

    id: str
    number: str
    fields: tuple[str, ...]
    recipient: str
    made_at: datetime
    ends_at: datetime
    cancelled_at: datetime | None = None

    def opens(self, now: datetime) -> bool:
        """True while the grant may be opened."""
        return self.cancelled_at is None and now < self.ends_at


def chosen_fields(fields: Sequence[str]) -> tuple[str, ...]:
    """The chosen fields in their fixed order, with the validity area. Raises RequestError for none or unknown ones."""
    unknown = sorted(set(fields) - set(SHAREABLE))
    if unknown or not fields:
        words = "、".join(f"{key}（{field.label}）" for key, field in SHAREABLE.items())
        raise RequestError(f"请选择要出示的内容，只能从下列各项中选择：{words}。")
    return tuple(key for key in SHAREABLE if key in fields or key == "validity_area")


def recipient_label(text: str) -> str:
    """Whom the grant is meant for. Raises RequestError when it is empty, too long, or cannot be shown."""
    return require_words(text, "授权对象", LONGEST_RECIPIENT)


def end_of(made_at: datetime, days: int) -> datetime:
    """The instant from which the grant opens no more. Raises RequestError outside 1 to 180 days."""
    if not 1 <= days <= LONGEST_DAYS:
        raise RequestError(f"授权期限须为 1 至 {LONGEST_DAYS} 天。请重新选择。")
    return made_at + timedelta(days=days)


def new_code(random_bytes: Callable[[int], bytes]) -> str:
    """A fresh code: 16 symbols, each as likely as any other."""
    symbols = ""
    while len(symbols) < CODE_LENGTH:
        fair = (byte for byte in random_bytes(CODE_LENGTH) if byte < _LARGEST_FAIR)
        symbols += "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in fair)
    return symbols[:CODE_LENGTH]


def written_code(code: str) -> str:
    """The code as people read it: four groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def code_digest(written: str) -> bytes:
    """The 32 bytes under which a code is kept; separators, blanks and small letters do not count."""
    plain = "".join(symbol for symbol in written.upper() if symbol.isalnum())
    return sha256(b"certsvc/share-grant/v1\0" + plain.encode("utf-8", "surrogatepass")).digest()
