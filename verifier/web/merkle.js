// RFC 6962 tree hashing over tiles of 256 hashes (C2SP tlog-tiles).

import { equalBytes, joinBytes } from "./cbor.js";
import { sha256 } from "./signature.js";

export const TILE_WIDTH = 256;
const HASH_BYTES = 32;

/** The hash of a leaf's bytes. */
export function leafHash(entry) {
  return sha256(joinBytes([Uint8Array.of(0), entry]));
}

/** The hash of an inner node. */
export function nodeHash(left, right) {
  return sha256(joinBytes([Uint8Array.of(1), left, right]));
}

/** The root over equal subtrees whose number is a power of two. */
export async function perfectRoot(hashes) {
  let row = hashes;
  while (row.length > 1) {
    const pairs = Array.from({ length: row.length / 2 }, (_, i) => nodeHash(row[2 * i], row[2 * i + 1]));
    row = await Promise.all(pairs);
  }
  return row[0];
}

/** Cut bytes into pieces of `width`. */
export function pieces(bytes, width) {
  return Array.from({ length: bytes.length / width }, (_, i) => bytes.subarray(i * width, (i + 1) * width));
}

/** The 32-byte hashes of a tile. */
export function tileHashes(tile) {
  return pieces(tile, HASH_BYTES);
}

/** The path of a tile: `tile/<level>/<index>[.p/<width>]`; level may be "entries". */
export function tilePath(level, index, width) {
  const groups = [String(index % 1000).padStart(3, "0")];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift("x" + String(rest % 1000).padStart(3, "0"));
  }
  return `tile/${level}/${groups.join("/")}${width < TILE_WIDTH ? `.p/${width}` : ""}`;
}

/**
 * Prove that `hash` is the last leaf of the tree of `size` leaves with `root`.
 * @param readTile async (level, index, width) => hashes of that tile.
 * @returns {Promise<boolean>} false when the tiles do not add up to the root or the last leaf is another one.
 */
export async function isLastLeaf(hash, size, root, readTile) {
  const edge = await rightEdge(size, readTile);
  const foldedRoot = await foldEdge(edge);
  if (!equalBytes(foldedRoot, root)) return false;
  return equalBytes(await lastLeafBelow(edge, size, readTile), hash);
}

// The partial tiles of the right edge, lowest level first; levels whose tile is empty have no hashes.
async function rightEdge(size, readTile) {
  const edge = [];
  for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / TILE_WIDTH)) {
    const width = count % TILE_WIDTH;
    const index = Math.floor(count / TILE_WIDTH);
    edge.push({ level, hashes: width === 0 ? [] : await readTile(level, index, width) });
  }
  return edge;
}

async function foldEdge(edge) {
  let folded = null;
  for (const { hashes } of edge) {
    for (const peak of (await peaksOf(hashes)).reverse()) {
      folded = folded === null ? peak : await nodeHash(peak, folded);
    }
  }
  return folded;
}

// The roots of the largest perfect subtrees, from left to right.
async function peaksOf(hashes) {
  const peaks = [];
  for (let rest = hashes; rest.length > 0; ) {
    const width = 2 ** Math.floor(Math.log2(rest.length));
    peaks.push(await perfectRoot(rest.slice(0, width)));
    rest = rest.slice(width);
  }
  return peaks;
}

// Walk down from the lowest tile of the edge that has hashes, through full tiles, to the last leaf's hash.
async function lastLeafBelow(edge, size, readTile) {
  const lowest = edge.find(({ hashes }) => hashes.length > 0);
  let last = lowest.hashes.at(-1);
  for (let level = lowest.level - 1; level >= 0; level -= 1) {
    const hashes = await readTile(level, Math.floor(size / TILE_WIDTH ** (level + 1)) - 1, TILE_WIDTH);
    if (!equalBytes(await perfectRoot(hashes), last)) return new Uint8Array(0);
    last = hashes.at(-1);
  }
  return last;
}
