"""An office restored from an older backup: what the log knows counts at once, and people are told what to do again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from certverify import load_trust, open_ledger
from certverify.bundle import check_bundle
from certverify.verdict import Outcome

from certsvc.bootstrap import Office, open_office
from certsvc.domain.decision import DecisionKind
from certsvc.errors import IntegrityError, OlderDatabase
from certsvc.formats.record import record_text
from certsvc.ports.ledger_rebuilding import Adoption
from certsvc.settings import Settings
from tests.decisions.deciders import Deciders, decision_day, issue_sample, issue_sun, open_deciders
from tests.support.databases import Databases
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import DUAL_DIRECTED, sample

Lost = tuple[Deciders, Office, str]


@pytest.fixture
def lost(tmp_path: Path, databases: Databases) -> Iterator[Lost]:
    """An office that went on after its backup (孙建国 revoked, three certificates issued), and its restored copy."""
    url = databases.fresh()
    deciders = open_deciders(tmp_path / "home", decision_day(), url)
    number = issue_sun(deciders).draft.content.number
    home = deciders.office.settings.home
    for engine in (deciders.office.engine, deciders.office.reading_engine):
        engine.dispose()
    copy = databases.copy(url)
    deciders.decide(DecisionKind.REVOKE, number)
    issue_sample(deciders, 3)
    restored_home = tmp_path / "restored"
    restored_home.mkdir()
    for part in ("keys", "documents", "public"):
        shutil.copytree(home / part, restored_home / part)
    settings = Settings(home=restored_home, database_url=copy, suspension="on", _env_file=None)
    restored = open_office(settings, deciders.clock)
    yield deciders, restored, number
    restored.close()
    deciders.close()


def test_the_restored_office_refuses_until_it_is_rebuilt_and_then_goes_on(
    lost: Lost,
) -> None:
    _, restored, _ = lost
    with pytest.raises(OlderDatabase, match="恢复了旧备份"):
        restored.record_waiting()
    report = restored.ledger_desk.rebuild(from_scratch=False)
    assert [one.adoption for one in report.told] == [
        Adoption.KNOWN_SLOT,  # 撤销
        Adoption.FOREIGN,  # its credit record
        *[Adoption.FOREIGN] * 3,
    ]
    fsck = restored.ledger_desk.fsck()
    assert fsck.sound, fsck.faults.kept
    restored.catch_up()
    restored.republish()


def test_a_lost_revocation_is_answered_out_of_the_log_before_it_is_recorded_again(
    lost: Lost,
) -> None:
    _, restored, number = lost
    restored.ledger_desk.rebuild(from_scratch=False)
    (sun,) = restored.certificates.published(number=number)
    verdict = restored.verification.check_qr(record_text(sun.record)).as_json()
    assert (verdict["verdict"], verdict["status"]) == ("failed", "revoked")


def test_the_lost_decision_is_recorded_again_and_the_log_goes_on(lost: Lost) -> None:
    deciders, restored, number = lost
    restored.ledger_desk.rebuild(from_scratch=False)
    decision = restored.deciding.propose(
        DecisionKind.REVOKE,
        number,
        "吉人社撤销〔2024〕7号",
        deciders.clock.today(),
        "重新录入",
        "maker",
    )
    restored.confirm_decision(decision, "checker")
    assert restored.ledger_desk.fsck().sound


def test_the_commands_name_what_people_have_to_do(lost: Lost) -> None:
    _, restored, _ = lost
    first = run(restored, "rebuild", "--json")
    assert first.returncode == 1, first.stderr
    events = json.loads(first.stdout)["told"]
    assert [event["found"] for event in events] == ["known-slot", "foreign", "foreign", "foreign", "foreign"]
    assert events[0]["kind"] == "revoked"
    again = run(restored, "rebuild")
    assert (again.returncode, "未作改动" in again.stdout) == (0, True)
    checked = run(restored, "fsck")
    assert (checked.returncode, "全部一致" in checked.stdout) == (0, True), checked.stdout
    reconciled = run(restored, "reconcile")
    assert (reconciled.returncode, "没有业务记录的事件" in reconciled.stdout) == (1, True), reconciled.stdout


def test_a_fork_is_given_up_from_scratch_and_its_certificates_are_logged_anew(
    tmp_path: Path, databases: Databases
) -> None:
    """Two histories of one beginning: what the public one lacks is appended to it, and every certificate checks."""
    url = databases.fresh()
    deciders = open_deciders(tmp_path / "home", decision_day(), url)
    common = issue_sun(deciders)
    home = deciders.office.settings.home
    for engine in (deciders.office.engine, deciders.office.reading_engine):
        engine.dispose()
    copy, early = databases.copy(url), shutil.copytree(home / "public", tmp_path / "early")
    issue_sample(deciders, 2)
    other_home = tmp_path / "other"
    other_home.mkdir()
    for part in ("keys", "documents"):
        shutil.copytree(home / part, other_home / part)
    shutil.copytree(early, other_home / "public")
    settings = Settings(home=other_home, database_url=copy, suspension="on", _env_file=None)
    other = Deciders(deciders.under_test, deciders.clock)
    other.under_test = OfficeUnderTest(other_home, deciders.clock, copy, suspension="on")
    lost = other.under_test.issue(other.under_test.submit(sample(DUAL_DIRECTED).xlsx()))
    shutil.rmtree(other_home / "public")
    shutil.copytree(home / "public", other_home / "public")
    restored = open_office(settings, deciders.clock)
    restored.ledger_desk.rebuild(from_scratch=True)
    assert restored.ledger_desk.fsck().sound
    with pytest.raises(IntegrityError, match="last-checkpoint"):
        restored.catch_up()  # this machine has shown the other history: whoever gives that up says so
    (other_home / "last-checkpoint").rename(other_home / "last-checkpoint.given-up")
    restored.catch_up()
    assert restored.ledger_desk.fsck().sound
    folder = settings.public_folder
    trust = load_trust(folder)
    for certificate in (common, *lost):
        (found,) = restored.certificates.published(number=certificate.draft.content.number)
        bundle = tmp_path / "out" / f"{found.draft.content.number}.bundle.json"
        restored.export(tmp_path / "out", number=found.draft.content.number)
        verdict = check_bundle(
            bundle.read_bytes(), trust, deciders.clock.now(), ledger=open_ledger(folder, trust)
        )
        assert verdict.outcome is Outcome.PASSED, verdict
    restored.close()
    other.under_test.close()
    deciders.close()


def run(office: Office, *words: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, as an operator runs it."""
    settings = office.settings
    given = {"CERTSVC_HOME": str(settings.home), "CERTSVC_DATABASE_URL": str(settings.database_url)}
    program = Path(sys.executable).with_name("certsvc")
    return subprocess.run(
        [program, "ledger", *words], env={**os.environ, **given}, capture_output=True, text=True, check=False
    )
