"""What many commands share: options with one wording, and the office that a command works on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from certsvc.settings import load_settings

if TYPE_CHECKING:
    from certsvc.bootstrap import Office

AS_JSON = click.option("--json", "as_json", is_flag=True, help="只在标准输出打印一个 JSON 对象。")
ACTOR = click.option("--actor", required=True, metavar="NAME", help="办理人的账号（须已登记）。")
DECIDED_ON = click.option(
    "--decided-on",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="决定日期，如 2024-06-03。",
)


def opened_office() -> Office:
    """The office of the settings in force; opened when the command runs, for it loads most of the service."""
    from certsvc.bootstrap import open_office

    return open_office(load_settings())
