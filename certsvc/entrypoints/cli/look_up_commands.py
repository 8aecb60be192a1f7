"""`certsvc look-ups`: alerts that somebody seems to try certificates out."""

from __future__ import annotations

import json

import click

from certsvc.domain.caller import OPERATOR
from certsvc.domain.permission import Action
from certsvc.entrypoints.alert_objects import alert_object
from certsvc.entrypoints.cli.options import AS_JSON, opened_office
from certsvc.ports.look_ups import Pattern

_WORDS = {
    Pattern.MANY_NUMBERS: "同一来源查询了许多不存在或不相符的编号",
    Pattern.SEQUENCE: "同一来源按顺序试探编号",
    Pattern.MANY_CLAIMS: "同一编号被许多姓名或后四位试探",
    Pattern.OVERALL: "不相符的编号总数异常增多",
}


@click.group("look-ups")
def look_ups() -> None:
    """查验记录：疑似批量试探编号的告警。"""


@look_ups.command()
@click.option(
    "--most", type=click.IntRange(1, 10_000), default=200, show_default=True, help="最多列出多少条。"
)
@AS_JSON
def alerts(most: int, *, as_json: bool) -> None:
    """列出告警，最新的在前。来源只有当日有效的代号，没有地址。"""
    office = opened_office()
    try:
        office.permits.require(Action.LOOK_UP_ALERTS, OPERATOR, "look-up-alerts")
        found = office.look_ups.store.newest_alerts(most)
    finally:
        office.close()
    rows = [alert_object(one) for one in found]
    if as_json:
        click.echo(json.dumps({"alerts": rows}, ensure_ascii=False))
        return
    if not rows:
        click.echo("没有告警。")
    for one, row in zip(found, rows, strict=True):
        click.echo(
            f"{row['at']}  {_WORDS[one.pattern]}（{one.count}）  来源代号：{one.asker or '不限于一个来源'}"
        )
