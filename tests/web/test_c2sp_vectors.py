"""The stored C2SP cases drive the browser checker too: notes, keys and policies are judged there as everywhere."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from scripts.c2sp_notes import LOG, STRANGER
from tests.verifier.builders import key
from tests.web.test_golden_vectors import Checker, checker

__all__ = ["checker"]

VECTORS = Path(__file__).parents[1] / "vectors" / "c2sp"
BEYOND_NUMBERS = {"largest size"}  # JavaScript counts exactly up to 2^53 - 1
_WITNESSES = [
    LOG,
    *(key(f"w{n}.example", 20 + n) for n in range(6)),
    *(key(f"m{n}", 100 + n) for n in range(32)),
]
SIGNERS = {witness.vkey(4): witness for witness in _WITNESSES}


def cases(kind: str) -> list[dict[str, Any]]:
    """The cases of a file, each with its bytes in base64."""
    rows: list[dict[str, Any]] = json.loads((VECTORS / f"{kind}.json").read_text(encoding="utf-8"))["cases"]
    for row in rows:
        if "raw" not in row:
            row["raw"] = base64.b64encode(row.get("text", "").encode()).decode()
    return rows


def told_otherwise(rows: list[dict[str, Any]], accepted: list[bool]) -> list[str]:
    return [row["what"] for row, told in zip(rows, accepted, strict=True) if told is not row["holds"]]


def test_notes_open_in_the_browser_as_written(checker: Checker) -> None:
    rows = cases("notes")
    accepted = checker.run(
        """const { decodeNote, decodeVerifierKey, hasLogSignature, cosignedAt, LOG_SIGNATURE, BadNote } = await load("note");
        return Promise.all(vectors.map(async (row) => {
            try {
                const note = decodeNote(raw(row.raw));
                let signed = false;
                for (const line of row.keys) {
                    const key = await decodeVerifierKey(line);
                    const found = key.type === LOG_SIGNATURE ? await hasLogSignature(note, key)
                        : (await cosignedAt(note, key)) !== null;
                    signed = found || signed;
                }
                return signed;
            } catch (error) {
                if (error instanceof BadNote) return false;
                throw error;
            }
        }));""",
        rows,
    )
    assert told_otherwise(rows, accepted) == []


def test_cosignatures_are_verified_in_the_browser_as_written(checker: Checker) -> None:
    rows = [row | {"time": str(row["time"])} for row in cases("cosignatures")]
    accepted = checker.run(
        """const { decodeNote, decodeVerifierKey, cosignedAt, BadNote } = await load("note");
        return Promise.all(vectors.map(async (row) => {
            try {
                const note = decodeNote(new TextEncoder().encode(`${row.text}\\n${row.line}`));
                return (await cosignedAt(note, await decodeVerifierKey(row.vkey))) === Number(row.time);
            } catch (error) {
                if (error instanceof BadNote) return false;
                throw error;
            }
        }));""",
        rows,
    )
    assert told_otherwise(rows, accepted) == []


def test_policies_are_read_and_met_in_the_browser_as_written(checker: Checker) -> None:
    rows = cases("policies")
    accepted = checker.run(
        """const [{ decodePolicy }, { BadNote }] = await Promise.all([load("policy"), load("note")]);
        return Promise.all(vectors.map(async (row) => {
            try { await decodePolicy(raw(row.raw)); return true; }
            catch (error) { if (error instanceof BadNote) return false; throw error; }
        }));""",
        rows,
    )
    assert told_otherwise(rows, accepted) == []


def test_the_quorum_is_met_in_the_browser_by_the_same_witnesses(checker: Checker) -> None:
    rows = [row for row in cases("policies") if row["holds"]]
    text = "log.example/zc\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    for row in rows:
        row["notes"] = [f"{text}\n{_cosigned(row.get('text', ''), text, names)}" for names in row["met"]]
    met = checker.run(
        """const [{ decodePolicy, witnessedBy }, { decodeNote }] = await Promise.all([load("policy"), load("note")]);
        return Promise.all(vectors.map(async (row) => {
            const policy = await decodePolicy(raw(row.raw));
            return Promise.all(row.notes.map(async (note) =>
                (await witnessedBy(decodeNote(new TextEncoder().encode(note)), policy, 5)).quorumMet));
        }));""",
        rows,
    )
    assert met == [list(row["met"].values()) for row in rows]


def _cosigned(policy: str, text: str, names: str) -> str:
    """The lines of the witnesses that a policy calls by these names, or of a stranger when there are none."""
    called = dict(line.split()[1:3] for line in policy.splitlines() if line.split()[:1] == ["witness"])
    signing = [SIGNERS.get(called[name], STRANGER) for name in names.split() if name in called] or [STRANGER]
    return "".join(signer.cosign(text, 5) for signer in signing)


def test_checkpoints_are_read_in_the_browser_as_written(checker: Checker) -> None:
    rows = [row for row in cases("checkpoints") if row["what"] not in BEYOND_NUMBERS]
    accepted = checker.run(
        """const { decodeCheckpoint, BadNote } = await load("note");
        return vectors.map((row) => {
            try { decodeCheckpoint(row.text); return true; }
            catch (error) { if (error instanceof BadNote) return false; throw error; }
        });""",
        rows,
    )
    assert told_otherwise(rows, accepted) == []
