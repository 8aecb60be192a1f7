"""An installation out of the wheel alone has everything that the service needs."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHIPPED = ("templates", "verifier/web")
_PROBE = """
from pathlib import Path
import certsvc
from certsvc.adapters.shipped import shipped_folder
assert Path(certsvc.__file__).is_relative_to({site!r}), certsvc.__file__
for name in ("templates/fonts", "templates/certificate/v1", "templates/pages", "verifier/web"):
    assert shipped_folder(name).is_relative_to({site!r}), name
from certsvc.entrypoints.public_api import create_app
from certsvc.bootstrap import open_office, prepare_home
from certsvc.settings import Settings
settings = Settings(home={home!r}, _env_file=None)
prepare_home(settings)
open_office(settings).close()
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    (found,) = folder.glob("*.whl")
    return found


def test_the_wheel_holds_every_shipped_file_and_nothing_of_a_workplace(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        f"certsvc/_shipped/{path.relative_to(ROOT)}"
        for folder in SHIPPED
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert wanted <= names
    assert {name for name in names if name.startswith("certsvc/_shipped/")} == wanted
    assert "certsvc/adapters/migrations/versions/0001_the_first_tables.py" in names
    assert {
        f"certsvc/policies/{path.name}" for path in (ROOT / "certsvc" / "policies").glob("*.json")
    } <= names
    assert not [name for name in names if name.endswith((".pem", ".key", ".sqlite3")) or "/var/" in name]


def test_the_service_starts_out_of_the_wheel(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    probe = _PROBE.format(site=str(site), home=str(tmp_path / "var"))
    environment = {**os.environ, "PYTHONPATH": str(site)}
    done = subprocess.run(
        [sys.executable, "-c", probe],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
