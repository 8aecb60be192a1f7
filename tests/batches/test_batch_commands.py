"""`certsvc batch`, `dependants` and `annulment`, as scripts use them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from certsvc.adapters.clock import FixedClock, SystemClock
from certsvc.entrypoints.cli.commands import certsvc
from certsvc.errors import NotPermitted
from tests.batches.cases import issue_batch, open_cases, promoted, self_reviewed

PDF = b"%PDF-1.7\n% a decision\n"


@pytest.fixture
def filing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A filing of three deputies in the home that the command line works on; one of them was promoted since."""
    home = tmp_path / "home"
    opened = open_cases(home, FixedClock(SystemClock().now()))
    batch = self_reviewed(3)
    found, _ = issue_batch(opened, batch)
    issue_batch(opened, promoted([dict(batch.rows[0])]))
    opened.close()
    monkeypatch.setenv("CERTSVC_HOME", str(home))
    monkeypatch.chdir(tmp_path)
    return found


def run(*words: str, fails: bool = False) -> Result:
    result = CliRunner().invoke(certsvc, words)
    if not fails and result.exception is not None:
        raise result.exception
    return result


def told(*words: str) -> Any:
    return json.loads(run(*words, "--json").stdout)


def proposal(kind: str, subject: str, document: str = "吉人社函〔2026〕5号") -> list[str]:
    words = ["batch", kind, subject, "--document", document, "--actor", "maker"]
    return [*words, "--decided-on", SystemClock().today().isoformat(), "--ground", "评审会议未报备案"]


def test_a_batch_from_dry_run_to_undoing(filing: str, tmp_path: Path) -> None:
    preview = told(*proposal("void", filing), "--dry-run")
    assert (preview["certificates"], preview["levels"]) == (3, {"副高级": 3})
    assert len(preview["dependent_titles"]) == 1
    assert "没有作任何改动" in run(*proposal("void", filing), "--dry-run").stdout
    assert told("batch", "list") == {"batch_decisions": []}

    document = tmp_path / "decision.pdf"
    document.write_bytes(PDF)
    batch = told(*proposal("void", filing), "--file", str(document))["batch_decision"]
    refused = run("batch", "confirm", batch, "--actor", "maker", fails=True)
    assert isinstance(refused.exception, NotPermitted)
    confirmed = told("batch", "confirm", batch, "--actor", "checker")
    assert confirmed["progress"] == {"certificates": 3, "written": 3, "logged": 3}
    assert len(confirmed["document_sha256"]) == 64
    assert told("batch", "show", batch) == confirmed
    assert "已入账 3 份" in run("batch", "show", batch).stdout
    assert batch in run("batch", "list", "--filing", filing).stdout

    (entry,) = told("dependants", "list", "--open")["dependent_titles"]
    words = ("dependants", "settle", entry["dependent_title"], "--actor", "maker", "--outcome", "kept")
    assert told(*words, "--note", "业绩另行符合条件")["status"] == "kept"
    assert told("dependants", "list", "--open") == {"dependent_titles": []}
    assert "保留" in run("dependants", "list").stdout

    lifted = told(*proposal("restore", batch, "吉人社函〔2026〕9号"))["batch_decision"]
    assert told("batch", "confirm", lifted, "--actor", "checker")["progress"]["logged"] == 3


def test_a_withdrawn_batch_decision_is_shown_so(filing: str) -> None:
    batch = told(*proposal("void", filing))["batch_decision"]
    assert "已撤回" in run("batch", "withdraw", batch, "--actor", "checker").stdout


def test_an_annulment_is_confirmed_by_another_and_says_how_much_cites_the_proof(filing: str) -> None:
    words = ["annulment", "record", "--kind", "examination", "--reference", "KS-2022-1", "--actor", "maker"]
    words += ["--document", "人考函〔2025〕2号", "--decided-on", "2025-03-01", "--ground", "考试违纪"]
    assert "certsvc annulment confirm" in run(*words).stdout
    step = told(*words)["annulment"]
    assert "引用该证明的有 0 项" in run("annulment", "confirm", step, "--actor", "checker").stdout
    assert told("annulment", "confirm", step, "--actor", "checker")["dependent_titles"] == []
    grounds = [
        "--document",
        "人考函〔2025〕5号",
        "--decided-on",
        "2025-03-02",
        "--ground",
        "复核认定没有违纪",
    ]
    lifting = told("annulment", "lift", step, *grounds, "--actor", "maker")["annulment"]
    assert told("annulment", "withdraw", lifting, "--actor", "maker")["status"] == "withdrawn"
    lifting = told("annulment", "lift", step, *grounds, "--actor", "maker")["annulment"]
    assert told("annulment", "confirm", lifting, "--actor", "checker")["lifts"] == step
    listed = told("annulment", "list", "--status", "confirmed")["annulments"]
    assert {(one["annulment"], one["lifted"]) for one in listed} == {(step, True), (lifting, False)}
    shown = run("annulment", "list").stdout
    assert "已撤销" in shown
    assert "KS-2022-1" not in shown
    assert filing
