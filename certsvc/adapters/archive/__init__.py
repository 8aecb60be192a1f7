"""Long-term levels of certificate PDFs by pyHanko (docs/formats/archive-object.md). Import pyHanko nowhere else."""

from __future__ import annotations

import logging

for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(
        logging.CRITICAL
    )  # what it finds is in our answers, without its tracebacks
