"""Write tests/vectors/ed25519-edges.json: signatures on the edges of Ed25519, where verifiers are known to disagree.

Made here from RFC 8032's arithmetic: points of small and of mixed order, points that are encoded otherwise than by
their least number, and an S of L or more. Nobody without the private key can make one of them under a real key.
    python scripts/ed25519_edge_vectors.py
"""

from __future__ import annotations

import json
from hashlib import sha512
from pathlib import Path

from certverify.ed25519 import public_key, verify
from certverify.errors import SignatureError

TARGET = Path(__file__).parents[1] / "tests" / "vectors" / "ed25519-edges.json"
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int]
IDENTITY: Point = (0, 1)
SECRET, NONCE = 0x5EC2E7 * 2**200 + 12345, 0x0DD * 2**230 + 678901


def add(one: Point, two: Point) -> Point:
    """The sum of two points (RFC 8032, 5.1)."""
    (x1, y1), (x2, y2) = one, two
    product = D * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + product, -1, P) % P
    return x, (y1 * y2 + x1 * x2) * pow(1 - product, -1, P) % P


def times(factor: int, point: Point) -> Point:
    """The multiple of a point."""
    total = IDENTITY
    while factor:
        if factor & 1:
            total = add(total, point)
        point, factor = add(point, point), factor >> 1
    return total


def lifted(y: int) -> Point | None:
    """The point of this y with an even x, if there is one (RFC 8032, 5.1.3)."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    return None if (x * x - square) % P else (x if x % 2 == 0 else P - x, y)


def encoded(point: Point) -> bytes:
    """The usual 32 bytes."""
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def order_8() -> Point:
    """A point of order eight."""
    for y in range(2, 100):
        point = lifted(y)
        if point is not None and times(4, torsion := times(L, point)) != IDENTITY:
            return torsion
    raise SystemExit("no point of order eight below y = 100")


BASE = lifted(4 * pow(5, -1, P) % P) or IDENTITY
TORSION = order_8()


def challenge(raw_r: bytes, raw_key: bytes, message: bytes) -> int:
    """k of RFC 8032, 5.1.7."""
    return int.from_bytes(sha512(raw_r + raw_key + message).digest(), "little") % L


def case(name: str, raw_key: bytes, raw_r: bytes, s: int, message: bytes) -> dict[str, object]:
    """One vector, with the answer of `certverify`."""
    signature = raw_r + s.to_bytes(32, "little")
    try:
        verify(public_key(raw_key), signature, message)
        good = True
    except (SignatureError, ValueError):
        good = False
    texts = {"public_key": raw_key.hex(), "message": message.hex(), "signature": signature.hex()}
    return {"name": name, **texts, "certverify": good}


def signed(name: str, raw_key: bytes, r: Point, *, k_multiple_of_8: bool | None = None) -> dict[str, object]:
    """S = r + k·a for the secret part of the key and of R; the message is searched so that k is (no) multiple of 8."""
    raw_r = encoded(r)
    for number in range(1000):
        message = b"edge %d" % number
        k = challenge(raw_r, raw_key, message)
        if k_multiple_of_8 is None or (k % 8 == 0) == k_multiple_of_8:
            return case(name, raw_key, raw_r, (NONCE + k * SECRET) % L, message)
    raise SystemExit(f"{name}: no message found")


def of_small_key(name: str, raw_key: bytes, key: Point) -> dict[str, object]:
    """A signature that anybody can make under a key of small order: S = r, and a message whose k takes the key away."""
    raw_r = encoded(times(NONCE, BASE))
    for number in range(1000):
        message = b"edge %d" % number
        if times(challenge(raw_r, raw_key, message), key) == IDENTITY:
            return case(name, raw_key, raw_r, NONCE, message)
    raise SystemExit(f"{name}: no message found")


def unusual_r(name: str, raw_r: bytes) -> dict[str, object]:
    """R of small order: S = k·a."""
    raw_key = encoded(times(SECRET, BASE))
    return case(name, raw_key, raw_r, challenge(raw_r, raw_key, b"edge") * SECRET % L, b"edge")


def cases() -> list[dict[str, object]]:
    """All vectors."""
    key, r = times(SECRET, BASE), times(NONCE, BASE)
    usual, mixed = encoded(key), encoded(add(key, TORSION))
    usual_case = signed("an ordinary signature", usual, r)
    s = int.from_bytes(bytes.fromhex(str(usual_case["signature"]))[32:], "little")
    message = bytes.fromhex(str(usual_case["message"]))
    unreduced_one = (P + 1).to_bytes(32, "little")
    return [
        usual_case,
        case("S is not below L", usual, encoded(r), s + L, message),
        of_small_key("key of order 8", encoded(TORSION), TORSION),
        of_small_key("key is the identity", encoded(IDENTITY), IDENTITY),
        of_small_key("key is the identity, its y not reduced", unreduced_one, IDENTITY),
        of_small_key(
            "key is the identity, with the sign of -0", (1 | 1 << 255).to_bytes(32, "little"), IDENTITY
        ),
        unusual_r("R of order 8", encoded(TORSION)),
        unusual_r("R is the identity", encoded(IDENTITY)),
        unusual_r("R is the identity, its y not reduced", unreduced_one),
        signed("R of mixed order", usual, add(r, TORSION)),
        signed("key of mixed order, its small part cancelled", mixed, r, k_multiple_of_8=True),
        signed("key of mixed order, its small part left", mixed, r, k_multiple_of_8=False),
    ]


if __name__ == "__main__":
    text = json.dumps({"format": "certsvc-ed25519-edges/1", "cases": cases()}, indent=2)
    TARGET.write_text(text + "\n", encoding="utf-8")
