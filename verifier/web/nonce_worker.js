// Searches beside the page, so that it stays as quick as ever.

import { NonceSearch } from "./nonce_search.js";

const SLICE = 5_000;
const REPORT_MS = 200;

onmessage = ({ data: challenge }) => {
  const search = new NonceSearch(challenge);
  let tried = 0;
  let reported = performance.now();
  for (;;) {
    const answer = search.run(SLICE);
    tried += SLICE;
    if (answer !== null) return postMessage({ answer });
    if (performance.now() - reported >= REPORT_MS) {
      reported = performance.now();
      postMessage({ tried });
    }
  }
};
