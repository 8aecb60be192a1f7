"""Signatures on the edges of Ed25519: nothing is good in a browser that `certverify` refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from certsvc.entrypoints.public_api import create_app
from scripts.ed25519_edge_vectors import cases
from tests.support.old_browser import WITHOUT_ED25519
from tests.web.builders import served

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "ed25519-edges.json").read_text())["cases"]
KEYS_OF_SMALL_ORDER = {
    case["name"] for case in VECTORS if case["name"].startswith("key ") and "mixed" not in case["name"]
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with served(create_app(tmp_path_factory.mktemp("empty"))) as found:
        yield found


def accepted_in(browser: Browser, address: str, script: str) -> set[str]:
    """The names of the vectors that the page's own function takes for good."""
    page = browser.new_page()
    page.add_init_script(script)
    page.goto(address)
    module = (page.locator("link[rel=stylesheet]").get_attribute("href") or "").replace(
        "style.css", "signature.js"
    )
    good = page.evaluate(
        """async ([module, cases]) => {
            const { verifyEd25519 } = await import(module);
            const bytes = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
            const judge = (one) => verifyEd25519(...["public_key", "signature", "message"].map((name) => bytes(one[name])));
            return Promise.all(cases.map(judge));
        }""",
        [module, VECTORS],
    )
    page.close()
    return {case["name"] for case, is_good in zip(VECTORS, good, strict=True) if is_good}


def test_the_vectors_are_what_the_script_makes() -> None:
    assert cases() == VECTORS


@pytest.mark.parametrize("script", ["", WITHOUT_ED25519], ids=["WebCrypto", "script"])
def test_browser_and_certverify_differ_in_keys_of_small_order_alone(
    browser: Browser, address: str, script: str
) -> None:
    """The trust list would have to name such a key, and nobody can sign under it in earnest (docs/browser-checker.md)."""
    certverify = {case["name"] for case in VECTORS if case["certverify"]}
    accepted = accepted_in(browser, address, script)
    assert accepted <= certverify
    assert certverify - accepted <= KEYS_OF_SMALL_ORDER


def test_the_script_refuses_every_key_of_small_order(browser: Browser, address: str) -> None:
    assert accepted_in(browser, address, WITHOUT_ED25519) & KEYS_OF_SMALL_ORDER == set()
