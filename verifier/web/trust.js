// Trust list and tables of names (docs/formats/trust-list.md).

import { joinBytes } from "./cbor.js";
import { LOG_SIGNATURE, decodeBase64, decodeVerifierKey, toHex } from "./note.js";
import { CannotVerify, sha256 } from "./signature.js";

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const KID = /^[0-9a-f]{8}$/;
const DATES = ["valid_from", "valid_to"];
const LIST_MEMBERS = [
  "format", "sequence", "issued_at", "environment", "qr_prefixes", "log", "record_keys", "document_keys", "layouts",
  "tables_sha256", "anchors", "api_keys",
];
const THUMBPRINT = /^[0-9A-Za-z_-]{42}[048AEIMQUYcgkosw]$/;
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
    return await readList(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(raw)));
  } catch (error) {
    // Whatever a malformed list trips over is the list's fault, but for a browser that cannot check at all.
    if (error instanceof BadTrustList || error instanceof CannotVerify) throw error;
    throw new BadTrustList(error.message);
  }
}

async function readList(listed) {
  // Lists that were signed before verdicts were name no API keys.
  const list = isObject(listed) && !Object.hasOwn(listed, "api_keys") ? { ...listed, api_keys: [] } : listed;
  requires(hasKeys(list, LIST_MEMBERS));
  requires(list.format === "certsvc-trust-list/1" && ["test", "production"].includes(list.environment));
  const { sequence, issued_at: issuedAt, qr_prefixes: qrPrefixes, tables_sha256: tablesDigest } = list;
  requires(Number.isSafeInteger(sequence) && sequence >= 1 && isInstant(issuedAt));
  requires(isText(tablesDigest) && SHA256.test(tablesDigest));
  requires(Array.isArray(qrPrefixes) && qrPrefixes.every(isText));
  requires(hasKeys(list.log, ["origin", "keys"]));
  const logKeys = await readEach(list.log.keys, (key) => decodeLogKey(key, list.log.origin));
  const anchors = await readEach(list.anchors, decodeAnchor);
  const recordKeys = await readEach(list.record_keys, decodeRecordKey);
  const apiKids = await readEach(list.api_keys, readApiKid);
  await readEach(list.document_keys, requireDocumentKey);
  await readEach(list.layouts, requireLayout);
  requires(logKeys.length > 0 && areApart(logKeys.map(rawKey)) && areApart(anchors.map(rawKey)));
  requires(areApart(recordKeys.map(({ kid }) => kid)) && areApart(apiKids));
  return {
    sequence, issuedAt, test: list.environment === "test", qrPrefixes, logKeys, anchors, tablesDigest,
    recordKeys: recordKeys.filter(({ publicKey }) => publicKey !== null),
  };
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

async function readEach(items, read) {
  requires(Array.isArray(items));
  return Promise.all(items.map((item) => read(item)));
}

async function decodeLogKey(item, origin) {
  requires(hasKeys(item, ["vkey", ...DATES]));
  const { vkey, valid_from: validFrom, valid_to: validTo } = item;
  const key = await decodeVerifierKey(vkey);
  requires(key.name === origin && key.type === LOG_SIGNATURE && areDates(validFrom, validTo));
  return { ...key, validFrom, validTo };
}

// With `publicKey` null for an algorithm that is not known here: whatever it signs, its key is unknown.
async function decodeRecordKey(item) {
  requires(hasKeys(item, ["kid", "alg", "public_key", ...DATES]));
  const { kid, alg, public_key: encoded, valid_from: validFrom, valid_to: validTo } = item;
  requires(isText(encoded) && isText(alg) && alg !== "" && isText(kid) && KID.test(kid));
  const publicKey = decodeBase64(encoded);
  requires(publicKey.length > 0 && areDates(validFrom, validTo));
  if (alg !== "Ed25519") return { kid, publicKey: null, validFrom, validTo };
  requires(publicKey.length === 32);
  requires(toHex((await sha256(joinBytes([KID_DOMAIN, publicKey]))).slice(0, 4)) === kid);
  return { kid, publicKey, validFrom, validTo };
}

// Keys of signed verdicts, which no browser checks: read all the same, so that both readers take one list.
async function readApiKid(item) {
  requires(hasKeys(item, ["kid", "alg", "public_key", ...DATES]));
  const { kid, alg, public_key: encoded } = item;
  requires(isText(encoded) && isText(alg) && alg !== "" && isText(kid) && THUMBPRINT.test(kid));
  const publicKey = decodeBase64(encoded);
  requires(publicKey.length > 0 && areDates(item.valid_from, item.valid_to));
  if (alg !== "Ed25519") return kid;
  const jwk = JSON.stringify({ crv: "Ed25519", kty: "OKP", x: base64url(publicKey) });
  requires(publicKey.length === 32 && base64url(await sha256(new TextEncoder().encode(jwk))) === kid);
  return kid;
}

function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// Keys and layouts of certificate files, which no browser checks: their shape alone, so that both readers take one list.
function requireDocumentKey(item) {
  requires(hasKeys(item, ["alg", "certificate", "chain", ...DATES]));
  requires(item.alg === "ES256" && isText(item.certificate) && areDates(item.valid_from, item.valid_to));
  requires(Array.isArray(item.chain) && item.chain.every(isText));
}

function requireLayout(item) {
  requires(hasKeys(item, ["name", "head_length", "head_sha256"]) && isText(item.name));
  requires(Number.isSafeInteger(item.head_length) && item.head_length >= 0);
  requires(isText(item.head_sha256) && SHA256.test(item.head_sha256));
}

function isObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function hasKeys(value, names) {
  if (!isObject(value)) return false;
  return Object.keys(value).length === names.length && names.every((name) => Object.hasOwn(value, name));
}

function areDates(validFrom, validTo) {
  return isDate(validFrom) && (validTo === null || isDate(validTo));
}

function isDate(text) {
  return isText(text) && DATE.test(text) && isInCalendar(`${text}T00:00:00Z`);
}

function isInstant(text) {
  return isText(text) && INSTANT.test(text) && isInCalendar(text);
}

// Date takes 30 February for 2 March, and hour 24 for the next day; the year 0 is in no calendar.
function isInCalendar(instant) {
  const date = new Date(instant);
  return !Number.isNaN(date.getTime()) && !instant.startsWith("0000") && date.toISOString() === instant.replace("Z", ".000Z");
}

function isText(value) {
  return typeof value === "string";
}

function rawKey({ publicKey }) {
  return toHex(publicKey);
}

function areApart(items) {
  return new Set(items).size === items.length;
}

function requires(condition) {
  if (!condition) throw new BadTrustList("shape");
}
