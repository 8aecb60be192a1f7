"""How the service stands, joined for those who keep it: log, background work, keys, what was refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from certverify import Trust

from certsvc.adapters.background_board import DatabaseBackgroundBoard
from certsvc.adapters.clock import local_day
from certsvc.adapters.ledger_reading import DatabaseLedgerReading
from certsvc.domain.caller import Caller
from certsvc.domain.key_plan import KeyKind, KeyState, PlannedKey
from certsvc.domain.permission import Action
from certsvc.domain.platform_message import MessageReport
from certsvc.errors import ConfigurationError, UnavailableError
from certsvc.formats.record import derive_record_kid
from certsvc.ports.background import RefusedPage
from certsvc.ports.look_ups import EnumerationAlert
from certsvc.stages.background_standing import BackgroundStanding, JobsStanding
from certsvc.stages.key_overview import (
    KeyOverview,
    KeysStanding,
    KeyStanding,
    KeyUse,
    KnownKey,
    ListStanding,
)
from certsvc.stages.ledger_health import LedgerHealth, LedgerStanding

if TYPE_CHECKING:
    from certsvc.bootstrap.office import Office

AMONG: Final = 20_000
"""Refusals are looked for among so many of the newest entries of the audit trail."""
_MOST_ALERTS: Final = 50
_STANDINGS: Final = {
    KeyState.ANNOUNCED: KeyStanding.ANNOUNCED,
    KeyState.IN_FORCE: KeyStanding.IN_FORCE,
    KeyState.RETIRING: KeyStanding.RETIRING,
    KeyState.RETIRED: KeyStanding.ENDED,
}


@dataclass(frozen=True, slots=True)
class AlarmsStanding:
    """Numbers that are tried out, newest first, and one page of what was refused."""

    alerts: tuple[EnumerationAlert, ...]
    refused: RefusedPage


class OperationsDesk:
    """For whoever may read how the system stands; the province alone."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._board = DatabaseBackgroundBoard(office.reading_engine)

    def ledger(self, by: Caller) -> LedgerStanding:
        """How the log stands. Raises NotPermitted, IntegrityError."""
        self._require(Action.SYSTEM_READ, by, "ledger")
        office = self._office
        return LedgerHealth(
            DatabaseLedgerReading(office.reading_engine),
            office.tree,
            office.log_keys,
            office.witnessing,
            self._board,
            office.clock,
        ).standing()

    def jobs(self, by: Caller) -> JobsStanding:
        """What waits in the background. Raises NotPermitted."""
        self._require(Action.SYSTEM_READ, by, "jobs")
        office = self._office
        archive = office.archive_desk
        return BackgroundStanding(
            self._board,
            office.unfinished_filings,
            lambda: office.credit.delivery,
            lambda: office.notice_desk.delivery,
            archive.standing,
            lambda: archive.archiving.failures(),
            office.fault_notes.book,
        ).standing()

    def revive(self, message: int, by: Caller) -> MessageReport:
        """Let a message to a platform that was given up be tried again. Raises NotPermitted, UnknownReference, ConflictError."""
        self._require(Action.PLATFORM_REVIVE, by, f"platform-message/{message}")
        return self._office.credit.delivery.revive(message, by)

    def revive_notices(self, by: Caller) -> int:
        """Let the messages to holders that were given up be tried again; how many. Raises NotPermitted."""
        self._require(Action.PLATFORM_REVIVE, by, "notice-messages")
        return self._office.notice_desk.delivery.revive(by)

    def keys(self, by: Caller) -> KeysStanding:
        """Every key of this service, and the keys of organisations. Raises NotPermitted."""
        self._require(Action.SYSTEM_READ, by, "keys")
        office = self._office
        return KeyOverview(
            self._known, office.signer_health.reports, self._trust_list, office.clock
        ).standing()

    def alarms(self, by: Caller, action: str | None, offset: int, most: int) -> AlarmsStanding:
        """What seems wrong from outside and inside. Raises NotPermitted."""
        self._require(Action.ALARM_READ, by, "alarms")
        alerts = tuple(self._office.look_ups.store.newest_alerts(_MOST_ALERTS))
        return AlarmsStanding(alerts, self._board.refused(AMONG, action, offset, most))

    def _require(self, action: Action, by: Caller, subject: str) -> None:
        self._office.permits.require(action, by, subject)

    def _known(self) -> Iterator[KnownKey]:
        office = self._office
        plan = office.key_desk.plan
        for kind in KeyKind:
            for key in plan.of(kind):
                yield _planned(kind, key)
        yield from self._api_key()
        yield KnownKey(KeyUse.PERSONAL, "personal", "1", "AES-256-GCM, HMAC-SHA-256", KeyStanding.IN_FORCE)
        yield from self._timestamp_roots()
        today = office.clock.today()
        for given in office.organisation_keys.given_out():
            standing = KeyStanding.ENDED if given.has_ended(today) else KeyStanding.IN_FORCE
            since = local_day(given.made_at)
            until = given.ends_on if given.ended_at is None else local_day(given.ended_at)
            yield KnownKey(
                KeyUse.ORGANISATION, given.name, given.id, "–", standing, since, until, given.organisation
            )

    def _api_key(self) -> Iterator[KnownKey]:
        trust = self._trust()
        for kid, key in ({} if trust is None else trust.trust_list.api_keys).items():
            ended = key.valid_to is not None and key.valid_to < self._office.clock.today()
            standing = KeyStanding.ENDED if ended else KeyStanding.IN_FORCE
            yield KnownKey(KeyUse.API, "api", kid, "Ed25519", standing, key.valid_from, key.valid_to)

    def _timestamp_roots(self) -> Iterator[KnownKey]:
        file = self._office.settings.timestamp_roots
        if file is None:
            return
        from certsvc.adapters.archive.material import read_certificates

        try:
            roots = read_certificates(file)
        except ConfigurationError:
            return
        for root in roots:
            since, until = local_day(root.not_valid_before), local_day(root.not_valid_after)
            key_id = sha256(root.dump()).hexdigest()
            ended = until < self._office.clock.today()
            standing = KeyStanding.ENDED if ended else KeyStanding.IN_FORCE
            words = root.subject.human_friendly
            algorithm = root.public_key.algorithm.upper()
            yield KnownKey(KeyUse.TIMESTAMP_ROOT, "tsa", key_id, algorithm, standing, since, until, words)

    def _trust(self) -> Trust | None:
        try:
            return self._office.published_state.open()[0]
        except UnavailableError:
            return None

    def _trust_list(self) -> ListStanding | None:
        trust = self._trust()
        if trust is None:
            return None
        listed = trust.trust_list
        return ListStanding(listed.sequence, listed.issued_at, tuple(key.name for key in listed.anchors))


def _planned(kind: KeyKind, key: PlannedKey) -> KnownKey:
    standing, use = _STANDINGS[key.state], KeyUse(kind.value)
    if not key.certificates:
        raw = key.public_key
        key_id = derive_record_kid(raw).hex() if kind is KeyKind.RECORD else sha256(raw).hexdigest()
        return KnownKey(use, key.name, key_id, "Ed25519", standing, key.valid_from, key.valid_to)
    until = min(filter(None, (key.valid_to, _last_day(key.certificates[0]))))
    key_id = sha256(key.certificates[0]).hexdigest()
    return KnownKey(use, key.name, key_id, "ECDSA P-256", standing, key.valid_from, until)


def _last_day(certificate: bytes) -> date:
    from cryptography import x509

    return local_day(x509.load_der_x509_certificate(certificate).not_valid_after_utc)
