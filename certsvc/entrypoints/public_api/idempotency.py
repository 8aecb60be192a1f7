"""`Idempotency-Key`: one answer to one request, however often it is sent (draft-ietf-httpapi-idempotency-key-header).

For the questions that make something new each time. The same key of the same asker with the same content gets the very
answer that was sent before, for a day; with other content 422; while it is being answered 409. What was refused or failed made
nothing and is not kept. The others need no key: they answer alike however often they are asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from certsvc.entrypoints.http.problems import Problem, problem_response
from certsvc.entrypoints.public_api.askers import asker_of
from certsvc.errors import RequestError
from certsvc.ports import Clock
from certsvc.ports.idempotency import Begun, IdempotentRequest, IdempotentRequests, KeptAnswer, StillRunning

HEADER: Final = "Idempotency-Key"
REPLAYED_HEADER: Final = "Idempotent-Replayed"
ROUTES: Final = frozenset(
    {
        "/api/v1/report",
        "/api/v1/signed-verdict",
        "/api/v1/verify/batch",
        "/api/v1/verification-jobs",
        "/api/v1/suspicions",
    }
)
"""The questions that make something new each time: a numbered and dated document, a job, or a case."""
KEY_PATTERN: Final = r'^("[!#-\[\]-~]{8,128}"|[!#-\[\]-~]{8,128})$'
LARGEST_ANSWER: Final = 4_000_000
"""Bytes; a larger answer is sent and not kept."""
_KEY: Final = re.compile(r'"([!#-\[\]-~]{8,128})"|([!#-\[\]-~]{8,128})')
_UNKEPT_HEADERS: Final = frozenset({"content-length", "date"})
OTHER_CONTENT: Final = Problem(
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "idempotency-key-reused",
    "这个 Idempotency-Key 已用于内容不同的请求。请为新的请求换一个新的键。",
)
IN_USE: Final = Problem(
    HTTPStatus.CONFLICT,
    "idempotency-key-in-use",
    "同一请求正在办理，尚未答复。请稍候再用同一个 Idempotency-Key 重试。",
)
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


@dataclass(frozen=True, slots=True)
class IdempotencyDesk:
    """Where requests are written down; `count` counts one that is answered from there, as questions are counted.

    `require_left` refuses one whose asker has used up what the path needs: it is not written down.
    """

    requests: IdempotentRequests
    clock: Clock
    count: Callable[[Request], None]
    require_left: Callable[[Request, str], None]


async def answer_once(request: Request, path: str, handler: Handler) -> Response:
    """The answer of the handler, or of the same request before. Raises RequestError for a key that is none."""
    presented = request.headers.getlist(HEADER)
    if not presented or path not in ROUTES:
        return await handler(request)
    desk: IdempotencyDesk = request.app.state.idempotency
    asked = IdempotentRequest(
        asker=(await run_in_threadpool(asker_of, request)).key,
        route=path,
        key=_key_of(presented),
        content_digest=sha256(
            request.url.query.encode() + b"\n" + sha256(await request.body()).digest()
        ).digest(),
    )
    await run_in_threadpool(desk.require_left, request, path)
    begun = await run_in_threadpool(desk.requests.begin, asked, desk.clock.now())
    if isinstance(begun, Begun):
        return await _answer_now(request, desk, asked, begun.turn, handler)
    await run_in_threadpool(desk.count, request)
    if isinstance(begun, KeptAnswer):
        return _again(begun)
    if isinstance(begun, StillRunning):
        return problem_response(request, _still_running(begun.wait_seconds))
    return problem_response(request, OTHER_CONTENT)


async def _answer_now(
    request: Request, desk: IdempotencyDesk, asked: IdempotentRequest, turn: bytes, handler: Handler
) -> Response:
    """Answer and keep. A cancelled answer stays as it is: its thread may still be making something."""
    try:
        answer = await handler(request)
    except Exception:
        await run_in_threadpool(desk.requests.give_up, asked, turn)
        raise
    body = getattr(answer, "body", None)
    if answer.status_code >= HTTPStatus.BAD_REQUEST or body is None or len(body) > LARGEST_ANSWER:
        await run_in_threadpool(desk.requests.give_up, asked, turn)
        return answer
    headers = tuple((name, value) for name, value in answer.headers.items() if name not in _UNKEPT_HEADERS)
    kept = KeptAnswer(answer.status_code, headers, bytes(body))
    await run_in_threadpool(desk.requests.keep, asked, turn, kept)
    return answer


def _again(kept: KeptAnswer) -> Response:
    answer = Response(kept.body, kept.status)
    for name, value in kept.headers:
        answer.headers[name] = value
    answer.headers[REPLAYED_HEADER] = "true"
    return answer


def _still_running(wait_seconds: int) -> Problem:
    return replace(IN_USE, headers={"Retry-After": str(min(5, max(1, wait_seconds)))})


def _key_of(presented: list[str]) -> str:
    found = _KEY.fullmatch(presented[0].strip()) if len(presented) == 1 else None
    if found is None:
        raise RequestError(
            f"{HEADER} 须为 8 至 128 个可见的 ASCII 字符（可加双引号），如 UUID；一个请求只写一个。"
        )
    return found[1] or found[2]
