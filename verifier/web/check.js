// The procedure: from a scanned text to evidence. Nothing of the record leaves the browser here; what is asked of the
// server is the same for the 131,072 certificates that share a shard.

import { RecordRefused, decodeRecord, judgeSignature } from "./record.js";
import { decodeText, withoutPrefix } from "./base43.js";
import { codeOfRecord, grouped } from "./manual_code.js";
import { dateInChina } from "./calendar.js";
import { BadNote, toHex } from "./note.js";
import { CannotVerify } from "./signature.js";
import { TreeProblem, readLatest, readShardRoots, readStatus } from "./tree.js";
import { decodePolicy, witnessedBy } from "./policy.js";
import { BadTrustList, decodeAnchor, decodeTables, decodeTrustList } from "./trust.js";
import { BadTrust, verifyTrust } from "./trust_note.js";

const MIXED_PAUSE_MS = 300;

const NOTHING = {
  claims: null, authentic: "unknown", trusted: false, problems: [], status: "unknown",
  asOf: null, treeSize: null, test: false, tables: null, witnesses: "unknown", detail: null,
  decision: null, replacedBy: null, foreignAddress: false, copyStanding: null, manualCode: null,
  logOrigin: null, logRoot: null, trustSequence: null, older: false,
};

/**
 * Gather what can be known about a scanned text:
 * 1 read the trust list and check its signature, 2 read the record, 3 judge the signature, 4 read the names of codes,
 * 5 read the newest checkpoint and its seal, 6 count the witnesses and judge the age, 7 read the status of the slot.
 * @param text what stands in the QR symbol, with or without prefix.
 * @param readFile async (path) => Uint8Array, or null when there is no such file; throws TreeProblem.
 * @param now seconds since 1970.
 * @param anchor the verifier key line of the trust anchor that this page was given, or null.
 * @param seen the greatest checkpoint and trust list that were ever verified here (`{origin, root, size, sequence}`), or null.
 * @param onSigned called with the evidence once the signature is good, before the ledger is asked.
 * @returns {Promise<Object>} evidence for `judge`: `problems` holds codes of codes.json, `older` says that trust list or
 *   checkpoint went back behind those seen.
 */
export async function gatherEvidence(text, { readFile, now, anchor = null, seen = null, onSigned = () => {} }) {
  let evidence = { ...NOTHING };
  try {
    const { trust, problem: refused, older = false } = await readTrust(readFile, anchor, seen);
    const logRoot = trust === null ? null : rootOf(trust, anchor);
    evidence = { ...evidence, trusted: trust !== null, test: trust?.test ?? false, trustSequence: trust?.sequence ?? null, logRoot, older };
    const record = decodeRecord(withoutPrefix(text));
    evidence.claims = record.claims;
    evidence.manualCode = await codeBeside(text);
    if (trust === null) return { ...evidence, problems: [refused] };
    const problem = await judgeSignature(record, trust.recordKeys, dateInChina(now));
    evidence = { ...evidence, ...signatureEvidence(problem), tables: await readTables(readFile, trust) };
    if (problem) return evidence;
    evidence.foreignAddress = isForeign(text, trust.qrPrefixes);
    onSigned(evidence);
    const latest = await readLatest(readFile, trust.logKeys);
    const wentBack = isOlder({ ...latest, root: logRoot }, seen);
    evidence = { ...evidence, treeSize: latest.size, logOrigin: latest.origin, older: wentBack, ...(await readWitnesses(readFile, latest)) };
    const status = statusOf(record.claims, await readStatus(readFile, latest.seal, record.claims.slot));
    return { ...evidence, status, problems: [...(wentBack ? ["tree-inconsistent"] : []), ...(status === "unknown" ? ["not-in-log"] : [])] };
  } catch (error) {
    return { ...evidence, ...problemEvidence(error) };
  }
}

/**
 * Read trust list, names, newest checkpoint, seal, witnesses and shard roots, as for a record, with no record at hand.
 * @returns {Promise<{origin: string, root: string, size: number, sequence: number, asOf: ?number, roots: string[]}>}
 * @throws {TreeProblem} with the code of what was wrong (`older`: a server that went back); CannotVerify in a browser that cannot check.
 */
export async function readLedger({ readFile, anchor = null, seen = null }) {
  const { trust, problem, older = false } = await readTrust(readFile, anchor, seen);
  if (trust === null) throw Object.assign(new TreeProblem(problem, "trust list"), { older });
  await readTables(readFile, trust);
  const latest = await readLatest(readFile, trust.logKeys);
  const root = rootOf(trust, anchor);
  if (isOlder({ ...latest, root }, seen)) throw Object.assign(new TreeProblem("tree-inconsistent", "older than seen"), { older: true });
  const { asOf } = await readWitnesses(readFile, latest);
  const { origin, size, seal } = latest;
  return { origin, root, size, sequence: trust.sequence, asOf, roots: await readShardRoots(readFile, seal) };
}

// A log only grows: a server that shows less of it than before was set back, or hides what came since.
function isOlder({ origin, root, size }, seen) {
  return isOfOneLog({ origin, root }, seen) && size < seen.size;
}

function isOfOneLog({ origin, root }, seen) {
  return seen !== null && seen.origin === origin && seen.root === root;
}

/**
 * What all lists and checkpoints of one log rest on: the anchor that this page was given, or, without one, the log's first
 * and oldest key. What another log has reached says nothing of this one, whatever its name.
 */
export function rootOf({ logKeys }, anchor) {
  if (anchor !== null) return `anchor ${anchor}`;
  const [oldest] = [...logKeys].sort((one, other) => (one.validFrom < other.validFrom ? -1 : 1));
  return `key ${toHex(oldest.publicKey)}`;
}

// What stands beside the symbol in print, for comparing; null where the page was not opened over https.
async function codeBeside(text) {
  return crypto.subtle ? grouped(await codeOfRecord(decodeText(withoutPrefix(text)).bytes)) : null;
}

// A genuine record can be printed behind the address of a site that only collects personal data.
function isForeign(text, published) {
  const address = text.slice(0, text.lastIndexOf("#") + 1);
  return address.length > 1 && !published.includes(address);
}

// The slot of a historical record never holds "valid": then it is another's.
function statusOf({ historical }, status) {
  return historical !== null && status === "valid" ? "unknown" : status;
}

function signatureEvidence(problem) {
  const authentic = { "record-forged": "no", none: "yes" }[problem ?? "none"] ?? "unknown";
  return { authentic, problems: problem ? [problem] : [] };
}

function problemEvidence(error) {
  if (error instanceof RecordRefused) {
    const authentic = error.code === "record-altered" ? "no" : "unknown";
    return { authentic, problems: [error.code] };
  }
  if (error instanceof TreeProblem || error instanceof CannotVerify) {
    return { problems: [error.code], detail: error.message };
  }
  throw error;
}

// An unreadable record is unreadable without trust list too: its absence only counts afterwards.
async function readTrust(readFile, anchor, seen) {
  const first = await readTrustOnce(readFile, anchor);
  if (!first.mixed) return notOlder(first, anchor, seen);
  // One publication may be taking the place of another at this moment.
  await new Promise((resolve) => setTimeout(resolve, MIXED_PAUSE_MS));
  return notOlder(await readTrustOnce(readFile, anchor), anchor, seen);
}

// A list of before may still name a key that was withdrawn since.
function notOlder(told, anchor, seen) {
  const { trust } = told;
  if (trust === null || !isOfOneLog({ origin: trust.logKeys[0].name, root: rootOf(trust, anchor) }, seen)) return told;
  if (trust.sequence >= seen.sequence) return told;
  return { trust: null, problem: "trust-unreadable", older: true };
}

async function readTrustOnce(readFile, anchor) {
  try {
    const raw = await readFile("trust-list.json");
    if (raw === null) return { trust: null, problem: "trust-unreadable" };
    const trust = await decodeTrustList(raw);
    await verifyTrust(trust, raw, readFile, anchor === null ? null : await decodeAnchor(anchor));
    return { trust, problem: null };
  } catch (error) {
    if (error instanceof BadTrust) return { trust: null, problem: error.code, mixed: error.code === "trust-unreadable" };
    if (error instanceof BadTrustList || error instanceof TreeProblem) return { trust: null, problem: "trust-unreadable" };
    throw error;
  }
}

async function readTables(readFile, trust) {
  try {
    const raw = await readFile("tables.json");
    return raw === null ? null : await decodeTables(raw, trust.tablesDigest);
  } catch (error) {
    if (error instanceof TreeProblem || error instanceof SyntaxError) return null;
    throw error;
  }
}

async function readWitnesses(readFile, { note, cosignedAt }) {
  const raw = await readFile("policy");
  if (raw === null) throw new TreeProblem("tree-missing", "policy");
  const policy = await refusedAs("trust-unreadable", decodePolicy(raw));
  const { quorumMet, asOf } = await refusedAs("tree-inconsistent", witnessedBy(note, policy, cosignedAt));
  if (policy.quorum === null) return { witnesses: "none asked", asOf };
  return { witnesses: quorumMet ? "met" : "missing", asOf };
}

async function refusedAs(code, reading) {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof BadNote) throw new TreeProblem(code, error.message);
    throw error;
  }
}
