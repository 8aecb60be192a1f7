"""`certsvc decision`: revoke, correct, suspend and reinstate certificates, proposed by one person, confirmed by another."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from certsvc.domain.decision import DecisionKind, DecisionStatus, StoredDecision
from certsvc.domain.decision_changes import CORRECTABLE
from certsvc.domain.decision_kinds import KINDS
from certsvc.entrypoints.answers import decision_object
from certsvc.settings import load_settings

if TYPE_CHECKING:
    from certsvc.bootstrap import Office

_STATUS_WORDS = {
    DecisionStatus.PROPOSED: "待确认",
    DecisionStatus.CONFIRMED: "已确认",
    DecisionStatus.WITHDRAWN: "已撤回",
}
_AS_JSON = click.option("--json", "as_json", is_flag=True, help="只在标准输出打印一个 JSON 对象。")
_ACTOR = click.option("--actor", required=True, metavar="NAME", help="办理人的账号（须已登记）。")


@click.group()
def decision() -> None:
    """证书的撤销、更正、核查中（暂停使用）与恢复：一人提出，同一部门的另一人确认。"""


@decision.group()
def propose() -> None:
    """提出决定。同样的内容再提出一次，得到同一个决定编号。"""


def _proposing(command: Callable[..., None]) -> Callable[..., None]:
    """The arguments that every kind of proposal takes."""
    for option in (
        _AS_JSON,
        _ACTOR,
        click.option(
            "--ground", required=True, metavar="TEXT", help="理由；会向查验方公开，不写姓名和证件号码。"
        ),
        click.option(
            "--decided-on",
            required=True,
            type=click.DateTime(["%Y-%m-%d"]),
            metavar="DATE",
            help="决定日期，如 2024-06-03。",
        ),
        click.option("--document", required=True, metavar="NO", help="决定文号；会向查验方公开。"),
        click.argument("number"),
    ):
        command = option(command)
    return command


@propose.command("revoke")
@_proposing
def propose_revoke(**given: Any) -> None:
    """撤销职称（个人申报材料造假）：仅由省厅决定，确认后记入诚信档案三年。"""
    _propose(DecisionKind.REVOKE, **given)


@propose.command("write-off")
@_proposing
def propose_write_off(**given: Any) -> None:
    """核销援外激励取得的职称（因个人原因终止援助服务）：仅由省厅决定，不记入诚信档案。"""
    _propose(DecisionKind.WRITE_OFF, **given)


@propose.command("void")
@_proposing
def propose_void(**given: Any) -> None:
    """宣布无效（未按规定程序申报、评审）：自取得之日起无效，由省厅确认，不记入诚信档案。"""
    _propose(DecisionKind.VOID, **given)


@propose.command("suspend")
@_proposing
def propose_suspend(**given: Any) -> None:
    """标记为核查中：核查期间证书暂停使用。"""
    _propose(DecisionKind.SUSPEND, **given)


@propose.command("reinstate")
@_proposing
def propose_reinstate(**given: Any) -> None:
    """恢复核查中或已撤销的证书；恢复已撤销的证书时，诚信档案记录一并撤回。"""
    _propose(DecisionKind.REINSTATE, **given)


@propose.command("correct")
@_proposing
@click.option(
    "--set",
    "settings",
    multiple=True,
    required=True,
    metavar="FIELD=VALUE",
    help=f"要更正的内容，可多次给出：{'、'.join(CORRECTABLE)}。",
)
def propose_correct(settings: tuple[str, ...], **given: Any) -> None:
    """更正证书：编号不变，版本加一，旧版本标为已换发。"""
    changes: dict[str, str] = {}
    for one in settings:
        field, equals, value = one.partition("=")
        if not equals or field in changes:
            raise click.UsageError("--set 请写成 FIELD=VALUE，每个 FIELD 只写一次。")
        changes[field] = value
    _propose(DecisionKind.CORRECT, **given, changes=changes)


@decision.command("confirm")
@click.argument("decision_id", metavar="ID")
@_ACTOR
@_AS_JSON
def decision_confirm(decision_id: str, actor: str, *, as_json: bool) -> None:
    """确认决定：立即生效并记入公开账本。中断后再次运行即可继续。确认人不能是提出人。"""
    confirmed = _office().confirm_decision(decision_id, actor)
    _show(confirmed, as_json=as_json)


@decision.command("withdraw")
@click.argument("decision_id", metavar="ID")
@_ACTOR
@_AS_JSON
def decision_withdraw(decision_id: str, actor: str, *, as_json: bool) -> None:
    """撤回尚未确认的决定。"""
    _show(_office().deciding.withdraw(decision_id, actor), as_json=as_json)


@decision.command("show")
@click.argument("decision_id", metavar="ID")
@_AS_JSON
def decision_show(decision_id: str, *, as_json: bool) -> None:
    """查看一项决定。"""
    _show(_office().deciding.find(decision_id), as_json=as_json)


@decision.command("list")
@click.option("--number", metavar="NUMBER", help="只列出一个证书的决定。")
@click.option(
    "--status", type=click.Choice([one.value for one in DecisionStatus]), help="只列出这种状态的决定。"
)
@_AS_JSON
def decision_list(number: str | None, status: str | None, *, as_json: bool) -> None:
    """列出决定，最近提出的在前。"""
    wanted = None if status is None else DecisionStatus(status)
    found = _office().decisions.listed(number=number, status=wanted)
    if as_json:
        answer = {"decisions": [decision_object(one) for one in found]}
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for one in found:
        click.echo(_line(one))


def _propose(
    kind: DecisionKind,
    number: str,
    document: str,
    decided_on: datetime,
    ground: str,
    actor: str,
    *,
    as_json: bool,
    changes: dict[str, str] | None = None,
) -> None:
    deciding = _office().deciding
    proposed = deciding.propose(kind, number, document, decided_on.date(), ground, actor, changes)
    if as_json:
        click.echo(json.dumps({"decision": proposed}))
    else:
        click.echo(
            f"{kind.label}决定 {proposed} 已提出。请由{KINDS[kind].confirms}运行 "
            f"certsvc decision confirm {proposed} --actor 账号 确认。"
        )


def _show(stored: StoredDecision, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(decision_object(stored), ensure_ascii=False))
        return
    click.echo(_line(stored))
    click.echo(f"  理由：{stored.proposal.ground}")
    for field, value in stored.proposal.changes.items():
        click.echo(f"  更正：{field} = {value}")


def _line(stored: StoredDecision) -> str:
    proposal = stored.proposal
    people = stored.maker if stored.checker is None else f"{stored.maker}、{stored.checker}"
    return (
        f"{stored.id}\t{_STATUS_WORDS[stored.status]}\t{proposal.kind.label}\t{proposal.number}\t"
        f"{proposal.document_ref}\t{proposal.decided_on.isoformat()}\t{people}"
    )


def _office() -> Office:
    from certsvc.bootstrap import open_office

    return open_office(load_settings())
