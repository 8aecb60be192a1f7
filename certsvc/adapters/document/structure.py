"""The logical structure of the page (ISO 32000-1, 14.7 and 14.8): what a screen reader reads, in which order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from certsvc.adapters.document.pdf_syntax import reference, text_string


@dataclass(slots=True)
class Element:
    """A structure element: its object number, role, parent's number, description, and what it holds."""

    number: int
    role: str
    parent: int
    alt: str | None
    kids: list[bytes] = field(default_factory=list)

    def spelled(self, page: int) -> bytes:
        """The element as a dictionary."""
        alt = b"" if self.alt is None else b"/Alt" + text_string(self.alt)
        return b"<</Type/StructElem/S/%s/P %s/Pg %s%s/K[%s]>>" % (
            self.role.encode("ascii"),
            reference(self.parent),
            reference(page),
            alt,
            b" ".join(self.kids),
        )


class Structure:
    """Collects elements and the marked content of one page (`StructParents` 0)."""

    def __init__(self, numbers: Iterator[int]) -> None:
        self._numbers = numbers
        self._owners: list[int] = []
        self.elements: list[Element] = []

    def add(self, role: str, parent: int, *, alt: str | None = None) -> Element:
        """A new element below the object `parent`; the caller lists it among the parent's kids."""
        element = Element(next(self._numbers), role, parent, alt)
        self.elements.append(element)
        return element

    def add_below(self, role: str, parent: Element, *, alt: str | None = None) -> Element:
        """A new element, the next kid of its parent."""
        element = self.add(role, parent.number, alt=alt)
        parent.kids.append(reference(element.number))
        return element

    def mark(self, element: Element) -> bytes:
        """The operator that begins marked content belonging to the element."""
        identifier = len(self._owners)
        self._owners.append(element.number)
        element.kids.append(b"%d" % identifier)
        return b"/%s<</MCID %d>>BDC" % (element.role.encode("ascii"), identifier)

    def parent_tree(self, *annotations: Element) -> bytes:
        """The parent tree: key 0 the page, keys 1, 2 ... the annotations' elements."""
        owners = b" ".join(map(reference, self._owners))
        single = b"".join(b" %d %s" % (key, reference(e.number)) for key, e in enumerate(annotations, 1))
        return b"<</Nums[0[%s]%s]>>" % (owners, single)
