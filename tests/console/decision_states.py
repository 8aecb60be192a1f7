"""The states of search, trace, decisions, batches and the credit archive, in the scene of the console's other states."""

from __future__ import annotations

from datetime import date

from playwright.sync_api import Page

from certsvc.domain.annulment import ProofKind
from certsvc.domain.batch_voiding import BatchKind, BatchProposal
from certsvc.domain.decision import DecisionKind
from certsvc.domain.decision_service import ServiceMethod
from certsvc.domain.identity import IdKind
from tests.console.states import LONG_NAME, STATES, Scene, State

DECIDED_ON = date(2026, 11, 20)
_GROUND = "申报材料不实，经省人力资源和社会保障厅查证属实"


def decided(scene: Scene) -> None:
    """An issued filing with decisions that wait, are in force, and were corrected; done once a scene."""
    if "certificate" in scene.filings:
        return
    desk = scene.desk.office
    office = desk.office
    numbers = [
        one.draft.content.number for one in desk.issue(office.filings.report(scene.filings["waiting"]))
    ]
    first, second, third, *_ = numbers
    deciding, documents = office.deciding, office.decision_documents
    digest = documents.upload(b"%PDF-1.7\n%%EOF\n", "maker")

    def propose(
        kind: DecisionKind, number: str, reference: str, changes: dict[str, str] | None = None
    ) -> str:
        return deciding.propose(kind, number, reference, DECIDED_ON, _GROUND, "maker", changes, digest)

    correction = propose(DecisionKind.CORRECT, first, "吉人社函〔2026〕31号", {"name": LONG_NAME})
    office.confirm_decision(correction, "second")
    revocation = propose(DecisionKind.REVOKE, second, "吉人社函〔2026〕32号")
    office.confirm_decision(revocation, "second")
    documents.serve(revocation, DECIDED_ON, ServiceMethod.POSTAL, "second", digest)
    scene.filings |= {
        "certificate": first,
        "revoked": second,
        "standing": third,
        "decision": propose(DecisionKind.REVOKE, third, "吉人社函〔2026〕33号"),
        "decision_done": revocation,
    }
    void = BatchProposal(
        BatchKind.VOID,
        scene.filings["waiting"],
        "吉人社函〔2026〕34号",
        DECIDED_ON,
        "未按规定程序评审",
        digest,
    )
    scene.filings["batch"] = office.case_work.batches.propose(void, "maker")
    years = office.credit.cancelled_years
    scene.filings["year"] = years.propose(
        "孙某",
        IdKind.CITIZEN,
        "229906197605300515",
        2026,
        None,
        "吉人社函〔2026〕35号",
        DECIDED_ON,
        _GROUND,
        "maker",
    )
    office.unit_notices.propose(
        "示例工程有限公司", "91229901MA00000159", "吉人社函〔2026〕36号", DECIDED_ON, _GROUND, "maker"
    )
    annulled = office.case_work.annulments
    step = annulled.record(
        ProofKind.EXAMINATION, "2023-0001", "吉人社函〔2026〕37号", DECIDED_ON, _GROUND, "maker"
    )
    annulled.confirm(step, "second")
    scene.filings["credit"] = office.credit.archive.store.listed(1, 0, None, office.clock.today())[
        0
    ].record.id


def _at(path: str, user: str = "second") -> State:
    def show(page: Page, scene: Scene) -> None:
        decided(scene)
        scene.opens(page, user, path.format(**scene.filings))

    return show


for _name, _path, _user in (
    ("search", "/console/search", "second"),
    ("search-found", "/console/search?all=1", "second"),
    ("search-nothing", "/console/search?number=2220239999999999", "second"),
    ("certificate", "/console/certificates/{certificate}", "second"),
    ("certificate-revoked", "/console/certificates/{revoked}?on=2026-11-20", "second"),
    ("certificate-read-only", "/console/certificates/{standing}", "supervisor"),
    ("certificate-elsewhere", "/console/certificates/{standing}", "tonghua"),
    ("decide", "/console/certificates/{certificate}/decide", "maker"),
    ("decide-revoke", "/console/certificates/{certificate}/decide?kind=revoke", "maker"),
    ("decide-correct", "/console/certificates/{certificate}/decide?kind=correct", "maker"),
    ("decisions", "/console/decisions?view=all", "second"),
    ("decisions-empty", "/console/decisions?view=withdrawn", "second"),
    ("decision-second-person", "/console/decisions/{decision}", "second"),
    ("decision-own", "/console/decisions/{decision}?said=proposed", "maker"),
    ("decision-done", "/console/decisions/{decision_done}", "supervisor"),
    ("batches", "/console/batches", "second"),
    ("batch-new", "/console/batches/new", "maker"),
    ("batch-second-person", "/console/batches/{batch}", "second"),
    ("credit", "/console/credit", "second"),
    ("credit-record", "/console/credit/{credit}", "supervisor"),
    ("cancelled-years", "/console/cancelled-years", "second"),
    ("cancelled-year", "/console/cancelled-years/{year}", "second"),
    ("unit-notices", "/console/unit-notices", "supervisor"),
    ("annulments", "/console/annulments", "second"),
    ("dependent-titles", "/console/dependent-titles", "second"),
):
    STATES[_name] = _at(_path, _user)


def _dry_run(page: Page, scene: Scene) -> None:
    decided(scene)
    scene.opens(page, "maker", "/console/certificates/{standing}/decide?kind=void".format(**scene.filings))
    page.fill("#document", "吉人社函〔2026〕38号")
    page.fill("#decided_on", DECIDED_ON.isoformat())
    page.fill("#ground", "未按规定程序评审")
    page.set_input_files(
        "#file", {"name": "决定.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n%%EOF\n"}
    )
    page.locator("form[enctype] button").click()
    page.locator("#retyped").wait_for()


STATES["decision-dry-run"] = _dry_run
