"""`certsvc announced`: announced lists and corrected announcements; `certsvc report coverage`: who has no certificate."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from certsvc.domain.caller import OPERATOR
from certsvc.entrypoints.cli.options import ACTOR, AS_JSON, opened_office
from certsvc.errors import UnreadableInput

if TYPE_CHECKING:
    from certsvc.domain.announced_changes import Change
    from certsvc.domain.announced_list import AnnouncedList
    from certsvc.domain.coverage import CoverageReport
    from certsvc.stages.announced_following import Followed
    from certsvc.stages.announced_lists import ListAnswer

EXIT_REFUSED, EXIT_UNREADABLE = 1, 2
_STATUSES = ("loaded", "confirmed", "replaced", "discarded")
_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_OUT = click.Path(dir_okay=False, path_type=Path)
_LIST = click.argument("list_id", metavar="ID")


@click.group()
def announced() -> None:
    """公布名单：由报送人以外的人员载入，另一人确认；公布文件更正逐项跟踪到办结。"""


@announced.command("load")
@_FILE
@ACTOR
@AS_JSON
@click.pass_context
def announced_load(context: click.Context, file: Path, actor: str, *, as_json: bool) -> None:
    """载入公布文件所附名单（XLSX、CSV），一次性告知全部问题；经另一人确认后生效。

    同一个文件只算一份名单。退出码：0 已载入，1 有错误、未载入，2 文件无法读取。
    """
    lists = opened_office().announced
    try:
        answer = lists.load(file.read_bytes(), file.name, actor)
    except UnreadableInput as error:
        _end_unreadable(context, error, as_json=as_json)
    _show_answer(context, answer, as_json=as_json)


@announced.command("replace")
@_FILE
@click.option("--replaces", required=True, metavar="NO", help="被更正的公布文号。")
@click.option("--document", required=True, metavar="NO", help="更正文件的文号，与名单中的公布文号相同。")
@click.option("--dry-run", is_flag=True, help="只比较两份名单，不保存。")
@ACTOR
@AS_JSON
@click.pass_context
def announced_replace(
    context: click.Context,
    file: Path,
    replaces: str,
    document: str,
    actor: str,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """载入更正后的名单，列出变更、撤出和增加的人员；经另一人确认后才生效，决定仍须另行提出和确认。

    退出码同 announced load。
    """
    lists = opened_office().announced
    try:
        answer = lists.replace(file.read_bytes(), file.name, replaces, document, actor, keep=not dry_run)
    except UnreadableInput as error:
        _end_unreadable(context, error, as_json=as_json)
    _show_answer(context, answer, as_json=as_json)


@announced.command("confirm")
@_LIST
@ACTOR
@AS_JSON
def announced_confirm(list_id: str, actor: str, *, as_json: bool) -> None:
    """确认名单，使其生效。确认人不能是载入人，也不能是汇总表的报送人。"""
    from certsvc.entrypoints.announced_answers import list_object

    stored = opened_office().announced.loading.confirm(list_id, actor)
    if as_json:
        _print_json(list_object(stored))
        return
    click.echo(f"名单 {stored.id}（{stored.head.document_ref}，{stored.row_count} 人）已确认。")
    if stored.replaces is not None:
        click.echo(f"请由办理人员运行 certsvc announced propose {stored.id} --actor 账号，逐项提出决定。")


@announced.command("propose")
@_LIST
@ACTOR
@AS_JSON
def announced_propose(list_id: str, actor: str, *, as_json: bool) -> None:
    """按已确认的更正逐项提出决定：可更正的提出更正，撤出的和不能更正的提出无效。中断后再次运行即可继续。

    这里只提出；每项决定仍由另一人运行 certsvc decision confirm 确认。
    """
    from certsvc.entrypoints.announced_answers import shown_object

    stored, followed = opened_office().announced.propose(list_id, actor)
    if as_json:
        _print_json(shown_object(stored, followed))
        return
    _print_changes(followed)


@announced.command("show")
@_LIST
@AS_JSON
def announced_show(list_id: str, *, as_json: bool) -> None:
    """查看一份名单：文件、状态；更正的名单逐项列出变更及办理进度（含姓名，记入查看日志）。"""
    from certsvc.entrypoints.announced_answers import shown_object

    stored, changes = opened_office().announced.show(list_id, OPERATOR, "cli")
    if as_json:
        _print_json(shown_object(stored, changes))
        return
    _print_list(stored)
    _print_changes(changes)


@announced.command("list")
@click.option("--status", type=click.Choice(_STATUSES), help="只列出这种状态的名单。")
@AS_JSON
def announced_list(status: str | None, *, as_json: bool) -> None:
    """列出公布名单，最近载入的在前。"""
    from certsvc.domain.announced_list import ListStatus
    from certsvc.entrypoints.announced_answers import list_object

    wanted = None if status is None else ListStatus(status)
    found = opened_office().announced.listed(wanted, OPERATOR)
    if as_json:
        _print_json({"lists": [list_object(one) for one in found]})
        return
    for one in found:
        _print_list(one)


@click.command("coverage")
@click.option("--year", type=int, help="只核对这一年公布的文件（2022年起）。")
@click.option("--region", metavar="CODE", help="只核对一个市（州）或县（市、区）的人员，六位区划代码。")
@click.option("--document", metavar="NO", help="只核对一份公布文件（含其更正）。")
@AS_JSON
@click.option("--csv", type=_OUT, metavar="FILE", help="导出为 CSV 文件（UTF-8）。")
@click.option("--xlsx", type=_OUT, metavar="FILE", help="导出为 XLSX 文件。")
@click.option("--actor", metavar="NAME", help="以该账号的权限查看（须已登记）。")
def coverage(
    year: int | None,
    region: str | None,
    document: str | None,
    csv: Path | None,
    xlsx: Path | None,
    actor: str | None,
    *,
    as_json: bool,
) -> None:
    """公布结果制证核对：2022年以后公布的每项结果应有且只有一份证书；逐项列出缺口、原因和无公布依据的证书。

    按文件和市（州）汇总。含姓名，每次查看和导出都有记录。
    """
    from certsvc.entrypoints.announced_answers import coverage_object
    from certsvc.entrypoints.cli.report_commands import caller_named, export_table, export_target
    from certsvc.stages.coverage_table import asked_words, coverage_table

    office = opened_office()
    by, file = caller_named(office, actor), export_target(csv, xlsx)
    report = office.announced.coverage(by, "cli", year=year, region=region, document_ref=document)
    if file is not None:
        told = asked_words(year, region or by.region, document)
        export_table(office, coverage_table(report, told), by, region, file, as_json=as_json)
    elif as_json:
        _print_json(coverage_object(report))
    else:
        _print_coverage(report)


def _show_answer(context: click.Context, answer: ListAnswer, *, as_json: bool) -> None:
    from certsvc.entrypoints.announced_answers import answer_object

    if as_json:
        _print_json(answer_object(answer))
    else:
        for finding in answer.findings:
            place = "文件" if finding.row is None else f"序号{finding.row}"
            click.echo(f"{place}\t{finding.column or ''}\t{finding.message}")
        _print_changes(answer.changes)
        if answer.refused:
            click.echo("名单有错误，未载入。请按上述意见改正后重新载入。")
        elif answer.kept is not None:
            click.echo(
                f"名单 {answer.kept.id}（{answer.kept.head.document_ref}，{answer.kept.row_count} 人）已载入，"
                f"请由另一人运行 certsvc announced confirm {answer.kept.id} --actor 账号 确认。"
            )
        else:
            click.echo("以上为试比较，没有保存。")
    context.exit(EXIT_REFUSED if answer.refused else 0)


def _print_list(stored: AnnouncedList) -> None:
    head = stored.head
    click.echo(
        f"{stored.id}\t{stored.status.label}\t{head.document_ref}\t{head.announced_on.isoformat()}\t"
        f"{stored.row_count}人\t{stored.loaded_by}\t{stored.confirmed_by or ''}"
    )


def _print_changes(changes: Sequence[Followed | Change]) -> None:
    from certsvc.domain.announced_matching import FIELD_WORDS
    from certsvc.stages.announced_following import Followed

    for place, one in enumerate(changes, start=1):
        change = one.stored.change if isinstance(one, Followed) else one
        person = change.before or change.after
        fields = "、".join(FIELD_WORDS[field] for field in change.fields)
        told = "" if person is None else f"原序号{person.number} {person.name}"
        if change.before is None and person is not None:
            told = f"新序号{person.number} {person.name}"
        line = f"{place}\t{change.kind.label}\t{told}\t{fields}"
        if isinstance(one, Followed):
            line += f"\t{one.state.label}\t{one.refusal or one.reason}"
        click.echo(line)


def _print_coverage(report: CoverageReport) -> None:
    from certsvc.stages.coverage_table import UNLISTED_NOTE, city_word, reason_words

    for one in report.counts:
        listed = "" if one.by_list else "\t名单未载入"
        click.echo(
            f"{one.document_ref}\t{city_word(one.city)}\t公布{one.announced}\t已有证书{one.covered}\t"
            f"缺{one.missing}\t无公布依据{one.unannounced}\t重复{one.twice}{listed}"
        )
    for line in report.lines:
        codes = "、".join((*line.codes, *line.certificates))
        told = f"序号{line.person.number} {line.person.name}" if line.person.number else f"{line.person.name}"
        click.echo(f"  {line.kind.label}\t{line.document_ref}\t{told}\t{reason_words(line)}\t{codes}")
    if any(not one.by_list for one in report.counts):
        click.echo(f"注：{UNLISTED_NOTE}")
    if report.clean:
        click.echo("公布的每项结果都有且只有一份证书。")


def _end_unreadable(context: click.Context, error: UnreadableInput, *, as_json: bool) -> NoReturn:
    from certsvc.domain.rules.unreadable import unreadable
    from certsvc.entrypoints.answers import finding_object

    finding = unreadable(str(error), error.case)
    if as_json:
        _print_json({"list": None, "refused": True, "findings": [finding_object(finding)], "changes": []})
    else:
        click.echo(finding.message, err=True)
    context.exit(EXIT_UNREADABLE)


def _print_json(answer: dict[str, object]) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False))
