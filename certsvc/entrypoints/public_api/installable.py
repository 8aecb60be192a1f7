"""The verification page as an app of its own: its manifest (W3C Web Application Manifest) and its service worker."""

from __future__ import annotations

import json
from hashlib import sha256

from fastapi import FastAPI, Request
from fastapi.responses import Response

from certsvc.entrypoints.http.assets import Assets
from certsvc.entrypoints.http.caching import REVALIDATE, answer_compressed, compressed
from certsvc.entrypoints.public_api.pages import Pages

MANIFEST_PATH = "/manifest.webmanifest"
WORKER_PATH = "/sw.js"
_ACCENT = "#9e1f1f"
_SURFACE = "#f6f7f9"
_LATER = ("vendor/", "symbol_worker.js")
_ICONS = (
    ("mark.svg", "any", "image/svg+xml", "any"),
    ("app-192.png", "192x192", "image/png", "any"),
    ("app-512.png", "512x512", "image/png", "any"),
    ("app-maskable-512.png", "512x512", "image/png", "maskable"),
)


def add_installable(app: FastAPI, assets: Assets, pages: Pages, *, keeps_pages: bool) -> None:
    """The routes of manifest and service worker; both change with the release, and only with it.

    Without `keeps_pages` the service worker of earlier releases is replaced by one that removes itself.
    """
    manifest = compressed(_manifest(assets))
    worker = compressed(_worker(assets, pages) if keeps_pages else pages.service_worker_off())

    def manifest_file(request: Request) -> Response:
        return answer_compressed(request, manifest, "application/manifest+json", REVALIDATE)

    def worker_script(request: Request) -> Response:
        answer = answer_compressed(request, worker, "text/javascript; charset=utf-8", REVALIDATE)
        answer.headers["Service-Worker-Allowed"] = "/"
        return answer

    app.add_api_route(MANIFEST_PATH, manifest_file, methods=["GET", "HEAD"], include_in_schema=False)
    app.add_api_route(WORKER_PATH, worker_script, methods=["GET", "HEAD"], include_in_schema=False)


def _manifest(assets: Assets) -> bytes:
    icons = [
        {"src": f"{assets.address}/{name}", "sizes": sizes, "type": media_type, "purpose": purpose}
        for name, sizes, media_type, purpose in _ICONS
    ]
    manifest = {
        "id": "/v",
        "name": "吉林省职称电子证书核验",
        "short_name": "证书核验",
        "description": "核验职称电子证书，没有网络时也能用。",
        "lang": "zh-CN",
        "dir": "ltr",
        "start_url": "/v",
        "scope": "/",
        "display": "standalone",
        "theme_color": _ACCENT,
        "background_color": _SURFACE,
        "icons": icons,
    }
    return json.dumps(manifest, ensure_ascii=False, indent=1).encode()


def _worker(assets: Assets, pages: Pages) -> bytes:
    """The script of one release: whatever it keeps is named in it, so that it differs when anything of that differs."""
    digests = {
        address: sha256(page).hexdigest() for address, page in (("/", pages.start), ("/v", pages.verdict))
    }
    later = sorted(name for name in assets.files if name.startswith(_LATER))
    parts = sorted(name for name in assets.files if name not in later)
    release = sha256("\n".join([assets.digest, *digests.values()]).encode()).hexdigest()[:16]
    return pages.service_worker(
        release=release,
        page_digests=digests,
        parts=_addressed(assets, parts),
        later=_addressed(assets, later),
    )


def _addressed(assets: Assets, names: list[str]) -> dict[str, str]:
    """Address -> SHA-256 of the file."""
    return {f"{assets.address}/{name}": sha256(assets.files[name].body.plain).hexdigest() for name in names}
