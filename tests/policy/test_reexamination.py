"""A decision keeps what it rested on: examined again under its own snapshot, it is the same, whatever was loaded since."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from certsvc.adapters.answer_store import DatabaseAnswers
from certsvc.adapters.clock import FixedClock
from certsvc.adapters.shipped_policies import shipped_policies
from certsvc.domain.caller import OPERATOR
from certsvc.domain.registry_decoding import decode_registry
from certsvc.domain.rules.registry import OLDEST_RULE_SET, RULE_SET_VERSION
from certsvc.entrypoints.cli.commands import certsvc
from certsvc.errors import IntegrityError, UnknownReference
from certsvc.formats.examination import encode_answer
from certsvc.formats.facts import decode_facts, encode_facts, facts_references
from certsvc.stages import reception
from certsvc.stages.gate import examine
from tests.policy import builders as p
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import EXAMPLES, REGULAR, sample

FILES = sorted(EXAMPLES.glob("2023-*.xlsx"))


@pytest.fixture
def office(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[OfficeUnderTest]:
    opened = OfficeUnderTest(tmp_path, clock, database_url)
    yield opened
    opened.close()


def load_other_documents(office: OfficeUnderTest) -> None:
    """A new policy over the days of the samples, another registry, another calendar of their year."""
    longer = p.entry(**{"from": "2023-01-01"}, value={"workdays": 9, "count_first_day": False})
    office.office.policies.load(p.raw(p.document(longer)))
    registry = json.loads((EXAMPLES / "registry.json").read_bytes())
    registry["committees"] = [one for one in registry["committees"] if one["code"] != "JL-GC-GL"]
    codes = {one["code"] for one in registry["committees"]}
    registry["meeting_approvals"] = [m for m in registry["meeting_approvals"] if m["committee"] in codes]
    office.office.load_registry(p.raw(registry))
    days = ["2023-01-01", "2023-05-01", "2023-09-25", "2023-10-02"]
    changed = p.calendar(year=2023, holidays=days, makeup_days=[], document="测试用")
    office.office.policies.load_calendar(p.raw(changed))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_same_bytes_come_out_after_everything_else_was_loaded(
    office: OfficeUnderTest, path: Path
) -> None:
    report = office.submit(path.read_bytes(), path.name)
    load_other_documents(office)
    then = office.office.policies.reexamine(report.filing, OPERATOR)
    assert encode_answer(then.again) == encode_answer(then.stored)
    assert (then.same, then.rows) == (True, ())
    assert then.policies == shipped_policies().digests
    now = office.office.policies.reexamine(report.filing, OPERATOR, now=True)
    assert not now.same
    assert None in now.rows
    assert "publicity-too-short" in {finding.code for finding in now.again.findings}
    assert office.office.filings.report(report.filing) == report


def test_an_issued_filing_is_the_same_under_its_own_snapshot_only(office: OfficeUnderTest) -> None:
    path = EXAMPLES / "2023-双定向-珲春市农业.xlsx"
    report = office.submit(path.read_bytes(), path.name)
    office.issue(report)
    assert office.office.policies.reexamine(report.filing, OPERATOR).same
    now = office.office.policies.reexamine(report.filing, OPERATOR, now=True)
    assert "title-already-held" in {finding.code for finding in now.again.findings}


def test_a_snapshot_names_its_documents_and_reads_back_as_it_was(office: OfficeUnderTest) -> None:
    report = office.submit(FILES[0].read_bytes(), FILES[0].name)
    office_ = office.office
    _answer, stored = DatabaseAnswers(office_.engine, office_.keys.cipher).answer(report.filing)
    named = facts_references(stored)
    assert named.policies == shipped_policies().digests
    registry = decode_registry(office_.filings.registry(named.registry))
    facts = decode_facts(stored, registry, office_.policies.of_digests(named.policies))
    assert encode_facts(facts, named.registry) == stored


def test_a_snapshot_older_than_policy_documents_is_still_read(office: OfficeUnderTest) -> None:
    report = office.submit(FILES[0].read_bytes(), FILES[0].name)
    office_ = office.office
    _answer, stored = DatabaseAnswers(office_.engine, office_.keys.cipher).answer(report.filing)
    older = json.loads(stored)
    del older["policies"], older["facts"]["passed_before"]
    raw = p.raw({**older, "format": "certsvc-facts/1"})
    named = facts_references(raw)
    assert named.policies is None
    registry = decode_registry(office_.filings.registry(named.registry))
    assert decode_facts(raw, registry, shipped_policies()).today == office.clock.today()


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"format": "other"}', b'{"format": "certsvc-facts/2"}'])
def test_bytes_that_are_no_snapshot_stop_the_line(raw: bytes) -> None:
    with pytest.raises(IntegrityError):
        facts_references(raw)


def test_a_document_that_was_never_kept_is_not_guessed(office: OfficeUnderTest) -> None:
    with pytest.raises(UnknownReference, match="政策文件"):
        office.office.policies.of_digests(["0" * 64])
    with pytest.raises(UnknownReference):
        office.office.policies.reexamine("F0", OPERATOR)


def test_the_command_says_same_or_different_by_its_exit_code(
    clock: FixedClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    office = OfficeUnderTest(tmp_path, clock)
    report = office.submit(FILES[0].read_bytes(), FILES[0].name)
    load_other_documents(office)
    office.close()
    monkeypatch.setenv("CERTSVC_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> Result:
        return CliRunner().invoke(certsvc, ["filing", "reexamine", report.filing, *words])

    same, different = run("--json"), run("--now", "--json")
    assert (same.exit_code, different.exit_code) == (0, 1)
    told: dict[str, Any] = json.loads(same.stdout)
    assert (told["same"], told["differing_rows"]) == (True, [])
    assert told["policies"] == list(shipped_policies().digests)
    assert json.loads(different.stdout)["same"] is False
    assert "相同" in run().stdout
    assert "批次信息" in run("--now").stdout


def test_a_rule_that_came_later_does_not_reach_back(
    office: OfficeUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first rule set knew nothing of texts written as formulas: what it admitted stays admitted on appeal."""
    rows = [dict(sample(REGULAR).rows[0], 备注="+86 说明"), dict(sample(REGULAR).rows[1])]
    filed = sample(REGULAR).with_rows(rows).xlsx()
    with monkeypatch.context() as earlier:
        earlier.setattr(reception, "examine", partial(examine, rule_set=OLDEST_RULE_SET))
        report = office.submit(filed, "batch.xlsx")
    assert (report.rows.admitted, report.findings) == (2, ())
    then = office.office.policies.reexamine(report.filing, OPERATOR)
    assert (then.same, then.again.rule_set) == (True, OLDEST_RULE_SET)
    now = office.office.policies.reexamine(report.filing, OPERATOR, now=True)
    assert (now.same, now.rows, now.again.rule_set) == (False, (1,), RULE_SET_VERSION)
