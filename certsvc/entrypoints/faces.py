"""The faces of the service at one address: the path decides which of them answers."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class Faces:
    """ASGI application: `others` by the paths they serve, the public face for everything else."""

    def __init__(self, public: ASGIApp, others: tuple[tuple[tuple[str, ...], ASGIApp], ...]) -> None:
        self._public = public
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; start-up and shut-down go to the public face."""
        await self._face(scope)(scope, receive, send)

    def _face(self, scope: Scope) -> ASGIApp:
        if scope["type"] == "http":
            path: str = scope["path"]
            for prefixes, face in self._others:
                if any(path == prefix or path.startswith(prefix + "/") for prefix in prefixes):
                    return face
        return self._public
