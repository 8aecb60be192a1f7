"""Settings are read once, and an unknown key is an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from certsvc.errors import ConfigurationError
from certsvc.settings import load_settings


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_everything_stands_below_home_unless_set_apart(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CERTSVC_HOME", str(tmp_path / "office"))
    settings = load_settings()
    assert settings.keys_folder == tmp_path / "office" / "keys"
    assert settings.public_folder == tmp_path / "office" / "public"
    assert settings.effective_database_url == f"sqlite:///{tmp_path / 'office' / 'certsvc.sqlite3'}"


def test_the_database_may_stand_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTSVC_DATABASE_URL", "postgresql+psycopg://db/certsvc")
    assert load_settings().effective_database_url == "postgresql+psycopg://db/certsvc"


def test_a_file_gives_settings_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CERTSVC_PORT=8123\n", encoding="utf-8")
    assert load_settings().port == 8123


def test_an_unknown_variable_is_named_not_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTSVC_HOEM", "typo")
    with pytest.raises(ConfigurationError, match="CERTSVC_HOEM"):
        load_settings()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("CERTSVC_PUBLIC_URL", "http://host/"),
        ("CERTSVC_PUBLIC_URL", "ftp://host"),
        ("CERTSVC_ENVIRONMENT", "staging"),
        ("CERTSVC_PORT", "0"),
    ],
)
def test_an_unfit_value_is_refused(key: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(key, value)
    with pytest.raises(ConfigurationError, match=key):
        load_settings()


def test_a_typing_error_in_the_file_is_named_and_other_programs_keys_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("EDITOR=vi\n", encoding="utf-8")
    load_settings()
    (tmp_path / ".env").write_text("CERTSVC_PROT=8123\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="CERTSVC_PROT"):
        load_settings()
