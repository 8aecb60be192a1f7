"""What the three administrators, and those who delegate, work with."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from certsvc.entrypoints.console.pages import audit_trail, delegations, people

ROUTERS: Final[tuple[APIRouter, ...]] = (people.router, delegations.router, audit_trail.router)
