"""`certsvc policy`, `certsvc calendar` and `certsvc filing reexamine`: what the gate judges by."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from certsvc.domain.caller import OPERATOR
from certsvc.entrypoints.cli.options import AS_JSON, opened_office

if TYPE_CHECKING:
    from certsvc.stages.reexamination import Reexamined

_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


def _print(answer: dict[str, object]) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False))


@click.group()
def policy() -> None:
    """政策文件：随程序发布的与另行载入的，逐条注明依据条款和施行期间。"""


@policy.command("load")
@_FILE
@AS_JSON
def policy_load(file: Path, *, as_json: bool) -> None:
    """载入政策文件（JSON，见 docs/formats/policy.md）；自各条施行之日起优先于此前的文件。

    同一编号再次载入即替换前一版，各版都保留。随程序发布的文件不能替换，只能由新文件自施行之日起覆盖。
    """
    document = opened_office().policies.load(file.read_bytes())
    if as_json:
        _print({"id": document.id, "document": document.document, "digest": document.digest})
        return
    click.echo(f"已载入 {document.document}（{len(document.entries)} 条，摘要 {document.digest[:12]}）。")


@policy.command("list")
@AS_JSON
def policy_list(*, as_json: bool) -> None:
    """列出现行的政策文件和曾经载入的各版。"""
    policies = opened_office().policies
    listed = [
        {
            "id": one.id,
            "document": one.document,
            "title": one.title,
            "issued_on": one.issued_on.isoformat(),
            "entries": len(one.entries),
            "digest": one.digest,
        }
        for one in policies.in_force().documents
    ]
    digests = {str(one["digest"]) for one in listed}
    replaced = [
        {"id": one.policy_id, "document": one.document, "digest": one.digest}
        for one in policies.store.policies_ever_loaded()
        if one.digest not in digests
    ]
    if as_json:
        _print({"policies": listed, "replaced": replaced})
        return
    for one in listed:
        click.echo(f"{one['id']}\t{one['document']}\t{one['issued_on']}\t{one['entries']} 条\t{one['title']}")
    for old in replaced:
        click.echo(f"{old['id']}\t{old['document']}\t已由新版替换\t摘要 {old['digest'][:12]}")


@policy.command("show")
@click.option(
    "--on", "on", type=click.DateTime(["%Y-%m-%d"]), required=True, metavar="DATE", help="哪一天施行的政策。"
)
@click.option("--theme", metavar="THEME", help="只看一个主题，如 way、tenure（见 docs/policies.md）。")
@AS_JSON
def policy_show(on: datetime, theme: str | None, *, as_json: bool) -> None:
    """显示某一天施行的全部政策：主题、对象、内容、文号、条款和施行期间。"""
    from certsvc.domain.policy.telling import told_value
    from certsvc.domain.policy.values import Theme

    try:
        themes = tuple(Theme) if theme is None else (Theme(theme),)
    except ValueError as error:
        raise click.UsageError("没有这个主题。可用：" + "、".join(Theme)) from error
    in_force, day = opened_office().policies.in_force(), on.date()
    lines = [
        {
            "theme": known.value,
            "key": key,
            "value": told_value(entry),
            "document": document.document,
            "clause": entry.clause,
            "from": entry.from_on.isoformat(),
            "to": None if entry.to_on is None else entry.to_on.isoformat(),
        }
        for known in themes
        for key, (document, entry) in in_force.standing(known, day).items()
    ]
    unknown = [known.value for known in themes if not in_force.knows(known, day)]
    if as_json:
        _print({"on": day.isoformat(), "entries": lines, "unknown": unknown})
        return
    for line in lines:
        period = f"{line['from']} 至 {line['to'] or '另行通知'}"
        click.echo(
            f"{Theme(str(line['theme'])).label}\t{line['key']}\t{line['value']}\t"
            f"{line['document']} {line['clause']}\t{period}"
        )
    for word in unknown:
        click.echo(f"{Theme(word).label}\t没有{day.isoformat()}施行的政策，涉及的备案暂缓。")


@click.group()
def calendar() -> None:
    """法定节假日安排：程序自带的年份与另行载入的年份。"""


@calendar.command("load")
@_FILE
@AS_JSON
def calendar_load(file: Path, *, as_json: bool) -> None:
    """载入一年的节假日安排（JSON，见 docs/formats/policy.md）；更正的安排替换前一版，各版都保留。"""
    loaded = opened_office().policies.load_calendar(file.read_bytes())
    if as_json:
        _print({"year": loaded.year, "document": loaded.document, "digest": loaded.digest})
        return
    click.echo(f"已载入{loaded.year}年节假日安排（{loaded.document}，摘要 {loaded.digest[:12]}）。")


@calendar.command("list")
@AS_JSON
def calendar_list(*, as_json: bool) -> None:
    """列出已知的年份及其文号，以及曾经载入的各版。"""
    policies = opened_office().policies
    years = [
        {
            "year": one.year,
            "document": one.document,
            "holidays": len(one.holidays),
            "makeup_days": len(one.makeup_days),
        }
        for one in policies.calendar().years
    ]
    loaded = [
        {"year": one.year, "document": one.document, "digest": one.digest}
        for one in policies.store.loaded_calendars()
    ]
    if as_json:
        _print({"years": years, "loaded": loaded})
        return
    for year in years:
        click.echo(
            f"{year['year']}\t{year['document']}\t放假 {year['holidays']} 天，调休上班 {year['makeup_days']} 天"
        )
    for one in loaded:
        click.echo(f"载入\t{one['year']}\t{one['document']}\t摘要 {str(one['digest'])[:12]}")


@click.command()
@click.argument("filing_id", metavar="ID")
@click.option("--now", is_flag=True, help="按今天的登记、政策、节假日和证书情况审查，而不是按当时的。")
@AS_JSON
@click.pass_context
def reexamine(context: click.Context, filing_id: str, *, now: bool, as_json: bool) -> None:
    """重新审查一个备案：按当时保存的事实和政策（或今天的），与当时的结论比较。不改动任何记录。

    退出码：0 结论相同，1 不同。
    """
    found = opened_office().policies.reexamine(filing_id, OPERATOR, now=now)
    if as_json:
        _print(_reexamined_object(found))
    else:
        click.echo(f"备案 {filing_id}：重新审查的结论与当时{'相同' if found.same else '不同'}。")
        click.echo(f"规则版本：当时 {found.stored.rule_set}，这次 {found.again.rule_set}。")
        if found.rows:
            places = ("批次信息" if row is None else f"第{row}行" for row in found.rows[:20])
            click.echo("不同之处：" + "、".join(places) + ("等" if len(found.rows) > 20 else "") + "。")
    context.exit(0 if found.same else 1)


def _reexamined_object(found: Reexamined) -> dict[str, object]:
    return {
        "filing": found.filing,
        "same": found.same,
        "rule_set": {"then": found.stored.rule_set, "now": found.again.rule_set},
        "registry": found.registry,
        "policies": list(found.policies),
        "differing_rows": list(found.rows),
    }
