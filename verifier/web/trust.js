// Trust list and tables of names (docs/formats/trust-list.md).

import { joinBytes } from "./cbor.js";
import { LOG_SIGNATURE, decodeBase64, decodeVerifierKey, toHex } from "./note.js";
import { CannotVerify, sha256 } from "./signature.js";

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const KID_DOMAIN = new TextEncoder().encode("certsvc/record-key/v1\0");

/** A trust list that is not as its format asks. */
export class BadTrustList extends Error {}

/**
 * The parts of the trust list that a checker of records needs.
 * @returns `logKeys`: the one in force first, each with `validFrom` and `validTo`; `anchors`: who may sign the next list.
 *   {Promise<{sequence: number, issuedAt: string, test: boolean, qrPrefixes: string[], recordKeys: Object[],
 *   logKeys: Object[], anchors: Object[], tablesDigest: string}>}
 * @throws {BadTrustList}
 */
export async function decodeTrustList(raw) {
  try {
    const list = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(raw));
    requires(list.format === "certsvc-trust-list/1" && ["test", "production"].includes(list.environment));
    const { sequence, issued_at: issuedAt } = list;
    requires(Number.isSafeInteger(sequence) && sequence >= 1 && INSTANT.test(issuedAt));
    const logKeys = await Promise.all(list.log.keys.map((key) => decodeLogKey(key, list.log.origin)));
    requires(logKeys.length > 0);
    const anchors = await Promise.all(list.anchors.map(decodeAnchor));
    const qrPrefixes = list.qr_prefixes;
    requires(Array.isArray(qrPrefixes) && qrPrefixes.every((prefix) => typeof prefix === "string"));
    const recordKeys = await Promise.all(list.record_keys.map(decodeRecordKey));
    const test = list.environment === "test";
    const tablesDigest = list.tables_sha256;
    return { sequence, issuedAt, test, qrPrefixes, recordKeys, logKeys, anchors, tablesDigest };
  } catch (error) {
    // Whatever a malformed list trips over is the list's fault, but for a browser that cannot check at all.
    if (error instanceof BadTrustList || error instanceof CannotVerify) throw error;
    throw new BadTrustList(error.message);
  }
}

/** The tables of names, or null when they are not the ones that the trust list names. */
export async function decodeTables(raw, digest) {
  if (toHex(await sha256(raw)) !== digest) return null;
  const tables = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(raw));
  return tables.format === "certsvc-tables/1" ? tables : null;
}

/** A trust anchor: an Ed25519 key of plain note signatures. @throws {BadTrustList} */
export async function decodeAnchor(line) {
  const key = await decodeVerifierKey(line);
  requires(key.type === LOG_SIGNATURE);
  return key;
}

async function decodeLogKey({ vkey, valid_from: validFrom, valid_to: validTo }, origin) {
  const key = await decodeVerifierKey(vkey);
  requires(key.name === origin && key.type === LOG_SIGNATURE && areDates(validFrom, validTo));
  return { ...key, validFrom, validTo };
}

function areDates(validFrom, validTo) {
  return DATE.test(validFrom) && (validTo === null || DATE.test(validTo));
}

async function decodeRecordKey({ kid, alg, public_key: encoded, valid_from: validFrom, valid_to: validTo }) {
  const publicKey = decodeBase64(encoded);
  requires(alg === "Ed25519" && publicKey.length === 32);
  requires(areDates(validFrom, validTo));
  requires(toHex((await sha256(joinBytes([KID_DOMAIN, publicKey]))).slice(0, 4)) === kid);
  return { kid, publicKey, validFrom, validTo };
}

function requires(condition) {
  if (!condition) throw new BadTrustList("shape");
}
