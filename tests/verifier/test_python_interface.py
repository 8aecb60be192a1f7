"""The library as other programs use it: the examples of the docs run, and the wheel alone gives all of it."""

from __future__ import annotations

import doctest
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import certverify
import pytest
import qrcode

from tests.verifier.builders import DUAL, PREFIX, Log, record_text, write_files
from tests.verifier.test_sync import ANCHOR, signed

ROOT = Path(__file__).parents[2]
TEXT = PREFIX + record_text(DUAL)
COMMANDS = (
    "batch", "bundle", "check", "explain", "monitor", "past", "pdf", "qr", "receipt", "sandbox", "sync",
    "tlog-proof", "verdict", "witness",
)  # fmt: skip


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    log = Log(fields=dict(DUAL), filler=3)
    write_files(tmp_path / "public-tree", signed(log, [ANCHOR]) | log.files())
    (tmp_path / "anchor.vkey").write_text(f"{ANCHOR.vkey()}\n")
    (tmp_path / "qr.txt").write_text(f"{TEXT}\n")
    qrcode.make(TEXT, box_size=4).get_image().save(tmp_path / "photo.png", "PNG")
    rows = ["二维码内容,证书编号,姓名,后四位", TEXT, f"{TEXT[:-1]}Y", ",2205202600000018,林晓燕,123X"]
    (tmp_path / "list.csv").write_text("\n".join(rows), encoding="gb18030")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", ["docs/python-verifier.md", "verifier/README.md"])
def test_the_examples_of_the_docs_run_as_printed(page: str, workplace: Path) -> None:
    result = doctest.testfile(str(ROOT / page), module_relative=False, encoding="utf-8")
    assert result.attempted > 4
    assert result.failed == 0


def test_every_name_of_the_interface_is_there_and_described() -> None:
    page = (ROOT / "docs" / "python-verifier.md").read_text(encoding="utf-8")
    assert sorted(certverify.__all__, key=str.lower) == sorted(set(certverify.__all__), key=str.lower)
    for name in certverify.__all__:
        assert getattr(certverify, name).__doc__, name
    for name in (
        "check_record",
        "check_anything",
        "check_image",
        "check_pdf",
        "check_bundle",
        "mirror",
        "Batch",
    ):
        assert name in page


def test_the_version_is_that_of_the_distribution() -> None:
    project = tomllib.loads((ROOT / "verifier" / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert certverify.__version__ == project["version"]
    assert len(project["dependencies"]) == 4
    assert set(project["optional-dependencies"]) == {"batch", "upload", "witness"}


_WITHOUT_EXTRAS = """
import sys
from datetime import UTC, datetime
from importlib.machinery import PathFinder
refused = {"pyhanko", "pypdf", "pypdfium2", "python_calamine", "xlsxwriter", "starlette", "uvicorn", "h11", "certsvc",
           "click", "fastapi", "sqlalchemy"}
found = PathFinder.find_spec
PathFinder.find_spec = lambda name, *where: None if name.partition(".")[0] in refused else found(name, *where)
import certverify
from certverify.cli import main
assert certverify.__file__.startswith(sys.argv[1]), certverify.__file__
sys.exit(main(sys.argv[2:], clock=lambda: datetime(2026, 11, 20, 8, 30, tzinfo=UTC)))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the verifier, built without a network, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(command, cwd=ROOT / "verifier", capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    (wheel,) = folder.glob("*.whl")
    assert "certverify/py.typed" in zipfile.ZipFile(wheel).namelist()
    zipfile.ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


def run(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _WITHOUT_EXTRAS, str(site), *arguments]
    environment = {**os.environ, "PYTHONPATH": str(site), "PYTHONIOENCODING": "utf-8", "COLUMNS": "100"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_the_wheel_alone_shows_every_command_in_both_languages(site: Path) -> None:
    told = run(site, "--help")
    assert (told.returncode, told.stderr) == (0, "")
    assert all(f"    {name}" in told.stdout for name in COMMANDS)
    assert "离线查验" in told.stdout
    assert "offline" in told.stdout


def test_the_wheel_alone_checks_and_explains_and_names_the_extras_it_lacks(
    site: Path, workplace: Path
) -> None:
    for arguments, code in (
        (("check", "photo.png", "--trust", "public-tree"), 0),
        (("batch", "list.csv", "--trust", "public-tree"), 1),
        (("explain", "all"), 0),
        (("sync", "public-tree", "mirror"), 0),
    ):
        told = run(site, *arguments)
        assert told.returncode == code, told.stderr
    assert (
        "./verifier[batch]"
        in run(site, "batch", "list.csv", "--out", "o.xlsx", "--trust", "public-tree").stderr
    )
