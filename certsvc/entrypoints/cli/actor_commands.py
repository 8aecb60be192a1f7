"""`certsvc actor` and `certsvc delegation`: who is registered as what, and who acts for whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import click

from certsvc.domain.actor import Actor, Role
from certsvc.domain.caller import OPERATOR
from certsvc.domain.permission import Action
from certsvc.entrypoints.cli.options import opened_office

_ROLES = (
    "经办 maker、复核 checker、监督 supervisor、评委会办事机构 committee、单位 unit、"
    "安全管理员 security、系统管理员 system、审计管理员 audit。"
)


def _region_code(context: click.Context, option: click.Parameter, written: str | None) -> str | None:
    if written is not None and not (len(written) == 6 and written.isascii() and written.isdigit()):
        raise click.BadParameter("请写六位区划代码，如 220000。", context, option)
    return written


def _own_reach(command: Callable[..., None]) -> Callable[..., None]:
    """What an account's own reach is registered with."""
    for option in (
        click.option("--person", metavar="NO", help="工号：一人只能有一个在用账号，三类管理员须是不同的人。"),
        click.option("--unit", metavar="CODE", help="单位账号的统一社会信用代码。"),
        click.option(
            "--committee",
            "committees",
            multiple=True,
            metavar="CODE",
            help="评委会办事机构所服务的评委会，可多次给出。",
        ),
    ):
        command = option(command)
    return command


@click.group()
def actor() -> None:
    """登记办理人员（账号、角色、地区、范围）。"""


@actor.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True, help=_ROLES)
@click.option(
    "--region",
    default="220000",
    show_default=True,
    metavar="CODE",
    callback=_region_code,
    help="所属地区的六位区划代码。",
)
@_own_reach
def actor_add(
    name: str, role: str, region: str, committees: tuple[str, ...], unit: str | None, person: str | None
) -> None:
    """登记一名人员；同样的内容再登记一次不作改动。"""
    office = opened_office()
    new = Actor(name, Role(role), region, frozenset(committees), unit, person)
    office.people.accounts.add(new, OPERATOR)
    click.echo(f"已登记 {name}（{role}，{region}）。")


@actor.command("change")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), help="新的角色；不写则不变。")
@click.option(
    "--region", metavar="CODE", callback=_region_code, help="新的所属地区（六位区划代码）；不写则不变。"
)
@_own_reach
def actor_change(
    name: str,
    role: str | None,
    region: str | None,
    committees: tuple[str, ...],
    unit: str | None,
    person: str | None,
) -> None:
    """调整一名在岗人员的登记，此后的办理以新登记为准；此前办理的事项不变。角色不变时，没有写的各项不变。"""
    if not (role or region or committees or unit or person):
        raise click.UsageError("请给出 --role、--region、--committee、--unit 或 --person，可以多项。")
    office = opened_office()
    old = office.people.accounts.find(name, OPERATOR).actor
    kept = role is None or Role(role) is old.role
    new = Actor(
        name,
        old.role if role is None else Role(role),
        region or old.region,
        frozenset(committees) or (old.committees if kept else frozenset()),
        unit or (old.unit if kept else None),
        person or old.person,
    )
    changed = office.people.accounts.change(new, OPERATOR)
    click.echo(f"{name} 现登记为 {changed.role.value}，{changed.region}。")


@actor.command("end")
@click.argument("name")
def actor_end(name: str) -> None:
    """停用一个账号：不能再登录或办理，已登录的立即退出；此前办理的事项不变。重新启用请用 actor add。"""
    office = opened_office()
    office.people.accounts.end(name, OPERATOR)
    click.echo(f"已停用 {name}。")


@actor.command("list")
def actor_list() -> None:
    """列出在岗的人员。"""
    for one in opened_office().actors.actors():
        own = one.unit or " ".join(sorted(one.committees))
        click.echo(f"{one.name}\t{one.role.value}\t{one.region}" + (f"\t{own}" if own else ""))


@click.group()
def delegation() -> None:
    """委托代办：由他人在一段时间内代为办理，到期自动结束（见 docs/permissions.md）。"""


@delegation.command("propose")
@click.argument("delegate")
@click.option("--for", "delegator", required=True, metavar="NAME", help="委托人的账号。")
@click.option("--from", "from_on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="开始日期。")
@click.option(
    "--until", "until_on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="结束日期，含当日。"
)
@click.option("--reason", required=True, metavar="WORDS", help="委托的原因。")
@click.option("--actor", required=True, metavar="NAME", help="提出人：委托人本人，或安全管理员。")
def delegation_propose(
    delegate: str, delegator: str, from_on: datetime, until_on: datetime, reason: str, actor: str
) -> None:
    """提出委托：由 DELEGATE 代为办理，委托人和受托人都同意后生效。"""
    office = opened_office()
    by = office.permits.official(actor, Action.DELEGATION_PROPOSE, f"delegation/{delegator[:64]}")
    made = office.people.delegations.propose(delegate, delegator, from_on.date(), until_on.date(), reason, by)
    for name in (delegate, delegator):
        if made.waits_for(name):
            click.echo(
                f"委托 {made.id} 已提出，请 {name} 同意：certsvc delegation accept {made.id} --actor {name}"
            )


@delegation.command("accept")
@click.argument("wanted", metavar="ID")
@click.option("--actor", required=True, metavar="NAME", help="受托人本人；他人代为提出的，还有委托人本人。")
def delegation_accept(wanted: str, actor: str) -> None:
    """同意委托；双方都同意后，在委托期内可以“某代某”的名义办理（--actor "某 代 某"）。"""
    office = opened_office()
    by = office.permits.official(actor, Action.DELEGATION_ACCEPT, f"delegation/{wanted[:16]}")
    accepted = office.people.delegations.accept(wanted, by)
    waiting = [name for name in (accepted.delegate, accepted.delegator) if accepted.waits_for(name)]
    if waiting:
        click.echo(f"已同意，还须 {waiting[0]} 本人同意后生效。")
        return
    click.echo(
        f"已接受。{accepted.from_on} 至 {accepted.until_on} 期间，以“{accepted.acting_name}”的名义办理。"
    )


@delegation.command("end")
@click.argument("wanted", metavar="ID")
@click.option("--actor", required=True, metavar="NAME", help="委托人、受托人或安全管理员。")
def delegation_end(wanted: str, actor: str) -> None:
    """提前结束委托，或不接受委托。"""
    office = opened_office()
    by = office.permits.official(actor, Action.DELEGATION_END, f"delegation/{wanted[:16]}")
    office.people.delegations.end(wanted, by)
    click.echo("委托已结束。")


@delegation.command("list")
@click.option("--actor", required=True, metavar="NAME", help="本人的委托；安全管理员看到全部。")
def delegation_list(actor: str) -> None:
    """列出委托，最近的在前（最多 200 项）。"""
    office = opened_office()
    by = office.permits.official(actor, Action.DELEGATION_READ, "delegations")
    _, found = office.people.delegations.listed(by, 0, 200)
    for one in found:
        state = one.state(office.clock.today()).zh
        click.echo(f"{one.id}\t{one.acting_name}\t{one.from_on} – {one.until_on}\t{state}")
