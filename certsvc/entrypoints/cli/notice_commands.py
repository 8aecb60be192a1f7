"""`certsvc notice`: units that gave false material are named publicly, and notices lifted, by two persons."""

from __future__ import annotations

import json
from datetime import datetime

import click

from certsvc.domain.decision import DecisionStatus
from certsvc.domain.unit_notice import StoredNotice
from certsvc.entrypoints.answers import notice_object
from certsvc.entrypoints.cli.options import ACTOR, AS_JSON, DECIDED_ON, opened_office

_STATUS_WORDS = {
    DecisionStatus.PROPOSED: "待确认",
    DecisionStatus.CONFIRMED: "已公布",
    DecisionStatus.WITHDRAWN: "已撤回",
}
_DOCUMENT = click.option("--document", required=True, metavar="NO", help="决定文号；会公开。")
_GROUND = click.option(
    "--ground", required=True, metavar="TEXT", help="理由；会公开，不写个人姓名和证件号码。"
)


@click.group()
def notice() -> None:
    """对提供虚假材料的单位公开通报，或撤销通报：省厅一人提出，另一人确认。个人不公开通报。"""


@notice.command("propose")
@click.argument("unit_name", metavar="UNIT")
@click.option(
    "--unit-code", required=True, metavar="CODE", help="统一社会信用代码，必填：只有单位可以公开通报。"
)
@click.option(
    "--certificate",
    "certificates",
    multiple=True,
    metavar="NUMBER",
    help="案件涉及的证书编号，可多次给出；不公开，用于核对通报文字中没有持证人。",
)
@_DOCUMENT
@DECIDED_ON
@_GROUND
@ACTOR
@AS_JSON
def notice_propose(
    unit_name: str,
    unit_code: str,
    certificates: tuple[str, ...],
    document: str,
    decided_on: datetime,
    ground: str,
    actor: str,
    *,
    as_json: bool,
) -> None:
    """提出公开通报一个单位。同样的内容再提出一次，得到同一个编号。"""
    step = opened_office().unit_notices.propose(
        unit_name, unit_code, document, decided_on.date(), ground, actor, certificates
    )
    _tell_proposed(step, "公开通报", as_json=as_json)


@notice.command("lift")
@click.argument("notice_id", metavar="ID")
@_DOCUMENT
@DECIDED_ON
@_GROUND
@ACTOR
@AS_JSON
def notice_lift(
    notice_id: str, document: str, decided_on: datetime, ground: str, actor: str, *, as_json: bool
) -> None:
    """提出撤销一项已公布的通报。确认后不再公开，记录保留。"""
    step = opened_office().unit_notices.propose_lifting(notice_id, document, decided_on.date(), ground, actor)
    _tell_proposed(step, "撤销通报", as_json=as_json)


@notice.command("confirm")
@click.argument("notice_id", metavar="ID")
@ACTOR
@AS_JSON
def notice_confirm(notice_id: str, actor: str, *, as_json: bool) -> None:
    """确认：立即公布（或撤下）。确认人不能是提出人。"""
    _show(opened_office().unit_notices.confirm(notice_id, actor), as_json=as_json)


@notice.command("withdraw")
@click.argument("notice_id", metavar="ID")
@ACTOR
@AS_JSON
def notice_withdraw(notice_id: str, actor: str, *, as_json: bool) -> None:
    """撤回尚未确认的一项。"""
    _show(opened_office().unit_notices.withdraw(notice_id, actor), as_json=as_json)


@notice.command("list")
@click.option("--status", type=click.Choice([one.value for one in DecisionStatus]), help="只列出这种状态的。")
@AS_JSON
def notice_list(status: str | None, *, as_json: bool) -> None:
    """列出通报与撤销通报，最近提出的在前。"""
    wanted = None if status is None else DecisionStatus(status)
    found = opened_office().unit_notices.store.listed(wanted)
    if as_json:
        answer = {"notices": [notice_object(one) for one in found]}
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for one in found:
        click.echo(_line(one))


def _tell_proposed(step: str, what: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"notice": step}))
    else:
        click.echo(
            f"{what} {step} 已提出。请由省厅的另一位人员运行 certsvc notice confirm {step} --actor 账号 确认。"
        )


def _show(stored: StoredNotice, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(notice_object(stored), ensure_ascii=False))
        return
    click.echo(_line(stored))
    click.echo(f"  理由：{stored.notice.ground}")


def _line(stored: StoredNotice) -> str:
    notice = stored.notice
    people = stored.maker if stored.checker is None else f"{stored.maker}、{stored.checker}"
    return (
        f"{stored.id}\t{_STATUS_WORDS[stored.status]}\t{notice.step.label}\t{notice.unit_name}\t"
        f"{notice.document_ref}\t{notice.decided_on.isoformat()}\t{people}"
    )
