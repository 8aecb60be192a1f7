"""The files with which a second department runs a witness say what its page promises."""

from __future__ import annotations

import argparse
import configparser
import re
import tomllib
from pathlib import Path

import yaml
from certverify import witness_command
from certverify.witness_store import REFUSED_OF_ORIGIN, SEEN_BYTES_OF_ORIGIN

from tests.verifier.builders import LOG_KEY
from tests.verifier.test_witness_keys import NEXT_LOG_KEY, TODAY, YESTERDAY, publish
from tests.verifier.witnessing import NAME, Bench, request

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "witness"


def options() -> set[str]:
    """The options of the command, as the parser knows them."""
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()
    witness_command.add(commands)
    return set(re.findall(r"--[a-z]+", commands.choices["witness"].format_help()))


def unit() -> configparser.SectionProxy:
    read = configparser.ConfigParser(
        strict=False, interpolation=None, delimiters=("=",), comment_prefixes=("#",)
    )
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read(FOLDER / "certverify-witness.service", encoding="utf-8")
    return read["Service"]


def test_the_unit_is_hardened_and_leaves_a_refusal_to_a_person() -> None:
    service = unit()
    hardened = {
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
        "CapabilityBoundingSet": "",
        "StateDirectory": "certverify-witness",
        "StateDirectoryMode": "0700",
        "UMask": "0077",
        "User": "certverify-witness",
        "Restart": "on-failure",
        "RestartPreventExitStatus": str(witness_command.EXIT_UNUSABLE),
    }
    assert {key: service[key] for key in hardened} == hardened


def test_unit_image_and_composition_use_options_that_exist() -> None:
    composed = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))["services"]["witness"]
    for text in (
        unit()["ExecStart"],
        (FOLDER / "Dockerfile").read_text(encoding="utf-8").partition("ENTRYPOINT")[2],
        " ".join(composed["command"]),
    ):
        assert set(re.findall(r"--[a-z]+", text)) <= options()
    assert (composed["read_only"], composed["cap_drop"]) == (True, ["ALL"])


def test_the_unit_finds_every_variable_in_the_example() -> None:
    example = (FOLDER / "witness.env.example").read_text(encoding="utf-8")
    named = {line.split("=")[0] for line in example.splitlines() if line and not line.startswith("#")}
    assert set(re.findall(r"\$\{?([A-Z_]+)", unit()["ExecStart"])) == named


def test_the_page_names_options_bounds_and_files_that_exist() -> None:
    page = (ROOT / "docs" / "formats" / "witness.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`(--[a-z]+)", page)) <= options()
    assert f"{SEEN_BYTES_OF_ORIGIN >> 20} MiB" in page
    assert f"{REFUSED_OF_ORIGIN} of each ground" in page
    for path in re.findall(r"(?:deploy|tests)/[a-zA-Z_/.-]+[a-zA-Z]", page):
        assert (ROOT / path).exists(), path


def test_the_server_is_an_extra_of_the_verifier() -> None:
    project = tomllib.loads((ROOT / "verifier" / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.split(r"[<>=]", line)[0] for line in project["optional-dependencies"]["witness"]}
    assert names == {"h11", "starlette", "uvicorn"}
    assert not names & {re.split(r"[<>=]", line)[0] for line in project["dependencies"]}


def test_the_command_of_the_unit_with_a_trust_list_believes_no_key_beyond_its_dates(tmp_path: Path) -> None:
    """`--log` stands in the unit whatever its options say; the trust list named by them has the last word."""
    trust = tmp_path / "trust"
    publish(trust, (NEXT_LOG_KEY, TODAY, None), (LOG_KEY, "2026-01-01", YESTERDAY))
    named = {
        "WITNESS_NAME": NAME,
        "WITNESS_LISTEN": "127.0.0.1:0",
        "WITNESS_URL": "https://witness.example/w1",
        "WITNESS_LOG": LOG_KEY.vkey(),
        "WITNESS_OPTIONS": f"--trust {trust}",
    }
    words = unit()["ExecStart"].partition(" witness ")[2]
    words = re.sub(r"\$\{?([A-Z_]+)\}?", lambda match: named[match[1]], words)
    parser = argparse.ArgumentParser()
    witness_command.add(parser.add_subparsers())
    asked = parser.parse_args(
        ["witness", *words.replace("/var/lib/certverify-witness/state", str(tmp_path / "w")).split()]
    )
    bench = Bench(tmp_path / "w", log_keys=witness_command.log_keys(asked))
    assert bench.ask(request(0, 9)).body == b"key-not-in-force\n"
    assert bench.ask(request(0, 9, signer=NEXT_LOG_KEY)).status == 200
    bench.store.close()
