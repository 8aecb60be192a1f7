"""Numbers on the first page of the console: each theme counts its own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tally:
    """What asks for something: how many, of what, where to go, and how urgent (`unknown`, `limited`, `failed`).

    `number` None: a matter that is not counted.
    """

    number: int | None
    zh: str
    en: str
    address: str
    tone: str = "unknown"
