"""No receipt is signed whose promise is broken already, or cannot be kept as things stand."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from certsvc.domain.decision import DecisionKind
from certsvc.errors import UnavailableError
from certsvc.formats.note import encode_vkey
from tests.decisions.deciders import Deciders, decision_day, issue_sun, open_deciders
from tests.support.signer_spy import signatures


def confirmed(home: Path, url: str) -> tuple[Deciders, str]:
    """A confirmed revocation that nobody logs."""
    deciders = open_deciders(home, decision_day(), url)
    number = issue_sun(deciders).draft.content.number
    decision = deciders.propose(DecisionKind.REVOKE, number)
    deciders.office.deciding.confirm(decision, "checker")
    return deciders, decision


@pytest.mark.parametrize(("minutes", "given"), [(0, True), (58, True), (59.5, False), (61, False)])
@pytest.mark.parametrize("logged", [False, True])
def test_nothing_is_promised_that_is_due_within_a_minute_or_was_due(
    tmp_path: Path, database_url: str, minutes: float, logged: bool, *, given: bool
) -> None:
    deciders, decision = confirmed(tmp_path / "home", database_url)
    office = deciders.office
    deciders.clock.advance(timedelta(minutes=minutes))
    office.republish()
    if logged:
        office.record_waiting()  # and not shown
    if given:
        assert office.ledger_desk.receipts.for_decision(decision)
    else:
        with signatures() as made, pytest.raises(UnavailableError, match="期限"):
            office.ledger_desk.receipts.for_decision(decision)
        assert made == {}
    office.record_waiting()
    office.publish()
    deciders.clock.advance(timedelta(days=30))
    assert office.ledger_desk.receipts.for_decision(decision)  # kept: it may be shown for ever
    deciders.close()


@pytest.mark.parametrize(("minutes", "given"), [(59, True), (61, False)])
def test_nothing_is_promised_while_the_published_checkpoint_is_older_than_the_promise_is_long(
    tmp_path: Path, database_url: str, minutes: int, *, given: bool
) -> None:
    deciders = open_deciders(tmp_path / "home", decision_day(), database_url)
    number = issue_sun(deciders).draft.content.number
    decision = deciders.propose(DecisionKind.REVOKE, number)
    deciders.clock.advance(timedelta(minutes=minutes))
    deciders.office.deciding.confirm(decision, "checker")
    receipts = deciders.office.ledger_desk.receipts
    if given:
        assert receipts.for_decision(decision)
    else:
        with signatures() as made, pytest.raises(UnavailableError, match="见证方"):
            receipts.for_decision(decision)
        assert made == {}
    deciders.close()


def test_nothing_is_promised_while_the_published_checkpoint_lacks_the_quorum_of_the_public_policy(
    tmp_path: Path, database_url: str
) -> None:
    deciders, decision = confirmed(tmp_path / "home", database_url)
    key = encode_vkey("w1.example/w1", bytes(range(32)), 4)
    policy = deciders.office.settings.public_folder / "policy"
    policy.write_text(policy.read_text().replace("quorum none", f"witness w1 {key}\nquorum w1"))
    with signatures() as made, pytest.raises(UnavailableError, match="见证方"):
        deciders.office.ledger_desk.receipts.for_decision(decision)
    assert made == {}
    deciders.close()
