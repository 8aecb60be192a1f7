"""Inbox, addresses and requests as a holder uses them in a browser without scripts; what officials see of requests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.adapters.clock import FixedClock
from certsvc.domain.holder_notice import NewNotice, NoticeKind
from tests.access.desk import Desk, open_desk
from tests.notices_on_change.outside import SECRET, SmsProvider, sms_server
from tests.support.workbooks import DUAL_DIRECTED, sample

HTML = {"accept": "text/html"}
PDF = b"%PDF-1.7 evidence"
MARKUP = "<script>alert(1)</script><b>"
OTHER = ("周敏", "229901198001010028")


@pytest.fixture(autouse=True)
def any_number_of_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """The allowance of a holder has its own tests; here one person asks for everything within a minute."""
    monkeypatch.setattr("certsvc.entrypoints.portal.allowance.PER_HOLDER", 100_000)


@pytest.fixture(scope="module")
def provider() -> Iterator[tuple[SmsProvider, str]]:
    box = SmsProvider()
    with sms_server(box) as address:
        yield box, address


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, provider: tuple[SmsProvider, str]) -> Iterator[Desk]:
    clock = FixedClock(datetime(2024, 6, 3, 2, 0, tzinfo=UTC))
    home = tmp_path_factory.mktemp("portal") / "home"
    with open_desk(home, clock, sms_url=provider[1], sms_secret=SECRET, holder_per_minute=10_000) as opened:
        yield opened


@pytest.fixture(scope="module")
def certificate(desk: Desk) -> PublicCertificate:
    return desk.office.issue(desk.office.submit(sample(DUAL_DIRECTED).xlsx()))[0]


@pytest.fixture
def holder(desk: Desk, certificate: PublicCertificate) -> Iterator[httpx.Client]:
    award = certificate.draft.content.award
    with desk.holder(award.name, award.document.number) as browser:
        browser.headers.update(HTML)
        yield browser


@pytest.fixture
def stranger(desk: Desk) -> Iterator[httpx.Client]:
    with desk.holder(*OTHER) as browser:
        browser.headers.update(HTML)
        yield browser


def post(browser: httpx.Client, path: str, **fields: str) -> httpx.Response:
    return browser.post(path, data={"go": ""} | fields)


def part(browser: httpx.Client, path: str, fragment: str) -> str:
    """What htmx is given for one element of a page."""
    shown = browser.get(path, headers={"HX-Request": "true", "HX-Target": fragment})
    assert shown.status_code == 200, shown.text
    assert f'id="{fragment}"' in shown.text
    assert "<html" not in shown.text
    return shown.text


def follow(browser: httpx.Client, answer: httpx.Response) -> str:
    """The page that a form led to."""
    assert answer.status_code == 303, answer.text
    shown = browser.get(answer.headers["location"])
    assert shown.status_code == 200
    return shown.text


def make(browser: httpx.Client, certificate: PublicCertificate, **given: str) -> str:
    """Hand a request in by the form; its number."""
    page = browser.get("/portal/requests/new?kind=correction").text
    form = re.search(r'name="form" value="([^"]+)"', page)
    assert form is not None
    fields = {
        "kind": "correction",
        "subject": certificate.draft.content.number,
        "wrong": "单位有误",
        "right": "珲春市农业技术推广站",
        "form": form[1],
    } | given
    answer = browser.post("/portal/requests/new", data=fields, files={"evidence_1": ("证明.pdf", PDF)})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].split("?")[0].rpartition("/")[2]


def test_the_inbox_tells_what_was_issued_and_marks_it_read(desk: Desk, holder: httpx.Client) -> None:
    page = holder.get("/portal/notices").text
    assert "您的职称电子证书已签发。" in page
    assert "未读 1 条" in page
    assert "您的职称电子证书已签发。" in part(holder, "/portal/notices", "entries")
    said = follow(holder, post(holder, "/portal/notices", notice=""))
    assert "已标为已读" in said
    assert "未读 1 条" not in said


def test_another_holders_inbox_is_empty(stranger: httpx.Client) -> None:
    assert "还没有通知" in stranger.get("/portal/notices").text


def test_a_number_of_an_entry_that_is_none_is_refused(holder: httpx.Client) -> None:
    assert post(holder, "/portal/notices", notice="1 OR 1=1").status_code == 400


def test_an_address_is_confirmed_by_its_code_switched_off_and_removed(
    desk: Desk, holder: httpx.Client, provider: tuple[SmsProvider, str]
) -> None:
    path = "/portal/notices/settings"
    assert "电子邮箱" not in holder.get(path).text, "only the ways that the settings open"
    asked = follow(holder, post(holder, path, channel="sms", step="code", address="13800001234"))
    assert "138****1234" in asked
    assert "13800001234" not in asked
    desk.office.office.notice_desk.delivery.work()
    (message,) = provider[0].taken.values()
    code = re.search(r"\d{6}", message["text"])
    assert code is not None
    wrong = post(holder, path, channel="sms", step="confirmed", code=f"{(int(code[0]) + 1) % 10**6:06}")
    assert wrong.status_code == 400
    assert "验证码不对" in wrong.text
    assert "地址已确认" in follow(holder, post(holder, path, channel="sms", step="confirmed", code=code[0]))
    assert "已关闭" in follow(holder, post(holder, path, channel="sms", step="off"))
    assert "未开通" in follow(holder, post(holder, path, channel="sms", step="removed"))


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"channel": "sms", "step": "code", "address": "no number"}, 400),
        ({"channel": "email", "step": "code", "address": "a@example.com"}, 400),
        ({"channel": "pigeon", "step": "code"}, 400),
        ({"channel": "sms", "step": "dance"}, 400),
    ],
)
def test_what_no_form_of_ours_sends_is_refused_in_words(
    holder: httpx.Client, fields: dict[str, str], status: int
) -> None:
    answer = post(holder, "/portal/notices/settings", **fields)
    assert (answer.status_code, "<h1>" in answer.text) == (status, True)


@pytest.mark.parametrize("path", ["/portal/notices", "/portal/notices/settings", "/portal/requests/new"])
def test_no_form_is_taken_without_its_token_or_without_signing_in(
    desk: Desk, holder: httpx.Client, path: str
) -> None:
    del holder.headers["X-CSRF-Token"]
    assert post(holder, path, channel="sms").status_code == 403
    with desk.visitor() as visitor:
        assert visitor.get(path, headers=HTML).status_code == 303
        assert post(visitor, path).status_code == 401


def test_a_request_goes_its_way_between_holder_and_official(
    desk: Desk, holder: httpx.Client, certificate: PublicCertificate
) -> None:
    number = make(holder, certificate)
    assert number in holder.get("/portal/requests").text
    file = holder.get(f"/portal/requests/{number}/files/1")
    assert (file.content, file.headers["content-type"]) == (PDF, "application/pdf")
    assert file.headers["content-disposition"].startswith("attachment")
    with desk.sign_in("city-checker") as official:
        official.headers.update(HTML)
        assert number in official.get("/console/requests").text
        assert number in part(official, "/console/requests", "rows")
        one = f"/console/requests/{number}"
        assert "珲春市农业技术推广站" in official.get(one).text
        assert official.get(f"{one}/files/1").content == PDF
        assert "已请持证人补正" in follow(official, post(official, f"{one}/question", words="请附原证书"))
        holder.post("/portal/requests/completion", data={"number": number, "words": "已附"})
        assert "已受理" in follow(official, post(official, f"{one}/acceptance", words="属实"))
        assert post(official, f"{one}/answer", words="已更正", decision="").status_code == 403
        assert "不予办理" in follow(
            official, post(official, f"{one}/refusal", words="另行办理", basis="内部规则")
        )
    page = holder.get(f"/portal/requests/{number}").text
    assert "另行办理" in page
    assert "您的申请已有答复" in holder.get("/portal/notices").text


def test_requests_of_others_and_of_other_regions_are_not_shown(
    desk: Desk, holder: httpx.Client, stranger: httpx.Client, certificate: PublicCertificate
) -> None:
    number = make(holder, certificate)
    for path in (f"/portal/requests/{number}", f"/portal/requests/{number}/files/1"):
        assert stranger.get(path).status_code == 404
    assert post(stranger, f"/portal/requests/{number}/withdrawal").status_code == 404
    with desk.sign_in("tonghua") as official:
        official.headers.update(HTML)
        assert number not in official.get("/console/requests").text
        assert official.get(f"/console/requests/{number}").status_code == 403
        assert official.get(f"/console/requests/{number}/files/1").status_code == 403
    with desk.sign_in("supervisor") as official:
        official.headers.update(HTML)
        assert 'action="/console/requests' not in official.get(f"/console/requests/{number}").text.replace(
            'method="get" action="/console/requests"', ""
        )
        assert post(official, f"/console/requests/{number}/acceptance", words="属实").status_code == 403
    assert "已撤回" in follow(holder, post(holder, f"/portal/requests/{number}/withdrawal"))


def test_markup_in_every_field_stays_text(
    desk: Desk, holder: httpx.Client, certificate: PublicCertificate
) -> None:
    number = make(holder, certificate, wrong=MARKUP, right=MARKUP)
    with desk.sign_in("city-checker") as official:
        official.headers.update(HTML)
        post(official, f"/console/requests/{number}/question", words=MARKUP)
        pages = [
            holder.get(f"/portal/requests/{number}").text,
            official.get(f"/console/requests/{number}").text,
        ]
    bad = post(holder, "/portal/requests/new", kind="correction", subject=MARKUP, wrong=MARKUP, form="x")
    assert bad.status_code == 400
    for page in (*pages, bad.text):
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_what_was_written_is_still_there_when_something_was_wrong(
    holder: httpx.Client, certificate: PublicCertificate
) -> None:
    answer = holder.post(
        "/portal/requests/new",
        data={
            "kind": "correction",
            "subject": "JL0000000000",
            "wrong": "写过的话",
            "right": "x",
            "form": "f",
        },
        files={"evidence_1": ("a.pdf", b"no pdf")},
    )
    assert answer.status_code == 400
    assert "写过的话" in answer.text
    assert "文件不是 PDF" in answer.text


def test_a_file_that_is_too_large_is_refused(holder: httpx.Client, certificate: PublicCertificate) -> None:
    files = {"evidence_1": ("a.pdf", b"%PDF-" + b"0" * 16_000_000)}
    assert holder.post("/portal/requests/new", data={}, files=files).status_code == 413


def test_a_long_inbox_is_paged(desk: Desk, stranger: httpx.Client) -> None:
    office = desk.office.office
    owner = office.holder_news.owner_of(OTHER[1])
    told = [NewNotice(f"many/{at:03}", owner, NoticeKind.COPY_READY, MARKUP[:20]) for at in range(45)]
    with office.engine.begin() as connection:
        office.holder_news.queue(connection, told, desk.clock.now())
    page = stranger.get("/portal/notices?page=3").text
    assert page.count('class="card unread"') == 5
    assert "<script>alert" not in page
