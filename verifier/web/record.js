// The signed record of the QR symbol (docs/formats/qr-record.md).

import { NotBase43, decodeText } from "./base43.js";
import { NotCbor, decodeCbor, encodeCbor, equalBytes } from "./cbor.js";
import { verifyEd25519 } from "./signature.js";

const FORMAT_VERSION = 1;
const EDDSA = -8;
const DUAL_DIRECTED = 4;
const MS_PER_DAY = 86_400_000;

/** A text that gives no record; `code` is `record-unreadable` or `record-altered`. */
export class RecordRefused extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/**
 * Decode a record text without prefix. Nothing is believed yet: see `judgeSignature`.
 * @returns {{kid: string, signature: Uint8Array, signed: Uint8Array, formatVersion: number, claims: ?Object}}
 *   `claims` is null when the format version is not 1.
 * @throws {RecordRefused}
 */
export function decodeRecord(text) {
  try {
    const { bytes, terminated } = decodeText(text);
    const record = decodeEnvelope(bytes);
    if (!terminated) throw new RecordRefused("record-altered");
    return record;
  } catch (error) {
    if (error instanceof NotBase43 || error instanceof NotCbor) throw new RecordRefused("record-unreadable");
    throw error;
  }
}

/**
 * Judge the signature with the keys of the trust list.
 * @param keys the trust list's record keys: `{kid, publicKey, validFrom, validTo}`, dates as text.
 * @param today date as text, `YYYY-MM-DD`.
 * @returns {?string} null when it is good, else `record-key-unknown`, `record-forged`, `record-version-unknown`.
 */
export async function judgeSignature(record, keys, today) {
  const key = keys.find((candidate) => candidate.kid === record.kid && coversRecord(candidate, record, today));
  if (!key) return "record-key-unknown";
  if (!(await verifyEd25519(key.publicKey, record.signature, record.signed))) return "record-forged";
  return record.formatVersion === FORMAT_VERSION ? null : "record-version-unknown";
}

// A key's dates bound the issue date. The record carries no issue date, but it lies between acquiring and today:
// what can be excluded from these two is excluded.
function coversRecord(key, record, today) {
  if (today < key.validFrom) return false;
  return key.validTo === null || record.claims === null || record.claims.acquiredOn <= key.validTo;
}

function decodeEnvelope(raw) {
  const envelope = decodeCbor(raw);
  requires(Array.isArray(envelope) && envelope.length === 4);
  const [rawProtected, unprotected, rawPayload, signature] = envelope;
  requires(rawProtected instanceof Uint8Array && rawPayload instanceof Uint8Array);
  requires(unprotected instanceof Map && unprotected.size === 0);
  requires(signature instanceof Uint8Array && signature.length === 64);
  const payload = decodeCbor(rawPayload);
  requires(Array.isArray(payload) && isUnsigned(payload[0]));
  return {
    kid: decodeKid(rawProtected),
    signature,
    signed: encodeCbor(["Signature1", rawProtected, new Uint8Array(0), rawPayload]),
    formatVersion: payload[0],
    claims: payload[0] === FORMAT_VERSION ? decodeClaims(payload, rawPayload) : null,
  };
}

function decodeKid(rawProtected) {
  const header = decodeCbor(rawProtected);
  requires(header instanceof Map && header.size === 2 && header.get(1) === EDDSA);
  const kid = header.get(4);
  requires(kid instanceof Uint8Array && kid.length === 4);
  return [...kid].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function decodeClaims(payload, rawPayload) {
  requires(payload.length === 12);
  const [, number, version, slot, name, last4, series, title, level, way, area, acquiredDay] = payload;
  requires([version, slot, series, title, level, way, acquiredDay].every(isUnsigned));
  requires(isTextOf(number, 16, 16) && isTextOf(last4, 4, 4) && isTextOf(name, 1, 50));
  requires(version >= 1 && level >= 1 && level <= 5);
  requires((area !== null) === (way === DUAL_DIRECTED));
  requires(area === null || (isUnsigned(area) && area >= 100000 && area <= 999999));
  requires(equalBytes(encodeCbor(payload), rawPayload));
  const dualDirected = way === DUAL_DIRECTED;
  const acquiredOn = dateOfDay(acquiredDay);
  return { number, version, slot, name, last4, series, title, level, way, area, acquiredOn, dualDirected };
}

function dateOfDay(day) {
  const instant = new Date(day * MS_PER_DAY);
  requires(!Number.isNaN(instant.getTime()) && instant.getUTCFullYear() <= 9999);
  return instant.toISOString().slice(0, 10);
}

function isUnsigned(item) {
  return Number.isSafeInteger(item) && item >= 0;
}

function isTextOf(item, least, most) {
  if (typeof item !== "string") return false;
  const length = [...item].length;
  if (item.normalize("NFC") !== item) return false;
  return length >= least && length <= most;
}

function requires(condition) {
  if (!condition) throw new NotCbor("shape");
}
