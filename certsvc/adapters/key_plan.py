"""The one file that says which key is in force (`rotation.json` in the folder of keys), and a watch over it.

The file changes by one rename, so a rotation killed at any point has either happened or not; what is left to do
(putting away the private part of a retired key) is done again at the next call.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from certverify.trust import decode_trust_list

from certsvc.adapters.document_certificates import DOCUMENT_FILE, decode_certificate_key, read_chain
from certsvc.adapters.ed25519_pem import read_ed25519
from certsvc.adapters.key_names import encode_public_key
from certsvc.adapters.trust_archive import FOLDER as LISTS
from certsvc.adapters.trust_archive import FolderTrustArchive
from certsvc.adapters.whole_file import replace_file
from certsvc.domain.key_plan import KEYS_SINCE, KeyKind, KeyPlan, KeyState, PlannedKey
from certsvc.errors import ConfigurationError, KeysChangedError

FILE = "rotation.json"
FORMAT = "certsvc-rotation/1"
RETIRED_SUFFIX = ".retired"
_FIRST_FILES = {KeyKind.RECORD: "record.pem", KeyKind.LOG: "log.pem"}


def read_key_plan(folder: Path) -> KeyPlan:
    """The plan of a folder of keys; where there never was one, the keys that the ceremony made.

    Raises ConfigurationError for a file that is not of this format, for missing keys, and for a plan that is missing
    where there must have been one: without it an old key would come back.
    """
    try:
        raw_plan = (folder / FILE).read_bytes()
    except FileNotFoundError:
        if _traces(folder, with_lists=True):
            raise ConfigurationError(
                f"密钥文件夹中缺少 {FILE}，无法判断哪把密钥在用，已停止。请从密钥的备份恢复该文件；"
                "从未更替过密钥的，运行 certsvc init。"
            ) from None
        return _first_plan(folder)
    try:
        fields = json.loads(raw_plan)
        if fields["format"] != FORMAT:
            raise ValueError("another format")
        # Plans of before document certificates took over from each other do not name the first one.
        documents = (
            tuple(map(_key, fields["document"])) if "document" in fields else (first_document_key(folder),)
        )
        plan = KeyPlan(tuple(map(_key, fields["record"])), tuple(map(_key, fields["log"])), documents)
        if not all(key.certificates for key in plan.document):
            raise ValueError("a document key without its certificate")
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


def write_missing_key_plan(folder: Path) -> None:
    """Write the plan of a folder that has none yet; from then on a missing one is a fault. Raises as `read_key_plan`."""
    if not (folder / FILE).exists():
        write_key_plan(folder, read_key_plan(folder))


def adopt_key_plan(folder: Path, first_keys: Mapping[KeyKind, bytes] | None = None) -> None:
    """As `write_missing_key_plan`, also where lists were signed before there were plans: the newest of them must name the
    first keys and no other. `first_keys`: record and log key (raw), where no files have them.
    """
    if (folder / FILE).exists() or _traces(folder, with_lists=False):
        write_missing_key_plan(folder)
        return
    newest = FolderTrustArchive(folder).newest()
    first = _first_plan(folder) if first_keys is None else _plan_of(folder, first_keys)
    if newest is not None:
        listed = decode_trust_list(newest.trust_list)
        named = {
            KeyKind.RECORD: {key.public_key.public_bytes_raw() for key in listed.record_keys.values()},
            KeyKind.LOG: {key.raw_key for key in listed.log_keys},
            KeyKind.DOCUMENT: {key.certificate for key in listed.document_keys},
        }
        if named != {kind: {first.in_force(kind).public} for kind in KeyKind}:
            write_missing_key_plan(folder)  # refuses, for there are signed lists
            return
    write_key_plan(folder, first)


def first_document_key(folder: Path) -> PlannedKey:
    """The document key as the ceremony made it, by the certificates in its file. Raises ConfigurationError."""
    chain = read_chain(folder / DOCUMENT_FILE)
    public_key = encode_public_key(decode_certificate_key(chain[0]))
    return PlannedKey(DOCUMENT_FILE, public_key, KEYS_SINCE, None, KeyState.IN_FORCE, certificates=chain)


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

    def require_signing(self, kind: KeyKind, public: bytes) -> PlannedKey:
        """The key, known by its `public`, when it is one that signs. Raises KeysChangedError when it was replaced meanwhile."""
        found = self.plan.find(kind, public)
        if found is None or not found.signs:
            raise KeysChangedError(
                "本进程使用的签名密钥已更换或停用，已停止签发。请重新启动本服务，启动后使用新密钥。"
            )
        return found

    def require_same(self, kind: KeyKind, public: tuple[bytes, ...]) -> None:
        """Return when these are the keys that sign, the one in force first. Raises KeysChangedError otherwise."""
        if public != tuple(key.public for key in self.plan.of(kind) if key.signs):
            raise KeysChangedError("签名密钥已更换，本进程仍在使用旧密钥，已停止公开。请重新启动本服务。")

    def _stamp(self) -> tuple[int, int, int] | None:
        """A rename gives a new inode."""
        try:
            state = os.stat(self._folder / FILE)
        except FileNotFoundError:
            return None
        return state.st_ino, state.st_mtime_ns, state.st_size


def _traces(folder: Path, *, with_lists: bool) -> bool:
    """Whether keys took over here, or (`with_lists`) lists were signed: both only ever happen beside a plan."""
    taken_over = (f"{kind}-*.pem" for kind in KeyKind)
    patterns = (*taken_over, f"*{RETIRED_SUFFIX}", *((LISTS,) if with_lists else ()))
    return any(True for pattern in patterns for _ in folder.glob(pattern))


def _first_plan(folder: Path) -> KeyPlan:
    return _plan_of(
        folder,
        {
            kind: read_ed25519(folder / file).public_key().public_bytes_raw()
            for kind, file in _FIRST_FILES.items()
        },
    )


def _plan_of(folder: Path, first_keys: Mapping[KeyKind, bytes]) -> KeyPlan:
    record, log = (
        PlannedKey(file, first_keys[kind], KEYS_SINCE, None, KeyState.IN_FORCE)
        for kind, file in _FIRST_FILES.items()
    )
    return KeyPlan((record,), (log,), (first_document_key(folder),))


def _key(fields: dict[str, Any]) -> PlannedKey:
    return PlannedKey(
        file=str(fields["file"]),
        public_key=bytes.fromhex(fields["public_key"]),
        valid_from=date.fromisoformat(fields["valid_from"]),
        valid_to=_day(fields["valid_to"]),
        state=KeyState(fields["state"]),
        switched_on=_day(fields["switched_on"]),
        certificates=tuple(base64.b64decode(one, validate=True) for one in fields.get("certificates", ())),
    )


def _fields(key: PlannedKey) -> dict[str, object]:
    certificates = [base64.b64encode(one).decode() for one in key.certificates]
    return {
        "file": key.file,
        "public_key": key.public_key.hex(),
        "valid_from": key.valid_from.isoformat(),
        "valid_to": None if key.valid_to is None else key.valid_to.isoformat(),
        "state": key.state.value,
        "switched_on": None if key.switched_on is None else key.switched_on.isoformat(),
        **({"certificates": certificates} if certificates else {}),
    }


def _day(digits: str | None) -> date | None:
    return None if digits is None else date.fromisoformat(digits)
