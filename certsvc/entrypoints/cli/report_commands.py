"""`certsvc report`: statistics, supervision lists, counters and the subsidy roster of the title information base."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from certsvc.domain.caller import OPERATOR, Caller, official
from certsvc.domain.levels import Level, level_named
from certsvc.domain.series import series_named
from certsvc.domain.statistics import Basis, Dimension, StatisticsQuestion
from certsvc.domain.supervision import Concern
from certsvc.domain.ways import way_named
from certsvc.entrypoints.cli.announced_commands import coverage
from certsvc.entrypoints.cli.options import AS_JSON, opened_office
from certsvc.errors import RequestError, UnknownReference

if TYPE_CHECKING:
    from certsvc.bootstrap import Office
    from certsvc.domain.report_table import ReportTable

_Command = Callable[..., None]
_Named = TypeVar("_Named")
_FILE = click.Path(dir_okay=False, path_type=Path)
_REGION = click.option("--region", metavar="CODE", help="只报告一个市（州）或县（市、区），六位区划代码。")
_DIMENSIONS = click.Choice([one.value for one in Dimension])


@click.group()
def report() -> None:
    """专业技术人才信息库的统计与报表：统计、监督事项、指标计数、乡村人才补贴名册。

    不带 --actor 时以系统维护人员身份；带 --actor 时只见该账号所属地区的内容。每次导出都记入审计日志。
    """


def _asked(command: _Command) -> _Command:
    """The options of every report that can be exported."""
    for option in (
        AS_JSON,
        click.option("--xlsx", type=_FILE, metavar="FILE", help="导出为 XLSX 文件。"),
        click.option("--csv", type=_FILE, metavar="FILE", help="导出为 CSV 文件（UTF-8）。"),
        click.option("--actor", metavar="NAME", help="以该账号的权限查看（须已登记）。"),
    ):
        command = option(command)
    return command


@report.command("statistics")
@click.option("--by", type=_DIMENSIONS, required=True, help="按什么统计。")
@click.option("--then-by", type=_DIMENSIONS, help="再按什么细分。")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="统计截至哪天，默认今天。")
@click.option(
    "--basis",
    type=click.Choice([one.value for one in Basis]),
    default=Basis.KNOWN.value,
    show_default=True,
    help="known：按现在所知，决定自生效日起计；recorded：按当日已登记。",
)
@_REGION
@click.option("--year", type=int, help="取得年度。")
@click.option("--series", metavar="WORD", help="系列的名称或代码。")
@click.option("--level", metavar="WORD", help="级别的名称或代码。")
@click.option("--way", metavar="WORD", help="取得方式的名称或代码。")
@click.option("--unit-kind", metavar="WORD", help="单位类别，如 事业、企业、乡村。")
@_asked
def report_statistics(
    actor: str | None, csv: Path | None, xlsx: Path | None, *, as_json: bool, **given: Any
) -> None:
    """职称数量、结构比例和各字段完整率，按现行状态分列（撤销、核销、无效不合并）。仅供人社部门内部使用。"""
    from certsvc.entrypoints.cli.report_printing import print_statistics
    from certsvc.entrypoints.report_answers import statistics_object

    office = opened_office()
    by = caller_named(office, actor)
    reports = office.information.reports
    found = reports.statistics(_question(office, given), by)
    file = export_target(csv, xlsx)
    if file is not None:
        export_table(office, reports.statistics_table(found), by, given["region"], file, as_json=as_json)
    elif as_json:
        _print_json(statistics_object(found))
    else:
        print_statistics(found)


@report.command("supervision")
@click.option(
    "--list",
    "lists",
    type=click.Choice([one.value for one in Concern]),
    multiple=True,
    help="只看这些事项，可多次给出；默认全部。",
)
@_REGION
@click.option("--year", type=int, help="评审年度。")
@_asked
def report_supervision(
    lists: tuple[str, ...],
    region: str | None,
    year: int | None,
    actor: str | None,
    csv: Path | None,
    xlsx: Path | None,
    *,
    as_json: bool,
) -> None:
    """监督事项：逾期报送、逾期备案、逾期评审、例会无纪检监察监督、未经申报系统、程序提醒、多次不予受理。

    供监督人员和省级部门查看；每一行写明备案号和依据。
    """
    from certsvc.entrypoints.cli.report_printing import print_supervision
    from certsvc.entrypoints.report_answers import supervision_object

    office = opened_office()
    by = caller_named(office, actor)
    reports = office.information.reports
    wanted = frozenset(Concern(one) for one in lists) or frozenset(Concern)
    found = reports.supervision(wanted, region, year, by)
    file = export_target(csv, xlsx)
    if file is not None:
        export_table(office, reports.supervision_table(found), by, region, file, as_json=as_json)
    elif as_json:
        _print_json(supervision_object(found))
    else:
        print_supervision(found)


@report.command("quotas")
@click.option("--year", type=int, required=True, help="评审年度。")
@_asked
def report_quotas(
    year: int, actor: str | None, csv: Path | None, xlsx: Path | None, *, as_json: bool
) -> None:
    """年度指标计数：乡村人才2000名（含肉牛产业）、抗疫激励1600名左右、双定向各县岗位。只报告，不限制办理。"""
    from certsvc.entrypoints.cli.report_printing import print_quotas
    from certsvc.entrypoints.report_answers import quotas_object

    office = opened_office()
    by = caller_named(office, actor)
    reports = office.information.reports
    found = reports.quotas(year, by)
    file = export_target(csv, xlsx)
    if file is not None:
        export_table(office, reports.quota_table(year, found), by, None, file, as_json=as_json)
    elif as_json:
        _print_json(quotas_object(year, found))
    else:
        print_quotas(year, found)


@report.command("subsidy")
@click.option("--year", type=int, required=True, help="发放年度。")
@_REGION
@_asked
def report_subsidy(
    year: int,
    region: str | None,
    actor: str | None,
    csv: Path | None,
    xlsx: Path | None,
    *,
    as_json: bool,
) -> None:
    """导出一个年度的乡村人才补贴名册（高级3000元、中级2000元、初级1000元，连续5年），供同级财政发放。

    名册含姓名和证件号码，只能导出为文件；每个被列出的人都记入查看日志。
    """
    file = export_target(csv, xlsx)
    if file is None:
        raise click.UsageError("名册含个人信息，只能导出为文件：请给出 --csv FILE 或 --xlsx FILE。")
    office = opened_office()
    by = caller_named(office, actor)
    with office.information.reports.subsidy_roster(year, region, by, "cli") as table:
        export_table(office, table, by, region, file, as_json=as_json)


report.add_command(coverage)


@report.command("fill")
@AS_JSON
def report_fill(*, as_json: bool) -> None:
    """为升级前的备案和证书补建各项数据：备案清单、姓名查询、办理进度、信息库条目、佐证引用、通过人数和校验码。

    中断后再次运行即可继续；服务在后台也会补建。损坏的数据会跳过并报告，见“后台任务”页。
    """
    office = opened_office()
    information = office.information
    outlines = office.filing_face.filling.fill()
    names = information.names.fill()
    persons = information.persons.fill()
    codes = information.codes.fill()
    contents = information.contents.fill()
    entries, filings = information.filling.fill()
    passed_over = sum(office.fault_notes.book.counts().values())
    if as_json:
        _print_json(
            {
                "entries": entries,
                "filings": filings,
                "contents": contents,
                "codes": codes,
                "outlines": outlines,
                "names": names,
                "persons": persons,
                "passed_over": passed_over,
            }
        )
    else:
        click.echo(
            f"已补建 {entries} 条信息库条目、{codes} 份证书的校验码，"
            f"读取 {filings} 个备案的日期、{contents} 个备案引用的佐证和通过人数；"
            f"补建 {outlines} 个备案的清单、{names} 份证书的姓名查询、{persons} 个备案的办理进度。"
        )
        if passed_over:
            click.echo(f"有 {passed_over} 项因数据损坏已跳过，请系统管理员查看“后台任务”页。", err=True)


def _question(office: Office, given: dict[str, Any]) -> StatisticsQuestion:
    as_of: datetime | None = given["as_of"]
    level = _code(given["level"], level_named, "级别")
    return StatisticsQuestion(
        by=Dimension(given["by"]),
        then_by=None if given["then_by"] is None else Dimension(given["then_by"]),
        as_of=office.clock.today() if as_of is None else as_of.date(),
        basis=Basis(given["basis"]),
        region=given["region"],
        series=_code(given["series"], series_named, "系列"),
        level=None if level is None else int(Level(level)),
        way=_code(given["way"], way_named, "取得方式"),
        year=given["year"],
        unit_kind=given["unit_kind"],
    )


def _code(word: str | None, named: Callable[[str], _Named | None], what: str) -> _Named | None:
    if word is None:
        return None
    code = named(word)
    if code is None:
        raise RequestError(f"没有名为“{word}”的{what}。请填写规定的名称或代码。")
    return code


def export_table(
    office: Office, table: ReportTable, by: Caller, region: str | None, file: Path, *, as_json: bool
) -> None:
    """Write a report to a file by `save_export` and tell its statement."""
    from certsvc.bootstrap.information import save_export
    from certsvc.entrypoints.cli.report_printing import print_statement
    from certsvc.entrypoints.report_answers import statement_object

    statement = save_export(office.information.reports, table, by, region, file)
    if as_json:
        _print_json({**statement_object(statement), "file": str(file)})
    else:
        print_statement(statement, str(file))


def export_target(csv: Path | None, xlsx: Path | None) -> Path | None:
    """The file that an export goes to, its ending that of its form; None when none is asked for."""
    if csv is not None and xlsx is not None:
        raise click.UsageError("--csv 与 --xlsx 请只给出一个。")
    if csv is not None and csv.suffix.lower() == ".xlsx":
        raise click.UsageError("--csv 的文件名不要以 .xlsx 结尾。")
    if xlsx is not None and xlsx.suffix.lower() != ".xlsx":
        raise click.UsageError("--xlsx 的文件名须以 .xlsx 结尾。")
    return csv or xlsx


def caller_named(office: Office, name: str | None) -> Caller:
    """The registered person of a name, the operator without one. Raises UnknownReference."""
    if name is None:
        return OPERATOR
    actor = office.actors.find_actor(name)
    if actor is None:
        raise UnknownReference(f"没有登记名为 {name} 的人员。请先登记，或核对账号名。")
    return official(actor)


def _print_json(answer: dict[str, object]) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False))
