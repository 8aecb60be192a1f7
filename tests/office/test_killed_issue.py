"""kill -9 at any moment of an issue: run again, it makes nothing twice and loses nothing."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from certverify import check_pdf, load_trust, open_ledger
from certverify.leaf import EventLeaf, decode_leaf
from certverify.tree import split_entries

from certsvc.adapters.clock import SystemClock
from certsvc.bootstrap import open_office, prepare_home
from certsvc.formats.tile import entries_path
from certsvc.settings import Settings
from tests.support.workbooks import EXAMPLES, REGULAR

KILLS = 6
LONGEST = 2.5


def test_an_issue_killed_at_random_moments_ends_with_one_certificate_number_and_leaf_each(
    tmp_path: Path, database_url: str
) -> None:
    settings = Settings(home=tmp_path / "var", database_url=database_url, _env_file=None)
    prepare_home(settings)
    office = open_office(settings)
    office.load_registry((EXAMPLES / "registry.json").read_bytes())
    report = office.submit((EXAMPLES / REGULAR).read_bytes(), REGULAR)
    office.approval.approve(report.filing, "maker")
    command = [Path(sys.executable).parent / "certsvc", "issue", report.filing, "--actor", "checker"]
    environment = {**os.environ, "CERTSVC_HOME": str(settings.home), "CERTSVC_DATABASE_URL": database_url}
    moments = random.Random(20261120)
    for _ in range(KILLS):
        process = subprocess.Popen(
            command, env=environment, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(moments.uniform(0.6, LONGEST))
        process.send_signal(signal.SIGKILL)
        process.wait()
    subprocess.run(command, env=environment, cwd=tmp_path, check=True, capture_output=True)

    published = office.certificates.published(filing=report.filing)
    assert len(published) == report.rows.admitted == 60
    assert len({one.draft.content.number for one in published}) == 60
    assert len({one.draft.content.slot for one in published}) == 60
    assert _event_slots(settings.public_folder) == sorted(one.draft.content.slot for one in published)
    trust = load_trust(settings.public_folder)
    ledger = open_ledger(settings.public_folder, trust)
    for one in published:
        document = office.archive.read(one.draft.content.number, 1)
        assert document is not None
        assert check_pdf(document, trust, ledger, SystemClock().now()).outcome.exit_code == 0
    office.close()


def _event_slots(tree: Path) -> list[int]:
    """Slots of every event leaf in the published log."""
    size = int((tree / "checkpoint").read_text(encoding="utf-8").splitlines()[1])
    assert size < 256
    leaves = (decode_leaf(entry) for entry in split_entries((tree / entries_path(0, size)).read_bytes()))
    return sorted(leaf.slot for leaf in leaves if isinstance(leaf, EventLeaf))
