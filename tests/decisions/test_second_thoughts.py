"""What may have changed between a proposal and its confirmation, or since a decision was made."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.decision import DecisionKind, DecisionStatus
from certsvc.errors import CertsvcError, ConflictError, RequestError
from tests.decisions.deciders import Deciders, issue_sun, open_deciders

REVOKE, CORRECT = DecisionKind.REVOKE, DecisionKind.CORRECT
SUSPEND, REINSTATE = DecisionKind.SUSPEND, DecisionKind.REINSTATE
NEW_NAME = "孙达成"


def test_a_ground_that_a_correction_turned_into_the_holders_name_is_not_confirmed(deciders: Deciders) -> None:
    number = issue_sun(deciders).draft.content.number
    revocation = deciders.propose(REVOKE, number, ground=f"经查，{NEW_NAME}一案材料不实")
    deciders.decide(CORRECT, number, changes={"name": NEW_NAME}, ground="录入有误")
    with pytest.raises(RequestError, match="姓名"):
        deciders.office.confirm_decision(revocation, "checker")
    assert deciders.office.deciding.find(revocation).status is DecisionStatus.PROPOSED
    assert CertificateStatus.REVOKED not in deciders.status(number)


@pytest.mark.parametrize("between", ["-", " ", "·", "，", "_", "（"])
def test_a_name_is_found_whatever_stands_between_its_characters(deciders: Deciders, between: str) -> None:
    number = issue_sun(deciders).draft.content.number
    with pytest.raises(RequestError, match="姓名"):
        deciders.propose(REVOKE, number, ground=f"经查{between.join('孙建国')}材料不实")


def test_a_decision_that_was_undone_is_not_made_again_by_the_same_document(deciders: Deciders) -> None:
    number = issue_sun(deciders).draft.content.number
    first = deciders.propose(REVOKE, number)
    assert deciders.propose(REVOKE, number) == first
    deciders.office.confirm_decision(first, "checker")
    assert deciders.propose(REVOKE, number) == first  # what it did stands
    deciders.decide(REINSTATE, number)
    with pytest.raises(ConflictError, match="新的决定文书"):
        deciders.propose(REVOKE, number)
    again = deciders.propose(REVOKE, number, document_ref="吉人社撤〔2024〕8号")
    assert again != first
    deciders.office.confirm_decision(again, "checker")
    assert deciders.status(number) == [CertificateStatus.REVOKED]


def test_a_database_behind_its_published_log_commits_no_decision(deciders: Deciders, tmp_path: Path) -> None:
    number = issue_sun(deciders).draft.content.number
    waiting = deciders.propose(REVOKE, number)
    public = deciders.office.settings.public_folder
    kept = tmp_path / "before"
    shutil.copytree(public, kept)
    other = open_deciders(tmp_path / "other", deciders.clock)
    shutil.copytree(other.office.settings.public_folder, public, dirs_exist_ok=True)
    fresh = type(deciders.office)(deciders.office.settings, deciders.clock)
    with pytest.raises(CertsvcError):
        fresh.confirm_decision(waiting, "checker")
    assert fresh.deciding.find(waiting).status is DecisionStatus.PROPOSED
    assert deciders.status(number) == [CertificateStatus.VALID]
    shutil.copytree(kept, public, dirs_exist_ok=True)
    fresh.close()
    other.close()
