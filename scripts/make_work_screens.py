"""Take the pictures of the pages that people work in: docs/screens/work/*.png (needs Debian's Chromium with fonts-noto-cjk).

.venv/bin/python -m scripts.make_work_screens docs/screens/work
"""

from __future__ import annotations

import argparse
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from playwright.sync_api import Browser, Page, sync_playwright

from certsvc.adapters.clock import FixedClock
from scripts.make_screens import HEIGHTS, with_few_colours
from tests.access.desk import open_desk
from tests.console import states as console
from tests.console.decision_states import decided
from tests.console.supervision_states import supervised
from tests.console.system_states import administered
from tests.portal import states as portal
from tests.portal.holders import Portal

CONSOLE_WIDTHS = (1280,)
ON_PHONES_TOO = (
    *("filing-faulty", "filing-chain", "filings", "deadlines", "decision-second-person", "certificate"),
    *("cases", "statistics", "search-found", "dashboard"),
)
"""Pages of the console that are pictured at the width of a phone as well."""
PORTAL_WIDTHS = (390,)
DESKS_TOO = ("portal-titles", "portal-certificate")
"""Pages of the portal that are pictured at the width of a desk as well."""
Show = Callable[[Page], None]
Scene = TypeVar("Scene")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", help="regular expressions for names of pictures")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    executable = shutil.which("chromium")
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
        )
        for part in (of_console, of_portal):
            for name, width, show in part(Path(scratch)):
                target = given.folder / f"{name}-{width}.png"
                if given.only and not any(re.search(one, target.name) for one in given.only):
                    continue
                take(browser, show, width, target)
                print(target.name, flush=True)
        browser.close()


def of_console(scratch: Path) -> Iterator[tuple[str, int, Show]]:
    """Every state of the console, with its widths."""
    clock = FixedClock(datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    with open_desk(scratch / "console", clock) as desk:
        scene = console.prepared(desk)
        decided(scene)
        supervised(scene)
        administered(scene)
        yield from _named(console.STATES, scene, CONSOLE_WIDTHS, ON_PHONES_TOO, 390)


def of_portal(scratch: Path) -> Iterator[tuple[str, int, Show]]:
    """Every state of the portal, with its widths."""
    clock = FixedClock(datetime(2026, 11, 20, 4, 0, tzinfo=UTC))
    with open_desk(scratch / "portal", clock, holder_per_minute=10_000) as desk:
        scene = portal.prepared(Portal(desk))
        yield from _named(portal.STATES, scene, PORTAL_WIDTHS, DESKS_TOO, 1280)


def take(browser: Browser, show: Show, width: int, target: Path) -> None:
    """One picture, with few colours."""
    context = browser.new_context(
        locale="zh-CN",
        viewport={"width": width, "height": HEIGHTS[width]},
        color_scheme="light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    show(page)
    page.screenshot(path=target, full_page=True)
    context.close()
    with_few_colours(target)


def _named(
    states: dict[str, Callable[[Page, Scene], None]],
    scene: Scene,
    widths: Iterable[int],
    others: Iterable[str],
    other: int,
) -> Iterator[tuple[str, int, Show]]:
    for name, state in states.items():
        for width in (*widths, *((other,) if name in others else ())):
            yield name, width, lambda page, state=state: state(page, scene)  # type: ignore[misc]


if __name__ == "__main__":
    main()
