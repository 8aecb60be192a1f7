"""A holder that answers wrongly stops what needs a signature, for as long as it does, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.file_keys import FileKeys
from certsvc.adapters.pkcs11_keys import Pkcs11Keys
from certsvc.adapters.remote_keys import RemoteKeys
from certsvc.adapters.signing_keys import KeyAtHolder
from certsvc.entrypoints.jobs.background import Companion
from certsvc.errors import ConfigurationError, SignerRefused, UnavailableError, UnknownReference
from certsvc.ports.signing import KeyHolder
from tests.signers.remote import RunningSigner, odd_signer
from tests.support.office import OfficeUnderTest
from tests.support.softhsm import MODULE, SoftHsm
from tests.support.workbooks import DUAL_DIRECTED, sample

ANSWER = b"HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nSorry"
PATIENCE = 20


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    """A token that nobody looks at."""
    file = tmp_path / "token"
    file.write_text("0" * 64, encoding="ascii")
    file.chmod(0o600)
    return file


@pytest.mark.parametrize(
    ("status", "strict"),
    [
        (b"401 Unauthorized", ConfigurationError),
        (b"403 Forbidden", ConfigurationError),
        (b"404 Not Found", UnknownReference),
        (b"410 Gone", UnavailableError),
        (b"502 Bad Gateway", UnavailableError),
        (b"200 OK", UnavailableError),
    ],
)
def test_a_status_that_a_proxy_may_give_is_waited_for_when_signing_and_told_when_asking(
    ceremony: Path, token_file: Path, status: bytes, strict: type[Exception]
) -> None:
    with odd_signer(ANSWER % status) as url:
        keys = RemoteKeys(url, token_file, None, 5.0)
        with pytest.raises(UnavailableError) as raised:
            KeyAtHolder(keys, "record", FileKeys(ceremony).public_key("record")).sign(b"message")
        with pytest.raises(strict):
            keys.public_key("record")
        keys.close()
    assert isinstance(raised.value, SignerRefused) is (strict is not UnavailableError)


def refused(holder: KeyHolder, ceremony: Path, told: str) -> None:
    """Signing waits; asking is told."""
    with pytest.raises(SignerRefused, match=told):
        KeyAtHolder(holder, "record", FileKeys(ceremony).public_key("record")).sign(b"message")
    with pytest.raises(ConfigurationError, match=told):
        holder.public_key("record")


def test_a_pin_that_was_refused_is_waited_for_and_not_tried_again(softhsm: SoftHsm, ceremony: Path) -> None:
    token = softhsm.token()
    token.add("record", ceremony / "record.pem")
    right = token.pin_file.read_text(encoding="ascii")
    token.pin_file.write_text("0000000000", encoding="ascii")
    keys = Pkcs11Keys(MODULE, token.label, token.pin_file)
    refused(keys, ceremony, "不再重试")
    token.pin_file.write_text(right, encoding="ascii")
    refused(keys, ceremony, "不再重试")


def test_two_keys_of_one_label_and_a_secret_that_is_gone_are_waited_for(
    softhsm: SoftHsm, ceremony: Path, token_file: Path
) -> None:
    token = softhsm.token()
    token.add("record", ceremony / "record.pem", 1)
    token.add("record", ceremony / "log.pem", 2)
    refused(Pkcs11Keys(MODULE, token.label, token.pin_file), ceremony, "不止一个")
    token_file.unlink()
    remote = RemoteKeys("http://127.0.0.1:9", token_file, None, 1.0)
    refused(remote, ceremony, "CERTSVC_SIGNER_TOKEN_FILE")
    remote.close()


@pytest.fixture
def signer(ceremony: Path, tmp_path: Path) -> Iterator[RunningSigner]:
    """A remote signer whose keys and token a test may spoil."""
    shutil.copytree(ceremony, tmp_path / "signer" / "keys")
    with RunningSigner(tmp_path / "signer") as running:
        yield running


def test_the_background_work_lives_through_wrong_answers_and_goes_on_by_itself(
    bare_home: Path, signer: RunningSigner, clock: FixedClock
) -> None:
    made = OfficeUnderTest(bare_home, clock, **signer.settings)
    (certificate, *_) = made.issue(made.submit(sample(DUAL_DIRECTED).xlsx()))
    failed, refused_once, done = Event(), Event(), Event()

    def step(_stopping: object) -> None:
        try:
            made.office.republish()
        except UnavailableError:
            done.clear()
            refused_once.set()
            raise
        done.set()

    token, log_key = signer.token_file, signer.home / "keys" / "log.pem"
    companion = Companion("test", step, 0.01, failed.set)
    companion.start()
    for file, wrong in ((token, b"x" * 64), (log_key, None)):
        assert done.wait(PATIENCE)
        right = file.read_bytes()
        if wrong is None:
            file.unlink()
        else:
            file.write_bytes(wrong)
        refused_once.clear()
        assert refused_once.wait(PATIENCE)
        assert made.check_qr(certificate)["verdict"] == "passed"
        assert not failed.is_set()
        file.write_bytes(right)
    assert done.wait(PATIENCE)
    companion.ask_to_stop()
    companion.join()
    companion.require_well()
    made.close()
