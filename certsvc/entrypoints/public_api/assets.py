"""Scripts, stylesheet and pictures of the pages, read once and addressed by the digest of them all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from certsvc.adapters.shipped import shipped_folder
from certsvc.entrypoints.public_api.caching import Body, compressed
from certsvc.errors import ConfigurationError

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
    """All files by name. The digest in the address changes with any of them, so each may be cached for ever."""

    files: dict[str, Asset]
    digest: str

    @property
    def address(self) -> str:
        """Where the files stand, without a slash at the end."""
        return f"/assets/{self.digest}"


@cache
def load_assets() -> Assets:
    """Read the checker's scripts and the pages' stylesheet and pictures, once for the process.

    A file in a subfolder has the name `folder/file`. Raises ConfigurationError when the installation is incomplete.
    """
    files: dict[str, Asset] = {}
    for folder in (shipped_folder("verifier/web"), shipped_folder("templates/pages")):
        for path in sorted(folder.rglob("*")):
            if path.suffix not in _MEDIA_TYPES:
                continue
            name = path.relative_to(folder).as_posix()
            if name in files:
                raise ConfigurationError("页面资源重名：verifier/web 与 templates/pages 中的文件名不得相同。")
            files[name] = Asset(compressed(path.read_bytes()), _MEDIA_TYPES[path.suffix])
    digest = sha256()
    for name, asset in sorted(files.items()):
        digest.update(f"{name} {len(asset.body.plain)}\n".encode() + asset.body.plain)
    return Assets(files, digest.hexdigest()[:16])
