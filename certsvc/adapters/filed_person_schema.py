"""The tables of the persons whom filings name: by keyed digest, so that they can ask for their own rows alone.

The code of the unit stands beside, so that a unit can ask for the rows that name it.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from certsvc.adapters.schema import metadata as metadata

filed_person = Table(
    "filed_person",
    metadata,
    Column("filing_id", String(20), ForeignKey("filing.id"), primary_key=True),
    Column("row_no", Integer, primary_key=True),
    Column("person_key", LargeBinary(32), nullable=False),
    Column("sealed_title", LargeBinary, nullable=False),
    Column("unit_code", String(18)),
    Index("ix_filed_person_person_key", "person_key"),
    Index("ix_filed_person_unit_code", "unit_code", "filing_id", "row_no"),
)

persons_read = Table(
    "persons_read",
    metadata,
    Column("filing_id", String(20), ForeignKey("filing.id"), primary_key=True),
)
"""The filings whose files were read for whom they name."""
