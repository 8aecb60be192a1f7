"""Numbers on the first page of the console: each theme counts its own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tally:
    """A number that asks for something: how many, of what, where to go, and how urgent (`unknown`, `limited`, `failed`)."""

    number: int
    zh: str
    en: str
    address: str
    tone: str = "unknown"
