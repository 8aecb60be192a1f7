"""The world that notices leave for: a mail server and an SMS provider on loopback, which do as they are told."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

SECRET = "shared-secret"


@dataclass
class MailBox:
    """A mail server's handler: keeps what it takes, and answers with the next of `answers` first."""

    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    at_recipient: list[str] = field(default_factory=list)
    sessions: set[int] = field(default_factory=set)

    async def handle_RCPT(  # noqa: N802  # the library's name
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.sessions.add(id(session))
        if self.at_recipient:
            return self.at_recipient.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  # the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.answers:
            return self.answers.pop(0)
        mail = message_from_bytes(envelope.content or b"", policy=default)  # type: ignore[arg-type]
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.recipients += envelope.rcpt_tos
        return "250 OK"


class _AtAnyPort(Controller):
    """At whatever port the machine gives."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(box: MailBox, **given: Any) -> Iterator[int]:
    """The port of a mail server over a box."""
    controller = _AtAnyPort(box, hostname="127.0.0.1", port=0, **given)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@dataclass
class SmsProvider:
    """An SMS provider: checks the signature, takes every id once, answers with the next of `answers` first."""

    taken: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: int = 0
    answers: list[int] = field(default_factory=list)

    def answer(self, headers: Any, body: bytes) -> tuple[int, dict[str, str]]:
        self.asked += 1
        signed = hmac.new(SECRET.encode(), f"{headers['X-Timestamp']}.".encode() + body, "sha256").hexdigest()
        if not hmac.compare_digest(signed, headers["X-Signature"]):
            return 401, {}
        if self.answers:
            return self.answers.pop(0), {}
        told = json.loads(body)
        known = told["id"] in self.taken
        assert headers["Idempotency-Key"] == told["id"]
        self.taken[told["id"]] = told
        return (409 if known else 201), {"receipt": f"sms-{told['id'][:8]}"}


@contextmanager
def sms_server(provider: SmsProvider) -> Iterator[str]:
    """The address of a provider."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, told = provider.answer(self.headers, body)
            raw = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_given: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/send"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
