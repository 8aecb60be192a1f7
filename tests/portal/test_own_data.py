"""A holder gets a copy of everything that is kept about them, and nobody else does."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.data_export_store import DatabaseDataExports
from certsvc.adapters.database import open_database
from certsvc.adapters.holder_inbox import DatabaseHolderInbox
from certsvc.adapters.holder_news import HolderNews
from certsvc.adapters.holder_request_schema import personal_export
from certsvc.adapters.personal_cipher import AesGcmCipher
from certsvc.domain.caller import Caller, holder_caller
from certsvc.domain.decision import DecisionKind
from certsvc.domain.holder_notice import NoticeChannel
from certsvc.domain.holder_request import RequestKind
from certsvc.errors import IntegrityError
from certsvc.ports.own_data import DataExport, WaitingExport
from certsvc.stages.holder_requests import RequestForm
from certsvc.stages.own_data import FORMAT, OwnData
from certsvc.stages.own_data_page import SECTIONS, readable_page
from certsvc.stages.share_grants import Holder
from tests.access.desk import Desk, open_desk
from tests.support.workbooks import DUAL_DIRECTED, sample

HTML = {"accept": "text/html"}
PDF = b"%PDF-1.7 evidence"
OTHER = ("周敏", "229901198001010028")


def never() -> bool:
    return False


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clock = FixedClock(datetime(2024, 6, 3, 2, 0, tzinfo=UTC))
    with open_desk(tmp_path / "home", clock) as opened:
        yield opened


def test_the_copy_holds_every_section_for_its_holder_alone_and_for_a_day(desk: Desk) -> None:
    office = desk.office.office
    certificate = desk.office.issue(desk.office.submit(sample(DUAL_DIRECTED).xlsx()))[0]
    award, number = certificate.draft.content.award, certificate.draft.content.number
    holder = Holder(award.name, award.document.number)
    by = office.holder_sign_in.caller_of(holder)
    office.share_grants.make(holder, number, ["name"], "某公司", by)
    form = RequestForm(RequestKind.CORRECTION, number, "有误", "正确", "", (PDF,), "form")
    office.request_desk.holders.make(holder, by, form)
    revocation = office.deciding.propose(
        DecisionKind.REVOKE, number, "吉人社撤〔2024〕1号", date(2024, 6, 3), "材料不实", "maker", None, None
    )
    office.confirm_decision(revocation, "checker")
    office.notice_desk.holders.addresses.ask_code(
        office.holder_news.owner_of(holder.id_number),
        NoticeChannel.EMAIL,
        "sun@example.com",
        _waiting(desk.clock),
        desk.clock.now(),
    )
    with desk.holder(*OTHER) as stranger, desk.holder(award.name, award.document.number) as browser:
        browser.headers.update(HTML)
        stranger.headers.update(HTML)
        for _ in range(2):
            assert browser.post("/portal/data", data={"go": ""}).status_code == 303
        (export,) = office.exports.listed(holder, by)
        path = f"/portal/data/{export.id}"
        assert browser.get(path).status_code == 404, "not ready yet"
        assert "准备中" in browser.get("/portal/data").text
        office.exports.work(never)
        office.exports.work(never)
        assert path in browser.get("/portal/data").text
        given = browser.get(path)
        assert given.headers["content-type"] == "application/zip"
        assert stranger.get(path).status_code == 404
        desk.clock.advance(timedelta(minutes=19))
        assert browser.get("/portal/me").status_code == 200
    with ZipFile(io.BytesIO(given.content)) as archive:
        told = json.loads(archive.read("personal-data.json"))
        page = archive.read("personal-data.html").decode()
        (evidence,) = (name for name in archive.namelist() if name.startswith("evidence/"))
        assert archive.read(evidence) == PDF
    assert told["format"] == FORMAT
    assert set(told) == {"format", "made_at", *SECTIONS}
    assert told["holder"] == {"name": holder.name, "id_number": holder.id_number}
    assert [one["reference"] for one in told["certificates"][0]["decisions"]] == ["吉人社撤〔2024〕1号"]
    counts = {key: len(told[key]) for key in SECTIONS if key != "holder"}
    assert counts["credit_records"] == counts["requests"] == counts["share_grants"] == 1
    assert told["notice_addresses"] == [
        {"channel": "email", "address": "sun@example.com", "confirmed": False}
    ]
    assert {one["kind"] for one in told["notices"]} == {"issued", "revoked"}
    assert counts["sessions"] == 1
    assert holder.name in page
    assert "checker" not in json.dumps(told), "who worked at it is not the holder's data"
    assert len(list(office.trail.entries(f"export/{export.id}/download"))) == 1
    with office.engine.begin() as connection:
        kept = connection.execute(select(personal_export)).one()
    assert holder.id_number.encode() not in kept.sealed_file + kept.sealed_holder
    desk.clock.advance(timedelta(days=1))
    office.exports.work(never)
    with office.engine.begin() as connection:
        assert connection.execute(select(personal_export)).all() == []


def test_a_copy_is_kept_sealed_told_once_and_given_to_its_owner_alone(
    database_url: str, clock: FixedClock
) -> None:
    engine, cipher = open_database(database_url), AesGcmCipher({1: b"k" * 32}, look_up_key=b"l" * 32)
    store, now = DatabaseDataExports(engine, cipher, HolderNews(cipher)), clock.now()
    owner, other = b"a" * 32, b"b" * 32
    by = holder_caller(owner)

    def ask(export: str) -> DataExport:
        asked = DataExport(export, now, now + timedelta(days=1))
        return store.ask(asked, WaitingExport(export, owner, "孙建国", "229906197605300515"), by)

    assert ask("E1") == ask("E2"), "one at a time"
    assert [one.name for one in store.waiting(now, 9)] == ["孙建国"]
    for raw in (b"first", b"second"):
        store.finish("E1", raw, now)
    assert store.read("E1", owner, by, now) == b"first"
    assert store.read("E1", other, holder_caller(other), now) is None
    assert store.read("E1", owner, by, now + timedelta(days=1)) is None
    assert DatabaseHolderInbox(engine).counted([owner]) == (1, 1)
    assert (store.delete_ended(now), store.delete_ended(now + timedelta(days=1))) == (0, 1)
    engine.dispose()


def test_a_holder_whose_data_cannot_be_gathered_holds_up_nobody_else(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    office = desk.office.office
    first, second = Holder(*OTHER), Holder("王五", "229901198001010036")
    for holder in (first, second):
        office.exports.ask(holder, office.holder_sign_in.caller_of(holder))
        desk.clock.advance(timedelta(seconds=5))
    gather, tried = OwnData.gather, []

    def fail(self: OwnData, holder: Holder, by: Caller) -> dict[str, Any]:
        tried.append(holder.name)
        if holder == first:
            raise IntegrityError(f"{holder.name} 的数据无法读取")
        return gather(self, holder, by)

    def standing(holder: Holder) -> tuple[bool, int]:
        (export,) = office.exports.listed(holder, office.holder_sign_in.caller_of(holder))
        return export.ready_at is not None, export.attempts

    with monkeypatch.context() as patch:
        patch.setattr(OwnData, "gather", fail)
        for _ in range(2):
            office.exports.work(never)
        assert tried == [first.name, second.name], "it waits before it is tried again"
        assert (standing(first), standing(second)) == ((False, 1), (True, 0))
        desk.clock.advance(timedelta(minutes=1))
        office.exports.work(never)
        desk.clock.advance(timedelta(minutes=1))
        office.exports.work(never)
        assert standing(first) == (False, 2), "the pauses grow"
        with desk.holder(*OTHER) as browser:
            assert "正在重试" in browser.get("/portal/data", headers=HTML).text
    assert "could not be made" in caplog.text
    assert first.name not in caplog.text
    desk.clock.advance(timedelta(minutes=1))
    office.exports.work(never)
    assert standing(first)[0]


def test_a_record_under_the_same_number_and_another_name_is_not_told(desk: Desk) -> None:
    office = desk.office.office
    certificate = desk.office.issue(desk.office.submit(sample(DUAL_DIRECTED).xlsx()))[0]
    award, number = certificate.draft.content.award, certificate.draft.content.number
    revocation = office.deciding.propose(
        DecisionKind.REVOKE, number, "吉人社撤〔2024〕1号", date(2024, 6, 3), "材料不实", "maker", None, None
    )
    office.confirm_decision(revocation, "checker")
    told = {
        name: len(
            office.exports.data.gather(holder, office.holder_sign_in.caller_of(holder))["credit_records"]
        )
        for name in (award.name, "别的人")
        for holder in [Holder(name, award.document.number)]
    }
    assert told == {award.name: 1, "别的人": 0}


def test_what_is_asked_about_one_holder_is_counted(desk: Desk) -> None:
    with desk.holder(*OTHER) as browser:
        browser.headers.update(HTML)
        rooms = "/portal/data", "/portal/requests", "/portal/notices"
        answers = [browser.get(rooms[turn % 3]).status_code for turn in range(31)]
    assert (answers[:30].count(200), answers[30]) == (30, 429)


def test_markup_in_what_is_kept_stays_text_in_the_page() -> None:
    told = {key: [{"<script>": "<script>alert(1)</script>\"'&"}] for key in SECTIONS}
    page = readable_page(told | {"made_at": "2024-06-03"})
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)" in page


def _waiting(clock: FixedClock):  # type: ignore[no-untyped-def]
    from certsvc.ports.holder_notices import WaitingCode

    return WaitingCode("C1", b"d" * 32, "123456", clock.now() + timedelta(minutes=10))
