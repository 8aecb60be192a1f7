"""Write verifier/web/vendor and templates/work/vendor: the third-party scripts that browsers load, byte for byte as their authors published them.

Each package is fetched with `npm pack`, held against the integrity hash pinned below (sha512 of the tarball, as the
registry states it), and only the files named here are taken out. `vendored.json` records what was taken.
    python scripts/vendor_scripts.py
"""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import json
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
CHECKER = ROOT / "verifier" / "web" / "vendor"
WORK = ROOT / "templates" / "work" / "vendor"


@dataclass(frozen=True)
class Package:
    """What is taken from one version of one package: path in the tarball -> name in our folder."""

    folder: str
    name: str
    version: str
    integrity: str
    licence: str
    files: dict[str, str]
    source: str
    why: str
    also_licensed: str | None = None
    place: Path = CHECKER


PACKAGES = (
    Package(
        "noble-ed25519",
        "@noble/ed25519",
        "3.2.0",
        "sha512-criDgRlnUA09hchYrTy/JUWPIEap5rZxQe6wDWzRx51oWWpDRcUpuNzlgPxDJaOK6AsW9c0wKcj3rKRv6t+bPQ==",
        "MIT",
        {"package/index.js": "index.js", "package/LICENSE": "LICENSE"},
        "https://github.com/paulmillr/noble-ed25519",
        "Ed25519 where the browser's WebCrypto has none; loaded only there.",
    ),
    Package(
        "zxing-wasm",
        "zxing-wasm",
        "3.1.4",
        "sha512-1+v8p7sauddySVNG+ye7GD/0TS95BG2ycdkrC+EnBrFBFkHeIghzUt2yVjtx3NucJeNrQnhT8yGAIz60Vx9o0w==",
        "MIT; the WebAssembly is zxing-cpp: Apache-2.0",
        {
            # reader/index.js imports ../share.js: the folders stay as they are published.
            "package/dist/es/reader/index.js": "reader/index.js",
            "package/dist/es/share.js": "share.js",
            "package/dist/reader/zxing_reader.wasm": "reader/zxing_reader.wasm",
            "package/LICENSE": "LICENSE",
        },
        "https://github.com/Sec-ant/zxing-wasm",
        "Reads QR symbols from camera frames and pictures; loaded only when the scanner is opened or a picture is given.",
        also_licensed="zxing-cpp",
    ),
    Package(
        "htmx",
        "htmx.org",
        "2.0.11",
        "sha512-Thx/WtpeOQqSrqBCw/A1cwGJGg4UrVa3+sW0GmrM3p4gJgO89ecH4qtbnyzDDWFvBTqjnIMCgELTNt636dtamA==",
        "0BSD",
        {"package/dist/htmx.min.js": "htmx.min.js", "package/LICENSE": "LICENSE"},
        "https://github.com/bigskysoftware/htmx",
        "Exchanges parts of the pages that people work in; they work without it too.",
        place=WORK,
    ),
)


def vendor(package: Package) -> dict[str, object]:
    """Write one package's files; gives its record."""
    contents = _fetch(package)
    if package.also_licensed is not None:
        contents["LICENSE.Apache-2.0"] = _licence_of(package.also_licensed)
    for name, content in contents.items():
        target = package.place / package.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return {
        "folder": package.folder,
        "name": package.name,
        "version": package.version,
        "integrity": package.integrity,
        "licence": package.licence,
        "source": package.source,
        "why": package.why,
        "changed": False,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(contents.items())},
    }


def _fetch(package: Package) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        command = [
            "npm",
            "pack",
            "--silent",
            "--pack-destination",
            folder,
            f"{package.name}@{package.version}",
        ]
        subprocess.run(command, check=True, capture_output=True, cwd=folder)
        (tarball,) = Path(folder).glob("*.tgz")
        digest = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
        if f"sha512-{digest}" != package.integrity:
            raise SystemExit(
                f"{package.name} {package.version}: the registry gave other bytes than the pinned ones"
            )
        with tarfile.open(tarball) as archive:
            return {name: _member(archive, path) for path, name in package.files.items()}


def _member(archive: tarfile.TarFile, path: str) -> bytes:
    member = archive.extractfile(path)
    if member is None:
        raise SystemExit(f"{path} is no file")
    return member.read()


def _licence_of(distribution: str) -> bytes:
    """The licence text that the Python wheel of the same program carries: the npm package leaves it out."""
    files = importlib.metadata.distribution(distribution).files or []
    (path,) = [path for path in files if path.name == "LICENSE"]
    return path.read_binary()


if __name__ == "__main__":
    for place in (CHECKER, WORK):
        records = [vendor(package) for package in PACKAGES if package.place == place]
        text = json.dumps({"format": "certsvc-vendored/1", "packages": records}, indent=2, ensure_ascii=False)
        (place / "vendored.json").write_text(text + "\n", encoding="utf-8")
