"""How the command line shows reports: tables that stay readable with long names, and say so when they are empty."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from certsvc.domain.quota_counters import QuotaLine
from certsvc.domain.regions import REGIONS
from certsvc.domain.report_table import ReportStatement, shanghai_text, statement_lines
from certsvc.domain.sampling import Sample
from certsvc.domain.statistics import FIELD_WORDS, Standing, Statistics, StatisticsRow, word_of
from certsvc.domain.supervision import SupervisionLine
from certsvc.stages.report_tables import question_words, statistics_notes
from certsvc.stages.reports import SupervisionReport

_ALWAYS = Standing.VALID
_NARROWEST_LABEL, _WIDEST = 8, 1000  # columns of a terminal
_DAYS = (("期限", attrgetter("due_on")), ("实际", attrgetter("done_on")))


def print_statistics(statistics: Statistics) -> None:
    """What was asked, the counts, completeness, notes. Standings that nobody has are left out."""
    console = Console()
    question = statistics.question
    console.print(Text("专业技术人才信息库统计", style="bold"))
    console.print(Text("　".join(f"{label}：{value}" for label, value in question_words(question))))
    if not statistics.rows:
        console.print("没有符合条件的职称。请核对范围、年度和统计日期。")
    else:
        _print_whole(console, _statistics_table(statistics))
        console.print(_completeness_text(statistics))
    for note in statistics_notes(statistics):
        console.print(Text(f"注：{note}"))


def _statistics_table(statistics: Statistics) -> Table:
    total = statistics.total
    standings = [one for one in Standing if one is _ALWAYS or total.counts.get(one)]
    words = [one.label for one in statistics.question.dimensions]
    table = _table(words, [*(one.label for one in standings), "现行合计", "结构比例", "合计"])
    for row in statistics.rows:
        keys = [word_of(one, key) for one, key in zip(statistics.question.dimensions, row.keys, strict=True)]
        table.add_row(*map(Text, keys), *_numbers(statistics, row, standings))
    table.add_section()
    blanks = [""] * (len(words) - 1)
    table.add_row("合计", *blanks, *_numbers(statistics, total, standings), style="bold")
    return table


def _numbers(statistics: Statistics, row: StatisticsRow, standings: Sequence[Standing]) -> list[str]:
    share = statistics.share(row)
    counts = [f"{row.counts.get(one, 0):,}" for one in standings]
    return [*counts, f"{row.in_force:,}", f"{share}%" if share else "–", f"{row.total:,}"]


def _completeness_text(statistics: Statistics) -> Text:
    """Only what is not complete is told field by field."""
    measured = [one for one in statistics.completeness if one.applicable]
    short = [f"{FIELD_WORDS[one.field]} {one.percent}%" for one in measured if one.filled < one.applicable]
    if not short:
        return Text(f"完整率：{len(measured)}个字段均为100%。")
    return Text(f"完整率：{len(measured) - len(short)}个字段为100%；{'，'.join(short)}。")


def print_quotas(year: int, lines: Sequence[QuotaLine]) -> None:
    """The counters, one a line."""
    console = Console()
    console.print(Text(f"{year}年度指标计数（只报告，不限制办理）", style="bold"))
    table = _table(["事项"], ["人数", "计划", "占比"], ["说明", "依据"])
    for one in lines:
        plan = "–" if one.plan is None else f"{one.plan:,}"
        used = f"{one.used}%" if one.used else "–"
        table.add_row(Text(one.name), f"{one.counted:,}", plan, used, Text(one.remark), Text(one.clause))
    console.print(table if lines else "该年度没有指标计数。")


def print_supervision(report: SupervisionReport) -> None:
    """The lists, each under its heading with its count."""
    console = Console()
    region = REGIONS[report.region].full_name
    year = "全部年度" if report.year is None else f"{report.year}年度"
    console.print(
        Text(f"职称评审监督事项：{region}，{year}，截至{shanghai_text(report.as_of)}", style="bold")
    )
    if not report.lines:
        console.print("没有需要关注的事项。")
    for concern, group in groupby(report.lines, key=lambda line: line.concern):
        lines = list(group)
        console.print(Text(f"\n{concern.label}（{len(lines)}项）", style="bold"))
        clauses = {one.clause for one in lines}
        if len(clauses) == 1:
            console.print(Text(f"依据：{lines[0].clause}"))
        console.print(_supervision_table(lines, with_clause=len(clauses) > 1))


def _supervision_table(lines: Sequence[SupervisionLine], *, with_clause: bool) -> Table:
    """Dates and clauses have columns only where lines differ in them."""
    days = [(word, get) for word, get in _DAYS if any(map(get, lines))]
    table = Table(header_style="bold", box=box.SIMPLE_HEAD)
    table.add_column("备案号", no_wrap=True)
    for word in ("批次", "评委会"):
        table.add_column(word, overflow="fold")
    for word, _ in days:
        table.add_column(word, no_wrap=True)
    for word in ("情况", "依据") if with_clause else ("情况",):
        table.add_column(word, overflow="fold")
    for one in lines:
        table.add_row(
            one.filing,
            Text(one.batch_ref or ""),
            Text(one.committee_name or one.committee_code or "未登记"),
            *(str(get(one) or "") for _, get in days),
            Text(one.remark),
            *([Text(one.clause)] if with_clause else []),
        )
    return table


def print_sample(sample: Sample, faults: Sequence[str] | None) -> None:
    """The sample, what drawing it again takes, the items; `faults` None: it was not checked."""
    console = Console()
    way = "，各市（州）交叉抽检" if sample.crossed else ""
    console.print(Text(f"{sample.subject.label}抽查 {sample.id}（{sample.document_ref}{way}）", style="bold"))
    told = (
        ("范围", f"{_place(sample.region)}，共{len(sample.population)}个"),
        ("比例", f"{sample.ratio_percent}%，应抽{sample.size}个（不足一个的按一个计）"),
        ("种子", f"{sample.seed}（{'给定' if sample.seed_given else '随机，抽取前已登记'}）"),
        ("范围摘要", sample.population_digest),
        ("依据", sample.subject.clause),
    )
    for label, value in told:
        console.print(Text(f"{label}：{value}"), soft_wrap=True)
    table = _table(["序号", "对象", "所属地区", "抽检单位", "结果", "情况"], [])
    for one in sample.items:
        found = one.finding
        outcome, note = ("待查", "") if found is None else (found.outcome.label, found.note)
        place = "省直" if one.place is None else _place(one.place)
        table.add_row(str(one.position), Text(one.item), place, _place(one.inspector), outcome, Text(note))
    console.print(table if sample.items else "尚未抽取。")
    if faults is not None:
        console.print("重新抽取的结果与登记的一致。" if not faults else f"不一致：{'；'.join(faults)}。")


def print_statement(statement: ReportStatement, file: str) -> None:
    """What was exported where."""
    console = Console()
    console.print(Text(f"已导出到 {file}"), soft_wrap=True)
    for label, value in statement_lines(statement):
        console.print(Text(f"  {label}：{value}"), soft_wrap=True)


def _place(code: str) -> str:
    return REGIONS[code].full_name if code in REGIONS else code


def _print_whole(console: Console, table: Table) -> None:
    """Print a table in its whole width, also where the terminal is narrower: a cut number would be a wrong one."""
    needed = Console(width=_WIDEST).measure(table).maximum
    wide_enough = console if needed <= console.width else Console(width=needed)
    wide_enough.print(table)


def _table(words: Iterable[str], numbers: Iterable[str], more: Iterable[str] = ()) -> Table:
    """Words fold where they are long and never vanish; numbers stand to the right and never fold."""
    table = Table(header_style="bold", box=box.SIMPLE_HEAD, padding=(0, 0, 0, 1))
    for word in words:
        table.add_column(word, overflow="fold", min_width=_NARROWEST_LABEL)
    for number in numbers:
        table.add_column(number, justify="right", no_wrap=True, min_width=len(number))
    for word in more:
        table.add_column(word, overflow="fold")
    return table
