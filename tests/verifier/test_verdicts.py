"""The verdict table: every way a certificate can be good, wrong or unknown, and what is answered."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from certverify import check_record, load_trust, open_ledger
from certverify.codes import Code, Effect
from certverify.meanings import MEANINGS
from certverify.names import mask_name
from certverify.report import Language, render
from certverify.verdict import Outcome, Verdict

from tests.verifier.builders import (
    DUAL,
    FIELDS,
    LOG_KEY,
    NOW,
    OTHER_RECORD_KEY,
    PREFIX,
    RECORD_KEY,
    WITNESS_POLICY,
    Log,
    key,
    record_text,
)

MASKED = json.loads((Path(__file__).parents[1] / "vectors/masked-names.json").read_text())["names"]
GOOD = PREFIX + record_text()
PASSED, FAILED, OPEN = Outcome.PASSED, Outcome.FAILED, Outcome.UNDETERMINED
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Row:
    """One line of the table: what is presented, and the answer."""

    name: str
    outcome: Outcome
    codes: str = ""
    text: str = GOOD
    log: dict[str, Any] = field(default_factory=dict)
    place: str | None = None
    max_age: timedelta = 7 * DAY
    authentic: str = "yes"
    status: str = "valid"
    here: str = "not_asked"


UNREAD: dict[str, Any] = {"authentic": "unknown", "status": "unknown"}
DUAL_LOG: dict[str, Any] = {"log": {"fields": dict(DUAL)}, "text": record_text(DUAL)}

TABLE = [
    Row("valid and fresh", PASSED),
    Row("without the link", PASSED, text=record_text()),
    Row("six days old", PASSED, log={"cosigned_at": NOW - 6 * DAY}),
    Row("historical", PASSED, "historical", log={"status": 7}, status="historical"),
    Row("witnessed as asked", PASSED, log={"policy": WITNESS_POLICY, "witness_at": NOW}),
    Row("test keys", PASSED, "test-environment", log={"trust_changes": {"environment": "test"}}),
    Row("clock a little behind", PASSED, log={"cosigned_at": NOW + timedelta(minutes=4)}),
    Row("unreadable", OPEN, "record-unreadable", text="hello", **UNREAD),
    Row("altered", FAILED, "record-altered", text=GOOD[:-1] + "A", authentic="no", status="unknown"),
    Row(
        "forged",
        FAILED,
        "record-forged",
        text=record_text(signer=OTHER_RECORD_KEY, kid=RECORD_KEY.kid),
        authentic="no",
        status="unknown",
    ),
    Row("unknown key", OPEN, "record-key-unknown", text=record_text(signer=OTHER_RECORD_KEY), **UNREAD),
    Row("newer format", OPEN, "record-version-unknown", text=record_text({"a": 1}, version=9), **UNREAD),
    Row("suspended", FAILED, "suspended", log={"status": 2}, status="suspended"),
    Row("revoked", FAILED, "revoked", log={"status": 3}, status="revoked"),
    Row("written off", FAILED, "written-off", log={"status": 4}, status="written_off"),
    Row("voided", FAILED, "voided", log={"status": 5}, status="voided"),
    Row("superseded", FAILED, "superseded", log={"status": 6}, status="superseded"),
    Row("not in the log yet", OPEN, "not-in-log", log={"status": 0}, status="unknown"),
    Row(
        "a slot beyond the array",
        OPEN,
        "not-in-log",
        text=record_text(FIELDS | {"slot": 1 << 40}),
        status="unknown",
    ),
    Row("stale", OPEN, "checkpoint-stale", log={"cosigned_at": NOW - 8 * DAY}),
    Row(
        "stale by a stricter wish", OPEN, "checkpoint-stale", log={"cosigned_at": NOW - DAY}, max_age=DAY / 2
    ),
    Row(
        "stale, but known to be revoked",
        FAILED,
        "checkpoint-stale revoked",
        log={"cosigned_at": NOW - 80 * DAY, "status": 3},
        status="revoked",
    ),
    Row(
        "dated anew by the log alone",
        OPEN,
        "checkpoint-stale",
        log={"policy": WITNESS_POLICY, "witness_at": NOW - 30 * DAY},
    ),
    Row(
        "witnessed anew under an old time of the log",
        OPEN,
        "checkpoint-stale",
        log={"policy": WITNESS_POLICY, "witness_at": NOW, "cosigned_at": NOW - 30 * DAY},
    ),
    Row(
        "revoked, dated anew by the log alone",
        FAILED,
        "checkpoint-stale revoked",
        log={"policy": WITNESS_POLICY, "witness_at": NOW - 30 * DAY, "status": 3},
        status="revoked",
    ),
    Row("witness six days old", PASSED, log={"policy": WITNESS_POLICY, "witness_at": NOW - 6 * DAY}),
    Row("no time proven", OPEN, "checkpoint-age-unknown", log={"cosigned_at": None}),
    Row("from the future", OPEN, "checkpoint-from-future", log={"cosigned_at": NOW + DAY}),
    Row("no quorum", OPEN, "quorum-missing", log={"policy": WITNESS_POLICY}),
    Row(
        "another log key",
        OPEN,
        "checkpoint-key-unknown",
        log={"log_key": key(LOG_KEY.name, 8)},
        status="unknown",
    ),
    Row("in its county", PASSED, "area-limited", place="222404", here="yes", **DUAL_LOG),
    Row("limited, place not asked", PASSED, "area-limited", **DUAL_LOG),
    Row("in another county", FAILED, "area-limited not-valid-here", place="220102", here="no", **DUAL_LOG),
    Row("in another province", FAILED, "area-limited not-valid-here", place="110101", here="no", **DUAL_LOG),
    Row(
        "asked for a city",
        OPEN,
        "area-limited place-too-coarse",
        place="222400",
        here="undetermined",
        **DUAL_LOG,
    ),
    Row(
        "asked for all districts",
        OPEN,
        "area-limited place-too-coarse",
        place="220101",
        here="undetermined",
        **DUAL_LOG,
    ),
    Row(
        "a county nobody knows",
        OPEN,
        "area-limited place-unknown",
        place="229999",
        here="undetermined",
        **DUAL_LOG,
    ),
    Row(
        "a place in words", OPEN, "area-limited place-unknown", place="珲春", here="undetermined", **DUAL_LOG
    ),
    *[
        Row(
            f"limited, asked for {place}",
            OPEN,
            "area-limited place-unknown",
            place=place,
            here="undetermined",
            **DUAL_LOG,
        )
        for place in ("999999", "999900", "100101", "160102", "000000", "229900", "22040")
    ],
    *[
        Row(f"unlimited, asked for {place}", OPEN, "place-unknown", place=place, here="undetermined")
        for place in ("999999", "229999", "000000", "110101")
    ],
    *[
        Row(
            f"limited, asked for {place}",
            FAILED,
            "area-limited not-valid-here",
            place=place,
            here="no",
            **DUAL_LOG,
        )
        for place in ("210102", "650102", "820001")
    ],
    Row(
        "asked for a far city",
        OPEN,
        "area-limited place-too-coarse",
        place="210100",
        here="undetermined",
        **DUAL_LOG,
    ),
    Row("at a foreign address", PASSED, "foreign-address", text="https://zc.example.evil/v#" + record_text()),
    Row(
        "at an address without https", PASSED, "foreign-address", text="http://zc.example/v#" + record_text()
    ),
    Row("at another path", PASSED, "foreign-address", text="https://zc.example/w#" + record_text()),
    Row("unlimited, in a county", PASSED, place="220102", here="yes"),
    Row("unlimited, in a city", PASSED, place="222400", here="yes"),
    Row("unlimited, in another province", OPEN, "place-unknown", place="110101", here="undetermined"),
    Row(
        "revoked and elsewhere",
        FAILED,
        "area-limited not-valid-here revoked",
        place="220102",
        here="no",
        log={"fields": dict(DUAL), "status": 3},
        text=record_text(DUAL),
        status="revoked",
    ),
]


def answer(row: Row, folder: Path, now: datetime = NOW) -> Verdict:
    Log(**row.log).write(folder)
    trust = load_trust(folder)
    return check_record(row.text, trust, open_ledger(folder, trust), now, row.place, row.max_age)


@pytest.mark.parametrize("row", TABLE, ids=[row.name for row in TABLE])
def test_the_answer_is_that_of_the_table(row: Row, tmp_path: Path) -> None:
    verdict = answer(row, tmp_path)
    said = {item.code.value for item in verdict.findings} - {"no-witnesses"}
    assert said == set(row.codes.split())
    assert verdict.outcome is row.outcome
    assert (verdict.authentic, verdict.status, verdict.valid_here) == (row.authentic, row.status, row.here)
    assert (verdict.certificate is not None) is (row.authentic == "yes")
    assert set(verdict.not_established) <= {item.code for item in verdict.findings}


def test_a_tree_without_a_checkpoint_leaves_the_status_open(tmp_path: Path) -> None:
    verdict = answer(Row("", OPEN), tmp_path)
    assert verdict.outcome is PASSED
    (tmp_path / "checkpoint").unlink()
    trust = load_trust(tmp_path)
    verdict = check_record(GOOD, trust, open_ledger(tmp_path, trust), NOW)
    assert (verdict.outcome, verdict.authentic, verdict.as_of) == (OPEN, "yes", None)
    assert Code.TREE_MISSING in verdict.not_established


def test_the_object_has_the_keys_of_the_schema_and_masks_the_holder(tmp_path: Path) -> None:
    row = Row(
        "",
        PASSED,
        log={"fields": dict(DUAL), "cosigned_at": NOW - DAY},
        text=record_text(DUAL),
        place="222404",
    )
    told = answer(row, tmp_path).as_json()
    findings = told.pop("findings")
    assert told == {
        "schema": "certsvc-verdict/1",
        "verdict": "passed",
        "authentic": "yes",
        "status": "valid",
        "validity_area": {"code": "222404", "name": "珲春市"},
        "valid_here": "yes",
        "as_of": "2026-11-19T08:00:00Z",
        "checkpoint_age": 86_400,
        "not_established": ["no-witnesses"],
        "certificate": {
            "number": "2205202600000018",
            "version": 1,
            "series": "工程技术人员",
            "title": "高级工程师",
            "level": "副高级",
            "way": "双定向",
            "dual_directed": True,
            "acquired_on": "2026-10-15",
        },
        "holder": "林**",
        "decision": None,
        "replaced_by": None,
        "historical": None,
        "annotation": None,
        "comparison": None,
    }
    assert {"code": "area-limited", "zh": "仅在珲春市范围内有效。", "en": "Valid in 珲春市 only."} in findings


@pytest.mark.parametrize("case", MASKED, ids=lambda case: case["case"])
def test_names_are_masked_behind_the_surname(case: dict[str, str]) -> None:
    assert mask_name(case["name"]) == case["masked"]


def test_every_code_has_texts_in_both_languages() -> None:
    assert set(MEANINGS) == set(Code)
    for code, meaning in MEANINGS.items():
        assert meaning.zh.endswith("。"), code
        assert meaning.en.endswith("."), code
        assert any("一" <= char <= "鿿" for char in meaning.zh), code


def test_the_documentation_lists_every_code_with_its_meaning() -> None:
    page = (Path(__file__).parents[2] / "docs" / "formats" / "verdict.md").read_text()
    effects = {Effect.FAILED: "failed", Effect.UNDETERMINED: "undetermined", Effect.NOTE: "note"}
    expected = [f"| `{code}` | {effects[m.effect]} | {m.zh} | {m.en} |" for code, m in MEANINGS.items()]
    assert [line for line in page.splitlines() if line.startswith("| `") and line.count("|") == 5] == expected


@pytest.mark.parametrize("row", TABLE, ids=[row.name for row in TABLE])
def test_the_report_is_complete_in_both_languages(row: Row, tmp_path: Path) -> None:
    verdict = answer(row, tmp_path)
    chinese, english = render(verdict, Language.ZH), render(verdict, Language.EN)
    assert chinese.startswith(f"核验结果：{verdict.outcome.zh}\nResult: ")
    assert english.startswith("Result: ")
    for item in verdict.findings:
        assert item.zh in chinese
        assert item.en in english
    assert "林晓燕" not in chinese + english + json.dumps(verdict.as_json(), ensure_ascii=False)
