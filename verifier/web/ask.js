// Questions to the service: a verdict, or the reason why there is none.

import { reasonOf } from "./no_answer.js";
import { post } from "./posting.js";

const TIMEOUT_MS = 15_000;

/**
 * Ask for a verdict.
 * @param address where verdicts are given.
 * @param question as docs/api.md has it.
 * @param signal ends the question before its time.
 * @returns {Promise<{verdict: ?Object, reason: ?string, request: ?string}>} `reason` is a key of NO_ANSWERS (no_answer.js);
 *   `request` the number under which the service knows a question that it did not answer.
 */
export async function askVerdict(address, question, signal = null) {
  let response = null;
  try {
    response = await post(address, question, TIMEOUT_MS, { signal });
    if (response.ok) return { verdict: await response.json(), reason: null, request: null };
  } catch {
    // Off line, refused, timed out, no JSON.
  }
  return { verdict: null, reason: reasonOf(response), request: response && requestNumber(response) };
}

/** The number under which the service knows a request, or null. */
export function requestNumber(response) {
  const number = response.headers.get("X-Request-Id");
  return number !== null && /^[0-9A-Za-z-]{4,64}$/.test(number) ? number : null;
}
