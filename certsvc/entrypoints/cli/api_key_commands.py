"""`certsvc api-key`: keys with quotas for organisations that verify much (docs/api-keys.md)."""

from __future__ import annotations

import json
import os
from datetime import datetime

import click

from certsvc.domain.organisation_key import KeyWish, OrganisationKey, id_of_key_text
from certsvc.entrypoints.cli.options import AS_JSON, opened_office


@click.group("api-key")
def api_key() -> None:
    """机构密钥（大量核验的机构所用）与配额；核验本身从不需要密钥（见 docs/api-keys.md）。"""


@api_key.command("add")
@click.argument("name")
@click.option("--organisation", required=True, metavar="WORDS", help="使用密钥的机构。")
@click.option("--purpose", required=True, metavar="WORDS", help="用途，持证人可以看到。")
@click.option("--per-minute", type=int, default=600, show_default=True, help="每分钟的查询数。")
@click.option(
    "--per-day",
    type=int,
    default=100_000,
    show_default=True,
    help="每日（北京时间）的查询数；批量的每行算一次。",
)
@click.option(
    "--ends-on",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="最后可用的一天，如 2027-12-31；不写则长期有效。",
)
@AS_JSON
def api_key_add(
    name: str,
    organisation: str,
    purpose: str,
    per_minute: int,
    per_day: int,
    ends_on: datetime | None,
    *,
    as_json: bool,
) -> None:
    """发放一把机构密钥，只显示这一次。更换密钥：先为同一机构再发一把（另取名称），换用后停用旧的。"""
    last = None if ends_on is None else ends_on.date()
    wish = KeyWish(name, organisation, purpose, per_minute, per_day, last)
    office = opened_office()
    text = office.organisation_keys.add(wish, office.clock.now(), os.urandom)
    if as_json:
        click.echo(json.dumps({"id": id_of_key_text(text), "name": name, "key": text}, ensure_ascii=False))
        return
    click.echo(f"已为 {organisation} 发放机构密钥 {name}。密钥只显示这一次，请交给该机构妥善保管：", err=True)
    click.echo(text)


@api_key.command("list")
@AS_JSON
def api_key_list(*, as_json: bool) -> None:
    """列出所有机构密钥（不含密钥本身）：编号、名称、机构、用途、配额、今日已用、是否停用。"""
    office = opened_office()
    today = office.clock.today()
    keys = [
        _object(one, office.day_use.used(one.id, today)) | {"ended": one.has_ended(today)}
        for one in office.organisation_keys.given_out()
    ]
    if as_json:
        click.echo(json.dumps({"keys": keys}, ensure_ascii=False))
        return
    for one in keys:
        state = "已停用" if one["ended"] else "可用"
        quota = f"每分钟 {one['per_minute']}，每日 {one['per_day']}，今日已用 {one['used_today']}"
        click.echo(f"{one['id']}\t{one['name']}\t{one['organisation']}\t{one['purpose']}\t{quota}\t{state}")


@api_key.command("end")
@click.argument("name")
def api_key_end(name: str) -> None:
    """停用一把机构密钥：数秒之内不再受理；再次停用不作改动。"""
    office = opened_office()
    ended = office.organisation_keys.end(name, office.clock.now())
    office.remembered_keys.ended(ended.id)
    click.echo(f"已停用机构密钥 {name}（{ended.organisation}）。")


def _object(key: OrganisationKey, used: int) -> dict[str, object]:
    return {
        "id": key.id,
        "name": key.name,
        "organisation": key.organisation,
        "purpose": key.purpose,
        "per_minute": key.per_minute,
        "per_day": key.per_day,
        "used_today": used,
        "made_at": key.made_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "ends_on": None if key.ends_on is None else key.ends_on.isoformat(),
        "ended_at": None if key.ended_at is None else key.ended_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
