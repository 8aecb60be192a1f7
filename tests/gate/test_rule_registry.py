"""The registry of rules as a whole: complete, citable, and fit to be read."""

from __future__ import annotations

import re

import certsvc.domain.rules
from certsvc.domain.rules.registry import declared_rules

CASES = {*range(19, 24), *range(31, 34), *range(38, 41), *range(42, 85)} - {65}


def test_every_case_of_the_gate_has_a_rule() -> None:
    assert certsvc.domain.rules.__doc__
    assert {rule.case for rule in declared_rules()} >= CASES


def test_every_rule_cites_a_notice_and_gives_an_example_of_each_kind() -> None:
    for rule in declared_rules():
        assert re.search(r"〔20\d\d〕\d+号", rule.clause), rule.code
        assert rule.good, rule.code
        assert rule.bad, rule.code
        assert rule.good != rule.bad, rule.code
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.code)


def test_every_message_is_a_chinese_sentence() -> None:
    for rule in declared_rules():
        assert re.search(r"[\u4e00-\u9fff]", rule.message), rule.code
        assert rule.message.endswith("。"), rule.code
