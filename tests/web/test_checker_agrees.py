"""Two readers written apart, one answer: the browser checker and certverify on the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from certverify.check import check_record
from certverify.ledger import open_ledger
from certverify.meanings import MEANINGS
from certverify.trust import load_trust
from playwright.sync_api import Browser, Page

from certsvc.entrypoints.public_api import create_app
from certsvc.formats.leaf import SlotStatus
from scripts.make_web_codes import TARGET, render_codes
from tests.web.builders import (
    FOREIGN_KEY,
    TreePlan,
    annotated_record,
    dual_directed_record,
    forged_text,
    historical_record,
    qr_text,
    regular_record,
    served,
    write_tree,
)

VECTORS = Path(__file__).parents[1] / "vectors"
COSIGNED_AT = 1_795_161_600  # 2026-11-20T08:00:00Z
_JUDGE = """async ([address, text, now, place]) => {
    const [{ gatherEvidence }, { fileReader }, { judge }] = await Promise.all(
        ["check", "files", "verdict"].map((name) => import(`${address}/${name}.js`)));
    const read = async (name) => (await fetch(`${address}/${name}.json`)).json();
    const page = await read("words");
    const words = { ...page, codes: { ...(await read("codes")), ...page.own_codes } };
    const readFile = fileReader(new URL("/", location.origin));
    return judge(await gatherEvidence(text, { readFile, now }), words, now, place);
}"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tree")
    statuses = {7: SlotStatus.VALID, 70_001: SlotStatus.VALID, 131_072: SlotStatus.VALID}
    plan = TreePlan(
        statuses | {200 + int(status): status for status in SlotStatus}, 300, 262_144, COSIGNED_AT
    )
    write_tree(folder, plan)
    return folder


@pytest.fixture(scope="module")
def page(tree: Path, browser: Browser) -> Iterator[Page]:
    with served(create_app(tree)) as address:
        page = browser.new_page()
        page.goto(address)
        yield page
        page.close()


def assets_of(page: Page) -> str:
    stylesheet = page.locator("link[rel=stylesheet]").get_attribute("href") or ""
    return stylesheet.rpartition("/")[0]


TEXTS = {
    "valid": qr_text(regular_record()),
    "with its prefix": "http://127.0.0.1/v#" + qr_text(regular_record()),
    "with a foreign address": "https://host/v#" + qr_text(regular_record()),
    "forged at a foreign address": "https://host/v#" + forged_text(regular_record()),
    "with an empty address": "#" + qr_text(regular_record()),
    "dual-directed": qr_text(dual_directed_record()),
    "in the second shard": qr_text(regular_record(131_072)),
    "beyond the array": qr_text(regular_record(1_000_000)),
    "a dotted name": qr_text(regular_record(name="阿卜杜热合曼·买买提")),
    "a compound surname": qr_text(regular_record(name="欧阳晓棠")),
    "forged": forged_text(regular_record()),
    "foreign": qr_text(regular_record(), FOREIGN_KEY),
    "altered": qr_text(regular_record())[:-1] + "X",
    "lower case": qr_text(regular_record()).lower(),
    "cut off": qr_text(regular_record())[:-9] + "Z",
    "leading zero": "0" + qr_text(regular_record()),
    "empty": "",
    "too long": "1" * 1000 + "Z",
    "an annotated copy": qr_text(annotated_record()),
    "an annotated copy on its last day": qr_text(annotated_record(ends_on=date(2026, 11, 20))),
    "an annotated copy that has ended": qr_text(annotated_record(ends_on=date(2026, 11, 19))),
    "an annotated copy of a limited title": qr_text(annotated_record(dual_directed_record())),
    "a copy with braces": qr_text(annotated_record(recipient="{purpose} {0} $&")),
    "a forged copy": forged_text(annotated_record()),
    "a historical record at a slot of another": qr_text(historical_record(7)),
    "a historical record beyond the array": qr_text(historical_record(1_000_000)),
    **{
        f"copy, slot {status.name}": qr_text(annotated_record(regular_record(200 + status)))
        for status in SlotStatus
    },
    **{f"historical, slot {status.name}": qr_text(historical_record(200 + status)) for status in SlotStatus},
    **{f"slot {status.name}": qr_text(regular_record(200 + status)) for status in SlotStatus},
}
OTHERS = ("an annotated copy of a limited title", "historical, slot HISTORICAL")
PLACES = (
    None,
    "222404",
    "222401",
    "222400",
    "110101",
    "229999",
    "0",
    "220102",
    "999999",
    "999900",
    "100101",
    "229900",
    "820001",
    "000000",
    "210100",
)


@pytest.mark.parametrize("minutes", [0, 59, 61, -4, -6])
def test_both_readers_give_the_same_verdict_whatever_the_age(page: Page, tree: Path, minutes: int) -> None:
    assert_same(page, tree, TEXTS["valid"], minutes, None)
    assert_same(page, tree, TEXTS["slot REVOKED"], minutes, None)


@pytest.mark.parametrize("case", TEXTS)
def test_both_readers_give_the_same_verdict_on_every_text(page: Page, tree: Path, case: str) -> None:
    assert_same(page, tree, TEXTS[case], 5, None)


@pytest.mark.parametrize("place", PLACES)
def test_both_readers_give_the_same_verdict_in_every_place(page: Page, tree: Path, place: str | None) -> None:
    for case in ("valid", "dual-directed", "slot REVOKED", "forged", *OTHERS):
        assert_same(page, tree, TEXTS[case], 5, place)


def test_both_readers_refuse_every_altered_character(page: Page, tree: Path) -> None:
    text = TEXTS["dual-directed"]
    for position in range(0, len(text), 12):
        letter = "A" if text[position] != "A" else "B"
        assert_same(page, tree, text[:position] + letter + text[position + 1 :], 5, None)


def test_both_readers_mask_names_alike(page: Page) -> None:
    cases = json.loads((VECTORS / "masked-names.json").read_text())["names"]
    names = [case["name"] for case in cases]
    script = "async ([address, names]) => names.map((await import(`${address}/names.js`)).maskName)"
    assert page.evaluate(script, [assets_of(page), names]) == [case["masked"] for case in cases]


def test_the_words_of_the_codes_are_those_of_certverify() -> None:
    assert TARGET.read_text(encoding="utf-8") == render_codes(), "run scripts/make_web_codes.py"


def test_every_code_that_the_page_can_meet_has_an_answer() -> None:
    words = json.loads((TARGET.parent / "words.json").read_text(encoding="utf-8"))
    offline_only = (
        "image-",
        "qr-",
        "document-",
        "bundle-",
        "file-",
        "issue-",
        "manifest-",
        "commitment-",
        "content-",
        "past-",
        "on-line-",
        "signed-verdict-",
        "row-",
        "sheet-",
    )
    never_raised = {"checkpoint-forged", "seal-proof-bad", "status-proof-bad", "certificate-not-found"}
    for code, meaning in MEANINGS.items():
        if meaning.effect.value != "note" and not code.startswith(offline_only) and code not in never_raised:
            assert {"zh", "en"} == set(words["answers"][code]["text"]), code


def assert_same(page: Page, tree: Path, text: str, minutes: int, place: str | None) -> None:
    now = COSIGNED_AT + 60 * minutes
    theirs = page.evaluate(_JUDGE, [assets_of(page), text, now, place])
    trust = load_trust(tree)
    instant = datetime.fromtimestamp(now, UTC)
    ours = check_record(text, trust, open_ledger(tree, trust), instant, place, timedelta(hours=1)).as_json()
    assert theirs == ours
