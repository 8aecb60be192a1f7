"""Write tests/vectors/c2sp: notes, keys, checkpoints, cosignatures, tiles, bundles, policies and tlog-proofs of C2SP.

Made from fixed seeds by the small log of the tests, which is written from the specifications alone; equal runs write equal
bytes. Each case says what it is and whether it `holds`; `sumdb` stands where golang.org/x/mod alone answers otherwise.
Run `.venv/bin/python -m scripts.make_c2sp_vectors`; a test compares.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from scripts.c2sp_notes import LOG, TEXT, WITNESS, note_cases
from scripts.c2sp_policies import policy_cases
from tests.verifier.builders import b64, key, leaf_hash, mth, path

TARGET = Path(__file__).resolve().parent.parent / "tests" / "vectors" / "c2sp"
ROOT = b64(bytes(range(32)))


def vkey_cases() -> list[dict[str, Any]]:
    good, other = LOG.vkey(), key("日志.example/账本", 7)
    name, hash_digits, digits = good.split("+", 2)
    material = base64.b64decode(digits)

    def of_type(kind: int, name: str = LOG.name, raw_key: bytes = LOG.public) -> str:
        named = key(name, 3)
        if raw_key == LOG.public:
            return named.vkey(kind)
        return f"{name}+{hash_digits}+{b64(bytes([kind]) + raw_key)}"

    with_plus = next(
        one for one in (key("plus.example", seed) for seed in range(1, 99)) if "+" in one.vkey()[30:]
    )
    cases: list[tuple[str, str, bool, bool]] = [
        ("key of a log", good, True, True),
        ("key of a cosigner", LOG.vkey(4), True, False),
        ("name that is not ASCII", other.vkey(), True, True),
        ("plus sign within the base64", with_plus.vkey(), True, True),
        ("hash in capitals", f"{name}+{LOG.note_id(1).hex().upper()}+{digits}", False, True),
        ("line end behind the key", good + "\n", False, True),
        ("hash of another key", f"{name}+{WITNESS.note_id(1).hex()}+{digits}", False, False),
        ("hash of the key as a cosigner", f"{name}+{LOG.note_id(4).hex()}+{digits}", False, False),
        ("hash of 7 digits", f"{name}+{hash_digits[1:]}+{digits}", False, False),
        ("hash of 9 digits", f"{name}+0{hash_digits}+{digits}", False, False),
        ("hash with a sign", f"{name}++{hash_digits[1:]}+{digits}", False, False),
        ("no hash", f"{name}+{digits}", False, False),
        ("name alone", name, False, False),
        ("empty", "", False, False),
        ("empty name", good.removeprefix(name), False, False),
        ("space in the name", of_type(1, "log example"), False, False),
        ("no-break space in the name", of_type(1, "log\u00a0example"), False, False),
        ("type 0x02", of_type(2), False, False),
        ("type 0x05", of_type(5), False, False),
        ("type 0x06", of_type(6), False, False),
        ("type 0xff", of_type(255), False, False),
        ("31 bytes of key", of_type(1, raw_key=LOG.public[:31]), False, False),
        ("33 bytes of key", of_type(1, raw_key=LOG.public + b"\0"), False, False),
        ("no type", f"{name}+{hash_digits}+{b64(material[1:])}", False, False),
        ("no key", f"{name}+{hash_digits}+", False, False),
        ("space behind the key", good + " ", False, False),
        ("base64 cut off", good[:-1], False, False),
        ("base64 for addresses", good.replace("/", "_") if "/" in digits else good + "_", False, False),
    ]
    return [
        {"what": what, "vkey": line, "holds": holds} | ({} if sumdb is holds else {"sumdb": sumdb})
        for what, line, holds, sumdb in cases
    ]


def checkpoint_cases() -> list[dict[str, Any]]:
    def case(what: str, holds: bool, *lines: str, end: str = "\n") -> dict[str, Any]:
        told: dict[str, Any] = {"what": what, "holds": holds, "text": "\n".join(lines) + end}
        if holds:
            told |= {
                "origin": lines[0],
                "size": int(lines[1]),
                "root": lines[2],
                "extensions": list(lines[3:]),
            }
        return told

    origin = LOG.name
    sizes = [
        "07",
        "00",
        "-1",
        "-0",
        "+7",
        " 7",
        "7 ",
        "7.0",
        "1e3",
        "0x7",
        "٧",
        "７",
        "seven",
        "9223372036854775808",
    ]
    roots = {
        "31 bytes": b64(bytes(31)), "33 bytes": b64(bytes(33)), "without padding": ROOT.rstrip("="),
        "loose bits": ROOT[:-2] + chr(ord(ROOT[-2]) + 1) + "=", "for addresses": ROOT.replace("+", "-").replace("/", "_")[:-2] + "_=",
        "in hexadecimal": bytes(32).hex(), "with a space": f"{ROOT} ", "too much padding": f"{ROOT}=",
    }  # fmt: skip
    return [
        case("size 7", True, origin, "7", ROOT),
        case("size 0", True, origin, "0", ROOT),
        case("largest size", True, origin, "9223372036854775807", ROOT),
        case("origin with a space", True, "my log", "7", ROOT),
        case("origin that is not ASCII", True, "账本", "7", ROOT),
        case("one extension line", True, origin, "7", ROOT, "extension"),
        case("three extension lines", True, origin, "7", ROOT, "a b", "=", "\u2014 c"),
        *(case(f"size {size!r}", False, origin, size, ROOT) for size in sizes),
        *(case(f"root {what}", False, origin, "7", root) for what, root in roots.items()),
        case("empty origin", False, "", "7", ROOT),
        case("empty size", False, origin, "", ROOT),
        case("empty root", False, origin, "7", ""),
        case("empty extension line", False, origin, "7", ROOT, ""),
        case("empty line before an extension", False, origin, "7", ROOT, "", "extension"),
        case("size and root swapped", False, origin, ROOT, "7"),
        case("no root", False, origin, "7"),
        case("origin alone", False, origin),
        case("nothing", False, ""),
        case("no line end", False, origin, "7", ROOT, end=""),
    ]


def cosignature_cases() -> list[dict[str, Any]]:
    def case(
        what: str, text: str, time: int, line: str, holds: bool, message: str | None = None
    ) -> dict[str, Any]:
        told = message if message is not None else f"cosignature/v1\ntime {time}\n{text}"
        return {
            "what": what, "text": text, "time": time, "message": told, "line": line, "vkey": WITNESS.vkey(4), "holds": holds,
        }  # fmt: skip

    def signed(message: str, time: int, kind: int = 4) -> str:
        material = WITNESS.note_id(kind) + time.to_bytes(8, "big") + WITNESS.private.sign(message.encode())
        return f"\u2014 {WITNESS.name} {b64(material)}\n"

    extended = TEXT + "extension\n"
    good = WITNESS.cosign(TEXT, 1_679_315_147)
    return [
        case("good", TEXT, 1_679_315_147, good, True),
        case("time 0", TEXT, 0, WITNESS.cosign(TEXT, 0), True),
        case("last time", TEXT, (1 << 63) - 1, WITNESS.cosign(TEXT, (1 << 63) - 1), True),
        case("extension lines are cosigned", extended, 5, WITNESS.cosign(extended, 5), True),
        case("time beyond the range", TEXT, 1 << 63, WITNESS.cosign(TEXT, 1 << 63), False),
        case("another time", TEXT, 5, signed(f"cosignature/v1\ntime 5\n{TEXT}", 6), False),
        case("extension lines left out", extended, 5, WITNESS.cosign(TEXT, 5), False),
        case("version 2", TEXT, 5, signed(f"cosignature/v2\ntime 5\n{TEXT}", 5), False),
        case("no header", TEXT, 5, signed(TEXT, 5), False),
        case("time with a leading zero", TEXT, 5, signed(f"cosignature/v1\ntime 05\n{TEXT}", 5), False),
        case(
            "signature lines are cosigned",
            TEXT,
            5,
            signed(f"cosignature/v1\ntime 5\n{TEXT}\n{good}", 5),
            False,
        ),
        case(
            "under the id of a plain key",
            TEXT,
            5,
            signed(f"cosignature/v1\ntime 5\n{TEXT}", 5, kind=1),
            False,
        ),
        case("plain signature", TEXT, 5, WITNESS.sign_note(TEXT), False),
    ]


def tile_path_cases() -> list[dict[str, Any]]:
    """Level -1 stands for the entry bundles."""
    good = [
        (0, 0, 256, "tile/0/000"), (0, 999, 1, "tile/0/999.p/1"), (1, 1000, 256, "tile/1/x001/000"),
        (63, 1_234_067, 255, "tile/63/x001/x234/067.p/255"), (2, 1_000_000, 17, "tile/2/x001/x000/000.p/17"),
        (-1, 0, 256, "tile/entries/000"), (-1, 1_234_067, 112, "tile/entries/x001/x234/067.p/112"),
    ]  # fmt: skip
    bad = (
        "tile/0/0", "tile/0/0000", "tile/0/00", "tile/00/000", "tile/64/000", "tile/-1/000", "tile/0/000.p/0", "tile/0/000.p/256",
        "tile/0/000.p/257", "tile/0/000.p/01", "tile/0/000.p/-1", "tile/0/000.p/", "tile/0/000.p", "tile/0/x000/000", "tile/0/001/000",
        "tile/0/x001/x000", "tile/0/x1/000", "tile/0/1000", "tile/0/", "tile/0", "tile/data/000", "tile/8/0/000", "tile/entries/0",
        "tile/entries/000.p/256", "tile/entries/x000/000", "/tile/0/000", "tiles/0/000", "tile/0/000/", "tile/0/ 00", "tile/0/+00",
    )  # fmt: skip
    return [
        *({"what": "good", "path": told, "level": level, "number": number, "width": width, "holds": True}
          for level, number, width, told in good),
        *({"what": "bad", "path": told, "holds": False} for told in bad),
    ]  # fmt: skip


def tile_width_cases() -> list[dict[str, Any]]:
    """The partial tiles of trees, by the formula of the specification; a good case tells all of them and no other."""

    def partial(size: int) -> list[list[int]]:
        widths = [(level, size >> 8 * level) for level in range(8)]
        return [[level, width // 256, width % 256] for level, width in widths if width % 256]

    sizes = (1, 2, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 70_000, 65_536 * 256 + 1)
    good = [{"what": "good", "size": size, "tiles": partial(size), "holds": True} for size in sizes]
    wrong = {
        "full tile as a partial one": (256, [[0, 0, 256], [1, 0, 2]]),
        "empty tile": (256, [[0, 1, 0], [1, 0, 1]]),
        "last tile missing": (257, [[1, 0, 1]]),
        "partial tile hashed into the level above": (257, [[0, 1, 1], [1, 0, 2]]),
    }
    return good + [
        {"what": what, "size": size, "tiles": tiles, "holds": False} for what, (size, tiles) in wrong.items()
    ]


def entry_cases() -> list[dict[str, Any]]:
    good = {
        "no entry": [], "empty entry": [b""], "one entry": [b"entry"], "many": [bytes(n) for n in range(20)],
        "entry of more than 255 bytes": [bytes(range(256)) + b"\x01\x02"],
    }  # fmt: skip
    bad = {
        "half a length": "00",
        "cut off": "0003aabb",
        "cut off behind an entry": "0001aa0002bb",
        "byte behind": "0001aa00",
    }
    return [
        {"what": what, "bundle": "".join(f"{len(one):04x}{one.hex()}" for one in entries),
         "entries": [one.hex() for one in entries], "holds": True}
        for what, entries in good.items()
    ] + [{"what": what, "bundle": bundle, "holds": False} for what, bundle in bad.items()]  # fmt: skip


def tlog_proof_cases() -> list[dict[str, Any]]:
    entries = [b"entry %d" % n for n in range(7)]
    hashes = [leaf_hash(entry) for entry in entries]

    def note(size: int, sign: bool = True, origin: str = LOG.name) -> str:
        text = f"{origin}\n{size}\n{b64(mth(hashes[:size]))}\n"
        return f"{text}\n{LOG.sign_note(text)}" if sign else f"{text}\n{WITNESS.sign_note(text)}"

    def proof(place: int, size: int, **parts: Any) -> str:
        told = (
            [b64(item) for item in path(place, hashes[:size])] if "hashes" not in parts else parts["hashes"]
        )
        head = [
            parts.get("header", "c2sp.org/tlog-proof@v1"),
            *parts.get("extra", []),
            parts.get("index", f"index {place}"),
        ]
        return "\n".join([*head, *told]) + "\n" + parts.get("gap", "\n") + parts.get("note", note(size))

    def case(what: str, text: str, holds: bool, index: int = 5, raw: bytes | None = None) -> dict[str, Any]:
        told = {"text": text} if raw is None else {"raw": b64(raw)}
        return {"what": what, "holds": holds, "entry": entries[index].hex(), "log": LOG.vkey()} | told

    good, right = proof(5, 7), [b64(item) for item in path(5, hashes)]
    hurt = b64(bytes([base64.b64decode(right[0])[0] ^ 1]) + base64.b64decode(right[0])[1:])
    bad: dict[str, str] = {
        "version 2": proof(5, 7, header="c2sp.org/tlog-proof@v2"),
        "no header": good.removeprefix("c2sp.org/tlog-proof@v1\n"),
        "empty line before the header": "\n" + good,
        "no index": good.replace("index 5\n", ""),
        "index with a leading zero": proof(5, 7, index="index 05"),
        "index with a sign": proof(5, 7, index="index +5"),
        "index with a space behind": proof(5, 7, index="index 5 "),
        "negative index": proof(5, 7, index="index -5"),
        "Index in capitals": proof(5, 7, index="Index 5"),
        "two spaces before the index": proof(5, 7, index="index  5"),
        "index beyond 63 bits": proof(5, 7, index="index 9223372036854775808"),
        "index of another entry": proof(5, 7, index="index 4"),
        "index beyond the tree": proof(5, 7, index="index 7"),
        "extra data behind the index": proof(5, 7, index="index 5\nextra AAAA"),
        "extra data twice": proof(5, 7, extra=["extra AAAA", "extra AAAA"]),
        "empty extra data": proof(5, 7, extra=["extra "]),
        "extra data without space": proof(5, 7, extra=["extra"]),
        "extra data that are no base64": proof(5, 7, extra=["extra AAA"]),
        "unknown line": proof(5, 7, extra=["size 7"]),
        "no empty line": proof(5, 7, gap=""),
        "two empty lines": proof(5, 7, gap="\n\n"),
        "hash missing": proof(5, 7, hashes=right[:-1]),
        "no hashes": proof(5, 7, hashes=[]),
        "hash added": proof(5, 7, hashes=[*right, right[0]]),
        "hashes swapped": proof(5, 7, hashes=right[::-1]),
        "one bit of a hash flipped": proof(5, 7, hashes=[hurt, *right[1:]]),
        "hash of 31 bytes": proof(5, 7, hashes=[b64(bytes(31)), *right[1:]]),
        "hash without padding": proof(5, 7, hashes=[right[0].rstrip("="), *right[1:]]),
        "hash in hexadecimal": proof(5, 7, hashes=[bytes(32).hex(), *right[1:]]),
        "space behind a hash": proof(5, 7, hashes=[right[0] + " ", *right[1:]]),
        "64 hashes": proof(5, 7, hashes=right[:1] * 64),
        "checkpoint of another size": proof(5, 7, note=note(6)),
        "checkpoint that the log has not signed": proof(5, 7, note=note(7, sign=False)),
        "checkpoint of another origin": proof(5, 7, note=note(7, origin="other.example/log")),
        "no checkpoint": good.partition("\n\n")[0] + "\n\n",
        "line ends of Windows": good.replace("\n", "\r\n"),
        "empty": "",
    }  # fmt: skip
    return [
        case("good", good, True),
        case("only entry", proof(0, 1), True, 0),
        case("last entry", proof(6, 7), True, 6),
        case("extra data", proof(5, 7, extra=[f"extra {b64(b'anything')}"]), True),
        case("other extra data", proof(5, 7, extra=[f"extra {b64(bytes(100))}"]), True),
        case(
            "cosigned",
            proof(5, 7, note=note(7) + WITNESS.cosign(note(7).partition("\n\n")[0] + "\n", 9)),
            True,
        ),
        case("another entry", good, False, 4),
        *(case(what, text, False) for what, text in bad.items()),
        case("bytes that are no text", "", False, raw=good.encode().replace(b"index", b"\xff\xfe")),
    ]


def make_vectors() -> dict[str, bytes]:
    """File name -> bytes."""
    cases = {
        "notes": note_cases(), "vkeys": vkey_cases(), "checkpoints": checkpoint_cases(), "cosignatures": cosignature_cases(),
        "tile-paths": tile_path_cases(), "tile-widths": tile_width_cases(), "entries": entry_cases(),
        "policies": policy_cases(), "tlog-proofs": tlog_proof_cases(),
    }  # fmt: skip
    return {f"{kind}.json": _encode(kind, rows) for kind, rows in cases.items()}


def _encode(kind: str, rows: list[dict[str, Any]]) -> bytes:
    lines = ",\n".join(
        json.dumps(row, ensure_ascii=False, separators=(",", ":"), sort_keys=True) for row in rows
    )
    return f'{{\n"kind":"{kind}",\n"cases":[\n{lines}\n]\n}}\n'.encode()


if __name__ == "__main__":
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, content in make_vectors().items():
        (TARGET / name).write_bytes(content)
        print(f"{name}: {len(content)} bytes")
