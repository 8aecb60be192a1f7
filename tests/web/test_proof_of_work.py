"""The pages compute by themselves where too much was asked, and say so; their SHA-256 is that of the browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from certsvc.adapters.local_rate_limiter import LocalRateLimiter
from certsvc.entrypoints.public_api import create_app
from certsvc.entrypoints.public_api.proof_of_work import ProofsOfWork
from tests.web.builders import TreePlan, served, write_tree

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/proof-of-work.json").read_text())["answers"]
ASKER = "198.51.100.7"
SLOW_PHONE = 10
"""So many times slower than this machine, which is shared and slow itself, a phone may be."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("tree")
    write_tree(folder, TreePlan())
    with served(create_app(folder)) as address:
        yield address


@pytest.fixture(scope="module")
def page(address: str, browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(f"{address}/v")
    yield page
    page.close()


def run(page: Page, body: str, argument: Any = None) -> Any:
    """Run a script that has `load(name)` for a module of the pages."""
    script = f"""async (given) => {{
        const styles = document.querySelector('link[rel=stylesheet]').href;
        const load = (name) => import(new URL(`${{name}}.js`, styles).href);
        {body}
    }}"""
    return page.evaluate(script, argument)


def test_our_sha256_is_that_of_the_browser(page: Page) -> None:
    body = """
        const { sha256 } = await load("sha256");
        const differing = [];
        for (const length of [0, 1, 3, 54, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000]) {
            const message = Uint8Array.from({ length }, (_, index) => (index * 31 + length) % 256);
            const own = sha256(message).join();
            if (own !== new Uint8Array(await crypto.subtle.digest("SHA-256", message)).join()) differing.push(length);
        }
        return differing;"""
    assert run(page, body) == []


def test_the_vectors_hold_in_the_browser(page: Page) -> None:
    body = """
        const { sha256 } = await load("sha256");
        const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
        return given.map((one) => hex(sha256(new TextEncoder().encode(`${one.salt}:${one.nonce}`))));"""
    assert run(page, body, VECTORS) == [one["digest"] for one in VECTORS]


@pytest.mark.parametrize("with_worker", [True, False], ids=["worker", "slices"])
def test_the_first_good_nonce_is_found(page: Page, with_worker: bool) -> None:
    body = """
        const { prove } = await load("proof_of_work");
        return prove({ algorithm: "sha-256", ...given.challenge }, () => {}, given.worker);"""
    for case in VECTORS:
        if case["case"] in ("first good nonce", "sixteen bits"):
            challenge = {"salt": case["salt"], "difficulty": case["difficulty"]}
            found = run(page, body, {"challenge": challenge, "worker": with_worker})
            assert found == f"{case['salt']}:{case['nonce']}"


@pytest.mark.parametrize(
    "challenge",
    [
        None,
        {},
        {"algorithm": "argon2", "salt": "A" * 40, "difficulty": 1},
        {"algorithm": "sha-256", "salt": "A" * 41, "difficulty": 1},
        {"algorithm": "sha-256", "salt": "A" * 40, "difficulty": 1.5},
        {"algorithm": "sha-256", "salt": "A" * 40, "difficulty": 99},
    ],
)
def test_what_is_no_challenge_is_not_computed(page: Page, challenge: Any) -> None:
    assert run(page, 'return (await load("proof_of_work")).prove(given, () => {});', challenge) is None


def test_a_slow_phone_is_done_in_ten_seconds_at_normal_pressure(page: Page) -> None:
    body = """
        const { NonceSearch } = await load("nonce_search");
        const search = new NonceSearch({ salt: "A".repeat(40), difficulty: 32 });
        const rates = [];
        for (let round = 0; round < 5; round += 1) {
            const began = performance.now();
            search.run(20_000);
            rates.push(20_000 / ((performance.now() - began) / 1000));
        }
        return Math.max(...rates);"""
    rate = run(page, body)
    assert 2**16 / (rate / SLOW_PHONE) < 10


def test_a_question_is_asked_again_with_the_answer(page: Page, address: str) -> None:
    proofs = ProofsOfWork(bytes(32), LocalRateLimiter())
    asked: list[dict[str, str]] = []

    def answer(route: Route) -> None:
        asked.append(route.request.headers)
        if proofs.accepts(route.request.headers.get("x-proof-of-work"), ASKER):
            route.fulfill(json={"verdict": "passed"})
        else:
            route.fulfill(status=429, json={"challenge": proofs.challenge(ASKER).as_json()})

    page.route("**/api/v1/verify", answer)
    body = """
        const { post } = await load("posting");
        return (await post(given, { qr: "x" }, 60_000)).status;"""
    assert run(page, body, f"{address}/api/v1/verify") == 200
    assert [one.get("x-asked-from") for one in asked] == ["page", "page"]
    page.unroute("**/api/v1/verify")


def test_what_is_computed_is_said_once_with_progress_and_time_left(page: Page) -> None:
    body = """
        const { showComputing } = await load("computing");
        const shown = showComputing(20);
        await new Promise((resolve) => setTimeout(resolve, 600));
        shown.report(1_000);
        shown.report(500_000);
        const panel = document.querySelector(".computing");
        const told = {
            status: panel.querySelector("[role=status]").innerText,
            left: panel.lastElementChild.innerText,
            hidden: panel.lastElementChild.getAttribute("aria-hidden"),
            label: panel.querySelector("progress").getAttribute("aria-label"),
            value: panel.querySelector("progress").value,
        };
        shown.end();
        return { ...told, gone: document.querySelector(".computing") === null };"""
    told = run(page, body)
    assert "正在完成一次计算" in told["status"]
    assert "秒" in told["left"]
    assert (told["hidden"], told["label"], told["gone"]) == ("true", "计算进度", True)
    assert 0.3 < told["value"] < 0.5
