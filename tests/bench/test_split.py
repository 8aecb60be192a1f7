"""Where the time of a call goes: every part alone, the rest besides, and nothing stays changed."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from bench.report import told_parts
from bench.split import milliseconds, watched


def _slow(seconds: float) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def test_a_part_is_told_without_the_parts_that_it_calls() -> None:
    work = SimpleNamespace(inner=lambda: _slow(0.02))

    def outer() -> None:
        _slow(0.01)
        work.inner()

    work.outer = outer
    with watched({"outer": [(work, "outer")], "inner": [(work, "inner")]}) as split:
        work.outer()
    assert 0.009 < split.seconds["outer"] < split.seconds["inner"]
    assert work.outer is outer


def test_what_no_part_claims_is_the_rest() -> None:
    work = SimpleNamespace(one=lambda: _slow(0.01))
    with watched({"one": [(work, "one")]}) as split:
        work.one()
    told = milliseconds(split, split.seconds["one"] + 0.03, 10)
    assert told["rest"] == pytest.approx(3)
    assert sum(told.values()) == pytest.approx(100 * (split.seconds["one"] + 0.03))


def test_a_failure_leaves_the_functions_as_they_were() -> None:
    def broken() -> None:
        raise ValueError

    work = SimpleNamespace(broken=broken)
    with pytest.raises(ValueError, match=r"^$"), watched({"broken": [(work, "broken")]}):
        work.broken()
    assert work.broken is broken


def test_parts_are_told_with_their_share() -> None:
    assert told_parts({"page": 3.0, "rest": 1.0}) == "page 75%, rest 25% of 4 ms"
