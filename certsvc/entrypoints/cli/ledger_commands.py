"""`certsvc ledger`: publish, copy, check and rebuild the public log."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path

import click

from certsvc.entrypoints.cli.ledger_reports import (
    fsck_object,
    fsck_text,
    rebuild_object,
    rebuild_text,
    reconciliation_object,
    reconciliation_text,
)
from certsvc.entrypoints.cli.options import AS_JSON, opened_office, writing_to
from certsvc.entrypoints.cli.witness_commands import ledger_witnesses


@click.group()
def ledger() -> None:
    """公开账本。"""


ledger.add_command(ledger_witnesses)


@ledger.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
def ledger_export(folder: Path) -> None:
    """把公开账本（检查点、分片、状态、信任清单、策略）复制到一个文件夹，可直接用 certverify --trust 核验。"""
    office = opened_office()
    with writing_to(folder):
        count = office.export_tree(folder)
    click.echo(f"已导出公开账本（{count} 个文件）到 {folder}。")


@ledger.command("publish")
def ledger_publish() -> None:
    """重新公开账本，并更新检查点的时间。"""
    opened_office().republish()
    click.echo("公开账本已更新。")


@ledger.command("fsck")
@AS_JSON
@click.pass_context
def ledger_fsck(context: click.Context, *, as_json: bool) -> None:
    """逐条核对数据库中的账本与公开目录：重算全部哈希、重放状态表、核对清单签名、比对公开文件和信任材料。只读，不作改动。

    退出码：0 一致，1 有不符之处。
    """
    report = opened_office().ledger_desk.fsck(told=_say_progress)
    if as_json:
        click.echo(json.dumps(fsck_object(report), ensure_ascii=False))
    else:
        click.echo(fsck_text(report))
    if not report.sound:
        context.exit(1)


@ledger.command("rebuild")
@click.option(
    "--from-scratch",
    is_flag=True,
    help="舍弃数据库中现有的账本内容，全部按公开目录重建；先用 certverify monitor 核查公开目录。",
)
@AS_JSON
@click.pass_context
def ledger_rebuild(context: click.Context, *, from_scratch: bool, as_json: bool) -> None:
    """由公开目录补回数据库缺少的账本条目（恢复旧备份之后）。不签发任何内容，可重复运行。

    退出码：0 已补齐且数据库认识全部事件，1 已补齐但有事件在数据库中没有业务记录，须人工补办（逐条列出）。
    """
    report = opened_office().ledger_desk.rebuild(from_scratch=from_scratch)
    if as_json:
        click.echo(json.dumps(rebuild_object(report), ensure_ascii=False))
    else:
        click.echo(rebuild_text(report))
    if report.open_events:
        context.exit(1)


@ledger.command("reconcile")
@AS_JSON
@click.pass_context
def ledger_reconcile(context: click.Context, *, as_json: bool) -> None:
    """核对账：业务记录、待入账事件、账本、公开账本四者是否一一对应，列出逾期未入账、未公开和无记录的事件。只读。

    退出码：0 相符，1 有不符之处。
    """
    report = opened_office().ledger_desk.reconciliation.report()
    if as_json:
        click.echo(json.dumps(reconciliation_object(report), ensure_ascii=False))
    else:
        click.echo(reconciliation_text(report))
    if not report.sound:
        context.exit(1)


@ledger.command("receipt")
@click.option("--decision", "decision_id", metavar="D…", help="已确认的决定。")
@click.option("--filing", "filing_id", metavar="F…", help="已签章的备案。")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="写入文件；默认输出到屏幕。",
)
def ledger_receipt(decision_id: str | None, filing_id: str | None, out: Path | None) -> None:
    """出具入账回执：日志密钥签名的承诺，写明事件何时提交、最迟何时入账；用 certverify receipt 核对。"""
    if (decision_id is None) == (filing_id is None):
        raise click.UsageError("请给出 --decision 或 --filing 之一。")
    receipts = opened_office().ledger_desk.receipts
    receipt = receipts.for_decision(decision_id) if decision_id else receipts.for_filing(filing_id or "")
    if out is None:
        click.echo(receipt.decode(), nl=False)
    else:
        with writing_to(out):
            out.write_bytes(receipt)
        click.echo(f"入账回执已写入 {out}。")


@ledger.command("prune")
@click.option(
    "--days",
    type=click.IntRange(min=8),
    default=30,
    show_default=True,
    help="保留最近多少天的文件；离线查验最多使用 7 天前的公开目录，不能更少。",
)
def ledger_prune(days: int) -> None:
    """清理公开目录中已被取代的旧文件：旧的状态根与状态分片、已有完整分片的部分分片。条目和完整分片永不删除。"""
    pruned = opened_office().ledger_desk.prune(timedelta(days=days))
    click.echo(f"已清理部分分片 {pruned.partial_tiles:,} 个、状态文件 {pruned.status_files:,} 个。")


def _say_progress(read: int, of: int) -> None:
    if sys.stderr.isatty() and (read == of or read % 65_536 == 0):
        click.echo(f"\r已核对 {read:,} / {of:,} 条", err=True, nl=read == of)
