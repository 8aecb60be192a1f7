"""The deployment files say what the operations page promises."""

from __future__ import annotations

import configparser
import re
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from certsvc.entrypoints.cli.commands import certsvc
from certsvc.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "deploy" / "systemd"
HARDENED = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "CapabilityBoundingSet": "",
    "StateDirectory": "certsvc",
    "StateDirectoryMode": "0700",
    "UMask": "0077",
    "User": "certsvc",
}


def read_unit(path: Path) -> configparser.ConfigParser:
    """A unit as sections and keys; where a key stands twice, the last one."""
    unit = configparser.ConfigParser(
        strict=False, interpolation=None, delimiters=("=",), comment_prefixes=("#",)
    )
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(path, encoding="utf-8")
    return unit


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The compose file."""
    content: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))
    return content


@pytest.mark.parametrize("path", sorted(UNITS.glob("*.service")), ids=lambda path: path.name)
def test_every_unit_is_hardened(path: Path) -> None:
    service = read_unit(path)["Service"]
    assert {key: service[key] for key in HARDENED} == HARDENED


@pytest.mark.parametrize("path", sorted(UNITS.glob("*.service")), ids=lambda path: path.name)
def test_every_unit_runs_a_command_that_exists(path: Path) -> None:
    (words,) = re.findall(r"/opt/certsvc/\.venv/bin/certsvc ([a-z-]+)", path.read_text(encoding="utf-8"))
    assert words in certsvc.commands


@pytest.mark.parametrize("name", ["certsvc.service", "certsvc-sequencer.service"])
def test_a_line_that_stopped_itself_is_not_started_again_by_the_system(name: str) -> None:
    service = read_unit(UNITS / name)["Service"]
    assert (service["RestartPreventExitStatus"], service["Restart"]) == ("3", "on-failure")
    assert int(service["TimeoutStopSec"]) > 5


def test_the_nightly_backup_has_its_service() -> None:
    timer = read_unit(UNITS / "certsvc-backup.timer")
    assert timer["Timer"]["Persistent"] == "yes"
    assert (UNITS / "certsvc-backup.service").exists()


def test_the_environment_names_settings_that_exist(compose: dict[str, Any]) -> None:
    example = (ROOT / "deploy" / "certsvc.env.example").read_text(encoding="utf-8")
    named = {line.split("=")[0] for line in example.splitlines() if line and not line.startswith("#")}
    for service in compose["services"].values():
        named |= (
            {key for key in service["environment"] if key.startswith(PREFIX)}
            if "environment" in service
            else set()
        )
    assert named
    assert named <= {PREFIX + name.upper() for name in Settings.model_fields}


def test_the_composition_has_one_sequencer_behind_a_healthy_database(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert set(services) == {"database", "cache", "init", "sequencer", "web"}
    assert [services[name]["command"][0] for name in ("init", "sequencer", "web")] == [
        *("init", "sequencer", "serve"),
    ]
    serve = certsvc.commands["serve"]
    options = {
        word for parameter in serve.params for word in parameter.opts if isinstance(parameter, click.Option)
    }
    assert {word for word in services["web"]["command"] if word.startswith("--")} <= options
    assert "--no-sequencer" in services["web"]["command"]
    assert services["init"]["depends_on"]["database"]["condition"] == "service_healthy"
    for name in ("init", "sequencer", "web"):
        assert (services[name]["read_only"], services[name]["cap_drop"]) == (True, ["ALL"])
        assert all(volume.split(":")[0] in compose["volumes"] for volume in services[name]["volumes"])
    assert services["web"]["ports"] == ["127.0.0.1:8000:8000"]


def test_the_operations_page_names_commands_and_files_that_exist() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|`|; )(?:[A-Z_]+=\S+ )?certsvc ([a-z-]+)", page, re.MULTILINE))
    assert len(named) > 5
    assert named <= set(certsvc.commands)
    for link in re.findall(r"\]\(([^)#]+)[^)]*\)", page):
        assert (ROOT / "docs" / link).exists(), link
    for path in re.findall(r"(?:deploy|tests)/[a-z_/]+(?:\.[a-z]+)+", page):
        assert (ROOT / path).exists(), path
