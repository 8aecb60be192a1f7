"""The sections of supervision and of what everything rests on: their routers, joined by the application."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from certsvc.entrypoints.console.pages import coverage, foundations, samples, statistics, supervision

ROUTERS: Final[tuple[APIRouter, ...]] = (
    statistics.router,
    coverage.router,
    samples.router,
    supervision.router,
    foundations.router,
)
"""In the order of the navigation."""
UPLOADS: Final = coverage.UPLOADS
"""Addresses that take files."""
