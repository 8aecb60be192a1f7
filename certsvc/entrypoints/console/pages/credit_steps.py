"""Cancelled years, annulled proofs: what bars persons beside the credit archive, each by two persons."""

from __future__ import annotations

from datetime import date
from typing import Final

from fastapi import APIRouter

from certsvc.bootstrap import Office
from certsvc.domain.annulment import AnnulmentStep, ProofKind, StoredAnnulment
from certsvc.domain.caller import Caller
from certsvc.domain.cancelled_year import StoredCancellation, YearStep
from certsvc.domain.decision import DecisionStatus
from certsvc.domain.decision_text import LONGEST_REFERENCE
from certsvc.domain.decision_words import YEAR_WORDS
from certsvc.domain.identity import IdKind
from certsvc.domain.permission import Action
from certsvc.domain.regions import REGIONS
from certsvc.entrypoints.console.pages.deciding import whole_number
from certsvc.entrypoints.console.pages.two_steps import Field, Line, Matter, section_of
from certsvc.entrypoints.console.pages.unit_notices import UNIT_NOTICES
from certsvc.entrypoints.console.pages.words import NAMES
from certsvc.entrypoints.html.forms import GivenForm
from certsvc.errors import RequestError


def _year_line(stored: StoredCancellation) -> Line:
    told = stored.cancellation
    return Line(
        stored.id,
        told.step.label,
        told.name,
        (
            ("证件", "Identity document", f"{told.document.kind.value} {told.document.number}"),
            ("年度", "Year", str(told.year)),
            ("所属", "Authority", NAMES.place(told.place)),
            ("限制", "Bars", f"{told.year} 年度内不得申报；{told.year + 1}年1月1日起可申报"),
        ),
        told.document_ref,
        told.decided_on,
        told.ground,
        stored.status,
        stored.maker,
        stored.proposed_at,
        stored.checker,
        stored.confirmed_at,
        told.step is YearStep.CANCEL and stored.status is DecisionStatus.CONFIRMED,
        told.lifts,
    )


def _years(office: Office, by: Caller) -> list[Line]:
    return [_year_line(one) for one in office.credit.cancelled_years.listed(by, "console")]


def _year(office: Office, by: Caller, step: str) -> Line:
    return _year_line(office.credit.cancelled_years.view(step, by, "console"))


def _cancel_year(office: Office, form: GivenForm, day: date, actor: str) -> str:
    try:
        kind = IdKind(form.text("id_kind", 16))
    except ValueError:
        raise RequestError("请从列表中选择证件类型。") from None
    return office.credit.cancelled_years.propose(
        form.text("name", 100),
        kind,
        form.text("id_number", 64),
        whole_number(form.text("year", 4)),
        form.text("place", 6) or None,
        form.text("document", LONGEST_REFERENCE),
        day,
        form.text("ground", 2000),
        actor,
    )


def _lift_year(office: Office, step: str, form: GivenForm, day: date, actor: str) -> str:
    return office.credit.cancelled_years.lift(
        step, form.text("document", LONGEST_REFERENCE), day, form.text("ground", 2000), actor
    )


YEARS: Final = Matter(
    path="/console/cancelled-years",
    zh="取消当年申报资格",
    en="Cancelled years",
    law=YEAR_WORDS,
    will=(
        "一经确认，该人员在所填年度内不得申报；不影响已有职称，不公开。",
        "Once confirmed, the person may not apply in that year; no title is touched, nothing is public.",
    ),
    fields=(
        Field("name", "姓名", "Name"),
        Field(
            "id_kind",
            "证件类型",
            "Identity document",
            "select",
            tuple((one.value, one.value) for one in IdKind),
        ),
        Field("id_number", "证件号码", "ID number"),
        Field("year", "年度", "Year", "number"),
        Field(
            "place",
            "所属地区",
            "Region",
            "select",
            (
                ("", "本部门"),
                *((code, NAMES.place(code)) for code, one in REGIONS.items() if one.until is None),
            ),
            required=False,
        ),
    ),
    read=Action.YEAR_CANCEL_READ,
    proposing=Action.YEAR_CANCEL_PROPOSE,
    confirming=Action.YEAR_CANCEL_CONFIRM,
    listed=_years,
    find=_year,
    propose=_cancel_year,
    lift=_lift_year,
    confirm=lambda office, step, actor: office.credit.cancelled_years.confirm(step, actor),
    withdraw=lambda office, step, actor: office.credit.cancelled_years.withdraw(step, actor),
    subject="cancelled-year",
)


def _annulment_line(stored: StoredAnnulment) -> Line:
    told = stored.annulment
    return Line(
        stored.id,
        f"{told.step.label}{told.kind.label}",
        told.kind.label,
        (("状态", "State", "已被撤销的取消" if stored.lifted else "—"),),
        told.document_ref,
        told.decided_on,
        told.ground,
        stored.status,
        stored.maker,
        stored.proposed_at,
        stored.checker,
        stored.confirmed_at,
        told.step is AnnulmentStep.ANNUL and stored.status is DecisionStatus.CONFIRMED and not stored.lifted,
        told.lifts,
    )


def _annulments(office: Office, by: Caller) -> list[Line]:
    return [_annulment_line(one) for one in office.case_work.annulments.listed(by)]


def _annulment(office: Office, by: Caller, step: str) -> Line:
    return _annulment_line(office.case_work.annulments.view(step, by))


def _annul(office: Office, form: GivenForm, day: date, actor: str) -> str:
    try:
        kind = ProofKind(form.text("kind", 16))
    except ValueError:
        raise RequestError("请选择考试成绩或职业资格。") from None
    return office.case_work.annulments.record(
        kind,
        form.text("reference", 200),
        form.text("document", LONGEST_REFERENCE),
        day,
        form.text("ground", 2000),
        actor,
    )


def _lift_annulment(office: Office, step: str, form: GivenForm, day: date, actor: str) -> str:
    document, ground = form.text("document", LONGEST_REFERENCE), form.text("ground", 2000)
    return office.case_work.annulments.propose_lifting(step, document, day, ground, actor)


ANNULMENTS: Final = Matter(
    path="/console/annulments",
    zh="考试成绩、职业资格被取消",
    en="Annulled proofs",
    law="吉人社函〔2022〕38号 四（六）",
    will=(
        "一经确认，以该证明为依据的职称全部列入“后续职称”，由人工逐件决定；以后引用该证明的申报不予通过。",
        "Once confirmed, every title that cites the proof is listed for a person, and later rows that cite it are refused.",
    ),
    fields=(
        Field("kind", "种类", "Kind", "select", tuple((one.value, one.label) for one in ProofKind)),
        Field("reference", "证明编号", "Number of the proof"),
    ),
    read=Action.BATCH_VOIDING_READ,
    proposing=Action.ANNULMENT_RECORD,
    confirming=Action.ANNULMENT_CONFIRM,
    listed=_annulments,
    find=_annulment,
    propose=_annul,
    lift=_lift_annulment,
    confirm=lambda office, step, actor: office.case_work.annulments.confirm(step, actor),
    withdraw=lambda office, step, actor: office.case_work.annulments.withdraw(step, actor),
    subject="annulment",
)
ROUTERS: Final[tuple[APIRouter, ...]] = tuple(section_of(one) for one in (YEARS, UNIT_NOTICES, ANNULMENTS))
"""The sections, in the order of the navigation."""
