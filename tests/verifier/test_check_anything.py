"""`certverify check`: whatever is handed over is recognised by its content, and every code in it has its own verdict."""

from __future__ import annotations

import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import qrcode
from certverify import extras
from certverify.cli import main
from PIL import Image

from tests.verifier.builders import DUAL, FIELDS, NOW, PREFIX, Log, record_text

VECTORS = Path(__file__).parents[1] / "vectors"
GOOD = PREFIX + record_text(DUAL)
OTHER = PREFIX + record_text(FIELDS | {"slot": 9})
CODE = "22222-22222-22222"


def check(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, Any]]:
    code = main(["check", *map(str, arguments), "--json"], clock=lambda: NOW)
    return code, json.loads(capsys.readouterr().out)


def codes_of(told: dict[str, Any]) -> list[list[str]]:
    return [
        [item["code"] for item in answer["verdict"]["findings"] if item["code"] != "trust-not-pinned"]
        for answer in told["answers"]
    ]


def symbol(text: str, box_size: int = 6) -> Image.Image:
    picture: Image.Image = qrcode.make(text, box_size=box_size).get_image()
    return picture.convert("RGB")


def side_by_side(*pictures: Image.Image) -> Image.Image:
    page = Image.new(
        "RGB", (sum(one.width for one in pictures), max(one.height for one in pictures)), "white"
    )
    at = 0
    for one in pictures:
        page.paste(one, (at, 0))
        at += one.width
    return page


def scan(page: Image.Image) -> bytes:
    raw = io.BytesIO()
    page.save(raw, "PDF", resolution=100)
    return raw.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kind", "exit_code", "codes"),
    [
        ("a.txt", GOOD.encode(), "record", 0, ["area-limited"]),
        ("with-bom.txt", b"\xef\xbb\xbf" + GOOD.encode() + b"\r\n", "record", 0, ["area-limited"]),
        ("altered.txt", GOOD[:-1].encode() + b"Y", "record", 1, ["record-altered"]),
        ("hello.txt", b"hello", "text", 2, ["record-unreadable"]),
        ("empty", b"", "text", 2, ["record-unreadable"]),
        ("picture.pdf", b"\xff\xd8\xff damaged", "picture", 2, ["image-unreadable"]),
        ("phone.jpg", b"\0\0\0\x18ftypheic....", "foreign-picture", 2, ["image-unreadable"]),
        ("list.xlsx", b"PK\x03\x04....", "workbook", 2, ["record-unreadable"]),
        ("noise.bin", bytes(range(256)), "unknown", 2, ["record-unreadable"]),
        ("bundle.json", json.dumps(Log(fields=dict(DUAL), filler=3).bundle()).encode(), "bundle", 0, ["area-limited"]),
        ("bad.json", b'{"format": "certsvc-bundle/1"}', "bundle", 2, ["bundle-unreadable"]),
        ("past.json", b'{"format": "certsvc-past-bundle/1"}', "past-bundle", 2, ["bundle-unreadable"]),
        ("v.json", b'{"schema": "certsvc-verdict/1"}', "saved-verdict", 2, ["record-unreadable"]),
        ("s.json", b'{"payload": "", "protected": "", "signature": ""}', "signed-verdict", 2, ["signed-verdict-unreadable"]),
        ("o.json", b'{"a": 1}', "unknown", 2, ["record-unreadable"]),
    ],
)  # fmt: skip
def test_every_kind_is_known_by_its_content(
    name: str,
    content: bytes,
    kind: str,
    exit_code: int,
    codes: list[str],
    dual_tree: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / name).write_bytes(content)
    code, told = check(capsys, tmp_path / name, "--trust", dual_tree)
    found = [[one for one in answer if one != "no-witnesses"] for answer in codes_of(told)]
    assert (code, told["kind"], found) == (exit_code, kind, [codes])


def test_a_typed_manual_code_is_said_to_need_the_page_on_line(
    dual_tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = check(capsys, CODE, "--trust", dual_tree)
    assert (code, told["kind"], codes_of(told)) == (2, "manual-code", [["on-line-only"]])
    assert main(["qr", CODE, "--trust", str(dual_tree)], clock=lambda: NOW) == 2
    assert "联网" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("2205202600000018", "number"),
        ("２２０５２０２６ ００００００１８", "number"),
        ("ABCD-EFGH-JKMN-PQRS", "share-code"),
        ("b23456-789abc-defghj", "report-code"),
    ],
)
def test_what_only_the_service_can_look_up_is_said_to_need_it(
    typed: str, kind: str, dual_tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = check(capsys, typed, "--trust", dual_tree)
    assert (code, told["kind"], codes_of(told)) == (2, kind, [["on-line-only"]])
    assert len(told["hints"]) == 1


def test_a_signed_verdict_is_checked_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vectors = json.loads((VECTORS / "signed-verdict.json").read_text(encoding="utf-8"))
    for name, file in (("trust_list", "trust-list.json"), ("tables", "tables.json"), ("policy", "policy")):
        (tmp_path / file).write_text(vectors[name], encoding="utf-8")
    now = datetime.fromisoformat(vectors["now"])
    for case in vectors["cases"]:
        if case["qr"] is None:
            (tmp_path / "signed.json").write_text(case["file"], encoding="utf-8")
            arguments = ["check", str(tmp_path / "signed.json"), "--trust", str(tmp_path), "--json"]
            main(arguments, clock=lambda: now)
            told = json.loads(capsys.readouterr().out)
            if told["kind"] != "signed-verdict":
                assert told["verdict"] == "undetermined", case["name"]
                continue
            codes = [code for code in codes_of(told)[0] if code in case["codes"]]
            assert (told["verdict"], codes[: len(case["codes"])]) == (case["outcome"], case["codes"]), case[
                "name"
            ]


def test_every_code_of_a_picture_has_its_own_verdict(
    dual_tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    side_by_side(symbol(GOOD), symbol(OTHER), symbol("https://shop.example/")).save(tmp_path / "two.png")
    code, told = check(capsys, tmp_path / "two.png", "--trust", dual_tree)
    assert (code, told["verdict"]) == (2, "undetermined")
    verdicts = {answer["verdict"]["verdict"] for answer in told["answers"]}
    assert (verdicts, [answer["number"] for answer in told["answers"]]) == (
        {"passed", "undetermined"},
        [1, 2],
    )
    assert main(["check", str(tmp_path / "two.png"), "--trust", str(dual_tree)], clock=lambda: NOW) == 2
    assert capsys.readouterr().out.count("个二维码，共 2 个") == 2


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_a_photo_is_read_however_the_camera_was_held(
    orientation: int, kind: str, dual_tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}.get(orientation)
    held = symbol(GOOD) if back is None else symbol(GOOD).transpose(Image.Transpose(back))
    held.save(tmp_path / "photo", kind, exif=exif, quality=90)
    assert check(capsys, tmp_path / "photo", "--trust", dual_tree)[0] == 0


@pytest.mark.parametrize("kind", ["PNG", "BMP", "GIF"])
def test_small_faint_and_transparent_screenshots_are_read(
    kind: str, dual_tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = symbol(GOOD, box_size=2).point(lambda level: 150 + level // 6)
    small.convert("L").save(tmp_path / "small", kind)
    assert check(capsys, tmp_path / "small", "--trust", dual_tree)[0] == 0


def test_what_is_transparent_counts_as_white(
    dual_tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grey = symbol(GOOD).convert("L")
    layered = Image.new("RGBA", grey.size, (0, 0, 0, 0))
    layered.putalpha(grey.point(lambda level: 255 - level))
    layered.save(tmp_path / "layered.png")
    assert check(capsys, tmp_path / "layered.png", "--trust", dual_tree)[0] == 0


def test_a_scan_in_a_pdf_is_read_as_a_photo_is(
    dual_tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "scan.pdf").write_bytes(scan(symbol(GOOD)))
    code, told = check(capsys, tmp_path / "scan.pdf", "--trust", dual_tree)
    assert (code, told["kind"], [hint["en"][:18] for hint in told["hints"]]) == (
        0,
        "pdf",
        ["This PDF is a scan"],
    )
    code = main(["qr", str(tmp_path / "scan.pdf"), "--trust", str(dual_tree), "--json"], clock=lambda: NOW)
    assert (code, json.loads(capsys.readouterr().out)["verdict"]) == (0, "passed")


def test_a_scan_of_two_certificates_has_two_verdicts_and_a_blank_one_is_no_original(
    dual_tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "two.pdf").write_bytes(scan(side_by_side(symbol(GOOD), symbol(GOOD[:-1] + "Y"))))
    code, told = check(capsys, tmp_path / "two.pdf", "--trust", dual_tree)
    assert (code, len(told["answers"])) == (0, 1), (
        "a code that holds no record is not counted beside one that does"
    )
    (tmp_path / "blank.pdf").write_bytes(scan(Image.new("L", (300, 300), 255)))
    code, told = check(capsys, tmp_path / "blank.pdf", "--trust", dual_tree)
    assert (code, codes_of(told)) == (2, [["document-not-original"]])


def test_a_missing_library_is_named_with_the_extra_that_brings_it(
    dual_tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scan.pdf").write_bytes(scan(symbol(GOOD)))
    monkeypatch.setattr("certverify.pdf_sandbox.shared_sandbox", lambda: None)
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    code, told = check(capsys, tmp_path / "scan.pdf", "--trust", dual_tree)
    assert (code, codes_of(told)) == (2, [["document-not-original", "document-not-examined"]])
    assert "./verifier[upload]" in told["hints"][0]["zh"]
    assert main(["pdf", str(tmp_path / "scan.pdf"), "--trust", str(dual_tree)], clock=lambda: NOW) == 2
    assert "./verifier[upload]" in capsys.readouterr().err


def test_a_folder_and_a_missing_file_are_told_as_such(
    dual_tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = check(capsys, tmp_path, "--trust", dual_tree)
    assert (code, codes_of(told), "batch" in told["hints"][0]["en"]) == (2, [["file-unreadable"]], True)
    assert codes_of(check(capsys, "nope.png", "--trust", dual_tree)[1]) == [["file-missing"]]
    assert codes_of(check(capsys, GOOD, "--trust", tmp_path)[1]) == [["trust-unreadable"]]
