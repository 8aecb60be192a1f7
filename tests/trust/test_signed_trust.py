"""The signed trust material: what a reader believes, and what it refuses as a whole (tests/vectors/trust.json)."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from certverify import cli
from certverify.errors import TrustForgedError, TrustListError
from certverify.trust import decode_trust_list, decode_verifier_anchor, load_trust
from certverify.trust_note import decode_trust_note

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "trust.json").read_bytes())
CASES = {case["name"]: case for case in VECTORS["cases"]}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certverify.trust.sleep", lambda _seconds: None)


def write(folder: Path, changes: dict[str, str | None]) -> Path:
    for path, content in (VECTORS["files"] | changes).items():
        if content is not None:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(base64.b64decode(content))
    return folder


def code_of(folder: Path, anchor: str | None) -> str | None:
    try:
        load_trust(folder, None if anchor is None else decode_verifier_anchor(VECTORS["anchors"][anchor]))
    except TrustForgedError:
        return "trust-forged"
    except TrustListError:
        return "trust-unreadable"
    return None


@pytest.mark.parametrize("name", CASES)
def test_trust_material_is_believed_or_refused_as_the_vector_says(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    assert code_of(write(tmp_path, case["changes"]), case["anchor"]) == case["code"]


@pytest.mark.parametrize("case", VECTORS["lists"], ids=lambda case: case["name"])
def test_a_list_with_more_or_less_than_its_format_names_is_refused(case: dict[str, Any]) -> None:
    try:
        decode_trust_list(case["list"].encode())
    except TrustListError:
        assert not case["holds"]
        return
    assert case["holds"]


def test_the_statement_says_what_stands_in_its_eight_lines() -> None:
    for number, text in enumerate(VECTORS["texts"], 1):
        raw_note = base64.b64decode(VECTORS["files"][f"trust/{number}.note"])
        statement, note = decode_trust_note(raw_note)
        assert note.text == text
        assert text.count("\n") == 8
        lines = text.splitlines()
        assert (lines[0], lines[1], lines[2]) == ("certsvc-trust-note/1", statement.origin, str(number))
        assert (statement.previous is None) == (number == 1)


@pytest.mark.parametrize("at", range(8))
def test_a_statement_with_a_line_too_many_or_too_few_or_changed_is_refused(at: int) -> None:
    raw_note = base64.b64decode(VECTORS["files"]["trust.note"])
    text, _, signatures = raw_note.decode().partition("\n\n")
    lines = text.split("\n")
    for changed in (
        [*lines[:at], *lines[at + 1 :]],
        [*lines[: at + 1], *lines[at:]],
        [*lines[:at], lines[at] + " ", *lines[at + 1 :]] if at != 1 else [*lines[:at], "", *lines[at + 1 :]],
    ):
        with pytest.raises(TrustListError):
            decode_trust_note(("\n".join(changed) + "\n\n" + signatures).encode())


@pytest.mark.parametrize("number", ["0", "01", "-1", "1.0", "9" * 19, "", "１"])
def test_a_sequence_number_has_one_form(number: str) -> None:
    raw_note = base64.b64decode(VECTORS["files"]["trust.note"])
    lines = raw_note.decode().split("\n")
    lines[2] = number
    with pytest.raises(TrustListError):
        decode_trust_note("\n".join(lines).encode())


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("signed by a stranger", "trust-forged"),
        ("the note is missing", "trust-unreadable"),
        ("a stranger pinned", "trust-forged"),
    ],
)
def test_no_verdict_about_a_certificate_rests_on_refused_material(
    name: str, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = CASES[name]
    pinned = [] if case["anchor"] is None else ["--anchor", VECTORS["anchors"][case["anchor"]]]
    folder = write(tmp_path, case["changes"])
    exit_code = cli.main(
        ["qr", "--trust", str(folder), "--json", *pinned, "ABC"], lambda: datetime(2026, 11, 24, tzinfo=UTC)
    )
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert (exit_code, told["verdict"], told["authentic"], told["certificate"]) == (
        2,
        "undetermined",
        "unknown",
        None,
    )
    assert [item["code"] for item in told["findings"]] == [code]


def test_a_reader_that_meets_a_publication_under_way_tries_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path, CASES["the list of before with the note of now"]["changes"])

    def finish(_seconds: float) -> None:
        write(folder, {})

    monkeypatch.setattr("certverify.trust.sleep", finish)
    assert load_trust(folder).trust_list.sequence == 4


def test_an_anchor_that_is_no_verifier_key_is_a_wrong_command(tmp_path: Path) -> None:
    for line in ("", "nonsense", VECTORS["anchors"]["first"][:-4]):
        with pytest.raises(SystemExit) as stopped:
            cli.main(["qr", "--trust", str(tmp_path), "--anchor", line, "ABC"])
        assert stopped.value.code == 2
