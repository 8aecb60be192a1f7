"""What the background work passed over stands on the page of jobs until it is well again, by number and never by name."""

from __future__ import annotations

from certsvc.errors import IntegrityError
from tests.access.desk import Desk


def test_damaged_data_is_shown_to_who_keeps_the_system_until_it_is_well(desk: Desk) -> None:
    notes, page = desk.office.office.fault_notes, "跳过的损坏数据"
    notes.note("names", "2299000000001X/1", IntegrityError("张三"))
    with desk.sign_in("supervisor") as browser:
        shown = browser.get("/console/jobs", headers={"Accept": "text/html"}).text
        assert page in shown
        assert "names 2299000000001X/1" in shown
        assert "张三" not in shown
        notes.round("names").ended()
        assert page not in browser.get("/console/jobs", headers={"Accept": "text/html"}).text
