"""What can be read: entity tags, how long it may be kept, HEAD beside GET. Every address of the public face is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from certsvc.entrypoints.faces import open_faces
from certsvc.entrypoints.http.caching import FOREVER, REVALIDATE
from tests.api.asking import PublicOffice
from tests.web.builders import served

NEVER = "no-store"
MINUTES = "public, max-age=300"
HOW_LONG = {
    "/": REVALIDATE,
    "/v": REVALIDATE,
    "/historical": REVALIDATE,
    "/notices": REVALIDATE,
    "/announced": REVALIDATE,
    "/openapi.json": REVALIDATE,
    "/api/v1/unit-notices": REVALIDATE,
    "/api/v1/announced-documents": REVALIDATE,
    "/api/v1/keys": MINUTES,
    "/checkpoint": REVALIDATE,
    "/vkey": REVALIDATE,
    "/trust-list.json": REVALIDATE,
    "/trust.note": REVALIDATE,
    "/tables.json": REVALIDATE,
    "/tile/…": FOREVER,
    "/status/shard/…": FOREVER,
    "/status/…/roots": FOREVER,
    "/trust/…": FOREVER,
    "/assets/…": FOREVER,
    "/healthz": NEVER,
    "/readyz": NEVER,
    "/metrics": NEVER,
}
"""How long an address may be kept; those that are not here are held to the rules alone."""
_JOB = "/api/v1/verification-jobs/{token}"
NEEDS_MORE = {
    "/api/v1/quota": 401,
    **dict.fromkeys((_JOB, f"{_JOB}/results", f"{_JOB}/results.xlsx", f"{_JOB}/results.csv"), 404),
}
"""Addresses that refuse whoever brings nothing, or names a job that is none."""


@pytest.fixture(scope="module")
def reader(shared: PublicOffice) -> Iterator[httpx.Client]:
    """A client of both faces."""
    with (
        served(open_faces(shared.office)) as address,
        httpx.Client(base_url=address, trust_env=False) as client,
    ):
        yield client


def _first(folder: Path, pattern: str) -> str:
    return next(
        path.relative_to(folder).as_posix() for path in sorted(folder.glob(pattern)) if path.is_file()
    )


@pytest.fixture(scope="module")
def addresses(shared: PublicOffice) -> dict[str, str]:
    """Every address that can be read, by its name in the table: the routes, and a file of each kind of the tree."""
    tree = shared.office.settings.public_folder
    page = shared.client.get("/").text
    begins = page.index("/assets/")
    asset = page[begins : page.index('"', begins)]
    samples = {
        "/tile/…": f"/{_first(tree, 'tile/entries/**/*')}",
        "/status/shard/…": f"/{_first(tree, 'status/shard/*')}",
        "/status/…/roots": f"/{_first(tree, 'status/*/roots')}",
        "/trust/…": f"/{_first(tree, 'trust/*.json')}",
        "/assets/…": asset,
        **{f"/{name}": f"/{name}" for name in ("checkpoint", "vkey", "trust-list.json", "trust.note", "tables.json")},
        "/api/v1/keys": "/api/v1/keys",
    }  # fmt: skip
    known = {path: path.replace("{token}", "0" * 32) for path in _read_routes(shared.app)}
    return {path: address for path, address in known.items() if "{" not in address} | samples


def _read_routes(app: FastAPI) -> list[str]:
    """The paths that GET is answered at, but those that only say that they take questions."""
    return [
        str(route.path)
        for route in iter_route_contexts(app.routes)
        if "GET" in (route.methods or ()) and getattr(route.endpoint, "__name__", "") != "refuse"
    ]


def test_every_route_with_a_part_that_varies_has_a_sample_in_the_table(shared: PublicOffice) -> None:
    varying = {path for path in _read_routes(shared.app) if "{" in path and path not in NEEDS_MORE}
    unknown = {path for path in varying if not path.startswith(("/assets/{", "/{path"))}
    assert not unknown, f"give each of {unknown} a sample address in `addresses`"


def test_every_address_says_how_long_it_may_be_kept(reader: httpx.Client, addresses: dict[str, str]) -> None:
    assert set(HOW_LONG) <= set(addresses)
    for name, address in addresses.items():
        answer = reader.get(address)
        assert answer.status_code == NEEDS_MORE.get(name, 200), name
        caching = answer.headers["cache-control"]
        assert caching == HOW_LONG.get(name, caching), name
        assert caching in (REVALIDATE, FOREVER, MINUTES, NEVER), name
        assert ("etag" in answer.headers) == (caching != NEVER), name
        assert "set-cookie" not in answer.headers, name


def test_who_has_the_bytes_is_not_sent_them_again(reader: httpx.Client, addresses: dict[str, str]) -> None:
    for name, address in addresses.items():
        for coding in ("identity", "gzip"):
            first = reader.get(address, headers={"Accept-Encoding": coding})
            etag = first.headers.get("etag")
            if etag is None:
                continue
            assert etag.startswith('"'), name
            for known in (etag, f"W/{etag}", f'"x", {etag}', "*"):
                headers = {"Accept-Encoding": coding, "If-None-Match": known}
                again = reader.get(address, headers=headers)
                assert (again.status_code, again.content) == (304, b""), (name, known)
                for header in ("etag", "cache-control", "vary", "access-control-allow-origin"):
                    assert again.headers.get(header) == first.headers.get(header), (name, header)
            other = {"Accept-Encoding": coding, "If-None-Match": '"x"'}
            assert reader.get(address, headers=other).status_code == 200, name


def test_what_is_sent_in_two_codings_has_two_tags_and_says_that_it_varies(
    reader: httpx.Client, addresses: dict[str, str]
) -> None:
    for name, address in addresses.items():
        plain = reader.get(address, headers={"Accept-Encoding": "identity"})
        zipped = reader.get(address, headers={"Accept-Encoding": "gzip"})
        if "content-encoding" in zipped.headers:
            assert plain.content == zipped.content, name
            assert plain.headers["etag"] != zipped.headers["etag"], name
            assert plain.headers["vary"] == zipped.headers["vary"] == "Accept-Encoding", name
        else:
            assert plain.headers.get("etag") == zipped.headers.get("etag"), name


def test_head_answers_as_get_does_without_the_content(
    reader: httpx.Client, addresses: dict[str, str]
) -> None:
    for name, address in addresses.items():
        whole, head = reader.get(address), reader.head(address)
        assert (head.status_code, head.content) == (whole.status_code, b""), name
        for header in ("etag", "cache-control", "content-type", "vary"):
            assert head.headers.get(header) == whole.headers.get(header), (name, header)


QUESTIONS: dict[str, dict[str, Any]] = {
    "/api/v1/verify": {"qr": "x"},
    "/api/v1/history": {"qr": "x", "on": "2026-11-01"},
    "/api/v1/bundle": {"qr": "x"},
    "/api/v1/e-licence/identifier": {"identifier": "x"},
    "/api/v1/share-grants/open": {"code": "7K3M-Q2XR-9TBW-4HNC"},
}


@pytest.mark.parametrize("path", QUESTIONS)
def test_an_answer_to_a_question_is_kept_by_nobody(reader: httpx.Client, path: str) -> None:
    answer = reader.post(path, json=QUESTIONS[path])
    assert answer.headers["cache-control"] == NEVER
    assert "etag" not in answer.headers


def test_an_address_that_is_none_is_told_as_page_or_problem(reader: httpx.Client) -> None:
    for accept, media_type in (("text/html", "text/html"), ("application/json", "application/problem+json")):
        answer = reader.get("/nothing", headers={"Accept": accept})
        assert answer.headers["content-type"].startswith(media_type)
        assert (answer.headers["vary"], answer.headers["cache-control"]) == ("Accept", NEVER)
