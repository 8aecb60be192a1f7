"""Annotated copies of an office, joined with their adapters; layout and fonts are loaded when the first one is printed."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from certsvc.adapters.copy_store import DatabaseCopyStore
from certsvc.stages.annotated_copies import AnnotatedCopies
from certsvc.stages.copy_press import FIRST_AND_ONLY, CopyPress

if TYPE_CHECKING:
    from certsvc.bootstrap.parts import Parts

COPY_LAYOUT = "annotated-copy/v1"


def open_copies(parts: Parts) -> AnnotatedCopies:
    """Everything about annotated copies, for portal, command line and background work."""
    store = DatabaseCopyStore(parts.engine, parts.keys.cipher, parts.certificates)
    printing = _Printing(parts, store)
    return AnnotatedCopies(
        store=store,
        certificates=parts.certificates,
        clock=parts.clock,
        random_bytes=os.urandom,
        missing=lambda texts: parts.glyphs.missing(texts),
        print_copy=lambda draft, copy: printing.press.print(draft, copy),
        read=lambda copy: parts.archive.read(copy, FIRST_AND_ONLY),
        looks=parts.looks,
    )


class _Printing:
    def __init__(self, parts: Parts, store: DatabaseCopyStore) -> None:
        self._parts, self._store = parts, store

    @cached_property
    def press(self) -> CopyPress:
        from certsvc.adapters.document.writer import PageWriter

        parts = self._parts
        writer = PageWriter(parts.layout_of(COPY_LAYOUT), parts.keys.document)
        return CopyPress(self._store, parts.archive, parts.keys.record, writer, parts.style)
