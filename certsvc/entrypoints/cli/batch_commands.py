"""`certsvc batch`, `certsvc dependants`: whole batches voided, and what rested on them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from certsvc.domain.batch_voiding import BatchDecision, BatchKind, BatchPreview, BatchProposal
from certsvc.domain.decision import DecisionStatus
from certsvc.domain.dependants import DependantEntry, DependantStatus
from certsvc.entrypoints.batch_answers import (
    batch_object,
    dependant_object,
    preview_object,
)
from certsvc.entrypoints.cli.options import ACTOR, AS_JSON, DECIDED_ON, opened_office

if TYPE_CHECKING:
    from certsvc.bootstrap import Office

_STATUS_WORDS = {
    DecisionStatus.PROPOSED: "待确认",
    DecisionStatus.CONFIRMED: "已确认",
    DecisionStatus.WITHDRAWN: "已撤回",
}
_DEPENDANT_WORDS = {
    DependantStatus.OPEN: "待处理",
    DependantStatus.KEPT: "保留",
    DependantStatus.ENDED: "已另行决定",
    DependantStatus.LIFTED: "所依据的已恢复",
}
_DOCUMENT = click.option("--document", required=True, metavar="NO", help="决定文号；会向查验方公开。")
_GROUND = click.option(
    "--ground", required=True, metavar="TEXT", help="理由；会向查验方公开，不写姓名和证件号码。"
)


@click.group()
def batch() -> None:
    """整批认定无效（未按规定程序评审，一律无效）与整批恢复：一人提出，省厅另一人确认。"""


def _proposing(command: Callable[..., None]) -> Callable[..., None]:
    """The options that both kinds of proposal take."""
    file = click.option(
        "--file",
        "document_path",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="PATH",
        help="决定文书（PDF、JPEG 或 PNG，不超过 10 MB）；加密保存，摘要记入决定。",
    )
    dry_run = click.option("--dry-run", is_flag=True, help="只列出将会发生什么，不作任何改动。")
    for option in (AS_JSON, dry_run, file, ACTOR, _GROUND, DECIDED_ON, _DOCUMENT):
        command = option(command)
    return command


@batch.command("void")
@click.argument("filing_id", metavar="FILING")
@_proposing
def batch_void(filing_id: str, **given: Any) -> None:
    """提出整批无效：一个备案的全部证书自取得之日（可设为决定之日）起无效，尚未签发的不再签发；不记入诚信档案。"""

    def proposal(_office: Office, document: str, decided_on: datetime, ground: str) -> BatchProposal:
        return BatchProposal(BatchKind.VOID, filing_id, document, decided_on.date(), ground)

    _propose(proposal, **given)


@batch.command("restore")
@click.argument("batch_id", metavar="ID")
@_proposing
def batch_restore(batch_id: str, **given: Any) -> None:
    """提出整批恢复：恢复该项整批无效决定所涉、此后没有其他决定的证书。"""

    def proposal(office: Office, document: str, decided_on: datetime, ground: str) -> BatchProposal:
        return office.case_work.batches.restoration(batch_id, document, decided_on.date(), ground)

    _propose(proposal, **given)


@batch.command("confirm")
@click.argument("batch_id", metavar="ID")
@ACTOR
@AS_JSON
def batch_confirm(batch_id: str, actor: str, *, as_json: bool) -> None:
    """确认整批决定：立即生效，随后分段记入公开账本。中断后再次运行即可继续。确认人不能是提出人。"""
    from certsvc.entrypoints.cli.report import rich_progress

    office = opened_office()
    filing = office.case_work.batches.find(batch_id).proposal.filing
    with rich_progress(sum(office.certificates.progress(filing).values())) as progress:
        confirmed = office.confirm_batch(batch_id, actor, progress)
    _show_batch(office, confirmed, as_json=as_json)


@batch.command("withdraw")
@click.argument("batch_id", metavar="ID")
@ACTOR
@AS_JSON
def batch_withdraw(batch_id: str, actor: str, *, as_json: bool) -> None:
    """撤回尚未确认的整批决定。"""
    office = opened_office()
    _show_batch(office, office.case_work.batches.withdraw(batch_id, actor), as_json=as_json)


@batch.command("show")
@click.argument("batch_id", metavar="ID")
@AS_JSON
def batch_show(batch_id: str, *, as_json: bool) -> None:
    """查看一项整批决定和办理进度。"""
    office = opened_office()
    _show_batch(office, office.case_work.batches.find(batch_id), as_json=as_json)


@batch.command("list")
@click.option("--filing", "filing_id", metavar="FILING", help="只列出一个备案的整批决定。")
@AS_JSON
def batch_list(filing_id: str | None, *, as_json: bool) -> None:
    """列出整批决定，最近提出的在前。"""
    batches = opened_office().case_work.batches
    found = batches.listed(filing_id)
    if as_json:
        _print({"batch_decisions": [batch_object(one, batches.progress(one.id)) for one in found]})
        return
    for one in found:
        click.echo(_line(one))


@click.group()
def dependants() -> None:
    """后续职称：以已撤销、核销、无效的职称或已取消的证明为依据的职称，逐项由省厅人员决定。"""


@dependants.command("list")
@click.option("--open", "only_open", is_flag=True, help="只列出待处理的。")
@AS_JSON
def dependants_list(*, only_open: bool, as_json: bool) -> None:
    """列出后续职称，最早列入的在前。"""
    office = opened_office()
    office.case_work.follow_decisions()
    found = office.case_work.dependants.listed(DependantStatus.OPEN if only_open else None)
    if as_json:
        _print({"dependent_titles": [dependant_object(one) for one in found]})
        return
    for one in found:
        click.echo(dependant_line(one))


@dependants.command("settle")
@click.argument("entry_id", metavar="ID")
@click.option(
    "--outcome",
    type=click.Choice([DependantStatus.KEPT.value, DependantStatus.ENDED.value]),
    required=True,
    help="kept 保留（须写明理由），ended 已另行作出决定。",
)
@click.option("--decision", "decision_id", metavar="ID", help="对该证书已确认的撤销、核销或无效决定。")
@click.option("--note", metavar="TEXT", help="办理说明；保留的必填。")
@ACTOR
@AS_JSON
def dependants_settle(
    entry_id: str, outcome: str, decision_id: str | None, note: str | None, actor: str, *, as_json: bool
) -> None:
    """办结一项后续职称。系统不会自动终止任何职称。"""
    settled = opened_office().case_work.dependants.settle(
        entry_id, DependantStatus(outcome), actor, note, decision_id
    )
    if as_json:
        _print(dependant_object(settled))
    else:
        click.echo(dependant_line(settled))


def _propose(
    proposal_of: Callable[[Office, str, datetime, str], BatchProposal],
    document: str,
    decided_on: datetime,
    ground: str,
    actor: str,
    document_path: Path | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    from dataclasses import replace

    office = opened_office()
    proposal = proposal_of(office, document, decided_on, ground)
    if dry_run:
        preview = office.case_work.batches.preview(proposal, actor)
        if as_json:
            _print(preview_object(preview))
        else:
            _print_preview(preview)
        return
    if document_path is not None:
        digest = office.decision_documents.upload(document_path.read_bytes(), actor)
        proposal = replace(proposal, document_sha256=digest)
    proposed = office.case_work.batches.propose(proposal, actor)
    if as_json:
        _print({"batch_decision": proposed})
    else:
        click.echo(
            f"{proposal.kind.label}决定 {proposed} 已提出。请由省厅的另一位人员运行 "
            f"certsvc batch confirm {proposed} --actor 账号 确认。"
        )


def _show_batch(office: Office, stored: BatchDecision, *, as_json: bool) -> None:
    progress = office.case_work.batches.progress(stored.id)
    if as_json:
        _print(batch_object(stored, progress))
        return
    click.echo(_line(stored))
    click.echo(f"  理由：{stored.proposal.ground}")
    if stored.status is DecisionStatus.CONFIRMED:
        click.echo(
            f"  证书 {progress.certificates} 份，已办理 {progress.written} 份，已入账 {progress.logged} 份。"
        )


def _print_preview(preview: BatchPreview) -> None:
    click.echo(
        f"备案 {preview.filing}：{preview.kind.label}将涉及 {preview.planned} 份证书。没有作任何改动。"
    )
    for words, counts in (
        ("现有状态", preview.by_status),
        ("单位所在地", preview.counties),
        ("级别", preview.levels),
        ("起算日期", preview.effective),
    ):
        told = "，".join(f"{word or '未填'} {count}" for word, count in counts.items())
        click.echo(f"  {words}：{told or '无'}")
    click.echo(f"  尚未签发的 {preview.never_issued} 人。")
    for number, status in preview.left_alone.items():
        click.echo(f"  不作改动：{number}（{status}）")
    for number in preview.dependants:
        click.echo(f"  后续职称，须由人员另行决定：{number}")
    for filing in preview.same_batch:
        click.echo(f"  同一批次的其他备案：{filing}")


def _line(stored: BatchDecision) -> str:
    proposal = stored.proposal
    people = stored.maker if stored.checker is None else f"{stored.maker}、{stored.checker}"
    return (
        f"{stored.id}\t{_STATUS_WORDS[stored.status]}\t{proposal.kind.label}\t{proposal.filing}\t"
        f"{proposal.document_ref}\t{proposal.decided_on.isoformat()}\t{people}"
    )


def dependant_line(entry: DependantEntry) -> str:
    """One entry of the list, as a line."""
    because = entry.ended or entry.cause
    return f"{entry.id}\t{_DEPENDANT_WORDS[entry.status]}\t{entry.subject}\t{entry.reason.label}\t{because}"


def _print(answer: dict[str, object]) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False))
