"""Mapping statements 对应职称: no certificate, made for a line of the list, looked up anew at every question."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.bootstrap import Office
from certsvc.bootstrap.mapping import open_mapping, open_mapping_answers
from certsvc.domain.annulment import ProofKind
from certsvc.domain.caller import official
from certsvc.domain.certificate_number import parse_certificate_number
from certsvc.domain.check_reference import ReferenceKind, reference_kind
from certsvc.domain.identity import IdDocument
from certsvc.domain.levels import Level
from certsvc.domain.mapping import MappingStatement, Qualification, QualificationStanding
from certsvc.domain.mapping_list import decode_mapping_list
from certsvc.entrypoints.mapping_objects import mapping_object
from certsvc.errors import ConflictError, NotPermitted, RequestError, UnreadableInput
from certsvc.stages.mapping import Mapping, MappingAnswers
from certsvc.stages.verify import HolderClaim
from tests.history.papers import ZHOU_ID
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import EXAMPLES

LIST = (EXAMPLES / "mapping-list-example.json").read_bytes()
ECONOMIST = Qualification("示例经济类职业资格", "中级", "SL2021-000123", date(2021, 10, 31))


@dataclass
class NationalQuery:
    """The national qualification query as the tests have it: every certificate is in force but those named."""

    others: dict[str, QualificationStanding] = field(default_factory=dict)

    def standing(
        self, _holder: str, _document: IdDocument, qualification: Qualification
    ) -> QualificationStanding:
        return self.others.get(qualification.certificate_ref, QualificationStanding.IN_FORCE)


@dataclass
class Desk:
    """An office joined with the simulated query."""

    office: Office
    query: NationalQuery
    clock: FixedClock

    @property
    def making(self) -> Mapping:
        return open_mapping(self.office, self.query)

    @property
    def answers(self) -> MappingAnswers:
        return open_mapping_answers(self.office, self.query)

    def make(
        self,
        qualification: Qualification = ECONOMIST,
        by: str = "maker",
        holder: tuple[str, str] = ("周铭", ZHOU_ID),
    ) -> MappingStatement:
        actor = self.office.actors.find_actor(by)
        assert actor is not None
        return self.making.make(*holder, qualification, official(actor))

    def check(self, reference: str, name: str = "周铭", id_last4: str = "0515") -> dict[str, Any]:
        return mapping_object(self.answers.check(HolderClaim(reference, name, id_last4)))


@pytest.fixture
def desk(tmp_path: Path, clock: FixedClock, database_url: str) -> Iterator[Desk]:
    opened = OfficeUnderTest(tmp_path, clock, database_url)
    opened.office.mapping.load_list(LIST)
    yield Desk(opened.office, NationalQuery(), clock)
    opened.close()


def codes(answer: dict[str, Any]) -> list[str]:
    return [one["code"] for one in answer["findings"]]


def test_a_statement_has_its_own_reference_and_says_that_it_is_no_certificate(desk: Desk) -> None:
    statement = desk.make()
    assert reference_kind(statement.reference) is ReferenceKind.MAPPING
    assert parse_certificate_number(statement.reference) is None
    assert desk.make().reference == statement.reference
    answer = desk.check(statement.reference.lower())
    assert (answer["verdict"], answer["kind"], answer["findings"]) == (
        "passed",
        "对应职称（依据职业资格）",
        [],
    )
    assert "不是职称评审证书" in answer["note"]
    assert answer["title"] == {"series": "经济专业人员", "level": "中级", "title": "经济师"}
    assert (answer["holder"], answer["on"]) == ("周*", "2026-11-20")
    assert desk.office.certificates.published(number=statement.reference) == ()


def test_the_same_certificate_with_other_words_is_no_second_statement(desk: Desk) -> None:
    desk.make()
    with pytest.raises(ConflictError):
        desk.make(Qualification("示例工程类职业资格", None, "SL2021-000123", date(2021, 10, 31)))


def test_a_qualification_certificate_belongs_to_one_person(desk: Desk) -> None:
    desk.make()
    with pytest.raises(ConflictError, match="一份证书只属于一人"):
        desk.make(holder=("王丽", "229905198307150422"))


def test_an_annulled_qualification_ends_the_statement_at_the_next_question(desk: Desk) -> None:
    statement = desk.make()
    desk.query.others["SL2021-000123"] = QualificationStanding.ANNULLED
    answer = desk.check(statement.reference)
    assert (answer["verdict"], codes(answer)) == ("failed", ["qualification-annulled"])
    with pytest.raises(RequestError, match="已被取消"):
        desk.make(Qualification("示例经济类职业资格", "中级", "SL2021-000123", date(2020, 1, 1)))


def test_an_annulment_confirmed_by_the_office_counts_whatever_the_query_says_until_it_is_lifted(
    desk: Desk,
) -> None:
    statement = desk.make()
    annulments = desk.office.case_work.annulments
    annulled = annulments.record(
        ProofKind.QUALIFICATION,
        " sl2021-000123",
        "人社厅函〔2026〕1号",
        date(2026, 11, 1),
        "违纪违规",
        "maker",
    )
    assert codes(desk.check(statement.reference)) == []
    annulments.confirm(annulled, "checker")
    assert codes(desk.check(statement.reference)) == ["qualification-annulled"]
    assert desk.office.filings.titles_held([ZHOU_ID]) == {}
    lifting = annulments.propose_lifting(
        annulled, "人社厅函〔2026〕3号", date(2026, 11, 2), "复核认定没有违纪", "maker"
    )
    annulments.confirm(lifting, "checker")
    assert codes(desk.check(statement.reference)) == []
    assert desk.office.filings.titles_held([ZHOU_ID]) != {}


def test_without_anybody_to_ask_the_answer_stays_open(desk: Desk) -> None:
    statement = desk.make()
    answer = mapping_object(
        desk.office.mapping_answers.check(HolderClaim(statement.reference, "周铭", "0515"))
    )
    assert (answer["verdict"], codes(answer)) == ("undetermined", ["qualification-not-established"])


def test_the_list_in_force_on_the_day_of_the_question_decides(desk: Desk) -> None:
    first_grade = Qualification("示例工程类职业资格（一级）", "一级", "GC-1", date(2022, 1, 5))
    statement = desk.make(first_grade)
    assert desk.check(statement.reference)["title"]["title"] == "高级工程师"
    desk.clock.instant = desk.clock.instant.replace(year=2027)
    answer = desk.check(statement.reference)
    assert (answer["verdict"], answer["title"], codes(answer)) == ("failed", None, ["correspondence-ended"])
    desk.office.mapping.load_list((EXAMPLES / "mapping-list-empty.json").read_bytes())
    assert codes(desk.check(statement.reference)) == ["correspondence-ended"]


@pytest.mark.parametrize("wrong", [{"name": "周明"}, {"id_last4": "0516"}], ids=["name", "last four"])
def test_whatever_does_not_agree_has_one_and_the_same_answer(desk: Desk, wrong: dict[str, str]) -> None:
    unknown = desk.check("M00000000000000X")
    assert desk.check(desk.make().reference, **wrong) == unknown == desk.check("M00000000000000X")
    assert (unknown["verdict"], codes(unknown)) == ("undetermined", ["statement-not-found"])


def test_only_what_the_list_names_is_mapped_and_only_by_the_province(desk: Desk) -> None:
    with pytest.raises(RequestError, match="对应目录中没有"):
        desk.make(Qualification("示例经济类职业资格", "高级", "SL-9", date(2021, 1, 1)))
    with pytest.raises(RequestError, match="晚于今天"):
        desk.make(Qualification("示例经济类职业资格", "中级", "SL-9", date(2027, 1, 1)))
    with pytest.raises(NotPermitted):
        desk.make(by="city")


def test_a_mapped_title_is_a_base_title_of_the_gate(desk: Desk) -> None:
    statement = desk.make()
    (held,) = desk.office.filings.titles_held([ZHOU_ID])[ZHOU_ID]
    assert (held.number, held.series, held.level, held.acquired_on) == (
        statement.reference, 19, Level.INTERMEDIATE, date(2021, 10, 31),
    )  # fmt: skip
    desk.office.mapping.load_list((EXAMPLES / "mapping-list-empty.json").read_bytes())
    assert desk.office.filings.titles_held([ZHOU_ID]) == {}


def test_a_list_that_was_in_force_before_comes_back_by_being_loaded_again(desk: Desk) -> None:
    desk.office.mapping.load_list((EXAMPLES / "mapping-list-empty.json").read_bytes())
    desk.office.mapping.load_list(LIST)
    assert desk.check(desk.make().reference)["verdict"] == "passed"


def test_an_example_list_is_not_loaded_in_production(desk: Desk) -> None:
    settings = desk.office.settings.model_copy(update={"environment": "production"})
    strict = open_mapping(_with_settings(desk.office, settings))
    with pytest.raises(RequestError, match="示例目录"):
        strict.load_list(LIST)
    assert strict.load_list((EXAMPLES / "mapping-list-empty.json").read_bytes()).entries == ()


def _with_settings(office: Office, settings: Any) -> Office:
    other = Office.__new__(Office)
    other.__dict__.update(office.__dict__, settings=settings)
    return other


BAD = {
    "not JSON": b"{",
    "another format": json.dumps({**json.loads(LIST), "format": "x"}).encode(),
    "an unknown key": json.dumps({**json.loads(LIST), "more": 1}).encode(),
    "a series that is none": LIST.replace("经济专业人员".encode(), "经济".encode()),
    "a title not of the level": LIST.replace("经济师".encode(), "高级经济师".encode()),
    "an end before the beginning": LIST.replace(b"2026-12-31", b"2020-12-31"),
    "two lines at once": LIST.replace(
        "示例工程类职业资格（一级）".encode(), "示例工程类职业资格".encode()
    ).replace('"grade": "一级", '.encode(), b""),
}


@pytest.mark.parametrize("raw", BAD.values(), ids=BAD)
def test_a_list_with_a_fault_is_refused_as_a_whole(raw: bytes) -> None:
    with pytest.raises(UnreadableInput):
        decode_mapping_list(raw)


def test_the_lists_that_are_shipped_can_be_read_and_say_what_they_are() -> None:
    example, empty = (
        decode_mapping_list((EXAMPLES / name).read_bytes())
        for name in ("mapping-list-example.json", "mapping-list-empty.json")
    )
    assert (example.example, "示例" in example.document, len(example.entries)) == (True, True, 3)
    assert (empty.example, empty.entries) == (False, ())
