"""Whatever a server sends, the browser checker reads no more of a file than it can hold."""

from __future__ import annotations

import pytest

from tests.web.test_golden_vectors import Checker, checker

__all__ = ["checker"]

MEGABYTE = 1 << 20
_READ = """const [{ fileReader }, { TreeProblem }] = await Promise.all([load("files"), load("tree")]);
    const own = globalThis.fetch;
    let [sent, cancelled] = [0, false];
    const stream = new ReadableStream({
        pull(controller) {
            if (sent >= vectors.pieces) return vectors.breaks ? controller.error(new Error("away")) : controller.close();
            sent += 1;
            controller.enqueue(new Uint8Array(vectors.size).fill(sent));
        },
        cancel() { cancelled = true; },
    }, { highWaterMark: 0 });
    globalThis.fetch = async () => new Response(vectors.pieces === 0 ? null : stream, { headers: vectors.headers });
    try {
        const raw = await fileReader("https://log.example/")("tile/0/000");
        return { length: raw.length, last: raw.at(-1) ?? null, sent, cancelled };
    } catch (error) {
        if (error instanceof TreeProblem) return { code: error.code, sent, cancelled };
        throw error;
    } finally { globalThis.fetch = own; }"""


def read(
    checker: Checker,
    pieces: int,
    size: int = MEGABYTE,
    headers: dict[str, str] | None = None,
    *,
    breaks: bool = False,
) -> dict[str, object]:
    told: dict[str, object] = checker.run(
        _READ, {"pieces": pieces, "size": size, "headers": headers or {}, "breaks": breaks}
    )
    return told


@pytest.mark.parametrize("headers", [{}, {"content-length": "5"}, {"content-encoding": "gzip"}])
def test_a_body_longer_than_announced_is_left_when_it_is_too_long(
    checker: Checker, headers: dict[str, str]
) -> None:
    told = read(checker, 1000, headers=headers)
    assert told == {"code": "tree-inconsistent", "sent": 17, "cancelled": True}


def test_a_body_that_says_it_is_too_long_is_not_read(checker: Checker) -> None:
    told = read(checker, 3, headers={"content-length": str(16 * MEGABYTE + 1)})
    assert (told["code"], told["sent"]) == ("tree-inconsistent", 0)


def test_a_body_in_pieces_is_read_whole(checker: Checker) -> None:
    assert read(checker, 16) == {"length": 16 * MEGABYTE, "last": 16, "sent": 16, "cancelled": False}
    assert read(checker, 3, 5)["length"] == 15
    assert read(checker, 0)["length"] == 0


def test_a_body_that_breaks_off_is_missing(checker: Checker) -> None:
    assert read(checker, 2, breaks=True)["code"] == "tree-missing"
