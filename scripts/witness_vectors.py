"""tests/vectors/witness.json: what a log asks a witness, well and badly, and the answer in every byte."""

from __future__ import annotations

import base64
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certsvc.adapters.file_keys import FileLogSigner
from certsvc.formats.merkle import ListTree, consistency_proof, leaf_hash
from certsvc.formats.note import (
    COSIGNATURE_V1,
    checkpoint_text,
    cosignature_line,
    cosignature_message,
    encode_note,
    encode_vkey,
    signature_line,
)
from certsvc.formats.witness import encode_add_checkpoint
from scripts.vector_material import LOG_KEY, NOW, ORIGIN

WITNESS_NAME = "witness.example/vectors"
SEED = sha256(b"witness key of the vectors").digest()
WITNESS = FileLogSigner(Ed25519PrivateKey.from_private_bytes(SEED), WITNESS_NAME)
STRANGER = FileLogSigner(
    Ed25519PrivateKey.from_private_bytes(sha256(b"another log of the vectors").digest()),
    "log.example/stranger",
)
SECONDS = int(NOW.timestamp())
LEAVES = [leaf_hash(b"leaf %d" % number) for number in range(300)]
FORKED = [*LEAVES[:6], *(leaf_hash(b"other %d" % number) for number in range(294))]
SIZE = "text/x.tlog.size"
TEXT = "text/plain; charset=utf-8"

Case = dict[str, Any]


def witness_vectors() -> dict[str, Any]:
    """Keys, time, and cases: what the witness has cosigned before (`stored`), what is asked, what is answered."""
    return {
        "log_vkey": encode_vkey(ORIGIN, LOG_KEY.public_key),
        "witness_name": WITNESS_NAME,
        "witness_seed": SEED.hex(),
        "witness_vkey": encode_vkey(WITNESS_NAME, WITNESS.public_key, COSIGNATURE_V1),
        "time": SECONDS,
        "accepted": _accepted(),
        "refused": [*_refused(), *_malformed()],
    }


def _accepted() -> list[Case]:
    extended = _text(9).removesuffix("\n") + "\nextension one\nextension two\n"
    many = [_sign(WITNESS, _text(9)), *(_strange(number, _text(9)) for number in range(20))]
    cases = {
        "the-first-checkpoint": (0, 0, _text(9), []),
        "the-first-checkpoint-of-an-empty-log": (0, 0, _text(0), []),
        "a-log-that-was-empty": (0, 0, _text(1), []),
        "one-leaf-more": (8, 8, _text(9), []),
        "from-an-odd-size": (7, 7, _text(256), []),
        "many-leaves-more": (9, 9, _text(300), []),
        "nothing-new": (9, 9, _text(9), []),
        "extension-lines": (0, 0, extended, []),
        "signatures-of-unknown-keys": (8, 8, _text(9), many),
        "the-cosignature-of-the-log": (0, 0, _text(9), [_cosign(LOG_KEY, _text(9))]),
    }
    return [
        {
            "name": name,
            "stored": _stored(stored),
            "old_size": old,
            "proof": [item.hex() for item in _proof(old, text)],
            "checkpoint": text,
            **_request(encode_add_checkpoint(old, _proof(old, text), _note(text, *more))),
            **_answer(200, _cosign(WITNESS, text)),
        }
        for name, (stored, old, text, more) in cases.items()
    ]


def _refused() -> list[Case]:
    fork, flipped = _text(9, FORKED), bytes(32)
    wrong = _sign(LOG_KEY, _text(8))
    ask = encode_add_checkpoint
    cases: dict[str, tuple[int, bytes, int, str]] = {
        "another-log": (0, ask(0, [], _note_of_a_stranger()), 404, "origin-unknown"),
        "no-signature-of-the-log": (
            0,
            ask(0, [], encode_note(_text(9), [_sign(WITNESS, _text(9))])),
            403,
            "signature-missing",
        ),
        "the-log-has-only-cosigned": (
            0,
            ask(0, [], encode_note(_text(9), [_cosign(LOG_KEY, _text(9))])),
            403,
            "signature-missing",
        ),
        "a-wrong-signature-of-the-log": (
            0,
            ask(0, [], encode_note(_text(9), [wrong])),
            403,
            "signature-wrong",
        ),
        "a-right-and-a-wrong-signature": (0, ask(0, [], _note(_text(9), wrong)), 403, "signature-wrong"),
        "old-is-larger": (9, ask(10, [flipped], _note(_text(9))), 400, "old-size-too-large"),
        "old-is-behind": (9, ask(8, _proof(8, _text(300)), _note(_text(300))), 409, "9"),
        "old-is-zero-to-ask-for-the-size": (9, ask(0, [], _note(_text(300))), 409, "9"),
        "old-is-ahead": (7, ask(8, _proof(8, _text(9)), _note(_text(9))), 409, "7"),
        "nothing-is-known-and-old-is-not-zero": (0, ask(8, _proof(8, _text(9)), _note(_text(9))), 409, "0"),
        "the-log-went-back": (9, ask(8, [], _note(_text(8))), 409, "9"),
        "same-size-other-root": (9, ask(9, [], _note(fork)), 409, "9"),
        "empty-log-with-a-root": (0, ask(0, [], _note(checkpoint_text(ORIGIN, 0, flipped))), 409, "0"),
        "a-fork": (9, ask(9, _proof(9, _text(300, FORKED), FORKED), _note(_text(300, FORKED))), 422, "proof-wrong"),
        "no-proof": (9, ask(9, [], _note(_text(300))), 422, "proof-wrong"),
        "proof-of-another-size": (9, ask(9, _proof(8, _text(300)), _note(_text(300))), 422, "proof-wrong"),
        "one-hash-too-many": (9, ask(9, [*_proof(9, _text(300)), flipped], _note(_text(300))), 422, "proof-wrong"),
        "one-hash-too-few": (9, ask(9, _proof(9, _text(300))[:-1], _note(_text(300))), 422, "proof-wrong"),
        "hashes-in-another-order": (
            9,
            ask(9, _proof(9, _text(300))[::-1], _note(_text(300))),
            422,
            "proof-wrong",
        ),
        "proof-between-equal-trees": (9, ask(9, [flipped], _note(_text(9))), 422, "proof-wrong"),
        "proof-from-nothing": (0, _asked("old 0", [_b64(flipped)], _text(9)), 422, "proof-wrong"),
    }  # fmt: skip
    return [
        {"name": name, "stored": _stored(stored), **_request(raw), **_answer(status, f"{said}\n")}
        for name, (stored, raw, status, said) in cases.items()
    ]


def _malformed() -> list[Case]:
    good, text = encode_add_checkpoint(8, _proof(8, _text(9)), _note(_text(9))), _text(9)
    [line] = [_b64(item) for item in _proof(8, text)]
    note = _note(text)
    cases: dict[str, bytes] = {
        "empty": b"",
        "an-empty-line": b"\n",
        "old-line-missing": b"\n" + note,
        "note-alone": note,
        "old-without-size": _asked("old", [line], text),
        "old-with-two-spaces": _asked("old  8", [line], text),
        "old-with-a-tab": _asked("old\t8", [line], text),
        "old-in-capitals": _asked("OLD 8", [line], text),
        "size-with-leading-zero": _asked("old 08", [line], text),
        "size-two-zeroes": _asked("old 00", [line], text),
        "size-with-plus": _asked("old +8", [line], text),
        "size-negative": _asked("old -8", [line], text),
        "size-in-hexadecimal": _asked("old 0x8", [line], text),
        "size-in-other-digits": _asked("old ٨", [line], text),
        "size-with-a-space-behind": _asked("old 8 ", [line], text),
        "size-of-64-bits": _asked("old 9223372036854775808", [line], text),
        "size-of-many-digits": _asked("old " + "9" * 40, [line], text),
        "two-old-lines": _asked("old 8", ["old 8", line], text),
        "carriage-returns": good.replace(b"\n", b"\r\n"),
        "proof-not-base64": _asked("old 8", ["*" * 44], text),
        "proof-without-padding": _asked("old 8", [line[:-1]], text),
        "proof-not-canonical": _asked("old 8", [line[:-2] + "9="], text),
        "proof-url-alphabet": _asked("old 8", ["_" * 43 + "="], text),
        "proof-of-31-bytes": _asked("old 8", [_b64(bytes(31))], text),
        "proof-of-33-bytes": _asked("old 8", [_b64(bytes(33))], text),
        "proof-with-a-space": _asked("old 8", [line + " "], text),
        "proof-of-two-hashes-in-a-line": _asked("old 8", [line + line], text),
        "proof-of-64-lines": _asked("old 8", [line] * 64, text),
        "no-empty-line": good.replace(b"\n\n", b"\n", 1),
        "two-empty-lines": good.replace(b"\n\n", b"\n\n\n", 1),
        "no-note": f"old 8\n{line}\n\n".encode(),
        "note-without-signatures": f"old 8\n{line}\n\n{text}".encode(),
        "note-without-final-newline": good[:-1],
        "note-not-utf-8": good.replace(ORIGIN.encode(), b"\xff\xfe"),
        "note-with-a-control-character": _asked("old 8", [line], text.replace("\n9\n", "\n9\x00\n")),
        "note-with-65-signatures": encode_add_checkpoint(8, _proof(8, text), _note(text, *[_sign(WITNESS, text)] * 64)),
        "signature-too-short": encode_add_checkpoint(8, _proof(8, text), encode_note(text, ["— a AAAA\n"])),
        "checkpoint-size-with-leading-zero": _asked("old 8", [line], text.replace("\n9\n", "\n09\n")),
        "checkpoint-size-negative": _asked("old 0", [], text.replace("\n9\n", "\n-9\n")),
        "checkpoint-size-of-64-bits": _asked("old 0", [], text.replace("\n9\n", "\n9223372036854775808\n")),
        "checkpoint-root-too-short": _asked("old 0", [], f"{ORIGIN}\n9\n{_b64(bytes(31))}\n"),
        "checkpoint-of-two-lines": _asked("old 0", [], f"{ORIGIN}\n9\n"),
        "checkpoint-with-an-empty-line": _asked("old 0", [], text + "\nextension\n"),
        "checkpoint-without-origin": _asked("old 0", [], "\n9\n" + _b64(bytes(32)) + "\n"),
    }  # fmt: skip
    return [
        {"name": name, "stored": _stored(8), **_request(raw), **_answer(400, "malformed\n")}
        for name, raw in cases.items()
    ]


def _stored(size: int) -> str | None:
    """The note that the witness has cosigned before; 0: none."""
    return _note(_text(size)).decode() if size else None


def _request(raw: bytes) -> Case:
    """As text, or as base64 of what is none."""
    try:
        return {"request": raw.decode()}
    except UnicodeDecodeError:
        return {"request_base64": _b64(raw)}


def _answer(status: int, body: str) -> Case:
    return {"status": status, "content_type": SIZE if status == 409 else TEXT, "answer": body}


def _text(size: int, leaves: list[bytes] = LEAVES) -> str:
    root = ListTree(leaves[:size]).root if size else sha256(b"").digest()
    return checkpoint_text(ORIGIN, size, root)


def _proof(old: int, text: str, leaves: list[bytes] = LEAVES) -> tuple[bytes, ...]:
    size = int(text.split("\n")[1])
    return consistency_proof(ListTree(leaves[:size]).node, old, size) if old else ()


def _note(text: str, *more: str) -> bytes:
    return encode_note(text, [_sign(LOG_KEY, text), *more])


def _note_of_a_stranger() -> bytes:
    text = checkpoint_text(STRANGER.origin, 9, ListTree(LEAVES[:9]).root)
    return encode_note(text, [_sign(STRANGER, text)])


def _asked(old: str, proof: list[str], text: str) -> bytes:
    return "".join(f"{line}\n" for line in [old, *proof, ""]).encode() + _note(text)


def _sign(key: FileLogSigner, text: str) -> str:
    return signature_line(key.origin, key.public_key, key.sign(text.encode()))


def _cosign(key: FileLogSigner, text: str) -> str:
    signature = key.sign(cosignature_message(text, SECONDS))
    return cosignature_line(key.origin, key.public_key, SECONDS, signature)


def _strange(number: int, text: str) -> str:
    """A line under the log's own name and another key: to be passed over, not to be tried."""
    key = FileLogSigner(Ed25519PrivateKey.from_private_bytes(sha256(b"%d" % number).digest()), ORIGIN)
    return _sign(key, text)


def _b64(content: bytes) -> str:
    return base64.b64encode(content).decode()
