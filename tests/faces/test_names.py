"""S9 through the faces: dots and rare characters, two alike, a residence permit, and a name that the font cannot print."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.faces.conftest import OpenTown
from tests.faces.steps import NUMBER, filed_and_issued
from tests.faces.town import said
from tests.scenarios.test_from_filing_to_verdict import (
    HONG_KONG,
    NO_GLYPH,
    RARE,
    UIGHUR,
    WANG_LI,
    WANG_LI_JASMINE,
    person_row,
)
from tests.support.workbooks import REGULAR, sample

PEOPLE = (UIGHUR, RARE, WANG_LI, WANG_LI_JASMINE, HONG_KONG, NO_GLYPH)


def test_s9_names_are_kept_found_and_never_confused_and_one_without_glyph_waits_alone(
    opened: OpenTown,
) -> None:
    town = opened("2023-10-20 09:00")
    filing = filed_and_issued(town, sample(REGULAR).with_rows(person_row(*one) for one in PEOPLE))
    with town.official("supervisor") as watching:
        watching.goto(filing)
        said(watching, "阿依努尔·买买提")
        said(watching, "字库")
        expect(watching.get_by_role("link", name="重新报送")).to_have_count(0)
    with town.official("maker") as searching:
        searching.goto("/console/search")
        searching.locator("form[method=post] input[name=name]").fill("王丽")
        searching.locator("form[method=post]").get_by_role("button", name="查询").click()
        said(searching, "王丽")
        found = searching.locator("#found")
        expect(found).not_to_contain_text("王莉")
        assert "王" not in searching.url
        assert len(set(NUMBER.findall(found.inner_text()))) == 1
    for name, number, *_ in (RARE, HONG_KONG, ("阿依努尔·买买提", UIGHUR[1])):
        with town.holder(name, number) as holder:
            said(holder, "高级工程师")
    with town.holder("王莉", WANG_LI[1]) as stranger:
        said(stranger, "没有查到您的职称")
        expect(stranger.get_by_role("link", name="下载证书")).to_have_count(0)
    with town.holder(NO_GLYPH[0], NO_GLYPH[1]) as waiting:
        said(waiting, "停在这一步")
