"""The credit archive: a record opens with a revocation, bars by date alone, its end is noted once (38号 四（二）)."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from certsvc.adapters.access_schema import personal_look
from certsvc.adapters.clock import FixedClock
from certsvc.adapters.credit_schema import platform_message
from certsvc.adapters.decision_schema import credit_record
from certsvc.domain.caller import Caller, official
from certsvc.domain.credit import CreditStanding, CreditStart, first_free_day
from certsvc.domain.decision import DecisionKind
from certsvc.domain.decision_policy import DecisionPolicy
from certsvc.domain.facts import CreditBlock
from certsvc.domain.identity import IdKind
from certsvc.errors import NotPermitted, RequestError, UnknownReference
from certsvc.stages.decide_effects import Effects
from tests.decisions.deciders import SUN, Deciders, decision_day, issue_sun, open_deciders

ROOT = Path(__file__).parents[2]
PERSON = str(SUN["证件号码"])
SHANGHAI = timezone(timedelta(hours=8))
LAST_SECOND = datetime(2027, 6, 2, 23, 59, 59, tzinfo=SHANGHAI)
MIDNIGHT = datetime(2027, 6, 3, 0, 0, 0, tzinfo=SHANGHAI)
CREDIT_OPENED, CREDIT_CLOSED = 8, 9
REVOKE, REINSTATE = DecisionKind.REVOKE, DecisionKind.REINSTATE


def revoked(deciders: Deciders) -> str:
    """孙建国's title revoked on 2024-06-03; the certificate's number."""
    number = issue_sun(deciders).draft.content.number
    deciders.decide(REVOKE, number)
    return number


def person(deciders: Deciders, name: str) -> Caller:
    """A registered person as a caller."""
    actor = deciders.office.actors.find_actor(name)
    assert actor is not None
    return official(actor)


def rows(deciders: Deciders) -> list[tuple[str | None, str | None]]:
    """When each record was withdrawn and ended."""
    with deciders.office.engine.begin() as connection:
        found = connection.execute(select(credit_record.c.withdrawn_on, credit_record.c.ended_on))
        return [(row.withdrawn_on, row.ended_on) for row in found]


def messages(deciders: Deciders) -> list[tuple[str, str]]:
    """Kind and key of every queued message, in order."""
    with deciders.office.engine.begin() as connection:
        found = connection.execute(select(platform_message).order_by(platform_message.c.id))
        return [(row.kind, row.idempotency_key.rpartition("/")[2]) for row in found]


def leaves(deciders: Deciders) -> list[int]:
    """The kinds of credit events in the published log."""
    return [int(leaf.type) for leaf in deciders.audit() if int(leaf.type) in (CREDIT_OPENED, CREDIT_CLOSED)]


def test_the_end_is_noted_at_midnight_once_with_its_event_and_its_withdrawal(deciders: Deciders) -> None:
    revoked(deciders)
    archive = deciders.office.credit.archive
    deciders.clock.instant = LAST_SECOND.astimezone(UTC)
    assert archive.note_ends() == 0
    deciders.clock.instant = MIDNIGHT.astimezone(UTC)
    assert archive.note_ends() == 1
    assert archive.note_ends() == 0
    deciders.office.catch_up()
    assert rows(deciders) == [(None, "2027-06-03")]
    assert leaves(deciders) == [CREDIT_OPENED, CREDIT_CLOSED]
    assert messages(deciders) == [("open", "open"), ("withdraw", "expired")]
    assert deciders.office.trail.verify_chain().fault is None


def test_the_bar_ends_by_the_date_though_nobody_noted_anything(deciders: Deciders) -> None:
    revoked(deciders)
    (block,) = deciders.office.filings.credit_blocks([PERSON])[PERSON]
    assert rows(deciders) == [(None, None)]
    for instant, barred in ((LAST_SECOND, True), (MIDNIGHT, False)):
        assert block.bars(FixedClock(instant.astimezone(UTC)).today()) is barred


def test_what_ended_stays_in_the_archive_and_bars_the_days_that_it_barred(deciders: Deciders) -> None:
    revoked(deciders)
    deciders.clock.instant = MIDNIGHT.astimezone(UTC)
    deciders.office.credit.archive.note_ends()
    assert deciders.office.filings.credit_blocks([PERSON]) == {
        PERSON: (CreditBlock(date(2024, 6, 3), date(2027, 6, 3)),)
    }
    (history,) = deciders.office.credit.archive.listed(person(deciders, "maker"), "cli")
    assert history.standing(date(2027, 6, 2)) is CreditStanding.ACTIVE
    assert history.standing(date(2027, 6, 3)) is CreditStanding.ENDED


def test_a_page_of_the_archive_is_of_one_standing_and_only_what_is_shown_is_noted_as_a_look(
    deciders: Deciders,
) -> None:
    revoked(deciders)
    archive, maker = deciders.office.credit.archive, person(deciders, "maker")
    standings = (None, *CreditStanding)
    assert [archive.counted(maker, one) for one in standings] == [1, 1, 0, 0]
    deciders.clock.instant = MIDNIGHT.astimezone(UTC)
    assert {one: archive.counted(maker, one) for one in CreditStanding} == {
        CreditStanding.ACTIVE: 0,
        CreditStanding.ENDED: 1,
        CreditStanding.WITHDRAWN: 0,
    }
    (record,) = archive.listed(maker, "console", CreditStanding.ENDED, 0, 50)
    assert archive.listed(maker, "console", CreditStanding.ACTIVE, 0, 50) == ()
    assert archive.listed(maker, "console", None, 50, 50) == ()
    with deciders.office.engine.begin() as connection:
        looks = connection.execute(select(personal_look.c.object)).scalars().all()
    assert looks.count(record.record.id) == 1


@pytest.mark.parametrize("step", ["before-commit", "after-commit"])
def test_a_killed_end_is_made_whole_or_not_at_all_and_never_twice(deciders: Deciders, step: str) -> None:
    revoked(deciders)
    settings = deciders.office.settings
    command = [sys.executable, "-m", "tests.credit.dying_end", str(settings.home)]
    command += [settings.effective_database_url, MIDNIGHT.isoformat(), step]
    killed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    before = step == "before-commit"
    assert rows(deciders) == [(None, None if before else "2027-06-03")]
    assert len(messages(deciders)) == (1 if before else 2)
    deciders.clock.instant = MIDNIGHT.astimezone(UTC)
    assert deciders.office.credit.archive.note_ends() == int(before)
    deciders.office.catch_up()
    assert leaves(deciders) == [CREDIT_OPENED, CREDIT_CLOSED]
    assert messages(deciders) == [("open", "open"), ("withdraw", "expired")]


def test_a_reinstatement_withdraws_the_record_and_nothing_is_left_to_end(deciders: Deciders) -> None:
    number = revoked(deciders)
    deciders.decide(REINSTATE, number, ground="复核后原决定不成立")
    assert messages(deciders) == [("open", "open"), ("withdraw", "reinstated")]
    deciders.clock.instant = MIDNIGHT.astimezone(UTC)
    assert deciders.office.credit.archive.note_ends() == 0
    assert rows(deciders) == [("2024-06-03", None)]


def test_a_reinstatement_after_the_end_takes_the_history_back_too(deciders: Deciders) -> None:
    number = revoked(deciders)
    deciders.clock.instant = MIDNIGHT.astimezone(UTC)
    deciders.office.credit.archive.note_ends()
    deciders.decide(REINSTATE, number, ground="复核后原决定不成立")
    assert messages(deciders) == [("open", "open"), ("withdraw", "expired"), ("withdraw", "reinstated")]
    assert rows(deciders) == [("2027-06-03", "2027-06-03")]
    assert deciders.office.filings.credit_blocks([PERSON]) == {}
    assert leaves(deciders) == [CREDIT_OPENED, CREDIT_CLOSED, CREDIT_CLOSED]


def test_the_province_alone_looks_and_every_look_is_written_down(deciders: Deciders) -> None:
    number = revoked(deciders)
    archive = deciders.office.credit.archive
    (history,) = archive.listed(person(deciders, "watcher"), "cli")
    _, holder = archive.show(history.record.id, person(deciders, "maker"), "cli")
    assert (holder.name, holder.id_number, holder.number) == ("孙建国", PERSON, number)
    for name in ("city", "county"):
        with pytest.raises(NotPermitted):
            archive.show(history.record.id, person(deciders, name), "cli")
        with pytest.raises(NotPermitted):
            archive.listed(person(deciders, name), "cli")
    with pytest.raises(UnknownReference):
        archive.show("C000", person(deciders, "maker"), "cli")
    with deciders.office.engine.begin() as connection:
        from certsvc.adapters.access_schema import personal_look

        looks = connection.execute(select(personal_look).order_by(personal_look.c.position)).all()
    assert [(one.viewer, one.object) for one in looks] == [
        ("watcher", history.record.id),
        ("maker", history.record.id),
    ]


def test_a_linked_document_is_barred_too_and_only_then(deciders: Deciders) -> None:
    revoked(deciders)
    passport = "E12345678"
    assert deciders.office.filings.credit_blocks([passport]) == {}
    archive = deciders.office.credit.archive
    pair = ((IdKind.CITIZEN, PERSON), (IdKind.PASSPORT, passport))
    assert archive.link(*pair, "吉公证〔2024〕1号") is True
    assert archive.link(*pair, "吉公证〔2024〕1号") is False
    third = "E87654321"
    assert archive.link(pair[1], (IdKind.PASSPORT, third), "吉公证〔2024〕2号") is True
    blocks = deciders.office.filings.credit_blocks([passport, third, PERSON])
    assert set(blocks) == {PERSON, passport, third}
    with pytest.raises(RequestError):
        archive.link(pair[0], pair[0], "吉公证〔2024〕3号")


def test_the_message_holds_what_the_record_says_and_stands_sealed_in_the_database(deciders: Deciders) -> None:
    revoked(deciders)
    with deciders.office.engine.begin() as connection:
        (row,) = connection.execute(select(platform_message)).all()
    assert PERSON.encode() not in bytes(row.sealed_body)
    assert "孙建国".encode() not in bytes(row.sealed_body)
    claimed = deciders.office.credit.delivery.queue.claim(
        row_platform(row), deciders.clock.now(), lambda _: 60
    )
    assert claimed is not None
    told = json.loads(claimed.body)
    assert (told["platform"], told["kind"], told["key"]) == ("credit", "open", row.idempotency_key)
    assert told["content"]["id_number"] == PERSON
    assert (told["content"]["from_on"], told["content"]["until_on"]) == ("2024-06-03", "2027-06-03")


def row_platform(row: object) -> object:
    """The platform of a stored message."""
    from certsvc.domain.platform_message import Platform

    return Platform(row.platform)


@pytest.mark.parametrize(
    ("start", "until"), [(CreditStart.RECORDED, date(2027, 6, 20)), (CreditStart.DECIDED, date(2027, 6, 3))]
)
def test_the_three_years_count_from_the_record_or_from_the_decision_as_it_is_set(
    start: CreditStart, until: date
) -> None:
    days = {"decided_on": date(2024, 6, 3), "recorded_on": date(2024, 6, 20)}
    assert first_free_day(start.day(**days)) == until
    assert DecisionPolicy().credit_starts is CreditStart.RECORDED
    assert Effects(days["recorded_on"], bytes, str).credit_starts is CreditStart.RECORDED


@given(
    recorded_on=st.dates(date(2022, 1, 1), date(2096, 12, 31)),
    second=st.integers(-2 * 86_400, 2 * 86_400 - 1),
)
def test_a_bar_ends_with_the_last_second_before_its_first_free_day_in_shanghai(
    recorded_on: date, second: int
) -> None:
    free_on = first_free_day(recorded_on)
    block = CreditBlock(recorded_on, free_on)
    midnight = datetime(free_on.year, free_on.month, free_on.day, tzinfo=SHANGHAI)
    instant = (midnight + timedelta(seconds=second)).astimezone(UTC)
    assert block.bars(FixedClock(instant).today()) is (second < 0)


@given(recorded_on=st.dates(date(2022, 1, 1), date(2096, 12, 31)))
def test_three_years_are_whole_calendar_years(recorded_on: date) -> None:
    free_on = first_free_day(recorded_on)
    leap_day = (recorded_on.month, recorded_on.day) == (2, 29)
    assert free_on.year == recorded_on.year + 3
    assert (free_on.month, free_on.day) == ((3, 1) if leap_day else (recorded_on.month, recorded_on.day))
    days = (free_on - recorded_on).days
    assert days in (1095, 1096)


def test_the_setting_lets_the_years_count_from_the_decision(tmp_path: Path) -> None:
    opened = open_deciders(tmp_path / "home", decision_day(), credit_starts="decided")
    number = issue_sun(opened).draft.content.number
    proposed = opened.propose(REVOKE, number)
    opened.clock.advance(timedelta(days=17))
    opened.office.confirm_decision(proposed, "checker")
    assert opened.office.filings.credit_blocks([PERSON]) == {
        PERSON: (CreditBlock(date(2024, 6, 20), date(2027, 6, 3)),)
    }
    opened.close()
