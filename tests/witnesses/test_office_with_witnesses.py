"""A whole office whose checkpoints need a witness: what is decided stands at once, what is valid waits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from certverify import load_trust
from click.testing import CliRunner

from certsvc.adapters.clock import FixedClock, SystemClock
from certsvc.bootstrap import open_office, prepare_home
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.decision import DecisionKind
from certsvc.entrypoints.cli.commands import certsvc
from certsvc.entrypoints.jobs.background import show_at_start
from certsvc.entrypoints.jobs.steps import Sequenced, Sequencer, resume_issues
from certsvc.errors import IntegrityError, NotWitnessed
from certsvc.formats.note import encode_vkey
from certsvc.formats.record import record_text
from certsvc.settings import Settings
from tests.batches.cases import case_day, issue_batch, open_cases, self_reviewed, voiding
from tests.decisions.deciders import decision_day, issue_sun, open_deciders
from tests.support.office import TEST_SETTINGS
from tests.support.witnesses import WitnessServer, honest, saying
from tests.support.workbooks import REGULAR, sample
from tests.verifier.witnessing import WitnessProcess
from tests.witnesses.witnessed_office import WitnessedOffice


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[WitnessedOffice]:
    opened = WitnessedOffice(tmp_path, decision_day(), database_url)
    yield opened
    opened.close()


def test_a_published_tree_is_believed_under_its_own_policy(office: WitnessedOffice) -> None:
    certificate = issue_sun(office.deciders)
    verdict = office.deciders.under_test.check_qr(certificate)
    assert (verdict["verdict"], verdict["status"]) == ("passed", "valid")
    assert not any(code in json.dumps(verdict) for code in ("no-witnesses", "quorum-missing"))
    policy = load_trust(office.public).policy
    assert (list(policy.witnesses), policy.quorum) == ([b"w1"], b"w1")


def test_a_tree_without_witnesses_says_so_in_every_verdict(tmp_path: Path) -> None:
    plain = open_deciders(tmp_path / "home", decision_day())
    verdict = plain.under_test.check_qr(issue_sun(plain))
    plain.close()
    assert verdict["verdict"] == "passed"
    assert "no-witnesses" in json.dumps(verdict)


def test_the_same_tree_without_its_cosignatures_is_undetermined(office: WitnessedOffice) -> None:
    certificate = issue_sun(office.deciders)
    checkpoint = office.public / "checkpoint"
    lines = checkpoint.read_text(encoding="utf-8").splitlines(keepends=True)
    checkpoint.write_text("".join(line for line in lines if "witness.example" not in line), encoding="utf-8")
    verdict = office.deciders.under_test.check_qr(certificate)
    assert verdict["verdict"] == "undetermined"
    assert "quorum-missing" in json.dumps(verdict)


def test_a_new_witness_makes_the_old_checkpoint_wait_for_it(office: WitnessedOffice) -> None:
    assert office.deciders.office.is_behind()
    office.deciders.office.publish()
    assert not office.deciders.office.is_behind()


@pytest.mark.parametrize("restarted", [False, True], ids=["running", "just-started"])
def test_a_revocation_is_answered_at_once_while_the_witness_is_away(
    office: WitnessedOffice, restarted: bool
) -> None:
    certificate = issue_sun(office.deciders)
    number = certificate.draft.content.number
    office.witness.down()
    if restarted:
        office.again()
    office.deciders.decide(DecisionKind.REVOKE, number)
    assert office.deciders.status(number) == [CertificateStatus.REVOKED]
    on_line = office.deciders.office.verification.check_qr(record_text(certificate.record)).as_json()
    assert (on_line["verdict"], on_line["status"]) == ("failed", "revoked")
    assert office.deciders.shown(certificate) == (
        "valid",
        "valid",
    )  # off line, as of the last witnessed checkpoint
    office.deciders.office.history.catch_up()  # nothing that follows a commit fails
    office.witness.up()
    sequencer = Sequencer(office.deciders.office, renewed_at=0.0)
    sequencer.step(1.0)
    assert office.deciders.shown(certificate) == ("revoked", "revoked")
    assert not office.deciders.office.is_behind()


def test_a_batch_is_voided_at_once_while_the_witness_is_away(tmp_path: Path, database_url: str) -> None:
    office = WitnessedOffice(tmp_path, case_day(), database_url, open_cases)
    filing, issued = issue_batch(office.deciders, self_reviewed(2))
    batch = office.deciders.office.case_work.batches.propose(voiding(filing), "maker")
    office.witness.down()
    office.deciders.office.confirm_batch(batch, "checker")
    for certificate in issued:
        on_line = office.deciders.office.verification.check_qr(record_text(certificate.record)).as_json()
        assert on_line["status"] == "voided"
        assert office.deciders.shown(certificate) == ("valid", "valid")
    office.witness.up()
    Sequencer(office.deciders.office, renewed_at=0.0).step(1.0)
    assert [office.deciders.shown(one)[0] for one in issued] == ["voided", "voided"]
    office.close()


def test_an_issue_waits_for_the_witness_and_is_finished_by_the_background_work(
    office: WitnessedOffice,
) -> None:
    under_test = office.deciders.under_test
    batch = sample(REGULAR)
    report = under_test.submit(batch.with_rows([dict(batch.rows[0])]).xlsx())
    under_test.approval.approve(report.filing, "maker")
    under_test.approval.begin_issue(report.filing, "checker")
    office.deciders.office.publish()
    office.deciders.office.ledger.refresh_checkpoint()  # the guard has passed
    office.witness.down()
    with pytest.raises(NotWitnessed, match="等待见证"):
        office.deciders.office.issuance.run(report.filing)
    assert dict(office.deciders.office.certificates.progress(report.filing)) == {"logged": 1}
    assert office.deciders.office.certificates.published(filing=report.filing) == ()
    assert office.deciders.office.unfinished_filings() == (report.filing,)
    office.witness.up()
    assert resume_issues(office.deciders.office, lambda: False) == 1
    (published,) = office.deciders.office.certificates.published(filing=report.filing)
    assert under_test.check_qr(published)["status"] == "valid"


def test_the_service_starts_without_its_witness_and_catches_up(office: WitnessedOffice) -> None:
    office.witness.down()
    show_at_start(office.deciders.office, patience=0.0)
    sequencer = Sequencer(office.deciders.office, renewed_at=0.0)
    with pytest.raises(NotWitnessed):
        sequencer.step(1.0)
    office.witness.up()
    assert sequencer.step(2.0) == Sequenced(0, published=True, renewed=False)


def test_the_service_does_not_start_against_a_witness_that_has_seen_more(office: WitnessedOffice) -> None:
    issue_sun(office.deciders)
    office.witness.behaviour = saying(409, b"1000\n")
    office.again()
    with pytest.raises(IntegrityError, match="旧备份"):
        show_at_start(office.deciders.office)


def test_a_renewal_brings_new_cosignatures_every_ten_minutes(office: WitnessedOffice) -> None:
    issue_sun(office.deciders)
    sequencer = Sequencer(office.deciders.office, renewed_at=0.0)
    office.clock.advance(timedelta(minutes=10))
    assert sequencer.step(600.0).renewed
    report = office.deciders.office.witness_report()
    assert [one.cosigned_at for one in report.witnesses] == [office.clock.now()]


def test_a_checkpoint_that_cannot_be_shown_is_not_signed_anew_every_second(office: WitnessedOffice) -> None:
    served = office.deciders.office
    served.republish()
    sequencer = Sequencer(served, renewed_at=0.0)
    office.witness.down()
    signed = []
    for second in range(0, 130, 10):
        office.clock.advance(timedelta(seconds=10))
        with pytest.raises(NotWitnessed):
            sequencer.step(600.0 + second)
        with served.ledger_store.transaction() as transaction:
            head = transaction.head()
        assert head is not None
        signed.append(head.signed_at)
    assert len(set(signed)) == 3
    office.witness.up()
    assert sequencer.step(800.0).renewed
    assert not served.is_behind()


def test_readiness_names_the_missing_quorum_of_a_tightened_policy(office: WitnessedOffice) -> None:
    office.witness.down()
    with pytest.raises(NotWitnessed):
        office.deciders.office.publish()  # the policy is shown, the checkpoint of before has no cosignature
    assert office.deciders.office.readiness.check()["checkpoint"] == "quorum-missing"
    office.witness.up()
    office.deciders.office.publish()
    assert office.deciders.office.readiness.check()["checkpoint"] == "ok"


def test_a_new_home_is_prepared_before_its_witness_knows_the_log(office: WitnessedOffice) -> None:
    settings = Settings(home=office.folder / "new", witness_policy=office.file, **TEST_SETTINGS)
    assert prepare_home(settings, office.clock)
    assert not (settings.public_folder / "checkpoint").exists()
    assert (settings.public_folder / "vkey").exists()
    opened = open_office(settings, office.clock)
    with pytest.raises(NotWitnessed, match="http-403"):
        opened.republish()
    (office.folder / "again").mkdir()
    known = WitnessServer(office.folder / "again", "w1", office.clock, honest, opened.log_keys)
    opened.close()
    office.file.write_text(f"{known.line}quorum w1\n", encoding="ascii")
    opened = open_office(settings, office.clock)
    opened.republish()
    assert (settings.public_folder / "checkpoint").exists()
    opened.close()
    known.close()


def test_preparing_a_home_again_needs_no_witness(office: WitnessedOffice) -> None:
    issue_sun(office.deciders)
    office.witness.down()
    assert not prepare_home(office.deciders.office.settings, office.clock)


def test_the_report_names_policy_witness_address_and_what_it_says(office: WitnessedOffice) -> None:
    issue_sun(office.deciders)
    report = office.deciders.office.witness_report()
    (one,) = report.witnesses
    assert (report.quorum, report.published_met, report.answered_met, report.sound) == (
        "w1",
        True,
        True,
        True,
    )
    assert (one.name, one.key_name, one.address) == (
        "w1",
        "witness.example/w1",
        f"http://127.0.0.1:{office.witness.port}/w",
    )
    assert (one.cosigned_at, one.seen, one.reachable) == (office.clock.now(), report.size, True)
    office.witness.down()
    report = office.deciders.office.witness_report()
    (one,) = report.witnesses
    assert (report.published_met, report.answered_met, one.reachable, one.answer) == (
        True,
        False,
        False,
        "unreachable",
    )
    office.witness.up()
    office.witness.behaviour = saying(409, b"1000\n")
    report = office.deciders.office.witness_report()
    assert (report.witnesses[0].answer, report.witnesses[0].seen, report.sound) == ("seen-more", 1000, False)


def test_with_the_reference_witness_a_home_is_witnessed_from_its_first_page_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CERTSVC_HOME", str(tmp_path / "home"))
    clock = FixedClock(SystemClock().now())
    prepare_home(Settings(home=tmp_path / "home", **TEST_SETTINGS), clock)
    plain = open_office(Settings(home=tmp_path / "home", **TEST_SETTINGS), clock)
    (key,) = plain.log_keys
    plain.close()
    words = ("--name", "witness.example/real", "--log", encode_vkey(key.name, key.raw_key))
    witness = WitnessProcess(tmp_path / "witness", *words)
    try:
        (tmp_path / "policy").write_text(
            f"{witness.policy_line}\nquorum witness.example/real\n", encoding="ascii"
        )
        monkeypatch.setenv("CERTSVC_WITNESS_POLICY", str(tmp_path / "policy"))
        before = _told(1)
        assert (before["published_met"], before["answered_met"]) == (False, True)
        published = CliRunner().invoke(certsvc, ["ledger", "publish"])
        assert (published.exit_code, published.output) == (0, "公开账本已更新。\n")
        told = _told(0)
        assert (told["quorum"], told["size"], told["published_met"]) == ("witness.example/real", 1, True)
        assert told["witnesses"][0]["answer"] == "cosigned"
    finally:
        witness.terminate()
    told = _told(1)
    assert (told["published_met"], told["witnesses"][0]["answer"]) == (True, "unreachable")
    raised = CliRunner().invoke(certsvc, ["ledger", "publish"]).exception
    assert isinstance(raised, NotWitnessed)
    text = CliRunner().invoke(certsvc, ["ledger", "witnesses"])
    assert "见证策略：witness.example/real。已公开的检查点（1 条）已满足策略。" in text.output
    assert "无法使用：unreachable" in text.output


def _told(code: int) -> Any:
    answer = CliRunner().invoke(certsvc, ["ledger", "witnesses", "--json"])
    assert answer.exit_code == code, answer.output
    return json.loads(answer.stdout)
