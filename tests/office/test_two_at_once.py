"""Several processes at the same step at the same moment: each step happens once, nobody's work is lost or doubled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from certsvc.adapters.audit_store import DatabaseAuditTrail
from certsvc.adapters.clock import FixedClock
from certsvc.bootstrap import Office, open_office
from certsvc.domain.actor import Actor, Role
from certsvc.domain.caller import OPERATOR
from certsvc.domain.certificate_number import parse_certificate_number
from certsvc.domain.filing import FilingStatus
from certsvc.errors import ConflictError
from tests.support.at_once import at_once
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import EXAMPLES, REGULAR, sample

CREW = 4
PERSONS = 8


@pytest.fixture
def desk(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[OfficeUnderTest]:
    opened = OfficeUnderTest(tmp_path, clock, database_url)
    yield opened
    opened.close()


@pytest.fixture
def crew(desk: OfficeUnderTest) -> Iterator[Sequence[Office]]:
    """Offices with connections of their own to one database, as several processes have."""
    offices = [open_office(desk.office.settings, desk.clock) for _ in range(CREW)]
    yield offices
    for office in offices:
        office.close()


def test_an_actor_registered_by_all_at_once_is_registered_once(
    crew: Sequence[Office], clock: FixedClock
) -> None:
    actor = Actor("new", Role.MAKER, "220000")
    answers = at_once([partial(office.actors.register_actor, actor, clock.now()) for office in crew])
    assert answers == [None] * CREW


def test_one_name_for_two_roles_is_given_to_one_of_them(crew: Sequence[Office], clock: FixedClock) -> None:
    wishes = zip(crew, [Actor("same", role, "220000") for role in (Role.MAKER, Role.CHECKER)], strict=False)
    answers = at_once([partial(office.actors.register_actor, wish, clock.now()) for office, wish in wishes])
    assert sorted(type(answer).__name__ for answer in answers) == ["ConflictError", "NoneType"]


def test_a_registry_loaded_by_all_at_once_is_in_force_once(crew: Sequence[Office]) -> None:
    registry = (EXAMPLES / "registry.json").read_bytes()
    for turn in range(1, 6):
        raw = registry + b" " * turn
        digests = at_once([partial(office.load_registry, raw) for office in crew])
        assert set(digests) == {crew[0].filings.current_registry()[0]}


def test_a_file_submitted_by_all_at_once_is_one_filing(crew: Sequence[Office]) -> None:
    raw = (EXAMPLES / REGULAR).read_bytes()
    for _ in range(3):
        first, *others = at_once([partial(office.submit, raw, REGULAR) for office in crew])
        assert first == crew[0].filings.report(first.filing)
        assert others == [first] * (CREW - 1)
        assert first.rows.admitted == 60


def test_a_file_submitted_again_while_it_is_approved_never_loses_the_approval(crew: Sequence[Office]) -> None:
    for turn in range(5):
        head = {"批次编号": f"同时-{turn}", "公布文号": f"吉人社职字〔2023〕20{turn}号"}
        raw = sample(REGULAR).with_header(**head).xlsx()
        filing = crew[0].submit(raw, REGULAR).filing
        approve = partial(crew[0].approval.approve, filing, "maker")
        answers = at_once([approve, *(partial(office.submit, raw, REGULAR) for office in crew[1:])])
        assert ConflictError not in map(type, answers)
        stored = crew[0].filings.find(filing)
        assert stored is not None
        assert (stored.status, stored.maker) == (FilingStatus.APPROVED, "maker")


def test_filings_of_one_series_drafted_at_once_share_no_number_and_no_slot(
    desk: OfficeUnderTest, crew: Sequence[Office]
) -> None:
    filings = approved(desk, CREW)
    shares = zip(crew, filings, strict=True)
    assert at_once([partial(o.issuance.issuing.draft, one, 500) for o, one in shares]) == [PERSONS] * CREW
    drafts = [draft.content for filing in filings for draft in desk.office.certificates.drafts(filing, 500)]
    numbers = [parse_certificate_number(content.number) for content in drafts]
    assert sorted(number.serial for number in numbers if number) == list(range(1, PERSONS * CREW + 1))
    assert len({content.slot for content in drafts}) == PERSONS * CREW


def test_one_filing_issued_by_all_at_once_ends_with_one_certificate_each(
    desk: OfficeUnderTest, crew: Sequence[Office]
) -> None:
    (filing,) = approved(desk, 1)
    answers = at_once([partial(office.issuance.run, filing) for office in crew])
    assert {type(answer).__name__ for answer in answers} <= {"FilingReport", "ConflictError"}
    desk.office.issuance.run(filing)
    published = desk.office.certificates.published(filing=filing)
    assert [one.draft.content.award.row for one in published] == list(range(1, PERSONS + 1))
    assert len({one.leaf_index for one in published}) == PERSONS


def test_the_audit_trail_stays_one_chain(crew: Sequence[Office], clock: FixedClock) -> None:
    trails = [DatabaseAuditTrail(office.engine, clock) for office in crew]
    before = trails[0].verify_chain().entries

    def note_ten(trail: DatabaseAuditTrail) -> None:
        for turn in range(10):
            trail.note(OPERATOR, "test.note", f"object/{turn}")

    assert at_once([partial(note_ten, trail) for trail in trails]) == [None] * CREW
    report = trails[0].verify_chain()
    assert (report.entries - before, report.fault) == (10 * CREW, None)


def approved(desk: OfficeUnderTest, count: int) -> list[str]:
    """Filings of one series and year, of different persons, that the checker may issue."""
    batch = sample(REGULAR)
    raw = [
        batch.with_rows(batch.rows[number * PERSONS : (number + 1) * PERSONS])
        .with_header(批次编号=f"同时-{number}", 公布文号=f"吉人社职字〔2023〕{200 + number}号")
        .xlsx()
        for number in range(count)
    ]
    filings = [desk.submit(one).filing for one in raw]
    for filing in filings:
        desk.approval.approve(filing, "maker")
        desk.approval.begin_issue(filing, "checker")
    return filings
