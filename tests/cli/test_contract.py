"""The command line contract, walked by the real programs in a fresh home (docs/cli.md)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.workbooks import DUAL_DIRECTED, EXAMPLES, FAULTY, sample

PROGRAMS = Path(sys.executable).parent


@dataclass(frozen=True)
class Answer:
    """What a program said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as the one JSON object it must be."""
        return json.loads(self.out)


Run = Callable[..., Answer]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("office")


@pytest.fixture(scope="module")
def run(home: Path) -> Run:
    """Runs `certsvc` or `certverify` in the module's home."""
    environment = {**os.environ, "CERTSVC_HOME": str(home / "var"), "COLUMNS": "100"}

    def call(*words: object) -> Answer:
        program, *rest = (str(word) for word in words)
        done = subprocess.run(
            [PROGRAMS / program, *rest],
            cwd=home,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    return call


@pytest.fixture(scope="module")
def filing(run: Run) -> str:
    """A good dual-directed filing in an initialised home."""
    assert run("certsvc", "init").code == 0
    assert run("certsvc", "init").code == 0
    assert run("certsvc", "registry", "load", EXAMPLES / "registry.json").code == 0
    answer = run("certsvc", "filing", "submit", EXAMPLES / DUAL_DIRECTED, "--json")
    assert answer.code == 0, answer
    assert answer.json["rows"] == {"total": 8, "admitted": 8, "held": 0, "refused": 0}
    return str(answer.json["filing"])


@pytest.fixture(scope="module")
def tree(run: Run, filing: str, home: Path) -> Path:
    """The certificates of the filing, issued by two persons and exported, with the public tree beside them."""
    assert run("certsvc", "filing", "approve", filing, "--actor", "maker").code == 0
    issued = run("certsvc", "issue", filing, "--actor", "checker", "--json")
    assert (issued.code, issued.json["certificates"]) == (0, {"published": 8})
    assert run("certsvc", "certificate", "export", "--filing", filing, "--out", home / "out").code == 0
    assert run("certsvc", "ledger", "export", home / "tree").code == 0
    return home / "tree"


def test_the_same_file_twice_is_one_filing(run: Run, filing: str) -> None:
    again = run("certsvc", "filing", "submit", EXAMPLES / DUAL_DIRECTED, "--json")
    assert (again.code, again.json["filing"]) == (0, filing)


def test_findings_end_with_one_and_unreadable_files_with_two(run: Run, filing: str, home: Path) -> None:
    faulty = run("certsvc", "filing", "submit", EXAMPLES / FAULTY, "--json")
    assert faulty.code == 1
    assert set(faulty.json) == {"filing", "status", "rows", "findings"}
    assert {frozenset(f) for f in faulty.json["findings"]} == {
        frozenset({"row", "column", "code", "severity", "case", "clause", "message"})
    }
    (home / "noise.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    noise = run("certsvc", "filing", "submit", home / "noise.xlsx", "--json")
    assert (noise.code, noise.json["status"]) == (2, "unreadable")


UNREADABLE: list[tuple[str, bytes | None, str, int | None]] = [
    ("empty.xlsx", b"", "file-empty", 88),
    (
        "locked.xlsx",
        bytes.fromhex("D0CF11E0A1B11AE1") + "EncryptedPackage".encode("utf-16-le"),
        "file-unsafe",
        92,
    ),
    ("utf16.csv", "批次编号,1".encode("utf-16"), "file-encoding", 85),
    ("other.csv", b"hello\n\nworld", "file-layout", 86),
    ("noise.xlsx", b"PK\x03\x04 not a workbook", "file-damaged", None),
    ("absent.xlsx", None, "file-missing", None),
    (".", None, "file-missing", None),
]


@pytest.mark.parametrize(("name", "content", "code", "case"), UNREADABLE)
def test_a_file_that_cannot_be_read_is_answered_like_any_filing(
    run: Run, filing: str, home: Path, name: str, content: bytes | None, code: str, case: int | None
) -> None:
    if content is not None:
        (home / name).write_bytes(content)
    answer = run("certsvc", "filing", "submit", home / name, "--json")
    (finding,) = answer.json["findings"]
    assert (answer.code, answer.json) == (
        2,
        {
            "filing": None,
            "status": "unreadable",
            "rows": {"total": 0, "admitted": 0, "held": 0, "refused": 0},
            "findings": [finding],
        },
    )
    assert finding["clause"]
    assert finding["message"].endswith("。")
    assert {key: finding[key] for key in finding if key not in ("clause", "message")} == {
        "row": None,
        "column": None,
        "code": code,
        "severity": "error",
        "case": case,
    }
    plain = run("certsvc", "filing", "submit", home / name)
    assert (plain.code, plain.out) == (2, "")
    assert finding["message"] in plain.err.replace("\n", "")


def test_an_office_without_home_or_registry_ends_with_three(tmp_path: Path) -> None:
    def call(*words: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [PROGRAMS / "certsvc", *(str(word) for word in words)],
            env={**os.environ, "CERTSVC_HOME": str(tmp_path / "var")},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    submit = ("filing", "submit", EXAMPLES / DUAL_DIRECTED, "--json")
    assert (call(*submit).returncode, call("init").returncode, call(*submit).returncode) == (3, 0, 3)
    assert call(*submit).stdout == ""


@pytest.mark.parametrize("actor", ["nobody", "county", "city"])
def test_only_registered_persons_of_the_province_approve(
    run: Run, home: Path, filing: str, actor: str
) -> None:
    (home / "other.xlsx").write_bytes(sample(DUAL_DIRECTED).with_rows([{}]).xlsx())
    other = run("certsvc", "filing", "submit", home / "other.xlsx", "--json").json["filing"]
    refused = run("certsvc", "filing", "approve", other, "--actor", actor)
    assert refused.code == 3
    assert refused.out == ""


def test_a_person_who_approved_cannot_issue(run: Run, tree: Path, home: Path) -> None:
    (home / "third.xlsx").write_bytes(
        sample("2023-常规-公路工程.xlsx")
        .with_rows([{}])
        .with_header(公布文号="吉人社职字〔2023〕190号")
        .xlsx()
    )
    third = run("certsvc", "filing", "submit", home / "third.xlsx", "--json").json["filing"]
    assert run("certsvc", "issue", third, "--actor", "checker").code == 3
    assert run("certsvc", "filing", "approve", third, "--actor", "maker").code == 0
    same = run("certsvc", "issue", third, "--actor", "maker")
    assert (same.code, "同一人" in same.err) == (3, True)
    assert run("certsvc", "issue", third, "--actor", "checker").code == 0
    assert run("certsvc", "issue", third, "--actor", "checker").code == 0


def test_an_outsider_checks_pdf_bundle_and_picture_against_the_downloaded_tree(
    run: Run, tree: Path, home: Path
) -> None:
    pdf = sorted((home / "out").glob("*.pdf"))[0]
    bundle = pdf.with_suffix(".bundle.json")
    record = json.loads(bundle.read_bytes())["record"]
    for words in (("pdf", pdf), ("bundle", bundle), ("qr", f"https://any.example/v#{record}")):
        passed = run("certverify", *words, "--trust", tree, "--json")
        assert (passed.code, passed.json["verdict"]) == (0, "passed"), words
    elsewhere = run("certverify", "pdf", pdf, "--trust", tree, "--place", "222401", "--json")
    assert (elsewhere.code, elsewhere.json["valid_here"]) == (1, "no")


def test_a_damaged_signature_is_not_valid_and_an_undecodable_text_cannot_be_told(
    run: Run, tree: Path, home: Path
) -> None:
    record = json.loads(sorted((home / "out").glob("*.json"))[0].read_bytes())["record"]
    swapped = record[:-3] + ("A" if record[-3] != "A" else "B") + record[-2:]
    assert run("certverify", "qr", swapped, "--trust", tree).code == 1
    assert run("certverify", "qr", "THIS IS NO RECORD", "--trust", tree).code == 2
    pdf = sorted((home / "out").glob("*.pdf"))[0].read_bytes()
    for place in (100, len(pdf) // 2, len(pdf) - 1500):
        altered = bytearray(pdf)
        altered[place] ^= 1
        (home / "altered.pdf").write_bytes(altered)
        assert run("certverify", "pdf", home / "altered.pdf", "--trust", tree).code == 1, place


def test_an_unknown_setting_is_an_error(home: Path) -> None:
    done = subprocess.run(
        [PROGRAMS / "certsvc", "actor", "list"],
        env={**os.environ, "CERTSVC_HOEM": "x"},
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert "CERTSVC_HOEM" in done.stderr
