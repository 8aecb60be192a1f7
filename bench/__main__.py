"""`python -m bench [THEME ...]`: measure, print, write bench/results.json and from it the table of the README."""

from __future__ import annotations

import argparse
import os
import time

from bench import (
    documents,
    filings,
    hot_path,
    issue,
    ledger,
    monitor,
    proof,
    start,
    statistics,
    verification,
    work_faces,
)
from bench.report import merge_results, print_table, results, write_readme
from bench.timing import FULL, Measurement
from bench.versions import this_run

THEMES = {
    "issue": issue.measure,
    "documents": documents.measure,
    "ledger": ledger.measure,
    "monitor": monitor.measure,
    "filings": filings.measure,
    "verification": verification.measure,
    "hot-path": hot_path.measure,
    "proof": proof.measure,
    "start": start.measure,
    "statistics": statistics.measure,
    "work-faces": work_faces.measure,
}


def main() -> None:
    """Entry point of `make bench`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("themes", nargs="*", metavar="THEME", help=" | ".join(THEMES))
    themes = parser.parse_args().themes or list(THEMES)
    if unknown := sorted(set(themes) - set(THEMES)):
        parser.error(f"unknown: {', '.join(unknown)}; known: {', '.join(THEMES)}")
    for key in [key for key in os.environ if key.startswith("CERTSVC_")]:
        del os.environ[key]
    run = this_run()
    measured: list[tuple[str, Measurement]] = []
    for theme in themes:
        begun = time.perf_counter()
        measured += [(theme, one) for one in THEMES[theme](FULL)]
        print(f"{theme}: {time.perf_counter() - begun:.0f} s", flush=True)
    figures = [one for _, one in measured]
    print_table(figures)
    write_readme(merge_results(results(measured, run)))


if __name__ == "__main__":
    main()
