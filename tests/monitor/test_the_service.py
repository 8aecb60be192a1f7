"""What the real service publishes, seen from outside: every kind of decision, keys replaced, and not one finding."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from certverify.leaf import EventType, decode_leaf
from certverify.monitor import Monitor
from certverify.monitor_codes import Found
from certverify.monitor_report import Report
from certverify.monitor_state import open_state
from certverify.sources import FolderSource
from certverify.tree import PublicTree

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.ed25519_pem import ed25519_pem
from certsvc.domain.decision import DecisionKind
from certsvc.domain.key_plan import KeyKind
from tests.decisions.deciders import Deciders, decision_day, issue_dual, issue_sample, open_deciders
from tests.support.aid_mission import issue_aid
from tests.support.databases import Databases
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import REGULAR
from tests.trust.conftest import House
from tests.trust.test_rotation import rotate


@pytest.fixture
def deciders(tmp_path: Path) -> Iterator[Deciders]:
    """An office with a public log."""
    opened = open_deciders(tmp_path / "home", decision_day())
    yield opened
    opened.close()


def watch(deciders: Deciders, folder: Path) -> Report:
    """A round of an outsider who fetched the trust material at the first round."""
    public = deciders.office.settings.public_folder
    if not (folder / "trust").exists():
        shutil.copytree(public, folder / "trust", ignore=shutil.ignore_patterns("tile", "status"))
    with open_state(folder / "state") as state:
        return Monitor(FolderSource(public), folder / "trust", state).round(deciders.clock.now())


def test_every_decision_is_replayed_without_a_finding(deciders: Deciders, tmp_path: Path) -> None:
    first, second, third = (one.draft.content.number for one in issue_sample(deciders, 3))
    aid = issue_aid(deciders.under_test)[0].draft.content.number
    dual = issue_dual(deciders).draft.content.number
    assert watch(deciders, tmp_path).findings == []
    for turn, (kind, number, given) in enumerate(
        (
            (DecisionKind.CORRECT, first, {"changes": {"name": "王丽"}}),
            (DecisionKind.SUSPEND, first, {}),
            (DecisionKind.REINSTATE, first, {}),
            (DecisionKind.REVOKE, first, {}),
            (DecisionKind.REINSTATE, first, {}),
            (DecisionKind.REVOKE, second, {}),
            (DecisionKind.VOID, third, {}),
            (DecisionKind.REINSTATE, third, {}),
            (DecisionKind.WRITE_OFF, aid, {}),
            (DecisionKind.SUSPEND, dual, {}),
        )
    ):
        deciders.decide(kind, number, document_ref=f"吉人社决〔2024〕{turn}号", **given)
        report = watch(deciders, tmp_path)
        assert (report.exit_code, report.findings) == (0, []), report.words()
        assert report.new_leaves > 0
    assert kinds(deciders) == set(EventType) - {EventType.HISTORICAL}
    assert deciders.office.ledger_desk.reconciliation.report().sound


def kinds(deciders: Deciders) -> set[EventType]:
    """The kinds of events on the public log."""
    tree = PublicTree(deciders.office.settings.public_folder)
    size = int(tree.raw_checkpoint().split(b"\n")[1])
    leaves = [decode_leaf(entry) for entry in tree.raw_entries(0, size)]
    return {leaf.type for leaf in leaves if hasattr(leaf, "type")}


@pytest.fixture
def house(tmp_path: Path, databases: Databases, clock: FixedClock) -> Iterator[House]:
    """An office whose keys can be replaced."""
    made = House(OfficeUnderTest(tmp_path / "var", clock, databases.fresh()))
    yield made
    for office in made.opened:
        office.close()
    made.first.close()


@pytest.mark.parametrize("kind", [KeyKind.RECORD, KeyKind.LOG])
def test_keys_take_over_from_each_other_and_a_monitor_goes_on(
    house: House, tmp_path: Path, kind: KeyKind
) -> None:
    house.issue(house.process())
    assert look(house, tmp_path).findings == []
    (tmp_path / "next.pem").write_bytes(ed25519_pem())
    after = rotate(house, kind, tmp_path / "next.pem")
    house.issue(after, REGULAR)
    report = look(house, tmp_path)
    assert (report.exit_code, {one.code for one in report.findings}) == (0, {Found.TRUST_CHANGED})
    assert report.new_leaves > 0
    (tmp_path / "state/replay").unlink()
    again = look(house, tmp_path)
    assert (again.findings, again.new_leaves) == ([], again.replay.size if again.replay else 0)


def look(house: House, folder: Path) -> Report:
    """A round with the trust material that is published today."""
    shutil.copytree(
        house.public, folder / "trust", ignore=shutil.ignore_patterns("tile", "status"), dirs_exist_ok=True
    )
    with open_state(folder / "state") as state:
        return Monitor(FolderSource(house.public), folder / "trust", state).round(house.first.clock.now())
