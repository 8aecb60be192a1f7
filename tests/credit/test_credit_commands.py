"""`certsvc credit`, `cancel-year` and `platform`, as scripts use them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from certsvc.adapters.clock import FixedClock, SystemClock
from certsvc.domain.decision import DecisionKind
from certsvc.entrypoints.cli.commands import certsvc
from certsvc.errors import NotPermitted, UnreadableInput
from tests.credit.platform_simulator import PlatformSimulator
from tests.decisions.deciders import SUN, issue_sun, open_deciders

PERSON = str(SUN["证件号码"])
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line over a home where 孙建国's title was revoked today."""
    opened = open_deciders(tmp_path / "home", FixedClock(SystemClock().now()))
    opened.decide(DecisionKind.REVOKE, issue_sun(opened).draft.content.number)
    opened.close()
    monkeypatch.setenv("CERTSVC_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    def call(*words: str, stdin: str | None = None, fails: bool = False) -> Result:
        result = CliRunner().invoke(certsvc, words, input=stdin)
        if not fails and result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


def person(**changed: str) -> str:
    """A person file."""
    return json.dumps({"name": "孙建国", "id_kind": "居民身份证", "id_number": PERSON} | changed)


def words(kind: str, *more: str) -> list[str]:
    """A command with document, date, ground and actor."""
    today = SystemClock().today().isoformat()
    rest = ["--document", "吉人社取〔2026〕3号", "--decided-on", today, "--ground", "材料雷同"]
    return ["cancel-year", kind, *more, *rest, "--actor", "maker", "--json"]


def test_the_archive_is_listed_without_names_and_shown_to_the_province_alone(run: Run) -> None:
    (listed,) = json.loads(run("credit", "list", "--actor", "maker", "--json").stdout)["records"]
    assert listed["standing"] == "active"
    assert "name" not in listed
    shown = json.loads(run("credit", "show", listed["record"], "--actor", "maker", "--json").stdout)
    assert (shown["name"], shown["id_number"]) == ("孙建国", PERSON)
    assert isinstance(run("credit", "list", "--actor", "city", fails=True).exception, NotPermitted)
    assert "孙建国" not in run("credit", "list", "--actor", "maker").stdout
    assert "记录期内" in run("credit", "show", listed["record"], "--actor", "maker").stdout


def test_a_year_is_cancelled_given_back_and_listed(run: Run) -> None:
    year = str(SystemClock().today().year)
    command = words("propose", "--person", "-", "--year", year)
    step = json.loads(run(*command, stdin=person()).stdout)["step"]
    refused = run("cancel-year", "confirm", step, "--actor", "maker", fails=True)
    assert isinstance(refused.exception, NotPermitted)
    confirmed = json.loads(run("cancel-year", "confirm", step, "--actor", "checker", "--json").stdout)
    assert (confirmed["status"], confirmed["id_last4"]) == ("confirmed", PERSON[-4:])
    lifting = json.loads(run(*words("lift", step)).stdout)["step"]
    run("cancel-year", "withdraw", lifting, "--actor", "checker")
    told = json.loads(run("cancel-year", "list", "--actor", "maker", "--json").stdout)["steps"]
    assert {(one["step"], one["status"]) for one in told} == {(step, "confirmed"), (lifting, "withdrawn")}
    assert PERSON not in run("cancel-year", "list", "--actor", "maker").stdout


@pytest.mark.parametrize("raw", ["", "[]", "{}", person(id_kind="学生证"), person(more="1"), "x" * 10_000])
def test_a_person_file_that_is_not_right_is_refused_without_repeating_it(run: Run, raw: str) -> None:
    refused = run(*words("propose", "--person", "-", "--year", "2026"), stdin=raw, fails=True)
    assert isinstance(refused.exception, UnreadableInput)
    assert PERSON not in str(refused.exception)


def test_two_documents_are_linked_once(run: Run) -> None:
    pair = {
        "one": {"id_kind": "居民身份证", "id_number": PERSON},
        "other": {"id_kind": "护照", "id_number": "E12345678"},
    }
    command = ("credit", "link", "--documents", "-", "--document", "吉公证〔2026〕1号")
    assert "已登记为同一人" in run(*command, stdin=json.dumps(pair)).stdout
    assert "未作改动" in run(*command, stdin=json.dumps(pair)).stdout


def test_messages_wait_without_an_address_are_delivered_with_one_and_listed(
    run: Run, simulator: PlatformSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = json.loads(run("platform", "list", "--json").stdout)
    assert told["platforms"][0] == {
        "platform": "credit",
        "connected": False,
        "waiting": 1,
        "delivered": 0,
        "dead": 0,
    }
    assert "未设置地址" in run("platform", "deliver", "--once").stdout
    assert "未设置地址，消息等候" in run("platform", "list").stdout
    monkeypatch.setenv("CERTSVC_CREDIT_PLATFORM_URL", simulator.address)
    simulator.moods = ["422"]
    failed = run("platform", "deliver", "--once", "--json")
    assert failed.exit_code == 1
    assert json.loads(failed.stdout) == {"delivered": 0, "failed": 0, "dead": 1}
    (dead,) = json.loads(run("platform", "list", "--state", "dead", "--json").stdout)["messages"]
    assert json.loads(run("platform", "retry", str(dead["id"]), "--json").stdout)["state"] == "waiting"
    delivered = run("platform", "deliver", "--once", "--json")
    assert (delivered.exit_code, json.loads(delivered.stdout)["delivered"]) == (0, 1)
    (message,) = json.loads(run("platform", "list", "--state", "delivered", "--json").stdout)["messages"]
    assert message["receipt"] == f"R-{message['key']}"
    assert PERSON not in run("platform", "list", "--state", "delivered").stdout
