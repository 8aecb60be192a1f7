"""Record and log keys take over from each other, and nothing that was issued before stops checking."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from certverify import cli
from certverify.ledger import LedgerUnavailable, open_ledger
from certverify.trust import load_trust

from certsvc.backup import back_up, expected_fingerprints, fingerprints, restore, rotated_fingerprints, unlike
from certsvc.bootstrap import Office, open_office
from certsvc.domain.decision import DecisionKind
from certsvc.domain.key_plan import KeyKind, KeyState
from certsvc.errors import ConfigurationError, ConflictError
from certsvc.settings import Settings
from tests.support.databases import Databases
from tests.support.workbooks import DUAL_DIRECTED, REGULAR, sample
from tests.trust.conftest import House

RECORD, LOG = KeyKind.RECORD, KeyKind.LOG
WEEK = timedelta(days=8)


def rotate(house: House, kind: KeyKind, key: Path) -> Office:
    """Announce a key, let its day come, put it in force; a process that starts afterwards."""
    office = house.process()
    office.key_desk.announce(kind, key, house.first.clock.today() + WEEK)
    office.republish()
    house.first.clock.advance(WEEK)
    house.process().key_desk.switch(kind)
    after = house.process()
    after.republish()
    return after


def test_certificates_of_both_record_keys_check_by_qr_and_by_bundle(
    house: House, new_key: Callable[[str], Path], tmp_path: Path
) -> None:
    before = house.process()
    old = house.issue(before)
    old_bundle = house.bundle(before, old, tmp_path / "old")
    after = rotate(house, RECORD, new_key("record.pem"))
    new = house.issue(after, REGULAR)
    assert old.record[:40] != new.record[:40], "another kid"
    for certificate in (old, new):
        told = house.qr(certificate)
        assert (told["verdict"], told["authentic"], told["status"]) == ("passed", "yes", "valid")
        fresh = house.check(house.bundle(after, certificate, tmp_path / "new"))
        assert (fresh["verdict"], fresh["status"]) == ("passed", "valid")
    aged = house.check(old_bundle)
    assert (aged["authentic"], "checkpoint-stale" in aged["not_established"]) == ("yes", True), (
        "old, and nothing worse"
    )
    first, second = house.listed()["record_keys"]
    assert (first["valid_to"], second["valid_to"]) == (None, house.first.clock.today().isoformat())


def test_a_process_of_before_a_switch_signs_neither_records_nor_manifests(
    house: House, new_key: Callable[[str], Path]
) -> None:
    stale = house.process()
    house.issue(stale)
    rotate(house, RECORD, new_key("record.pem"))
    with pytest.raises(ConfigurationError, match="重新启动"):
        house.issue(stale, REGULAR)
    with pytest.raises(ConfigurationError, match="重新启动"):
        stale.publish()
    assert house.opens()


def test_a_process_of_before_a_retirement_cannot_sign_a_checkpoint(
    house: House, new_key: Callable[[str], Path]
) -> None:
    stale = house.process()
    overlapping = rotate(house, LOG, new_key("log.pem"))
    stale.ledger.refresh_checkpoint()  # the old key may still sign, but this process shows nothing more
    with pytest.raises(ConfigurationError, match="重新启动"):
        stale.publish()
    house.first.clock.advance(WEEK)
    house.process().key_desk.retire_log()
    for process in (stale, overlapping):
        with pytest.raises(ConfigurationError, match="重新启动"):
            process.ledger.refresh_checkpoint()
    fresh = house.process()
    fresh.republish()
    assert (house.signers(), house.opens()) == (1, True)


def test_log_keys_overlap_so_that_a_list_of_before_still_opens_the_log(
    house: House, new_key: Callable[[str], Path], tmp_path: Path
) -> None:
    before = house.process()
    certificate = house.issue(before)
    old_bundle = house.bundle(before, certificate, tmp_path / "old")
    old_tree = house.copy_tree(tmp_path / "old-tree")
    after = rotate(house, LOG, new_key("log.pem"))
    assert house.signers() == 2
    for name in ("checkpoint", "tile", "status"):
        _bring(house.public / name, old_tree / name)
    assert house.qr(certificate, old_tree)["verdict"] == "passed", "the list of before, the checkpoint of now"
    with pytest.raises(ConflictError, match="并行签署满 8 天"):
        after.key_desk.retire_log()
    house.first.clock.advance(WEEK)
    house.process().key_desk.retire_log()
    last = house.process()
    last.republish()
    assert house.signers() == 1
    assert house.qr(certificate)["verdict"] == "passed"
    assert house.check(house.bundle(last, certificate, tmp_path / "new"))["verdict"] == "passed"
    aged = house.check(old_bundle)
    assert (aged["authentic"], "checkpoint-stale" in aged["not_established"]) == ("yes", True)
    _bring(house.public / "checkpoint", old_tree / "checkpoint")
    opened = open_ledger(old_tree, load_trust(old_tree))
    assert isinstance(opened, LedgerUnavailable)
    assert opened.code.value == "checkpoint-key-unknown", "a list older than the overlap: update it"


def _bring(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        shutil.copy(source, target)


def test_a_key_comes_into_force_neither_before_its_day_nor_unannounced(
    house: House, new_key: Callable[[str], Path]
) -> None:
    office = house.process()
    with pytest.raises(ConflictError, match="没有已预告的新密钥"):
        office.key_desk.switch(RECORD)
    office.key_desk.announce(RECORD, new_key("record.pem"), house.first.clock.today() + WEEK)
    with pytest.raises(ConflictError, match="还不能切换"):
        office.key_desk.switch(RECORD)
    house.first.clock.advance(WEEK)
    with pytest.raises(ConflictError, match="还没有写明新密钥"):
        office.key_desk.switch(RECORD)
    with pytest.raises(ConflictError, match="上一次更替还没有完成"):
        office.key_desk.announce(RECORD, new_key("third.pem"), house.first.clock.today() + WEEK)


def test_announcing_the_same_key_again_changes_nothing_and_a_used_key_never_comes_back(
    house: House, new_key: Callable[[str], Path]
) -> None:
    office, key, day = house.process(), new_key("log.pem"), house.first.clock.today()
    once = office.key_desk.announce(LOG, key, day, stolen=True)
    assert office.key_desk.announce(LOG, key, day, stolen=True) == once
    office.republish()
    house.process().key_desk.switch(LOG)
    assert house.process().key_desk.switch(LOG).public_key == once.public_key, "the same again"
    with pytest.raises(ConflictError, match="不能再次预告"):
        house.process().key_desk.announce(LOG, key, day, stolen=True)


class Killed(BaseException):
    """SIGKILL, as far as a test can send one to itself."""


@pytest.mark.parametrize("kind", list(KeyKind))
@pytest.mark.parametrize("survived", range(6))
def test_a_switch_killed_anywhere_is_finished_by_the_next_call(
    house: House,
    next_key: Callable[[KeyKind, str], Path],
    monkeypatch: pytest.MonkeyPatch,
    kind: KeyKind,
    survived: int,
) -> None:
    office = house.process()
    coming = office.key_desk.announce(kind, next_key(kind, "new.pem"), house.first.clock.today(), stolen=True)
    office.republish()
    left = survived

    def counted(real: Callable[..., object]) -> Callable[..., object]:
        def step(*given: object) -> object:
            nonlocal left
            if left == 0:
                raise Killed
            left -= 1
            return real(*given)

        return step

    with monkeypatch.context() as patched:
        for owner, name in ((Path, "rename"), (Path, "replace")):
            patched.setattr(owner, name, counted(getattr(owner, name)))
        try:
            house.process().key_desk.switch(kind)
            house.process().republish()
        except Killed:
            pass
    house.process().key_desk.switch(kind)
    last = house.process()
    last.republish()
    assert last.key_desk.plan.in_force(kind).public_key == coming.public_key
    assert house.opens()
    certificate = house.issue(last)
    assert house.qr(certificate)["verdict"] == "passed"


def test_a_monitor_follows_the_log_through_both_rotations(
    house: House, new_key: Callable[[str], Path], tmp_path: Path
) -> None:
    def follow() -> int:
        where = ["--trust", str(house.public), "--state", str(tmp_path / "state"), str(house.public)]
        return cli.main(["monitor", "--json", *where], house.first.clock.now)

    house.issue(house.process())
    house.process().republish()
    assert follow() == 0
    rotate(house, RECORD, new_key("record.pem"))
    house.issue(rotate(house, LOG, new_key("log.pem")), REGULAR)
    assert follow() == 0
    house.first.clock.advance(WEEK)
    house.process().key_desk.retire_log()
    house.process().republish()
    assert follow() == 0


def test_private_parts_of_retired_keys_are_put_away(house: House, new_key: Callable[[str], Path]) -> None:
    rotate(house, RECORD, new_key("record.pem"))
    assert not (house.keys / "record.pem").exists()
    assert (house.keys / "record.pem.retired").exists()
    rotate(house, LOG, new_key("log.pem"))
    assert (house.keys / "log.pem").exists(), "it still signs"
    house.first.clock.advance(WEEK)
    office = house.process()
    office.key_desk.retire_log()
    assert not (house.keys / "log.pem").exists()
    states = [key.state for key in office.key_desk.plan.log]
    assert states == [KeyState.IN_FORCE, KeyState.RETIRED]


def test_a_backup_of_before_a_rotation_is_restored_beside_the_keys_of_now(
    house: House, new_key: Callable[[str], Path], tmp_path: Path, databases: Databases
) -> None:
    certificate = house.issue(house.process())
    made = back_up(house.first.office.settings, tmp_path / "office.tar", house.first.clock)
    rotate(house, RECORD, new_key("record.pem"))
    rotate(house, LOG, new_key("log.pem"))
    house.first.clock.advance(WEEK)
    house.process().key_desk.retire_log()
    elsewhere = Settings(home=tmp_path / "restored", database_url=databases.empty(), _env_file=None)
    restore(elsewhere, made.file)
    shutil.copytree(house.keys, elsewhere.keys_folder)
    expected = expected_fingerprints(elsewhere) or {}
    assert unlike(fingerprints(elsewhere), expected) == ("record", "log")
    assert unlike(fingerprints(elsewhere), expected, rotated_fingerprints(elsewhere)) == ()
    copy = open_office(elsewhere, house.first.clock)
    try:
        copy.republish()  # the guard reads the checkpoint of the retired key
        sequence = load_trust(elsewhere.public_folder).trust_list.sequence
        assert sequence > load_trust(house.public).trust_list.sequence, "never an older list"
        assert house.qr(certificate, elsewhere.public_folder)["verdict"] == "passed"
    finally:
        copy.close()


def test_what_was_done_to_keys_stands_in_the_audit_trail(
    house: House, new_key: Callable[[str], Path]
) -> None:
    office = rotate(house, RECORD, new_key("record.pem"))
    subject = f"record-key/{office.key_desk.plan.in_force(RECORD).file}"
    assert [entry.action for entry in office.trail.entries(subject)] == [
        "machine:key:announce",
        "machine:key:switch",
    ]


def test_a_record_key_does_not_take_over_while_certificates_of_an_earlier_day_wait(
    house: House, new_key: Callable[[str], Path]
) -> None:
    office = house.process()
    report = office.submit(sample(DUAL_DIRECTED).xlsx(), "filing.xlsx")
    office.approval.approve(report.filing, "maker")
    office.approval.begin_issue(report.filing, "checker")
    assert office.issuance.issuing.draft(report.filing, 100) > 0
    tomorrow = house.first.clock.today() + timedelta(days=1)
    office.key_desk.announce(RECORD, new_key("record.pem"), tomorrow, stolen=True)
    office.publish()
    house.first.clock.advance(timedelta(days=1))
    with pytest.raises(ConflictError, match="没有签完"):
        house.process().key_desk.switch(RECORD)
    office.issuance.run(report.filing)
    house.process().key_desk.switch(RECORD)
    house.process().republish()
    (certificate, *_) = office.certificates.published(filing=report.filing)
    assert house.qr(certificate)["verdict"] == "passed"


def test_a_corrected_version_of_an_old_certificate_bears_the_key_of_now_and_checks(
    house: House, new_key: Callable[[str], Path], tmp_path: Path
) -> None:
    old = house.issue(house.process())
    after = rotate(house, RECORD, new_key("record.pem"))
    number = old.draft.content.number
    decision = after.deciding.propose(
        DecisionKind.CORRECT,
        number,
        "吉人社更正〔2026〕7号",
        house.first.clock.today(),
        "录入有误",
        "maker",
        {"name": "孙健国"},
    )
    after.confirm_decision(decision, "checker")
    (newest,) = (one for one in after.certificates.published(number=number) if one.draft.content.version == 2)
    first_day = house.listed()["record_keys"][0]["valid_from"]
    assert newest.draft.content.issued_on.isoformat() < first_day, "it keeps its date"
    assert house.qr(newest)["verdict"] == "passed"
    assert house.check(house.bundle(after, newest, tmp_path))["verdict"] == "passed"
