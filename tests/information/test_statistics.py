"""Statistics 分布和结构比例: counted by how titles stand on a day, each ending by itself, for one's own territory."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from certsvc.adapters.schema import certificate
from certsvc.adapters.title_entries import note_entry
from certsvc.domain.actor import Actor, Role
from certsvc.domain.caller import OPERATOR, Caller, official
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.decision import DecisionKind
from certsvc.domain.statistics import (
    Basis,
    Dimension,
    Standing,
    Statistics,
    StatisticsQuestion,
    percent,
    word_of,
)
from certsvc.errors import NotPermitted, RequestError
from tests.decisions.deciders import Deciders, issue_dual, issue_sample
from tests.information.test_entries import PAST

YANBIAN = official(Actor("city", Role.MAKER, "222400"))
WATCHER = official(Actor("watcher", Role.SUPERVISOR, "220000"))


def ask(
    deciders: Deciders, by: Dimension = Dimension.CITY, who: Caller = OPERATOR, **given: Any
) -> Statistics:
    question = StatisticsQuestion(by, given.pop("then_by", None), given.pop("as_of", deciders.clock.today()))
    return deciders.office.information.reports.statistics(replace(question, **given), who)


def standing(found: Statistics) -> dict[str, int]:
    return {one.value: count for one, count in found.total.counts.items() if count}


def test_every_ending_is_counted_by_itself_and_a_county_title_apart(deciders: Deciders) -> None:
    numbers = [one.draft.content.number for one in issue_sample(deciders, 3)]
    issue_dual(deciders)
    with deciders.office.engine.begin() as connection:
        note_entry(connection, PAST, deciders.clock.now())
    assert standing(ask(deciders)) == {"valid": 3, "limited": 1, "historical": 1}
    deciders.decide(DecisionKind.REVOKE, numbers[0])
    deciders.decide(DecisionKind.VOID, numbers[1])
    found = ask(deciders)
    assert standing(found) == {"valid": 1, "limited": 1, "historical": 1, "revoked": 1, "voided": 1}
    assert (found.total.in_force, found.total.total) == (3, 5)
    deciders.clock.advance(timedelta(days=1))
    deciders.decide(DecisionKind.REINSTATE, numbers[0])
    assert standing(ask(deciders)) == {"valid": 2, "limited": 1, "historical": 1, "voided": 1}


def test_the_counts_agree_with_the_status_of_every_certificate(deciders: Deciders) -> None:
    numbers = [one.draft.content.number for one in issue_sample(deciders, 4)]
    deciders.decide(DecisionKind.REVOKE, numbers[0])
    deciders.decide(DecisionKind.CORRECT, numbers[1], changes={"specialty": "隧道工程"})
    deciders.decide(DecisionKind.VOID, numbers[1])
    deciders.decide(DecisionKind.REINSTATE, numbers[1])
    newest: dict[str, int] = {}
    with deciders.office.engine.begin() as connection:
        for row in connection.execute(
            select(certificate).order_by(certificate.c.number, certificate.c.version)
        ):
            newest[row.number] = row.status
    wanted = Counter(CertificateStatus(status).word for status in newest.values())
    assert standing(ask(deciders)) == dict(wanted)


def test_a_past_day_is_told_as_known_now_and_as_recorded_then(deciders: Deciders) -> None:
    number = issue_sample(deciders, 1)[0].draft.content.number
    deciders.decide(DecisionKind.REVOKE, number)
    deciders.clock.advance(timedelta(days=30))
    yesterday = date(2024, 6, 2)
    assert standing(ask(deciders, as_of=yesterday)) == {"valid": 1}
    assert standing(ask(deciders, as_of=date(2024, 6, 3))) == {"revoked": 1}
    assert standing(ask(deciders, as_of=date(2023, 9, 1))) == {}
    assert standing(ask(deciders, as_of=yesterday, basis=Basis.RECORDED)) == {}  # issued on 3 June
    assert standing(ask(deciders, as_of=date(2024, 6, 3), basis=Basis.RECORDED)) == {"revoked": 1}


def test_a_voided_title_never_was_as_known_now_but_stood_as_recorded_then(deciders: Deciders) -> None:
    number = issue_sample(deciders, 1)[0].draft.content.number
    deciders.clock.advance(timedelta(days=30))
    deciders.decide(DecisionKind.VOID, number)
    mid_june = date(2024, 6, 15)
    assert standing(ask(deciders, as_of=mid_june)) == {"voided": 1}
    assert standing(ask(deciders, as_of=mid_june, basis=Basis.RECORDED)) == {"valid": 1}


def test_two_dimensions_filters_and_ratios(deciders: Deciders) -> None:
    issue_sample(deciders, 8)
    issue_dual(deciders)
    found = ask(deciders, Dimension.SERIES, then_by=Dimension.LEVEL)
    told = {
        (word_of(Dimension.SERIES, row.keys[0]), word_of(Dimension.LEVEL, row.keys[1])): row.in_force
        for row in found.rows
    }
    assert told[("农业技术人员", "副高级")] == 1
    assert sum(told.values()) == 9
    assert found.has_small_cells
    assert sum(float(found.share(row)) for row in found.rows) == pytest.approx(100, abs=0.2)
    assert ask(deciders, way=4).total.total == 1
    assert ask(deciders, series=5, year=2023, unit_kind="企业").total.total <= 8
    assert ask(deciders, region="222404").total.total == ask(deciders, region="222400", way=4).total.total


def test_completeness_leaves_people_without_an_employer_out_of_unit_fields(deciders: Deciders) -> None:
    from tests.support.workbooks import RURAL, sample

    batch = sample(RURAL)
    filed = deciders.under_test.submit(batch.with_rows([dict(row) for row in batch.rows[:2]]).xlsx())
    deciders.under_test.issue(filed)
    with deciders.office.engine.begin() as connection:
        note_entry(connection, PAST, deciders.clock.now())
    measured = {one.field: (one.filled, one.applicable, one.percent) for one in ask(deciders).completeness}
    assert measured["name"] == (3, 3, "100.0")
    assert measured["unit_region"] == (2, 3, "66.7")
    assert measured["unit_code"] == (0, 1, "0.0")


def test_officials_see_their_own_territory_and_no_other(deciders: Deciders) -> None:
    issue_sample(deciders, 5)
    issue_dual(deciders)
    own = ask(deciders, Dimension.REGION, YANBIAN)
    assert {str(row.keys[0])[:4] for row in own.rows} == {"2224"}
    assert ask(deciders, who=WATCHER).total.total == 6
    with pytest.raises(NotPermitted):
        ask(deciders, who=YANBIAN, region="220100")
    noted = [one.action for one in deciders.office.trail.entries("report/statistics")]
    assert noted == ["console:report:read.refused"]


def test_days_to_come_unknown_divisions_and_the_same_dimension_twice_are_refused(deciders: Deciders) -> None:
    with pytest.raises(RequestError, match="今天"):
        ask(deciders, as_of=deciders.clock.today() + timedelta(days=1))
    with pytest.raises(RequestError, match="区划代码"):
        ask(deciders, region="229999")
    with pytest.raises(RequestError, match="维度"):
        ask(deciders, then_by=Dimension.CITY)


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_share_is_never_over_the_whole_and_off_by_half_a_tenth_at_most(part: int, whole: int) -> None:
    part = min(part, whole)
    share = percent(part, whole)
    assert abs(float(share) - 100 * part / whole) <= 0.05 + 1e-9
    assert float(share) <= 100


def test_a_word_is_found_for_every_value() -> None:
    assert word_of(Dimension.CITY, "222400") == "延边朝鲜族自治州"
    assert word_of(Dimension.CITY, None) == "未填写"
    assert word_of(Dimension.CITY, "220000") == "省直"
    assert word_of(Dimension.YEAR, 1998) == "1998年"
    assert word_of(Dimension.WAY, 90) == "历史数据"
    assert {one.label for one in Standing} == {
        "有效",
        "有效（限一县）",
        "历史数据",
        "核查中",
        "已撤销",
        "已核销",
        "无效",
    }
