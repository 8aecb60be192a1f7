"""Titles of the time when the title-query platform was off are told afterwards, each once, as they stand."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from certsvc.adapters.credit_schema import platform_message
from certsvc.bootstrap import Office, open_office
from certsvc.domain.decision import DecisionKind
from certsvc.errors import RequestError
from certsvc.stages import title_catch_up
from tests.decisions.deciders import Deciders, issue_sample


def switched(deciders: Deciders, word: str) -> Office:
    """The same office with the platform on or off."""
    settings = deciders.office.settings.model_copy(update={"title_platform": word})
    return open_office(settings, deciders.clock)


def queued(office: Office) -> list[tuple[str, str, int | str | None]]:
    """Kind, number, and version or status of every message about titles, in order."""
    own = platform_message.c
    found = []
    with office.engine.begin() as connection:
        rows = connection.execute(
            select(platform_message).where(own.platform == "titles").order_by(own.id)
        ).all()
    for row in rows:
        context = f"platform-message/{row.idempotency_key}".encode()
        content = json.loads(office.keys.cipher.decrypt(row.sealed_body, context=context))["content"]
        found.append((row.kind, row.subject, content.get("version", content.get("status"))))
    return found


def test_every_standing_title_is_queued_once_with_its_newest_state(
    deciders: Deciders, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [one.draft.content.number for one in issue_sample(deciders, 4)]
    plain, corrected, suspended, revoked = numbers
    deciders.decide(DecisionKind.CORRECT, corrected, changes={"specialty": "隧道工程"})
    deciders.decide(DecisionKind.SUSPEND, suspended, ground="正在核查")
    deciders.decide(DecisionKind.REVOKE, revoked)
    monkeypatch.setattr(title_catch_up, "CHUNK", 3)
    deciders.clock.advance(timedelta(days=1))
    office = switched(deciders, "on")
    assert list(office.credit.catching_up.run()) == [(3, 4), (4, 4)]
    expected = {
        ("publish", plain, 1),
        ("publish", corrected, 2),
        ("publish", suspended, 1),
        ("change", suspended, "suspended"),
    }
    assert set(queued(office)) == expected
    assert list(office.credit.catching_up.run())[-1] == (4, 0)
    assert [one.action for one in office.trail.entries("platform/titles")] == ["machine:platform:queue"]
    office.close()


def test_what_was_decided_while_it_was_off_is_told_of_titles_it_knows(deciders: Deciders) -> None:
    (first,) = issue_sample(deciders, 1)
    number = first.draft.content.number
    office = switched(deciders, "on")
    assert list(office.credit.catching_up.run()) == [(1, 1)]
    deciders.clock.advance(timedelta(days=1))
    deciders.decide(DecisionKind.CORRECT, number, changes={"specialty": "隧道工程"})
    deciders.clock.advance(timedelta(days=1))
    deciders.decide(DecisionKind.REVOKE, number)
    deciders.clock.advance(timedelta(days=1))
    assert list(office.credit.catching_up.run()) == [(1, 2)]
    assert queued(office) == [("publish", number, 1), ("replace", number, 2), ("change", number, "revoked")]
    assert list(office.credit.catching_up.run()) == [(1, 0)]
    office.close()


def test_a_platform_that_is_off_is_queued_nothing(deciders: Deciders) -> None:
    issue_sample(deciders, 1)
    with pytest.raises(RequestError, match="CERTSVC_TITLE_PLATFORM"):
        _ = deciders.office.credit.catching_up
    assert queued(deciders.office) == []
