"""Sign-in, joined: providers and sessions of both faces."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic import SecretStr
from sqlalchemy import Table

from certsvc.adapters.kept_sessions import DatabaseSessions
from certsvc.adapters.seen_browsers import DatabaseSeenBrowsers
from certsvc.adapters.session_schema import holder_session, official_session
from certsvc.adapters.spent_tokens import DatabaseSpentTokens
from certsvc.ports.access import IdentityProvider
from certsvc.stages.holder_sign_in import DOCUMENT_KIND, ID_NUMBER, NAME, HolderSignIn
from certsvc.stages.sessions import SessionLimits, Sessions
from certsvc.stages.sign_in import NAME as OFFICIAL_NAME
from certsvc.stages.sign_in import SignIn
from certsvc.stages.sign_in_attempts import Attempts

if TYPE_CHECKING:
    from certsvc.adapters.oidc_provider import ProviderSettings
    from certsvc.bootstrap.office import Office


def open_sign_in(office: Office) -> SignIn:
    """Signing in of officials; without a provider in the settings it says so."""
    settings = office.settings
    missing = "尚未设置统一身份认证（CERTSVC_OIDC_ISSUER），不能登录。"
    attempts = _attempts(office, "console", _officials_provider(office), missing)
    limits = _limits(office, settings.session_idle_minutes, settings.session_hours)
    sessions = _sessions(office, "console", official_session, limits)
    return SignIn(attempts, sessions, office.actors, frozenset(settings.oidc_acr.split()))


def open_holder_sign_in(office: Office) -> HolderSignIn:
    """Signing in of holders; without the identity platform in the settings it says so."""
    settings = office.settings
    missing = "尚未设置统一身份认证平台（CERTSVC_HOLDER_OIDC_ISSUER），暂时不能登录。"
    attempts = _attempts(office, "portal", _holders_provider(office), missing)
    limits = _limits(office, settings.holder_session_idle_minutes, settings.holder_session_hours)
    sessions = _sessions(office, "portal", holder_session, limits)
    cipher, enough = office.keys.cipher, frozenset(settings.holder_oidc_acr.split())
    browsers = DatabaseSeenBrowsers(office.engine, cipher, office.holder_news)
    return HolderSignIn(attempts, sessions, cipher, enough, browsers)


def _attempts(office: Office, face: str, provider: IdentityProvider | None, missing: str) -> Attempts:
    spent = DatabaseSpentTokens(office.engine)
    return Attempts(face, provider, missing, spent, office.keys.cipher, office.clock, os.urandom)


def _sessions(office: Office, face: str, table: Table, limits: SessionLimits) -> Sessions:
    board = DatabaseSessions(office.engine, table, face, office.reading_engine)
    return Sessions(face, board, office.trail, office.keys.cipher, office.clock, os.urandom, limits)


def _limits(office: Office, idle_minutes: int, hours: int) -> SessionLimits:
    rotate_every = timedelta(minutes=office.settings.session_rotate_minutes)
    return SessionLimits(timedelta(minutes=idle_minutes), timedelta(hours=hours), rotate_every)


def _officials_provider(office: Office) -> IdentityProvider | None:
    settings = office.settings
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None
    from certsvc.adapters.oidc_provider import ProviderSettings

    known = ProviderSettings(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=_text(settings.oidc_client_secret),
        redirect_address=f"{settings.public_url}/console/sign-in/callback",
        claims={OFFICIAL_NAME: settings.oidc_name_claim},
        scope="openid" if settings.oidc_name_claim == "sub" else "openid profile",
        assurance=tuple(settings.oidc_acr.split()),
        max_age=settings.oidc_max_age,
    )
    return _provider(office, known)


def _holders_provider(office: Office) -> IdentityProvider | None:
    settings = office.settings
    if settings.holder_oidc_issuer is None or settings.holder_oidc_client_id is None:
        return None
    from certsvc.adapters.oidc_provider import ProviderSettings

    claims = {NAME: settings.holder_name_claim, ID_NUMBER: settings.holder_id_claim}
    kind = {} if settings.holder_kind_claim is None else {DOCUMENT_KIND: settings.holder_kind_claim}
    known = ProviderSettings(
        issuer=settings.holder_oidc_issuer,
        client_id=settings.holder_oidc_client_id,
        client_secret=_text(settings.holder_oidc_client_secret),
        redirect_address=f"{settings.public_url}/portal/sign-in/callback",
        claims=claims | kind,
        optional=frozenset({NAME, ID_NUMBER, DOCUMENT_KIND}),  # who is not named is told so by the stage
        scope=settings.holder_oidc_scope,
        assurance=tuple(settings.holder_oidc_acr.split()),
    )
    return _provider(office, known)


def _provider(office: Office, known: ProviderSettings) -> IdentityProvider:
    from certsvc.adapters.oidc_provider import OpenIdProvider

    return OpenIdProvider(known, office.clock)


def _text(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
