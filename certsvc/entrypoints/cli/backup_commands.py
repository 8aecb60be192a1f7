"""`certsvc backup`, `certsvc restore` and `certsvc fingerprints`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from certsvc.entrypoints.cli.options import writing_to
from certsvc.errors import ConfigurationError
from certsvc.settings import load_settings

_WORDS = {
    "record": "二维码与清单签名",
    "log": "账本检查点签名",
    "document": "证书文件签名",
    "personal": "个人信息加密",
    "api": "接口签名",
    "trust": "信任根",
}


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
def backup(file: Path) -> None:
    """备份数据库、证书文件和已公开的检查点，服务不必停止。

    备份中没有密钥：密钥须另行保管，备份只记下其指纹。没有密钥的备份不能解密，也不能签发。
    """
    from certsvc.backup import back_up

    with writing_to(file):
        made = back_up(load_settings(), file.resolve())
    click.echo(
        f"已备份到 {made.file}：证书文件 {made.documents} 份，归档文件 {made.archive_objects} 份，账本 {made.log_size} 条。"
    )
    click.echo("备份中没有密钥，请另行保管。恢复时需要的密钥指纹（SHA-256）：")
    _print_fingerprints(made.fingerprints)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE")
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="恢复到这个目录，须为空或不存在；PostgreSQL 另取 CERTSVC_DATABASE_URL 所指的空数据库。",
)
def restore(file: Path, home: Path) -> None:
    """恢复一份备份：先逐一核对摘要，再写入空目录与空数据库，并由账本重建公开目录。

    恢复后放回密钥和现行的公开目录，再运行 certsvc fingerprints 核对，见 docs/operations.md。
    """
    from certsvc.backup import restore as restore_backup

    done = restore_backup(load_settings(home=home), file)
    click.echo(
        f"已恢复 {done.made_at} 的备份到 {done.home}：证书文件 {done.documents} 份，"
        f"归档文件 {done.archive_objects} 份，账本 {done.log_size} 条。"
    )
    click.echo("接下来：一、把密钥放回 keys 目录，指纹须为：")
    _print_fingerprints(done.fingerprints)
    click.echo(
        "二、如果现行的公开目录还在，用它替换 public 目录，然后再启动：公开的账本比备份新时，服务会拒绝签发。"
        "见 docs/operations.md（恢复）。"
    )


@click.command()
def fingerprints() -> None:
    """显示现用密钥的指纹；在恢复的目录中与备份所记核对，不符时退出码为 3。"""
    from certsvc import backup as backups

    settings = load_settings()
    present, expected = backups.fingerprints(settings), backups.expected_fingerprints(settings)
    _print_fingerprints(present)
    of_before = backups.rotated_fingerprints(settings)
    wrong = "、".join(_WORDS[name] for name in backups.unlike(present, expected or {}, of_before))
    if wrong:
        raise ConfigurationError(f"密钥与备份所记不符或缺失：{wrong}。请放回备份时所用的密钥。")


def _print_fingerprints(shown: Mapping[str, str]) -> None:
    for name, digest in shown.items():
        click.echo(f"  {name}\t{_WORDS[name]}\t{digest}")
