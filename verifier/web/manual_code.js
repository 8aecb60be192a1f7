// The manual code 校验码 beside the QR symbol (docs/formats/manual-code.md): what was typed, and the code of a record.

/** The symbols of manual, share and report codes. */
export const ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
const PRIME = 31;
const SYMBOLS = 15;
const IN_A_GROUP = 5;
const LONGEST_TYPED = 64;
const CONTEXT = new TextEncoder().encode("certsvc/manual-code/v1\0");
const SEPARATORS = /[\t\n\r \u00a0\u3000\-\u2010-\u2015\u2212]+/u;

/** What was typed is no manual code; `group` (1 to 3) is to be looked at again, null when only the check symbol fails. */
export class ManualCodeRefused extends Error {
  constructor(group) {
    super("manual code");
    this.group = group;
  }
}

/**
 * The 15 symbols in what somebody typed: any case and width, spaces and hyphens wherever they stand.
 * @throws {ManualCodeRefused}
 */
export function decodeManualCode(typed) {
  if ([...typed].length > LONGEST_TYPED) throw new ManualCodeRefused(null);
  const groups = groupsOf(capitals(narrowed(typed)).split(SEPARATORS).filter((part) => part !== ""));
  groups.forEach((group, index) => {
    if (!isGroup(group)) throw new ManualCodeRefused(index + 1);
  });
  const symbols = groups.join("");
  if (remainder(symbols) !== 0) throw new ManualCodeRefused(null);
  return symbols;
}

/** Whether a fragment can only have been meant as a manual code: a record is many times as long. */
export function isMeantAsCode(text) {
  return /^[0-9A-Za-z-]{11,20}$/.test(text);
}

/** The 15 symbols that belong to the bytes of a record. */
export async function codeOfRecord(bytes) {
  const message = new Uint8Array([...CONTEXT, ...bytes]);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", message));
  let number = digest.slice(0, 16).reduce((value, byte) => value * 256n + BigInt(byte), 0n);
  let symbols = "";
  for (; symbols.length < SYMBOLS - 1; number /= BigInt(PRIME)) symbols = ALPHABET[Number(number % BigInt(PRIME))] + symbols;
  return symbols + [...ALPHABET].find((symbol) => remainder(symbols + symbol) === 0);
}

/** The symbols as they are printed: `ABCDE-FGHJK-MNPQR`. */
export function grouped(symbols) {
  return symbols.match(/.{1,5}/g)?.join("-") ?? "";
}

/** The text with its full-width characters made narrow, as people type them with a Chinese keyboard. */
export function narrowed(typed) {
  return [...typed].map(narrow).join("");
}

/** The text without spaces and hyphens of any kind. */
export function withoutSeparators(text) {
  return text.split(SEPARATORS).join("");
}

// Of letters, only the Latin ones have capitals here.
function capitals(text) {
  return text.replace(/[a-z]/g, (letter) => letter.toUpperCase());
}

function narrow(character) {
  const point = character.codePointAt(0);
  return point >= 0xff01 && point <= 0xff5e ? String.fromCodePoint(point - 0xfee0) : character;
}

// The symbols in fives, wherever the hyphens stand; where their number is wrong, the three groups that were typed.
function groupsOf(parts) {
  const row = [...parts.join("")];
  if (row.length !== SYMBOLS && parts.length === 3) return parts;
  return [row.slice(0, IN_A_GROUP), row.slice(IN_A_GROUP, 2 * IN_A_GROUP), row.slice(2 * IN_A_GROUP)].map((cut) => cut.join(""));
}

function isGroup(group) {
  return group.length === IN_A_GROUP && [...group].every((symbol) => ALPHABET.includes(symbol));
}

// The values, weighted 15 to 1 from the left, modulo 31: 0 when the check symbol agrees.
function remainder(symbols) {
  return [...symbols].reduce((sum, symbol, place) => sum + (SYMBOLS - place) * ALPHABET.indexOf(symbol), 0) % PRIME;
}
