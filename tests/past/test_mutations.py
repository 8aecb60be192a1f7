"""Hundreds of changed files: none tells another history, none breaks the checker."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

from certverify.errors import BundleError
from certverify.past import check_past
from certverify.past_bundle import decode_past_bundle

from tests.past.builders import (
    canonical,
    tidied,
)
from tests.past.presented import BESIDE, GOOD, LOG, PASSED
from tests.verifier.builders import (
    NOW,
)

DAYS = [date(2026, 11, number) for number in range(8, 21)] + [date(2026, 10, 14), date(2026, 10, 15)]
Answers = list[tuple[Any, Any]]
MUTATIONS = 300


def answers(bundle: bytes) -> Answers | None:
    """What a file answers for many days; None when it answers nothing."""
    first = check_past(bundle, LOG.trust(), NOW)
    if first.past is None:
        assert first.verdict.outcome is not PASSED
        return None
    found = [check_past(bundle, LOG.trust(), NOW, on).past for on in DAYS]
    return [(past.recorded_then, past.known_now) for past in found if past is not None]


def test_whatever_is_changed_no_file_tells_another_history_and_none_breaks_the_checker() -> None:
    random, true_answers = Random(20261120), answers(canonical(GOOD))
    kept = 0
    for _ in range(MUTATIONS):
        bundle = mutated(random)
        found = answers(bundle)
        assert found in (None, true_answers)
        kept += found is not None
    assert kept < MUTATIONS // 3, "most changes are seen"


def mutated(random: Random) -> bytes:
    """One to three changes: of bytes, of a base64 value, of a number, of a list."""
    bundle, raw_bundle = copy.deepcopy(GOOD), None
    for _ in range(random.randint(1, 3)):
        places = list(all_places(bundle))
        holder, place = random.choice(places)
        holder[place] = random.choice(CHANGES)(holder[place], random, bundle)
    if random.random() < 0.3:
        bundle = tidied(bundle) if well_formed(bundle) else bundle
    raw_bundle = bytearray(canonical(bundle))
    if random.random() < 0.2:
        raw_bundle[random.randrange(len(raw_bundle))] ^= 1 << random.randrange(8)
    return bytes(raw_bundle)


def all_places(value: Any) -> Any:
    """Every place in nested lists and objects, as holder and key."""
    for place in range(len(value)) if isinstance(value, list) else list(value):
        yield value, place
        if isinstance(value[place], list | dict):
            yield from all_places(value[place])


def well_formed(bundle: Any) -> bool:
    try:
        decode_past_bundle(canonical(bundle))
    except BundleError:
        return False
    return True


def flip(value: Any, random: Random, _: Any) -> Any:
    if isinstance(value, str) and value:
        at = random.randrange(len(value))
        return value[:at] + random.choice("ABCabc019+/=") + value[at + 1 :]
    return value + random.choice([-1, 1, 7]) if isinstance(value, int) else None


def drop(value: Any, random: Random, _: Any) -> Any:
    if isinstance(value, list) and value:
        at = random.randrange(len(value))
        return value[:at] + value[at + 1 :]
    return value


def shuffle(value: Any, random: Random, _: Any) -> Any:
    return random.sample(value, len(value)) if isinstance(value, list) else value


def borrow(value: Any, random: Random, bundle: Any) -> Any:
    """Another value of the same sort from anywhere in the file, or from another certificate's."""
    others = [
        holder[place]
        for source in (bundle, BESIDE)
        for holder, place in all_places(source)
        if type(holder[place]) is type(value)
    ]
    return copy.deepcopy(random.choice(others)) if others else value


CHANGES: list[Callable[[Any, Random, Any], Any]] = [flip, drop, shuffle, borrow]
