"""What every route of the working faces needs, said at the route itself, and an early check of it.

    @router.post("/{filing}/approval")
    @needs(Action.FILING_APPROVE, on="filing/{filing}")
    def approve(...): ...

The early check turns away callers whose role can never do it, before a form is parsed or a record looked at. Whether
this caller may do it to this object, the use case asks (`Permits.require`), which knows place, committee and unit.
A route that says nothing fails the tests (tests/access/test_role_matrix.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from string import Formatter
from typing import Any, Final, TypeVar

from fastapi import FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from certsvc.domain.caller import Caller
from certsvc.domain.permission import Action
from certsvc.entrypoints.http.subjects import request_subject
from certsvc.stages.permits import Permits

_MARK: Final = "__permitted__"
_LONGEST_OBJECT: Final = 128
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Needs:
    """Any of these actions lets a caller through; `on` is the object in the audit trail, None: method and path.

    `{name}` in `on` stands for the path parameter of that name.
    """

    actions: tuple[Action, ...]
    on: str | None


@dataclass(frozen=True, slots=True)
class Open:
    """No permission is asked, and why. `signed_in`: of whoever is signed in; else of everybody."""

    why: str
    signed_in: bool


def needs(*actions: Action, on: str | None = None) -> Callable[[Endpoint], Endpoint]:
    """Declare what an endpoint needs: one of the actions, where what is asked for decides which."""
    if not actions:
        raise ValueError("a route that needs nothing says why: open_to_all, open_to_signed_in")
    return _marked(Needs(actions, on))


def open_to_all(why: str) -> Callable[[Endpoint], Endpoint]:
    """Declare that an endpoint answers everybody (sign-in, assets)."""
    return _marked(Open(why, signed_in=False))


def open_to_signed_in(why: str) -> Callable[[Endpoint], Endpoint]:
    """Declare that an endpoint answers whoever is signed in at its face, about themselves (sign-out, own session)."""
    return _marked(Open(why, signed_in=True))


def declared(endpoint: Callable[..., Any]) -> Needs | Open | None:
    """What an endpoint declares; None: nothing."""
    found = getattr(endpoint, _MARK, None)
    return found if isinstance(found, Needs | Open) else None


@dataclass(frozen=True, slots=True)
class DeclaredRoute:
    """A route with one method, and what its endpoint declares (None: nothing)."""

    method: str
    path: str
    mark: Needs | Open | None
    dependant: Dependant | None


def declared_routes(app: FastAPI) -> Iterator[DeclaredRoute]:
    """Every route of an application, method by method, in the order in which it looks for one."""
    for route in iter_route_contexts(app.routes):
        mark = None if route.endpoint is None else declared(route.endpoint)
        for method in sorted((route.methods or set()) - {"HEAD"}):
            dependant = route.dependant if isinstance(route.original_route, APIRoute) else None
            yield DeclaredRoute(method, route.path or "", mark, dependant)


def turn_away(request: Request, caller: Caller, permits: Permits) -> None:
    """Pass when the caller's role may do what the route needs. Raises NotPermitted, written down, when it never may."""
    wanted = declared(request.scope["endpoint"])
    if isinstance(wanted, Needs):
        permits.require_ever(wanted.actions, caller, _subject(request, wanted.on))


def _subject(request: Request, on: str | None) -> str:
    if on is None:
        return request_subject(request)
    filled = "".join(
        before + ("" if name is None else str(request.path_params.get(name, "")))
        for before, name, _, _ in Formatter().parse(on)
    )
    return "".join(one if one.isprintable() else "?" for one in filled)[:_LONGEST_OBJECT]


def _marked(mark: Needs | Open) -> Callable[[Endpoint], Endpoint]:
    def mark_it(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, _MARK, mark)
        return endpoint

    return mark_it
