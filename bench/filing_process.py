"""One reading of one filing, alone in its process: `python -m bench.filing_process calamine|examine|submit FILE`.

Prints seconds and the greatest resident memory as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from bench.timing import elapsed


def main() -> None:
    """Entry point."""
    how, path = sys.argv[1], Path(sys.argv[2])
    seconds = {"calamine": _calamine, "examine": _examine, "submit": _submit}[how](path)
    print(json.dumps({"seconds": seconds, "peak_mb": _peak_mb()}))


def _peak_mb() -> float:
    """The greatest resident memory of this process image (VmHWM).

    Not `getrusage`: its ru_maxrss outlives exec on Linux and would report the process that started this one.
    """
    status = Path("/proc/self/status").read_text("ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def _calamine(path: Path) -> float:
    from python_calamine import load_workbook

    def read() -> None:
        with path.open("rb") as file, load_workbook(file) as book:
            for name in book.sheet_names:
                book.get_sheet_by_name(name).to_python()

    return elapsed(read)


def _examine(path: Path) -> float:
    """Everything but the database: what `Reception` stores is thrown away."""
    from bench.people import REGISTRY, ROOT
    from certsvc.adapters.clock import SystemClock
    from certsvc.adapters.document.glyphs import GlyphStore
    from certsvc.adapters.shipped_policies import shipped_policies
    from certsvc.adapters.work_calendar import published_calendar
    from certsvc.adapters.workbook import read_workbook
    from certsvc.domain.registry_decoding import decode_registry
    from certsvc.stages.reception import Reception

    store = Forgetful(REGISTRY.read_bytes())
    glyphs = GlyphStore(ROOT / "templates" / "fonts" / "CertificateSerifSC-Regular.ttf")
    sources = (published_calendar, shipped_policies, decode_registry)
    reception = Reception(store, SystemClock(), glyphs, *sources)  # type: ignore[arg-type]
    raw = path.read_bytes()
    return elapsed(lambda: reception.receive(read_workbook(raw, path.name), raw, path.name))


def _submit(path: Path) -> float:
    from bench.offices import temporary_office

    with temporary_office() as office:
        raw = path.read_bytes()
        return elapsed(lambda: office.submit(raw, path.name))


class Forgetful:
    """A filing store that knows a registry and nothing else."""

    def __init__(self, registry: bytes) -> None:
        self._registry = registry

    def current_registry(self) -> tuple[str, bytes]:
        """The registry, under any digest."""
        return "0" * 64, self._registry

    def find(self, _filing: str) -> None:
        """Nothing is stored."""

    def report(self, _filing: str) -> None:
        """Nothing is stored."""

    def titles_held(self, id_numbers: Iterable[str]) -> Mapping[str, tuple[()]]:
        """Nobody holds a title."""
        return dict.fromkeys(id_numbers, ())

    def aided_before(self, _id_numbers: Iterable[str]) -> frozenset[str]:
        """Nobody."""
        return frozenset()

    def credit_blocks(self, _id_numbers: Iterable[str]) -> Mapping[str, tuple[()]]:
        """None."""
        return {}

    def cancelled_years(self, _id_numbers: Iterable[str]) -> Mapping[str, frozenset[int]]:
        """None."""
        return {}

    def dual_directed_holders(self) -> Mapping[str, int]:
        """None."""
        return {}

    def titles_withdrawn(self, id_numbers: object) -> dict[str, object]:  # noqa: ARG002  # the port names it
        """None."""
        return {}

    def annulled_references(self, _references: object) -> frozenset[str]:
        """None."""
        return frozenset()

    def batch_void(self, _committee_code: object, _batch_ref: object) -> None:
        """Not void."""

    def passed_before(self, **which: object) -> tuple[()]:  # noqa: ARG002  # the port names them
        """Nobody."""
        return ()

    def announcements_used(self, **which: object) -> frozenset[str]:  # noqa: ARG002  # the port names them
        """None."""
        return frozenset()

    def save(self, examined: object, by: object) -> None:
        """Thrown away."""


if __name__ == "__main__":
    main()
