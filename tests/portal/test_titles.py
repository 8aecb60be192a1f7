"""My titles in the portal: one's own and nobody else's, before the issue and after, with what was decided."""

from __future__ import annotations

from tests.portal.holders import Portal, number_of, page


def test_a_holder_sees_the_own_titles_and_what_their_area_means(portal: Portal) -> None:
    dual = portal.dual[0]
    with portal.signed_in(dual) as browser:
        told = page(browser.get("/portal"))
        assert number_of(dual) in told.text
        for other in (*portal.dual[1:], *portal.regular):
            assert number_of(other) not in told.text
        one = page(browser.get(f"/portal/certificates/{number_of(dual)}"))
    assert "仅限珲春市有效" in one.text
    assert "只兑现专业技术七级岗位" in one.text
    assert f"/portal/certificates/{number_of(dual)}/document" in one.links
    assert (portal.looks()[-1][1]) == number_of(dual)
