"""Credit archive, cancelled years, eligibility and the national platforms, joined with their adapters."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from functools import cached_property

from pydantic import SecretStr

from certsvc.adapters.api_key import load_api_key
from certsvc.adapters.cancelled_year_store import DatabaseCancelledYears
from certsvc.adapters.credit_store import DatabaseCreditArchive
from certsvc.adapters.historical_names import DatabaseHistoricalNames
from certsvc.adapters.person_links import DatabasePersonLinks
from certsvc.adapters.platform_outbox import DatabaseMessageQueue
from certsvc.adapters.signers import HeldApiSigner
from certsvc.adapters.untold_titles import DatabaseUntoldTitles
from certsvc.bootstrap.parts import Parts
from certsvc.bootstrap.signers import open_holder
from certsvc.domain.platform_message import Platform
from certsvc.domain.policy.resolution import PolicySet
from certsvc.errors import ConfigurationError, RequestError
from certsvc.formats.detached_jws import detached_jws, public_jwk
from certsvc.ports.platforms import PlatformDoor
from certsvc.settings import Settings
from certsvc.stages.cancelled_years import CancelledYears
from certsvc.stages.credit_archive import CreditArchive
from certsvc.stages.eligibility import EligibilityDesk
from certsvc.stages.platform_delivery import PlatformDelivery
from certsvc.stages.title_catch_up import TitleCatchUp

_log = logging.getLogger(__name__)


class CreditSide:
    """The part of an office that keeps persons' bars and tells others of them."""

    def __init__(self, parts: Parts, policies: Callable[[], PolicySet]) -> None:
        """`policies` gives those in force."""
        self._parts = parts
        self._policies = policies
        self._cipher = parts.keys.cipher
        self._told_of_key = False

    @cached_property
    def archive(self) -> CreditArchive:
        """The credit archive 诚信档案库."""
        parts = self._parts
        return CreditArchive(
            parts.permits,
            DatabaseCreditArchive(parts.engine, self._cipher),
            DatabasePersonLinks(parts.engine, self._cipher),
            parts.looks,
            parts.clock,
            os.urandom,
        )

    @cached_property
    def cancelled_years(self) -> CancelledYears:
        """取消当年申报资格."""
        parts = self._parts
        store = DatabaseCancelledYears(parts.engine, self._cipher)
        return CancelledYears(parts.permits, store, parts.looks, parts.clock, os.urandom)

    @cached_property
    def eligibility(self) -> EligibilityDesk:
        """What the application system asks."""
        parts = self._parts
        names = DatabaseHistoricalNames(parts.engine, self._cipher).of
        versions = parts.certificates.versions
        return EligibilityDesk(
            parts.permits,
            parts.filings,
            names,
            versions,
            parts.register,
            self._cipher,
            parts.looks,
            parts.clock,
            self._policies,
        )

    @cached_property
    def delivery(self) -> PlatformDelivery:
        """Messages to the national platforms; those without an address keep theirs waiting."""
        parts = self._parts
        queue, doors = DatabaseMessageQueue(parts.engine, self._cipher), _doors(parts.settings)
        if doors:
            _ = self.api_signer  # missing, it is told before a message is taken up
        return PlatformDelivery(queue, doors, lambda: self.api_signer, parts.clock)

    @property
    def catching_up(self) -> TitleCatchUp:
        """Titles that the title-query platform was not told of. Raises RequestError while it is switched off."""
        parts = self._parts
        if parts.settings.title_platform != "on":
            raise RequestError("全国职称评审信息查询平台尚未启用。请先设置 CERTSVC_TITLE_PLATFORM=on。")
        return TitleCatchUp(DatabaseUntoldTitles(parts.engine, self._cipher), parts.clock)

    @cached_property
    def api_signer(self) -> HeldApiSigner:
        """The API key. Raises ConfigurationError when production has none."""
        settings = self._parts.settings
        may_make = settings.environment == "test"
        return load_api_key(settings.keys_folder, may_make=may_make, holder=open_holder(settings))

    def sign(self, body: bytes) -> str:
        """The detached JWS of a body."""
        return detached_jws(body, self.api_signer.key_id, self.api_signer.sign)

    def published_keys(self) -> dict[str, object]:
        """The public API key as JWKS (RFC 7517)."""
        return {"keys": [public_jwk(self.api_signer.public_key)]}

    def work(self, stopping: Callable[[], bool]) -> None:
        """One round of the background work: note ends of credit records, then deliver what is due.

        Without the API key messages wait, which is said once; everything else goes on.
        """
        self.archive.note_ends(stopping)
        if self._may_sign():
            self.delivery.deliver(stopping)

    def _may_sign(self) -> bool:
        """False where a platform has an address and there is no API key to sign with; looked for anew every time."""
        if not _addresses(self._parts.settings):
            return True
        try:
            _ = self.api_signer
        except ConfigurationError as error:
            if not self._told_of_key:
                _log.error("messages to the national platforms wait, nothing signs them: %s", error)
                self._told_of_key = True
            return False
        self._told_of_key = False
        return True


def _doors(settings: Settings) -> Mapping[Platform, PlatformDoor]:
    tokens = {
        Platform.CREDIT: settings.credit_platform_token,
        Platform.TITLES: settings.title_platform_token,
    }
    return {platform: _door(address, tokens[platform]) for platform, address in _addresses(settings).items()}


def _addresses(settings: Settings) -> Mapping[Platform, str]:
    given = {
        Platform.CREDIT: settings.credit_platform_url,
        Platform.TITLES: settings.title_platform_url,
    }
    return {platform: address for platform, address in given.items() if address is not None}


def _door(address: str, token: SecretStr | None) -> PlatformDoor:
    from certsvc.adapters.platform_door import HttpsDoor

    return HttpsDoor(address, None if token is None else token.get_secret_value())
