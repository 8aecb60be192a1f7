"""`certsvc decision`: endings, corrections and reinstatements of certificates, proposed by one person, confirmed by another."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from certsvc.domain.caller import OPERATOR
from certsvc.domain.decision import DecisionKind, DecisionStatus, StoredDecision
from certsvc.domain.decision_changes import fields_in_words
from certsvc.domain.decision_kinds import KINDS
from certsvc.domain.decision_service import ServiceMethod, method_named
from certsvc.entrypoints.answers import decision_object
from certsvc.entrypoints.cli.options import ACTOR, AS_JSON, opened_office, writing_to

if TYPE_CHECKING:
    from certsvc.bootstrap import Office

_STATUS_WORDS = {
    DecisionStatus.PROPOSED: "待确认",
    DecisionStatus.CONFIRMED: "已确认",
    DecisionStatus.WITHDRAWN: "已撤回",
}
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_METHODS = [method.label for method in ServiceMethod]


@click.group()
def decision() -> None:
    """证书的撤销、核销、无效、更正与恢复：一人提出，另一人确认（docs/endings.md）；送达另行登记。"""


@decision.group()
def propose() -> None:
    """提出决定。同样的内容再提出一次，得到同一个决定编号。"""


def _proposing(command: Callable[..., None]) -> Callable[..., None]:
    """The arguments that every kind of proposal takes."""
    for option in (
        AS_JSON,
        ACTOR,
        click.option(
            "--file",
            "document_path",
            type=_FILE,
            metavar="PATH",
            help="决定文书（PDF、JPEG 或 PNG，不超过 10 MB）；加密保存，摘要记入决定。",
        ),
        click.option(
            "--ground", required=True, metavar="TEXT", help="理由；会向查验方公开，不写姓名和证件号码。"
        ),
        click.option(
            "--decided-on",
            required=True,
            type=click.DateTime(["%Y-%m-%d"]),
            metavar="DATE",
            help="决定日期，如 2024-06-03。",
        ),
        click.option("--document", required=True, metavar="NO", help="决定文号；会向查验方公开。"),
        click.argument("number"),
    ):
        command = option(command)
    return command


@propose.command("revoke")
@_proposing
def propose_revoke(**given: Any) -> None:
    """撤销职称（个人申报材料造假）：仅由省厅决定，确认后记入诚信档案三年。"""
    _propose(DecisionKind.REVOKE, **given)


@propose.command("write-off")
@_proposing
def propose_write_off(**given: Any) -> None:
    """核销援外激励取得的职称（因个人原因终止援助服务）：仅由省厅决定，不记入诚信档案。"""
    _propose(DecisionKind.WRITE_OFF, **given)


@propose.command("void")
@_proposing
def propose_void(**given: Any) -> None:
    """宣布无效（未按规定程序申报、评审）：自取得之日（可设为决定之日）起无效，由省厅确认，不记入诚信档案。"""
    _propose(DecisionKind.VOID, **given)


@propose.command("suspend")
@_proposing
def propose_suspend(**given: Any) -> None:
    """标记为核查中：核查期间证书暂停使用；默认不启用（CERTSVC_SUSPENSION）。"""
    _propose(DecisionKind.SUSPEND, **given)


@propose.command("reinstate")
@_proposing
def propose_reinstate(**given: Any) -> None:
    """恢复核查中、已撤销、已核销或无效的证书；恢复已撤销的证书时，诚信档案记录一并撤回。"""
    _propose(DecisionKind.REINSTATE, **given)


@propose.command("correct")
@_proposing
@click.option(
    "--set",
    "settings",
    multiple=True,
    required=True,
    metavar="FIELD=VALUE",
    help=f"要更正的内容，可多次给出：{fields_in_words()}。",
)
def propose_correct(settings: tuple[str, ...], **given: Any) -> None:
    """更正证书：编号不变，版本加一，旧版本标为已换发。"""
    changes: dict[str, str] = {}
    for one in settings:
        field, equals, value = one.partition("=")
        if not equals or field in changes:
            raise click.UsageError("--set 请写成 FIELD=VALUE，每个 FIELD 只写一次。")
        changes[field] = value
    _propose(DecisionKind.CORRECT, **given, changes=changes)


@decision.command("confirm")
@click.argument("decision_id", metavar="ID")
@ACTOR
@AS_JSON
def decision_confirm(decision_id: str, actor: str, *, as_json: bool) -> None:
    """确认决定：立即生效并记入公开账本。中断后再次运行即可继续。确认人不能是提出人。"""
    office = opened_office()
    _show(office, office.confirm_decision(decision_id, actor), as_json=as_json)


@decision.command("withdraw")
@click.argument("decision_id", metavar="ID")
@ACTOR
@AS_JSON
def decision_withdraw(decision_id: str, actor: str, *, as_json: bool) -> None:
    """撤回尚未确认的决定。"""
    office = opened_office()
    _show(office, office.deciding.withdraw(decision_id, actor), as_json=as_json)


@decision.command("show")
@click.argument("decision_id", metavar="ID")
@AS_JSON
def decision_show(decision_id: str, *, as_json: bool) -> None:
    """查看一项决定，连同送达情况。"""
    office = opened_office()
    _show(office, office.deciding.find(decision_id), as_json=as_json)


@decision.command("serve")
@click.argument("decision_id", metavar="ID")
@click.option(
    "--on",
    "served_on",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="送达日期，如 2024-06-05。",
)
@click.option("--method", required=True, type=click.Choice(_METHODS), help="送达方式。")
@click.option("--file", "proof_path", type=_FILE, metavar="PROOF", help="送达凭证（PDF、JPEG 或 PNG）。")
@ACTOR
@AS_JSON
def decision_serve(
    decision_id: str,
    served_on: datetime,
    method: str,
    proof_path: Path | None,
    actor: str,
    *,
    as_json: bool,
) -> None:
    """登记决定的送达；可登记多次，登记后不能更改。决定的效力不以送达为条件。"""
    office = opened_office()
    documents = office.decision_documents
    proof = None if proof_path is None else documents.upload(proof_path.read_bytes(), actor)
    documents.serve(decision_id, served_on.date(), method_named(method), actor, proof)
    _show(office, office.deciding.find(decision_id), as_json=as_json)


@decision.command("document")
@click.argument("decision_id", metavar="ID")
@click.option("--service", type=click.IntRange(min=1), metavar="N", help="改为取出第 N 次送达的凭证。")
@click.option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="写入的文件。")
def decision_document(decision_id: str, service: int | None, output: Path) -> None:
    """取出上传的决定文书或送达凭证；查看会被记录。"""
    documents = opened_office().decision_documents
    if service is None:
        found = documents.document_of(decision_id, OPERATOR, "cli")
    else:
        found = documents.proof_of(decision_id, service, OPERATOR, "cli")
    with writing_to(output):
        output.write_bytes(found.content)
    click.echo(f"已写入 {output}（{found.media_type.value}，{len(found.content)} 字节）。")


@decision.command("list")
@click.option("--number", metavar="NUMBER", help="只列出一个证书的决定。")
@click.option(
    "--status", type=click.Choice([one.value for one in DecisionStatus]), help="只列出这种状态的决定。"
)
@click.option("--unserved", is_flag=True, help="只列出已生效而没有送达记录的决定。")
@AS_JSON
def decision_list(number: str | None, status: str | None, *, unserved: bool, as_json: bool) -> None:
    """列出决定，最近提出的在前。"""
    wanted = None if status is None else DecisionStatus(status)
    office = opened_office()
    found = office.decisions.listed(number=number, status=wanted, unserved=unserved)
    if as_json:
        services = office.decision_documents.services
        answer = {"decisions": [decision_object(one, services(one.id)) for one in found]}
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for one in found:
        click.echo(_line(one))


def _propose(
    kind: DecisionKind,
    number: str,
    document: str,
    decided_on: datetime,
    ground: str,
    actor: str,
    *,
    as_json: bool,
    document_path: Path | None = None,
    changes: dict[str, str] | None = None,
) -> None:
    office = opened_office()
    digest = None
    if document_path is not None:
        digest = office.decision_documents.upload(document_path.read_bytes(), actor)
    day = decided_on.date()
    proposed = office.deciding.propose(kind, number, document, day, ground, actor, changes, digest)
    if as_json:
        click.echo(json.dumps({"decision": proposed}))
    else:
        click.echo(
            f"{kind.label}决定 {proposed} 已提出。请由{KINDS[kind].confirms}运行 "
            f"certsvc decision confirm {proposed} --actor 账号 确认。"
        )


def _show(office: Office, stored: StoredDecision, *, as_json: bool) -> None:
    services = office.decision_documents.services(stored.id)
    if as_json:
        click.echo(json.dumps(decision_object(stored, services), ensure_ascii=False))
        return
    click.echo(_line(stored))
    click.echo(f"  理由：{stored.proposal.ground}")
    for field, value in stored.proposal.changes.items():
        click.echo(f"  更正：{field} = {value}")
    if stored.proposal.document_sha256 is not None:
        click.echo(f"  决定文书：已上传（SHA-256 {stored.proposal.document_sha256}）")
    for one in services:
        click.echo(f"  送达：{one.served_on.isoformat()}　{one.method.label}　{one.actor} 登记")


def _line(stored: StoredDecision) -> str:
    proposal = stored.proposal
    people = stored.maker if stored.checker is None else f"{stored.maker}、{stored.checker}"
    return (
        f"{stored.id}\t{_STATUS_WORDS[stored.status]}\t{proposal.kind.label}\t{proposal.number}\t"
        f"{proposal.document_ref}\t{proposal.decided_on.isoformat()}\t{people}"
    )
