// The strict subset of deterministic CBOR (RFC 8949 4.2.1) that records and leaves use:
// integers up to 2^53-1, byte strings, UTF-8 text, arrays, maps with integer keys, null.

const MAX_DEPTH = 4;
const UNSIGNED = 0, NEGATIVE = 1, BYTES = 2, TEXT = 3, ARRAY = 4, MAP = 5;
const NULL = 0xf6;

/** Bytes that are not one item of the subset in its only encoding. */
export class NotCbor extends Error {}

/**
 * Decode exactly one item that fills `raw`.
 * @returns {number|string|null|Uint8Array|Array|Map}
 * @throws {NotCbor} for anything else: other types, longer forms than needed, unsorted keys, trailing bytes.
 */
export function decodeCbor(raw) {
  const reader = { raw, position: 0 };
  const item = readItem(reader, 0);
  if (reader.position !== raw.length) throw new NotCbor("trailing bytes");
  return item;
}

/** Encode an item of the subset. */
export function encodeCbor(item) {
  if (item === null) return Uint8Array.of(NULL);
  if (Number.isSafeInteger(item)) return item < 0 ? head(NEGATIVE, -1 - item) : head(UNSIGNED, item);
  if (item instanceof Uint8Array) return joinBytes([head(BYTES, item.length), item]);
  if (typeof item === "string") {
    const text = new TextEncoder().encode(item);
    return joinBytes([head(TEXT, text.length), text]);
  }
  if (Array.isArray(item)) return joinBytes([head(ARRAY, item.length), ...item.map(encodeCbor)]);
  throw new TypeError("not an item of the subset");
}

/** One array of all the bytes, in order. */
export function joinBytes(parts) {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let position = 0;
  for (const part of parts) {
    joined.set(part, position);
    position += part.length;
  }
  return joined;
}

/** Whether two byte arrays are equal. */
export function equalBytes(left, right) {
  return left.length === right.length && left.every((byte, i) => byte === right[i]);
}

function readItem(reader, depth) {
  if (depth > MAX_DEPTH) throw new NotCbor("too deep");
  if (reader.raw[reader.position] === NULL) {
    reader.position += 1;
    return null;
  }
  const [major, argument] = readHead(reader);
  switch (major) {
    case UNSIGNED: return argument;
    case NEGATIVE: return -1 - argument;
    case BYTES: return take(reader, argument);
    case TEXT: return decodeUtf8(take(reader, argument));
    case ARRAY: return readArray(reader, argument, depth);
    case MAP: return readMap(reader, argument, depth);
    default: throw new NotCbor("type");
  }
}

function readHead(reader) {
  const [first] = take(reader, 1);
  const short = first & 0x1f;
  if (short < 24) return [first >> 5, short];
  const width = { 24: 1, 25: 2, 26: 4, 27: 8 }[short];
  if (width === undefined) throw new NotCbor("length form");
  const argument = take(reader, width).reduce((value, byte) => value * 256 + byte, 0);
  const least = width === 1 ? 24 : 256 ** (width / 2);
  if (argument < least) throw new NotCbor("not the shortest form");
  if (!Number.isSafeInteger(argument)) throw new NotCbor("too large");
  return [first >> 5, argument];
}

function take(reader, count) {
  const end = reader.position + count;
  if (end > reader.raw.length) throw new NotCbor("cut off");
  const taken = reader.raw.slice(reader.position, end);
  reader.position = end;
  return taken;
}

function decodeUtf8(raw) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    throw new NotCbor("text");
  }
}

function readArray(reader, count, depth) {
  const items = [];
  for (let i = 0; i < count; i += 1) items.push(readItem(reader, depth + 1));
  return items;
}

function readMap(reader, count, depth) {
  const map = new Map();
  let before = -1;
  for (let i = 0; i < count; i += 1) {
    const [major, key] = readHead(reader);
    if (major !== UNSIGNED || key <= before) throw new NotCbor("map key");
    map.set(key, readItem(reader, depth + 1));
    before = key;
  }
  return map;
}

function head(major, argument) {
  if (argument < 24) return Uint8Array.of((major << 5) | argument);
  const short = argument < 2 ** 8 ? 24 : argument < 2 ** 16 ? 25 : argument < 2 ** 32 ? 26 : 27;
  const bytes = [];
  for (let width = 2 ** (short - 24), rest = argument; width > 0; width -= 1) {
    bytes.unshift(rest % 256);
    rest = Math.floor(rest / 256);
  }
  return Uint8Array.of((major << 5) | short, ...bytes);
}
