"""One table of verdicts, two readers written apart: certverify and the browser's checker give each of them, field by field."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from certverify.codes import Code
from certverify.meanings import MEANINGS
from playwright.sync_api import Browser

from certsvc.entrypoints.public_api import create_app
from scripts.verdict_vectors import TARGET, encode_vectors, verdict_vectors
from tests.web.builders import served
from tests.web.test_golden_vectors import Checker, expand

_JUDGE = """
    const [{ gatherEvidence }, { judge }] = await Promise.all([load("check"), load("verdict")]);
    const read = async (name) => (await fetch(`${address}/${name}.json`)).json();
    const page = await read("words");
    const words = { ...page, codes: { ...(await read("codes")), ...page.own_codes } };
    const readFile = async (path) => (path in vectors.files ? raw(vectors.files[path]) : null);
    const told = [];
    for (const { text, now, place } of vectors.cases) {
        told.push(judge(await gatherEvidence(text, { readFile, now }), words, now, place));
    }
    return told;
"""


@cache
def vectors() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(TARGET.read_text(encoding="utf-8"))
    return found


def files_of(tree: str) -> dict[str, bytes]:
    """The files of a tree: what differs from the whole one, over that."""
    packed = vectors()["whole"] | vectors()["trees"][tree]
    return {path: expand(content) for path, content in packed.items() if content is not None}


@pytest.fixture(scope="module")
def checker(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checker]:
    with served(create_app(tmp_path_factory.mktemp("empty"))) as address:
        page = browser.new_page()
        page.goto(address)
        yield Checker(page)
        page.close()


def test_certverify_gives_every_verdict_of_the_table_to_the_byte() -> None:
    assert TARGET.read_text(encoding="utf-8") == encode_vectors(verdict_vectors()), (
        "run scripts.verdict_vectors, and read the difference"
    )


@pytest.mark.parametrize("tree", list(vectors()["trees"]))
def test_the_browser_gives_every_verdict_of_the_table_field_by_field(checker: Checker, tree: str) -> None:
    cases = [case for case in vectors()["cases"] if case["tree"] == tree]
    files = {path: base64.b64encode(content).decode() for path, content in files_of(tree).items()}
    told = checker.run(_JUDGE, {"files": files, "cases": cases})
    differing = {
        case["name"]: {
            field: (mine, case["verdict"][field])
            for field, mine in found.items()
            if mine != case["verdict"].get(field)
        }
        for case, found in zip(cases, told, strict=True)
        if found != case["verdict"]
    }
    assert differing == {}


def test_the_table_meets_every_code_that_a_record_and_a_tree_can_have() -> None:
    met = {item["code"] for case in vectors()["cases"] for item in case["verdict"]["findings"]}
    on_line = {Code.CERTIFICATE_NOT_FOUND, Code.ON_LINE_ONLY, Code.REGISTER_DIFFERS, Code.HISTORICAL_DISPUTED}
    on_line |= {Code.COPY_WITHDRAWN, Code.COPY_UNKNOWN, Code.REPORT_ENDED}
    others = (
        "file-",
        "image-",
        "qr-",
        "document-",
        "printed-",
        "bundle-",
        "issue-",
        "manifest-",
        "commitment-",
    )
    others += (
        "content-",
        "seal-proof",
        "status-proof",
        "past-",
        "signed-verdict-",
        "trust-",
        "row-",
        "sheet-",
    )
    rare = {Code.CHECKPOINT_FORGED, Code.CHECKPOINT_KEY_NOT_IN_FORCE}
    wanted = {code for code in MEANINGS if not code.startswith(others)} - on_line - rare
    assert {code.value for code in wanted} - met == set()
    assert len({case["name"] for case in vectors()["cases"]}) == len(vectors()["cases"]) > 200
    assert Path(TARGET).stat().st_size < 1_000_000
