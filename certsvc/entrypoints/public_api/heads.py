"""HEAD wherever there is GET (RFC 9110 section 9.3.2)."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts


def answer_heads(app: FastAPI) -> None:
    """Let every address that can be read so far answer HEAD as it answers GET; the server leaves the content away."""
    routes = list(iter_route_contexts(app.routes))
    answered = {route.path for route in routes if "HEAD" in (route.methods or ())}
    for route in routes:
        path, endpoint = route.path, route.endpoint
        if path is None or endpoint is None or path in answered or "GET" not in (route.methods or ()):
            continue
        app.add_api_route(
            path, endpoint, methods=["HEAD"], dependencies=route.dependencies, include_in_schema=False
        )
