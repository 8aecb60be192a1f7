"""Every state in which the console's pages are seen: what the pictures show, and what is looked at on both widths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from playwright.sync_api import Page, expect

from certsvc.domain.registry import FilingLevel
from tests.access.desk import Desk
from tests.support.workbooks import DUAL_DIRECTED, EXAMPLES, FAULTY, HOSPITAL, REGULAR, RURAL, sample

LONG_NAME = "阿卜杜热合曼·" * 7 + "图"
MANY = 20_000


@dataclass
class Scene:
    """A desk, and its filings by what became of them."""

    desk: Desk
    filings: dict[str, str] = field(default_factory=dict)

    def opens(self, page: Page, user: str, path: str) -> None:
        """Show a page to somebody who is signed in."""
        with self.desk.sign_in(user) as browser:
            cookies = [
                {"name": one.name, "value": str(one.value), "url": self.desk.address}
                for one in browser.cookies.jar
            ]
            page.context.clear_cookies()
            page.context.add_cookies(cookies)  # type: ignore[arg-type]
        page.goto(self.desk.address + path)


State = Callable[[Page, Scene], None]
STATES: dict[str, State] = {}


def state(name: str) -> Callable[[State], State]:
    """Name a state."""

    def named(show: State) -> State:
        STATES[name] = show
        return show

    return named


def prepared(desk: Desk) -> Scene:
    """The scene: filings returned, examined, with long names, received, being issued."""
    office, scene = desk.office.office, Scene(desk)
    for state_name, name in (
        ("faulty", FAULTY),
        ("received", DUAL_DIRECTED),
        ("issuing", REGULAR),
        ("waiting", HOSPITAL),
        ("examined", RURAL),
    ):
        scene.filings[state_name] = office.submit((EXAMPLES / name).read_bytes(), name).filing
    rows = [dict(row) for row in sample(REGULAR).rows[:5]]
    rows[0] |= {"姓名": LONG_NAME, "出生日期": date(1970, 1, 1)}
    rows[2] |= {"姓名": LONG_NAME, "公示结果": "有异议"}
    long = (
        sample(REGULAR)
        .with_rows(rows)
        .with_header(批次编号="2023-GC-" + "长" * 40, 公布文号="吉人社发〔2023〕901号")
    )
    scene.filings["long"] = office.submit(long.xlsx(), "长" * 50 + ".xlsx").filing
    early = dict.fromkeys(("公示1结束日期", "公示2结束日期"), date(2023, 9, 25))
    returned = sample(REGULAR).with_header(批次编号="2023-GC-退回", **early)
    scene.filings["returned"] = office.submit(returned.xlsx(), "退回.xlsx").filing
    dual = scene.filings["received"]
    step = office.receipts.path(dual)[0]
    assert step.claimed_on is not None
    office.receipts.record(
        dual, FilingLevel.CITY, step.claimed_ref or "1", step.claimed_on, "同意备案", "city"
    )
    office.approval.approve(dual, "maker")
    issuing = scene.filings["issuing"]
    office.approval.approve(issuing, "maker")
    office.approval.begin_issue(issuing, "checker")
    work = office.resume_issue(issuing)
    next(work)
    work.close()
    return scene


def many_rows(scene: Scene) -> str:
    """A filing of 20,000 persons of whom each third has an objection and a wrong day of birth; its id."""
    wrong = {"出生日期": date(1970, 1, 1), "公示结果": "有异议"}
    rows = [{} if number % 3 else wrong for number in range(MANY)]
    batch = sample(REGULAR).with_rows(rows).with_header(批次编号="2023-GC-两万人")
    return scene.desk.office.office.submit(batch.csv(), "两万人.csv").filing


def _at(path: str, user: str = "second") -> State:
    def show(page: Page, scene: Scene) -> None:
        scene.opens(page, user, path.format(**scene.filings))

    return show


for _name, _path in {
    "filings": "/console/filings",
    "filings-narrowed": "/console/filings?status=examined&due=overdue",
    "filing-new": "/console/filings/new",
    "filing-corrects": "/console/filings/new?corrects={faulty}",
    "filing-faulty": "/console/filings/{faulty}",
    "filing-one-rule": "/console/filings/{faulty}?rule=birth-differs",
    "filing-long": "/console/filings/{long}",
    "filing-returned": "/console/filings/{returned}",
    "filing-chain": "/console/filings/{received}/chain",
    "filing-approves": "/console/filings/{faulty}/chain",
    "filing-issuing": "/console/filings/{issuing}/chain",
    "filing-chain-returned": "/console/filings/{returned}/chain",
    "deadlines": "/console/deadlines",
    "holds": "/console/holds",
}.items():
    STATES[_name] = _at(_path)
STATES["filings-empty"] = _at("/console/filings", "tonghua")
STATES["holds-empty"] = _at("/console/holds", "tonghua")
STATES["deadlines-empty"] = _at("/console/deadlines", "tonghua")
STATES["filing-no-right"] = _at("/console/filings/{faulty}", "tonghua")
STATES["filing-own-step"] = _at("/console/filings/{received}/chain", "maker")


@state("filing-refused-file")
def _refused_file(page: Page, scene: Scene) -> None:
    scene.opens(page, "second", "/console/filings/new")
    page.set_input_files(
        "#file", {"name": "汇总表.xlsx", "mimeType": "application/octet-stream", "buffer": b"PK\x03\x04"}
    )
    page.locator("[data-upload] button").click()
    expect(page.get_by_role("alert")).to_be_visible()


@state("filing-days-open")
def _days_open(page: Page, scene: Scene) -> None:
    scene.opens(page, "second", "/console/filings/{received}/chain".format(**scene.filings))
    page.locator("details summary", has_text="逐日").click()
    expect(page.locator(".days")).to_be_visible()
