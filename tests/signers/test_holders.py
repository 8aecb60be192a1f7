"""A key signs alike wherever it is: in a file, in a token, at a remote signer. What goes wrong has a name."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from certsvc.adapters.file_keys import FileKeys
from certsvc.adapters.key_names import decode_public_key, verifies
from certsvc.adapters.pkcs11_keys import Pkcs11Keys
from certsvc.adapters.remote_keys import RemoteKeys
from certsvc.adapters.signing_keys import KeyAtHolder
from certsvc.entrypoints.signing import serve_signer, signer_app
from certsvc.errors import ConfigurationError, IntegrityError, UnavailableError, UnknownReference
from certsvc.ports.signing import KeyHolder
from tests.signers.remote import RunningSigner, odd_signer, own_certificate
from tests.support.softhsm import MODULE, SoftHsm, Token

NAMES = ("record", "log", "document", "api")
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n"


def pkcs11(token: Token) -> Pkcs11Keys:
    return Pkcs11Keys(MODULE, token.label, token.pin_file)


_opened: list[RemoteKeys] = []


def at(url: str, signer: RunningSigner, seconds: float = 5.0) -> RemoteKeys:
    _opened.append(RemoteKeys(url, signer.token_file, None, seconds))
    return _opened[-1]


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    """Connections are given back."""
    yield
    while _opened:
        _opened.pop().close()


@pytest.fixture(params=["file", "pkcs11", "remote"])
def holder(request: pytest.FixtureRequest, ceremony: Path) -> KeyHolder:
    """Each of the three."""
    match request.param:
        case "file":
            return FileKeys(ceremony)
        case "pkcs11":
            return pkcs11(request.getfixturevalue("token"))
        case _:
            running = request.getfixturevalue("remote")
            return at(running.url, running)


@pytest.mark.parametrize("name", NAMES)
def test_every_key_signs_and_tells_its_public_part(holder: KeyHolder, ceremony: Path, name: str) -> None:
    public_key = holder.public_key(name)
    assert public_key == FileKeys(ceremony).public_key(name)
    for message in (b"", b"one", bytes(100_000)):
        signature = KeyAtHolder(holder, name, public_key).sign(message)
        assert verifies(decode_public_key(public_key), signature, message)
        if name != "document":
            assert signature == FileKeys(ceremony).sign(name, message), "Ed25519 has one signature only"


@pytest.mark.parametrize("name", ["record-00", "nothing", "../record", "record.pem", "trust", ""])
def test_a_key_that_is_not_there_is_unknown(holder: KeyHolder, name: str) -> None:
    for ask in (holder.public_key, lambda unknown: holder.sign(unknown, b"")):
        with pytest.raises(UnknownReference):
            ask(name)


def test_many_threads_sign_at_once(holder: KeyHolder) -> None:
    key = KeyAtHolder(holder, "document", holder.public_key("document"))
    with ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(lambda number: key.sign(b"%d" % number), range(40)))) == 40


def test_a_holder_with_another_key_under_the_name_is_found_out(holder: KeyHolder) -> None:
    other = KeyAtHolder(holder, "record", holder.public_key("log"))
    with pytest.raises(IntegrityError, match="未通过验证"):
        other.sign(b"message")


def test_a_wrong_pin_is_tried_once(softhsm: SoftHsm, ceremony: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process's token: in this one nobody is logged in to it yet."""
    token = softhsm.token()
    token.add("record", ceremony / "record.pem")
    token.pin_file.write_text("0000000000", encoding="ascii")
    keys = pkcs11(token)
    with pytest.raises(ConfigurationError, match="PIN"):
        keys.public_key("record")
    token.pin_file.write_text("2468013579", encoding="ascii")
    with pytest.raises(ConfigurationError, match="不再重试"):
        keys.public_key("record")
    assert pkcs11(token).public_key("record")


def test_two_keys_of_one_label_are_refused(softhsm: SoftHsm, ceremony: Path) -> None:
    token = softhsm.token()
    token.add("record", ceremony / "record.pem", 1)
    token.add("record", ceremony / "log.pem", 2)
    with pytest.raises(ConfigurationError, match="不止一个"):
        pkcs11(token).sign("record", b"")


def test_a_session_that_ended_is_opened_again(softhsm: SoftHsm, ceremony: Path) -> None:
    import pkcs11 as library

    token = softhsm.token()
    token.take_in(ceremony)
    keys = pkcs11(token)
    before = keys.sign("record", b"message")
    library.lib(str(MODULE)).reinitialize()  # as when the device was pulled and put back
    assert keys.sign("record", b"message") == before


def test_a_token_that_is_not_there_is_unavailable(token: Token) -> None:
    with pytest.raises(UnavailableError, match="没有这个令牌"):
        Pkcs11Keys(MODULE, "没有这个令牌", token.pin_file).sign("record", b"")


def test_a_module_that_is_not_there_is_a_fault_of_the_settings(token: Token, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="CERTSVC_PKCS11_MODULE"):
        Pkcs11Keys(tmp_path / "none.so", token.label, token.pin_file).sign("record", b"")


@pytest.mark.parametrize(
    ("content", "mode", "told"),
    [
        ("12345678\n", 0o604, "其他用户"),
        ("", 0o600, "一行"),
        ("12 34", 0o600, "一行"),
        ("1\n2\n", 0o600, "一行"),
    ],
)
def test_a_secret_is_one_line_that_others_cannot_read(
    tmp_path: Path, token: Token, content: str, mode: int, told: str
) -> None:
    pin = tmp_path / "pin"
    pin.write_text(content, encoding="ascii")
    pin.chmod(mode)
    with pytest.raises(ConfigurationError, match=told):
        Pkcs11Keys(MODULE, token.label, pin).public_key("record")


def test_others_reach_the_signer_by_tls_alone(ceremony: Path) -> None:
    app = signer_app(FileKeys(ceremony), "0" * 64, lambda _note: None)
    for host in ("0.0.0.0", "192.0.2.1", "signer.example", "::"):
        with pytest.raises(ConfigurationError, match="TLS"):
            serve_signer(app, host, 8300)


def test_a_signer_that_lies_is_found_out(remote: RunningSigner, ceremony: Path) -> None:
    lie = FileKeys(ceremony).sign("record", b"another message")
    public_key = FileKeys(ceremony).public_key("record")
    with odd_signer(OK % len(lie) + lie) as url, pytest.raises(IntegrityError, match="未通过验证"):
        KeyAtHolder(at(url, remote), "record", public_key).sign(b"message")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"nothing like HTTP",
        b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n",
        OK % 0,
        OK % 73 + bytes(73),
        OK % 100_000 + bytes(100_000),
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 64\r\n\r\n" + bytes(64),
    ],
)
def test_an_answer_that_is_none_is_unavailable(remote: RunningSigner, answer: bytes) -> None:
    with odd_signer(answer) as url:
        for ask in (lambda keys: keys.sign("record", b""), lambda keys: keys.public_key("record")):
            with pytest.raises(UnavailableError):
                ask(at(url, remote))


def test_a_signer_that_dawdles_is_not_waited_for(remote: RunningSigner) -> None:
    began = time.monotonic()
    with odd_signer(OK % 64 + bytes(64), pause=0.05) as url, pytest.raises(UnavailableError, match="按时"):
        at(url, remote, seconds=0.4).sign("record", b"message")
    assert time.monotonic() - began < 1.5


def test_a_signer_that_is_down_is_unavailable_until_it_is_back(ceremony: Path, tmp_path: Path) -> None:
    shutil.copytree(ceremony, tmp_path / "keys")
    with RunningSigner(tmp_path) as running:
        keys = at(running.url, running)
        before = keys.sign("record", b"message")
        running.stop()
        with pytest.raises(UnavailableError):
            keys.sign("record", b"message")
        running.start()
        assert keys.sign("record", b"message") == before


def test_a_wrong_token_is_refused_and_learns_nothing(remote: RunningSigner, tmp_path: Path) -> None:
    wrong = tmp_path / "token"
    wrong.write_text("0" * 64, encoding="ascii")
    wrong.chmod(0o600)
    keys = RemoteKeys(remote.url, wrong, None, 5.0)
    with pytest.raises(ConfigurationError, match="令牌"):
        keys.sign("record", b"message")
    keys.close()
    for path in ("record", "nothing"):
        for headers in (
            {},
            {"Authorization": "Bearer"},
            {"Authorization": "Basic AAAA"},
        ):
            answer = httpx.get(f"{remote.url}/v1/keys/{path}", headers=headers, trust_env=False)
            assert answer.status_code == 401


def test_a_token_is_not_sent_in_the_clear_to_another_machine(remote: RunningSigner) -> None:
    for url in ("http://signer.example:8300", "ftp://127.0.0.1", "http://10.0.0.1"):
        with pytest.raises(ConfigurationError, match="https"):
            at(url, remote)


def test_the_signer_is_strict_about_what_it_is_asked(remote: RunningSigner) -> None:
    token = remote.token_file.read_text(encoding="ascii")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/octet-stream"}
    place = f"{remote.url}/v1/keys/record/sign"
    with httpx.Client(trust_env=False) as client:
        assert client.post(place, content=bytes(1 << 20), headers=headers).status_code == 200
        assert client.post(place, content=bytes((1 << 20) + 1), headers=headers).status_code == 413
        text = headers | {"Content-Type": "text/plain"}
        assert client.post(place, content=b"", headers=text).status_code == 415
        assert client.get(place, headers=headers).status_code == 405
        assert client.get(f"{remote.url}/docs", headers=headers).status_code == 404


def test_a_line_for_every_signature_and_nothing_of_the_content(remote: RunningSigner) -> None:
    keys, before = at(remote.url, remote), len(remote.audit_lines)
    secret = "张三 1234".encode()
    signature = keys.sign("document", secret)
    (line,) = remote.audit_lines[before:]
    noted = json.loads(line)
    assert noted.pop("at").endswith("Z")
    assert noted == {
        "key": "document",
        "message_bytes": len(secret),
        "signature_sha256": sha256(signature).hexdigest(),
        "caller": "127.0.0.1",
    }
    assert sha256(secret).hexdigest() not in line
    assert (remote.home / "signatures.jsonl").stat().st_mode & 0o777 == 0o600


def test_the_signer_signs_with_a_token_as_well_and_behind_tls(
    token: Token, ceremony: Path, tmp_path: Path
) -> None:
    certificate, key = own_certificate(tmp_path)
    with RunningSigner(tmp_path, tls=(certificate, key), **token.settings) as running:
        keys = RemoteKeys(running.url, running.token_file, certificate, 5.0)
        _opened.append(keys)
        assert keys.public_key("document") == FileKeys(ceremony).public_key("document")
        assert keys.sign("record", b"message") == FileKeys(ceremony).sign("record", b"message")
        with pytest.raises(UnavailableError):  # nobody vouches for it
            at(running.url, running).sign("record", b"message")
    assert not (tmp_path / "keys").exists()
