// Ed25519 for browsers whose WebCrypto has none: loaded only there.

import { Point, verifyAsync } from "./vendor/noble-ed25519/index.js";

const { n: ORDER } = Point.CURVE();
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/**
 * Whether `signature` over `message` is the key's, as RFC 8032, 5.1.7 says: points by their least number, S below L, keys
 * of small order refused, and the equation without the cofactor. Nothing is good here that `certverify` refuses.
 */
export async function verifyEd25519ByScript(publicKey, signature, message) {
  if (publicKey.length !== KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  // The library multiplies the equation by the cofactor; other verifiers do not, and one answer is wanted from all.
  return (await verifyAsync(signature, message, publicKey, { zip215: false })) && meetsPlainEquation(publicKey, signature, message);
}

async function meetsPlainEquation(publicKey, signature, message) {
  const r = signature.slice(0, KEY_BYTES);
  const s = numberOf(signature.slice(KEY_BYTES));
  const hashed = await crypto.subtle.digest("SHA-512", new Uint8Array([...r, ...publicKey, ...message]));
  const k = numberOf(new Uint8Array(hashed)) % ORDER;
  const expected = Point.BASE.multiply(s, false).subtract(Point.fromBytes(publicKey).multiply(k, false)).toBytes();
  return expected.every((byte, i) => byte === r[i]);
}

// Little-endian, as all numbers of Ed25519.
function numberOf(bytes) {
  return bytes.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n);
}
