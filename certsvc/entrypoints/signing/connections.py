"""The signer's connections: each brings a request within a few seconds, and no single address takes all of them.

Uvicorn by itself waits for ever for the head of a request, and asyncio a minute for a TLS handshake.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

import uvloop
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

REQUEST_SECONDS: Final = 5.0
HANDSHAKE_SECONDS: Final = 5.0
MOST_OF_ONE_ADDRESS: Final = 48
MOST_CONNECTIONS: Final = 128


class BoundedProtocol(HttpToolsProtocol):
    """Uvicorn's connection with a deadline: a request is here, head and body, within REQUEST_SECONDS, or it is closed."""

    seconds = REQUEST_SECONDS
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Turn away what is too many of one address, and start the clock."""
        super().connection_made(transport)
        if sum(_address(other) == _address(self) for other in self.connections) > MOST_OF_ONE_ADDRESS:
            transport.abort()
        else:
            self._start_clock()

    def data_received(self, data: bytes) -> None:
        """Stop the clock when a request is whole; bytes of the next one start it anew."""
        super().data_received(data)
        cycle = self.cycle
        if cycle is None or cycle.more_body or cycle.response_complete:
            self._start_clock()
        else:
            self._stop_clock()

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave nothing behind."""
        self._stop_clock()
        super().connection_lost(exc)

    def _start_clock(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.seconds, self.transport.abort)

    def _stop_clock(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class HurriedLoop(uvloop.Loop):
    """An event loop whose servers give up a TLS handshake after HANDSHAKE_SECONDS."""

    async def create_server(self, *arguments: Any, ssl: Any = None, **named: Any) -> Any:
        """As asyncio's."""
        if ssl is not None:
            named["ssl_handshake_timeout"] = HANDSHAKE_SECONDS
        return await super().create_server(*arguments, ssl=ssl, **named)


def _address(connection: Any) -> str | None:
    return None if connection.client is None else str(connection.client[0])
