"""The settings: one frozen object, read once from `CERTSVC_*` variables or `.env`. An unknown key is an error."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal, Self

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from certsvc.domain.e_licence import SYNTHETIC_ISSUER, SYNTHETIC_TYPE, ELicenceCodes
from certsvc.errors import ConfigurationError
from certsvc.settings.identity import IdentitySettings
from certsvc.settings.notices import NoticeSettings

PREFIX = "CERTSVC_"


class Settings(IdentitySettings, NoticeSettings):
    """Every setting, with its default. Paths that are not given stand below `home`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    home: Path = Field(
        default=Path("var"),
        description="Folder of keys, database, documents and public tree, unless set apart.",
    )
    database_url: str | None = Field(
        default=None,
        description="`sqlite:///file` or `postgresql://user@host/name`; default: SQLite below `home`.",
    )
    redis_url: str | None = Field(
        default=None,
        description="`redis://host:port/number`, where several processes share rate limits, fresh answers (sealed) and "
        "news of work; without it each process keeps its own. Nothing in it needs to be kept.",
    )
    environment: Literal["test", "production"] = Field(
        default="test",
        description="`test` makes development keys and a test CA, and says so on every certificate and verdict.",
    )
    public_url: str = Field(
        default="http://127.0.0.1:8000",
        description="The one fixed address that stands in every QR symbol; without a slash at the end.",
    )
    log_origin: str = Field(
        default="certsvc.example/jilin-titles",
        description="Origin of the public ledger and name of its key; never changed once the log has begun.",
    )
    witness_policy: Path | None = Field(
        default=None,
        description="File in the syntax of C2SP tlog-policy: the witnesses (with key and address) and the quorum that a "
        "checkpoint needs before it is public; without it no witness is asked, and every verdict says so "
        "(docs/operations.md, Witnesses).",
    )
    witness_seconds: float = Field(
        default=3.0,
        gt=0,
        le=60,
        description="Longest time that all witnesses together may take over one question; an auditor, which replays what is "
        "new before it cosigns, may need more.",
    )
    signer: Literal["file", "pkcs11", "remote"] = Field(
        default="file",
        description="Who has the private keys for signing (keys/README.md): `file`, this machine's folder of keys "
        "(development); `pkcs11`, a hardware module; `remote`, `certsvc signer serve` or its like elsewhere. With the "
        "latter two no process of the service holds one.",
    )
    pkcs11_module: Path | None = Field(
        default=None, description="`pkcs11`: the maker's library, such as `/usr/lib/softhsm/libsofthsm2.so`."
    )
    pkcs11_token: str | None = Field(default=None, description="`pkcs11`: the label of the token.")
    pkcs11_pin_file: Path | None = Field(
        default=None,
        description="`pkcs11`: file with the PIN of the user, one line; others must not be able to read it.",
    )
    signer_url: str | None = Field(
        default=None,
        description="`remote`: address of the signer (docs/formats/remote-signer.md), https unless it is this machine; "
        "without a slash at the end.",
    )
    signer_token_file: Path | None = Field(
        default=None, description="`remote`: file with the bearer token, one line; others must not read it."
    )
    signer_ca_file: Path | None = Field(
        default=None,
        description="`remote`: PEM file with the authorities that the signer's certificate may come from; default: those "
        "of the machine.",
    )
    signer_seconds: float = Field(
        default=5.0, gt=0, le=60, description="`remote`: longest time that one signature may take."
    )
    issuer: str = Field(
        default="吉林省人力资源和社会保障厅", description="The authority printed as 发证机关."
    )
    id_on_face: Literal["masked", "full"] = Field(
        default="masked", description="How the holder's document number is printed on the certificate."
    )
    e_licence_type: str = Field(
        default=SYNTHETIC_TYPE,
        description="证照类型代码 in every e-licence identifier: unit code of the body that defined the type, and three digits; "
        "the default is made up and refused in production. Never changed once certificates are made.",
    )
    e_licence_issuer: str = Field(
        default=SYNTHETIC_ISSUER,
        description="证照颁发机构代码 in every e-licence identifier: unit code of the issuing authority; the default is made up "
        "and refused in production. Never changed once certificates are made.",
    )
    receipts: Literal["recorded", "claimed"] | None = Field(
        default=None,
        description="Whether approval needs the receipts of all lower filing levels `recorded` by their authorities, or "
        "may rest on what the header `claimed`; default: `recorded` in production, `claimed` in the test environment.",
    )
    void_from: Literal["acquired", "decided"] = Field(
        default="acquired",
        description="From when a voiding 无效 counts: the day the title was `acquired`, or the day it was `decided`. "
        "吉人社函〔2022〕38号 六（二） says 一律无效 and names no day.",
    )
    suspension: Literal["off", "on"] = Field(
        default="off",
        description="Whether 核查中 (suspension) may be decided; no notice knows it. What is suspended can be lifted in any "
        "case.",
    )
    decision_documents: Literal["required", "optional"] | None = Field(
        default=None,
        description="Whether the decisions that docs/endings.md says so of need their document uploaded; default: "
        "`required` in production, `optional` in the test environment.",
    )
    credit_starts: Literal["recorded", "decided"] = Field(
        default="recorded",
        description="The day from which the three years of a credit record count: of the record, or of the decision.",
    )
    credit_platform_url: str | None = Field(
        default=None,
        description="Address (https) of the national credit platform; without it its messages wait "
        "(docs/formats/platform-messages.md).",
    )
    credit_platform_token: SecretStr | None = Field(
        default=None, description="Bearer token that the national credit platform gave."
    )
    title_platform: Literal["on", "off"] = Field(
        default="off",
        description="Whether titles are told to the national title-query platform; while it is off nothing is queued.",
    )
    title_platform_url: str | None = Field(
        default=None, description="Address (https) of the national title-query platform."
    )
    title_platform_token: SecretStr | None = Field(
        default=None, description="Bearer token that the national title-query platform gave."
    )
    eligibility_per_minute: int = Field(
        default=600,
        ge=1,
        description="Questions of eligibility a minute that one registered program may ask.",
    )
    e_licence_per_minute: int = Field(
        default=600,
        ge=1,
        description="Questions for the metadata of e-licences a minute that one registered program may ask.",
    )
    holder_per_minute: int = Field(
        default=600,
        ge=1,
        description="Questions a minute for holders' own certificates and their documents that one registered portal may ask; "
        "about one holder at most 30.",
    )
    timestamp_url: str | None = Field(
        default=None,
        description="Address of an RFC 3161 timestamp server; with it certificates get archive objects of a long-term level "
        "(docs/formats/archive-object.md), without it none are made.",
    )
    timestamp_roots: Path | None = Field(
        default=None,
        description="PEM file of the certificates that the timestamp server's chain is believed by.",
    )
    timestamp_seconds: float = Field(
        default=10.0, gt=0, le=120, description="Longest time the timestamp server may take over one answer."
    )
    archive_level: Literal["B-T", "B-LT", "B-LTA"] = Field(
        default="B-LTA", description="The level that archive objects are raised to (ETSI EN 319 142-1)."
    )
    archive_largest_list: int = Field(
        default=1_000_000,
        ge=1,
        le=10_000_000,
        description="Largest revocation list, in bytes, that is put into archive objects: every object holds its own copy of the "
        "lists of both chains.",
    )
    revocation_folder: Path | None = Field(
        default=None,
        description="Folder of revocation lists (`*.crl`, DER or PEM) of the authorities behind document signer and timestamp "
        "server; default: the folder of keys, where the test CA leaves its own.",
    )
    revocation_urls: str = Field(
        default="",
        description="Addresses of such lists, separated by spaces, fetched anew in every round of archiving; addresses inside "
        "certificates are never followed.",
    )
    host: str = Field(default="127.0.0.1", description="Address that `certsvc serve` listens on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port that `certsvc serve` listens on.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severity of the structured log on standard error."
    )

    @field_validator("public_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")) or value.endswith("/") or "#" in value:
            raise ValueError("an http(s) address without a slash at the end")
        return value

    @field_validator("e_licence_type")
    @classmethod
    def _type_of_licence(cls, value: str) -> str:
        return ELicenceCodes(value, SYNTHETIC_ISSUER).type_code

    @field_validator("e_licence_issuer")
    @classmethod
    def _issuer_of_licence(cls, value: str) -> str:
        return ELicenceCodes(SYNTHETIC_TYPE, value).issuer

    @model_validator(mode="after")
    def _whole_provider(self) -> Self:
        if (self.oidc_issuer is None) != (self.oidc_client_id is None):
            raise ValueError("CERTSVC_OIDC_ISSUER and CERTSVC_OIDC_CLIENT_ID are given together")
        if (self.holder_oidc_issuer is None) != (self.holder_oidc_client_id is None):
            raise ValueError(
                "CERTSVC_HOLDER_OIDC_ISSUER and CERTSVC_HOLDER_OIDC_CLIENT_ID are given together"
            )
        if self.holder_oidc_issuer is not None and not self.holder_oidc_acr.split():
            raise ValueError("CERTSVC_HOLDER_OIDC_ACR must name the levels of assurance that are enough")
        issuers = [one for one in (self.oidc_issuer, self.holder_oidc_issuer) if one is not None]
        if self.environment == "production":
            if self.oidc_issuer is not None and not self.oidc_acr.split():
                raise ValueError("CERTSVC_OIDC_ACR must name what means a second factor in production")
            if not all(one.startswith("https://") for one in issuers):
                raise ValueError("issuers are https addresses in production")
        return self

    @model_validator(mode="after")
    def _codes_of_e_licences(self) -> Self:
        if self.e_licence_codes.synthetic and self.environment == "production":
            raise ValueError(
                "CERTSVC_E_LICENCE_TYPE and CERTSVC_E_LICENCE_ISSUER must be set in production: the defaults are made up"
            )
        return self

    @property
    def e_licence_codes(self) -> ELicenceCodes:
        """The two codes of every e-licence identifier."""
        return ELicenceCodes(self.e_licence_type, self.e_licence_issuer)

    @model_validator(mode="after")
    def _whole_signer(self) -> Self:
        needed = {
            "file": (),
            "pkcs11": ("pkcs11_module", "pkcs11_token", "pkcs11_pin_file"),
            "remote": ("signer_url", "signer_token_file"),
        }[self.signer]
        lacking = [PREFIX + name.upper() for name in needed if getattr(self, name) is None]
        if lacking:
            raise ValueError(f"CERTSVC_SIGNER={self.signer} needs {', '.join(lacking)}")
        if self.signer_url is not None and self.signer_url.endswith("/"):
            raise ValueError("CERTSVC_SIGNER_URL is given without a slash at the end")
        return self

    @model_validator(mode="after")
    def _whole_timestamps(self) -> Self:
        if (self.timestamp_url is None) != (self.timestamp_roots is None):
            raise ValueError("CERTSVC_TIMESTAMP_URL and CERTSVC_TIMESTAMP_ROOTS are given together")
        return self

    @property
    def effective_database_url(self) -> str:
        """The database in use."""
        return self.database_url or f"sqlite:///{(self.home / 'certsvc.sqlite3').resolve()}"

    @property
    def receipts_required(self) -> bool:
        """Whether every lower level of the filing chain must be recorded before the province approves."""
        return (self.receipts or ("claimed" if self.environment == "test" else "recorded")) == "recorded"

    @property
    def documents_required(self) -> bool:
        """Whether decisions that end or restore a title need their document."""
        default = "optional" if self.environment == "test" else "required"
        return (self.decision_documents or default) == "required"

    @property
    def keys_folder(self) -> Path:
        """Private keys (mode 0700)."""
        return self.home / "keys"

    @property
    def documents_folder(self) -> Path:
        """The exact bytes of every certificate PDF."""
        return self.home / "documents"

    @property
    def archive_folder(self) -> Path:
        """The archive objects of certificate PDFs."""
        return self.home / "archive"

    @property
    def effective_revocation_folder(self) -> Path:
        """Where revocation lists are looked for."""
        return self.revocation_folder or self.keys_folder

    @property
    def public_folder(self) -> Path:
        """The public tree."""
        return self.home / "public"

    @property
    def look_ups_file(self) -> Path:
        """The log of look-ups, where the database is SQLite."""
        return self.home / "look-ups.sqlite3"

    @property
    def qr_prefix(self) -> str:
        """What stands before the record in a QR symbol."""
        return f"{self.public_url}/v#"


def load_settings(**overrides: object) -> Settings:
    """The settings of this process. Raises ConfigurationError naming every unknown or unfit key."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    given = (*os.environ, *dotenv_values(".env"))
    unknown = sorted({key for key in given if key.startswith(PREFIX) and key not in known})
    if unknown:
        raise ConfigurationError(f"未知的设置项：{'、'.join(unknown)}。可用的设置项见 docs/settings.md。")
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # values are checked by the model itself
    except ValidationError as error:
        places = "；".join(
            f"{PREFIX}{'.'.join(map(str, e['loc'])).upper()}：{e['msg']}" for e in error.errors()
        )
        raise ConfigurationError(f"设置有误：{places}") from error
