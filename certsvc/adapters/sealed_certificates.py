"""What is kept encrypted of a certificate: sealed into its row, opened again; and the row's keys for manual code and name."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, update
from sqlalchemy.exc import IntegrityError as DatabaseRefusal

from certsvc.adapters.instants import instant_text
from certsvc.adapters.schema import certificate
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.corridor import SealedCertificate
from certsvc.errors import IntegrityError
from certsvc.formats.manual_code import manual_code
from certsvc.ports import PersonalCipher

_SEAL = (
    update(certificate)
    .where(
        certificate.c.number == bindparam("own_number"),
        certificate.c.version == bindparam("own_version"),
        certificate.c.state == "drafted",
        certificate.c.status == int(CertificateStatus.VALID),
    )
    .values(
        state="sealed",
        sealed_record=bindparam("signed"),
        code_key=bindparam("key_of_code"),
        document_sha256=bindparam("digest"),
        sealed_at=bindparam("at"),
    )
)


def write_seals(
    connection: Connection, cipher: PersonalCipher, sealed: Sequence[SealedCertificate], at: datetime
) -> int:
    """Store records, manual codes and document digests of drafts in the caller's transaction; how many still were drafts.

    Raises IntegrityError when the manual code of one is another certificate's (docs/formats/manual-code.md: never, as far
    as chance goes).
    """
    try:
        return connection.execute(_SEAL, [_seal_row(cipher, one, at) for one in sealed]).rowcount
    except DatabaseRefusal as error:
        raise IntegrityError("证书的校验码与已有证书相同，已停止签章。请联系系统维护人员。") from error


def open_record(cipher: PersonalCipher, number: str, version: int, sealed: bytes) -> bytes:
    """The QR record of a sealed certificate; it holds a name, so it is kept encrypted."""
    return cipher.decrypt(sealed, context=_record_context(number, version))


def open_content(cipher: PersonalCipher, number: str, version: int, sealed: bytes) -> bytes:
    """The canonical content of a certificate version, as `formats.content` decodes it."""
    return cipher.decrypt(sealed, context=certificate_context(number, version))


def certificate_context(number: str, version: int) -> bytes:
    """What binds the encrypted content of a version to its place."""
    return f"certificate/{number}/{version}".encode()


def code_key(cipher: PersonalCipher, code: str) -> bytes:
    """The keyed digest under which a manual code is found; hyphens do not count."""
    return cipher.person_key(f"manual-code/{code.replace('-', '')}")


def name_key(cipher: PersonalCipher, name: str) -> bytes:
    """The keyed digest under which a holder's name is found; dots and spaces do not count."""
    return cipher.person_key(f"holder-name/{plain_name(name)}")


def plain_name(name: str) -> str:
    """A name for comparing: one width, no dots, no spaces, small letters."""
    return "".join(one for one in unicodedata.normalize("NFKC", name).casefold() if one.isalnum())


def _seal_row(cipher: PersonalCipher, one: SealedCertificate, at: datetime) -> dict[str, object]:
    content = one.draft.content
    context = _record_context(content.number, content.version)
    return {
        "own_number": content.number,
        "own_version": content.version,
        "signed": cipher.encrypt(one.record, context=context),
        "key_of_code": code_key(cipher, manual_code(one.record)),
        "digest": one.document_sha256,
        "at": instant_text(at),
    }


def _record_context(number: str, version: int) -> bytes:
    return certificate_context(number, version) + b"/record"
