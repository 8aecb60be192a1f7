"""What a phone has to load before it can scan, and what only the scanner loads; how files go over the wire."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, expect

from certsvc.entrypoints.public_api import create_app
from tests.support.old_browser import WITHOUT_ED25519
from tests.web.builders import TreePlan, qr_text, regular_record, served, write_tree
from tests.web.pictures import png, symbol

LARGEST_BEFORE_SCANNING = 150_000
"""Bytes of own code over the wire, with the page itself, stylesheets and words."""
PREFIX = "http://127.0.0.1/v#"


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("tree")
    write_tree(folder, TreePlan())
    with served(create_app(folder)) as address:
        yield address


@pytest.fixture(scope="module")
def client(host: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=host, trust_env=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def assets(client: httpx.Client) -> str:
    """Where the scripts stand."""
    found = re.search(r"/assets/[0-9a-f]+", client.get("/v").text)
    assert found is not None
    return found.group()


def loaded(browser: Browser, address: str, script: str = "", picture: bytes | None = None) -> dict[str, int]:
    """Path -> bytes over the wire, of all that belongs to the page and not to the public tree."""
    context = browser.new_context()
    page = context.new_page()
    sizes: dict[str, int] = {}
    if script:
        page.add_init_script(script)
    page.on("requestfinished", lambda one: sizes.__setitem__(one.url, one.sizes()["responseBodySize"]))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    if picture is not None:
        file = {"name": "a.png", "mimeType": "image/png", "buffer": picture}
        page.locator("[data-picture]").set_input_files(file)
        expect(page.locator("[data-verdict]")).to_contain_text("通过核验", timeout=30_000)
    context.close()
    return {
        url: size
        for url, size in sizes.items()
        if "/assets/" in url or url.split("#")[0] == address.split("#")[0]
    }


@pytest.mark.parametrize(
    "path", ["/", "/v", f"/v#{qr_text(regular_record())}"], ids=["start", "empty", "verdict"]
)
def test_pages_stay_light_until_somebody_scans(browser: Browser, host: str, path: str) -> None:
    sizes = loaded(browser, host + path)
    assert not [url for url in sizes if "/vendor/" in url or "symbol_" in url]
    assert 20_000 < sum(sizes.values()) < LARGEST_BEFORE_SCANNING, sum(sizes.values())


def test_the_reader_is_loaded_with_the_first_picture_and_ed25519_where_the_browser_has_none(
    browser: Browser, host: str
) -> None:
    picture = png(symbol(PREFIX + qr_text(regular_record())))
    sizes = loaded(browser, f"{host}/v", WITHOUT_ED25519, picture)
    vendored = {url.split("/vendor/")[1] for url in sizes if "/vendor/" in url}
    assert vendored >= {"noble-ed25519/index.js", "zxing-wasm/reader/index.js"}
    assert not [url for url in sizes if not url.startswith(host)]


@pytest.mark.parametrize("name", ["page.js", "style.css", "vendor/zxing-wasm/reader/zxing_reader.wasm"])
def test_a_script_goes_compressed_to_whoever_takes_that(client: httpx.Client, assets: str, name: str) -> None:
    plain = client.get(f"{assets}/{name}", headers={"Accept-Encoding": "identity"})
    refusing = client.get(f"{assets}/{name}", headers={"Accept-Encoding": "br, gzip;q=0"})
    assert "content-encoding" not in plain.headers
    assert refusing.content == plain.content
    with client.stream("GET", f"{assets}/{name}", headers={"Accept-Encoding": "br, gzip"}) as zipped:
        raw = b"".join(zipped.iter_raw())
    assert zipped.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == plain.content
    assert len(raw) < len(plain.content)
    assert zipped.headers["etag"] != plain.headers["etag"]
    assert plain.headers["vary"] == zipped.headers["vary"] == "Accept-Encoding"
    again = client.get(f"{assets}/{name}", headers={"If-None-Match": zipped.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "immutable" in plain.headers["cache-control"]


def test_a_head_names_the_coding_too(client: httpx.Client, assets: str) -> None:
    answer = client.head(f"{assets}/page.js", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"


@pytest.mark.parametrize("path", ["/", "/v"])
def test_two_pages_alone_may_use_the_camera_and_none_may_compile_webassembly(
    client: httpx.Client, path: str
) -> None:
    headers = client.get(path).headers
    assert headers["permissions-policy"] == "camera=(self), geolocation=(), microphone=()"
    policy = headers["content-security-policy"]
    for rule in (
        "worker-src 'self'",
        "require-trusted-types-for 'script'",
        "trusted-types certsvc-own-worker",
    ):
        assert rule in policy
    assert "unsafe" not in policy
    assert client.get("/nothing").headers["permissions-policy"].startswith("camera=()")


def test_the_worker_that_reads_symbols_alone_may_compile_webassembly(
    client: httpx.Client, assets: str
) -> None:
    policy = client.get(f"{assets}/symbol_worker.js").headers["content-security-policy"]
    assert "script-src 'self' 'wasm-unsafe-eval';" in policy
    assert "default-src 'none'" in policy
    assert "connect-src 'self'" in policy
    for name in ("page.js", "scanner.js", "vendor/zxing-wasm/reader/index.js"):
        assert "unsafe" not in client.get(f"{assets}/{name}").headers["content-security-policy"]
