"""The same office asked twice: by the short way, and by verification itself."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

import httpx

from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.entrypoints.hot_path import HotPath
from certsvc.entrypoints.hot_path.joining import open_hot_path
from certsvc.entrypoints.public_api.joining import public_service
from tests.api.asking import PublicOffice, qr_text
from tests.web.builders import served

JSON = {"Content-Type": "application/json"}
_PATIENCE = 30.0


class ShortWay:
    """`ask` goes by the short way, `ask_verification` past it. What was handed on is counted."""

    def __init__(self, public: PublicOffice) -> None:
        self.public = public
        self.office = public.office
        self.handed_on = 0
        self._stack = ExitStack()
        self.service = public_service(self.office)
        self.hot: HotPath = open_hot_path(self.office, self.service, self._counting)

    def __enter__(self) -> Self:
        self._stack.callback(self.public.close)
        self.store()
        address = self._stack.enter_context(served(self.hot))
        self.client = self._stack.enter_context(httpx.Client(base_url=address, trust_env=False))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def store(self) -> int:
        """Make the answers that are due, as the background work does."""
        return self.office.answer_storing.work()

    def ask(self, question: dict[str, Any], **headers: str) -> httpx.Response:
        """The answer of the short way, or of whatever it hands the question on to."""
        raw = json.dumps(question, ensure_ascii=False).encode()
        return self.client.post("/api/v1/verify", content=raw, headers=JSON | headers)

    def told(self, question: dict[str, Any]) -> dict[str, Any]:
        """The verdict; the test fails when the question was handed on."""
        before = self.handed_on
        answer = self.ask(question)
        assert answer.status_code == 200, answer.text
        assert self.handed_on == before, "handed on"
        verdict: dict[str, Any] = answer.json()
        return verdict

    def eventually_told(self, certificate: PublicCertificate) -> dict[str, Any]:
        """The same, once the server has seen what was published a moment ago."""
        self.store()
        self.until(lambda: not self._is_handed_on(certificate))
        return self.told({"qr": qr_text(certificate)})

    def verdict_of_verification(self, certificate: PublicCertificate) -> dict[str, Any]:
        """The verdict by verification itself."""
        return self.public.verify({"qr": qr_text(certificate)})

    @staticmethod
    def until(holds: Callable[[], bool]) -> None:
        """Wait for what another thread does."""
        end = time.monotonic() + _PATIENCE
        while not holds():
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.02)

    def _is_handed_on(self, certificate: PublicCertificate) -> bool:
        before = self.handed_on
        self.ask({"qr": qr_text(certificate)})
        return self.handed_on > before

    async def _counting(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            self.handed_on += 1
        await self.public.app(scope, receive, send)
