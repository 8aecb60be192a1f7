"""Keys of organisations that verify much: `certsvc_<id>_<secret><check>`. No key is ever needed to verify.

The alphabet is Crockford's base 32 in small letters: no i, l, o, u. Ten symbols name the key and are no secret; 32 are (160
bits, so that a plain digest keeps them); the last seven are the CRC-32 of what stands before them, so that a mistyped key is
told from an unknown one without a look anywhere, and scanners of source code know a key when they see one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Final
from zlib import crc32

from certsvc.errors import MistypedKey, RequestError

PREFIX: Final = "certsvc"
SCANNERS_PATTERN: Final = r"certsvc_[0-9a-hjkmnp-tv-z]{10}_[0-9a-hjkmnp-tv-z]{39}"
"""What a scanner for secrets looks for; of a hit the check symbols decide."""
LONGEST_WORDS: Final = 120
MOST_PER_MINUTE: Final = 100_000
MOST_PER_DAY: Final = 100_000_000
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_ID, _SECRET, _CHECK = 10, 32, 7
_FORM: Final = re.compile(SCANNERS_PATTERN)


@dataclass(frozen=True, slots=True)
class OrganisationKey:
    """One key: whose, what for, how many questions a minute and a Shanghai day.

    `ends_on`: the last day on which it works; `ended_at`: when it was ended by hand. `digest`: SHA-256 of the whole text.
    """

    id: str
    name: str
    organisation: str
    purpose: str
    per_minute: int
    per_day: int
    made_at: datetime
    digest: bytes
    ends_on: date | None = None
    ended_at: datetime | None = None

    def has_ended(self, today: date) -> bool:
        """Whether it works no more."""
        return self.ended_at is not None or (self.ends_on is not None and today > self.ends_on)


@dataclass(frozen=True, slots=True)
class KeyWish:
    """What a new key is to be. Raises RequestError for words or numbers that cannot be."""

    name: str
    organisation: str
    purpose: str
    per_minute: int
    per_day: int
    ends_on: date | None = None

    def __post_init__(self) -> None:
        for word, what in ((self.name, "密钥名称"), (self.organisation, "机构名称"), (self.purpose, "用途")):
            if not 0 < len(word) <= LONGEST_WORDS or not word.isprintable() or word != word.strip():
                raise RequestError(f"{what}须为 1 至 {LONGEST_WORDS} 个可显示的字符，首尾不留空格。")
        if not 1 <= self.per_minute <= MOST_PER_MINUTE or not 1 <= self.per_day <= MOST_PER_DAY:
            raise RequestError(f"配额须为每分钟 1 至 {MOST_PER_MINUTE} 次、每日 1 至 {MOST_PER_DAY} 次。")


def new_key_text(random_bytes: Callable[[int], bytes]) -> str:
    """A fresh key, to be shown once."""
    symbols = "".join(_ALPHABET[byte & 31] for byte in random_bytes(_ID + _SECRET))
    return _with_check(f"{PREFIX}_{symbols[:_ID]}_{symbols[_ID:]}")


def id_of_key_text(text: str) -> str:
    """The id in a key. Raises MistypedKey for a text that is no key, or not as it was given out."""
    if not _FORM.fullmatch(text) or _with_check(text[:-_CHECK]) != text:
        raise MistypedKey()
    return text.split("_")[1]


def key_digest(text: str) -> bytes:
    """What is stored of a key."""
    return sha256(text.encode()).digest()


def _with_check(text: str) -> str:
    check = crc32(text.encode())
    return text + "".join(_ALPHABET[check >> shift & 31] for shift in range(5 * (_CHECK - 1), -1, -5))
