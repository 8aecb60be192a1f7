"""`certsvc sample` and `certsvc attestation`: sampling that can be drawn again, supervision of meetings."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from certsvc.domain.caller import OPERATOR
from certsvc.domain.sampling import Outcome, Subject, check, read_ratio
from certsvc.entrypoints.cli.options import ACTOR, AS_JSON, opened_office

if TYPE_CHECKING:
    from certsvc.domain.sampling import Sample

EXIT_DIFFERS = 1


@click.group()
def sample() -> None:
    """抽查：可以重新抽取核对的随机抽样，及抽查结果的登记。"""


@sample.command("draw")
@click.option(
    "--of", "subject", type=click.Choice([one.value for one in Subject]), required=True, help="抽查什么。"
)
@click.option("--ratio", required=True, metavar="PERCENT", help="抽查比例，如 30%；不足一个的按一个计。")
@click.option("--document", required=True, metavar="NO", help="抽查的文号；一个文号只抽一次。")
@click.option("--region", metavar="CODE", help="只在一个市（州）内抽查，六位区划代码。")
@click.option("--year", type=int, help="只抽这一评审年度的批次。")
@click.option("--seed", metavar="TEXT", help="公开抽取的种子；不给出时随机产生，并在抽取前登记。")
@click.option("--cross", is_flag=True, help="各市（州）交叉抽检：任何市（州）都不抽检自己。")
@click.option(
    "--list",
    "list_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="三级岗位考核的名单：每行一个考核编号，不写姓名和证件号码。",
)
@ACTOR
@AS_JSON
def sample_draw(
    subject: str,
    ratio: str,
    document: str,
    region: str | None,
    year: int | None,
    seed: str | None,
    list_file: Path | None,
    actor: str,
    *,
    cross: bool,
    as_json: bool,
) -> None:
    """抽取：先登记范围和种子，再按种子抽取。同一文号再次运行得到同一结果。三级岗位考核的比例不低于30%。"""
    from certsvc.stages.sampling import SampleOrder

    order = SampleOrder(
        subject=Subject(subject),
        ratio_percent=read_ratio(ratio),
        document_ref=document,
        region=region,
        seed=seed,
        year=year,
        crossed=cross,
        raw_list=None if list_file is None else list_file.read_bytes(),
    )
    _show(opened_office().information.sampling.draw(order, actor), as_json=as_json)


@sample.command("show")
@click.argument("sample_id", metavar="ID")
@click.option("--check", "checked", is_flag=True, help="按登记的范围和种子重新抽取，与登记的结果核对。")
@AS_JSON
@click.pass_context
def sample_show(context: click.Context, sample_id: str, *, checked: bool, as_json: bool) -> None:
    """查看一次抽查。退出码：0；加 --check 时结果不一致为 1。"""
    found = opened_office().information.sampling.find(sample_id, OPERATOR)
    faults = check(found) if checked else None
    _show(found, faults, as_json=as_json)
    context.exit(EXIT_DIFFERS if faults else 0)


@sample.command("record")
@click.argument("sample_id", metavar="ID")
@click.argument("item")
@click.option(
    "--outcome", type=click.Choice([one.value for one in Outcome]), required=True, help="合格或有问题。"
)
@click.option("--note", required=True, metavar="TEXT", help="抽查情况；不写姓名和证件号码。")
@click.option("--document", metavar="NO", help="通报文号。")
@ACTOR
@AS_JSON
def sample_record(
    sample_id: str, item: str, outcome: str, note: str, document: str | None, actor: str, *, as_json: bool
) -> None:
    """登记一个抽查对象的结果，由抽检单位登记一次，登记后不能更改。"""
    sampling = opened_office().information.sampling
    _show(sampling.record(sample_id, item, Outcome(outcome), note, document, actor), as_json=as_json)


@sample.command("list")
@click.option("--item", metavar="CODE", help="只列抽到这一对象（如评委会代码）的抽查，供年度授权参考。")
@AS_JSON
def sample_list(item: str | None, *, as_json: bool) -> None:
    """列出抽查，最近的在前。"""
    from certsvc.entrypoints.report_answers import sample_object

    found = opened_office().information.sampling.listed(item, OPERATOR)
    if as_json:
        _print_json({"samples": [sample_object(one) for one in found]})
        return
    for one in found:
        results = [entry.finding for entry in one.items if item in (None, entry.item)]
        bad = sum(result is not None and result.outcome is Outcome.PROBLEM for result in results)
        waiting = sum(result is None for result in results)
        click.echo(
            f"{one.id}\t{one.subject.label}\t{one.document_ref}\t抽{len(one.items)}个\t有问题{bad}个\t待查{waiting}个"
        )


@click.group()
def attestation() -> None:
    """纪检监察部门对评审例会的到会监督。"""


@attestation.command("record")
@click.argument("approval_ref", metavar="APPROVAL-REF")
@click.option("--by-office", required=True, metavar="TEXT", help="到会监督的纪检监察部门。")
@click.option(
    "--on", "on", type=click.DateTime(["%Y-%m-%d"]), required=True, metavar="DATE", help="监督日期。"
)
@ACTOR
@AS_JSON
def attestation_record(approval_ref: str, by_office: str, on: datetime, actor: str, *, as_json: bool) -> None:
    """登记一次例会（按例会批复文号）的到会监督；登记后不能更改。"""
    from certsvc.entrypoints.report_answers import attestation_object

    recorded = opened_office().information.sampling.attest(approval_ref, by_office, on.date(), actor)
    if as_json:
        _print_json(attestation_object(recorded))
    else:
        click.echo(
            f"例会 {recorded.approval_ref}：已登记{recorded.by_office}于{recorded.attested_on}到会监督。"
        )


@attestation.command("list")
@click.option("--committee", metavar="CODE", help="只列一个评委会的例会。")
@AS_JSON
def attestation_list(committee: str | None, *, as_json: bool) -> None:
    """列出已登记的到会监督。"""
    from certsvc.entrypoints.report_answers import attestation_object

    found = opened_office().information.sampling.attested(committee, OPERATOR)
    if as_json:
        _print_json({"attestations": [attestation_object(one) for one in found]})
        return
    for one in found:
        click.echo(
            f"{one.approval_ref}\t{one.committee_code}\t{one.by_office}\t{one.attested_on}\t{one.actor}"
        )


def _show(found: Sample, faults: tuple[str, ...] | None = None, *, as_json: bool) -> None:
    from certsvc.entrypoints.cli.report_printing import print_sample
    from certsvc.entrypoints.report_answers import sample_object

    if not as_json:
        print_sample(found, faults)
        return
    answer = sample_object(found)
    if faults is not None:
        answer["faults"] = list(faults)
    _print_json(answer)


def _print_json(answer: dict[str, object]) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False))
