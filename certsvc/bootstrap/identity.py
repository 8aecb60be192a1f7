"""Sign-in, joined: sessions and providers of both faces."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

from certsvc.adapters.kept_sessions import DatabaseSessions
from certsvc.adapters.session_schema import holder_session
from certsvc.adapters.session_store import DatabaseSessionStore
from certsvc.ports import Clock
from certsvc.ports.access import IdentityProvider
from certsvc.settings import Settings
from certsvc.stages.holder_sign_in import HolderSignIn
from certsvc.stages.sessions import SessionLimits, Sessions
from certsvc.stages.sign_in import SignIn

if TYPE_CHECKING:
    from certsvc.bootstrap.office import Office


def open_sign_in(office: Office) -> SignIn:
    """Signing in of officials; without a provider in the settings it says so."""
    sessions = DatabaseSessionStore(office.engine)
    return SignIn(
        provider=_provider(office.settings, office.clock),
        sessions=sessions,
        spent=sessions,
        actors=office.actors,
        trail=office.trail,
        cipher=office.keys.cipher,
        clock=office.clock,
        random=os.urandom,
    )


def open_holder_sign_in(office: Office) -> HolderSignIn:
    """Signing in of holders."""
    limits = SessionLimits(timedelta(minutes=20), timedelta(hours=2), timedelta(minutes=10))
    cipher = office.keys.cipher
    board = DatabaseSessions(office.engine, holder_session)
    sessions = Sessions(board, office.trail, cipher, office.clock, os.urandom, limits)
    return HolderSignIn(sessions, cipher)


def _provider(settings: Settings, clock: Clock) -> IdentityProvider | None:
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None
    from certsvc.adapters.oidc_provider import OpenIdProvider, ProviderSettings

    secret = settings.oidc_client_secret
    known = ProviderSettings(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=None if secret is None else secret.get_secret_value(),
        redirect_address=f"{settings.public_url}/console/sign-in/callback",
        name_claim=settings.oidc_name_claim,
    )
    return OpenIdProvider(known, clock)
