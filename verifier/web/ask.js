// Questions to the service: a verdict, or the reason why there is none.

import { post } from "./posting.js";

const TIMEOUT_MS = 15_000;

/**
 * Ask for a verdict.
 * @param address where verdicts are given.
 * @param question as docs/api.md has it.
 * @returns {Promise<{verdict: ?Object, reason: ?string}>} `reason` is a key of `told` in words.json.
 */
export async function askVerdict(address, question) {
  try {
    const response = await post(address, question, TIMEOUT_MS);
    if (response.ok) return { verdict: await response.json(), reason: null };
    return { verdict: null, reason: response.status === 429 ? "too-many" : "no-answer" };
  } catch {
    // Off line, refused, timed out, no JSON.
    return { verdict: null, reason: "no-answer" };
  }
}
