"""`certsvc suspicion`: reports of suspected fakes are listed, looked into, assigned and closed by officials."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from certsvc.domain.permission import Action
from certsvc.domain.suspicion import CaseOutcome, CaseStatus, SuspicionCase, case_closing
from certsvc.entrypoints.cli.options import ACTOR, AS_JSON, opened_office, writing_to
from certsvc.entrypoints.suspicion_objects import case_object, shown_object
from certsvc.stages.suspicions import ShownCase

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_OUTCOMES = "、".join(f"{one.value} {one.label}" for one in CaseOutcome)


@click.group()
def suspicion() -> None:
    """办理对疑似假证的举报。举报本身不改变任何证书；要撤销或宣布无效的，另按 certsvc decision 办理。"""


@suspicion.command("list")
@click.option("--status", type=click.Choice([one.value for one in CaseStatus]), help="只列出这种状态的。")
@ACTOR
@AS_JSON
def suspicion_list(status: str | None, actor: str, *, as_json: bool) -> None:
    """列出本部门可以办理的举报，最早的在前；不含个人信息。"""
    cases = opened_office().suspicion_desk.cases
    wanted = None if status is None else CaseStatus(status)
    found = cases.listed(cases.official(actor, Action.SUSPICION_READ), wanted)
    if as_json:
        click.echo(json.dumps({"cases": [case_object(one) for one in found]}, ensure_ascii=False))
        return
    for one in found:
        click.echo(_line(one))
    if not found:
        click.echo("没有这样的举报。")


@suspicion.command("show")
@click.argument("number")
@click.option(
    "--file",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    help="把举报人附的文件写到这里。",
)
@ACTOR
@AS_JSON
def suspicion_show(number: str, target: Path | None, actor: str, *, as_json: bool) -> None:
    """查看一件举报的全部内容；每次查看都会记下。"""
    cases = opened_office().suspicion_desk.cases
    caller = cases.official(actor, Action.SUSPICION_READ, number)
    shown = cases.show(number, caller, "cli")
    if target is not None:
        _, content = cases.attachment(number, caller, "cli")
        with writing_to(target):
            target.write_bytes(content)
    if as_json:
        click.echo(json.dumps(shown_object(shown), ensure_ascii=False))
    else:
        _print(shown)


@suspicion.command("assign")
@click.argument("number")
@click.option("--to", required=True, metavar="NAME", help="由谁核查（账号，须已登记）。")
@ACTOR
@AS_JSON
def suspicion_assign(number: str, to: str, actor: str, *, as_json: bool) -> None:
    """分派给省级或证书所属市（州）的一位人员核查。"""
    cases = opened_office().suspicion_desk.cases
    _show(cases.assign(number, to, cases.official(actor, Action.SUSPICION_ASSIGN, number)), as_json=as_json)


@suspicion.command("close")
@click.argument("number")
@click.option(
    "--outcome",
    type=click.Choice([one.value for one in CaseOutcome]),
    required=True,
    help=f"结论：{_OUTCOMES}。",
)
@click.option("--words", required=True, metavar="TEXT", help="给举报人的答复；不写他人的姓名和证件号码。")
@click.option("--reference", metavar="NO", help="属实的，随后作出的决定或处理的文号。")
@ACTOR
@AS_JSON
def suspicion_close(
    number: str, outcome: str, words: str, reference: str | None, actor: str, *, as_json: bool
) -> None:
    """办结一件举报。结论不改变任何证书。"""
    cases = opened_office().suspicion_desk.cases
    caller = cases.official(actor, Action.SUSPICION_CLOSE, number)
    closing = case_closing(CaseOutcome(outcome), words, reference)
    _show(cases.close(number, closing, caller), as_json=as_json)


def _show(case: SuspicionCase, *, as_json: bool) -> None:
    click.echo(json.dumps(case_object(case), ensure_ascii=False) if as_json else _line(case))


def _line(case: SuspicionCase) -> str:
    ended = "" if case.outcome is None else f"（{case.outcome.label}）"
    about = case.certificate or "证书未能确认"
    return f"{case.number}\t{case.status.label}{ended}\t{_day(case.reported_at)}\t{about}\t{case.assigned_to or '未分派'}"


def _print(shown: ShownCase) -> None:
    click.echo(_line(shown.case))
    report = shown.report
    if report is None:
        click.echo("  个人信息保存期满，已经删除。")
        return
    attached = report.attachment
    for label, value in (
        ("举报人", report.name),
        ("联系方式", report.contact),
        ("在哪里出示", report.shown_at),
        ("事情经过", report.account.replace("\n", "\n    ")),
        ("证书编号（所填）", report.number),
        ("校验码", report.manual_code),
        ("二维码内容", report.qr),
        (
            "附件",
            None if attached is None else f"{attached.media_type.value}，{len(attached.content):,} 字节",
        ),
    ):
        if value is not None:
            click.echo(f"  {label}：{value}")
    if shown.closing is not None:
        reference = "" if shown.closing.reference is None else f"（{shown.closing.reference}）"
        click.echo(f"  结论：{shown.closing.outcome.label}{reference}")
        click.echo(f"  给举报人的答复：{shown.closing.words}")


def _day(at: datetime) -> str:
    return at.astimezone(_SHANGHAI).date().isoformat()
