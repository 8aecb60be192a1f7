"""Photographs of a filing: names and digests agree with each other and with the pictures that the workbook carries."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from certsvc.domain.rules import intake_photo as rules
from certsvc.domain.submission import Cell
from certsvc.domain.written_values import read_text
from certsvc.stages.filing_cells import CellReader

NAME, DIGEST = "照片文件名", "照片摘要"
_SHA256 = re.compile(r"[0-9a-f]{64}")


def check_photos(
    photos: Sequence[tuple[int, Cell, Cell]], pictures: Mapping[str, str], reader: CellReader
) -> None:
    """Report what is wrong with `photos`: row number, name and digest as written.

    `pictures`: file name -> SHA-256 (hex) of the pictures within the file. Rows without a photograph are none.
    """
    written = [
        (number, read_text(name), (read_text(digest) or "").lower()) for number, name, digest in photos
    ]
    names = Counter(name for _number, name, _digest in written if name)
    digests = Counter(digest for _number, _name, digest in written if digest)
    for number, name, digest in written:
        if name is None and not digest:
            continue
        reader.start(number)
        if not _SHA256.fullmatch(digest):
            reader.report(rules.DIGEST_SHAPE, DIGEST)
        elif name is None:
            reader.report(rules.NAME_MISSING, NAME)
        elif pictures.get(name, digest) != digest:
            reader.report(rules.DIFFERS, DIGEST)
        elif digests[digest] > 1:
            reader.report(rules.SHARED, DIGEST, what=DIGEST)
        elif names[name] > 1:
            reader.report(rules.SHARED, NAME, what=NAME)
