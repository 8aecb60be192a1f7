"""`certsvc certificate metadata`: a certificate as an e-licence 电子证照, in GB/T 36903 names."""

from __future__ import annotations

import json

import click

from certsvc.domain.caller import OPERATOR
from certsvc.entrypoints.cli.options import AS_JSON, opened_office
from certsvc.entrypoints.e_licence_objects import e_licence_object
from certsvc.formats.e_licence import FIELDS


@click.command("metadata")
@click.argument("number")
@AS_JSON
def certificate_metadata(number: str, *, as_json: bool) -> None:
    """显示一份证书最新版本的电子证照元数据（GB/T 36903）和当前状态。

    内容有持证人的完整姓名和证件号码；查看记入查看日志。
    """
    answer = opened_office().e_licences.of_number(number, OPERATOR)
    shown = e_licence_object(answer)
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    for key, label in FIELDS.items():
        click.echo(f"{key}\t{label}\t{answer.fields[key] or '（无）'}")
    click.echo(f"当前状态：{shown['status_label']}")
