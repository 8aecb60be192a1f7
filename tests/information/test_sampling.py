"""Sampling 抽查: anybody who knows seed and population draws the same; nobody draws twice under one document."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from certsvc.adapters.information_schema import sample as sample_table
from certsvc.adapters.sample_store import DatabaseSampleStore
from certsvc.domain.caller import OPERATOR, Caller, CallerRole
from certsvc.domain.sampling import (
    Outcome,
    Sample,
    Subject,
    check,
    digest_of_population,
    draw,
    inspectors,
    read_ratio,
    read_references,
    sample_size,
)
from certsvc.errors import ConflictError, NotPermitted, RequestError, UnknownReference
from certsvc.stages.sampling import SampleOrder
from tests.decisions.deciders import Deciders
from tests.support.workbooks import DUAL_DIRECTED, REGULAR, sample

NAMES = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=12)
POPULATIONS = st.sets(NAMES, min_size=1, max_size=60)
ORDER = SampleOrder(Subject.COMMITTEES, 30, "吉人社函〔2024〕900号")


@pytest.mark.parametrize(
    ("population", "percent", "drawn"),
    [(0, 30, 0), (1, 1, 1), (3, 30, 1), (10, 30, 3), (11, 30, 4), (7, 100, 7)],
)
def test_the_ratio_is_rounded_up(population: int, percent: int, drawn: int) -> None:
    assert sample_size(population, percent) == drawn


@given(POPULATIONS, st.text(min_size=1, max_size=20), st.integers(1, 100))
def test_a_draw_depends_on_seed_population_and_ratio_alone(
    population: set[str], seed: str, percent: int
) -> None:
    drawn = draw(sorted(population), seed, percent)
    assert drawn == draw(sorted(population, reverse=True), seed, percent)
    assert len(set(drawn)) == len(drawn) == sample_size(len(population), percent)
    assert set(drawn) <= population
    assert draw(population, seed, 100)[: len(drawn)] == drawn


def test_the_algorithm_is_what_its_documentation_says() -> None:
    items = [f"评委会{number}" for number in range(20)]
    by_hand = sorted(items, key=lambda item: sha256(b"08-13-22\0" + item.encode()).digest())[:6]
    assert list(draw(items, "08-13-22", 30)) == by_hand
    assert digest_of_population(["乙", "甲"]) == sha256("乙\n甲\n".encode()).hexdigest()


@given(st.text(min_size=1, max_size=20))
def test_no_city_inspects_itself_and_each_inspects_one(seed: str) -> None:
    ring = inspectors(seed)
    assert len(ring) == 9
    assert all(city != inspector for city, inspector in ring.items())
    assert sorted(ring.values()) == sorted(ring)


@pytest.mark.parametrize("word", ["", "0", "101%", "30.5%", "三成", "-1", "３０%"])
def test_a_ratio_is_a_whole_percent(word: str) -> None:
    with pytest.raises(RequestError):
        read_ratio(word)


def test_a_ratio_is_read_with_its_sign() -> None:
    assert (read_ratio("30%"), read_ratio(" 100 "), read_ratio("5％")) == (30, 100, 5)


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "名单须有"),
        (b"229901198503171022", "证件号码"),
        ("考核-1\n考核-1".encode(), "重复"),
        ("考核-1".encode("gb18030"), "UTF-8"),
        (b"x" * 129, "过长"),
    ],
)
def test_a_list_holds_references_and_no_document_numbers(raw: bytes, told: str) -> None:
    with pytest.raises(RequestError, match=told):
        read_references(raw)


def test_a_list_is_read_line_by_line() -> None:
    assert read_references("\ufeff考核-1,甲单位\r\n\r\n考核-2\n".encode()) == ("考核-1", "考核-2")


def test_a_sample_is_drawn_once_under_its_document_and_can_be_drawn_again(deciders: Deciders) -> None:
    sampling = deciders.office.information.sampling
    drawn = sampling.draw(replace(ORDER, crossed=True), "maker")
    assert sampling.draw(replace(ORDER, crossed=True), "checker") == drawn
    assert (len(drawn.population), len(drawn.items), check(drawn)) == (4, 2, ())
    for one in drawn.items:
        assert one.place is None or not one.inspector.startswith(one.place[:4])
    with pytest.raises(ConflictError, match="文号"):
        sampling.draw(replace(ORDER, ratio_percent=50, crossed=True), "maker")
    with pytest.raises(ConflictError, match="文号"):
        sampling.draw(replace(ORDER, crossed=True, seed="1"), "maker")
    noted = [one.action for one in deciders.office.trail.entries(f"sample/{drawn.id}")]
    assert noted == ["console:sample:open", "console:sample:draw"]


def test_the_seed_is_stored_before_the_draw_and_a_broken_run_goes_on_with_it(
    deciders: Deciders, monkeypatch: pytest.MonkeyPatch
) -> None:
    sampling = deciders.office.information.sampling

    def die(*_given: Any) -> Sample:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(DatabaseSampleStore, "keep_draw", die)
        with pytest.raises(KeyboardInterrupt):
            sampling.draw(ORDER, "maker")
    (opened,) = sampling.listed(None, OPERATOR)
    assert (opened.drawn_at, opened.items) == (None, ())
    assert check(opened) == ("已登记种子和范围，尚未抽取",)
    drawn = sampling.draw(ORDER, "maker")
    assert (drawn.id, drawn.seed) == (opened.id, opened.seed)
    assert check(drawn) == ()


def test_an_altered_population_or_seed_is_found(deciders: Deciders) -> None:
    sampling = deciders.office.information.sampling
    drawn = sampling.draw(replace(ORDER, ratio_percent=50, seed="08-13-22-27"), "maker")
    outside = next(item for item in drawn.population if item not in {one.item for one in drawn.items})
    swapped = replace(drawn, items=(replace(drawn.items[0], item=outside), *drawn.items[1:]))
    assert check(swapped) == ("抽取结果与按种子重新抽取的结果不符",)
    with deciders.office.engine.begin() as connection:
        connection.execute(update(sample_table).values(population='{"C-1": null}'))
    again = sampling.find(drawn.id, OPERATOR)
    assert "抽查范围与登记的摘要不符" in check(again)


def test_batches_are_sampled_without_the_refused_ones(deciders: Deciders) -> None:
    good = deciders.under_test.submit(sample(REGULAR).xlsx())
    refused = deciders.under_test.submit(
        sample(DUAL_DIRECTED).with_header(备案2报送单位="HRSS-222404").xlsx()
    )
    assert refused.status == "refused"
    drawn = deciders.office.information.sampling.draw(
        replace(ORDER, subject=Subject.BATCHES, year=2023), "maker"
    )
    assert set(drawn.population) == {good.filing}
    with pytest.raises(RequestError, match="没有可抽查"):
        deciders.office.information.sampling.draw(
            replace(ORDER, subject=Subject.BATCHES, year=2022, document_ref="另一文号"), "maker"
        )


def test_level_three_assessments_are_sampled_at_thirty_percent_or_more(deciders: Deciders) -> None:
    sampling = deciders.office.information.sampling
    raw = "\n".join(f"2023-三级-{number:03}" for number in range(1, 12)).encode()
    order = replace(ORDER, subject=Subject.LEVEL_THREE, raw_list=raw)
    with pytest.raises(RequestError, match="30%"):
        sampling.draw(replace(order, ratio_percent=29), "maker")
    assert len(sampling.draw(order, "maker").items) == 4
    with pytest.raises(RequestError, match="名单"):
        sampling.draw(replace(order, raw_list=None, document_ref="另一文号"), "maker")


def test_findings_are_recorded_once_by_those_who_inspect(deciders: Deciders) -> None:
    sampling = deciders.office.information.sampling
    drawn = sampling.draw(replace(ORDER, ratio_percent=100, crossed=True, seed="1"), "maker")
    of_yanbian = next(one for one in drawn.items if one.place == "222404")
    assert of_yanbian.inspector != "222400"
    found = (drawn.id, of_yanbian.item, Outcome.PROBLEM, "专家库结构不合理", "吉人社函〔2024〕901号")
    with pytest.raises(NotPermitted):
        sampling.record(*found, "city")
    recorded = sampling.record(*found, "maker")
    assert sampling.record(*found, "maker") == recorded
    item = next(one for one in recorded.items if one.item == of_yanbian.item)
    assert item.finding is not None
    assert (item.finding.outcome, item.finding.document_ref) == (Outcome.PROBLEM, "吉人社函〔2024〕901号")
    with pytest.raises(ConflictError):
        sampling.record(drawn.id, of_yanbian.item, Outcome.QUALIFIED, "合格", None, "maker")
    with pytest.raises(UnknownReference):
        sampling.record(drawn.id, "没有抽到的", Outcome.QUALIFIED, "合格", None, "maker")
    assert [one.id for one in sampling.listed(of_yanbian.item, OPERATOR)] == [drawn.id]
    assert check(recorded) == ()
    inspector = Caller("other-city", CallerRole.MAKER, of_yanbian.inspector)
    assert sampling.find(drawn.id, inspector).id == drawn.id


@pytest.mark.parametrize(
    ("actor", "changes", "error"),
    [
        ("watcher", {}, NotPermitted),
        ("county", {"region": "222400"}, NotPermitted),
        ("city", {"region": "220100"}, NotPermitted),
        ("city", {"crossed": True}, RequestError),
        ("maker", {"region": "229999"}, RequestError),
        ("maker", {"document_ref": ""}, RequestError),
        ("maker", {"seed": "\n"}, RequestError),
        ("somebody", {}, UnknownReference),
    ],
)
def test_only_those_who_may_draw_and_only_with_what_it_takes(
    deciders: Deciders, actor: str, changes: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        deciders.office.information.sampling.draw(replace(ORDER, **changes), actor)
    assert deciders.office.information.sampling.listed(None, OPERATOR) == ()
