"""The golden vectors drive the browser checker too: a second reader, written apart, of the same bytes."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from certsvc.entrypoints.public_api import create_app
from tests.support.old_browser import WITHOUT_ED25519
from tests.web.builders import served

VECTORS = Path(__file__).parents[1] / "vectors"
SHARD_BYTES, CHUNK_BYTES = 65_536, 256
_TOOLS = """
    const load = (name) => import(`${address}/${name}.js`);
    const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const bytes = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
    const raw = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
"""


class Checker:
    """The checker's modules inside a page."""

    def __init__(self, page: Page) -> None:
        self._page = page
        stylesheet = page.locator("link[rel=stylesheet]").get_attribute("href") or ""
        self._address = stylesheet.rpartition("/")[0]

    def run(self, body: str, vectors: Any) -> Any:
        """Run the body of an async function of `vectors`; `load(name)` gives a module."""
        script = f"async ([address, vectors]) => {{ {_TOOLS} {body} }}"
        return self._page.evaluate(script, [self._address, vectors])


@pytest.fixture(scope="module", params=["WebCrypto", "script"])
def checker(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Checker]:
    """Twice: with the browser's own Ed25519, and with the script that stands in for it in older web views."""
    with served(create_app(tmp_path_factory.mktemp("empty"))) as address:
        page = browser.new_page()
        if request.param == "script":
            page.add_init_script(WITHOUT_ED25519)
        page.goto(address)
        yield Checker(page)
        page.close()


def load(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def test_base_43_is_read_and_written_as_in_the_vectors(checker: Checker) -> None:
    vectors = load("base43")
    read = checker.run(
        """const { decodeText, encodeText } = await load("base43");
        return vectors.map(({ digits, hex: known }) => [
            hex(decodeText(`${digits}Z`).bytes), encodeText(bytes(known)).slice(0, -1)]);""",
        vectors["good"],
    )
    assert read == [[case["hex"], case["digits"]] for case in vectors["good"]]
    refused = checker.run(
        """const { NotBase43, decodeText } = await load("base43");
        return vectors.map((text) => {
            try { decodeText(`${text}Z`); return "read"; } catch (error) { return error instanceof NotBase43; }
        });""",
        vectors["bad"],
    )
    assert refused == [True] * len(vectors["bad"])


def test_good_records_are_read_to_the_last_field_and_their_signatures_verify(checker: Checker) -> None:
    vectors = load("records")
    read = checker.run(
        """const [{ withoutPrefix, decodeText }, { decodeRecord, judgeSignature }] =
            await Promise.all([load("base43"), load("record")]);
        const key = { kid: vectors.kid, publicKey: bytes(vectors.public_key), validFrom: "2020-01-01", validTo: null };
        return Promise.all(vectors.good.map(async ({ text }) => {
            const record = decodeRecord(withoutPrefix(text));
            const problem = await judgeSignature(record, [key], "2026-11-20");
            return [hex(decodeText(withoutPrefix(text)).bytes), hex(record.signed), record.claims, problem];
        }));""",
        vectors,
    )
    for case, (raw_hex, signed_hex, claims, problem) in zip(vectors["good"], read, strict=True):
        assert (raw_hex, signed_hex, problem) == (case["hex"], case["signed_hex"], None)
        fields = case["fields"]
        area = None if claims["area"] is None else str(claims["area"])
        assert (claims["acquiredOn"], claims["last4"], area) == (
            fields["acquired_on"],
            fields["id_last4"],
            fields["validity_area"],
        )
        for name in ("level", "name", "number", "series", "slot", "title", "version", "way"):
            assert claims[name] == fields[name], name


def test_copies_and_historical_records_are_read_to_the_last_field(checker: Checker) -> None:
    for name in ("annotated-records", "historical-records"):
        vectors = load(name)
        read = checker.run(
            """const [{ withoutPrefix, decodeText }, { decodeRecord, judgeSignature }] =
                await Promise.all([load("base43"), load("record")]);
            const key = { kid: vectors.kid, publicKey: bytes(vectors.public_key), validFrom: "1970-01-01", validTo: null };
            return Promise.all(vectors.good.map(async ({ text }) => {
                const record = decodeRecord(withoutPrefix(text));
                const problem = await judgeSignature(record, [key], "2026-11-20");
                return [hex(decodeText(withoutPrefix(text)).bytes), hex(record.signed), record.claims, problem];
            }));""",
            vectors,
        )
        for case, (raw_hex, signed_hex, claims, problem) in zip(vectors["good"], read, strict=True):
            assert (raw_hex, signed_hex, problem) == (case["hex"], case["signed_hex"], None)
            assert fields_of(claims) == case["fields"]


def fields_of(claims: dict[str, Any]) -> dict[str, Any]:
    """What the encoder was given, from what the browser has read."""
    if claims["historical"] is not None:
        own = {"name": claims["name"], "slot": claims["slot"], "id_last4": claims["last4"]}
        return claims["historical"] | own
    plain = ("number", "version", "slot", "name", "series", "title", "level", "way")
    area = claims["area"]
    certificate = {name: claims[name] for name in plain} | {
        "id_last4": claims["last4"],
        "validity_area": None if area is None else str(area),
        "acquired_on": claims["acquiredOn"],
    }
    copy = claims["copy"]
    words = {"recipient": copy["recipient"], "purpose": copy["purpose"]}
    return {"certificate": certificate, "copy_id": copy["id"], "ends_on": copy["endsOn"], **words}


@pytest.mark.parametrize("name", ["records", "annotated-records", "historical-records"])
def test_bad_records_are_refused_with_the_code_of_the_vector(checker: Checker, name: str) -> None:
    vectors = load(name)
    codes = checker.run(
        """const [{ withoutPrefix }, { decodeRecord, judgeSignature, RecordRefused }] =
            await Promise.all([load("base43"), load("record")]);
        const key = { kid: vectors.kid, publicKey: bytes(vectors.public_key), validFrom: "2020-01-01", validTo: null };
        return Promise.all(vectors.bad.map(async ({ text }) => {
            try {
                return await judgeSignature(decodeRecord(withoutPrefix(text)), [key], "2026-11-20");
            } catch (error) {
                if (error instanceof RecordRefused) return error.code;
                throw error;
            }
        }));""",
        vectors,
    )
    assert dict(zip((case["name"] for case in vectors["bad"]), codes, strict=True)) == {
        case["name"]: case["code"] for case in vectors["bad"]
    }


def test_the_checkpoint_is_read_and_both_its_signatures_verify(checker: Checker) -> None:
    vector = load("checkpoint")
    read = checker.run(
        """const note = await load("note");
        const key = await note.decodeVerifierKey(vectors.vkey);
        const signed = note.decodeNote(new TextEncoder().encode(vectors.note));
        const { origin, size, root } = note.decodeCheckpoint(signed.text);
        const cosigned = await note.cosignedAt(signed, note.asType(key, note.COSIGNATURE));
        return [origin, size, hex(root), await note.hasLogSignature(signed, key), cosigned];""",
        vector,
    )
    assert read == [vector["origin"], vector["size"], vector["root"], True, vector["cosigned_at"]]


def test_a_checkpoint_is_as_old_in_the_browser_as_its_quorum(checker: Checker) -> None:
    vectors = load("ages")
    told = checker.run(
        """const [note, policy] = await Promise.all([load("note"), load("policy")]);
        const octets = (text) => new TextEncoder().encode(text);
        return Promise.all(vectors.map(async (row) => {
            const signed = note.decodeNote(octets(row.note));
            const key = await note.decodeVerifierKey(row.vkey);
            const cosigned = await note.cosignedAt(signed, note.asType(key, note.COSIGNATURE));
            const rules = await policy.decodePolicy(octets(row.policy));
            const { asOf, quorumMet } = await policy.witnessedBy(signed, rules, cosigned);
            return [asOf, quorumMet];
        }));""",
        vectors,
    )
    wanted = [[row["as_of"], row["quorum_met"]] for row in vectors]
    assert dict(zip((row["what"] for row in vectors), told, strict=True)) == dict(
        zip((row["what"] for row in vectors), wanted, strict=True)
    )


def test_a_note_with_one_changed_character_is_refused_or_means_the_same_nowhere(checker: Checker) -> None:
    vector = load("checkpoint")
    accepted = checker.run(
        """const note = await load("note");
        const key = await note.decodeVerifierKey(vectors.vkey);
        const accepted = [];
        for (let at = 0; at < vectors.note.length; at += 1) {
            const changed = vectors.note.slice(0, at) + (vectors.note[at] === "A" ? "B" : "A") + vectors.note.slice(at + 1);
            try {
                const signed = note.decodeNote(new TextEncoder().encode(changed));
                const { origin } = note.decodeCheckpoint(signed.text);
                const cosigner = note.asType(key, note.COSIGNATURE);
                const good = origin === key.name && (await note.hasLogSignature(signed, key))
                    && (await note.cosignedAt(signed, cosigner)) !== null;
                if (good) accepted.push(at);
            } catch (error) {
                if (!(error instanceof note.BadNote)) throw error;
            }
        }
        return accepted;""",
        vector,
    )
    assert accepted == []


def test_the_whole_tree_is_read_up_to_the_status_of_every_slot(checker: Checker) -> None:
    files = {path: expand(content) for path, content in load("tree")["files"].items()}
    (shard,) = (content for path, content in files.items() if path.startswith("status/shard/"))
    slots = [slot for slot in range(2 * SHARD_BYTES) if nibble(shard, slot)] + [0, 131_071, 131_072]
    encoded = {path: base64.b64encode(content).decode() for path, content in files.items()}
    size, cosigned_at, statuses = checker.run(
        """const [{ readLatest, readStatus }, { decodeTrustList }] = await Promise.all([load("tree"), load("trust")]);
        const readFile = async (path) => (path in vectors.files ? raw(vectors.files[path]) : null);
        const { logKeys } = await decodeTrustList(await readFile("trust-list.json"));
        const latest = await readLatest(readFile, logKeys);
        const statuses = [];
        for (const slot of vectors.slots) statuses.push(await readStatus(readFile, latest.seal, slot));
        return [latest.size, latest.cosignedAt, statuses];""",
        {"files": encoded, "slots": slots},
    )
    checkpoint = load("checkpoint")
    assert (size, cosigned_at) == (checkpoint["size"], checkpoint["cosigned_at"])
    words = ["unknown", "valid", "suspended", "revoked", "written_off", "voided", "superseded", "historical"]
    assert statuses == [words[nibble(shard, slot)] if slot < 2 * SHARD_BYTES else "unknown" for slot in slots]


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 65_536, 65_537, 65_792])
def test_the_last_leaf_is_proven_at_every_shape_of_the_right_edge(checker: Checker, size: int) -> None:
    verdicts = checker.run(
        """const { isLastLeaf, leafHash, nodeHash, perfectRoot } = await load("merkle");
        const leaf = await leafHash(new TextEncoder().encode("last"));
        const filler = await leafHash(new TextEncoder().encode("filler"));
        const same = [filler];
        for (let height = 1; height <= 24; height += 1) same.push(await nodeHash(same.at(-1), same.at(-1)));
        // The tree hash of `count` leaves, all filler but for the last.
        const edge = async (count) => {
            if (count === 1) return leaf;
            const height = Math.ceil(Math.log2(count)) - 1;
            return nodeHash(same[height], await edge(count - 2 ** height));
        };
        const readTile = async (level, index, width) => {
            const span = 256 ** level;
            const hashes = new Array(width).fill(same[8 * level]);
            if ((index * 256 + width) * span === vectors) hashes[width - 1] = await edge(span);
            return hashes;
        };
        const root = await edge(vectors);
        return [await isLastLeaf(leaf, vectors, root, readTile), await isLastLeaf(filler, vectors, root, readTile),
                await isLastLeaf(leaf, vectors, filler, readTile)];""",
        size,
    )
    assert verdicts == [True, False, False]


def expand(content: Any) -> bytes:
    """A file of the vectors: base64, or the chunks of a shard that are not all zero."""
    if isinstance(content, str):
        return base64.b64decode(content)
    shard = bytearray(SHARD_BYTES)
    for number, chunk in content.items():
        at = int(number) * CHUNK_BYTES
        shard[at : at + CHUNK_BYTES] = base64.b64decode(chunk)
    return bytes(shard)


def nibble(shard: bytes, slot: int) -> int:
    return shard[slot >> 1] >> (4 * (slot & 1)) & 0xF


def test_manual_codes_are_read_refused_and_derived_as_in_the_vectors(checker: Checker) -> None:
    vectors = load("manual-code")
    derived, read, refused = checker.run(
        """const { ManualCodeRefused, codeOfRecord, decodeManualCode, grouped } = await load("manual_code");
        const groupOf = (typed) => {
            try { return decodeManualCode(typed); }
            catch (error) { return error instanceof ManualCodeRefused ? error.group : "?"; }
        };
        return [
            await Promise.all(vectors.records.map(async (one) => grouped(await codeOfRecord(bytes(one.record_hex))))),
            Object.values(vectors.typed.cases).map(decodeManualCode),
            vectors.refused.map(({ typed }) => groupOf(typed)),
        ];""",
        vectors,
    )
    assert derived == [case["code"] for case in vectors["records"]]
    assert read == [vectors["typed"]["code"]] * len(vectors["typed"]["cases"])
    assert refused == [case["group"] for case in vectors["refused"]]
