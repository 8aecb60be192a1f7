"""Every theme of `make bench` works from end to end; how fast is not asserted."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from bench import issue, ledger, monitor, proof, report, statistics, verification, work_faces
from bench.__main__ import THEMES
from bench.timing import TINY, Measurement
from tests.support.workbooks import EXAMPLES, REGULAR

RUN: dict[str, Any] = {
    "date": "2026-11-20T00:00:00+00:00",
    "cores": 2,
    "machine": "test",
    "load_at_start": 0.0,
}


@pytest.mark.parametrize(
    "theme",
    [issue, ledger, monitor, proof, statistics, verification, work_faces],
    ids=lambda theme: theme.__name__,
)
def test_a_tiny_measurement_gives_figures_beside_their_floors(theme: Any) -> None:
    measured: list[Measurement] = theme.measure(TINY)
    assert measured
    assert all(one.value > 0 and one.floor > 0 and one.versions for one in measured)


def test_the_results_name_what_the_readme_shows() -> None:
    measured = ledger.measure(TINY)
    written = json.loads(json.dumps(report.results([("ledger", one) for one in measured], RUN)))
    table = report.readme_table(written)
    assert written["_run"] == RUN
    for one in measured:
        assert {"value", "unit", "floor", "command", "versions"} <= written[one.key].keys()
        assert f"`{one.key}`" in table


def test_the_table_of_the_readme_is_that_of_the_kept_results() -> None:
    text = report.README.read_text("utf-8")
    table = text[text.index(report.BEGIN) + len(report.BEGIN) : text.index(report.END)].strip()
    assert table == report.readme_table(json.loads(report.RESULTS.read_text("utf-8")))


def test_every_kept_figure_belongs_to_a_theme() -> None:
    kept = json.loads(report.RESULTS.read_text("utf-8"))
    assert all(one["command"].split()[-1] in THEMES for key, one in kept.items() if key != "_run")


def test_the_filing_process_reads_and_examines_a_sample() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.filing_process", "examine", str(EXAMPLES / REGULAR)],
        cwd=EXAMPLES.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(json.loads(done.stdout)) == {"seconds", "peak_mb"}
