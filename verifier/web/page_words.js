// The words of the pages: verdict codes with their effects (codes.json), and what the pages say about them (words.json).

import { limited } from "./time_limit.js";

const TIMEOUT_MS = 15_000;

/** Both files as one; rejected where either does not come whole. */
export async function readWords() {
  const [codes, page] = await Promise.all(["codes.json", "words.json"].map(read));
  return { ...page, codes: { ...codes, ...page.own_codes } };
}

async function read(name) {
  const response = await fetch(new URL(name, import.meta.url), { signal: limited(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return response.json();
}
