"""An honest rotation of the record key accuses nobody, and is followed over the signed chain of the tree."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from certverify.checkpoint import decode_checkpoint
from certverify.errors import AuditError, CertverifyError, TrustListError
from certverify.monitor import Monitor
from certverify.monitor_audit import Auditor
from certverify.monitor_report import Report
from certverify.monitor_state import open_state
from certverify.replay_faults import RecordKeyUnknownError
from certverify.sources import FolderSource
from certverify.trust import decode_verifier_anchor
from certverify.trust_follow import TrustFollower

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.file_keys import ed25519_pem
from certsvc.domain.key_plan import KeyKind
from tests.support.databases import Databases
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import REGULAR
from tests.trust.conftest import House
from tests.trust.test_rotation import rotate


class Watcher:
    """An outsider whose own copy of the trust material was made before the rotation."""

    def __init__(self, house: House, home: Path) -> None:
        self.house, self.home = house, home
        self.public = house.public
        shutil.copytree(self.public, home / "trust", ignore=shutil.ignore_patterns("tile", "status"))
        listed = json.loads((self.public / "trust-list.json").read_bytes())
        self.anchor = decode_verifier_anchor(listed["anchors"][0])

    def look(self, *, anchored: bool, public: Path | None = None) -> Report:
        with open_state(self.home / "state") as state:
            source = FolderSource(public or self.public)
            anchor = self.anchor if anchored else None
            return Monitor(source, self.home / "trust", state, anchor=anchor).round(
                self.house.first.clock.now()
            )

    def audit(self, *, anchored: bool, public: Path | None = None) -> None:
        """What an auditing witness asks before it cosigns."""
        source = FolderSource(public or self.public)
        anchor = self.anchor if anchored else None
        auditor = Auditor(
            source, self.home / "trust", self.home / "replay", self.house.first.clock.now, anchor
        )
        raw_note = (self.public / "checkpoint").read_bytes()
        auditor.examine(raw_note, decode_checkpoint(raw_note)[0])


@pytest.fixture
def watcher(tmp_path: Path, databases: Databases, clock: FixedClock) -> Iterator[Watcher]:
    """A watcher of an office whose record key was replaced by the documented steps since."""
    house = House(OfficeUnderTest(tmp_path / "var", clock, databases.fresh()))
    house.issue(house.process())
    made = Watcher(house, tmp_path / "outside")
    (tmp_path / "next.pem").write_bytes(ed25519_pem())
    house.issue(rotate(house, KeyKind.RECORD, tmp_path / "next.pem"), REGULAR)
    yield made
    for office in house.opened:
        office.close()
    house.first.close()


def codes(report: Report) -> set[str]:
    return {one.code.value for one in report.findings}


def test_a_list_of_before_the_rotation_cannot_tell_and_accuses_nobody(watcher: Watcher) -> None:
    report = watcher.look(anchored=False)
    assert (report.exit_code, codes(report)) == (2, {"record-key-unknown", "trust-differs"})
    assert list((watcher.home / "state/evidence").iterdir()) == []
    with pytest.raises(RecordKeyUnknownError) as found:
        watcher.audit(anchored=False)
    assert not isinstance(found.value, AuditError), "503 for the log, never a refusal"


def test_with_the_anchor_the_signed_chain_is_followed(watcher: Watcher) -> None:
    report = watcher.look(anchored=True)
    assert (report.exit_code, codes(report)) == (0, set())
    assert report.trust_sequence == watcher.house.listed()["sequence"]
    watcher.audit(anchored=True)


def test_the_newest_list_is_kept_and_the_sequence_never_goes_back(watcher: Watcher, tmp_path: Path) -> None:
    newest = watcher.look(anchored=True).trust_sequence
    watcher.audit(anchored=True)
    bare = shutil.copytree(
        watcher.public, tmp_path / "bare", ignore=shutil.ignore_patterns("trust", "trust.note")
    )
    kept = watcher.look(anchored=True, public=bare)
    assert (kept.exit_code, kept.trust_sequence) == (2, newest)
    assert codes(kept) == {"trust-not-followed"}
    watcher.audit(anchored=True, public=bare)
    assert "trust-older" in codes(watcher.look(anchored=False))
    with pytest.raises(TrustListError):
        watcher.audit(anchored=False)


def _forged_list(public: Path) -> None:
    listed = public / "trust-list.json"
    listed.write_bytes(listed.read_bytes() + b"\n")


def _missing_link(public: Path) -> None:
    _links(public)[-2].unlink()


def _altered_link(public: Path) -> None:
    link = _links(public)[-2]
    content = bytearray(link.read_bytes())
    content[-10] ^= 1
    link.write_bytes(content)


def _garbled_note(public: Path) -> None:
    (public / "trust.note").write_bytes(b"nothing")


def _links(public: Path) -> list[Path]:
    return sorted((public / "trust").glob("*.note"), key=lambda path: int(path.stem))


@pytest.mark.parametrize("bend", [_forged_list, _missing_link, _altered_link, _garbled_note])
def test_a_chain_that_does_not_lead_there_is_not_followed(
    watcher: Watcher, tmp_path: Path, bend: Callable[[Path], None]
) -> None:
    bent = shutil.copytree(watcher.public, tmp_path / "bent")
    bend(bent)
    report = watcher.look(anchored=True, public=bent)
    assert report.exit_code == 2
    assert {"trust-not-followed", "record-key-unknown"} <= codes(report)
    with pytest.raises(CertverifyError) as found:
        watcher.audit(anchored=True, public=bent)
    assert not isinstance(found.value, AuditError)
    assert watcher.look(anchored=True).exit_code == 0


def test_damaged_followed_material_is_told(watcher: Watcher) -> None:
    from certverify.errors import MonitorStateError

    watcher.look(anchored=True)
    (kept,) = (watcher.home / "state/followed").glob("*-*")
    (kept / "policy").write_bytes(b"nothing")
    with pytest.raises(MonitorStateError, match="damaged"):
        watcher.look(anchored=True)


def test_a_witness_and_its_auditor_may_follow_in_one_folder_at_once(watcher: Watcher) -> None:
    folder, newest = watcher.home / "followed", watcher.house.listed()["sequence"]
    follower = TrustFollower(watcher.home / "trust", folder, watcher.anchor)
    with ThreadPoolExecutor(8) as threads:
        turns = [threads.submit(follower.judged_by, FolderSource(watcher.public)) for _ in range(16)]
    assert {turn.result().sequence for turn in turns} == {newest}
    assert len(list(folder.glob("*-*"))) == 1
    assert (folder / "sequence").read_text() == str(newest)
