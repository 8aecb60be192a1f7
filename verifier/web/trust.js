// Trust list and tables of names (docs/formats/trust-list.md).

import { joinBytes } from "./cbor.js";
import { LOG_SIGNATURE, decodeBase64, decodeVerifierKey, toHex } from "./note.js";
import { CannotVerify, sha256 } from "./signature.js";

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const KID_DOMAIN = new TextEncoder().encode("certsvc/record-key/v1\0");

/** A trust list that is not as its format asks. */
export class BadTrustList extends Error {}

/**
 * The parts of the trust list that a checker of records needs.
 * @returns {Promise<{test: boolean, qrPrefixes: string[], recordKeys: Object[], log: Object, tablesDigest: string}>}
 * @throws {BadTrustList}
 */
export async function decodeTrustList(raw) {
  try {
    const list = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(raw));
    requires(list.format === "certsvc-trust-list/1" && ["test", "production"].includes(list.environment));
    const log = await decodeVerifierKey(list.log.vkey);
    requires(log.name === list.log.origin && log.type === LOG_SIGNATURE);
    const qrPrefixes = list.qr_prefixes;
    requires(Array.isArray(qrPrefixes) && qrPrefixes.every((prefix) => typeof prefix === "string"));
    const recordKeys = await Promise.all(list.record_keys.map(decodeRecordKey));
    return { test: list.environment === "test", qrPrefixes, recordKeys, log, tablesDigest: list.tables_sha256 };
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

async function decodeRecordKey({ kid, alg, public_key: encoded, valid_from: validFrom, valid_to: validTo }) {
  const publicKey = decodeBase64(encoded);
  requires(alg === "Ed25519" && publicKey.length === 32);
  requires(DATE.test(validFrom) && (validTo === null || DATE.test(validTo)));
  requires(toHex((await sha256(joinBytes([KID_DOMAIN, publicKey]))).slice(0, 4)) === kid);
  return { kid, publicKey, validFrom, validTo };
}

function requires(condition) {
  if (!condition) throw new BadTrustList("shape");
}
