"""Shared texts of a workbook: one long text may stand in a million cells, and every cell is a copy of its own."""

from __future__ import annotations

import re

from certsvc.errors import UnreadableInput

MOST_TEXT = 32 * 1024 * 1024  # bytes of all cells of a sheet together
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>\s*([0-9]{1,9})")


class SharedTexts:
    """How long the shared texts of a package are, in bytes of XML: never less than the text itself."""

    def __init__(self, xml: bytes) -> None:
        self._lengths = [len(piece) for piece in re.split(rb"</(?:\w+:)?si\s*>", xml)]
        self._longest = max(self._lengths)
        if re.search(
            rb"<(?:\w+:)?si\s*/>", xml
        ):  # not counted by the split: then nobody knows which is which
            self._lengths = [self._longest] * (len(self._lengths) + xml.count(b"/>"))

    def refuse_more_than_fits(self, xml: bytes, sheet: str, *, prefixes: bool) -> None:
        """Refuse a sheet whose cells would hold more text than a filing can. Raises UnreadableInput."""
        if not self._longest:
            return
        values = xml.count(b"<v") + (xml.count(b":v") if prefixes else 0)
        if values * self._longest <= MOST_TEXT:
            return  # the short way: nearly every sheet
        lengths, total = self._lengths, 0
        for found in _VALUE.finditer(xml):
            place = int(found[1])
            total += lengths[place] if place < len(lengths) else 0
            if total > MOST_TEXT:
                raise UnreadableInput(
                    f"工作表“{sheet}”的文字过多，无法受理。请删除与报送无关的内容，另存为 .xlsx 重新报送。",
                    case=92,
                )
