"""Write tests/vectors/merkle: inclusion and consistency proofs, good ones and hostile ones, one JSON file a kind.

Trees, proofs and verdicts are computed by the recursive definitions of RFC 6962, not by the algorithms under test; equal
runs write equal bytes. Run `.venv/bin/python -m scripts.make_merkle_vectors`; a test compares.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.verifier.builders import consistency, leaf_hash, mth, path

TARGET = Path(__file__).resolve().parent.parent / "tests" / "vectors" / "merkle"
SIZES = (*range(1, 10), 13, 16, 17, 31, 33, 64, 65, 100, 255, 256, 257, 511, 513, 1000)
EVERY_BIT_SIZE = 3
GARBAGE = sha256(b"garbage").digest()
EMPTY_ROOT = sha256(b"").digest()
FEW = 17
LEAVES = [leaf_hash(b"leaf %d" % n) for n in range(max(SIZES))]


def implied_root(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes | None:
    """The root that a proof leads to, walking the definition of PATH backwards; None when its length is wrong."""
    if size == 1 or not proof:
        return leaf if size == 1 and not proof else None
    middle = 1 << ((size - 1).bit_length() - 1)
    on_left = index < middle
    below = (index, middle) if on_left else (index - middle, size - middle)
    inner = implied_root(*below, leaf, proof[:-1])
    return None if inner is None else node(inner, proof[-1]) if on_left else node(proof[-1], inner)


def implied_roots(
    size1: int, size2: int, root1: bytes, proof: Sequence[bytes], whole: bool = True
) -> tuple[bytes, bytes] | None:
    """The old and the new root that a proof leads to, walking the definition of PROOF backwards."""
    if size1 == size2:
        if whole:
            return None if proof else (root1, root1)
        return (proof[0], proof[0]) if len(proof) == 1 else None
    if not proof:
        return None
    middle = 1 << ((size2 - 1).bit_length() - 1)
    if size1 <= middle:
        inner = implied_roots(size1, middle, root1, proof[:-1], whole)
        return inner and (inner[0], node(inner[1], proof[-1]))
    inner = implied_roots(size1 - middle, size2 - middle, root1, proof[:-1], False)
    return inner and (node(proof[-1], inner[0]), node(proof[-1], inner[1]))


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def inclusion_holds(case: dict[str, Any]) -> bool:
    index, size, leaf, root, proof = (case[key] for key in ("index", "size", "leaf", "root", "proof"))
    if not 0 <= index < size or any(len(item) != 32 for item in (leaf, root, *proof)):
        return False
    return implied_root(index, size, leaf, proof) == root


def consistency_holds(case: dict[str, Any]) -> bool:
    size1, size2, root1, root2, proof = (case[key] for key in ("size1", "size2", "root1", "root2", "proof"))
    if not 0 <= size1 <= size2 or any(len(item) != 32 for item in (root1, root2, *proof)):
        return False
    if size1 == 0:
        return not proof and root1 == EMPTY_ROOT and (size2 > 0 or root2 == EMPTY_ROOT)
    return implied_roots(size1, size2, root1, proof) == (root1, root2)


def hostile_proofs(proof: list[bytes], roots: Sequence[bytes]) -> Iterator[tuple[str, list[bytes]]]:
    yield "garbage after the proof", [*proof, GARBAGE]
    yield "garbage before the proof", [GARBAGE, *proof]
    for name, root in zip(("root", "other root"), roots, strict=False):
        yield f"{name} after the proof", [*proof, root]
        yield f"{name} before the proof", [root, *proof]
    yield "empty hash after the proof", [*proof, b""]
    yield "short last hash", [*proof[:-1], (proof or [roots[0]])[-1][:31]]
    yield "long last hash", [*proof[:-1], (proof or [roots[0]])[-1] + b"\0"]
    if proof:
        yield "empty proof", []
        yield "last hash twice", [*proof, proof[-1]]
        yield "first hash twice", [proof[0], *proof]
    for at in range(len(proof)):
        yield f"hash {at} missing", [*proof[:at], *proof[at + 1 :]]
        yield (
            f"one bit of hash {at} flipped",
            [*proof[:at], flipped(proof[at], 37 * at % 256), *proof[at + 1 :]],
        )
        if at:
            swapped = [*proof[: at - 1], proof[at], proof[at - 1], *proof[at + 1 :]]
            yield f"hashes {at - 1} and {at} swapped", swapped


def flipped(content: bytes, bit: int) -> bytes:
    hurt = bytearray(content)
    hurt[bit // 8] ^= 1 << bit % 8
    return bytes(hurt)


def every_bit(proof: list[bytes]) -> Iterator[tuple[str, list[bytes]]]:
    for at, item in enumerate(proof):
        for bit in range(256):
            yield f"bit {bit} of hash {at} flipped", [*proof[:at], flipped(item, bit), *proof[at + 1 :]]


def reckoned(number: int) -> Iterator[tuple[str, int]]:
    """A number changed by the arithmetic that programmers get wrong."""
    yield from ((f"xor {mask}", number ^ mask) for mask in (1, 2, 64))
    yield from ((f"plus {step}", number + step) for step in (1, 2))
    yield from ((f"minus {step}", number - step) for step in (1, number + 1))
    yield "doubled", number * 2
    yield "halved", number // 2
    yield "negative", -number
    yield "shifted out of 32 bits", number + (1 << 32)
    yield "as large as 62 bits hold", (1 << 62) - 1


def inclusion_cases() -> Iterator[dict[str, Any]]:
    for size in SIZES:
        root = mth(LEAVES[:size])
        picks = {0, size // 2, size - 1} if size <= FEW else {size * 2 // 3, size - 1}
        for index in sorted(picks):
            proof = path(index, LEAVES[:size])
            good = {"index": index, "size": size, "leaf": LEAVES[index], "root": root, "proof": proof}
            yield {**good, "what": "good"}
            changes: list[tuple[str, dict[str, Any]]] = [
                ("other leaf", {"leaf": GARBAGE}),
                ("leaf is the root", {"leaf": root}),
                ("leaf and root swapped", {"leaf": root, "root": LEAVES[index]}),
                ("one bit of the leaf flipped", {"leaf": flipped(LEAVES[index], size % 256)}),
                ("other root", {"root": GARBAGE}),
                ("root of nothing", {"root": EMPTY_ROOT}),
                ("empty root", {"root": b""}),
                ("one bit of the root flipped", {"root": flipped(root, size % 256)}),
                ("index is the size", {"index": size}),
                ("empty tree", {"index": 0, "size": 0}),
                *((f"index {what}", {"index": number}) for what, number in reckoned(index)),
                *((f"size {what}", {"size": number}) for what, number in reckoned(size)),
                *((what, {"proof": changed}) for what, changed in hostile_proofs(proof, [root])),
            ]
            if size == EVERY_BIT_SIZE and index == 0:
                changes += [(what, {"proof": changed}) for what, changed in every_bit(proof)]
            yield from ({**good, **change, "what": what} for what, change in changes)


def consistency_cases() -> Iterator[dict[str, Any]]:
    empty, short = [EMPTY_ROOT, LEAVES[0], []], [b"don't care", b"don't care", []]
    plain: list[tuple[str, int, int, list[Any]]] = [
        ("from nothing to nothing", 0, 0, [EMPTY_ROOT, EMPTY_ROOT, []]),
        ("from nothing to something", 0, 5, empty),
        ("from nothing, with another root", 0, 5, [LEAVES[1], LEAVES[0], []]),
        ("from nothing, with a proof", 0, 5, [EMPTY_ROOT, LEAVES[0], [LEAVES[1]]]),
        ("from something to nothing", 5, 0, [LEAVES[0], EMPTY_ROOT, []]),
        ("nothing, with a root of something", 0, 0, [LEAVES[0], LEAVES[0], []]),
        ("equal sizes and roots that are no hashes", 1, 1, short),
        ("both sizes negative", -1, -1, [LEAVES[0], LEAVES[0], []]),
    ]
    for what, size1, size2, (root1, root2, proof) in plain:
        yield {"what": what, "size1": size1, "size2": size2, "root1": root1, "root2": root2, "proof": proof}
    for size2 in SIZES:
        picks = (
            {1, 2, size2 // 2, size2 - 1, size2} if size2 <= FEW else {size2 // 2, size2 * 2 // 3, size2 - 1}
        )
        for size1 in sorted(picks & set(range(1, size2 + 1))):
            root1, root2, proof = mth(LEAVES[:size1]), mth(LEAVES[:size2]), consistency(size1, LEAVES[:size2])
            good = {"size1": size1, "size2": size2, "root1": root1, "root2": root2, "proof": proof}
            yield {**good, "what": "good"}
            changes: list[tuple[str, dict[str, Any]]] = [
                ("roots swapped", {"root1": root2, "root2": root1}),
                ("sizes swapped", {"size1": size2, "size2": size1}),
                ("other old root", {"root1": GARBAGE}),
                ("other new root", {"root2": GARBAGE}),
                ("old root twice", {"root2": root1}),
                ("new root twice", {"root1": root2}),
                ("one bit of the old root flipped", {"root1": flipped(root1, size2 % 256)}),
                ("one bit of the new root flipped", {"root2": flipped(root2, size2 % 256)}),
                ("empty old root", {"root1": b""}),
                ("from nothing", {"size1": 0}),
                *((f"old size {what}", {"size1": number}) for what, number in reckoned(size1)),
                *((f"new size {what}", {"size2": number}) for what, number in reckoned(size2)),
                *((what, {"proof": changed}) for what, changed in hostile_proofs(proof, [root1, root2])),
            ]
            if size2 == EVERY_BIT_SIZE and size1 == 1:
                changes += [(what, {"proof": changed}) for what, changed in every_bit(proof)]
            yield from ({**good, **change, "what": what} for what, change in changes)


def encode(kind: str, cases: Iterable[dict[str, Any]]) -> bytes:
    """One object: `hashes` holds each hash once, in base64, and the cases name hashes by their place in it."""
    places: dict[bytes, int] = {}

    def place(value: Any) -> Any:
        if isinstance(value, bytes):
            return places.setdefault(value, len(places))
        return [place(item) for item in value] if isinstance(value, list) else value

    judge = {"inclusion": inclusion_holds, "consistency": consistency_holds}[kind]
    rows = [
        _compact({key: place(value) for key, value in case.items()} | {"holds": judge(case)})
        for case in cases
    ]
    hashes = [_compact(base64.b64encode(item).decode()) for item in places]
    parts = (f'"kind":"{kind}"', _listed("hashes", hashes), _listed("cases", rows))
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode()


def _listed(name: str, items: list[str]) -> str:
    return f'"{name}":[\n' + ",\n".join(items) + "\n]"


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def make_vectors() -> dict[str, bytes]:
    """File name -> bytes."""
    return {
        "inclusion.json": encode("inclusion", inclusion_cases()),
        "consistency.json": encode("consistency", consistency_cases()),
    }


if __name__ == "__main__":
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, content in make_vectors().items():
        (TARGET / name).write_bytes(content)
        print(f"{name}: {len(content)} bytes")
