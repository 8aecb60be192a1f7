"""A sign-in with a kind of browser that was not seen lately is told to the holder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from certsvc.adapters.seen_browsers import KEPT
from certsvc.adapters.session_schema import seen_browser
from certsvc.domain.holder_notice import NoticeKind
from certsvc.stages.holder_sign_in import AssertedHolder
from certsvc.stages.share_grants import Holder
from tests.decisions.deciders import decision_day
from tests.support.office import OfficeUnderTest

HOLDER, OTHER = Holder("林晓棠", "220104198803052429"), Holder("周敏", "229901198001010028")


@pytest.fixture
def under_test(tmp_path: Path, database_url: str) -> Iterator[OfficeUnderTest]:
    opened = OfficeUnderTest(tmp_path / "home", decision_day(), database_url)
    yield opened
    opened.close()


def sign_in(under_test: OfficeUnderTest, browser: str, holder: Holder = HOLDER) -> None:
    under_test.office.holder_sign_in.open(AssertedHolder(holder, None, "test"), browser)


def told(under_test: OfficeUnderTest, holder: Holder = HOLDER) -> list[str]:
    """What kinds of browsers the holder was told of, oldest first."""
    office = under_test.office
    by = office.holder_sign_in.caller_of(holder)
    entries = office.notice_desk.holders.page(holder, by, 0, 99).entries
    assert {one.kind for one in entries} <= {NoticeKind.SIGNED_IN}
    return [one.subject for one in reversed(entries)]


def test_a_new_kind_of_browser_is_told_and_never_the_first(under_test: OfficeUnderTest) -> None:
    sign_in(under_test, "Chrome · Windows")
    sign_in(under_test, "Chrome · Windows")
    assert told(under_test) == []
    for _ in range(2):
        sign_in(under_test, "微信 · Android")
    assert told(under_test) == ["微信 · Android"]
    assert told(under_test, OTHER) == []
    under_test.clock.advance(timedelta(days=90))
    sign_in(under_test, "Chrome · Windows")
    assert told(under_test) == ["微信 · Android"], "seen in the last 90 days"
    under_test.clock.advance(timedelta(days=91))
    sign_in(under_test, "微信 · Android")
    assert told(under_test) == ["微信 · Android", "微信 · Android"]


def test_what_is_kept_names_neither_holder_nor_browser_and_has_an_end(under_test: OfficeUnderTest) -> None:
    sign_in(under_test, "Chrome · Windows")
    sign_in(under_test, "Chrome · Windows", OTHER)
    with under_test.office.engine.begin() as connection:
        rows = connection.execute(select(seen_browser)).all()
    assert len({bytes(row.browser_key) for row in rows}) == 2
    assert all(len(bytes(row.owner)) == len(bytes(row.browser_key)) == 32 for row in rows)
    under_test.clock.advance(KEPT + timedelta(days=1))
    under_test.office.holder_sign_in.work(lambda: False)
    with under_test.office.engine.begin() as connection:
        assert connection.execute(select(seen_browser)).all() == []
