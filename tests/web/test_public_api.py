"""The public face as programs see it: headers, paths, caching, problems."""

from __future__ import annotations

import asyncio
import http.client
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from certsvc.entrypoints.http.problems import status_of
from certsvc.entrypoints.public_api import create_app
from certsvc.errors import (
    CertsvcError,
    ConfigurationError,
    ConflictError,
    IntegrityError,
    NotPermitted,
    NotSignedIn,
    RequestError,
    UnavailableError,
    UnknownReference,
    UnreadableInput,
)
from tests.web.builders import TreePlan, served, write_tree

HTML = {"Accept": "text/html,application/xhtml+xml"}
SHARD = "status/shard/"
OCTETS = "application/octet-stream"
TEXT = "text/plain; charset=utf-8"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("outside") / "tree"
    write_tree(folder, TreePlan(leaves=300))
    (folder.parent / "secret").write_text("secret")
    (folder / "private.key").write_text("secret")
    (folder / "tile" / "0" / "link").symlink_to(folder.parent / "secret")
    return folder


@pytest.fixture(scope="module")
def client(tree: Path) -> Iterator[httpx.Client]:
    with served(create_app(tree)) as address, httpx.Client(base_url=address, trust_env=False) as client:
        yield client


def ask(app: FastAPI, address: str) -> httpx.Response:
    """One request without a server in between."""

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.get(address)

    return asyncio.run(asked())


def ask_verbatim(client: httpx.Client, path: str) -> tuple[int, str, bytes]:
    """A request whose path nobody tidies on the way: status, content type, content."""
    connection = http.client.HTTPConnection(client.base_url.host, client.base_url.port or 80, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    with answer:
        seen = answer.status, answer.headers["content-type"], answer.read()
    connection.close()
    return seen


@pytest.mark.parametrize(
    ("path", "media_type", "caching"),
    [
        ("checkpoint", TEXT, "no-cache"),
        ("vkey", TEXT, "no-cache"),
        ("policy", TEXT, "no-cache"),
        ("trust-list.json", "application/json", "no-cache"),
        ("tables.json", "application/json", "no-cache"),
        ("tile/0/000", OCTETS, "immutable"),
        ("tile/0/001.p/44", OCTETS, "immutable"),
        ("tile/1/000.p/1", OCTETS, "immutable"),
        ("tile/entries/001.p/44", OCTETS, "immutable"),
        ("status/299/roots", OCTETS, "immutable"),
    ],
)
def test_files_of_the_tree_are_served_as_they_are(
    client: httpx.Client, tree: Path, path: str, media_type: str, caching: str
) -> None:
    answer = client.get(f"/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    assert answer.content == (tree / path).read_bytes()
    assert caching in answer.headers["cache-control"]
    assert answer.headers["access-control-allow-origin"] == "*"
    head = client.head(f"/{path}")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", answer.headers["etag"])
    again = client.get(f"/{path}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_shard_is_served_by_its_root(client: httpx.Client, tree: Path) -> None:
    (shard,) = (tree / SHARD).iterdir()
    assert client.get(f"/{SHARD}{shard.name}").content == shard.read_bytes()


@pytest.mark.parametrize(
    "path",
    [
        "/private.key",
        "/../secret",
        "/%2e%2e/secret",
        "/tile/%2e%2e/%2e%2e/%2e%2e/secret",
        "/tile/0/..%2f..%2f..%2fsecret",
        "/tile/0/link",
        "/tile/0/",
        "/tile/0",
        "/tile/64/000",
        "/tile/00/000",
        "/tile/0/0000",
        "/tile/0/x000",
        "/tile/0/000.p/0",
        "/tile/0/000.p/256",
        "/tile/0/000.p/044",
        "/tile/0/001.p/44%00",
        "/tile/0/001.p/44%0a",
        "/tile/0/%D9%A0%D9%A0%D9%A0",
        "/status/0299/roots",
        "/status/299",
        "/status/shard/" + "A" * 64,
        "/status/shard/" + "a" * 64,
        "/checkpoint/",
        "/assets/0000000000000000/page.js",
        "/assets/0000000000000000/../../secret",
    ],
)
def test_no_other_path_gives_a_file(client: httpx.Client, path: str) -> None:
    status, media_type, content = ask_verbatim(client, path)
    assert (status, media_type) == (404, "application/problem+json")
    assert b"secret" not in content


@pytest.mark.parametrize("path", ["/", "/v", "/checkpoint", "/healthz", "/nothing", "/tile/0/999"])
def test_every_answer_carries_the_security_headers(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-robots-tag"] == "noindex, nofollow"
    assert "set-cookie" not in headers
    assert "strict-transport-security" not in headers


def test_over_https_the_browser_is_told_to_stay_there(tree: Path) -> None:
    assert "max-age" in ask(create_app(tree), "https://host/").headers["strict-transport-security"]


@pytest.mark.parametrize("path", ["/", "/v"])
def test_pages_have_nothing_inline_and_nothing_from_elsewhere(client: httpx.Client, path: str) -> None:
    answer = client.get(path, headers=HTML)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    for forbidden in ("<style", " style=", " onclick=", "javascript:", "http://", "https://fonts", "//cdn"):
        assert forbidden not in answer.text
    assert answer.text.count("<script") == answer.text.count('<script type="module" src="/assets/')


def test_assets_are_immutable_and_addressed_by_their_digest(client: httpx.Client) -> None:
    page = client.get("/v").text
    address = page.split('<script type="module" src="')[1].split("/page.js")[0]
    expected = {
        "page.js": "text/javascript; charset=utf-8",
        "codes.json": "application/json",
        "style.css": "text/css; charset=utf-8",
        "mark.svg": "image/svg+xml",
    }
    for name, media_type in expected.items():
        answer = client.get(f"{address}/{name}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
        assert "immutable" in answer.headers["cache-control"]
    assert client.get(f"{address}/verdict.html.j2").status_code == 404


def test_a_person_gets_a_kind_page_and_a_program_a_problem(client: httpx.Client) -> None:
    page = client.get("/nothing", headers=HTML)
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "没有这个页面" in page.text
    assert page.headers["x-request-id"] in page.text
    problem = client.get("/nothing")
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json() == {
        "type": "urn:certsvc:problem:unknown-reference",
        "title": "Not Found",
        "status": 404,
        "detail": "没有这个文件。",
        "code": "unknown-reference",
        "instance": f"urn:certsvc:request:{problem.headers['x-request-id']}",
    }
    assert client.get("/tile/0/999", headers=HTML).headers["content-type"] == "application/problem+json"


def test_nothing_can_be_sent_here(client: httpx.Client) -> None:
    for path in ("/", "/v", "/checkpoint"):
        answer = client.post(path, content=b"x")
        assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
        assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}


def test_a_number_or_name_in_an_address_is_not_repeated(client: httpx.Client) -> None:
    for headers in ({}, HTML):
        assert "JL05202300000017" not in client.get("/JL05202300000017?name=x", headers=headers).text


def test_health_follows_the_checkpoint(client: httpx.Client, tmp_path: Path) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    answer = ask(create_app(tmp_path), "http://host/healthz")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


def test_a_fault_of_ours_says_nothing_of_its_inside(tree: Path) -> None:
    app = create_app(tree)

    @app.get("/api/broken")
    def broken() -> None:
        raise RuntimeError("inside")

    app.router.routes.insert(0, app.router.routes.pop())
    answer = ask(app, "http://host/api/broken")
    assert (answer.status_code, answer.json()["code"]) == (500, "failure")
    assert "inside" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UnknownReference("x"), 404),
        (NotSignedIn("x"), 401),
        (NotPermitted("x"), 403),
        (UnreadableInput("x"), 400),
        (RequestError("x"), 400),
        (ConflictError("x"), 409),
        (UnavailableError("x"), 503),
        (ConfigurationError("x"), 500),
        (IntegrityError("x"), 500),
    ],
)
def test_failures_become_statuses_by_whose_fault_they_are(error: CertsvcError, status: int) -> None:
    assert status_of(error) == status
