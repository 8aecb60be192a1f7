"""The faces of the service at one address: the path decides which of them answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Receive, Scope, Send

from certsvc.entrypoints.console import PATHS, create_console
from certsvc.entrypoints.hot_path import HotPath
from certsvc.entrypoints.hot_path.joining import open_hot_path
from certsvc.entrypoints.html.work_files import PATHS as WORK_FILES
from certsvc.entrypoints.html.work_files import create_work_files
from certsvc.entrypoints.portal import PATH as PORTAL
from certsvc.entrypoints.portal import create_portal
from certsvc.entrypoints.public_api import create_app
from certsvc.entrypoints.public_api.joining import public_service

if TYPE_CHECKING:
    from certsvc.bootstrap import Office


class Faces:
    """ASGI application: `console` and `portal` for the paths that they serve, the public face for everything else.

    What the pages of both look like is served beside them.
    """

    def __init__(self, public: ASGIApp, console: ASGIApp, portal: ASGIApp) -> None:
        self._public = public
        work_files = create_work_files()
        self._by_path: tuple[tuple[str, ASGIApp], ...] = (
            *((path, console) for path in PATHS),
            (PORTAL, portal),
            *((path, work_files) for path in WORK_FILES),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; start-up and shut-down go to the public face."""
        await self._face(scope)(scope, receive, send)

    def _face(self, scope: Scope) -> ASGIApp:
        path: str = scope["path"] if scope["type"] == "http" else ""
        faces = (face for prefix, face in self._by_path if path == prefix or path.startswith(prefix + "/"))
        return next(faces, self._public)


def open_faces(office: Office) -> HotPath:
    """Everything that an office serves over HTTP, the short way in front."""
    service = public_service(office)
    faces = Faces(
        create_app(office.settings.public_folder, service, keeps_pages=office.settings.keeps_pages),
        create_console(office, service.limiter, service.metrics.count_request),
        create_portal(office, service.limiter, service.metrics.count_request),
    )
    return open_hot_path(office, service, faces)
