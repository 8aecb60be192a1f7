"""Every state in which the public pages are seen: what accessibility is tested on, and what the pictures show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from playwright.sync_api import Page, expect

from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.domain.caller import OPERATOR
from certsvc.domain.decision import DecisionKind
from certsvc.formats.leaf import SlotStatus
from certsvc.formats.manual_code import manual_code
from certsvc.stages.share_grants import Holder
from tests.api.asking import PublicOffice, claim, qr_text
from tests.document.attacks.forging import rewritten, unsigned
from tests.document.attacks.scene import FACE
from tests.web import builders
from tests.web.builders import FOREIGN_KEY, TreePlan

LONG_NAME = "阿卜杜热合曼·" * 7 + "图"
PATIENCE = 30_000  # milliseconds: files are looked into on a busy machine
NOW = "2026-11-20T08:00:00Z"
SLOTS = {
    7: SlotStatus.VALID,
    8: SlotStatus.HISTORICAL,
    70_001: SlotStatus.VALID,
    102: SlotStatus.SUSPENDED,
    104: SlotStatus.WRITTEN_OFF,
}
FREELY: dict[str, Any] = dict.fromkeys(
    ("verify_per_minute", "examine_per_minute", "bundle_per_minute", "guesses_per_hour"), 1_000_000
)
PLAN = TreePlan(SLOTS, cosigned_at=int(datetime.fromisoformat(NOW).timestamp()))
ENDED = {
    "revoked": DecisionKind.REVOKE,
    "voided": DecisionKind.VOID,
    "suspended": DecisionKind.SUSPEND,
    "superseded": DecisionKind.CORRECT,
}


@dataclass(frozen=True)
class Scene:
    """An office that answers, and the address of a small tree without one; certificates of the office by what became of them."""

    office: PublicOffice
    tree: str

    @property
    def site(self) -> str:
        """Where the office's pages are."""
        return self.office.address

    def certificate(self, state: str) -> Any:
        """A certificate of the office: valid, another valid one, or ended in one of the ways of ENDED."""
        return self.office.regular[("valid", "second", *ENDED).index(state)]


State = Callable[[Page, Scene], None]
STATES: dict[str, State] = {}


def state(name: str) -> Callable[[State], State]:
    """Name a state."""

    def named(show: State) -> State:
        STATES[name] = show
        return show

    return named


def prepared(office: PublicOffice, tree: str) -> Scene:
    """The scene, with its decisions taken."""
    scene = Scene(office, tree)
    for name, kind in ENDED.items():
        changes = {"name": "更名人"} if kind is DecisionKind.CORRECT else None
        office.decide(kind, scene.certificate(name), changes=changes)
    office.decide(DecisionKind.REVOKE, office.dual[1])
    return scene


def answered(page: Page) -> None:
    """Wait for an answer."""
    expect(page.locator("[data-answer]")).to_have_attribute("aria-busy", "false", timeout=PATIENCE)
    expect(page.locator("[data-answer]")).not_to_have_attribute("data-mark", "loading")


def shows_record(page: Page, address: str, text: str) -> None:
    """Open the verdict page on a text."""
    page.goto(f"{address}/v#{text}")
    answered(page)


def asks_by_number(page: Page, scene: Scene, question: dict[str, str]) -> None:
    """Ask by number, name and last four on the start page."""
    page.goto(scene.site)
    page.fill("#typed", question["number"])
    page.fill("#holder-name", question["name"])
    page.fill("#holder-last4", question["id_last4"])
    page.locator("[data-typed] button[type=submit]").click()


def uploads(page: Page, scene: Scene, raw: bytes) -> None:
    """Hand a file over on the start page."""
    page.goto(scene.site)
    page.set_input_files("#file", {"name": "证书.pdf", "mimeType": "application/pdf", "buffer": raw})
    answered(page)


def grant_code(office: PublicOffice, certificate: PublicCertificate, *fields: str) -> str:
    """The code of a grant that the holder of a certificate makes."""
    content = certificate.draft.content
    holder = Holder(content.award.name, content.award.document.number)
    recipient = "长春市第一建筑公司人力资源部"
    return office.office.share_grants.make(holder, content.number, fields, recipient, OPERATOR).code


def edited(office: PublicOffice, certificate: PublicCertificate, name: str) -> bytes:
    """The certificate drawn anew with another name; the QR symbol is the genuine one."""
    verdict = office.verify_pdf(office.document(certificate))
    printed = {row["field"]: row["printed"] for row in verdict["comparison"]}
    content = certificate.draft.content
    return unsigned(
        replace(
            FACE,
            name=name,
            number=content.number,
            id_document=f"居民身份证 ******{content.award.document.number[-4:]}",
            series=printed["series"],
            title=printed["title"],
            level=printed["level"],
            way=printed["way"],
            acquired=printed["acquired_on"],
            qr_text=qr_text(certificate),
            manual_code=printed["manual_code"],
        )
    )


@state("start")
def _start(page: Page, scene: Scene) -> None:
    page.goto(scene.site)


@state("start-number")
def _number(page: Page, scene: Scene) -> None:
    page.goto(scene.site)
    page.fill("#typed", claim(scene.certificate("valid"))["number"])
    page.locator("[data-typed] button[type=submit]").click()
    page.locator("[data-typed] button[type=submit]").click()


@state("code-mistyped")
def _mistyped(page: Page, scene: Scene) -> None:
    page.goto(scene.site)
    page.fill("#typed", "ABCDE-FGHJK-MNPQ0")
    page.locator("[data-typed] button[type=submit]").click()


@state("verdict-start")
def _empty(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.site}/v")


@state("verdict-loading")
def _loading(page: Page, scene: Scene) -> None:
    page.route("**/trust-list.json", lambda _route: None)
    page.goto(f"{scene.site}/v#{qr_text(scene.certificate('valid'), '')}")


@state("verdict-passed")
def _passed(page: Page, scene: Scene) -> None:
    shows_record(page, scene.site, qr_text(scene.certificate("valid"), ""))


@state("verdict-limited")
def _limited(page: Page, scene: Scene) -> None:
    shows_record(page, scene.site, qr_text(scene.office.dual[0], ""))


@state("verdict-not-valid-here")
def _elsewhere(page: Page, scene: Scene) -> None:
    _limited(page, scene)
    page.locator("[data-place-select]").select_option("222401")


@state("verdict-place-too-coarse")
def _coarse(page: Page, scene: Scene) -> None:
    _limited(page, scene)
    page.locator("[data-place-select]").select_option("222400")


def _ended(name: str) -> State:
    def show(page: Page, scene: Scene) -> None:
        shows_record(page, scene.site, qr_text(scene.certificate(name), ""))
        expect(page.locator("[data-decision]")).to_be_visible()

    return show


for ending in ENDED:
    STATES[f"verdict-{ending}"] = _ended(ending)


def _of_tree(text: str) -> State:
    return lambda page, scene: shows_record(page, scene.tree, text)


OF_TREE = {
    "written-off": builders.qr_text(builders.regular_record(104)),
    "historical": builders.qr_text(builders.historical_record(8)),
    "annotated": builders.qr_text(builders.annotated_record(ends_on=date(2099, 12, 31))),
    "copy-ended": builders.qr_text(builders.annotated_record(ends_on=date(2024, 1, 1))),
    "forged": builders.forged_text(builders.regular_record()),
    "altered": builders.qr_text(builders.regular_record())[:-1] + "X",
    "unreadable": builders.qr_text(builders.regular_record())[:-40] + "Z",
    "unknown-key": builders.qr_text(builders.regular_record(), FOREIGN_KEY),
    "not-in-log": builders.qr_text(builders.regular_record(9)),
    "foreign-address": "https://zhicheng-jilin.example/v#" + builders.qr_text(builders.regular_record()),
    "long-name": builders.qr_text(builders.regular_record(name=LONG_NAME)),
}
OPENED = {"number": "S7K3MQ2XR9", "code": "TBW4-HNC7-2KQX"}
CLOSED = {
    "number": OPENED["number"],
    "status": "closed",
    "status_label": "已办结",
    "reported_at": "2026-11-02T03:10:00Z",
    "outcome": "true",
    "outcome_label": "属实",
    "words": "经核查，所举报的证书系伪造，已移送有关部门处理。感谢您的监督。",
    "reference": "吉人社职决〔2026〕8号",
    "closed_at": "2026-11-18T08:00:00Z",
}
for shown, record in OF_TREE.items():
    STATES[f"verdict-{shown}"] = _of_tree(record)


@state("verdict-stale")
def _stale(page: Page, scene: Scene) -> None:
    page.clock.set_fixed_time("2026-11-23T08:00:00Z")
    _passed(page, scene)


@state("verdict-offline")
def _off_line(page: Page, scene: Scene) -> None:
    page.route("**/trust-list.json", lambda route: route.abort())
    page.goto(f"{scene.site}/v#{qr_text(scene.certificate('valid'), '')}")
    answered(page)


@state("code-passed")
def _code(page: Page, scene: Scene) -> None:
    shows_record(page, scene.site, manual_code(scene.certificate("valid").record))


@state("number-passed")
def _by_number(page: Page, scene: Scene) -> None:
    asks_by_number(page, scene, claim(scene.certificate("valid")))
    answered(page)


@state("number-superseded")
def _old_version(page: Page, scene: Scene) -> None:
    asks_by_number(page, scene, claim(scene.certificate("superseded")))
    answered(page)


@state("number-not-found")
def _not_found(page: Page, scene: Scene) -> None:
    number = claim(scene.certificate("valid"))["number"]
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    asks_by_number(page, scene, claim(scene.certificate("valid"), number=wrong, name="王丽"))
    answered(page)
    expect(page.locator("[data-coverage]")).to_be_visible()


@state("number-too-many")
def _too_many(page: Page, scene: Scene) -> None:
    page.route(
        "**/api/v1/verify", lambda route: route.fulfill(status=429, json={"code": "too-many-requests"})
    )
    asks_by_number(page, scene, claim(scene.certificate("valid")))
    answered(page)


@state("verdict-file-original")
def _original(page: Page, scene: Scene) -> None:
    uploads(page, scene, scene.office.document(scene.certificate("valid")))


@state("verdict-file-saved-again")
def _saved_again(page: Page, scene: Scene) -> None:
    uploads(page, scene, rewritten(scene.office.document(scene.certificate("valid"))))


@state("verdict-file-differs")
def _differs(page: Page, scene: Scene) -> None:
    uploads(page, scene, edited(scene.office, scene.certificate("valid"), "林大伟"))


@state("verdict-file-report")
def _report(page: Page, scene: Scene) -> None:
    text = qr_text(scene.certificate("valid"))
    uploads(page, scene, scene.office.office.reports.make(text).document)


def altered(scene: Scene) -> str:
    """The record of a certificate with its last symbol changed."""
    text = qr_text(scene.certificate("valid"), "")
    return text[:-1] + ("X" if text[-1] != "X" else "Y")


def reports(page: Page, scene: Scene) -> None:
    """Unfold the report of a suspected fake under the verdict on an altered record, and fill it in."""
    shows_record(page, scene.site, altered(scene))
    page.get_by_role("button", name="举报疑似假证").click()
    page.fill("#suspicion-name", "林晓棠")
    page.fill("#suspicion-contact", "13900000000")
    page.fill("#suspicion-shown", "某公司招聘现场")
    page.fill(
        "#suspicion-account", "2026年11月20日应聘时出示，用来证明高级工程师资格；扫码显示签名是伪造的。"
    )


@state("suspicion-offered")
def _suspicion_offered(page: Page, scene: Scene) -> None:
    shows_record(page, scene.site, altered(scene))
    expect(page.locator("[data-suspicion-open]")).to_be_visible()


@state("suspicion-form")
def _suspicion_form(page: Page, scene: Scene) -> None:
    reports(page, scene)


@state("suspicion-complaints")
def _suspicion_complaints(page: Page, scene: Scene) -> None:
    reports(page, scene)
    page.fill("#suspicion-contact", "微信")
    page.fill("#suspicion-shown", "")
    file = {"name": "照片.heic", "mimeType": "image/heic", "buffer": b"x"}
    page.set_input_files("#suspicion-file", file)
    page.get_by_role("button", name="提交举报").click()


@state("suspicion-off-line")
def _suspicion_off_line(page: Page, scene: Scene) -> None:
    reports(page, scene)
    page.route("**/api/v1/suspicions", lambda route: route.abort())
    page.get_by_role("button", name="提交举报").click()
    expect(page.locator("[data-suspicion-told]")).to_contain_text("没有得到答复")


@state("suspicion-received")
def _suspicion_received(page: Page, scene: Scene) -> None:
    page.route("**/api/v1/suspicions", lambda route: route.fulfill(status=201, json=OPENED))
    reports(page, scene)
    page.get_by_role("button", name="提交举报").click()
    expect(page.locator("[data-suspicion-done]")).to_be_visible()


@state("suspicion-state-start")
def _state_start(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.site}/suspicion")


def asks_state(page: Page, scene: Scene, **told: Any) -> None:
    """Ask how far a case is, and be told this."""
    page.route("**/api/v1/suspicions/state", lambda route: route.fulfill(**told))
    page.goto(f"{scene.site}/suspicion")
    page.fill("#case-number", OPENED["number"])
    page.fill("#case-code", OPENED["code"])
    page.get_by_role("button", name="查询").click()


@state("suspicion-state-closed")
def _state_closed(page: Page, scene: Scene) -> None:
    asks_state(page, scene, json=CLOSED)
    expect(page.locator("[data-state-heading]")).to_contain_text("属实")


@state("suspicion-state-unknown")
def _state_unknown(page: Page, scene: Scene) -> None:
    asks_state(page, scene, status=404, json={})
    expect(page.locator("[data-state-complaint]")).to_be_visible()


@state("share-start")
def _share_start(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.site}/share")


def opens_grant(page: Page, scene: Scene, certificate: Any, *fields: str) -> None:
    """Follow the link of a grant that the holder of a certificate made."""
    page.goto(f"{scene.site}/share#{grant_code(scene.office, certificate, *fields)}")
    answered(page)


@state("share-opened")
def _share_opened(page: Page, scene: Scene) -> None:
    opens_grant(page, scene, scene.certificate("valid"), "name", "title", "level", "acquired_on", "unit")


@state("share-limited")
def _share_limited(page: Page, scene: Scene) -> None:
    opens_grant(page, scene, scene.office.dual[0], "name", "title", "number")


@state("share-revoked")
def _share_revoked(page: Page, scene: Scene) -> None:
    opens_grant(page, scene, scene.certificate("revoked"), "name", "title")


@state("share-ended")
def _share_ended(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.site}/share#7K3M-Q2XR-9TBW-4HNC")
    answered(page)


@state("share-mistyped")
def _share_mistyped(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.site}/share#7K3M-Q2XR-9TBW")
    expect(page.locator("[data-share-complaint]")).to_be_visible()


@state("share-loading")
def _share_loading(page: Page, scene: Scene) -> None:
    page.route("**/api/v1/share-grants/open", lambda _route: None)
    page.goto(f"{scene.site}/share#7K3M-Q2XR-9TBW-4HNC")
    expect(page.locator("[data-answer]")).to_have_attribute("aria-busy", "true")


@state("share-off-line")
def _share_off_line(page: Page, scene: Scene) -> None:
    page.route("**/api/v1/share-grants/open", lambda route: route.abort())
    page.goto(f"{scene.site}/share#7K3M-Q2XR-9TBW-4HNC")
    answered(page)


@state("historical")
def _historical(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.site}/historical")


@state("announced")
def _announced(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.site}/announced")


@state("error")
def _error(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.site}/nothing")
