"""The sections of search, trace and decision: their routers, joined by the application."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from certsvc.entrypoints.console.pages import certificates, decisions, search

ROUTERS: Final[tuple[APIRouter, ...]] = (
    search.router,
    decisions.certificate_router,
    certificates.router,
    decisions.router,
)
"""In the order of the navigation; the form of a decision before the certificate that it is over."""
UPLOADS: Final = (decisions.PREVIEW, decisions.SERVICES)
"""Addresses that take a document."""
