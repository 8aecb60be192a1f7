"""How the command line shows a filing's answer and the work in progress."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from certsvc.domain.filing import FilingReport
from certsvc.domain.findings import Severity
from certsvc.stages.issuance import Progress as Step

_WORDS = {
    Severity.ERROR: "[red]错误[/red]",
    Severity.HOLD: "[yellow]暂缓[/yellow]",
    Severity.WARNING: "[cyan]提醒[/cyan]",
    Severity.INFO: "说明",
}
_STATES = {
    "refused": "整批不予受理",
    "examined": "已审查，待同意",
    "approved": "已同意，待签发",
    "issued": "已签发",
}
STEPS = {
    "decide": "决定",
    "draft": "编号",
    "seal": "签章",
    "record": "入账",
    "publish": "公开",
    "check": "核验",
}


def print_report(report: FilingReport) -> None:
    """The same for a person: the count first, then every finding, most frequent rule first."""
    console = Console()
    rows = report.rows
    console.print(
        f"备案 [bold]{report.filing}[/bold]：{_STATES[report.status]}。"
        f"共 {rows.total} 人，可签发 {rows.admitted}，暂缓 {rows.held}，不予通过 {rows.refused}。"
    )
    if not report.findings:
        return
    table = Table(show_lines=False, header_style="bold")
    for title in ("行", "列", "性质", "审查意见", "依据"):
        table.add_column(title, overflow="fold")
    for finding in report.findings:
        place = "批次信息" if finding.row is None else str(finding.row)
        table.add_row(place, finding.column or "", _WORDS[finding.severity], finding.message, finding.clause)
    console.print(table)
    counted = Counter(finding.code for finding in report.findings if finding.severity is not Severity.INFO)
    if counted:
        console.print("最常见：" + "，".join(f"{code} {count} 处" for code, count in counted.most_common(3)))


@contextmanager
def rich_progress(total: int) -> Iterator[Step]:
    """A bar for each step of the work, on standard error, shown while it runs; nothing where no terminal looks."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        tasks: dict[str, TaskID] = {}

        def moved(step: str, count: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(STEPS[step], total=total)
            bars.advance(tasks[step], count)

        yield moved
