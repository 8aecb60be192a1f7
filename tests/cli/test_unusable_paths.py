"""A path that cannot be written is told in a sentence and ends with exit code 2, whatever command was given it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from certsvc.domain.decision import DecisionKind
from certsvc.entrypoints.cli.commands import certsvc
from tests.decisions.deciders import Deciders, decision_day, issue_sun, open_deciders


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Deciders, dict[str, str]]]:
    """An office with a certificate that was revoked, and their names."""
    deciders = open_deciders(tmp_path_factory.mktemp("decided"), decision_day())
    certificate = issue_sun(deciders)
    stored = deciders.decide(DecisionKind.REVOKE, certificate.draft.content.number)
    names = {
        "number": certificate.draft.content.number,
        "decision": stored.id,
        "filing": certificate.draft.filing,
    }
    yield deciders, names
    deciders.close()


COMMANDS = (
    "ledger export {path}",
    "ledger receipt --decision {decision} --out {path}",
    "ledger receipt --filing {filing} --out {path}",
    "certificate past {number} --out {path}",
    "certificate export {number} --out {path}",
    "trust draft --out {path}",
    "backup {path}",
)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("place", ["/proc/certsvc", "a file/x"])
def test_a_path_that_cannot_be_written_is_a_sentence_and_exit_code_2(
    decided: tuple[Deciders, dict[str, str]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    command: str,
    place: str,
) -> None:
    deciders, names = decided
    (tmp_path / "a file").write_bytes(b"")
    path = place if place.startswith("/") else str(tmp_path / place)
    settings = deciders.office.settings
    monkeypatch.setenv("CERTSVC_HOME", str(settings.home))
    monkeypatch.setenv("CERTSVC_DATABASE_URL", settings.effective_database_url)
    words = [word.format(path=path, **names) for word in command.split(" ")]
    done = CliRunner().invoke(certsvc, words)
    assert done.exit_code == 2, (done.output, done.exception)
    assert f"不能写入 {path}" in done.output
    assert "Traceback" not in done.output
