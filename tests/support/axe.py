"""What is asked of every page that people see: axe over WCAG 2.1 AA, fingers, four hundred per cent, wide spacing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

VENDOR = Path(__file__).parents[1] / "web" / "vendor"
AXE = (VENDOR / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
WCAG = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
CONTRAST = {"type": "rule", "values": ["color-contrast", "link-in-text-block", "valid-lang"]}
# WCAG 2.1, 1.4.12: a reader's own spacing takes nothing away.
SPACING = (
    "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }"
    " p { margin-bottom: 2em !important }"
)
SPACED = "rules => { const sheet = new CSSStyleSheet(); sheet.replaceSync(rules); document.adoptedStyleSheets = [sheet]; }"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# WCAG 2.5.5 asks 44 pixels of AAA alone; design asks it of phones. Links in running text are excepted there too; a tick box is
# as large as the label around it.
SMALL = """() => [...document.querySelectorAll('button, .button, input, select, summary, .masthead-name')]
    .filter((one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
    .filter((one) => { const ticked = ['checkbox', 'radio'].includes(one.type) && one.closest('label');
        const box = (ticked || one).getBoundingClientRect(); return box.height < 43.5 || box.width < 43.5; })
    .map((one) => one.outerHTML.slice(0, 120))"""


def violations(page: Page, only: dict[str, Any]) -> list[str]:
    """What axe finds: rule and place."""
    found = page.evaluate(
        "only => axe.run(document, {runOnly: only, resultTypes: ['violations']}).then(({violations}) => violations)",
        only,
    )
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]
