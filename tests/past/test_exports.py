"""Past bundles of a real office: for the holder with everything opened, for everybody closed."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from certverify import load_trust
from certverify.cli import main
from click.testing import CliRunner

from certsvc.adapters.clock import FixedClock, SystemClock
from certsvc.adapters.past_evidence import DatabasePastEvidence
from certsvc.domain.decision import DecisionKind
from certsvc.entrypoints.cli.commands import certsvc
from certsvc.errors import ConflictError, IntegrityError, UnavailableError, UnknownReference
from certsvc.formats.record import record_text
from certsvc.stages.past_bundling import PublishedVersion, build_past_bundle
from certsvc.stages.published_log import PublishedLog
from tests.batches.cases import case_day, issue_batch, numbers, open_cases, restore, self_reviewed, void
from tests.decisions.deciders import Deciders, issue_sample, issue_sun, open_deciders
from tests.past.asking import asked, closed, codes, exported

A_DAY = timedelta(days=1)


def test_the_holder_gets_every_word_and_everybody_else_the_proofs_alone(deciders: Deciders) -> None:
    certificate, other = issue_sample(deciders, 2)
    content = certificate.draft.content
    deciders.decide(DecisionKind.REVOKE, content.number)
    opened, shut = exported(deciders, content.number), closed(deciders, certificate)
    assert content.award.document.number.encode() in unsealed(opened)
    assert content.award.document.number.encode() not in unsealed(shut)
    assert codes(asked(deciders, opened)) == {"revoked", "past-pairs-possible"}
    assert codes(asked(deciders, shut)) == {"revoked", "past-pairs-possible", "content-closed"}
    told, kept = asked(deciders, opened).as_json(), asked(deciders, shut).as_json()
    assert told["past"]["known_now"] == kept["past"]["known_now"]
    assert told["past"]["events"][-1]["ground"] == told["verdict"]["decision"]["ground"]
    assert kept["past"]["events"][-1]["ground"] is None
    assert codes(asked(deciders, closed(deciders, other))) == {"past-pairs-possible", "content-closed"}


def unsealed(raw_bundle: bytes) -> bytes:
    """Every payload of a bundle, one after the other."""
    from base64 import b64decode

    versions = json.loads(raw_bundle)["versions"]
    openings = [event["opening"] for version in versions for event in version["events"]]
    return b"".join(b64decode(opening["payload"]) for opening in openings if opening)


def test_who_shows_one_version_learns_nothing_of_another(deciders: Deciders) -> None:
    certificate = issue_sun(deciders)
    number = certificate.draft.content.number
    deciders.decide(DecisionKind.CORRECT, number, changes={"name": "孙建囯"})
    first, second = deciders.office.certificates.published(number=number)
    quiet = {"past-pairs-possible", "content-closed", "past-one-version"}
    for version, others, standing in ((first, second, "superseded"), (second, first, "valid")):
        raw_bundle = closed(deciders, version)
        (shown,) = json.loads(raw_bundle)["versions"]
        assert shown["record"] == record_text(version.record)
        assert record_text(others.record).encode() not in raw_bundle
        answer = asked(deciders, raw_bundle)
        number_shown = version.draft.content.version
        assert answer.verdict.certificate is not None
        assert answer.verdict.certificate.version == number_shown
        assert codes(answer) - {"superseded"} == quiet
        told = answer.as_json()["past"]
        assert told["known_now"] == {"status": standing, "version": number_shown}
    whole = exported(deciders, number)
    assert [one["record"] for one in json.loads(whole)["versions"]] == [
        record_text(one.record) for one in (first, second)
    ]


def test_with_the_whole_log_beside_it_nothing_can_have_been_left_out(
    deciders: Deciders, tmp_path: Path
) -> None:
    certificate = issue_sun(deciders)
    number, tree = certificate.draft.content.number, deciders.office.settings.public_folder
    deciders.decide(DecisionKind.SUSPEND, number)
    deciders.clock.advance(A_DAY)
    deciders.decide(DecisionKind.REINSTATE, number)
    early = exported(deciders, number)
    assert codes(asked(deciders, early, tree=tree, complete=True)) == set()
    old_tree = shutil.copytree(tree, tmp_path / "old")
    deciders.clock.advance(A_DAY)
    deciders.decide(DecisionKind.SUSPEND, number, document_ref="吉人社核〔2024〕8号")
    deciders.decide(DecisionKind.REINSTATE, number, document_ref="吉人社复〔2024〕9号")
    late = exported(deciders, number)
    assert codes(asked(deciders, late, tree=tree, complete=True)) == set()
    assert codes(asked(deciders, early, tree=tree)) == {"past-pairs-possible"}, "the status is the same"
    assert codes(asked(deciders, early, tree=tree, complete=True)) == {"past-changed-since"}
    older = asked(deciders, late, tree=old_tree, complete=True)
    assert codes(older) == {"past-pairs-possible"}, "an older tree cannot know"


def test_while_an_event_is_under_way_there_is_no_history_yet(deciders: Deciders) -> None:
    number = issue_sun(deciders).draft.content.number
    proposed = deciders.propose(DecisionKind.CORRECT, number, changes={"name": "孙建囯"})
    deciders.office.deciding.confirm(proposed, "checker")
    deciders.office.record_waiting()
    with pytest.raises(UnavailableError, match="稍候"):
        exported(deciders, number)
    deciders.office.catch_up()
    assert codes(asked(deciders, exported(deciders, number))) == {"past-pairs-possible"}


def test_a_batch_voided_as_a_whole_and_restored_is_a_history_like_any_other(
    tmp_path: Path, database_url: str
) -> None:
    cases = open_cases(tmp_path / "home", case_day(), database_url)
    filing, issued = issue_batch(cases, self_reviewed(2))
    corrected, alone = numbers(issued)
    cases.decide(
        DecisionKind.CORRECT, corrected, changes={"unit_name": "示例路桥有限公司"}, ground="录入有误"
    )
    restore(cases, void(cases, filing))
    for number, kinds in (
        (corrected, ["issued", "corrected", "voided", "reinstated"]),
        (alone, ["issued", "voided", "reinstated"]),
    ):
        answer = asked(cases, exported(cases, number)).as_json()
        assert answer["verdict"]["verdict"] == "passed"
        assert [event["kind"] for event in answer["past"]["events"]] == kinds
        assert answer["past"]["known_now"]["status"] == "valid"
    cases.close()


def test_a_history_beyond_the_bounds_of_a_file_is_refused(deciders: Deciders) -> None:
    office = deciders.office
    content = issue_sun(deciders).draft.content
    log = PublishedLog(office.tree, office.log_keys)
    trust = load_trust(office.settings.public_folder)
    version = PublishedVersion("Z", content.slot)
    (event,) = DatabasePastEvidence(office.engine, office.keys.cipher).logged_on([content.slot])
    for versions, events in (([version] * 65, [event]), ([version], [event] * 257)):
        with pytest.raises(ConflictError, match="容量"):
            build_past_bundle(log, versions, events, {}, trust, deciders.clock.now())


def test_an_unknown_certificate_has_no_history(deciders: Deciders) -> None:
    issue_sun(deciders)
    with pytest.raises(UnknownReference):
        exported(deciders, "2220230510009999")
    assert deciders.office.past_desk.closed_bundle("2220230510009999", 1) is None


def test_a_public_tree_that_was_changed_yields_no_past_bundle(deciders: Deciders) -> None:
    certificate = issue_sun(deciders)
    deciders.office.republish()
    tree = deciders.office.settings.public_folder
    size = (tree / "checkpoint").read_text(encoding="utf-8").splitlines()[1]
    entries = tree / "tile" / "entries" / "000.p" / size
    raw_entries = bytearray(entries.read_bytes())
    raw_entries[-100] ^= 1
    entries.chmod(0o600)
    entries.write_bytes(raw_entries)
    with pytest.raises(IntegrityError):
        deciders.office.past_desk.closed_bundle(certificate.draft.content.number, 1)


def test_the_two_programs_hand_the_file_to_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = open_deciders(tmp_path / "home", FixedClock(SystemClock().now()))
    content = issue_sun(opened).draft.content
    opened.close()
    monkeypatch.setenv("CERTSVC_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    file, tree = tmp_path / "out" / "past.json", tmp_path / "tree"
    for words in (
        ["certificate", "past", content.number, "--out", str(file)],
        ["ledger", "export", str(tree)],
    ):
        result = CliRunner().invoke(certsvc, words)
        assert result.exception is None, result.output
    looked = CliRunner().invoke(certsvc, ["audit", "verify"])
    assert looked.exit_code == 0
    acquired = content.award.acquired_on.isoformat()
    assert main(["past", str(file), "--trust", str(tree), "--on", acquired, "--complete"]) == 0
    told = capsys.readouterr().out
    assert f"查询日期：{acquired}" in told
    assert "按目前掌握的情况：有效（第 1 版）" in told
    assert "未通读公开日志" not in told
    refused = CliRunner().invoke(certsvc, ["certificate", "past", "2220230510009999", "--out", str(file)])
    assert isinstance(refused.exception, UnknownReference)


def test_every_export_is_noted_before_the_file_is_there(deciders: Deciders, tmp_path: Path) -> None:
    from certsvc.adapters.access_schema import personal_look

    number = issue_sun(deciders).draft.content.number
    with pytest.raises(OSError, match="directory"):
        deciders.office.past_desk.export(number, tmp_path)
    with deciders.office.engine.begin() as connection:
        rows = connection.execute(personal_look.select()).all()
    assert [(row.channel, row.object, row.purpose) for row in rows][-1] == ("cli", number, "导出履历查验包")
