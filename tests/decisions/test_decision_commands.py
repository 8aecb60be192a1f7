"""`certsvc decision` from proposal to confirmation, as scripts use it."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from certsvc.adapters.clock import FixedClock, SystemClock
from certsvc.entrypoints.cli.commands import certsvc
from certsvc.errors import ConflictError, NotPermitted, RequestError
from tests.decisions.deciders import Deciders, issue_sun, open_deciders


@pytest.fixture
def issued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The number of a certificate in the home that the command line works on."""
    clock = FixedClock(SystemClock().now())
    home = tmp_path / "home"
    opened: Deciders = open_deciders(home, clock)
    number = issue_sun(opened).draft.content.number
    opened.close()
    monkeypatch.setenv("CERTSVC_HOME", str(home))
    monkeypatch.setenv("CERTSVC_SUSPENSION", "on")
    monkeypatch.chdir(tmp_path)
    return number


def run(*words: str, fails: bool = False) -> Result:
    result = CliRunner().invoke(certsvc, words)
    if not fails and result.exception is not None:
        raise result.exception
    return result


def proposal(kind: str, number: str, *more: str, ground: str = "经核查，申报材料不实") -> list[str]:
    today = SystemClock().today().isoformat()
    words = ["decision", "propose", kind, number, "--document", "吉人社撤〔2026〕1号", "--decided-on", today]
    return [*words, "--ground", ground, "--actor", "maker", *more]


def test_a_revocation_prints_its_identity_and_is_confirmed_by_another_person(issued: str) -> None:
    printed = run(*proposal("revoke", issued, "--json")).stdout
    proposed = json.loads(printed)
    assert list(proposed) == ["decision"]
    decision = proposed["decision"]
    refused = run("decision", "confirm", decision, "--actor", "maker", fails=True)
    assert isinstance(refused.exception, NotPermitted)
    confirmed = json.loads(run("decision", "confirm", decision, "--actor", "checker", "--json").stdout)
    assert (confirmed["decision"], confirmed["status"], confirmed["number"]) == (
        decision,
        "confirmed",
        issued,
    )
    shown = json.loads(run("decision", "show", decision, "--json").stdout)
    assert (shown["maker"], shown["checker"], shown["kind"]) == ("maker", "checker", "revoke")
    listed = json.loads(run("decision", "list", "--number", issued, "--json").stdout)
    assert [one["decision"] for one in listed["decisions"]] == [decision]
    assert decision in run("decision", "list", "--status", "confirmed").stdout


def test_a_correction_takes_fields_and_values(issued: str) -> None:
    words = proposal(
        "correct", issued, "--set", "name=孙健国", "--set", "unit_name=甲=乙公司", "--json", ground="录入有误"
    )
    decision = json.loads(run(*words).stdout)["decision"]
    shown = run("decision", "show", decision).stdout
    assert "更正：unit_name = 甲=乙公司" in shown
    assert "已确认" in run("decision", "confirm", decision, "--actor", "checker").stdout
    assert run(*proposal("correct", issued, "--set", "name"), fails=True).exit_code == 2


def test_a_withdrawn_proposal_is_said_to_be_withdrawn(issued: str) -> None:
    said = run(*proposal("suspend", issued, ground="正在核查")).stdout
    decision = said.split()[1]
    assert f"certsvc decision confirm {decision}" in said
    assert "已撤回" in run("decision", "withdraw", decision, "--actor", "maker").stdout
    again = json.loads(run(*proposal("suspend", issued, "--json", ground="正在核查")).stdout)["decision"]
    run("decision", "confirm", again, "--actor", "checker")
    lifted = json.loads(run(*proposal("reinstate", issued, "--json", ground="核查结束")).stdout)["decision"]
    assert "恢复" in run("decision", "confirm", lifted, "--actor", "checker").stdout


def test_a_document_and_the_service_of_a_decision_are_given_as_files(issued: str, tmp_path: Path) -> None:
    document, proof, other = tmp_path / "d.pdf", tmp_path / "p.jpg", tmp_path / "o.txt"
    document.write_bytes(b"%PDF-1.7 decision")
    proof.write_bytes(b"\xff\xd8\xff proof")
    other.write_text("no document", encoding="utf-8")
    refused = run(*proposal("void", issued, "--file", str(other)), fails=True)
    assert isinstance(refused.exception, RequestError)
    proposed = run(*proposal("void", issued, "--file", str(document), "--json"))
    decision = json.loads(proposed.stdout)["decision"]
    assert isinstance(serve(decision, "直接送达", fails=True).exception, ConflictError)
    run("decision", "confirm", decision, "--actor", "checker")
    unserved = json.loads(run("decision", "list", "--unserved", "--json").stdout)["decisions"]
    assert [one["decision"] for one in unserved] == [decision]
    assert unserved[0]["document_sha256"] == sha256(document.read_bytes()).hexdigest()
    assert "送达：" in serve(decision, "邮寄送达").stdout
    shown = json.loads(serve(decision, "留置送达", "--file", str(proof), "--json").stdout)
    assert [one["method"] for one in shown["services"]] == ["postal", "left"]
    assert run("decision", "list", "--unserved").stdout == ""
    for words, expected in (((), document), (("--service", "2"), proof)):
        back = tmp_path / "back"
        run("decision", "document", decision, *words, "--output", str(back))
        assert back.read_bytes() == expected.read_bytes()


def serve(decision: str, method: str, *more: str, fails: bool = False) -> Result:
    words = ("decision", "serve", decision, "--on", SystemClock().today().isoformat(), "--method", method)
    return run(*words, "--actor", "maker", *more, fails=fails)
