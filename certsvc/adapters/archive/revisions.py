"""A revision that leaves the document's description alone (docs/formats/archive-object.md, Grammar).

pyHanko notes in the XMP metadata that it was there, and when. The metadata of a certificate are under its seal: a checker
could not tell such a note from another title.
"""

from __future__ import annotations

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter


class RevisionWriter(IncrementalPdfFileWriter):
    """pyHanko's writer of incremental updates, without its note."""

    def _update_meta(self) -> None:
        """Nothing is noted."""
