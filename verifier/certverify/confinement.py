"""What the kernel takes from a process before it parses an upload, and which of that this machine has.

Native code does not pass Python's audit hook, so that what counts is the kernel's: a filter of system calls (seccomp), rules for
files (Landlock), a network namespace, no capabilities. Each layer is tried by itself; a layer that an older kernel or a container
does not give is missing from the answer, and the others stand. Numbers: linux/include/uapi/linux/{prctl,landlock,capability}.h.
"""

from __future__ import annotations

import ctypes
import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from contextlib import suppress
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from certverify.system_calls import machine_of, reading_filter

_DUMPABLE, _NO_NEW_RIGHTS = 4, 38  # prctl(2)
_NEW_USER, _NEW_NET = 0x10000000, 0x40000000  # unshare(2)
_CAPABILITIES_VERSION = 0x20080522
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # landlock(7), on every machine
_ASK_VERSION, _BELOW_PATH = 1, 1
_READ = 1 << 2 | 1 << 3  # files, folders
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}  # since which version
_NETWORK_SINCE, _NETWORK_RIGHTS = 4, 0b11  # bind, connect
_SCOPES_SINCE, _SCOPES = 6, 0b11  # abstract sockets, signals
_SYSTEM_FOLDERS = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/usr/share/zoneinfo",
    "/etc/ld.so.cache",
    "/etc/localtime",
)


class Layer(StrEnum):
    """One wall of the sandbox."""

    NO_NEW_RIGHTS = "no-new-rights"
    NO_CAPABILITIES = "no-capabilities"
    NETWORK = "network-namespace"
    FILES = "landlock"
    CALLS = "seccomp"
    HIDDEN = "hidden-service"  # the memory and environment of the process that asks


def confine(libraries: Iterable[str]) -> frozenset[Layer]:
    """Take from this process what it does not need for reading, for good; the layers that hold afterwards.

    `libraries`: packages that may still be read from while the file is parsed. To be called with all of them loaded and
    before any thread is begun. Where there is no Landlock the filter allows no file to be opened at all.
    """
    if sys.platform != "linux":
        return frozenset()
    system = ctypes.CDLL(None, use_errno=True)
    system.prctl(_DUMPABLE, 0, 0, 0, 0)
    held = set()
    if system.prctl(_NO_NEW_RIGHTS, 1, 0, 0, 0) == 0:
        held.add(Layer.NO_NEW_RIGHTS)
    if system.unshare(_NEW_NET) == 0 or system.unshare(_NEW_USER | _NEW_NET) == 0:
        held.add(Layer.NETWORK)
    if _give_up_capabilities(system):
        held.add(Layer.NO_CAPABILITIES)
    if _keep_to_files(system, _readable(libraries)):
        held.add(Layer.FILES)
    if _keep_to_calls(system, may_open=Layer.FILES in held):
        held.add(Layer.CALLS)
    return frozenset(held)


def has_landlock() -> bool:
    """Whether the kernel offers rules for files: only then does a confined process open any."""
    return sys.platform == "linux" and _landlock_version(ctypes.CDLL(None)) > 0


def hide_this_process() -> bool:
    """Let no other process of the same account read memory or environment of this one; whether that holds.

    It also writes no core file any more, which would hold keys.
    """
    return sys.platform == "linux" and bool(ctypes.CDLL(None).prctl(_DUMPABLE, 0, 0, 0, 0) == 0)


def _give_up_capabilities(system: Any) -> bool:
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_VERSION, 0)
    sets = (ctypes.c_uint32 * 6)()
    system.capset(header, sets)
    return system.capget(header, sets) == 0 and not any(sets)


def _readable(libraries: Iterable[str]) -> Iterator[Path]:
    """The interpreter's library, its packages, shared libraries, fonts: not the whole module path, which may hold more."""
    yield from (Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
    yield Path(sys.base_prefix) / "lib"
    yield from map(Path, _SYSTEM_FOLDERS)
    for library in (__package__ or "certverify", *libraries):
        spec = find_spec(library)
        yield from map(Path, (spec and spec.submodule_search_locations) or ())


def _landlock_version(system: Any) -> int:
    return int(system.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_ASK_VERSION)))


def _keep_to_files(system: Any, readable: Iterable[Path]) -> bool:
    """Landlock: reading below the given places, nothing else; no TCP, no signal or abstract socket where it knows of these."""
    version = _landlock_version(system)
    if version < 1 or len(os.listdir("/proc/self/task")) != 1:
        return False
    files = max(rights for since, rights in _FILE_RIGHTS.items() if since <= version)
    network = _NETWORK_RIGHTS if version >= _NETWORK_SINCE else 0
    scopes = _SCOPES if version >= _SCOPES_SINCE else 0
    attributes = (ctypes.c_uint64 * 3)(files, network, scopes)
    size = 24 if version >= _SCOPES_SINCE else 16 if version >= _NETWORK_SINCE else 8
    rules = system.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(size), ctypes.c_uint32(0))
    if rules < 0:
        return False
    try:
        for path in readable:
            with suppress(OSError):  # not on this machine
                _allow_reading(system, rules, path)
        return bool(system.syscall(_RESTRICT_SELF, rules, ctypes.c_uint32(0)) == 0)
    finally:
        os.close(rules)


def _allow_reading(system: Any, rules: int, path: Path) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rights = _READ if path.is_dir() else _READ & ~(1 << 3)
        rule = ctypes.create_string_buffer(
            rights.to_bytes(8, sys.byteorder) + place.to_bytes(4, sys.byteorder), 12
        )
        system.syscall(_ADD_RULE, rules, _BELOW_PATH, rule, ctypes.c_uint32(0))
    finally:
        os.close(place)


class _Program(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def _keep_to_calls(system: Any, *, may_open: bool) -> bool:
    """seccomp, for every thread of the process."""
    machine = machine_of(os.uname().machine)
    if machine is None:
        return False
    steps = reading_filter(machine, os.getpid(), may_open=may_open)
    program = _Program(len(steps) // 8, steps)
    return bool(system.syscall(machine.seccomp, 1, 1, ctypes.byref(program)) == 0)  # SET_MODE_FILTER, TSYNC
