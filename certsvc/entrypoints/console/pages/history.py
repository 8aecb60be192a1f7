"""Historical data 历史数据: files uploaded with findings beside the rows, confirmed by a second person, disputed, corrected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from certsvc.bootstrap import Office
from certsvc.domain import history_words
from certsvc.domain.caller import Caller
from certsvc.domain.decision_text import LONGEST_GROUND, LONGEST_REFERENCE
from certsvc.domain.history import HistoryState, Quality
from certsvc.domain.history_steps import RecordStep
from certsvc.domain.permission import Action
from certsvc.entrypoints.console.access import office_of
from certsvc.entrypoints.console.pages.access import Posting, Viewing
from certsvc.entrypoints.console.pages.choices import place_words
from certsvc.entrypoints.console.pages.rooms import may_enter
from certsvc.entrypoints.console.pages.showing import show
from certsvc.entrypoints.console.pages.tallies import Tally
from certsvc.entrypoints.html.filters import day_given, filters_of
from certsvc.entrypoints.html.forms import GivenForm
from certsvc.entrypoints.html.paging import PageNumber, Paging
from certsvc.entrypoints.html.rendering import go_to
from certsvc.entrypoints.http.permitted import needs
from certsvc.errors import RequestError
from certsvc.stages.historical_import import ImportAnswer
from certsvc.stages.sign_in import SignedIn

PATH: Final = "/console/history"
RECORDS: Final = f"{PATH}/records"
UPLOADS: Final = (PATH,)
router = APIRouter(prefix=PATH, include_in_schema=False)
ImportId = Annotated[str, Path(pattern="^L[0-9A-F]{15}$")]
Reference = Annotated[str, Path(pattern="^H[0-9]{14}[0-9A-Z]$")]
_TONES: Final = {
    HistoryState.GRADED: "limited",
    HistoryState.CONFIRMED: "unknown",
    HistoryState.PUBLISHED: "passed",
    HistoryState.DISPUTED: "limited",
    HistoryState.CORRECTED: "unknown",
    HistoryState.REVOKED: "failed",
}
_STATES_ENGLISH: Final = {
    HistoryState.GRADED: "graded, to be confirmed",
    HistoryState.CONFIRMED: "confirmed",
    HistoryState.PUBLISHED: "public",
    HistoryState.DISPUTED: "disputed",
    HistoryState.CORRECTED: "corrected (old version)",
    HistoryState.REVOKED: "revoked",
}
SAID: Final[Mapping[str, tuple[str, str]]] = {
    "imported": (
        "文件已保存，等待另一位人员确认。",
        "The file is kept; another person confirms it.",
    ),
    "confirmed": (
        "已确认：A、B级记录已公布，C级只留内部。",
        "Confirmed: grades A and B are public, grade C stays inside.",
    ),
    "disputed": (
        "异议已登记；办结之前，查验时答复“有异议，核实中”。",
        "The objection is recorded; until it is settled the record answers as disputed.",
    ),
    "settled": ("异议已办结，记录维持不变。", "The objection is settled; the record stands."),
    "corrected": (
        "更正已提出，等待另一位人员确认。",
        "The correction is proposed; another person confirms it.",
    ),
    "correction-confirmed": ("更正已确认。", "The correction is confirmed."),
    "revocation": (
        "撤销已提出，等待另一位人员确认。",
        "The revocation is proposed; another person confirms it.",
    ),
    "revoked": ("撤销已确认，从现在起查验时答复“已撤销”。", "Revoked from now on."),
}


@router.get("")
@needs(Action.DECISION_READ, on="history")
def imports(request: Request, session: Viewing, page: PageNumber = 1) -> Response:
    """Imports of the caller's authority, newest first."""
    return _imports(request, session, page, None)


@router.post("")
@needs(Action.HISTORY_IMPORT, on="history")
def upload(request: Request, form: Posting) -> Response:
    """A file: kept as a whole and on to its page, or refused with every finding."""
    file = form.form.file("file")
    if file is None:
        raise RequestError("没有选择文件。请选择历史数据文件（XLSX、CSV 或 JSON）后提交。")
    answer = office_of(request).history.files.receive(file.content, file.name, form.caller)
    if answer.kept is not None:
        return go_to(f"{PATH}/{answer.import_id}?said=imported")
    return _imports(request, form.session, 1, answer)


@router.get("/disputes")
@needs(Action.DECISION_READ, on="history")
def disputes(request: Request, session: Viewing, page: PageNumber = 1) -> Response:
    """Records that somebody objects to, and corrections that wait; without names."""
    state = filters_of(request).choice("state", HistoryState) or HistoryState.DISPUTED
    paging = Paging(f"{PATH}/disputes", page, 0, {"state": state.value})
    records, total = office_of(request).history.lists.records(
        session.caller, state, paging.rows, paging.offset
    )
    return show(
        request,
        session,
        "history/disputes.html.j2",
        records=records,
        paging=Paging(paging.path, page, total, paging.filters),
        chosen=state,
        **_words(),
    )


@router.get("/records")
@needs(Action.DECISION_READ, on="history")
def find_record(request: Request, _session: Viewing) -> Response:
    """On to the record of a check reference."""
    wanted = (filters_of(request).text("reference") or "").upper()
    if not (len(wanted) == 16 and wanted.isalnum() and wanted.isascii()):
        raise RequestError("查询编号是 H 加15位数字或字母。请核对后重试。")
    return go_to(f"{RECORDS}/{wanted}")


@router.get("/records/{reference}")
@needs(Action.DECISION_READ, on="history/{reference}")
def show_record(request: Request, reference: Reference, session: Viewing) -> Response:
    """Every version as the papers have it, with today's codes; the look is noted."""
    found = office_of(request).history.steps.view(reference, session.caller, "console")
    return show(
        request,
        session,
        "history/record.html.j2",
        reference=reference,
        versions=tuple(reversed(found.versions)),
        disputes=found.disputes,
        ending=found.ending,
        steps=found.steps,
        columns=[one for one in history_words.COLUMNS if one in history_words.CORRECTABLE],
        notice=SAID.get(request.query_params.get("said", "")),
        **_words(),
    )


@router.post(f"/records/{{reference}}/{RecordStep.DISPUTE}")
@needs(Action.HISTORY_IMPORT, on="history/{reference}")
def dispute(request: Request, reference: Reference, form: Posting) -> Response:
    """The person's objection; the record is answered as disputed until it is settled."""
    ground = form.form.text("ground", LONGEST_GROUND)
    office_of(request).history.records.dispute(reference, ground, form.caller)
    return _said(reference, "disputed")


@router.post(f"/records/{{reference}}/{RecordStep.SETTLE}")
@needs(Action.HISTORY_IMPORT, on="history/{reference}")
def settle(request: Request, reference: Reference, form: Posting) -> Response:
    """The objection is not founded; by another person than who recorded it."""
    history = office_of(request).history
    history.records.settle(reference, form.form.text("opinion", LONGEST_REFERENCE), form.caller)
    history.catch_up()
    return _said(reference, "settled")


@router.post(f"/records/{{reference}}/{RecordStep.CORRECT}")
@needs(Action.HISTORY_IMPORT, on="history/{reference}")
def correct(request: Request, reference: Reference, form: Posting) -> Response:
    """A corrected version, with what it rests on; the old one stays."""
    given = form.form
    office_of(request).history.records.correct(
        reference, _changes(given), given.text("basis", LONGEST_REFERENCE), form.caller
    )
    return _said(reference, "corrected")


@router.post(f"/records/{{reference}}/{RecordStep.CONFIRM}")
@needs(Action.HISTORY_CONFIRM, on="history/{reference}")
def confirm_correction(request: Request, reference: Reference, form: Posting) -> Response:
    """The second person: the corrected version takes the place of the old one."""
    office_of(request).history.confirm(reference, form.caller)
    return _said(reference, "correction-confirmed")


@router.post(f"/records/{{reference}}/{RecordStep.REVOKE}")
@needs(Action.REVOCATION_PROPOSE, on="history/{reference}")
def revoke(request: Request, reference: Reference, form: Posting) -> Response:
    """The province proposes a revocation under a document."""
    given = form.form
    decided_on = day_given(given.text("decided_on", 10))
    if decided_on is None:
        raise RequestError("请填写决定日期。")
    office_of(request).history.endings.propose(
        reference,
        given.text("document", LONGEST_REFERENCE),
        decided_on,
        given.text("ground", LONGEST_GROUND),
        form.caller,
        given.text("document_sha256", 64) or None,
    )
    return _said(reference, "revocation")


@router.post(f"/records/{{reference}}/{RecordStep.CONFIRM_REVOCATION}")
@needs(Action.REVOCATION_CONFIRM, on="history/{reference}")
def confirm_revocation(request: Request, reference: Reference, form: Posting) -> Response:
    """The second person of the province: every version is revoked at once."""
    office_of(request).history.confirm_revocation(reference, form.caller)
    return _said(reference, "revoked")


@router.get("/{wanted}")
@needs(Action.DECISION_READ, on="history/{wanted}")
def show_import(request: Request, wanted: ImportId, session: Viewing, page: PageNumber = 1) -> Response:
    """An import: counts by grade and state, findings beside its rows, what confirming will do."""
    filters = filters_of(request)
    state, quality = filters.choice("state", HistoryState), filters.choice("quality", Quality)
    chosen = {
        "state": "" if state is None else state.value,
        "quality": "" if quality is None else quality.value,
    }
    paging = Paging(f"{PATH}/{wanted}", page, 0, chosen)
    history = office_of(request).history
    found = history.lists.view_import(wanted, session.caller, paging.rows, paging.offset, state, quality)
    return show(
        request,
        session,
        "history/import.html.j2",
        found=found,
        kept=found.kept,
        paging=Paging(paging.path, page, found.total, chosen),
        chosen=chosen,
        publishes=found.kept.publishable,
        notice=SAID.get(request.query_params.get("said", "")),
        may_confirm=history.steps.may_confirm(found.kept, session.caller),
        place_words=place_words,
        **_words(),
    )


@router.post("/{wanted}/confirmation")
@needs(Action.HISTORY_CONFIRM, on="history/{wanted}")
def confirm_import(request: Request, wanted: ImportId, form: Posting) -> Response:
    """The second person: records of grades A and B are published."""
    if not form.form.is_ticked("seen"):
        raise RequestError("请先核对将要公布的数目，勾选“已核对”后再确认。")
    office_of(request).history.confirm(wanted, form.caller)
    return go_to(f"{PATH}/{wanted}?said=confirmed")


def tallies(office: Office, caller: Caller) -> Iterable[Tally]:
    """Imports that wait for a second person, and records that somebody objects to."""
    if not may_enter(Action.DECISION_READ, caller):
        return
    _, waiting = office.history.lists.imports(caller, 1, 0, waiting=True)
    if waiting:
        yield Tally(
            waiting, "历史数据导入等待确认", "imports to be confirmed", f"{PATH}?waiting=1", "limited"
        )
    _, disputed = office.history.lists.records(caller, HistoryState.DISPUTED, 1, 0)
    if disputed:
        yield Tally(disputed, "历史记录有异议", "historical records disputed", f"{PATH}/disputes", "limited")


def _imports(request: Request, session: SignedIn, page: int, answer: ImportAnswer | None) -> Response:
    waiting = bool(filters_of(request).text("waiting"))
    paging = Paging(PATH, page, 0, {"waiting": "1" if waiting else ""})
    history = office_of(request).history
    found, total = history.lists.imports(session.caller, paging.rows, paging.offset, waiting=waiting)
    return show(
        request,
        session,
        "history/imports.html.j2",
        status=200 if answer is None else 422,
        imports=found,
        paging=Paging(PATH, page, total, paging.filters),
        waiting=waiting,
        answer=answer,
        place_words=place_words,
        may_import=history.steps.may_import(session.caller),
        **_words(),
    )


def _said(reference: str, code: str) -> Response:
    return go_to(f"{RECORDS}/{reference}?said={code}")


def _changes(form: GivenForm) -> dict[str, str]:
    """Columns and their new words; each line of the form is one column with its words."""
    lines = zip(form.choices("column"), form.choices("words"), strict=False)
    return {column: words for column, words in lines if column}


def _words() -> dict[str, Any]:
    return {
        "tones": _TONES,
        "states": tuple(HistoryState),
        "states_english": _STATES_ENGLISH,
        "qualities": tuple(Quality),
    }
