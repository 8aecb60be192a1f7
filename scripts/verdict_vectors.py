"""Golden vectors of verdicts: trees, questions, and the whole verdict that every reader must give (tests/vectors/verdicts.json).

Run `.venv/bin/python -m scripts.verdict_vectors` after a rule of the verdict has changed, and read the difference.
"""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from certverify.check import check_record
from certverify.ledger import open_ledger
from certverify.trust import load_trust

from certsvc.formats.leaf import SlotStatus
from tests.verifier.builders import (
    DUAL,
    NOW,
    PREFIX,
    WITNESS_KEY,
    WITNESS_POLICY,
    Log,
    key,
    record_text,
    write_files,
)
from tests.web.builders import (
    FOREIGN_KEY,
    annotated_record,
    dual_directed_record,
    forged_text,
    historical_record,
    qr_text,
    regular_record,
)

TARGET = Path(__file__).parents[1] / "tests" / "vectors" / "verdicts.json"
MAX_AGE = timedelta(hours=1)
_SHARD_BYTES, _CHUNK_BYTES = 65_536, 256
_FIRST_SLOT = 200
_PLACES = (
    "222404", "222401", "222400", "220102", "220101", "220100", "220000", "110101", "210100", "820001", "229999",
    "999999", "000000", "22240", "2224040", "２２２４０４", "珲春市", "",
)  # fmt: skip
_SECONDS = (-301, -300, -1, 0, 3599, 3600, 3601, 86_400)


@dataclass(frozen=True)
class Case:
    """One question to one tree."""

    name: str
    tree: str
    text: str
    seconds: int = 300
    place: str | None = None


def statuses() -> Log:
    """A log whose slots 200 to 207 have every status, and whose slots 7 and 70,001 are valid."""
    log = Log(fields=dict(DUAL))
    for slot, status in [(7, 1), *((_FIRST_SLOT + number, number) for number in range(8))]:
        log.array[slot >> 1] |= status << (4 if slot & 1 else 0)
    log.seal()
    return log


def trees() -> dict[str, dict[str, bytes]]:
    """Every tree by its name: whole ones, witnessed ones, and such as are damaged or signed by others."""
    whole = statuses().files()
    shard = next(name for name in whole if name.startswith("status/shard/"))
    roots = next(name for name in whole if name.endswith("/roots"))
    entries = next(name for name in whole if name.startswith("tile/entries/"))

    def without(name: str) -> dict[str, bytes]:
        return {path: content for path, content in whole.items() if path != name}

    def damaged(name: str, at: int) -> dict[str, bytes]:
        raw = whole[name]
        return whole | {name: raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]}

    def changed(**how: Any) -> dict[str, bytes]:
        log = statuses()
        for field, value in how.items():
            setattr(log, field, value)
        return log.files()

    wrong = WITNESS_KEY.cosign("another text\n", int(NOW.timestamp())).encode()
    witnessed = changed(policy=WITNESS_POLICY, witness_at=NOW)
    return {
        "whole": whole,
        "of a test": changed(trust_changes={"environment": "test"}),
        "witnessed": witnessed,
        "witnessed later than cosigned": changed(policy=WITNESS_POLICY, witness_at=NOW + MAX_AGE),
        "witnessed long ago": changed(policy=WITNESS_POLICY, witness_at=NOW - 48 * MAX_AGE),
        "without its quorum": changed(policy=WITNESS_POLICY),
        "with a wrong line of a witness": changed(policy=WITNESS_POLICY)
        | {"checkpoint": witnessed["checkpoint"] + wrong},
        "without a cosignature": changed(cosigned_at=None),
        "signed by another log key": changed(log_key=key("log.example/zc", 99)),
        "without a checkpoint": without("checkpoint"),
        "with noise for a checkpoint": whole | {"checkpoint": b"noise"},
        "without the shard": without(shard),
        "with a damaged shard": damaged(shard, 35_000),
        "with a short shard": whole | {shard: whole[shard][:-1]},
        "without the shard roots": without(roots),
        "with damaged shard roots": damaged(roots, 3),
        "with damaged entries": damaged(entries, len(whole[entries]) - 1),
        "without the entries": without(entries),
    }


def cases() -> Iterator[Case]:
    """Every case; names are told by the tests."""
    valid, limited = qr_text(regular_record()), qr_text(dual_directed_record())
    for status in SlotStatus:
        slot = _FIRST_SLOT + int(status)
        for kind, text in {
            "certificate": qr_text(regular_record(slot)),
            "limited certificate": qr_text(dual_directed_record(slot)),
            "copy": qr_text(annotated_record(regular_record(slot))),
            "ended copy": qr_text(annotated_record(regular_record(slot), ends_on=date(2026, 11, 19))),
            "historical record": qr_text(historical_record(slot)),
        }.items():
            yield Case(f"{kind}, {status.name.lower()}", "whole", text)
        yield Case(
            f"limited, {status.name.lower()}, elsewhere",
            "whole",
            qr_text(dual_directed_record(slot)),
            300,
            "220102",
        )
    for place in _PLACES:
        for kind, text in {
            "regular": valid,
            "limited": limited,
            "copy of limited": qr_text(annotated_record(dual_directed_record())),
            "historical": qr_text(historical_record(_FIRST_SLOT + 7)),
        }.items():
            yield Case(f"{kind} in {place!r}", "whole", text, 300, place)
    for seconds in _SECONDS:
        for kind, text in {"valid": valid, "revoked": qr_text(regular_record(_FIRST_SLOT + 3))}.items():
            yield Case(f"{kind}, {seconds} s old", "whole", text, seconds)
    for tree in trees():
        for kind, text in {
            "valid": valid,
            "revoked": qr_text(regular_record(_FIRST_SLOT + 3)),
            "forged": forged_text(regular_record()),
        }.items():
            yield Case(f"{kind} in a tree {tree}", tree, text)
    yield from _copies()
    yield from _records(valid, limited)


def _copies() -> Iterator[Case]:
    last_day = qr_text(annotated_record(ends_on=date(2026, 11, 20)))
    midnight = int((datetime(2026, 11, 20, 16, tzinfo=UTC) - NOW).total_seconds())
    yield Case("copy on its last day", "whole", last_day)
    yield Case("copy in the last second of its last day in Shanghai", "whole", last_day, midnight - 1)
    yield Case("copy in the first second of the day after", "whole", last_day, midnight)
    yield Case("copy with braces", "whole", qr_text(annotated_record(recipient="{purpose} {0} $& {area}")))
    yield Case("forged copy", "whole", forged_text(annotated_record()))
    yield Case("copy of an unknown key", "whole", qr_text(annotated_record(), FOREIGN_KEY))


def _records(valid: str, limited: str) -> Iterator[Case]:
    yield from (
        Case(name, "whole", text)
        for name, text in {
            "behind its address": PREFIX + valid,
            "behind a foreign address": "https://host.example/v#" + valid,
            "behind an empty address": "#" + valid,
            "forged": forged_text(regular_record()),
            "forged behind a foreign address": "https://host.example/v#" + forged_text(regular_record()),
            "of an unknown key": qr_text(regular_record(), FOREIGN_KEY),
            "beyond the array": qr_text(regular_record(1_000_000)),
            "of a newer format": record_text(version=9),
            "a historical record at a slot of another": qr_text(historical_record(7)),
            "a historical record, forged": forged_text(historical_record(207)),
            "a name with dots": qr_text(regular_record(name="阿卜杜热合曼·买买提")),
            "a compound surname": qr_text(regular_record(name="欧阳晓棠")),
            "a name of one character": qr_text(regular_record(name="李")),
            "altered at its end": valid[:-1] + "X",
            "altered within": limited[:150] + ("A" if limited[150] != "A" else "B") + limited[151:],
            "in lower case": valid.lower(),
            "cut off": valid[:-9] + "Z",
            "with a leading zero": "0" + valid,
            "with a blank": valid[:50] + " " + valid[50:],
            "twice": valid + valid,
            "empty": "",
            "only an address": PREFIX,
            "too long": "1" * 1000 + "Z",
            "a manual code": "22222-22222-22222",
            "another text": "你好",
        }.items()
    )
    folder = TARGET.parent
    for name in ("records", "annotated-records", "historical-records"):
        listed = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        for bad in listed["bad"]:
            yield Case(f"{name}: {bad['name']}", "whole", bad["text"])


def verdict_vectors() -> dict[str, Any]:
    """The file: trees with their bytes, and cases with the verdict of certverify."""
    known, found = trees(), []
    with tempfile.TemporaryDirectory() as folder:
        opened = {}
        for number, (name, files) in enumerate(known.items()):
            place = Path(folder, str(number))
            write_files(place, files)
            trust = load_trust(place)
            opened[name] = trust, open_ledger(place, trust)
        for case in cases():
            trust, ledger = opened[case.tree]
            now = NOW + timedelta(seconds=case.seconds)
            verdict = check_record(case.text, trust, ledger, now, case.place, MAX_AGE).as_json()
            asked = {"tree": case.tree, "text": case.text, "now": int(now.timestamp()), "place": case.place}
            found.append({"name": case.name, **asked, "verdict": verdict})
    base = _packed(known["whole"])
    return {
        "max_age": int(MAX_AGE.total_seconds()),
        "whole": base,
        "trees": {name: _difference(base, _packed(files)) for name, files in known.items()},
        "cases": found,
    }


def _difference(base: dict[str, Any], files: dict[str, Any]) -> dict[str, Any]:
    """What differs from the whole tree; null for a file that is not there."""
    changed = {path: content for path, content in files.items() if base.get(path) != content}
    return changed | {path: None for path in base if path not in files}


def _packed(files: dict[str, bytes]) -> dict[str, Any]:
    return {path: _pack(content) for path, content in sorted(files.items())}


def _pack(content: bytes) -> Any:
    """Base64; of a whole shard the chunks that are not all zero."""
    if len(content) != _SHARD_BYTES:
        return base64.b64encode(content).decode()
    chunks = {
        at // _CHUNK_BYTES: content[at : at + _CHUNK_BYTES] for at in range(0, _SHARD_BYTES, _CHUNK_BYTES)
    }
    return {str(number): base64.b64encode(chunk).decode() for number, chunk in chunks.items() if any(chunk)}


def encode_vectors(vectors: dict[str, Any]) -> str:
    """One case a line, so that a change can be read."""
    parts = {
        name: json.dumps(value, ensure_ascii=False) for name, value in vectors.items() if name != "cases"
    }
    lines = [f" {json.dumps(name)}: {value}," for name, value in parts.items()]
    listed = ",\n".join("  " + json.dumps(case, ensure_ascii=False) for case in vectors["cases"])
    return "\n".join(["{", *lines, ' "cases": [', listed, " ]", "}"]) + "\n"


if __name__ == "__main__":
    TARGET.write_text(encode_vectors(verdict_vectors()), encoding="utf-8")
