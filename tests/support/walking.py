"""A browser without scripts that walks everything a face offers: links, and forms filled with what a stranger might write."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx

HTML: Final = {"Accept": "text/html,application/xhtml+xml"}
VOID: Final = frozenset({"input", "meta", "link", "br", "img", "hr"})


@dataclass
class Field:
    """One field of a form: its name, kind, value, and whether a person may write into it."""

    name: str
    kind: str
    value: str
    choices: list[str] = field(default_factory=list)

    @property
    def written(self) -> bool:
        """Whether a person writes into it freely."""
        return self.kind in ("text", "search", "textarea", "tel", "email", "password", "url")


@dataclass
class Form:
    """A form as a page shows it."""

    method: str
    action: str
    fields: list[Field] = field(default_factory=list)


class Page(HTMLParser):
    """What a page holds: links, forms, every element with its attributes, texts of scripts."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self._form: Form | None = None
        self._select: Field | None = None
        self._area: Field | None = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        given = {name: value or "" for name, value in attrs}
        self.elements.append((tag, given))
        match tag:
            case "a" if "href" in given:
                self.links.append(given["href"])
            case "form":
                self._form = Form(given.get("method", "get").lower(), given.get("action", ""))
                self.forms.append(self._form)
            case "input" | "button" if self._form is not None and given.get("name"):
                self._input(given, tag)
            case "select" if self._form is not None and given.get("name"):
                self._select = Field(given["name"], "select", "")
                self._form.fields.append(self._select)
            case "option" if self._select is not None:
                self._select.choices.append(given.get("value", ""))
            case "textarea" if self._form is not None and given.get("name"):
                self._area = Field(given["name"], "textarea", "")
                self._form.fields.append(self._area)

    def _input(self, given: dict[str, str], tag: str) -> None:
        assert self._form is not None
        kind = given.get("type", "submit" if tag == "button" else "text").lower()
        known = next(
            (one for one in self._form.fields if one.name == given["name"] and kind == "radio"), None
        )
        if known is not None:
            known.choices.append(given.get("value", "on"))
            return
        value = given.get("value", "on" if kind in ("checkbox", "radio") else "")
        self._form.fields.append(Field(given["name"], kind, value, [value] if kind == "radio" else []))

    def handle_endtag(self, tag: str) -> None:
        """Note the end of one."""
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        """Text of a field."""
        if self._area is not None:
            self._area.value += data


@dataclass
class Walk:
    """A walk through one face as somebody who is signed in. `seen`: every answer, by the address that was asked for."""

    browser: httpx.Client
    start: str
    write: Callable[[Field], str]
    most_pages: int = 150
    seen: list[tuple[str, httpx.Response]] = field(default_factory=list)
    addresses: set[str] = field(default_factory=set)
    left_alone: tuple[str, ...] = ("/sign-out", "/sessions", "/work-language")

    def go(self) -> Walk:
        """Follow every link once, and post every form once; a list's further pages are the same page."""
        waiting, known, posted = deque([self.start]), {self.start}, set[str]()
        while waiting and len(self.seen) < self.most_pages:
            path = waiting.popleft()
            answer = self._get(path)
            if "text/html" not in answer.headers.get("content-type", ""):
                continue
            page = Page(answer.text)
            self.addresses.update(page.links)
            for link in page.links:
                way = urlsplit(urljoin(path, link))
                address = way.path + (f"?{way.query}" if way.query else "")
                if way.netloc or not self._is_inside(way.path) or address in known:
                    continue
                known.add(address)
                waiting.append(address)
            for form in page.forms:
                waiting.extend(self._send(path, form, posted, known))
        return self

    def _is_inside(self, path: str) -> bool:
        inside = path == self.start or path.startswith(self.start + "/")
        return inside and not any(one in path for one in self.left_alone)

    def _get(self, path: str) -> httpx.Response:
        # A connection of its own each: on a busy machine the server closes an idle one just as it is used again.
        answer = self.browser.get(path, headers={**HTML, "Connection": "close"})
        self._note(path, answer)
        return answer

    def _note(self, path: str, answer: httpx.Response) -> None:
        self.seen.append((path, answer))
        if "location" in answer.headers:
            self.addresses.add(answer.headers["location"])

    def _send(self, path: str, form: Form, posted: set[str], known: set[str]) -> Iterator[str]:
        """Send a form as it stands, every free field written into; where it leads."""
        action = urlsplit(urljoin(path, form.action or path)).path
        names = ",".join(one.name for one in form.fields)
        key = f"{form.method} {action if form.method == 'post' else path} {names}"
        if key in posted or not self._is_inside(action):
            return
        posted.add(key)
        data = {
            one.name: self._value(one)
            for one in form.fields
            if one.kind not in ("file", "submit", "checkbox")
        }
        data |= {one.name: one.value for one in form.fields if one.kind in ("checkbox", "submit")}
        if form.method == "get":
            answer = self.browser.get(action, params=data, headers=HTML)
        else:
            name = self.write(Field("file", "text", "")) + ".csv"
            files = {one.name: (name, b"a,b\n1,2\n", "text/csv") for one in form.fields if one.kind == "file"}
            answer = self.browser.post(action, data=data, files=files or None, headers=HTML)
        self._note(f"{form.method} {action}", answer)
        way = answer.headers.get("location", "")
        if way.startswith(self.start) and way not in known:
            known.add(way)
            yield way

    def _value(self, one: Field) -> str:
        if one.kind in ("select", "radio"):
            return next((choice for choice in one.choices if choice), "")
        if one.written and not one.value:
            return self.write(one)
        if one.kind == "date" and not one.value:
            return "2026-11-20"
        if one.kind == "number" and not one.value:
            return "1"
        return one.value
