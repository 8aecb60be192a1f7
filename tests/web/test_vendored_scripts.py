"""Third-party scripts: exactly what is recorded, with licences, and nothing else of other people's."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from certsvc.adapters.shipped import shipped_folder
from certsvc.entrypoints.http.assets import load_assets
from scripts.vendor_scripts import PACKAGES

WEB = shipped_folder("verifier/web")
VENDORS = (WEB / "vendor", shipped_folder("templates/work") / "vendor")
RECORDS = {
    vendor: json.loads((vendor / "vendored.json").read_text(encoding="utf-8"))["packages"]
    for vendor in VENDORS
}
LICENCES = {"MIT": "MIT License", "0BSD": "Zero-Clause BSD"}


def files_below(folder: Path) -> dict[str, str]:
    """Path below the folder -> sha256."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths
    }


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.parent.name)
def test_every_file_is_the_one_of_the_record_and_the_record_names_every_file(vendor: Path) -> None:
    recorded = {
        f"{package['folder']}/{name}": digest
        for package in RECORDS[vendor]
        for name, digest in package["files"].items()
    }
    found = files_below(vendor)
    del found["vendored.json"]
    assert found == recorded


def test_the_record_is_what_the_script_pins() -> None:
    pinned = {package.name: (package.version, package.integrity, package.licence) for package in PACKAGES}
    recorded = [package for packages in RECORDS.values() for package in packages]
    assert pinned == {
        package["name"]: (package["version"], package["integrity"], package["licence"])
        for package in recorded
    }
    assert all(package["integrity"].startswith("sha512-") and package["why"] for package in recorded)


def test_a_licence_stands_beside_every_package() -> None:
    for vendor, package in ((one, package) for one, packages in RECORDS.items() for package in packages):
        texts = [
            (vendor / package["folder"] / name).read_text() for name in package["files"] if "LICENSE" in name
        ]
        title = LICENCES[package["licence"].split(";")[0]]
        assert any(title in text for text in texts), package["name"]
        assert ("Apache License" in "".join(texts)) == ("Apache-2.0" in package["licence"]), package["name"]


def test_scripts_import_one_another_by_relative_address_alone() -> None:
    """A strict policy knows no import map: a bare name would not be found."""
    for path in WEB.rglob("*.js"):
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for address in re.findall(r"""(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']""", text):
            assert address.startswith("."), (path.name, address)
            assert (path.parent / address).resolve().is_relative_to(WEB), (path.name, address)


def test_the_reader_and_its_licence_are_addressed_and_typed() -> None:
    assets = load_assets()
    assert assets.files["vendor/zxing-wasm/reader/zxing_reader.wasm"].media_type == "application/wasm"
    assert not [name for name in assets.files if "LICENSE" in name or ".." in name]
