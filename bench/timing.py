"""How a rate is measured: repeated short runs, the median, in one process and one thread."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured: `FULL` for figures, `TINY` to see that every measurement works."""

    seconds: float
    rounds: int
    people: int
    documents: int
    leaves: int
    rows: int
    replayed: int


FULL = Scale(
    seconds=3.0, rounds=5, people=2_000, documents=300, leaves=20_000, rows=20_000, replayed=1_000_000
)
TINY = Scale(seconds=0.0, rounds=1, people=5, documents=3, leaves=20, rows=20, replayed=300)


@dataclass(frozen=True, slots=True)
class Target:
    """What the design asks for: at least `bound`, or less than it."""

    bound: float
    at_least: bool = True

    def met(self, value: float) -> bool:
        """Whether a value reaches it."""
        return value >= self.bound if self.at_least else value < self.bound

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '<'} {self.bound:,g}"


@dataclass(frozen=True, slots=True)
class Measurement:
    """One figure with the floor it stands on; `floor_is` says what the floor does, `parts` where the time of one goes (ms)."""

    key: str
    what: str
    value: float
    unit: str
    floor: float
    floor_is: str
    versions: dict[str, str]
    target: Target | None = None
    parts: Mapping[str, float] = field(default_factory=dict)

    def as_json(self, command: str) -> dict[str, Any]:
        """The entry of results.json."""
        return {
            "what": self.what,
            "value": rounded(self.value),
            "unit": self.unit,
            "floor": rounded(self.floor),
            "floor_is": self.floor_is,
            "command": command,
            "versions": self.versions,
            "to_reach": str(self.target) if self.target else None,
            "met": self.target.met(self.value) if self.target else None,
        } | ({"parts_ms": {part: rounded(ms) for part, ms in self.parts.items()}} if self.parts else {})


def rounded(value: float) -> float:
    """Three significant digits, more for whole numbers above a thousand."""
    return round(value) if abs(value) >= 1000 else float(f"{value:.3g}")


def elapsed(work: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def rate(work: Callable[[], int], *, seconds: float = 3.0, rounds: int = 3) -> float:
    """Items a second of `work`, which returns how many items it did: the median over repeated calls."""
    rates = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(rates) < rounds:
        start = time.perf_counter()
        done = work()
        rates.append(done / (time.perf_counter() - start))
    return statistics.median(rates)


def sign_and_verify(count: int) -> float:
    """Ed25519 pairs of one signature and its verification a second, with `cryptography` and nothing else."""
    private = Ed25519PrivateKey.generate()
    public = private.public_key()

    def pairs() -> None:
        for n in range(count):
            message = b"%0128d" % n
            public.verify(private.sign(message), message)

    return count / elapsed(pairs)


def verify_only(count: int) -> float:
    """Ed25519 verifications a second, with `cryptography` and nothing else."""
    private = Ed25519PrivateKey.generate()
    public, message = private.public_key(), bytes(150)
    signature = private.sign(message)

    def verifications() -> None:
        for _ in range(count):
            public.verify(signature, message)

    return count / elapsed(verifications)
