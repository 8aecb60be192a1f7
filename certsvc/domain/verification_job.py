"""Verification jobs 批量核验任务: a file of questions that is worked off in the background, for whoever has its token.

The token alone leads to a job; it is shown once, and kept as a digest.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

TOKEN_BYTES: Final = 32
LONGEST_UNFINISHED: Final = timedelta(days=7)
"""A job that could not be finished in this time is deleted with its questions."""

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


class RowOutcome(StrEnum):
    """How a row was answered: the three outcomes of a verdict, or no verdict."""

    PASSED = "passed"
    FAILED = "failed"
    UNDETERMINED = "undetermined"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class JobCounts:
    """How many rows there are, and how many have which outcome."""

    rows: int
    passed: int = 0
    failed: int = 0
    undetermined: int = 0
    problem: int = 0

    @property
    def done(self) -> int:
        """How many rows are answered."""
        return self.passed + self.failed + self.undetermined + self.problem

    @property
    def percentage(self) -> int:
        """Per cent answered, rounded down: 100 only when all are."""
        return self.done * 100 // self.rows


def counted(rows: int, outcomes: Iterable[RowOutcome]) -> JobCounts:
    """The counts of these outcomes."""
    numbers = Counter(outcomes)
    return JobCounts(rows, *(numbers[outcome] for outcome in RowOutcome))


def written_token(random: bytes) -> str:
    """The token of 32 random bytes: 43 characters that may stand in an address."""
    return urlsafe_b64encode(random).rstrip(b"=").decode()


def token_digest(token: str) -> bytes | None:
    """The 32 bytes under which a token is kept; None for what no token looks like."""
    if _TOKEN.fullmatch(token) is None:
        return None
    return sha256(b"certsvc/verification-job/v1\0" + token.encode()).digest()
