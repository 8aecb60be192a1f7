"""HEAD wherever there is GET (RFC 9110 section 9.3.2)."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.routing import APIRoute


def answer_heads(app: FastAPI) -> None:
    """Let every address that can be read so far answer HEAD as it answers GET; the server leaves the content away."""
    routes = [route for route in app.routes if isinstance(route, APIRoute)]
    answered = {route.path for route in routes if "HEAD" in (route.methods or ())}
    for route in routes:
        if "GET" in (route.methods or ()) and route.path not in answered:
            app.add_api_route(
                route.path,
                route.endpoint,
                methods=["HEAD"],
                dependencies=route.dependencies,
                include_in_schema=False,
            )
