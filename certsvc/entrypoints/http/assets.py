"""Scripts, stylesheet and pictures of the pages, read once and addressed by the digest of them all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from types import MappingProxyType

from fastapi import FastAPI, Request
from fastapi.responses import Response

from certsvc.adapters.shipped import shipped_folder
from certsvc.entrypoints.http.caching import FOREVER, Body, answer_compressed, compressed
from certsvc.errors import ConfigurationError, UnknownReference

_MEDIA_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".wasm": "application/wasm",
}


@dataclass(frozen=True)
class Asset:
    """One file, ready to be served."""

    body: Body
    media_type: str


@dataclass(frozen=True)
class Assets:
    """All files by name below one path. The digest in the address changes with any of them: each may be cached for ever."""

    files: dict[str, Asset]
    digest: str
    below: str

    @property
    def address(self) -> str:
        """Where the files stand, without a slash at the end."""
        return f"{self.below}/{self.digest}"


@cache
def load_assets() -> Assets:
    """The checker's scripts and the public pages' stylesheet and pictures."""
    return _load("/assets", "verifier/web", "templates/pages")


@cache
def load_work_assets() -> Assets:
    """Stylesheets, pictures and scripts of the pages that people work in; tokens and look are the public pages' own."""
    return _load("/work-assets", "templates/work", shared=("style.css", "mark.svg", "app-touch-180.png"))


def serve_assets(
    app: FastAPI, assets: Assets, headers: Mapping[str, Mapping[str, str]] = MappingProxyType({})
) -> None:
    """Add the route that answers with one of the files, with further headers by name; other addresses are unknown."""

    def asset(request: Request, digest: str, name: str) -> Response:
        found = assets.files.get(name) if digest == assets.digest else None
        if found is None:
            raise UnknownReference("没有这个文件。")
        answer = answer_compressed(request, found.body, found.media_type, FOREVER)
        answer.headers.update(headers.get(name, {}))
        return answer

    path = assets.below + "/{digest}/{name:path}"
    app.add_api_route(path, asset, methods=["GET", "HEAD"], include_in_schema=False)


def _load(below: str, *folders: str, shared: tuple[str, ...] = ()) -> Assets:
    """Read once for the process; a file in a subfolder has the name `folder/file`.

    Raises ConfigurationError when the installation is incomplete.
    """
    files: dict[str, Asset] = {}
    for name in shared:
        path = shipped_folder("templates/pages") / name
        files[name] = Asset(compressed(path.read_bytes()), _MEDIA_TYPES[path.suffix])
    for folder in map(shipped_folder, folders):
        for path in sorted(folder.rglob("*")):
            if path.suffix not in _MEDIA_TYPES:
                continue
            name = path.relative_to(folder).as_posix()
            if name in files:
                raise ConfigurationError(f"页面资源重名：{name}。同一地址下的文件名不得相同。")
            files[name] = Asset(compressed(path.read_bytes()), _MEDIA_TYPES[path.suffix])
    digest = sha256()
    for name, asset in sorted(files.items()):
        digest.update(f"{name} {len(asset.body.plain)}\n".encode() + asset.body.plain)
    return Assets(files, digest.hexdigest()[:16], below)
