"""`certsvc archive`: archive objects of certificate PDFs, of a long-term level."""

from __future__ import annotations

import json
import sys
from itertools import islice
from pathlib import Path
from typing import Any

import click

from certsvc.domain.archive_object import ArchiveFailure, ArchiveFault, ArchiveObject
from certsvc.entrypoints.cli.options import AS_JSON, opened_office, writing_to
from certsvc.stages.archiving import Archived, CheckedObject

EXIT_FAILED = 1
_MOST_LISTED = 1000


@click.group()
def archive() -> None:
    """证书文件的长期保存：在原文件之后续写时间戳和验证材料（B-T、B-LT、B-LTA），另存为归档文件。"""


@archive.command("upgrade")
@click.option("--number", metavar="NO", help="只办理这一份证书，包括此前未成功的。")
@click.option(
    "--version", type=click.IntRange(min=1), default=1, show_default=True, help="与 --number 同用：第几版。"
)
@click.option(
    "--limit", type=click.IntRange(min=1), default=10_000, show_default=True, help="本次最多办理多少份。"
)
@AS_JSON
@click.pass_context
def archive_upgrade(
    context: click.Context, number: str | None, version: int, limit: int, *, as_json: bool
) -> None:
    """把已公开的证书续写到设定的级别，到期前续加时间戳。可随时中断、重复运行，从停下的地方继续。

    退出码：0 全部完成，1 有未能归档的（逐份列出，其余照常完成），3 时间戳服务不可用。
    """
    desk = opened_office().archive_desk
    failed: list[ArchiveFailure] = []
    made = 0
    doing = (
        desk.archiving.upgrade(desk.level, limit)
        if number is None
        else iter((desk.archiving.upgrade_one(number, version, desk.level),))
    )
    for done in doing:
        made += isinstance(done, ArchiveObject)
        if isinstance(done, ArchiveFailure):
            failed.append(done)
        _say_progress(made + len(failed), done, quiet=as_json)
    if as_json:
        click.echo(
            json.dumps({"archived": made, "failed": [_failure(one) for one in failed]}, ensure_ascii=False)
        )
    else:
        click.echo(f"已归档 {made:,} 份。" + (f"未能归档 {len(failed):,} 份：" if failed else ""))
        for one in failed:
            click.echo(f"  {_told(one)}")
    if failed:
        context.exit(EXIT_FAILED)


@archive.command("status")
@AS_JSON
def archive_status(*, as_json: bool) -> None:
    """显示归档进度：各级别的份数、待办、到期续加、未成功的。只读。"""
    desk = opened_office().archive_desk
    status, failures = desk.archiving.status(desk.level), desk.archiving.failures()
    refused = desk.archiving.refused()
    if as_json:
        answer = {
            "switched_on": desk.switched_on,
            "target": desk.level.value,
            "total": status.total,
            "levels": {level.value: count for level, count in status.levels.items()},
            "waiting": status.waiting,
            "failed": status.failed,
            "renewals_due": status.renewals_due,
            "next_renewal_at": status.next_renewal_at.isoformat() if status.next_renewal_at else None,
            "failures": [_failure(one) for one in failures[:_MOST_LISTED]],
            "refused": refused[:_MOST_LISTED],
        }
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    if not desk.switched_on:
        click.echo("没有设置时间戳服务（CERTSVC_TIMESTAMP_URL），不会新增归档文件。")
    levels = "，".join(f"{level.value} {count:,} 份" for level, count in status.levels.items())
    click.echo(
        f"已公开的证书版本 {status.total:,} 个；{levels}；待办 {status.waiting:,} 个（目标 {desk.level.value}）。"
    )
    if status.next_renewal_at is not None:
        click.echo(
            f"到期须续加时间戳 {status.renewals_due:,} 份；最早一份在 {status.next_renewal_at:%Y-%m-%d}。"
        )
    if refused:
        click.echo(f"搁置的文件 {len(refused):,} 个（验证未通过，已另行生成；请查明来源）：")
    for name in refused[:_MOST_LISTED]:
        click.echo(f"  {name}")
    for one in failures[:_MOST_LISTED]:
        click.echo(f"  {_told(one)}")


@archive.command("check")
@click.option("--number", metavar="NO", help="只核对这一份证书。")
@AS_JSON
@click.pass_context
def archive_check(context: click.Context, number: str | None, *, as_json: bool) -> None:
    """逐份核对归档文件：摘要、是否以证书原文件开头、全部时间戳和签名。不联网取吊销列表以外的任何内容，不作改动。

    退出码：0 全部相符，1 有不符（逐份列出）。
    """
    checked, wrong = 0, list[CheckedObject]()
    for one in opened_office().archive_desk.archiving.check(number):
        checked += 1
        if not one.sound:
            wrong.append(one)
    if as_json:
        answer = {"checked": checked, "wrong": [_wrong(one) for one in islice(wrong, _MOST_LISTED)]}
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        click.echo(f"已核对归档文件 {checked:,} 份，不符 {len(wrong):,} 份。")
        for one in wrong[:_MOST_LISTED]:
            kept = one.kept
            click.echo(f"  {kept.number} 第 {kept.version} 版（归档第 {kept.generation} 次）：{_reason(one)}")
    if wrong:
        context.exit(EXIT_FAILED)


@archive.command("export")
@click.argument("number")
@click.option("--version", type=click.IntRange(min=1), default=1, show_default=True, help="第几版。")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="写入的文件。",
)
def archive_export(number: str, version: int, out: Path) -> None:
    """导出一个证书版本最新的归档文件；含持证人信息，导出记入查看日志。"""
    document = opened_office().archive_desk.export(number, version)
    with writing_to(out):
        out.write_bytes(document)
    click.echo(f"已导出证书 {number} 第 {version} 版的归档文件到 {out}（{len(document):,} 字节）。")


def _say_progress(count: int, done: Archived, *, quiet: bool) -> None:
    if sys.stderr.isatty() and not quiet:
        click.echo(f"\r已办理 {count:,} 份（{done.number} 第 {done.version} 版）", err=True, nl=False)


def _told(one: ArchiveFailure) -> str:
    return (
        f"{one.number} 第 {one.version} 版：{one.fault.words}（已试 {one.attempts} 次，"
        f"{one.next_try_at:%Y-%m-%d %H:%M} UTC 后再试）"
    )


def _failure(one: ArchiveFailure) -> dict[str, Any]:
    return {
        "number": one.number,
        "version": one.version,
        "fault": one.fault.value,
        "failed_at": one.failed_at.isoformat(),
        "attempts": one.attempts,
        "next_try_at": one.next_try_at.isoformat(),
    }


def _wrong(one: CheckedObject) -> dict[str, Any]:
    kept = one.kept
    fault = one.found.value if isinstance(one.found, ArchiveFault) else "other-level"
    return {"number": kept.number, "version": kept.version, "generation": kept.generation, "fault": fault}


def _reason(one: CheckedObject) -> str:
    return (
        one.found.words
        if isinstance(one.found, ArchiveFault)
        else f"级别与登记的 {one.kept.level.value} 不同"
    )
