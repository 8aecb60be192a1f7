"""What many commands share: options with one wording, and the office that a command works on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
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


class UnusablePath(click.ClickException):
    """A path on the command line that cannot be used; ends with exit code 2, as other unusable input does."""

    exit_code = 2


@contextmanager
def writing_to(path: Path) -> Iterator[None]:
    """What a command writes to a path that it was given: a disk's refusal is told in a sentence."""
    try:
        yield
    except OSError as error:
        raise UnusablePath(
            f"不能写入 {path}：{error.strerror or '磁盘不可用'}。请换一个位置后重试。"
        ) from error


def opened_office() -> Office:
    """The office of the settings in force; opened when the command runs, for it loads most of the service."""
    from certsvc.bootstrap import open_office

    return open_office(load_settings())
