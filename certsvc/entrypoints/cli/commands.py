"""The tree of commands; scripts of others rely on names, options and exit codes (docs/cli.md)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from certsvc.domain.caller import OPERATOR
from certsvc.entrypoints.answers import held_at_issue, issue_object, report_object, unreadable_object
from certsvc.entrypoints.cli.access_commands import audit, client
from certsvc.entrypoints.cli.actor_commands import actor, delegation
from certsvc.entrypoints.cli.announced_commands import announced
from certsvc.entrypoints.cli.annulment_commands import annulment
from certsvc.entrypoints.cli.api_key_commands import api_key
from certsvc.entrypoints.cli.archive_commands import archive
from certsvc.entrypoints.cli.backup_commands import backup, fingerprints, restore
from certsvc.entrypoints.cli.batch_commands import batch, dependants
from certsvc.entrypoints.cli.cancel_year_commands import cancel_year
from certsvc.entrypoints.cli.copy_commands import (
    certificate_copies,
    certificate_copy,
    certificate_end_copy,
)
from certsvc.entrypoints.cli.credit_commands import credit, platform
from certsvc.entrypoints.cli.decision_commands import decision
from certsvc.entrypoints.cli.e_licence_commands import certificate_metadata
from certsvc.entrypoints.cli.history_commands import history
from certsvc.entrypoints.cli.ledger_commands import ledger
from certsvc.entrypoints.cli.look_up_commands import look_ups
from certsvc.entrypoints.cli.mapping_commands import mapping
from certsvc.entrypoints.cli.notice_commands import notice
from certsvc.entrypoints.cli.options import ACTOR, AS_JSON, opened_office, writing_to
from certsvc.entrypoints.cli.past_commands import certificate_past
from certsvc.entrypoints.cli.policy_commands import calendar, policy, reexamine
from certsvc.entrypoints.cli.receipt_commands import receipt, receipts
from certsvc.entrypoints.cli.report import print_report, rich_progress
from certsvc.entrypoints.cli.report_commands import report
from certsvc.entrypoints.cli.sample_commands import attestation, sample
from certsvc.entrypoints.cli.signer_commands import signer
from certsvc.entrypoints.cli.suspicion_commands import suspicion
from certsvc.entrypoints.cli.trust_commands import trust
from certsvc.errors import UnreadableInput
from certsvc.settings import load_settings

if TYPE_CHECKING:
    from certsvc.domain.filing import FilingReport
    from certsvc.domain.findings import Finding

EXIT_FINDINGS, EXIT_UNREADABLE = 1, 2


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def certsvc() -> None:
    """吉林省专业技术职务任职资格证书服务：备案、审查、签发、签章、入账、公开、核验。

    设置取自环境变量 CERTSVC_* 或 .env 文件，见 docs/settings.md。
    """


certsvc.add_command(api_key)
certsvc.add_command(archive)
certsvc.add_command(backup)
certsvc.add_command(restore)
certsvc.add_command(fingerprints)
certsvc.add_command(ledger)
certsvc.add_command(trust)
certsvc.add_command(signer)


@certsvc.command()
def init() -> None:
    """建立工作目录：数据库、密钥（测试环境）、公开账本的第一页。可重复运行。"""
    from certsvc.bootstrap import prepare_home

    settings = load_settings()
    made = prepare_home(settings)
    click.echo(
        f"工作目录 {settings.home} 已就绪。" if made else f"工作目录 {settings.home} 此前已就绪，未作改动。"
    )
    if settings.environment == "test":
        names = "、".join(actor.name for actor in opened_office().actors.actors())
        click.echo(f"测试环境：密钥与 CA 仅供测试；已登记的人员：{names}。")


@certsvc.group()
def registry() -> None:
    """评委会、授权、例会批复与双定向县（市、区）的登记。"""


@registry.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def registry_load(file: Path) -> None:
    """载入登记文件（JSON），此后的审查以它为准。"""
    digest = opened_office().load_registry(file.read_bytes())
    click.echo(f"登记已载入（摘要 {digest[:12]}）。")


@certsvc.group()
def filing() -> None:
    """评审结果备案：报送、查看、逐级回执、同意。"""


filing.add_command(receipt)
filing.add_command(receipts)
filing.add_command(reexamine)
certsvc.add_command(actor)
certsvc.add_command(delegation)
certsvc.add_command(decision)
certsvc.add_command(batch)
certsvc.add_command(dependants)
certsvc.add_command(annulment)
certsvc.add_command(client)
certsvc.add_command(notice)
certsvc.add_command(policy)
certsvc.add_command(calendar)
certsvc.add_command(audit)
certsvc.add_command(credit)
certsvc.add_command(cancel_year)
certsvc.add_command(platform)
certsvc.add_command(history)
certsvc.add_command(mapping)
certsvc.add_command(look_ups)
certsvc.add_command(suspicion)
certsvc.add_command(credit)
certsvc.add_command(cancel_year)
certsvc.add_command(platform)
certsvc.add_command(report)
certsvc.add_command(announced)
certsvc.add_command(sample)
certsvc.add_command(attestation)


@filing.command("submit")
@click.argument("file", type=click.Path(path_type=Path))
@AS_JSON
@click.pass_context
def filing_submit(context: click.Context, file: Path, *, as_json: bool) -> None:
    """报送一个批次（XLSX、CSV 或 JSON），一次性告知全部审查意见。

    同一个文件只算一次备案。退出码：0 没有错误和暂缓，1 有，2 文件无法读取。
    """
    from certsvc.domain.intake_words import LARGEST_FILE
    from certsvc.domain.rules.unreadable import MISSING, unreadable

    try:
        with file.open("rb") as opened:
            raw = opened.read(LARGEST_FILE + 1)  # one byte too many is enough to refuse it
    except OSError as error:
        what = (
            "是文件夹"
            if file.is_dir()
            else "不存在"
            if isinstance(error, FileNotFoundError)
            else "没有读取权限"
        )
        _end_unreadable(
            context, MISSING.finding(reason=f"“{file}”{what}。请核对路径后重新报送"), as_json=as_json
        )
    try:
        report = opened_office().submit(raw, file.name)
    except UnreadableInput as error:
        _end_unreadable(context, unreadable(str(error), error.case), as_json=as_json)
    _show(report_object(report), as_json=as_json, clean=lambda: print_report(report))
    context.exit(EXIT_FINDINGS if any(f.severity in ("error", "hold") for f in report.findings) else 0)


def _end_unreadable(context: click.Context, finding: Finding, *, as_json: bool) -> NoReturn:
    _show(unreadable_object(finding), as_json=as_json, clean=lambda: click.echo(finding.message, err=True))
    context.exit(EXIT_UNREADABLE)


@filing.command("show")
@click.argument("filing_id", metavar="ID")
@AS_JSON
def filing_show(filing_id: str, *, as_json: bool) -> None:
    """查看一个备案的状态与审查意见。"""
    report = opened_office().view_filing(filing_id, OPERATOR, "cli")
    _show(report_object(report), as_json=as_json, clean=lambda: print_report(report))


@filing.command("approve")
@click.argument("filing_id", metavar="ID")
@click.option("--late-reason", metavar="文字", help="省级备案逾期的原因，与省级回执一并登记。")
@ACTOR
@AS_JSON
def filing_approve(filing_id: str, late_reason: str | None, actor: str, *, as_json: bool) -> None:
    """同意备案：确认审查通过的人员可以签发证书（暂缓、不予通过的人员除外），并登记省级备案回执。"""
    report = opened_office().approval.approve(filing_id, actor, late_reason=late_reason)
    _show(
        report_object(report),
        as_json=as_json,
        clean=lambda: click.echo(f"备案 {report.filing} 已同意：{report.rows.admitted} 人可签发证书。"),
    )


@certsvc.command()
@click.argument("filing_id", metavar="ID")
@ACTOR
@AS_JSON
def issue(filing_id: str, actor: str, *, as_json: bool) -> None:
    """签发一个已同意备案的全部证书：编号、签章、入账、公开。中断后再次运行即可继续。

    办理人不能是同意该备案的人。
    """
    office = opened_office()
    office.approval.begin_issue(filing_id, actor)
    with rich_progress(office.filings.report(filing_id).rows.admitted) as progress:
        report = office.issuance.run(filing_id, progress)
    counts = dict(office.certificates.progress(filing_id))
    _show(
        issue_object(report, counts),
        as_json=as_json,
        clean=lambda: _print_issue(report, counts),
    )


@certsvc.group()
def certificate() -> None:
    """证书的导出。"""


certificate.add_command(certificate_past)
certificate.add_command(certificate_copy)
certificate.add_command(certificate_copies)
certificate.add_command(certificate_end_copy)
certificate.add_command(certificate_metadata)


@certificate.command("export")
@click.argument("number", required=False)
@click.option("--filing", "filing_id", metavar="ID", help="导出一个备案的全部证书。")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="写入的文件夹。")
def certificate_export(number: str | None, filing_id: str | None, out: Path) -> None:
    """把证书写成 <编号>.pdf、<编号>.bundle.json（离线核验用）和 <编号>.tlog-proof（C2SP 入账证明）。"""
    if (number is None) == (filing_id is None):
        raise click.UsageError("请给出一个证书编号，或用 --filing 给出备案号。")
    office = opened_office()
    with writing_to(out):
        count = office.export(out, number=number, filing=filing_id)
    click.echo(f"已导出 {count} 份证书到 {out}。")


@certsvc.command()
@click.option("--host", help="监听地址，默认取自设置。")
@click.option("--port", type=int, help="监听端口，默认取自设置。")
@click.option("--no-sequencer", is_flag=True, help="不在本进程入账与公开；另行运行 certsvc sequencer。")
def serve(host: str | None, port: int | None, *, no_sequencer: bool) -> None:
    """提供核验页面与公开账本；同时每秒入账、公开等候的事项，续办中断的签发，每十分钟更新检查点。

    收到 SIGTERM 后办完手头一批即退出（退出码 0）。
    """
    from functools import partial

    from certsvc.adapters.structured_log import configure_log
    from certsvc.bootstrap import open_office
    from certsvc.entrypoints.faces import open_faces
    from certsvc.entrypoints.jobs.background import background_work, show_at_start, watch_keys
    from certsvc.entrypoints.public_api import serve as run

    settings = load_settings()
    office = open_office(settings)
    show_at_start(office)
    app = open_faces(office)
    configure_log(settings.log_level)
    click.echo(
        f"正在 http://{host or settings.host}:{port or settings.port} 提供服务，按 Ctrl+C 结束。", err=True
    )
    beside = partial(watch_keys, office) if no_sequencer else partial(background_work, settings)
    try:
        run(app, host or settings.host, port or settings.port, beside)
    finally:
        office.close()  # look-ups that wait are written


@certsvc.command()
def sequencer() -> None:
    """只在后台办理：入账、公开、续办中断的签发、更新检查点，直到收到 SIGTERM。"""
    from certsvc.adapters.structured_log import configure_log
    from certsvc.entrypoints.jobs.background import work_alone

    settings = load_settings()
    configure_log(settings.log_level)
    work_alone(settings)


def _print_issue(report: FilingReport, counts: dict[str, int]) -> None:
    click.echo(f"备案 {report.filing}：已签发并公开 {counts.get('published', 0)} 份证书。")
    for finding in held_at_issue(report):
        click.echo(f"第 {finding.row} 行暂缓签发：{finding.message}")


def _show(answer: dict[str, object], *, as_json: bool, clean: Callable[[], None]) -> None:
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        clean()
