"""The routes of the console and the portal with their permissions, for docs/permissions.md."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from certsvc.entrypoints.console import create_console
from certsvc.entrypoints.http.permitted import DeclaredRoute, Needs, Open, declared_routes
from certsvc.entrypoints.portal import create_portal
from certsvc.settings import Settings


def routes_rows() -> list[str]:
    """A row of the table for every route, by face and address. No office is opened: routes do not depend on one."""
    office = cast(Any, SimpleNamespace(settings=Settings(_env_file=None)))  # type: ignore[call-arg]
    apps = {
        "console": create_console(office, cast(Any, None)),
        "portal": create_portal(office, cast(Any, None)),
    }
    found = [
        (face, one) for face, app in apps.items() for one in declared_routes(app) if one.mark is not None
    ]
    found.sort(key=lambda one: (one[0], one[1].path, one[1].method))
    rows = [f"| {face} | {one.method} | `{one.path}` | {_words(one)} |" for face, one in found]
    return list(dict.fromkeys(rows))


def _words(route: DeclaredRoute) -> str:
    match route.mark:
        case Needs():
            return "、".join(f"`{action}`" for action in route.mark.actions)
        case Open():
            return f"{'signed in' if route.mark.signed_in else 'everybody'}: {route.mark.why}"
        case None:
            return "–"
