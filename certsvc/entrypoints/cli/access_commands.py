"""`certsvc client` and `certsvc audit`: registered programs, and the audit trail."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from certsvc.domain.actor import LONGEST_NAME
from certsvc.domain.caller import Purpose, ServiceClient
from certsvc.entrypoints.cli.options import AS_JSON, opened_office

if TYPE_CHECKING:
    pass

EXIT_BROKEN = 1


@click.group()
def client() -> None:
    """登记以服务令牌调用接口的系统（见 docs/sign-in.md）。"""


@client.command("add")
@click.argument("name")
@click.option(
    "--public-key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="该系统的公钥（PEM，Ed25519 或 P-256）；私钥留在该系统。",
)
@click.option(
    "--purpose",
    "purposes",
    type=click.Choice([one.value for one in Purpose]),
    multiple=True,
    required=True,
    help="登记的用途，可多次给出。",
)
def client_add(name: str, public_key: Path, purposes: tuple[str, ...]) -> None:
    """登记一个系统；同样的内容再登记一次不作改动。"""
    from certsvc.adapters.service_token import read_public_key

    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise click.UsageError(f"系统名称须为 1 至 {LONGEST_NAME} 个可显示的字符。")
    new = ServiceClient(
        name, read_public_key(public_key.read_bytes()), frozenset(Purpose(one) for one in purposes)
    )
    office = opened_office()
    office.clients.register_client(new, office.clock.now())
    click.echo(f"已登记系统 {name}（{'、'.join(sorted(purposes))}）。")


@client.command("list")
def client_list() -> None:
    """列出已登记的系统。"""
    for one in opened_office().clients.clients():
        click.echo(f"{one.name}\t{' '.join(sorted(one.purposes))}")


@client.command("remove")
@click.argument("name")
def client_remove(name: str) -> None:
    """注销一个系统：它的令牌从此无效。更换公钥时先注销，再登记。"""
    office = opened_office()
    office.clients.remove_client(name, office.clock.now())
    click.echo(f"已注销系统 {name}。")


@click.group()
def audit() -> None:
    """办理留痕：谁、何时、对什么、做了什么。"""


@audit.command("verify")
@AS_JSON
@click.pass_context
def audit_verify(context: click.Context, *, as_json: bool) -> None:
    """核对留痕的哈希链：被改动、删除或插入的记录都会发现。退出码：0 完整，1 不完整。

    请把末条哈希另存他处：整条链被重新计算时，只有与它比对才能发现。
    """
    report = opened_office().trail.verify_chain()
    if as_json:
        click.echo(json.dumps(asdict(report), ensure_ascii=False))
    elif report.fault is None:
        click.echo(f"留痕完整：共 {report.entries} 条，末条哈希 {report.head}。")
    else:
        click.echo(f"留痕不完整：{report.fault}。前 {report.entries} 条完好。", err=True)
    context.exit(0 if report.fault is None else EXIT_BROKEN)


@audit.command("show")
@click.option(
    "--object",
    "subject",
    required=True,
    metavar="X",
    help="对象，如 filing/备案号、decision/决定编号、actor/账号、registry。",
)
@AS_JSON
def audit_show(subject: str, *, as_json: bool) -> None:
    """列出对一个对象做过的事，先后为序。"""
    entries = opened_office().trail.entries(subject)
    if as_json:
        click.echo(
            json.dumps({"object": subject, "entries": [asdict(one) for one in entries]}, ensure_ascii=False)
        )
        return
    for one in entries:
        click.echo(f"{one.position}\t{one.at}\t{one.actor}（{one.role}，{one.region}）\t{one.action}")
    if not entries:
        click.echo("没有这个对象的记录。")
