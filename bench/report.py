"""Where the figures go: results.json, the terminal, and the table of the README between its two marks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.people import ROOT
from bench.timing import Measurement, rounded

RESULTS = Path(__file__).parent / "results.json"
README = ROOT / "README.md"
BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"


def results(measured: Sequence[tuple[str, Measurement]], run: dict[str, Any]) -> dict[str, Any]:
    """The object of results.json; each measurement comes with the name of its theme."""
    return {"_run": run} | {
        one.key: one.as_json(f"python -m bench {theme}") | {"date": run["date"]} for theme, one in measured
    }


def merge_results(new: dict[str, Any]) -> dict[str, Any]:
    """Write results.json: figures not measured this time keep their values and their own date."""
    old = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    merged = old | new
    RESULTS.write_text(json.dumps(merged, ensure_ascii=False, indent=2) + "\n", "utf-8")
    return merged


def print_table(measured: Sequence[Measurement]) -> None:
    """The figures on the terminal."""
    table = Table(title="certsvc", title_justify="left")
    for heading in ("figure", "measured", "to reach", "", "floor in the same run"):
        table.add_column(heading)
    for one in measured:
        told = {True: "[green]reached[/green]", False: "[red]not reached[/red]", None: ""}
        table.add_row(
            one.key,
            f"{_shown(rounded(one.value))} {one.unit}",
            str(one.target or ""),
            told[one.target.met(one.value) if one.target else None],
            f"{_shown(rounded(one.floor))}  {one.floor_is}",
        )
    console = Console(width=140)
    console.print(table)
    for one in measured:
        if one.parts:
            console.print(f"{one.key}: {told_parts(one.parts)}")


def write_readme(kept: dict[str, Any]) -> None:
    """Put the table of everything that results.json keeps between the marks of the README."""
    text = README.read_text("utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise RuntimeError(f"README.md lacks the marks {BEGIN} and {END}")
    README.write_text(f"{before}{BEGIN}\n{readme_table(kept)}\n{END}{after}", "utf-8")


def readme_table(kept: dict[str, Any]) -> str:
    """The Markdown table with its caption, from the object of results.json."""
    run = kept["_run"]
    lines = [
        f"`make bench`, last on {run['date'][:10]}, {run['cores']} cores ({run['machine']}), load {run['load_at_start']} before "
        "it began: a shared and noisy machine, so read each figure against the floor measured in the same run. "
        "One process, one thread; medians. All values: [bench/results.json](bench/results.json).",
        "",
        "| | measured | on | to reach | | floor in the same run |",
        "|---|---|---|---|---|---|",
    ]
    for key, one in kept.items():
        if key == "_run":
            continue
        told = {True: "✓", False: "**not reached**", None: ""}[one["met"]]
        lines.append(
            f"| {one['what']} (`{key}`) | {_shown(one['value'])} {one['unit']} | {one['date'][:10]} | {one['to_reach'] or ''} "
            f"| {told} | {_shown(one['floor'])} ({one['floor_is']}) |"
        )
    lines += [
        f"\nOf the time of one (`{key}`): {told_parts(one['parts_ms'])}."
        for key, one in kept.items()
        if "parts_ms" in one
    ]
    return "\n".join(lines)


def told_parts(parts: Mapping[str, float]) -> str:
    """The parts of a call with their share, in the order in which they are done."""
    whole = sum(parts.values())
    told = ", ".join(f"{part} {ms / whole:.0%}" for part, ms in parts.items())
    return f"{told} of {whole:.2g} ms"


def _shown(value: float) -> str:
    return f"{value:,}" if value >= 1000 else f"{value:g}"
