"""`make demo`: the whole corridor on the sample filings, every certificate checked by the outsider's tool, then served.

Starts from an empty `var/demo` each time. Exit code 0 only if every certificate checked.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from certverify import Outcome, check_bundle, check_pdf, check_record, load_trust, open_ledger
from rich.console import Console
from rich.table import Table

from certsvc.bootstrap import TEST_ACTORS, Office, open_office, prepare_home
from certsvc.domain.registry import FilingLevel
from certsvc.entrypoints.cli.demo_people import CHANGCHUN, DEMO_ACTORS, demo_holders, demo_officials
from certsvc.entrypoints.cli.report import rich_progress
from certsvc.entrypoints.demo_provider import (
    DemoProvider,
    demo_provider_beside,
    holders_client,
    officials_client,
)
from certsvc.entrypoints.demo_provider.application import HOST as PROVIDER_HOST
from certsvc.entrypoints.demo_provider.people import BY_DOCUMENT, BY_FACE, HOLDERS, OFFICIALS, SECOND_FACTOR
from certsvc.errors import ConflictError
from certsvc.formats.record import record_text
from certsvc.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[3]
HOME = ROOT / "var" / "demo"
SAMPLES = (
    "2023-常规-公路工程.xlsx",
    "2023-双定向-珲春市农业.xlsx",
    "2023-评聘结合-医院.xlsx",
    "2023-乡村振兴人才.xlsx",
)
MAKER, CHECKER = "maker", "checker"
PROVIDER_PORT = 8001
RECEIVERS = {one.region: one.name for one in (*TEST_ACTORS[2:], CHANGCHUN)}
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
        settings = _settings()
        prepare_home(settings)
        office = open_office(settings)
    with timings.part("载入评委会、授权、例会批复与双定向县（市、区）登记"):
        for actor in DEMO_ACTORS:
            office.actors.register_actor(actor, office.clock.now())
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
        _serve(office, filings)


def _settings() -> Settings:
    issuer = f"http://{PROVIDER_HOST}:{PROVIDER_PORT}"
    return Settings(
        home=HOME,
        receipts="recorded",
        oidc_issuer=issuer,
        oidc_client_id=OFFICIALS,
        oidc_acr=SECOND_FACTOR,
        holder_oidc_issuer=issuer,
        holder_oidc_client_id=HOLDERS,
        holder_oidc_acr=f"{BY_DOCUMENT} {BY_FACE}",
        _env_file=None,  # type: ignore[call-arg]  # an argument of the settings library
    )


def _issue(office: Office, name: str, timings: Timings) -> str:
    with timings.part(f"{name}：审查、逐级回执、同意、签发"):
        report = office.submit((ROOT / "examples" / name).read_bytes(), name)
        _receive(office, report.filing)
        office.approval.approve(report.filing, MAKER)
        office.approval.begin_issue(report.filing, CHECKER)
        with rich_progress(report.rows.admitted) as moved:
            office.issuance.run(report.filing, moved)
    return report.filing


def _receive(office: Office, filing: str) -> None:
    """The lower levels of the filing chain, each recorded by an account of the authority that receives."""
    for step in office.receipts.missing(filing):
        if step.level is FilingLevel.PROVINCE:
            continue  # the approval itself
        if step.office is None or step.claimed_ref is None or step.claimed_on is None:
            raise ConflictError(f"样例 {filing} 的备案信息不全。")
        office.receipts.record(
            filing,
            step.level,
            step.claimed_ref,
            step.claimed_on,
            "材料齐全，同意报送",
            RECEIVERS[step.office],
        )


def _check_all(office: Office, count: int) -> tuple[int, list[str]]:
    """Check PDF, QR record and proof bundle of every exported certificate as an outsider would: how many passed."""
    folder = office.settings.public_folder
    trust = load_trust(folder)
    ledger = open_ledger(folder, trust)
    now = office.clock.now()
    passed, failures = 0, []
    with rich_progress(count) as moved:
        for path in sorted((HOME / "certificates").glob("*.pdf")):
            raw_bundle = path.with_suffix(".bundle.json").read_bytes()
            record = json.loads(raw_bundle)["record"]
            verdicts = {
                "PDF": check_pdf(path.read_bytes(), trust, ledger, now),
                "二维码": check_record(f"{office.settings.qr_prefix}{record}", trust, ledger, now),
                "账本证明": check_bundle(raw_bundle, trust, now),
            }
            failures += [
                f"{path.stem} {what}" for what, one in verdicts.items() if one.outcome is not Outcome.PASSED
            ]
            passed += all(one.outcome is Outcome.PASSED for one in verdicts.values())
            moved("check", 1)
    return passed, failures


def _summary(exported: int, checked: int, failures: list[str], timings: Timings) -> None:
    table = Table(title="结果", title_justify="left", show_header=False)
    table.add_row("签发证书", f"{exported} 份")
    table.add_row("核验通过", f"{checked} 份（PDF、二维码、账本证明三项都通过）")
    table.add_row("用时", f"{sum(timings.seconds.values()):.1f} 秒")
    table.add_row("证书", str((HOME / "certificates").relative_to(ROOT)))
    table.add_row("公开账本", str((HOME / "public").relative_to(ROOT)))
    console.print(table)
    for failure in failures[:20]:
        console.print(f"[red]未通过：{failure}[/red]")


def _serve(office: Office, filings: list[str]) -> None:
    from certsvc.entrypoints.faces import open_faces
    from certsvc.entrypoints.jobs.background import background_work
    from certsvc.entrypoints.public_api import serve

    settings = office.settings
    regular, dual = (_qr_text(office, filing) for filing in filings[:2])
    console.print("\n在浏览器中试试：")
    console.print(f"  1. 常规证书     {regular}", soft_wrap=True)
    console.print(f"  2. 双定向证书   {dual}", soft_wrap=True)
    console.print(f"  3. 公开账本     {settings.public_url}/checkpoint")
    console.print(f"  4. 持证人登录   {settings.public_url}/portal（虚构人员，点选即可登录）")
    console.print(f"  5. 办理人员登录 {settings.public_url}/console（每种角色都有，点选即可登录）")
    console.print("\n按 Ctrl+C 结束。")
    with demo_provider_beside(settings, _provider(office, filings), PROVIDER_PORT):
        serve(
            open_faces(office),
            settings.host,
            settings.port,
            partial(background_work, settings),
        )


def _provider(office: Office, filings: list[str]) -> DemoProvider:
    """The identity platform of the demo: made-up people, no passwords."""
    address = office.settings.public_url
    clients = (
        officials_client(address, demo_officials()),
        holders_client(address, demo_holders(office, filings)),
    )
    return DemoProvider(f"http://{PROVIDER_HOST}:{PROVIDER_PORT}", clients)


def _qr_text(office: Office, filing: str) -> str:
    first, *_ = office.certificates.published(filing=filing)
    return record_text(first.record, office.settings.qr_prefix)


if __name__ == "__main__":
    main()
