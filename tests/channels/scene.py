"""One office with a certificate of every kind, and everything by which somebody may bring it to somebody else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from certverify.errors import RecordAlteredError, RecordUnreadableError
from certverify.record import decode_record, record_bytes

from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.adapters.clock import FixedClock
from certsvc.adapters.key_ring import load_keys
from certsvc.domain.caller import OPERATOR
from certsvc.domain.decision import DecisionKind
from certsvc.entrypoints.faces import open_faces
from certsvc.entrypoints.public_api.tree_files import published_anchor
from certsvc.formats.manual_code import manual_code
from certsvc.formats.record import derive_record_kid, encode_record, record_signing_bytes, record_text
from certsvc.stages.annotated_copies import CopyWish
from certsvc.stages.sign import qr_record
from certsvc.stages.verify import HolderClaim
from tests.api.asking import PublicOffice, claim
from tests.document.attacks.forging import unsigned
from tests.document.attacks.scene import FACE
from tests.history.papers import OFFICIALS, ZHOU, ZHOU_ID, Archive
from tests.history.statement_desk import symbol_of
from tests.support.aid_mission import issue_aid
from tests.support.office import OfficeUnderTest
from tests.web.builders import FOREIGN_KEY
from tests.web.hosts import Host
from tests.web.pictures import png, symbol

MADE_AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
CHECKED_AT = MADE_AT + timedelta(days=2)
ENDED = {
    "revoked": DecisionKind.REVOKE,
    "voided": DecisionKind.VOID,
    "suspended": DecisionKind.SUSPEND,
    "superseded": DecisionKind.CORRECT,
}
_DRAWN = ("changed", "unknown key", "mistyped", "unreadable")
_PATIENCE = 30.0
_FREELY: dict[str, Any] = dict.fromkeys(
    (
        "verify_per_minute",
        "examine_per_minute",
        "bundle_per_minute",
        "guesses_per_hour",
        "batch_rows_per_hour",
    ),
    1_000_000,
)


@dataclass(frozen=True)
class Presented:
    """One certificate in every form in which it is shown; None: it cannot be brought this way."""

    text: str
    document: bytes | None = None
    claim: dict[str, str] | None = None

    @property
    def picture(self) -> bytes:
        """A picture of the QR symbol."""
        return png(symbol(self.text))

    @property
    def fragment(self) -> str:
        """The text as the verdict page carries it."""
        return self.text.rpartition("#")[2]

    @property
    def code(self) -> str | None:
        """The manual code beside the symbol; None where the symbol holds no record."""
        try:
            decode_record(self.text)
        except (RecordAlteredError, RecordUnreadableError):
            return None
        return manual_code(record_bytes(self.text))


class Counter(PublicOffice):
    """The office, its faces at one address with the short way in front, and what is presented there by name."""

    def __init__(self, under_test: OfficeUnderTest, host: Host) -> None:
        super().__init__(under_test, persons=6)
        self.presented = {**self._certificates(), **self._untrue()}
        self.clock.advance(CHECKED_AT - MADE_AT)
        self.office.republish()
        self.office.answer_storing.work()
        self._host = host
        host.start(open_faces(self.office))
        self.site = host.address
        self.programs = httpx.Client(base_url=self.site, trust_env=False)
        self.tree = self.office.settings.public_folder
        anchor = published_anchor(self.tree)
        assert anchor is not None
        self.anchor = anchor

    @contextmanager
    def later(self, hours: int) -> Iterator[None]:
        """So many hours after the log was last signed."""
        self._set(CHECKED_AT + timedelta(hours=hours))
        yield
        self._set(CHECKED_AT)

    def now(self) -> datetime:
        """The instant of the office."""
        return self.clock.now()

    def close(self) -> None:
        """Give everything back."""
        self.programs.close()
        self._host.stop()
        super().close()

    def _set(self, instant: datetime) -> None:
        """Move the clock; the short way looks at it four times a second."""
        if instant == self.clock.instant:
            return
        self.clock.instant = instant
        question = {"qr": self.presented["valid"].text}
        end = time.monotonic() + _PATIENCE
        while self.programs.post("/api/v1/verify", json=question).json()["checkpoint_age"] != self._age():
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.02)

    def _age(self) -> int:
        return int((self.clock.instant - CHECKED_AT).total_seconds())

    def _certificates(self) -> dict[str, Presented]:
        """What the authority has signed: valid, ended in every way, limited; a statement and copies."""
        known = dict(zip(("valid", "copied", *ENDED), self.regular, strict=True))
        known["limited"] = self.dual[0]
        (known["written off"],) = issue_aid(self.under_test)
        self.decide(DecisionKind.WRITE_OFF, known["written off"])
        for name, kind in ENDED.items():
            changes = {"name": "更名人"} if kind is DecisionKind.CORRECT else None
            self.decide(kind, known[name], changes=changes)
        found = {name: self._shown(certificate) for name, certificate in known.items()}
        found["historical"] = self._statement()
        found["copy"] = self._copy(known["copied"], date(2026, 12, 20))
        found["ended copy"] = self._copy(known["copied"], date(2026, 11, 21))
        del found["copied"]
        return found

    def _untrue(self) -> dict[str, Presented]:
        """What the authority has not signed, or what cannot be read."""
        genuine = self.regular[0]
        record, signer = qr_record(genuine.draft), self._record_signer()
        changed = replace(record, name="林大伟")
        own_kid = derive_record_kid(FOREIGN_KEY.public_key().public_bytes_raw())
        signature = decode_record(self._text(genuine.record)).signature
        text = self._text(genuine.record)

        def signed_by_foreigner(kid: bytes) -> bytes:
            return encode_record(changed, kid, FOREIGN_KEY.sign(record_signing_bytes(changed, kid)))

        unlogged = replace(record, slot=1_000_000)
        signed = encode_record(unlogged, signer.kid, signer.sign(record_signing_bytes(unlogged, signer.kid)))
        texts = {
            "changed": self._text(encode_record(changed, signer.kid, signature)),
            "signed by a stranger": self._text(signed_by_foreigner(signer.kid)),
            "unknown key": self._text(signed_by_foreigner(own_kid)),
            "mistyped": text[:-1] + ("Y" if text[-1] != "Y" else "X"),
            "unreadable": text[:-40] + text[-1],
            "not in the log": self._text(signed),
        }
        by_name = claim(genuine, name="林大伟")
        return {
            name: Presented(
                shown,
                unsigned(replace(FACE, name="林大伟", qr_text=shown)) if name in _DRAWN else None,
                None if name in ("mistyped", "unreadable", "not in the log") else by_name,
            )
            for name, shown in texts.items()
        }

    def _record_signer(self) -> Any:
        settings = self.office.settings
        return load_keys(settings.keys_folder, log_origin=settings.log_origin).record

    def _shown(self, certificate: PublicCertificate) -> Presented:
        return Presented(self._text(certificate.record), self.document(certificate), claim(certificate))

    def _text(self, record: bytes) -> str:
        return record_text(record, self.office.settings.qr_prefix)

    def _copy(self, certificate: PublicCertificate, ends_on: date) -> Presented:
        number = certificate.draft.content.number
        wish = CopyWish(number, "长春市第一建筑公司", "投标", ends_on, str(uuid4()))
        made = self.office.copies.make_at_office(wish, OPERATOR)
        raw = self.office.copies.document(made.id, OPERATOR, "cli")
        return Presented(symbol_of(raw), raw)

    def _statement(self) -> Presented:
        for person in OFFICIALS:
            self.office.actors.register_actor(person, self.clock.now())
        (reference,) = Archive(self.under_test, self.clock).published(ZHOU)
        words = {"number": reference, "name": ZHOU["姓名"], "id_last4": ZHOU_ID[-4:]}
        raw = self.office.statements.for_claim(HolderClaim(**words)).document
        return Presented(symbol_of(raw), raw, words)


def open_counter(folder: Path) -> Counter:
    """An office on SQLite in which nothing is decided any more, two days after everything was made."""
    host = Host()
    own = {"public_url": host.address, "suspension": "on", **_FREELY}
    office = OfficeUnderTest(folder, FixedClock(MADE_AT), **own)
    return Counter(office, host)
