// Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint, tlog-cosignature).

import { equalBytes, joinBytes } from "./cbor.js";
import { sha256, verifyEd25519 } from "./signature.js";

export const LOG_SIGNATURE = 0x01;
export const COSIGNATURE = 0x04;

const MAX_BYTES = 65_536;
const MAX_SIGNATURES = 64;
const MAX_KEY_DIGITS = 16_384;
const LAST_TIME = (1n << 63n) - 1n;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
// Unicode white space and no more: \s would take U+FEFF for a space, and U+0085 for none.
const KEY_NAME = /^[^+\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/u;
const SIGNATURE_LINE = /^\u2014 ([^ ]+) ([^ ]+)$/u;
const SIZE = /^(?:0|[1-9][0-9]{0,15})$/;

/** Bytes that are no signed note, no checkpoint, or not signed as they must be. */
export class BadNote extends Error {}

/** Standard base64 with padding, strictly. @throws {BadNote} */
export function decodeBase64(text) {
  if (!BASE64.test(text)) throw new BadNote("base64");
  const raw = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  // Only one text per value: the unused bits of the last character are zero.
  if (btoa(String.fromCharCode(...raw)) !== text) throw new BadNote("base64");
  return raw;
}

/** Parse a verifier key line `<name>+<hash>+<base64(type || key)>`. @throws {BadNote} */
export async function decodeVerifierKey(line) {
  const parts = /^([^+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(line);
  if (!parts || !KEY_NAME.test(parts[1])) throw new BadNote("verifier key");
  const [, name, hash, encoded] = parts;
  const material = decodeBase64(encoded);
  if (material.length !== 33) throw new BadNote("verifier key");
  const key = { name, type: material[0], publicKey: material.slice(1) };
  if (toHex(await keyHash(key)) !== hash) throw new BadNote("verifier key hash");
  return key;
}

/**
 * Type octet and key of a well-formed verifier key of a type that is not verified here; null when the type is. The hash is
 * not computed again: every signature type says for itself what is hashed.
 * @throws {BadNote}
 */
export function decodeUnknownKey(line) {
  const parts = /^([^+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(line);
  if (!parts || !KEY_NAME.test(parts[1]) || parts[3].length > MAX_KEY_DIGITS) throw new BadNote("verifier key");
  const material = decodeBase64(parts[3]);
  if (material.length < 2) throw new BadNote("verifier key");
  return [LOG_SIGNATURE, COSIGNATURE].includes(material[0]) ? null : material;
}

/** The same public key under another signature type. */
export function asType(key, type) {
  return { ...key, type };
}

/**
 * Parse a signed note strictly.
 * @returns {{text: string, signatures: {name: string, hash: Uint8Array, signature: Uint8Array}[]}}
 * @throws {BadNote}
 */
export function decodeNote(raw) {
  if (raw.length > MAX_BYTES) throw new BadNote("size");
  const note = decodeUtf8(raw);
  if (/[\u0000-\u0009\u000b-\u001f]/.test(note)) throw new BadNote("control character");
  const split = note.lastIndexOf("\n\n");
  if (split < 0 || !note.endsWith("\n")) throw new BadNote("shape");
  const lines = note.slice(split + 2, -1).split("\n");
  if (lines.length > MAX_SIGNATURES) throw new BadNote("number of signatures");
  return { text: note.slice(0, split + 1), signatures: lines.map(decodeSignatureLine) };
}

/** Read origin, size and root from a note's text; sizes up to 2^53 - 1. @throws {BadNote} */
export function decodeCheckpoint(text) {
  const lines = text.slice(0, -1).split("\n");
  if (!text.endsWith("\n") || lines.some((line) => line === "")) throw new BadNote("checkpoint");
  const [origin, size, root] = lines;
  if (!origin || !SIZE.test(size ?? "") || !Number.isSafeInteger(Number(size))) throw new BadNote("checkpoint");
  const rootHash = decodeBase64(root ?? "");
  if (rootHash.length !== 32) throw new BadNote("root");
  return { origin, size: Number(size), root: rootHash };
}

/** Whether the log's own signature stands under the note. @throws {BadNote} when it stands there and is wrong. */
export async function hasLogSignature(note, key) {
  const found = await signaturesBy(note, key);
  for (const { signature } of found) {
    if (!(await verifyEd25519(key.publicKey, signature, utf8(note.text)))) throw new BadNote("log signature");
  }
  return found.length > 0;
}

/**
 * The newest time, in seconds since 1970, at which `key` (type 0x04) cosigned the note; null when it did not. Beyond
 * 2^53, long after the calendar, it is the nearest number that there is; what was signed is verified digit by digit.
 * @throws {BadNote} when a cosignature of this key is wrong.
 */
export async function cosignedAt(note, key) {
  let newest = null;
  for (const { signature } of await signaturesBy(note, key)) {
    if (signature.length !== 72) throw new BadNote("cosignature length");
    const seconds = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
    if (seconds > LAST_TIME) throw new BadNote("time of the cosignature");
    const message = utf8(`cosignature/v1\ntime ${seconds}\n${note.text}`);
    if (!(await verifyEd25519(key.publicKey, signature.slice(8), message))) throw new BadNote("cosignature");
    newest = Math.max(newest ?? 0, Number(seconds));
  }
  return newest;
}

/** Lower-case hexadecimal. */
export function toHex(bytes) {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function signaturesBy(note, key) {
  const hash = await keyHash(key);
  return note.signatures.filter((line) => line.name === key.name && equalBytes(line.hash, hash));
}

async function keyHash({ name, type, publicKey }) {
  return (await sha256(joinBytes([utf8(`${name}\n`), Uint8Array.of(type), publicKey]))).slice(0, 4);
}

function decodeSignatureLine(line) {
  const parts = SIGNATURE_LINE.exec(line);
  if (!parts || !KEY_NAME.test(parts[1])) throw new BadNote("signature line");
  const material = decodeBase64(parts[2]);
  if (material.length < 5) throw new BadNote("signature length");
  return { name: parts[1], hash: material.slice(0, 4), signature: material.slice(4) };
}

/** The text of UTF-8 bytes, a byte order mark included. @throws {BadNote} */
export function decodeUtf8(raw) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    throw new BadNote("utf-8");
  }
}

function utf8(text) {
  return new TextEncoder().encode(text);
}
