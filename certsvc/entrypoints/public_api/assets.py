"""Scripts, stylesheet and pictures of the pages, read once and addressed by the digest of them all."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from certsvc.adapters.shipped import shipped_folder
from certsvc.errors import ConfigurationError

_MEDIA_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True)
class Asset:
    """One file, ready to be served."""

    content: bytes
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


def load_assets() -> Assets:
    """Read the checker's scripts and the pages' stylesheet and pictures."""
    folders = (shipped_folder("verifier/web"), shipped_folder("templates/pages"))
    paths = sorted(path for folder in folders for path in folder.iterdir() if path.suffix in _MEDIA_TYPES)
    files = {path.name: Asset(path.read_bytes(), _MEDIA_TYPES[path.suffix]) for path in paths}
    if len(files) != len(paths):
        raise ConfigurationError("页面资源重名：verifier/web 与 templates/pages 中的文件名不得相同。")
    digest = sha256()
    for name, asset in sorted(files.items()):
        digest.update(f"{name} {len(asset.content)}\n".encode() + asset.content)
    return Assets(files, digest.hexdigest()[:16])
