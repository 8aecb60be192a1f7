"""An office whose keys somebody else holds: it issues, publishes and is believed, and has no private key itself."""

from __future__ import annotations

import gc
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from certverify import check_pdf, load_trust, open_ledger
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import ValidationError

from certsvc.adapters.api_key import make_api_key
from certsvc.adapters.clock import FixedClock, SystemClock
from certsvc.adapters.ed25519_pem import ed25519_pem, read_ed25519
from certsvc.adapters.signing_keys import KeyInMemory, read_private_key
from certsvc.adapters.test_ca import make_test_chain
from certsvc.bootstrap import Office, open_office, prepare_home
from certsvc.domain.key_plan import KeyKind
from certsvc.entrypoints.cli.commands import certsvc
from certsvc.errors import ConfigurationError, UnavailableError
from certsvc.settings import Settings, load_settings
from certsvc.stages.signer_health import SignerFinding
from tests.operations.serving import Service
from tests.signers.remote import RunningSigner
from tests.support.office import TEST_SETTINGS, OfficeUnderTest
from tests.support.softhsm import Token
from tests.support.workbooks import DUAL_DIRECTED, EXAMPLES, REGULAR, sample

Held = Callable[[], dict[str, object]]


@pytest.fixture
def keyless(bare_home: Path, held_elsewhere: Held, clock: FixedClock) -> Iterator[OfficeUnderTest]:
    """An office over a token, and one over the remote signer."""
    made = OfficeUnderTest(bare_home, clock, **held_elsewhere())
    yield made
    made.close()


def private_parts(ceremony: Path) -> list[bytes]:
    """The secret numbers of all keys."""
    keys = [read_private_key(path) for path in ceremony.glob("*.pem")]
    return [
        key.private_bytes_raw()
        if isinstance(key, Ed25519PrivateKey)
        else key.private_numbers().private_value.to_bytes(32, "big")
        for key in keys
    ]


def private_keys_in_this_process() -> set[int]:
    """Objects that are private keys, by identity; those of cryptography are found through whoever holds them."""
    gc.collect()
    kinds = (KeyInMemory, Ed25519PrivateKey, EllipticCurvePrivateKey)
    held = gc.get_referents(*gc.get_objects())
    held += gc.get_referents(*(one for one in held if type(one) is dict and not gc.is_tracked(one)))
    return {id(one) for one in held if isinstance(one, kinds)}


def test_a_private_key_in_this_process_is_seen() -> None:
    before = private_keys_in_this_process()
    holders = [[Ed25519PrivateKey.generate()], {"key": ec.generate_private_key(ec.SECP256R1())}]
    assert len(private_keys_in_this_process() - before) == len(holders)


def test_it_issues_publishes_and_is_believed_without_a_private_key(
    keyless: OfficeUnderTest, ceremony: Path
) -> None:
    before = private_keys_in_this_process()
    (certificate, *_) = keyless.issue(keyless.submit(sample(DUAL_DIRECTED).xlsx()))
    assert keyless.check_qr(certificate)["verdict"] == "passed"
    content = certificate.draft.content
    document = keyless.office.archive.read(content.number, 1)
    assert document is not None
    public = keyless.office.settings.public_folder
    trust = load_trust(public)
    verdict = check_pdf(document, trust, open_ledger(public, trust), keyless.clock.now())
    assert verdict.outcome.exit_code == 0
    assert keyless.office.credit.sign(b"an answer to a program")
    assert private_keys_in_this_process() <= before
    secrets, home = private_parts(ceremony), keyless.office.settings.home
    for path in home.rglob("*"):
        raw = path.read_bytes() if path.is_file() else b""
        assert b"PRIVATE KEY" not in raw, path
        assert not any(secret in raw for secret in secrets), path


def test_the_keys_are_told_with_their_days(keyless: OfficeUnderTest) -> None:
    reports = {one.name: one for one in keyless.office.signer_health.reports()}
    assert set(reports) == {"record", "log", "document", "api"}
    assert {one.finding for one in reports.values()} == {SignerFinding.OK}
    assert all(one.reachable for one in reports.values())
    document = reports["document"]
    assert document.valid_until is not None
    assert document.days_left == (document.valid_until - keyless.clock.today()).days + 1 > 1000


def test_a_serving_process_never_has_a_private_key_in_its_memory(
    bare_home: Path, remote: RunningSigner, ceremony: Path
) -> None:
    settings = Settings(home=bare_home, **TEST_SETTINGS, **remote.settings)  # type: ignore[arg-type]
    prepare_home(settings)
    office = open_office(settings)
    office.load_registry((EXAMPLES / "registry.json").read_bytes())
    report = office.submit(sample(DUAL_DIRECTED).xlsx(), "filing.xlsx")
    office.approval.approve(report.filing, "maker")
    office.approval.begin_issue(report.filing, "checker")
    lines = len(remote.audit_lines)
    with pytest.MonkeyPatch.context() as environment:
        for name, value in remote.settings.items():
            environment.setenv(f"CERTSVC_{name.upper()}", str(value))
        service = Service(settings)
        try:
            service.wait_until_it_answers()
            _wait_until(lambda: bool(office.certificates.published(filing=report.filing)))
            used = {json.loads(line)["key"] for line in remote.audit_lines[lines:]}
            assert used >= {"record", "document", "log"}, "it has signed with all of them"
            memory = _memory_of(service.process.pid)
        finally:
            service.terminate()
    office.close()
    known = read_ed25519(ceremony / "record.pem").public_key().public_bytes_raw()
    assert any(known in part for part in memory), "what is there is found"
    for secret in private_parts(ceremony):
        assert not any(secret in part for part in memory)


def test_killed_between_archive_and_database_it_goes_on_with_the_document_that_is_kept(
    bare_home: Path, token: Token
) -> None:
    """The token signs every document with a fresh random number, so the second run has written other bytes."""
    settings = Settings(home=bare_home, **TEST_SETTINGS, **token.settings)  # type: ignore[arg-type]
    prepare_home(settings)
    office = open_office(settings)
    office.load_registry((EXAMPLES / "registry.json").read_bytes())
    report = office.submit(sample(DUAL_DIRECTED).xlsx(), "filing.xlsx")
    office.approval.approve(report.filing, "maker")
    office.approval.begin_issue(report.filing, "checker")
    environment = {
        **os.environ,
        **{f"CERTSVC_{name.upper()}": str(value) for name, value in token.settings.items()},
        "CERTSVC_HOME": str(bare_home),
    }
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED_BEFORE_THE_DATABASE, report.filing], env=environment, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    kept = {path: path.read_bytes() for path in settings.documents_folder.rglob("*.pdf")}
    assert kept
    assert not office.certificates.published(filing=report.filing)
    office.issuance.run(report.filing)
    published = office.certificates.published(filing=report.filing)
    assert len(published) == len(kept)
    assert {path: path.read_bytes() for path in settings.documents_folder.rglob("*.pdf")} == kept
    trust = load_trust(settings.public_folder)
    ledger = open_ledger(settings.public_folder, trust)
    for document in kept.values():
        assert check_pdf(document, trust, ledger, SystemClock().now()).outcome.exit_code == 0
    office.close()


_KILLED_BEFORE_THE_DATABASE = """
import os, signal, sys
from certsvc.bootstrap import open_office
from certsvc.settings import load_settings
office = open_office(load_settings())
type(office.certificates).seal = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
office.issuance.run(sys.argv[1])
"""


def test_without_its_signer_it_issues_nothing_and_goes_on_answering(
    bare_home: Path, ceremony: Path, tmp_path: Path, clock: FixedClock
) -> None:
    shutil.copytree(ceremony, tmp_path / "signer" / "keys")
    with RunningSigner(tmp_path / "signer") as running:
        made = OfficeUnderTest(bare_home, clock, **running.settings)
        (certificate, *_) = made.issue(made.submit(sample(DUAL_DIRECTED).xlsx()))
    with pytest.raises(UnavailableError):
        made.office.republish()
    assert made.check_qr(certificate)["verdict"] == "passed"
    office = open_office(made.office.settings, clock)
    assert set(office.readiness.check().values()) == {"ok"}
    assert {one.finding for one in office.readiness.signers()} == {SignerFinding.UNREACHABLE}
    office.close()
    made.close()


def test_a_key_that_the_holder_has_takes_over(
    bare_home: Path, token: Token, tmp_path: Path, clock: FixedClock
) -> None:
    made = OfficeUnderTest(bare_home, clock, **token.settings)
    settings, office = made.office.settings, made.office
    day = clock.today() + timedelta(days=8)
    with pytest.raises(ConfigurationError, match="record-2027"):
        office.key_desk.announce_held(KeyKind.RECORD, "record-2027", day)
    (tmp_path / "new.pem").write_bytes(ed25519_pem())
    with pytest.raises(ConfigurationError, match="不接受密钥文件"):
        office.key_desk.announce(KeyKind.RECORD, tmp_path / "new.pem", day)
    token.add("record-2027", tmp_path / "new.pem")
    for name in ("record", "log-2027", "record_2027", "record-2027.pem"):
        with pytest.raises(ConfigurationError, match="名称"):
            office.key_desk.announce_held(KeyKind.RECORD, name, day)
    coming = office.key_desk.announce_held(KeyKind.RECORD, "record-2027", day)
    assert office.key_desk.announce_held(KeyKind.RECORD, "record-2027", day) == coming
    office.publish()
    clock.advance(timedelta(days=8))
    office.key_desk.switch(KeyKind.RECORD)
    made.close()
    after = open_office(settings, clock)
    after.publish()
    assert after.keys.record.public_key == coming.public_key
    report = after.submit(sample(DUAL_DIRECTED).xlsx(), "filing.xlsx")
    after.approval.approve(report.filing, "maker")
    after.approval.begin_issue(report.filing, "checker")
    after.issuance.run(report.filing)
    (certificate, *_) = after.certificates.published(filing=report.filing)
    assert made.check_qr(certificate)["verdict"] == "passed"
    assert {one.name for one in after.signer_health.reports()} == {"record-2027", "log", "document", "api"}
    after.close()


def test_a_document_certificate_of_a_held_key_takes_over_and_may_be_renewed_for_the_same_key(
    bare_home: Path, ceremony: Path, token: Token, tmp_path: Path, clock: FixedClock
) -> None:
    made = OfficeUnderTest(bare_home, clock, **token.settings)
    settings, kind = made.office.settings, KeyKind.DOCUMENT
    old = made.office.archive.read(
        made.issue(made.submit(sample(DUAL_DIRECTED).xlsx()))[0].draft.content.number, 1
    )
    chain = make_test_chain(clock.now())
    (tmp_path / "key.pem").write_bytes(chain.signer_key_pem)
    (tmp_path / "chain.pem").write_bytes(b"".join(chain.certificates_pem))
    token.add("document-2027", tmp_path / "key.pem", 77)
    renewed = tmp_path / "renewed.pem"
    renewed.write_bytes(renewed_chain(ceremony / "document.pem", clock))

    def take_over(name: str, certificate: Path) -> Office:
        desk, day = made.office.key_desk, clock.today() + timedelta(days=8)
        for wrong in ("record-2027", "document_2027"):
            with pytest.raises(ConfigurationError, match="名称"):
                desk.announce_held(kind, wrong, day, certificate=certificate)
        with pytest.raises(ConfigurationError, match="--certificate"):
            desk.announce_held(kind, name, day)
        coming = desk.announce_held(kind, name, day, certificate=certificate)
        assert desk.announce_held(kind, name, day, certificate=certificate) == coming
        desk.files()
        made.office.publish()
        clock.advance(timedelta(days=8))
        desk.switch(kind)
        made.close()
        made.office = open_office(settings, clock)
        made.office.republish()
        assert made.office.keys.document.certificate == coming.public
        return made.office

    with pytest.raises(ConfigurationError, match="不是签名设备中 document 密钥的证书"):
        made.office.key_desk.announce_held(
            kind, "document", clock.today(), certificate=tmp_path / "chain.pem"
        )
    assert "document" in {one.name for one in take_over("document", renewed).signer_health.reports()}
    assert (bare_home / "keys" / "document.pem").exists(), "the name is the same"
    office = take_over("document-2027", tmp_path / "chain.pem")
    assert {one.name for one in office.signer_health.reports()} == {"record", "log", "document-2027", "api"}
    assert not prepare_home(settings, clock), "nothing is left to be written down"
    batch = sample(REGULAR)
    (new, *_) = made.issue(made.submit(batch.with_rows(batch.rows[:1]).xlsx()))
    public = settings.public_folder
    trust = load_trust(public)
    assert len(trust.trust_list.document_keys) == 3
    for document in (old, office.archive.read(new.draft.content.number, 1)):
        assert document is not None
        verdict = check_pdf(document, trust, open_ledger(public, trust), clock.now())
        assert verdict.outcome.exit_code == 0
    made.close()


def renewed_chain(document_pem: Path, clock: FixedClock) -> bytes:
    """A certificate for the key of an old one, by an authority of its own, and its chain (PEM)."""
    key = read_private_key(document_pem)
    assert isinstance(key, EllipticCurvePrivateKey)
    chain, day = make_test_chain(clock.now()), timedelta(days=1)
    name, root = chain.certificates[0].subject, ec.generate_private_key(ec.SECP256R1())

    def certified(subject: x509.Name, public_key: ec.EllipticCurvePublicKey) -> bytes:
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(chain.certificates[2].subject)
        dated = builder.not_valid_before(clock.now() - day).not_valid_after(clock.now() + 900 * day)
        made = dated.public_key(public_key).serial_number(x509.random_serial_number()).sign(root, SHA256())
        return made.public_bytes(Encoding.PEM)

    return certified(name, key.public_key()) + certified(chain.certificates[2].subject, root.public_key())


def test_a_private_key_left_in_the_folder_stops_it(keyless: OfficeUnderTest, ceremony: Path) -> None:
    settings = keyless.office.settings
    for name, source in {"record.pem.retired": "record.pem", "document.pem": "document.pem"}.items():
        kept = (settings.keys_folder / name).read_bytes() if name == "document.pem" else None
        (settings.keys_folder / name).write_bytes((ceremony / source).read_bytes())
        for opening in (open_office, prepare_home):
            with pytest.raises(ConfigurationError, match=name):
                opening(settings, keyless.clock)
        (settings.keys_folder / name).unlink()
        if kept is not None:
            (settings.keys_folder / name).write_bytes(kept)
    open_office(settings, keyless.clock).close()


def test_a_certificate_of_another_key_is_not_taken_in(
    bare_home: Path, token: Token, tmp_path: Path, clock: FixedClock
) -> None:
    chain = make_test_chain(clock.now())
    (bare_home / "keys" / "document.pem").write_bytes(b"".join(chain.certificates_pem))
    settings = Settings(home=bare_home, **TEST_SETTINGS, **token.settings)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="不是签名设备中 document 密钥的证书"):
        prepare_home(settings, clock)
    (bare_home / "keys" / "document.pem").unlink()
    with pytest.raises(ConfigurationError, match=r"document\.pem"):
        prepare_home(settings, clock)


@pytest.mark.parametrize(
    ("given", "lacking"),
    [
        ({"signer": "pkcs11"}, "CERTSVC_PKCS11_MODULE, CERTSVC_PKCS11_TOKEN, CERTSVC_PKCS11_PIN_FILE"),
        ({"signer": "remote"}, "CERTSVC_SIGNER_URL, CERTSVC_SIGNER_TOKEN_FILE"),
        ({"signer": "cloud"}, "'file', 'pkcs11' or 'remote'"),
        ({"signer": "remote", "signer_url": "https://x/", "signer_token_file": "t"}, "slash"),
    ],
)
def test_a_signer_needs_its_settings(given: dict[str, str], lacking: str) -> None:
    with pytest.raises(ValidationError, match=lacking):
        Settings(**TEST_SETTINGS, **given)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError):
        load_settings(**TEST_SETTINGS, **given)


def test_with_keys_in_files_a_process_that_signs_nothing_keeps_none_in_memory(
    tmp_path: Path, clock: FixedClock
) -> None:
    made = OfficeUnderTest(tmp_path, clock)
    settings = made.office.settings
    made.close()
    for path in settings.keys_folder.glob("trust.pem"):
        path.unlink()  # the anchor has no place on the machine of a service
    before = private_keys_in_this_process()
    office: Office = open_office(settings, clock)
    assert office.verification.check_qr("7" * 200).as_json()["verdict"] != "passed"
    assert set(office.readiness.check().values()) == {"ok"}
    assert private_keys_in_this_process() <= before
    office.close()


def test_the_command_tells_how_the_keys_stand(
    bare_home: Path, ceremony: Path, tmp_path: Path, clock: FixedClock
) -> None:
    home = tmp_path / "signer"
    shutil.copytree(ceremony, home / "keys")
    with RunningSigner(home) as running:
        OfficeUnderTest(bare_home, clock, **running.settings).close()
        environment = {f"CERTSVC_{name.upper()}": str(value) for name, value in running.settings.items()}
        environment["CERTSVC_HOME"] = str(bare_home)

        def findings() -> tuple[int, dict[str, str]]:
            run = CliRunner().invoke(certsvc, ["signer", "check", "--json"], env=environment)
            told = json.loads(run.output)["signers"]
            return run.exit_code, {one["key"]: one["finding"] for one in told}

        assert findings() == (0, dict.fromkeys(("record", "log", "document", "api"), "ok"))
        (home / "keys" / "log.pem").unlink()
        (home / "keys" / "api.pem").unlink()
        make_api_key(home / "keys")
        assert findings() == (1, {"record": "ok", "log": "missing", "document": "ok", "api": "other-key"})


def _wait_until(done: Callable[[], bool], seconds: float = 60) -> None:
    import time

    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.1)


def _memory_of(pid: int) -> list[bytes]:
    """Everything that a process can write to."""
    parts = []
    with Path(f"/proc/{pid}/mem").open("rb") as memory:
        for line in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines():
            place, rights, *_ = line.split()
            if "w" in rights and "[v" not in line:
                start, end = (int(bound, 16) for bound in place.split("-"))
                try:
                    memory.seek(start)
                    parts.append(memory.read(end - start))
                except OSError:
                    continue  # reserved and never touched
    return parts
