"""`certverify explain`: every code has a meaning, an effect, an advice and a page; a saved verdict is explained too."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from certverify.advice import _ADVICE, advice_of
from certverify.cli import main
from certverify.codes import Code
from certverify.explain import explain_code, explained_codes, near_codes

from tests.verifier.builders import DUAL, NOW, PREFIX, record_text

DOCS = Path(__file__).parents[2] / "docs"


def explain(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main(["explain", *map(str, arguments)])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_every_code_has_advice_once_and_a_page_that_is_there() -> None:
    named = [code for _, _, codes in _ADVICE for code in codes.split()]
    assert sorted(named) == sorted(set(named))
    assert all(map(advice_of, Code))
    assert {one.where for one in explained_codes() if not (DOCS / one.where).is_file()} == set()
    assert all(one.zh and one.en and one.advice_zh and one.advice_en for one in explained_codes())


@pytest.mark.parametrize("word", ["revoked", "REVOKED", " Revoked "])
def test_a_code_is_known_however_it_is_written(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = explain(capsys, word)
    assert code == 0
    assert out.startswith("revoked\n")
    assert "未通过核验" in out
    assert "docs/endings.md" in out


def test_a_word_of_verdict_and_monitor_is_explained_for_both() -> None:
    assert [one.by for one in explain_code("trust_forged")] == ["verdict", "monitor"]


def test_one_language_can_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Means:" not in explain(capsys, "revoked", "--lang", "zh")[1]
    assert "含义" not in explain(capsys, "revoked", "--lang", "en")[1]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("revokd", "revoked"),
        ("checkpoint-old", "checkpoint-stale"),
        ("stale", "checkpoint-stale"),
        ("fork", "fork"),
    ],
)
def test_a_slip_finds_what_was_meant(typed: str, meant: str) -> None:
    assert meant in near_codes(typed)


def test_an_unknown_code_names_its_neighbours_and_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = explain(capsys, "revokd")
    assert (code, out) == (2, "")
    assert "revoked" in err
    code, out, _ = explain(capsys, "revokd", "--json")
    assert json.loads(out)["near"][0] == "revoked"


def test_all_codes_are_one_object_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(explain(capsys, "all", "--json")[1])
    assert {item["code"] for item in told["codes"]} >= set(Code)


def test_each_finding_of_a_saved_verdict_is_explained(
    dual_tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = PREFIX + record_text(DUAL)
    for command in ("qr", "check"):
        main([command, text, "--trust", str(dual_tree), "--json"], clock=lambda: NOW)
        (tmp_path / "saved.json").write_text(capsys.readouterr().out)
        out = explain(capsys, tmp_path / "saved.json", "--json")[1]
        assert [item["code"] for item in json.loads(out)["codes"]] == [
            "no-witnesses",
            "area-limited",
            "trust-not-pinned",
        ]


def test_a_signed_verdict_is_explained_by_what_it_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    payload = {"schema": "s", "verdict": {"findings": [{"code": "revoked"}, {"code": "of-tomorrow"}]}}
    packed = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip("=")
    signed = {"payload": packed, "protected": "", "signature": ""}
    (tmp_path / "signed.json").write_text(json.dumps(signed))
    code, out, _ = explain(capsys, tmp_path / "signed.json")
    assert code == 0
    assert "revoked\n" in out
    assert "of-tomorrow\n  含义：本程序不认识的代码" in out


def test_no_explanation_has_a_gap_in_it_and_a_file_is_explained_in_its_own_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [one.code for one in explained_codes() if "{" in f"{one.zh}{one.en}"] == []
    assert "已超过规定时限未更新" in explain(capsys, "checkpoint-stale")[1]
    finding = {
        "code": "checkpoint-stale",
        "zh": "日志数据已超过 7 天未更新。\x1b[2J",
        "en": "older than 7 days",
    }
    (tmp_path / "saved.json").write_text(json.dumps({"findings": [finding]}))
    out = explain(capsys, tmp_path / "saved.json")[1]
    assert "含义：日志数据已超过 7 天未更新。[2J\n" in out
    assert "Means: older than 7 days\n" in out


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1]", b'{"payload": 1, "signature": 2}', b"\xff", b"[" * 9000]
)
def test_what_is_no_verdict_is_not_explained(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "saved.json").write_bytes(content)
    assert explain(capsys, tmp_path / "saved.json")[0] == 2
