"""The one file that says which key is in force (`rotation.json` in the folder of keys), and a watch over it.

The file changes by one rename, so a rotation killed at any point has either happened or not; what is left to do
(putting away the private part of a retired key) is done again at the next call.
"""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

from certsvc.adapters.whole_file import replace_file
from certsvc.domain.key_plan import KEYS_SINCE, KeyKind, KeyPlan, KeyState, PlannedKey
from certsvc.errors import ConfigurationError

FILE = "rotation.json"
FORMAT = "certsvc-rotation/1"
RETIRED_SUFFIX = ".retired"
_FIRST_FILES = {KeyKind.RECORD: "record.pem", KeyKind.LOG: "log.pem"}


def read_key_plan(folder: Path) -> KeyPlan:
    """The plan of a folder of keys; before the first rotation, the two keys that the ceremony made.

    Raises ConfigurationError for a file that is not of this format, and for missing keys.
    """
    try:
        raw_plan = (folder / FILE).read_bytes()
    except FileNotFoundError:
        return KeyPlan(*((_first_key(folder, kind),) for kind in KeyKind))
    try:
        fields = json.loads(raw_plan)
        if fields["format"] != FORMAT:
            raise ValueError("another format")
        plan = KeyPlan(*(tuple(map(_key, fields[kind.value])) for kind in KeyKind))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(
            f"密钥文件夹中的 {FILE} 无法读取。请从密钥的备份恢复该文件，不要手工修改。"
        ) from error
    for kind in KeyKind:
        if [key.state for key in plan.of(kind)].count(KeyState.IN_FORCE) != 1 or (
            plan.in_force(kind).state is not KeyState.IN_FORCE
        ):
            raise ConfigurationError(
                f"密钥文件夹中的 {FILE} 没有写明唯一的在用密钥。请从密钥的备份恢复该文件。"
            )
    return plan


def write_key_plan(folder: Path, plan: KeyPlan) -> None:
    """Put the plan in force, durably and at once."""
    fields = {"format": FORMAT, **{kind.value: [_fields(key) for key in plan.of(kind)] for kind in KeyKind}}
    replace_file(folder / FILE, json.dumps(fields, indent=1).encode() + b"\n")


class KeyWatch:
    """Whether keys that a process has in memory may still sign: looked up at every signature, read anew when it changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: tuple[tuple[int, int, int] | None, KeyPlan] | None = None

    @property
    def plan(self) -> KeyPlan:
        """The plan as it is now. Raises ConfigurationError."""
        stamp = self._stamp()
        if self._seen is None or self._seen[0] != stamp:
            self._seen = (stamp, read_key_plan(self._folder))
        return self._seen[1]

    def require_signing(self, kind: KeyKind, public_key: bytes) -> None:
        """Return when the key is one that signs. Raises ConfigurationError for one that was replaced meanwhile."""
        state = self.plan.state_of(kind, public_key)
        allowed = (KeyState.IN_FORCE,) if kind is KeyKind.RECORD else (KeyState.IN_FORCE, KeyState.RETIRING)
        if state not in allowed:
            raise ConfigurationError(
                "本进程使用的签名密钥已更换或停用，已停止签发。请重新启动本服务，启动后使用新密钥。"
            )

    def require_same(self, kind: KeyKind, public_key: bytes) -> None:
        """Return when the key is the one in force. Raises ConfigurationError otherwise."""
        if self.plan.in_force(kind).public_key != public_key:
            raise ConfigurationError("签名密钥已更换，本进程仍在使用旧密钥，已停止公开。请重新启动本服务。")

    def _stamp(self) -> tuple[int, int, int] | None:
        """A rename gives a new inode."""
        try:
            state = os.stat(self._folder / FILE)
        except FileNotFoundError:
            return None
        return state.st_ino, state.st_mtime_ns, state.st_size


def _first_key(folder: Path, kind: KeyKind) -> PlannedKey:
    from certsvc.adapters.file_keys import read_ed25519

    key = read_ed25519(folder / _FIRST_FILES[kind]).public_key().public_bytes_raw()
    return PlannedKey(_FIRST_FILES[kind], key, KEYS_SINCE, None, KeyState.IN_FORCE)


def _key(fields: dict[str, Any]) -> PlannedKey:
    return PlannedKey(
        file=str(fields["file"]),
        public_key=bytes.fromhex(fields["public_key"]),
        valid_from=date.fromisoformat(fields["valid_from"]),
        valid_to=_day(fields["valid_to"]),
        state=KeyState(fields["state"]),
        switched_on=_day(fields["switched_on"]),
    )


def _fields(key: PlannedKey) -> dict[str, str | None]:
    return {
        "file": key.file,
        "public_key": key.public_key.hex(),
        "valid_from": key.valid_from.isoformat(),
        "valid_to": None if key.valid_to is None else key.valid_to.isoformat(),
        "state": key.state.value,
        "switched_on": None if key.switched_on is None else key.switched_on.isoformat(),
    }


def _day(digits: str | None) -> date | None:
    return None if digits is None else date.fromisoformat(digits)
