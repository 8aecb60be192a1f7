// What is kept of the public ledger for times without network: one whole set of files for one checkpoint, the shards by
// their roots, and the greatest checkpoint seen. Public bytes alone, no record, no verdict; nothing here is believed
// before the checker has verified it like a file of the server.

import { TreeProblem } from "./tree.js";

const SET = "kept-set-";
const SHARDS = "kept-shards";
const SEEN = "kept-seen";
const FACTS = "/kept-facts.json";
const NO_FILE = 404;
const SHARD = /^status\/shard\/([0-9a-f]{64})$/;

/** The root that a path names as a shard's, in hexadecimal; null for every other file. */
export function shardOf(path) {
  return SHARD.exec(path)?.[1] ?? null;
}

/** Whether this browser keeps files at all: only a page of a secure context may. */
export function mayKeep() {
  return typeof caches !== "undefined";
}

/**
 * The newest whole set, or null.
 * @returns {Promise<?{name: string, facts: Object}>} `facts`: `origin`, `size`, `sequence`, `as_of` and `kept_at` (seconds
 *   since 1970), `roots` (of all shards, in order), `wants_all`.
 */
export async function newestKept() {
  if (!mayKeep()) return null;
  const sets = [];
  for (const name of await setNames()) {
    const facts = await factsOf(name);
    if (facts !== null) sets.push({ name, facts });
  }
  return sets.sort((one, other) => other.facts.kept_at - one.facts.kept_at)[0] ?? null;
}

/**
 * A reader of a kept set.
 * @returns async (path) => Uint8Array, or null for a file that the server did not have either.
 * @throws {TreeProblem} `tree-missing` for a file that is not kept.
 */
export function keptReader({ name }) {
  return async (path) => {
    const found = await keptResponse(name, path);
    if (found === undefined) throw new TreeProblem("tree-missing", path);
    return found.status === NO_FILE ? null : new Uint8Array(await found.arrayBuffer());
  };
}

/** The bytes of a file of a set, or null where it is not kept. */
export async function keptBytes({ name }, path) {
  const found = await keptResponse(name, path);
  return found === undefined || found.status === NO_FILE ? null : new Uint8Array(await found.arrayBuffer());
}

/** Keep a verified shard. */
export async function keepShard(root, raw) {
  await (await caches.open(SHARDS)).put(`/${root}`, new Response(raw));
}

/** The roots of the shards that are kept, in hexadecimal. */
export async function keptShards() {
  const found = await (await caches.open(SHARDS)).keys();
  return new Set(found.map(({ url }) => new URL(url).pathname.slice(1)));
}

/**
 * Keep a set as a whole; those before it go once it stands. What is written last, the facts, makes it a set.
 * @param files a Map of path to bytes, or to null where the server has no such file; shards are kept apart.
 */
export async function keepSet(files, facts) {
  const before = await setNames();
  const name = `${SET}${facts.size}-${crypto.randomUUID()}`;
  const cache = await caches.open(name);
  for (const [path, raw] of files) {
    if (shardOf(path) === null) await cache.put(`/${path}`, raw === null ? new Response(null, { status: NO_FILE }) : new Response(raw));
  }
  await cache.put(FACTS, new Response(JSON.stringify(facts)));
  for (const old of before) await caches.delete(old);
  const current = new Set(facts.roots);
  const shards = await caches.open(SHARDS);
  for (const root of await keptShards()) if (!current.has(root)) await shards.delete(`/${root}`);
}

/** Forget all that was kept, but for the greatest checkpoint seen: `forgetSeen` is for that. */
export async function removeKept() {
  for (const name of [...(await setNames()), SHARDS]) await caches.delete(name);
}

/**
 * The greatest checkpoint and trust list that this browser has verified: `{origin, root, size, sequence}`, or null.
 * `root` (check.js, `rootOf`) tells apart logs of one origin. A damaged record is none: it must lock nobody out.
 */
export async function greatestSeen() {
  if (!mayKeep()) return null;
  const seen = await readJson(await caches.match(FACTS, { cacheName: SEEN }));
  return isSeen(seen) ? seen : null;
}

/** Remember a verified checkpoint and trust list, where they are greater than those seen. Another log begins anew. */
export async function rememberSeen({ origin, root, size, sequence }) {
  if (!mayKeep()) return;
  const seen = await greatestSeen();
  const known = seen?.origin === origin && seen.root === root ? seen : { size: 0, sequence: 0 };
  const greatest = { origin, root, size: Math.max(size, known.size), sequence: Math.max(sequence, known.sequence) };
  if (JSON.stringify(greatest) === JSON.stringify(seen)) return;
  await (await caches.open(SEEN)).put(FACTS, new Response(JSON.stringify(greatest)));
}

/** Forget the greatest checkpoint seen: from then on a ledger that was set back is not noticed. */
export async function forgetSeen() {
  await caches.delete(SEEN);
}

function isSeen(seen) {
  const named = typeof seen?.origin === "string" && typeof seen.root === "string";
  return named && [seen.size, seen.sequence].every((count) => Number.isSafeInteger(count) && count >= 0);
}

async function setNames() {
  return (await caches.keys()).filter((name) => name.startsWith(SET));
}

async function factsOf(name) {
  return readJson(await (await caches.open(name)).match(FACTS));
}

// A damaged entry is none.
async function readJson(found) {
  try {
    return found === undefined ? null : await found.json();
  } catch {
    return null;
  }
}

async function keptResponse(name, path) {
  const root = shardOf(path);
  if (root !== null) return (await caches.open(SHARDS)).match(`/${root}`);
  return (await caches.open(name)).match(`/${path}`);
}
