// Where the evidence comes from: the server, or, where it gives none that stands, the last whole set kept in this browser.
// Never from both at once: a checkpoint of today with a shard of yesterday would be neither.

import { bringForward, isForward, keepMissing } from "./bring_forward.js";
import { gatherEvidence } from "./check.js";
import { fileReader } from "./files.js";
import { greatestSeen, keptBytes, keptReader, mayKeep, newestKept, rememberSeen } from "./kept_ledger.js";
import { TreeProblem } from "./tree.js";

const SHORT_TIMEOUT_MS = 4000;
const NEVER_CHANGES = /^(?:tile|status|trust)\//;
// The source was at fault, not what was presented.
const SOURCE_CODES = /^(?:trust-unreadable|trust-forged|tree-|checkpoint-)/;

/**
 * Evidence as `gatherEvidence` (check.js) gives it, with `basis`: "server"; "kept" where the server could not be reached;
 * "distrusted" where it was, and what it gave was not believed (the problems say why) while a kept set was at hand; and with
 * `unanswered`: why the server gave some file not, a key of NO_ANSWERS (no_answer.js), or null.
 * @param root address of the public tree.
 * @param signal ends all reading before its time.
 */
export async function gatherAnywhere(text, root, { now, anchor, onSigned, signal = null }) {
  const [kept, seen] = await Promise.all([keptOrNone(newestKept), keptOrNone(greatestSeen)]);
  const asked = { now, anchor, onSigned, seen };
  let source = serverSource(root, kept, signal);
  let evidence = await gatherEvidence(text, { ...asked, readFile: source.readFile });
  const repairs = source.usedKept && isAtFault(evidence) && !source.unreachable;
  if (repairs) {
    source = serverSource(root, null, signal);
    evidence = await gatherEvidence(text, { ...asked, readFile: source.readFile });
  }
  if (!isAtFault(evidence)) {
    if (!signal?.aborted) keepWhatWasRead(evidence, source, { kept, now, anchor, repairs }).catch(passOver);
    return { ...evidence, basis: "server", unanswered: source.reason };
  }
  if (kept === null) return { ...evidence, basis: "server", unanswered: source.reason };
  return fromKept(text, kept, asked, source.unreachable ? null : evidence);
}

// A browser may forbid to keep anything, or have lost what it kept: it verifies on line all the same.
async function keptOrNone(read) {
  try {
    return await read();
  } catch {
    return null;
  }
}

async function fromKept(text, kept, asked, refused) {
  const evidence = await gatherEvidence(text, { ...asked, seen: null, readFile: keptReader(kept) });
  if (refused === null) return { ...evidence, basis: "kept" };
  // What the server gave leaves the answer open; what the kept ledger knows to be wrong fails all the same.
  const problems = [...new Set([...refused.problems, ...evidence.problems])];
  return { ...evidence, problems, older: refused.older, basis: "distrusted" };
}

function isAtFault({ problems }) {
  return problems.some((code) => SOURCE_CODES.test(code));
}

// Reads from the server, but what never changes from the kept set; remembers what was read, and what came of it.
function serverSource(root, kept, signal) {
  const ask = fileReader(root, kept === null ? { signal } : { signal, timeout: SHORT_TIMEOUT_MS });
  const source = { files: new Map(), usedKept: false, unreachable: false, reason: null, readFile: null };
  source.readFile = async (path) => {
    const known = kept !== null && NEVER_CHANGES.test(path) ? await keptOrNone(() => keptBytes(kept, path)) : null;
    if (known !== null) source.usedKept = true;
    try {
      const raw = known ?? (await ask(path));
      source.files.set(path, raw);
      return raw;
    } catch (error) {
      source.unreachable ||= error.unreachable === true;
      source.reason ??= error.reason ?? null;
      throw error;
    }
  };
  return source;
}

// Afterwards, and unseen: an answer never waits for it, nor fails with it.
async function keepWhatWasRead(evidence, { files }, { kept, now, anchor, repairs }) {
  if (!mayKeep() || evidence.treeSize === null) return;
  await rememberSeen({ origin: evidence.logOrigin, root: evidence.logRoot, size: evidence.treeSize, sequence: evidence.trustSequence });
  const isOfNow = kept !== null && kept.facts.size === evidence.treeSize && isForward(kept, now);
  if (isOfNow && !repairs) {
    await keepMissing(files);
    return;
  }
  await bringForward({ known: files, now, anchor, anew: repairs });
}

// The network went, or the room was used up: what was kept before stays.
function passOver(error) {
  if (!(error instanceof TreeProblem) && !(error instanceof DOMException)) throw error;
}
