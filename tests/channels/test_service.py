"""The API against the table: every question, a row of a batch, a file, and the signed verdict."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Any

import pytest

from tests.channels.asking import questions, told, wanted, without
from tests.channels.command import certverify
from tests.channels.scene import Counter
from tests.channels.table import KINDS, Kind

by_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


@by_kind
def test_the_service_answers_as_the_table_says_however_it_is_asked(counter: Counter, kind: Kind) -> None:
    asked = questions(kind, counter.presented[kind.presented])
    with counter.later(kind.hours):
        verdicts = {way: single(counter, question) for way, (question, _) in asked.items()}
        rows = batch(counter, [question for question, _ in asked.values()])
    for (way, (_, answer)), row in zip(asked.items(), rows, strict=True):
        verdict = verdicts[way]
        assert told(verdict) == wanted(answer), way
        assert row == verdict, way
        if answer == kind.answer:
            assert verdict == verdicts["qr"], way
            assert (verdict["decision"] is not None, verdict["valid_here"]) == (kind.decided, kind.valid_here)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.has_file], ids=lambda kind: kind.name)
def test_the_service_answers_to_the_file_as_the_table_says(counter: Counter, kind: Kind) -> None:
    shown = counter.presented[kind.presented]
    place = {} if kind.place is None else {"place": kind.place}
    with counter.later(kind.hours):
        answer = counter.programs.post(
            "/api/v1/verify/pdf",
            content=shown.document,
            params=place,
            headers={"Content-Type": "application/pdf"},
        )
        verdict = answer.json()
        assert told(verdict) == wanted(kind.by_file or kind.answer)
        if kind.by_file is None:
            record = single(counter, {"qr": shown.text} | place)
            assert without(verdict, "comparison") == without(record, "comparison")


@by_kind
def test_the_signed_verdict_says_the_same_and_its_check_too(
    counter: Counter, kind: Kind, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = counter.presented[kind.presented]
    for way, (question, answer) in questions(kind, shown).items():
        with counter.later(kind.hours):
            signed = counter.programs.post("/api/v1/signed-verdict", json=question)
            payload = json.loads(signed.content)["payload"]
            verdict = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["verdict"]
            assert verdict == single(counter, question), way
            (tmp_path / "verdict.json").write_bytes(signed.content)
            exit_code, check = certverify(counter, capsys, "verdict", tmp_path / "verdict.json")
        assert (exit_code, check["verdict"]) == (answer.exit_code, answer.outcome), way
        assert told(check["told"]) == wanted(answer), way


def single(counter: Counter, question: dict[str, str]) -> dict[str, Any]:
    answer = counter.programs.post("/api/v1/verify", json=question)
    assert answer.status_code == 200, answer.text
    verdict: dict[str, Any] = answer.json()
    return verdict


def batch(counter: Counter, rows: list[dict[str, str]]) -> list[dict[str, Any]]:
    answer = counter.programs.post("/api/v1/verify/batch", json={"questions": rows})
    assert answer.status_code == 200, answer.text
    return [row["verdict"] for row in answer.json()["answers"]]
