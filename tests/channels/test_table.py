"""The table itself: nothing that cannot be told passes, and what is told apart stays apart."""

from __future__ import annotations

from certverify.codes import Code
from certverify.meanings import MEANINGS

from tests.channels.table import KINDS, Answer

ANSWERS = [
    answer
    for kind in KINDS
    for answer in (kind.answer, kind.off_line, kind.by_code, kind.by_number, kind.by_file)
    if answer is not None
]


def test_the_outcome_follows_from_the_codes_and_what_cannot_be_told_never_passes() -> None:
    assert {answer.outcome for answer in ANSWERS} == {"passed", "failed", "undetermined"}
    for answer in ANSWERS:
        effects = {MEANINGS[Code(code)].effect.value for code in answer.codes}
        worst = "failed" if "failed" in effects else "undetermined" if "undetermined" in effects else "passed"
        assert answer.outcome == worst, answer


def test_revoked_unknown_key_unreadable_and_stale_are_four_answers() -> None:
    wanted = ("revoked", "unknown key", "unreadable", "log eight days old")
    told: list[Answer] = [kind.answer for kind in KINDS if kind.name in wanted]
    assert len({answer.codes for answer in told}) == len({answer.label for answer in told}) == len(wanted)


def test_every_status_of_a_certificate_has_its_row() -> None:
    assert {kind.answer.status for kind in KINDS} == {
        "valid",
        "revoked",
        "superseded",
        "suspended",
        "voided",
        "written_off",
        "historical",
        "unknown",
    }
