"""Which system calls a process that parses an upload may still make, as a filter of the kernel (seccomp, classic BPF).

A list of what is allowed, one for each machine that is known here; everything else is refused with an error number. Sources:
linux/arch/x86/entry/syscalls/syscall_64.tbl, linux/include/uapi/asm-generic/unistd.h, linux/include/uapi/linux/seccomp.h.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NO_SUCH_CALL, _NOT_PERMITTED, _ACCESS_DENIED = 38, 1, 13  # ENOSYS, EPERM, EACCES
_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_NUMBER_AT, _MACHINE_AT, _ARGUMENTS_AT = 0, 4, 16
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_THREAD = 0x00010000  # CLONE_THREAD
_DESCRIPTOR_COMMANDS = (1, 2, 3, 1030)  # F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC
_TERMINAL_QUESTION = (0x5401,)  # TCGETS: whether a file is a terminal


@dataclass(frozen=True, slots=True)
class Machine:
    """The number of an architecture in the kernel's audit interface, and its system calls."""

    audit: int
    plain: tuple[int, ...]  # allowed whatever their arguments
    opening: Mapping[int, int]  # number -> which argument holds the flags
    clone: int
    clone3: int
    openat2: int
    fcntl: int
    ioctl: int
    tgkill: int
    prlimit: int
    seccomp: int


# Name, number on x86_64, number on aarch64 (a dash: the machine has no such call).
_PLAIN = """
    read 0 63
    write 1 64
    readv 19 65
    writev 20 66
    pread64 17 67
    close 3 57
    lseek 8 62
    dup 32 23
    fstat 5 80
    newfstatat 262 79
    statx 332 291
    stat 4 -
    lstat 6 -
    access 21 -
    faccessat 269 48
    faccessat2 439 439
    readlink 89 -
    readlinkat 267 78
    getcwd 79 17
    getdents 78 -
    getdents64 217 61
    mmap 9 222
    mprotect 10 226
    munmap 11 215
    mremap 25 216
    madvise 28 233
    brk 12 214
    futex 202 98
    set_robust_list 273 99
    rseq 334 293
    set_tid_address 218 96
    membarrier 324 283
    sched_yield 24 124
    sched_getaffinity 204 123
    getcpu 309 168
    rt_sigaction 13 134
    rt_sigprocmask 14 135
    rt_sigreturn 15 139
    sigaltstack 131 132
    nanosleep 35 101
    clock_gettime 228 113
    clock_getres 229 114
    clock_nanosleep 230 115
    gettimeofday 96 169
    time 201 -
    times 100 153
    getrusage 98 165
    getrlimit 97 163
    sysinfo 99 179
    uname 63 160
    getrandom 318 278
    getpid 39 172
    getppid 110 173
    gettid 186 178
    getuid 102 174
    geteuid 107 175
    getgid 104 176
    getegid 108 177
    exit 60 93
    exit_group 231 94
"""


def _plain(column: int) -> tuple[int, ...]:
    numbers = (line.split()[column] for line in _PLAIN.strip().splitlines())
    return tuple(int(number) for number in numbers if number != "-")


_X86_64 = Machine(
    audit=0xC000003E,
    plain=_plain(1),
    opening={2: 1, 257: 2},
    clone=56,
    clone3=435,
    openat2=437,
    fcntl=72,
    ioctl=16,
    tgkill=234,
    prlimit=302,
    seccomp=317,
)
_AARCH64 = Machine(
    audit=0xC00000B7,
    plain=_plain(2),
    opening={56: 2},
    clone=220,
    clone3=435,
    openat2=437,
    fcntl=25,
    ioctl=29,
    tgkill=131,
    prlimit=261,
    seccomp=277,
)
_MACHINES = {"x86_64": _X86_64, "aarch64": _AARCH64}


def machine_of(name: str) -> Machine | None:
    """By the name of `uname -m`; None for one whose system calls are not listed here, and for 32-bit programs."""
    return _MACHINES.get(name) if struct.calcsize("P") == 8 else None


def reading_filter(machine: Machine, own_id: int, *, may_open: bool) -> bytes:
    """The filter program of a process that only reads: `struct sock_filter` one after another.

    Refused are sockets, processes, programs, signals to others, tracing, writing and changing of files, and what is not
    listed. Without `may_open` no file is opened at all.
    """
    return b"".join(_program(machine, own_id, may_open=may_open))


def _program(machine: Machine, own_id: int, *, may_open: bool) -> Iterator[bytes]:
    yield _step(_LOAD, _MACHINE_AT)
    yield _step(_EQUAL, machine.audit, 1, 0)
    yield _step(_RETURN, _KILL)
    yield _step(_LOAD, _NUMBER_AT)
    for number in machine.plain:
        yield from _when(number, _give(_ALLOW))
    for number, flags in machine.opening.items():
        yield from _when(number, _unless_writing(flags) if may_open else _give(_ERRNO | _ACCESS_DENIED))
    yield from _when(machine.clone, _with_bit(_THREAD))
    for number in (machine.clone3, machine.openat2):  # their arguments cannot be seen; callers fall back
        yield from _when(number, _give(_ERRNO | _NO_SUCH_CALL))
    yield from _when(machine.fcntl, _among(1, _DESCRIPTOR_COMMANDS))
    yield from _when(machine.ioctl, _among(1, _TERMINAL_QUESTION))
    yield from _when(machine.tgkill, _among(0, (own_id,)))
    yield from _when(machine.prlimit, _among(0, (0, own_id)))
    yield _step(_RETURN, _ERRNO | _NOT_PERMITTED)


def _step(code: int, value: int, when_true: int = 0, when_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, when_true, when_false, value)


def _give(answer: int) -> list[bytes]:
    return [_step(_RETURN, answer)]


def _when(number: int, steps: list[bytes]) -> list[bytes]:
    """Every list of steps ends with an answer, so that behind it the number of the call is still loaded."""
    return [_step(_EQUAL, number, 0, len(steps)), *steps]


def _argument(which: int) -> bytes:
    """The lower half, on machines that store it first: all arguments that are looked at are C ints or flags within it."""
    return _step(_LOAD, _ARGUMENTS_AT + 8 * which)


def _unless_writing(which: int) -> list[bytes]:
    denied = _ERRNO | _ACCESS_DENIED
    return [_argument(which), _step(_ANY_BIT, _WRITING, 0, 1), *_give(denied), *_give(_ALLOW)]


def _with_bit(bit: int) -> list[bytes]:
    return [_argument(0), _step(_ANY_BIT, bit, 0, 1), *_give(_ALLOW), *_give(_ERRNO | _NOT_PERMITTED)]


def _among(which: int, values: tuple[int, ...]) -> list[bytes]:
    tests = [step for value in values for step in (_step(_EQUAL, value, 0, 1), *_give(_ALLOW))]
    return [_argument(which), *tests, *_give(_ERRNO | _NOT_PERMITTED)]
