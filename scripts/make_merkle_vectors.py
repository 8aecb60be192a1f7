"""Write tests/vectors/merkle: inclusion and consistency proofs, good ones and hostile ones, one JSON file a kind.

The trees are computed by the recursive definitions of RFC 6962; equal runs write equal bytes.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.verifier.builders import consistency, leaf_hash, mth, path

TARGET = Path(__file__).resolve().parent.parent / "tests" / "vectors" / "merkle"
SIZES = (1, 2, 3, 5, 7, 8, 13, 64, 100)
GARBAGE = sha256(b"garbage").digest()


def b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def hostile_proofs(proof: list[bytes], root: bytes) -> Iterator[tuple[str, list[bytes]]]:
    yield "garbage after the proof", [*proof, GARBAGE]
    yield "garbage before the proof", [GARBAGE, *proof]
    yield "root after the proof", [*proof, root]
    yield "root before the proof", [root, *proof]
    yield "short last hash", [*proof[:-1], (proof or [root])[-1][:31]]
    if proof:
        yield "empty proof", []
        yield "last hash missing", proof[:-1]
        yield "first hash missing", proof[1:]
        yield "one bit flipped", [bytes([proof[0][0] ^ 4]) + proof[0][1:], *proof[1:]]
    if len(proof) > 1:
        yield "reversed", proof[::-1]


def inclusion_cases() -> Iterator[dict[str, Any]]:
    for size in SIZES:
        hashes = [leaf_hash(b"leaf %d" % n) for n in range(size)]
        root = mth(hashes)
        for index in sorted({0, 1, size // 2, size - 1} & set(range(size))):
            good = {
                "index": index,
                "size": size,
                "leaf": hashes[index],
                "root": root,
                "proof": path(index, hashes),
            }
            yield {**good, "what": "good", "holds": True}
            changes: list[tuple[str, dict[str, Any]]] = [
                ("index outside", {"index": size}),
                ("negative index", {"index": -1}),
                ("other index", {"index": index ^ 1}),
                ("twice the size", {"size": size * 2 + 1}),
                ("empty tree", {"size": 0}),
                ("other leaf", {"leaf": GARBAGE}),
                ("other root", {"root": GARBAGE}),
                ("empty root", {"root": b""}),
            ]
            for what, proof in hostile_proofs(good["proof"], root):
                changes.append((what, {"proof": proof}))
            for what, change in changes:
                yield {**good, **change, "what": what, "holds": False}


def consistency_cases() -> Iterator[dict[str, Any]]:
    for size2 in SIZES:
        hashes = [leaf_hash(b"leaf %d" % n) for n in range(size2)]
        for size1 in sorted({1, 2, size2 // 2, size2 - 1} & set(range(1, size2))):
            root1, root2 = mth(hashes[:size1]), mth(hashes)
            good = {
                "size1": size1, "size2": size2, "root1": root1, "root2": root2, "proof": consistency(size1, hashes),
            }  # fmt: skip
            yield {**good, "what": "good", "holds": True}
            changes: list[tuple[str, dict[str, Any]]] = [
                ("roots swapped", {"root1": root2, "root2": root1}),
                ("other old root", {"root1": GARBAGE}),
                ("other new root", {"root2": GARBAGE}),
                ("sizes swapped", {"size1": size2, "size2": size1}),
                ("negative size", {"size1": -1}),
                ("old size doubled", {"size1": size2 * 2}),
                ("from nothing", {"size1": 0}),
            ]
            for what, proof in hostile_proofs(good["proof"], root2):
                changes.append((what, {"proof": proof}))
            for what, change in changes:
                yield {**good, **change, "what": what, "holds": False}


def write(name: str, cases: Iterator[dict[str, Any]]) -> None:
    rows = []
    for case in cases:
        row = {key: b64(value) if isinstance(value, bytes) else value for key, value in case.items()}
        rows.append(row | {"proof": [b64(item) for item in case["proof"]]})
    TARGET.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(row, sort_keys=True) for row in rows)
    (TARGET / f"{name}.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    write("inclusion", inclusion_cases())
    write("consistency", consistency_cases())
