"""One life, its past bundle, and what the reader answers to whatever was made of it."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

from certverify.past import PastVerdict, check_past
from certverify.verdict import Outcome

from tests.past.builders import FIRST, OTHER, SECOND, PastLog, a_life, canonical, tidied
from tests.verifier.builders import NOW

LOG = a_life()
GOOD = LOG.past(FIRST, SECOND)
BESIDE = LOG.past(OTHER)
PASSED, FAILED, OPEN = Outcome.PASSED, Outcome.FAILED, Outcome.UNDETERMINED
Bundle = dict[str, Any]


def answer(bundle: Any, log: PastLog = LOG, on: date | None = None, **how: Any) -> PastVerdict:
    """The answer to a bundle under the trust material of a log."""
    return check_past(canonical(bundle), log.trust(), NOW, on, **how)


def told(answered: PastVerdict) -> tuple[Outcome, set[str]]:
    """Outcome and codes, without those of every bundle."""
    quiet = {"no-witnesses", "past-pairs-possible"}
    return answered.verdict.outcome, {one.code.value for one in answered.verdict.findings} - quiet


def without_events(*left_out: tuple[int, int]) -> Bundle:
    """The good bundle without events, each named by version and place."""
    bundle = copy.deepcopy(GOOD)
    for version, place in sorted(left_out, reverse=True):
        del bundle["versions"][version]["events"][place]
    return tidied(bundle)
