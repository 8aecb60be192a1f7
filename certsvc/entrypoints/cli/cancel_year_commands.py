"""`certsvc cancel-year`: a person's year is cancelled, or given back, by two persons."""

from __future__ import annotations

import json
from datetime import datetime
from typing import IO, TYPE_CHECKING

import click

from certsvc.domain.cancelled_year import StoredCancellation, YearStep
from certsvc.domain.decision import DecisionStatus
from certsvc.domain.permission import Action
from certsvc.entrypoints.cli.options import ACTOR, AS_JSON, DECIDED_ON, opened_office
from certsvc.entrypoints.credit_answers import cancellation_object

if TYPE_CHECKING:
    pass

_STATUS_WORDS = {
    DecisionStatus.PROPOSED: "待确认",
    DecisionStatus.CONFIRMED: "已生效",
    DecisionStatus.WITHDRAWN: "已撤回",
}
_DOCUMENT = click.option("--document", required=True, metavar="NO", help="决定文号。")
_GROUND = click.option("--ground", required=True, metavar="TEXT", help="理由；不公开。")


@click.group("cancel-year")
def cancel_year() -> None:
    """取消当年申报资格（雷同材料、造假等）：一人提出，同一部门的另一人确认。不影响已有职称，不公开。"""


@cancel_year.command("propose")
@click.option(
    "--person",
    type=click.File("rb"),
    required=True,
    metavar="FILE",
    help="人员（JSON：name、id_kind、id_number）；- 为标准输入。",
)
@click.option("--year", type=int, required=True, help="被取消的年度。")
@click.option("--place", metavar="CODE", help="单位所属市（州）的区划代码，默认为办理人所在部门。")
@_DOCUMENT
@DECIDED_ON
@_GROUND
@ACTOR
@AS_JSON
def cancel_year_propose(
    person: IO[bytes],
    year: int,
    place: str | None,
    document: str,
    decided_on: datetime,
    ground: str,
    actor: str,
    *,
    as_json: bool,
) -> None:
    """提出取消一名人员某一年度的申报资格。同样的内容再提出一次，得到同一个编号。"""
    from certsvc.entrypoints.cli.person_file import read_person

    form = read_person(person)
    step = opened_office().credit.cancelled_years.propose(
        form.name,
        form.id_kind,
        form.id_number,
        year,
        place,
        document,
        decided_on.date(),
        ground,
        actor,
    )
    _tell_proposed(step, YearStep.CANCEL, as_json=as_json)


@cancel_year.command("lift")
@click.argument("step_id", metavar="ID")
@_DOCUMENT
@DECIDED_ON
@_GROUND
@ACTOR
@AS_JSON
def cancel_year_lift(
    step_id: str, document: str, decided_on: datetime, ground: str, actor: str, *, as_json: bool
) -> None:
    """提出恢复已取消的当年申报资格；由另一人确认后生效。"""
    years = opened_office().credit.cancelled_years
    step = years.lift(step_id, document, decided_on.date(), ground, actor)
    _tell_proposed(step, YearStep.LIFT, as_json=as_json)


@cancel_year.command("confirm")
@click.argument("step_id", metavar="ID")
@ACTOR
@AS_JSON
def cancel_year_confirm(step_id: str, actor: str, *, as_json: bool) -> None:
    """确认：立即生效。确认人不能是提出人。"""
    _show(opened_office().credit.cancelled_years.confirm(step_id, actor), as_json=as_json)


@cancel_year.command("withdraw")
@click.argument("step_id", metavar="ID")
@ACTOR
@AS_JSON
def cancel_year_withdraw(step_id: str, actor: str, *, as_json: bool) -> None:
    """撤回尚未确认的一项。"""
    _show(opened_office().credit.cancelled_years.withdraw(step_id, actor), as_json=as_json)


@cancel_year.command("list")
@ACTOR
@AS_JSON
def cancel_year_list(actor: str, *, as_json: bool) -> None:
    """列出本部门（省级为全部）的事项，最近提出的在前；查看会留痕。"""
    office = opened_office()
    by = office.permits.official(actor, Action.YEAR_CANCEL_READ, "cancelled-year")
    found = office.credit.cancelled_years.listed(by, "cli")
    if as_json:
        answer = {"steps": [cancellation_object(one) for one in found]}
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for one in found:
        click.echo(_line(one))


def _tell_proposed(step: str, what: YearStep, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"step": step}))
    else:
        click.echo(
            f"{what.label} {step} 已提出。请由同一部门的另一位人员运行 "
            f"certsvc cancel-year confirm {step} --actor 账号 确认。"
        )


def _show(stored: StoredCancellation, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(cancellation_object(stored), ensure_ascii=False))
    else:
        click.echo(_line(stored))


def _line(stored: StoredCancellation) -> str:
    told = stored.cancellation
    people = stored.maker if stored.checker is None else f"{stored.maker}、{stored.checker}"
    who = f"{told.name}（…{told.document.last4}）"
    return "\t".join(
        (
            stored.id,
            _STATUS_WORDS[stored.status],
            told.step.label,
            str(told.year),
            who,
            told.document_ref,
            people,
        )
    )
