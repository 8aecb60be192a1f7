"""The routers of the pages over filings, in the order in which their addresses are looked up."""

from __future__ import annotations

from certsvc.entrypoints.console.pages import filing_steps, filing_waits, filings, unit_people

ROUTERS = (filings.router, filing_steps.router, filing_waits.router, unit_people.router)
