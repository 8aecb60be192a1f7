// Bring what is kept forward to the newest checkpoint: verified first, whole or not at all.

import { readLedger } from "./check.js";
import { fileReader } from "./files.js";
import { forgetSeen, greatestSeen, keepSet, keepShard, keptShards, newestKept, rememberSeen, removeKept, shardOf } from "./kept_ledger.js";
import { TreeProblem, isShardOf } from "./tree.js";
import { MAX_AGE_ON_LINE } from "./verdict.js";

const LOCK = "certsvc-keeping";

/** Told on `window` when something else is kept than before. */
export const KEPT_CHANGED = "certsvc-kept-changed";

/** Whether a kept set is young enough to stay as it is. */
export function isForward({ facts }, now) {
  return now - facts.as_of <= MAX_AGE_ON_LINE;
}

/**
 * Read the newest checkpoint with everything that belongs to it, and keep it in place of the set before: with the
 * shards in which that one had something, or with all of them.
 * @param known a Map of path to bytes of files that were just read from the server.
 * @param all whether to keep all shards; null: as before.
 * @param anew whether kept shards are read again: one of them was found damaged.
 * @param ifOlder whether a set that is young enough stays as it is.
 * @param onProgress called with the number of shards kept and of all; returns false to stop there. What was read stays.
 * @throws {TreeProblem} with the code of what was wrong, and `older` where the server went back; the set before then stays as it is.
 */
export async function bringForward({ known = new Map(), now, anchor, all = null, anew = false, ifOlder = false, onProgress = () => true }) {
  return alone(async () => {
    const before = await newestKept();
    if (ifOlder && before !== null && isForward(before, now)) return;
    const files = new Map(known);
    const ask = fileReader(new URL("/", location.origin));
    const readFile = async (path) => {
      if (!files.has(path)) files.set(path, await ask(path));
      return files.get(path);
    };
    const ledger = await readLedger({ readFile, anchor, seen: await greatestSeen() });
    const wantsAll = all ?? before?.facts.wants_all ?? false;
    const read = [...files.keys()].map(shardOf);
    const held = await keptShards();
    const wanted = ledger.roots.filter((root, at) => read.includes(root) || held.has(before?.facts.roots[at]));
    const fetchShard = async (root) => keepShard(root, await readShard(readFile, root));
    for (const root of wanted) if (anew || read.includes(root) || !held.has(root)) await fetchShard(root);
    const { origin, size, sequence, asOf } = ledger;
    await rememberSeen(ledger);
    await keepSet(files, { origin, size, sequence, as_of: asOf, kept_at: now, roots: ledger.roots, wants_all: wantsAll });
    tellChange();
    if (wantsAll) await fetchTheRest(ledger.roots, fetchShard, onProgress);
    tellChange();
  });
}

/** Keep the shards among files that were just read and verified. */
export async function keepMissing(files) {
  const held = await keptShards();
  for (const [path, raw] of files) {
    const root = shardOf(path);
    if (root !== null && !held.has(root)) await keepShard(root, raw);
  }
  tellChange();
}

/** Forget how far the ledger and the trust list had come: only who knows why they went back should. */
export async function forgetHowFar() {
  await alone(forgetSeen);
  tellChange();
}

/** Forget all that was kept. */
export async function keepNothing() {
  await alone(removeKept);
  tellChange();
}

async function fetchTheRest(roots, fetchShard, onProgress) {
  const held = await keptShards();
  const missing = roots.filter((root) => !held.has(root));
  let done = roots.length - missing.length;
  for (const root of new Set(missing)) {
    if (onProgress(done, roots.length) === false) return;
    await fetchShard(root);
    done = roots.filter((other) => other === root).length + done;
  }
  onProgress(done, roots.length);
}

async function readShard(readFile, root) {
  const raw = await readFile(`status/shard/${root}`);
  if (raw === null) throw new TreeProblem("tree-missing", "shard");
  if (!(await isShardOf(raw, root))) throw new TreeProblem("tree-inconsistent", "shard");
  return raw;
}

// Two pages of this browser never keep at the same time.
async function alone(work) {
  return navigator.locks ? navigator.locks.request(LOCK, work) : work();
}

function tellChange() {
  dispatchEvent(new Event(KEPT_CHANGED));
}
