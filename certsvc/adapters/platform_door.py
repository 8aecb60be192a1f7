"""One national platform over HTTPS: a message is posted once, the answer is read as far as it may be long."""

from __future__ import annotations

import json
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

import httpx

from certsvc.errors import ConfigurationError
from certsvc.ports.platforms import NotReceived, Received

SECONDS: Final = 10.0
LONGEST_ANSWER: Final = 16_384
LONGEST_RECEIPT: Final = 128
_OWN_MACHINE: Final = ("127.0.0.1", "::1", "localhost")
_UNFIT: Final = (400, 413, 415, 422)
"""What the platform says of a message that it will never take; every other refusal may pass."""


class HttpsDoor:
    """ports.platforms.PlatformDoor over httpx. Redirects are not followed; the proxy of the environment is not used."""

    def __init__(self, address: str, token: str | None, seconds: float = SECONDS) -> None:
        """`token`: the bearer token that the platform gave. Raises ConfigurationError for an address without TLS,
        but on the own machine."""
        parts = urlsplit(address)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _OWN_MACHINE):
            raise ConfigurationError("全国平台的地址须以 https:// 开头。请核对 CERTSVC_*_PLATFORM_URL。")
        self._address = address
        self._seconds = seconds
        self._headers = {"Content-Type": "application/json"}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"

    def send(self, key: str, body: bytes, signature: str) -> Received | NotReceived:
        """Post a message once; 200, 201 and 409 (had it before) bring a receipt."""
        headers = {**self._headers, "Idempotency-Key": key, "X-JWS-Signature": signature}
        ends = monotonic() + self._seconds
        try:
            with (
                httpx.Client(timeout=self._seconds, trust_env=False) as client,
                client.stream("POST", self._address, content=body, headers=headers) as answer,
            ):
                raw = read_answer(answer, ends)
                return judge_answer(answer.status_code, raw)
        except httpx.TimeoutException:
            return NotReceived("timeout")
        except httpx.HTTPError as error:
            return NotReceived(kebab(type(error).__name__))


def read_answer(answer: httpx.Response, ends: float) -> bytes | None:
    """The body; None when it is longer or slower than an answer may be."""
    raw = b""
    for piece in answer.iter_bytes():
        raw += piece
        if len(raw) > LONGEST_ANSWER or monotonic() > ends:
            return None
    return raw


def judge_answer(status: int, raw: bytes | None) -> Received | NotReceived:
    """What a status and a body mean: 200, 201 and 409 bring a receipt; some refusals are final."""
    if status in (200, 201, 409):
        receipt = None if raw is None else _receipt(raw)
        return NotReceived("no-receipt") if receipt is None else Received(receipt)
    return NotReceived(f"http-{status}", final=status in _UNFIT)


def _receipt(raw: bytes) -> str | None:
    """The member `receipt` of a JSON object, 1 to 128 printable characters."""
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    receipt = told.get("receipt") if isinstance(told, dict) else None
    fit = isinstance(receipt, str) and 0 < len(receipt) <= LONGEST_RECEIPT and receipt.isprintable()
    return receipt if fit else None


def kebab(name: str) -> str:
    """`ConnectError` as `connect-error`, the form in which faults are kept."""
    return "".join(f"-{one.lower()}" if one.isupper() else one for one in name).strip("-")[:64]
