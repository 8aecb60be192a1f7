"""`certsvc certificate past`: the whole history of one certificate as a file."""

from __future__ import annotations

from pathlib import Path

import click

from certsvc.entrypoints.cli.options import opened_office, writing_to


@click.command("past")
@click.argument("number")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="写入的文件。",
)
def certificate_past(number: str, out: Path) -> None:
    """把一份证书的全部历史写成履历查验包，内容全部展开，可用 certverify past 离线查验。

    包内有持证人的完整证件号码，只交给持证人或发证机关；导出记入查看日志。
    """
    office = opened_office()
    with writing_to(out):
        size = office.past_desk.export(number, out)
    click.echo(f"已导出证书 {number} 的履历查验包到 {out}（{size} 字节）。")
