"""Draw the icons of the installed page from `templates/pages/mark.svg`, in Chromium: `python scripts/make_icons.py`.

`app-<pixels>.png` is the mark as it stands; `app-maskable-512.png` and `app-touch-180.png` have its colours exchanged and
fill the square, with the mark inside the circle that every system leaves (W3C manifest: a radius of 40 per cent).
"""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PAGES = Path(__file__).parents[1] / "templates" / "pages"
ACCENT, WHITE = "#9e1f1f", "#fff"
PLAIN = {"app-192.png": 192, "app-512.png": 512}
FILLED = {"app-maskable-512.png": 512, "app-touch-180.png": 180}
SHARE = 0.62


def main() -> None:
    """Write the four pictures beside the mark."""
    mark = (PAGES / "mark.svg").read_text(encoding="utf-8")
    exchanged = mark.replace(ACCENT, "#").replace(f'"{WHITE}"', f'"{ACCENT}"').replace('"#"', f'"{WHITE}"')
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        for name, pixels in PLAIN.items():
            draw(page, mark, pixels, 1, "transparent", name)
        for name, pixels in FILLED.items():
            draw(page, exchanged, pixels, SHARE, ACCENT, name)
        browser.close()


def draw(page: Page, mark: str, pixels: int, share: float, ground: str, name: str) -> None:
    """One picture: the mark in the middle, over this share of the square."""
    page.set_viewport_size({"width": pixels, "height": pixels})
    style = f"margin:0;background:{ground};display:grid;place-items:center;height:100vh"
    size = f"svg{{width:{share * 100}vw;height:{share * 100}vw}}"
    page.set_content(f'<style>{size}</style><body style="{style}">{mark}</body>')
    page.screenshot(path=PAGES / name, omit_background=True)


if __name__ == "__main__":
    main()
