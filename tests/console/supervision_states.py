"""The states of cases, statistics, coverage, samples, historical data and of what everything rests on."""

from __future__ import annotations

from playwright.sync_api import Page

from certsvc.domain.caller import official
from certsvc.domain.sampling import Subject
from certsvc.domain.suspicion import ComplaintAbout, ReceivedBy, complaint_report, suspicion_report
from certsvc.stages.sampling import SampleOrder
from tests.announced.lists import announced, people
from tests.console.states import LONG_NAME, STATES, Scene, State
from tests.history.papers import ZHOU, history_xlsx

_TWO_IN_HISTORY = (
    {**ZHOU},
    {**ZHOU, "原职称名称": "中学一级教师", "原证书编号": "吉中字900312", "材料质量": "C"},
)


def supervised(scene: Scene) -> None:
    """Cases, a sample, an announced list and an import that wait; done once a scene."""
    if "case" in scene.filings:
        return
    office = scene.desk.office.office
    actor = office.actors.find_actor("maker")
    assert actor is not None
    maker = official(actor)
    office.suspicion_desk.reporting.report(
        suspicion_report("王举报", "13900002222", "某公司招聘现场", "扫码显示内容被改动")
    )
    complaint = complaint_report(
        LONG_NAME, "13900001111", "反映评审未按程序进行。", ComplaintAbout.REVIEW, ReceivedBy.LETTER
    )
    scene.filings["case"] = office.case_desk.enter(complaint, "222400", maker).number
    order = SampleOrder(Subject.COMMITTEES, 50, "吉人社抽〔2026〕1号", seed="08-13-22", crossed=True)
    scene.filings["sample"] = office.information.sampling.draw(order, "maker").id
    loaded = office.announced.load(announced(people(3)).xlsx(), "list.xlsx", "second").kept
    assert loaded is not None
    scene.filings["list"] = loaded.id
    kept = office.history.files.receive(history_xlsx(_TWO_IN_HISTORY), "历史数据.xlsx", maker)
    assert kept.kept is not None, kept.findings
    scene.filings["import"] = kept.import_id


def _at(path: str, user: str = "second") -> State:
    def show(page: Page, scene: Scene) -> None:
        supervised(scene)
        scene.opens(page, user, path.format(**scene.filings))

    return show


for _name, _path in {
    "cases": "/console/cases",
    "case": "/console/cases/{case}",
    "case-entry": "/console/cases/entries",
    "statistics": "/console/statistics",
    "statistics-two": "/console/statistics?by=series&then_by=level",
    "statistics-none": "/console/statistics?series=27",
    "quotas": "/console/statistics/quotas?year=2023",
    "subsidy": "/console/statistics/subsidy",
    "coverage": "/console/coverage",
    "announced-lists": "/console/coverage/lists",
    "announced-list": "/console/coverage/lists/{list}",
    "samples": "/console/samples",
    "sample": "/console/samples/{sample}",
    "attestations": "/console/samples/attestations",
    "supervision": "/console/supervision",
    "history": "/console/history",
    "history-import": "/console/history/{import}",
    "history-disputes": "/console/history/disputes",
    "registry": "/console/registry",
    "calendars": "/console/calendars?year=2026",
    "policies": "/console/policies",
}.items():
    STATES[_name] = _at(_path)
STATES["cases-empty"] = _at("/console/cases", "tonghua")
STATES["case-no-right"] = _at("/console/cases/{case}", "tonghua")
STATES["case-supervised"] = _at("/console/cases/{case}", "supervisor")
STATES["history-own-import"] = _at("/console/history/{import}", "maker")
