"""Titles on paper from before the electronic certificates count for eligibility once they are confirmed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from certsvc.adapters.clock import FixedClock
from certsvc.domain.caller import Caller, CallerRole, Purpose
from certsvc.domain.cancelled_year import require_document
from certsvc.domain.eligibility import EligibilityQuestion
from certsvc.domain.identity import IdKind
from certsvc.domain.levels import Level
from certsvc.domain.ways import Way
from tests.history.papers import ZHOU, ZHOU_ID, Archive, open_archive

TEACHERS = 22
PROGRAM = Caller("application-system", CallerRole.SERVICE, "220000", frozenset({Purpose.ELIGIBILITY}))


def ask(archive: Archive, name: str = "周铭") -> dict[str, Any]:
    """What the application system is told of an application for the senior title of school teachers."""
    document = require_document(IdKind.CITIZEN, ZHOU_ID)
    question = EligibilityQuestion(
        name, document, TEACHERS, Level.SENIOR, Way.SCHOOL_SENIOR, date(2024, 3, 1)
    )
    told: dict[str, Any] = json.loads(archive.office.credit.eligibility.answer(question, b"{}", PROGRAM))
    return told


def test_a_confirmed_paper_of_1998_is_the_base_of_a_promotion(
    tmp_path: Path, clock: FixedClock, database_url: str
) -> None:
    archive = open_archive(tmp_path, clock, database_url)
    archive.bring_in(ZHOU)
    assert ask(archive)["titles"] == [], "what nobody has confirmed is not told"
    (reference,) = archive.published(ZHOU)
    told = ask(archive)
    (title,) = told["titles"]
    assert (title["number"], title["title"], title["way"]) == (reference, "中学高级教师", "历史数据")
    assert title["acquired_on"] == "1998-06-30", "a month counts as its last day"
    assert (told["base_title"], told["eligible"]) == (reference, True)
    assert told["tenure_start"]["on"] == "1998-06-30"
    other = ask(archive, "周明")
    assert other["titles"] == []
    assert [one["code"] for one in other["reasons"]] == ["name-differs"]
    archive.under_test.close()
