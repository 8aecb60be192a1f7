// Questions to the service: in the body and never in an address, without cookies, without a referrer, and for a bounded time.
// Where the service has too many of them, the browser computes (proof_of_work.js) and asks again by itself.

import { showComputing } from "./computing.js";
import { prove } from "./proof_of_work.js";
import { limited } from "./time_limit.js";

const JSON_TYPE = "application/json";
const TOO_MANY = 429;

/**
 * Send a question.
 * @param address where it is answered.
 * @param question an object, sent as JSON, or a file, sent as it is under its media type.
 * @param timeout milliseconds after which an answer is waited for no more; computing is not counted.
 * @param options `type`: the media type; `headers`: more of them, sent every time; `signal`: ends it before its time.
 * @returns {Promise<Response>} whatever its status; rejected off line, when refused, and after the timeout.
 */
export async function post(address, question, timeout, { type = JSON_TYPE, headers = {}, signal = null } = {}) {
  const ask = (more) => send(address, question, limited(timeout, signal), type, { ...headers, ...more });
  const response = await ask({});
  const challenge = response.status === TOO_MANY ? await challengeIn(response.clone()) : null;
  const proof = challenge === null ? null : await compute(challenge, signal);
  return proof === null ? response : ask({ "X-Proof-Of-Work": proof });
}

function send(address, question, signal, type, more) {
  return fetch(address, {
    method: "POST",
    headers: { "Content-Type": type, "X-Asked-From": "page", ...more },
    body: type === JSON_TYPE ? JSON.stringify(question) : question,
    signal,
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

async function compute(challenge, signal) {
  const shown = showComputing(challenge.difficulty);
  signal?.addEventListener("abort", shown.end, { once: true });
  try {
    return await prove(challenge, shown.report);
  } finally {
    shown.end();
  }
}
