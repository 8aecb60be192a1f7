"""Public naming of units 公开通报: proposed by one official of the province, confirmed by another."""

from __future__ import annotations

from datetime import date
from typing import Final

from certsvc.bootstrap import Office
from certsvc.domain.caller import Caller
from certsvc.domain.decision import DecisionStatus
from certsvc.domain.decision_text import LONGEST_REFERENCE
from certsvc.domain.decision_words import UNIT_WORDS
from certsvc.domain.permission import Action
from certsvc.domain.unit_notice import NoticeStep, StoredNotice
from certsvc.entrypoints.console.pages.two_steps import Field, Line, Matter
from certsvc.entrypoints.html.forms import GivenForm


def _line(stored: StoredNotice) -> Line:
    told = stored.notice
    return Line(
        stored.id,
        told.step.label,
        told.unit_name,
        (
            ("统一社会信用代码", "Unit code", told.unit_code or "—"),
            ("涉及的证书", "Certificates of the case", "、".join(told.certificates) or "—"),
        ),
        told.document_ref,
        told.decided_on,
        told.ground,
        stored.status,
        stored.maker,
        stored.proposed_at,
        stored.checker,
        stored.confirmed_at,
        told.step is NoticeStep.NAME and stored.status is DecisionStatus.CONFIRMED,
        told.lifts,
    )


def _listed(office: Office, by: Caller) -> list[Line]:
    return [_line(one) for one in office.unit_notices.listed(by)]


def _find(office: Office, by: Caller, step: str) -> Line:
    return _line(office.unit_notices.view(step, by))


def _propose(office: Office, form: GivenForm, day: date, actor: str) -> str:
    numbers = form.text("certificates", 4000).replace("、", " ").replace(",", " ").split()
    return office.unit_notices.propose(
        form.text("unit_name", 400),
        form.text("unit_code", 32),
        form.text("document", LONGEST_REFERENCE),
        day,
        form.text("ground", 2000),
        actor,
        numbers,
    )


def _lift(office: Office, step: str, form: GivenForm, day: date, actor: str) -> str:
    document, ground = form.text("document", LONGEST_REFERENCE), form.text("ground", 2000)
    return office.unit_notices.propose_lifting(step, document, day, ground, actor)


UNIT_NOTICES: Final = Matter(
    path="/console/unit-notices",
    zh="单位公开通报",
    en="Unit notices",
    law=UNIT_WORDS,
    will=(
        "一经确认，单位名称、代码、文号和理由立即向社会公开，直至另行撤销通报。个人不公开通报。",
        "Once confirmed, the unit's name, code, document and ground are public at once. Persons are never named.",
    ),
    fields=(
        Field("unit_name", "单位名称", "Unit"),
        Field("unit_code", "统一社会信用代码", "Unit code"),
        Field(
            "certificates",
            "涉及的证书编号",
            "Certificates of the case",
            required=False,
            hint=("不公开；用顿号或空格分开", "not public; separated by spaces"),
        ),
    ),
    read=Action.REPORT_READ,
    proposing=Action.UNIT_NOTICE_PROPOSE,
    confirming=Action.UNIT_NOTICE_CONFIRM,
    listed=_listed,
    find=_find,
    propose=_propose,
    lift=_lift,
    confirm=lambda office, step, actor: office.unit_notices.confirm(step, actor),
    withdraw=lambda office, step, actor: office.unit_notices.withdraw(step, actor),
    subject="unit-notice",
)
