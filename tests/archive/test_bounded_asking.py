"""Questions that are given up leave no connection open behind them."""

import contextlib
import socket
from time import sleep

import httpx
import pytest

from certsvc.adapters import bounded_asking
from certsvc.adapters.bounded_asking import NoAnswerError, ask


def test_a_question_whose_time_ends_while_it_connects_closes_its_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        taken: list[socket.socket] = []

        def clock() -> float:
            with contextlib.suppress(BlockingIOError):
                taken.append(server.accept()[0])
            return 1e9 if taken else 0.0

        monkeypatch.setattr(bounded_asking, "monotonic", clock)
        with httpx.Client(trust_env=False) as client:
            request = client.build_request(
                "POST", f"http://127.0.0.1:{server.getsockname()[1]}/", content=b"?"
            )
            with pytest.raises(NoAnswerError):
                ask(client, request, seconds=5, longest=10)
            sleep(0.1)
    (connection,) = taken
    with connection:
        connection.settimeout(5)
        assert connection.recv(1) == b"", "the other side has not been closed"
