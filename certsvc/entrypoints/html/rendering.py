"""Pages and their fragments from the same templates, with the frame around them and the headers that they need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from certsvc.adapters.shipped import shipped_folder
from certsvc.entrypoints.html import spoken
from certsvc.entrypoints.html.language import language_of
from certsvc.entrypoints.http.assets import load_work_assets

HTML_HEADERS: Final = {
    # Trusted types are not required here: htmx puts in fragments that this server has rendered, and no script runs but ours.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Vary": "HX-Request, Cookie",
}
_SEE_OTHER: Final = 303


@dataclass(frozen=True, slots=True)
class Link:
    """A way in the frame's navigation: address and words."""

    address: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Group:
    """Links under one heading."""

    zh: str
    en: str
    links: Sequence[Link]


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page of a face.

    `person` is the name shown, `duty` and `duty_en` role and region in words;
    these and the CSRF token are empty while nobody is signed in. `at_machine`: who keeps the server, and is shown commands.
    """

    face: str
    home: str
    zh: str
    en: str
    groups: Sequence[Group] = ()
    person: str = ""
    duty: str = ""
    duty_en: str = ""
    csrf_token: str = ""
    test_environment: bool = False
    at_machine: bool = False

    def offers(self, address: str) -> bool:
        """Whether the navigation holds a link to this address: nobody is shown a way into a section that is not theirs."""
        return any(link.address == address for group in self.groups for link in group.links)

    def current(self, path: str) -> str:
        """The address of the link that the path belongs to; empty where none does."""
        addresses = [link.address for group in self.groups for link in group.links]
        fitting = [
            one for one in addresses if path == one or (one != self.home and path.startswith(one + "/"))
        ]
        return max(fitting, key=len, default="")


def html_page(
    request: Request,
    template: str,
    frame: Frame,
    values: Mapping[str, Any],
    *,
    fragment: str | None = None,
    status: int = 200,
) -> Response:
    """A page; for a request of htmx that aims at `fragment` (the id of an element) only the block of that name."""
    address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    language = language_of(request)
    found = environment().get_template(template)
    context = found.new_context(
        {
            **values,
            "frame": frame,
            "language": language,
            "path": request.url.path,
            "address": values.get("language_back", address),
        }
    )
    wanted = fragment if fragment is not None and asks_for(request, fragment) else None
    rendered = (found.blocks[wanted] if wanted else found.root_render_func)(context)
    return HTMLResponse("".join(rendered).lstrip(), status, HTML_HEADERS)


def asks_for(request: Request, fragment: str) -> bool:
    """Whether htmx asks for what goes into the element of that id alone."""
    return request.headers.get("hx-request") == "true" and request.headers.get("hx-target") == fragment


def go_to(address: str) -> Response:
    """After a form was taken: on to a page that says so, so that reloading repeats nothing."""
    return RedirectResponse(address, _SEE_OTHER, {"Cache-Control": "no-store"})


@cache
def environment() -> Environment:
    """What templates of both faces are read and rendered with."""
    environment = Environment(
        loader=FileSystemLoader(shipped_folder("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["assets"] = load_work_assets().address
    environment.filters |= {
        "day": spoken.day_words,
        "day_en": spoken.day_words_english,
        "instant": spoken.instant_words,
        "instant_en": spoken.instant_words_english,
        "instant_mark": spoken.instant_mark,
        "count": spoken.count_words,
    }
    return environment
