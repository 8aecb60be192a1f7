"""Document certificates take over from each other: what the one before signed goes on checking, and nothing later does."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from certverify import check_pdf, load_trust, open_ledger
from certverify.document import check_document
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.adapters.document.writer import PageWriter
from certsvc.adapters.document_certificates import read_chain
from certsvc.adapters.file_keys import FileDocumentSigner
from certsvc.adapters.test_ca import make_test_chain
from certsvc.backup import back_up, expected_fingerprints, fingerprints, restore, rotated_fingerprints, unlike
from certsvc.bootstrap import Office
from certsvc.domain.key_plan import KeyKind, KeyPlan, KeyState, PlannedKey
from certsvc.domain.page_face import PageFace, certificate_page
from certsvc.entrypoints.cli.commands import certsvc
from certsvc.errors import ConfigurationError, ConflictError, IntegrityError, KeyNotInForce
from certsvc.formats.manual_code import manual_code
from certsvc.formats.record import record_text
from certsvc.settings import Settings
from certsvc.stages.face import compose_face
from tests.support.databases import Databases
from tests.support.workbooks import DUAL_DIRECTED, REGULAR, sample
from tests.trust.conftest import House

DOCUMENT = KeyKind.DOCUMENT
DAY, WEEK = timedelta(days=1), timedelta(days=8)
NextKey = Callable[[KeyKind, str], Path]


def renew(house: House, key: Path) -> Office:
    """Announce a certificate, let its day come, put it in force; a process that starts afterwards."""
    office = house.process()
    office.key_desk.announce(DOCUMENT, key, house.first.clock.today() + WEEK)
    office.republish()
    house.first.clock.advance(WEEK)
    house.process().key_desk.switch(DOCUMENT)
    after = house.process()
    after.republish()
    return after


def pdf(office: Office, certificate: PublicCertificate) -> bytes:
    """The kept document."""
    content = certificate.draft.content
    document = office.archive.read(content.number, content.version)
    assert document is not None
    return document


def strict(house: House, document: bytes) -> str:
    """The code of the strict check with the list of now."""
    return check_document(document, load_trust(house.public).trust_list).code


def upload(house: House, document: bytes) -> dict[str, Any]:
    """The verdict on the file, as the verdict page gives it."""
    return house.process().verification.check_document(document).as_json()


def off_line(house: House, document: bytes) -> dict[str, Any]:
    """The outsider's verdict on the file."""
    trust = load_trust(house.public)
    return check_pdf(document, trust, open_ledger(house.public, trust), house.first.clock.now()).as_json()


def page_of(office: Office, certificate: PublicCertificate) -> PageFace:
    """What is printed on a certificate, by somebody who prints it again."""
    face = compose_face(
        certificate.draft.content,
        office.style,
        qr_text=record_text(certificate.record, office.style.qr_prefix),
        manual_code=manual_code(certificate.record),
    )
    return certificate_page(face, attachment=b"{}")


def drafted(office: Office) -> str:
    """A filing whose certificates are drafted and wait for their signature."""
    report = office.submit(sample(DUAL_DIRECTED).xlsx(), "filing.xlsx")
    office.approval.approve(report.filing, "maker")
    office.approval.begin_issue(report.filing, "checker")
    assert office.issuance.issuing.draft(report.filing, 100) > 1
    return str(report.filing)


def test_documents_of_both_certificates_check_with_the_list_of_now(house: House, next_key: NextKey) -> None:
    before = house.process()
    key = next_key(DOCUMENT, "next.pem")
    before.key_desk.announce(DOCUMENT, key, house.first.clock.today() + WEEK)
    before.republish()
    assert [one["valid_to"] for one in house.listed()["document_keys"]] == [None, None], "named, and not used"
    old = pdf(before, house.issue(before))
    after = renew(house, key)
    new = pdf(after, house.issue(after, REGULAR))
    today = house.first.clock.today().isoformat()
    first, second = house.listed()["document_keys"]
    assert (first["valid_from"], first["valid_to"], second["valid_to"]) == (today, None, today)
    for document in (old, new):
        assert strict(house, document) == "document-original"
        for told in (upload(house, document), off_line(house, document)):
            assert (told["verdict"], told["authentic"], told["status"]) == ("passed", "yes", "valid")


def test_the_old_key_is_believed_for_no_day_after_its_end_and_its_process_signs_no_more(
    house: House, next_key: NextKey
) -> None:
    before, today = house.process(), house.first.clock.today()
    certificate = house.issue(before)
    certificates = read_chain(house.keys / "document.pem")
    stolen = load_pem_private_key((house.keys / "document.pem").read_bytes(), None)
    thief = FileDocumentSigner(stolen, certificates[0], certificates[1:])  # type: ignore[arg-type]
    renew(house, next_key(DOCUMENT, "next.pem"))
    for work in (lambda: before.keys.document.sign(b"message"), before.publish):
        with pytest.raises(ConfigurationError, match="重新启动"):
            work()
    page, now = page_of(before, certificate), house.first.clock.now()

    def forged(days: int) -> bytes:
        return PageWriter(before.layout, thief).write(page, now + days * DAY)

    assert [strict(house, forged(days)) for days in (-9, 0, 1)] == [
        "document-original", "document-original", "document-key-dates",
    ]  # fmt: skip
    told = off_line(house, forged(1))
    assert (told["verdict"], told["authentic"]) == ("failed", "no")
    reprinted = replace(page, texts={**page.texts, "name": "张伟"})
    backdated = PageWriter(before.layout, thief).write(reprinted, now - 9 * DAY)
    assert strict(house, backdated) == "document-original", "what a thief can do"
    told = upload(house, backdated)
    assert (told["verdict"], told["authentic"], told["comparison"]) == ("failed", "no", None)
    assert told["findings"][0]["code"] == "document-unregistered", "the register knows which file it was"
    assert off_line(house, backdated)["authentic"] == "yes", "off line nobody can know"
    house.process().key_desk.retire_document(certificates[0], today)
    house.process().publish()
    assert house.listed()["document_keys"][1]["valid_to"] == (today - DAY).isoformat()
    assert [strict(house, forged(days)) for days in (-9, -8, 0)] == [
        "document-original", "document-key-dates", "document-key-dates",
    ]  # fmt: skip
    trail = [entry.action for entry in house.process().trail.entries("document-key/document.pem")]
    assert trail == ["machine:key:retire"]


def test_the_certificate_in_force_can_be_ended_before_there_is_another(
    house: House, next_key: NextKey
) -> None:
    office, today = house.process(), house.first.clock.today()
    office.key_desk.retire_document(office.keys.document.certificate, today)
    with pytest.raises(KeyNotInForce, match="到期"):
        office.keys.document.sign(b"at once, before any list says so")
    office.publish()
    office.key_desk.announce(DOCUMENT, next_key(DOCUMENT, "next.pem"), today, stolen=True)
    office.publish()
    house.process().key_desk.switch(DOCUMENT)
    after = house.process()
    after.publish()
    assert [one["valid_to"] for one in house.listed()["document_keys"]] == [None, (today - DAY).isoformat()]
    assert upload(house, pdf(after, house.issue(after)))["verdict"] == "passed"


def test_documents_left_unsigned_over_a_switch_are_finished(
    house: House, next_key: NextKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = house.process()
    filing, real, left = drafted(before), before.archive.keep, [1]

    def keep(number: str, version: int, document: bytes) -> str:
        if not left.pop():
            raise KeyboardInterrupt
        left.append(0)
        return real(number, version, document)

    monkeypatch.setattr(before.archive, "keep", keep)
    with pytest.raises(KeyboardInterrupt):
        before.issuance.run(filing)
    (kept,) = house.first.office.settings.documents_folder.rglob("*.pdf")
    was = kept.read_bytes()
    after = renew(house, next_key(DOCUMENT, "next.pem"))
    after.issuance.run(filing)
    assert kept.read_bytes() == was, "the one of before is the document"
    certificates = after.certificates.published(filing=filing)
    for certificate in certificates:
        assert strict(house, pdf(after, certificate)) == "document-original"
        assert certificate.draft.drafted_at < after.keys.document_terms[0].begins_at
    signed = [pdf(after, certificate) for certificate in certificates]
    assert sum(after.keys.document.certificate.hex().encode() in one for one in signed) == len(signed) - 1


def test_a_kept_document_that_no_certificate_of_ours_signed_so_stops_the_line(
    house: House, next_key: NextKey
) -> None:
    before = house.process()
    filing = drafted(before)
    (draft, *_) = before.certificates.drafts(filing, 1)
    after = renew(house, next_key(DOCUMENT, "next.pem"))
    sealing = after.issuance.sealing
    number = draft.content.number
    before.archive.keep(number, 1, b"%PDF-1.7 something else")
    with pytest.raises(IntegrityError, match="内容不同"):
        sealing.seal(filing, 1)
    assert before.archive.read(number, 1) == b"%PDF-1.7 something else"


def test_a_backup_of_before_a_renewal_goes_with_the_keys_of_now(
    house: House, next_key: NextKey, tmp_path: Path, databases: Databases
) -> None:
    made = back_up(house.first.office.settings, tmp_path / "office.tar", house.first.clock)
    renew(house, next_key(DOCUMENT, "next.pem"))
    elsewhere = Settings(home=tmp_path / "restored", database_url=databases.empty(), _env_file=None)
    restore(elsewhere, made.file)
    shutil.copytree(house.keys, elsewhere.keys_folder)
    expected = expected_fingerprints(elsewhere) or {}
    assert unlike(fingerprints(elsewhere), expected) == ("document",)
    assert unlike(fingerprints(elsewhere), expected, rotated_fingerprints(elsewhere)) == ()


@pytest.fixture
def run(house: House, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """A command as the operator types it."""
    monkeypatch.setattr("certsvc.bootstrap.home.SystemClock", lambda: house.first.clock)
    settings = house.first.office.settings
    environment = {
        "CERTSVC_HOME": str(settings.home),
        "CERTSVC_DATABASE_URL": settings.database_url or "",
    }
    return lambda *arguments: CliRunner().invoke(certsvc, ["trust", *arguments], env=environment)


def test_the_commands_take_certificate_and_key_from_files_of_their_own_and_show_both(
    house: House, run: Callable[..., Result], tmp_path: Path
) -> None:
    now, today = house.first.clock.now(), house.first.clock.today()
    chain, other = make_test_chain(now), make_test_chain(now)
    (tmp_path / "key.pem").write_bytes(chain.signer_key_pem)
    (tmp_path / "other.pem").write_bytes(other.signer_key_pem)
    (tmp_path / "chain.pem").write_bytes(b"".join(chain.certificates_pem))
    (tmp_path / "rootless.pem").write_bytes(b"".join(chain.certificates_pem[:2]))
    (tmp_path / "later.pem").write_bytes(b"".join(make_test_chain(now + 30 * DAY).certificates_pem))

    def rotate(key: str, certificate: str, *more: str, day: date = today + WEEK) -> Result:
        files = ("--key", str(tmp_path / key), "--certificate", str(tmp_path / certificate))
        return run("rotate", "document", *files, "--from", day.isoformat(), *more)

    refusals = {
        ("other.pem", "chain.pem"): "不相符",
        ("key.pem", "rootless.pem"): "证书链不完整",
        ("key.pem", "key.pem"): "没有可读取的证书",
    }
    for files, why in refusals.items():
        assert why in str(rotate(*files).exception), files
    assert "到期" in str(rotate("key.pem", "chain.pem", day=today + timedelta(days=3000)).exception)
    certificate_alone = ("--certificate", str(tmp_path / "chain.pem"), "--from", str(today + WEEK))
    assert isinstance(run("rotate", "document", *certificate_alone).exception, ConfigurationError), "no key"
    assert run("rotate", "record", "--new", *certificate_alone).exit_code == 2, "a record key has none"
    assert rotate("key.pem", "chain.pem").exit_code == 0
    assert rotate("key.pem", "chain.pem").exit_code == 0, "the same again"
    digest = sha256(chain.certificates_der[0]).hexdigest()
    assert f"{digest[:16]}.pem\t证书的 SHA-256 {digest}" in run("show").stdout
    drafted = run("draft", "--out", str(tmp_path / "draft"))
    assert drafted.exit_code == 0
    house.first.clock.advance(WEEK)
    assert run("switch", "document").exit_code == 0
    shown = [key for key in json.loads(run("show", "--json").stdout)["keys"] if key["kind"] == "document"]
    assert [key["state"] for key in shown] == ["in_force", "retired"]
    assert shown[0]["certificate_sha256"] == digest
    assert (house.keys / "document.pem.retired").exists()
    old = shown[1]["certificate_sha256"]
    for lacking in (["document"], ["document", "--from", str(today)], ["log", "--from", str(today)]):
        assert run("retire", *lacking).exit_code == 2
    retired = run("retire", "document", "--certificate-sha256", old, "--from", str(today))
    assert retired.exit_code == 0, retired.exception
    assert house.listed()["document_keys"][1]["valid_to"] == (today - DAY).isoformat()


def test_a_draft_tells_the_new_certificate_and_the_end_of_the_old_one(
    house: House, next_key: NextKey
) -> None:
    from certsvc.stages.trust_changes import trust_changes

    first = house.process().key_desk.signed()
    renew(house, next_key(DOCUMENT, "next.pem"))
    last = house.process().key_desk.signed()
    assert last is not None
    told = trust_changes(first, last)
    today, old, new = (
        house.first.clock.today().isoformat(),
        *(sha256(key.public).hexdigest() for key in reversed(house.process().key_desk.plan.document)),
    )
    assert any(
        line.startswith("新增证书文件密钥") and new in line and f"自 {today} 起" in line for line in told
    )
    assert any(old in line and f"至 {today} 止" in line for line in told)
    assert not any("没有说明" in line for line in told)


def test_a_certificate_put_over_the_old_one_by_hand_stops_the_office(house: House, next_key: NextKey) -> None:
    (house.keys / "document.pem").write_bytes(next_key(DOCUMENT, "next.pem").read_bytes())
    with pytest.raises(ConfigurationError, match="trust rotate document"):
        house.process()


D0 = date(2026, 1, 1)


def key(name: str, state: KeyState, first: int, last: int | None, switched: int | None) -> PlannedKey:
    """A document key by days counted from D0."""
    days = [None if one is None else D0 + one * DAY for one in (first, last, switched)]
    return PlannedKey(f"{name}.pem", b"", days[0] or D0, days[1], state, days[2], (name.encode(),))


PLAN = KeyPlan(
    (),
    (),
    (
        key("third", KeyState.IN_FORCE, 200, None, 210),
        key("second", KeyState.RETIRED, 100, 210, 105),
        key("first", KeyState.RETIRED, 0, 105, None),
        key("fourth", KeyState.ANNOUNCED, 400, None, None),
    ),
)


@pytest.mark.parametrize(
    ("name", "first_day", "good"),
    [
        ("first", 50, True), ("first", 106, True), ("first", 107, False), ("first", 1, True), ("first", 0, False),
        ("second", 211, True), ("second", 212, False), ("second", 100, False),
        ("third", 301, True), ("third", 302, False), ("third", 250, True),
        ("fourth", 300, False), ("unknown", 50, False),
    ],
)  # fmt: skip
def test_a_document_key_ends_within_its_time_of_use(name: str, first_day: int, good: bool) -> None:
    today, day = D0 + 300 * DAY, D0 + first_day * DAY
    if not good:
        with pytest.raises(ConflictError):
            PLAN.end_document(name.encode(), day, today)
        return
    ended = PLAN.end_document(name.encode(), day, today)
    found = ended.find(DOCUMENT, name.encode())
    assert found is not None
    assert found.valid_to == day - DAY
    assert [one.file for one in ended.document] == [one.file for one in PLAN.document]


def test_the_same_key_may_have_a_renewed_certificate() -> None:
    plan = PLAN.abandon(DOCUMENT)
    coming = plan.announce(
        DOCUMENT, "third.pem", b"", D0 + 320 * DAY, today=D0 + 300 * DAY, certificates=(b"renewed",)
    )
    assert [one.public for one in coming.document] == [b"third", b"second", b"first", b"renewed"]
    with pytest.raises(ConflictError, match="不能再次预告"):
        plan.announce(
            DOCUMENT, "first.pem", b"", D0 + 320 * DAY, today=D0 + 300 * DAY, certificates=(b"first",)
        )
