"""What a channel said, in the words of the table."""

from __future__ import annotations

from typing import Any

from tests.channels.scene import Presented
from tests.channels.table import Answer, Kind

ON_LINE_ALONE = ("decision", "replaced_by", "historical", "comparison")
"""Members of a verdict that the service fills, or fills further: the register knows more than the signed record.
`comparison` stands beside files alone."""


def told(verdict: dict[str, Any]) -> tuple[str, str, tuple[str, ...]]:
    """Outcome, status and codes of a verdict."""
    return verdict["verdict"], verdict["status"], tuple(item["code"] for item in verdict["findings"])


def wanted(answer: Answer) -> tuple[str, str, tuple[str, ...]]:
    """The same of the table."""
    return answer.outcome, answer.status, answer.codes


def without(verdict: dict[str, Any], *members: str) -> dict[str, Any]:
    """A verdict without some of its members."""
    return {name: value for name, value in verdict.items() if name not in members}


def questions(kind: Kind, shown: Presented) -> dict[str, tuple[dict[str, str], Answer]]:
    """Every question to the service about what is shown, and the answer to it."""
    place = {} if kind.place is None else {"place": kind.place}
    found = {"qr": ({"qr": shown.text} | place, kind.answer)}
    if shown.code is not None:
        found["code"] = {"code": shown.code} | place, kind.by_code or kind.answer
    if shown.claim is not None:
        found["number"] = shown.claim | place, kind.by_number or kind.answer
    return found
