"""Who tries certificates out is slowed down, learns nothing, and raises one alert."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.domain.certificate_number import build_certificate_number
from certsvc.domain.levels import Level
from certsvc.ports.look_ups import EnumerationAlert, LookUp, Pattern
from certsvc.stages.enumeration import MOST_ASKERS, WINDOW, EnumerationWatch, Thresholds
from tests.api.asking import PublicOffice, claim
from tests.support.office import OfficeUnderTest

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


class Alerts:
    """Keeps what is raised."""

    def __init__(self) -> None:
        self.raised: list[EnumerationAlert] = []

    def note(self, *_look_ups: LookUp) -> None:
        """Nothing of that here."""

    def raise_alert(self, alert: EnumerationAlert) -> None:
        self.raised.append(alert)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def alerts() -> Alerts:
    return Alerts()


@pytest.fixture
def watch(alerts: Alerts, clock: FixedClock) -> EnumerationWatch:
    return EnumerationWatch(alerts, clock, bytes(16), Thresholds(30, 300))


def number(serial: int) -> str:
    return build_certificate_number(2023, 5, Level(2), serial)


def kinds(alerts: Alerts) -> list[Pattern]:
    return [one.pattern for one in alerts.raised]


def test_many_different_numbers_of_one_asker_raise_one_alert(watch: EnumerationWatch, alerts: Alerts) -> None:
    for serial in range(0, 29_000, 1000):
        watch.missed("a", number(serial + 1), "王莉/0444")
    assert not watch.suspects("a", number(1))
    for serial in range(30_000, 90_000, 1000):
        watch.missed("a", number(serial + 1), "王莉/0444")
    assert kinds(alerts) == [Pattern.MANY_NUMBERS]
    assert (alerts.raised[0].asker, alerts.raised[0].count) == ("a", 30)
    assert watch.suspects("a", number(7))
    assert not watch.suspects("b", number(7))


def test_numbers_in_a_row_are_noticed_sooner(watch: EnumerationWatch, alerts: Alerts) -> None:
    for serial in range(1, 12):
        watch.missed("a", number(serial), "王莉/0444")
    assert kinds(alerts) == [Pattern.SEQUENCE]


def test_the_same_misprint_again_and_again_is_no_enumeration(watch: EnumerationWatch, alerts: Alerts) -> None:
    for _ in range(500):
        watch.missed("a", number(7), "王莉/0444")
    assert alerts.raised == []


def test_many_names_for_one_number_make_the_number_suspect_for_everybody(
    watch: EnumerationWatch, alerts: Alerts
) -> None:
    for guess in range(10):
        watch.missed(f"asker-{guess}", number(7), f"王莉/{guess:04}")
    assert kinds(alerts) == [Pattern.MANY_CLAIMS]
    assert alerts.raised[0].asker == ""
    assert watch.suspects("who comes now", f" {number(7).lower()} ")
    assert not watch.suspects("who comes now", number(8))


def test_many_numbers_of_many_askers_make_everybody_pay_for_an_hour(
    watch: EnumerationWatch, alerts: Alerts, clock: FixedClock
) -> None:
    for serial in range(330):
        watch.missed(f"asker-{serial}", number(serial * 50 + 1), "王莉/0444")
    assert kinds(alerts) == [Pattern.OVERALL]
    assert watch.suspects("who comes now", number(9))
    clock.advance(WINDOW)
    assert not watch.suspects("who comes now", number(9))


def test_a_suspicion_lasts_while_it_goes_on_and_an_hour_more(
    watch: EnumerationWatch, alerts: Alerts, clock: FixedClock
) -> None:
    for serial in range(1, 31):
        watch.missed("a", number(serial * 100), "x")
    clock.advance(timedelta(minutes=50))
    watch.missed("a", number(1), "x")
    clock.advance(timedelta(minutes=50))
    assert watch.suspects("a", number(2))
    clock.advance(timedelta(minutes=11))
    assert not watch.suspects("a", number(2))
    assert len(alerts.raised) == 1


def test_an_organisation_may_be_wrong_more_often(watch: EnumerationWatch, alerts: Alerts) -> None:
    for serial in range(1, 100):
        watch.missed("key:7", number(serial * 100), "x", organisation=True)
    assert alerts.raised == []


def test_memory_is_bounded(watch: EnumerationWatch) -> None:
    for asker in range(MOST_ASKERS + 200):
        watch.missed(f"asker-{asker}", number(1 + asker % 250), "x")
    assert len(watch._askers) == MOST_ASKERS


@pytest.fixture
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublicOffice]:
    """An office as it is set up by default."""
    opened = PublicOffice(OfficeUnderTest(tmp_path_factory.mktemp("tried"), FixedClock(NOW)), persons=2)
    yield opened
    opened.close()


def test_a_thousand_numbers_from_one_address_raise_one_alert(
    office: PublicOffice, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "certsvc")
    known = claim(office.regular[0], name="王莉")
    told, refused = set(), 0
    for serial in range(1, 1001):
        question = known | {"number": known["number"] if serial == 20 else number(50_000 + serial * 7)}
        answer = office.client.post("/api/v1/verify", json=question)
        if answer.status_code == 200:
            told.add(answer.content)
        else:
            assert (answer.status_code, "challenge" in answer.json()) == (429, True)
            refused += 1
    assert len(told) == 1
    assert refused > 930
    office.office.look_ups.journal.flush()
    (alert,) = office.office.look_ups.store.newest_alerts()
    assert alert.pattern is Pattern.MANY_NUMBERS
    lines = [one for one in caplog.records if one.getMessage() == "enumeration-suspected"]
    assert len(lines) == 1
    assert lines[0].__dict__["asker"] == alert.asker
    assert "127.0.0.1" not in json.dumps(lines[0].__dict__, default=str)
    measured = office.client.get("/metrics").text
    assert 'certsvc_enumeration_suspected_total{pattern="many-numbers"} 1.0' in measured
    assert "certsvc_look_ups_lost_total 0.0" in measured
