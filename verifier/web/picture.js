// QR texts in a picture that somebody took, dropped or pasted. It is decoded here and never leaves the browser.

import { recordsAmong } from "./scanned.js";
import { SymbolReader } from "./symbol_reader.js";

const MAX_BYTES = 20 * 1024 * 1024;
// Longest sides, in pixels: a page photographed whole needs the larger one, a blurred one the smaller.
const USUAL_SIDES = [1600, 3200];
const BLURRED_SIDE = 800;
const TILES = 3;
const TILE_OVERLAP = 0.5;

/**
 * The one record in a picture.
 * @returns {{text: ?string, code: ?string}} its text, or why there is none: `qr-not-found`, `qr-several`,
 *   `image-unreadable`, `foreign-symbol` (a QR symbol, but of no certificate), `reader-failed`.
 */
export async function recordInPicture(file) {
  const bitmap = await decoded(file);
  if (bitmap === null) return { text: null, code: "image-unreadable" };
  const reader = new SymbolReader();
  try {
    return oneOf(await textsIn(bitmap, reader));
  } catch {
    return { text: null, code: "reader-failed" };
  } finally {
    reader.close();
    bitmap.close();
  }
}

/** The picture's pixels, not longer than `side`; `part` is left, top, width, height of what is taken. */
export function pixelsOf(source, [left, top, width, height], side) {
  const scale = Math.min(1, side / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  // What is transparent is paper.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, left, top, width, height, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

function oneOf(texts) {
  const records = recordsAmong(texts);
  if (records.length === 1) return { text: records[0], code: null };
  if (records.length > 1) return { text: null, code: "qr-several" };
  return { text: null, code: texts.length > 0 ? "foreign-symbol" : "qr-not-found" };
}

async function decoded(file) {
  if (file.size > MAX_BYTES) return null;
  try {
    // Turned as the camera noted it (EXIF), which is what people see.
    return await createImageBitmap(file);
  } catch {
    return null;
  }
}

async function textsIn(bitmap, reader) {
  const { width, height } = bitmap;
  const longest = Math.max(width, height);
  const found = new Set();
  const look = async (part, side) => {
    for (const text of await reader.read(pixelsOf(bitmap, part, side), true)) found.add(text);
  };
  const whole = [0, 0, width, height];
  // Both sizes always: a second certificate must not be missed because the first was easier to read.
  for (const [at, side] of USUAL_SIDES.entries()) if (at === 0 || longest > USUAL_SIDES[at - 1]) await look(whole, side);
  if (found.size === 0) await look(whole, BLURRED_SIDE);
  for (const part of found.size === 0 && longest > BLURRED_SIDE ? tiles(width, height) : []) {
    if (found.size === 0) await look(part, USUAL_SIDES[0]);
  }
  return [...found];
}

// A small symbol on a large picture: overlapping parts, each at the size of the picture itself.
function tiles(width, height) {
  const wide = width / (1 + (TILES - 1) * TILE_OVERLAP);
  const high = height / (1 + (TILES - 1) * TILE_OVERLAP);
  const steps = [...Array(TILES).keys()];
  return steps.flatMap((row) => steps.map((column) => [column * wide * TILE_OVERLAP, row * high * TILE_OVERLAP, wide, high]));
}
