"""Historical records from the file to the answer: what is kept, who confirms, what a verifier is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.domain.check_reference import ReferenceKind, reference_kind
from certsvc.domain.history import HistoryState
from certsvc.errors import ConflictError, NotPermitted, RequestError, UnknownReference
from certsvc.formats.leaf import EventKind
from tests.decisions.deciders import SUN, audit
from tests.history.papers import ZHOU, ZHOU_ID, Archive, open_archive
from tests.support.work_counted import work_counted
from tests.support.workbooks import REGULAR, sample

NOT_FOUND = "certificate-not-found"


@pytest.fixture
def archive(tmp_path: Path, clock: FixedClock, database_url: str) -> Iterator[Archive]:
    opened = open_archive(tmp_path, clock, database_url)
    yield opened
    opened.under_test.close()


def codes(verdict: dict[str, Any]) -> list[str]:
    return [one["code"] for one in verdict["findings"] if one["code"] != "test-environment"]


def test_a_paper_of_1998_is_answered_only_after_a_second_person_has_confirmed_it(archive: Archive) -> None:
    answer = archive.bring_in(ZHOU)
    assert answer.kept is not None, answer.findings
    (reference,) = archive.references(answer.import_id)
    assert reference_kind(reference) is ReferenceKind.HISTORICAL
    assert codes(archive.ask(reference)) == [NOT_FOUND]
    with pytest.raises(NotPermitted):
        archive.office.history.confirm(answer.import_id, archive.caller("maker"))
    archive.office.history.confirm(answer.import_id, archive.caller("second"))
    for number in (reference, reference.lower(), ZHOU["原证书编号"], " 吉中高字 980312"):
        verdict = archive.ask(str(number))
        assert (verdict["verdict"], verdict["authentic"], verdict["status"]) == (
            "passed",
            "yes",
            "historical",
        )
        assert codes(verdict) == ["no-witnesses", "historical"]
        assert (verdict["certificate"], verdict["holder"]) == (None, "周*")
        assert verdict["historical"] == {
            "reference": reference,
            "version": 1,
            "label": "历史数据（原证书号 吉中高字980312）",
            "original_number": "吉中高字980312",
            "title": "中学高级教师",
            "series": "中学教师",
            "level": "高级",
            "acquired": "1998-06",
            "precision": "month",
            "quality": "A",
            "issuing_body": "吉林省职称改革领导小组办公室",
            "committee": "吉林省中学教师职务评审委员会",
            "document": "吉职改办字〔1998〕12号",
        }
    assert [event.type.name for event in audit(archive.office.settings.public_folder)] == ["HISTORICAL"]


def test_the_holder_is_found_by_the_number_of_today_and_by_the_one_on_the_paper(archive: Archive) -> None:
    (reference,) = archive.published(ZHOU)
    (record,) = archive.office.history.store.versions(reference)
    assert record.title.numbers == (ZHOU_ID, ZHOU["证件号码"])
    assert record.title.written["证件号码"] == ZHOU["证件号码"]
    assert [archive.ask(reference, id_last4=last4)["status"] for last4 in ("0515", "2051")] == [
        "historical"
    ] * 2


@pytest.mark.parametrize(
    ("changed", "question"),
    [
        ({}, {"name": "周明"}),
        ({}, {"id_last4": "0516"}),
        ({"材料质量": "C", "公布文号": None, "档案编号": None}, {}),
    ],
    ids=["another name", "other characters", "only the person's own paper"],
)
def test_whatever_does_not_agree_has_one_and_the_same_answer(
    archive: Archive, changed: dict[str, Any], question: dict[str, str]
) -> None:
    (reference,) = archive.published({**ZHOU, **changed})
    unknown = archive.ask("H000000000000000")
    for number in (reference, ZHOU["原证书编号"]):
        assert archive.ask(str(number), **question) == unknown
    assert codes(unknown) == [NOT_FOUND]
    assert unknown["historical"] is None


def test_a_record_of_grade_c_stays_a_claim_inside(archive: Archive) -> None:
    (reference,) = archive.published({**ZHOU, "材料质量": "C"})
    (record,) = archive.office.history.store.versions(reference)
    assert (record.state, record.slot, record.status) == (HistoryState.CONFIRMED, None, None)


def test_the_same_file_twice_is_one_import(archive: Archive) -> None:
    first, again = archive.bring_in(ZHOU), archive.bring_in(ZHOU)
    assert first.kept == again.kept
    assert (first.total, first.findings) == (again.total, again.findings)
    assert len(archive.references(first.import_id)) == 1
    archive.office.history.confirm(first.import_id, archive.caller("second"))
    archive.office.history.confirm(first.import_id, archive.caller("second"))
    assert len(audit(archive.office.settings.public_folder)) == 1


def test_a_dispute_leaves_the_answer_open_until_it_is_settled(archive: Archive) -> None:
    (reference,) = archive.published(ZHOU)
    records = archive.office.history.records
    first = records.dispute(reference, "本人称取得时间应为1997年", archive.caller("maker"))
    assert records.dispute(reference, "本人称取得时间应为1997年", archive.caller("maker")) == first
    verdict = archive.ask(reference)
    assert (verdict["verdict"], verdict["status"]) == ("undetermined", "historical")
    assert "historical-disputed" in verdict["not_established"]
    with pytest.raises(NotPermitted):
        records.settle(reference, "经查档案，维持原记录", archive.caller("maker"))
    records.settle(reference, "经查档案，维持原记录", archive.caller("second"))
    assert archive.ask(reference)["verdict"] == "passed"
    with pytest.raises(ConflictError):
        records.settle(reference, "经查档案，维持原记录", archive.caller("second"))


def test_a_correction_is_a_new_version_and_the_old_one_is_kept(archive: Archive) -> None:
    (reference,) = archive.published(ZHOU)
    records = archive.office.history.records
    records.dispute(reference, "本人称姓名和时间有误", archive.caller("maker"))
    changes = {"姓名": "周明", "取得时间": "1997-12-20"}
    waiting = records.correct(reference, changes, "省档J0123-1997-0007", archive.caller("maker"))
    assert records.correct(reference, changes, "省档J0123-1997-0007", archive.caller("maker")) == waiting
    assert (waiting.version, waiting.state) == (2, HistoryState.GRADED)
    assert archive.ask(reference)["verdict"] == "undetermined"
    with pytest.raises(NotPermitted):
        archive.office.history.confirm(reference, archive.caller("maker"))
    archive.office.history.confirm(reference, archive.caller("second"))
    archive.office.history.confirm(reference, archive.caller("second"))
    new, old = archive.ask(reference, name="周明"), archive.ask(reference)
    assert (new["verdict"], new["historical"]["version"], new["historical"]["acquired"]) == (
        "passed", 2, "1997-12-20",
    )  # fmt: skip
    assert (old["verdict"], old["status"], old["replaced_by"]) == ("failed", "superseded", 2)
    states = [one.state for one in archive.office.history.store.versions(reference)]
    assert states == [HistoryState.CORRECTED, HistoryState.PUBLISHED]
    assert [event.type.value for event in audit(archive.office.settings.public_folder)] == [
        EventKind.HISTORICAL, EventKind.CORRECTED, EventKind.HISTORICAL,
    ]  # fmt: skip
    (dispute,) = archive.office.history.store.disputes(reference)
    assert dispute.outcome == "已更正为第2版"


def test_no_correction_makes_a_title_one_of_the_electronic_years(archive: Archive) -> None:
    (reference,) = archive.published(ZHOU)
    with pytest.raises(RequestError, match="报送备案"):
        archive.office.history.records.correct(
            reference, {"取得时间": "2024-05-20"}, "省档J0123-1997-0007", archive.caller("maker")
        )
    assert len(archive.office.history.store.versions(reference)) == 1


def test_a_city_imports_for_its_own_units_and_a_county_for_none(archive: Archive) -> None:
    assert archive.bring_in(ZHOU, by="tonghua").kept is not None
    answer = archive.bring_in({**ZHOU, "单位所属行政区划": "220600"}, by="tonghua")
    assert answer.kept is None
    assert "history-elsewhere" in [one.code for one in answer.findings]
    for name in ("dongchang", "watcher"):
        with pytest.raises(NotPermitted):
            archive.bring_in({**ZHOU, "单位所属行政区划": "220502"}, by=name)


def test_the_import_of_a_city_is_confirmed_by_another_person_of_that_city(archive: Archive) -> None:
    answer = archive.bring_in(ZHOU, by="tonghua")
    with pytest.raises(NotPermitted):
        archive.office.history.confirm(answer.import_id, archive.caller("second"))
    archive.office.history.confirm(answer.import_id, archive.caller("tonghua-two"))
    (reference,) = archive.references(answer.import_id)
    assert archive.ask(reference)["verdict"] == "passed"


def test_every_step_stands_in_the_audit_trail(archive: Archive) -> None:
    answer = archive.bring_in(ZHOU)
    archive.office.history.confirm(answer.import_id, archive.caller("second"))
    trail = archive.office.trail
    assert [(one.actor, one.action) for one in trail.entries(f"history/{answer.import_id}")] == [
        ("maker", "console:history:import"),
        ("second", "console:history:confirm"),
    ]
    assert trail.verify_chain().fault is None


def test_what_a_killed_process_left_confirmed_is_published_by_confirming_again(archive: Archive) -> None:
    answer = archive.bring_in(ZHOU)
    archive.office.history.records.confirm(
        answer.import_id, archive.caller("second")
    )  # and the process is gone
    (reference,) = archive.references(answer.import_id)
    assert codes(archive.ask(reference)) == [NOT_FOUND]
    archive.office.history.confirm(answer.import_id, archive.caller("second"))
    assert archive.ask(reference)["verdict"] == "passed"


def test_the_gate_sees_a_historical_title_as_held_once_it_is_published(archive: Archive) -> None:
    paper = {
        **ZHOU, **SUN, "原职称名称": "正高级工程师", "原职称系列": "工程", "原职称级别": "正高", "取得时间": "2008.6",
    }  # fmt: skip
    filed = sample(REGULAR).with_rows([SUN])
    answer = archive.bring_in(paper)
    before = archive.under_test.submit(filed.xlsx())
    archive.office.history.confirm(answer.import_id, archive.caller("second"))
    after = archive.under_test.submit(filed.with_header(批次编号="again").xlsx())
    found = [{one.code for one in report.findings} for report in (before, after)]
    assert ["title-already-held" in codes_found for codes_found in found] == [False, True]
    (held,) = archive.office.filings.titles_held([str(SUN["证件号码"])])[str(SUN["证件号码"])]
    assert (held.title, held.acquired_on, held.way) == (50101, date(2008, 6, 30), 90)


def revoke(archive: Archive, reference: str, by: str = "maker") -> str:
    """A proposal that is right."""
    ending = archive.office.history.endings.propose(
        reference, "吉人社撤〔2026〕9号", date(2026, 11, 20), "经核查，申报材料与事实不符", archive.caller(by)
    )
    return ending.id


def test_a_historical_title_is_revoked_by_two_persons_with_a_credit_record(archive: Archive) -> None:
    (reference,) = archive.published(ZHOU)
    decided = revoke(archive, reference)
    assert revoke(archive, reference) == decided
    assert archive.ask(reference)["verdict"] == "passed"
    with pytest.raises(NotPermitted):
        archive.office.history.confirm_revocation(reference, archive.caller("maker"))
    for _again in range(2):
        archive.office.history.confirm_revocation(reference, archive.caller("second"))
    verdict = archive.ask(reference)
    assert (verdict["verdict"], verdict["status"]) == ("failed", "revoked")
    assert verdict["decision"] == {
        "reference": "吉人社撤〔2026〕9号",
        "date": "2026-11-20",
        "ground": "经核查，申报材料与事实不符",
        "effective_on": "2026-11-20",
    }
    filings = archive.office.filings
    (block,) = filings.credit_blocks([ZHOU_ID])[ZHOU_ID]
    assert (block.from_on, block.until_on) == (date(2026, 11, 20), date(2029, 11, 20))
    assert filings.titles_held([ZHOU_ID]) == {}
    assert [one.number for one in filings.titles_withdrawn([ZHOU_ID])[ZHOU_ID]] == [reference]
    (record,) = archive.office.history.store.versions(reference)
    assert record.state is HistoryState.REVOKED
    names = [event.type.name for event in audit(archive.office.settings.public_folder)]
    assert names == ["HISTORICAL", "REVOKED", "CREDIT_OPENED"]
    archive.office.catch_up()
    with pytest.raises(ConflictError):
        archive.office.history.records.dispute(reference, "本人不服", archive.caller("maker"))


def test_a_revocation_is_for_the_province_and_names_nobody(archive: Archive) -> None:
    (reference,) = archive.published(ZHOU)
    with pytest.raises(NotPermitted):
        revoke(archive, reference, by="tonghua")
    for ground in ("周铭材料造假", "证件号码229901620312051的材料造假"):
        with pytest.raises(RequestError):
            archive.office.history.endings.propose(
                reference, "吉人社撤〔2026〕9号", date(2026, 11, 20), ground, archive.caller("maker")
            )


def test_a_revocation_keeps_to_what_the_office_sets_about_credit_and_documents(
    tmp_path: Path, clock: FixedClock, database_url: str
) -> None:
    set_so = {"credit_starts": "decided", "decision_documents": "required"}
    archive = open_archive(tmp_path / "home", clock, database_url, **set_so)
    (reference,) = archive.published(ZHOU)
    office, decided_on = archive.office, date(2026, 1, 10)
    given = (
        reference,
        "吉人社撤〔2026〕9号",
        decided_on,
        "经核查，申报材料与事实不符",
        archive.caller("maker"),
    )
    with pytest.raises(RequestError, match="须上传决定文书"):
        office.history.endings.propose(*given)
    with pytest.raises(UnknownReference, match="没有上传过"):
        office.history.endings.propose(*given, "0" * 64)
    digest = office.decision_documents.upload(b"%PDF-1.7\n%%EOF\n", "maker")
    ending = office.history.endings.propose(*given, digest)
    office.history.confirm_revocation(reference, archive.caller("second"))
    (block,) = office.filings.credit_blocks([ZHOU_ID])[ZHOU_ID]
    assert block.until_on == date(2029, 1, 10)
    assert office.deciding.find(ending.id).proposal.document_sha256 == digest
    archive.under_test.close()


def test_a_question_that_agrees_with_nothing_costs_the_same_work_whether_there_is_a_record_or_not(
    archive: Archive,
) -> None:
    (reference,) = archive.published(ZHOU)
    other = ("0" if reference[8] != "0" else "1").join((reference[:8], reference[9:]))
    archive.ask(other)  # the first question of a process finds no stand-in yet
    done = []
    for number, name in (
        (reference, "王莉"),
        (other, "王莉"),
        (str(ZHOU["原证书编号"]), "王莉"),
        ("无此号", "王莉"),
    ):
        with work_counted(archive.office) as counts:
            verdict = archive.ask(number, name)
        done.append((json.dumps(verdict), dict(counts)))
    assert all(one == done[0] for one in done), done
