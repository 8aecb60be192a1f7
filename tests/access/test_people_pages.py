"""Accounts, delegations and the audit trail as the administrators' pages, over HTTP in process."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.domain.actor import Actor, Role
from certsvc.domain.caller import CallerRole
from certsvc.domain.permission import Action
from certsvc.entrypoints.console.pages.action_words import (
    ACTIONS,
    BESIDE,
    CHANNELS,
    OBJECTS,
    ROLES,
    account_words,
    action_words,
    object_words,
)
from tests.access.faces_in_process import Asking, FacesInProcess, faces_in_process
from tests.access.test_delegations import START
from tests.support.office import OfficeUnderTest

GUARD = Actor("guard", Role.SECURITY, "220000", person="S-1")
WATCH = Actor("watch", Role.AUDIT, "220000", person="S-2")
NEW = {"name": "newcomer", "role": "maker", "region": "222400", "person": "N-1"}


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FacesInProcess]:
    house = OfficeUnderTest(tmp_path_factory.mktemp("people"), FixedClock(START))
    for one in (GUARD, WATCH):
        house.office.actors.register_actor(one, START)
    yield faces_in_process(house.office)
    house.close()


@pytest.fixture(scope="module")
def guard(faces: FacesInProcess) -> Asking:
    return faces.official(GUARD)


@pytest.fixture(scope="module")
def watch(faces: FacesInProcess) -> Asking:
    return faces.official(WATCH)


def post(faces: FacesInProcess, who: Asking, path: str, **fields: str) -> tuple[int, str]:
    answer = faces.ask("console", "POST", path, who, data=fields or {"nothing": ""})
    return answer.status_code, answer.headers.get("location", answer.text)


def get(faces: FacesInProcess, who: Asking, path: str) -> str:
    answer = faces.ask("console", "GET", path, who)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_an_account_is_registered_changed_ended_and_registered_once_more(
    faces: FacesInProcess, guard: Asking
) -> None:
    status, after = post(faces, guard, "/console/people", **NEW)
    assert (status, after) == (303, "/console/people/account?name=newcomer&said=added")
    assert "账号已登记" in get(faces, guard, after)
    post(faces, guard, "/console/people/change", **(NEW | {"role": "checker"}))
    found = faces.office.actors.find_actor("newcomer")
    assert found is not None
    assert (found.role, found.region, found.person) == (Role.CHECKER, "222400", "N-1")
    post(faces, guard, "/console/people/end", name="newcomer")
    assert faces.office.actors.find_actor("newcomer") is None
    assert "newcomer" in get(faces, guard, "/console/people?state=ended")
    assert "newcomer" not in get(faces, guard, "/console/people?state=in_office")
    post(faces, guard, "/console/people", **NEW)
    trail = [(one.actor, one.action) for one in faces.office.trail.entries("actor/newcomer")]
    assert trail == [("guard", f"console:actor:{verb}") for verb in ("add", "change", "end", "add")]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"role": "committee"}, "评委会代码"),
        ({"role": "unit"}, "统一社会信用代码"),
        ({"role": "unit", "unit": "123"}, "不是有效的"),
        ({"role": "audit"}, "由省级登记"),
        ({"person": ""}, "工号"),
        ({"name": "a 代 b"}, "委托代办"),
        ({"role": "king"}, "请选择角色"),
    ],
)
def test_what_does_not_go_together_is_refused_with_a_word(
    faces: FacesInProcess, guard: Asking, changed: dict[str, str], words: str
) -> None:
    status, told = post(
        faces, guard, "/console/people", **(NEW | {"name": "other", "person": "N-2"} | changed)
    )
    assert (status, words in told) == (400, True)


def test_nobody_administers_their_own_account(faces: FacesInProcess, guard: Asking) -> None:
    status, told = post(faces, guard, "/console/people/end", name="guard")
    assert (status, "本人的账号" in told) == (403, True)
    assert ("guard", "console:actor:end.refused") in [
        (one.actor, one.action) for one in faces.office.trail.entries("actor/guard")
    ]


def test_a_person_has_one_account_and_never_two_of_the_three_administrations(
    faces: FacesInProcess, guard: Asking
) -> None:
    own = {"name": "wu", "role": "system", "region": "220000", "person": "N-7"}
    assert post(faces, guard, "/console/people", **own)[0] == 303
    status, told = post(faces, guard, "/console/people", **(own | {"name": "wu-2", "role": "maker"}))
    assert (status, "已有在用账号 wu" in told) == (409, True)
    assert post(faces, guard, "/console/people/end", name="wu")[0] == 303
    status, told = post(faces, guard, "/console/people", **(own | {"name": "wu-2", "role": "audit"}))
    assert (status, "曾任系统管理员" in told) == (409, True)
    status, told = post(faces, guard, "/console/people", **(own | {"role": "audit"}))
    assert (status, "曾任系统管理员" in told) == (409, True)
    assert post(faces, guard, "/console/people", **(own | {"name": "wu-2", "role": "maker"}))[0] == 303


def test_somebody_acts_for_another_from_proposal_to_the_last_day(faces: FacesInProcess) -> None:
    office, people = faces.office, {}
    for name in ("chen", "sun"):
        one = Actor(name, Role.MAKER, "220000", person=name)
        office.actors.register_actor(one, office.clock.now())
        people[name] = faces.official(one)
    today = office.clock.today()
    days = {"from_on": today.isoformat(), "until_on": (today + timedelta(days=3)).isoformat()}
    assert (
        post(faces, people["chen"], "/console/delegations", delegate="sun", reason="休假", **days)[0] == 303
    )
    (wanted,) = (one.id for one in office.people.delegations.store.of("sun", 0, 9)[1])
    assert "待本人同意" in get(faces, people["sun"], "/console/delegations")
    assert post(faces, people["chen"], f"/console/delegations/{wanted}/acceptance")[0] == 403
    assert post(faces, people["sun"], f"/console/delegations/{wanted}/acceptance")[0] == 303
    assert post(faces, people["sun"], "/console/delegations/acting", delegator="chen")[0] == 303
    acting = people["sun"]
    assert "sun 代 chen" in get(faces, acting, "/console")
    assert faces.ask("console", "GET", "/console/me", acting).json()["actor"] == "sun 代 chen"
    other = faces.official(Actor("sun", Role.MAKER, "220000", person="sun"))
    elsewhere = faces.ask("console", "GET", "/console/me", other).json()["actor"]
    assert elsewhere == "sun", "chosen for one session alone"
    header = Asking("sun", other.caller, other.headers | {"X-Acting-For": "chen"})
    assert faces.ask("console", "GET", "/console/me", header).json()["actor"] == "sun 代 chen"
    assert post(faces, people["chen"], f"/console/delegations/{wanted}/end")[0] == 303
    assert faces.ask("console", "GET", "/console/me", acting).json()["actor"] == "sun"
    assert (
        faces.ask("console", "POST", "/api/v1/filings/F000000000000000/approval", acting).status_code == 403
    )
    assert faces.ask("console", "GET", "/console/me", header).status_code == 403
    assert post(faces, acting, "/console/sign-out")[0] in (204, 303)  # no choice keeps anybody signed in


def test_nobody_chooses_to_act_for_whom_nothing_is_delegated(faces: FacesInProcess, guard: Asking) -> None:
    assert post(faces, guard, "/console/delegations/acting", delegator="chen")[0] == 403
    assert faces.ask("console", "GET", "/console/me", guard).json()["actor"] == "guard"


def test_a_security_administrator_delegates_for_nobody_who_did_not_agree(
    faces: FacesInProcess, guard: Asking
) -> None:
    office, people = faces.office, {}
    for name in ("zhou", "wu"):
        one = Actor(name, Role.MAKER, "220000", person=name)
        office.actors.register_actor(one, office.clock.now())
        people[name] = faces.official(one)
    today = office.clock.today().isoformat()
    days = {"from_on": today, "until_on": today}
    post(faces, guard, "/console/delegations", delegate="wu", delegator="zhou", reason="病假", **days)
    (wanted,) = (one.id for one in office.people.delegations.store.of("zhou", 0, 9)[1])
    post(faces, people["wu"], f"/console/delegations/{wanted}/acceptance")
    assert post(faces, people["wu"], "/console/delegations/acting", delegator="zhou")[0] == 403
    assert "同意委托" in get(faces, people["zhou"], "/console/delegations")
    assert post(faces, people["zhou"], f"/console/delegations/{wanted}/acceptance")[0] == 303
    assert post(faces, people["wu"], "/console/delegations/acting", delegator="zhou")[0] == 303


def test_the_trail_is_found_by_person_action_object_and_day(faces: FacesInProcess, watch: Asking) -> None:
    base = "/console/audit-trail"
    assert "console:actor:add</code>" in get(faces, watch, f"{base}?person=guard&action=console:actor")
    assert "console:actor:add</code>" not in get(faces, watch, f"{base}?person=guard&action=console:filing")
    assert "actor/newcomer" in get(
        faces, watch, f"{base}?object=actor/newcomer&from=2026-11-20&until=2026-11-20"
    )
    assert "没有符合条件的记录" in get(faces, watch, f"{base}?until=2026-11-19")
    assert "sun 代 chen" not in get(faces, watch, f"{base}?person=su")


def test_older_entries_are_reached_by_position(faces: FacesInProcess, watch: Asking) -> None:
    for number in range(120):
        faces.office.trail.note(watch.caller, "console:audit:read", f"page/{number}")
    first = get(faces, watch, "/console/audit-trail")
    assert "page/119" in first
    assert "page/5<" not in first
    (older,) = {
        part.split('"')[0] for part in first.split('href="/console/audit-trail?')[1:] if "before=" in part
    }
    assert "page/5<" in get(faces, watch, f"/console/audit-trail?{older}")


def test_the_chain_is_checked_with_a_plain_sentence(faces: FacesInProcess, watch: Asking) -> None:
    status, told = post(faces, watch, "/console/audit-trail/check")
    assert (status, "前后相连，内容未被改动" in told) == (200, True)


def test_an_export_is_an_entry_itself_and_holds_no_formula(faces: FacesInProcess, watch: Asking) -> None:
    faces.office.trail.note(watch.caller, "console:audit:read", "=cmd|' /C calc'!A0")
    answer = faces.ask("console", "GET", "/console/audit-trail/entries.csv?person=watch", watch)
    assert answer.headers["content-type"].startswith("text/csv")
    assert ",'=cmd" in answer.text or "\"'=cmd" in answer.text
    assert "console:audit:export</code>" in get(faces, watch, "/console/audit-trail?person=watch")


def test_looks_at_personal_data_are_shown(faces: FacesInProcess, watch: Asking) -> None:
    from certsvc.ports.access import PersonalLook

    faces.office.looks.append(PersonalLook(faces.office.clock.now(), "console", "newcomer", "F1", "查看备案"))
    assert "查看备案" in get(faces, watch, "/console/audit-trail/looks?person=newcomer")
    assert "没有符合条件" in get(faces, watch, "/console/audit-trail/looks?person=nobody")


def test_every_action_role_and_channel_has_words_in_both_languages() -> None:
    assert set(ACTIONS) == set(Action)
    assert set(ROLES) == {one.value for one in CallerRole}
    for words in (
        *ACTIONS.values(),
        *BESIDE.values(),
        *CHANNELS.values(),
        *ROLES.values(),
        *OBJECTS.values(),
    ):
        zh, en = words
        assert zh
        assert en
        assert ":" not in zh + en
    assert action_words("console:filing:approve.refused")[0] == "同意备案（被拒绝）"
    assert action_words("portal:session:open.refused")[0] == "登录（被拒绝）"
    assert object_words("filing/F1") == ("备案 F1", "filing F1")
    assert account_words("maker", "maker")[0] == "maker（经办）"
    assert account_words("operator", "operator")[0] == "系统维护人员"


def test_every_way_of_looking_that_is_written_down_has_words(faces: FacesInProcess, watch: Asking) -> None:
    shown = get(faces, watch, "/console/audit-trail")
    assert "watch（审计管理员）" in shown
    assert "查看办理留痕" in shown
    looks = get(faces, watch, "/console/audit-trail/looks")
    for channel, (zh, _) in CHANNELS.items():
        assert f'<option value="{channel}">{zh}</option>' in looks
