"""`certsvc certificate copy`, `copies`, `end-copy` at the counter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from certsvc.adapters.clock import FixedClock
from certsvc.backup import back_up
from certsvc.entrypoints.cli import copy_commands
from certsvc.entrypoints.cli.commands import certsvc
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import DUAL_DIRECTED, sample


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OfficeUnderTest]:
    opened = OfficeUnderTest(tmp_path / "home", FixedClock(datetime(2024, 6, 3, 4, 0, tzinfo=UTC)))
    monkeypatch.setattr(copy_commands, "opened_office", lambda: opened.office)
    yield opened
    opened.close()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(certsvc, ["certificate", *arguments], catch_exceptions=True)


def told(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--json").stdout)


def test_a_copy_is_made_listed_and_ended_at_the_counter(office: OfficeUnderTest, tmp_path: Path) -> None:
    issued = office.issue(office.submit(sample(DUAL_DIRECTED).xlsx()))
    number, out = issued[0].draft.content.number, tmp_path / "copy.pdf"
    wish = ("--recipient", "珲春市农业农村局", "--purpose", "岗位聘用", "--ends-on", "2024-08-01")
    made = told("copy", number, *wish, "--out", str(out), "--request", "counter-1")
    again = run("copy", number, *wish, "--out", str(out), "--request", "counter-1")
    assert f"已办理加注件 {made['copy']}（2024-08-01 到期）" in again.output
    raw = out.read_bytes()
    verdict = office.office.verification.check_document(raw).as_json()
    assert verdict["annotation"]["id"] == made["copy"]
    assert [one["copy"] for one in told("copies", number)["copies"]] == [made["copy"]]
    assert "可使用\t2024-08-01 到期\t珲春市农业农村局\t岗位聘用" in run("copies", number).output
    kept = back_up(office.office.settings, tmp_path / "backup.tar", office.clock)
    assert kept.documents == len(issued) + 1
    assert told("end-copy", made["copy"])["standing"] == "withdrawn"
    assert f"加注件 {made['copy']} 已停用。" in run("end-copy", made["copy"]).output
    late = run("copy", number, *wish[:-1], "2024-09-02", "--out", str(tmp_path / "late.pdf"))
    assert "最长 90 天" in str(late.exception)
    assert "没有加注件" in run("copies", "222023052000017X").output
