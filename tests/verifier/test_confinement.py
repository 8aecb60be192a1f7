"""What native code behind the walls of the sandbox can still do: parsers of pictures and fonts are written in C and C++."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from certverify.cli import main
from certverify.confinement import Layer
from certverify.pdf_sandbox import PdfSandbox
from certverify.system_calls import machine_of, reading_filter

from tests.document.samples import certificate, signer

# Called past Python and its audit hook, straight in the C library; every one of them would succeed without the walls.
CALLS = """
    import ctypes, json, os, sys, threading
    system = ctypes.CDLL(None, use_errno=True)
    layers = confine()
    secret, folder, parent = sys.argv[1].encode(), sys.argv[2].encode(), os.getppid()
    asked = {
        "write a file": ("open", folder + b"/new", os.O_CREAT | os.O_WRONLY, 0o600),
        "append to a file": ("open", secret, os.O_WRONLY | os.O_APPEND),
        "empty a file": ("truncate", secret, 0),
        "create a file": ("creat", folder + b"/new", 0o600),
        "remove a file": ("unlink", secret),
        "move a file": ("rename", secret, folder + b"/moved"),
        "make a folder": ("mkdir", folder + b"/made", 0o700),
        "link a file": ("symlink", secret, folder + b"/link"),
        "open up a file": ("chmod", secret, 0o777),
        "read a key": ("open", secret, os.O_RDONLY),
        "read the accounts": ("open", b"/etc/passwd", os.O_RDONLY),
        "read the environment of the service": ("open", b"/proc/%d/environ" % parent, os.O_RDONLY),
        "read the memory of the service": ("open", b"/proc/%d/mem" % parent, os.O_RDONLY),
        "trace the service": ("ptrace", 16, parent, 0, 0),
        "copy the memory of the service": ("process_vm_readv", parent, 0, 0, 0, 0, 0),
        "signal the service": ("kill", parent, 0),
        "signal everybody": ("kill", -1, 0),
        "signal by way of a file": ("fcntl", 0, 8, parent),
        "speak on the network": ("socket", 2, 1, 0),
        "speak to local services": ("socket", 1, 1, 0),
        "speak in datagrams": ("socketpair", 1, 2, 0, (ctypes.c_int * 2)()),
        "begin a process": ("fork",),
        "run a program": ("execv", b"/bin/true", (ctypes.c_char_p * 2)(b"true", None)),
        "keep a program in memory": ("memfd_create", b"x", 0),
        "mount a folder": ("mount", b"none", b"/mnt", b"tmpfs", 0, None),
        "enter another place": ("unshare", 0x10000000),
    }
    found = {}
    for name, (function, *arguments) in asked.items():
        ctypes.set_errno(0)
        found[name] = [getattr(system, function)(*arguments), ctypes.get_errno()]
    asynchronous = (ctypes.c_ubyte * 64)()
    found["ask the kernel in batches"] = [system.syscall(425, 8, asynchronous), ctypes.get_errno()]
    thread = threading.Thread(target=lambda: found.update(thread=[0, 0]))
    thread.start(); thread.join()
    print(json.dumps({"layers": sorted(layers), "found": found}))
"""
WALLS = {
    "all": "from certverify.confinement import confine as c; confine = lambda: c(('PIL',))",
    "no landlock": "from certverify import confinement as m; m._landlock_version = lambda _: 0; confine = lambda: m.confine(())",
}
LEFT = {"thread"}


def run(begin: str, code: str, *arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-I", "-c", f"{begin}\n{textwrap.dedent(code)}", *arguments]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@pytest.fixture(scope="module", params=WALLS)
def behind(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("office")
    secret = folder / "record.pem"
    secret.write_bytes(b"key")
    yield run(WALLS[request.param], CALLS, str(secret), str(folder))
    assert secret.read_bytes() == b"key"
    assert [path.name for path in folder.iterdir()] == ["record.pem"]


def test_native_code_reaches_nothing_beyond_the_file(behind: dict[str, Any]) -> None:
    done = {name for name, (answer, _) in behind["found"].items() if answer >= 0}
    assert done == LEFT
    assert {behind["found"][name][1] for name in behind["found"].keys() - LEFT} <= {1, 13}  # EPERM, EACCES


def test_the_walls_that_hold_are_named(behind: dict[str, Any]) -> None:
    assert {Layer.CALLS, Layer.NO_NEW_RIGHTS, Layer.NO_CAPABILITIES} <= set(behind["layers"])


def test_rules_for_files_hold_by_themselves_where_there_is_no_filter(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_bytes(b"key")
    begin = "from certverify import confinement as m; m._keep_to_calls = lambda *_, **__: False; confine = lambda: m.confine(())"
    code = """
        import ctypes, json, os, sys
        layers, system = confine(), ctypes.CDLL(None)
        secret, parent = sys.argv[1].encode(), os.getppid()
        print(json.dumps({
            "layers": sorted(layers),
            "opened": [system.open(p, os.O_RDONLY) for p in (secret, b"/etc/passwd", b"/proc/%d/environ" % parent)],
            "written": [system.open(secret + b"x", os.O_CREAT | os.O_WRONLY, 0o600), system.unlink(secret)],
            "library": system.open(os.__file__.encode(), os.O_RDONLY) > 0,
        }))
    """
    said = run(begin, code, str(secret))
    assert (said["opened"], said["written"], said["library"]) == ([-1, -1, -1], [-1, -1], True)
    assert (Layer.FILES in said["layers"], Layer.CALLS in said["layers"]) == (True, False)


@pytest.mark.parametrize("part", ["text", "picture"])
def test_without_rules_for_files_nothing_more_is_opened_and_a_certificate_is_read_all_the_same(
    part: str, tmp_path: Path
) -> None:
    sample = tmp_path / "certificate.pdf"
    sample.write_bytes(certificate("regular"))
    begin = "from certverify import confinement as m, pdf_inspection as p; m._landlock_version = lambda _: 0"
    code = """
        import json, sys
        from pathlib import Path
        raw = Path(sys.argv[2]).read_bytes()
        answer = p._prepared({"part": sys.argv[1], "sealed": 0, "certificates": [[sys.argv[3]]]})
        p._limit(); layers = p.confine(p.LIBRARIES); p._refuse_deeds()
        print(json.dumps({"layers": sorted(layers), "answer": answer(raw)}))
    """
    said = run(begin, code, part, str(sample), signer().certificate.hex())
    assert Layer.FILES not in said["layers"]
    assert said["answer"]["symbols"] if part == "picture" else said["answer"]["signatures"]


def test_the_sandbox_says_which_walls_hold() -> None:
    assert PdfSandbox().layers() | {Layer.NETWORK} == frozenset(
        Layer
    )  # a container may not give the network namespace


def test_the_command_line_says_which_walls_hold(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["sandbox", "--json"]) == 0
    walls = json.loads(capsys.readouterr().out)["sandbox"]
    assert (set(walls), walls[Layer.CALLS], walls[Layer.FILES]) == (set(Layer), True, True)
    monkeypatch.setattr(PdfSandbox, "layers", lambda _: frozenset({Layer.CALLS}))
    assert main(["sandbox"]) == 2
    assert "✗ 文件访问规则" in capsys.readouterr().out


def test_the_service_hides_its_memory_and_environment() -> None:
    code = "import ctypes, json; print(json.dumps({'hidden': hide(), 'dumpable': ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)}))"
    said = run("from certverify.confinement import hide_this_process as hide", code)
    assert said == {"hidden": True, "dumpable": 0}


ALLOWED, KILLED, NOT_PERMITTED, DENIED, NO_SUCH_CALL = 0x7FFF0000, 0x80000000, 0x50001, 0x5000D, 0x50026
OWN, OTHER = 7, 8
# What is asked (number on x86_64, number on aarch64, arguments) and what the filter answers; numbers of the kernel's own tables.
ASKED = {
    "read": (0, 63, (), ALLOWED),
    "openat, for reading": (257, 56, (0, 0, 0x80000), ALLOWED),
    "openat, for writing": (257, 56, (0, 0, 1), DENIED),
    "openat, to create": (257, 56, (0, 0, 0x40), DENIED),
    "openat2": (437, 437, (), NO_SUCH_CALL),
    "a thread": (56, 220, (0x3D0F00,), ALLOWED),
    "a process": (56, 220, (17,), NOT_PERMITTED),
    "a process, told otherwise": (435, 435, (), NO_SUCH_CALL),
    "execve": (59, 221, (), NOT_PERMITTED),
    "socket": (41, 198, (), NOT_PERMITTED),
    "connect": (42, 203, (), NOT_PERMITTED),
    "ptrace": (101, 117, (), NOT_PERMITTED),
    "process_vm_writev": (311, 271, (), NOT_PERMITTED),
    "kill": (62, 129, (OWN,), NOT_PERMITTED),
    "tgkill, itself": (234, 131, (OWN,), ALLOWED),
    "tgkill, another": (234, 131, (OTHER,), NOT_PERMITTED),
    "prlimit, itself": (302, 261, (0,), ALLOWED),
    "prlimit, another": (302, 261, (OTHER,), NOT_PERMITTED),
    "fcntl, whose signals": (72, 25, (0, 8), NOT_PERMITTED),
    "ioctl, typing for others": (16, 29, (0, 0x5412), NOT_PERMITTED),
    "unlinkat": (263, 35, (), NOT_PERMITTED),
    "io_uring_setup": (425, 425, (), NOT_PERMITTED),
    "bpf": (321, 280, (), NOT_PERMITTED),
}


def answer(program: bytes, number: int, audit: int, arguments: tuple[int, ...]) -> int:
    """What the kernel would answer: its machine for classic BPF, as far as the filter uses it."""
    asked = struct.pack("<IIQ6Q", number, audit, 0, *(*arguments, 0, 0, 0, 0, 0, 0)[:6])
    steps, at, held = list(struct.iter_unpack("=HBBI", program)), 0, 0
    while True:
        code, yes, no, value = steps[at]
        if code == 0x06:
            return int(value)
        if code == 0x20:
            (held,) = struct.unpack_from("<I", asked, value)
            at += 1
        else:
            at += 1 + (yes if (held == value if code == 0x15 else held & value) else no)


@pytest.mark.parametrize("what", ASKED)
@pytest.mark.parametrize("name", ["x86_64", "aarch64"])
def test_the_filter_of_each_machine_answers_every_call(name: str, what: str) -> None:
    *numbers, arguments, expected = ASKED[what]
    machine = machine_of(name)
    assert machine is not None
    program = reading_filter(machine, OWN, may_open=True)
    number = numbers[name == "aarch64"]
    assert answer(program, number, machine.audit, arguments) == expected
    assert answer(program, number, 0x40000003, arguments) == KILLED  # a 32-bit call
    closed = reading_filter(machine, OWN, may_open=False)
    assert answer(closed, number, machine.audit, arguments) == (DENIED if "openat," in what else expected)
    if name == "x86_64":  # the same number in the x32 table
        assert answer(program, number | 0x40000000, machine.audit, arguments) == NOT_PERMITTED


def test_an_unknown_machine_has_no_filter_and_known_ones_have_a_short_one() -> None:
    assert machine_of("riscv64") is None
    for name in ("x86_64", "aarch64"):
        machine = machine_of(name)
        assert machine is not None
        program = reading_filter(machine, 7, may_open=True)
        assert len(program) % 8 == 0
        assert len(program) // 8 < 250
        assert program[-8:] == reading_filter(machine, 7, may_open=False)[-8:]
