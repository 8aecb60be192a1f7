"""The people of the demo: one of every role at least, each as the register would take them."""

from __future__ import annotations

from certsvc.bootstrap import TEST_ACTORS
from certsvc.domain.actor import Role
from certsvc.domain.separation import actor_fault
from certsvc.entrypoints.cli.demo_people import DEMO_ACTORS, demo_officials


def test_every_role_has_somebody_in_the_demo() -> None:
    assert {one.role for one in (*TEST_ACTORS, *DEMO_ACTORS)} == set(Role)


def test_the_register_would_take_everybody() -> None:
    assert [actor_fault(one) for one in DEMO_ACTORS] == [None] * len(DEMO_ACTORS)
    names = [one.name for one in (*TEST_ACTORS, *DEMO_ACTORS)]
    assert len(names) == len(set(names))


def test_the_list_to_choose_from_says_role_and_region_in_words() -> None:
    notes = {one.sub: one.note for one in demo_officials()}
    assert notes["city"] == "经办 · 延边朝鲜族自治州"
    assert notes["audit"] == "审计管理员 · 吉林省"
