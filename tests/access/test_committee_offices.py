"""A committee office sees and files what is its own committees', on every page and route, and enters nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.domain.actor import Actor, Role
from certsvc.domain.competence import role_refusal
from certsvc.domain.permission import Action
from certsvc.entrypoints.http.permitted import Needs
from tests.access.faces_in_process import Asking, FacesInProcess, faces_in_process
from tests.access.test_delegations import START
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import DUAL_DIRECTED, FAULTY, REGULAR, sample

ROAD = Actor("road-office", Role.COMMITTEE, "220000", committees=frozenset({"JL-GC-GL"}))
TOWN = Actor("town-office", Role.COMMITTEE, "222404", committees=frozenset({"SDX-222404-NY"}))
LISTS = (
    "/console/filings",
    "/console/filings?year=2023",
    "/console/filings?due=open",
    "/console/filings?status=examined",
    "/console/deadlines",
    "/console/holds",
    "/api/v1/filings",
    "/api/v1/filings?year=2023",
)
OF_OTHERS = ("committee={committee}", "region={region}")
CLOSED = (
    "/console/search",
    "/console/certificates/{number}",
    "/console/certificates/{number}/versions/1/certificate",
    "/console/statistics",
    "/console/statistics/quotas",
    "/console/statistics/subsidy",
    "/console/coverage",
    "/console/coverage/lists",
    "/console/samples",
    "/console/supervision",
    "/console/cases",
    "/console/requests",
    "/console/history",
    "/console/decisions",
    "/console/batches",
    "/console/credit",
    "/console/unit-people",
    "/api/v1/reports/coverage",
    "/api/v1/reports/statistics",
    "/api/v1/decisions",
    "/api/v1/suspicion-cases",
)
OWN_ACTIONS = {
    Action.FILING_READ,
    Action.FILING_SUBMIT,
    Action.DELEGATION_READ,
    Action.DELEGATION_PROPOSE,
    Action.DELEGATION_ACCEPT,
    Action.DELEGATION_END,
}
POSTED = ("approval", "issue", "receipts")


@dataclass(frozen=True)
class Offices:
    """Two committee offices, and a filing of each committee."""

    house: OfficeUnderTest
    faces: FacesInProcess
    road: Asking
    town: Asking
    filings: dict[str, str]
    batches: dict[str, str]
    number: str

    def get(self, address: str, who: Asking) -> tuple[int, str]:
        """Status and text of an answer."""
        answer = self.faces.ask("console", "GET", address, who)
        return answer.status_code, answer.text


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offices]:
    house = OfficeUnderTest(tmp_path_factory.mktemp("offices"), FixedClock(START))
    for actor in (ROAD, TOWN):
        house.office.actors.register_actor(actor, START)
    faulty, dual = sample(FAULTY), sample(DUAL_DIRECTED)
    held = [{**dual.rows[0], "公示结果": "有异议"}, dict(dual.rows[1])]
    filings = {
        "road": house.submit(faulty.xlsx()).filing,
        "town": house.submit(dual.with_rows(held).xlsx()).filing,
    }
    (first, *_) = house.issue(house.submit(sample(REGULAR).with_rows([{}]).xlsx()))
    faces = faces_in_process(house.office)
    batches = {"road": str(faulty.header["批次编号"]), "town": str(dual.header["批次编号"])}
    number = first.draft.content.number
    yield Offices(house, faces, faces.official(ROAD), faces.official(TOWN), filings, batches, number)
    house.close()


@pytest.mark.parametrize("address", LISTS)
def test_lists_name_the_own_batches_alone(offices: Offices, address: str) -> None:
    for who, own, other in ((offices.road, "road", "town"), (offices.town, "town", "road")):
        status, text = offices.get(address, who)
        assert status == 200
        assert offices.batches[own] in text
        for foreign in (offices.batches[other], offices.filings[other]):
            assert foreign not in text, f"{who.name} at {address}"


@pytest.mark.parametrize("narrowed", OF_OTHERS)
@pytest.mark.parametrize("path", ["/console/filings", "/api/v1/filings"])
def test_a_filter_reaches_no_further(offices: Offices, path: str, narrowed: str) -> None:
    for who, own, (committee, region) in (
        (offices.road, "road", ("SDX-222404-NY", "222404")),
        (offices.town, "town", ("JL-GC-GL", "220500")),
    ):
        status, text = offices.get(f"{path}?{narrowed.format(committee=committee, region=region)}", who)
        assert status == 200
        assert not any(one in text for one in (*offices.batches.values(), *offices.filings.values())), own


def test_every_address_of_a_filing_answers_its_own_office_alone(offices: Offices) -> None:
    templates = sorted(
        one.template
        for one in offices.faces.routes()
        if one.face == "console" and one.method == "GET" and "{filing}" in one.template
    )
    assert len(templates) >= 6
    for template in templates:
        path = template.replace("{form}", "xlsx")
        assert offices.get(path.replace("{filing}", offices.filings["town"]), offices.road)[0] == 403, path
        status, _ = offices.get(path.replace("{filing}", offices.filings["road"]), offices.road)
        assert status != 403, path
    corrects = "/console/filings/new?corrects="
    assert offices.get(corrects + offices.filings["road"], offices.road)[0] == 200
    assert offices.get(corrects + offices.filings["town"], offices.road)[0] == 403


@pytest.mark.parametrize("step", POSTED)
@pytest.mark.parametrize("base", ["/console/filings", "/api/v1/filings"])
def test_an_office_neither_receives_nor_approves_nor_issues(offices: Offices, base: str, step: str) -> None:
    for wanted in offices.filings.values():
        answer = offices.faces.ask("console", "POST", f"{base}/{wanted}/{step}", offices.road, json={})
        assert answer.status_code == 403, answer.text


@pytest.mark.parametrize("address", CLOSED)
def test_what_is_no_filing_is_closed(offices: Offices, address: str) -> None:
    for who in (offices.road, offices.town):
        assert offices.get(address.format(number=offices.number), who)[0] == 403


def test_no_route_lets_an_office_in_but_for_filings_and_delegations(offices: Offices) -> None:
    marks = [one.mark for one in offices.faces.routes() if isinstance(one.mark, Needs)]
    let_in = {
        action for mark in marks for action in mark.actions if not role_refusal(action, offices.road.caller)
    }
    assert let_in == OWN_ACTIONS


def test_an_office_files_for_its_own_committees_alone(offices: Offices) -> None:
    own = sample(REGULAR).with_rows([{}]).with_header(批次编号="2023-GC-GL-09").xlsx()
    other = sample(DUAL_DIRECTED).with_header(批次编号="2023-SDX-222404-NY-09").xlsx()
    nobodys = sample(REGULAR).with_rows([{}]).with_header(评委会代码="").xlsx()
    for raw, status in ((other, 403), (nobodys, 403), (own, 303)):
        files = {"file": ("报送.xlsx", raw, "application/octet-stream")}
        answer = offices.faces.ask("console", "POST", "/console/filings/new", offices.road, files=files)
        assert answer.status_code == status, answer.text[:400]
    assert "SDX-222404-NY-09" not in offices.get("/console/filings", offices.town)[1]


def test_the_first_page_counts_the_own_filings_alone(offices: Offices) -> None:
    desk = offices.house.office.filing_face.desk
    held = {
        who.name: desk.shelf.count_held(desk.scope(who.caller), None) for who in (offices.road, offices.town)
    }
    assert held["town-office"] == 1
    assert held["road-office"] > 1
    for who in (offices.road, offices.town):
        status, text = offices.get("/console", who)
        assert status == 200
        assert f"<b>{held[who.name]}</b>" in text
