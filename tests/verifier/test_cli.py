"""The command line: exit codes, pure JSON, and help everywhere."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
import qrcode
from certverify import document
from certverify.cli import main
from certverify.codes import Code
from certverify.meanings import MEANINGS
from PIL import Image

from tests.verifier.builders import DUAL, FIELDS, NOW, PREFIX, Log, record_text

TEXT = PREFIX + record_text(DUAL)


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    code = main([str(item) for item in arguments], clock=lambda: NOW)
    told = capsys.readouterr()
    assert told.err == ""
    return code, told.out


def symbol(text: str) -> Image.Image:
    picture = qrcode.make(text, version=None, box_size=6)
    image: Image.Image = picture.get_image()
    return image.convert("L")


@pytest.mark.parametrize(
    ("arguments", "code", "verdict"),
    [
        ((TEXT,), 0, "passed"),
        ((TEXT, "--place", "222404"), 0, "passed"),
        ((TEXT, "--place", "220102"), 1, "failed"),
        ((TEXT, "--place", "222400"), 2, "undetermined"),
        ((TEXT[:-1] + "Y",), 1, "failed"),
        (("hello",), 2, "undetermined"),
        (("",), 2, "undetermined"),
        (("x" * 5000,), 2, "undetermined"),
        (("a\0b",), 2, "undetermined"),
    ],
)
def test_the_exit_code_is_the_verdict_and_json_stands_alone(
    arguments: tuple[str, ...], code: int, verdict: str, dual_tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exit_code, out = run(capsys, "qr", *arguments, "--trust", dual_tree, "--json")
    assert (exit_code, json.loads(out)["verdict"]) == (code, verdict)
    assert out.count("\n") == 1


def test_the_report_is_chinese_with_an_english_line_or_english(
    dual_tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, chinese = run(capsys, "qr", TEXT, "--trust", dual_tree)
    assert chinese.startswith("核验结果：通过核验\nResult: PASSED\n")
    assert "截至北京时间 2026-11-20 16:00" in chinese
    assert "仅在珲春市范围内有效" in chinese
    _, english = run(capsys, "qr", TEXT, "--trust", dual_tree, "--lang", "en")
    assert english.startswith("Result: PASSED\n")


def test_a_greatest_age_can_be_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Log(fields=dict(DUAL), cosigned_at=NOW.replace(day=1)).write(tmp_path)
    assert run(capsys, "qr", TEXT, "--trust", tmp_path)[0] == 2
    assert run(capsys, "qr", TEXT, "--trust", tmp_path, "--max-age-days", 30)[0] == 0


def test_without_trust_material_nothing_can_be_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = run(capsys, "qr", TEXT, "--trust", tmp_path, "--json")
    assert (code, [item["code"] for item in json.loads(out)["findings"]]) == (2, ["trust-unreadable"])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("/tmp/no-such-folder/nope.png", "file-missing"),
        ("nope.png", "file-missing"),
        ("./NOPE.JPG", "file-missing"),
        ("../照片/二维码.jpeg", "file-missing"),
        ("C:\\\\Users\\\\me\\\\qr.bmp", "file-missing"),
        ("/tmp/no-such-folder/nope", "file-missing"),
        ("~/nope", "file-missing"),
        ("https://zc.example/logo.png", "record-unreadable"),
        (record_text(DUAL)[:90], "record-unreadable"),
        ("/" + record_text(DUAL)[:90], "record-unreadable"),
        ("HTTPS", "record-unreadable"),
    ],
)
def test_a_file_that_is_not_there_is_told_from_a_text(
    text: str, code: str, dual_tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exit_code, out = run(capsys, "qr", text, "--trust", dual_tree, "--json")
    told = json.loads(out)
    assert (exit_code, told["verdict"]) == (2, "undetermined")
    remarks = [] if code == "file-missing" else ["trust-not-pinned"]
    assert [item["code"] for item in told["findings"]] == [code, *remarks] == told["not_established"]


@pytest.mark.parametrize("command", ["qr", "pdf", "bundle"])
def test_folders_and_missing_files_have_codes_of_their_own(
    command: str, tmp_path: Path, dual_tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, code in [(tmp_path, "file-unreadable"), (tmp_path / "none.pdf", "file-missing")]:
        exit_code, out = run(capsys, command, name, "--trust", dual_tree, "--json")
        assert (exit_code, [item["code"] for item in json.loads(out)["findings"]]) == (2, [code])
    for trust in (tmp_path / "none", Path(__file__), Path("a\0b")):
        exit_code, out = run(capsys, command, tmp_path, "--trust", trust, "--json")
        assert (exit_code, json.loads(out)["findings"][0]["code"]) == (2, "trust-unreadable")


def test_a_file_that_may_not_be_read_is_said_to_be_so(
    tmp_path: Path, dual_tree: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = tmp_path / "locked.pdf"
    locked.write_bytes(b"%PDF-1.7")
    really_open = Path.open

    def guarded(path: Path, *mode: Any) -> Any:
        if path == locked:
            raise PermissionError(13, "Permission denied")
        return really_open(path, *mode)

    monkeypatch.setattr(Path, "open", guarded)
    for command in ("qr", "pdf", "bundle"):
        exit_code, out = run(capsys, command, locked, "--trust", dual_tree, "--json")
        assert (exit_code, json.loads(out)["findings"][0]["code"]) == (2, "file-unreadable")


def test_a_damaged_file_of_the_tree_is_an_answer_and_no_crash(
    tmp_path: Path, dual_tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance, names = Random(3), [item for item in dual_tree.rglob("*") if item.is_file()]
    shutil.copytree(dual_tree, tmp_path, dirs_exist_ok=True)
    for _ in range(60):
        name = chance.choice(names)
        raw = bytearray(name.read_bytes())
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
        damaged = tmp_path / name.relative_to(dual_tree)
        damaged.write_bytes(chance.choice((bytes(raw), bytes(raw[: len(raw) // 2]), b"")))
        exit_code, out = run(capsys, "qr", TEXT, "--trust", tmp_path, "--json")
        assert exit_code == json.loads(out)["verdict"].count("undetermined") * 2, name
        damaged.write_bytes(name.read_bytes())


def test_what_stays_open_is_said_in_sentences(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Log(fields=dict(DUAL), cosigned_at=NOW - timedelta(days=8)).write(tmp_path)
    _, chinese = run(capsys, "qr", TEXT, "--trust", tmp_path)
    said, unsaid = chinese.split("未能确认的事项：\n")
    assert "仅在珲春市范围内有效。〔area-limited〕" in said
    assert unsaid.splitlines() == [
        "  - 当前策略未要求独立见证签名，日志一致性未经第三方见证。",
        "  - 日志数据已超过 7 天未更新，证书当前状态无法确认，请更新后重试。",
        f"  - {MEANINGS[Code.TRUST_NOT_PINNED].zh}",
    ]
    _, english = run(capsys, "qr", TEXT, "--trust", tmp_path, "--lang", "en")
    assert "  - The log files are older than 7 days" in english.split("Not established:\n")[1]


def test_the_english_report_names_the_zone_and_labels_chinese_words(
    dual_tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, english = run(capsys, "qr", TEXT, "--trust", dual_tree, "--lang", "en")
    for line in (
        "Status: valid, as of 2026-11-20 16:00 Beijing time (UTC+08:00)",
        "Title (in Chinese): 高级工程师",
        "Series (in Chinese): 工程技术人员",
        "Level (in Chinese): 副高级",
        "Way (in Chinese): 双定向",
        "Acquired on: 2026-10-15",
    ):
        assert line in english.splitlines()


@pytest.mark.parametrize(("encoding", "json_only"), [("ascii", True), ("gbk", False), ("cp1252", False)])
def test_a_terminal_of_another_encoding_is_no_crash(encoding: str, json_only: bool, dual_tree: Path) -> None:
    command = [sys.executable, "-m", "certverify", "qr", "-", "--trust", str(dual_tree)]
    done = subprocess.run(
        [*command, *(["--json"] if json_only else [])],
        input=b"\xff\xfehello\n",
        env=os.environ | {"PYTHONIOENCODING": encoding},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (2, b"")
    if json_only:
        assert json.loads(done.stdout)["findings"][0]["zh"].startswith("未能读出")


@pytest.mark.parametrize("turned", [0, 90, 7])
def test_a_picture_is_read(
    turned: int, tmp_path: Path, dual_tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "qr.png"
    symbol(TEXT).rotate(turned, expand=True, fillcolor=255).save(picture)
    assert run(capsys, "qr", picture, "--trust", dual_tree)[0] == 0


def side_by_side(*texts: str) -> Image.Image:
    symbols = [symbol(text) for text in texts]
    sheet = Image.new("L", (sum(item.width for item in symbols), max(item.height for item in symbols)), 255)
    left = 0
    for item in symbols:
        sheet.paste(item, (left, 0))
        left += item.width
    return sheet


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        ((), "qr-not-found"),
        (("https://elsewhere.example",), "record-unreadable"),
        ((TEXT, "https://elsewhere.example"), None),
        ((TEXT, record_text(FIELDS)), "qr-several"),
    ],
)
def test_of_several_symbols_only_one_may_be_a_record(
    texts: tuple[str, ...],
    code: str | None,
    tmp_path: Path,
    dual_tree: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    picture = tmp_path / "sheet.png"
    (side_by_side(*texts) if texts else Image.new("L", (50, 50), 255)).save(picture)
    exit_code, out = run(capsys, "qr", picture, "--trust", dual_tree, "--json")
    codes = [item["code"] for item in json.loads(out)["findings"]]
    assert (code in codes and exit_code == 2) if code else exit_code == 0


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\x89PNG\r\n\x1a\n" + bytes(100), b"\xff\xd8\xff" + bytes(50)]
)
def test_what_is_no_picture_is_said_to_be_unreadable(
    content: bytes, tmp_path: Path, dual_tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "broken.png"
    picture.write_bytes(content)
    code, out = run(capsys, "qr", picture, "--trust", dual_tree, "--json")
    assert (code, json.loads(out)["findings"][0]["code"]) == (2, "image-unreadable")


def test_a_picture_with_too_many_pixels_is_not_unpacked(
    tmp_path: Path, dual_tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "bomb.png"
    Image.new("1", (9000, 9000)).save(picture)
    code, out = run(capsys, "qr", picture, "--trust", dual_tree, "--json")
    assert (code, json.loads(out)["findings"][0]["code"]) == (2, "image-unreadable")


def test_a_bundle_is_held_against_the_tree_beside_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = Log(fields=dict(DUAL), cosigned_at=NOW - timedelta(days=1))
    old.later(3).write(tmp_path)
    bundle = tmp_path / "bundle.json"
    bundle.write_text(json.dumps(old.bundle()))
    exit_code, out = run(capsys, "bundle", bundle, "--trust", tmp_path, "--json")
    told = json.loads(out)
    assert (exit_code, told["status"], told["as_of"]) == (1, "revoked", "2026-11-20T08:00:00Z")


def test_a_bundle_is_checked(tmp_path: Path, dual_tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = tmp_path / "bundle.json"
    bundle.write_text(json.dumps(Log(fields=dict(DUAL), filler=3).bundle()))
    assert run(capsys, "bundle", bundle, "--trust", dual_tree)[0] == 0
    assert run(capsys, "bundle", tmp_path / "none.json", "--trust", dual_tree)[0] == 2


@pytest.mark.parametrize(
    ("outcome", "text", "code", "finding"),
    [
        ("original", TEXT, 0, None),
        ("altered", None, 1, "document-altered"),
        ("not-original", None, 2, "document-not-original"),
        ("unreadable", None, 2, "document-unreadable"),
    ],
)
def test_a_document_is_judged_before_its_record(
    outcome: Any,
    text: str | None,
    code: int,
    finding: str | None,
    tmp_path: Path,
    dual_tree: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = document.DocumentCheck(outcome=outcome, record_text=text, code="", layout="certificate/v1")
    monkeypatch.setattr(document, "check_document", lambda raw, trust: told)
    pdf = tmp_path / "certificate.pdf"
    pdf.write_bytes(b"%PDF-1.7")
    exit_code, out = run(capsys, "pdf", pdf, "--trust", dual_tree, "--json")
    codes = [item["code"] for item in json.loads(out)["findings"]]
    assert exit_code == code
    assert finding is None or finding in codes


@pytest.mark.parametrize(
    "arguments", [[], ["qr"], ["qr", "x"], ["qr", "x", "--trust", ".", "--max-age-days", "-1"]]
)
def test_an_unusable_command_line_ends_with_two(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


@pytest.mark.parametrize("arguments", [["--help"], ["qr", "--help"], ["pdf", "--help"], ["bundle", "--help"]])
def test_every_command_explains_itself(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0
    assert "无法判定" in capsys.readouterr().out


def test_the_module_runs_and_reads_from_standard_input(dual_tree: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "certverify",
            "qr",
            "-",
            "--trust",
            str(dual_tree),
            "--json",
            "--max-age-days",
            "36500",
        ],
        input="hello\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (2, "")
    assert json.loads(done.stdout)["findings"][0]["code"] == "record-unreadable"


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert (ended.value.code, capsys.readouterr().out.split()[0]) == (0, "certverify")


def test_a_full_disk_is_no_crash_and_a_narrow_terminal_gets_english() -> None:
    command = [sys.executable, "-m", "certverify", "explain", "revoked"]
    with Path("/dev/full").open("w") as full:
        told = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (told.returncode, "Traceback" in told.stderr, "standard output" in told.stderr) == (2, False, True)
    narrow = {**os.environ, "PYTHONIOENCODING": "ascii"}
    shown = subprocess.run(command, env=narrow, capture_output=True, text=True, check=True).stdout
    assert "What to do" in shown
    assert "?" not in shown
