// Questions to the service: in the body and never in an address, without cookies, without a referrer, and for a bounded time.
// Where the service has too many of them, the browser computes (proof_of_work.js) and asks again by itself.

import { showComputing } from "./computing.js";
import { prove } from "./proof_of_work.js";

const JSON_TYPE = "application/json";
const TOO_MANY = 429;

/**
 * Send a question.
 * @param address where it is answered.
 * @param question an object, sent as JSON, or a file, sent as it is with its media type `type`.
 * @param timeout milliseconds after which an answer is waited for no more; computing is not counted.
 * @param headers more of them, sent every time.
 * @returns {Promise<Response>} whatever its status; rejected off line, when refused, and after the timeout.
 */
export async function post(address, question, timeout, type = JSON_TYPE, headers = {}) {
  const response = await send(address, question, timeout, type, headers);
  const challenge = response.status === TOO_MANY ? await challengeIn(response.clone()) : null;
  const proof = challenge === null ? null : await compute(challenge);
  return proof === null ? response : send(address, question, timeout, type, { ...headers, "X-Proof-Of-Work": proof });
}

function send(address, question, timeout, type, more) {
  return fetch(address, {
    method: "POST",
    headers: { "Content-Type": type, "X-Asked-From": "page", ...more },
    body: type === JSON_TYPE ? JSON.stringify(question) : question,
    signal: AbortSignal.timeout(timeout),
    credentials: "omit",
    redirect: "error",
    referrerPolicy: "no-referrer",
  });
}

async function challengeIn(response) {
  try {
    return (await response.json()).challenge ?? null;
  } catch {
    return null; // no problem of ours: some proxy limits too
  }
}

async function compute(challenge) {
  const shown = showComputing(challenge.difficulty);
  try {
    return await prove(challenge, shown.report);
  } finally {
    shown.end();
  }
}
