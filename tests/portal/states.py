"""Every state in which the portal's pages are seen: what accessibility is tested on, and what the pictures show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page

from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.domain.decision import DecisionKind
from certsvc.entrypoints.http.cookies import PORTAL_COOKIES
from certsvc.ports.look_ups import LookUp, LookUpChannel
from certsvc.stages.annotated_copies import CopyWish
from certsvc.stages.holder_sign_in import AssertedHolder
from certsvc.stages.share_grants import Holder
from tests.portal.holders import Portal, number_of, person_of
from tests.portal.matter_states import PATHS, prepare_matters
from tests.support.workbooks import REGULAR, sample

LONG_NAME = "阿卜杜热合曼·" * 7 + "图"
NOBODY = Holder(LONG_NAME, "229901198001011010")
_LOOKS = 65


@dataclass(frozen=True)
class Scene:
    """The portal with everything in it: who has what, by certificate; `held` and `waiting` are persons of open filings."""

    portal: Portal
    held: Holder = field(init=False)
    waiting: Holder = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "held", self._filed(6, "2023-补-1", 公示结果="有异议"))
        object.__setattr__(self, "waiting", self._filed(7, "2023-补-2"))

    def _filed(self, row: int, batch_ref: str, **changes: Any) -> Holder:
        batch = sample(REGULAR)
        one = {**batch.rows[row], **changes}
        self.portal.filed(
            batch.with_rows([one]).with_header(批次编号=batch_ref, 公布文号=f"吉人社职字〔2023〕90{row}号")
        )
        return Holder(*person_of(one))

    def enter(self, page: Page, holder: Holder, address: str) -> None:
        """Sign a holder in and open a page."""
        desk = self.portal.desk
        opened = desk.office.office.holder_sign_in.open(AssertedHolder(holder, None, "test"))
        cookie = {"name": PORTAL_COOKIES[0], "value": opened.token, "url": desk.address}
        page.context.add_cookies([cookie])  # type: ignore[list-item]  # a dictionary of its own to the type checker
        page.goto(desk.address + address)


State = Callable[[Page, Scene], None]
STATES: dict[str, State] = {}


def state(name: str) -> Callable[[State], State]:
    """Name a state."""

    def named(show: State) -> State:
        STATES[name] = show
        return show

    return named


def prepared(portal: Portal) -> Scene:
    """The scene, with its decisions taken, copies and grants made, and looks noted."""
    scene = Scene(portal)
    _, _, revoked, corrected, looked_at = portal.regular
    portal.decide(DecisionKind.REVOKE, revoked, ground="学历证明系伪造，经核查属实")
    portal.decide(DecisionKind.CORRECT, corrected, changes={"specialty": "隧道工程"})
    office, caller = portal.desk.office.office, holder_caller_of(portal, looked_at)
    holder, number, today = holder_of(looked_at), number_of(looked_at), portal.desk.clock.today()
    for recipient, purpose, days, request in (
        ("长春市第一建筑工程有限责任公司投标与合同管理部", "公路工程施工总承包投标", 90, "request-1"),
        ("吉林省图书馆", "读者证", 7, "request-2"),
    ):
        wish = CopyWish(number, recipient, purpose, today + timedelta(days=days), request)
        made = office.copies.make(holder, wish, caller)
    office.copies.withdraw(made.id, caller, holder)
    for recipient in ("某某学校人事处", LONG_NAME):
        grant = office.share_grants.make(holder, number, ["name", "title", "level"], recipient, caller)
    office.share_opening.open(grant.code)
    now = portal.desk.clock.now()
    looks = LookUp(now, number, LookUpChannel.PAGE, "passed", "somebody")
    for count in reversed(range(_LOOKS)):
        at = now - timedelta(days=5 * count)
        named = (
            {"organisation": "吉林省公共资源交易中心", "purpose": "投标资格核验"} if count % 3 == 0 else {}
        )
        channel = LookUpChannel.API if named else LookUpChannel.PAGE
        office.look_ups.journal.note(
            replace(looks, at=at, asker=f"asker-{count % 7}", channel=channel, **named)
        )
    office.look_ups.journal.flush()
    prepare_matters(office, looked_at)
    return scene


def holder_of(one: PublicCertificate) -> Holder:
    """The holder of a certificate."""
    award = one.draft.content.award
    return Holder(award.name, award.document.number)


def holder_caller_of(portal: Portal, one: PublicCertificate) -> Any:
    """The same as a caller."""
    return portal.desk.office.office.holder_sign_in.caller_of(holder_of(one))


def _of_certificate(which: Callable[[Portal], PublicCertificate], way: str) -> State:
    def show(page: Page, scene: Scene) -> None:
        one = which(scene.portal)
        scene.enter(page, holder_of(one), way.format(number=number_of(one)))

    return show


_WAYS: dict[str, tuple[Callable[[Portal], PublicCertificate], str]] = {
    "portal-titles": (lambda portal: portal.regular[4], "/portal"),
    "portal-certificate": (lambda portal: portal.regular[4], "/portal/certificates/{number}"),
    "portal-limited": (lambda portal: portal.dual[0], "/portal/certificates/{number}"),
    "portal-revoked": (lambda portal: portal.regular[2], "/portal/certificates/{number}"),
    "portal-versions": (lambda portal: portal.regular[3], "/portal/certificates/{number}"),
    "portal-english": (lambda portal: portal.dual[0], "/portal/certificates/{number}/english"),
    "portal-copies": (lambda portal: portal.regular[4], "/portal/copies"),
    "portal-shares": (lambda portal: portal.regular[4], "/portal/shares"),
    "portal-look-ups": (lambda portal: portal.regular[4], "/portal/look-ups"),
    "portal-look-ups-none": (lambda portal: portal.dual[1], "/portal/look-ups"),
    **{name: ((lambda portal: portal.regular[4]), path) for name, path in PATHS.items()},
    "portal-not-found": (lambda portal: portal.regular[0], "/portal/certificates/1"),
}
for _name, (_which, _way) in _WAYS.items():
    STATES[_name] = _of_certificate(_which, _way)


@state("portal-empty")
def _empty(page: Page, scene: Scene) -> None:
    scene.enter(page, NOBODY, "/portal")


@state("portal-held")
def _held(page: Page, scene: Scene) -> None:
    scene.enter(page, scene.held, "/portal")


@state("portal-waiting")
def _waiting(page: Page, scene: Scene) -> None:
    scene.enter(page, scene.waiting, "/portal")


@state("portal-share-code")
def _share_code(page: Page, scene: Scene) -> None:
    scene.enter(page, holder_of(scene.portal.dual[0]), "/portal/shares")
    page.locator("#recipient").fill("某某学校人事处")
    page.get_by_role("button", name="生成授权码").click()
    page.locator(".grant-code").wait_for()


@state("portal-copy-refused")
def _copy_refused(page: Page, scene: Scene) -> None:
    scene.enter(page, holder_of(scene.portal.dual[0]), "/portal/copies")
    page.locator("#recipient").fill("229901198001011010")
    page.locator("#purpose").fill("投标")
    page.get_by_role("button", name="办理加注件").click()
    page.locator(".said.failed").wait_for()
