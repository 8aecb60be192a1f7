"""The golden past bundles: the service still writes exactly these bytes, and the reader answers them as it did."""

from __future__ import annotations

import json
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from certverify.past import check_past
from certverify.past_bundle import decode_past_bundle
from certverify.trust import Trust, decode_trust

from scripts.make_past_vectors import make_past_vectors

VECTORS = Path(__file__).parent.parent / "vectors" / "past-bundle.json"


@cache
def load() -> Any:
    return json.loads(VECTORS.read_bytes())


@cache
def trust() -> Trust:
    texts = load()
    return decode_trust(texts["trust_list"].encode(), texts["tables"].encode(), texts["policy"].encode())


def test_the_encoder_still_writes_the_golden_bytes() -> None:
    assert make_past_vectors() == VECTORS.read_bytes()


@pytest.mark.parametrize("case", load()["cases"], ids=lambda case: case["name"])
def test_a_past_bundle_answers_for_every_day(case: dict[str, Any]) -> None:
    raw_bundle, now = case["bundle"].encode(), datetime.fromisoformat(load()["now"])
    for told in case["answers"]:
        answer = check_past(raw_bundle, trust(), now, date.fromisoformat(told["on"])).as_json()
        verdict, past = answer["verdict"], answer["past"]
        assert (verdict["verdict"], verdict["status"]) == (told["verdict"], told["status"])
        assert [finding["code"] for finding in verdict["findings"]] == told["findings"]
        for view in ("recorded_then", "known_now"):
            assert (past and past[view]) == told[view]


def test_what_versions_share_is_listed_once_and_ten_events_stay_small() -> None:
    bundle = decode_past_bundle(load()["cases"][2]["bundle"].encode())
    events = [event for version in bundle.versions for event in version.events]
    assert (len(bundle.versions), len(events), len(bundle.manifests), len(bundle.chunks)) == (2, 7, 6, 2)
    assert len(load()["cases"][2]["bundle"]) < 16_384
