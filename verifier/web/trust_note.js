// The signature over the trust material (docs/formats/trust-list.md): trust.note, and the chain of those before it.

import { BadNote, decodeNote, hasLogSignature, toHex } from "./note.js";
import { sha256 } from "./signature.js";
import { BadTrustList, decodeTrustList } from "./trust.js";

const FORMAT = "certsvc-trust-note/1";
const MAX_CHAIN = 1000;
const SEQUENCE = /^[1-9][0-9]{0,14}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
const DIGEST = /^(trust-list\.json|tables\.json|policy|previous) ([0-9a-f]{64}|-)$/;
const FILES = ["trust-list.json", "tables.json", "policy"];

/** Trust material that is not believed; `code` is `trust-unreadable` or `trust-forged`. */
export class BadTrust extends Error {
  constructor(code, detail) {
    super(detail);
    this.code = code;
  }
}

/**
 * Parse a statement; nothing is verified.
 * @returns {{origin: string, sequence: number, issuedAt: string, digests: Object, previous: ?string, note: Object}}
 * @throws {BadTrust}
 */
export function decodeTrustNote(raw) {
  try {
    const note = decodeNote(raw);
    const lines = note.text.slice(0, -1).split("\n");
    const [format, origin, sequence, issuedAt, ...named] = lines;
    const digests = Object.fromEntries(named.map(namedDigest));
    const inOrder = Object.keys(digests).join(" ") === [...FILES, "previous"].join(" ");
    const whole = lines.length === 8 && format === FORMAT && origin !== "" && inOrder;
    const files = FILES.every((name) => digests[name] !== "-");
    if (!whole || !files || !SEQUENCE.test(sequence) || !INSTANT.test(issuedAt)) throw new BadNote("statement");
    const previous = digests.previous === "-" ? null : digests.previous;
    return { origin, sequence: Number(sequence), issuedAt, digests, previous, note };
  } catch (error) {
    if (error instanceof BadNote) throw new BadTrust("trust-unreadable", `trust.note: ${error.message}`);
    throw error;
  }
}

/**
 * Check the trust material of a tree: that trust.note names exactly these files, that an anchor of the list has signed
 * it, and that the chain leads back to the pinned anchor, where there is one.
 * @param list the decoded trust list, `rawList` its bytes.
 * @param readFile async (path) => Uint8Array, or null when there is no such file.
 * @param anchor a key from `decodeAnchor` (trust.js), or null: none is pinned.
 * @throws {BadTrust}
 */
export async function verifyTrust(list, rawList, readFile, anchor) {
  if (list.anchors.length === 0) {
    if (anchor !== null) throw new BadTrust("trust-forged", "not signed");
    return;
  }
  const rawNote = await readFile("trust.note");
  if (rawNote === null) throw new BadTrust("trust-unreadable", "trust.note is missing");
  const statement = decodeTrustNote(rawNote);
  await requireFiles(statement, list, rawList, readFile);
  if (!(await isSignedByAny(statement.note, list.anchors))) throw new BadTrust("trust-forged", "no anchor has signed");
  if (anchor !== null) await requireAnchor(statement, readFile, anchor);
}

async function requireFiles(statement, list, rawList, readFile) {
  const contents = [rawList, await readFile("tables.json"), await readFile("policy")];
  const digests = await Promise.all(contents.map(async (raw) => (raw === null ? null : toHex(await sha256(raw)))));
  const same =
    FILES.every((name, at) => statement.digests[name] === digests[at]) &&
    statement.origin === list.logKeys[0].name &&
    statement.sequence === list.sequence &&
    statement.issuedAt === list.issuedAt;
  if (!same) throw new BadTrust("trust-unreadable", "files of different publications");
}

async function requireAnchor(newest, readFile, anchor) {
  let statement = newest;
  for (let step = 0; step < MAX_CHAIN; step += 1) {
    if (await isSignedByAny(statement.note, [anchor])) return;
    if (statement.previous === null) break;
    statement = await stepBack(statement, readFile);
  }
  throw new BadTrust("trust-forged", "the chain does not reach the anchor");
}

async function stepBack(later, readFile) {
  const sequence = later.sequence - 1;
  const [rawNote, rawList] = await Promise.all(["note", "json"].map((kind) => readFile(`trust/${sequence}.${kind}`)));
  if (rawNote === null || rawList === null) throw new BadTrust("trust-unreadable", `trust/${sequence} is missing`);
  const list = await readable(rawList);
  if (toHex(await sha256(rawNote)) !== later.previous) throw new BadTrust("trust-forged", "another earlier statement");
  if (!(await isSignedByAny(later.note, list.anchors))) throw new BadTrust("trust-forged", "not signed by those before");
  const statement = decodeTrustNote(rawNote);
  const digest = toHex(await sha256(rawList));
  if (statement.sequence !== sequence || statement.digests["trust-list.json"] !== digest) {
    throw new BadTrust("trust-forged", "another earlier list");
  }
  return statement;
}

async function isSignedByAny(note, anchors) {
  try {
    const signed = [];
    for (const key of anchors) signed.push(await hasLogSignature(note, key));
    return signed.includes(true);
  } catch (error) {
    if (error instanceof BadNote) throw new BadTrust("trust-forged", "a signature of an anchor is wrong");
    throw error;
  }
}

async function readable(rawList) {
  try {
    return await decodeTrustList(rawList);
  } catch (error) {
    if (error instanceof BadTrustList) throw new BadTrust("trust-unreadable", error.message);
    throw error;
  }
}

function namedDigest(line) {
  const parts = DIGEST.exec(line);
  if (!parts) throw new BadNote("digest");
  return [parts[1], parts[2]];
}
