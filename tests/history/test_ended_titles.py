"""A title that was ended does not come back as historical data in older words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.person_links import DatabasePersonLinks
from certsvc.domain.decision import DecisionKind
from certsvc.domain.identity import IdDocument, IdKind
from certsvc.errors import RequestError
from certsvc.ports.credit import LinkedDocuments
from tests.decisions.deciders import SUN, Deciders, issue_sun, open_deciders
from tests.history.papers import ZHOU, Archive
from tests.history.test_older_base_titles import DEPUTY, bring_in, revoke

OLD_WORDS = {
    **DEPUTY,
    "原职称名称": "高级工程师（教授级）",
    "原职称级别": "正高",
    "原证书编号": "吉正高字210001",
    "取得时间": "2021-09",
}
UNCODED = {**OLD_WORDS, "原职称名称": "总工程师", "原职称系列": "农机", "原职称级别": None}
MIDDLE = {**OLD_WORDS, "原职称名称": "工程师", "原职称级别": "中级", "取得时间": "2001.6"}


@pytest.fixture
def deciders(tmp_path: Path, clock: FixedClock, database_url: str) -> Iterator[Deciders]:
    opened = open_deciders(tmp_path / "home", clock, database_url)
    yield opened
    opened.close()


@pytest.fixture
def archive(deciders: Deciders) -> Archive:
    return Archive(deciders.under_test, deciders.clock)


def told(archive: Archive, row: dict[str, Any], by: str = "maker") -> dict[str, str]:
    """Codes that stop, or warn of endings and certificates; nothing else is told of the row."""
    answer = archive.bring_in(row, by=by)
    found = {one.code: one.severity.value for one in answer.findings if one.code.startswith("history-")}
    assert (answer.kept is None) == ("error" in found.values())
    return {code: severity for code, severity in found.items() if code != "history-word-kept"}


@pytest.mark.parametrize("kind", [DecisionKind.REVOKE, DecisionKind.VOID])
def test_an_ended_certificate_does_not_come_back_in_old_words(
    deciders: Deciders, archive: Archive, kind: DecisionKind
) -> None:
    number = issue_sun(deciders).draft.content.number
    assert told(archive, {**OLD_WORDS, "材料质量": "C"}) == {"history-same-level-certified": "warning"}
    deciders.decide(kind, number)
    row = {**OLD_WORDS, "原职称名称": "教授级高级工程师", "备注": "名册第7页"}
    assert told(archive, row) == {"history-ended-title": "error"}
    assert told(archive, UNCODED) == {"history-ended-title": "error"}, "it may be the same title"
    assert told(archive, MIDDLE) == {"history-person-with-ending": "warning"}
    named = {**row, "备注": f"非{number}，另有吉人职字〔2021〕30号"}
    assert told(archive, named) == {"history-other-than-ended": "warning"}


def test_nor_under_another_document_of_the_person(deciders: Deciders, archive: Archive) -> None:
    number = issue_sun(deciders).draft.content.number
    deciders.decide(DecisionKind.REVOKE, number)
    passport = IdDocument(IdKind.PASSPORT, "E12345678")
    own = IdDocument(IdKind.CITIZEN, str(SUN["证件号码"]))
    row = {**OLD_WORDS, "证件类型": "护照", "证件号码": passport.number}
    links = DatabasePersonLinks(deciders.office.engine, deciders.office.keys.cipher)
    links.link(LinkedDocuments(own, passport, "吉人社核〔2026〕1号"), deciders.clock.now())
    assert told(archive, row) == {"history-ended-title": "error"}


def test_nor_does_a_revoked_record_or_a_correction_into_it(archive: Archive) -> None:
    (reference,) = bring_in(archive, DEPUTY)
    (middle,) = bring_in(archive, MIDDLE)
    revoke(archive, reference)
    renamed = {**DEPUTY, "原职称名称": "副总工程师", "取得时间": "2009.6"}
    assert told(archive, renamed) == {"history-ended-title": "error"}
    with pytest.raises(RequestError, match=reference):
        archive.office.history.records.correct(
            middle, {"原职称名称": "副总工程师", "原职称级别": "副高"}, "省档J0123", archive.caller("maker")
        )
    assert {"history-ended-title", "history-person-with-ending"}.isdisjoint(told(archive, ZHOU))


def test_a_city_cannot_say_that_it_is_another_title(deciders: Deciders, archive: Archive) -> None:
    number = issue_sun(deciders).draft.content.number
    deciders.decide(DecisionKind.REVOKE, number)
    row = {**OLD_WORDS, "备注": f"非{number}", "单位所属行政区划": "220502"}
    (report,) = [
        one
        for one in archive.office.history.files.holders.compared(
            [archive.office.history.store.versions(bring_in(archive, row)[0])[0].title], "220500"
        )
        if one.severity == "error"
    ]
    assert (report.code, number in report.message) == ("history-ended-title", True)
