"""The settings of notices on change and of holders' requests."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from certsvc.settings.public import PublicSettings


class NoticeSettings(PublicSettings):
    """How holders are told beside their inbox (docs/notices-on-change.md), and how long a request may take."""

    smtp_host: str | None = Field(
        default=None,
        description="Mail server for notices on change; without it holders have their inbox alone (docs/notices-on-change.md).",
    )
    smtp_port: int = Field(default=465, ge=1, le=65535, description="Port of the mail server.")
    smtp_protection: Literal["tls", "starttls", "none"] = Field(
        default="tls",
        description="TLS from the first byte, by STARTTLS, or `none`, which is taken on the own machine alone.",
    )
    smtp_sender: str | None = Field(
        default=None, description="Address that e-mails come from; needed with CERTSVC_SMTP_HOST."
    )
    smtp_user: str | None = Field(
        default=None, description="User name at the mail server, where it asks for one."
    )
    smtp_password: SecretStr | None = Field(default=None, description="Password at the mail server.")
    sms_url: str | None = Field(
        default=None,
        description="Address (https) of the SMS provider's interface (docs/notices-on-change.md); without it no SMS is offered.",
    )
    sms_secret: SecretStr | None = Field(
        default=None,
        description="Secret that messages to the SMS provider are signed with; needed with CERTSVC_SMS_URL.",
    )
    request_work_days: int = Field(
        default=20,
        ge=1,
        le=60,
        description="Working days within which a holder's request is to be answered. An assumption: the notices give no term "
        "(docs/requests.md).",
    )

    @model_validator(mode="after")
    def _whole_ways_out(self) -> Self:
        if (self.smtp_host is None) != (self.smtp_sender is None):
            raise ValueError("CERTSVC_SMTP_HOST and CERTSVC_SMTP_SENDER are given together")
        if (self.sms_url is None) != (self.sms_secret is None):
            raise ValueError("CERTSVC_SMS_URL and CERTSVC_SMS_SECRET are given together")
        return self
