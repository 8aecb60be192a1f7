"""`certsvc annulment`: annulled examinations and qualifications, under four eyes."""

from __future__ import annotations

import json
from datetime import datetime

import click

from certsvc.domain.annulment import AnnulmentStep, ProofKind, StoredAnnulment
from certsvc.domain.decision import DecisionStatus
from certsvc.entrypoints.batch_answers import annulment_object, confirmed_annulment_object
from certsvc.entrypoints.cli.batch_commands import dependant_line
from certsvc.entrypoints.cli.options import ACTOR, AS_JSON, DECIDED_ON, opened_office

_STATUS_WORDS = {
    DecisionStatus.PROPOSED: "待确认",
    DecisionStatus.CONFIRMED: "已确认",
    DecisionStatus.WITHDRAWN: "已撤回",
}
_GROUND = click.option("--ground", required=True, metavar="TEXT", help="理由，不写姓名和证件号码。")


@click.group()
def annulment() -> None:
    """被取消的考试成绩或职业资格：一人登记，省厅另一人确认后生效；有误的可以撤销取消。"""


@annulment.command("record")
@click.option(
    "--kind",
    type=click.Choice([one.value for one in ProofKind]),
    required=True,
    help="examination 考试成绩，qualification 职业资格。",
)
@click.option("--reference", required=True, metavar="NO", help="被取消的证明编号；只以加密形式保存。")
@click.option("--document", required=True, metavar="NO", help="取消文书的文号。")
@DECIDED_ON
@_GROUND
@ACTOR
@AS_JSON
def annulment_record(
    kind: str,
    reference: str,
    document: str,
    decided_on: datetime,
    ground: str,
    actor: str,
    *,
    as_json: bool,
) -> None:
    """登记取消，由另一人确认。同样的内容再登记一次，得到同一个编号。"""
    step = opened_office().case_work.annulments.record(
        ProofKind(kind), reference, document, decided_on.date(), ground, actor
    )
    _tell_proposed(step, AnnulmentStep.ANNUL, as_json=as_json)


@annulment.command("lift")
@click.argument("annulment_id", metavar="ID")
@click.option("--document", required=True, metavar="NO", help="撤销取消的文书文号。")
@DECIDED_ON
@_GROUND
@ACTOR
@AS_JSON
def annulment_lift(
    annulment_id: str, document: str, decided_on: datetime, ground: str, actor: str, *, as_json: bool
) -> None:
    """提出撤销一项有误的取消。确认后不再影响备案和证书，记录保留。"""
    step = opened_office().case_work.annulments.propose_lifting(
        annulment_id, document, decided_on.date(), ground, actor
    )
    _tell_proposed(step, AnnulmentStep.LIFT, as_json=as_json)


@annulment.command("confirm")
@click.argument("annulment_id", metavar="ID")
@ACTOR
@AS_JSON
def annulment_confirm(annulment_id: str, actor: str, *, as_json: bool) -> None:
    """确认取消：引用该证明的证书和待签发人员列入后续职称，此后引用它的备案行不予通过。确认撤销取消：待处理的各项随之了结。确认人不能是提出人。"""
    stored, entries = opened_office().case_work.annulments.confirm(annulment_id, actor)
    if as_json:
        _print(confirmed_annulment_object(stored, entries))
        return
    click.echo(_line(stored))
    click.echo(f"  引用该证明的有 {len(entries)} 项。")
    for one in entries:
        click.echo(dependant_line(one))


@annulment.command("withdraw")
@click.argument("annulment_id", metavar="ID")
@ACTOR
@AS_JSON
def annulment_withdraw(annulment_id: str, actor: str, *, as_json: bool) -> None:
    """撤回尚未确认的一项。"""
    stored = opened_office().case_work.annulments.withdraw(annulment_id, actor)
    if as_json:
        _print(annulment_object(stored))
    else:
        click.echo(_line(stored))


@annulment.command("list")
@click.option("--status", type=click.Choice([one.value for one in DecisionStatus]), help="只列出这种状态的。")
@AS_JSON
def annulment_list(status: str | None, *, as_json: bool) -> None:
    """列出取消与撤销取消，最近提出的在前；不显示证明编号。"""
    wanted = None if status is None else DecisionStatus(status)
    found = opened_office().case_work.annulments.store.listed(wanted)
    if as_json:
        _print({"annulments": [annulment_object(one) for one in found]})
        return
    for one in found:
        click.echo(_line(one))


def _tell_proposed(step: str, what: AnnulmentStep, *, as_json: bool) -> None:
    if as_json:
        _print({"annulment": step})
    else:
        click.echo(
            f"{what.label} {step} 已提出。请由省厅的另一位人员运行 "
            f"certsvc annulment confirm {step} --actor 账号 确认。"
        )


def _line(stored: StoredAnnulment) -> str:
    given = stored.annulment
    people = stored.maker if stored.checker is None else f"{stored.maker}、{stored.checker}"
    state = "已撤销" if stored.lifted else _STATUS_WORDS[stored.status]
    return (
        f"{stored.id}\t{state}\t{given.step.label}\t{given.kind.label}\t"
        f"{given.document_ref}\t{given.decided_on.isoformat()}\t{people}"
    )


def _print(answer: dict[str, object]) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False))
