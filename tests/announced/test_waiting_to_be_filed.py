"""Who stands on an announced list with the whole number is shown to wait for the filing, until one names them."""

from __future__ import annotations

from certsvc.adapters.access_schema import personal_look
from certsvc.domain.caller import holder_caller
from certsvc.domain.under_way import AnnouncedRow
from certsvc.stages.share_grants import Holder
from tests.announced.lists import DOCUMENT, announced, batch, people, put_in_force
from tests.support.office import OfficeUnderTest


def waiting(office: OfficeUnderTest, holder: Holder) -> tuple[AnnouncedRow, ...]:
    caller = holder_caller(b"\1" * 32)
    return office.office.titles_under_way.announced_of(holder, caller, "portal")


def test_an_announced_person_waits_until_a_filing_names_them(office: OfficeUnderTest) -> None:
    rows = people(3)
    first, other = (Holder(str(row["姓名"]), str(row["证件号码"])) for row in rows[:2])
    assert waiting(office, first) == ()
    put_in_force(office, announced(rows))
    (one,) = waiting(office, first)
    assert (one.document_ref, one.listed.name) == (DOCUMENT, first.name)
    assert (
        waiting(office, Holder("别人", first.id_number))
        == waiting(office, Holder(first.name, "E1234567"))
        == ()
    )
    with office.office.engine.begin() as connection:
        looked = connection.execute(personal_look.select()).all()
    assert one.list in {row.object for row in looked}
    office.submit(batch(rows[:1]).xlsx())
    assert waiting(office, first) == ()
    assert len(waiting(office, other)) == 1


def test_a_list_with_masked_numbers_can_tell_nobody(office: OfficeUnderTest) -> None:
    rows = people(3)
    put_in_force(office, announced(rows).shown("tails"))
    assert waiting(office, Holder(str(rows[0]["姓名"]), str(rows[0]["证件号码"]))) == ()
