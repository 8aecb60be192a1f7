"""A server to be measured: `python -m bench.verify_server KIND PORT [HOME]`.

`floor` is a bare ASGI application that reads the question and sends bytes as long as an answer; `office` is everything that
`certsvc serve` answers with, over the office in HOME, whose log is taken to have 2^25 slots with the status `valid`.
"""

from __future__ import annotations

import sys
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from typing import Any

import uvicorn
from certverify import LedgerView, Trust

SLOTS = 1 << 25


def floor(answer_bytes: int) -> Any:
    """The bare application: it reads the question and sends as many bytes as an answer has, under the same headers."""
    from certsvc.entrypoints.hot_path.application import HEADERS

    body = b"x" * answer_bytes
    headers = [*HEADERS, (b"content-length", b"%d" % len(body)), (b"x-request-id", b"0123456789")]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await receive()
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})

    return app


class WideState:
    """What is published, with a status array of 2^25 slots whose shards are in memory already."""

    def __init__(self, state: Any) -> None:
        from certverify.status import SHARD_BYTES, SHARD_SLOTS

        trust, view = state.open()
        if not isinstance(view, LedgerView):
            raise RuntimeError("the log does not open")
        shards = OrderedDict((number, b"\x11" * SHARD_BYTES) for number in range(SLOTS // SHARD_SLOTS))
        self._opened = trust, replace(view, seal=replace(view.seal, slots=SLOTS), _shards=shards)

    def open(self) -> tuple[Trust, LedgerView]:
        """Always the same."""
        return self._opened


def office_app(home: Path) -> Any:
    """The faces of an office that nobody limits."""
    from certsvc.adapters.answer_sources.redis import RedisAnswers
    from certsvc.adapters.structured_log import configure_log
    from certsvc.bootstrap import open_office
    from certsvc.entrypoints.faces import open_faces
    from certsvc.settings import load_settings

    # The reading from Redis is measured, not how often it is possible: answers stay, nothing changes.
    RedisAnswers.__init__.__kwdefaults__["greatest_age"] = 600.0  # type: ignore[misc]
    RedisAnswers.changed = lambda _self: None  # type: ignore[method-assign]
    configure_log("warning")
    office = open_office(load_settings(home=home))
    office.__dict__["published_state"] = WideState(office.published_state)
    return open_faces(office)


def main() -> None:
    """Serve until terminated."""
    kind, port = sys.argv[1], int(sys.argv[2])
    app = floor(int(sys.argv[3])) if kind == "floor" else office_app(Path(sys.argv[3]))
    uvicorn.run(
        app,
        port=port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_config=None,
        server_header=False,
    )


if __name__ == "__main__":
    main()
