"""Take the pictures of the public pages: docs/screens/*.png (needs Debian's Chromium with fonts-noto-cjk).

.venv/bin/python -m scripts.make_screens docs/screens
"""

from __future__ import annotations

import argparse
import re
import shutil
import tempfile
from contextlib import closing
from datetime import datetime
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from certsvc.adapters.clock import FixedClock
from certsvc.entrypoints.public_api import create_app
from tests.api.asking import PublicOffice
from tests.support.office import OfficeUnderTest
from tests.web.builders import served, write_tree
from tests.web.states import FREELY, NOW, PLAN, STATES, Scene, prepared

COLOURS = 128
HEIGHTS = {390: 844, 1280: 900}
WIDE = (
    *("start", "start-number", "number-not-found", "verdict-start", "verdict-passed", "verdict-limited"),
    *("verdict-revoked", "verdict-superseded", "verdict-file-original", "verdict-file-differs"),
    *("verdict-file-saved-again", "verdict-file-report", "announced", "error"),
    *("suspicion-form", "suspicion-received", "suspicion-state-closed", "share-start", "share-opened"),
)
# Name of the picture: the state, its width, and how it is looked at.
PICTURES = {
    **{f"{name}-390": (name, 390, "") for name in STATES},
    **{f"{name}-1280": (name, 1280, "") for name in WIDE},
    "verdict-english-1280": ("verdict-limited", 1280, "english"),
    "start-english-390": ("start", 390, "english"),
    "verdict-revoked-dark-390": ("verdict-revoked", 390, "dark"),
    "start-dark-1280": ("start", 1280, "dark"),
    "share-english-390": ("share-limited", 390, "english"),
    "suspicion-english-390": ("suspicion-form", 390, "english"),
    "share-dark-390": ("share-opened", 390, "dark"),
    "verdict-passed-zoom-320": ("verdict-passed", 320, ""),
    "start-zoom-320": ("start", 320, ""),
    "verdict-passed-contrast-390": ("verdict-passed", 390, "forced"),
    "verdict-revoked-print-800": ("verdict-revoked", 800, "print"),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", help="regular expressions for names of pictures")
    given = parser.parse_args()
    wanted = [name for name in PICTURES if not given.only or any(re.search(one, name) for one in given.only)]
    given.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        photograph(Path(scratch), given.folder, wanted)


def photograph(scratch: Path, folder: Path, wanted: list[str]) -> None:
    """Take the wanted pictures of an office below `scratch`."""
    clock = FixedClock(datetime.fromisoformat(NOW))
    office = PublicOffice(OfficeUnderTest(scratch / "office", clock, suspension="on", **FREELY), persons=6)
    write_tree(scratch / "tree", PLAN)
    executable = shutil.which("chromium")
    with closing(office), served(create_app(scratch / "tree")) as tree, sync_playwright() as playwright:
        scene = prepared(office, tree)
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
        )
        for name in wanted:
            take(browser, scene, name, folder / f"{name}.png")
            print(name, flush=True)
        browser.close()


def take(browser: Browser, scene: Scene, name: str, target: Path) -> None:
    """One picture, with few colours."""
    shown, width, look = PICTURES[name]
    context = browser.new_context(
        locale="zh-CN",
        viewport={"width": width, "height": HEIGHTS.get(width, 800)},
        color_scheme="dark" if look == "dark" else "light",
        forced_colors="active" if look == "forced" else "none",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.clock.set_fixed_time(NOW)
    STATES[shown](page, scene)
    if look == "english":
        page.get_by_role("button", name="English").click()
    if look == "print":
        page.emulate_media(media="print")
    page.screenshot(path=target, full_page=True)
    context.close()
    with_few_colours(target)


def with_few_colours(picture: Path) -> None:
    """Write a picture anew, much smaller."""
    Image.open(picture).convert("RGB").quantize(COLOURS).save(picture, optimize=True)


if __name__ == "__main__":
    main()
