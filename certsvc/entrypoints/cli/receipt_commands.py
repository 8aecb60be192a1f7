"""`certsvc filing receipt` and `certsvc filing receipts`: the filing chain, recorded by those who receive."""

from __future__ import annotations

import json
from datetime import datetime

import click

from certsvc.domain.receipts import ReceiptStep
from certsvc.domain.regions import REGIONS
from certsvc.domain.registry import FilingLevel
from certsvc.entrypoints.answers import receipt_object
from certsvc.settings import load_settings


@click.command()
@click.argument("filing_id", metavar="ID")
@click.option(
    "--level", type=click.Choice([level.value for level in FilingLevel]), required=True, help="受理的层级。"
)
@click.option("--receipt", "receipt_ref", required=True, metavar="NO", help="回执号，与批次信息所填一致。")
@click.option(
    "--received-on",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    metavar="DATE",
    help="受理日期（年-月-日），与批次信息所填一致。",
)
@click.option("--opinion", required=True, metavar="TEXT", help="受理意见。")
@click.option("--actor", required=True, metavar="NAME", help="受理部门办理人的账号（须已登记）。")
@click.option("--json", "as_json", is_flag=True, help="只在标准输出打印一个 JSON 对象。")
def receipt(
    filing_id: str,
    level: str,
    receipt_ref: str,
    received_on: datetime,
    opinion: str,
    actor: str,
    *,
    as_json: bool,
) -> None:
    """登记一级备案的回执（谁受理、谁负责、谁签字）。只能由受理部门的人员逐级登记，登记后不能更改。"""
    from certsvc.bootstrap import open_office

    recorded = open_office(load_settings()).receipts.record(
        filing_id, FilingLevel(level), receipt_ref, received_on.date(), opinion, actor
    )
    if as_json:
        click.echo(json.dumps(receipt_object(recorded), ensure_ascii=False))
    else:
        click.echo(f"备案 {filing_id}：已登记{level}回执 {receipt_ref}。")


@click.command()
@click.argument("filing_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="只在标准输出打印一个 JSON 对象。")
def receipts(filing_id: str, *, as_json: bool) -> None:
    """查看一个备案的逐级回执：部门、人员、日期、意见，以及尚未登记的层级。"""
    from certsvc.bootstrap import open_office

    office = open_office(load_settings())
    missing = office.receipts.missing(filing_id)
    recorded = office.receipts.receipts.recorded(filing_id)
    if as_json:
        answer = {
            "filing": filing_id,
            "receipts": [receipt_object(one) for one in recorded],
            "missing": [{"level": one.level.value, "office": one.office} for one in missing],
        }
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for one in recorded:
        click.echo(
            f"{one.level.value}\t{REGIONS[one.office].name}\t{one.receipt_ref}\t{one.received_on}\t{one.actor}\t{one.opinion}"
        )
    for step in missing:
        click.echo(f"{step.level.value}\t{_office_word(step)}\t尚未登记")


def _office_word(step: ReceiptStep) -> str:
    return "登记簿未写明" if step.office is None else REGIONS[step.office].name
