"""The settings of signing in: the providers of officials and of holders, what they must assert, when sessions end."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr

from certsvc.settings.public import PublicSettings


class IdentitySettings(PublicSettings):
    """Who may assert whom, and for how long it holds (docs/identity.md)."""

    oidc_issuer: str | None = Field(
        default=None,
        description="Issuer address of the OpenID provider that officials sign in with; without it sign-in is off "
        "(docs/sign-in.md).",
    )
    oidc_client_id: str | None = Field(default=None, description="Client id of this service at the provider.")
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="Client secret, where the provider gave one; PKCE is used in any case."
    )
    oidc_name_claim: Literal["sub", "preferred_username"] = Field(
        default="sub", description="Claim of the id_token whose value is the name of a registered actor."
    )
    oidc_acr: str = Field(
        default="",
        description="Values of the claim `acr`, separated by spaces, that mean a second factor; the provider is asked for them, "
        "and officials whose sign-in asserts none of them are refused. Required in production.",
    )
    oidc_max_age: int | None = Field(
        default=None,
        ge=60,
        description="Longest time in seconds since an official showed who they are to the provider (`max_age`, `auth_time`).",
    )
    holder_oidc_issuer: str | None = Field(
        default=None,
        description="Issuer address of the provincial identity platform that holders sign in with; without it the portal's "
        "sign-in is off (docs/identity.md).",
    )
    holder_oidc_client_id: str | None = Field(
        default=None, description="Client id of the portal at the identity platform."
    )
    holder_oidc_client_secret: SecretStr | None = Field(
        default=None, description="Client secret of the portal, where the platform gave one."
    )
    holder_oidc_scope: str = Field(
        default="openid profile", description="Scope that makes the platform assert name and ID number."
    )
    holder_name_claim: str = Field(
        default="name", min_length=1, max_length=64, description="Claim with the holder's name."
    )
    holder_id_claim: str = Field(
        default="id_number",
        min_length=1,
        max_length=64,
        description="Claim with the number of the holder's identity document.",
    )
    holder_kind_claim: str | None = Field(
        default=None,
        min_length=1,
        max_length=64,
        description="Claim with the kind of that document, where the platform asserts one.",
    )
    holder_oidc_acr: str = Field(
        default="",
        description="Levels of assurance (values of the claim `acr`), separated by spaces, that are enough for the portal; "
        "required with CERTSVC_HOLDER_OIDC_ISSUER.",
    )
    session_idle_minutes: int = Field(
        default=30,
        ge=1,
        le=240,
        description="Minutes without use after which an official's session ends.",
    )
    session_hours: int = Field(
        default=8, ge=1, le=24, description="Hours after which an official's session ends in any case."
    )
    holder_session_idle_minutes: int = Field(
        default=20, ge=1, le=120, description="Minutes without use after which a holder's session ends."
    )
    holder_session_hours: int = Field(
        default=2, ge=1, le=24, description="Hours after which a holder's session ends in any case."
    )
    session_rotate_minutes: int = Field(
        default=15, ge=1, le=240, description="Minutes after which a session in use gets a new token."
    )
