"""`certsvc mapping`: correspondence lists, and statements of what a professional qualification corresponds to."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from certsvc.domain.permission import Action
from certsvc.entrypoints.cli.options import AS_JSON, opened_office

if TYPE_CHECKING:
    pass


@click.group()
def mapping() -> None:
    """对应职称（职业资格与职称双贯通）：不是评审职称，不发证书，每次查询重新核对。"""


@mapping.command("load-list")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@AS_JSON
def load_list(file: Path, *, as_json: bool) -> None:
    """载入职业资格与职称对应目录（JSON，格式见 docs/mapping.md），此后的说明和查询以它为准。示例目录只能用于测试环境。"""
    loaded = opened_office().mapping.load_list(file.read_bytes())
    if as_json:
        answer = {"document": loaded.document, "example": loaded.example, "entries": len(loaded.entries)}
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        kind = "示例目录" if loaded.example else "对应目录"
        click.echo(f"{kind}已载入：{loaded.document}，{len(loaded.entries)} 行。")


@mapping.command("make")
@click.option("--person", required=True, metavar="NAME", prompt="姓名", help="持证人姓名；不给出时询问。")
@click.option(
    "--id-number", required=True, metavar="NUMBER", prompt="身份证号码", help="身份证号码；不给出时询问。"
)
@click.option("--qualification", required=True, metavar="NAME", help="职业资格名称，与对应目录一致。")
@click.option("--level", metavar="WORD", help="职业资格的级别；不分级的不填。")
@click.option("--reference", "certificate_ref", required=True, metavar="NO", help="职业资格证书编号。")
@click.option(
    "--obtained",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="职业资格取得日期，如 2021-10-31。",
)
@click.option("--actor", required=True, metavar="NAME", help="办理人的账号（须已登记）。")
@AS_JSON
def make(
    person: str,
    id_number: str,
    qualification: str,
    level: str | None,
    certificate_ref: str,
    obtained: datetime,
    actor: str,
    *,
    as_json: bool,
) -> None:
    """出具对应职称说明，得到 M 开头的查询编号。同一人的同一证书只有一份说明。"""
    from certsvc.domain.mapping import WORDING, Qualification

    office = opened_office()
    caller = office.permits.official(actor, Action.MAPPING_MAKE, "mapping")
    asked = Qualification(qualification, level, certificate_ref, obtained.date())
    statement = office.mapping.make(person, id_number, asked, caller)
    if as_json:
        click.echo(json.dumps({"reference": statement.reference, "kind": WORDING}, ensure_ascii=False))
    else:
        click.echo(f"{WORDING}说明已出具，查询编号 {statement.reference}。这不是职称评审证书。")


@mapping.command("check")
@click.argument("reference", metavar="REFERENCE")
@click.option("--person", required=True, metavar="NAME", prompt="姓名", help="持证人姓名；不给出时询问。")
@click.option(
    "--id-last4", required=True, metavar="LAST4", prompt="证件号码后四位", help="后四位；不给出时询问。"
)
def check(reference: str, person: str, id_last4: str) -> None:
    """查询一份对应职称说明今天是否成立，打印与公开接口相同的 JSON 对象。"""
    from certsvc.entrypoints.mapping_objects import mapping_object
    from certsvc.stages.verify import HolderClaim

    found = opened_office().mapping_answers.check(HolderClaim(reference, person, id_last4))
    click.echo(json.dumps(mapping_object(found), ensure_ascii=False))
