"""The commands of service clients and of the audit trail."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import create_engine, text

from certsvc.entrypoints.cli.commands import certsvc
from certsvc.errors import UnreadableInput


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An initialised home, in force for the commands."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CERTSVC_HOME", str(tmp_path / "var"))
    assert run("init").exit_code == 0
    return tmp_path / "var"


def run(*words: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(certsvc, words)


def test_programs_are_registered_listed_and_removed(home: Path) -> None:
    key = ed25519.Ed25519PrivateKey.generate().public_key()
    (home / "upstream.pub").write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    add = ("client", "add", "upstream", "--public-key", str(home / "upstream.pub"), "--purpose", "filing")
    assert run(*add).exit_code == 0
    assert run(*add).exit_code == 0
    assert run("client", "list").output == "upstream\tfiling\n"
    assert run("client", "remove", "upstream").exit_code == 0
    assert run("client", "list").output == ""
    shown = json.loads(run("audit", "show", "--object", "client/upstream", "--json").output)
    assert [one["action"] for one in shown["entries"]] == ["machine:client:add", "machine:client:remove"]
    assert "machine:client:remove" in run("audit", "show", "--object", "client/upstream").output


@pytest.mark.parametrize("name", ["", "x" * 65, "a\nb"])
def test_unfit_names_are_wrong_usage(home: Path, name: str) -> None:
    (home / "any").write_bytes(b"")
    answer = run("client", "add", name, "--public-key", str(home / "any"), "--purpose", "filing")
    assert answer.exit_code == 2


def test_what_is_no_key_is_refused(home: Path) -> None:
    (home / "noise").write_bytes(b"noise")
    answer = run("client", "add", "upstream", "--public-key", str(home / "noise"), "--purpose", "filing")
    assert isinstance(answer.exception, UnreadableInput)


def test_a_broken_chain_ends_with_one(home: Path) -> None:
    whole = run("audit", "verify", "--json")
    assert (whole.exit_code, json.loads(whole.output)["fault"]) == (0, None)
    assert "留痕完整" in run("audit", "verify").output
    engine = create_engine(f"sqlite:///{home / 'certsvc.sqlite3'}")
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_entry_no_update"))
        connection.execute(text("UPDATE audit_entry SET actor = 'somebody' WHERE position = 2"))
    engine.dispose()
    broken = run("audit", "verify", "--json")
    assert (broken.exit_code, json.loads(broken.output)["entries"]) == (1, 1)
    assert run("audit", "verify").exit_code == 1


def test_an_object_without_entries_says_so(home: Path) -> None:
    assert "没有" in run("audit", "show", "--object", "filing/none").output
