"""Which questions the short way understands: a QR text alone, asked plainly. Every other one it leaves to verification."""

from __future__ import annotations

import json
from typing import Final

from starlette.types import Scope

from certsvc.entrypoints.public_api.askers import PAGE_HEADER

LONGEST_QUESTION: Final = 4096  # bytes
_JSON: Final = b"application/json"
_HANDED_ON: Final = frozenset({b"authorization", b"x-proof-of-work", b"idempotency-key", b"content-encoding"})
_PAGE: Final = PAGE_HEADER.lower().encode()
_OPENINGS: Final = (b'{"qr":"', b'{"qr": "')
_CLOSING: Final = b'"}'


def asked_plainly(scope: Scope) -> bool | None:
    """Whether the question comes from our own page; None when its headers ask for more than a plain answer."""
    plain = from_page = False
    for name, value in scope["headers"]:
        if name == b"content-type":
            plain = value == _JSON
        elif name in _HANDED_ON:
            return None
        elif name == b"content-length":
            if not value.isdigit() or len(value) > 4 or int(value) > LONGEST_QUESTION:
                return None
        elif name == _PAGE:
            from_page = value == b"page"
    return from_page if plain else None


def record_asked_for(raw_question: bytes, prefixes: tuple[str, ...]) -> str | None:
    """The record's text in a question by QR text and nothing else, with one of our links or none."""
    text = _qr_text(raw_question)
    if text is None:
        return None
    for prefix in prefixes:
        if text.startswith(prefix):
            return text[len(prefix) :]
    return text


def _qr_text(raw_question: bytes) -> str | None:
    """The member `qr` of a JSON object that has no other; only ASCII, as records are."""
    if len(raw_question) > LONGEST_QUESTION or not raw_question.isascii():
        return None
    for opening in _OPENINGS:
        if raw_question.startswith(opening) and raw_question.endswith(_CLOSING):
            raw_text = raw_question[len(opening) : -len(_CLOSING)]
            if b'"' not in raw_text and b"\\" not in raw_text:
                return raw_text.decode()
    try:
        question = json.loads(raw_question)
    except (ValueError, RecursionError):
        return None
    text = question.get("qr") if isinstance(question, dict) and len(question) == 1 else None
    return text if isinstance(text, str) and text.isascii() else None
