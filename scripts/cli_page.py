"""The generated page of the command line: what every command of both tools says of itself."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from typing import Any

import click
from certverify.cli import _parser as build_parser

from certsvc.entrypoints.cli.commands import certsvc as service_commands

os.environ["COLUMNS"] = "100"  # argparse wraps its help to the terminal
_CONTEXT: dict[str, Any] = {
    "max_content_width": 100,
    "terminal_width": 100,
    "help_option_names": ["-h", "--help"],  # as every command inherits them from `certsvc`
}


def cli_page(note: str) -> str:
    """The help of every command of both programs, and the contract scripts rely on."""
    lines = ["# Command line", "", note, *_CONTRACT, "", "## certsvc", ""]
    for path, command in _commands("certsvc", service_commands):
        context = click.Context(command, info_name=path, **_CONTEXT)
        lines += [f"### `{path}`", "", "```text", command.get_help(context), "```", ""]
    lines += ["## certverify", ""]
    for title, text in _parser_helps():
        lines += [f"### `{title}`", "", "```text", text.rstrip(), "```", ""]
    return "\n".join(lines)


def _commands(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from _commands(f"{path} {name}", command.commands[name])


def _parser_helps() -> Iterator[tuple[str, str]]:
    parser = build_parser()
    yield "certverify", parser.format_help()
    for action in parser._actions:  # argparse offers no public list of its subcommands
        if isinstance(action, argparse._SubParsersAction):
            for name, sub in action.choices.items():
                yield f"certverify {name}", sub.format_help()


_CONTRACT = [
    "Two programs: `certsvc` (the service) and `certverify` (anybody). Names, options, exit codes and JSON objects on this page are a contract: scripts may rely on them. With `--json`, standard output holds",
    "one JSON object and nothing else; messages and logs go to standard error.",
    "",
    "| command | exit codes |",
    "|---|---|",
    "| `certsvc filing submit` | 0 without error or hold, 1 with, 2 unreadable, 3 no office or no registry |",
    "| `certsvc filing reexamine` | 0 the same answer as then, 1 another one |",
    "| `certsvc history import` | 0 imported, 1 an error kept the whole file out, 2 unreadable, 3 could not be done |",
    "| `certsvc audit verify` | 0 the chain is whole, 1 it is not |",
    "| every other `certsvc` command | 0 done, 2 wrong usage, 3 could not be done (the message says why), 4 another key has taken over from one in memory: start it again |",
    "| `certverify qr`, `pdf`, `bundle`, `past` | 0 passed, 1 failed, 2 cannot tell |",
    "| `certverify check` | 0 every code passed, 1 one failed, 2 one cannot be told and none failed |",
    "| `certverify batch` | 0 every row passed, 1 any failed, 2 none failed and one cannot be told (also for a list that cannot be read) |",
    "| `certverify sync` | 0 the folder holds what the address shows, 1 the log misbehaved (evidence kept), 2 refused or not finished: the folder is as it was |",
    "| `certverify explain` | 0 explained, 2 no such code or file |",
    "| `certverify sandbox` | 0 filter of system calls and rules for files hold, 2 anything else |",
    "",
    "`filing submit --json` prints",
    "",
    "```json",
    '{"filing": "F…", "status": "examined", "rows": {"total": 60, "admitted": 60, "held": 0, "refused": 0},',
    ' "findings": [{"row": 3, "column": "性别", "code": "…", "severity": "error", "case": 12, "clause": "…", "message": "…"}]}',
    "```",
    "",
    "`row` is the 序号 (null: the batch header or the file), `severity` one of error, hold, warning, info; `status` one of refused, examined, approved, issued, unreadable;",
    "`case` the number in the catalogue of bad inputs, or null. The keys are the same for a file that cannot be read (also a missing one or a folder; exit 2):",
    "",
    "```json",
    '{"filing": null, "status": "unreadable", "rows": {"total": 0, "admitted": 0, "held": 0, "refused": 0},',
    ' "findings": [{"row": null, "column": null, "code": "file-empty", "severity": "error", "case": 88, "clause": "…", "message": "…"}]}',
    "```",
    "",
    "Where the office is not initialised or no registry is loaded, nothing can be judged: exit 3, a sentence on standard error, and nothing on standard output.",
]
