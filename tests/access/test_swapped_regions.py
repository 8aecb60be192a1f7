"""Ids swapped between regions: an official of another city asks for everything that has an id, and gets nothing.

The routes that are asked are enumerated from the applications: each GET whose parameters are ids that this test knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.domain.actor import Actor, Role
from tests.access.faces_in_process import Asking, FacesInProcess, faces_in_process
from tests.access.test_delegations import START
from tests.history.papers import ZHOU, history_xlsx
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import DUAL_DIRECTED, sample

STRANGER = Actor("tonghua", Role.MAKER, "220500")
REFUSALS = (403, 404, 422)
"""422: the id of another kind of object, in a parameter of the same name."""
OWN = Actor("city", Role.MAKER, "222400")
POSTED = (
    "/api/v1/filings/{filing}/approval",
    "/api/v1/filings/{filing}/issue",
    "/api/v1/decisions/{decision}/confirmation",
    "/api/v1/decisions/{decision}/withdrawal",
    "/api/v1/history-imports/{import}/confirmation",
)


@dataclass(frozen=True)
class Swapped:
    """Ids of what belongs to 延边州, and who asks."""

    faces: FacesInProcess
    ids: dict[str, str]
    stranger: Asking
    own: Asking

    def filled(self, template: str) -> str | None:
        """The address with the ids; None where one is not known."""
        kind = "import" if "imports/" in template else ""
        names = re.findall(r"\{(\w+)", template)
        known = {name: self.ids.get(kind if kind and name == "wanted" else name) for name in names}
        if not names or None in known.values():
            return None
        return re.sub(r"\{(\w+)[^}]*\}", lambda found: str(known[found[1]]), template)


@pytest.fixture(scope="module")
def swapped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Swapped]:
    house = OfficeUnderTest(tmp_path_factory.mktemp("swapped"), FixedClock(START), suspension="on")
    office = house.office
    office.actors.register_actor(STRANGER, START)
    report = house.submit(sample(DUAL_DIRECTED).with_rows([{}]).xlsx())
    (certificate,) = house.issue(report)
    faces = faces_in_process(office)
    own = faces.official(OWN)
    number = certificate.draft.content.number
    proposal = {
        "kind": "suspend",
        "number": number,
        "document": "延州人社函〔2026〕18号",
        "decided_on": "2026-11-20",
        "ground": "核查期间暂停",
    }
    made = faces.ask("console", "POST", "/api/v1/decisions", own, json=proposal)
    assert made.status_code == 200, made.text
    raw = history_xlsx([ZHOU | {"单位所属行政区划": "222404"}])
    taken = office.history.files.receive(raw, "历史数据.xlsx", own.caller)
    assert taken.kept is not None, taken.findings
    ids = {
        "filing": report.filing,
        "decision": made.json()["decision"],
        "number": number,
        "import": taken.import_id,
    }
    yield Swapped(faces, ids, faces.official(STRANGER), own)
    house.close()


def test_nothing_of_another_region_is_read(swapped: Swapped) -> None:
    routes = [one for one in swapped.faces.routes() if one.face == "console" and one.method == "GET"]
    addresses = [address for one in routes if (address := swapped.filled(one.template)) is not None]
    assert len(addresses) >= 8
    asked = [("console", "GET", address, swapped.stranger) for address in addresses]
    answers = dict(zip(addresses, swapped.faces.answers(asked), strict=True))
    open_doors = {
        address: one.status_code for address, one in answers.items() if one.status_code not in REFUSALS
    }
    assert not open_doors
    assert sum(one.status_code == 403 for one in answers.values()) >= 6


@pytest.mark.parametrize("template", POSTED)
def test_nothing_of_another_region_is_changed(swapped: Swapped, template: str) -> None:
    address = swapped.filled(template.replace("{import}", "{wanted}"))
    assert address is not None
    before = refusals(swapped)
    answer = swapped.faces.ask("console", "POST", address, swapped.stranger)
    assert answer.status_code == 403, answer.text
    assert refusals(swapped) == before + 1


def refusals(swapped: Swapped) -> int:
    """How often the stranger was written down as refused."""
    from certsvc.ports.audit import TrailQuestion

    found = swapped.faces.office.people.audit.reading.entries(TrailQuestion(person="tonghua"), 1000)
    return sum(one.action.endswith(".refused") for one in found)


def test_their_own_officials_read_the_same(swapped: Swapped) -> None:
    for template in ("/api/v1/filings/{filing}", "/api/v1/decisions/{decision}"):
        address = swapped.filled(template)
        assert address is not None
        assert swapped.faces.ask("console", "GET", address, swapped.own).status_code == 200
