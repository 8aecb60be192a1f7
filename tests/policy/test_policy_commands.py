"""`certsvc policy` and `certsvc calendar`, as an operator uses them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.shipped_policies import shipped_documents
from certsvc.bootstrap import open_office
from certsvc.entrypoints.cli.commands import certsvc
from certsvc.errors import ConflictError, UnreadableInput
from certsvc.settings import load_settings
from tests.policy import builders as p
from tests.support.office import OfficeUnderTest


@pytest.fixture
def home(tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office on SQLite that the command line works on."""
    OfficeUnderTest(tmp_path, clock).close()
    monkeypatch.setenv("CERTSVC_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(certsvc, words)


def answer(*words: str) -> dict[str, Any]:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def written(home: Path, content: dict[str, Any], name: str = "policy.json") -> str:
    path = home / name
    path.write_bytes(b"\xef\xbb\xbf" + p.raw(content))
    return str(path)


def days_of_publicity(on: str) -> list[str]:
    found = answer("policy", "show", "--on", on, "--theme", "publicity")
    return [line["value"][:2] for line in found["entries"]]


def test_a_loaded_document_is_listed_shown_from_its_day_on_and_written_in_the_trail(home: Path) -> None:
    first = answer("policy", "load", written(home, p.document(p.entry())))
    assert (first["id"], first["document"]) == ("jl-2026-900", "吉人社函〔2026〕900号")
    assert answer("policy", "load", written(home, p.document(p.entry()))) == first
    assert [days_of_publicity(day) for day in ("2026-12-31", "2027-01-01")] == [["5个"], ["10"]]
    shorter = p.entry(value={"workdays": 8, "count_first_day": False})
    second = answer("policy", "load", written(home, p.document(shorter)))
    assert days_of_publicity("2027-01-01") == ["8个"]
    listed = answer("policy", "list")
    assert [one["id"] for one in listed["policies"]] == [
        *(document.id for document in shipped_documents()),
        "jl-2026-900",
    ]
    assert [one["digest"] for one in listed["replaced"]] == [first["digest"]]
    office = open_office(load_settings())
    trail = office.trail.entries("policy/jl-2026-900")
    office.close()
    assert [(one.action, one.before, one.after) for one in trail] == [
        ("machine:policy:load", None, first["digest"]),
        ("machine:policy:load", first["digest"], second["digest"]),
    ]
    assert "已由新版替换" in run("policy", "list").stdout


def test_a_day_before_the_first_policy_is_said_to_be_unknown(home: Path) -> None:
    found = answer("policy", "show", "--on", "2020-01-01")
    assert found["entries"] == []
    assert "publicity" in found["unknown"]
    assert "暂缓" in run("policy", "show", "--on", "2020-01-01").stdout
    assert "222404" in run("policy", "show", "--on", "2023-11-13").stdout


def test_a_shipped_document_cannot_be_replaced(home: Path) -> None:
    result = run("policy", "load", written(home, p.document(p.entry(), id="jl-2022-38")))
    assert isinstance(result.exception, ConflictError)


def test_a_document_with_a_fault_is_not_loaded(home: Path) -> None:
    result = run("policy", "load", written(home, p.document(p.entry(key="一半"))))
    assert isinstance(result.exception, UnreadableInput)
    assert "policy.entries[0].key" in str(result.exception)
    assert len(answer("policy", "list")["policies"]) == len(shipped_documents())
    assert run("policy", "show", "--on", "2023-01-01", "--theme", "weather").exit_code == 2


def test_a_calendar_is_loaded_and_listed_with_its_document(home: Path) -> None:
    years = [one["year"] for one in answer("calendar", "list")["years"]]
    assert years == [2022, 2023, 2024, 2025, 2026]
    loaded = answer("calendar", "load", written(home, p.calendar(), "2027.json"))
    assert (loaded["year"], loaded["document"]) == (2027, p.calendar()["document"])
    found = answer("calendar", "list")
    assert found["years"][-1] == {
        "year": 2027,
        "document": p.calendar()["document"],
        "holidays": 3,
        "makeup_days": 1,
    }
    assert [one["digest"] for one in found["loaded"]] == [loaded["digest"]]
    assert "2027" in run("calendar", "list").stdout
    assert "2027年" in run("calendar", "load", written(home, p.calendar(), "2027.json")).stdout
