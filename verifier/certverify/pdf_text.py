"""Texts, links, active content and signatures of an uploaded file. Runs in the sandbox alone (`pdf_inspection`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, StreamObject

from certverify.pdf_findings import (
    MAX_LINK_TEXT,
    MAX_LINKS,
    MAX_PAGE_TEXT,
    MAX_PAGES,
    Active,
    FoundSignature,
    Reading,
)

MAX_ANNOTATIONS = 200
MAX_FIELDS = 50
MAX_CHAIN = 5
_INVISIBLE = 3  # text rendering mode
_SIDES = 4
_ACTIONS = {
    "/JavaScript": Active.SCRIPT,
    "/Rendition": Active.MEDIA,
    "/Movie": Active.MEDIA,
    "/Sound": Active.MEDIA,
    "/Launch": Active.LAUNCH,
    "/GoToR": Active.LAUNCH,
    "/GoToE": Active.LAUNCH,
    "/SubmitForm": Active.FORM,
    "/ImportData": Active.FORM,
}
_MEDIA = frozenset({"/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"})


_DAMAGED = Reading(True, False, 0, (), False, (), (), 0, ())


def read(raw_pdf: bytes, chains: Sequence[Sequence[bytes]]) -> Reading:
    """What stands in the file. Raises MemoryError and PermissionError alone: a file may break its format in any way."""
    try:
        return _read(raw_pdf, chains)
    except (MemoryError, PermissionError):  # the second: something was to be loaded that the sandbox refuses
        raise
    except Exception:
        return _DAMAGED


def _read(raw_pdf: bytes, chains: Sequence[Sequence[bytes]]) -> Reading:
    reader = PdfReader(BytesIO(raw_pdf), strict=False)
    if reader.is_encrypted:
        return replace(_DAMAGED, damaged=False, encrypted=True)
    pages = len(reader.pages)
    texts: list[str] = []
    annotations: list[DictionaryObject] = []
    hidden = False
    for number in range(min(pages, MAX_PAGES)):
        page = reader.pages[number]
        shown, invisible = _text(page)
        texts.append(shown[:MAX_PAGE_TEXT])
        hidden = hidden or invisible
        annotations += _annotations(page)
    signatures = _signatures(raw_pdf, reader.root_object, chains)
    return Reading(
        damaged=signatures is None,
        encrypted=False,
        pages=pages,
        texts=tuple(texts),
        hidden_text=hidden,
        links=tuple(dict.fromkeys(_links(annotations)))[:MAX_LINKS],
        active=tuple(dict.fromkeys(_active(reader.root_object, annotations))),
        overlays=sum(1 for one in annotations if not _is_quiet(one)),
        signatures=signatures or (),
    )


def _text(page: PageObject) -> tuple[str, bool]:
    """The text in the order of the content stream, and whether some of it is set not to be shown."""
    invisible = False

    def watch(operator: bytes, operands: Any, *_: Any) -> None:
        nonlocal invisible
        if operator == b"Tr" and operands and operands[0] == _INVISIBLE:
            invisible = True

    shown = page.extract_text(visitor_operand_before=watch)
    return shown.encode("utf-8", "replace").decode(), invisible


def _annotations(page: PageObject) -> list[DictionaryObject]:
    listed = _resolved(page.get("/Annots"))
    found = [_resolved(one) for one in listed[:MAX_ANNOTATIONS]] if isinstance(listed, ArrayObject) else []
    return [one for one in found if isinstance(one, DictionaryObject)]


def _links(annotations: Sequence[DictionaryObject]) -> Iterator[str]:
    for annotation in annotations:
        for action in _chain(annotation.get("/A")):
            address = _resolved(action.get("/URI"))
            if address is not None:
                shown = address.decode("latin-1") if isinstance(address, bytes) else str(address)
                yield shown[:MAX_LINK_TEXT].encode("utf-8", "replace").decode()


def _active(root: DictionaryObject, annotations: Sequence[DictionaryObject]) -> Iterator[Active]:
    names, form = _resolved(root.get("/Names")), _resolved(root.get("/AcroForm"))
    if isinstance(names, DictionaryObject) and "/JavaScript" in names:
        yield Active.SCRIPT
    if isinstance(form, DictionaryObject) and "/XFA" in form:
        yield Active.FORM
    for holder in (root, *annotations):
        if _resolved(holder.get("/Subtype")) in _MEDIA:
            yield Active.MEDIA
        for action in (*_chain(holder.get("/OpenAction")), *_chain(holder.get("/A")), *_events(holder)):
            kind = _ACTIONS.get(str(_resolved(action.get("/S"))))
            if kind is not None:
                yield kind


def _events(holder: DictionaryObject) -> Iterator[DictionaryObject]:
    events = _resolved(holder.get("/AA"))
    if isinstance(events, DictionaryObject):
        for action in list(events.values())[:MAX_FIELDS]:
            yield from _chain(action)


def _chain(action: Any) -> Iterator[DictionaryObject]:
    """An action and those that follow it."""
    for _ in range(MAX_CHAIN):
        action = _resolved(action)
        if not isinstance(action, DictionaryObject):
            return
        yield action
        action = action.get("/Next")


def _is_quiet(annotation: DictionaryObject) -> bool:
    """Whether an annotation is a link, or the field of a signature that draws nothing: a certificate has no other."""
    if _resolved(annotation.get("/Subtype")) == "/Link":
        return "/AP" not in annotation
    field = _resolved(annotation.get("/Subtype")) == "/Widget" and _resolved(annotation.get("/FT")) == "/Sig"
    return field and "/MK" not in annotation and _draws_nothing(annotation)


def _draws_nothing(annotation: DictionaryObject) -> bool:
    """With an appearance, that one is empty, as the seal's is; without one, there is no place where it could be drawn."""
    looks = _resolved(annotation.get("/AP"))
    if looks is None:
        place = _resolved(annotation.get("/Rect"))
        return isinstance(place, ArrayObject) and len(place) == _SIDES and not any(map(_resolved, place))
    look = _resolved(looks.get("/N")) if isinstance(looks, DictionaryObject) else None
    return isinstance(look, StreamObject) and set(looks) == {"/N"} and not look.get_data().strip()


def _signatures(
    raw_pdf: bytes, root: DictionaryObject, chains: Sequence[Sequence[bytes]]
) -> tuple[FoundSignature, ...] | None:
    """The library for signatures is loaded only when there is a form. None: what stands there is no signature."""
    form = _resolved(root.get("/AcroForm"))
    fields = _resolved(form.get("/Fields")) if isinstance(form, DictionaryObject) else None
    if not chains or not isinstance(fields, ArrayObject) or not fields:
        return ()
    from certverify.pdf_signatures import find_signatures

    try:
        return find_signatures(raw_pdf, chains)
    except (MemoryError, PermissionError):
        raise
    except Exception:
        return None


def _resolved(value: Any) -> Any:
    return None if value is None else value.get_object()
