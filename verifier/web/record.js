// The signed record of the QR symbol (docs/formats/qr-record.md).

import { NotBase43, decodeText } from "./base43.js";
import { NotCbor, decodeCbor, encodeCbor, equalBytes } from "./cbor.js";
import { isUnsigned, readItems, requires } from "./record_items.js";
import { verifyEd25519 } from "./signature.js";

const EDDSA = -8;

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
 *   `claims` is null when the format version is not one that this page knows; see `readItems` for the others.
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
  return record.claims === null ? "record-version-unknown" : null;
}

// A key's dates bound the day of signing. The record does not carry it, but it lies between the earliest day that its
// items leave possible and today: what can be excluded from these two is excluded.
function coversRecord(key, record, today) {
  if (today < key.validFrom) return false;
  const earliest = record.claims?.signedFrom ?? null;
  return key.validTo === null || earliest === null || earliest <= key.validTo;
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
    claims: decodeClaims(payload, rawPayload),
  };
}

function decodeClaims(payload, rawPayload) {
  const claims = readItems(payload);
  requires(claims === null || equalBytes(encodeCbor(payload), rawPayload));
  return claims;
}

function decodeKid(rawProtected) {
  const header = decodeCbor(rawProtected);
  requires(header instanceof Map && header.size === 2 && header.get(1) === EDDSA);
  const kid = header.get(4);
  requires(kid instanceof Uint8Array && kid.length === 4);
  return [...kid].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
