"""The made-up keys, people and trust material of the golden vectors. The keys are public and sign nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certsvc.adapters.file_keys import FileLogSigner, FileRecordSigner
from certsvc.domain.certificate import Award, CertificateContent
from certsvc.domain.certificate_number import build_certificate_number
from certsvc.domain.identity import IdDocument, IdKind
from certsvc.domain.levels import Level
from certsvc.formats.note import encode_vkey
from certsvc.formats.record import QrRecord, encode_record, record_signing_bytes
from certsvc.formats.trust import (
    LogKey,
    RecordKey,
    Tables,
    TrustList,
    encode_policy,
    encode_tables,
    encode_trust_list,
)

PREFIX = "https://certsvc.example/v#"
ORIGIN = "certsvc.example/vectors"
NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
RECORD_KEY = FileRecordSigner(
    Ed25519PrivateKey.from_private_bytes(sha256(b"record key of the vectors").digest())
)
STRANGER = FileRecordSigner(Ed25519PrivateKey.from_private_bytes(sha256(b"a key nobody trusts").digest()))
LOG_KEY = FileLogSigner(
    Ed25519PrivateKey.from_private_bytes(sha256(b"log key of the vectors").digest()), ORIGIN
)
TABLES = encode_tables(
    Tables(
        series={5: "工程技术人员", 9: "农业技术人员"},
        titles={50201: "高级工程师", 90201: "高级农艺师"},
        levels={int(level): level.label for level in Level},
        ways={1: "评审", 4: "双定向"},
        regions={"222404": "珲春市"},
    )
)
TRUSTED = TrustList(
    sequence=1,
    issued_at=NOW,
    environment="test",
    qr_prefixes=(PREFIX,),
    log_origin=ORIGIN,
    log_keys=(LogKey(encode_vkey(ORIGIN, LOG_KEY.public_key), date(2026, 1, 1), None),),
    record_keys=(RecordKey(RECORD_KEY.kid, RECORD_KEY.public_key, date(2026, 1, 1), None),),
    document_keys=(),
    layouts=(),
    tables=TABLES,
)
TRUST_LIST = encode_trust_list(TRUSTED)
POLICY = encode_policy(encode_vkey(ORIGIN, LOG_KEY.public_key))


@dataclass(frozen=True, slots=True)
class Person:
    """A made-up holder and the slot of the certificate."""

    name: str
    last4: str
    slot: int
    dual_directed: bool = False


PEOPLE = (
    Person("林青禾", "0017", 7),
    Person("欧阳䶮㛃𬱖", "123X", 130_306, dual_directed=True),
    Person("阿迪力·麦麦提", "4029", 70_000),
    Person("一" * 50, "8889", 513),
)


def content_of(serial: int, person: Person) -> CertificateContent:
    """Everything that stands in the private payload."""
    series, title = (9, 90201) if person.dual_directed else (5, 50201)
    award = Award(
        row=serial,
        name=person.name,
        document=IdDocument(IdKind.CITIZEN, "22990119900101" + person.last4),
        sex="女",
        born_on=date(1990, 1, 1),
        series=series,
        specialty="公路工程",
        title=title,
        level=Level.DEPUTY_SENIOR,
        way=4 if person.dual_directed else 1,
        validity_area="222404" if person.dual_directed else None,
        acquired_on=date(2026, 10, 15),
        committee_code="JL-TEST-01",
        committee_name="测试评审委员会",
        announcing_body="吉林省人力资源和社会保障厅",
        announcement_ref="吉人社函〔2026〕1号",
        announcement_on=date(2026, 11, 1),
        unit_name=None,
        unit_region="222404",
    )
    number = build_certificate_number(2026, series, Level.DEPUTY_SENIOR, serial)
    return CertificateContent(number, 1, person.slot, award, "吉林省人力资源和社会保障厅", TODAY)


def record_of(content: CertificateContent) -> QrRecord:
    """The public record of a content."""
    award = content.award
    return QrRecord(
        number=content.number,
        version=content.version,
        slot=content.slot,
        name=award.name,
        id_last4=award.document.last4,
        series=award.series,
        title=award.title,
        level=int(award.level),
        way=award.way,
        validity_area=award.validity_area,
        acquired_on=award.acquired_on,
    )


def sign_record(record: QrRecord, signer: FileRecordSigner = RECORD_KEY) -> bytes:
    """The record's bytes under a key."""
    return encode_record(record, signer.kid, signer.sign(record_signing_bytes(record, signer.kid)))


def salt_of(serial: int) -> bytes:
    """A salt that is fixed, as salts of real certificates never are."""
    return sha256(f"salt of vector {serial}".encode()).digest()
