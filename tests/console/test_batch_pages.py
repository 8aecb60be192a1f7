"""Whole batches, the credit archive and the matters of two steps on pages."""

from __future__ import annotations

from typing import Any

import pytest

from certsvc.domain.decision import DecisionKind
from tests.access.desk import Desk
from tests.console.test_decision_pages import DOCUMENT, HTML, PDF, hidden, posted, proposed
from tests.support.workbooks import DUAL_DIRECTED, EXAMPLES


@pytest.fixture(scope="module")
def filing(desk: Desk) -> str:
    """An issued filing of 珲春市."""
    report = desk.office.submit((EXAMPLES / DUAL_DIRECTED).read_bytes())
    desk.office.issue(report)
    return report.filing


def numbers_of(desk: Desk, filing: str) -> list[str]:
    """The certificates of a filing."""
    return [one.draft.content.number for one in desk.office.office.certificates.published(filing=filing)]


def two_steps(path: str, **fields: Any) -> dict[str, Any]:
    """The form of a matter of two steps."""
    told = {"document": DOCUMENT, "retyped": DOCUMENT, "decided_on": "2026-11-20", "ground": "经查证属实"}
    return told | fields


def test_a_batch_is_voided_followed_and_restored_by_two_persons(desk: Desk, filing: str) -> None:
    how_many = len(numbers_of(desk, filing))
    with (
        desk.sign_in("maker") as maker,
        desk.sign_in("second") as second,
        desk.sign_in("supervisor") as reader,
    ):
        fields = {
            "kind": "void",
            "filing": filing,
            "document": DOCUMENT,
            "decided_on": "2026-11-20",
            "ground": "未按规定程序评审",
        }
        token = {"csrf_token": maker.headers["X-CSRF-Token"]}
        files = {"file": ("决定.pdf", PDF, "application/pdf")}
        dry = maker.post("/console/batches/preview", data=token | fields, files=files, headers=HTML)
        assert dry.status_code == 200, dry.text
        assert f"<b>{how_many}</b>" in dry.text
        assert "推荐、评审结果一律无效" in dry.text
        told = hidden(dry.text, "/console/batches")
        assert posted(maker, "/console/batches", **(told | {"retyped": "另一个文号"})).status_code == 400
        answer = posted(maker, "/console/batches", **(told | {"retyped": DOCUMENT}))
        assert answer.status_code == 303, answer.text
        path = answer.headers["location"].partition("?")[0]
        assert (
            posted(maker, "/console/batches", **(told | {"retyped": DOCUMENT})).headers["location"]
            == answer.headers["location"]
        )
        assert f"{path}/confirmation" not in maker.get(path, headers=HTML).text
        assert posted(maker, f"{path}/confirmation", confirmed="确认整批无效").status_code == 403
        page = reader.get(path, headers=HTML)
        assert page.status_code == 200
        assert f"{path}/confirmation" not in page.text
        assert f"{path}/confirmation" in second.get(path, headers=HTML).text
        for _ in range(2):
            done = posted(second, f"{path}/confirmation", confirmed="确认整批无效")
            assert done.headers["location"] == f"{path}?said=confirmed"
        part = second.get(path, headers={**HTML, "HX-Request": "true", "HX-Target": "progress"}).text
        assert "<html" not in part
        assert 'hx-trigger="every 2s"' in part
        assert posted(second, f"{path}/progress").status_code == 303
        assert "全部登记完成" in second.get(path, headers=HTML).text
        listed = second.get("/api/v1/batch-decisions").json()["batch_decisions"]
        assert [one["progress"]["logged"] for one in listed] == [how_many]
        batch = path.rpartition("/")[2]
        undo = {
            "kind": "restore",
            "undoes": batch,
            "document": "吉人社函〔2026〕20号",
            "decided_on": "2026-11-20",
            "ground": "经复核，原决定不成立",
        }
        dry = second.post(
            "/console/batches/preview",
            data={**undo, "csrf_token": second.headers["X-CSRF-Token"]},
            headers=HTML,
        )
        told = hidden(dry.text, "/console/batches")
        answer = posted(second, "/console/batches", **(told | {"retyped": told["document"]}))
        path = answer.headers["location"].partition("?")[0]
        assert posted(maker, f"{path}/confirmation", confirmed="确认整批恢复").status_code == 303
        assert posted(maker, f"{path}/progress").status_code == 303
        assert "整批恢复" in reader.get("/console/batches", headers=HTML).text
    office = desk.office.office
    assert office.decisions.confirmed(numbers_of(desk, filing)[0])[-1].proposal.kind is DecisionKind.REINSTATE


def test_the_credit_archive_shows_records_to_the_province_and_notes_who_looked(
    desk: Desk, filing: str
) -> None:
    number = numbers_of(desk, filing)[-1]
    with desk.sign_in("maker") as maker, desk.sign_in("second") as second:
        decision = proposed(maker, number)
        path = f"/console/decisions/{decision}/confirmation"
        seen = hidden(second.get(f"/console/decisions/{decision}", headers=HTML).text, path)["seen"]
        assert posted(second, path, confirmed="确认撤销", seen=seen).status_code == 303
        name = desk.office.office.certificates.versions(number)[-1].content.award.name
        listed = second.get("/console/credit?standing=active", headers=HTML).text
        assert decision in listed
        assert name not in listed
        record = listed.partition("/console/credit/")[2].partition('"')[0]
        shown = second.get(f"/console/credit/{record}", headers=HTML).text
        assert name in shown
        assert "2029年11月20日" in shown
        assert second.get("/console/dependent-titles", headers=HTML).status_code == 200
    for user in ("tonghua", "city-checker"):
        with desk.sign_in(user) as browser:
            for path in (
                "/console/credit",
                f"/console/credit/{record}",
                "/console/unit-notices",
                "/console/annulments",
            ):
                assert browser.get(path, headers=HTML).status_code == 403, (user, path)


CANCELLED = {"name": "孙某", "id_kind": "居民身份证", "id_number": "229906197605300515", "year": "2026"}
ANNULLED = {"kind": "examination", "reference": "2023-0001"}


@pytest.mark.parametrize(
    ("path", "fields"),
    [("/console/cancelled-years", CANCELLED), ("/console/annulments", ANNULLED)],
)
def test_a_matter_of_two_steps_takes_two_persons_and_is_taken_back_by_two(
    desk: Desk, path: str, fields: dict[str, str]
) -> None:
    with (
        desk.sign_in("maker") as maker,
        desk.sign_in("second") as second,
        desk.sign_in("supervisor") as reader,
    ):
        assert posted(maker, path, **(two_steps(path, **fields) | {"retyped": "x"})).status_code == 400
        answer = posted(maker, path, **two_steps(path, **fields))
        assert answer.status_code == 303, answer.text
        step = answer.headers["location"].partition("?")[0]
        assert f"{step}/confirmation" not in maker.get(step, headers=HTML).text
        assert posted(maker, f"{step}/confirmation", confirmed="确认生效").status_code == 403
        assert posted(reader, f"{step}/confirmation", confirmed="确认生效").status_code == 403
        assert posted(second, f"{step}/confirmation", confirmed="好").status_code == 400
        for _ in range(2):
            assert posted(second, f"{step}/confirmation", confirmed="确认生效").status_code == 303
        page = reader.get(step, headers=HTML).text
        assert "已确认生效" in page
        assert f"{step}/lifting" not in page
        assert f"{step}/lifting" in second.get(step, headers=HTML).text
        lifting = posted(
            second,
            f"{step}/lifting",
            **two_steps(path, document="更正〔2026〕1号", retyped="更正〔2026〕1号"),
        )
        assert lifting.status_code == 303, lifting.text
        again = lifting.headers["location"].partition("?")[0]
        assert posted(maker, f"{again}/confirmation", confirmed="确认生效").status_code == 303
        assert "已确认生效" in reader.get(path, headers=HTML).text


def test_a_unit_is_named_by_two_persons_and_markup_in_words_stays_text(desk: Desk) -> None:
    path = "/console/unit-notices"
    fields = {
        "unit_name": "珲春市某某有限公司",
        "unit_code": "91229901MA00000159",
        "ground": "<script>alert(1)</script>提供虚假材料",
    }
    with desk.sign_in("maker") as maker, desk.sign_in("second") as second:
        answer = posted(maker, path, **two_steps(path, **fields))
        assert answer.status_code == 303, answer.text
        step = answer.headers["location"].partition("?")[0]
        for page in (maker.get(step, headers=HTML).text, second.get(path, headers=HTML).text):
            assert "<script>alert" not in page
            assert "&lt;script&gt;" in page
        assert posted(maker, f"{step}/withdrawal").headers["location"].endswith("said=withdrawn")
        assert posted(second, f"{step}/confirmation", confirmed="确认生效").status_code == 409
        listed = second.get("/api/v1/notice-steps?status=withdrawn").json()["notices"]
        assert [one["notice"] for one in listed] == [step.rpartition("/")[2]]
