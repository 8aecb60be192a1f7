"""The browser checker and the signed trust material; unknown keys apart from forged signatures, as certverify tells them."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from certverify.check import check_record
from certverify.ledger import open_ledger
from certverify.trust import load_trust
from playwright.sync_api import Browser, Page

from certsvc.entrypoints.public_api import create_app
from tests.trust.key_cases import CASES, NOW, KeyCase
from tests.verifier.builders import write_files
from tests.web.builders import served

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "trust.json").read_bytes())
_TRUST = """async ([address, files, line]) => {
    const load = (name) => import(`${address}/${name}.js`);
    const [{ BadTrust, verifyTrust }, { BadTrustList, decodeAnchor, decodeTrustList }] =
        await Promise.all([load("trust_note"), load("trust")]);
    const raw = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const readFile = async (path) => (typeof files[path] === "string" ? raw(files[path]) : null);
    const anchor = line === null ? null : await decodeAnchor(line);
    try {
        const rawList = await readFile("trust-list.json");
        await verifyTrust(await decodeTrustList(rawList), rawList, readFile, anchor);
        return null;
    } catch (error) {
        if (error instanceof BadTrust) return error.code;
        if (error instanceof BadTrustList) return "trust-unreadable";
        throw error;
    }
}"""
_LISTS = """async ([address, lists]) => {
    const { BadTrustList, decodeTrustList } = await import(`${address}/trust.js`);
    return Promise.all(lists.map(async (list) => {
        try { await decodeTrustList(new TextEncoder().encode(list)); return true; }
        catch (error) { if (error instanceof BadTrustList) return false; throw error; }
    }));
}"""
_CHECK = """async ([address, files, text, now, anchor = null]) => {
    const load = (name) => import(`${address}/${name}.js`);
    const [{ gatherEvidence }, { judge }] = await Promise.all([load("check"), load("verdict")]);
    const read = async (name) => (await fetch(`${address}/${name}.json`)).json();
    const page = await read("words");
    const words = { ...page, codes: { ...(await read("codes")), ...page.own_codes } };
    const raw = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const readFile = async (path) => (path in files ? raw(files[path]) : null);
    return judge(await gatherEvidence(text, { readFile, now, anchor }), words, now);
}"""


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with served(create_app(tmp_path_factory.mktemp("empty"))) as address:
        page = browser.new_page()
        page.goto(address)
        yield page
        page.close()


def assets_of(page: Page) -> str:
    stylesheet = page.locator("link[rel=stylesheet]").get_attribute("href") or ""
    return stylesheet.rpartition("/")[0]


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_the_browser_believes_and_refuses_what_the_vectors_say(page: Page, case: dict[str, Any]) -> None:
    files = VECTORS["files"] | case["changes"]
    anchor = None if case["anchor"] is None else VECTORS["anchors"][case["anchor"]]
    assert page.evaluate(_TRUST, [assets_of(page), files, anchor]) == case["code"]


def test_the_browser_takes_and_refuses_the_same_lists(page: Page) -> None:
    rows = VECTORS["lists"]
    taken = page.evaluate(_LISTS, [assets_of(page), [row["list"] for row in rows]])
    assert [row["name"] for row, took in zip(rows, taken, strict=True) if took is not row["holds"]] == []


def test_refused_material_gives_no_verdict_about_a_certificate(page: Page) -> None:
    by_name = {case["name"]: case for case in VECTORS["cases"]}
    files = VECTORS["files"] | by_name["signed by a stranger"]["changes"]
    record = json.loads((Path(__file__).parents[1] / "vectors" / "records.json").read_bytes())["good"][0]
    told = page.evaluate(_CHECK, [assets_of(page), files, record["text"], int(NOW.timestamp())])
    assert (told["verdict"], told["authentic"], told["status"]) == ("undetermined", "unknown", "unknown")
    assert [item["code"] for item in told["findings"]] == ["trust-forged"]


def test_a_page_with_another_anchor_believes_nothing_that_is_not_its_own(page: Page) -> None:
    record = json.loads((Path(__file__).parents[1] / "vectors" / "records.json").read_bytes())["good"][0]
    for name, codes in (("first", False), ("second", False), ("stranger", True)):
        asked = [
            assets_of(page),
            VECTORS["files"],
            record["text"],
            int(NOW.timestamp()),
            VECTORS["anchors"][name],
        ]
        told = page.evaluate(_CHECK, asked)
        assert ("trust-forged" in [item["code"] for item in told["findings"]]) is codes, name
        assert told["authentic"] == ("unknown" if codes else "yes")


def test_the_page_is_given_the_anchor_of_the_published_list(tmp_path: Path) -> None:
    files = {path: base64.b64decode(content) for path, content in VECTORS["files"].items()}
    write_files(tmp_path, files)
    with served(create_app(tmp_path)) as address:
        shown = httpx.get(f"{address}/v").text
    assert f'data-trust-anchor="{VECTORS["anchors"]["second"]}"' in html.unescape(shown)
    with served(create_app(tmp_path / "empty")) as address:
        assert "data-trust-anchor" not in httpx.get(f"{address}/v").text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_both_readers_tell_an_unknown_key_from_a_forged_signature(
    page: Page, case: KeyCase, tmp_path: Path
) -> None:
    files = case.files()
    encoded = {path: base64.b64encode(content).decode() for path, content in files.items()}
    told = page.evaluate(_CHECK, [assets_of(page), encoded, case.text, int(case.now.timestamp())])
    write_files(tmp_path, files)
    trust = load_trust(tmp_path)
    here = check_record(
        case.text, trust, open_ledger(tmp_path, trust), case.now, max_age=timedelta(hours=1)
    ).as_json()
    for part in ("verdict", "authentic", "status"):
        assert told[part] == here[part], part
    assert {item["code"] for item in told["findings"]} == {item["code"] for item in here["findings"]}
    assert case.code in {None, *(item["code"] for item in told["findings"])}
    assert told["verdict"] == case.verdict
