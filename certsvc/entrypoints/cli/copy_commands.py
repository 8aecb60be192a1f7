"""`certsvc certificate copy`, `copies`, `end-copy`: annotated copies 加注件 for whoever stands at the counter."""

from __future__ import annotations

import json
import secrets
from datetime import datetime
from pathlib import Path

import click

from certsvc.domain.caller import OPERATOR
from certsvc.domain.permission import Action
from certsvc.entrypoints.cli.options import AS_JSON, opened_office, writing_to
from certsvc.entrypoints.copy_objects import copy_object
from certsvc.stages.annotated_copies import CopyWish

_CHANNEL = "cli"


@click.command("copy")
@click.argument("number")
@click.option("--recipient", required=True, metavar="TEXT", help="接收单位，不超过 30 个字。")
@click.option("--purpose", required=True, metavar="TEXT", help="用途，不超过 20 个字。")
@click.option(
    "--ends-on",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="最后可使用的一天，最长 90 天。",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="写入的 PDF 文件。",
)
@click.option("--request", "request_key", metavar="KEY", help="本次办理的编号；同一编号重复运行只办理一份。")
@AS_JSON
def certificate_copy(
    number: str,
    recipient: str,
    purpose: str,
    ends_on: datetime,
    out: Path,
    request_key: str | None,
    *,
    as_json: bool,
) -> None:
    """为持证人办理一份加注件：写明接收单位、用途和到期日的证书副本，加盖签章，另有自己的二维码。

    只在核对持证人身份证件后办理。只有有效的证书可以办理；同一份证书最多有 3 份可使用的加注件。
    """
    office = opened_office()
    office.permits.require(Action.COPY_MAKE, OPERATOR, f"certificate/{number}")
    wish = CopyWish(number, recipient, purpose, ends_on.date(), request_key or secrets.token_hex(16))
    made = office.copies.make_at_office(wish, OPERATOR)
    raw = office.copies.document(made.id, OPERATOR, _CHANNEL)
    with writing_to(out):
        out.write_bytes(raw)
    if as_json:
        click.echo(json.dumps(copy_object(made, office.clock.today()), ensure_ascii=False))
    else:
        click.echo(f"已办理加注件 {made.id}（{made.ends_on.isoformat()} 到期），写入 {out}。")


@click.command("copies")
@click.argument("number")
@AS_JSON
def certificate_copies(number: str, *, as_json: bool) -> None:
    """列出一份证书的加注件，最新的在前。"""
    office = opened_office()
    office.permits.require(Action.COPY_READ, OPERATOR, f"certificate/{number}")
    today = office.clock.today()
    copies = office.copies.of_certificate(number)
    if as_json:
        click.echo(json.dumps({"copies": [copy_object(one, today) for one in copies]}, ensure_ascii=False))
        return
    for one in copies:
        words = f"{one.words.recipient}\t{one.words.purpose}"
        click.echo(f"{one.id}\t{one.standing(today).label}\t{one.ends_on.isoformat()} 到期\t{words}")
    if not copies:
        click.echo("没有加注件。")


@click.command("end-copy")
@click.argument("copy")
@AS_JSON
def certificate_end_copy(copy: str, *, as_json: bool) -> None:
    """提前停用一份加注件：此后在线核验会说明它已停用。重复运行不变。"""
    office = opened_office()
    office.permits.require(Action.COPY_WITHDRAW, OPERATOR, f"annotated-copy/{copy}")
    withdrawn = office.copies.withdraw(copy.strip().upper(), OPERATOR)
    if as_json:
        click.echo(json.dumps(copy_object(withdrawn, office.clock.today()), ensure_ascii=False))
    else:
        click.echo(f"加注件 {withdrawn.id} 已停用。")
