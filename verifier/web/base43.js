// Text of a QR record <-> bytes (docs/formats/qr-record.md, "Text").

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*+-./:";
const BASE = 43n;
const TERMINATOR = "Z";
const MAX_CHARACTERS = 1000;

const VALUE = new Map([...ALPHABET].map((character, value) => [character, BigInt(value)]));

/** A text that is no base-43 number as the format asks. */
export class NotBase43 extends Error {}

/**
 * What stands after the last "#"; the whole text when there is none.
 * The prefix is only a vehicle that carries a phone to the page.
 */
export function withoutPrefix(text) {
  return text.slice(text.lastIndexOf("#") + 1);
}

/**
 * Split digits from the terminator.
 * @returns {{bytes: Uint8Array, terminated: boolean}} `terminated` is false when another character of the
 *   alphabet stands where the terminator belongs: a text that somebody changed, if `bytes` is a record.
 * @throws {NotBase43}
 */
export function decodeText(text) {
  if (text.length < 2 || text.length > MAX_CHARACTERS) throw new NotBase43("length");
  const last = text.at(-1);
  if (!VALUE.has(last)) throw new NotBase43("alphabet");
  return { bytes: decodeDigits(text.slice(0, -1)), terminated: last === TERMINATOR };
}

/** The text of a record, without prefix. */
export function encodeText(bytes) {
  let number = BigInt("0x" + [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(""));
  let digits = "";
  for (; number > 0n; number /= BASE) digits = ALPHABET[Number(number % BASE)] + digits;
  return digits + TERMINATOR;
}

function decodeDigits(digits) {
  if (digits[0] === "0") throw new NotBase43("leading zero");
  let number = 0n;
  for (const character of digits) {
    const value = VALUE.get(character);
    if (value === undefined) throw new NotBase43("alphabet");
    number = number * BASE + value;
  }
  const hex = number.toString(16);
  const even = hex.length % 2 ? "0" + hex : hex;
  return Uint8Array.from({ length: even.length / 2 }, (_, i) => parseInt(even.slice(2 * i, 2 * i + 2), 16));
}
