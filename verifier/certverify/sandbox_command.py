"""`certverify sandbox`: which walls this machine puts around a file that is looked into (docs/formats/document.md)."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import datetime
from typing import Any

from certverify.confinement import Layer
from certverify.errors import NotExaminedError, SandboxBusyError
from certverify.options import write, write_json

_WORDS = {
    Layer.CALLS: "系统调用过滤 filter of system calls (seccomp)",
    Layer.FILES: "文件访问规则 rules for files (Landlock)",
    Layer.NETWORK: "独立网络空间 network namespace without a way out",
    Layer.NO_CAPABILITIES: "无特权能力 no capabilities",
    Layer.NO_NEW_RIGHTS: "不得获取新权限 no rights to gain",
    Layer.HIDDEN: "调用进程的内存不可读 memory of the asking process hidden",
}
_MISSING = (
    "缺少任一关键隔离时，不要在这台机器上检查来历不明的文件。"
    "Without the filter or the rules for files, do not examine files of unknown origin on this machine."
)
_NO_SANDBOX = (
    "本机没有隔离检查：请在本项目的目录中执行（Linux）。No sandbox here; in the folder of this project (Linux): "
    "pip install './verifier[upload]'"
)
_ENDING = "退出码 Exit codes: 0 有系统调用过滤和文件规则 filter and rules hold, 2 其他 anything else."


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command's arguments."""
    purpose = "查看本机隔离检查的防护层。Which walls of the sandbox hold on this machine."
    command = commands.add_parser("sandbox", help=purpose, description=purpose, epilog=_ENDING)
    command.add_argument(
        "--json", action="store_true", help="仅输出一个 JSON 对象。Print one JSON object alone."
    )
    command.set_defaults(run=_run)


def _run(asked: argparse.Namespace, _clock: Callable[[], datetime]) -> int:
    held = _held()
    walls: dict[str, Any] | None = None if held is None else {layer.value: layer in held for layer in Layer}
    if asked.json:
        write_json({"sandbox": walls})
    elif held is None:
        write(f"{_NO_SANDBOX}\n")
    else:
        lines = [f"{'✓' if layer in held else '✗'} {words}" for layer, words in _WORDS.items()]
        write("\n".join([*lines, *([] if _suffices(held) else [_MISSING]), ""]))
    return 0 if held is not None and _suffices(held) else 2


def _held() -> frozenset[Layer] | None:
    from certverify.pdf_sandbox import shared_sandbox

    sandbox = shared_sandbox()
    try:
        return None if sandbox is None else sandbox.layers()
    except (NotExaminedError, SandboxBusyError):
        return None


def _suffices(held: frozenset[Layer]) -> bool:
    return {Layer.CALLS, Layer.FILES} <= held
