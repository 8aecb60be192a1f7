"""`certsvc signer`: the keys' holder as a process of its own, and how the signing keys of an office stand."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import click

from certsvc.entrypoints.cli.options import AS_JSON, opened_office
from certsvc.settings import load_settings

EXIT_FAULTS = 1
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def signer() -> None:
    """签名密钥：查看状态；在持有密钥的机器上提供远程签名服务。见 keys/README.md。"""


@signer.command("check")
@AS_JSON
@click.pass_context
def signer_check(context: click.Context, *, as_json: bool) -> None:
    """逐把检查签名密钥：能否使用、与登记是否相符、是否在信任清单内、何时到期。

    退出码：0 都可用（包括即将到期），1 有密钥不能签章。
    """
    with closing(opened_office()) as office:
        reports = office.signer_health.reports()
    if as_json:
        click.echo(json.dumps({"signers": [one.as_json() for one in reports]}, ensure_ascii=False))
    else:
        for one in reports:
            until = "无期限" if one.valid_until is None else f"至 {one.valid_until.isoformat()}"
            left = "" if one.days_left is None else f"（剩 {one.days_left} 天）"
            click.echo(f"{one.name}\t{one.key_id}\t{until}{left}\t{one.finding.sentence}")
    context.exit(0 if all(one.finding.signs for one in reports) else EXIT_FAULTS)


@signer.command("serve")
@click.option(
    "--token-file",
    type=_FILE,
    required=True,
    metavar="FILE",
    help="调用方令牌所在的文件（一行，至少 32 个字符）。",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址；不是本机的须使用 TLS。")
@click.option("--port", type=click.IntRange(1, 65535), default=8300, show_default=True, help="监听端口。")
@click.option("--tls-certificate", type=_FILE, metavar="FILE", help="服务器证书（PEM，含证书链）。")
@click.option("--tls-key", type=_FILE, metavar="FILE", help="服务器证书的私钥（PEM）。")
def signer_serve(
    token_file: Path, host: str, port: int, tls_certificate: Path | None, tls_key: Path | None
) -> None:
    """在持有密钥的机器上提供签名服务，直到收到 SIGTERM；其他进程都不持有私钥。

    密钥取自本机的 CERTSVC_HOME/keys（CERTSVC_SIGNER=file）或签名设备（CERTSVC_SIGNER=pkcs11）；每次签名在
    CERTSVC_HOME/signatures.jsonl 记一行，不含签名的内容。不需要数据库。
    """
    from certsvc.adapters.clock import SystemClock
    from certsvc.adapters.secret_file import read_token
    from certsvc.adapters.signature_log import SignatureLog
    from certsvc.adapters.structured_log import configure_log
    from certsvc.entrypoints.signing import open_signing_holder, serve_signer, signer_app

    settings = load_settings()
    token = read_token(token_file, "--token-file")
    log = SignatureLog(settings.home / "signatures.jsonl", SystemClock().now)
    app = signer_app(open_signing_holder(settings), token, log.append)
    configure_log(settings.log_level)
    scheme = "http" if tls_certificate is None else "https"
    click.echo(f"正在 {scheme}://{host}:{port} 提供签名服务，按 Ctrl+C 结束。", err=True)
    serve_signer(app, host, port, tls_certificate, tls_key)
