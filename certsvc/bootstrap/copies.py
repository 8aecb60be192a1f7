"""Annotated copies of an office, joined with their adapters; layout and fonts are loaded when the first one is printed."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from certsvc.adapters.copy_store import DatabaseCopyStore
from certsvc.domain.annotated_copy import AnnotatedCopy
from certsvc.domain.corridor import Draft
from certsvc.formats.manual_code import manual_code
from certsvc.stages.annotated_copies import AnnotatedCopies
from certsvc.stages.copy_face import compose_copy
from certsvc.stages.copy_press import FIRST_AND_ONLY, CopyPress

if TYPE_CHECKING:
    from certsvc.adapters.document.layout import Layout
    from certsvc.bootstrap.parts import Parts
    from certsvc.stages.share_grants import Ownership

COPY_LAYOUT = "annotated-copy/v1"


def open_copies(parts: Parts, ownership: Ownership) -> AnnotatedCopies:
    """Everything about annotated copies, for portal, command line and background work."""

    def tell_holder(connection: Connection, copy: str) -> None:
        parts.holder_news.copy_ready(connection, copy, parts.clock.now())

    store = DatabaseCopyStore(parts.engine, parts.keys.cipher, parts.certificates, tell_holder)
    printing = _Printing(parts, store)
    return AnnotatedCopies(
        store=store,
        certificates=parts.certificates,
        ownership=ownership,
        clock=parts.clock,
        random_bytes=os.urandom,
        missing=lambda texts: parts.glyphs.missing(texts),
        without_room=lambda draft, copy: printing.without_room(draft, copy),
        print_copy=lambda draft, copy: printing.press.print(draft, copy),
        read=lambda copy: parts.archive.read(copy, FIRST_AND_ONLY),
        looks=parts.looks,
    )


class _Printing:
    def __init__(self, parts: Parts, store: DatabaseCopyStore) -> None:
        self._parts, self._store = parts, store

    @cached_property
    def press(self) -> CopyPress:
        """With the document key; a process that only writes wishes down does not need it."""
        from certsvc.adapters.document.writer import PageWriter

        parts = self._parts
        writer = PageWriter(self._layout, parts.keys.document, parts.keys.document_terms)
        return CopyPress(self._store, parts.archive, parts.keys.record, writer, parts.style)

    def without_room(self, draft: Draft, copy: AnnotatedCopy) -> tuple[str, ...]:
        """The texts of a copy that fit nowhere on its page."""
        from certsvc.adapters.document.page import texts_without_room

        style = self._parts.style
        page = compose_copy(draft.content, copy, style, qr_text=style.qr_prefix, manual_code=manual_code(b""))
        return texts_without_room(self._layout, page)

    @cached_property
    def _layout(self) -> Layout:
        return self._parts.layout_of(COPY_LAYOUT)
