"""`certsvc archive` in the hands of an operator."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from certsvc.adapters.clock import FixedClock, SystemClock
from certsvc.entrypoints.cli.commands import certsvc
from certsvc.errors import ConfigurationError, UnavailableError
from tests.archive.test_archiving import CERTIFICATES, DAY, ArchivedOffice
from tests.support.databases import SqliteFiles
from tests.support.timestamp_server import Behaviour, TimestampAuthority, timestamp_server


def run(*words: str) -> Result:
    """One command; what it raises comes out, as `main` gets it."""
    done = CliRunner().invoke(certsvc, ["archive", *words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_an_operator_archives_looks_checks_and_exports(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = SystemClock().now()
    authority = TimestampAuthority(now)
    with timestamp_server(authority, authority.unit(authority.start, 540 * DAY)) as server:
        office = ArchivedOffice(
            tmp_path / "var", FixedClock(now), SqliteFiles(tmp_path, sqlite_template).fresh(), server
        )
        authority.now = SystemClock().now
        settings = office.office.settings
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("CERTSVC_HOME", str(settings.home))
        monkeypatch.setenv("CERTSVC_DATABASE_URL", settings.effective_database_url)

        with pytest.raises(ConfigurationError, match="CERTSVC_TIMESTAMP_URL"):
            run("upgrade")
        assert "没有设置时间戳服务" in run("status").output
        monkeypatch.setenv("CERTSVC_TIMESTAMP_URL", server.address)
        monkeypatch.setenv("CERTSVC_TIMESTAMP_ROOTS", str(settings.timestamp_roots))
        monkeypatch.setenv("CERTSVC_REVOCATION_FOLDER", str(settings.revocation_folder))

        server.behaviour = Behaviour.BROKEN
        with pytest.raises(UnavailableError):
            run("upgrade")
        server.behaviour = Behaviour.GOOD
        altered, *_ = sorted(settings.documents_folder.rglob("*.pdf"))
        was, number = altered.read_bytes(), altered.name.partition("-")[0]
        altered.write_bytes(was + b" ")
        partly = run("upgrade", "--json")
        answer = json.loads(partly.stdout)
        assert (partly.exit_code, answer["archived"]) == (1, CERTIFICATES - 1)
        assert [(one["number"], one["fault"]) for one in answer["failed"]] == [(number, "altered")]
        status = json.loads(run("status", "--json").stdout)
        assert (status["total"], status["levels"]["B-LTA"], status["failed"]) == (
            CERTIFICATES,
            CERTIFICATES - 1,
            1,
        )
        assert f"{number} 第 1 版：文件与登记的摘要不符（已试 1 次" in run("status").output
        altered.write_bytes(was)
        assert run("upgrade", "--number", number).output == "已归档 1 份。\n"
        assert json.loads(run("check", "--json").stdout) == {"checked": CERTIFICATES, "wrong": []}

        out = tmp_path / "archive.pdf"
        assert f"已导出证书 {number} 第 1 版的归档文件" in run("export", number, "--out", str(out)).output
        assert out.read_bytes().startswith(was)
        (kept,) = settings.archive_folder.rglob(f"{number}-v1-a1.pdf")
        kept.write_bytes(kept.read_bytes() + b" ")
        checked = run("check", "--number", number)
        assert checked.exit_code == 1
        assert "文件与登记的摘要不符" in checked.output
        office.close()
