"""A document is written and kept; one that a run kept that was broken off is the document, where it says the same."""

from __future__ import annotations

from datetime import datetime

from certsvc.domain.page_face import PageFace
from certsvc.errors import IntegrityError
from certsvc.ports import DocumentArchive, DocumentWriter


def keep_document(
    archive: DocumentArchive,
    writer: DocumentWriter,
    place: tuple[str, int],
    page: PageFace,
    instant: datetime,
) -> str:
    """The digest of what is kept at a place (number, version): what was just written, or what stands there already when the
    writer made that for this very page. Raises IntegrityError for anything else there.
    """
    document = writer.write(page, instant)
    try:
        return archive.keep(*place, document)
    except IntegrityError:
        kept = archive.read(*place)
        if kept is None or not writer.has_written(kept, page, instant):
            raise
        return archive.keep(*place, kept)
