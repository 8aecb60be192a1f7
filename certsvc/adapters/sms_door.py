"""Notices on change by SMS: a provider's HTTP interface behind a small contract (docs/notices-on-change.md).

    POST {CERTSVC_SMS_URL}
    Idempotency-Key: {key}
    X-Timestamp: {seconds since 1970}
    X-Signature: hex(HMAC-SHA256(secret, "{timestamp}.{body}"))
    {"id": key, "text": "...", "to": "13800000000"}

200, 201 and 409 (had it before) answer `{"receipt": "..."}`; 400, 413, 415 and 422 are final.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

import httpx

from certsvc.adapters.platform_door import judge_answer, kebab, read_answer
from certsvc.domain.holder_notice import OutgoingText
from certsvc.errors import ConfigurationError
from certsvc.formats.canonical import encode_canonical_json
from certsvc.ports.platforms import NotReceived, Received

SECONDS: Final = 10.0
_OWN_MACHINE: Final = ("127.0.0.1", "::1", "localhost")


class SmsDoor:
    """ports.holder_notices.NoticeDoor over httpx. Redirects are not followed; the proxy of the environment is not used."""

    def __init__(self, address: str, secret: str, now: Callable[[], float], seconds: float = SECONDS) -> None:
        """`now`: seconds since 1970. Raises ConfigurationError for an address without TLS, but on the own machine."""
        parts = urlsplit(address)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _OWN_MACHINE):
            raise ConfigurationError("短信服务的地址须以 https:// 开头。请核对 CERTSVC_SMS_URL。")
        self._address, self._secret = address, secret.encode()
        self._now, self._seconds = now, seconds

    def send(self, key: str, address: str, message: OutgoingText) -> Received | NotReceived:
        """Post a message once."""
        body = encode_canonical_json({"id": key, "text": message.text, "to": address})
        stamp = str(int(self._now()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            "X-Timestamp": stamp,
            "X-Signature": hmac.digest(self._secret, f"{stamp}.".encode() + body, "sha256").hex(),
        }
        ends = monotonic() + self._seconds
        try:
            with (
                httpx.Client(timeout=self._seconds, trust_env=False) as client,
                client.stream("POST", self._address, content=body, headers=headers) as answer,
            ):
                return judge_answer(answer.status_code, read_answer(answer, ends))
        except httpx.TimeoutException:
            return NotReceived("timeout")
        except httpx.HTTPError as error:
            return NotReceived(kebab(type(error).__name__))

    def close(self) -> None:
        """Every message has a connection of its own."""
