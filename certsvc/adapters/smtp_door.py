"""Notices on change by e-mail: one SMTP connection for the messages of a round (RFC 5321, RFC 3207, RFC 8314)."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final, Literal

from certsvc.domain.holder_notice import SENDER_NAME, OutgoingText
from certsvc.errors import ConfigurationError
from certsvc.ports.platforms import NotReceived, Received

SECONDS: Final = 10.0
_OWN_MACHINE: Final = ("127.0.0.1", "::1", "localhost")
_PERMANENT: Final = range(500, 600)
_LOCAL_NAME: Final = "certsvc.invalid"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where e-mail leaves: `protection` from the first byte (`tls`), by STARTTLS, or none on the own machine."""

    host: str
    port: int
    protection: Literal["tls", "starttls", "none"]
    sender: str
    user: str | None = None
    password: str | None = None


class SmtpDoor:
    """ports.holder_notices.NoticeDoor over smtplib. The certificate of the server is checked, its name too."""

    def __init__(
        self, server: MailServer, seconds: float = SECONDS, context: ssl.SSLContext | None = None
    ) -> None:
        """Raises ConfigurationError for a connection without TLS, but on the own machine."""
        if server.protection == "none" and server.host not in _OWN_MACHINE:
            raise ConfigurationError("邮件服务器须使用 TLS。请核对 CERTSVC_SMTP_PROTECTION。")
        self._server, self._seconds = server, seconds
        self._context = context or ssl.create_default_context()
        self._line: smtplib.SMTP | None = None

    def send(self, key: str, address: str, message: OutgoingText) -> Received | NotReceived:
        """Send a message once. A refusal of this message or its recipient (5xx) is final, of the connection never."""
        try:
            line = self._open()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return NotReceived(_fault("connect", error))
        try:
            line.send_message(self._composed(key, address, message), self._server.sender, [address])
        except smtplib.SMTPRecipientsRefused as error:
            code = error.recipients[address][0]
            self.close()
            return NotReceived(f"smtp-{code}", final=code in _PERMANENT)
        except smtplib.SMTPDataError as error:
            self.close()
            return NotReceived(f"smtp-{error.smtp_code}", final=error.smtp_code in _PERMANENT)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return NotReceived(_fault("send", error))
        return Received("smtp-250")

    def close(self) -> None:
        """Take leave of the server, where there is one."""
        line, self._line = self._line, None
        if line is None:
            return
        try:
            line.quit()
        except (OSError, smtplib.SMTPException):
            line.close()

    def _open(self) -> smtplib.SMTP:
        if self._line is not None:
            return self._line
        server = self._server
        line: smtplib.SMTP
        if server.protection == "tls":
            line = smtplib.SMTP_SSL(
                server.host, server.port, _LOCAL_NAME, timeout=self._seconds, context=self._context
            )
        else:
            line = smtplib.SMTP(server.host, server.port, _LOCAL_NAME, timeout=self._seconds)
        self._line = line
        if server.protection == "starttls":
            line.starttls(context=self._context)  # raises when the server does not offer it
        if server.user is not None:
            line.login(server.user, server.password or "")
        return line

    def _composed(self, key: str, address: str, message: OutgoingText) -> EmailMessage:
        """RFC 5322; the Message-ID is the same at every attempt, so that a repeat is recognisable. The header classes refuse
        line breaks."""
        sender_domain = self._server.sender.rpartition("@")[2]
        mail = EmailMessage(policy=SMTP)
        mail["From"] = Address(SENDER_NAME, addr_spec=self._server.sender)
        mail["To"] = Address(addr_spec=address)
        mail["Subject"] = message.subject
        mail["Message-ID"] = f"<{key}@{sender_domain}>"
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answering machine answers
        mail["Content-Language"] = "zh-CN"
        mail.set_content(message.text, charset="utf-8", cte="base64")
        return mail


def _fault(step: str, error: Exception) -> str:
    code = getattr(error, "smtp_code", None)
    told = f"smtp-{code}" if code else "timeout" if isinstance(error, TimeoutError) else type(error).__name__
    return f"{step}-{told}".lower()[:64]
