"""The language of the pages: Chinese, or English beside it. A cookie remembers the choice, nothing else does."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from fastapi import Request
from fastapi.responses import Response

_COOKIE: Final = "certsvc-language"
_ONE_YEAR: Final = 365 * 24 * 3600


class Language(StrEnum):
    """The value is the page's `data-language`."""

    CHINESE = "zh"
    ENGLISH = "en"

    @property
    def tag(self) -> str:
        """The language tag (RFC 5646)."""
        return "zh-CN" if self is Language.CHINESE else "en"


def language_of(request: Request) -> Language:
    """The language that the browser's user chose; Chinese where nothing was chosen."""
    chosen = request.cookies.get(_COOKIE)
    return Language.ENGLISH if chosen == Language.ENGLISH else Language.CHINESE


def remember_language(answer: Response, language: Language) -> None:
    """Keep the choice for a year."""
    answer.set_cookie(_COOKIE, language.value, max_age=_ONE_YEAR, path="/", httponly=True, samesite="lax")
