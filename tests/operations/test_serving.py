"""The server works on what waits; it may be killed at any moment, and ends quickly when it is asked to."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from certverify import check_record, load_trust, open_ledger
from certverify.leaf import EventLeaf, decode_leaf

from certsvc.adapters.clock import SystemClock
from certsvc.bootstrap import Office, open_office, prepare_home
from certsvc.domain.filing import FilingStatus
from certsvc.formats.record import record_text
from certsvc.settings import Settings
from certsvc.stages.published_log import PublishedLog
from tests.operations.serving import Service
from tests.support.workbooks import EXAMPLES, REGULAR

KILLS = int(os.environ.get("SOAK_KILLS", "5"))
EVERYBODY = 60


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[Office]:
    settings = Settings(home=tmp_path / "var", database_url=database_url, _env_file=None)
    prepare_home(settings)
    opened = open_office(settings)
    opened.load_registry((EXAMPLES / "registry.json").read_bytes())
    yield opened
    opened.close()


def queue_work(office: Office) -> str:
    """A filing whose issue was ordered by two persons, and that nobody has begun to work on."""
    report = office.submit((EXAMPLES / REGULAR).read_bytes(), REGULAR)
    office.approval.approve(report.filing, "maker")
    office.approval.begin_issue(report.filing, "checker")
    return report.filing


def eventually(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def is_issued(office: Office, filing: str) -> bool:
    return office.filings.report(filing).status is FilingStatus.ISSUED


def test_a_server_killed_at_random_moments_of_an_issue_makes_everything_exactly_once(office: Office) -> None:
    filing = queue_work(office)
    moments = random.Random(20261121)
    for _ in range(KILLS):
        service = Service(office.settings)
        time.sleep(moments.uniform(0.7, 1.9))
        service.kill()
    service = Service(office.settings)
    service.wait_until_it_answers()
    eventually(lambda: is_issued(office, filing))
    code, seconds = service.terminate()
    assert (code, seconds < 5) == (0, True), service.log.read_text(encoding="utf-8")
    require_exactly_once(office, filing)


def require_exactly_once(office: Office, filing: str) -> None:
    """One certificate, number, slot and leaf for each person, and an outsider passes every one."""
    published = office.certificates.published(filing=filing)
    numbers = {one.draft.content.number for one in published}
    slots = sorted(one.draft.content.slot for one in published)
    assert (len(published), len(numbers), len(set(slots))) == (EVERYBODY, EVERYBODY, EVERYBODY)
    log = PublishedLog(office.tree, office.log_keys)
    leaves = (decode_leaf(log.entry(index)) for index in range(log.size))
    assert sorted(leaf.slot for leaf in leaves if isinstance(leaf, EventLeaf)) == slots
    trust = load_trust(office.settings.public_folder)
    ledger = open_ledger(office.settings.public_folder, trust)
    for one in published:
        text = record_text(one.record, office.settings.qr_prefix)
        assert check_record(text, trust, ledger, SystemClock().now()).outcome.exit_code == 0


def test_sigterm_during_an_issue_ends_within_five_seconds_and_the_next_server_goes_on(office: Office) -> None:
    filing = queue_work(office)
    service = Service(office.settings)
    eventually(lambda: bool(office.certificates.progress(filing)))
    code, seconds = service.terminate()
    assert (code, seconds < 5) == (0, True), service.log.read_text(encoding="utf-8")
    alone = Service(office.settings, "sequencer")
    eventually(lambda: is_issued(office, filing))
    assert alone.terminate()[0] == 0, alone.log.read_text(encoding="utf-8")
    require_exactly_once(office, filing)


def test_the_command_and_the_server_may_issue_the_same_filing_at_once(office: Office) -> None:
    filing = queue_work(office)
    service = Service(office.settings)
    service.wait_until_it_answers()
    command = Service(office.settings, "issue", filing, "--actor", "checker")
    assert command.process.wait(timeout=120) == 0, command.log.read_text(encoding="utf-8")
    eventually(lambda: is_issued(office, filing))
    assert service.terminate()[0] == 0
    require_exactly_once(office, filing)


def test_a_public_tree_of_another_history_stops_the_server_with_a_word(office: Office) -> None:
    service = Service(office.settings)
    service.wait_until_it_answers()
    checkpoint = office.settings.public_folder / "checkpoint"
    altered = checkpoint.read_text(encoding="utf-8").replace("\n1\n", "\n9\n", 1)
    assert altered != checkpoint.read_text(encoding="utf-8")
    checkpoint.write_text(altered, encoding="utf-8")
    assert service.process.wait(timeout=120) == 3
    assert "integrity" in service.log.read_text(encoding="utf-8")
