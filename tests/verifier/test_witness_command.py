"""`certverify witness` as it is run: a process of its own, asked over HTTP, ended, killed and started again."""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from certverify import witness_server
from certverify.cli import main
from certverify.note import decode_note, decode_verifier_key
from certverify.policy import decode_policy
from certverify.witness_protocol import MAX_REQUEST_BYTES
from certverify.witness_store import STATE_FILE

from tests.verifier.builders import LOG_KEY, NOW, Log
from tests.verifier.witnessing import (
    FORKED,
    NAME,
    Bench,
    WitnessProcess,
    cosigned_at,
    note_of,
    request,
    text_of,
)

KILLS = 8


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[WitnessProcess]:
    started = WitnessProcess(tmp_path / "witness")
    yield started
    if started.process.poll() is None:
        started.kill()


def test_one_command_makes_a_key_and_prints_what_the_policy_needs(witness: WitnessProcess) -> None:
    policy = decode_policy(f"log {LOG_KEY.vkey()}\n{witness.policy_line}\nquorum {NAME}\n".encode())
    assert policy.witnesses[NAME.encode()] == decode_verifier_key(witness.vkey)
    assert witness.call("GET", "/healthz")[:2] == (200, b"ok\n")


def test_a_log_is_cosigned_and_a_fork_stays_refused_after_a_start(tmp_path: Path) -> None:
    folder = tmp_path / "witness"
    first = WitnessProcess(folder)
    assert first.add(request(0, 9))[0] == 200
    status, lines = first.add(request(9, 20))
    assert status == 200
    cosigned_at(first.vkey, text_of(20), lines)
    assert first.add(request(0, 9)) == (409, b"20\n")
    assert first.add(request(20, 20, FORKED)) == (409, b"20\n")
    assert first.add(request(20, 30, FORKED))[0] == 422
    code, seconds = first.terminate()
    assert (code, seconds < 5) == (0, True), first.log.read_text(encoding="utf-8")
    second = WitnessProcess(folder, "--log", LOG_KEY.vkey())
    assert second.vkey == first.vkey
    assert second.add(request(20, 20, FORKED)) == (409, b"20\n")
    assert second.add(request(20, 30, FORKED))[0] == 422
    assert second.add(request(20, 30))[0] == 200
    second.kill()


def test_a_witness_killed_while_it_answers_remembers_at_least_what_it_has_answered(tmp_path: Path) -> None:
    folder, moments, answered = tmp_path / "witness", random.Random(20261121), 0
    for _ in range(KILLS):
        running = WitnessProcess(folder)
        known = int(running.add(request(60, 61, FORKED))[1])  # a stale request tells the size
        assert answered <= known <= answered + 1
        assert running.add(request(known, known + 1))[0] == 200
        answered = known + 1
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
        connection.request("POST", "/add-checkpoint", request(answered, answered + 1))
        time.sleep(moments.uniform(0, 0.003))
        running.kill()
        with contextlib.suppress(OSError, http.client.HTTPException):
            answered += connection.getresponse().status == 200
        connection.close()
    running = WitnessProcess(folder)
    known = int(running.add(request(60, 61, FORKED))[1])
    assert answered <= known <= answered + 1
    assert running.add(request(known, 59))[0] == 200
    running.kill()


def test_the_newest_note_is_shown_to_whoever_compares_copies(witness: WitnessProcess) -> None:
    assert witness.call("GET", f"/checkpoint?origin={LOG_KEY.name}")[0] == 404
    witness.add(request(0, 9))
    status, raw_note, headers = witness.call("GET", f"/checkpoint?origin={LOG_KEY.name}")
    assert (status, headers["content-type"]) == (200, "text/plain; charset=utf-8")
    note = decode_note(raw_note)
    assert note.signed_by(decode_verifier_key(LOG_KEY.vkey()))
    assert note.cosigned_at(decode_verifier_key(witness.vkey)) is not None
    for elsewhere in ("/checkpoint", "/checkpoint?origin=another", "/checkpoint?origin=%ED%A0%80%00"):
        assert witness.call("GET", elsewhere)[0] == 404


def test_a_conflict_has_the_media_type_of_the_specification(witness: WitnessProcess) -> None:
    witness.add(request(0, 9))
    status, body, headers = witness.call("POST", "/add-checkpoint", request(0, 20))
    assert (status, body, headers["content-type"]) == (409, b"9\n", "text/x.tlog.size")


def test_what_is_no_request_is_refused(witness: WitnessProcess) -> None:
    for method, path, body, status in (
        ("GET", "/add-checkpoint", None, 405),
        ("POST", "/checkpoint", b"", 405),
        ("GET", "/", None, 404),
        ("POST", "/add-checkpoint", b"", 400),
        ("POST", "/add-checkpoint", b"\xff" * 1000, 400),
        ("POST", "/add-checkpoint", b"old 0\n\n" + b"x" * MAX_REQUEST_BYTES, 413),
    ):
        try:
            assert witness.call(method, path, body)[0] == status, (method, path)
        except ConnectionError:
            assert (
                status == 413
            )  # the answer was on its way when the rest of the body met a closed connection
        assert witness.call("GET", "/healthz")[0] == 200


def test_one_connection_may_ask_many_times(witness: WitnessProcess) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", witness.port, timeout=60)
    for old, size in ((0, 3), (3, 9), (9, 9)):
        connection.request("POST", "/add-checkpoint", request(old, size))
        answer = connection.getresponse()
        assert (answer.status, answer.read()[:3]) == (200, "\u2014".encode())
    connection.close()


def test_requests_leave_no_bodies_in_the_log(tmp_path: Path) -> None:
    running = WitnessProcess(tmp_path / "witness")
    for body in (request(0, 9), request(9, 9, FORKED), b"secret words", b"old 0\n\nsecret\n1\nx\n\n"):
        running.add(body)
    running.call("GET", "/checkpoint?origin=secret")
    running.terminate()
    logged = running.log.read_text(encoding="utf-8")
    assert [line.split(" ", 2)[2] for line in logged.splitlines()] == [
        f"INFO cosigned {LOG_KEY.name} at size 9",
        f"WARNING refused {LOG_KEY.name} at size 9: same-size-other-root",
    ]


# --- slow and many ---

SMALL = """
import sys
from certverify import witness_server
witness_server.REQUEST_SECONDS, witness_server.MAX_CONNECTIONS = 0.5, 4
from certverify.cli import main
sys.exit(main(sys.argv[1:]))
"""


STUCK = """
import sys, time
from certverify import witness, witness_server
witness_server.MAX_CONNECTIONS = 4
witness.Witness.add_checkpoint = lambda self, raw_request: time.sleep(60)
from certverify.cli import main
sys.exit(main(sys.argv[1:]))
"""


def open_slow(port: int, sent: bytes) -> socket.socket:
    slow = socket.create_connection(("127.0.0.1", port), timeout=60)
    slow.sendall(sent)
    return slow


def start_changed(program: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> WitnessProcess:
    """A witness that runs as the program says."""
    (folder / "changed_witness.py").write_text(program)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return WitnessProcess(folder / "witness", module="changed_witness")


@pytest.fixture
def impatient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WitnessProcess]:
    """A witness that waits for half a second and takes four connections."""
    started = start_changed(SMALL, tmp_path, monkeypatch)
    yield started
    started.kill()


def test_who_sends_slowly_is_not_waited_for(impatient: WitnessProcess) -> None:
    for sent in (
        b"",
        b"POST /add-checkpoint HTTP/1.1\r\n",
        b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 100\r\n\r\nold 0",
        b"POST /nowhere HTTP/1.1\r\nHost: w\r\nContent-Length: 100\r\n\r\nold 0",
        b"GET /healthz HTTP/1.1\r\nHost: w\r\n\r\nGET /healthz",
    ):
        began = time.monotonic()
        with open_slow(impatient.port, sent) as slow, contextlib.suppress(ConnectionError):
            while slow.recv(4096):
                slow.sendall(b" ")
        assert time.monotonic() - began < 30, sent
        assert impatient.call("GET", "/healthz")[0] == 200


def answers(running: WitnessProcess) -> bool:
    with contextlib.suppress(ConnectionError, http.client.HTTPException):
        return running.call("GET", "/healthz")[0] == 200
    return False


def test_too_many_connections_are_turned_away_and_room_is_made_again(impatient: WitnessProcess) -> None:
    held = [open_slow(impatient.port, b"POST /") for _ in range(4)]
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        impatient.call("GET", "/healthz")
    end = time.monotonic() + 60
    while not answers(impatient):
        assert time.monotonic() < end, "no room is made"
        time.sleep(0.1)
    for one in held:
        one.close()


def test_a_head_without_end_is_refused(witness: WitnessProcess) -> None:
    with open_slow(
        witness.port, b"GET /healthz HTTP/1.1\r\nX: " + b"x" * witness_server.MAX_HEAD_BYTES
    ) as slow:
        assert slow.recv(4096).startswith(b"HTTP/1.1 400")


def test_an_open_connection_and_a_half_request_do_not_delay_the_end(tmp_path: Path) -> None:
    running = WitnessProcess(tmp_path / "witness")
    idle = open_slow(running.port, b"")
    half = open_slow(
        running.port, b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 9\r\n\r\nold"
    )
    time.sleep(0.2)
    code, seconds = running.terminate()
    assert (code, seconds < 5) == (0, True)
    idle.close()
    half.close()


def test_who_leaves_while_an_audit_lasts_makes_no_room_for_more_and_the_end_waits_for_no_audit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = start_changed(STUCK, tmp_path, monkeypatch)
    asked = b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 3\r\n\r\nold"
    for _ in range(5):
        open_slow(stuck.port, asked).close()
        time.sleep(0.05)
    assert stuck.call("GET", "/healthz")[0] == 503
    code, seconds = stuck.terminate()
    assert (code, seconds < 5) == (0, True), stuck.log.read_text(encoding="utf-8")


# --- the command line ---


def test_show_tells_key_state_and_forks_and_ends_with_one_when_a_log_has_forked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench = Bench(tmp_path / "w")
    bench.ask(request(0, 9))
    show = ["witness", "--dir", str(tmp_path / "w"), "--show"]
    assert main([*show, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["name"], told["vkey"], told["refused"]) == (NAME, bench.vkey, [])
    assert [(log["origin"], log["size"], log["checkpoints_kept"]) for log in told["logs"]] == [
        (LOG_KEY.name, 9, 1)
    ]
    bench.ask(request(9, 9, FORKED))
    bench.store.close()
    assert main(show) == 1
    out = capsys.readouterr().out
    for note in (note_of(text_of(9)), note_of(text_of(9, FORKED))):
        assert note.decode().splitlines()[2] in out
    assert "proof of a fork" in out


def test_the_log_keys_of_a_trust_list_are_taken(tmp_path: Path) -> None:
    tree = Log().write(tmp_path / "tree")
    running = WitnessProcess(tmp_path / "witness", "--name", NAME, "--trust", str(tree))
    checkpoint = Log().checkpoint()
    status, lines = running.add(f"old 0\n\n{checkpoint}".encode())
    assert status == 200
    assert cosigned_at(running.vkey, checkpoint.split("\n\n")[0] + "\n", lines) > NOW - timedelta(days=366)
    running.kill()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--name", NAME],
        ["--name", NAME, "--trust", "nowhere"],
        ["--log", LOG_KEY.vkey()],
        ["--name", "two words", "--log", LOG_KEY.vkey()],
        ["--name", NAME, "--log", LOG_KEY.vkey(), "--listen", "127.0.0.1:1"],
        ["--show"],
    ],
)
def test_what_cannot_be_served_is_said_and_ends_with_two(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken(host: str, port: int) -> socket.socket:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(witness_server, "listen", taken)
    assert main(["witness", "--dir", str(tmp_path / "w"), *arguments]) == 2
    told = capsys.readouterr()
    assert (told.out, told.err.startswith("见证方无法运行")) == ("", True)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--dir", "w", "--log", "no key"],
        ["--dir", "w", "--log", LOG_KEY.vkey(4)],
        ["--dir", "w", "--listen", "8100"],
        ["--dir", "w", "--listen", "host:99999"],
        ["--dir", "w", "--url", "ftp://w.example"],
        ["--dir", "w", "--url", "https://w.example/two words"],
    ],
)
def test_an_unusable_witness_line_ends_with_two(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["witness", *arguments])
    assert ended.value.code == 2
    assert "usage: certverify witness" in capsys.readouterr().err


def test_the_public_address_stands_in_the_policy_line(tmp_path: Path) -> None:
    running = WitnessProcess(
        tmp_path / "witness",
        *("--name", NAME, "--log", LOG_KEY.vkey(), "--url", "https://witness.example/w1"),
        address_of_its_own=False,
    )
    assert running.policy_line == f"witness {NAME} {running.vkey} https://witness.example/w1"
    running.kill()


def test_without_the_extra_the_command_says_what_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "certverify.witness_server", None)
    assert main(["witness", "--dir", str(tmp_path / "w"), "--name", NAME, "--log", LOG_KEY.vkey()]) == 2
    assert "./verifier[witness]" in capsys.readouterr().err
    assert not (tmp_path / "w" / STATE_FILE).exists()


def test_a_verifier_loads_nothing_of_the_witness() -> None:
    loaded = "import sys, certverify, certverify.cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    heavy = {"starlette", "uvicorn", "h11", "sqlite3", "asyncio", "certverify.witness_store"}
    assert not heavy & set(done.stdout.split())
