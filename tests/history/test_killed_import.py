"""kill -9 while a confirmed import is published: whoever works next finishes it, and nothing is published twice."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.entrypoints.jobs.steps import finish_cases
from tests.decisions.deciders import audit
from tests.history.papers import ZHOU, Archive, open_archive

ROOT = Path(__file__).parents[2]
ROWS = [
    ZHOU,
    {
        **ZHOU,
        "原职称名称": "中学一级教师",
        "原职称级别": "中级",
        "原证书编号": "吉中一字920101",
        "取得时间": "1992年6月",
    },
    {
        **ZHOU,
        "原职称名称": "中学二级教师",
        "原职称级别": "助理级",
        "原证书编号": "吉中二字860011",
        "取得时间": "1986年6月",
    },
]


@pytest.fixture
def archive(tmp_path: Path, clock: FixedClock, database_url: str) -> Iterator[Archive]:
    opened = open_archive(tmp_path, clock, database_url)
    yield opened
    opened.under_test.close()


def die_while_publishing(archive: Archive, import_id: str, chunks: int) -> None:
    """Run a confirmation in a process of its own that is killed after so many records."""
    settings = archive.office.settings
    now = archive.clock.now().isoformat()
    given = [str(settings.home), settings.effective_database_url, import_id, now, str(chunks)]
    process = subprocess.run(
        [sys.executable, "-m", "tests.history.dying_confirmation", *given],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert process.returncode == -signal.SIGKILL, process.stderr.decode()


@pytest.mark.parametrize("then", ["anybody catches up", "the background work"])
def test_a_broken_off_publication_is_finished_by_whoever_works_next(archive: Archive, then: str) -> None:
    answer = archive.bring_in(*ROWS)
    assert answer.kept is not None, answer.findings
    die_while_publishing(archive, answer.import_id, 1)
    references = archive.references(answer.import_id)
    slots = [archive.office.history.store.versions(one)[0].slot for one in references]
    assert [slot is None for slot in slots] == [False, True, True]
    if then == "anybody catches up":
        archive.office.catch_up()
    else:
        finish_cases(archive.office, lambda: False)
        while archive.office.record_waiting():
            pass
        archive.office.publish()
    assert [archive.ask(one)["status"] for one in references] == ["historical"] * 3
    archive.office.catch_up()
    events = audit(archive.office.settings.public_folder)
    assert [event.type.name for event in events] == ["HISTORICAL"] * 3
    assert len({event.slot for event in events}) == 3
    actions = [one.action for one in archive.office.trail.entries(f"history/{answer.import_id}")]
    assert actions == ["console:history:import", "console:history:confirm"]


def test_the_background_leaves_between_two_chunks_when_it_is_asked_to_stop(archive: Archive) -> None:
    answer = archive.bring_in(ZHOU)
    archive.office.history.records.confirm(answer.import_id, archive.caller("second"))
    (reference,) = archive.references(answer.import_id)
    finish_cases(archive.office, lambda: True)
    assert archive.office.history.store.versions(reference)[0].slot is None
    finish_cases(archive.office, lambda: False)
    assert archive.office.history.store.versions(reference)[0].slot is not None
