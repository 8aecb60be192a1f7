"""Published records of the past stand in the statistics as 历史数据, with what their papers say and no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import insert

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.history_schema import history_ending
from certsvc.domain.caller import OPERATOR
from certsvc.domain.statistics import Dimension, Statistics, StatisticsQuestion
from tests.history.papers import ZHOU, Archive, open_archive


@pytest.fixture
def archive(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[Archive]:
    opened = open_archive(tmp_path, clock, database_url)
    yield opened
    opened.under_test.close()


def counted(archive: Archive, by: Dimension, as_of: date | None = None) -> Statistics:
    question = StatisticsQuestion(by, None, as_of or archive.clock.today())
    return archive.office.information.reports.statistics(question, OPERATOR)


def test_a_record_is_counted_from_its_publication_with_the_words_that_have_a_code(archive: Archive) -> None:
    answer = archive.bring_in(ZHOU, {**ZHOU, "证件号码": "229901620312069", "材料质量": "C"})
    assert answer.kept is not None, answer.findings
    assert counted(archive, Dimension.CITY).rows == ()
    archive.office.history.confirm(answer.import_id, archive.caller("second"))
    (row,) = counted(archive, Dimension.CITY).rows  # the claim of grade C stays inside
    assert (row.keys, {one.value: n for one, n in row.counts.items()}) == (("220500",), {"historical": 1})
    measured = {one.field: one.filled for one in counted(archive, Dimension.CITY).completeness}
    assert (measured["committee_name"], measured["specialty"], measured["unit_kind"]) == (1, 0, 0)
    assert counted(archive, Dimension.YEAR, date(1998, 6, 29)).rows == ()
    assert counted(archive, Dimension.YEAR, date(1998, 6, 30)).rows[0].keys == (1998,)


def test_a_corrected_record_is_counted_once_as_it_is_now(archive: Archive) -> None:
    (reference,) = archive.published(ZHOU)
    changes = {"取得时间": "1997-12-20", "单位所属行政区划": "220582"}
    archive.office.history.records.correct(reference, changes, "省档J0123-1997-0007", archive.caller("maker"))
    archive.office.history.confirm(reference, archive.caller("second"))
    (row,) = counted(archive, Dimension.YEAR).rows
    assert (row.keys, row.total) == ((1997,), 1)


def test_a_revoked_record_of_the_past_is_no_longer_in_force(archive: Archive) -> None:
    (reference,) = archive.published(ZHOU)
    with archive.office.engine.begin() as connection:
        connection.execute(
            insert(history_ending).values(
                id="E1",
                reference=reference,
                document_ref="吉人社职撤〔2026〕1号",
                decided_on="2026-11-20",
                ground="经核查，材料与事实不符",
                maker="maker",
                proposed_at="2026-11-20T08:00:00Z",
                checker="second",
                confirmed_at="2026-11-20T08:00:00Z",
            )
        )
    (row,) = counted(archive, Dimension.CITY).rows
    assert {one.value: n for one, n in row.counts.items()} == {"revoked": 1}
    assert counted(archive, Dimension.CITY, date(2026, 11, 19)).total.in_force == 1
