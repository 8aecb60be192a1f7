"""Pages taken apart without a browser: tables as rows of text, drawings as their texts, forms by where they go."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset({"input", "br", "meta", "link", "img", "line", "rect", "circle", "path"})


@dataclass
class Element:
    """An element: name, attributes, what stands in it."""

    name: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text inside, blanks as one; Chinese alone where a thing is said in both languages."""
        return " ".join("".join(self._texts()).split())

    def all(self, name: str, css: str = "") -> list[Element]:
        """Every element of a name inside, in order; of a class where one is given."""
        found = []
        for one in self.children:
            if isinstance(one, Element):
                if one.name == name and css in ("", *one.attributes.get("class", "").split()):
                    found.append(one)
                found += one.all(name, css)
        return found

    def _texts(self) -> list[str]:
        if self.attributes.get("data-for") == "en" or self.name in ("script", "style"):
            return []
        found = []
        for one in self.children:
            found += [one] if isinstance(one, str) else one._texts()
        return found


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        one = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(one)
        if tag not in _VOID:
            self.open.append(one)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        names = [one.name for one in self.open]
        if tag in names[1:]:
            del self.open[len(names) - 1 - names[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read_page(html: str) -> Element:
    """A page as a tree."""
    tree = _Tree()
    tree.feed(html)
    return tree.root


def rows_of(table: Element) -> list[list[str]]:
    """The rows of a table's body, cell by cell."""
    return [
        [one.text for one in row.children if isinstance(one, Element)]
        for row in table.all("tbody")[0].all("tr")
    ]


def actions(page: Element) -> list[str]:
    """Where the posted forms of a page go, those of the frame left out."""
    forms = page.all("main")[0].all("form")
    return [
        one.attributes.get("action", "")
        for one in forms
        if one.attributes.get("method", "").lower() == "post"
    ]
