"""Copying a public folder so that the copy can be used at every moment: what may change comes last, the checkpoint at the end."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from certsvc.errors import ConflictError

CHANGING = ("vkey", "policy", "tables.json", "trust-list.json", "trust.note", "checkpoint")
"""The files that are replaced in a public folder, in the order in which they may appear."""


def export_folder(source: Path, target: Path, changing: Mapping[str, bytes], *, same_log: bool) -> int:
    """Copy a public folder; how many files. `changing`: the content of its changing files, of one moment.

    Without `same_log` (nothing proves that what stands in the target belongs to this log) every file of a log that is there
    must be one of the source. Raises ConflictError before anything is written; OSError of either disk.
    """
    fixed = [path.relative_to(source).as_posix() for path in _files(source)]
    fixed = [path for path in fixed if path not in CHANGING]
    _require_no_other(source, target, fixed, same_log=same_log)
    count = 0
    for path in fixed:
        with suppress(FileNotFoundError):  # pruned meanwhile: superseded long ago
            content = (source / path).read_bytes()
            put_file(target / path, content)
            count += 1
    os.sync()  # once for all of them, before anything promises that they are there
    for path in CHANGING:
        if path in changing:
            put_file(target / path, changing[path])
            count += 1
    return count


def put_file(target: Path, content: bytes) -> None:
    """Let a file have that content, whole under its name or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{secrets.token_hex(8)}.new")
    try:
        with temporary.open("xb") as file:
            file.write(content)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _require_no_other(source: Path, target: Path, fixed: list[str], *, same_log: bool) -> None:
    known = set(fixed)
    for found in _files(target):
        path = found.relative_to(target).as_posix()
        if path in known:
            same = found.read_bytes() == (source / path).read_bytes()
        else:
            same = same_log or not path.startswith(("tile/", "status/")) or found.name.endswith(".new")
        if not same:
            raise ConflictError(f"文件夹 {target} 中有另一账本的文件（{path}），没有写入。请换一个新文件夹。")


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())
