// The public tree: latest checkpoint, its seal, and the status of a slot (docs/formats/ledger.md).
// The server sees which 1 of 131,072 slots' shard was read, never which slot.

import { NotCbor, decodeCbor, equalBytes } from "./cbor.js";
import { TILE_WIDTH, isLastLeaf, leafHash, perfectRoot, pieces, tileHashes, tilePath } from "./merkle.js";
import { BadNote, COSIGNATURE, asType, cosignedAt, decodeCheckpoint, decodeNote, hasLogSignature, toHex } from "./note.js";

const SHARD_SLOTS = 131_072;
const SHARD_BYTES = 65_536;
const CHUNK_BYTES = 256;
const SEAL = 101;
const LOCAL_SECONDS = 8 * 3600; // Asia/Shanghai, which keeps no summer time
const STATUSES = ["unknown", "valid", "suspended", "revoked", "written_off", "voided", "superseded", "historical"];

/** The tree gives no answer; `code` (codes.json) says why. */
export class TreeProblem extends Error {
  constructor(code, detail) {
    super(detail);
    this.code = code;
  }
}

/**
 * Read the newest checkpoint and the seal that is its last leaf.
 * @param readFile async (path) => Uint8Array, or null when the server has no such file; throws TreeProblem.
 * @param logKeys the log's keys from the trust list. A key is believed only for times within its dates.
 * @returns `cosignedAt`: seconds since 1970, null without a cosignature of a log key.
 *   {Promise<{size: number, root: Uint8Array, cosignedAt: ?number, seal: Object, note: Object}>}
 * @throws {TreeProblem}
 */
export async function readLatest(readFile, logKeys) {
  const raw = await required(readFile, "checkpoint");
  const note = reading("checkpoint-unreadable", () => decodeNote(raw));
  const checkpoint = reading("checkpoint-unreadable", () => decodeCheckpoint(note.text));
  return asInconsistent(async () => {
    const seconds = await newestInForce(note, await signersOf(note, checkpoint.origin, logKeys));
    return { ...checkpoint, note, cosignedAt: seconds, seal: await readSeal(readFile, checkpoint) };
  });
}

/**
 * The status of a slot under the seal.
 * @returns {Promise<string>} a status of verdict.md; "unknown" for a slot that nothing was written to.
 * @throws {TreeProblem}
 */
export async function readStatus(readFile, seal, slot) {
  return asInconsistent(async () => {
    if (slot >= seal.slots) return "unknown";
    const shardRoot = (await shardRootsOf(readFile, seal))[Math.floor(slot / SHARD_SLOTS)];
    const shard = await required(readFile, `status/shard/${shardRoot}`);
    check(await isShardOf(shard, shardRoot), "root of the shard");
    return statusAt(shard, slot % SHARD_SLOTS);
  });
}

/** The roots of all shards under the seal, in order, in hexadecimal. @throws {TreeProblem} */
export async function readShardRoots(readFile, seal) {
  return asInconsistent(() => shardRootsOf(readFile, seal));
}

/** Whether bytes are the shard with this root (hexadecimal). */
export async function isShardOf(shard, root) {
  if (shard.length !== SHARD_BYTES) return false;
  const chunks = await Promise.all(pieces(shard, CHUNK_BYTES).map(leafHash));
  return toHex(await perfectRoot(chunks)) === root;
}

async function shardRootsOf(readFile, seal) {
  const roots = tileHashes(await required(readFile, `status/${seal.index}/roots`));
  check(roots.length === seal.slots / SHARD_SLOTS, "number of shards");
  check(equalBytes(await perfectRoot(roots), seal.root), "roots of the shards");
  return roots.map(toHex);
}

async function signersOf(note, origin, logKeys) {
  const signers = [];
  for (const key of logKeys) {
    if (key.name === origin && (await hasLogSignature(note, key))) signers.push(key);
  }
  if (signers.length === 0) throw new TreeProblem("checkpoint-key-unknown", origin);
  return signers;
}

// Whoever comes by the private part of a retired key can still sign, but not for today.
async function newestInForce(note, signers) {
  const times = [];
  for (const key of signers) {
    const seconds = await cosignedAt(note, asType(key, COSIGNATURE));
    if (speaksAt(key, seconds)) times.push(seconds);
  }
  if (times.length === 0) throw new TreeProblem("checkpoint-key-not-in-force", "dates of the log key");
  const known = times.filter((seconds) => seconds !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function speaksAt({ validFrom, validTo }, seconds) {
  if (seconds === null) return validTo === null;
  const instant = new Date((seconds + LOCAL_SECONDS) * 1000);
  // Beyond the calendar: later than any day.
  if (Number.isNaN(instant.getTime()) || instant.getUTCFullYear() > 9999) return validTo === null;
  const day = instant.toISOString().slice(0, 10);
  return validFrom <= day && (validTo === null || day <= validTo);
}

function statusAt(shard, slot) {
  const byte = shard[slot >> 1];
  const value = slot % 2 === 0 ? byte & 0x0f : byte >> 4;
  check(value < STATUSES.length, "status value");
  return STATUSES[value];
}

async function readSeal(readFile, { size, root }) {
  check(size > 0, "empty log");
  const entry = await readLastEntry(readFile, size);
  const readTile = (level, index, width) => readHashes(readFile, level, index, width);
  check(await isLastLeaf(await leafHash(entry), size, root, readTile), "inclusion of the last leaf");
  const leaf = decodeCbor(entry);
  check(Array.isArray(leaf) && leaf.length === 5 && leaf[0] === 1 && leaf[1] === SEAL, "seal");
  const [, , index, slots, statusRoot] = leaf;
  check(index === size - 1, "seal's index");
  check(Number.isSafeInteger(slots) && slots >= SHARD_SLOTS && Number.isInteger(Math.log2(slots)), "slots");
  check(statusRoot instanceof Uint8Array && statusRoot.length === 32, "status root");
  return { index, slots, root: statusRoot };
}

async function readLastEntry(readFile, size) {
  const last = size - 1;
  const width = (last % TILE_WIDTH) + 1;
  const bundle = await readTileFile(readFile, "entries", Math.floor(last / TILE_WIDTH), width);
  let position = 0;
  for (let i = 1; i < width; i += 1) position += 2 + entryLength(bundle, position);
  const start = position + 2;
  return bundle.slice(start, start + entryLength(bundle, position));
}

function entryLength(bundle, position) {
  check(position + 2 <= bundle.length, "entry bundle");
  const length = bundle[position] * 256 + bundle[position + 1];
  check(position + 2 + length <= bundle.length, "entry bundle");
  return length;
}

async function readHashes(readFile, level, index, width) {
  const hashes = tileHashes(await readTileFile(readFile, level, index, width));
  check(hashes.length >= width, "tile width");
  return hashes.slice(0, width);
}

// A log may drop a partial tile once the full one exists (tlog-tiles, "Partial Tiles").
async function readTileFile(readFile, level, index, width) {
  const partial = await readFile(tilePath(level, index, width));
  return partial ?? required(readFile, tilePath(level, index, TILE_WIDTH));
}

async function required(readFile, path) {
  const raw = await readFile(path);
  if (raw === null) throw new TreeProblem("tree-missing", path);
  return raw;
}

function reading(code, decode) {
  try {
    return decode();
  } catch (error) {
    if (error instanceof BadNote) throw new TreeProblem(code, error.message);
    throw error;
  }
}

async function asInconsistent(read) {
  try {
    return await read();
  } catch (error) {
    if (error instanceof BadNote || error instanceof NotCbor) throw new TreeProblem("tree-inconsistent", error.message);
    throw error;
  }
}

function check(condition, detail) {
  if (!condition) throw new TreeProblem("tree-inconsistent", detail);
}
