"""Anybody may report a suspected fake by name; officials look into it; nothing but the case ever changes."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from certsvc.adapters.access_schema import personal_look
from certsvc.adapters.clock import FixedClock
from certsvc.adapters.schema import certificate as issued
from certsvc.adapters.schema import metadata
from certsvc.adapters.suspicion_schema import suspicion_case
from certsvc.domain.permission import Action
from certsvc.domain.suspicion import new_number, suspicion_report, written_code
from certsvc.entrypoints.cli.commands import certsvc
from certsvc.errors import RequestError
from certsvc.settings import load_settings
from tests.access.desk import Desk, open_desk
from tests.api.asking import claim, qr_text
from tests.support.workbooks import DUAL_DIRECTED, sample

REPORT, STATE, CASES = "/api/v1/suspicions", "/api/v1/suspicions/state", "/api/v1/suspicion-cases"
UNCHANGED = ("audit_entry", "audit_head", "suspicion_case")
SECRETS = ("王举报", "13900001111", "某公司招聘现场", "扫码显示内容被改动")
HANDED_IN = {
    "name": "王举报",
    "contact": "13900001111",
    "shown_at": "某公司招聘现场",
    "account": "应聘人员出示的证书，\n扫码显示内容被改动。",
}


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[Desk]:
    """A desk on either database, with a dual-directed certificate of 珲春市 (延边州)."""
    clock = FixedClock(datetime(2024, 6, 3, 2, 0, tzinfo=UTC))
    with open_desk(tmp_path / "home", clock, database_url) as opened:
        batch = sample(DUAL_DIRECTED)
        opened.office.issue(opened.office.submit(batch.with_rows(batch.rows[:1]).xlsx()))
        yield opened


@pytest.fixture
def desk_here(tmp_path: Path) -> Iterator[Desk]:
    """A desk without certificates, on SQLite."""
    with open_desk(tmp_path / "home", FixedClock(datetime(2024, 6, 3, 2, 0, tzinfo=UTC))) as opened:
        yield opened


def certificate(desk: Desk) -> Any:
    """One certificate of the desk."""
    with desk.office.office.engine.begin() as connection:
        number = connection.execute(select(issued.c.number).order_by(issued.c.number)).scalars().first()
    return desk.office.office.certificates.published(number=number)[0]


def ask(desk: Desk, path: str, body: dict[str, Any], **headers: str) -> Any:
    """A question of anybody; the answer with its status."""
    with desk.visitor() as anybody:
        answer = anybody.post(path, json=body, headers=headers)
    return answer.json() | {"http": answer.status_code}


def report(desk: Desk, **changes: Any) -> Any:
    """Hand a report in."""
    return ask(desk, REPORT, HANDED_IN | changes)


def tables(desk: Desk) -> dict[str, list[Any]]:
    """Every row of every table."""
    with desk.office.office.engine.begin() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table))))
            for table in metadata.sorted_tables
        }


def test_a_report_opens_a_case_and_changes_no_certificate_and_no_verdict(desk: Desk) -> None:
    known = certificate(desk)
    question = {"qr": qr_text(known)}
    verdict, before = ask(desk, "/api/v1/verify", question), tables(desk)
    opened = report(desk, qr=qr_text(known))
    assert opened["http"] == 201
    assert re.fullmatch(r"S[2-9A-HJKMNP-Z]{9}", opened["number"])
    assert re.fullmatch(r"([2-9A-HJKMNP-Z]{4}-){2}[2-9A-HJKMNP-Z]{4}", opened["code"])
    case = desk.office.office.suspicion_desk.cases
    for person in ("maker", "city-checker"):
        case.show(opened["number"], case.official(person, Action.SUSPICION_READ), "cli")
    with desk.sign_in("maker") as browser:
        browser.post(f"{CASES}/{opened['number']}/assignment", json={"to": "city-checker"}).raise_for_status()
        body = {"outcome": "true", "words": "经核查属实，已处理。", "reference": "吉人社职决〔2024〕8号"}
        browser.post(f"{CASES}/{opened['number']}/closing", json=body).raise_for_status()
    after = tables(desk)
    mine = (*UNCHANGED, "personal_look", "web_session", "spent_token")
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= set(mine), changed
    assert ask(desk, "/api/v1/verify", question) == verdict


def test_handing_in_alone_touches_the_case_and_the_audit_trail(desk: Desk) -> None:
    before = tables(desk)
    number = report(desk)["number"]
    after = tables(desk)
    assert {name for name in before if before[name] != after[name]} == set(UNCHANGED)
    assert desk.actions(f"suspicion/{number}") == [("reporter", "public:suspicion:open")]


def test_everything_personal_lies_sealed(desk: Desk) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + b"secret pixels" * 9
    report(desk, file=base64.b64encode(picture).decode(), qr=qr_text(certificate(desk)))
    with desk.office.office.engine.begin() as connection:
        row = connection.execute(select(suspicion_case)).one()
    raw = b"".join(bytes(one) for one in row if isinstance(one, bytes | memoryview))
    for secret in (*SECRETS, "secret pixels"):
        assert secret.encode() not in raw
        assert secret not in repr(row)
    assert row.certificate_number == certificate(desk).draft.content.number
    assert row.city == "222400"


def test_the_same_report_within_a_day_is_the_same_case(desk: Desk) -> None:
    first = report(desk)
    desk.clock.advance(timedelta(hours=23))
    assert report(desk) == first
    assert report(desk, account="另一件事")["number"] != first["number"]
    desk.clock.advance(timedelta(hours=2))
    assert report(desk)["number"] != first["number"]


def test_an_idempotency_key_gives_the_very_answer_again(desk_here: Desk) -> None:
    with desk_here.visitor() as anybody:
        key = {"Idempotency-Key": '"8e03978e-40d5-43e8"'}
        first = anybody.post(REPORT, json=HANDED_IN, headers=key)
        again = anybody.post(REPORT, json=HANDED_IN, headers=key)
        other = anybody.post(REPORT, json=HANDED_IN | {"shown_at": "别处"}, headers=key)
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"


def test_a_few_an_hour_then_a_computation_is_asked_for(desk_here: Desk) -> None:
    for turn in range(5):
        assert report(desk_here, account=f"第 {turn} 次")["http"] == 201
    refused = report(desk_here, account="又一次")
    assert refused["http"] == 429
    assert refused["challenge"]["algorithm"] == "sha-256"
    desk_here.clock.advance(timedelta(hours=1))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": " "}, "真实姓名"),
        ({"contact": "在群里找我"}, "电话号码或电子邮箱"),
        ({"account": "\u200b"}, "事情经过"),
        ({"qr": "x", "number": "y"}, "只附一项"),
        ({"attached": b"MZ\x90"}, "PDF、JPEG"),
        ({"attached": b"%PDF-" + b"x" * 2_000_000}, "2 MB"),
    ],
)
def test_what_is_missing_or_unfit_is_said(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(RequestError, match=words):
        suspicion_report(**(HANDED_IN | changes))


@pytest.mark.parametrize("contact", ["13900001111", "0431-8888 6666", "+86 139 0000 1111", "a.b@example.cn"])
def test_a_telephone_number_or_an_address_reaches_somebody(contact: str) -> None:
    assert suspicion_report(**(HANDED_IN | {"contact": contact})).contact == contact


def test_whoever_has_not_number_and_code_learns_nothing(desk: Desk) -> None:
    opened = report(desk)
    answers = [
        ask(desk, STATE, {"number": number, "code": code})
        for number, code in (
            (opened["number"], "2222-2222-2222"),
            ("S222222222", opened["code"]),
            ("nonsense", "nonsense"),
        )
    ]
    told = {json.dumps({**one, "instance": ""}, sort_keys=True) for one in answers}
    assert len(told) == 1
    assert answers[0]["http"] == 404


def test_the_reporter_follows_the_case_from_open_to_its_words(desk: Desk) -> None:
    opened = report(desk, number=certificate(desk).draft.content.number)
    question = {"number": opened["number"].lower(), "code": opened["code"].replace("-", " ").lower()}
    assert ask(desk, STATE, question)["status"] == "open"
    with desk.sign_in("city-checker") as browser:
        path = f"{CASES}/{opened['number']}"
        assert browser.post(f"{path}/assignment", json={"to": "city-checker"}).status_code == 200
        assert ask(desk, STATE, question)["status_label"] == "正在核查"
        body = {"outcome": "untrue", "words": "经核查，该证书为真。"}
        assert browser.post(f"{path}/closing", json=body | {"reference": "X"}).status_code == 400
        for _ in range(2):
            assert browser.post(f"{path}/closing", json=body).status_code == 200
        assert browser.post(f"{path}/closing", json=body | {"words": "别的话"}).status_code == 409
        assert browser.post(f"{path}/assignment", json={"to": "maker"}).status_code == 409
    told = ask(desk, STATE, question)
    assert (told["outcome_label"], told["words"], told["reference"]) == (
        "不属实",
        "经核查，该证书为真。",
        None,
    )
    assert [action for _, action in desk.actions(f"suspicion/{opened['number']}")] == [
        "public:suspicion:open",
        "console:suspicion:assign",
        "console:suspicion:close",
    ]


def test_officials_see_what_belongs_to_their_place_and_each_look_is_noted(desk: Desk) -> None:
    of_yanbian = report(desk, number=claim(certificate(desk))["number"])["number"]
    of_nowhere = report(desk, account="没有编号")["number"]
    with desk.sign_in("city-checker") as browser:
        assert [one["number"] for one in browser.get(CASES).json()["cases"]] == [of_yanbian]
        assert SECRETS[0] not in browser.get(CASES).text
        assert browser.get(f"{CASES}/{of_yanbian}").json()["report"]["name"] == "王举报"
        assert browser.get(f"{CASES}/{of_nowhere}").status_code == 403
    with desk.sign_in("tonghua") as browser:
        assert browser.get(CASES).json()["cases"] == []
        assert browser.get(f"{CASES}/{of_yanbian}").status_code == 403
    with desk.sign_in("supervisor") as browser:
        assert len(browser.get(CASES).json()["cases"]) == 2
        assert browser.get(f"{CASES}/{of_nowhere}").status_code == 200
        body = {"outcome": "unclear", "words": "无法查实。"}
        assert browser.post(f"{CASES}/{of_nowhere}/closing", json=body).status_code == 403
    with desk.office.office.engine.begin() as connection:
        looks = connection.execute(select(personal_look.c.viewer, personal_look.c.object)).all()
    assert [tuple(one) for one in looks if one.object.startswith("S")] == [
        ("city-checker", of_yanbian),
        ("supervisor", of_nowhere),
    ]
    assert ("city-checker", "console:suspicion:read.refused") in desk.actions(f"suspicion/{of_nowhere}")


def test_nobody_gets_a_case_that_they_may_not_close(desk: Desk) -> None:
    number = report(desk, number=claim(certificate(desk))["number"])["number"]
    with desk.sign_in("maker") as browser:
        for person in ("tonghua", "supervisor"):
            answer = browser.post(f"{CASES}/{number}/assignment", json={"to": person})
            assert (answer.status_code, "不能办理这件举报" in answer.json()["detail"]) == (400, True)


def test_an_attachment_comes_back_as_it_was_handed_in(desk_here: Desk) -> None:
    number = report(desk_here, file=base64.b64encode(b"%PDF-1.7 as shown").decode())["number"]
    with desk_here.sign_in("maker") as browser:
        answer = browser.get(f"{CASES}/{number}/attachment")
    assert answer.content == b"%PDF-1.7 as shown"
    assert answer.headers["content-disposition"] == f'attachment; filename="{number}.pdf"'
    assert report(desk_here, file="***")["http"] == 400


def test_after_its_time_a_closed_case_holds_nothing_personal(desk: Desk) -> None:
    opened = report(desk, number=claim(certificate(desk))["number"])
    waiting = report(desk, account="另一件")["number"]
    office = desk.office.office
    with desk.sign_in("maker") as browser:
        body = {"outcome": "unclear", "words": "无法查实。"}
        browser.post(f"{CASES}/{opened['number']}/closing", json=body).raise_for_status()
    office.suspicion_desk.retention.work(lambda: False)
    assert office.suspicion_desk.store.report_of(opened["number"]) is not None
    desk.clock.advance(timedelta(days=office.settings.suspicion_keep_days, seconds=1))
    office.suspicion_desk.retention.work(lambda: False)
    assert office.suspicion_desk.store.report_of(opened["number"]) is None
    assert office.suspicion_desk.store.report_of(waiting) is not None
    told = ask(desk, STATE, {"number": opened["number"], "code": opened["code"]})
    assert (told["outcome_label"], told["words"]) == ("无法查实", None)
    with office.engine.begin() as connection:
        own = suspicion_case.c
        row = connection.execute(select(suspicion_case).where(own.number == opened["number"])).one()
    assert (row.report_key, row.certificate_number, row.sealed_attachment, row.sealed_closing) == (
        None,
        None,
        None,
        None,
    )


def test_open_cases_and_the_age_of_the_oldest_are_measured(desk: Desk) -> None:
    report(desk)
    desk.clock.advance(timedelta(minutes=2))
    with desk.visitor() as anybody:
        lines = anybody.get("/metrics").text.splitlines()
    assert "certsvc_suspicions_open 1.0" in lines
    assert "certsvc_suspicions_oldest_seconds 120.0" in lines


def test_a_report_survives_kill_9_and_comes_out_once(desk: Desk, tmp_path: Path) -> None:
    """Killed right after the commit, before anything was answered: the same report again is told the same case."""
    settings = desk.office.office.settings
    program = tmp_path / "dying.py"
    program.write_text(DYING.format(home=str(settings.home), url=settings.effective_database_url))
    died = subprocess.run([sys.executable, program], capture_output=True, check=False, env=dict(os.environ))
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    (case,) = desk.office.office.suspicion_desk.store.listed(None, None)
    assert report(desk)["number"] == case.number
    assert len(desk.office.office.suspicion_desk.store.listed(None, None)) == 1


DYING = """
import os, signal
from certsvc.adapters.suspicion_store import DatabaseSuspicionStore
from certsvc.adapters.clock import FixedClock
from certsvc.bootstrap import open_office
from certsvc.domain.suspicion import suspicion_report
from certsvc.settings import Settings
from datetime import datetime, UTC

office = open_office(
    Settings(home={home!r}, database_url={url!r}, _env_file=None), FixedClock(datetime(2024, 6, 3, 2, 0, tzinfo=UTC))
)
reporting = office.suspicion_desk.reporting
store = office.suspicion_desk.store
kept = type(store).open

def die(self, *given):
    kept(self, *given)
    os.kill(os.getpid(), signal.SIGKILL)

DatabaseSuspicionStore.open = die
reporting.report(
    suspicion_report("王举报", "13900001111", "某公司招聘现场", "应聘人员出示的证书，\\n扫码显示内容被改动。")
)
"""


def test_officials_work_from_the_command_line(
    desk_here: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = report(desk_here, file=base64.b64encode(b"%PDF-1.7 as shown").decode())["number"]
    settings = desk_here.office.office.settings
    monkeypatch.setenv("CERTSVC_HOME", str(settings.home))
    monkeypatch.setenv("CERTSVC_DATABASE_URL", settings.effective_database_url)
    assert load_settings().home == settings.home

    def run(*words: str) -> Any:
        result = CliRunner().invoke(certsvc, ["suspicion", *words, "--actor", "maker", "--json"])
        assert result.exit_code == 0, result.output
        return json.loads(result.output)

    assert [one["number"] for one in run("list", "--status", "open")["cases"]] == [number]
    target = tmp_path / "handed-in.pdf"
    assert run("show", number, "--file", str(target))["report"]["contact"] == "13900001111"
    assert target.read_bytes() == b"%PDF-1.7 as shown"
    assert run("assign", number, "--to", "checker")["assigned_to"] == "checker"
    closed = run(
        "close", number, "--outcome", "true", "--words", "已处理。", "--reference", "吉人社〔2024〕1号"
    )
    assert (closed["status"], closed["outcome"]) == ("closed", "true")
    plain = CliRunner().invoke(certsvc, ["suspicion", "show", number, "--actor", "maker"])
    assert "结论：属实（吉人社〔2024〕1号）" in plain.output


def test_numbers_and_codes_are_made_of_symbols_that_nobody_misreads() -> None:
    numbers = {new_number(os.urandom) for _ in range(200)}
    assert len(numbers) == 200
    assert not set("".join(numbers)) & set("01ILO")
    assert written_code("23456789ABCD") == "2345-6789-ABCD"
