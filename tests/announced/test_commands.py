"""`certsvc announced` and `certsvc report coverage`: the same answers for people and, with --json, for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from certsvc.adapters.clock import FixedClock
from certsvc.entrypoints.cli import announced_commands, report_commands
from certsvc.entrypoints.cli.commands import certsvc
from tests.announced.lists import (
    CONFIRMER,
    CORRECTED,
    DOCUMENT,
    LOADER,
    announced,
    batch,
    issue,
    people,
    register,
)
from tests.support.office import OfficeUnderTest

PERSONS = people(3)
LIST = announced(PERSONS)


@pytest.fixture
def office(tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[OfficeUnderTest]:
    opened = OfficeUnderTest(tmp_path / "home", clock)
    register(opened)
    for module in (announced_commands, report_commands):
        monkeypatch.setattr(module, "opened_office", lambda: opened.office)
    yield opened
    opened.close()


def run(*words: object, code: int = 0) -> str:
    done = CliRunner().invoke(certsvc, [str(word) for word in words], catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done.stdout


def ask(*words: object, code: int = 0) -> Any:
    return json.loads(run(*words, "--json", code=code))


def test_a_list_is_loaded_confirmed_corrected_and_followed(office: OfficeUnderTest, tmp_path: Path) -> None:
    first, second = tmp_path / "list.xlsx", tmp_path / "corrected.csv"
    first.write_bytes(LIST.xlsx())
    new = LIST.but(1, 姓名="赵甲孜").without(3).named(CORRECTED)
    second.write_bytes(new.csv())
    loaded = ask("announced", "load", first, "--actor", LOADER)
    assert (loaded["refused"], loaded["list"]["document"], loaded["findings"]) == (False, DOCUMENT, [])
    wanted = loaded["list"]["list"]
    assert ask("announced", "confirm", wanted, "--actor", CONFIRMER)["status"] == "confirmed"
    issue(office, batch(PERSONS))

    correcting = ("announced", "replace", second, "--replaces", DOCUMENT, "--document", CORRECTED)
    dry = ask(*correcting, "--actor", LOADER, "--dry-run")
    assert (dry["list"], [one["kind"] for one in dry["changes"]]) == (None, ["changed", "withdrawn"])
    assert dry["changes"][0]["fields"] == ["name"]
    kept = ask(*correcting, "--actor", LOADER)["list"]["list"]
    assert "赵甲子" in run("announced", "show", kept)
    assert "propose" in run("announced", "confirm", kept, "--actor", CONFIRMER)
    proposed = ask("announced", "propose", kept, "--actor", LOADER)
    assert [one["state"] for one in proposed["changes"]] == ["proposed", "proposed"]
    assert ask("announced", "show", kept) == proposed
    assert "等待第二人确认" in run("announced", "propose", kept, "--actor", LOADER)
    assert [one["list"] for one in ask("announced", "list", "--status", "confirmed")["lists"]] == [kept]
    assert run("announced", "list").count("\n") == 2


def test_a_list_with_errors_ends_with_one_and_keeps_nothing(office: OfficeUnderTest, tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(LIST.but(2, 证件号码="22").xlsx())
    answer = ask("announced", "load", path, "--actor", LOADER, code=1)
    assert (answer["list"], [one["code"] for one in answer["findings"]]) == (
        None,
        ["announced-number-unreadable"],
    )
    assert "未载入" in run("announced", "load", path, "--actor", LOADER, code=1)
    path.write_bytes(b"no list at all")
    assert ask("announced", "load", path, "--actor", LOADER, code=2)["refused"] is True
    assert ask("announced", "list")["lists"] == []


def test_the_coverage_report_is_shown_and_exported(office: OfficeUnderTest, tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(LIST.xlsx())
    wanted = ask("announced", "load", path, "--actor", LOADER)["list"]["list"]
    run("announced", "confirm", wanted, "--actor", CONFIRMER)
    report = ask("report", "coverage", "--year", "2023")
    assert (report["clean"], [one["reason"] for one in report["lines"]]) == (False, ["not_filed"] * 3)
    assert report["documents"][0]["missing"] == 3
    assert "未报送" in run("report", "coverage")
    target = tmp_path / "coverage.xlsx"
    assert ask("report", "coverage", "--xlsx", target)["rows"] == 3
    assert target.stat().st_mode & 0o777 == 0o600
    issue(office, batch(PERSONS))
    assert ask("report", "coverage", "--document", DOCUMENT)["clean"] is True
    assert "有且只有一份证书" in run("report", "coverage", "--actor", "watcher")
