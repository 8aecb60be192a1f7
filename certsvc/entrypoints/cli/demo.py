"""`make demo`: the whole corridor on the sample filings, every certificate checked by the outsider's tool, then served.

Starts from an empty `var/demo` each time. Exit code 0 only if every certificate checked.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from certsvc.bootstrap import Office, open_office, prepare_home
from certsvc.entrypoints.cli.report import rich_progress
from certsvc.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "var" / "demo"
SAMPLES = (
    "2023-常规-公路工程.xlsx",
    "2023-双定向-珲春市农业.xlsx",
    "2023-评聘结合-医院.xlsx",
    "2023-乡村振兴人才.xlsx",
)
MAKER, CHECKER = "maker", "checker"
console = Console()


@dataclass
class Timings:
    """Seconds of each part, in order."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Measure a part and say that it is done."""
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start
        console.print(f"  [green]✓[/green] {name}  [dim]{self.seconds[name]:.1f} 秒[/dim]")


def main() -> None:
    """Entry point of `make demo`; `--once` ends instead of serving."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--once", action="store_true", help="结束而不提供网页服务")
    once = arguments.parse_args().once
    for key in [key for key in os.environ if key.startswith(PREFIX)]:
        del os.environ[key]
    timings = Timings()
    console.print("[bold]吉林省专业技术职务任职资格证书服务 · 演示[/bold]（虚构人员，测试密钥）")
    with timings.part("建立工作目录、数据库、测试密钥与公开账本"):
        shutil.rmtree(HOME, ignore_errors=True)
        settings = Settings(home=HOME, _env_file=None)  # type: ignore[call-arg]  # an argument of the settings library
        prepare_home(settings)
        office = open_office(settings)
    with timings.part("载入评委会、授权、例会批复与双定向县（市、区）登记"):
        office.load_registry((ROOT / "examples" / "registry.json").read_bytes())
    filings = [_issue(office, name, timings) for name in SAMPLES]
    with timings.part("导出证书"):
        exported = sum(office.export(HOME / "certificates", filing=one) for one in filings)
    with timings.part(f"核验 {exported} 份证书（PDF、二维码、账本证明）"):
        checked, failures = _check_all(office, exported)
    _summary(exported, checked, failures, timings)
    if failures or exported == 0:
        sys.exit(1)
    if not once:
        _serve(office)


def _issue(office: Office, name: str, timings: Timings) -> str:
    with timings.part(f"{name}：审查、同意、签发"):
        report = office.submit((ROOT / "examples" / name).read_bytes(), name)
        office.approval.approve(report.filing, MAKER)
        office.approval.begin_issue(report.filing, CHECKER)
        with rich_progress(report.rows.admitted) as moved:
            office.issuance.run(report.filing, moved)
    return report.filing


