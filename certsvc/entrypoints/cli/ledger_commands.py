"""`certsvc ledger`: publish, copy, check and rebuild the public log."""

from __future__ import annotations

from pathlib import Path

import click

from certsvc.entrypoints.cli.options import opened_office


@click.group()
def ledger() -> None:
    """公开账本。"""


@ledger.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
def ledger_export(folder: Path) -> None:
    """把公开账本（检查点、分片、状态、信任清单、策略）复制到一个文件夹，可直接用 certverify --trust 核验。"""
    count = opened_office().export_tree(folder)
    click.echo(f"已导出公开账本（{count} 个文件）到 {folder}。")


@ledger.command("publish")
def ledger_publish() -> None:
    """重新公开账本，并更新检查点的时间。"""
    opened_office().republish()
    click.echo("公开账本已更新。")
