"""The pages about the system: who sees them, what they say, and that nothing secret stands there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import insert

from certsvc.adapters.holder_notice_schema import notice_message
from certsvc.adapters.instants import instant_text
from certsvc.adapters.platform_outbox import DatabaseMessageQueue, queue_messages
from certsvc.bootstrap.operations_desk import OperationsDesk
from certsvc.domain.caller import OPERATOR, Caller, CallerRole
from certsvc.domain.organisation_key import KeyWish
from certsvc.domain.platform_message import MessageKind, MessageState, Platform, PlatformMessage
from certsvc.ports.look_ups import EnumerationAlert, Pattern
from certsvc.stages.key_overview import KeyUse
from tests.access.desk import Desk

HTML = {"Accept": "text/html"}
PAGES = ("/console/ledger", "/console/jobs", "/console/keys", "/console/suspicious")
SUPERVISOR = Caller("supervisor", CallerRole.SUPERVISOR, "220000")


@pytest.fixture
def dead_message(desk: Desk) -> Iterator[int]:
    """A message to a platform that was given up."""
    office = desk.office.office
    queue = DatabaseMessageQueue(office.engine, office.keys.cipher)
    message = PlatformMessage(Platform.TITLES, MessageKind.PUBLISH, "2299000000001X", "page-test", {"a": 1})
    with office.engine.begin() as connection:
        queue_messages(connection, office.keys.cipher, [message], desk.clock.now())
    claimed = queue.claim(Platform.TITLES, desk.clock.now(), lambda _attempts: 60)
    assert claimed is not None
    queue.failed(claimed.id, "平台答复 422 <b>", dead=True)
    yield claimed.id
    queue.delivered(claimed.id, "done", desk.clock.now())


@pytest.mark.parametrize("path", PAGES)
def test_the_province_sees_how_the_system_stands_and_a_city_does_not(desk: Desk, path: str) -> None:
    for name in ("second", "supervisor"):
        with desk.sign_in(name) as browser:
            assert browser.get(path, headers=HTML).status_code == 200
            assert path in browser.get("/console", headers=HTML).text
    with desk.sign_in("tonghua") as browser:
        assert browser.get(path, headers=HTML).status_code == 403
        assert path not in browser.get("/console", headers=HTML).text


def test_the_ledger_page_says_how_old_the_checkpoint_is_and_what_waits(desk: Desk) -> None:
    with desk.sign_in("supervisor") as browser:
        desk.office.office.republish()
        page = browser.get("/console/ledger", headers=HTML).text
        assert "没有等待的事件" in page
        assert "（0 秒前）" in page
    desk.clock.advance(timedelta(hours=2))
    with desk.sign_in("supervisor") as browser:
        page = browser.get("/console/ledger", headers=HTML).text
        assert "（2 小时前）" in page
        assert "已过时" in page
        assert "小时没有更新公开检查点" in browser.get("/console", headers=HTML).text
        desk.office.office.republish()
        assert "已过时" not in browser.get("/console/ledger", headers=HTML).text


def test_a_message_that_was_given_up_is_sent_again_by_whoever_may(desk: Desk, dead_message: int) -> None:
    way = f"/console/jobs/messages/{dead_message}/retry"
    with desk.sign_in("supervisor") as browser:
        page = browser.get("/console/jobs", headers=HTML).text
        assert "平台答复 422 &lt;b&gt;" in page
        assert way not in page
        refused = browser.post(way, data={"csrf_token": browser.headers["X-CSRF-Token"]}, headers=HTML)
        assert refused.status_code == 403
    desk.clock.advance(timedelta(minutes=1))  # the first page counts again after some seconds
    with desk.sign_in("second") as browser:
        assert "无法送达的报送消息" in browser.get("/console", headers=HTML).text
        assert way in browser.get("/console/jobs", headers=HTML).text
        form = {"csrf_token": browser.headers["X-CSRF-Token"]}
        taken = browser.post(way, data=form, headers=HTML)
        assert (taken.status_code, taken.headers["location"]) == (303, "/console/jobs?said=retried")
        assert "已安排重新报送" in browser.get(taken.headers["location"], headers=HTML).text
        assert browser.post(way, data=form, headers=HTML).status_code == 409
        assert browser.post("/console/jobs/messages/999/retry", data=form, headers=HTML).status_code == 404
    waiting = desk.office.office.credit.delivery.listed(None, MessageState.WAITING, 10)
    assert [one.id for one in waiting] == [dead_message]
    assert ("second", "console:platform:revive") in desk.actions(f"platform-message/{dead_message}")


@pytest.fixture
def dead_notices(desk: Desk) -> None:
    """Two messages to holders that were given up for one reason, and one that is tried again."""
    at = instant_text(desk.clock.now())
    rows = [
        {
            "message_key": f"jobs-{state}-{place}",
            "owner": bytes([place]) * 32,
            "channel": "email",
            "kind": "issued",
            "state": state,
            "attempts": 12,
            "queued_at": at,
            "next_attempt_at": at,
            "ended_at": at if state == "dead" else None,
            "last_fault": fault,
        }
        for place, (state, fault) in enumerate(
            (("dead", "smtp-550"), ("dead", "smtp-550"), ("waiting", "<b>"))
        )
    ]
    with desk.office.office.engine.begin() as connection:
        connection.execute(insert(notice_message), rows)


def test_notices_that_were_given_up_are_shown_with_their_reason_and_sent_again_by_whoever_may(
    desk: Desk, dead_notices: None
) -> None:
    way = "/console/jobs/notices/retry"
    with desk.sign_in("supervisor") as browser:
        page = browser.get("/console/jobs", headers=HTML).text
        assert "smtp-550" in page
        assert "&lt;b&gt;" in page
        assert way not in page
        form = {"csrf_token": browser.headers["X-CSRF-Token"]}
        assert browser.post(way, data=form, headers=HTML).status_code == 403
    desk.clock.advance(timedelta(minutes=1))
    with desk.sign_in("second") as browser:
        assert "无法送达的变动通知" in browser.get("/console", headers=HTML).text
        assert way in browser.get("/console/jobs", headers=HTML).text
        form = {"csrf_token": browser.headers["X-CSRF-Token"]}
        taken = browser.post(way, data=form, headers=HTML)
        assert (taken.status_code, taken.headers["location"]) == (303, "/console/jobs?said=notices-retried")
        after = browser.get(taken.headers["location"], headers=HTML).text
        assert "已安排重新发送" in after
        assert way not in after
    email = desk.office.office.notice_desk.delivery.standings()[0]
    assert (email.waiting, email.dead) == (3, 0)
    assert ("second", "console:platform:revive") in desk.actions("notice-messages")


def test_every_key_is_told_of_and_no_secret(desk: Desk) -> None:
    office = desk.office.office
    today = office.clock.today()
    wish = KeyWish("hr", "某人力资源公司", "入职核验", 60, 1000, today + timedelta(days=10))
    text = office.organisation_keys.add(wish, desk.clock.now(), lambda count: bytes(count))
    standing = OperationsDesk(office).keys(SUPERVISOR)
    assert {line.key.use for line in standing.own} >= set(KeyUse) - {
        KeyUse.ORGANISATION,
        KeyUse.TIMESTAMP_ROOT,
        KeyUse.API,
    }
    (given,) = standing.organisations
    assert (given.days_left, given.ends_soon) == (11, True)
    with desk.sign_in("supervisor") as browser:
        page = browser.get("/console/keys", headers=HTML).text
    assert "某人力资源公司" in page
    assert "剩 11 天" in page
    assert text not in page
    for file in office.settings.keys_folder.rglob("*.key"):
        assert file.read_text()[:32] not in page
    assert "PRIVATE" not in page


def test_what_was_refused_is_found_by_its_action_and_numbers_tried_out_are_told(desk: Desk) -> None:
    desk.office.office.look_ups.journal.raise_alert(
        EnumerationAlert(desk.clock.now(), Pattern.SEQUENCE, "someone", 12)
    )
    desk.office.office.look_ups.journal.flush()
    with desk.sign_in("second") as browser:
        assert browser.post("/console/sign-out", headers={"X-CSRF-Token": "wrong"}).status_code == 403
        page = browser.get("/console/suspicious", headers=HTML).text
        assert "按顺序试编号" in page
        only = browser.get("/console/suspicious?action=console:session:csrf", headers=HTML).text
        assert "页面令牌不符" in only
        assert "POST /console/sign-out" in only
        part = browser.get(
            "/console/suspicious?action=none", headers={**HTML, "HX-Request": "true", "HX-Target": "refused"}
        ).text
        assert part.startswith('<section class="card" id="refused">')
        assert "最近没有被拒绝的操作" in part
    assert OPERATOR.name not in only
