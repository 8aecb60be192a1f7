"""`certsvc history`: titles of before this service, imported by one person, confirmed by another, disputed, corrected."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from certsvc.domain.caller import OPERATOR, Caller
from certsvc.domain.findings import Severity
from certsvc.domain.history import HistoryState
from certsvc.domain.permission import Action
from certsvc.entrypoints.cli.options import ACTOR, AS_JSON, opened_office, writing_to
from certsvc.errors import UnreadableInput

if TYPE_CHECKING:
    from certsvc.bootstrap import Office
    from certsvc.domain.history import HistoricalRecord, HistoryImport
    from certsvc.stages.historical_import import ImportAnswer

T = TypeVar("T")
_MOST_LISTED = 500
_REFERENCE = click.argument("reference", metavar="REFERENCE")
_WORDS = {Severity.ERROR: "错误", Severity.HOLD: "暂缓", Severity.WARNING: "提醒", Severity.INFO: "说明"}


@click.group()
def history() -> None:
    """历史数据：导入、确认、异议与更正。一人导入，同一部门的另一人确认后才能查询。"""


@history.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@ACTOR
@AS_JSON
@click.pass_context
def history_import(context: click.Context, file: Path, actor: str, *, as_json: bool) -> None:
    """导入一个历史数据文件（XLSX、CSV 或 JSON，格式见 docs/formats/history.md），一次性告知全部问题。

    有一处错误就整个文件不入库；同一个文件只算一次导入。退出码：0 已导入，1 有错误未导入，2 文件无法读取。
    """
    office = opened_office()
    try:
        answer = office.history.files.receive(
            file.read_bytes(), file.name, _caller(office, actor, Action.HISTORY_IMPORT)
        )
    except UnreadableInput as error:
        click.echo(str(error), err=True)
        context.exit(2)
    _show(_answer_object(answer), lambda: _print_answer(answer), as_json=as_json)
    context.exit(1 if answer.kept is None else 0)


@history.command("confirm")
@click.argument("wanted", metavar="ID")
@ACTOR
@AS_JSON
def history_confirm(wanted: str, actor: str, *, as_json: bool) -> None:
    """确认一次导入（L 开头的导入编号），或一条记录的更正（H 开头的查询编号）；确认人不能是经办人。

    材料质量 A、B 的记录随即公布、可以查询，C 的只作内部参考。中断后再次运行即可继续。
    """
    office, plain = opened_office(), wanted.strip().upper()
    office.history.confirm(plain, _caller(office, actor, Action.HISTORY_CONFIRM))
    _show_wanted(office, plain, OPERATOR, as_json=as_json)


@history.command("show")
@click.argument("wanted", metavar="ID")
@AS_JSON
def history_show(wanted: str, *, as_json: bool) -> None:
    """查看一次导入，或一条记录的全部版本（查看个人数据会留下记录）。"""
    _show_wanted(opened_office(), wanted.strip().upper(), OPERATOR, as_json=as_json)


@history.command("list")
@click.option("--import", "import_id", metavar="ID", help="只列出一次导入的记录。")
@click.option(
    "--state", type=click.Choice([one.value for one in HistoryState]), help="只列出这种状态的记录。"
)
@AS_JSON
def history_list(import_id: str | None, state: str | None, *, as_json: bool) -> None:
    """列出历次导入；给出导入编号或状态时列出记录（不含个人信息）。"""
    from certsvc.entrypoints.history_objects import import_object, record_line

    store = opened_office().history.store
    if import_id is None and state is None:
        imports = store.imports(_MOST_LISTED)
        answer = {"imports": [import_object(one) for one in imports]}
        _show(answer, lambda: _each(_print_import, imports), as_json=as_json)
        return
    wanted = None if state is None else HistoryState(state)
    records = store.records(import_id=import_id, state=wanted, most=_MOST_LISTED)
    found = {"records": [record_line(one) for one in records]}
    _show(found, lambda: _each(_print_record, records), as_json=as_json)


@history.command("dispute")
@_REFERENCE
@click.option("--ground", required=True, metavar="TEXT", help="本人提出的异议。")
@ACTOR
@AS_JSON
def history_dispute(reference: str, ground: str, actor: str, *, as_json: bool) -> None:
    """登记本人对一条记录的异议；处理完毕以前，查询结果为“有异议，核实中”。"""
    from certsvc.entrypoints.history_objects import dispute_object

    office = opened_office()
    caller = _caller(office, actor, Action.HISTORY_IMPORT)
    recorded = office.history.records.dispute(reference.strip().upper(), ground, caller)
    _show(
        dispute_object(recorded),
        lambda: click.echo(f"异议 {recorded.id} 已登记：{recorded.reference} 第{recorded.version}版。"),
        as_json=as_json,
    )


@history.command("settle")
@_REFERENCE
@click.option("--opinion", required=True, metavar="TEXT", help="处理意见，如“经查档案，维持原记录”。")
@ACTOR
@AS_JSON
def history_settle(reference: str, opinion: str, actor: str, *, as_json: bool) -> None:
    """异议不成立：维持原记录。办理人不能是登记异议的人。"""
    office = opened_office()
    caller = _caller(office, actor, Action.HISTORY_CONFIRM)
    office.history.records.settle(reference.strip().upper(), opinion, caller)
    office.history.catch_up()
    _show_wanted(office, reference.strip().upper(), OPERATOR, as_json=as_json)


@history.command("correct")
@_REFERENCE
@click.option(
    "--set",
    "settings",
    multiple=True,
    required=True,
    metavar="COLUMN=VALUE",
    help="要更正的列，可多次给出，列名见 docs/formats/history.md；值为空即删去该列。",
)
@click.option("--basis", required=True, metavar="NO", help="更正所依据的文件或档案编号。")
@ACTOR
@AS_JSON
def history_correct(
    reference: str, settings: tuple[str, ...], basis: str, actor: str, *, as_json: bool
) -> None:
    """提出更正：查询编号不变，版本加一，旧版本保留；由另一人以 certsvc history confirm REFERENCE 确认后生效。"""
    changes: dict[str, str] = {}
    for one in settings:
        column, equals, value = one.partition("=")
        if not equals or column in changes:
            raise click.UsageError("--set 请写成 COLUMN=VALUE，每列只写一次。")
        changes[column] = value
    office = opened_office()
    caller = _caller(office, actor, Action.HISTORY_IMPORT)
    office.history.records.correct(reference.strip().upper(), changes, basis, caller)
    _show_wanted(office, reference.strip().upper(), OPERATOR, as_json=as_json)


@history.command("revoke")
@_REFERENCE
@click.option("--document", required=True, metavar="NO", help="决定文号；会向查验方公开。")
@click.option(
    "--decided-on",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="决定日期，如 2024-06-03。",
)
@click.option("--ground", required=True, metavar="TEXT", help="理由；会向查验方公开，不写姓名和证件号码。")
@click.option(
    "--file",
    "document_path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="PATH",
    help="决定文书（PDF、JPEG 或 PNG，不超过 10 MB）；加密保存，摘要记入决定。",
)
@ACTOR
@AS_JSON
def history_revoke(
    reference: str,
    document: str,
    decided_on: datetime,
    ground: str,
    document_path: Path | None,
    actor: str,
    *,
    as_json: bool,
) -> None:
    """提出撤销一条历史记录（材料造假）：仅由省厅决定，确认后记入诚信档案三年。"""
    office = opened_office()
    caller = _caller(office, actor, Action.REVOCATION_PROPOSE)
    digest = None
    if document_path is not None:
        digest = office.decision_documents.upload(document_path.read_bytes(), actor)
    proposed = office.history.endings.propose(
        reference.strip().upper(), document, decided_on.date(), ground, caller, digest
    )
    _show(
        {"decision": proposed.id, "reference": proposed.reference},
        lambda: click.echo(
            f"撤销决定 {proposed.id} 已提出。请由同一部门的另一位人员运行 "
            f"certsvc history confirm-revocation {proposed.reference} --actor 账号 确认。"
        ),
        as_json=as_json,
    )


@history.command("confirm-revocation")
@_REFERENCE
@ACTOR
@AS_JSON
def history_confirm_revocation(reference: str, actor: str, *, as_json: bool) -> None:
    """确认撤销一条历史记录：立即生效，记入诚信档案和公开账本。确认人不能是提出人。"""
    office, plain = opened_office(), reference.strip().upper()
    office.history.confirm_revocation(plain, _caller(office, actor, Action.REVOCATION_CONFIRM))
    _show_wanted(office, plain, OPERATOR, as_json=as_json)


@history.command("statement")
@_REFERENCE
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="写入的 PDF 文件。",
)
@AS_JSON
def history_statement(reference: str, out: Path, *, as_json: bool) -> None:
    """出具一条历史记录的历史数据说明（签章的 PDF，带二维码），只在核对持证人身份证件后办理。

    同一版本每次都是同一个文件。材料质量 C 级、有异议、已更正的旧版本和已撤销的记录不出具。
    """
    office, plain = opened_office(), reference.strip().upper()
    office.permits.require(Action.STATEMENT_READ, OPERATOR, f"history/{plain}")
    given = office.statements.at_office(plain, OPERATOR)
    with writing_to(out):
        out.write_bytes(given.document)
    _show(
        {"reference": given.reference, "version": given.version, "file": str(out)},
        lambda: click.echo(f"历史数据说明 {given.reference} 第{given.version}版已写入 {out}。"),
        as_json=as_json,
    )


def _show_wanted(office: Office, wanted: str, by: Caller, *, as_json: bool) -> None:
    from certsvc.entrypoints.history_objects import import_object, record_object

    desk = office.history
    if wanted.startswith("L"):
        kept = desk.records.view_import(wanted, by)
        _show(import_object(kept), lambda: _print_import(kept), as_json=as_json)
        return
    versions = desk.records.view(wanted, by, "cli")
    disputes = desk.store.disputes(wanted)
    answer = {"reference": wanted, "versions": [record_object(one, disputes) for one in versions]}
    _show(answer, lambda: _each(_print_version, versions), as_json=as_json)


def _print_answer(answer: ImportAnswer) -> None:
    if answer.kept is None:
        click.echo(f"导入 {answer.import_id}：有错误，文件没有入库（共{answer.total}行）。")
    else:
        _print_import(answer.kept)
    for one in answer.findings:
        place = "批次信息" if one.row is None else f"第{one.row}行"
        click.echo(f"{_WORDS[one.severity]}\t{place}\t{one.column or ''}\t{one.message}")


def _print_import(kept: HistoryImport) -> None:
    counts = "，".join(f"{HistoryState(state).label} {count}" for state, count in kept.records.items())
    people = kept.maker if kept.checker is None else f"{kept.maker}、{kept.checker}"
    click.echo(f"{kept.id}\t{kept.place}\t{counts}\t{people}\t{kept.source}")


def _each(show: Callable[[T], None], found: Iterable[T]) -> None:
    for one in found:
        show(one)


def _print_record(record: HistoricalRecord) -> None:
    click.echo(
        f"{record.reference}\t第{record.version}版\t{record.state.label}\t{record.title.quality.value}\t{record.import_id}"
    )


def _print_version(record: HistoricalRecord) -> None:
    _print_record(record)
    for column, words in record.title.written.items():
        click.echo(f"  {column}：{words}")


def _answer_object(answer: ImportAnswer) -> dict[str, object]:
    from certsvc.entrypoints.history_objects import import_answer_object

    return import_answer_object(answer)


def _caller(office: Office, name: str, action: Action) -> Caller:
    return office.permits.official(name, action, "history")


def _show(answer: Mapping[str, object], clean: Callable[[], None], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        clean()
