// Computing in place of waiting (docs/formats/proof-of-work.md): in a worker, or in slices where there is none.

import { NonceSearch } from "./nonce_search.js";
import { startWorker } from "./own_worker.js";

const SLICE = 500;
const SLICE_MS = 12;
const MOST_MS = 115_000; // a challenge lives for two minutes

/**
 * Find the answer to a challenge.
 * @param challenge the member of a problem.
 * @param report called with `tried`, how many nonces were tried, some times a second.
 * @param withWorker false: in slices on the page itself.
 * @returns {Promise<?string>} the value of X-Proof-Of-Work; null for a challenge of another kind, or when it takes too long.
 */
export async function prove(challenge, report, withWorker = true) {
  if (challenge?.algorithm !== "sha-256") return null;
  try {
    new NonceSearch(challenge);
  } catch {
    return null;
  }
  const found = withWorker ? await inWorker(challenge, report) : undefined;
  return found === undefined ? inSlices(challenge, report) : found;
}

// Undefined where no worker can be had: old browsers know none that are modules.
function inWorker(challenge, report) {
  return new Promise((resolve) => {
    let worker;
    const end = (answer) => {
      clearTimeout(timer);
      worker?.terminate();
      resolve(answer);
    };
    const timer = setTimeout(() => end(null), MOST_MS);
    try {
      worker = startWorker("nonce_worker.js");
    } catch {
      end(undefined);
      return;
    }
    worker.onerror = () => end(undefined);
    worker.onmessage = ({ data }) => (data.answer ? end(data.answer) : report(data.tried));
    worker.postMessage({ salt: challenge.salt, difficulty: challenge.difficulty });
  });
}

async function inSlices(challenge, report) {
  const search = new NonceSearch(challenge);
  const end = performance.now() + MOST_MS;
  for (let tried = 0; performance.now() < end; report(tried)) {
    const pause = performance.now() + SLICE_MS;
    while (performance.now() < pause) {
      const answer = search.run(SLICE);
      tried += SLICE;
      if (answer !== null) return answer;
    }
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return null;
}
