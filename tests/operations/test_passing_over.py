"""Damaged rows of every kind: the service stays up, what is behind them is done, and the fault is seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from certsvc.adapters.batch_schema import contents_read
from certsvc.adapters.clock import FixedClock
from certsvc.adapters.fault_counts import FaultCounts
from certsvc.adapters.filed_person_schema import filed_person, persons_read
from certsvc.adapters.filing_outline_schema import filing_due, filing_outline
from certsvc.adapters.information_schema import filing_milestone, title_entry
from certsvc.adapters.metrics import Metrics
from certsvc.adapters.schema import certificate, filing
from certsvc.entrypoints.jobs.background import Companion
from certsvc.entrypoints.jobs.steps import fill_older
from certsvc.errors import IntegrityError, KeysChangedError
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import EXAMPLES, FAULTY, REGULAR

PATIENCE = 10.0


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[OfficeUnderTest]:
    """An office with nothing in it."""
    office = OfficeUnderTest(
        tmp_path / "home", FixedClock(datetime(2026, 11, 20, 8, 0, tzinfo=UTC)), database_url
    )
    yield office
    office.close()


def test_one_damaged_row_of_each_kind_holds_up_nothing_that_stands_behind_it(office: OfficeUnderTest) -> None:
    engine, notes = office.office.engine, office.office.fault_notes
    office.issue(office.submit((EXAMPLES / REGULAR).read_bytes()))
    office.submit((EXAMPLES / FAULTY).read_bytes())
    with engine.begin() as connection:
        for table in (filing_due, filing_outline, persons_read, filed_person, contents_read, title_entry):
            connection.execute(delete(table))
        connection.execute(delete(filing_milestone))
        connection.execute(update(certificate).values(name_key=None, code_key=None))
    with engine.begin() as connection:
        first = connection.scalar(select(func.min(certificate.c.number)))
        total = connection.scalar(select(func.count()).select_from(certificate))
        spoilt = connection.scalar(select(certificate.c.filing_id).where(certificate.c.number == first))
        kept = connection.execute(
            select(certificate.c.sealed_content, certificate.c.sealed_record).where(
                certificate.c.number == first
            )
        ).one()
        raw = connection.scalar(select(filing.c.sealed_file).where(filing.c.id == spoilt))
        assert total is not None
        damage = {"sealed_content": b"damaged", "sealed_record": b"damaged"}
        connection.execute(update(certificate).where(certificate.c.number == first).values(damage))
        connection.execute(update(filing).where(filing.c.id == spoilt).values(sealed_file=b"damaged"))

    fill_older(office.office, lambda: False)
    assert lacking(engine) == {
        "names": 1,
        "codes": 1,
        "entries": 1,
        "outlines": 1,
        "persons": 1,
        "contents": 1,
        "dates": 1,
    }
    assert notes.book.counts() == lacking(engine)
    seen = notes.book.newest(99)
    assert {one.subject for one in seen} == {spoilt, first, f"{first}/1"}
    fill_older(office.office, lambda: False)
    assert {one.attempts for one in notes.book.newest(99)} == {2}

    with engine.begin() as connection:
        connection.execute(update(certificate).where(certificate.c.number == first).values(kept._asdict()))
        connection.execute(update(filing).where(filing.c.id == spoilt).values(sealed_file=raw))
    fill_older(office.office, lambda: False)
    assert set(lacking(engine).values()) == {0}
    assert notes.book.counts() == {}


def lacking(engine: Any) -> dict[str, int]:
    """How much of each kind is missing."""
    filings = {
        "outlines": filing_outline.c.filing_id,
        "persons": persons_read.c.filing_id,
        "contents": contents_read.c.filing_id,
        "dates": filing_milestone.c.filing_id,
    }
    own = certificate.c
    with engine.begin() as connection:
        wanted = {
            "names": select(func.count()).where(own.name_key.is_(None)),
            "codes": select(func.count()).where(own.code_key.is_(None)),
            "entries": select(func.count()).where(own.number.not_in(select(title_entry.c.number))),
        } | {
            work: select(func.count()).where(filing.c.id.not_in(select(column)))
            for work, column in filings.items()
        }
        return {work: connection.scalar(question) or 0 for work, question in wanted.items()}


def test_work_that_serves_people_goes_on_after_a_failure_which_is_seen_until_it_is_over(
    office: OfficeUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("certsvc.entrypoints.jobs.background.LONGEST_REST_SECONDS", 0.001)
    notes, went_on, failed = office.office.fault_notes, Event(), Event()
    rounds: list[dict[str, int]] = []

    def step(_stopping: Callable[[], bool]) -> None:
        rounds.append(dict(notes.book.counts()))
        if len(rounds) == 1:
            raise IntegrityError("damaged")
        if len(rounds) == 2:
            raise KeyError("a fault")
        if len(rounds) == 4:
            went_on.set()

    companion = Companion("notices", step, 0.001, failed.set, notes=notes)
    companion.start()
    assert went_on.wait(PATIENCE)
    companion.ask_to_stop()
    companion.join()
    companion.require_well()
    assert rounds[:4] == [{}, {"notices": 1}, {"notices": 1}, {}]
    assert not failed.is_set()


def test_changed_keys_stop_the_line_wherever_they_are_met(office: OfficeUnderTest) -> None:
    failed = Event()

    def step(_stopping: Callable[[], bool]) -> None:
        raise KeysChangedError("another key has taken over")

    companion = Companion("issuer", step, 0.001, failed.set, notes=office.office.fault_notes)
    companion.start()
    assert failed.wait(PATIENCE)
    companion.join()
    with pytest.raises(KeysChangedError):
        companion.require_well()


def test_what_was_passed_over_is_counted_for_those_who_watch(office: OfficeUnderTest) -> None:
    notes = office.office.fault_notes
    notes.note("names", "JL20230000000001/1", IntegrityError("张三"))
    metrics = Metrics(lambda: None)
    metrics.add(FaultCounts(notes.book))
    assert b'certsvc_background_faults{work="names"} 1.0' in metrics.render()
    (fault,) = notes.book.newest(9)
    assert (fault.fault, fault.attempts) == ("IntegrityError", 1)
