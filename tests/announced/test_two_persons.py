"""A list is loaded by one official, confirmed by another of the same authority, and neither of them files the batch."""

from __future__ import annotations

import pytest

from certsvc.domain.announced_list import ListStatus
from certsvc.domain.caller import official
from certsvc.errors import ConflictError, NotPermitted, UnknownReference
from tests.announced.lists import (
    CONFIRMER,
    DOCUMENT,
    LOADER,
    announced,
    batch,
    people,
    put_in_force,
)
from tests.support.office import OfficeUnderTest

LIST = announced(people(3))


def load(office: OfficeUnderTest, by: str = LOADER) -> str:
    kept = office.office.announced.load(LIST.xlsx(), "list.xlsx", by).kept
    assert kept is not None
    return kept.id


def confirm(office: OfficeUnderTest, wanted: str, by: str) -> ListStatus:
    return office.office.announced.loading.confirm(wanted, by).status


def actions(office: OfficeUnderTest, wanted: str) -> list[tuple[str, str]]:
    return [(one.actor, one.action) for one in office.office.trail.entries(f"announced/{wanted}")]


def test_the_same_file_is_one_list(office: OfficeUnderTest) -> None:
    raw, lists = LIST.xlsx(), office.office.announced
    first = lists.load(raw, "list.xlsx", LOADER).kept
    assert lists.load(raw, "other.xlsx", CONFIRMER).kept == first
    assert first is not None
    for _ in range(2):
        assert confirm(office, first.id, CONFIRMER) is ListStatus.CONFIRMED
    again = lists.load(raw, "list.xlsx", LOADER).kept
    assert again is not None
    assert (again.id, again.status, len(lists.lists.listed())) == (first.id, ListStatus.CONFIRMED, 1)
    assert actions(office, first.id) == [
        (LOADER, "console:announced_list:load"),
        (CONFIRMER, "console:announced_list:confirm"),
    ]


@pytest.mark.parametrize("by", [LOADER, "watcher", "tonghua-two"])
def test_the_second_person_is_another_one_of_the_same_authority(office: OfficeUnderTest, by: str) -> None:
    wanted = load(office)
    with pytest.raises(NotPermitted):
        confirm(office, wanted, by)
    assert (by, "console:announced_list:confirm.refused") in actions(office, wanted)
    assert confirm(office, wanted, CONFIRMER) is ListStatus.CONFIRMED


def test_the_database_itself_refuses_the_same_person(office: OfficeUnderTest) -> None:
    wanted, lists = load(office), office.office.announced.lists
    with pytest.raises(ConflictError):
        lists.confirm(wanted, LOADER, office.clock.now(), (), ())


@pytest.mark.parametrize("by", ["watcher", "tonghua"])
def test_supervisors_and_other_places_load_no_list_of_the_province(office: OfficeUnderTest, by: str) -> None:
    with pytest.raises(NotPermitted):
        load(office, by)
    assert office.office.announced.lists.listed() == ()


def test_a_city_loads_its_own_list(office: OfficeUnderTest) -> None:
    body = {"公布文件发文单位": "通化市人力资源和社会保障局"}
    own = LIST.named("通人社职字〔2023〕3号", **body)
    registered = {d.name: d.region for d in office.office.announced.loading.registry().departments}
    if body["公布文件发文单位"] not in registered:
        own = LIST.named("延州人社职字〔2023〕12号", 公布文件发文单位="延边朝鲜族自治州人力资源和社会保障局")
        kept = office.office.announced.load(own.xlsx(), "list.xlsx", "city").kept
        assert kept is not None
        assert kept.place == "222400"
        return
    kept = office.office.announced.load(own.xlsx(), "list.xlsx", "tonghua").kept
    assert kept is not None
    assert kept.place == "220500"


def test_who_files_the_batch_neither_loads_nor_confirms_its_list(office: OfficeUnderTest) -> None:
    inner = office.office
    filer = inner.actors.find_actor(LOADER)
    assert filer is not None
    inner.submit(batch(people(3)).xlsx(), "filing.xlsx", official(filer))
    with pytest.raises(NotPermitted, match="报送汇总表以外"):
        load(office)
    wanted = load(office, CONFIRMER)
    with pytest.raises(NotPermitted, match="报送汇总表以外"):
        confirm(office, wanted, LOADER)
    assert confirm(office, wanted, "maker") is ListStatus.CONFIRMED


@pytest.mark.parametrize("by", [LOADER, CONFIRMER])
def test_who_saw_to_the_list_does_not_file_the_batch(office: OfficeUnderTest, by: str) -> None:
    put_in_force(office, LIST)
    filer = office.office.actors.find_actor(by)
    assert filer is not None
    with pytest.raises(NotPermitted, match="汇总表须由另一位人员报送"):
        office.office.submit(batch(people(3)).xlsx(), "filing.xlsx", official(filer))


def test_a_second_file_takes_the_place_of_an_unconfirmed_one(office: OfficeUnderTest) -> None:
    first = load(office)
    second = office.office.announced.load(LIST.without(3).xlsx(), "list.xlsx", LOADER).kept
    assert second is not None
    with pytest.raises(ConflictError, match="后来载入"):
        confirm(office, first, CONFIRMER)
    assert confirm(office, second.id, CONFIRMER) is ListStatus.CONFIRMED


def test_a_confirmed_list_is_changed_by_a_corrected_document_alone(office: OfficeUnderTest) -> None:
    put_in_force(office, LIST)
    with pytest.raises(ConflictError, match=DOCUMENT):
        office.office.announced.load(LIST.without(3).xlsx(), "list.xlsx", LOADER)


def test_an_error_anywhere_keeps_nothing(office: OfficeUnderTest) -> None:
    answer = office.office.announced.load(LIST.but(2, 证件号码="22").xlsx(), "list.xlsx", LOADER)
    assert (answer.refused, answer.kept) == (True, None)
    assert office.office.announced.lists.listed() == ()
    with pytest.raises(UnknownReference):
        confirm(office, "A000000000000000", CONFIRMER)


def test_nobody_stands_readable_in_the_database(office: OfficeUnderTest) -> None:
    from certsvc.adapters.announced_schema import announced_list, announced_row

    wanted = put_in_force(office, LIST)
    with office.office.engine.begin() as connection:
        stored = [
            *connection.execute(announced_row.select()).all(),
            *connection.execute(announced_list.select()).all(),
        ]
    text = repr(stored).encode() + b"".join(bytes(row.sealed_row) for row in stored[:3])
    for row in people(3):
        for value in (row["姓名"], row["证件号码"]):
            assert value.encode() not in text
            assert str(value) not in repr(stored)
    assert [row.name for row in office.office.announced.lists.rows(wanted)] == [
        one["姓名"] for one in people(3)
    ]
