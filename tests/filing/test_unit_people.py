"""A unit looks at its own people: as filed, held, filed again and issued; another unit's people never."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.filed_person_schema import filed_person, persons_read
from certsvc.domain.actor import Actor, Role
from certsvc.domain.caller import Caller, CallerRole, official
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.under_way import Reason, Step
from certsvc.domain.unit_people import UnitState
from certsvc.entrypoints.console.pages.unit_people import REASONS, STATES, STEPS
from certsvc.errors import NotPermitted
from certsvc.ports.audit import TrailQuestion
from certsvc.stages.unit_people import LOOKED, UnitPerson
from tests.access.faces_in_process import faces_in_process
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import REGULAR, Batch, sample

ROWS = sample(REGULAR).rows
ROAD, BRIDGE = ROWS[0]["统一社会信用代码"], ROWS[1]["统一社会信用代码"]
UNIT = Actor("road-unit", Role.UNIT, "220000", unit=ROAD)
OTHER = Actor("bridge-unit", Role.UNIT, "220000", unit=BRIDGE)
NOBODYS = Actor("third-unit", Role.UNIT, "220000", unit="11220000000000019E")
PATH = "/console/unit-people"


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[OfficeUnderTest]:
    """An office in which three units have an account."""
    clock = FixedClock(datetime(2023, 11, 1, 2, 0, tzinfo=UTC))
    opened = OfficeUnderTest(tmp_path / "home", clock, database_url)
    for actor in (UNIT, OTHER, NOBODYS):
        opened.office.actors.register_actor(actor, clock.now())
    yield opened
    opened.close()


def batch(*changed: dict[str, str]) -> Batch:
    """Two persons of ROAD, one of BRIDGE; changed in places."""
    own = [dict(ROWS[0]), dict(ROWS[8]), dict(ROWS[1])]
    for row, change in zip(own, changed, strict=False):
        row.update(change)
    return sample(REGULAR).with_rows(own)


def shown(
    house: OfficeUnderTest, by: Actor, year: int | None = None, state: UnitState | None = None
) -> list[UnitPerson]:
    """The people that an account is shown; the count agrees."""
    people = house.office.filing_face.unit_people
    found = list(people.page(official(by), year, state, 0, 50))
    by_state = people.by_state(official(by), year)
    assert len(found) == (sum(by_state.values()) if state is None else by_state.get(state, 0))
    assert {one.state for one in found} <= {state or one.state for one in found}
    return found


def test_a_unit_follows_its_people_from_the_filing_to_the_certificate(office: OfficeUnderTest) -> None:
    report = office.submit(batch({}, {"公示结果": "有异议"}).xlsx())
    going, held = shown(office, UNIT)
    assert (going.filed.name, going.state, going.reasons) == (ROWS[0]["姓名"], UnitState.UNDER_WAY, ())
    assert going.present is not None
    assert going.present.step is Step.APPROVED
    assert (held.filed.name, held.state, held.reasons) == (
        ROWS[8]["姓名"],
        UnitState.HELD,
        (Reason.UNDER_EXAMINATION,),
    )
    assert [one.filed.name for one in shown(office, UNIT, 2023, UnitState.HELD)] == [ROWS[8]["姓名"]]
    assert shown(office, UNIT, 2022) == []
    assert [one.filed.name for one in shown(office, OTHER)] == [ROWS[1]["姓名"]]
    assert shown(office, NOBODYS) == []

    certificates = office.issue(report)
    (issued,) = shown(office, UNIT, state=UnitState.ISSUED)
    assert issued.number in {one.draft.content.number for one in certificates}
    assert (issued.status, issued.present) == (CertificateStatus.VALID, None)
    assert [one.state for one in shown(office, UNIT)] == [UnitState.ISSUED, UnitState.HELD]


def test_who_was_filed_again_stands_in_the_later_filing_alone(office: OfficeUnderTest) -> None:
    office.submit(batch({}, {"公示结果": "有异议"}).xlsx())
    office.clock.advance(timedelta(minutes=1))
    later = office.submit(sample(REGULAR).with_rows([{**ROWS[8], "公示结果": "异议不成立"}]).xlsx())
    found = {one.filed.name: one for one in shown(office, UNIT)}
    assert {name: one.state for name, one in found.items()} == {
        ROWS[0]["姓名"]: UnitState.UNDER_WAY,
        ROWS[8]["姓名"]: UnitState.UNDER_WAY,
    }
    assert found[ROWS[8]["姓名"]].filing == later.filing


def test_filings_of_before_are_read_for_their_units_and_no_role_but_the_unit_asks(
    office: OfficeUnderTest,
) -> None:
    office.submit(batch().xlsx())
    with office.office.engine.begin() as connection:
        connection.execute(update(filed_person).values(unit_code=None))
        connection.execute(delete(persons_read))
    assert shown(office, UNIT) == []
    assert office.office.information.persons.fill() == 1
    assert len(shown(office, UNIT)) == 2
    people = office.office.filing_face.unit_people
    for role in set(CallerRole) - {CallerRole.UNIT}:
        with pytest.raises(NotPermitted):
            people.page(Caller("somebody", role, "220000", unit=ROAD), None, None, 0, 50)
    with pytest.raises(NotPermitted):
        people.by_state(Caller("without-code", CallerRole.UNIT, "220000"))


def test_the_page_names_the_units_own_people_without_numbers_and_notes_the_look(tmp_path: Path) -> None:
    house = OfficeUnderTest(tmp_path / "home", FixedClock(datetime(2023, 11, 1, 2, 0, tzinfo=UTC)))
    for actor in (UNIT, OTHER, NOBODYS):
        house.office.actors.register_actor(actor, house.clock.now())
    report = house.submit(batch({}, {"公示结果": "有异议"}).xlsx())
    faces = faces_in_process(house.office)
    who = {one.name: faces.official(one) for one in (UNIT, OTHER, NOBODYS)}
    page = faces.ask("console", "GET", PATH, who[UNIT.name])
    assert page.status_code == 200
    for row, expected in ((ROWS[0], True), (ROWS[8], True), (ROWS[1], False)):
        assert (row["姓名"] in page.text) is expected
        assert str(row["证件号码"]) not in page.text
    assert "暂缓" in page.text
    assert "异议" not in page.text
    assert "没有符合条件的人员" in faces.ask("console", "GET", PATH, who[NOBODYS.name]).text
    assert faces.ask("console", "GET", f"{PATH}?state=lost", who[UNIT.name]).status_code == 400
    dashboard = faces.ask("console", "GET", "/console", who[UNIT.name]).text
    assert f"{PATH}?state=held" in dashboard
    looks = house.office.people.audit.reading
    noted = [(one.viewer, one.subject) for one in looks.looks(TrailQuestion(), 100) if one.purpose == LOOKED]
    assert noted == [(UNIT.name, report.filing)]
    house.close()


def test_every_state_step_and_reason_has_words() -> None:
    assert (set(STATES), set(STEPS), set(REASONS)) == (set(UnitState), set(Step), set(Reason))
    assert not any("异议" in zh for zh, _ in REASONS.values())
