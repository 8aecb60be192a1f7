"""The structured log: one JSON object a line on standard error, from this service and from every library alike.

What is logged holds no personal data: exceptions are told by their types and places in the code, never by their
words, which may quote what somebody sent.
"""

from __future__ import annotations

import logging
import sys
import traceback
from typing import TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

_STAMP = structlog.processors.TimeStamper(fmt="iso", utc=True)
_LEAST_LEVELS = {  # of libraries whose lower lines quote addresses with their queries, or bytes of a body
    "uvicorn.access": logging.ERROR,
    "python_multipart": logging.ERROR,
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
}


def configure_log(level: str, stream: TextIO | None = None) -> None:
    """Send every log line of this process to standard error (or `stream`), those below `level` left out."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _drop_colours,
                _tell_exception,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(),
                _STAMP,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name, least in _LEAST_LEVELS.items():
        logging.getLogger(name).setLevel(least)


def _drop_colours(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Without uvicorn's second copy of a message, meant for terminals."""
    event.pop("color_message", None)
    return event


def _tell_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Types of the exceptions, outermost first, and the place in the code where the first one was raised."""
    given = event.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else given
    if not isinstance(error, BaseException):
        return event
    event["exception"] = _types(error)
    frames = traceback.extract_tb(error.__traceback__)
    event["raised_at"] = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else None
    return event


def _types(error: BaseException) -> list[str]:
    chain: list[str] = []
    current: BaseException | None = error
    while current is not None and len(chain) < 10:
        chain.append(f"{type(current).__module__}.{type(current).__qualname__}")
        current = current.__cause__ or current.__context__
    return chain
