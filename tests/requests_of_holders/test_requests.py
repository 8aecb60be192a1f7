"""A request is received under a number, looked into within its term, and changes nothing by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from certsvc.adapters.access_schema import audit_entry
from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.adapters.clock import FixedClock
from certsvc.adapters.credit_schema import person_link, person_link_paper
from certsvc.adapters.holder_news import HolderNews
from certsvc.adapters.holder_request_schema import holder_request, holder_request_file, holder_request_step
from certsvc.domain.actor import Actor, Role
from certsvc.domain.caller import Caller, holder_caller, official
from certsvc.domain.decision import DecisionKind
from certsvc.domain.holder_notice import NoticeKind
from certsvc.domain.holder_request import (
    LARGEST_FILE,
    MOST_A_DAY,
    MOST_OPEN,
    WITHDRAWN_KEPT,
    RequestKind,
    RequestState,
    evidence_file,
    is_number,
    new_number,
)
from certsvc.domain.identity import IdKind
from certsvc.domain.permission import Action
from certsvc.errors import ConflictError, NotPermitted, RequestError, UnknownReference
from certsvc.stages.holder_requests import HolderRequests, RequestForm
from certsvc.stages.request_work import OPEN, RequestWork
from certsvc.stages.share_grants import Holder
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import DUAL_DIRECTED, sample

PDF, PNG = b"%PDF-1.7 evidence", b"\x89PNG\r\n\x1a\n evidence"
OFFICERS = (
    Actor("province-two", Role.CHECKER, "220000"),
    Actor("yanbian", Role.MAKER, "222400"),
    Actor("tonghua", Role.MAKER, "220500"),
    Actor("watcher", Role.SUPERVISOR, "220000"),
)
STRANGER = Holder("周敏", "229901198001010028")
EVERY = frozenset(RequestState)


class Desk:
    """An office with one certificate of 珲春市, and short ways to ask."""

    def __init__(self, home: Path, database_url: str | None = None) -> None:
        self.clock = FixedClock(datetime(2024, 6, 3, 2, 0, tzinfo=UTC))
        self.under_test = OfficeUnderTest(home, self.clock, database_url)
        self.office = self.under_test.office
        for one in OFFICERS:
            self.office.actors.register_actor(one, self.clock.now())
        self.certificate: PublicCertificate = self.under_test.issue(
            self.under_test.submit(sample(DUAL_DIRECTED).xlsx())
        )[0]
        award = self.certificate.draft.content.award
        self.holder = Holder(award.name, award.document.number)
        self.number = self.certificate.draft.content.number
        self.forms = 0

    @property
    def requests(self) -> HolderRequests:
        return self.office.request_desk.holders

    @property
    def work(self) -> RequestWork:
        return self.office.request_desk.work

    def by(self, holder: Holder) -> Caller:
        return holder_caller(self.office.holder_news.owner_of(holder.id_number))

    def officer(self, name: str) -> Caller:
        actor = self.office.actors.find_actor(name)
        assert actor is not None
        return official(actor)

    def make(self, holder: Holder | None = None, **given: object) -> str:
        """Hand a request in; its number."""
        self.forms += 1
        form = {
            "kind": RequestKind.CORRECTION,
            "subject": self.number,
            "wrong": "工作单位有误",
            "right": "珲春市农业技术推广站",
            "old_number": "",
            "files": (PDF,),
            "form": f"form-{self.forms}",
        } | given
        asking = holder or self.holder
        return self.requests.make(asking, self.by(asking), RequestForm(**form))  # type: ignore[arg-type]

    def state(self, number: str) -> RequestState:
        return self.requests.show(self.holder, self.by(self.holder), number).request.state

    def notices(self) -> list[NoticeKind]:
        page = self.office.notice_desk.holders.page(self.holder, self.by(self.holder), 0, 50)
        return [one.kind for one in page.entries]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    opened = Desk(tmp_path_factory.mktemp("requests") / "home")
    yield opened
    opened.office.close()


@pytest.fixture
def desk(shared: Desk) -> Iterator[Desk]:
    """The desk, on which nothing is open; the next test has a day of its own."""
    work, by = shared.work, shared.officer("province-two")
    for request in work.listed(by, OPEN, 0, 100)[1]:
        if request.state is RequestState.ASKED:
            shared.requests.withdraw(shared.holder, shared.by(shared.holder), request.number)
        else:
            work.decline(request.number, "清理", "内部", by)
    yield shared
    shared.clock.advance(timedelta(days=1))


def test_it_is_received_with_number_place_and_due_day(desk: Desk) -> None:
    number = desk.make()
    whole = desk.requests.show(desk.holder, desk.by(desk.holder), number)
    assert is_number(number)
    assert (whole.request.place, whole.request.state) == ("222400", RequestState.RECEIVED)
    assert whole.request.due_on == date(2024, 7, 2)  # twenty working days; 端午 on 10 June is none
    assert [(one.media_type.value, one.size) for one in whole.files] == [("application/pdf", len(PDF))]


def test_the_same_form_twice_is_one_request(desk: Desk) -> None:
    assert desk.make(form="the same") == desk.make(form="the same")


def test_nothing_is_asked_about_what_is_anothers(desk: Desk) -> None:
    with pytest.raises(UnknownReference, match="您名下没有"):
        desk.make(STRANGER)
    with pytest.raises(UnknownReference, match="您名下没有"):
        desk.make(subject="JL0000000000")


def test_a_holder_whose_name_changed_may_ask_all_the_same(desk: Desk) -> None:
    renamed = Holder("新名字", desk.holder.id_number)
    assert desk.make(renamed, kind=RequestKind.NAME)


def test_another_holder_sees_completes_and_withdraws_nothing(desk: Desk) -> None:
    number, stranger = desk.make(), desk.by(STRANGER)
    assert desk.requests.listed(STRANGER, stranger, 0, 10) == (0, ())
    for act in (
        lambda: desk.requests.show(STRANGER, stranger, number),
        lambda: desk.requests.file(STRANGER, stranger, number, 1),
        lambda: desk.requests.withdraw(STRANGER, stranger, number),
        lambda: desk.requests.complete(STRANGER, stranger, number, "补正", ()),
    ):
        with pytest.raises(UnknownReference):
            act()


def test_only_so_many_are_open(desk: Desk) -> None:
    for _ in range(MOST_OPEN):
        desk.make()
    with pytest.raises(ConflictError, match="还没有办结"):
        desk.make()


def test_only_so_many_are_made_a_day_and_withdrawing_makes_no_room(desk: Desk) -> None:
    for _ in range(MOST_A_DAY):
        desk.requests.withdraw(desk.holder, desk.by(desk.holder), desk.make())
    with pytest.raises(ConflictError, match="24 小时"):
        desk.make()
    desk.clock.advance(timedelta(days=1))
    assert desk.make()


def test_the_files_of_a_withdrawn_request_are_deleted_in_time(tmp_path: Path, database_url: str) -> None:
    desk = Desk(tmp_path / "home", database_url)
    by, retention = desk.by(desk.holder), desk.office.request_desk.retention
    withdrawn, open_one = desk.make(files=(PDF, PNG)), desk.make()
    desk.requests.withdraw(desk.holder, by, withdrawn)

    def files() -> list[int]:
        retention.work(lambda: False)
        return [len(desk.requests.show(desk.holder, by, one).files) for one in (withdrawn, open_one)]

    desk.clock.advance(WITHDRAWN_KEPT)
    assert files() == [2, 1]
    desk.clock.advance(timedelta(seconds=1))
    assert files() == [0, 1]
    assert desk.state(withdrawn) is RequestState.WITHDRAWN
    desk.office.close()


@pytest.mark.parametrize(
    "raw", [b"", b"<html>", b"MZ\x90", b"GIF89a", b"%PDF-" + b"0" * LARGEST_FILE], ids=range(5)
)
def test_files_of_other_kinds_and_sizes_are_refused(raw: bytes) -> None:
    with pytest.raises(RequestError):
        evidence_file(raw)


def test_words_and_files_stand_sealed(desk: Desk) -> None:
    number = desk.make(wrong="秘密的情况", files=(PDF, PNG))
    with desk.office.engine.begin() as connection:
        kept = [
            repr(connection.execute(select(table).where(table.c.number == number)).all())
            for table in (holder_request, holder_request_step, holder_request_file)
        ]
    assert not any(
        one in text for text in kept for one in ("秘密", "evidence", desk.holder.name, desk.holder.id_number)
    )
    assert desk.requests.file(desk.holder, desk.by(desk.holder), number, 2)[1] == PNG


def test_officials_see_what_is_in_their_reach(desk: Desk) -> None:
    number = desk.make()
    seen = {
        name: number in [one.number for one in desk.work.listed(desk.officer(name), EVERY, 0, 500)[1]]
        for name in ("yanbian", "tonghua", "watcher", "province-two")
    }
    assert seen == {"yanbian": True, "tonghua": False, "watcher": True, "province-two": True}
    with pytest.raises(NotPermitted):
        desk.work.show(number, desk.officer("tonghua"))


def test_a_supervisor_sees_and_changes_nothing(desk: Desk) -> None:
    number, watcher = desk.make(), desk.officer("watcher")
    assert desk.work.show(number, watcher).words.right == "珲春市农业技术推广站"
    for act in (desk.work.ask_back, desk.work.accept):
        with pytest.raises(NotPermitted):
            act(number, "意见", watcher)
    with pytest.raises(NotPermitted):
        desk.work.decline(number, "意见", "依据", watcher)


def test_it_is_assigned_asked_back_completed_and_declined_with_a_basis(desk: Desk) -> None:
    number, officer = desk.make(), desk.officer("yanbian")
    desk.work.assign(number, "yanbian", officer)
    with pytest.raises(RequestError, match="不能办理"):
        desk.work.assign(number, "tonghua", officer)
    desk.work.ask_back(number, "请附原证书", officer)
    assert desk.notices()[0] is NoticeKind.REQUEST_ASKED
    desk.requests.complete(desk.holder, desk.by(desk.holder), number, "已附", (PNG,))
    desk.work.decline(number, "材料不足", "吉人社函〔2022〕38号", officer)
    desk.work.decline(number, "材料不足", "吉人社函〔2022〕38号", officer)
    whole = desk.requests.show(desk.holder, desk.by(desk.holder), number)
    assert [one.state.value for one in whole.steps] == [
        "received",
        "assigned",
        "asked",
        "assigned",
        "declined",
    ]
    assert whole.steps[-1].words == "材料不足\n依据：吉人社函〔2022〕38号"
    assert desk.notices()[0] is NoticeKind.REQUEST_ANSWERED
    with pytest.raises(RequestError, match="法律依据"):
        desk.work.decline(desk.make(), "材料不足", " ", officer)


def test_a_holder_withdraws_until_it_is_accepted(desk: Desk) -> None:
    first, second = desk.make(), desk.make()
    desk.requests.withdraw(desk.holder, desk.by(desk.holder), first)
    assert desk.state(first) is RequestState.WITHDRAWN
    desk.work.accept(second, "属实，将作出更正", desk.officer("yanbian"))
    with pytest.raises(ConflictError):
        desk.requests.withdraw(desk.holder, desk.by(desk.holder), second)


def test_accepting_changes_nothing_and_a_correction_is_named_when_it_is_confirmed(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "home")
    number, yanbian, second = desk.make(), desk.officer("yanbian"), desk.officer("province-two")
    desk.work.accept(number, "属实，将作出更正", yanbian)
    assert len(desk.office.certificates.published(number=desk.number)) == 1
    for named, error in (("", RequestError), ("D000", RequestError)):
        with pytest.raises(error):
            desk.work.conclude(number, "已更正", named, second)
    decision = desk.office.deciding.propose(
        DecisionKind.CORRECT,
        desk.number,
        "延人社更正〔2024〕1号",
        desk.clock.today(),
        "工作单位名称有误",
        "maker",
        {"unit_name": "珲春市农业技术推广站"},
        None,
    )
    with pytest.raises(ConflictError, match="尚未"):
        desk.work.conclude(number, "已更正", decision, second)
    desk.office.confirm_decision(decision, "checker")
    with pytest.raises(NotPermitted, match="同一人"):
        desk.work.conclude(number, "已更正", decision, yanbian)
    desk.work.conclude(number, "已更正，请下载新版本。", decision, second)
    whole = desk.requests.show(desk.holder, desk.by(desk.holder), number)
    assert (whole.request.state, whole.request.decision) == (RequestState.DONE, decision)
    assert set(desk.notices()) == {NoticeKind.ISSUED, NoticeKind.CORRECTED, NoticeKind.REQUEST_ANSWERED}
    desk.office.close()


def test_a_changed_number_is_linked_by_the_second_person_alone(tmp_path: Path, database_url: str) -> None:
    desk = Desk(tmp_path / "home", database_url)
    renumbered = Holder(desk.holder.name, "E12345678")
    own = desk.office.notice_desk.holders
    number = desk.make(renumbered, kind=RequestKind.ID_NUMBER, subject="", old_number=desk.holder.id_number)
    desk.work.accept(number, "同一人，待复核", desk.officer("province-two"))
    assert own.page(renumbered, desk.by(renumbered), 0, 9).total == 0
    certificates = desk.office.own_certificates
    assert certificates.of_holder(renumbered, desk.by(renumbered)).certificates == ()
    with pytest.raises(NotPermitted, match="同一人"):
        desk.work.conclude(number, "已关联", "", desk.officer("province-two"))
    checker = desk.officer("checker")
    for _ in range(2):
        desk.work.conclude(number, "已关联", "", checker)
    assert {one.kind for one in own.page(renumbered, desk.by(renumbered), 0, 9).entries} == {
        NoticeKind.ISSUED,
        NoticeKind.REQUEST_ANSWERED,
    }
    (found,) = certificates.of_holder(renumbered, desk.by(renumbered)).certificates
    assert found.number == desk.number
    assert certificates.document(renumbered, desk.number, None, desk.by(renumbered)).number == desk.number
    namesake = Holder("别的人", "E12345678")
    assert certificates.of_holder(namesake, desk.by(namesake)).certificates == ()
    desk.office.close()


def _asked_with_the_old_number(desk: Desk) -> tuple[str, Holder]:
    """An accepted request that a changed number is linked, and who makes it."""
    renumbered = Holder(desk.holder.name, "E12345678")
    number = desk.make(renumbered, kind=RequestKind.ID_NUMBER, subject="", old_number=desk.holder.id_number)
    desk.work.accept(number, "同一人，待复核", desk.officer("province-two"))
    return number, renumbered


def _seen(desk: Desk, holder: Holder) -> list[str]:
    found = desk.office.own_certificates.of_holder(holder, desk.by(holder)).certificates
    return [one.number for one in found]


def test_a_conclusion_that_does_not_come_through_links_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path / "home")
    number, renumbered = _asked_with_the_old_number(desk)

    def stop(*_given: object) -> None:
        raise RuntimeError("the process ends here")

    with monkeypatch.context() as patch:
        patch.setattr(HolderNews, "queue", stop)
        with pytest.raises(RuntimeError):
            desk.work.conclude(number, "已关联", "", desk.officer("checker"))
    assert _seen(desk, renumbered) == []
    desk.work.decline(number, "证明系伪造", "个人信息保护法", desk.officer("checker"))
    with pytest.raises(ConflictError):
        desk.work.conclude(number, "已关联", "", desk.officer("checker"))
    assert _seen(desk, renumbered) == []
    desk.office.close()


def test_a_link_stands_in_the_names_of_two_officials_and_two_undo_it(
    tmp_path: Path, database_url: str
) -> None:
    desk = Desk(tmp_path / "home", database_url)
    number, renumbered = _asked_with_the_old_number(desk)
    checker, maker = desk.officer("checker"), desk.officer("province-two")
    desk.work.conclude(number, "已关联", "", checker)
    assert _seen(desk, renumbered) == [desk.number]
    with desk.office.engine.begin() as connection:
        entries = connection.execute(
            select(audit_entry.c.actor, audit_entry.c.action).where(audit_entry.c.object.like("person/%"))
        ).all()
        papers = connection.execute(select(person_link_paper)).all()
    assert [tuple(one) for one in entries] == [("checker", "console:request:conclude")]
    assert [(one.first_person, one.second_person) for one in papers] == [("province-two", "checker")]

    desk.work.propose_unlinking(number, "证明系伪造", maker)
    assert _seen(desk, renumbered) == [desk.number]
    with pytest.raises(NotPermitted, match="同一人"):
        desk.work.unlink(number, "撤销", maker)
    desk.work.keep_link(number, "再核实", checker)
    with pytest.raises(ConflictError):
        desk.work.unlink(number, "撤销", checker)
    desk.work.propose_unlinking(number, "证明确系伪造", maker)
    for _ in range(2):
        desk.work.unlink(number, "核实无误，予以撤销", checker)
    assert _seen(desk, renumbered) == []
    assert _seen(desk, desk.holder) == [desk.number]
    whole = desk.requests.show(renumbered, desk.by(renumbered), number)
    assert whole.request.state is RequestState.UNLINKED
    desk.office.close()


def test_an_appeal_is_judged_by_nobody_who_made_the_decision(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "home")
    decision = desk.office.deciding.propose(
        DecisionKind.REVOKE,
        desk.number,
        "吉人社撤〔2024〕1号",
        desk.clock.today(),
        "核查材料",
        "maker",
        None,
        None,
    )
    desk.office.confirm_decision(decision, "checker")
    desk.clock.advance(timedelta(hours=1))
    number = desk.make(kind=RequestKind.APPEAL)
    work, second, yanbian = desk.work, desk.officer("province-two"), desk.officer("yanbian")
    for name in ("maker", "checker"):
        own = desk.officer(name)
        assert not work.may(Action.REQUEST_ACCEPT, work.show(number, second).request, own)
        with pytest.raises(NotPermitted, match="没有参与该决定的另一位"):
            work.accept(number, "属实", own)
        with pytest.raises(NotPermitted, match="回避"):
            work.decline(number, "不成立", "38号", own)
        with pytest.raises(RequestError, match="回避"):
            work.assign(number, name, second)
    work.accept(number, "属实", yanbian)
    with pytest.raises(NotPermitted, match="回避"):
        work.conclude(number, "维持", "", desk.officer("checker"))
    desk.clock.advance(timedelta(hours=1))
    later = desk.office.deciding.propose(
        DecisionKind.REINSTATE,
        desk.number,
        "吉人社复〔2024〕2号",
        desk.clock.today(),
        "核查完毕",
        "province-two",
        None,
        None,
    )
    desk.office.confirm_decision(later, "checker")
    work.conclude(number, "已恢复", later, second)
    assert desk.state(number) is RequestState.DONE
    desk.office.close()


def test_undoing_one_paper_leaves_what_another_holds_together(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "home")
    number, _ = _asked_with_the_old_number(desk)
    desk.work.conclude(number, "已关联", "", desk.officer("checker"))
    archive = desk.office.credit.archive
    kind = IdKind.PASSPORT
    archive.link((kind, "E12345678"), (kind, "E87654321"), "公安机关证明")
    assert _seen(desk, Holder(desk.holder.name, "E87654321")) == [desk.number]
    desk.work.propose_unlinking(number, "证明系伪造", desk.officer("province-two"))
    desk.work.unlink(number, "撤销", desk.officer("checker"))
    assert _seen(desk, Holder(desk.holder.name, "E87654321")) == []
    with desk.office.engine.begin() as connection:
        groups = connection.execute(select(person_link.c.group_key)).scalars().all()
    assert len(groups) == 3
    assert len(set(groups)) == 2
    desk.office.close()


def test_the_old_number_must_be_another_persons_document_number(desk: Desk) -> None:
    fifteen = desk.holder.id_number[:6] + desk.holder.id_number[8:17]
    for old in ("", "nonsense!", desk.holder.id_number, fifteen):
        with pytest.raises(RequestError):
            desk.make(kind=RequestKind.ID_NUMBER, subject="", old_number=old)


def test_numbers_have_no_symbol_that_is_read_as_another() -> None:
    assert new_number(lambda length: bytes(range(length))) == "Q23456789A"


@pytest.mark.parametrize("field", ["wrong", "right"])
def test_every_field_must_say_something_in_plain_characters(desk: Desk, field: str) -> None:
    for text in ("", "  ", "a\x00b", "字" * 1001):
        with pytest.raises(RequestError):
            desk.make(**{field: text})
