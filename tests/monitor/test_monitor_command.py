"""`certverify monitor` as people and machines run it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from certverify import monitor_command
from certverify.cli import main

from tests.monitor.conftest import Outsider
from tests.monitor.logs import honest_log

ROOT = Path(__file__).parents[2]


def run(outsider: Outsider, *more: str, place: str | None = None) -> int:
    return main(
        ["monitor", place or str(outsider.public), "--trust", str(outsider.home / "trust"),
         "--state", str(outsider.state), *more],
        clock=lambda: outsider.now,
    )  # fmt: skip


def test_a_round_speaks_two_languages(outsider: Outsider, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(outsider) == 0
    told = capsys.readouterr().out
    assert "监督结果：一切正常" in told
    assert "Result: ALL RIGHT" in told


def test_json_stands_alone_on_standard_output(outsider: Outsider, capsys: pytest.CaptureFixture[str]) -> None:
    outsider.log.event(70_000).seal()
    outsider.publish()
    assert run(outsider, "--json", "--cosign", "--name", "audit.example/a1") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["format"], told["outcome"], told["exit_code"]) == ("certverify-monitor/1", "misbehaved", 1)
    assert [(one["code"], one["fault"]) for one in told["findings"]] == [
        ("rule-broken", "batch-shape"),
        ("trust-not-pinned", None),
    ]
    assert told["cosigned"] is None


def test_the_object_for_programs_is_the_one_that_is_documented(
    outsider: Outsider, capsys: pytest.CaptureFixture[str]
) -> None:
    outsider.log.event(70_000).seal()
    outsider.publish()
    run(outsider, "--json")
    told = json.loads(capsys.readouterr().out)
    page = (ROOT / "docs/monitoring.md").read_text("utf-8")
    for name in [*told, *told["checkpoint"], *told["findings"][0]]:
        assert f"`{name}`" in page, name


def test_every_finding_and_fault_stands_on_the_page() -> None:
    from certverify.monitor_codes import Found
    from certverify.replay_faults import Fault

    page = (ROOT / "docs/monitoring.md").read_text("utf-8")
    assert [one.value for one in (*Found, *Fault) if f"`{one.value}`" not in page] == []


def test_an_auditor_without_a_name_cosigns_nothing(outsider: Outsider) -> None:
    assert run(outsider, "--cosign") == 2
    assert run(outsider, "--cosign", "--name", "two words") == 2
    assert run(outsider, "--cosign", "--name", "audit.example/a1") == 0
    assert (outsider.state / "cosigned/checkpoint").exists()


def test_a_state_that_cannot_be_used_is_told(outsider: Outsider) -> None:
    outsider.state.write_text("a file")
    assert run(outsider) == 2


def test_running_on_ends_at_the_first_misbehaviour(
    outsider: Outsider, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def a_minute_later(_seconds: float) -> None:
        outsider.pass_time()
        if outsider.now.minute == 3:
            outsider.log.put(3, 5)
        outsider.log.issue(70_000 + outsider.now.minute)
        outsider.publish()

    monkeypatch.setattr(monitor_command.time, "sleep", a_minute_later)
    assert run(outsider, "--every", "60") == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.startswith(f"2026-11-20T08:0{at}:00Z 一切正常") for at, line in enumerate(lines[:3])] == [
        True
    ] * 3
    assert "THE LOG MISBEHAVED" in "\n".join(lines[3:])


def test_running_on_survives_a_log_that_cannot_be_reached_and_ends_when_asked(
    outsider: Outsider, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds: list[float] = []

    def interrupted(seconds: float) -> None:
        rounds.append(seconds)
        outsider.pass_time()
        if len(rounds) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(monitor_command.time, "sleep", interrupted)
    assert run(outsider, "--every", "30", "--json", place=str(outsider.home / "nowhere")) == 2
    assert [json.loads(line)["exit_code"] for line in capsys.readouterr().out.splitlines()] == [2, 2, 2]
    assert rounds == [30.0] * 3


def test_a_long_replay_tells_how_far_it_is(
    outsider: Outsider, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitor_command, "SECONDS_BETWEEN_LINES", 1e-9)
    assert run(outsider) == 0
    assert "leaves/s" in capsys.readouterr().err


@pytest.mark.parametrize(
    "more", [["--every", "0"], ["--max-age", "-1"], ["--anchor", "nothing"], ["--copy", "http://"]]
)
def test_an_argument_that_makes_no_sense_is_refused(outsider: Outsider, more: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(outsider, *more)
    assert ended.value.code == 2


@pytest.mark.parametrize("leaves", [256, 512, 1024])
def test_a_monitor_killed_in_its_replay_goes_on_where_it_was(
    outsider: Outsider, leaves: int, capsys: pytest.CaptureFixture[str]
) -> None:
    outsider.log = honest_log(14)
    outsider.publish()
    arguments = [
        outsider.public,
        outsider.home / "trust",
        outsider.state,
        int(outsider.now.timestamp()),
        leaves,
    ]
    died = subprocess.run(
        [sys.executable, "-m", "tests.monitor.dying_monitor", *map(str, arguments)], cwd=ROOT, check=False
    )
    assert died.returncode == -9
    assert run(outsider, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["replayed"] == len(outsider.log.entries)
    assert (told["new_leaves"] < len(outsider.log.entries)) == (leaves > 256)


def test_the_tree_may_be_an_address(outsider: Outsider, serve: Callable[..., str]) -> None:
    assert run(outsider, "--copy", serve(outsider.public), place=serve(outsider.public)) == 0
    outsider.now += timedelta(hours=2)
    assert run(outsider, "--max-age", "300") == 0
