"""Witnesses in the browser and in certverify: the same quorum, the same age, and the same answer to a wrong line."""

from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from certverify.check import check_record
from certverify.ledger import open_ledger
from certverify.trust import load_trust
from playwright.sync_api import Page

from tests.verifier.builders import NOW, WITNESS_KEY, WITNESS_POLICY, Log, record_text, write_files
from tests.web.test_trust_material import _CHECK, assets_of, page

__all__ = ["page"]

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"witness_at": NOW}, None),
        ({"witness_at": NOW - HOUR / 2}, None),
        ({"witness_at": NOW + HOUR / 60}, None),
        ({"witness_at": NOW - 720 * HOUR}, "checkpoint-stale"),
        ({"witness_at": NOW - 720 * HOUR, "status": 3}, "checkpoint-stale"),
        ({"witness_at": NOW, "cosigned_at": NOW - 2 * HOUR}, "checkpoint-stale"),
        ({"witness_at": NOW, "cosigned_at": NOW + HOUR}, None),
        ({"witness_at": NOW + HOUR, "cosigned_at": NOW + HOUR}, "checkpoint-from-future"),
        ({"witness_at": None}, "quorum-missing"),
        ({"witness_at": NOW, "cosigned_at": None}, "checkpoint-age-unknown"),
    ],
)
def test_both_readers_take_a_witnessed_checkpoint_for_as_old(
    page: Page, tmp_path: Path, given: dict[str, Any], code: str | None
) -> None:
    told = both(page, tmp_path, Log(policy=WITNESS_POLICY, **given).files())
    found = {item["code"] for item in told["findings"]} - {"test-environment", "revoked"}
    assert found == ({code} if code else set())


def test_both_readers_refuse_a_checkpoint_with_a_wrong_line_of_a_witness(page: Page, tmp_path: Path) -> None:
    log = Log(policy=WITNESS_POLICY)
    wrong = WITNESS_KEY.cosign("another text\n", int(NOW.timestamp()))
    files = log.files()
    told = both(page, tmp_path, files | {"checkpoint": files["checkpoint"] + wrong.encode()})
    assert "tree-inconsistent" in {item["code"] for item in told["findings"]}


def both(page: Page, folder: Path, files: dict[str, bytes]) -> dict[str, Any]:
    """The verdict that both readers give."""
    write_files(folder, files)
    encoded = {path: base64.b64encode(content).decode() for path, content in files.items()}
    told: dict[str, Any] = page.evaluate(
        _CHECK, [assets_of(page), encoded, record_text(), int(NOW.timestamp())]
    )
    trust = load_trust(folder)
    here = check_record(record_text(), trust, open_ledger(folder, trust), NOW, max_age=HOUR).as_json()
    for part in ("verdict", "authentic", "status", "as_of", "checkpoint_age"):
        assert told[part] == here[part], part
    assert [item["code"] for item in told["findings"]] == [item["code"] for item in here["findings"]]
    return told
