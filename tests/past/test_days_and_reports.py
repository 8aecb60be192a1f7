"""What a past bundle tells of a day, and how the command line says it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from certverify.cli import main
from certverify.past import Past, check_past
from certverify.past_report import render_past
from certverify.report import Language
from certverify.schema import verdict_schema
from jsonschema_rs import Draft202012Validator

from tests.past.builders import FIRST, ISSUED, SECOND, VOIDED, Happened, PastLog, a_life, canonical, revoked
from tests.verifier.builders import NOW

LIFE = a_life()
REVOKED = revoked(LIFE)
NOTHING: tuple[str, int | None] = ("not_recorded", None)


def asked(log: PastLog, on: date | None, *versions: dict[str, Any]) -> Past:
    past = check_past(canonical(log.past(*(versions or (FIRST, SECOND)))), log.trust(), NOW, on).past
    assert past is not None
    return past


def told(standing: Any) -> tuple[str, int | None]:
    return standing and (standing["status"], standing["version"])


@pytest.mark.parametrize(
    ("log", "on", "recorded_then", "known_now"),
    [
        (LIFE, "2026-10-14", NOTHING, NOTHING),  # before the title was acquired
        (LIFE, "2026-10-15", NOTHING, ("valid", 1)),  # acquired, and logged on 10 November
        (LIFE, "2026-11-10", ("valid", 1), ("valid", 1)),
        (LIFE, "2026-11-11", ("valid", 1), ("suspended", 1)),  # suspended by a decision logged a day later
        (LIFE, "2026-11-12", ("suspended", 1), ("suspended", 1)),
        (LIFE, "2026-11-13", ("valid", 1), ("valid", 1)),
        (LIFE, "2026-11-14", ("valid", 2), ("valid", 2)),  # corrected
        (LIFE, "2026-11-15", ("valid", 2), ("suspended", 2)),
        (LIFE, "2026-11-16", ("suspended", 2), ("suspended", 2)),
        (LIFE, "2026-11-17", ("suspended", 2), ("valid", 2)),
        (LIFE, "2026-11-20", ("valid", 2), ("valid", 2)),
        (REVOKED, "2026-11-08", NOTHING, ("valid", 1)),
        (REVOKED, "2026-11-09", NOTHING, ("revoked", 1)),  # counts from the 9th, logged on the 19th
        (REVOKED, "2026-11-13", ("valid", 1), ("revoked", 1)),
        (REVOKED, "2026-11-18", ("valid", 2), ("revoked", 2)),
        (REVOKED, "2026-11-19", ("revoked", 2), ("revoked", 2)),
        (LIFE, "2026-11-21", None, None),  # after the checkpoint
    ],
)
def test_a_day_has_two_answers(
    log: PastLog, on: str, recorded_then: tuple[str, int | None], known_now: tuple[str, int | None]
) -> None:
    raw_bundle = canonical(log.past(FIRST, SECOND))
    answer = check_past(raw_bundle, log.trust(), NOW, date.fromisoformat(on)).as_json()
    past = answer["past"]
    assert past["on"] == on
    assert (told(past["recorded_then"]), told(past["known_now"])) == (recorded_then, known_now)
    codes = [finding["code"] for finding in answer["verdict"]["findings"]]
    assert ("past-day-unknown" in codes) is (recorded_then is None)


def test_without_a_day_the_day_of_the_checkpoint_is_meant() -> None:
    assert asked(LIFE, None).on == date(2026, 11, 20)


def test_an_hour_belongs_to_the_day_in_shanghai() -> None:
    log = PastLog()
    log.batch(10, Happened(FIRST, ISSUED))
    hour = asked(log, None, FIRST).events[0].logged_at
    assert hour.isoformat() == "2026-11-10T02:00:00+00:00"
    assert (
        told(
            check_past(canonical(log.past(FIRST)), log.trust(), NOW, date(2026, 11, 9)).as_json()["past"][
                "recorded_then"
            ]
        )
        == NOTHING
    )


def test_a_voided_title_never_counted() -> None:
    log = PastLog()
    log.batch(10, Happened(FIRST, ISSUED))
    log.batch(12, Happened(FIRST, VOIDED))
    for on in (date(2026, 10, 15), date(2026, 11, 11), date(2026, 11, 20)):
        known = asked(log, on, FIRST).known_now
        assert known is not None
        assert known.status is not None
        assert known.status.name == "VOIDED"


def test_the_events_are_those_of_the_certificate_with_their_public_words() -> None:
    events = check_past(canonical(REVOKED.past(FIRST, SECOND)), REVOKED.trust(), NOW).as_json()["past"][
        "events"
    ]
    assert [(event["kind"], event["version"], event["effective_on"]) for event in events] == [
        ("issued", 1, "2026-10-15"),
        ("suspended", 1, "2026-11-11"),
        ("reinstated", 1, "2026-11-13"),
        ("corrected", 1, "2026-11-14"),
        ("suspended", 2, "2026-11-15"),
        ("reinstated", 2, "2026-11-17"),
        ("revoked", 2, "2026-11-09"),
    ]
    assert events[0]["document_ref"] is events[0]["ground"] is None
    assert (events[-1]["document_ref"], events[-1]["ground"]) == ("吉人社〔2026〕9号", "经核查")
    assert events[-1]["logged_at"] == "2026-11-19T02:00:00Z"


def test_closed_events_answer_the_same_and_say_what_is_not_established() -> None:
    opened = check_past(canonical(REVOKED.past(FIRST, SECOND)), REVOKED.trust(), NOW).as_json()
    raw_closed = canonical(REVOKED.past(FIRST, SECOND, opened=False))
    closed = check_past(raw_closed, REVOKED.trust(), NOW).as_json()
    for key in ("on", "recorded_then", "known_now"):
        assert closed["past"][key] == opened["past"][key]
    assert {event["document_ref"] for event in closed["past"]["events"]} == {None}
    assert "content-closed" in closed["verdict"]["not_established"]
    assert "content-closed" not in opened["verdict"]["not_established"]
    assert (closed["verdict"]["decision"], opened["verdict"]["decision"]["reference"]) == (
        None,
        "吉人社〔2026〕9号",
    )


def test_the_verdict_of_today_satisfies_its_schema() -> None:
    schema = Draft202012Validator(verdict_schema())
    for log in (LIFE, REVOKED):
        answer = check_past(canonical(log.past(FIRST, SECOND)), log.trust(), NOW).as_json()
        assert answer["schema"] == "certsvc-past/1"
        schema.validate(answer["verdict"])


def test_a_place_is_judged_like_anywhere() -> None:
    raw_bundle = canonical(LIFE.past(FIRST, SECOND))
    here = check_past(raw_bundle, LIFE.trust(), NOW, place="222404").verdict.valid_here
    assert here.value == "yes"


def test_the_report_keeps_the_two_answers_apart() -> None:
    answer = check_past(canonical(REVOKED.past(FIRST, SECOND)), REVOKED.trust(), NOW, date(2026, 11, 13))
    chinese = render_past(answer, Language.ZH)
    assert chinese.startswith(
        "查询日期：2026-11-13\n  按当日已登记的情况：有效（第 1 版）\n  按目前掌握的情况：已撤销（第 1 版）\n"
    )
    assert (
        "  2026-11-09｜撤销（第 2 版）｜2026-11-19 10 时\n      文号：吉人社〔2026〕9号　理由：经核查\n"
        in chinese
    )
    assert "核验结果：未通过核验" in chinese
    assert "决定：吉人社〔2026〕9号　决定日期：2026-11-09" in chinese
    english = render_past(answer, Language.EN)
    assert english.startswith("Day asked about: 2026-11-13\n  As recorded then: valid (version 1)\n")
    assert "  As known now: revoked (version 1)\n" in english
    assert "Result: NOT PASSED" in english


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    code = main(["past", *map(str, arguments)], clock=lambda: NOW)
    told = capsys.readouterr()
    assert told.err == ""
    return code, told.out


def test_the_command_checks_a_file_against_a_downloaded_tree(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tree, file = LIFE.write(tmp_path / "tree"), tmp_path / "past.json"
    file.write_bytes(canonical(LIFE.past(FIRST, SECOND)))
    code, out = run(capsys, file, "--trust", tree, "--on", "2026-11-11", "--json")
    answer = json.loads(out)
    assert (code, out.count("\n"), answer["verdict"]["verdict"]) == (0, 1, "passed")
    assert answer["past"]["known_now"] == {"status": "suspended", "version": 1}
    code, out = run(capsys, file, "--trust", tree, "--complete")
    assert code == 0
    assert "查询日期：2026-11-20" in out
    assert "未通读公开日志" not in out
    _, english = run(capsys, file, "--trust", tree, "--lang", "en")
    assert "The whole log was not read" in english


def test_the_command_says_what_it_cannot_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree = LIFE.write(tmp_path / "tree")
    (tmp_path / "past.json").write_bytes(b"{}")
    for file, trust, code in (
        ("none.json", tree, "file-missing"),
        ("tree", tree, "file-unreadable"),
        ("past.json", tree, "bundle-unreadable"),
        ("past.json", tmp_path, "trust-unreadable"),
    ):
        exit_code, out = run(capsys, tmp_path / file, "--trust", trust, "--json")
        answer = json.loads(out)
        assert (exit_code, answer["past"]) == (2, None)
        assert [finding["code"] for finding in answer["verdict"]["findings"]][:1] == [code]
        assert run(capsys, tmp_path / file, "--trust", trust)[1].startswith("履历：未能确认")


@pytest.mark.parametrize("on", ["yesterday", "2026-13-01", "20261101", ""])
def test_a_day_is_written_in_one_way(on: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["past", "past.json", "--trust", str(tmp_path), "--on", on])
    assert ended.value.code == 2
    assert "YYYY-MM-DD" in capsys.readouterr().err
